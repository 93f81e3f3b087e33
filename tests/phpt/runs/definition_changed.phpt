--TEST--
An update that renames a step of an open run rests it as paused with that reason; nothing fires
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, NotDone, FailureClass, Retry, Step, Effect, Repeat, Workflow};

$store = store();
$calls = [];
function make(string $second, string $version = '1'): Workflow
{
    return new Workflow('order', $version, 'commerce', 'operations', [
        new Step('one', function () { $GLOBALS['calls'][] = 'one'; }, Effect::External),
        new Step($second, function () use ($second) { $GLOBALS['calls'][] = $second; throw new NotDone('busy', null, FailureClass::ProviderLimit, 0.05); }, Effect::External, retry: new Retry(2, 60, 0.05)),
    ]);
}
$engine = new Engine($store);
$engine->register(make('two'));
$run = $engine->start('order', 'order:1');
show($run);
usleep(60000);
$after = new Engine($store);
$after->register(make('zwei'));
show($after->advance($run->id));
show($after->advance($run->id));
echo json_encode($after->tick(10)), ' ', implode(' ', $calls), "\n";
thrown(fn () => $after->resume($run->id, 'ann', 'go on'));
$back = new Engine($store);
$back->register(make('two', version: '2'));
show($back->resume($run->id, 'ann', 'the version only'));
echo implode(' ', $calls), "\n";
show($back->advance($run->id));
echo implode(' ', $calls), "\n";
$nobody = new Engine($store);
show($nobody->advance($run->id));        // not registered here: as it is
echo implode(' ', $calls), "\n";
show($after->stop($after->advance($run->id)->id, 'ann', 'enough'));
?>
--EXPECT--
waiting at two, owner operations: two was not done (provider_limit): busy
paused at two, owner operations: the registered workflow differs from the one that this run began with (version, or a step's name, effect or repeat)
paused at two, owner operations: the registered workflow differs from the one that this run began with (version, or a step's name, effect or repeat)
{"sequenced":6,"projected":6,"due":0,"recovered":0,"probed":0,"started":0,"moved":0,"put_off":0,"failed":0} one two
SophMate\InvalidState: run <id>: resume is not allowed: step 2 was "two" and the registered definition has another there; finish by hand or stop
running at two, owner operations
one two
waiting at two, owner operations: two was not done (provider_limit): busy
one two two
waiting at two, owner operations: two was not done (provider_limit): busy
one two two
stopped: decided by a person: enough
