--TEST--
Numbers that are none, which SQLite keeps and no store gives, are findings at their rows and no error of the store (R-208)
--EXTENSIONS--
pdo
pdo_sqlite
posix
--FILE--
<?php
require __DIR__ . '/audit.inc';
store();
$host = new Host();
$host->run('
$log->createKey("somebody", "because");
work(3);
$engine->tick();
sign();
');
$host->show('
verdict();
foreach ([
    "UPDATE wp_sophmate_journal SET leaf_index=5.5 WHERE leaf_index=5" => "UPDATE wp_sophmate_journal SET leaf_index=5 WHERE leaf_index=5.5",
    "UPDATE wp_sophmate_journal SET leaf_index=\'5th\' WHERE leaf_index=5" => "UPDATE wp_sophmate_journal SET leaf_index=5 WHERE leaf_index=\'5th\'",
    "UPDATE wp_sophmate_journal SET leaf_index=0.5 WHERE leaf_index=0" => "UPDATE wp_sophmate_journal SET leaf_index=0 WHERE leaf_index=0.5",
    "UPDATE wp_sophmate_journal SET lease=lease+0.5 WHERE lease IS NOT NULL"
        => "UPDATE wp_sophmate_journal SET lease=lease-0.5 WHERE lease IS NOT NULL",
    "UPDATE wp_sophmate_meta SET pos=pos+0.5 WHERE name=\'projected\'" => "UPDATE wp_sophmate_meta SET pos=pos-0.5 WHERE name=\'projected\'",
    "UPDATE wp_sophmate_switch SET generation=0.5 WHERE target=\'*\'" => "UPDATE wp_sophmate_switch SET generation=0 WHERE target=\'*\'",
    "UPDATE wp_sophmate_checkpoint SET size=-5 WHERE size=13" => "UPDATE wp_sophmate_checkpoint SET size=13 WHERE size=-5",
] as $change => $back) {
    tamper($change);
    echo preg_replace("~UPDATE wp_sophmate_| WHERE .*~", "", $change), "\n";
    attempt(function () use ($log) { // events of one millisecond get their places in any order
        $report = $log->verify();
        $f = $report["findings"][0];
        echo "  $report[exit_code] $f[what]", $f["seq"] > 0 && strlen($f["stream"]) === 32 ? ", its row is named: " : ": ", $f["message"], "\n";
    });
    tamper($back);
}
verdict();
');
?>
--EXPECT--
0 sound, 13 leaves, 0 found
journal SET leaf_index=5.5
  40 place, its row is named: Its leaf_index is no whole number: it stands outside of the tree, and nothing signs it
journal SET leaf_index='5th'
  40 place, its row is named: Its leaf_index is no place in a log: it stands outside of the tree, and nothing signs it
journal SET leaf_index=0.5
  40 place, its row is named: Its leaf_index is no whole number: it stands outside of the tree, and nothing signs it
journal SET lease=lease+0.5
  40 column, its row is named: Its column lease disagrees with the leaf
meta SET pos=pos+0.5
  40 projection: The mark of the projections is missing or no number: rebuild the projections
switch SET generation=0.5
  40 switch: Switch *: its row says not held, generation -1; its newest event says not held, generation 0
checkpoint SET size=-5
  40 head: A checkpoint of ORIGIN is stored for a size that no log has
0 sound, 13 leaves, 0 found
