--TEST--
The table of decisions of API: what each does in each state, and what refuses
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, Engine, FailureClass, InvalidState, NotDone};

$store = store();
$engine = new Engine($store);
$engine->register(
    workflow('ready', fn () => 1),
    workflow('refused', fn () => throw new NotDone('busy', null, FailureClass::NotSent)),
    workflow('unknown', fn () => throw new RuntimeException('lost')),
    workflow('completed', fn () => 1),
    workflow('paused', fn () => throw new NotDone('no')));
$n = 0;
$make = function (string $state) use ($engine, &$n): string {
    $subject = 'x' . ++$n;
    $run = match ($state) {
        'ready' => $engine->startLater('ready', $subject),
        'ended' => $engine->stop($engine->startLater('ready', $subject)->id, 'ann', 'x'),
        default => $engine->start($state, $subject),
    };
    return $run->id;
};
$calls = [
    'advance' => fn ($id) => $engine->advance($id),
    'pause' => fn ($id) => $engine->pause($id, 'ann', 'lunch'),
    'resume' => fn ($id) => $engine->resume($id, 'ann', 'back'),
    'done' => fn ($id) => $engine->verdict($id, Answer::done(['by' => 'person'], ['charge' => 'ch_1']), 'ann', 'saw it'),
    'not done' => fn ($id) => $engine->verdict($id, Answer::notDone('no trace'), 'ann', 'looked'),
    'unknown' => fn ($id) => $engine->verdict($id, Answer::unknown('?'), 'ann', 'looked'),
    'finishByHand' => fn ($id) => $engine->finishByHand($id, 'ann', 'at the desk'),
    'stop' => fn ($id) => $engine->stop($id, 'ann', 'enough'),
    'note' => fn ($id) => $engine->note($id, 'ann', 'a text'),
];
foreach (['ready', 'refused', 'unknown', 'paused', 'completed', 'ended'] as $state) {
    echo "-- $state\n";
    foreach ($calls as $name => $call) {
        $id = $make($state);
        echo str_pad($name, 13);
        try {
            show($call($id));
        } catch (InvalidState $e) {
            echo "refused ({$e->state->value}), ", $e->runId === $id ? 'its run: ' : 'no run: ', str_replace($id, '<id>', $e->getMessage()), "\n";
        } catch (Throwable $e) {
            echo get_class($e), ': ', $e->getMessage(), "\n";
        }
    }
}
echo "-- what follows a verdict\n";
$id = $make('unknown');
$run = $engine->verdict($id, Answer::done(['by' => 'person'], ['charge' => 'ch_9']), 'ann', 'saw it');
show($run);
$run = $engine->advance($id);
show($run);
echo json_encode($run->output('one')), ' ', json_encode($run->steps()[0]['external_ids']), "\n";
$id = $make('unknown');
$engine->verdict($id, Answer::done(), 'ann', 'no output known');
thrown(fn () => $engine->advance($id)->output('one'));
$id = $make('unknown');
show($engine->verdict($id, Answer::notDone('no trace'), 'ann', 'early'));
echo json_encode($engine->find($id)->events()[3]['d']), "\n";
show($engine->advance($id));
echo history($engine->find($id)), "\n";
?>
--EXPECT--
-- ready
advance      completed
pause        paused at one, owner sales: paused by a person: lunch
resume       refused (running), its run: run <id>: resume is not allowed while the run is ready; only a paused run is resumed
done         refused (running), its run: run <id>: a verdict is not allowed while the run is ready; only an unknown step takes one
not done     refused (running), its run: run <id>: a verdict is not allowed while the run is ready; only an unknown step takes one
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand completed_by_hand: decided by a person: at the desk
stop         stopped: decided by a person: enough
note         running at one, owner sales
-- refused
advance      waiting at one, owner sales: one was not done (not_sent): busy
pause        paused at one, owner sales: paused by a person: lunch
resume       refused (waiting), its run: run <id>: resume is not allowed while the run is refused; only a paused run is resumed
done         refused (waiting), its run: run <id>: a verdict is not allowed while the run is refused; only an unknown step takes one
not done     refused (waiting), its run: run <id>: a verdict is not allowed while the run is refused; only an unknown step takes one
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand completed_by_hand: decided by a person: at the desk
stop         stopped: decided by a person: enough
note         waiting at one, owner sales: one was not done (not_sent): busy
-- unknown
advance      unknown at one, owner sales: one may have happened (lost_answer): lost
pause        refused (unknown), its run: run <id>: pause is not allowed while the run is unknown; give a verdict first
resume       refused (unknown), its run: run <id>: resume is not allowed while the run is unknown; give a verdict first
done         completed
not done     running at one, owner sales
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand refused (unknown), its run: run <id>: finish by hand is not allowed while the run is unknown; give a verdict first
stop         stopped: decided by a person: enough
note         unknown at one, owner sales: one may have happened (lost_answer): lost
-- paused
advance      paused at one, owner sales: it was refused, and time does not heal that; one was not done (external_failure): no
pause        paused at one, owner sales: it was refused, and time does not heal that; one was not done (external_failure): no
resume       running at one, owner sales
done         refused (paused), its run: run <id>: a verdict is not allowed while the run is paused; only an unknown step takes one
not done     refused (paused), its run: run <id>: a verdict is not allowed while the run is paused; only an unknown step takes one
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand completed_by_hand: decided by a person: at the desk
stop         stopped: decided by a person: enough
note         paused at one, owner sales: it was refused, and time does not heal that; one was not done (external_failure): no
-- completed
advance      completed
pause        refused (completed), its run: run <id>: pause is not allowed while the run is completed; it is over
resume       refused (completed), its run: run <id>: resume is not allowed while the run is completed; only a paused run is resumed
done         refused (completed), its run: run <id>: a verdict is not allowed while the run is completed; only an unknown step takes one
not done     refused (completed), its run: run <id>: a verdict is not allowed while the run is completed; only an unknown step takes one
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand refused (completed), its run: run <id>: finish by hand is not allowed while the run is completed; it is over
stop         refused (completed), its run: run <id>: stop is not allowed while the run is completed; it is over
note         completed
-- ended
advance      stopped: decided by a person: x
pause        refused (stopped), its run: run <id>: pause is not allowed while the run is ended; it is over
resume       refused (stopped), its run: run <id>: resume is not allowed while the run is ended; only a paused run is resumed
done         refused (stopped), its run: run <id>: a verdict is not allowed while the run is ended; only an unknown step takes one
not done     refused (stopped), its run: run <id>: a verdict is not allowed while the run is ended; only an unknown step takes one
unknown      SophMate\InvalidArgument: $answer: a verdict says done or not done; Answer::unknown() settles nothing
finishByHand refused (stopped), its run: run <id>: finish by hand is not allowed while the run is ended; it is over
stop         refused (stopped), its run: run <id>: stop is not allowed while the run is ended; it is over
note         stopped: decided by a person: x
-- what follows a verdict
completed
completed
{"by":"person"} {"charge":["ch_9"]}
SophMate\OutputNotStored: Run <id>: step "one" is done; no output is stored (its verdict gave none)
running at one, owner sales
{"attempt":1,"early":true,"source":"person","step":"one"}
unknown at one, owner sales: one may have happened (lost_answer): lost
run.started step.started step.unknown verdict.not_done step.started step.unknown
