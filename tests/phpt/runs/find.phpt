--TEST--
Runs are found by id, subject, external id and filter; arguments are checked
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, RunState};

$store = store();
$engine = new Engine($store);
$engine->register(
    workflow('good', function (Attempt $a) { $a->externalId('charge', "ch_$a->input"); }),
    workflow('bad', function (Attempt $a) { $a->externalId('charge', 'ch_1'); throw new RuntimeException('reset'); }));
$ids = [];
foreach ([1, 2, 3] as $n) {
    $ids[] = $engine->start('good', "order:$n", $n)->id;
}
$bad = $engine->start('bad', 'order:1', 1);
$names = array_flip($ids) + [$bad->id => 'bad'];
$list = fn ($runs) => implode(' ', array_map(fn ($r) => $names[$r->id], $runs)) . "\n";
show($engine->find($bad->id));
show($engine->find(str_repeat('0', 32)));
show($engine->findBySubject('good', 'order:2'));
show($engine->findBySubject('good', 'order:2', '2'));
echo $list($engine->findByExternalId('charge', 'ch_1'));
echo $list($engine->findByExternalId('charge', 'ch_9'));
echo $list($engine->findByExternalId('refund', 'ch_1'));
echo $list($engine->runs());
echo $list($engine->runs(limit: 2));
echo $list($engine->runs(limit: 2, after: $ids[2]));
echo $list($engine->runs(['state' => RunState::Unknown]));
echo $list($engine->runs(['state' => 'completed', 'workflow' => 'good']));
echo $list($engine->runs(['category' => 'commerce', 'owner' => 'sales']));
echo $list($engine->runs(['category' => 'other']));
echo "-- arguments\n";
foreach (['', 'x', strtoupper($bad->id), "$bad->id\n", substr($bad->id, 1)] as $id) {
    thrown(fn () => $engine->find($id));
}
foreach ([0, -1, 1001] as $limit) {
    thrown(fn () => $engine->runs(limit: $limit));
    thrown(fn () => $engine->tick($limit - 1 < 0 ? -1 : 10001));
}
thrown(fn () => $engine->runs(after: 'x'));
foreach ([['state' => 'lost'], ['state' => ''], ['state' => 5], ['workflow' => null], ['colour' => 'x'], [0 => 'x'], ['state' => SophMate\StepState::Done]] as $filter) {
    thrown(fn () => $engine->runs($filter));
}
thrown(fn () => $engine->findByExternalId('Charge', 'x'));
thrown(fn () => $engine->findByExternalId('charge', ''));
thrown(fn () => $engine->findBySubject('Good', 'x'));
thrown(fn () => $engine->findBySubject('good', ''));
thrown(fn () => $engine->advance(str_repeat('0', 32)));
thrown(fn () => $engine->pause(str_repeat('0', 32), 'ann', 'why'));
thrown(fn () => $engine->note(str_repeat('0', 32), 'ann', 'why'));
thrown(fn () => $engine->pause($bad->id, '', 'why'));
thrown(fn () => $engine->pause($bad->id, 'ann', ''));
thrown(fn () => $engine->stop($bad->id, str_repeat('a', 191), 'why'));
thrown(fn () => $engine->stop($bad->id, 'ann', str_repeat('a', 4097)));
thrown(fn () => $engine->note($bad->id, 'ann', "\xff"));
?>
--EXPECT--
unknown at one, owner sales: one may have happened (lost_answer): reset
no run
completed
no run
0 bad


bad 2 1 0
bad 2
1 0
bad
2 1 0
bad

-- arguments
SophMate\InvalidArgument: $runId must be 32 lower-case hex digits, got ""
SophMate\InvalidArgument: $runId must be 32 lower-case hex digits, got "x"
SophMate\InvalidArgument: $runId must be 32 lower-case hex digits, got "<id>"
SophMate\InvalidArgument: $runId must be 32 lower-case hex digits, got "<id>\x0a"
SophMate\InvalidArgument: $runId must be 32 lower-case hex digits, got "<id>"
SophMate\InvalidArgument: Engine::runs(): $limit must be 1 to 1000, got 0
SophMate\InvalidArgument: Engine::tick(): $limit must be 0 to 10000, got -1
SophMate\InvalidArgument: Engine::runs(): $limit must be 1 to 1000, got -1
SophMate\InvalidArgument: Engine::tick(): $limit must be 0 to 10000, got -1
SophMate\InvalidArgument: Engine::runs(): $limit must be 1 to 1000, got 1001
SophMate\InvalidArgument: Engine::tick(): $limit must be 0 to 10000, got 10001
SophMate\InvalidArgument: Engine::runs(): $after must be a run's id, 32 lower-case hex digits
SophMate\InvalidArgument: Engine::runs(): $filter["state"]: there is no state "lost"
SophMate\InvalidArgument: Engine::runs(): $filter["state"] must be a string that is not empty, got ""
SophMate\InvalidArgument: Engine::runs(): $filter["state"] must be a string that is not empty, got int
SophMate\InvalidArgument: Engine::runs(): $filter["workflow"] must be a string that is not empty, got null
SophMate\InvalidArgument: Engine::runs(): $filter knows state, workflow, category and owner, got "colour"
SophMate\InvalidArgument: Engine::runs(): $filter knows state, workflow, category and owner, got "a number"
SophMate\InvalidArgument: Engine::runs(): $filter["state"] must be a string that is not empty, got SophMate\StepState
SophMate\InvalidArgument: Engine::findByExternalId(): $kind must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Charge" (6 bytes)
SophMate\InvalidArgument: Engine::findByExternalId(): $id must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: $workflow must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Good" (4 bytes)
SophMate\InvalidArgument: $subject must have 1 to 1024 bytes, got 0
SophMate\InvalidArgument: $runId: there is no run <id>
SophMate\InvalidArgument: $runId: there is no run <id>
SophMate\InvalidArgument: $runId: there is no run <id>
SophMate\InvalidArgument: $by must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: $reason must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: $by must have 1 to 190 bytes, got 191
SophMate\InvalidArgument: $reason must have 1 to 4096 bytes, got 4097
SophMate\InvalidArgument: $text must be UTF-8, got "\xff"
