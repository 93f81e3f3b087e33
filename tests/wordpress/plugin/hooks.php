<?php
// Inside WordPress: the engine's making, sophmate_run_changed, transactions, renamed steps.
declare(strict_types=1);

use SophMate\{Attempt, Effect, Engine, NotDone, Run, Step, Workflow};
use SophMate\WordPress\{Engines, Ticker};

require_once dirname(__DIR__) . '/lib.php';
restore_error_handler();

global $wpdb;
$event = bin2hex(random_bytes(4));
$fired = 0;
$steps = ['first', 'second'];
$effects = [];
$fail = null;
add_action('sophmate_register_workflows', function (Engine $engine) use (&$fired, &$steps, &$effects, &$fail): void {
	$fired++;
	check('the engine can be asked for while workflows are registered', sophmate_engine() === $engine, true);
	$run = function (Attempt $a) use (&$effects, &$fail): string {
		if ($fail !== null && $a->step !== 'first') {
			throw $fail;
		}
		return $effects[] = $a->step;
	};
	$step = fn (string $name): Step => new Step($name, run: $run, effect: Effect::External, timeoutSeconds: 1.0);
	$engine->register(new Workflow('test.hooks', version: '1', category: 'general', owner: 'operations', steps: array_map($step, $steps)));
});
Engines::forget();
check('nothing is registered before somebody asks', $fired, 0);
check('one engine a request', [sophmate_engine() === sophmate_engine(), $fired], [true, 1]);

$heard = [];
add_action('sophmate_run_changed', function (Run $run, string $from) use (&$heard, $event): void {
	if (str_contains((string) $run->subject, $event)) {
		$heard[] = "$run->subject: $from > {$run->state->value}";
	}
}, 10, 2);
$heard_now = function () use (&$heard): array {
	$now = $heard;
	$heard = [];
	return $now;
};

// At once, for what this process does.
$run = sophmate_start('test.hooks', subject: "$event a");
check('a run goes through', [$run->state->value, $effects], ['completed', ['first', 'second']]);
check('a new run is told', $heard_now(), ["$event a:  > completed"]);
sophmate_start('test.hooks', subject: "$event a");
check('a run that exists changes nothing', [$heard_now(), $effects], [[], ['first', 'second']]);
$fail = new NotDone('no');
$paused = sophmate_start('test.hooks', subject: "$event b");
check('a run that rests is told once, and no state that nobody saw', [$paused->state->value, $heard_now()], ['paused', ["$event b:  > paused"]]);
check('a run that is stored for later is told', [sophmate_start_later('test.hooks', subject: "$event l", at: new DateTimeImmutable('+1 hour'))->state->value, $heard_now()], ['waiting', ["$event l:  > waiting"]]);

// The same by the commands: the state before, and the one now.
$command = fn (string $line): int => WP_CLI::runcommand("sophmate run $line", ['launch' => false, 'exit_error' => false, 'return' => 'return_code']);
check('a note changes no state', [$command("note $paused->id hello"), $heard_now()], [0, []]);
check('advance that does nothing is not told', [$command("advance $paused->id"), $heard_now()], [5, []]);
check('resume', [$command("resume $paused->id"), $heard_now()], [0, ["$event b: paused > running"]]);
check('advance, refused again', [$command("advance $paused->id"), $heard_now()], [5, ["$event b: running > paused"]]);
check('start of a new run', [$command("start test.hooks --subject=$event-s"), $heard_now()], [5, ["$event-s:  > paused"]]);
check('start of one that is there', [$command("start test.hooks --subject=$event-s"), $heard_now()], [5, []]);
check('stop', [$command("stop $paused->id"), $heard_now()], [0, ["$event b: paused > stopped"]]);

// Again when the list catches up, also for what others did.
Ticker::work(100);
$again = $heard_now();
check('the tick tells each of them at least once', [count(preg_grep("/$event a: .* > completed/", $again)) >= 1, count(preg_grep("/$event b: .* > stopped/", $again)) >= 1], [true, true]);
Ticker::work(100);
check('and then no more', $heard_now(), []);
sophmate_engine()->start('test.hooks', subject: "$event c");
check('what goes past the plugin\'s functions is not told at once', $heard_now(), []);
$broken = function () use ($event): void {
	throw new RuntimeException("listener $event");
};
add_action('sophmate_run_changed', $broken, 5);
$log = ini_set('error_log', $file = tempnam(sys_get_temp_dir(), 'log'));
Ticker::work(100);
ini_set('error_log', (string) $log);
check('a listener that throws is written to the log', str_contains((string) file_get_contents($file), "listener $event"), true);
unlink($file);
remove_action('sophmate_run_changed', $broken, 5);
$heard_now();
$before = sophmate_engine()->runs(['workflow' => 'test.hooks'], 5);
check('and does not stop the list', [count($before) >= 3, $heard_now()], [true, []]);

// The names of an open run's steps changed with an update: it rests, and nothing fires.
$fail = new NotDone('no');
$open = sophmate_start('test.hooks', subject: "$event d");
sophmate_engine()->resume($open->id, 'test', 'test');
$steps = ['first', 'second renamed'];
$fail = null;
$effects = [];
Engines::forget();
$now = sophmate_engine()->advance($open->id);
check('a renamed step of an open run: it rests as paused, and nothing fires', [$now->state->value, $effects, str_contains((string) $now->reason, 'differs')], ['paused', [], true]);
$e = null;
try {
	sophmate_engine()->resume($open->id, 'test', 'test');
} catch (SophMate\InvalidState $e) {
}
check('resume is refused: finish by hand or stop', [$e !== null, str_contains((string) $e?->getMessage(), 'by hand')], [true, true]);

// A rollback of the caller leaves the record of the charge.
$wpdb->query('START TRANSACTION');
$wpdb->query("INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES ('test_$event', '1', 'no')");
sophmate_once("test: rollback $event", 1, function (Attempt $a) use ($event): string {
	$a->externalId('charge', "ch_$event");
	return 'charged';
});
$wpdb->query('ROLLBACK');
check('the business record is gone', $wpdb->get_var("SELECT COUNT(*) FROM {$wpdb->options} WHERE option_name = 'test_$event'"), '0');
check('the charge is known', count(sophmate_engine()->findByExternalId('charge', "ch_$event")), 1);
check('and not made again', sophmate_once("test: rollback $event", 1, fn () => 'charged again'), 'charged');

// Mistakes of the caller are errors, not exceptions.
foreach ([
	'no such workflow' => fn () => sophmate_start('no.such'),
	'an unknown option' => fn () => sophmate_start('test.hooks', colour: 'red'),
	'a key of the wrong type' => fn () => sophmate_once(['x'], 1, fn () => 1),
	'no callable' => fn () => sophmate_once("test: $event", 1, 'no such function'),
	'a payload that cannot be stored' => fn () => sophmate_once("test: $event closure", fn () => 1, fn () => 1),
	'an empty key' => fn () => sophmate_once('', 1, fn () => 1),
	'a bad run id' => fn () => sophmate_find('xyz'),
	'no attempt' => fn () => sophmate_remote_request('x', 'y'),
] as $name => $call) {
	$result = $call();
	check("$name: a WP_Error that says so", [is_wp_error($result) ? $result->get_error_code() : $result, is_wp_error($result) && $result->get_error_message() !== '', is_wp_error($result) ? $result->get_error_data()['may_have_happened'] : null], ['sophmate_refused', true, false]);
}
check('no run is null', sophmate_find(str_repeat('0', 32)), null);
foreach ([
	'conflict' => [fn () => sophmate_once("test: rollback $event", 2, fn () => 1), 'sophmate_conflict', false],
	'unknown' => [fn () => sophmate_once("test: unknown $event", 1, fn () => throw new RuntimeException('reset')), 'sophmate_unknown', true],
	'refused' => [fn () => sophmate_once("test: refused $event", 1, fn () => throw new NotDone('no', 'declined')), 'sophmate_refused', false],
] as $name => [$call, $code, $happened]) {
	$result = $call();
	check("$name: code and truth", [$result->get_error_code(), $result->get_error_data()['may_have_happened']], [$code, $happened]);
}
(new SophMate\KillSwitches(Engines::store()))->hold('category:general', 'test', 'test');
$held = sophmate_once("test: held $event", 1, fn () => 1);
(new SophMate\KillSwitches(Engines::store()))->release('category:general', 'test', 'test');
check('held: code and truth', [$held->get_error_code(), $held->get_error_data()['may_have_happened']], ['sophmate_held', false]);
check('started later', sophmate_start_later('test.hooks', subject: "$event e")->state->value, 'running');
check('a listener of registration that fails refuses automation, and is named', (function () use ($event): array {
	$bad = fn () => throw new RuntimeException("broken plugin $event");
	add_action('sophmate_register_workflows', $bad, 20);
	Engines::forget();
	$result = sophmate_once("test: bad $event", 1, fn () => 1);
	remove_action('sophmate_register_workflows', $bad, 20);
	return [$result->get_error_code(), str_contains($result->get_error_message(), "broken plugin $event")];
})(), ['sophmate_unavailable', true]);
Engines::forget();
check('mended, it works', sophmate_once("test: bad $event", 1, fn () => 1), 1);
finish();
