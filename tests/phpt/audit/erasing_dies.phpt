--TEST--
SIGKILL before and after every statement of an erasure: the same call finishes it, one event names each value, two at once agree (D-26)
--EXTENSIONS--
pdo
pdo_sqlite
posix
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\{Attempt, AuditLog, Engine};

$store = store();
$engine = new Engine($store);
$log = new AuditLog($store);
$w = workflow('w', fn (Attempt $a) => 'to jane@shop.example', fn () => 'and jane@shop.example');
$named = fn (string $id): array => array_merge(...array_map(fn ($e) => $e['type'] === 'privacy.erased' ? array_merge(...array_map(fn ($row) => array_map(fn ($f) => "$row[0] $f", array_slice($row, 1)), $e['d']['erased'])) : [], $engine->find($id)->events()));
$left = fn (string $id): int => count(array_filter($engine->find($id)->events(), fn ($e) => $e['p'] && $e['type'] !== 'privacy.erased'));

// statement 1 stores the event, 2 to 4 clear a row each
$bad = [];
$cases = 0;
foreach (['before', 'after'] as $when) {
    for ($n = 1; $n <= 8; $n++) {
        $run = $engine->start($w, "$when $n", ['mail' => 'jane@shop.example']);
        $child = new Child('$store = store(); $n = 0; $store->write = function ($do) use (&$n) {
            $now = ++$n === ' . $n . ';
            $now && ' . var_export($when, true) . ' === "before" && posix_kill(posix_getpid(), 9);
            $rows = $do();
            $now && posix_kill(posix_getpid(), 9);
            return $rows;
        };
        (new AuditLog($store))->erase(' . var_export($run->id, true) . ', "dpo", "asked"); echo "whole\n";');
        $whole = str_contains($child->end(), 'whole');
        $was = [count($named($run->id)), $left($run->id)];
        $again = $log->erase($run->id, 'dpo', 'asked');
        $cases++;
        $sum = $named($run->id);
        sort($sum);
        if ($left($run->id) !== 0 || $sum !== ['1 input', '1 subject', '3 output', '5 output']) {
            $bad[] = "$when $n: " . json_encode([$was, $again, $sum, $left($run->id)]);
        }
        echo "$when statement $n: ", $whole ? 'whole' : 'died', ", named $was[0], events with values $was[1]; then ", json_encode($again), "\n";
        if ($whole) {
            break;
        }
    }
}
echo count($bad), " of $cases bad ", implode(', ', $bad), "\n";

echo "-- lost replies and errors of the store\n";
$bad = [];
foreach ([false, true] as $applied) {
    for ($n = 1; $n <= 5; $n++) {
        $run = $engine->start($w, "store " . (int) $applied . $n, ['mail' => 'jane@shop.example']);
        $i = 0;
        $store->write = function ($do) use (&$i, $n, $applied) {
            if (++$i === $n) {
                $applied && $do();
                throw new Exception('connection lost');
            }
            return $do();
        };
        $result = $log->erase($run->id, 'dpo', 'asked');
        $store->write = null;
        $sum = $named($run->id);
        sort($sum);
        ($result['fields'] === 4 && $left($run->id) === 0 && $sum === ['1 input', '1 subject', '3 output', '5 output']) || $bad[] = "$n: " . json_encode([$result, $sum]);
    }
}
echo count($bad), " of 10 bad ", implode(', ', $bad), "\n";

echo "-- four at once on each of ten\n";
$ids = array_map(fn ($i) => $engine->start($w, "many $i", ['mail' => 'jane@shop.example'])->id, range(1, 10));
$children = array_map(fn () => new Child('$log = new AuditLog(store()); foreach (' . var_export($ids, true) . ' as $id) { for (;;) { try { $log->erase($id, "dpo", "asked"); break; } catch (SophMate\StoreError|SophMate\StoreUncertain) {} } } echo "whole\n";'), range(1, 4));
$said = array_map(fn ($child) => $child->end(), $children);
$twice = 0;
foreach ($ids as $id) {
    $sum = $named($id);
    $twice += count($sum) - count(array_unique($sum)) + abs(4 - count(array_unique($sum))) + $left($id);
}
echo implode(' ', $said), "; named twice, not named or left: $twice\n";
$engine->tick();
$report = $log->verify();
echo "$report[verdict]: ", implode(' | ', array_column($report['findings'], 'message')), "\n";

echo "-- what died is finished by retention, too\n";
$run = $engine->start($w, 'half', ['mail' => 'jane@shop.example']);
$child = new Child('$store = store(); $n = 0; $store->write = function ($do) use (&$n) { ++$n === 2 && posix_kill(posix_getpid(), 9); return $do(); };
    (new AuditLog($store))->erase(' . var_export($run->id, true) . ', "dpo", "asked");');
$child->end();
echo $left($run->id), ' rows with values, then ';
echo $log->prune(86400, 'retention', 'a day')['finished'], ' fields finished, ', $left($run->id), " left\n";
?>
--EXPECT--
before statement 1: died, named 0, events with values 3; then {"events":3,"fields":4,"finished":0}
before statement 2: died, named 4, events with values 3; then {"events":0,"fields":0,"finished":4}
before statement 3: died, named 4, events with values 2; then {"events":0,"fields":0,"finished":2}
before statement 4: died, named 4, events with values 1; then {"events":0,"fields":0,"finished":1}
before statement 5: whole, named 4, events with values 0; then {"events":0,"fields":0,"finished":0}
after statement 1: died, named 4, events with values 3; then {"events":0,"fields":0,"finished":4}
after statement 2: died, named 4, events with values 2; then {"events":0,"fields":0,"finished":2}
after statement 3: died, named 4, events with values 1; then {"events":0,"fields":0,"finished":1}
after statement 4: died, named 4, events with values 0; then {"events":0,"fields":0,"finished":0}
after statement 5: whole, named 4, events with values 0; then {"events":0,"fields":0,"finished":0}
0 of 10 bad 
-- lost replies and errors of the store
0 of 10 bad 
-- four at once on each of ten
whole whole whole whole; named twice, not named or left: 0
sound: 
-- what died is finished by retention, too
3 rows with values, then 4 fields finished, 0 left
