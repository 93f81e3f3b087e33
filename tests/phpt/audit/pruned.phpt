--TEST--
Retention clears what nobody needs, keeps what decisions rest on and failures that nobody looked at, and says so (D-25)
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, AuditLog, Effect, Engine, KillSwitches, NotDone, Repeat, Retry, Step, FailureClass};

$log = new AuditLog($store = store());
$engine = new Engine($store);
$left = function (string $id) use ($engine): string {
    $text = [];
    foreach ($engine->find($id)->events() as $e) {
        $e['p'] && $e['type'] !== 'privacy.erased' && $text[] = "$e[type](" . implode(' ', array_keys($e['p'])) . ')';
    }
    return $text ? implode(', ', $text) : 'nothing';
};
$plain = $engine->start(workflow('plain', fn () => 'out'), 's1', 'in');
$settled = $engine->start(workflow('unknown', fn () => throw new Exception('lost')), 's2', 'in');
$settled = $engine->verdict($settled->id, Answer::done('out'), 'jane', 'the other side says so');
$tries = 0;
$retried = fn () => new Step('one', function () use (&$tries) { return ++$tries % 2 ? throw new NotDone('busy', class: FailureClass::NotSent) : 'out'; }, Effect::External, retry: new Retry(3, 60, 0.0));
$healed = $engine->start($w = workflow('healed', $retried()), 's3', 'in');
$healed = $engine->advance($healed->id);
$noted = $engine->start($w, 's4', 'in');
$noted = $engine->advance($noted->id);
$engine->note($noted->id, 'jane', 'looked at it');
$cited = $engine->start($v = workflow('cited', fn () => 'evidence'), 's5', 'in');
$event = $cited->events()[1]['id'];
$elsewhere = $engine->start($v, 's6', 'in');
(new KillSwitches($store))->hold('category:x', 'jane', "because of {$elsewhere->events()[2]['id']}");
$log->append('shop.decided', ['because_of' => $cited->events()[2]['id']]);
$stopped = $engine->start(workflow('stopped', fn () => throw new Exception('lost')), 's7', 'in');
$stopped = $engine->stop($stopped->id, 'jane', "as {$stopped->events()[2]['id']} says");
$open = $engine->start(workflow('open', fn () => throw new Exception('lost')), 's8', 'in');
foreach (compact('plain', 'settled', 'healed', 'noted', 'cited', 'elsewhere', 'stopped', 'open') as $name => $run) {
    echo "$name: {$engine->find($run->id)->state->value}\n";
}
$engine->tick();

echo "-- nothing is old enough\n";
echo json_encode($log->prune(3600, 'retention', 'a year')), "\n";
// Time passes in the tables, not here: what is pruned is young again, and must be so for as long as this takes.
function hours_pass(): void
{
    global $store;
    $store->write('UPDATE wp_sophmate_journal SET stored_at = stored_at - 7200000000', []);
    $store->write('DELETE FROM wp_sophmate_run', []);
    $store->write("UPDATE wp_sophmate_meta SET pos = 0 WHERE name = 'projected'", []);
}
hours_pass();
echo "-- everything is\n";
$events = fn () => (int) $store->read('SELECT COUNT(*) AS n FROM wp_sophmate_journal', [])[0]['n'];
$n = $events();
$cursor = null;
do {
    $page = $log->prune(3600, 'retention', 'a year', 3, $cursor);
    $cursor = $page['after'];
    unset($page['after']);
    echo json_encode($page), "\n";
} while ($page['more']);
foreach (compact('plain', 'settled', 'healed', 'noted', 'cited', 'elsewhere', 'stopped', 'open') as $name => $run) {
    echo "$name: {$left($run->id)}\n";
}
echo $events() - $n, " events more, of them summaries: ";
echo count($store->read('SELECT id FROM wp_sophmate_journal WHERE leaf LIKE ?', ['%"type":"privacy.pruned"%'])), "\n";
$engine->tick();
$report = $log->verify();
echo "$report[verdict]: ", implode(' | ', array_column($report['findings'], 'message')), "\n";

echo "-- once more, from the beginning: nothing left to do; a look makes room\n";
hours_pass();
$n = $events();
$all = $log->prune(3600, 'retention', 'a year');
echo "runs $all[runs], fields $all[fields], ", $events() - $n, " events\n";
$engine->note($healed->id, 'jane', 'fine');
hours_pass();
$all = $log->prune(3600, 'retention', 'a year');
echo "runs $all[runs], fields $all[fields]; healed: {$left($healed->id)}\n";
thrown(fn () => $log->prune(0, 'x', 'y'));
thrown(fn () => $log->prune(1, 'x', 'y', 0));
thrown(fn () => $log->prune(1, 'x', 'y', 1, 'x'));
?>
--EXPECT--
plain: completed
settled: completed
healed: completed
noted: completed
cited: completed
elsewhere: completed
stopped: stopped
open: unknown
-- nothing is old enough
{"looked":0,"runs":0,"fields":0,"finished":0,"kept":0,"more":false,"after":null}
-- everything is
{"looked":3,"runs":3,"fields":10,"finished":0,"kept":3,"more":true}
{"looked":3,"runs":3,"fields":10,"finished":0,"kept":2,"more":true}
{"looked":1,"runs":1,"fields":2,"finished":0,"kept":3,"more":false}
plain: nothing
settled: verdict.done(by reason)
healed: step.failed(message)
noted: nothing
cited: step.finished(output)
elsewhere: step.finished(output)
stopped: step.unknown(message), verdict.abandoned(by reason)
open: run.started(input subject), step.unknown(message)
10 events more, of them summaries: 3
sound: 
-- once more, from the beginning: nothing left to do; a look makes room
runs 0, fields 0, 0 events
runs 1, fields 3; healed: nothing
SophMate\InvalidArgument: AuditLog::prune(): $olderThanSeconds must be 1 to 3155760000, got 0
SophMate\InvalidArgument: AuditLog::prune(): $limit must be 1 to 10000, got 0
SophMate\InvalidArgument: AuditLog::prune(): $after must be what an earlier call gave as "after"
