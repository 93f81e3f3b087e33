--TEST--
A Run and an Attempt stay usable when engine, workflow and store are gone
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine};

function make(): array
{
    $store = store();
    $engine = new Engine($store);
    $kept = null;
    $name = 'made ' . mt_rand(100, 999);
    $run = $engine->start(workflow($name, function (Attempt $a) use (&$kept) { $kept = $a; $a->externalId('charge', 'ch_1'); return ['out' => $a->step]; }, fn () => throw new SophMate\NotDone('no', 'declined')), 'subject ' . mt_rand(1, 9), ['in' => 1], '7', 'trigger x');
    $engine->pause($run->id, 'ann ' . mt_rand(1, 9), 'reason') && $late = $engine->note($run->id, 'ann', 'a note');
    return [$run, $kept, $late];
}
[$run, $attempt, $late] = make();
gc_collect_cycles();
$junk = str_repeat('junk', 100000);
unset($junk);
show($run);
show($late);
echo preg_match('/^made \d+$/', $run->workflow), preg_match('/^subject \d$/', $run->subject), " $run->occurrence $run->trigger\n";
foreach ($late->steps() as $step) {
    echo "$step[name] {$step['state']->value} ", json_encode([$step['output'], $step['external_ids'], $step['failure'], $step['message']]), "\n";
}
echo history($late), "\n";
echo json_encode($run->output('one')), json_encode($run->input), "\n";
thrown(fn () => $attempt->note('too late'));
thrown(fn () => $attempt->affects('post', '1'));
$attempt->externalId('charge', 'ch_2');       // still allowed
echo json_encode($attempt->output('one')), ' ', $attempt->mayProceed() ? 'may' : 'may not', "\n";
$engine = new Engine(store(false));
echo json_encode($engine->find($run->id)->steps()[0]['external_ids']), ' ', count($run->events()), "\n";
?>
--EXPECT--
paused at two, owner sales: it was refused, and time does not heal that; two was not done (declined): no
paused at two, owner sales: it was refused, and time does not heal that; two was not done (declined): no
11 7 trigger x
one done [{"out":"one"},{"charge":["ch_1"]},null,null]
two refused [null,[],"declined","no"]
run.started step.started external.recorded step.finished step.started step.failed run.paused note
{"out":"one"}{"in":1}
SophMate\InvalidState: Attempt 1 of step "one" is over: its outcome is stored
SophMate\InvalidState: Attempt 1 of step "one" is over: its outcome is stored
{"out":"one"} may
{"charge":["ch_1","ch_2"]} 7
