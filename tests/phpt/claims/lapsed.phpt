--TEST--
A claim whose lease is over is unknown for the next; its late completion is still recorded
--EXTENSIONS--
pdo
pdo_sqlite
--INI--
sophmate.lease_margin_ms=100
sophmate.grace_ms=100
sophmate.clock_skew_ms=100
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, IdempotencyKeys};

$store = store();
$keys = new IdempotencyKeys($store);
$claim = $keys->claim('k', 1, 0.1);
echo $claim->state->value, "\n";
usleep(400000);
echo $claim->attempt->secondsLeft(), ' ', var_export($claim->attempt->mayProceed(), true), "\n";
echo $keys->claim('k', 1)->state->value, "\n";
$keys->complete($claim, 'late');
$again = $keys->claim('k', 1);
echo $again->state->value, ' ', $again->result, "\n";
echo history((new Engine($store))->findBySubject('once', 'k')), "\n";
echo "-- a claim that is dropped\n";
$keys->claim('dropped', 1, 0.1);
usleep(400000);
echo $keys->claim('dropped', 1)->state->value, "\n";
?>
--EXPECT--
mine
0 false
unknown
done late
run.started step.started step.unknown late.done run.completed
-- a claim that is dropped
unknown
