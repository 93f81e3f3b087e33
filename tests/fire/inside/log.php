<?php
// The log's order and the run list: sixteen writers, four sequencers, four projectors, and kills among all of them.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

$ledger = needed('SOPHMATE_WORK_DIR') . '/log.ledger';
register_race('race.log', $ledger);
$seconds = (float) (getenv('SOPHMATE_FIRE_LOG_SECONDS') ?: 15);
Trials::let_go();
$crowd = new Crowd();
$write = static function (callable $stop): void {
	for ($n = 0; !$stop(); $n++) {
		sophmate_start('race.log', subject: getmypid() . " $n " . microtime(true));
		usleep(mt_rand(0, 40000));
	}
};
for ($i = 0; $i < 16; $i++) {
	$crowd->add('writer', $write);
}
for ($i = 0; $i < 4; $i++) {
	$crowd->add('sequencer', static function (callable $stop): void {
		while (!$stop()) {
			sophmate_engine()->tick(0);
		}
	});
	/* Lists and searches catch up too, each with a page of their own. */
	$crowd->add('projector', static function (callable $stop): void {
		while (!$stop()) {
			sophmate_engine()->runs(['workflow' => 'race.log'], 5);
			sophmate_engine()->findByExternalId('charge', 'ch_1');
		}
	});
}
for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(mt_rand(20000, 80000))) {
	$crowd->kill_one(['writer', 'sequencer', 'projector'][mt_rand(0, 2)]);
}
check('none ended by itself', [$crowd->count('writer'), $crowd->count('sequencer'), $crowd->count('projector')], [16, 4, 4]);
$crowd->end();
Trials::take_up();
check('all stop when told', array_keys($crowd->ended), ['exit 0']);

eventually(static function () use ($ledger): bool {
	sophmate_engine()->tick(1000);   // those whose writers were killed
	return Audit::database()->query("SELECT 1 FROM wp_sophmate_run WHERE workflow = 'race.log' AND state <> 'completed' LIMIT 1")->num_rows === 0;
}, 30);
$database = Audit::database();
[$rows, $indexed, $least, $most] = array_map(intval(...), $database->query('SELECT COUNT(*), COUNT(DISTINCT leaf_index), MIN(leaf_index), MAX(leaf_index) FROM wp_sophmate_journal')->fetch_row());
check('every event has a place, from 0, without a hole', [$indexed, $least, $most], [$rows, 0, $rows - 1]);
$inversions = (int) $database->query('SELECT COUNT(*) FROM wp_sophmate_journal a JOIN wp_sophmate_journal b ON b.stream = a.stream AND b.seq = a.seq + 1 WHERE b.leaf_index < a.leaf_index')->fetch_row()[0];
check('no event stands before one that came before it', $inversions, 0);

/* The list can be thrown away: what is folded anew must be what was folded on by many. */
$list = static fn (): array => [
	$database->query('SELECT id, workflow, category, state, step, owner, rev, IF(put_off = 0, due, NULL) AS due, started_at, changed_at, SHA2(fold, 256) AS fold FROM wp_sophmate_run WHERE put_off = 0 ORDER BY id')->fetch_all(),
	$database->query('SELECT id, run, hash, kind FROM wp_sophmate_external ORDER BY id')->fetch_all(),
];
$folded_on = $list();
$database->query('DELETE FROM wp_sophmate_run');
$database->query('DELETE FROM wp_sophmate_external');
$database->query("UPDATE wp_sophmate_meta SET pos = 0 WHERE name = 'projected'");
for ($i = 0; $i < 200 && (sophmate_engine()->tick(0)['projected'] ?? 0) > 0; $i++);
$anew = $list();
$ids = array_column($folded_on[0], 0);
$anew[0] = array_values(array_filter($anew[0], static fn (array $row): bool => in_array($row[0], $ids, true)));
check('the run list is what a fresh fold gives', [count($folded_on[0]), md5(serialize($folded_on[0]))], [count($anew[0]), md5(serialize($anew[0]))]);
check('and so are the external ids', $folded_on[1] === $anew[1], true);
$lines = file($ledger, FILE_IGNORE_NEW_LINES) ?: [];
check('each run has acted once', [count($lines) - count(array_unique($lines)), count($lines) > 50], [0, true]);
printf("        %.0f s, %d kills; %d events, %d runs in the list, %d external ids, %d effects of the writers\n", $seconds, $crowd->kills, $rows, count($folded_on[0]), count($anew[1]), count($lines));
finish();
