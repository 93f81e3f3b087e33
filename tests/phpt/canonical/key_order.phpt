--TEST--
Tables of any size, with holes and with keys that share a beginning, are written in UTF-16 order
--FILE--
<?php
// A key as UTF-16BE: what RFC 8785 sorts by.
function utf16(string $key): string
{
    $out = '';
    foreach (preg_split('//u', $key, -1, PREG_SPLIT_NO_EMPTY) as $char) {
        $hex = preg_match_all('/\\\\u([0-9a-f]{4})/', json_encode($char), $m) ? implode($m[1]) : bin2hex("\0" . $char);
        $out .= hex2bin($hex);
    }
    return $out;
}

$seed = (int) (getenv('SM_SEED') ?: random_int(1, 1 << 30));
mt_srand($seed);
$parts = ['', 'a', 'b', 'customer_', 'custome', 'customer', "\0", "\0\0\0\0\0\0\0", '~', "\x7f", 'é', 'ÿ', '中', "\u{E000}", "\u{FFFD}", '😀', 'z', '0', '10', '9'];
$checked = 0;
for ($i = 0; $i < 4000; $i++) {
    $table = [];
    $n = mt_rand(0, 9) === 0 ? mt_rand(30, 70) : mt_rand(0, 12);
    while (count($table) < $n) {
        $key = '';
        // mostly keys of one kind: a table of ASCII takes another way than others
        for ($k = mt_rand(0, 3); $k >= 0; $k--) {
            $key .= $parts[mt_rand(0, $i % 2 ? 7 : count($parts) - 1)] . ($n > 12 ? chr(mt_rand(97, 122)) : '');
        }
        $table[$key] = mt_rand(0, 1) ? mt_rand(0, 9) : "v\n" . mt_rand(0, 9);
        if (mt_rand(0, 9) === 0) {
            unset($table[array_rand($table)]);
        }
    }
    if (array_is_list($table)) {
        continue;
    }
    $wanted = $table;
    uksort($wanted, fn ($a, $b) => strcmp(utf16((string) $a), utf16((string) $b)));
    $members = [];
    foreach ($wanted as $key => $value) {
        $members[] = json_encode((string) $key, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS)
            . ':' . json_encode($value);
    }
    $wanted = '{' . implode(',', $members) . '}';
    foreach ([$table, (object) $table] as $value) {
        $got = SophMate\canonicalJson($value);
        if ($got !== $wanted) {
            exit("seed $seed case $i\ngot    $got\nwanted $wanted\n");
        }
        $checked++;
    }
}
var_dump($checked > 6000);
?>
--EXPECT--
bool(true)
