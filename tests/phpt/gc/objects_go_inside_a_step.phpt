--TEST--
Dropping the last reference to engine, store, workflow and attempt inside a step, a judge or the store
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, KillSwitches};

$store = store();
$engine = new Engine($store, function ($value) use (&$engine) { $engine = null; gc_collect_cycles(); return null; });
$run = $engine->start(workflow('order', function (Attempt $a) use (&$engine, &$store) {
    $engine = $store = null;
    unset($a);
    gc_collect_cycles();
    return 'one';
}, fn (Attempt $a) => $a->output('one') . ' two'), 'x');
show($run);
var_dump($engine, $store, $run->output('two'));

$holder = new stdClass;
$store = store(false);
$holder->engine = new Engine($store);
$holder->switches = new KillSwitches($store);
$store->read = function ($do) use ($holder) { $holder->engine = $holder->switches = null; gc_collect_cycles(); return $do(); };
show($holder->engine->findBySubject('order', 'x'));
var_dump($holder->engine);
$holder->switches = new KillSwitches($store);
echo $holder->switches->hold('category:x', 'ann', 'why'), "\n";
$store->write = function ($do) use (&$store, $holder) { $store = null; $holder->engine = null; return $do(); };
$holder->engine = new Engine($store);
echo json_encode($holder->engine->once('key', 1, fn () => 'done')), "\n";
?>
--EXPECT--
completed
NULL
NULL
string(7) "one two"
completed
NULL
1
"done"
