--TEST--
Value objects: no clone, no serialization, no dynamic property, no second construction, none through Reflection
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use SophMate\{Answer, Effect, Retry, Step, Workflow};

$step = new Step('s', fn () => 1, Effect::Read);
$objects = [new Workflow('w', '1', 'c', 'o', [$step]), $step, new Retry, Answer::done()];
foreach ($objects as $o) {
    $class = get_class($o);
    $r = new ReflectionClass($class);
    echo "-- $class ", $r->isFinal() ? 'final' : 'open', $r->isReadOnly() ? ' readonly' : '', $r->isCloneable() ? ' cloneable' : '', "\n";
    thrown(fn () => clone $o);
    thrown(fn () => serialize($o));
    thrown(fn () => unserialize('O:' . strlen($class) . ":\"$class\":0:{}"));
    thrown(fn () => unserialize('C:' . strlen($class) . ":\"$class\":0:{}"));
    thrown(fn () => $o->other = 1);
    thrown(fn () => $r->newInstanceWithoutConstructor());
    thrown(fn () => $r->newInstance());
    if ($r->hasMethod('__construct')) {
        $arguments = ['SophMate\Workflow' => ['w', '1', 'c', 'o', [$step]], 'SophMate\Step' => ['s', 'strlen', Effect::Money], 'SophMate\Retry' => [5]][$class];
        thrown(fn () => $o->__construct(...$arguments));
        thrown(fn () => $r->getConstructor()->invoke($o, ...$arguments));
    }
    $property = $r->getProperties()[0];
    thrown(fn () => $property->setValue($o, 'x'));
    thrown(function () use ($o, $property) { $x = &$o->{$property->getName()}; });
    var_dump(count((array) $o) > 2, json_decode(json_encode($o, JSON_PARTIAL_OUTPUT_ON_ERROR)) !== null);
}
var_dump($step->effect === Effect::Read, $objects[2]->attempts);
?>
--EXPECT--
-- SophMate\Workflow final readonly
Error: Trying to clone an uncloneable object of class SophMate\Workflow
Exception: Serialization of 'SophMate\Workflow' is not allowed
Exception: Unserialization of 'SophMate\Workflow' is not allowed
Exception: Unserialization of 'SophMate\Workflow' is not allowed
Error: Cannot create dynamic property SophMate\Workflow::$other
ReflectionException: Class SophMate\Workflow is an internal class marked as final that cannot be instantiated without invoking its constructor
ArgumentCountError: SophMate\Workflow::__construct() expects at least 5 arguments, 0 given
Error: SophMate\Workflow::__construct() was called already
Error: SophMate\Workflow::__construct() was called already
Error: Cannot modify readonly property SophMate\Workflow::$name
Error: Cannot modify readonly property SophMate\Workflow::$name
bool(true)
bool(true)
-- SophMate\Step final readonly
Error: Trying to clone an uncloneable object of class SophMate\Step
Exception: Serialization of 'SophMate\Step' is not allowed
Exception: Unserialization of 'SophMate\Step' is not allowed
Exception: Unserialization of 'SophMate\Step' is not allowed
Error: Cannot create dynamic property SophMate\Step::$other
ReflectionException: Class SophMate\Step is an internal class marked as final that cannot be instantiated without invoking its constructor
ArgumentCountError: SophMate\Step::__construct() expects at least 3 arguments, 0 given
Error: SophMate\Step::__construct() was called already
Error: SophMate\Step::__construct() was called already
Error: Cannot modify readonly property SophMate\Step::$name
Error: Cannot modify readonly property SophMate\Step::$name
bool(true)
bool(true)
-- SophMate\Retry final readonly
Error: Trying to clone an uncloneable object of class SophMate\Retry
Exception: Serialization of 'SophMate\Retry' is not allowed
Exception: Unserialization of 'SophMate\Retry' is not allowed
Exception: Unserialization of 'SophMate\Retry' is not allowed
Error: Cannot create dynamic property SophMate\Retry::$other
ReflectionException: Class SophMate\Retry is an internal class marked as final that cannot be instantiated without invoking its constructor
returned SophMate\Retry
Error: SophMate\Retry::__construct() was called already
Error: SophMate\Retry::__construct() was called already
Error: Cannot modify readonly property SophMate\Retry::$attempts
Error: Cannot modify readonly property SophMate\Retry::$attempts
bool(true)
bool(true)
-- SophMate\Answer final readonly
Error: Trying to clone an uncloneable object of class SophMate\Answer
Exception: Serialization of 'SophMate\Answer' is not allowed
Exception: Unserialization of 'SophMate\Answer' is not allowed
Exception: Unserialization of 'SophMate\Answer' is not allowed
Error: Cannot create dynamic property SophMate\Answer::$other
ReflectionException: Class SophMate\Answer is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: SophMate\Answer objects are made by the extension only
Error: Cannot modify readonly property SophMate\Answer::$outcome
Error: Cannot modify readonly property SophMate\Answer::$outcome
bool(true)
bool(true)
bool(true)
int(3)
