--TEST--
A forked child resets its store, forgets its parent's runs and reports nothing about its attempts
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$child = new Child('
    $store = store(); $e = new Engine($store); $e->once("before", 1, fn () => "parent did it"); $keys = new IdempotencyKeys($store); $claim = $keys->claim("claimed", 1);
    $run = $e->start(workflow("order", function (Attempt $a) use ($e, $store, $keys, $claim) {
        $pid = pcntl_fork();
        if ($pid === 0) {
            thrown(fn () => $a->externalId("charge", "from the child"));
            thrown(fn () => $a->note("from the child"));
            thrown(fn () => $keys->complete($claim, 1));
            $store->resets = $store->reads = 0;
            echo $e->once("before", 1, fn () => "never"), " ", $store->resets, " reset, $store->reads read\n";
            echo $e->once("in the child", 1, fn () => "the child did it"), "\n";
            thrown(fn () => $e->tick());
            return "the child returns from the step";
        }
        pcntl_waitpid($pid, $status);
        echo "child ended with ", pcntl_wexitstatus($status), "\n";
        return "the parent did it";
    }), "x");
    if (!$run) { return; }
    show($run); echo $run->output("one"), "\n", history($run), "\n";
');
echo preg_replace(['/ in \S+:\d+/', '/\n(Stack trace|#\d| +thrown).*/'], '', $child->end()), "\n";
$engine = new Engine(store(false));
echo history($engine->findBySubject('order', 'x')), "\n";
echo "-- exit in the child inside the parent's step\n";
$child = new Child('
    $e = new Engine(store());
    $e->once("forked", 1, function () { if (pcntl_fork() === 0) { exit(0); } pcntl_wait($status); return "parent"; });
    echo "done";
');
echo $child->end(), "\n";
echo history($engine->findBySubject('once', 'forked')), "\n";
?>
--EXPECT--
SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
SophMate\InvalidState: A forked child may report nothing about a claim that its parent holds
parent did it 1 reset, 1 read
the child did it
returned array (
  'sequenced' => 12,
  'projected' => 12,
  'due' => 0,
  'recovered' => 0,
  'probed' => 0,
  'started' => 0,
  'moved' => 0,
  'put_off' => 0,
  'failed' => 0,
)

Fatal error: Uncaught SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent in Standard input code:3
child ended with 255
completed
the parent did it
run.started step.started step.finished run.completed
run.started step.started step.finished run.completed
-- exit in the child inside the parent's step
done
run.started step.started step.finished run.completed
