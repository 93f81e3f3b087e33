--TEST--
After hold() no further step starts; release() lets it go on; every change is kept
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, KillSwitches};

$store = store();
$engine = new Engine($store);
$switches = new KillSwitches($store);
$engine->register(workflow('order', function () use ($store) {
    (new KillSwitches($store))->hold('workflow:order', 'step one', 'a step may hold');
    return 1;
}, fn () => 2));
$say = function (SophMate\SwitchState $s) {
    echo "$s->target ", $s->held ? 'held' : 'open', ' ', json_encode([$s->by, $s->reason, $s->generation]), ' ', $s->since === null ? 'never' : (abs($s->since / 1e6 - time()) < 10 ? 'now' : 'wrong'), "\n";
};
$say($switches->state('*'));
$run = $engine->start('order', 'x');
show($run);
echo history($run), "\n";
show($engine->advance($run->id));
echo history($engine->advance($run->id)), "\n";
$say($switches->state('workflow:order'));
echo $switches->release('workflow:order', 'ann', 'looked at it'), "\n";
show($engine->advance($run->id));
foreach (['*', 'category:commerce', 'workflow:order'] as $i => $target) {
    echo "-- $target\n";
    echo $switches->hold($target, 'Åsa', 'stop'), ' ', $switches->hold($target, 'Bo', 'stop too'), "\n";
    $other = new Engine(store(false));
    $other->register(workflow('order', fn () => 1, fn () => 2), workflow('unrelated', fn () => 1));
    show($run = $other->start('order', "held $i"));
    show($other->start(new SophMate\Workflow('free', '1', 'other', 'o', [new SophMate\Step('s', fn () => 1, SophMate\Effect::Read)]), "free $i"));
    echo json_encode(array_intersect_key($other->tick(), ['due' => 1, 'moved' => 1])), "\n";
    $switches->release($target, 'Bo', 'go');
    echo json_encode(array_intersect_key($other->tick(), ['due' => 1, 'moved' => 1])), "\n";
    show($other->find($run->id));
}
foreach ($switches->all() as $s) {
    $say($s);
}
echo "-- arguments\n";
foreach (['', 'commerce', 'category:', 'category:A', 'workflow:' . str_repeat('a', 49), "*\0", 'agent:x'] as $target) {
    thrown(fn () => $switches->hold($target, 'ann', 'x'));
}
thrown(fn () => $switches->state('nothing'));
thrown(fn () => $switches->hold('*', '', 'x'));
thrown(fn () => $switches->hold('*', 'ann', ''));
thrown(fn () => $switches->release('*', str_repeat('a', 191), 'x'));
thrown(fn () => $switches->release('*', 'ann', "\xff"));
$say($switches->state('category:never'));
?>
--EXPECT--
* open [null,null,0] never
held at two, owner sales: held by the switch workflow:order
run.started step.started step.finished run.held
held at two, owner sales: held by the switch workflow:order
run.started step.started step.finished run.held
workflow:order held ["step one","a step may hold",1] now
2
completed
-- *
1 2
held at one, owner sales: held by the switch *
held at s, owner o: held by the switch *
{"due":0,"moved":0}
{"due":2,"moved":2}
completed
-- category:commerce
1 2
held at one, owner sales: held by the switch category:commerce
completed
{"due":0,"moved":0}
{"due":1,"moved":1}
completed
-- workflow:order
3 4
held at one, owner sales: held by the switch workflow:order
completed
{"due":0,"moved":0}
{"due":1,"moved":1}
completed
* open ["Bo","go",3] now
category:commerce open ["Bo","go",3] now
category:other open [null,null,0] never
workflow:free open [null,null,0] never
workflow:order open ["Bo","go",5] now
-- arguments
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "" (0 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "commerce" (8 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "category:" (9 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "category:A" (10 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "workflow:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" (58 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "*" (2 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "agent:x" (7 bytes)
SophMate\InvalidArgument: $target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got "nothing" (7 bytes)
SophMate\InvalidArgument: KillSwitches::hold(): $by must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: KillSwitches::hold(): $reason must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: KillSwitches::release(): $by must have 1 to 190 bytes, got 191
SophMate\InvalidArgument: KillSwitches::release(): $reason must be UTF-8, got "\xff"
category:never open [null,null,0] never
