--TEST--
Destructors that throw after the effect, and exceptions whose class is hostile: the outcome is stored all the same
--EXTENSIONS--
pdo
pdo_sqlite
--INI--
zend.exception_ignore_args=1
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, FailureClass, NotDone};

$store = store();
class Bomb
{
    static int $thrown = 0;
    function __construct(public string $name = 'bomb') {}
    function __destruct() { self::$thrown++; throw new LogicException("destructor of $this->name"); }
}
class JsonBomb extends Bomb implements JsonSerializable
{
    function jsonSerialize(): mixed { return "value of $this->name"; }
}
class FailureWithBomb extends RuntimeException
{
    function __destruct() { throw new LogicException('destructor of an exception'); }
}
$told = function (string $key, Engine $e) {
    $run = $e->findBySubject('once', $key) ?? $e->findBySubject('order', $key);
    $last = $run->events();
    $notes = array_column(array_column($last, 'p'), 'notes');
    echo "  $key: ", $run->state->value, ' | ', history($run), $notes ? ' | notes ' . json_encode($notes) : '', "\n";
};
$engine = new Engine($store);

echo "-- an output that explodes when the next step's takes its place\n";
thrown(fn () => $engine->start(workflow('order', fn () => new JsonBomb('one'), fn () => new JsonBomb('two'), fn () => 'three'), 'outputs')->state->value);
$told('outputs', $engine);

echo "-- one that the judge rejects\n";
$judged = new Engine($store, fn ($v) => is_object($v) ? new DomainException('judged') : null);
thrown(fn () => $judged->once('judged', 1, fn () => new Bomb));
$told('judged', $engine);

echo "-- one that has no canonical form\n";
thrown(fn () => gettype($engine->once('no form', 1, fn () => new Bomb)));
$told('no form', $engine);

echo "-- the store's own exceptions, one after the other\n";
$n = 0;
$store->write = function ($do) use (&$n) { return ++$n === 2 || $n === 3 ? throw new FailureWithBomb('write') : $do(); };
thrown(fn () => $engine->once('store failures', 1, fn () => 'done'));
$store->write = null;
$told('store failures', $engine);

echo "-- rows with objects in them\n";
$n = 0;
$store->write = fn ($do) => $do() * (++$n === 2 ? 0 : 1);
$store->read = function ($do) use (&$n) { static $once = 0; return $n === 2 && !$once++ ? [new Bomb('row')] : $do(); };
thrown(fn () => $engine->once('rows', 1, fn () => 'done'));
$store->write = $store->read = null;
$told('rows', $engine);

echo "-- hostile subclasses of NotDone and of exceptions\n";
class Redeclared extends NotDone
{
    public readonly ?string $failure;
    public readonly ?FailureClass $class;
    public readonly ?float $retryAfterSeconds;
    function __construct(?string $failure, ?float $wait) { $this->message = "m"; $this->failure = $failure; $this->retryAfterSeconds = $wait; }
}
class Magic extends NotDone
{
    public readonly ?string $failure;
    public readonly ?FailureClass $class;
    function __construct() { unset($this->failure, $this->class); }
    function __get($name) { throw new Error("__get $name"); }
    function __isset($name) { throw new Error("__isset $name"); }
}
class OddMessage extends RuntimeException
{
    function __construct(mixed $m) { $this->message = $m; }
}
$list = ['invalid' => new Redeclared("A\xff\0", NAN), 'long' => new Redeclared(str_repeat('LONG ', 100), INF), 'empty' => new Redeclared('', -1e300), 'null' => new Redeclared(null, 1e300),
        'magic' => new Magic, 'odd array' => new OddMessage([1]), 'odd null' => new OddMessage(null), 'odd bytes' => new OddMessage("\xff\0"), 'huge' => new OddMessage(str_repeat('ä', 1 << 20)),
        'bomb' => new FailureWithBomb('bomb'), 'anonymous' => new class('anonymous') extends Exception {}];
foreach ($list as $name => $exception) {
    try {
        $engine->once($name, 1, fn () => throw $exception);
    } catch (SophMate\Exception $e) {
        echo get_class($e), ' <- ', $e->getPrevious() === $exception ? 'it' : 'lost', isset($e->failure) ? " $e->failure" : '', "\n";
    }
    unset($e);
    $told($name, $engine);
}
try {
    unset($exception, $list);
} catch (LogicException) {
}
echo "-- the attempt is dropped with a note in it, and explodes\n";
thrown(fn () => $engine->once('attempt', 1, function (Attempt $a) { $a->artifact('x', new JsonBomb('artifact')); return 'done'; }));
$told('attempt', $engine);
?>
--EXPECT--
-- an output that explodes when the next step's takes its place
returned 'completed'
  outputs: completed | run.started step.started step.finished step.started step.finished step.started step.finished run.completed | notes [["destructor of one"],["destructor of two"]]
-- one that the judge rejects
SophMate\OutcomeUnknown: "judged" has an unknown outcome: it may have happened; a probe or a verdict settles it
  judged: unknown | run.started step.started step.unknown | notes [["destructor of bomb"]]
-- one that has no canonical form
LogicException: destructor of bomb
  no form: completed | run.started step.started step.finished run.completed | notes [["$ has no canonical form: an object of class Bomb (only stdClass, JsonSerializable and backed enums have one)"]]
-- the store's own exceptions, one after the other
returned 'done'
  store failures: completed | run.started step.started step.finished run.completed
-- rows with objects in them
returned 'done'
  rows: completed | run.started step.started step.finished run.completed
-- hostile subclasses of NotDone and of exceptions
SophMate\EffectRefused <- it a__
  invalid: waiting | run.started step.started step.failed
SophMate\EffectRefused <- it long long long long long long long long long lon
  long: waiting | run.started step.started step.failed
SophMate\EffectRefused <- it
  empty: waiting | run.started step.started step.failed
SophMate\EffectRefused <- it
  null: waiting | run.started step.started step.failed
SophMate\EffectRefused <- it
  magic: waiting | run.started step.started step.failed
SophMate\OutcomeUnknown <- it
  odd array: unknown | run.started step.started step.unknown
SophMate\OutcomeUnknown <- it
  odd null: unknown | run.started step.started step.unknown
SophMate\OutcomeUnknown <- it
  odd bytes: unknown | run.started step.started step.unknown
SophMate\OutcomeUnknown <- it
  huge: unknown | run.started step.started step.unknown
SophMate\OutcomeUnknown <- it
  bomb: unknown | run.started step.started step.unknown
SophMate\OutcomeUnknown <- it
  anonymous: unknown | run.started step.started step.unknown
-- the attempt is dropped with a note in it, and explodes
SophMate\OutcomeUnknown: "attempt" has an unknown outcome: it may have happened; a probe or a verdict settles it
  attempt: unknown | run.started step.started step.unknown
