--TEST--
exit() inside a step: recorded at once as may have happened, after the shutdown functions that were there before
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$child = new Child('
    register_shutdown_function(fn () => print("registered before\n"));
    $store = store();
    $engine = new Engine($store);
    try {
        $engine->start(workflow("order", fn () => "done", function () use ($store) {
            register_shutdown_function(fn () => print("registered inside\n"));
            $store->write = function ($do) { echo "recorded\n"; return $do(); };
            exit("leaving\n");
        }), "x");
    } catch (Throwable $e) { echo "caught\n"; } finally { echo "finally\n"; }
');
echo $child->end(), "\n";
$run = (new Engine(store(false)))->findBySubject('order', 'x');
show($run);
echo history($run), "\n";
echo json_encode([$run->events()[4]['d']['why'], $run->events()[4]['p']]), "\n";
echo "-- in once, in a nested once, in a probe, in the judge\n";
$child = new Child('$e = new Engine(store()); $e->once("plain", 1, fn () => exit("bye"));');
echo $child->end(), "\n";
$child = new Child('$e = new Engine(store()); $e->once("outer", 1, fn () => $e->once("inner", 1, fn () => exit("bye")));');
echo $child->end(), "\n";
$child = new Child('$e = new Engine(store()); try { $e->once("probed", 1, fn () => throw new Error("lost")); } catch (SophMate\OutcomeUnknown) {} $e->once("probed", 1, fn () => 1, probe: fn () => exit("bye"));');
echo $child->end(), "\n";
$child = new Child('$e = new Engine(store(), fn () => exit("bye")); $e->once("judged", 1, fn () => 1);');
echo $child->end(), "\n";
$child = new Child('class Leave implements JsonSerializable { function jsonSerialize(): mixed { exit("bye"); } } $e = new Engine(store()); $e->once("encoded", 1, fn () => new Leave);');
echo $child->end(), "\n";
$child = new Child('class Leave { function __destruct() { exit("bye"); } } $e = new Engine(store()); $e->once("destroyed", 1, function () { $l = new Leave; return 1; });');
echo $child->end(), "\n";
foreach (['plain', 'outer', 'inner', 'probed', 'judged', 'encoded', 'destroyed'] as $key) {
    echo $key, ': ';
    show($run = (new Engine(store(false)))->findBySubject('once', $key));
    echo '  ', history($run), "\n";
}
?>
--EXPECT--
leaving
registered before
recorded
registered inside
unknown at two, owner sales: two may have happened (fatal): the process ended inside the step
run.started step.started step.finished step.started step.unknown
["fatal",{"message":"the process ended inside the step"}]
-- in once, in a nested once, in a probe, in the judge
bye
bye
bye
bye
bye
bye
plain: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
outer: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
inner: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
probed: unknown at effect, owner site owner: effect may have happened (lost_answer): lost
  run.started step.started step.unknown
judged: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
encoded: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
destroyed: unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
  run.started step.started step.unknown
