--TEST--
Without tables or identity everything is refused and the check names what is missing
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, IdempotencyKeys, KillSwitches, Schema};

remove_database();
$removal = new Removal;
$store = store(false);
try {
    (new Engine($store))->once('k', 1, fn () => 'never');
} catch (SophMate\StoreError $e) {
    echo preg_replace(['/SQLSTATE.*no such table: /', "/SQLSTATE.* Table '[\w-]+\.(\w+)' doesn't exist/"], ['no table ', 'no table $1'], $e->getPrevious()->getMessage()), "\n";
}
thrown(fn () => (new Engine($store))->start(workflow('w', fn () => 1), 'x'));
thrown(fn () => (new Engine($store))->find(str_repeat('0', 32)));
thrown(fn () => (new Engine($store))->tick());
thrown(fn () => (new Engine($store))->runs());
thrown(fn () => (new IdempotencyKeys($store))->claim('k', 1));
thrown(fn () => (new KillSwitches($store))->hold('*', 'ann', 'x'));
thrown(fn () => (new KillSwitches($store))->state('*'));
thrown(fn () => Schema::identity($store));
echo implode("\n", Schema::check($store)), "\n";
$store->write = fn () => throw new RuntimeException('read-only server');
thrown(fn () => Schema::install($store));
$store->write = null;
Schema::install($store);
Schema::install($store);
echo json_encode(Schema::check($store)), "\n";
?>
--EXPECT--
no table wp_sophmate_meta
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
SophMate\StoreError: The store's read() threw PDOException
table wp_sophmate_journal is missing
table wp_sophmate_switch is missing
table wp_sophmate_meta is missing
table wp_sophmate_run is missing
table wp_sophmate_external is missing
table wp_sophmate_checkpoint is missing
SophMate\StoreError: The store's write() threw RuntimeException
[]
