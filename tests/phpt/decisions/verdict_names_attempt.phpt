--TEST--
A verdict that names what was looked at settles nothing else
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Engine};

$lost = function () { throw new RuntimeException('reset'); };
$engine = new Engine($store = store());
$engine->register(workflow('order', $lost, $lost));
$run = $engine->start('order', 'a');
[$first, $second] = array_column($run->steps(), 'name');
$answer = Answer::done(1);

// two people look at the same unknown step; the first one's verdict moves the run on to the next unknown step
$engine->verdict($run->id, $answer, 'ann', 'saw it', $first, 1);
show($engine->advance($run->id));
foreach ([[$first, 1], [$first, null], [null, 2], [$second, 2], ["$second ", 1], ['', 1], [$second, 0], [$second, -1], [$second, PHP_INT_MAX]] as [$step, $attempt]) {
    thrown(fn () => $engine->verdict($run->id, $answer, 'bob', 'saw it too', $step, $attempt));
}
echo history($engine->find($run->id)), "\n";
show($engine->verdict($run->id, $answer, 'bob', 'saw it too', $second, 1));
?>
--EXPECT--
unknown at two, owner sales: two may have happened (lost_answer): reset
SophMate\InvalidState: run <id>: attempt 1 of step "two" is the unknown one now, not what was looked at: look again
SophMate\InvalidState: run <id>: attempt 1 of step "two" is the unknown one now, not what was looked at: look again
SophMate\InvalidState: run <id>: attempt 1 of step "two" is the unknown one now, not what was looked at: look again
SophMate\InvalidState: run <id>: attempt 1 of step "two" is the unknown one now, not what was looked at: look again
SophMate\InvalidArgument: $step must not end with a space, got "two "
SophMate\InvalidArgument: $step must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "" (0 bytes)
SophMate\InvalidArgument: $attempt must be 1 to 2147483647, got 0
SophMate\InvalidArgument: $attempt must be 1 to 2147483647, got -1
SophMate\InvalidArgument: $attempt must be 1 to 2147483647, got 9223372036854775807
run.started step.started step.unknown verdict.done step.started step.unknown
completed
