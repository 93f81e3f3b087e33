--TEST--
Every row of the table of FORMATS, "Canonical JSON"
--FILE--
<?php
enum Colour: string { case Red = 'red'; }
enum Size: int { case Big = 3; }
enum Odd: string implements JsonSerializable {
    case A = 'a';
    function jsonSerialize(): mixed { return 'not asked'; }
}
enum Pure implements JsonSerializable {
    case A;
    function jsonSerialize(): mixed { return ['pure' => $this->name]; }
}
class Money implements JsonSerializable {
    function __construct(private mixed $value, private mixed &$calls = 0) {}
    function jsonSerialize(): mixed { $this->calls++; return $this->value; }
}

$calls = 0;
$referenced = 5;
foreach ([
    null, true, false, '', "a\"b\\c/\u{7f}\u{2028}é😂", "\x00\x01\x08\t\n\x0c\r\x1f",
    0, -7, 9007199254740991, -9007199254740991, 9007199254740992, -9007199254740992, PHP_INT_MAX, PHP_INT_MIN,
    0.0, -0.0, 1.0, 1.5, 1e21, 1e20, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 9007199254740993.0,
    NAN, INF, -INF,
    "\xff", "a\xc0\x80", "\xed\xa0\x80",
    [], [1, [2, []]], [1 => 'a'], ['b' => 1, 'a' => 2], [3 => 'x', 1 => 'y', 'k' => 'z', -1 => 'm', 10 => 't'],
    new stdClass, (object)['b' => 1, 'a' => (object)[]], (object)['5' => 'five'],
    ['$int' => '1'], ['$f64' => 1], ['$bin' => null], ['$esc' => ['$int' => '1']], (object)['$esc' => 2], ['$int' => 1, 'b' => 2], ['$other' => 1], ['$Int' => 1],
    ['$int' => 9007199254740993],
    Colour::Red, Size::Big, Odd::A, Pure::A, [Colour::Red],
    new Money(['total' => 12.5], $calls), new Money(new Money('inner')), new Money(null),
    [&$referenced, &$referenced],
    ["\u{20ac}" => 1, "\r" => 2, "\u{fb33}" => 3, '1' => 4, "\u{1f600}" => 5, "\u{80}" => 6, "\u{f6}" => 7],
    ['aaaaaaaab' => 1, 'aaaaaaaa' => 2, 'aaaaaaaaa' => 3, "a\0" => 4, 'a' => 5, "a\0b" => 6, '' => 7],
] as $value) {
    echo SophMate\canonicalJson($value), "\n";
}
echo $calls, " call\n";
?>
--EXPECT--
null
true
false
""
"a\"b\\c/ é😂"
"\u0000\u0001\b\t\n\f\r\u001f"
0
-7
9007199254740991
-9007199254740991
{"$int":"9007199254740992"}
{"$int":"-9007199254740992"}
{"$int":"9223372036854775807"}
{"$int":"-9223372036854775808"}
0
0
1
1.5
1e+21
100000000000000000000
0.000001
1e-7
5e-324
1.7976931348623157e+308
0.30000000000000004
9007199254740992
{"$f64":"NaN"}
{"$f64":"Infinity"}
{"$f64":"-Infinity"}
{"$bin":"/w=="}
{"$bin":"YcCA"}
{"$bin":"7aCA"}
[]
[1,[2,[]]]
{"1":"a"}
{"a":2,"b":1}
{"-1":"m","1":"y","10":"t","3":"x","k":"z"}
{}
{"a":{},"b":1}
{"5":"five"}
{"$esc":{"$int":"1"}}
{"$esc":{"$f64":1}}
{"$esc":{"$bin":null}}
{"$esc":{"$esc":{"$esc":{"$int":"1"}}}}
{"$esc":{"$esc":2}}
{"$int":1,"b":2}
{"$other":1}
{"$Int":1}
{"$esc":{"$int":{"$int":"9007199254740993"}}}
"red"
3
"a"
{"pure":"A"}
["red"]
{"total":12.5}
"inner"
null
[5,5]
{"\r":2,"1":4,"":6,"ö":7,"€":1,"😀":5,"דּ":3}
{"":7,"a":5,"a\u0000":4,"a\u0000b":6,"aaaaaaaa":2,"aaaaaaaaa":3,"aaaaaaaab":1}
1 call
