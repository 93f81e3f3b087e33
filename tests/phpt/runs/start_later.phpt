--TEST--
startLater() stores the run, the tick begins it when it is due
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\Engine;

$store = store();
$engine = new Engine($store);
$calls = 0;
$engine->register(workflow('order', function () use (&$calls) { return ++$calls; }));
$soon = $engine->startLater('order', 'order:1', ['a' => 1]);
$later = $engine->startLater('order', 'order:2', at: new DateTimeImmutable('+1 hour'));
$past = $engine->startLater('order', 'order:3', at: new DateTime('1960-01-01'));
show($soon);
show($later);
echo "$calls calls\n";
echo $engine->startLater('order', 'order:1', ['a' => 1])->id === $soon->id ? "same run\n" : "other run\n";
show($engine->advance($later->id));
$tick = $engine->tick();
echo json_encode($tick), "\n";
echo "$calls calls\n";
show($engine->find($soon->id));
show($engine->find($later->id));
show($engine->find($past->id));
echo json_encode($engine->tick()), "\n";
thrown(fn () => $engine->startLater('order', 'order:4', at: new DateTimeImmutable('9999-12-31')));
?>
--EXPECT--
running at one, owner sales
waiting at one, owner sales
0 calls
same run
waiting at one, owner sales
{"sequenced":9,"projected":9,"due":2,"recovered":0,"probed":0,"started":2,"moved":2,"put_off":0,"failed":0}
2 calls
completed
waiting at one, owner sales
completed
{"sequenced":0,"projected":0,"due":0,"recovered":0,"probed":0,"started":0,"moved":0,"put_off":0,"failed":0}
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "253402214400000000"
