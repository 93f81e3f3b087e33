--TEST--
The engine's listener hears of every stored change at least once; what it throws comes out and is heard again
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\Engine;

$store = store();
$heard = [];
$fail = false;
$engine = null;
$listener = function (string $id, string $from, string $to) use (&$heard, &$fail, &$engine) {
    $heard[] = ($from === '' ? 'new' : $from) . " to $to";
    if ($fail) {
        throw new RuntimeException('listener failed');
    }
    // a listener may look, and even tick: that does not call it again
    $heard[] = 'sees ' . $engine->find($id)->state->value;
    $engine->runs();
    $engine->tick();
};
$engine = new Engine($store, null, $listener);
$engine->register(workflow('order', fn () => throw new SophMate\NotDone('no')));
$run = $engine->start('order', 'x');
echo count($heard), " heard before a tick\n";
$engine->tick();
echo implode(', ', $heard), "\n";
$heard = [];
$engine->stop($run->id, 'ann', 'enough');
$fail = true;
foreach (['tick' => fn () => $engine->tick(), 'runs' => fn () => $engine->runs(), 'external' => fn () => $engine->findByExternalId('a', 'b')] as $name => $call) {
    thrown($call);
}
echo implode(', ', $heard), "\n";
$heard = [];
$fail = false;
$engine->tick(0);
echo implode(', ', $heard), "\n";
$heard = [];
$engine->tick();
echo count($heard), " more\n";
// another engine without a listener moves the mark on
$other = new Engine($store);
$other->start(workflow('order', fn () => 1), 'y');
$other->tick();
$engine->tick();
echo count($heard), " more\n";
thrown(fn () => new Engine($store, null, 'no_such_function'));
thrown(fn () => new Engine($store, 'no_such_function'));
$exiting = new Engine($store, null, fn () => exit("the listener left\n"));
$exiting->start(workflow('order', fn () => 1), 'z');
$exiting->tick();
echo "never\n";
?>
--EXPECT--
0 heard before a tick
new to paused, sees paused
RuntimeException: listener failed
RuntimeException: listener failed
RuntimeException: listener failed
paused to stopped, paused to stopped, paused to stopped
paused to stopped, sees stopped
0 more
0 more
TypeError: SophMate\Engine::__construct(): Argument #3 ($changed) must be a valid callback or null, function "no_such_function" not found or invalid function name
TypeError: SophMate\Engine::__construct(): Argument #2 ($judge) must be a valid callback or null, function "no_such_function" not found or invalid function name
the listener left
