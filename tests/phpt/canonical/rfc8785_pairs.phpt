--TEST--
The published pairs of RFC 8785 come out byte for byte
--FILE--
<?php
require __DIR__ . '/../vectors.inc';

$jcs = vectors() . '/jcs';
foreach (glob("$jcs/input/*.json") as $file) {
    $name = basename($file, '.json');
    $text = SophMate\canonicalJson(json_decode(file_get_contents($file)));
    $hex = hex2bin(preg_replace('/\s+/', '', file_get_contents("$jcs/outhex/$name.txt")));
    echo $name, ': ', $text === rtrim(file_get_contents("$jcs/output/$name.json"), "\n") && $text === $hex ? 'same' : "other\n$text", "\n";
}
?>
--EXPECT--
arrays: same
french: same
structures: same
unicode: same
values: same
weird: same
