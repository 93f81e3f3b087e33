<?php
// What a server does to those who write: it dies, its rows are locked, it sees deadlocks, it is read-only, it takes only small packets.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

/** The server's administrator, in a process of its own. @return resource */
function administrator(string $sql)
{
	$process = proc_open([needed('SOPHMATE_DB_ROOT'), needed('SOPHMATE_SITE_DB'), '-e', $sql], [1 => ['file', '/dev/null', 'w'], 2 => ['file', needed('SOPHMATE_WORK_DIR') . '/administrator', 'a']], $pipes);
	return $process === false ? throw new RuntimeException('no client') : $process;
}

/** In the worker: calls it when the charge is about to be sent. */
function at_charge(callable $what): void
{
	add_filter('pre_http_request', static function ($answer, $args, $url) use ($what) {
		if (($args['method'] ?? '') === 'POST' && str_contains($url, '/charges')) {
			$what();
		}
		return $answer;
	}, 1, 3);
}

/** One worker. */
function worker(callable $job, array $plan = []): Trial
{
	$trial = new Trial('worker', $job(...), $plan);
	Trials::run([$trial], 1);
	return $trial;
}

/** @return list<mixed> what a worker said, in short */
function answer(Trial $trial): array
{
	return isset($trial->said['error']) ? [$trial->said['error'], $trial->said['may_have_happened']] : [$trial->said['state'] ?? $trial->said];
}

$all = [];
$order = static function () use (&$all): int {
	return $all[] = orders(1)[0];
};
$effects = static fn (int $order): int => (new Audit([$order]))->effects;
/* Locks the row that every start reads, until the connection ends; in a worker that is its own end. */
$lock = static function (): mysqli {
	$link = new mysqli('localhost', 'root', '', needed('SOPHMATE_SITE_DB'), 0, needed('SOPHMATE_DB_SOCKET'));
	foreach (['START TRANSACTION', "UPDATE wp_sophmate_switch SET held = held WHERE target = '*'", "SELECT * FROM wp_sophmate_switch WHERE target = '*' FOR UPDATE"] as $sql) {
		$link->query($sql);
	}
	return $link;
};
$asleep = static fn (): bool => (int) Audit::database()->query("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE CONCAT('%SELECT SLE', 'EP(%')")->fetch_row()[0] > 0;

// Killed with SIGKILL at packets of a flow, and back a moment later.
$kills = 0;
Trials::$kill_server = static function () use (&$kills): void {
	$kills++;
	posix_kill((int) file_get_contents(needed('SOPHMATE_DB_PID_FILE')), SIGKILL);
	$kills % 2 === 0 && eventually(Trials::server_is_up(...), 30.0);   // back before the worker knows, every other time
};
$said = [];
foreach ([6, 8, 9, 11, 15, 18] as $number) {
	foreach (['server', 'server-after'] as $mode) {
		$one = $order();
		$trial = worker(static fn (): array => start_order($one), [$number => $mode]);
		$said[] = implode(' ', array_map(json_encode(...), answer($trial)));
	}
}
check('the server was killed each time', $kills, 12);
echo "        server killed $kills times; the workers said ", json_encode(array_count_values($said)), "\n";

// Locked rows: for longer than one wait, and for longer than all.
$one = $order();
$locker = administrator("START TRANSACTION; SELECT * FROM wp_sophmate_switch WHERE target = '*' FOR UPDATE; SELECT SLEEP(8); ROLLBACK");
check('a row is locked', eventually($asleep, 10.0), true);
$trial = worker(static fn (): array => start_order($one));
proc_close($locker);
check('a lock wait that times out is sent again; the start is stored after its deadline, and nothing fires', [answer($trial), $effects($one)], [['waiting'], 0]);
check_between('after more than one wait of three seconds', $trial->took, 3.0, 12.0);
$one = $order();
$link = $lock();
$trial = worker(static fn (): array => start_order($one));
check('a lock that stays: it stops, fires nothing, and says so', [answer($trial), $effects($one)], [['sophmate_store', false], 0]);
@$link->close();   // the worker's end has ended it
$one = $order();
$trial = worker(static function () use ($one, $lock): array {
	at_charge(static function () use ($lock): void {
		$GLOBALS['locker'] = $lock();
	});
	return start_order($one);
});
check('a lock that comes with the charge: it may have happened, and nothing follows', [answer($trial), $effects($one)], [['sophmate_store', true], 2]);

// A deadlock whose victim is ours: the other transaction has written more.
Audit::database()->query('CREATE TABLE IF NOT EXISTS fire_weight (n int) ENGINE=InnoDB');
/* MariaDB's counter, or MySQL's. */
$deadlocks = static fn (): int => (int) (Audit::database()->query("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")->fetch_row()[1]
	?? Audit::database()->query("SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'")->fetch_row()[0]);
$count = $deadlocks();
$said = [];
for ($i = 0; $i < 3; $i++) {
	$one = $order();
	$other = administrator("START TRANSACTION; INSERT INTO fire_weight WITH RECURSIVE some AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM some WHERE n < 500) SELECT n FROM some; SELECT * FROM wp_sophmate_switch WHERE target = 'workflow:order.fulfil' FOR UPDATE;"
		. " SELECT SLEEP(2.5); SELECT * FROM wp_sophmate_switch WHERE target = '*' FOR UPDATE; ROLLBACK");
	usleep(300000);
	$said[] = answer(worker(static fn (): array => start_order($one)))[0];
	proc_close($other);
}
check('three deadlocks, each ours', [$deadlocks() - $count, (string) @file_get_contents(needed('SOPHMATE_WORK_DIR') . '/administrator')], [3, '']);
check('each was sent again, and stored', array_diff($said, ['completed', 'waiting']), []);

// Read-only: from the beginning, and from the charge on.
$one = $order();
Audit::database()->query('SET GLOBAL read_only = 1');
$trial = worker(static fn (): array => start_order($one));
check('read-only: it stops, fires nothing, and says so', [answer($trial), $effects($one)], [['sophmate_store', false], 0]);
check_holds('and why', $trial->said['message'] ?? '', 'read-only');
Audit::database()->query('SET GLOBAL read_only = 0');
$one = $order();
$trial = worker(static function () use ($one): array {
	at_charge(static fn () => proc_close(administrator('SET GLOBAL read_only = 1')));
	return start_order($one);
});
check('read-only from the charge on: it may have happened', [answer($trial), $effects($one)], [['sophmate_store', true], 2]);
Audit::database()->query('SET GLOBAL read_only = 0');

// Small packets: what is too large is left out and said; what cannot be left out is refused before anything is sent.
Audit::database()->query('SET GLOBAL max_allowed_packet = 1048576');
$key = 'fire: ' . bin2hex(random_bytes(6));
$charge = static fn (mixed $payload, string $key): mixed => sophmate_once($key, $payload, static function (SophMate\Attempt $a): array|WP_Error {
	$r = sophmate_remote_request($a, SOPHMATE_EXAMPLE_BILLING . '/charges', ['json' => ['customer' => 'c', 'amount' => '1.00', 'currency' => 'EUR']]);
	return is_wp_error($r) ? $r : ['charge' => json_decode($r['body'], true)['id'], 'padding' => str_repeat('x', 300000)];
}, timeoutSeconds: 5.0);
$brief = static fn (mixed $r): array => is_wp_error($r) ? told($r) : ['padding' => strlen($r['padding'] ?? '')];
$charges = count(Audit::ledger('billing'));
$trial = worker(static fn (): array => ['first' => $brief($charge(1, $key)), 'again' => $brief($charge(1, $key)), 'large' => $brief($charge(str_repeat('x', 300000), "$key large"))]);
check('an output that does not fit is left out, this call returns it', $trial->said['first'] ?? $trial->said, ['padding' => 300000]);
check('another call is told so, and that it may have happened', [$trial->said['again']['error'] ?? '', $trial->said['again']['may_have_happened'] ?? null], ['sophmate_unknown', true]);
check('an input that does not fit is refused, with the limit', [$trial->said['large']['error'] ?? '', $trial->said['large']['may_have_happened'] ?? null, str_contains($trial->said['large']['message'] ?? '', 'max_allowed_packet')], ['sophmate_refused', false, true]);
check('one charge', count(Audit::ledger('billing')) - $charges, 1);
$omitted = array_filter(Audit::journal(), static fn (array $events): bool => isset(end($events)['leaf']['d']['omitted']) || isset(prev($events)['leaf']['d']['omitted']));
check('the record says what was left out', count($omitted), 1);
Audit::database()->query('SET GLOBAL max_allowed_packet = 16777216');

$finish = new Finish($all);
$audit = new Audit($all);
check('every run can be finished', [$finish->stuck, $audit->not_begun], [[], []]);
check('second effects, effects without a record, false records: none', $audit->wrong(), []);
check('each order has its four effects', [$audit->completed, $audit->effects], [count($all), 4 * count($all)]);
printf("        %d cases; %d verdicts by people\n        %s\n", count($all) + 3, $finish->verdicts, $audit->line());
finish();
