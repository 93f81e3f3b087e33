<?php
// Every way a PHP process ends, under php-fpm, while a charge is made: what is recorded, when, and what the next call hears.
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

$work = needed('SOPHMATE_FIRE_WORK');
$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/sophmate-fire.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
copy(__DIR__ . '/lib/endpoint.php', $mu);
register_shutdown_function(static fn () => unlink($mu));
$conf = needed('SOPHMATE_FPM_CONF');
file_put_contents($conf, "request_terminate_timeout = 5s\n", FILE_APPEND);
$reload = static fn (): bool => posix_kill((int) file_get_contents(needed('SOPHMATE_FPM_PID_FILE')), SIGUSR2);
$reload();

/** Sends the request; a broken one is an answer too. */
$get = static function (string $how, string $key): string {
	$context = stream_context_create(['http' => ['timeout' => 30, 'ignore_errors' => true]]);
	return (string) @file_get_contents(needed('SOPHMATE_URL') . "/?fire=$how&key=$key", false, $context);
};
check('the site answers after the reload', eventually(static fn (): bool => str_starts_with($get('none', 'warm' . mt_rand()), 'charged'), 20), true);

$charges = static function (): int {
	$file = needed('SOPHMATE_FIRE_WORK') . '/services/billing/ledger.jsonl';
	return is_file($file) ? count(file($file, FILE_SKIP_EMPTY_LINES) ?: []) : 0;
};
/** Types of the run's events. */
$events = static function (string $key): string {
	$code = "\$r = sophmate_engine()->findBySubject('once', 'fire: $key'); echo \$r === null ? 'no run' : implode(' ', array_diff(array_column(\$r->events(), 'type'), array('external.recorded')));";
	return run_command([needed('SOPHMATE_WP'), 'eval', $code])[1];
};
const BEGUN = 'run.started step.started';
const UNKNOWN = BEGUN . ' step.unknown';

$kills = 0;
$at_once = ['exit' => 'exit in the step', 'nested' => 'exit in a nested callback', 'store' => 'exit in a store call', 'error' => 'E_USER_ERROR', 'compile' => 'a fatal error',
	'memory' => 'the memory limit', 'time' => 'max_execution_time'];
$afterwards = ['segfault' => 'a segmentation fault', 'kill' => 'SIGKILL', 'terminate' => 'request_terminate_timeout', 'reload' => 'a reload while the charge hangs'];
$waiting = [];
foreach ($at_once + $afterwards as $how => $name) {
	$key = "$how " . bin2hex(random_bytes(3));
	$key = str_replace(' ', '-', $key);
	$before = $charges();
	$mark = is_file(needed('SOPHMATE_FPM_LOG')) ? filesize(needed('SOPHMATE_FPM_LOG')) : 0;
	$hangs = in_array($how, ['terminate', 'reload'], true);
	if ($hangs) {
		/* The other side does it, and does not answer; the step waits for longer than the process lives. */
		run_command([needed('SOPHMATE_SERVICES'), 'fault', 'billing', 'hang', '--on=POST']);
	}
	if ($how === 'reload') {
		$client = proc_open(['curl', '-s', '-o', '/dev/null', needed('SOPHMATE_URL') . "/?fire=long&key=$key"], [], $pipes);
		check("$name: billing has the charge", eventually(static fn (): bool => $charges() > $before, 10), true);
		$reload();
		proc_close($client);
	} else {
		$get($how === 'terminate' ? 'long' : $how, $key);
	}
	$hangs && run_command([needed('SOPHMATE_SERVICES'), 'fault', 'billing', 'none']);
	$log = '';
	check("$name: billing has one charge", $charges() - $before, 1);
	if (isset($at_once[$how])) {
		check("$name: recorded at once", $events($key), UNKNOWN);
	} else {
		check("$name: the intent is what is recorded", $events($key), BEGUN);
		$kills++;
	}
	/* The master hears of its child's end a moment later than we do. */
	$words = ['segfault' => 'exited on signal 11', 'kill' => 'exited on signal 9', 'terminate' => 'execution timed out', 'reload' => 'Reloading in progress'][$how] ?? '';
	eventually(static function () use (&$log, $mark, $words): bool {
		$log = substr((string) file_get_contents(needed('SOPHMATE_FPM_LOG')), $mark);
		return str_contains($log, $words);
	}, 5);
	$words === '' || check_holds("$name: php-fpm says so", $log, $words);
	$waiting[$key] = $name;
}
/* After the leases; the last began a moment ago. */
usleep(10500000);
run_command([needed('SOPHMATE_WP'), 'sophmate', 'work', '--once']);
$before = $charges();
foreach ($waiting as $key => $name) {
	check("$name: after the lease it is unknown", $events($key), UNKNOWN);
	check_holds("$name: the next call asks billing", $get('none', $key), 'charged ch_');
	check("$name: and it is done", $events($key), UNKNOWN . ' verdict.done run.completed');
}
check('nobody charged again', $charges() - $before, 0);
printf("        %d ways to end, %d of them without a word from PHP; %d charges\n", count($waiting), $kills, $charges());
finish();
