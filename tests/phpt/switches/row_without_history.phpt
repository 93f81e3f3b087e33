--TEST--
A switch row that was set by hand starts nothing and breaks no run
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\Engine;

$store = store();
$prefix = $store->tablePrefix();
$fired = 0;
$engine = new Engine($store);
$engine->register(workflow('order', function () use (&$fired) { return ++$fired; }));
$store->write("UPDATE {$prefix}switch SET held=1 WHERE target='*'", []);
thrown(fn () => $engine->start('order', 'a'));
$store->write("UPDATE {$prefix}switch SET held=0 WHERE target='*'", []);
echo "fired: $fired\n";
$run = $engine->start('order', 'a');
show($run = $engine->advance($run->id));
echo history($run), "\n";
?>
--EXPECT--
SophMate\IllegalHistory: the row of switch * says held, but no flip is recorded: hold it, then release it
fired: 0
completed
run.started step.started step.finished run.completed
