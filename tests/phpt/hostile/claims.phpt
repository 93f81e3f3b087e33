--TEST--
Claims: a cycle through one is collected; one that its own result settles; one whose store fails and is asked again
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, IdempotencyKeys};

$inner = store();
$engine = new Engine($inner);
final class Holder { public mixed $store, $keys, $claim, $attempt; }
function make(string $key, bool $attempt): array
{
    $h = new Holder;
    $h->store = new TestStore($GLOBALS['inner']);
    $h->store->reset = fn () => $h;
    $h->keys = new IdempotencyKeys($h->store);
    $h->claim = $h->keys->claim($key, 1);
    $h->attempt = $attempt ? $h->claim->attempt : null;
    return array_map(WeakReference::create(...), [$h, $h->store, $h->keys, $h->claim, $h->claim->attempt]);
}
foreach ([false, true] as $attempt) {
    $seen = make($attempt ? 'with' : 'without', $attempt);
    gc_collect_cycles();
    echo implode(' ', array_map(fn ($w) => $w->get() ? get_class($w->get()) : '-', $seen)), "\n";
}
// one of the two is kept, and still works
$seen = make('kept', true);
$kept = $seen[4]->get();
gc_collect_cycles();
$kept->externalId('charge', 'x');
echo implode(' ', array_map(fn ($w) => $w->get() ? 'kept' : '-', $seen)), "\n";
unset($kept);
gc_collect_cycles();
echo implode(' ', array_map(fn ($w) => $w->get() ? 'kept' : '-', $seen)), "\n";

echo "-- jsonSerialize() settles the claim\n";
class Json implements JsonSerializable { function __construct(private Closure $f) {} function jsonSerialize(): mixed { return ($this->f)(); } }
$store = new TestStore($inner);
$keys = new IdempotencyKeys($store);
foreach (['complete' => fn ($c) => $keys->complete($c, 'inner'), 'release' => fn ($c) => $keys->release($c, 'inner')] as $name => $inside) {
    $claim = $keys->claim("settled by $name", 1);
    thrown(fn () => $keys->complete($claim, new Json(function () use ($inside, $claim) { $inside($claim); return 'outer'; })));
    echo history($engine->findBySubject('once', "settled by $name")), "\n";
}
echo "-- a store that fails meanwhile\n";
$claim = $keys->claim('asked again', 1);
$store->write = $store->read = fn () => throw new DomainException('down');
for ($i = 0; $i < 2; $i++) {
    try {
        $keys->complete($claim, 'done');
    } catch (SophMate\StoreUncertain $e) {
        echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', "\n";
    }
}
$store->write = $store->read = null;
thrown(fn () => $keys->complete($claim, 'done'));
thrown(fn () => $keys->complete($claim, 'done'));
$run = $engine->findBySubject('once', 'asked again');
echo history($run), ' ', $run->output('effect'), "\n";
echo "-- wrong object\n";
$claim = $keys->claim('mine', 1);
$others = new IdempotencyKeys($store);
thrown(fn () => $others->complete($claim, 1));
thrown(fn () => $others->release($claim, 'x'));
thrown(fn () => $keys->release($claim, ''));
thrown(fn () => $keys->release($claim, str_repeat('x', 4097)));
thrown(fn () => $keys->release($claim, "\xff"));
$keys->release($claim, 'x');
thrown(fn () => $keys->release($claim, 'x'));
thrown(fn () => $keys->complete($keys->claim('settled by complete', 1), 1));
?>
--EXPECT--
- - - - -
- - - - -
kept kept kept kept kept
- - - - -
-- jsonSerialize() settles the claim
SophMate\InvalidState: The claim is not Mine, or was completed or released already
run.started step.started step.finished run.completed
SophMate\InvalidState: The claim is not Mine, or was completed or released already
run.started step.started step.failed
-- a store that fails meanwhile
SophMate\StoreUncertain maybe
SophMate\StoreUncertain maybe
returned NULL
SophMate\InvalidState: The claim is not Mine, or was completed or released already
run.started step.started step.finished run.completed done
-- wrong object
SophMate\InvalidState: The claim was given by another IdempotencyKeys object
SophMate\InvalidState: The claim was given by another IdempotencyKeys object
SophMate\InvalidArgument: IdempotencyKeys::release(): $why must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: IdempotencyKeys::release(): $why must have 1 to 4096 bytes, got 4097
SophMate\InvalidArgument: IdempotencyKeys::release(): $why must be UTF-8, got "\xff"
SophMate\InvalidState: The claim is not Mine, or was completed or released already
SophMate\InvalidState: The claim is not Mine, or was completed or released already
