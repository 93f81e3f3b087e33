--TEST--
A store that suspends: another fiber's call through the same engine is refused, not mixed
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
$store->write = function ($do) { Fiber::suspend(); return $do(); };
$fiber = new Fiber(fn () => $engine->once('first', 1, fn () => 'done'));
$fiber->start();
thrown(fn () => $engine->once('second', 1, fn () => 'never'));
thrown(fn () => $engine->find(str_repeat('0', 32)));
thrown(fn () => $engine->tick());
$store->write = null;
$fiber->resume();
var_dump($fiber->getReturn());
thrown(fn () => $engine->once('second', 1, fn () => 'now'));
?>
--EXPECT--
SophMate\InvalidState: The store is in the middle of another call of this object: it called back, or a fiber is suspended in it
SophMate\InvalidState: The store is in the middle of another call of this object: it called back, or a fiber is suspended in it
SophMate\InvalidState: The store is in the middle of another call of this object: it called back, or a fiber is suspended in it
string(4) "done"
returned 'now'
