--TEST--
once() returns what canonicalJson and back make of the value, the first time as every later time
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\Engine;

enum Colour: string { case Red = 'red'; }
$store = store();
$engine = new Engine($store);
$calls = 0;
foreach ([null, false, 0, 1.0, -0.0, 0.5, 'Åsa 🛒', "\xff\0", [], [1, [2]], ['a' => 1, 5 => 2], new stdClass, (object) ['x' => []], Colour::Red, PHP_INT_MAX, NAN, ['$int' => '1'],
    new class implements JsonSerializable { function jsonSerialize(): mixed { return ['serialized' => true]; } }] as $i => $value) {
    $f = function () use ($value, &$calls) { $calls++; return $value; };
    $first = $engine->once("key $i", $value, $f);
    $same = $engine->once("key $i", $value, $f);
    $stored = (new Engine($store))->once("key $i", $value, $f);
    echo var_export($first, true) === var_export($same, true) && var_export($first, true) === var_export($stored, true) ? 'same ' : 'OTHER ', str_replace("\n", '', var_export($stored, true)), "\n";
}
echo "$calls calls\n";
$run = $engine->findBySubject('once', 'key 6');
echo "$run->workflow $run->version $run->category $run->subject $run->trigger {$run->state->value} ", $run->steps()[0]['name'], "\n";
?>
--EXPECT--
same NULL
same false
same 0
same 1
same 0
same 0.5
same 'Åsa 🛒'
same '�' . "\0" . ''
same array ()
same array (  0 => 1,  1 =>   array (    0 => 2,  ),)
same array (  5 => 2,  'a' => 1,)
same (object) array()
same array (  'x' =>   array (  ),)
same 'red'
same 9223372036854775807
same NAN
same array (  '$int' => '1',)
same array (  'serialized' => true,)
18 calls
once 1 general key 6 once completed effect
