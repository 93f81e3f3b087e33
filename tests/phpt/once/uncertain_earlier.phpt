--TEST--
An earlier attempt that may have happened is said by whatever once() throws: held, refused, stopped
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Engine, Held, IdempotencyKeys, KillSwitches, NotDone, Repeat};

$store = store();
$engine = new Engine($store);
$switches = new KillSwitches($store);
function said(callable $f): void
{
    try {
        $result = json_encode($f());
        echo "returned $result\n";
    } catch (SophMate\Exception $e) {
        echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ': ', masked($e->getMessage()), $e instanceof Held ? " [$e->target]" : '', "\n";
    }
}
$lost = fn () => throw new RuntimeException('time-out');
$never = fn () => print("acted\n");
echo "-- unknown, then held\n";
$once = fn (string $key, callable $effect) => $engine->once($key, 1, $effect, repeat: Repeat::Once, keyWindowSeconds: 86400);
said(fn () => $once('sent', $lost));
$switches->hold('*', 'ann', 'look first');
said(fn () => $once('sent', $never));
echo (new IdempotencyKeys($store))->claim('sent', 1)->state->value, "\n";
said(fn () => $once('not begun', $never));
$switches->release('*', 'ann', 'looked');
said(fn () => $once('sent', fn () => 'with the same key'));
echo "-- safe: lost, then held, then refused\n";
$safe = fn (callable $effect) => $engine->once('safe', 1, $effect, repeat: Repeat::Safe);
said(fn () => $safe($lost));
$switches->hold('category:general', 'ann', 'look first');
said(fn () => $safe($never));
$switches->release('category:general', 'ann', 'looked');
said(fn () => $safe(fn () => throw new NotDone('closed now')));
$engine->stop($engine->findBySubject('once', 'safe')->id, 'ann', 'gave up');
said(fn () => $safe($never));
echo "-- refused, without an earlier attempt that may have happened\n";
said(fn () => $engine->once('clean', 1, fn () => throw new NotDone('closed'), repeat: Repeat::Safe));
$switches->hold('*', 'ann', 'again');
said(fn () => $engine->once('clean', 1, $never, repeat: Repeat::Safe));
$engine->stop($engine->findBySubject('once', 'clean')->id, 'ann', 'gave up');
said(fn () => $engine->once('clean', 1, $never, repeat: Repeat::Safe));
?>
--EXPECT--
-- unknown, then held
SophMate\OutcomeUnknown maybe: "sent" has an unknown outcome: it may have happened; a probe or a verdict settles it
SophMate\OutcomeUnknown maybe: "sent" has an unknown outcome: it may have happened; a probe or a verdict settles it; held by the switch *
unknown
SophMate\Held no: "not begun" is held: nothing was sent; held by the switch * [*]
returned "with the same key"
-- safe: lost, then held, then refused
SophMate\OutcomeUnknown maybe: "safe" may have happened; it is safe to repeat, and the next call does
SophMate\Held maybe: "safe" is held: this call sent nothing, but an earlier attempt may have happened; held by the switch category:general [category:general]
SophMate\EffectRefused maybe: "safe" was refused, but an earlier attempt may have happened
SophMate\InvalidState maybe: "safe" was stopped by a person; an earlier attempt may have happened; ended
-- refused, without an earlier attempt that may have happened
SophMate\EffectRefused no: "clean" was refused: it certainly did not happen
SophMate\Held no: "clean" is held: nothing was sent; held by the switch * [*]
SophMate\InvalidState no: "clean" was stopped by a person; ended
