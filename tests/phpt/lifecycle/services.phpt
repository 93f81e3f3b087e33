--TEST--
Services and what they give: no clone, no serialization, no dynamic property, no second construction, none through Reflection
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine, IdempotencyKeys, KillSwitches};

$store = store();
$engine = new Engine($store);
$kept = null;
$run = $engine->start(workflow('order', function (Attempt $a) use (&$kept) { $kept = $a; }), 'x');
$keys = new IdempotencyKeys($store);
$switches = new KillSwitches($store);
foreach ([$engine, $run, $kept, $keys, $keys->claim('k', 1), $switches, $switches->state('*')] as $o) {
    $class = get_class($o);
    $r = new ReflectionClass($class);
    echo "-- $class ", $r->isFinal() ? 'final' : 'open', $r->isCloneable() ? ' cloneable' : '', "\n";
    thrown(fn () => clone $o);
    thrown(fn () => serialize($o));
    thrown(fn () => unserialize('O:' . strlen($class) . ":\"$class\":0:{}"));
    thrown(fn () => $o->other = 1);
    thrown(fn () => $r->newInstanceWithoutConstructor());
    thrown(fn () => $r->newInstance());
    if ($r->hasMethod('__construct')) {
        thrown(fn () => $o->__construct($store));
        thrown(fn () => $r->getConstructor()->invoke($o, $store));
    }
    foreach ($r->getProperties() as $p) {
        try {
            $p->setValue($o, null);
            echo "changed {$p->getName()}\n";
        } catch (Error) {
        }
        try {
            if (!is_object($o->{$p->getName()})) {      // PHP gives a copy of the handle for these
                $x = &$o->{$p->getName()};
                echo "referenced {$p->getName()}\n";
            }
        } catch (Error) {
        }
    }
    ob_start();
    var_dump($o);
    print_r($o);
    var_export((array) $o);
    debug_zval_refcount($o);
    echo strlen(ob_get_clean()) > 50 ? "can be dumped\n" : "empty\n";
}
function debug_zval_refcount(object $o): void { foreach ($o as $k => $v) { echo $k; } }
echo "-- the key of the site is nowhere\n";
$secret = $store->read("SELECT value FROM wp_sophmate_meta WHERE name = 'site_key'", [])[0]['value'];
ob_start();
var_dump($engine, $run, $kept, $keys, $switches);
$dump = ob_get_clean();
echo strlen($secret), ' digits, ', str_contains($dump, $secret) ? 'shown' : 'hidden', "\n";
echo "-- objects that PDO fills\n";
$db = new PDO('sqlite::memory:');
foreach (['Engine', 'Run', 'Attempt', 'IdempotencyKeys', 'Claim', 'KillSwitches', 'SwitchState', 'Schema'] as $class) {
    foreach (["SELECT 'x' AS id, 'y' AS key, 'z' AS target", "SELECT 1 AS id WHERE 0 UNION ALL SELECT 1", "SELECT 'x' AS id", "SELECT 'x' AS key", "SELECT 'x' AS target"] as $sql) {
        try {
            $o = $db->query($sql)->fetchObject("SophMate\\$class");
            foreach (get_class_methods($o) as $method) {
                $arguments = match ($method) {
                    'output' => ['one'], 'externalId', 'affects' => ['a', 'b'], 'artifact' => ['a', 1], 'cost' => ['1', 'EUR', 'p'], 'note' => ['a'], 'state' => ['*'],
                    'hold' => ['*', 'a', 'b'], 'once' => ['k', 1, fn () => 1], 'find' => [str_repeat('0', 32)], 'claim' => ['k', 1], default => null,
                };
                if (!in_array($method, ['__construct', 'install', 'check', 'identity', 'adopt']) && ($arguments || (new ReflectionMethod($o, $method))->getNumberOfRequiredParameters() === 0)) {
                    try {
                        $o->$method(...$arguments ?? []);
                        echo "$class::$method returned\n";
                    } catch (Error | SophMate\Exception) {
                    }
                }
            }
        } catch (Error $e) {
        }
    }
}
echo "no crash\n";
?>
--EXPECT--
-- SophMate\Engine final
Error: Trying to clone an uncloneable object of class SophMate\Engine
Exception: Serialization of 'SophMate\Engine' is not allowed
Exception: Unserialization of 'SophMate\Engine' is not allowed
Error: Cannot create dynamic property SophMate\Engine::$other
ReflectionException: Class SophMate\Engine is an internal class marked as final that cannot be instantiated without invoking its constructor
ArgumentCountError: SophMate\Engine::__construct() expects at least 1 argument, 0 given
Error: SophMate\Engine::__construct() was called already
Error: SophMate\Engine::__construct() was called already
can be dumped
-- SophMate\Run final
Error: Trying to clone an uncloneable object of class SophMate\Run
Exception: Serialization of 'SophMate\Run' is not allowed
Exception: Unserialization of 'SophMate\Run' is not allowed
Error: Cannot create dynamic property SophMate\Run::$other
ReflectionException: Class SophMate\Run is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: SophMate\Run objects are made by the extension only
can be dumped
-- SophMate\Attempt final
Error: Trying to clone an uncloneable object of class SophMate\Attempt
Exception: Serialization of 'SophMate\Attempt' is not allowed
Exception: Unserialization of 'SophMate\Attempt' is not allowed
Error: Cannot create dynamic property SophMate\Attempt::$other
ReflectionException: Class SophMate\Attempt is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: SophMate\Attempt objects are made by the extension only
can be dumped
-- SophMate\IdempotencyKeys final
Error: Trying to clone an uncloneable object of class SophMate\IdempotencyKeys
Exception: Serialization of 'SophMate\IdempotencyKeys' is not allowed
Exception: Unserialization of 'SophMate\IdempotencyKeys' is not allowed
Error: Cannot create dynamic property SophMate\IdempotencyKeys::$other
ReflectionException: Class SophMate\IdempotencyKeys is an internal class marked as final that cannot be instantiated without invoking its constructor
ArgumentCountError: SophMate\IdempotencyKeys::__construct() expects exactly 1 argument, 0 given
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: SophMate\IdempotencyKeys::__construct() was called already
can be dumped
-- SophMate\Claim final
Error: Trying to clone an uncloneable object of class SophMate\Claim
Exception: Serialization of 'SophMate\Claim' is not allowed
Exception: Unserialization of 'SophMate\Claim' is not allowed
Error: Cannot create dynamic property SophMate\Claim::$other
ReflectionException: Class SophMate\Claim is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: SophMate\Claim objects are made by the extension only
can be dumped
-- SophMate\KillSwitches final
Error: Trying to clone an uncloneable object of class SophMate\KillSwitches
Exception: Serialization of 'SophMate\KillSwitches' is not allowed
Exception: Unserialization of 'SophMate\KillSwitches' is not allowed
Error: Cannot create dynamic property SophMate\KillSwitches::$other
ReflectionException: Class SophMate\KillSwitches is an internal class marked as final that cannot be instantiated without invoking its constructor
ArgumentCountError: SophMate\KillSwitches::__construct() expects exactly 1 argument, 0 given
Error: SophMate\KillSwitches::__construct() was called already
Error: SophMate\KillSwitches::__construct() was called already
can be dumped
-- SophMate\SwitchState final
Error: Trying to clone an uncloneable object of class SophMate\SwitchState
Exception: Serialization of 'SophMate\SwitchState' is not allowed
Exception: Unserialization of 'SophMate\SwitchState' is not allowed
Error: Cannot create dynamic property SophMate\SwitchState::$other
ReflectionException: Class SophMate\SwitchState is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: SophMate\SwitchState objects are made by the extension only
can be dumped
-- the key of the site is nowhere
64 digits, hidden
-- objects that PDO fills
no crash
