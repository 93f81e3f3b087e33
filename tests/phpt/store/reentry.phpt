--TEST--
A store that calls the engine back is refused; another engine over it is fine
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, KillSwitches};

$store = store();
$engine = new Engine($store);
$other = new Engine(store(false));
$engine->once('warm', 1, fn () => 1);
$depth = 0;
$store->write = function ($do) use ($engine, $other, &$depth) {
    if ($depth++ === 0) {
        thrown(fn () => $engine->once('inside', 1, fn () => 'never'));
        thrown(fn () => $engine->tick());
        thrown(fn () => $engine->register(workflow('inside', fn () => 1)));
        thrown(fn () => $other->once('other engine', 1, fn () => 'fine'));
    }
    return $do();
};
thrown(fn () => $engine->once('key', 1, fn () => 'done'));
$store->write = null;
echo "-- a store that destroys itself\n";
$store->reset = fn () => throw new LogicException('reset failed');
$n = 0;
$store->read = function ($do) use (&$n) { return $n++ < 1 ? throw new RuntimeException('read failed') : $do(); };
thrown(fn () => (new Engine($store))->findBySubject('once', 'key')->state->value);
?>
--EXPECT--
SophMate\InvalidState: The store is in the middle of another call of this object: it called back, or a fiber is suspended in it
SophMate\InvalidState: The store is in the middle of another call of this object: it called back, or a fiber is suspended in it
returned NULL
returned 'fine'
returned 'done'
-- a store that destroys itself
SophMate\StoreError: The store's reset() threw LogicException
