<?php
// An auditor of its own: knows the formats, and none of the extension's code.
declare(strict_types=1);

/** Every head that lies anywhere, against the tree of the stored bytes. @return array{leaves: int, heads: int, orphans: int, wrong: list<string>} */
function audit(PDO $db, array $hosts): array
{
	clearstatcache();
	$wrong = [];
	$events = [];
	$roots = [];
	$notes = [];
	foreach ($db->query('SELECT origin, size, note FROM sg_checkpoint') as $row) {
		$notes[] = ['stored', $row['note']];
	}
	foreach ($hosts as $host) {
		foreach (glob("$host/state/*.head") as $file) {
			$notes[] = [basename($host) . ' head file', substr(strstr(file_get_contents($file), "\n\n"), 2)];
		}
		foreach (is_file("$host/anchor") ? file("$host/anchor") : [] as $line) {
			str_ends_with($line, "\n") && $notes[] = [basename($host) . ' anchor', (string) base64_decode(trim($line), true)];
		}
	}
	$sizes = [];
	foreach ($notes as [, $note]) {
		$sizes[(int) (explode("\n", $note)[1] ?? -1)] = true;
	}
	// The tree, with the root at each size that somebody signed.
	$nodes = [];
	$n = 0;
	$keys = [];
	$closed = [];
	$root = function () use (&$nodes): string {
		$r = null;
		ksort($nodes);
		foreach ($nodes as $node) {
			$r = $r === null ? $node : hash('sha256', "\x01$node$r", true);
		}
		return $r ?? hash('sha256', '', true);
	};
	isset($sizes[0]) && $roots[0] = $root();
	$seen = [];
	foreach ($db->query('SELECT leaf_index, id, leaf, leaf_hash FROM sg_journal WHERE leaf_index IS NOT NULL ORDER BY leaf_index') as $row) {
		(int) $row['leaf_index'] === $n || $wrong[] = "leaf $row[leaf_index] stands where leaf $n should";
		isset($seen[$row['id']]) && $wrong[] = "event $row[id] comes twice";
		$seen[$row['id']] = true;
		$hash = hash('sha256', "\x00$row[leaf]", true);
		bin2hex($hash) === $row['leaf_hash'] || $wrong[] = "leaf $n has another hash";
		for ($level = 0; $n >> $level & 1; $level++) {
			$hash = hash('sha256', "\x01$nodes[$level]$hash", true);
			unset($nodes[$level]);
		}
		$nodes[$level] = $hash;
		$n++;
		isset($sizes[$n]) && $roots[$n] = $root();
		if (str_contains($row['leaf'], '"type":"log.')) {
			$events[] = json_decode($row['leaf'], true);
		}
	}
	foreach ($events as $e) {
		$e['type'] === 'log.opened' ? $keys[$e['d']['origin']] = $e['d']['key'] ?? null : $closed[$e['d']['origin']] = $e['d'];
	}
	$orphans = 0;
	foreach ($notes as [$place, $note]) {
		[$text, $signatures] = explode("\n\n", $note, 2) + ['', ''];
		[$origin, $size, $base64] = explode("\n", $text) + ['', '-1', ''];
		if (($roots[(int) $size] ?? '') !== base64_decode($base64)) {
			$wrong[] = "$place: a head of $size leaves has a root that the journal does not lead to ($n leaves)";
		}
		if (!isset($keys[$origin])) {
			str_ends_with($place, 'head file') ? $orphans++ : $wrong[] = "$place: a head of $origin, which was never opened";
			continue;
		}
		$public = substr(base64_decode(explode('+', $keys[$origin], 3)[2]), 1);
		$lines = explode("\n", rtrim($signatures));
		if (count($lines) !== 1 || !sodium_crypto_sign_verify_detached(substr(base64_decode(explode(' ', $lines[0])[2]), 4), "$text\n", $public)) {
			$wrong[] = "$place: a head of $size leaves is not signed by its log alone";
		}
		if (isset($closed[$origin]['size']) && (int) $size > $closed[$origin]['size']) {
			$wrong[] = "$place: $origin signed $size leaves, and was closed at {$closed[$origin]['size']}";
		}
	}
	return ['leaves' => $n, 'heads' => count($notes), 'orphans' => $orphans, 'wrong' => $wrong];
}
