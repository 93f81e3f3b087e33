--TEST--
Killed with SIGKILL between charge and answer: unknown after the lease, the probe finds the charge, one charge
--EXTENSIONS--
pdo
pdo_sqlite
--INI--
sophmate.lease_margin_ms=100
sophmate.grace_ms=100
sophmate.clock_skew_ms=100
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\{Answer, Attempt, Effect, Engine, Repeat, Step, Workflow};

const INI = ['sophmate.lease_margin_ms' => 100, 'sophmate.grace_ms' => 100, 'sophmate.clock_skew_ms' => 100];
$ledger = database() . '.ledger';
@unlink($ledger);
$define = '
    function order(string $ledger, bool $probe = true): Workflow {
        return new Workflow("order", "1", "commerce", "operations", [
            new Step("contact", fn () => "c_1", Effect::External, Repeat::Safe),
            new Step("charge", function (Attempt $a) use ($ledger) {
                file_put_contents($ledger, "$a->key\n", FILE_APPEND);
                echo "charged\n";
                getenv("STAY") === "no" || sleep(30);
                return "ch_1";
            }, Effect::Money, owner: "finance", timeoutSeconds: 0.3, probe: $probe ? fn (Attempt $a) => str_contains(file_get_contents($ledger), $a->key) ? Answer::done("ch_found", ["charge" => "ch_1"]) : Answer::notDone("none") : null),
            new Step("mail", fn (Attempt $a) => "mailed for " . $a->output("charge"), Effect::Message),
        ]);
    }';
eval('use SophMate\{Answer, Attempt, Effect, Repeat, Step, Workflow};' . $define);

$store = store();
foreach (['with a probe' => true, 'without' => false] as $name => $probe) {
    echo "-- $name\n";
    $child = new Child($define . '$e = new Engine(store()); $e->start(order(' . var_export($ledger, true) . ', ' . var_export($probe, true) . '), ' . var_export($name, true) . ');', INI);
    $child->said('charged');
    $child->kill();
    $child->end();
    $engine = new Engine($store);
    $engine->register(order($ledger, $probe));
    $run = $engine->findBySubject('order', $name);
    show($run);
    echo $run->output('contact'), ' was done; ', history($run), "\n";
    show($engine->advance($run->id));       // the lease is not over
    usleep(600000);
    $tick = $engine->tick();
    echo "recovered $tick[recovered]\n";
    for ($end = microtime(true) + 5; $probe && $run->state !== SophMate\RunState::Completed && microtime(true) < $end; usleep(50000)) {
        $run = $engine->advance($run->id);
    }
    $run = $engine->find($run->id);
    show($run);
    if (!$probe) {
        $run = $engine->verdict($run->id, Answer::done('ch_by_hand'), 'ann', 'saw it at the bank');
        show($run = $engine->advance($run->id));
    }
    echo $run->output('mail'), "\n", history($run), "\n";
}
echo count(file($ledger)), " charges for 2 orders\n";
unlink($ledger);
?>
--EXPECT--
-- with a probe
running at charge, owner finance
c_1 was done; run.started step.started step.finished step.started
running at charge, owner finance
recovered 1
completed
mailed for ch_found
run.started step.started step.finished step.started step.unknown external.recorded verdict.done step.started step.finished run.completed
-- without
running at charge, owner finance
c_1 was done; run.started step.started step.finished step.started
running at charge, owner finance
recovered 1
unknown at charge, owner finance: charge may have happened (lease)
completed
mailed for ch_by_hand
run.started step.started step.finished step.started step.unknown verdict.done step.started step.finished run.completed
2 charges for 2 orders
