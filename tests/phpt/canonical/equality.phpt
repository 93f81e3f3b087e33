--TEST--
Two values have the same text exactly when FORMATS calls them equal (3,000 random values)
--FILE--
<?php
enum Word: string { case A = 'alpha'; case B = 'b'; case Empty = ''; }
enum Number: int { case One = 1; case Big = PHP_INT_MAX; }
class Wrapped implements JsonSerializable {
    function __construct(private mixed $value) {}
    function jsonSerialize(): mixed { return $this->value; }
}

$seed = (int) (getenv('SOPHMATE_SEED') ?: random_int(1, PHP_INT_MAX >> 33));
mt_srand($seed);

function text_value(): string
{
    static $pieces = ['a', 'b', '0', '10', '$int', '$esc', 'é', '€', '😀', "\u{fb33}", '"', '\\', "\0", "\n", ' ', 'Åsa 🛒', "\x7f"];
    $s = '';
    for ($n = mt_rand(0, 4); $n > 0; $n--) {
        $s .= $pieces[mt_rand(0, count($pieces) - 1)];
    }
    return $s;
}

function value(int $depth): mixed
{
    switch (mt_rand(0, $depth > 0 ? 11 : 8)) {
        case 0: return [null, true, false][mt_rand(0, 2)];
        case 1: return mt_rand(-5, 5);
        case 2: return [PHP_INT_MAX, PHP_INT_MIN, 9007199254740991, -9007199254740992][mt_rand(0, 3)];
        case 3: return mt_rand(-9, 9) / 4;
        case 4: return [0.1, 1e300, 5e-324, NAN, INF, -INF, -0.0, 9007199254740993.0][mt_rand(0, 7)];
        case 5: return "\xff" . text_value();
        case 6: return [Word::A, Word::B, Word::Empty, Number::One, Number::Big][mt_rand(0, 4)];
        case 7:
        case 8: return text_value();
        case 9:
            $list = [];
            for ($n = mt_rand(0, 4); $n > 0; $n--) {
                $list[] = value($depth - 1);
            }
            return $list;
        default:
            $map = [];
            for ($n = mt_rand(1, 30) > 29 ? 40 : mt_rand(0, 5); $n > 0; $n--) {
                $map[mt_rand(0, 3) ? text_value() . $n : mt_rand(-3, 40)] = value($depth - 1);
            }
            return array_is_list($map) ? (object) [] : $map;
    }
}

// The value that FORMATS makes of it, as nested tagged pairs that === can compare.
function meaning(mixed $v): array
{
    if ($v instanceof BackedEnum) {
        $v = $v->value;
    } elseif ($v instanceof JsonSerializable) {
        return meaning($v->jsonSerialize());
    }
    if (is_float($v)) {
        if (is_nan($v)) {
            return ['nan'];
        }
        return abs($v) <= 9007199254740991 && floor($v) === $v ? ['int', (int) $v] : ['float', $v];
    }
    if (is_array($v) && array_is_list($v)) {
        return ['list', array_map(meaning(...), $v)];
    }
    if (is_array($v) || $v instanceof stdClass) {
        $members = [];
        foreach ((array) $v as $k => $m) {
            $members["k$k"] = meaning($m);
        }
        ksort($members, SORT_STRING);
        return ['object', $members];
    }
    return [get_debug_type($v), $v];
}

// An equal value that looks different.
function disguise(mixed $v): mixed
{
    if (mt_rand(0, 7) === 0 && !($v instanceof JsonSerializable)) {
        return new Wrapped(disguise($v));
    }
    if ($v === 0) {
        return [0, 0.0, -0.0][mt_rand(0, 2)];
    }
    if (is_int($v) && abs($v) <= 9007199254740991) {
        return mt_rand(0, 1) ? (float) $v : $v;
    }
    if ($v instanceof BackedEnum) {
        return mt_rand(0, 1) ? $v->value : $v;
    }
    if (is_string($v) && Word::tryFrom($v)) {
        return Word::from($v);
    }
    if (is_array($v) && array_is_list($v)) {
        return array_map(disguise(...), $v);
    }
    if (is_array($v) || $v instanceof stdClass) {
        $keys = array_keys((array) $v);
        shuffle($keys);
        $out = [];
        foreach ($keys as $k) {
            $member = disguise(((array) $v)[$k]);
            if (mt_rand(0, 3)) {
                $out[$k] = $member;
            } else {
                $reference = $member;
                $out[$k] = &$reference;
                unset($reference);
            }
        }
        // a shuffled array may have become a list, which is another value
        return mt_rand(0, 1) || array_is_list($out) ? (object) $out : $out;
    }
    return $v;
}

$equal = $other = 0;
$known = [];
for ($i = 0; $i < 3000; $i++) {
    $v = value(3);
    $text = SophMate\canonicalJson($v);
    $again = disguise($v);
    if (serialize(meaning($v)) !== serialize(meaning($again))) {
        exit("the test itself is wrong, seed $seed case $i\n");
    }
    if (SophMate\canonicalJson($again) !== $text) {
        exit("equal values, other texts, seed $seed case $i:\n$text\n" . SophMate\canonicalJson($again) . "\n");
    }
    $equal++;
    // texts met before: same text must mean same value
    $meaning = serialize(meaning($v));
    if (($known[$text] ?? $meaning) !== $meaning) {
        exit("other values, same text, seed $seed case $i: $text\n");
    }
    if (($back = array_search($meaning, $known, true)) !== false && (string) $back !== $text) {
        exit("same value, two texts, seed $seed case $i: $text\n$back\n");
    }
    $known[$text] = $meaning;
    $other++;
    if (json_decode($text, true) === null && $text !== 'null') {
        exit("not JSON, seed $seed case $i: $text\n");
    }
}
echo "$equal equal pairs, $other texts\n";
?>
--EXPECT--
3000 equal pairs, 3000 texts
