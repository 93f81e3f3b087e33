--TEST--
What an engine remembers of runs that ended is bounded in bytes, and costs no statement
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Conflict, Effect, Engine, Step, Workflow};

$store = store();
$engine = new Engine($store);
$engine->once('warm', 1, fn () => 1);
$copy = new Workflow('copy', '1', 'c', 'o', [new Step('one', fn ($a) => $a->input, Effect::External)]);
$engine->register($copy);
$engine->start('copy', 'warm', 1);

function kept(callable $f, int $times): float
{
    gc_collect_cycles();
    $before = memory_get_usage();
    for ($i = 0; $i < $times; $i++) {
        $f($i);
    }
    gc_collect_cycles();
    return (memory_get_usage() - $before) / 1048576;
}
$payload = fn (int $i) => str_repeat(chr(97 + $i % 26), 200000);
$once = fn (string $name) => fn (int $i) => $engine->once("$name $i", $payload($i), fn () => $payload($i));
echo "-- results of once(): the result alone is kept\n";
$kept = kept($once('few'), 20);
echo $kept < 20 * 0.25 ? 'small' : "$kept MiB", "\n";
$kept = kept($once('many'), 80);
echo $kept < 8 ? 'bounded' : "$kept MiB", "\n";
$store->counted();
$result = $once('many')(79);
echo strlen($result), ' bytes again: ', $store->counted(), "\n";
$once('few')(0);
echo 'one that was forgotten: ', $store->counted(), "\n";
try {
    $engine->once('many 78', 'other', fn () => 'never');
} catch (Conflict $e) {
    echo 'another payload: Conflict, ', $store->counted(), ' ', strlen($e->storedFingerprint), ' ', $e->key, "\n";
}
echo "-- runs\n";
$held = null;
$kept = kept(function (int $i) use ($engine, $payload, &$held) { $run = $engine->start('copy', "s $i", $payload($i)); $held ??= $run; }, 40);
echo $kept < 12 ? 'bounded' : "$kept MiB", "\n";
$store->counted();
echo strlen($engine->start('copy', 's 39', $payload(39))->output('one')), ' bytes again: ', $store->counted(), "\n";
$engine->start('copy', 's 0', $payload(0));
echo 'one that was forgotten: ', $store->counted(), "\n";
echo 'but is held: ', strlen($held->output('one')), ' ', strlen($held->input), ' ', count($held->events()), ' ', $held->steps()[0]['state']->value, "\n";
echo "-- many small ones: 256\n";
for ($i = 0; $i < 300; $i++) {
    $engine->once("small $i", $i, fn () => $i);
}
$store->counted();
$engine->once('small 299', 299, fn () => 'never');
$engine->once('small 44', 44, fn () => 'never');
echo $store->counted(), "\n";
$engine->once('small 43', 43, fn () => 'never');
echo $store->counted(), "\n";
echo "-- one that no result is kept of, one that a person settled\n";
$engine->once('closure', 1, fn () => fn () => 1);
try {
    $engine->once('settled', 1, fn () => throw new RuntimeException('lost'));
} catch (SophMate\OutcomeUnknown) {
}
$id = $engine->findBySubject('once', 'settled')->id;
$engine->verdict($id, SophMate\Answer::done('seen'), 'ann', 'in the console');
$store->counted();
thrown(fn () => $engine->once('closure', 1, fn () => 'never'));
echo $store->counted(), "\n";
for ($i = 0; $i < 2; $i++) {
    thrown(fn () => $engine->once('settled', 1, fn () => 'never'));
    echo $store->counted(), "\n";
}
?>
--EXPECT--
-- results of once(): the result alone is kept
small
bounded
200000 bytes again: 0 writes, 0 reads
one that was forgotten: 1 writes, 1 reads
another payload: Conflict, 0 writes, 0 reads 64 many 78
-- runs
bounded
200000 bytes again: 0 writes, 0 reads
one that was forgotten: 1 writes, 1 reads
but is held: 200000 200000 4 done
-- many small ones: 256
0 writes, 0 reads
1 writes, 1 reads
-- one that no result is kept of, one that a person settled
SophMate\OutputNotStored: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
1 writes, 1 reads
returned 'seen'
0 writes, 0 reads
returned 'seen'
0 writes, 0 reads
