<?php
// The same business event from everywhere at once; and a worker that is killed between charge sent and answered.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$url = needed('SOPHMATE_URL');
$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/sophmate-test.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
copy(__DIR__ . '/plugin/endpoint.php', $mu);
register_shutdown_function(fn () => unlink($mu));

/** Starts a request without waiting. */
function request(string $address): CurlHandle
{
	$handle = curl_init($address);
	curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 90]);
	return $handle;
}
$get = fn (string $query): string => (string) curl_exec(request("$url/?$query"));

// The same hook eight times in one request: one charge.
$key = bin2hex(random_bytes(4));
check('eight times in one request', [$get("sophmate_test=once&times=8&key=$key"), count(ledger('billing'))], ['charged ' . (ledger('billing')[0]['id'] ?? 'nothing'), 1]);
$id = ledger('billing')[0]['id'];
check('and in the next request', [$get("sophmate_test=once&key=$key"), count(ledger('billing'))], ["charged $id", 1]);
$other = $get("sophmate_test=once&key=$key&amount=13.00");
check('another payload is a conflict, nothing is sent', [substr($other, 0, 17), count(requests('billing'))], ['sophmate_conflict', 1]);
check('it names the key and both fingerprints', [str_contains($other, "test: $key"), preg_match_all('/[0-9a-f]{16,64}/', $other) >= 2], [true, true]);

// Fifty requests and ten processes at once.
services('fault', 'billing', 'slow', '--seconds=1');
$before = count(ledger('billing'));
$key = bin2hex(random_bytes(4));
$log = needed('SOPHMATE_WORK_DIR') . '/calls';
$all = curl_multi_init();
$handles = [];
for ($i = 0; $i < 50; $i++) {
	curl_multi_add_handle($all, $handles[] = request("$url/?sophmate_test=once&key=$key&log=" . rawurlencode($log)));
}
$processes = $outputs = [];
for ($i = 0; $i < 10; $i++) {
	$processes[] = proc_open([needed('SOPHMATE_WP'), '--exec=$_GET = array("sophmate_test" => "once", "key" => "' . $key . '", "log" => "' . $log . '");', 'eval', '1;'], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
	$outputs[] = $pipes[1];
}
$started = microtime(true);
do {
	curl_multi_exec($all, $running);
	curl_multi_select($all, 0.1);
} while ($running > 0 && microtime(true) - $started < 100);
$answers = array_map(fn (CurlHandle $handle): string => (string) curl_multi_getcontent($handle), $handles);
foreach ($outputs as $i => $output) {
	$answers[] = (string) stream_get_contents($output);
	proc_close($processes[$i]);
}
services('fault', 'billing', 'none');
$entry = ledger('billing')[$before] ?? ['id' => 'none'];
$kinds = array_count_values(array_map(fn (string $answer): string => str_starts_with($answer, 'charged') ? $answer : strstr($answer . ':', ':', true), $answers));
ksort($kinds);
echo '        ', json_encode($kinds), "\n";
check('sixty at once: one charge', count(ledger('billing')) - $before, 1);
check('sixty at once: one request to billing', count(array_filter(requests('billing'), fn (array $r): bool => ($r['run'] ?? '') === $entry['run'])), 1);
check('each heard the charge, or that it is under way', [array_diff(array_keys($kinds), ["charged {$entry['id']}", 'sophmate_in_progress']), array_sum($kinds), ($kinds["charged {$entry['id']}"] ?? 0) >= 1], [[], 60, true]);
$calls = array_map(fn (string $line): array => explode(' ', trim($line)), file($log) ?: []);
$during = array_filter($calls, fn (array $call): bool => (float) $call[0] < $entry['at_us'] / 1e6 + 1.0 && (float) $call[1] > $entry['at_us'] / 1e6);
$of = array_count_values(array_column($calls, 2));
ksort($of);
$most = 0;
foreach ($calls as $one) {
	$most = max($most, count(array_filter($calls, fn (array $other): bool => (float) $other[0] <= (float) $one[0] && (float) $other[1] >= (float) $one[0])));
}
printf("        %s; %d of them overlap with the charge, %d were inside at one time, first began %.3f s before the charge\n", json_encode($of), count($during), $most, $entry['at_us'] / 1e6 - min(array_column($calls, 0)));
check('fifty php-fpm requests and ten WP-CLI processes made the call', $of, ['cli' => 10, 'fpm-fcgi' => 50]);
check_between('their calls overlap: inside at one time', $most, 3, 60);
check_between('and some of them with the charge itself', count($during), 2, 60);
$runs = wp_output('eval', 'global $wpdb; echo json_encode($wpdb->get_row("SELECT COUNT(DISTINCT stream) AS runs, COUNT(*) AS events FROM {$wpdb->prefix}sophmate_journal WHERE stream = \'' . $entry['run'] . '\'"));');
check('one run: begun, started, the request\'s id, finished, completed', json_decode($runs, true), ['runs' => '1', 'events' => '5']);
check('and no other of this key', count(explode(' ', wp_output('sophmate', 'find', "test: $key", '--workflow=once', '--format=ids'))), 1);
check('a later one hears the charge', $get("sophmate_test=once&key=$key"), "charged {$entry['id']}");

// kill -9 between charge sent and answered.
foreach (['with look-up' => 'hang', 'without look-up and keys' => 'hang', 'without look-up and keys, nothing arrived' => 'hang-before'] as $how => $fault) {
	$lookup = $how === 'with look-up';
	wp_cli('order-example', 'configure', '--lookup=' . ($lookup ? 'on' : 'off'), '--keys=' . ($lookup ? 'on' : 'off'));
	$order = wp_output('eval', 'echo SophMate\OrderExample\Orders::create(array("name" => "Åsa 🛒", "email" => "asa@example.test", "total" => "12.50", "currency" => "EUR"));');
	$before = count(ledger('billing'));
	$asked = count(requests('billing'));
	services('fault', 'billing', $fault, '--seconds=20', '--on=POST');
	$handle = request("$url/?sophmate_test=order&order=$order");
	$all = curl_multi_init();
	curl_multi_add_handle($all, $handle);
	/* The worker is the one that waits for billing: found by its connection to billing's port. */
	$port = (int) parse_url(needed('SOPHMATE_EXAMPLE_BILLING'), PHP_URL_PORT);
	$killed = 0;
	eventually(function () use ($all, $port, $before, $asked, $fault, &$killed): bool {
		curl_multi_exec($all, $running);
		$arrived = $fault === 'hang' ? count(ledger('billing')) > $before : count(requests('billing')) > $asked;
		if ($arrived && $killed === 0) {
			$killed = worker_with_connection_to($port);
			$killed === 0 || posix_kill($killed, SIGKILL);
		}
		return $killed !== 0;
	}, 10);
	check("$how: the worker was killed while billing had the request", [$killed !== 0, count(ledger('billing')) - $before], [true, $fault === 'hang' ? 1 : 0]);
	services('fault', 'billing', 'none');
	$run = wp_output('post', 'meta', 'get', $order, '_sophmate_run');
	$show = json_decode(wp_output('sophmate', 'run', 'show', $run, '--format=json'), true);
	check("$how: step 1 is the last that is completed, step 2 is under way, with its owner", [array_column($show['steps'], 'state'), $show['state'], $show['step'], $show['owner']], [['done', 'started', 'ready', 'ready'], 'running', 'charge invoice', 'finance']);
	wp_cli('cron', 'event', 'run', 'sophmate_tick');
	check("$how: the tick recovers it after the lease", eventually(function () use ($run): bool {
		wp_cli('cron', 'event', 'run', 'sophmate_tick');
		return wp_output('sophmate', 'run', 'show', $run, '--field=state') !== 'running';
	}, 30), true);
	$charge = ledger('billing')[$before]['id'] ?? null;
	if ($lookup) {
		check("$how: the look-up finds the charge and the run completes", eventually(function () use ($order, $run): bool {
			wp_cli('cron', 'event', 'run', 'sophmate_tick');
			return standing($order, $run) === 'completed, completed';
		}, 30), true);
		$show = json_decode(wp_output('sophmate', 'run', 'show', $run, '--format=json'), true);
		check("$how: with the charge's id", [$show['steps'][1]['output'], $show['steps'][1]['external_ids']['charge']], [['charge' => $charge], [$charge]]);
	} else {
		check("$how: step 2 is unknown, with its owner, and the order on hold", [standing($order, $run), wp_output('sophmate', 'run', 'show', $run, '--field=owner')], ['unknown at charge invoice, on hold', 'finance']);
		$answer = $charge !== null ? ['--done', "--output={\"charge\":\"$charge\"}"] : ['--not-done', '--reason=not in the ledger'];
		check("$how: a person's verdict $answer[0] settles it", [wp_cli('sophmate', 'run', 'verdict', $run, ...$answer)[0], wp_cli('sophmate', 'run', 'advance', $run)[0], standing($order, $run)], [0, 0, 'completed, completed']);
	}
	check("$how: one of each in the ledgers", effects_of($run), [1, 1, 1, 1]);
}
wp_cli('order-example', 'configure', '--lookup=on', '--keys=on');

/** The php-fpm process that has a connection to this port, 0 when there is none. */
function worker_with_connection_to(int $port): int
{
	$inodes = [];
	foreach (file('/proc/net/tcp') ?: [] as $line) {
		$fields = preg_split('/\s+/', trim($line)) ?: [];
		if (str_ends_with($fields[2] ?? '', sprintf(':%04X', $port)) && ($fields[3] ?? '') === '01') {
			$inodes[] = "socket:[$fields[9]]";
		}
	}
	foreach (glob('/proc/[0-9]*') ?: [] as $folder) {
		if (!str_contains((string) @file_get_contents("$folder/cmdline"), 'php-fpm: pool')) {
			continue;
		}
		foreach (glob("$folder/fd/*") ?: [] as $descriptor) {
			if (in_array(@readlink($descriptor), $inodes, true)) {
				return (int) basename($folder);
			}
		}
	}
	return 0;
}
finish();
