--TEST--
Rotation closes the old log for good and goes on with the same tree; a restored or copied site opens a log of its own
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/audit.inc';
$store = store();
$host = new Host;
$events = function () use ($store) {
    foreach ($store->read("SELECT leaf FROM wp_sophmate_journal WHERE leaf LIKE '%\"type\":\"log.%' ORDER BY seq", []) as $row) {
        $e = json_decode($row['leaf'], true);
        $names = array_flip($GLOBALS['names']);
        array_walk_recursive($e['d'], function (&$v, $k) use ($names) { $v = $k === 'root' ? 'ROOT' : ($k === 'key' ? 'KEY' : ($names[$v] ?? $v)); });
        echo '  ', $e['type'], ' ', json_encode($e['d']), ' p: ', implode(' ', array_keys($e['p'])), "\n";
    }
};
$name = fn () => SophMate\Schema::identity($store)['log'];
$names['first'] = $name();
$host->run('$log->createKey("ann", "first"); work(3); sign();');
copy($seed = $host->files('keys/*')[0], "$host->dir/old.seed");
$host->show('echo $log->rotate("ann", "yearly"), "\n"; sign(); work(1, "r"); sign();');
$names['second'] = $name();
echo count($names) === count(array_unique($names)) ? "another name\n" : "the same name\n";
$events();
echo implode(' ', array_map(fn ($f) => str_contains($f, substr($names['first'], -16)) ? 'old' : 'new', $host->files('keys/*'))), " seed\n";
echo "-- the old seed comes back from a backup\n";
rename("$host->dir/old.seed", $seed);
chmod($seed, 0600);
$host->show('sign(); $c = $log->checkpoint(); echo $c->origin === $log->log()["logs"][0] ? "the old log" : "the new log", "\n"; show_keys();');
echo "-- and somebody writes the old name into meta\n";
$store->write("UPDATE wp_sophmate_meta SET value = '{$names['first']}' WHERE name = 'log'", []);
$host->show('sign();');
echo $name() === $names['second'] ? "the new name is back\n" : "lost\n";
$store->write("UPDATE wp_sophmate_meta SET value = 'shop/sophmate/0000000000000000' WHERE name = 'log'", []);
$host->show('sign();');
$store->write("UPDATE wp_sophmate_meta SET value = '{$names['second']}' WHERE name = 'log'", []);
unlink($seed);
echo "-- an ordinary consistency proof leads from the old log's last head to the new one's\n";
$old = $store->read("SELECT MAX(size) AS n FROM wp_sophmate_checkpoint WHERE origin = '{$names['first']}'", [])[0]['n'];
$host->show("attempt(function () use (\$log) { \$r = \$log->witnessRequest($old); echo substr_count(\$r['body'], \"\\n\") > 5 ? 'proved' : 'no proof', \"\\n\"; });");
foreach (['moved', 'restored', 'copy'] as $as) {
    echo "-- $as\n";
    SophMate\Schema::adopt($store, $as, 'ann', 'told so');
    echo in_array($name(), $names, true) ? "the same log\n" : "another log\n";
    in_array($name(), $names, true) || $names[$as] = $name();
    $host->show('sign();');
}
$events();
echo "-- the copy gets a key\n";
$host->show('echo $log->createKey("bob", "staging"), "\n"; sign(); work(1, "s"); sign();');
$host->show('echo count($log->log()["logs"]), " logs\n"; show_keys();');
$host->show('$r = $log->verify(keys: [$log->log()["key"]]); echo "verified: $r[verdict] $r[size]\n"; foreach ($r["findings"] as $f) { echo "$f[what] $f[message]\n"; }');
?>
--EXPECT--
ORIGIN+ID+KEY
signed 15
signed 19 new
another name
  log.opened {"key":"KEY","origin":"first","why":"created"} p: by reason
  log.closed {"next":"second","origin":"first","root":"ROOT","size":13} p: by reason
  log.opened {"key":"KEY","origin":"second","previous":{"origin":"first","root":"ROOT","size":13},"why":"rotated"} p: by reason
new seed
-- the old seed comes back from a backup
signed 19
the new log
good, locked
good, locked
folder good
-- and somebody writes the old name into meta
signed 19
the new name is back
SophMate\IllegalHistory 40: wp_sophmate_meta names the log ORIGIN; the journal's own log is ORIGIN: the row was changed
-- an ordinary consistency proof leads from the old log's last head to the new one's
proved
-- moved
the same log
signed 20 new
-- restored
another log
unsigned 23 new
-- copy
another log
unsigned 26 new
  log.opened {"key":"KEY","origin":"first","why":"created"} p: by reason
  log.closed {"next":"second","origin":"first","root":"ROOT","size":13} p: by reason
  log.opened {"key":"KEY","origin":"second","previous":{"origin":"first","root":"ROOT","size":13},"why":"rotated"} p: by reason
  log.closed {"next":"restored","origin":"second","root":"ROOT","size":20} p: by reason
  log.opened {"origin":"restored","previous":{"origin":"second","root":"ROOT","size":20},"why":"restored"} p: by reason
  log.closed {"next":"copy","origin":"restored"} p: by reason
  log.opened {"origin":"copy","previous":{"origin":"restored"},"why":"copy"} p: by reason
-- the copy gets a key
ORIGIN+ID+KEY
signed 27
signed 31 new
4 logs
good, locked
good, locked
folder good
verified: sound 31
