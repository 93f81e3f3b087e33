--TEST--
A verdict "done" on the last step completes the run in the same write, also one of once()
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Effect, Engine, Repeat};

$engine = new Engine($store = store());
thrown(fn () => $engine->once('charge 900', ['total' => 5], function () { throw new RuntimeException('reset'); }, Effect::Money));
[$run] = $engine->runs();
show($run);
$store->counted();
show($run = $engine->verdict($run->id, Answer::done(['id' => 'ch_1']), 'ann', 'saw it'));
echo history($run), "\n", $store->counted(), "\n";
echo json_encode($engine->once('charge 900', ['total' => 5], fn () => 'again', Effect::Money)), "\n";
$engine->register(workflow('order', fn () => 1, function () { throw new RuntimeException('reset'); }));
$run = $engine->start('order', 'a');
show($run = $engine->verdict($run->id, Answer::done(2), 'ann', 'saw it'));
echo history($run), "\n";
?>
--EXPECT--
SophMate\OutcomeUnknown: "charge 900" has an unknown outcome: it may have happened; a probe or a verdict settles it
unknown at effect, owner site owner: effect may have happened (lost_answer): reset
completed
run.started step.started step.unknown verdict.done run.completed
1 writes, 1 reads
{"id":"ch_1"}
completed
run.started step.started step.finished step.started step.unknown verdict.done run.completed
