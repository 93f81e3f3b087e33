--TEST--
claim, complete, release, resolve: the same keys and rules as once()
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, Engine, IdempotencyKeys, KillSwitches, NotDone};

$store = store();
$keys = new IdempotencyKeys($store);
$other = new IdempotencyKeys(store(false));
$engine = new Engine($store);
function said(SophMate\Claim $c): SophMate\Claim
{
    echo $c->state->value, ' ', $c->attempt ? preg_match('/^sm_[0-9a-f]{32}$/', $c->attempt->key) . " attempt {$c->attempt->attempt} of {$c->attempt->step}" : 'no attempt', ' ', json_encode($c->result), "\n";
    return $c;
}
$c = said($keys->claim('invoice:900', ['total' => '12.50'], category: 'billing'));
echo json_encode($c->attempt->input), ' ', round($c->attempt->secondsLeft()), ' ', var_export($c->attempt->mayProceed(), true), "\n";
said($other->claim('invoice:900', ['total' => '12.50'], category: 'billing'));
thrown(fn () => $other->claim('invoice:900', ['total' => '13.00']));
thrown(fn () => $engine->once('invoice:900', ['total' => '12.50'], fn () => 'never'));
thrown(fn () => $other->complete($c, 1));
$c->attempt->externalId('charge', 'ch_1');
$c->attempt->note('by claim');
$keys->complete($c, ['id' => 'ch_1', 'f' => 1.0]);
thrown(fn () => $keys->complete($c, 2));
thrown(fn () => $keys->release($c, 'again'));
thrown(fn () => $c->attempt->note('too late'));
said($other->claim('invoice:900', ['total' => '12.50']));
echo json_encode($engine->once('invoice:900', ['total' => '12.50'], fn () => 'never')), "\n";
$run = $engine->findBySubject('once', 'invoice:900');
echo history($run), ' ', json_encode([$run->steps()[0]['external_ids'], $run->category, $run->trigger, $run->events()[3]['p']['notes']]), "\n";
echo "-- released\n";
$c = said($keys->claim('r', 1));
$keys->release($c, 'provider is closed');
$c = said($keys->claim('r', 1));
$keys->complete($c, null);
said($keys->claim('r', 1));
echo "-- once first\n";
$engine->once('o', 1, fn () => 'by once');
said($keys->claim('o', 1));
try { $engine->once('u', 1, fn () => throw new Error('lost')); } catch (SophMate\OutcomeUnknown) {}
said($keys->claim('u', 1));
thrown(fn () => $keys->resolve('u', Answer::unknown('?'), 'ann', 'x'));
$keys->resolve('u', Answer::done(['id' => 'ch_u']), 'ann', 'found it');
said($keys->claim('u', 1));
thrown(fn () => $keys->resolve('u', Answer::done(), 'ann', 'again'));
thrown(fn () => $keys->resolve('nothing', Answer::done(), 'ann', 'x'));
echo "-- not done by a person\n";
try { $engine->once('n', 1, fn () => throw new Error('lost')); } catch (SophMate\OutcomeUnknown) {}
$keys->resolve('n', Answer::notDone('no trace'), 'ann', 'looked');
said($keys->claim('n', 1));
echo "-- held\n";
(new KillSwitches($store))->hold('category:billing', 'ann', 'x');
said($keys->claim('h', 1, category: 'billing'));
said($keys->claim('h', 1, category: 'billing'));
(new KillSwitches($store))->release('category:billing', 'ann', 'x');
said($keys->claim('h', 1, category: 'billing'));
echo "-- paused by a person\n";
$c = $keys->claim('p', 1);
$keys->release($c, 'later');
$engine->pause($engine->findBySubject('once', 'p')->id, 'ann', 'wait');
thrown(fn () => $keys->claim('p', 1));
echo "-- result that cannot be stored\n";
$c = $keys->claim('big', 1);
$keys->complete($c, str_repeat('x', 2 << 20));
thrown(fn () => $keys->claim('big', 1));
$c = $keys->claim('odd', 1);
$keys->complete($c, fn () => 1);
thrown(fn () => $keys->claim('odd', 1));
echo "-- arguments\n";
thrown(fn () => $keys->claim('', 1));
thrown(fn () => $keys->claim('k', STDIN));
foreach ([0, -1, 3600, NAN] as $seconds) {
    thrown(fn () => $keys->claim('k', 1, $seconds));
}
thrown(fn () => $keys->claim('k', 1, category: 'A'));
thrown(fn () => $keys->release($keys->claim('k', 1), ''));
thrown(fn () => $keys->resolve('', Answer::done(), 'a', 'b'));
thrown(fn () => $keys->resolve('k', Answer::done(), '', 'b'));
?>
--EXPECT--
mine 1 attempt 1 of effect null
{"total":"12.50"} 60 true
in_progress no attempt null
SophMate\Conflict: "invoice:900" is known with another payload (stored fingerprint <hex>..., given <hex>...): nothing was sent
SophMate\InProgress: "invoice:900" is in progress in another process: it may have happened; an attempt is under way and its lease is not over
SophMate\InvalidState: The claim was given by another IdempotencyKeys object
SophMate\InvalidState: The claim is not Mine, or was completed or released already
SophMate\InvalidState: The claim is not Mine, or was completed or released already
SophMate\InvalidState: Attempt 1 of step "effect" is over: its outcome is stored
done no attempt {"f":1,"id":"ch_1"}
{"f":1,"id":"ch_1"}
run.started step.started external.recorded step.finished run.completed [{"charge":["ch_1"]},"billing","claim",["by claim"]]
-- released
mine 1 attempt 1 of effect null
mine 1 attempt 2 of effect null
done no attempt null
-- once first
done no attempt "by once"
unknown no attempt null
SophMate\InvalidArgument: $answer: Answer::unknown() settles nothing
done no attempt {"id":"ch_u"}
SophMate\InvalidState: run <id>: a verdict is not allowed while the run is completed; only an unknown step takes one
SophMate\InvalidArgument: IdempotencyKeys::resolve(): $key: there is no key "nothing"
-- not done by a person
mine 1 attempt 2 of effect null
-- held
held no attempt null
held no attempt null
mine 1 attempt 1 of effect null
-- paused by a person
SophMate\InvalidState: "p" is paused by a person: it is not claimed again
-- result that cannot be stored
SophMate\OutputNotStored: Run <id>: step "effect" is done; its output was omitted: too large, 2097154 bytes
SophMate\OutputNotStored: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
-- arguments
SophMate\InvalidArgument: IdempotencyKeys::claim(): $key must have 1 to 1024 bytes, got 0
SophMate\InvalidArgument: IdempotencyKeys::claim(): $payload: $ has no canonical form: a resource
SophMate\InvalidArgument: IdempotencyKeys::claim(): $leaseSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 0
SophMate\InvalidArgument: IdempotencyKeys::claim(): $leaseSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got -1
SophMate\InvalidArgument: IdempotencyKeys::claim(): $leaseSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got 3600
SophMate\InvalidArgument: IdempotencyKeys::claim(): $leaseSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3595 seconds, got NAN
SophMate\DefinitionError: $category must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "A" (1 bytes)
SophMate\InvalidArgument: IdempotencyKeys::release(): $why must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: IdempotencyKeys::resolve(): $key must have 1 to 1024 bytes, got 0
SophMate\InvalidArgument: $by must have 1 to 190 bytes, got 0
