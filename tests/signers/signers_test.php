<?php
// See run. Arguments: parts of it (statements, files, first, syslog, fpm, crowd, rotation); none: all.
declare(strict_types=1);
require dirname(__DIR__) . '/wordpress/lib.php';
require __DIR__ . '/audit.php';
require __DIR__ . '/fastcgi.php';
require getenv('SOPHMATE_ROOT') . '/examples/pdo-store.php';

$dir = needed('SOPHMATE_SIGNERS_DIR');
$parts = array_slice($argv, 1) ?: ['statements', 'files', 'first', 'syslog', 'fpm', 'crowd', 'rotation'];
$ops = explode(',', (string) getenv('SOPHMATE_SIGNERS_OPS') ?: 'createKey,checkpoint,rotate');
$dsns = array_values(array_filter(explode(';;', (string) getenv('SOPHMATE_SIGNERS_DSNS')))) ?: [needed('SOPHMATE_DSN')];
$db = new PDO(needed('SOPHMATE_DSN'), getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD'));

/** A host with its own folders. */
function host(string $name): string
{
	global $dir;
	exec('rm -rf ' . escapeshellarg("$dir/$name"));
	mkdir("$dir/$name/state", 0755, true);
	mkdir("$dir/$name/keys", 0700);
	return "$dir/$name";
}

/** @return list<string> */
function command(string $host, string ...$arguments): array
{
	return [PHP_BINARY, '-d', "sophmate.key_dir=$host/keys", '-d', "sophmate.state_dir=$host/state", '-d', "sophmate.anchor_file=$host/anchor", '-d', 'sophmate.anchor_syslog=0',
		__DIR__ . '/worker.php', ...$arguments];
}

function schema(): void
{
	global $db;
	foreach ($db->query('SHOW TABLES')->fetchAll(PDO::FETCH_COLUMN) as $table) {
		$db->exec("DROP TABLE `$table`");
	}
	$store = new PdoStore(needed('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD'));
	SophMate\Schema::install($store, 'test.example');
	$engine = new SophMate\Engine($store);
	for ($i = 0; $i < 5; $i++) {
		$engine->once("key $i", 1, fn () => $i);
	}
}

/** A host at the point where the operation is next. */
function before(string $op): string
{
	schema();
	$host = host('a');
	if ($op !== 'createKey') {
		run_command(command($host, 'do', 'createKey'));
	}
	return $host;
}

/** What a person does after a death: the same again; then a head. All must be well. @return list<string> what is not */
function after(string $op, string $host): array
{
	global $db;
	$at_once = audit($db, [$host])['wrong'];
	$again = trim(explode("\n", run_command(command($host, 'do', $op === 'rotate' ? 'checkpoint' : $op))[1])[0]);
	$head = trim(explode("\n", run_command(command($host, 'do', 'checkpoint'))[1])[0]);
	$report = audit($db, [$host]);
	$whole = (int) $db->query('SELECT COUNT(*) FROM sg_journal')->fetchColumn();
	return [...$at_once, ...$report['wrong'], ...(str_starts_with($again, 'ok') ? [] : ["again: $again"]), ...($head === "ok signed $whole" ? [] : ["then: $head of $whole"])];
}

// ---- every statement ----
if (in_array('statements', $parts, true)) {
	foreach ($ops as $op) {
		$host = before($op);
		$statements = (int) explode("\n", run_command(command($host, 'do', $op))[1])[1];
		$deaths = 0;
		$wrong = [];
		for ($k = 1; $k <= $statements; $k++) {
			foreach (['before', 'after'] as $when) {
				$host = before($op);
				$deaths += run_command(command($host, 'do', $op, $when, (string) $k))[0] !== 0;
				array_push($wrong, ...array_map(fn ($w) => "$when $k: $w", after($op, $host)));
			}
		}
		check("$op: killed before and after each of $statements statements ($deaths deaths)", [$deaths, $wrong], [2 * $statements, []]);
	}
}

// ---- every file operation: at its entry, so that it is the last thing that did not happen ----
if (in_array('files', $parts, true)) {
	$calls = 'openat,read,pread64,write,fsync,fchmod,renameat,unlinkat,flock,fstat,close';
	foreach ($ops as $op) {
		$host = before($op);
		$trace = "$dir/trace";
		run_command(['strace', '-f', '-y', '-qq', '-o', $trace, '-e', "trace=$calls,newfstatat", ...command($host, 'do', $op)]);
		$nth = $points = [];
		foreach (file($trace) as $line) {
			if (preg_match('/^\d+\s+(\w+)\(/', $line, $found)) {
				$nth[$found[1]] = ($nth[$found[1]] ?? 0) + 1;
				// what touches the host's folders, once they are in use
				str_contains($line, "$host/") && $points[] = [$found[1], $nth[$found[1]]];
			}
		}
		$deaths = 0;
		$wrong = [];
		foreach ($points as [$call, $k]) {
			$host = before($op);
			run_command(['strace', '-f', '-qq', '-o', '/dev/null', '-e', "trace=$call", '-e', "inject=$call:signal=KILL:when=$k", ...command($host, 'do', $op)])[0] === 0 || $deaths++;
			array_push($wrong, ...array_map(fn ($w) => "$call $k: $w", after($op, $host)));
		}
		check("$op: killed at each of " . count($points) . " file operations ($deaths deaths)", [$deaths === count($points), count($points) > 10, $wrong], [true, true, []]);
	}
}

// ---- two first keys at once ----
if (in_array('first', $parts, true)) {
	$wrong = [];
	for ($round = 0; $round < 10; $round++) {
		schema();
		$hosts = [host('a'), host('b')];
		$started = array_map(fn ($h) => proc_open(command($h, 'do', 'createKey'), [['file', '/dev/null', 'r'], ['file', "$h/out", 'w'], ['redirect', 1]], $pipes), $hosts);
		array_map(proc_close(...), $started);
		$said = array_map(fn ($h) => explode("\n", file_get_contents("$h/out"))[0], $hosts);
		$won = count(array_filter($said, fn ($s) => $s === 'ok key'));
		$keys = array_sum(array_map(fn ($h) => count(glob("$h/keys/*.key")), $hosts));
		$report = audit($db, $hosts);
		if ($won !== 1 || $keys !== 1 || $report['wrong'] !== []) {
			$wrong[] = [$said, $keys, $report['wrong']];
		}
	}
	check('two hosts make the first key at once: one wins, ten times', $wrong, []);
}

// ---- what syslog is told ----
if (in_array('syslog', $parts, true)) {
	$told = function (string $host, string $setting, string $op) use ($dir): array {
		@unlink("$dir/logged");
		$command = array_map(fn ($word) => $word === 'sophmate.anchor_syslog=0' ? "sophmate.anchor_syslog=$setting" : $word, command($host, 'do', $op));
		$output = run_command(['unshare', '--mount', '--propagation', 'private', 'bash', __DIR__ . '/syslog.bash', ...$command], ['SM_LOGGED' => "$dir/logged", 'SM_PHP_BINARY' => PHP_BINARY])[1];
		return array_values(array_filter(explode("\n", $output)));
	};
	schema();
	$host = host('a');
	$lines = $told($host, '1', 'createKey');
	[$note] = $db->query('SELECT note FROM sg_checkpoint ORDER BY size DESC LIMIT 1')->fetch();
	[$origin, $size, $root] = explode("\n", $note);
	$signature = substr(strrchr(rtrim($note), ' '), 1);
	check('a head is one line of priority notice, from which the note can be made again', [count($lines), str_starts_with($lines[0] ?? '', '<13>'), str_ends_with($lines[0] ?? '', ": sophmate checkpoint $origin $size $root $signature")], [1, true, true]);
	check('nothing new is no line', $told($host, '1', 'checkpoint'), []);
	(new SophMate\Engine(new PdoStore(needed('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD'))))->once('more', 1, fn () => 1);
	check('something new is a line', count($told($host, '1', 'checkpoint')), 1);
	$db->exec('DELETE FROM sg_journal ORDER BY leaf_index DESC LIMIT 2');
	$lines = $told($host, '0', 'checkpoint');
	check('a contradiction is a line of priority crit, also where heads are not told', [count($lines), str_starts_with($lines[0] ?? '', '<10>'), str_contains($lines[0] ?? '', 'sophmate ALARM'), substr_count($lines[0] ?? '', 'root ')], [1, true, true, 2]);
}

// ---- php-fpm: the master reads the key as root, the workers are somebody else ----
if (in_array('fpm', $parts, true)) {
	schema();
	$host = host('a');
	run_command(command($host, 'do', 'createKey'));
	exec('chown -R www-data: ' . escapeshellarg("$host/state") . ' && touch ' . escapeshellarg("$host/anchor") . ' && chown www-data ' . escapeshellarg("$host/anchor"));
	file_put_contents("$dir/fpm.conf", "[global]\nerror_log = $dir/fpm.log\ndaemonize = no\n[www]\nuser = www-data\ngroup = www-data\nlisten = $dir/fpm.sock\n"
		. "pm = static\npm.max_children = 2\nclear_env = no\ncatch_workers_output = yes\n");
	$fpm = proc_open(['php-fpm8.2', '-F', '-R', '-y', "$dir/fpm.conf", ...array_slice(command($host), 1, 8)], [['file', '/dev/null', 'r'], ['file', "$dir/fpm.out", 'w'], ['redirect', 1]], $pipes);
	eventually(fn (): bool => (bool) @stream_socket_client("unix://$dir/fpm.sock"), 10);
	$ask = fn (string $root): array => (array) json_decode(fastcgi("$dir/fpm.sock", __DIR__ . '/web.php', $root), true);
	$seen = $ask(__DIR__);
	check('a worker signs with the key that only root can read, and locks it again', $seen, ['root' => false, 'reads the folder' => false, 'said' => 'signed', 'locked' => [true], 'locked pages' => true, 'of this worker' => true, 'dir' => null, 'phpinfo' => 1])
		|| print(file_get_contents("$dir/fpm.out") . file_get_contents("$dir/fpm.log"));
	(new SophMate\Engine(new PdoStore(needed('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD'))))->once('more', 1, fn () => 1);
	check('and what came since', [$ask(__DIR__)['said'], audit($db, [$host])['wrong']], ['signed', []]);
	check('a key inside the document root is refused', $ask($host)['said'], "No key is used: $host/keys is inside the document root: a mistake in the web server's settings would publish it");
	proc_terminate($fpm);
	proc_close($fpm);
}

// ---- all at once ----
if (in_array('crowd', $parts, true)) {
	schema();
	$hosts = array_map(host(...), array_slice(['a', 'b', 'c'], 0, max(2, count($dsns))));
	run_command(command($hosts[0], 'do', 'createKey'));
	foreach (array_slice($hosts, 1) as $host) {
		foreach (glob("$hosts[0]/keys/*.key") as $key) {
			copy($key, "$host/keys/" . basename($key));
			chmod("$host/keys/" . basename($key), 0600);
		}
	}
	$acknowledged = "$dir/acknowledged";
	file_put_contents($acknowledged, '');
	$roles = [];
	for ($i = 0; $i < 24; $i++) {
		$host = $hosts[$i % count($hosts)];
		$roles[] = $i < 16 ? ['write', $host, "w$i", $acknowledged] : ($i < 20 ? ['sequence', $host] : ['sign', $host]);
	}
	$errors = [];
	$start = function (int $i) use ($roles, $dir, $dsns): array {
		[$role, $host] = $roles[$i];
		$process = proc_open(command($host, $role, ...array_slice($roles[$i], 2)), [['file', '/dev/null', 'r'], ['file', "$dir/out$i", 'a'], ['redirect', 1]], $pipes, null, ['SOPHMATE_DSN' => $dsns[$i % count($dsns)]] + getenv());
		return [$process, proc_get_status($process)['pid']];
	};
	$running = array_map($start, array_keys($roles));
	$kills = ['write' => 0, 'sequence' => 0, 'sign' => 0];
	$seconds = (float) (getenv('SOPHMATE_SIGNERS_SECONDS') ?: 30);
	$checked = 0;
	for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(mt_rand(10000, 150000))) {
		$i = mt_rand(0, 2) === 0 ? mt_rand(0, 19) : mt_rand(20, 23);   // mostly signers
		proc_terminate($running[$i][0], SIGKILL);
		proc_close($running[$i][0]);
		$kills[$roles[$i][0]]++;
		$running[$i] = $start($i);
	}
	foreach ($running as [$process]) {
		proc_terminate($process, SIGKILL);
		proc_close($process);
	}
	$said = '';
	for ($i = 0; $i < 24; $i++) {
		$said .= file_get_contents("$dir/out$i");
	}
	$last = [];
	foreach ($hosts as $host) {
		$last[] = explode("\n", run_command(command($host, 'do', 'checkpoint'))[1])[0];
	}
	$report = audit($db, $hosts);
	$whole = (int) $db->query('SELECT COUNT(*) FROM sg_journal')->fetchColumn();
	$keys = file($acknowledged, FILE_IGNORE_NEW_LINES);
	$engine = new SophMate\Engine(new PdoStore(needed('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD')));
	$lost = array_filter($keys, fn ($key) => $engine->findBySubject('once', $key)?->state !== SophMate\RunState::Completed);
	$doubled = (int) $db->query("SELECT COUNT(*) FROM (SELECT stream, COUNT(*) AS n FROM sg_journal WHERE leaf LIKE '%\"type\":\"step.finished\"%' GROUP BY stream HAVING n > 1) AS x")->fetchColumn();
	printf("        %d events, %d effects acknowledged, %d heads; kills: %d writers, %d sequencers, %d signers\n", $whole, count($keys), $report['heads'], $kills['write'], $kills['sequence'], $kills['sign']);
	check('sixteen writers, four sequencers, four signers: nobody complained', $said === '' ? '' : substr($said, 0, 1500), '');
	check('nothing lost, nothing doubled', [count($lost), $doubled, count($keys) > 100], [0, 0, true]);
	check('every head of all hosts belongs to the one tree', [$report['wrong'], $report['orphans'], $report['heads'] > 20], [[], 0, true]);
	check('every host signs the whole of it', [$last, $report['leaves']], [array_fill(0, count($hosts), "ok signed $whole"), $whole]);
}

// ---- rotation among it ----
if (in_array('rotation', $parts, true)) {
	schema();
	$a = host('a');
	run_command(command($a, 'do', 'createKey'));
	$acknowledged = "$dir/acknowledged";
	$seconds = (float) (getenv('SOPHMATE_SIGNERS_SECONDS') ?: 30);
	$roles = [['write', $a, 'x1', $acknowledged], ['write', $a, 'x2', $acknowledged], ['sequence', $a], ['sign', $a, '0.5'], ['sign', $a, '0.7'], ['sign', $a], ['sign', $a]];
	$start = function (int $i) use (&$roles, $dir): array {
		$process = proc_open(command($roles[$i][1], $roles[$i][0], ...array_slice($roles[$i], 2)), [['file', '/dev/null', 'r'], ['file', "$dir/rotated$i", 'a'], ['redirect', 1]], $pipes);
		return [$process];
	};
	$running = array_map($start, array_keys($roles));
	$kills = 0;
	for ($end = microtime(true) + $seconds / 2; microtime(true) < $end; usleep(mt_rand(100000, 500000))) {
		$i = mt_rand(3, 6);
		proc_terminate($running[$i][0], SIGKILL);
		proc_close($running[$i][0]);
		$kills++;
		$running[$i] = $start($i);
	}
	foreach ($running as [$process]) {
		proc_terminate($process, SIGKILL);
		proc_close($process);
	}
	$said = '';
	foreach ($roles as $i => $role) {
		$said .= is_file("$dir/rotated$i") ? file_get_contents("$dir/rotated$i") : '';
	}
	$last = explode("\n", run_command(command($a, 'do', 'checkpoint'))[1])[0];
	$whole = (int) $db->query('SELECT COUNT(*) FROM sg_journal')->fetchColumn();
	$report = audit($db, [$a]);
	$logs = (int) $db->query("SELECT COUNT(*) FROM sg_journal WHERE leaf LIKE '%\"type\":\"log.closed\"%'")->fetchColumn();
	printf("        %d events, %d rotations, %d heads, %d kills, %d heads of logs that nobody opened\n", $whole, $logs, $report['heads'], $kills, $report['orphans']);
	check('four signers of which two rotate: nobody complained', $said === '' ? '' : substr($said, 0, 1500), '');
	check('rotated and killed: every head belongs to the one tree, no closed log signed on', [$report['wrong'], $logs > 3], [[], true]);
	check('and the open log signs all of it', $last, "ok signed $whole");
}
finish();
