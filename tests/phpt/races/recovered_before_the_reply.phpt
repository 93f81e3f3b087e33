--TEST--
A worker whose reply came after its lease, when others had gone on, neither acts nor reports for their attempt
--EXTENSIONS--
pdo
pdo_sqlite
--INI--
sophmate.lease_margin_ms=100
sophmate.grace_ms=100
sophmate.clock_skew_ms=100
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, Effect, Engine, Step};

$acts = [];
$flow = fn (string $who, bool $stay) => workflow('order', new Step('charge', function (Attempt $a) use ($who, $stay) {
    $GLOBALS['acts'][] = "$who attempt $a->attempt";
    if ($stay) {
        Fiber::suspend();       // the request is on its way
    }
    return 'ch_1';
}, Effect::Money, timeoutSeconds: 0.2));
$slow = store();
$late = new Engine($slow);
$late->register($flow('late', false));
$late->start('order', 'warm');
foreach (['second attempt under way' => true, 'completed' => false] as $name => $stay) {
    echo "-- $name\n";
    $acts = [];
    $others = null;
    // The start is stored; its reply is lost, and until that is known others have recovered the run and gone on.
    $slow->write = function (Closure $do, string $sql) use ($slow, $name, $stay, $flow, &$others) {
        $do();
        $slow->write = null;
        $others = new Fiber(function () use ($name, $stay, $flow) {
            usleep(450000);
            $engine = new Engine(new TestStore(new PdoStore(dsn(), 'wp_sophmate_', 'test')));
            $engine->register($flow('others', $stay));
            $run = $engine->findBySubject('order', $name);
            show($engine->advance($run->id));
            $engine->verdict($run->id, Answer::notDone('the books have nothing'), 'ann', 'looked');
            $engine->advance($run->id);
        });
        $others->start();
        throw new RuntimeException('gone away');
    };
    show($late->start('order', $name));
    echo implode(', ', $acts), "\n", history($late->findBySubject('order', $name)), "\n";
    if ($stay) {
        $others->resume();
        echo history($late->findBySubject('order', $name)), "\n";
    }
}
?>
--EXPECT--
-- second attempt under way
unknown at charge, owner operations: charge may have happened (lease)
running at charge, owner operations
others attempt 2
run.started step.started step.unknown verdict.not_done step.started
run.started step.started step.unknown verdict.not_done step.started step.finished run.completed
-- completed
unknown at charge, owner operations: charge may have happened (lease)
completed
others attempt 2
run.started step.started step.unknown verdict.not_done step.started step.finished run.completed
