--TEST--
mayProceed() sees a hold of this process at once and of another one within a second, for one read a second
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\{Attempt, Engine, KillSwitches};

$store = store();
$engine = new Engine($store);
$run = $engine->start(workflow('order', function (Attempt $a) use ($store) {
    $switches = new KillSwitches(store(false));
    $say = fn (string $what) => print("$what: " . var_export($a->mayProceed(), true) . "\n");
    $store->counted();
    for ($n = 0; $n < 1000 && $a->mayProceed(); $n++);
    echo "$n times, ", $store->counted(), "\n";
    foreach (['*', 'category:commerce', 'workflow:order', 'category:other'] as $target) {
        $switches->hold($target, 'ann', 'x');
        $say("held $target");
        $switches->release($target, 'ann', 'x');
        $say("released $target");
    }
    echo $store->counted(), "\n";
    (new Child('(new KillSwitches(store()))->hold("workflow:order", "another process", "x");'))->end();
    for ($end = microtime(true) + 3; $a->mayProceed() && microtime(true) < $end; usleep(10000));
    $say('held elsewhere');
    $store->read = fn () => throw new RuntimeException('gone away');
    $switches->release('workflow:order', 'ann', 'x');
    $say('cannot be read');
    $store->read = null;
    $switches->release('workflow:order', 'ann', 'x');
    $say('can be read');
    return 1;
}), 'x');
show($run);
?>
--EXPECT--
1000 times, 0 writes, 0 reads
held *: false
released *: true
held category:commerce: false
released category:commerce: true
held workflow:order: false
released workflow:order: true
held category:other: true
released category:other: true
0 writes, 8 reads
held elsewhere: false
cannot be read: false
can be read: true
completed
