<?php
// Inside WordPress: what the plugin's own code asks the database, seen by the server.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib.php';
restore_error_handler();

$root = new mysqli('localhost', 'root', '', '', null, getenv('SOPHMATE_DB_SOCKET'));
$status = function () use ($root): array {
	$all = [];
	foreach ($root->query("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_insert', 'Com_insert_select', 'Com_select', 'Com_update', 'Com_commit', 'Com_begin')") as $row) {
		$all[$row['Variable_name']] = (int) $row['Value'];
	}
	return $all;
};
/** Counters that the call moves. */
$cost = function (callable $call) use ($status): array {
	$before = $status();
	$call();
	$after = $status();
	return array_filter(array_map(fn (string $key): int => $after[$key] - $before[$key], array_combine(array_keys($before), array_keys($before))));
};
$writes = fn (array $cost): int => ($cost['Com_insert'] ?? 0) + ($cost['Com_insert_select'] ?? 0) + ($cost['Com_update'] ?? 0);
$run = bin2hex(random_bytes(4));

check('making the engine costs nothing', $cost(fn () => sophmate_engine()), []);
$engine = sophmate_engine();
$step = fn (string $name): SophMate\Step => new SophMate\Step($name, run: fn () => 'x', effect: SophMate\Effect::External);
$engine->register(new SophMate\Workflow('test.count', version: '1', category: 'general', owner: 'operations', steps: [$step('one'), $step('two'), $step('three')]));
sophmate_once("test: warm up $run", 1, fn () => 1);
$engine->start('test.count', subject: "warm up $run");

$effects = 0;
$effect = function () use (&$effects): int {
	return ++$effects;
};
$first = $cost(fn () => sophmate_once("test: count $run", 1, $effect));
check('a single effect costs two writes and no read', [$writes($first), $first['Com_select'] ?? 0], [2, 0]);
check('the same in one request costs nothing', $cost(fn () => sophmate_once("test: count $run", 1, $effect)), []);
SophMate\WordPress\Engines::forget();
sophmate_once("test: count other $run", 1, fn () => 1);
$replay = $cost(fn () => sophmate_once("test: count $run", 1, $effect));
check_between('a replay elsewhere costs at most two statements', array_sum($replay), 1, 2);
check('and no commit, and no effect', [$replay['Com_commit'] ?? 0, $effects], [0, 1]);

$engine = sophmate_engine();
$engine->register(new SophMate\Workflow('test.count', version: '1', category: 'general', owner: 'operations', steps: [$step('one'), $step('two'), $step('three')]));
$three = $cost(fn () => $engine->start('test.count', subject: "count $run"));
check('a run of three steps costs four writes and no read', [$writes($three), $three['Com_select'] ?? 0], [4, 0]);
$named = $cost(fn () => sophmate_once("test: named $run", 1, function (SophMate\Attempt $a): int {
	$a->externalId('charge', 'ch_1');
	return 1;
}));
check('an external id costs one write more', $writes($named), 3);
finish();
