--TEST--
once() says refused, unknown, safe, held, conflict and in progress; one attempt a call
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, Effect, EffectRefused, Engine, FailureClass, KillSwitches, NotDone, Repeat};

$store = store();
$engine = new Engine($store);
$calls = 0;
function said(callable $f): void
{
    try {
        $result = json_encode($f());
        echo "returned $result\n";
    } catch (SophMate\Exception $e) {
        $p = $e->getPrevious();
        echo get_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ': ', preg_replace(['/[0-9a-f]{32}/', '/[0-9a-f]{16}\.\.\./'], ['<id>', '<hex>'], $e->getMessage()), $p ? ' <- ' . get_class($p) . ': ' . $p->getMessage() : '', $e->runId ? ' (run)' : '',
            $e instanceof EffectRefused ? " [$e->failure {$e->failureClass?->value}]" : '', $e instanceof SophMate\Held ? " [$e->target]" : '', "\n";
    }
}
echo "-- refused: tried again with every call\n";
for ($i = 0; $i < 5; $i++) {
    said(fn () => $engine->once('refused', 1, function (Attempt $a) {
        global $calls;
        $calls++;
        return $calls < 4 ? throw new NotDone("declined $a->attempt", 'card_declined', $calls === 2 ? FailureClass::ProviderLimit : null, 300.0) : "charged at $a->attempt";
    }));
    if ($i === 0) {
        show($engine->findBySubject('once', 'refused'));
    }
}
echo "$calls calls\n-- unknown\n";
$charged = false;
$lost = function () use (&$charged) { $charged = true; throw new RuntimeException('reset'); };
said(fn () => $engine->once('lost', 1, $lost));
said(fn () => $engine->once('lost', 1, fn () => 'never called'));
said(fn () => $engine->once('lost', 1, fn () => 'never called', probe: fn () => Answer::unknown('not yet')));
said(fn () => $engine->once('lost', 1, fn () => 'never called', probe: fn () => throw new Error('probe broke')));
said(fn () => $engine->once('lost', 1, fn () => 'never called', probe: fn () => 'nonsense'));
said(fn () => $engine->once('lost', 1, fn () => 'never called', probe: fn (Attempt $a) => Answer::done(['found' => $a->attempt], ['charge' => 'ch_1'])));
said(fn () => $engine->once('lost', 1, fn () => 'never called'));
echo count($engine->findByExternalId('charge', 'ch_1')), " run with that id\n";
echo "-- safe\n";
$tries = 0;
for ($i = 0; $i < 3; $i++) {
    said(fn () => $engine->once('safe', 1, function () { global $tries; return ++$tries < 3 ? throw new LogicException("try $tries") : 'third'; }, repeat: Repeat::Safe));
}
echo "-- held\n";
$switches = new KillSwitches($store);
$switches->hold('category:payments', 'ann', 'provider is down');
said(fn () => $engine->once('held', 1, fn () => 'never', category: 'payments'));
said(fn () => $engine->once('held', 1, fn () => 'never', category: 'payments'));
said(fn () => $engine->once('elsewhere', 1, fn () => 'other category'));
$switches->release('category:payments', 'ann', 'up again');
said(fn () => $engine->once('held', 1, fn () => 'now', category: 'payments'));
echo "-- conflict and in progress\n";
said(fn () => $engine->once('held', 2, fn () => 'never', category: 'payments'));
said(fn () => $engine->once('recursive', 1, fn () => $engine->once('recursive', 1, fn () => 'never')));
echo "-- closed by a person\n";
said(fn () => $engine->once('stopped', 1, fn () => throw new NotDone('no')));
$engine->stop($engine->findBySubject('once', 'stopped')->id, 'ann', 'gave up');
said(fn () => $engine->once('stopped', 1, fn () => 'never'));
said(fn () => $engine->once('stopped', 1, fn () => 'never'));
said(fn () => $engine->once('by hand', 1, fn () => throw new NotDone('no')));
$engine->finishByHand($engine->findBySubject('once', 'by hand')->id, 'ann', 'charged at the desk');
said(fn () => $engine->once('by hand', 1, fn () => 'never'));
said(fn () => (new Engine($store))->once('by hand', 1, fn () => 'never'));
echo "-- judged\n";
$judging = new Engine($store, fn ($value) => $value === false ? new RuntimeException('false means failure') : ($value === 'no' ? new NotDone('refused by the judge', 'no') : null));
said(fn () => $judging->once('judged 1', 1, fn () => false));
said(fn () => $judging->once('judged 2', 1, fn () => 'no'));
said(fn () => $judging->once('judged 3', 1, fn () => 'yes'));
$broken = new Engine($store, fn ($value) => 'nonsense');
said(fn () => $broken->once('judged 4', 1, fn () => 'yes'));
$throwing = new Engine($store, fn ($value) => throw new DomainException('the judge broke'));
said(fn () => $throwing->once('judged 5', 1, fn () => 'yes'));
?>
--EXPECT--
-- refused: tried again with every call
SophMate\EffectRefused no: "refused" was refused: it certainly did not happen <- SophMate\NotDone: declined 1 (run) [card_declined external_failure]
waiting at effect, owner site owner: effect was not done (card_declined): declined 1
SophMate\EffectRefused no: "refused" was refused: it certainly did not happen <- SophMate\NotDone: declined 2 (run) [card_declined provider_limit]
SophMate\EffectRefused no: "refused" was refused: it certainly did not happen <- SophMate\NotDone: declined 3 (run) [card_declined external_failure]
returned "charged at 4"
returned "charged at 4"
4 calls
-- unknown
SophMate\OutcomeUnknown maybe: "lost" has an unknown outcome: it may have happened; a probe or a verdict settles it <- RuntimeException: reset (run)
SophMate\OutcomeUnknown maybe: "lost" has an unknown outcome: it may have happened; a probe or a verdict settles it; unknown: a verdict is needed (run)
SophMate\OutcomeUnknown maybe: "lost" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell (run)
SophMate\OutcomeUnknown maybe: "lost" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell (run)
SophMate\OutcomeUnknown maybe: "lost" has an unknown outcome: it may have happened; a probe or a verdict settles it; the probe could not tell (run)
returned {"found":1}
returned {"found":1}
1 run with that id
-- safe
SophMate\OutcomeUnknown maybe: "safe" may have happened; it is safe to repeat, and the next call does <- LogicException: try 1 (run)
SophMate\OutcomeUnknown maybe: "safe" may have happened; it is safe to repeat, and the next call does <- LogicException: try 2 (run)
returned "third"
-- held
SophMate\Held no: "held" is held: nothing was sent; held by the switch category:payments (run) [category:payments]
SophMate\Held no: "held" is held: nothing was sent; held by the switch category:payments (run) [category:payments]
returned "other category"
returned "now"
-- conflict and in progress
SophMate\Conflict no: "held" is known with another payload (stored fingerprint <hex>, given <hex>): nothing was sent (run)
SophMate\OutcomeUnknown maybe: "recursive" has an unknown outcome: it may have happened; a probe or a verdict settles it <- SophMate\InProgress: "recursive" is in progress in another process: it may have happened; an attempt is under way and its lease is not over (run)
-- closed by a person
SophMate\EffectRefused no: "stopped" was refused: it certainly did not happen <- SophMate\NotDone: no (run) [ external_failure]
SophMate\InvalidState no: "stopped" was stopped by a person; ended (run)
SophMate\InvalidState no: "stopped" was stopped by a person; ended (run)
SophMate\EffectRefused no: "by hand" was refused: it certainly did not happen <- SophMate\NotDone: no (run) [ external_failure]
SophMate\OutputNotStored maybe: "by hand" was finished by hand: no result is stored; ended (run)
SophMate\OutputNotStored maybe: "by hand" was finished by hand: no result is stored; ended (run)
-- judged
SophMate\OutcomeUnknown maybe: "judged 1" has an unknown outcome: it may have happened; a probe or a verdict settles it <- RuntimeException: false means failure (run)
SophMate\EffectRefused no: "judged 2" was refused: it certainly did not happen <- SophMate\NotDone: refused by the judge (run) [no external_failure]
returned "yes"
SophMate\OutcomeUnknown maybe: "judged 4" has an unknown outcome: it may have happened; a probe or a verdict settles it <- TypeError: The judge must return a Throwable or null (run)
SophMate\OutcomeUnknown maybe: "judged 5" has an unknown outcome: it may have happened; a probe or a verdict settles it <- DomainException: the judge broke (run)
