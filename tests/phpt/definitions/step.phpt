--TEST--
A step checks its arguments, keeps its defaults and makes closures of its callables at once
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use SophMate\{Answer, Attempt, Effect, Repeat, Retry, Step};

class Gateway {
    private function charge(): string { return 'private'; }
    static function probe(): string { return 'static'; }
    function __invoke(): string { return 'invoked'; }
    function __call($name, $args): string { return "magic $name"; }
    function step(): Step { return new Step('charge', [$this, 'charge'], Effect::Money); }
}
$s = (new Gateway)->step();
foreach ($s as $name => $value) {
    echo $name, ' ', is_object($value) ? get_class($value) : var_export($value, true), $value instanceof BackedEnum ? " $value->value" : '', "\n";
}
echo ($s->run)(), "\n";
foreach (['strlen', 'Gateway::probe', ['Gateway', 'probe'], new Gateway, [new Gateway, 'anything'], strlen(...)] as $callable) {
    $s = new Step('s', $callable, Effect::Read, probe: $callable);
    echo get_class($s->run), ' ', get_class($s->probe), ' ', ($s->run)('four'), "\n";
}

$step = fn (...$change) => new Step(...($change + ['name' => 's', 'run' => fn () => 1, 'effect' => Effect::External]));
thrown(fn () => $step(name: 'Charge'));
thrown(fn () => $step(name: 'a' . str_repeat(' ', 48)));
thrown(fn () => $step(run: 'no_such_function'));
thrown(fn () => $step(run: [new Gateway, 'charge'], probe: 'nothing'));
thrown(fn () => $step(owner: ''));
thrown(fn () => $step(owner: "\xc3"));
foreach ([0, 0.0009, -1, 3595.1, INF, NAN, 1e300] as $seconds) {
    thrown(fn () => $step(timeoutSeconds: $seconds));
}
foreach ([0.001, 3595] as $seconds) {
    echo $step(timeoutSeconds: $seconds)->timeoutSeconds, "\n";
}
foreach ([0, 0.099, 604801, NAN] as $seconds) {
    thrown(fn () => $step(graceSeconds: $seconds));
}
foreach ([0.1, 604800] as $seconds) {
    echo $step(graceSeconds: $seconds)->graceSeconds, "\n";
}
foreach ([-1, 316224001, INF] as $seconds) {
    thrown(fn () => $step(keyWindowSeconds: $seconds));
}
echo $step(keyWindowSeconds: 316224000)->keyWindowSeconds, "\n";
thrown(fn () => $step(effect: 'money'));
thrown(fn () => $step(retry: 3));
thrown(fn () => new Step('s'));
$s = $step(retry: new Retry(1), repeat: Repeat::Safe, owner: 'Ekonomi Åsa', graceSeconds: 1);
echo $s->retry->attempts, $s->repeat->name, $s->owner, $s->graceSeconds, "\n";
foreach (['name', 'run', 'retry', 'nothing'] as $property) {
    thrown(fn () => $s->$property = 1);
    thrown(function () use ($s, $property) { unset($s->$property); });
}
?>
--EXPECT--
name 'charge'
run Closure
effect SophMate\Effect money
repeat SophMate\Repeat never
owner NULL
timeoutSeconds 30.0
graceSeconds NULL
probe NULL
retry SophMate\Retry
keyWindowSeconds 0.0
private
Closure Closure 4
Closure Closure static
Closure Closure static
Closure Closure invoked
Closure Closure magic anything
Closure Closure 4
SophMate\DefinitionError: Step: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Charge" (6 bytes)
SophMate\DefinitionError: Step: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "a                                                " (49 bytes)
TypeError: SophMate\Step::__construct(): Argument #2 ($run) must be a valid callback, function "no_such_function" not found or invalid function name
TypeError: SophMate\Step::__construct(): Argument #8 ($probe) must be a valid callback or null, function "nothing" not found or invalid function name
SophMate\DefinitionError: Step: $owner must have 1 to 64 bytes, got 0
SophMate\DefinitionError: Step: $owner must be UTF-8, got "\xc3"
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 0
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 0.0009
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got -1
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 3595.1
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got INF
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got NAN
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 1e+300
0.001
3595
SophMate\DefinitionError: Step: $graceSeconds must be 0.1 to 604800 seconds, got 0
SophMate\DefinitionError: Step: $graceSeconds must be 0.1 to 604800 seconds, got 0.099
SophMate\DefinitionError: Step: $graceSeconds must be 0.1 to 604800 seconds, got 604801
SophMate\DefinitionError: Step: $graceSeconds must be 0.1 to 604800 seconds, got NAN
0.1
604800
SophMate\DefinitionError: Step: $keyWindowSeconds must be 0 to 316224000 seconds, got -1
SophMate\DefinitionError: Step: $keyWindowSeconds must be 0 to 316224000 seconds, got 316224001
SophMate\DefinitionError: Step: $keyWindowSeconds must be 0 to 316224000 seconds, got INF
316224000
TypeError: SophMate\Step::__construct(): Argument #3 ($effect) must be of type SophMate\Effect, string given
TypeError: SophMate\Step::__construct(): Argument #9 ($retry) must be of type ?SophMate\Retry, int given
ArgumentCountError: SophMate\Step::__construct() expects at least 3 arguments, 1 given
1SafeEkonomi Åsa1
Error: Cannot modify readonly property SophMate\Step::$name
Error: Cannot unset readonly property SophMate\Step::$name
Error: Cannot modify readonly property SophMate\Step::$run
Error: Cannot unset readonly property SophMate\Step::$run
Error: Cannot modify readonly property SophMate\Step::$retry
Error: Cannot unset readonly property SophMate\Step::$retry
Error: Cannot create dynamic property SophMate\Step::$nothing
returned NULL
