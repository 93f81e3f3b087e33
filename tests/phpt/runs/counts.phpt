--TEST--
n steps are n + 1 writes and no read; a single effect 2 writes; a replay at most two statements
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine};

$store = store();
$store->counted();
$engine = new Engine($store);
echo 'making an engine: ', $store->counted(), "\n";
$engine->register(workflow('three', fn () => 1, fn () => 2, fn () => 3), workflow('ids', function (Attempt $a) { $a->externalId('charge', 'ch_1'); $a->externalId('charge', 'ch_2'); }));
echo 'registering: ', $store->counted(), "\n";
$engine->start('three', 'order:1');
$engine->once('key 1', null, fn () => 1);
$engine->start('ids', 'order:1');
echo "(the identity and the first switch rows)\n";
$store->counted();
$engine->start('three', 'order:2');
echo 'three steps: ', $store->counted(), "\n";
$engine->once('key 2', ['a' => 1], fn () => 'done');
echo 'one effect: ', $store->counted(), "\n";
$engine->start('ids', 'order:2');
echo 'one step, two external ids: ', $store->counted(), "\n";
$engine->start('three', 'order:2');
$engine->once('key 2', ['a' => 1], fn () => 'done');
echo 'again in this request: ', $store->counted(), "\n";
$other = new Engine($store);
$other->register(workflow('three', fn () => 1, fn () => 2, fn () => 3));
$other->once('key 1', null, fn () => 1);
echo 'the identity and a replay: ', $store->counted(), "\n";
$other->once('key 2', ['a' => 1], fn () => 'done');
echo 'a replay: ', $store->counted(), "\n";
$other->start('three', 'order:2');
echo 'a replay: ', $store->counted(), "\n";
try {
    $other->once('key 2', ['a' => 2], fn () => 'done');
} catch (SophMate\Conflict) {
}
echo 'a conflict with what this engine knows: ', $store->counted(), "\n";
$engine->find($engine->findBySubject('three', 'order:2')->id);
echo 'found twice: ', $store->counted(), "\n";
?>
--EXPECT--
making an engine: 0 writes, 0 reads
registering: 0 writes, 0 reads
(the identity and the first switch rows)
three steps: 4 writes, 0 reads
one effect: 2 writes, 0 reads
one step, two external ids: 4 writes, 0 reads
again in this request: 0 writes, 0 reads
the identity and a replay: 1 writes, 2 reads
a replay: 1 writes, 1 reads
a replay: 1 writes, 1 reads
a conflict with what this engine knows: 0 writes, 0 reads
found twice: 0 writes, 2 reads
