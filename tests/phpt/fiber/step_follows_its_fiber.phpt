--TEST--
A step that suspends its fiber is not everybody's current step
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine};

$store = store();
$engine = new Engine($store);
$engine->register(workflow('order', function (Attempt $a) {
    $a->externalId('charge', 'before');
    $got = Fiber::suspend('suspended in ' . $a->input);
    $a->externalId('charge', 'after');
    return $got;
}, fn () => 2), workflow('inner', fn () => 1));
$fibers = [];
foreach (['a', 'b'] as $name) {
    $fibers[$name] = new Fiber(fn () => $engine->start('order', $name, $name));
    echo $fibers[$name]->start(), "\n";
}
// outside of both: decisions and ticks are allowed, a run has no parent
echo json_encode($engine->tick()), "\n";
$run = $engine->start('inner', 'x');
var_dump($run->parent);
$a = $engine->findBySubject('order', 'a');
show($engine->pause($a->id, 'ann', 'while it is suspended'));
foreach (['b', 'a'] as $name) {         // not in the order in which they began
    $fibers[$name]->resume("resumed $name");
    show($run = $fibers[$name]->getReturn());
    echo json_encode([$run->output('one'), $run->steps()[0]['external_ids']]), "\n";
}
echo "-- a fiber that a step runs is inside the step\n";
$run = $engine->start(workflow('outer', function () use ($engine) {
    $fiber = new Fiber(function () use ($engine) {
        thrown(fn () => $engine->tick());
        $child = $engine->start('inner', 'from a fiber');
        Fiber::suspend();
        return $child->parent;
    });
    $fiber->start();
    thrown(fn () => $engine->tick());
    $fiber->resume();
    return $fiber->getReturn();
}), 'x');
echo $run->output('one') === $run->id ? 'its parent' : 'no parent', "\n";
?>
--EXPECT--
suspended in a
suspended in b
{"sequenced":6,"projected":6,"due":0,"recovered":0,"probed":0,"started":0,"moved":0,"put_off":0,"failed":0}
NULL
running at one, owner sales
completed
["resumed b",{"charge":["before","after"]}]
paused at two, owner sales: paused by a person: while it is suspended
["resumed a",{"charge":["before","after"]}]
-- a fiber that a step runs is inside the step
SophMate\InvalidState: Engine::tick() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::tick() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
its parent
