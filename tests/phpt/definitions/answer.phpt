--TEST--
Answer says done, not done or unknown, and checks ids and texts
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use SophMate\Answer;

var_dump(Answer::done(), Answer::done(['id' => 'ch_1'], ['charge' => 'ch_1', 'receipt' => ['r_1', 'r_2'], 5 => 'five']), Answer::notDone('no such charge'), Answer::unknown('Zahlung läuft'));
thrown(fn () => Answer::notDone(''));
thrown(fn () => Answer::notDone(str_repeat('e', 4097)));
thrown(fn () => Answer::unknown("\xff"));
thrown(fn () => Answer::done(1, ['Charge' => 'x']));
thrown(fn () => Answer::done(1, ['charge' => '']));
thrown(fn () => Answer::done(1, ['charge' => 7]));
thrown(fn () => Answer::done(1, ['charge' => ['a', null]]));
thrown(fn () => Answer::done(1, ['charge' => str_repeat('i', 191)]));
thrown(fn () => Answer::done(1, ['charge' => "\xff"]));
thrown(fn () => Answer::done(1, [['a']]));
thrown(fn () => Answer::done(1, ['charge' => array_map(strval(...), range(1, 33))]));
echo count(Answer::done(1, ['charge' => array_map(strval(...), range(1, 32))])->externalIds['charge']), "\n";
thrown(fn () => new Answer);
thrown(fn () => Answer::done()->outcome = 'not_done');
?>
--EXPECT--
object(SophMate\Answer)#1 (4) {
  ["outcome"]=>
  string(4) "done"
  ["output"]=>
  NULL
  ["externalIds"]=>
  array(0) {
  }
  ["reason"]=>
  NULL
}
object(SophMate\Answer)#2 (4) {
  ["outcome"]=>
  string(4) "done"
  ["output"]=>
  array(1) {
    ["id"]=>
    string(4) "ch_1"
  }
  ["externalIds"]=>
  array(3) {
    ["charge"]=>
    string(4) "ch_1"
    ["receipt"]=>
    array(2) {
      [0]=>
      string(3) "r_1"
      [1]=>
      string(3) "r_2"
    }
    [5]=>
    string(4) "five"
  }
  ["reason"]=>
  NULL
}
object(SophMate\Answer)#3 (4) {
  ["outcome"]=>
  string(8) "not_done"
  ["output"]=>
  NULL
  ["externalIds"]=>
  array(0) {
  }
  ["reason"]=>
  string(14) "no such charge"
}
object(SophMate\Answer)#4 (4) {
  ["outcome"]=>
  string(7) "unknown"
  ["output"]=>
  NULL
  ["externalIds"]=>
  array(0) {
  }
  ["reason"]=>
  string(14) "Zahlung läuft"
}
SophMate\InvalidArgument: Answer::notDone(): $evidence must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: Answer::notDone(): $evidence must have 1 to 4096 bytes, got 4097
SophMate\InvalidArgument: Answer::unknown(): $why must be UTF-8, got "\xff"
SophMate\InvalidArgument: Answer::done(): $externalIds must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Charge" (6 bytes)
SophMate\InvalidArgument: Answer::done(): $externalIds: the id of kind "charge" must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: Answer::done(): $externalIds: the id of kind "charge" must be a string, got int
SophMate\InvalidArgument: Answer::done(): $externalIds: the id of kind "charge" must be a string, got null
SophMate\InvalidArgument: Answer::done(): $externalIds: the id of kind "charge" must have 1 to 190 bytes, got 191
SophMate\InvalidArgument: Answer::done(): $externalIds: the id of kind "charge" must be UTF-8, got "\xff"
returned SophMate\Answer
SophMate\LimitExceeded: Answer::done(): $externalIds: number of ids is at most 32, got 33
32
Error: SophMate\Answer objects are made by the extension only
Error: Cannot modify readonly property SophMate\Answer::$outcome
