--TEST--
The process ends inside the store: the bridge's busy flag does not stop the shutdown function
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

$store = store();
$ends = [
    'exit before the start' => ['$n === 1', 'exit("bye")', []],
    'exit after the effect' => ['$n === 2', 'exit("bye")', []],
    'exit after storing the outcome' => ['$n === 2', '$do() . exit("bye")', []],
    'time after the effect' => ['$n === 2', '(function () { set_time_limit(1); for (;;); })()', []],
];
foreach ($ends as $name => [$when, $end, $ini]) {
    (new Engine($store))->once('warm', 1, fn () => 1);      // the switch rows are there
    $child = new Child('$s = store(); $n = 0; $s->write = function ($do) use (&$n, $s) { $n++; if (' . $when . ') { return ' . $end . '; } return $do(); };
        $e = new Engine($s); $e->once(' . var_export($name, true) . ', 1, function () { echo "acted "; return 1; });', $ini);
    $out = $child->end();
    echo $name, ': ', str_contains($out, 'acted') ? 'acted' : 'not', ' ', preg_match('/bye|Allowed memory|Maximum execution/', $out, $m) ? $m[0] : $out, "\n  ";
    $run = (new Engine($store))->findBySubject('once', $name);
    show($run === null ? null : $run);
    echo $run ? '  ' . history($run) . "\n" : '';
}
?>
--EXPECT--
exit before the start: not bye
  no run
exit after the effect: acted bye
  unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
exit after storing the outcome: acted bye
  completed
  run.started step.started step.finished run.completed
time after the effect: acted Maximum execution
  unknown at effect, owner site owner: effect may have happened (fatal): Maximum execution time of 1 second exceeded
  run.started step.started step.unknown
