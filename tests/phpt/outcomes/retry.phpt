--TEST--
Retry is executed: attempts, waits that double, the window, the provider's own wait
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Effect, Engine, FailureClass, NotDone, Repeat, Retry, Step, Workflow};

$store = store();
$engine = new Engine($store);
$times = [];
$step = fn (string $workflow, Retry $retry, ?FailureClass $class, ?float $after = null, Repeat $repeat = Repeat::Never) => new Workflow($workflow, '1', 'commerce', 'operations', [
    new Step('try', function (Attempt $a) use ($class, $after, $workflow) {
        $GLOBALS['times'][$workflow][] = microtime(true);
        throw $class ? new NotDone('busy', 'busy', $class, $after) : new RuntimeException('lost');
    }, Effect::External, $repeat, retry: $retry)]);
function drive(Engine $engine, Workflow $w): SophMate\Run
{
    $run = $engine->start($w, 'x');
    for ($end = microtime(true) + 4; $run->state === SophMate\RunState::Waiting && microtime(true) < $end; usleep(10000)) {
        $run = $engine->advance($run->id);
    }
    return $run;
}
// Never earlier than said; later only by what a busy machine takes.
$waits = function (string $w, float ...$expected) use (&$times): string {
    $out = [];
    foreach ($expected as $i => $wait) {
        $real = $times[$w][$i + 1] - $times[$w][$i];
        $out[] = $real >= $wait - 0.005 && $real < $wait + 1 ? 'right' : "$real instead of $wait";
    }
    return count($times[$w]) . ' attempts, waits ' . implode(' ', $out);
};
$run = drive($engine, $step('doubles', new Retry(4, 60, 0.2), FailureClass::NotSent));
show($run);
echo $waits('doubles', 0.2, 0.4, 0.8), "\n";
$run = drive($engine, $step('named', new Retry(2, 60, 0.1), FailureClass::ProviderLimit, 0.5));
show($run);
echo $waits('named', 0.5), "\n";
$run = drive($engine, $step('window', new Retry(9, 0.5, 0.2), FailureClass::NotSent));
show($run);
echo count($times['window']) < 5 ? 'few' : 'many', " attempts\n";
$run = drive($engine, $step('single', new Retry(1), FailureClass::NotSent));
show($run);
$run = drive($engine, $step('refused', new Retry(9, 60, 0), FailureClass::Permission));
show($run);
echo $waits('refused'), "\n";
$run = drive($engine, $step('safe', new Retry(3, 60, 0.1), null, null, Repeat::Safe));
show($run);
echo $waits('safe', 0.1, 0.2), "\n";
echo history($run), "\n";
$run = $engine->resume($run->id, 'ann', 'one more');
show($engine->advance($run->id));
echo count($times['safe']), " attempts\n";
?>
--EXPECT--
paused at try, owner operations: its attempts, or the window for them, are used up; try was not done (busy): busy
4 attempts, waits right right right
paused at try, owner operations: its attempts, or the window for them, are used up; try was not done (busy): busy
2 attempts, waits right
paused at try, owner operations: its attempts, or the window for them, are used up; try was not done (busy): busy
few attempts
paused at try, owner operations: its attempts, or the window for them, are used up; try was not done (busy): busy
paused at try, owner operations: it was refused, and time does not heal that; try was not done (busy): busy
1 attempts, waits 
paused at try, owner operations: its attempts, or the window for them, are used up; try may have happened (lost_answer): lost
3 attempts, waits right right
run.started step.started step.ready step.started step.ready step.started step.ready run.paused
paused at try, owner operations: its attempts, or the window for them, are used up; try may have happened (lost_answer): lost
4 attempts
