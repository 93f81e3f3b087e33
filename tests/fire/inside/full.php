<?php
// A server whose disk is full: what fills it is made here, and taken away again. A file beside the data; or tables, where it is the
// tablespace that is full (SOPHMATE_FIRE_FULL=tablespace).
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

/** Leaves two megabytes of a disk: some runs begin, and one of them finds no place in the middle; and nothing of a tablespace. @return array{string, Closure} how, and what takes it away */
function fill(): array
{
	if (getenv('SOPHMATE_FIRE_FULL') === 'tablespace') {
		$server = static fn (string $sql): bool => run_command([needed('SOPHMATE_DB_ROOT'), needed('SOPHMATE_SITE_DB'), '-e', $sql])[0] === 0;
		for ($n = 0; $n < 200 && $server("CREATE TABLE filler_$n (x longblob) ENGINE=InnoDB; INSERT INTO filler_$n VALUES (REPEAT('x', 1000000))"); $n++);
		return ["the tablespace took $n megabytes and has no more", static function () use ($server): void {
			/* It gets another file. */
			$options = needed('SOPHMATE_FIRE_WORK') . '/db-options';
			file_put_contents($options, file_get_contents($options) . ';ibdata3:64M');
			$old = file_get_contents(needed('SOPHMATE_DB_PID_FILE'));
			$server('SHUTDOWN');
			/* This process has not noticed. */
			$GLOBALS['wpdb']->close();
			SophMate\WordPress\Engines::forget();
			check('the server comes back with more place', eventually(static fn (): bool => @file_get_contents(needed('SOPHMATE_DB_PID_FILE')) !== $old && $server('SELECT 1') && $GLOBALS['wpdb']->db_connect(false), 60), true);
		}];
	}
	$disk = needed('SOPHMATE_FIRE_WORK') . '/db';
	$handle = fopen("$disk/filler", 'wb');
	$free = (int) disk_free_space($disk);
	for ($left = $free - 2000000; $left > 0 && @fwrite($handle, str_repeat('x', min($left, 65536))) !== false; $left -= 65536);
	fclose($handle);
	return ["the disk had $free bytes free, then 2,000,000", static fn (): bool => unlink("$disk/filler")];
}

/** As start_order(), with so many bytes that tables must grow. */
$start = static fn (int $order): array => told(sophmate_start(SophMate\OrderExample\Flow::WORKFLOW, subject: "order:$order",
	input: ['order' => $order, 'padding' => str_repeat(bin2hex(random_bytes(500)), 700)] + SophMate\OrderExample\Orders::fields($order)));

$all = orders(16);
[$how, $empty] = fill();
$trials = array_map(static fn (int $order): Trial => new Trial('full', static fn (): array => $start($order)), $all);
Trials::run($trials, 1);
$said = [];
foreach ($trials as $trial) {
	$what = $trial->said['state'] ?? (($trial->said['error'] ?? json_encode($trial->said)) . (empty($trial->said['may_have_happened']) ? ', certainly not' : ', may have happened'));
	$said[$what] = ($said[$what] ?? 0) + 1;
}
$audit = new Audit($all);
check('a full disk: writers are told', [($said['sophmate_store, certainly not'] ?? 0) > 0, count(array_filter($trials, static fn (Trial $t): bool => $t->signal !== 0))], [true, 0]);
check('nothing fired without a stored intent', array_filter($audit->unrecorded, static fn (string $s): bool => str_contains($s, 'no run')), []);
check('and nothing is told that did not happen', [$audit->second, $audit->false, $audit->illegal], [[], [], []]);
check('those who were told "certainly not" have no effect', array_sum(array_map(static fn (int $i): int => empty($trials[$i]->said['may_have_happened']) && isset($trials[$i]->said['error']) ? (new Audit([$all[$i]]))->effects : 0, array_keys($all))), 0);
echo '        ', $how, '; the workers said ', json_encode($said), '; ', json_encode(array_values(array_unique(array_filter(array_map(static fn (Trial $t): string => substr($t->said['message'] ?? '', -80), $trials))))), "\n";
$empty();
$finish = new Finish($all);
$audit = new Audit($all);
check('with place again every run can be finished', [$finish->stuck, $audit->not_begun], [[], []]);
check('second effects, effects without a record, false records: none', $audit->wrong(), []);
check('each order has its four effects', [$audit->completed, $audit->effects], [count($all), 4 * count($all)]);
echo '        ', $audit->line(), "\n";
finish();
