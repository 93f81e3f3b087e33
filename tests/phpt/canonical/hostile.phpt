--TEST--
Hostile values get an exception that names what and where; none crashes
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use function SophMate\canonicalJson;

enum Suit { case Hearts; }
class Plain { public $a = 1; }
class Call implements JsonSerializable {
    function __construct(private Closure $f) {}
    function jsonSerialize(): mixed { return ($this->f)($this); }
}
class Child extends stdClass {}

function nested(int $depth, mixed $value = 1, bool $objects = false): mixed
{
    for ($i = 0; $i < $depth; $i++) {
        $value = $objects && $i % 2 ? ['k' => $value] : [$value];
    }
    return $value;
}

echo "-- kinds\n";
thrown(fn () => canonicalJson(['lines' => [1, 2, ['sku' => Suit::Hearts]]]));
thrown(fn () => canonicalJson(fn () => 1));
thrown(fn () => canonicalJson(['a b' => [STDIN]]));
thrown(fn () => canonicalJson((object) ["\0" => new Plain]));
thrown(fn () => canonicalJson(new Child));
thrown(fn () => canonicalJson(new ArrayObject));
$closed = fopen('php://memory', 'r');
fclose($closed);
thrown(fn () => canonicalJson([$closed]));
thrown(fn () => canonicalJson(["caf\xe9" => 1]));
thrown(fn () => canonicalJson(['x' => ['aaaaaaaaaaaaaa' => 1, "aaaaaaaa\xff" => 1]]));

echo "-- cycles\n";
$a = ['x' => ['y' => 1]];
$a['x']['z'] = &$a;
thrown(fn () => canonicalJson($a));
$o = new stdClass;
$o->self = [$o];
thrown(fn () => canonicalJson($o));
$o = new stdClass;
$o->f = new Call(fn () => $o);
thrown(fn () => canonicalJson($o));
thrown(fn () => canonicalJson([new Call(fn ($me) => $me)]));
thrown(fn () => canonicalJson(new Call($again = function () use (&$again) { return new Call($again); })));
$twice = ['same' => 1];
thrown(fn () => canonicalJson([$twice, $twice, [$twice]]));     // no cycle

echo "-- depth\n";
foreach ([false, true] as $objects) {
    echo strlen(canonicalJson(nested(64, 1, $objects))), ' bytes; ';
    thrown(fn () => canonicalJson(nested(65, 1, $objects)));
}
thrown(fn () => canonicalJson(nested(50000)));     // of 100,000 a debug build of PHP dies by itself when it frees them
thrown(fn () => canonicalJson(nested(64, [])));
echo strlen(canonicalJson(nested(63, ['$esc' => 1]))), " bytes\n";
thrown(fn () => canonicalJson(nested(64, ['$esc' => 1])));

echo "-- size\n";
echo strlen(canonicalJson(str_repeat('a', 1048574))), " bytes\n";
foreach ([str_repeat('a', 1048575), str_repeat("\0", 200000), array_fill(0, 600000, 1), str_repeat("\xff", 800000), array_fill_keys(range(1, 200000), 1)] as $large) {
    try {
        canonicalJson($large);
    } catch (SophMate\LimitExceeded $e) {
        echo $e->getMessage(), " | $e->limit, $e->value, $e->got, ", var_export($e->effectMayHaveHappened(), true), "\n";
    }
}

echo "-- user code in the middle\n";
thrown(fn () => canonicalJson(['a' => new Call(fn () => throw new LogicException('mine'))]));
$list = [1, 2];
$list[] = new Call(function () use (&$list) { $list = null; return array_fill(0, 100, 'x'); });
$list[] = 'after';
thrown(fn () => strlen(canonicalJson($list)));
$object = (object) ['a' => 1];
$object->b = new Call(function () use ($object) { foreach (range(1, 100) as $i) { $object->{"n$i"} = $i; } unset($object->c); return 'b'; });
$object->c = 'c';
thrown(fn () => canonicalJson($object));
$array = ['k' => ['deep' => 1]];
$inner = &$array['k'];
$array['j'] = new Call(function () use (&$inner) { $inner = 'gone'; return canonicalJson(['re' => 'entered']); });
thrown(fn () => canonicalJson($array));

thrown(fn () => canonicalJson());

echo "-- path\n";
thrown(fn () => canonicalJson(['ok_1' => ['1st' => ['' => [["it's \"quoted\"\n" => [STDIN]]]]]]));
thrown(fn () => canonicalJson([str_repeat('long ', 500) => STDIN]));
?>
--EXPECT--
-- kinds
SophMate\InvalidArgument: $.lines[2].sku has no canonical form: a pure enum of class Suit (only stdClass, JsonSerializable and backed enums have one)
SophMate\InvalidArgument: $ has no canonical form: an object of class Closure (only stdClass, JsonSerializable and backed enums have one)
SophMate\InvalidArgument: $["a b"][0] has no canonical form: a resource
SophMate\InvalidArgument: $["\x00"] has no canonical form: an object of class Plain (only stdClass, JsonSerializable and backed enums have one)
SophMate\InvalidArgument: $ has no canonical form: an object of class Child (only stdClass, JsonSerializable and backed enums have one)
SophMate\InvalidArgument: $ has no canonical form: an object of class ArrayObject (only stdClass, JsonSerializable and backed enums have one)
SophMate\InvalidArgument: $[0] has no canonical form: a resource
SophMate\InvalidArgument: $["caf\xe9"] has no canonical form: the object key is not UTF-8
SophMate\InvalidArgument: $.x["aaaaaaaa\xff"] has no canonical form: the object key is not UTF-8
-- cycles
SophMate\InvalidArgument: $.x.z has no canonical form: a reference cycle
SophMate\InvalidArgument: $.self[0] has no canonical form: a reference cycle
SophMate\InvalidArgument: $.f has no canonical form: a reference cycle
SophMate\InvalidArgument: $[0] has no canonical form: jsonSerialize() returns the object itself
SophMate\LimitExceeded: $: number of jsonSerialize() that give one another is at most 64, got 65
returned '[{"same":1},{"same":1},[{"same":1}]]'
-- depth
129 bytes; SophMate\LimitExceeded: $[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0....[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: depth of nested arrays and objects is at most 64, got 65
257 bytes; SophMate\LimitExceeded: $[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0....].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k[0].k: depth of nested arrays and objects is at most 64, got 65
SophMate\LimitExceeded: $[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0....[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: depth of nested arrays and objects is at most 64, got 65
SophMate\LimitExceeded: $[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0....[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: depth of nested arrays and objects is at most 64, got 65
145 bytes
SophMate\LimitExceeded: $[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0....[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: depth of nested arrays and objects is at most 64, got 65
-- size
1048576 bytes
canonicalJson(): $value: the canonical text is longer than 1048576 bytes | bytes of canonical text, 1048576, 1048577, false
canonicalJson(): $value: the canonical text is longer than 1048576 bytes | bytes of canonical text, 1048576, 1048577, false
canonicalJson(): $value: the canonical text is longer than 1048576 bytes | bytes of canonical text, 1048576, 1048577, false
canonicalJson(): $value: the canonical text is longer than 1048576 bytes | bytes of canonical text, 1048576, 1048577, false
canonicalJson(): $value: the canonical text is longer than 1048576 bytes | bytes of canonical text, 1048576, 1048577, false
-- user code in the middle
LogicException: mine
returned 415
returned '{"a":1,"b":"b","c":"c"}'
returned '{"j":"{\\"re\\":\\"entered\\"}","k":"gone"}'
ArgumentCountError: SophMate\canonicalJson() expects exactly 1 argument, 0 given
-- path
SophMate\InvalidArgument: $.ok_1["1st"][""][0]["it's "quoted"\x0a"][0] has no canonical form: a resource
SophMate\InvalidArgument: $["long long long long long long long long long long long long ..."] has no canonical form: a resource
