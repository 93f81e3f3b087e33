<?php
// Holds and releases while sixteen workers start. $args: own (REPEATABLE READ) or shared (WordPress's connection, READ COMMITTED).
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

$shared = $args[0] === 'shared';
$name = $shared ? 'shared connection, READ COMMITTED' : 'own connection, REPEATABLE READ';
$workflow = "race.$args[0]";
$ledger = needed('SOPHMATE_WORK_DIR') . "/$args[0].ledger";
$log = needed('SOPHMATE_WORK_DIR') . "/$args[0].answers";
$flips = (int) (getenv('SOPHMATE_FIRE_FLIPS') ?: 200);
register_race($workflow, $ledger);
touch($log);

Trials::let_go();
$crowd = new Crowd();
for ($i = 0; $i < 16; $i++) {
	$crowd->add('worker', static function (callable $stop) use ($shared, $workflow, $log, $i): void {
		global $wpdb;
		if ($shared) {
			define('SOPHMATE_STORE', 'shared');
			$wpdb->query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
		}
		/* transaction_isolation in MySQL, and in MariaDB from 11.1 on. */
		$isolation = SophMate\WordPress\Engines::store()->read("SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')", [])[0]['Value'];
		for ($n = 0; !$stop(); $n++) {
			usleep(mt_rand(0, 100000));   // each that is held must be finished afterwards
			$told = told(sophmate_start($workflow, subject: "$i $n " . getmypid()));
			file_put_contents($log, $isolation . ' ' . ($told['state'] ?? $told['error']) . "\n", FILE_APPEND | LOCK_EX);
		}
	});
}
Trials::take_up();

$database = Audit::database();
/* Ids begin with their worker's clock; a start can have waited for locks. Nothing else runs here. */
$since = sprintf('%012x', (int) (microtime(true) * 1000));
$starts = static function () use ($database, &$since): int {
	return (int) $database->query("SELECT COUNT(*) FROM wp_sophmate_journal WHERE id > '$since' AND lease IS NOT NULL")->fetch_row()[0];
};
eventually(static fn (): bool => $starts() > 20, 20);
$switches = new SophMate\KillSwitches(SophMate\WordPress\Engines::store());
$targets = ["category:$workflow", "workflow:$workflow", '*'];
$late = $between = 0;
for ($flip = 0; $flip < $flips; $flip += 2) {
	$target = $targets[intdiv($flip, 2) % 3];
	$since = sprintf('%012x', (int) ((microtime(true) - 20.0) * 1000));
	$switches->hold($target, 'test', 'a race');
	$held = $starts();
	usleep(mt_rand(500, 12000));
	$late += $starts() - $held;
	$switches->release($target, 'test', 'a race');
	$before = $starts();
	usleep(mt_rand(500, 12000));
	$between += $starts() - $before;
}
$crowd->end();
check("$name: the workers stop when told", $crowd->ended, ['exit 0' => 16]);
$answers = array_count_values(file($log, FILE_IGNORE_NEW_LINES) ?: []);
ksort($answers);
$isolation = $shared ? 'READ-COMMITTED' : 'REPEATABLE-READ';
check("$name: the isolation is that", array_values(array_unique(array_map(static fn (string $a): string => explode(' ', $a)[0], array_keys($answers)))), [$isolation]);
check("$name: no start is stored after an acknowledged hold", $late, 0);
$refused = ($answers["$isolation held"] ?? 0) + ($answers["$isolation sophmate_held"] ?? 0);
check("$name: starts were refused, and others went through", [$refused > 0, $between > 0], [true, true]);
// What was held goes on by the tick; then every run acted once.
$runs = static fn (string $where): int => (int) $database->query("SELECT COUNT(*) FROM wp_sophmate_run WHERE workflow = '$workflow' AND $where")->fetch_row()[0];
eventually(static function () use ($runs): bool {
	sophmate_engine()->tick(1000);
	return $runs("state <> 'completed'") === 0;
}, 20);
$lines = file($ledger, FILE_IGNORE_NEW_LINES) ?: [];
check("$name: afterwards each run has acted once", [count($lines), count(array_unique($lines)), $runs("state <> 'completed'")], [$runs('1'), $runs('1'), 0]);
printf("        %d flips, %d starts during releases, %d after acknowledged holds; %d runs, %d effects; the workers heard %s: %d starts refused\n",
	$flips, $between, $late, $runs('1'), count($lines), json_encode($answers), $refused);
finish();
