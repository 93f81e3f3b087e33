--TEST--
A store that throws StoreError says that nothing was sent: StoreError at once, no read-back
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, StoreError};

$store = store();
$engine = new Engine($store);
$engine->once('warm', 1, fn () => 1);
$store->counted();
$store->write = fn () => throw new StoreError('inside a transaction');
try {
    $engine->once('key', 1, fn () => print("never\n"));
} catch (StoreError $e) {
    echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ' <- ', $e->getPrevious()->getMessage(), "\n";
}
echo $store->counted(), "\n";
$store->write = null;
echo $engine->once('key', 1, fn () => 'now'), "\n";
echo "-- after the effect it counts as any other failure\n";
$n = 0;
$store->write = function ($do) use (&$n) { return ++$n === 2 ? throw new StoreError('inside a transaction') : $do(); };
try {
    $engine->once('second', 1, fn () => 'acted');
} catch (SophMate\StoreUncertain $e) {
    echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ' <- ', get_class($e->getPrevious()), "\n";
}
$store->write = null;
show($engine->findBySubject('once', 'second'));
?>
--EXPECT--
SophMate\StoreError no <- inside a transaction
1 writes, 0 reads
now
-- after the effect it counts as any other failure
SophMate\StoreUncertain maybe <- SophMate\StoreError
running at effect, owner site owner
