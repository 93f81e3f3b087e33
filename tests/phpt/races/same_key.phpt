--TEST--
Ten processes with one key at one moment: one charge, and everybody gets its result
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

$store = store();
$ledger = database() . '.ledger';
@unlink($ledger);
$go = microtime(true) + 0.7;
$children = [];
for ($i = 0; $i < 10; $i++) {
    $children[] = new Child('
        $e = new Engine(store());
        while (microtime(true) < ' . $go . ');
        $asked = microtime(true);
        for ($end = $asked + 10; microtime(true) < $end; usleep(20000)) {
            try {
                $r = $e->once("charge 900", ["total" => 1], function (Attempt $a) { file_put_contents(' . var_export($ledger, true) . ', "$a->key\n", FILE_APPEND); usleep(100000); return "ch_1"; });
                echo "result $r\n";
                exit;
            } catch (SophMate\InProgress $p) {
                $busy = true;
            }
        }
        echo "never\n";');
}
$said = [];
foreach ($children as $child) {
    $said[] = $child->end();
}
sort($said);
echo implode(',', array_unique($said)), ' ', count($said), "\n";
echo count(file($ledger)), " charge\n";
echo history((new Engine($store))->findBySubject('once', 'charge 900')), "\n";
unlink($ledger);
?>
--EXPECT--
result ch_1 10
1 charge
run.started step.started step.finished run.completed
