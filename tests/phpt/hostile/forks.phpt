--TEST--
Forks in the judge, in jsonSerialize(), in a destructor, in the store and in the listener: the child never goes on with its parent's call or connection
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$before = '
    $store = store(); $parent = getmypid(); $statements = 0;
    // statements that reach the store in a child without a reset before
    $fork = function () use ($store) {
        if (pcntl_fork() === 0) {
            $store->resets = 0;
            $store->write = $store->read = function ($do) use ($store) { if (!$store->resets) { echo "child used the connection of its parent\n"; } return $do(); };
            return "child";
        }
        pcntl_wait($status);
        return "parent";
    };
    class Json implements JsonSerializable { function __construct(private $f) {} function jsonSerialize(): mixed { return ($this->f)(); } }
    class Gone { function __construct(private $f) {} function __destruct() { ($this->f)(); } }
    function told(callable $f): void { try { $r = $f(); echo getmypid() === $GLOBALS["parent"] ? "parent" : "child", " got ", json_encode($r), "\n"; }
        catch (Throwable $e) { echo getmypid() === $GLOBALS["parent"] ? "parent" : "child", ": ", get_class($e), ": ", $e->getMessage(), "\n"; } }
';
$cases = [
    'judge' => '$e = new Engine($store, function () use ($fork) { $fork(); return null; }); told(fn () => $e->once("judge", 1, fn () => "done"));',
    'output' => '$e = new Engine($store); told(fn () => $e->once("output", 1, fn () => new Json($fork)));',
    'output, and the child uses the engine' => '$e = new Engine($store); told(fn () => $e->once("output, and the child uses the engine", 1, fn () => new Json(function () use ($fork, $e) { $who = $fork(); if ($who === "child") { $e->once("the child\'s own", 1, fn () => 1); } return $who; })));',
    'payload' => '$e = new Engine($store); $e->once("warm", 1, fn () => 1); told(fn () => $e->once("payload", new Json(fn () => [$fork(), 1][1]), fn () => "done"));',
    'destructor' => '$e = new Engine($store); told(fn () => $e->once("destructor", 1, function ($a) use ($fork) { $a->note("x"); $GLOBALS["x"] = new Gone($fork); unset($GLOBALS["x"]); return "done"; }));',
    'probe' => '$e = new Engine($store); try { $e->once("probe", 1, fn () => throw new Error("lost")); } catch (SophMate\OutcomeUnknown) {} told(fn () => $e->once("probe", 1, fn () => print("never\n"), probe: function () use ($fork) { $fork(); return Answer::done("asked"); }));',
    'write' => '$e = new Engine($store); $e->once("warm", 1, fn () => 1); $n = 0; $store->write = function ($do) use ($fork, &$n, $store) { $n++; if ($n === 2) { $fork(); } return getmypid() === $GLOBALS["parent"] ? $do() : 1; }; told(fn () => $e->once("write", 1, fn () => "done"));',
    'listener' => '$e = new Engine($store, null, $fork); $e->once("listener", 1, fn () => "done"); told(fn () => $e->tick() !== []);',
];
foreach ($cases as $name => $code) {
    echo "-- $name\n";
    $child = new Child($before . $code);
    echo $child->end(), "\n";
    if ($run = (new Engine(store(false)))->findBySubject('once', $name)) {
        echo history($run), "\n";
    }
}
echo "-- a reset that fails in the child: its parent's connection is not used\n";
$child = new Child($before . '
    $e = new Engine($store); $e->once("before", 1, fn () => 1);
    if (pcntl_fork() === 0) {
        $store->counted();
        $store->reset = fn () => throw new LogicException("no reset");
        told(fn () => $e->once("child", 1, fn () => print("never\n")));
        told(fn () => $e->runs());
        echo $store->counted(), "\n";
        $store->reset = null;
        told(fn () => $e->once("child", 1, fn () => "now"));
        exit;
    }
    pcntl_wait($status);
');
echo $child->end(), "\n";
?>
--EXPECT--
-- judge
child: SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
parent got "done"
run.started step.started step.finished run.completed
-- output
child: SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
parent got "parent"
run.started step.started step.finished run.completed
-- output, and the child uses the engine
child: SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
parent got "parent"
run.started step.started step.finished run.completed
-- payload
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
parent got "done"
run.started step.started step.finished run.completed
-- destructor
child: SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
parent got "done"
run.started step.started step.finished run.completed
-- probe
child: SophMate\InvalidState: A forked child may report nothing about an attempt that began in its parent
parent got "asked"
run.started step.started step.unknown verdict.done run.completed
-- write
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
parent got "done"
run.started step.started step.finished run.completed
-- listener
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
child: SophMate\InvalidState: A forked child may not go on with a call that its parent began
parent got true
run.started step.started step.finished run.completed
-- a reset that fails in the child: its parent's connection is not used
child: SophMate\StoreError: The store's reset() threw LogicException
child: SophMate\StoreError: The store's reset() threw LogicException
0 writes, 0 reads
child got "now"
