--TEST--
Generator functions, times whose format() lies, arrays that grow after they were checked, causes that are none
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\{Answer, Effect, Engine, Step};

$store = store();
$engine = new Engine($store);
function gen() { yield 1; }
class G { function m() { yield 1; } static function s() { yield from []; } function __invoke() { yield 1; } }
foreach (['gen', [new G, 'm'], 'G::s', new G, fn () => yield 1, gen(...)] as $generator) {
    thrown(fn () => new Step('s', $generator, Effect::Read));
}
thrown(fn () => new Step('s', fn () => 1, Effect::Read, probe: 'gen'));
thrown(fn () => $engine->once('k', 1, 'gen'));
thrown(fn () => $engine->once('k', 1, fn () => 1, probe: 'gen'));
thrown(fn () => new Engine($store, 'gen'));
thrown(fn () => new Engine($store, null, 'gen'));
var_dump($engine->findBySubject('once', 'k'));

echo "-- times\n";
class When extends DateTimeImmutable
{
    public mixed $says = '';
    #[ReturnTypeWillChange]
    function format($format) { return $this->says instanceof Closure ? ($this->says)() : $this->says; }
}
$at = new When;
$w = workflow('later', fn () => 1);
foreach (['', 'abc', '12x', '-', "1\0", '99999999999999999999999', str_repeat('9', 100), 5, null, 1.5, [], fn () => throw new LogicException('no time')] as $i => $at->says) {
    thrown(fn () => $engine->startLater($w, "at $i", at: $at));
    echo $engine->findBySubject('later', "at $i") ? "stored\n" : '';
}
class Unborn extends DateTime { function __construct() {} }
try {
    $engine->startLater($w, 'unborn', at: new Unborn);
} catch (Error) {
    echo "not born: PHP's own error, with other words in 8.4\n";
}
$at->says = '-5';
show($engine->startLater($w, 'past', at: $at));
thrown(fn () => $engine->startLater($w, 'far', at: new DateTimeImmutable('9999-01-01')));

echo "-- an array in the answer that grows, or changes, after it was checked\n";
$ids = ['a'];
$given = ['charge' => &$ids];
$answer = Answer::done('x', $given);
foreach ([array_fill(0, 33, 'a'), [1], [''], ["\xff"], 5, [['a']]] as $i => $ids) {
    try {
        $engine->once("unknown $i", 1, fn () => throw new Error('lost'));
    } catch (SophMate\OutcomeUnknown) {
    }
    $run = $engine->findBySubject('once', "unknown $i");
    thrown(fn () => $engine->verdict($run->id, $answer, 'ann', 'looked'));
    thrown(fn () => $engine->once("unknown $i", 1, fn () => 'never', probe: fn () => $answer));
}

echo "-- an old warning is not why a process ended\n";
$child = new Child('$e = new Engine(store()); @file_get_contents("/nowhere"); $e->once("warned", 1, function () { @file_get_contents("/nowhere/else"); exit; });');
$child->end();
show($engine->findBySubject('once', 'warned'));
?>
--EXPECT--
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $run is a generator function: a call of it would run nothing
SophMate\DefinitionError: Step: $probe is a generator function: a call of it would run nothing
SophMate\DefinitionError: Engine::once(): $effect is a generator function: a call of it would run nothing
SophMate\DefinitionError: Engine::once(): $probe is a generator function: a call of it would run nothing
SophMate\DefinitionError: Engine: $judge is a generator function: a call of it would run nothing
SophMate\DefinitionError: Engine: $changed is a generator function: a call of it would run nothing
NULL
-- times
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave ""
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "abc"
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "12x"
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "-"
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "1\x00"
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "99999999999999999999999"
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "999999999999999999999999999999999999999999999999999999999999..."
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave int
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave null
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave float
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave array
LogicException: no time
not born: PHP's own error, with other words in 8.4
running at one, owner sales
SophMate\InvalidArgument: $at must lie before the year 2255; its format("Uu") gave "253370764800000000"
-- an array in the answer that grows, or changes, after it was checked
SophMate\LimitExceeded: Answer: $externalIds: number of ids is at most 32, got 33
SophMate\OutcomeUnknown: "unknown 0" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
SophMate\InvalidArgument: Answer: $externalIds: the id of kind "charge" must be a string, got int
SophMate\OutcomeUnknown: "unknown 1" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
SophMate\InvalidArgument: Answer: $externalIds: the id of kind "charge" must have 1 to 190 bytes, got 0
SophMate\OutcomeUnknown: "unknown 2" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
SophMate\InvalidArgument: Answer: $externalIds: the id of kind "charge" must be UTF-8, got "\xff"
SophMate\OutcomeUnknown: "unknown 3" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
SophMate\InvalidArgument: Answer: $externalIds: the id of kind "charge" must be a string, got int
SophMate\OutcomeUnknown: "unknown 4" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
SophMate\InvalidArgument: Answer: $externalIds: the id of kind "charge" must be a string, got array
SophMate\OutcomeUnknown: "unknown 5" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell
-- an old warning is not why a process ended
unknown at effect, owner site owner: effect may have happened (fatal): the process ended inside the step
