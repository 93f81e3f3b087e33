--TEST--
A run of three steps completes in one call; its snapshot tells everything
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Effect, Engine, Repeat, Step};

$store = store();
$engine = new Engine($store);
$order = [];
$workflow = workflow('order.fulfil',
    function (Attempt $a) use (&$order) {
        $order[] = $a->step;
        echo "$a->workflow/$a->step attempt $a->attempt, key ", preg_match('/^sm_[0-9a-f]{32}$/', $a->key), ', run ', preg_match('/^[0-9a-f]{32}$/', $a->runId), ", {$a->effect->value} {$a->repeat->value}, input ", json_encode($a->input), "\n";
        echo 'left ', round($a->secondsLeft()), ' ', var_export($a->mayProceed(), true), "\n";
        $a->externalId('contact', 'c_1');
        $a->externalId('contact', 'c_2');
        $a->affects('post', '12');
        $a->artifact('request', ['raw' => "\xff"]);
        $a->cost('0.12', 'EUR', 'gateway');
        $a->note('customer called Åsa 🛒');
        return ['contact' => 'c_1', 'none' => new stdClass, 'f' => 1.0];
    },
    function (Attempt $a) use (&$order) {
        $order[] = $a->step;
        return $a->output('one')['contact'] . '!';
    },
    function (Attempt $a) use (&$order) {
        $order[] = $a->step;
        thrown(fn () => $a->output('three'));
        thrown(fn () => $a->output('nothing'));
    });
$engine->register($workflow);
$run = $engine->start('order.fulfil', subject: 'order:900', input: ['total' => '12.50'], trigger: 'hook');
echo implode(' ', $order), "\n";
show($run);
echo json_encode([$run->output("one"), $run->output("two"), $run->output("three")]), "\n";
thrown(fn () => $run->output('four'));
foreach ($run->steps() as $step) {
    echo $step['name'], ' ', $step['state']->name, ' ', $step['attempts'], ' ', $step['effect']->name, ' ', $step['repeat']->name, ' ', $step['owner'], ' ', json_encode($step['output']), ' ',
        json_encode($step['external_ids']), ' ', $step['started_at'] <= $step['finished_at'] ? 'in order' : 'wrong', ' ', var_export($step['failure'], true), "\n";
}
foreach ($run->events() as $e) {
    echo $e['seq'], ' ', $e['type'], ' ', var_export($e['leaf_index'], true), ' ', implode(',', array_keys($e['d'])), ' | ', implode(',', array_keys($e['p'])), "\n";
}
echo "$run->id" === (new Engine($store))->findBySubject('order.fulfil', 'order:900')->id ? 'same' : 'other', "\n";
echo "$run->workflow $run->version $run->category $run->subject $run->trigger $run->occurrence ", json_encode([$run->parent, $run->input, $run->duplicate]), "\n";
echo abs($run->startedAt / 1e6 - time()) < 5 && $run->changedAt >= $run->startedAt ? 'now' : 'wrong', "\n";
$finished = $run->events()[4];
echo json_encode([$finished['d']['cost'], $finished['p']['artifacts'], $finished['p']['notes'], $finished['p']['touched_ids']], JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
?>
--EXPECT--
order.fulfil/one attempt 1, key 1, run 1, external never, input {"total":"12.50"}
left 30 true
SophMate\InvalidArgument: Run <id>: $step "three" is not done
SophMate\InvalidArgument: Run <id>: $step "nothing" does not exist in this run
one two three
completed
[{"contact":"c_1","f":1,"none":{}},"c_1!",null]
SophMate\InvalidArgument: Run <id>: $step "four" does not exist in this run
one Done 1 External Never sales {"contact":"c_1","f":1,"none":{}} {"contact":["c_1","c_2"]} in order NULL
two Done 1 External Never sales "c_1!" [] in order NULL
three Done 1 External Never sales null [] in order NULL
1 run.started NULL category,definition,fingerprint,occurrence,steps,subject,trigger,version,workflow | input,subject
2 step.started NULL attempt,grace,lease,step | 
3 external.recorded NULL attempt,id_hash,kind,step | id
4 external.recorded NULL attempt,id_hash,kind,step | id
5 step.finished NULL attempt,cost,step,touched | artifacts,notes,output,touched_ids
6 step.started NULL attempt,grace,lease,step | 
7 step.finished NULL attempt,step | output
8 step.started NULL attempt,grace,lease,step | 
9 step.finished NULL attempt,step | output
10 run.completed NULL  | 
same
order.fulfil 1 commerce order:900 hook 1 [null,{"total":"12.50"},false]
now
[[["0.12","EUR","gateway"]],{"request":{"raw":null}},["customer called Åsa 🛒"],[["post","12"]]]
