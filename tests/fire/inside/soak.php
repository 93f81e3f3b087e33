<?php
// Jobs drawn by lot, with kills. $args: how many jobs, how many seconds at most.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

use SophMate\{Answer, Attempt, Effect, Engine, FailureClass, NotDone, Repeat, Retry, Step, Workflow};

$from = (int) (1e6 * microtime(true));
$jobs = (int) $args[0];
$seconds = (float) $args[1];
$folder = needed('SOPHMATE_WORK_DIR');
$tag = bin2hex(random_bytes(4));   // runs of an earlier soak in this database are not looked at
$ledger = "$folder/soak.ledger";
$counter = "$folder/soak.counter";
file_put_contents($ledger, '');
file_put_contents($counter, '0');

/* One effect is one line, flushed by one write; the other side absorbs a key that it knows where the step is of class once. */
$act = static function (Attempt $a, bool $absorbs) use ($ledger): string {
	$dice = mt_rand(0, 99);
	if ($dice < 4) {
		throw new NotDone('not sent', 'not_sent', FailureClass::NotSent);
	}
	if ($dice < 6) {
		throw new NotDone('refused', 'refused', FailureClass::ExternalFailure);
	}
	if ($dice < 8) {
		throw new RuntimeException('nobody knows, and it did not happen');
	}
	$handle = fopen($ledger, 'ab');
	flock($handle, LOCK_EX);
	if (!$absorbs || !str_contains(shell_tail($ledger, $a->key), $a->key)) {
		fwrite($handle, "$a->runId $a->key\n");
	}
	fclose($handle);
	if ($dice < 12) {
		throw new RuntimeException('nobody knows, and it happened');
	}
	usleep(mt_rand(0, 20000));
	return 'done';
};
/** What the other side knows of a key. */
function shell_tail(string $ledger, string $key): string
{
	return (string) exec('grep -F -m 1 ' . escapeshellarg($key) . ' ' . escapeshellarg($ledger));
}
$probe = static fn (Attempt $a): Answer => mt_rand(0, 3) === 0 ? Answer::unknown('not now')
	: (shell_tail($ledger, $a->key) !== '' ? Answer::done('done') : Answer::notDone('no such line'));
add_action('sophmate_register_workflows', static function (Engine $engine) use ($act, $probe): void {
	$some = ['effect' => Effect::External, 'timeoutSeconds' => 1.0, 'graceSeconds' => 1.0, 'retry' => new Retry(3, 60.0, 0.1)];
	$engine->register(new Workflow('soak', '1', 'soak', 'operations', [
		new Step('never with look-up', static fn (Attempt $a): string => $act($a, false), ...$some, probe: $probe),
		new Step('once', static fn (Attempt $a): string => $act($a, true), ...$some, repeat: Repeat::Once, keyWindowSeconds: 3600.0),
		new Step('never', static fn (Attempt $a): string => $act($a, false), ...$some),
	]));
});

$next = static function () use ($counter, $jobs): int {
	$handle = fopen($counter, 'c+b');
	flock($handle, LOCK_EX);
	$n = (int) stream_get_contents($handle);
	if ($n < $jobs) {
		rewind($handle);
		fwrite($handle, (string) ($n + 1));
	}
	fclose($handle);
	return $n;
};
Trials::let_go();
$crowd = new Crowd();
for ($i = 0; $i < 6; $i++) {
	$crowd->add('worker', static function (callable $stop) use ($next, $jobs, $tag): void {
		while (!$stop() && ($n = $next()) < $jobs) {
			/* The event comes once more, now and then, and at the same time somewhere else. */
			foreach (array_unique([$n, mt_rand(0, 3) ? $n : mt_rand(max(0, $n - 20), $n)]) as $job) {
				told(sophmate_start('soak', subject: "$tag job:$job", input: ['job' => $job]));
			}
		}
	});
}
for ($i = 0; $i < 2; $i++) {
	$crowd->add('ticker', static function (callable $stop): void {
		while (!$stop()) {
			sophmate_engine()->tick(50);
			usleep(100000);
		}
	});
}
$began = microtime(true);
while ($crowd->count('worker') > 0 && microtime(true) - $began < $seconds) {
	usleep(mt_rand(20000, 120000));
	$crowd->kill_one(mt_rand(0, 7) ? 'worker' : 'ticker');
}
$crowd->end();
Trials::take_up();
$worked = microtime(true) - $began;
$taken = (int) file_get_contents($counter);
check("all $jobs jobs were taken up within $seconds s", $taken, $jobs);
check('some were killed', $crowd->kills > 0, true);
check('nobody ended but by us', array_diff(array_keys($crowd->ended), ['exit 0']), []);

// To the end of each: events that were lost with their worker come again, the tick goes on, people decide by the books.
$engine = sophmate_engine();
for ($n = 0; $n < $taken; $n++) {
	$engine->findBySubject('soak', "$tag job:$n") === null && sophmate_start_later('soak', subject: "$tag job:$n", input: ['job' => $n]);
}
$verdicts = $resumed = 0;
$open = static fn (): int => (int) Audit::database()->query("SELECT COUNT(*) FROM wp_sophmate_run WHERE workflow = 'soak' AND state <> 'completed' AND started_at > $from")->fetch_row()[0];
for ($end = microtime(true) + 60 + $jobs / 50; microtime(true) < $end; usleep(100000)) {
	$engine->tick(1000);
	if ($open() === 0) {
		break;
	}
	foreach ($engine->runs(['workflow' => 'soak', 'state' => 'unknown'], 1000) as $run) {
		/* A tick may have put it off for a minute; a step without a look-up may have used up its attempts. */
		$run = $engine->advance($run->id);
		if ($run->state !== SophMate\RunState::Unknown || $run->step === 'never with look-up') {
			continue;
		}
		$verdicts++;
		$engine->verdict($run->id, shell_tail($ledger, soak_key($run, $run->step)) !== '' ? Answer::done('done') : Answer::notDone('not in the books'), 'ann', 'looked');
	}
	foreach ($engine->runs(['workflow' => 'soak', 'state' => 'paused'], 1000) as $run) {
		$resumed++;
		$engine->resume($run->id, 'ann', 'go on');
	}
	foreach ($engine->runs(['workflow' => 'soak', 'state' => 'waiting'], 1000) as $run) {
		$engine->advance($run->id);
	}
}
/** The key of a run's step, as the other side got it: FORMATS "Effect key". */
function soak_key(SophMate\Run $run, string $step): string
{
	static $site = null, $key = null;
	if ($site === null) {
		$meta = array_column(Audit::database()->query('SELECT name, value FROM wp_sophmate_meta')->fetch_all(), 1, 0);
		$site = hex2bin($meta['site_id']);
		$key = sodium_crypto_kdf_derive_from_key(32, 1, 'SMidemk1', hex2bin($meta['site_key']));
	}
	$parts = ['sophmate.effect.v1', $site, hex2bin($run->id), $step];
	return 'sm_' . substr(bin2hex(sodium_crypto_generichash(pack('P', 4) . implode('', array_map(static fn (string $p): string => pack('P', strlen($p)) . $p, $parts)), $key)), 0, 32);
}

// The books against the journal.
$effects = [];
foreach (new SplFileObject($ledger) as $line) {
	if (is_string($line) && trim($line) !== '') {
		[$id, $key] = explode(' ', trim($line));
		$effects[$id][$key] = ($effects[$id][$key] ?? 0) + 1;
	}
}
$runs = $events = $said = $second = $false = $unrecorded = $illegal = 0;
$subject = null;
$look = static function (array $stream, ?string $subject) use ($tag, &$runs, &$said, &$second, &$false, &$unrecorded, &$illegal, &$effects): void {
	if (($stream[0]['d']['workflow'] ?? '') !== 'soak' || !str_starts_with((string) $subject, $tag)) {
		return;
	}
	$runs++;
	$done = [];
	foreach ($stream as $i => $leaf) {
		$illegal += $leaf['seq'] !== $i + 1 ? 1 : 0;
		if (in_array($leaf['type'], ['step.finished', 'verdict.done', 'late.done'], true)) {
			$done[$leaf['d']['step']] = true;
			$said++;
		}
	}
	$mine = $effects[$stream[0]['run']] ?? [];
	$second += array_sum($mine) - count($mine);
	$false += max(0, count($done) - count($mine));
	$unrecorded += max(0, count($mine) - count($done));
	unset($effects[$stream[0]['run']]);
};
$total = array_sum(array_map(array_sum(...), $effects));
$stream = [];
foreach (Audit::database()->query('SELECT seq, leaf, private FROM wp_sophmate_journal ORDER BY stream, seq', MYSQLI_USE_RESULT) as $row) {
	$leaf = json_decode($row['leaf'], true, 64, JSON_THROW_ON_ERROR);
	if ($stream !== [] && $stream[0]['run'] !== $leaf['run']) {
		$look($stream, $subject);
		$stream = [];
	}
	if ($stream === []) {
		$subject = json_decode((string) $row['private'], true)['subject'][1] ?? null;
	}
	$stream[] = $leaf;
	$events++;
}
$stream === [] || $look($stream, $subject);
check('every job has its run, and every run came to its end', [$runs, $open()], [$taken, 0]);
check('second effects, effects without a record, effects without a run, records of what did not happen, illegal rows', [$second, $unrecorded, count($effects), $false, $illegal], [0, 0, 0, 0, 0]);
check('each job has its three effects', $total, 3 * $taken);
[$rows, $indexed, $most] = array_map(intval(...), Audit::database()->query('SELECT COUNT(*), COUNT(DISTINCT leaf_index), MAX(leaf_index) FROM wp_sophmate_journal')->fetch_row());
check('the log has no hole', [$indexed, $most], [$rows, $rows - 1]);
printf("        seed %d: %d jobs in %.0f s, %d kills; %d runs, %d effects, %d records of success, %d events; %d verdicts and %d resumes by people\n",
	FIRE_SEED, $taken, $worked, $crowd->kills, $runs, $total, $said, $events, $verdicts, $resumed);
finish();
