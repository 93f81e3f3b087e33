--TEST--
Another site.key, a missing one, or a journal without its identity: everything is refused
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, Schema};

$db = fn () => new PDO(dsn());
// each family has its own name for the type
$text = fn (string $of) => preg_replace('/\((?:TEXT|varbinary\(64\))\)/', '(text)', $of);
foreach ([
    'key changed' => "UPDATE wp_sophmate_meta SET value = '" . str_repeat('ab', 32) . "' WHERE name = 'site_key'",
    'key missing' => "DELETE FROM wp_sophmate_meta WHERE name = 'site_key'",
    'key too short' => "UPDATE wp_sophmate_meta SET value = 'abcd' WHERE name = 'site_key'",
    'all meta missing' => 'DELETE FROM wp_sophmate_meta',
    'switch row missing' => "DELETE FROM wp_sophmate_switch WHERE target = '*'",
    'table missing' => 'DROP TABLE wp_sophmate_run',
    'column missing' => 'ALTER TABLE wp_sophmate_run DROP COLUMN owner',
] as $name => $sql) {
    $store = store();
    (new Engine($store))->once('before', 1, fn () => 'kept');
    echo "-- $name\n";
    $db()->exec($sql);
    thrown(fn () => (new Engine($store))->once('after', 1, fn () => "acted"));
    echo $text(implode("\n", Schema::check($store))), "\n";
    try {
        Schema::install($store);
        echo "installed\n";
    } catch (SophMate\SchemaError $e) {
        echo $text($e->getMessage()), "\n";
    }
}
?>
--EXPECT--
-- key changed
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
this site's environment or key is not the one that its journal was made for: moved, copied or restored?
installed
-- key missing
SophMate\SchemaError: the site's identity is missing from wp_sophmate_meta: install the schema
the site's identity is missing from wp_sophmate_meta: install the schema
wp_sophmate_journal is not empty, but the site's identity is missing from wp_sophmate_meta: restore both from one backup
-- key too short
SophMate\SchemaError: the site's identity is missing from wp_sophmate_meta: install the schema
the site's identity is missing from wp_sophmate_meta: install the schema
the site's identity is missing from wp_sophmate_meta: install the schema
-- all meta missing
SophMate\SchemaError: the site's identity is missing from wp_sophmate_meta: install the schema
the site's identity is missing from wp_sophmate_meta: install the schema
wp_sophmate_journal is not empty, but the site's identity is missing from wp_sophmate_meta: restore both from one backup
-- switch row missing
SophMate\SchemaError: the row '*' is missing from wp_sophmate_switch: install the schema
the row '*' is missing from wp_sophmate_switch: nothing can start
the row '*' is missing from wp_sophmate_switch: say whether this site was moved, restored or copied
-- table missing
returned 'acted'
table wp_sophmate_run is missing
installed
-- column missing
returned 'acted'
table wp_sophmate_run: column owner is missing (text)
table wp_sophmate_run: column owner is missing (text) (1 findings in all)
