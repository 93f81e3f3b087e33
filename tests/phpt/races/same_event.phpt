--TEST--
Six processes start, advance and tick the same event: every step once, in order
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
for ($i = 0; $i < 6; $i++) {
    $children[] = new Child('
        $log = fn (Attempt $a) => [usleep(30000), file_put_contents(' . var_export($ledger, true) . ', "$a->step\n", FILE_APPEND)];
        $e = new Engine(store());
        $e->register(workflow("order", $log, $log, $log));
        while (microtime(true) < ' . $go . ');
        $run = ' . ($i % 2 ? '$e->startLater("order", "x", ["n" => 1])' : '$e->start("order", "x", ["n" => 1])') . ';
        for ($end = microtime(true) + 10; $run->state !== SophMate\RunState::Completed && microtime(true) < $end; usleep(10000)) {
            ' . ($i % 3 ? '$e->tick();' : '$e->advance($run->id);') . '
            $run = $e->find($run->id);
        }
        echo $run->state->value;');
}
echo implode(' ', array_map(fn ($c) => $c->end(), $children)), "\n";
echo str_replace("\n", ' ', file_get_contents($ledger)), "\n";
$engine = new Engine($store);
$run = $engine->findBySubject('order', 'x');
echo history($run), "\n";
$engine->tick();
$indexes = array_column($engine->find($run->id)->events(), 'leaf_index');
echo $indexes === array_filter($indexes, 'is_int') && $indexes == array_unique($indexes) ? 'all in the log' : json_encode($indexes), "\n";
unlink($ledger);
?>
--EXPECT--
completed completed completed completed completed completed
one two three 
run.started step.started step.finished step.started step.finished step.started step.finished run.completed
all in the log
