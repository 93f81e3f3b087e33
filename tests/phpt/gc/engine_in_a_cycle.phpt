--TEST--
Engines that their own workflows, judge, listener or store hold are collected
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, IdempotencyKeys, KillSwitches};

$inner = store();
final class Holder
{
    public mixed $engine = null, $store = null, $run = null, $attempt = null, $keys = null, $switches = null, $heard = 0;
}
function make(bool $attempt): array
{
    global $inner;
    $h = new Holder;
    $h->store = new TestStore($inner);
    $h->store->reset = fn () => $h;
    $h->engine = new Engine($h->store, fn () => $h->run === 'x' ? new Error : null, function () use ($h) { $h->heard++; });
    $h->engine->register(workflow('order', function (Attempt $a) use ($h, $attempt) { $h->attempt = $attempt ? $a : null; return ['a' => 1]; }));
    $h->run = $h->engine->start('order', 'x' . mt_rand(), ['in' => new stdClass]);
    $h->engine->once('key' . mt_rand(), 1, fn () => 1);
    $h->engine->tick();
    $h->keys = new IdempotencyKeys($h->store);
    $h->keys->claim('claim' . mt_rand(), ['h' => 1]);
    $h->switches = new KillSwitches($h->store);
    echo $h->heard, " heard\n";
    return array_map(WeakReference::create(...), array_filter([$h, $h->engine, $h->store, $h->run, $h->attempt, $h->keys, $h->switches]));
}
$alive = fn (array $seen) => implode(' ', array_map(fn ($w) => $w->get() ? get_class($w->get()) : '-', $seen)) . "\n";
foreach ([false, true] as $attempt) {
    $seen = make($attempt);
    gc_collect_cycles();
    echo $alive($seen);
}
$seen = make(false);
$kept = $seen[3]->get();          // a Run holds no engine
gc_collect_cycles();
echo $alive($seen);
show($kept);
?>
--EXPECT--
2 heard
- - - - - -
3 heard
- - - - - - -
3 heard
- - - SophMate\Run - -
completed
