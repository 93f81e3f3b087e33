--TEST--
Every answer of the store changed, one at a time: rows missing, doubled, of other types, negative, huge, null, cut; counts that are none; exceptions
--EXTENSIONS--
pdo
pdo_sqlite
--INI--
memory_limit=512M
--FILE--
<?php
require __DIR__ . '/answers.inc';
use SophMate\{Answer, Engine, KillSwitches};

function forget(string $file): void
{
    foreach (['', '-wal', '-shm', '-journal'] as $suffix) {
        @unlink($file . $suffix);
    }
}

// the prepared database
$store = store();
$engine = new Engine($store);
$known = workflow('order', new SophMate\Step('one', fn () => 'one', SophMate\Effect::External), new SophMate\Step('two', function ($a) { $a->externalId('charge', 'x'); return 2; }, SophMate\Effect::Money, owner: 'sales'));
$engine->register($known);
$ids = ['known' => $engine->start('order', 'known')->id, 'later' => $engine->startLater('order', 'waits')->id];
$ids['paused'] = $engine->pause($engine->startLater('order', 'paused')->id, 'ann', 'why')->id;
$engine->once('known', 1, fn () => ['a' => 1]);
try {
    $engine->once('lost', 1, fn () => throw new RuntimeException('lost'));
} catch (SophMate\OutcomeUnknown) {
}
$ids['lost'] = $engine->findBySubject('once', 'lost')->id;
(new KillSwitches($store))->hold('category:stopped', 'ann', 'why');
$engine->runs();
$engine->once('not yet in the log', 1, fn () => 1);
$store->inner->write('PRAGMA wal_checkpoint(TRUNCATE)', []);
$image = file_get_contents(database());
unset($engine, $store);
gc_collect_cycles();

// one of so many cases; SOPHMATE_SAMPLE=1: all 43,000, which take some minutes
$sample = (int) (getenv('SOPHMATE_SAMPLE') ?: ['valgrind' => 499, 'asan' => 61, 'jit' => 29][getenv('SOPHMATE_UNDER')] ?? 29);
$totals = ['cases' => 0, 'as it should be' => 0, 'refused' => 0, 'lies' => 0];
$unintended = $files = 0;
$effects = [];
$n = 0;
$run = function (string $name, callable $question, ?int $at, ?callable $lie, string $what) use ($image, &$effects, &$totals, &$unintended): ?Liar {
    $effects = [];
    $unintended = 0;
    // a file of its own: a connection that closes later deletes the journal of its name
    $GLOBALS['file'] = $file = database() . ++$GLOBALS['files'];
    file_put_contents($file, $image);
    $liar = new Liar(new PdoStore('sqlite:' . $file, 'wp_sophmate_', 'test'));
    $liar->at = $at;
    $liar->lie = $lie;
    try {
        $question($liar);
        $totals['as it should be']++;
    } catch (SophMate\Exception $e) {
        $totals['refused']++;
        if ($at === null) {
            echo "$name, undisturbed: ", get_class($e), "\n";
        } elseif (preg_match('/[\x00-\x08\x0b-\x1f]/', $e->getMessage()) || !mb_check($e->getMessage()) || $e->getMessage() === '' || $e->getMessage() === 'No further detail') {
            echo "$name, statement $at, $what: unclear: ", get_class($e), ' ', substr(json_encode($e->getMessage(), JSON_INVALID_UTF8_SUBSTITUTE), 0, 200), "\n";
        }
    } catch (Throwable $e) {
        echo "$name, statement $at, $what: ", get_class($e), ': ', substr($e->getMessage(), 0, 200), "\n";
    }
    $totals['cases']++;
    if ($liar->lied) {
        $totals['lies']++;
        forget($file);
        return $liar;
    }
    if ($unintended > 0) {
        echo "$name, statement $at, $what: $unintended effects without a stored intent\n";
    }
    foreach ($effects as $label => $times) {
        if ($times > 1 || in_array($label, ['known', 'lost', 'under hold'])) {
            echo "$name, statement $at, $what: effect $label happened $times times\n";
        }
    }
    // the next process, with a store that tells the truth, still understands every run
    if ($at !== null) {
        $e = new Engine(new PdoStore('sqlite:' . $file, 'wp_sophmate_', 'test'));
        foreach ($name === 'adopt' ? [] : [...array_values($ids ?? []), ...$GLOBALS['ids'], 'new', 'newer', 'claim'] as $id) {
            $r = strlen($id) === 32 ? $e->find($id) : $e->findBySubject('once', $id);
            if ($r?->state === SophMate\RunState::Broken) {
                echo "$name, statement $at, $what: broke a run: $r->reason\n";
            }
        }
    }
    forget($file);
    return $liar;
};
foreach (questions($ids) as $name => $question) {
    $statements = $run($name, $question, null, null, '');
    foreach ($statements->kinds as $at => $kind) {
        if ($kind === 'read') {
            foreach (changes($statements->columns[$at] ?? []) as $what => $change) {
                if ($name === 'may proceed' && $at < $statements->n - 2 || $n++ % $sample) {
                    continue;
                }
                $run($name, $question, $at, fn ($do) => $change($do()), $what);
            }
            continue;
        }
        foreach (answers() as $what => $answer) {
            foreach ([true, false] as $applied) {
                if ($name === 'may proceed' || $n++ % $sample) {
                    continue;
                }
                $run($name, $question, $at, fn ($do) => $applied ? $answer($do()) : $answer(-7), $applied ? $what : "$what, not applied");
            }
        }
    }
}
echo $n > 30000 && $totals['cases'] > 30000 / $sample ? 'enough: ' : "too few of $n: ", json_encode($totals), "\n";
?>
--EXPECTF--
once, other payload, undisturbed: SophMate\Conflict
once, unknown, undisturbed: SophMate\OutcomeUnknown
once, held, undisturbed: SophMate\Held
enough: {"cases":%d,"as it should be":%d,"refused":%d,"lies":%d}
