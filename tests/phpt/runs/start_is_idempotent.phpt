--TEST--
start() of the same event gives the run that exists; another input is a conflict; another occurrence another run
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Conflict, Engine};

$store = store();
$calls = 0;
$w = workflow('order', function () use (&$calls) { return ++$calls; });
foreach ([new Engine($store), new Engine($store)] as $engine) {
    $a = $engine->start($w, 'order:1', ['total' => 1]);
    $b = $engine->start('order', 'order:1', (object) ['total' => 1.0]);
    echo $a->id === $b->id ? 'same run' : 'other run', ", $calls call\n";
    try {
        $engine->start('order', 'order:1', ['total' => 2]);
    } catch (Conflict $e) {
        echo "$e->key ", strlen($e->storedFingerprint), ' ', strlen($e->givenFingerprint), ' ', var_export($e->storedFingerprint === $e->givenFingerprint, true), ' ', $e->runId === $a->id ? 'its run' : 'no run', ' ',
            $e->effectMayHaveHappened() ? 'maybe' : 'nothing sent', "\n", preg_replace('/[0-9a-f]{16}\.\.\./', '<hex>', $e->getMessage()), "\n";
    }
}
echo $engine->start('order', 'order:1', ['total' => 2], occurrence: '2')->id === $a->id ? 'same' : 'another', " run, $calls calls\n";
echo $engine->start('order')->id === $engine->start('order')->id ? 'same' : 'another', " run, $calls calls\n";
echo strlen($engine->start('order')->id), ' ', var_export($engine->start('order')->subject, true), "\n";
echo "-- arguments\n";
foreach (['', str_repeat('s', 1025), "\xff"] as $subject) {
    thrown(fn () => $engine->start('order', $subject));
}
foreach (['', '0', '01', '-1', '1.5', 'one', str_repeat('9', 19)] as $occurrence) {
    thrown(fn () => $engine->start('order', 'o', occurrence: $occurrence));
}
foreach (['', 'Hook', str_repeat('t', 65), "a\n"] as $trigger) {
    thrown(fn () => $engine->start('order', 'o', trigger: $trigger));
}
thrown(fn () => $engine->start('nothing', 'o'));
thrown(fn () => $engine->start('once', 'o'));
thrown(fn () => $engine->start('order', 'o', fn () => 1));
thrown(fn () => $engine->start('order', 'o', str_repeat('i', 1048576)));
thrown(fn () => $engine->register(workflow('order', fn () => 1)));
thrown(fn () => $engine->register($w, 'x'));
$engine->register($w, $w);
echo "$calls calls\n";
?>
--EXPECT--
same run, 1 call
order:1 64 64 false its run nothing sent
"order:1" is known with another payload (stored fingerprint <hex>, given <hex>): nothing was sent
same run, 1 call
order:1 64 64 false its run nothing sent
"order:1" is known with another payload (stored fingerprint <hex>, given <hex>): nothing was sent
another run, 2 calls
another run, 4 calls
32 NULL
-- arguments
SophMate\InvalidArgument: $subject must have 1 to 1024 bytes, got 0
SophMate\InvalidArgument: $subject must have 1 to 1024 bytes, got 1025
SophMate\InvalidArgument: $subject must be UTF-8, got "\xff"
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got ""
returned SophMate\Run
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got "01"
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got "-1"
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got "1.5"
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got "one"
SophMate\InvalidArgument: $occurrence must be a decimal number of 1 to 18 digits, got "9999999999999999999"
SophMate\InvalidArgument: $trigger must be 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash, got ""
SophMate\InvalidArgument: $trigger must be 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash, got "Hook"
SophMate\InvalidArgument: $trigger must be 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash, got "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt..."
SophMate\InvalidArgument: $trigger must be 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash, got "a\x0a"
SophMate\DefinitionError: $workflow: no workflow "nothing" is registered with this engine
SophMate\DefinitionError: $workflow: no workflow "once" is registered with this engine
SophMate\InvalidArgument: $input: $ has no canonical form: an object of class Closure (only stdClass, JsonSerializable and backed enums have one)
SophMate\LimitExceeded: $input: the canonical text is longer than 1048576 bytes
SophMate\DefinitionError: A workflow named "order" is registered already, by another object
TypeError: SophMate\Engine::register(): Argument #2 must be of type SophMate\Workflow, string given
7 calls
