<?php
// grow.php FOLDER SIZE...: a real log that grows; at each size it is signed, exported and a few of its events are proved. Prints the verifier key.
declare(strict_types=1);

use SophMate\{AuditLog, Effect, Engine, Schema, Step, Workflow};

require __DIR__ . '/../../examples/pdo-store.php';

[, $dir] = $argv;
// Half of all keys have a + in their base64, which also stands between the parts of a verifier key: one of these.
do {
    array_map(unlink(...), [...glob("$dir/log.db*"), ...glob("$dir/keys/*")]);
    $store = new PdoStore("sqlite:$dir/log.db", 'wp_sophmate_', 'test');
    $store->read('PRAGMA synchronous=OFF', []);
    Schema::install($store, 'shop.example');
    $log = new AuditLog($store);
    $key = $log->createKey('test', 'a log to be exported');
} while (substr_count($key, '+') < 3);
$engine = new Engine($store);
$workflow = new Workflow('order.fulfil', '1', 'commerce', 'operations', [new Step('charge', fn () => 1, Effect::Money, owner: 'finance')]);
$n = 1; // log.opened
foreach (array_map('intval', array_slice($argv, 2)) as $size) {
    for (; $n < $size; $n++) {
        $engine->startLater($workflow, "order:$n", ['name' => "Zo\u{eb} $n"]);
    }
    $at = $log->checkpoint()->size;
    $at === $size || throw new LogicException("$at leaves, not $size");
    $log->export("$dir/export-$size");
    foreach (array_unique([0, intdiv($size, 2), $size - 1]) as $index) {
        $id = $store->read('SELECT id FROM wp_sophmate_journal WHERE leaf_index=?', [$index])[0]['id'];
        file_put_contents("$dir/proof-$size-$index.tlog-proof", $log->prove($id));
    }
}
echo $key;
