<?php
// A witness (C2SP tlog-witness) behind PHP's own server: remembers one head a log, verifies its signature and that it goes on from the last
// one, and cosigns. Its folder is $SOPHMATE_WITNESS_DIR, with `seed`, `log` (the log's verifier key) and what it saw.
declare(strict_types=1);

$dir = (string) getenv('SOPHMATE_WITNESS_DIR');
$answer = function (int $code, string $text, string $type = 'text/plain'): never {
	http_response_code($code);
	header("Content-Type: $type");
	exit($text);
};
[$head, $note] = explode("\n\n", (string) file_get_contents('php://input'), 2) + ['', ''];
$lines = explode("\n", $head);
[$text, $signatures] = explode("\n\n", $note, 2) + ['', ''];
[$origin, $size, $root] = explode("\n", $text) + ['', '', ''];
[, , $key] = explode('+', (string) file_get_contents("$dir/log"), 3);
$log = explode('+', (string) file_get_contents("$dir/log"))[0];
if ($origin !== $log || !preg_match('/^\x{2014} \S+ (\S+)$/um', $signatures, $found) ||
	!sodium_crypto_sign_verify_detached(substr(base64_decode($found[1]), 4), "$text\n", substr(base64_decode($key), 1))) {
	$answer($origin === $log ? 403 : 404, "not a head of $log\n");
}
$seen = is_file("$dir/seen") ? json_decode((string) file_get_contents("$dir/seen"), true) : [0, ''];
if ($lines[0] !== "old $seen[0]" || (int) $size < $seen[0]) {
	$answer(409, "$seen[0]\n", 'text/x.tlog.size');
}
// RFC 6962 section 2.1.2, as a loop over the proof.
$proves = function (int $m, int $n, string $first, string $second, array $proof): bool {
	if ($m === 0 || $m === $n) {
		return $proof === [] && ($m === 0 || $first === $second);
	}
	$node = fn (string $l, string $r): string => hash('sha256', "\x01$l$r", true);
	for ($fn = $m - 1, $sn = $n - 1; $fn & 1; $fn >>= 1, $sn >>= 1);
	$fr = $sr = $fn > 0 ? array_shift($proof) : $first;
	foreach ($proof as $c) {
		if ($sn === 0) {
			return false;
		}
		if (($fn & 1) || $fn === $sn) {
			[$fr, $sr] = [$node($c, $fr), $node($c, $sr)];
			for (; !($fn & 1) && $fn > 0; $fn >>= 1, $sn >>= 1);
		} else {
			$sr = $node($sr, $c);
		}
		$fn >>= 1;
		$sn >>= 1;
	}
	return $fr === $first && $sr === $second && $sn === 0;
};
if (!$proves($seen[0], (int) $size, base64_decode($seen[1]), base64_decode($root), array_map(base64_decode(...), array_slice($lines, 1)))) {
	$answer(422, "it does not go on from $seen[0]\n");
}
file_put_contents("$dir/seen", json_encode([(int) $size, $root]));
$pair = sodium_crypto_sign_seed_keypair((string) file_get_contents("$dir/seed"));
$public = sodium_crypto_sign_publickey($pair);
$time = time();
$signature = sodium_crypto_sign_detached("cosignature/v1\ntime $time\n$text\n", sodium_crypto_sign_secretkey($pair));
$answer(200, "\u{2014} witness.example/w " . base64_encode(substr(hash('sha256', "witness.example/w\n\x04$public", true), 0, 4) . pack('J', $time) . $signature) . "\n");
