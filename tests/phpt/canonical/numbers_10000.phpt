--TEST--
All 10,000 published ECMAScript numbers, alone and inside values
--FILE--
<?php
require __DIR__ . '/../vectors.inc';

$n = $wrong = 0;
foreach (file(vectors() . '/jcs/es6-numbers-10000.txt', FILE_IGNORE_NEW_LINES) as $line) {
    [$bits, $text] = explode(',', $line);
    $double = unpack('E', hex2bin(str_pad($bits, 16, '0', STR_PAD_LEFT)))[1];
    // Beyond 2^53-1 a float stays a plain number; only ints get a tag.
    if (SophMate\canonicalJson($double) !== $text || SophMate\canonicalJson(['a' => [$double]]) !== "{\"a\":[$text]}") {
        echo "$bits gives ", SophMate\canonicalJson($double), " instead of $text\n";
        $wrong++;
    }
    $n++;
}
echo "$n numbers, $wrong wrong\n";
?>
--EXPECT--
10000 numbers, 0 wrong
