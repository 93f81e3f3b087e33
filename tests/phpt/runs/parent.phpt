--TEST--
A run started inside a step has that step's run as its parent; deciding and ticking there is refused
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, Engine, IdempotencyKeys, KillSwitches};

$store = store();
$engine = new Engine($store);
$other = new Engine(store(false));
$inner = workflow('inner', fn () => 'inner done');
$seen = [];
$engine->register($inner, workflow('outer', function (Attempt $a) use ($engine, $other, $store, &$seen) {
    $seen['start'] = $engine->start('inner', 'x');
    $seen['once'] = $engine->once('key in outer', 1, fn () => 'once done');
    $seen['other'] = $other->once('other engine', 1, fn () => 1);
    $seen['claim'] = (new IdempotencyKeys($store))->claim('claimed inside', 1)->state->value;
    (new KillSwitches($store))->hold('category:unused', 'ann', 'from a step');
    $seen['find'] = $engine->find($a->runId);
    foreach ([
        fn () => $engine->tick(), fn () => $other->tick(), fn () => $engine->advance($a->runId),
        fn () => $engine->pause($a->runId, 'a', 'b'), fn () => $engine->resume($a->runId, 'a', 'b'),
        fn () => $engine->stop($a->runId, 'a', 'b'), fn () => $engine->finishByHand($a->runId, 'a', 'b'),
        fn () => $engine->verdict($a->runId, Answer::done(), 'a', 'b'),
        fn () => (new IdempotencyKeys($store))->resolve('key in outer', Answer::done(), 'a', 'b'),
    ] as $refused) {
        thrown($refused);
    }
    return 'outer done';
}));
$run = $engine->start('outer', 'x');
show($run);
echo $seen['start']->parent === $run->id ? 'parent' : 'none', ' ', $seen['once'], ' ', $seen['claim'], "\n";
echo $engine->findBySubject('once', 'key in outer')->parent === $run->id ? 'parent' : 'none', "\n";
echo $engine->findBySubject('once', 'other engine')->parent === $run->id ? 'parent' : 'none', "\n";
show($seen['find']);
echo json_encode($engine->tick()), "\n";     // outside again
?>
--EXPECT--
SophMate\InvalidState: Engine::tick() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::tick() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::advance() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::pause() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::resume() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::stop() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::finishByHand() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: Engine::verdict() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
SophMate\InvalidState: IdempotencyKeys::resolve() is not allowed inside a step (run <id>, step "one"); once, claim, start of another run, find and hold are
completed
parent once done mine
parent
parent
running at one, owner sales
{"sequenced":19,"projected":19,"due":0,"recovered":0,"probed":0,"started":0,"moved":0,"put_off":0,"failed":0}
