--TEST--
A workflow checks everything at once and names the argument, its limit and what came
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use SophMate\{DefinitionError, Effect, Repeat, Step, Workflow};

$step = fn (string $name = 'one', ...$more) => new Step($name, fn () => 1, Effect::External, ...$more);
$w = fn (...$change) => new Workflow(...($change + ['name' => 'order.fulfil', 'version' => '1', 'category' => 'commerce', 'owner' => 'operations', 'steps' => [$step()]]));

$good = $w(version: "2\u{e9}", steps: [$step('a'), $step('b', repeat: Repeat::Never)]);
echo "$good->name $good->version $good->category $good->owner ", implode(',', array_map(fn ($s) => $s->name, $good->steps)), "\n";
thrown(fn () => $w(name: ''));
thrown(fn () => $w(name: 'Order'));
thrown(fn () => $w(name: ' order'));
thrown(fn () => $w(name: 'order '));
thrown(fn () => $w(name: str_repeat('a', 49)));
echo strlen($w(name: str_repeat('a', 48))->name), "\n";
thrown(fn () => $w(name: "a\0b"));
thrown(fn () => $w(name: 'once'));
thrown(fn () => $w(version: ''));
thrown(fn () => $w(version: str_repeat('v', 65)));
thrown(fn () => $w(version: "\xff"));
thrown(fn () => $w(category: 'A/B'));
thrown(fn () => $w(owner: ''));
thrown(fn () => $w(owner: str_repeat('o', 65)));
thrown(fn () => $w(steps: []));
thrown(fn () => $w(steps: [1 => $step()]));
thrown(fn () => $w(steps: ['a' => $step()]));
thrown(fn () => $w(steps: [$step(), 'step']));
thrown(fn () => $w(steps: [$step('a'), $step('b'), $step('a')]));
thrown(fn () => $w(steps: array_map(fn ($i) => $step("s$i"), range(1, 257))));
echo count($w(steps: array_map(fn ($i) => $step("s$i"), range(1, 256)))->steps), " steps\n";
thrown(fn () => $w(steps: [$step(repeat: Repeat::Once)]));
thrown(fn () => $w(steps: [$step(repeat: Repeat::Once, keyWindowSeconds: 199.999)]));
thrown(fn () => $w(steps: [$step(repeat: Repeat::Once, keyWindowSeconds: 200)]));
thrown(fn () => new Workflow('a', 'b', 'c'));
thrown(fn () => new Workflow('a', 'b', 'c', 'd', $step()));

thrown(fn () => $w(redact: [1]));
thrown(fn () => $w(redact: ['']));
thrown(fn () => $w(redact: [str_repeat('r', 65)]));
thrown(fn () => $w(redact: array_fill(0, 201, 'r')));
echo json_encode($w(redact: ['iban', 'x' => 'Diary'])->redact), "\n";

// exchanging a referenced step afterwards changes nothing
$one = $step('one');
$list = [&$one];
$fixed = $w(steps: $list);
$one = $step('other');
echo $fixed->steps[0]->name, "\n";
?>
--EXPECT--
order.fulfil 2é commerce operations a,b
SophMate\DefinitionError: Workflow: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "" (0 bytes)
SophMate\DefinitionError: Workflow: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Order" (5 bytes)
SophMate\DefinitionError: Workflow: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got " order" (6 bytes)
SophMate\DefinitionError: Workflow: $name must not end with a space, got "order "
SophMate\DefinitionError: Workflow: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" (49 bytes)
48
SophMate\DefinitionError: Workflow: $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "a\x00b" (3 bytes)
SophMate\DefinitionError: Workflow: $name "once" is reserved for Engine::once()
SophMate\DefinitionError: Workflow: $version must have 1 to 64 bytes, got 0
SophMate\DefinitionError: Workflow: $version must have 1 to 64 bytes, got 65
SophMate\DefinitionError: Workflow: $version must be UTF-8, got "\xff"
SophMate\DefinitionError: Workflow: $category must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "A/B" (3 bytes)
SophMate\DefinitionError: Workflow: $owner must have 1 to 64 bytes, got 0
SophMate\DefinitionError: Workflow: $owner must have 1 to 64 bytes, got 65
SophMate\DefinitionError: Workflow: $steps must be 1 to 256 steps, got 0
SophMate\DefinitionError: Workflow: $steps must be a list, with keys 0 to 0
SophMate\DefinitionError: Workflow: $steps must be a list, with keys 0 to 0
SophMate\DefinitionError: Workflow: $steps[1] must be a SophMate\Step, got string
SophMate\DefinitionError: Workflow "order.fulfil": $steps: step name "a" is used twice, by steps 1 and 3
SophMate\DefinitionError: Workflow: $steps must be 1 to 256 steps, got 257
256 steps
SophMate\DefinitionError: Workflow "order.fulfil": $steps: step "one": repeat once needs a key window of at least twice lease + grace, 200000 ms, got 0 ms (how long does the other side remember an idempotency key?)
SophMate\DefinitionError: Workflow "order.fulfil": $steps: step "one": repeat once needs a key window of at least twice lease + grace, 200000 ms, got 199999 ms (how long does the other side remember an idempotency key?)
returned SophMate\Workflow
ArgumentCountError: SophMate\Workflow::__construct() expects at least 5 arguments, 3 given
TypeError: SophMate\Workflow::__construct(): Argument #5 ($steps) must be of type array, SophMate\Step given
SophMate\DefinitionError: Workflow: $redact must be a list of strings, got int at position 0
SophMate\DefinitionError: Workflow "order.fulfil": $redact: a name to redact must be 1 to 64 bytes of UTF-8, got 0 bytes
SophMate\DefinitionError: Workflow "order.fulfil": $redact: a name to redact must be 1 to 64 bytes of UTF-8, got 65 bytes
SophMate\DefinitionError: Workflow "order.fulfil": $redact: a workflow declares at most 200 names to redact, got 201
["iban","Diary"]
one
