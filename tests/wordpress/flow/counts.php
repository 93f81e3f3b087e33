<?php
// Inside WordPress: what the engine costs, as statements at the plugin's store and as deltas of the server's own counters.
declare(strict_types=1);

use SophMate\{Attempt, Dialect, Effect, Engine, Step, Store, Workflow};
use SophMate\WordPress\{Judge, Stores};

require_once dirname(__DIR__) . '/lib.php';
restore_error_handler();

/** The site's own store, and what went through it. */
final class CountingStore implements Store
{
	/** @var list<array{string, string}> read or write, and the statement */
	public array $seen = [];

	public function __construct(private readonly Store $inner)
	{
	}

	public function dialect(): Dialect
	{
		return $this->inner->dialect();
	}

	public function tablePrefix(): string
	{
		return $this->inner->tablePrefix();
	}

	public function environment(): string
	{
		return $this->inner->environment();
	}

	public function write(string $sql, array $params): int
	{
		$this->seen[] = ['write', $sql];
		return $this->inner->write($sql, $params);
	}

	public function read(string $sql, array $params): array
	{
		$this->seen[] = ['read', $sql];
		return $this->inner->read($sql, $params);
	}

	public function reset(): void
	{
		$this->inner->reset();
	}
}

$server = new mysqli('localhost', 'root', '', '', null, getenv('SOPHMATE_DB_SOCKET'));
/** The server's counters. Handler_write counts rows, and no temporary table's. */
$status = function () use ($server): array {
	$names = "'Com_insert','Com_insert_select','Com_select','Com_update','Com_delete','Com_replace','Com_begin','Com_commit','Com_set_option','Com_stmt_prepare','Handler_write','Handler_commit','Handler_rollback','Questions'";
	return array_map(intval(...), array_column($server->query("SHOW GLOBAL STATUS WHERE Variable_name IN ($names)")->fetch_all(), 1, 0));
};
$store = new CountingStore(Stores::for_current_site());
check('the store is the plugin\'s own', get_class(Stores::for_current_site()), 'SophMate\WordPress\WpdbStore');

/**
 * What a call costs: [writes, reads] at the store and at the server, and every counter that moved.
 * @return array{store: array{int, int}, server: array{int, int}, all: array<string, int>, sql: list<array{string, string}>}
 */
$cost = function (callable $call) use ($store, $status): array {
	$store->seen = [];
	$before = $status();
	$call();
	$after = $status();
	$all = array_map(fn (string $name): int => $after[$name] - $before[$name], array_combine(array_keys($before), array_keys($before)));
	$all['Questions']--;   // the look at the counters
	$kinds = array_count_values(array_column($store->seen, 0)) + ['write' => 0, 'read' => 0];
	return ['store' => [$kinds['write'], $kinds['read']], 'server' => [$all['Com_insert'] + $all['Com_insert_select'] + $all['Com_update'] + $all['Com_delete'] + $all['Com_replace'], $all['Com_select']], 'all' => $all, 'sql' => $store->seen];
};
/** Checks [writes, reads] on both sides, that nothing else was sent, and that nobody opened a transaction; prints them. */
$costs = function (string $what, callable $call, array $expected, ?int $rows = null) use ($cost): array {
	$c = $cost($call);
	$other = $c['all']['Questions'] - array_sum($expected);
	check("$what: $expected[0] writes and $expected[1] reads, at the store and at the server", ['store' => $c['store'], 'server' => $c['server'], 'other statements' => $other], ['store' => $expected, 'server' => $expected, 'other statements' => 0]);
	check("$what: no transaction, no prepared statement", [$c['all']['Com_begin'], $c['all']['Com_commit'], $c['all']['Com_set_option'], $c['all']['Com_stmt_prepare']], [0, 0, 0, 0]);
	check("$what: each is a commit of its own", [$c['all']['Handler_commit'], $c['all']['Handler_rollback']], [array_sum($expected), 0]);
	$rows === null || check("$what: $rows rows", $c['all']['Handler_write'], $rows);
	echo "        $what: ", json_encode(array_filter($c['all'])), "\n";
	return $c;
};

$tag = bin2hex(random_bytes(4));
$steps = fn (int $n, ?callable $run = null): array => array_map(fn (int $i): Step => new Step("step $i", run: $run ?? fn () => $i, effect: Effect::External), range(1, $n));
$flow = fn (string $name, int $n, string $category = 'general', ?callable $run = null): Workflow => new Workflow($name, version: '1', category: $category, owner: 'operations', steps: $steps($n, $run));
$sizes = [1, 3, 10];
$engine = function () use ($store, $flow, $sizes): Engine {
	$engine = new Engine($store, Judge::judge(...));
	foreach ($sizes as $n) {
		$engine->register($flow("count.$n", $n));
	}
	return $engine;
};

// The first start that a category or workflow ever sees makes its switch rows.
$first = new Engine($store, Judge::judge(...));
$first->once("flow: count warm $tag", 1, fn () => 1);
foreach (['workflow of a known category' => [$flow("new.a$tag", 1), 8], 'workflow and its category' => [$flow("new.b$tag", 1, "cat$tag"), 12]] as $name => [$workflow, $more]) {
	$new = $cost(fn () => $first->start($workflow, 'first'));
	echo "        the first start of a $name: ", json_encode($new['store']), ' writes and reads, ', json_encode(array_filter($new['all'])), "\n";
	check("a $name that nobody has seen: as many at the server as at the store", [$new['server'], $new['all']['Questions']], [$new['store'], array_sum($new['store'])]);
	check_between('and a few statements more than two', array_sum($new['store']) - 2, 1, $more);
	$costs("the second start of this $name", fn () => $first->start($workflow, 'second'), [2, 0]);
}

// n + 1 writes, no read; the identity once for each engine object.
foreach ($sizes as $n) {
	$engine()->start("count.$n", "$tag warm");
	$one = $engine();
	$costs("an engine's first run of $n steps", fn () => $one->start("count.$n", "$tag a"), [$n + 1, 1], 2 * $n + 2);
	$run = null;
	$costs("its next run of $n steps", function () use ($one, $n, $tag, &$run): void {
		$run = $one->start("count.$n", "$tag b");
	}, [$n + 1, 0], 2 * $n + 2);
	check("a run of $n steps ran through", [$run->state->value, count(array_filter($run->steps(), fn (array $s): bool => $s['state']->value === 'done'))], ['completed', $n]);
}
$costs('making engines and registering', fn () => [$engine(), $engine()], [0, 0]);

// Single effects, and the ids that they report.
$effects = 0;
foreach ([0, 1, 3] as $ids) {
	$costs("a single effect with $ids external ids", fn () => $first->once("flow: count $tag $ids", 1, function (Attempt $a) use ($ids, $tag, &$effects): int {
		for ($i = 0; $i < $ids; $i++) {
			$a->externalId('charge', "ch_{$tag}_{$ids}_$i");
		}
		return ++$effects;
	}), [2 + $ids, 0], 4 + $ids);
}

// Replays.
$effects = 0;
$count = function () use (&$effects): int {
	return ++$effects;
};
$costs('the same key eight times in one request, the first', fn () => $first->once("flow: eight $tag", 1, $count), [2, 0]);
$costs('the other seven', function () use ($first, $tag, $count): void {
	for ($i = 2; $i <= 8; $i++) {
		$first->once("flow: eight $tag", 1, $count);
	}
}, [0, 0]);
$costs('a run that this engine object saw end', fn () => $one->start('count.10', "$tag b"), [0, 0]);
foreach (['once' => fn (Engine $e) => $e->once("flow: eight $tag", 1, $count), 'start' => fn (Engine $e) => $e->start('count.10', "$tag b")] as $name => $replay) {
	$other = $engine();
	$other->once("flow: other $tag $name", 1, fn () => 1);
	$c = $cost(fn () => $replay($other));
	check_between("a replay by $name elsewhere: at most two statements", array_sum($c['store']), 1, 2);
	check("a replay by $name elsewhere: as many at the server, no transaction", [$c['server'], $c['all']['Questions'], $c['all']['Com_commit'], $c['all']['Com_begin']], [$c['store'], array_sum($c['store']), 0, 0]);
	check("a replay by $name elsewhere: what it tried to store was rolled back, no write was committed", [$c['all']['Handler_rollback'], $c['all']['Handler_commit'] - $c['all']['Com_select']], [1, 0]);
	echo "        a replay by $name elsewhere: ", json_encode(array_filter($c['all'])), "\n";
}
check('eight calls and a replay: one effect', $effects, 1);

// Log order and projections. Everything before is folded first.
$tick = $engine();
$tick->tick(100);
$kind = fn (array $seen): string => match (true) {
	str_contains($seen[1], 'leaf_index IS NULL ORDER BY id') => 'list',
	str_contains($seen[1], 'SET leaf_index = CASE') => 'set',
	str_contains($seen[1], "name='projected'") && $seen[0] === 'read' => 'mark',
	str_contains($seen[1], 'leaf_index >=') => 'leaves',
	str_contains($seen[1], 'sophmate_external') => 'external',
	str_starts_with($seen[1], 'INSERT INTO') && str_contains($seen[1], 'sophmate_run ') => 'upsert',
	str_contains($seen[1], 'SET pos') => 'advance',
	str_contains($seen[1], 'r.due <= ') => 'due',
	str_contains($seen[1], 'sophmate_run') => 'rows',
	default => $seen[1],
};
foreach ([['64 runs', 64, 0], ['192 runs', 192, 0], ['10 runs with external ids', 10, 1]] as [$name, $runs, $ids]) {
	for ($i = 0; $i < $runs; $i++) {
		$first->once("flow: log $tag $name $i", 1, function (Attempt $a) use ($ids, $tag, $i): int {
			$ids === 0 || $a->externalId('charge', "ch_log_{$tag}_$i");
			return 1;
		});
	}
	$events = $runs * (4 + $ids);
	$said = [];
	$c = $cost(function () use ($tick, &$said): void {
		$said = $tick->tick(100);
	});
	$kinds = array_map($kind, $c['sql']);
	$n = array_count_values($kinds) + ['list' => 0, 'set' => 0, 'mark' => 0, 'leaves' => 0, 'rows' => 0, 'upsert' => 0, 'advance' => 0, 'external' => 0];
	echo "        $name, $events events: ", json_encode($n), "\n";
	check("$name: all of them were sequenced and projected", [$said['sequenced'], $said['projected']], [$events, $events]);
	check("$name: as many statements at the server as at the store", [$c['server'], $c['all']['Questions']], [$c['store'], array_sum($c['store'])]);
	// A list or a pass that is full is followed by another one, which may find nothing.
	$batches = intdiv($events, 256) + 1;
	check("$name: two statements a batch", [$n['set'], $n['list']], [(int) ceil($events / 256), $batches]);
	$passes = (int) ceil($events / 200);
	check("$name: four statements a pass", [$n['mark'], $n['leaves'], $n['rows'], $n['advance']], array_fill(0, 4, $passes));
	$upserts = 0;
	for ($left = $events, $a = 0; $left > 0; $left -= 200, $a += 200) {
		// the events of a run lie together: they were made one after the other
		$upserts += (int) ceil((intdiv(min($a + 200, $events) - 1, 4 + $ids) - intdiv($a, 4 + $ids) + 1) / 32);
	}
	check("$name: one upsert for each 32 runs of a pass", $n['upsert'], $upserts);
	check("$name: one more where there are external ids", $n['external'], $ids === 0 ? 0 : $passes);
}
$idle = $cost(fn () => $tick->tick(100));
echo '        a tick that finds nothing: ', json_encode(array_count_values(array_map($kind, $idle['sql']))), "\n";
check_between('a tick that finds nothing is at most five reads', $idle['store'][1], 1, 5);
check('and no write', [$idle['store'][0], $idle['server'][0]], [0, 0]);
finish();
