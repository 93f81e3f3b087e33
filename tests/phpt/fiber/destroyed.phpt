--TEST--
A fiber that is destroyed inside a step: no store call then; recorded when the request ends
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$child = new Child('
    $store = store(); $e = new Engine($store);
    $fiber = new Fiber(fn () => $e->once("in a fiber", 1, function () {
        try { Fiber::suspend(); } finally { echo "finally\n"; }
    }));
    $fiber->start();
    $store->counted();
    unset($fiber);
    gc_collect_cycles();
    echo $store->counted(), "\n";
    try { $e->once("in a fiber", 1, fn () => 1); } catch (SophMate\InProgress $p) { echo "in progress\n"; }
    $kept = new Fiber(fn () => $e->once("kept", 1, fn () => Fiber::suspend()));
    $kept->start();
    echo "end of script\n";
');
echo $child->end(), "\n";
$engine = new Engine(store(false));
foreach (['in a fiber', 'kept'] as $key) {
    show($engine->findBySubject('once', $key));
}
?>
--EXPECT--
finally
0 writes, 0 reads
in progress
end of script
unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
