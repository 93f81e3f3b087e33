--TEST--
A fiber that comes back into an engine whose store is suspended in another fiber; fibers that outlive the request
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

$store = store();
$engine = new Engine($store);
$engine->once('warm', 1, fn () => 1);
$step = new Fiber(fn () => $engine->once('step', 1, function () { echo "acts\n"; return Fiber::suspend(); }));
$step->start();
$inside = 0;
$store->write = function ($do) use (&$inside) {
    echo $inside++ ? "MIXED\n" : '';
    Fiber::suspend();
    $inside--;
    return $do();
};
$other = new Fiber(fn () => $engine->once('other', 1, fn () => 'other done'));
$other->start();
try {
    $step->resume('acted');
} catch (SophMate\StoreUncertain $e) {
    echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ': ', $e->getMessage(), "\n";
}
while (!$other->isTerminated()) {
    $other->resume();
}
echo $other->getReturn(), "\n";
$store->write = null;
$e = new Engine($store);
show($e->findBySubject('once', 'step'));
show($e->findBySubject('once', 'other'));

echo "-- the fiber is resumed by a shutdown function after ours\n";
$child = new Child('
    $e = new Engine(store());
    $f = new Fiber(fn () => $e->once("resumed late", 1, function (Attempt $a) { Fiber::suspend(); try { $a->note("late"); } catch (SophMate\InvalidState $i) { echo $i->getMessage(), "\n"; } return "late"; }));
    $f->start();
    register_shutdown_function(function () use ($f) { $f->resume(); echo json_encode($f->getReturn()), "\n"; });
');
echo $child->end(), "\n";
echo history($e->findBySubject('once', 'resumed late')), "\n";
show($e->findBySubject('once', 'resumed late'));

echo "-- suspended in the judge, in jsonSerialize(), in the store and in a constructor at the end\n";
foreach ([
    'judge' => '$e = new Engine(store(), fn () => Fiber::suspend()); $f = new Fiber(fn () => $e->once("judge", 1, fn () => 1));',
    'json' => 'class J implements JsonSerializable { function jsonSerialize(): mixed { Fiber::suspend(); return 1; } } $e = new Engine(store()); $f = new Fiber(fn () => $e->once("json", 1, fn () => new J));',
    'write' => '$s = store(); $s->write = fn ($do) => Fiber::suspend(); $e = new Engine($s); $f = new Fiber(fn () => $e->once("write", 1, fn () => print("never")));',
    'outcome' => '$s = store(); $n = 0; $s->write = function ($do) use (&$n) { return ++$n > 1 ? Fiber::suspend() : $do(); }; $e = new Engine($s); $f = new Fiber(fn () => $e->once("outcome", 1, fn () => 1));',
    'finally' => '$e = new Engine(store()); $f = new Fiber(fn () => $e->once("finally", 1, function () use ($e) { try { Fiber::suspend(); } finally { try { $e->once("in finally", 1, fn () => 1); } catch (Throwable $t) { echo get_class($t); } } }));',
    'tick' => '$e = new Engine(store(), null, fn () => Fiber::suspend()); $e->once("tick", 1, fn () => 1); $f = new Fiber(fn () => $e->tick());',
    'prefix' => 'class S implements SophMate\Store { function dialect(): SophMate\Dialect { return SophMate\Dialect::Sqlite; } function tablePrefix(): string { Fiber::suspend(); return "x"; } function environment(): string { return "x"; } function write(string $s, array $p): int { return 1; } function read(string $s, array $p): array { return []; } function reset(): void {} } $f = new Fiber(fn () => new Engine(new S));',
] as $name => $code) {
    $child = new Child($code . '$f->start(); echo "end ";');
    echo $name, ': ', $child->end(), ' ';
    $run = $e->findBySubject('once', $name);
    echo $run ? history($run) : '-', "\n";
}
?>
--EXPECT--
acts
SophMate\StoreUncertain maybe: The store is in the middle of another call: a fiber is suspended in it
other done
running at effect, owner site owner
completed
-- the fiber is resumed by a shutdown function after ours
Attempt 1 of step "effect" is over: its outcome is stored
"late"
run.started step.started step.unknown late.done run.completed
completed
-- suspended in the judge, in jsonSerialize(), in the store and in a constructor at the end
judge: end run.started step.started step.unknown
json: end run.started step.started step.unknown
write: end -
outcome: end run.started step.started
finally: end run.started step.started step.unknown
tick: end run.started step.started step.finished run.completed
prefix: end -
