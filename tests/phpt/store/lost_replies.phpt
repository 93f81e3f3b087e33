--TEST--
Whatever a write throws is read back: a lost reply is a success, a lost write is sent again with the same ids
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\Engine;

$store = store();
$engine = new Engine($store);
$engine->once('warm', 1, fn () => 1);
$calls = 0;
$effect = function () { $GLOBALS['calls']++; return 'done'; };
$faults = [
    'reply lost' => fn ($do) => [$do(), throw new RuntimeException('gone away')],
    'not applied' => fn ($do) => throw new RuntimeException('refused'),
    'says 0' => fn ($do) => $do() * 0,
    'says 7' => fn ($do) => $do() + 5,
    'says 0, not applied' => fn ($do) => 0,
];
foreach ($faults as $name => $fault) {
    foreach ([1, 2] as $at) {
        $n = 0;
        $store->write = function ($do) use (&$n, $at, $fault) { return ++$n === $at ? $fault($do) : $do(); };
        $store->counted();
        $calls = 0;
        thrown(fn () => $engine->once("$name $at", 1, $effect));
        $store->write = null;
        echo "  $name, write $at: $calls call, $store->writes writes, $store->reads reads, ", history($engine->findBySubject('once', "$name $at")), "\n";
    }
}
echo "-- nothing works any more\n";
foreach ([1, 2] as $at) {
    $n = 0;
    $store->write = function ($do) use (&$n, $at) { return ++$n >= $at ? throw new LogicException('write is dead') : $do(); };
    $store->read = function ($do) use (&$n, $at) { return $n >= $at ? throw new DomainException('read is dead') : $do(); };
    $calls = 0;
    try {
        $engine->once("dead $at", 1, $effect);
    } catch (SophMate\StoreUncertain $e) {
        for ($p = $e, $chain = []; $p; $p = $p->getPrevious()) {
            $chain[] = get_class($p);
        }
        echo "$calls call, ", $e->effectMayHaveHappened() ? 'maybe' : 'no', ', ', $store->resets > 0 ? 'reset' : 'no reset', ', ', implode(' <- ', $chain), ', ', $e->runId ? 'run' : 'no run', "\n";
    }
    $store->write = $store->read = null;
    $engine = new Engine($store);
    show($engine->findBySubject('once', "dead $at"));
}
echo "-- an effect that failed, and then the store\n";
$n = 0;
$store->write = function ($do) use (&$n) { return ++$n >= 2 ? throw new LogicException('write is dead') : $do(); };
$store->read = function ($do) use (&$n) { return $n >= 2 ? throw new DomainException('read is dead') : $do(); };
try {
    $engine->once('both', 1, fn () => throw new OutOfRangeException('the effect failed'));
} catch (SophMate\StoreUncertain $e) {
    for ($p = $e, $chain = []; $p; $p = $p->getPrevious()) {
        $chain[] = get_class($p) . ' "' . $p->getMessage() . '"';
    }
    echo implode("\n  <- ", preg_replace('/[0-9a-f]{32}/', '<id>', $chain)), "\n";
}
?>
--EXPECT--
returned 'done'
  reply lost, write 1: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  reply lost, write 2: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  not applied, write 1: 1 call, 3 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  not applied, write 2: 1 call, 3 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  says 0, write 1: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  says 0, write 2: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  says 7, write 1: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  says 7, write 2: 1 call, 2 writes, 1 reads, run.started step.started step.finished run.completed
returned 'done'
  says 0, not applied, write 1: 1 call, 3 writes, 2 reads, run.started step.started step.finished run.completed
returned 'done'
  says 0, not applied, write 2: 1 call, 3 writes, 1 reads, run.started step.started step.finished run.completed
-- nothing works any more
0 call, no, reset, SophMate\StoreUncertain <- DomainException, run
no run
1 call, maybe, reset, SophMate\StoreUncertain <- DomainException, run
running at effect, owner site owner
-- an effect that failed, and then the store
SophMate\StoreUncertain "The store's read() threw DomainException"
  <- DomainException "read is dead"
  <- OutOfRangeException "the effect failed"
