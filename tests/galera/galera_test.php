<?php
// Called by ./run, which has brought three nodes up. Workers on all of them; see worker.php.
declare(strict_types=1);

require dirname(__DIR__) . '/wordpress/lib.php';
require __DIR__ . '/shop.php';

use SophMate\{Answer, RunState, Schema};

/** Workers that run. */
final class Crew
{
	/** @var list<array{resource, resource}> */
	private array $running = [];

	/** @param list<array{string, int, string}> $workers mode, node, name */
	public function __construct(array $workers)
	{
		@unlink(work('stop'));
		foreach ($workers as $arguments) {
			$output = tmpfile();
			$this->running[] = [proc_open([PHP_BINARY, __DIR__ . '/worker.php', ...array_map(strval(...), $arguments)], [['file', '/dev/null', 'r'], $output, $output], $pipes), $output];
		}
	}

	/** Waits for their ends. @return array<string, int> what they saw, summed */
	public function stop(bool $now = true): array
	{
		$now && touch(work('stop'));
		$sum = [];
		foreach ($this->running as $i => [$process, $output]) {
			$ended = eventually(fn (): bool => !proc_get_status($process)['running'], 90);
			$ended || proc_terminate($process, 9);
			proc_close($process);
			rewind($output);
			$text = trim((string) stream_get_contents($output));
			$seen = json_decode((string) strrchr("\n$text", "\n"), true) ?? json_decode($text, true);
			check("worker $i ended by itself and says what it saw", [$ended, is_array($seen)], [true, true]) || print("$text\n");
			foreach (is_array($seen) ? $seen : [] as $what => $n) {
				$sum[$what] = ($sum[$what] ?? 0) + $n;
			}
		}
		ksort($sum);
		return $sum;
	}
}

function control(string ...$words): void
{
	[$code, $output, $errors] = run_command([__DIR__ . '/run', ...$words]);
	check(implode(' ', $words), [$code, $errors], [0, '']) || print($output);
}

/** Rows of one statement on a node, which waits for all that was committed before. */
function rows(int $node, string $sql): array
{
	static $stores = [];
	try {
		return ($stores[$node] ??= store($node))->read($sql, []);
	} catch (PDOException) {
		// it was restarted since
		$stores[$node]->reset();
		return $stores[$node]->read($sql, []);
	}
}

function number(int $node, string $sql): int
{
	return (int) array_values(rows($node, $sql)[0])[0];
}

/** Ticks until every event has its place and every run its row. */
function catch_up(): void
{
	$engine = engine(1);
	eventually(function () use ($engine): bool {
		$engine->tick(100);
		return number(1, 'SELECT COUNT(*) FROM wp_sophmate_journal WHERE leaf_index IS NULL') === 0
			&& number(1, "SELECT pos FROM wp_sophmate_meta WHERE name = 'projected'") === number(1, 'SELECT MAX(leaf_index) + 1 FROM wp_sophmate_journal');
	}, 60);
}

/** Takes every run to its end, as its owner would who looks into the ledger. @return array<string, int> how many rested how */
function settle(): array
{
	$engine = engine(1);
	$rested = [];
	catch_up();
	foreach (rows(1, "SELECT id FROM wp_sophmate_run WHERE state <> 'completed'") as ['id' => $id]) {
		$done = eventually(function () use ($engine, $id, &$rested): bool {
			$run = $engine->advance($id);
			$rested[$run->state->value] = ($rested[$run->state->value] ?? 0) + 1;
			if ($run->state === RunState::Unknown) {
				$happened = isset(ledger()["$id $run->step"]);
				$engine->verdict($id, $happened ? Answer::done() : Answer::notDone('not in the ledger'), 'ann', 'looked into the ledger');
			} elseif ($run->state === RunState::Paused && str_contains($run->reason, 'a switch was held before the effect began')) {
				$engine->resume($id, 'ann', 'the holds used up its attempts');
			}
			return $run->state === RunState::Completed;
		}, 20);
		$done || check("run $id can be finished", $engine->find($id)->state->value . ' ' . $engine->find($id)->reason, 'completed');
	}
	catch_up();
	unset($rested['completed']);
	return $rested;
}

/** The zeros of the issue, on every node. */
function check_zeros(string $phase): void
{
	$ledger = ledger();
	$streams = [];
	$begun = [];
	foreach (rows(1, "SELECT stream, leaf FROM wp_sophmate_journal WHERE lease IS NOT NULL OR seq = 1") as ['stream' => $stream, 'leaf' => $leaf]) {
		$event = json_decode($leaf, true);
		if ($event['type'] === 'run.started') {
			$streams[$stream] = ($streams[$stream] ?? 0) + 1;
		} elseif ($event['type'] === 'step.started') {
			$begun["$stream " . $event['d']['step']] = true;
		}
	}
	$acknowledged = is_file(work('acknowledged')) ? array_unique(file(work('acknowledged'), FILE_IGNORE_NEW_LINES)) : [];
	$state = array_column(rows(1, 'SELECT id, state FROM wp_sophmate_run'), 'state', 'id');
	printf("# %s: %d runs, %d acknowledged, %d effects, %d events\n", $phase, count($streams), count($acknowledged), array_sum($ledger), number(1, 'SELECT COUNT(*) FROM wp_sophmate_journal'));

	check("$phase: second effects", array_keys(array_filter($ledger, fn (int $n): bool => $n > 1)), []);
	check("$phase: effects without a stored intent", array_values(array_diff(array_keys($ledger), array_keys($begun))), []);
	check("$phase: acknowledged runs that are not completed", array_values(array_filter($acknowledged, fn (string $id): bool => ($state[$id] ?? '') !== 'completed')), []);
	check("$phase: completed runs without their effects", array_values(array_filter(
		array_keys(array_filter($state, fn (string $s): bool => $s === 'completed')),
		fn (string $id): bool => array_diff(array_map(fn (string $step): string => "$id $step", STEPS), array_keys($ledger)) !== [],
	)), []);
	check("$phase: runs that are not completed", array_diff($state, ['completed']), []);
	check("$phase: rows of the projection, runs", count($state), count($streams));
	foreach ([1, 2, 3] as $node) {
		check("$phase: node $node: indexes from 0 without a hole", rows($node, 'SELECT MIN(leaf_index) AS a, MAX(leaf_index) + 1 - COUNT(*) AS b, COUNT(*) - COUNT(DISTINCT leaf_index) AS c FROM wp_sophmate_journal'), [['a' => 0, 'b' => 0, 'c' => 0]]);
		check("$phase: node $node: events out of order in the log", number($node, 'SELECT COUNT(*) FROM wp_sophmate_journal a JOIN wp_sophmate_journal b ON b.stream = a.stream AND b.seq = a.seq + 1 WHERE b.leaf_index < a.leaf_index'), 0);
		check("$phase: node $node: streams with a gap", number($node, 'SELECT COUNT(*) FROM (SELECT stream FROM wp_sophmate_journal GROUP BY stream HAVING MAX(seq) <> COUNT(*) OR MIN(seq) <> 1) g'), 0);
	}
	$of = fn (int $node): string => md5(serialize([rows($node, 'SELECT * FROM wp_sophmate_journal ORDER BY id'), rows($node, 'SELECT * FROM wp_sophmate_run ORDER BY id'), rows($node, 'SELECT * FROM wp_sophmate_switch ORDER BY target')]));
	check("$phase: all nodes hold the same", [$of(2), $of(3)], [$of(1), $of(1)]);
}

/** Galera may order a start after a hold that its statement did not see: it has to come to nothing while the hold lasts. */
function check_late(): void
{
	$begun = [];
	foreach (file(work('ledger'), FILE_IGNORE_NEW_LINES) as $line) {
		[$step, $attempt, $at] = explode("\t", $line);
		$begun["$step $attempt"] = (int) $at;
	}
	$ends = $acted = [];
	foreach (is_file(work('late')) ? file(work('late'), FILE_IGNORE_NEW_LINES) : [] as $line) {
		[$run, $seq, $releasing] = explode("\t", $line);
		[$start, $next] = array_column(rows(1, "SELECT leaf FROM wp_sophmate_journal WHERE stream = '$run' AND seq IN ($seq, $seq + 1) ORDER BY seq"), 'leaf');
		['step' => $step, 'attempt' => $attempt] = json_decode($start, true)['d'];
		$what = json_decode($next, true);
		$end = $what['type'] . ' ' . ($what['d']['class'] ?? '');
		$ends[$end] = ($ends[$end] ?? 0) + 1;
		if (($begun["$run $step $attempt"] ?? PHP_INT_MAX) < (int) $releasing) {
			$acted[] = "$run $step $attempt";
		}
	}
	echo '# starts that were in flight at an acknowledgement, and ordered after it, ended as ', json_encode($ends), "\n";
	$forbidden = number(1, 'SELECT COUNT(*) FROM wp_sophmate_journal WHERE leaf LIKE \'%"type":"step.failed"%\' AND private LIKE \'%a switch was held before the effect began%\'');
	echo "# starts that were stored, found a switch held, and came to nothing: $forbidden\n";
	check('holds: starts that were stored and found a switch held', $forbidden > 0, true);
	check('holds: effects of starts that were ordered after an acknowledged hold, before its release', $acted, []);
}

/** The rows that racing projectors made, and those of one that begins again. */
function check_folds(): void
{
	$fold = 'SELECT id, workflow, category, state, step, owner, rev, started_at, changed_at, fold FROM wp_sophmate_run ORDER BY id';
	$raced = rows(1, $fold);
	$server = new PDO(dsn(1));
	$server->exec('DELETE FROM wp_sophmate_run');
	$server->exec("UPDATE wp_sophmate_meta SET pos = 0 WHERE name = 'projected'");
	catch_up();
	$fresh = rows(2, $fold);
	printf("# folds: %d rows\n", count($fresh));
	check('projection equals a fresh fold', count($raced) > 0 && $raced === $fresh, true);
}

Schema::install(store(1), 'shop.example');
check('the schema is sound on every node', array_map(fn (int $n): array => Schema::check(store($n)), [1, 2, 3]), [[], [], []]);
array_map(fn (string $file) => @unlink(work($file)), ['ledger', 'acknowledged', 'late', 'stop']);
engine(1)->start('order', 'first');      // makes the switches' rows
$tickers = [['tick', 1, 't1'], ['tick', 2, 't2'], ['tick', 3, 't3']];
$load = fn (string $phase): array => array_merge(...array_map(fn (int $n): array => [['load', $n, "$phase-$n-a"], ['load', $n, "$phase-$n-b"]], [1, 2, 3]));

// 1. Six workers on three nodes start the same 120 events at the same moments, sequencers on every node.
$begin = (string) (microtime(true) + 2);
$same = new Crew(array_merge(...array_map(fn (int $n): array => [['same', $n, $begin], ['same', $n, $begin]], [1, 2, 3])));
$ticks = new Crew($tickers);
$seen = $same->stop(false);
$ticked = $ticks->stop();
echo '# same key: ', json_encode($seen), ', sequencers ', json_encode($ticked), "\n";
echo '# same key, rested: ', json_encode(settle()), "\n";
check('same key: runs', number(1, 'SELECT COUNT(*) FROM wp_sophmate_run'), 121);
check('same key: effects', array_sum(ledger()), 242);
check_zeros('same key');

// 2. Holds on node 1, starts on all of them.
$crew = new Crew([['hold', 1, 'h'], ...$load('hold'), ...$tickers]);
sleep((int) (getenv('SOPHMATE_GALERA_SECONDS') ?: 20));
$seen = $crew->stop();
echo '# holds: ', json_encode($seen), "\n";
check('holds: many', ($seen['holds'] ?? 0) >= 20, true);
check('holds: starts were refused', ($seen['held'] ?? 0) > 0, true);
check('holds: starts that were sent after an acknowledged hold, and stored', $seen['sent after the acknowledgement'] ?? 0, 0);
echo '# holds, rested: ', json_encode(settle()), "\n";
check_late();
check_zeros('holds');

// 3. A node dies in the middle, and comes back.
$crew = new Crew([...$load('kill'), ...$tickers]);
sleep(3);
control('kill', '2');
sleep(5);
control('start', '2');
sleep(3);
$seen = $crew->stop();
echo '# kill: ', json_encode($seen), "\n";
check('kill: callers on the dead node got errors', ($seen['StoreError'] ?? 0) + ($seen['StoreUncertain'] ?? 0) > 0, true);
echo '# kill, rested: ', json_encode(settle()), "\n";
check_zeros('kill');

// 4. Node 3 is cut off, and its link comes back.
$crew = new Crew([...$load('cut'), ...$tickers]);
sleep(3);
control('cut', '3');
sleep(12);
check('cut: node 3 knows that it is alone', run_command(['mariadb', '--no-defaults', '-uroot', '-S', work('n3.sock'), '-BNe', "show status like 'wsrep_cluster_status'"])[1], "wsrep_cluster_status\tnon-Primary\n");
$before = number(1, 'SELECT COUNT(*) FROM wp_sophmate_journal');
sleep(2);
check('cut: the others go on', number(1, 'SELECT COUNT(*) FROM wp_sophmate_journal') > $before, true);
control('heal', '3');
sleep(3);
$seen = $crew->stop();
echo '# cut: ', json_encode($seen), "\n";
check('cut: callers on the node that was alone got errors', ($seen['StoreError'] ?? 0) + ($seen['StoreUncertain'] ?? 0) > 0, true);
echo '# cut, rested: ', json_encode(settle()), "\n";
check_zeros('cut');
check_folds();
$status = [];
foreach ([1, 2, 3] as $node) {
	$counts = array_map(intval(...), (new PDO(dsn($node)))->query("SHOW STATUS WHERE Variable_name IN ('wsrep_local_bf_aborts', 'wsrep_local_cert_failures', 'wsrep_local_replays')")->fetchAll(PDO::FETCH_KEY_PAIR));
	foreach ($counts as $name => $n) {
		$status[$name] = ($status[$name] ?? 0) + $n;
	}
}
echo '# since the last start of each node: ', json_encode($status), "\n";
finish();
