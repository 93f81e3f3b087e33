--TEST--
once() checks its arguments before anything is stored
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Effect, Engine, Repeat};

$store = store();
$engine = new Engine($store);
$store->counted();
$f = fn () => 'done';
foreach (['', str_repeat('k', 1025), "\xff"] as $key) {
    thrown(fn () => $engine->once($key, 1, $f));
}
foreach ([0, -1, 3600, NAN] as $seconds) {
    thrown(fn () => $engine->once('k', 1, $f, timeoutSeconds: $seconds));
}
thrown(fn () => $engine->once('k', 1, $f, keyWindowSeconds: -1));
thrown(fn () => $engine->once('k', 1, $f, repeat: Repeat::Once));
thrown(fn () => $engine->once('k', 1, $f, category: 'Payments'));
thrown(fn () => $engine->once('k', STDIN, $f));
thrown(fn () => $engine->once('k', str_repeat('a', 1 << 20), $f));
thrown(fn () => $engine->once('k', 1, 'no_such_function'));
thrown(fn () => $engine->once('k', 1, $f, probe: 'no_such_function'));
thrown(fn () => $engine->once('k', 1));
echo $store->counted(), "\n";
thrown(fn () => $engine->once('k', 1, $f, Effect::Money, Repeat::Once, null, 1, 400));
?>
--EXPECT--
SophMate\InvalidArgument: Engine::once(): $key must have 1 to 1024 bytes, got 0
SophMate\InvalidArgument: Engine::once(): $key must have 1 to 1024 bytes, got 1025
SophMate\InvalidArgument: Engine::once(): $key must be UTF-8, got "\xff"
SophMate\InvalidArgument: Engine::once(): $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 0
SophMate\InvalidArgument: Engine::once(): $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got -1
SophMate\InvalidArgument: Engine::once(): $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 3600
SophMate\InvalidArgument: Engine::once(): $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got NAN
SophMate\InvalidArgument: Engine::once(): $keyWindowSeconds must be 0 to 316224000 seconds, got -1
SophMate\DefinitionError: $repeat, $keyWindowSeconds: step "effect": repeat once needs a key window of at least twice lease + grace, 200000 ms, got 0 ms (how long does the other side remember an idempotency key?)
SophMate\DefinitionError: $category must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Payments" (8 bytes)
SophMate\InvalidArgument: Engine::once(): $payload: $ has no canonical form: a resource
SophMate\LimitExceeded: Engine::once(): $payload: the canonical text is longer than 1048576 bytes
TypeError: SophMate\Engine::once(): Argument #3 ($effect) must be a valid callback, function "no_such_function" not found or invalid function name
TypeError: SophMate\Engine::once(): Argument #6 ($probe) must be a valid callback or null, function "no_such_function" not found or invalid function name
ArgumentCountError: SophMate\Engine::once() expects at least 3 arguments, 2 given
0 writes, 0 reads
returned 'done'
