--TEST--
Output that cannot be stored is left out and said; the call returns it, a replay throws OutputNotStored
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine};

$store = store();
$engine = new Engine($store);
$values = ['large' => fn () => str_repeat('x', 2 << 20), 'closure' => fn () => ['f' => fn () => 1], 'throwing' => fn () => new class implements JsonSerializable { function jsonSerialize(): mixed { throw new LogicException('cannot'); } },
    'deep' => function () { $v = 1; for ($i = 0; $i < 70; $i++) { $v = [$v]; } return $v; }, 'fits' => fn () => str_repeat('x', (1 << 20) - 2)];
foreach ($values as $name => $f) {
    $result = $engine->once($name, 1, $f);
    echo $name, ': ', is_string($result) ? strlen($result) . ' bytes' : get_debug_type($result), ' | ';
    foreach ([$engine, new Engine($store)] as $again) {
        try {
            echo strlen($again->once($name, 1, $f)), " bytes\n";
        } catch (SophMate\OutputNotStored $e) {
            echo $e->effectMayHaveHappened() ? 'maybe: ' : 'no: ', preg_replace('/[0-9a-f]{32}/', '<id>', $e->getMessage()), "\n";
        }
    }
    $run = $engine->findBySubject('once', $name);
    echo '  ', $run->state->value, ' ', json_encode(array_column($run->events(), 'd')[2]['omitted'] ?? null), "\n";
}
echo "-- a later step that needs it\n";
$run = $engine->start(workflow('order', $values['large'], function (Attempt $a) { echo "asks\n"; return strlen($a->output('one')); }), 'order:1');
show($run);
echo $run->steps()[0]['output_omitted'], "\n";
thrown(fn () => $run->output('one'));
echo "-- lists are cut with a count\n";
$run = $engine->start(workflow('many', function (Attempt $a) {
    for ($i = 0; $i < 300; $i++) {
        $a->note("note $i");
        $a->affects('post', "$i");
        $a->cost('1', 'EUR', 'p');
        $a->artifact("artifact $i", $i);
    }
    $a->artifact('artifact 0', 'changed');
    $a->artifact('cannot', fn () => 1);
}), 'order:1');
$e = $run->events()[2];
echo json_encode([count($e['p']['notes']), count($e['p']['touched_ids']), count($e['d']['touched']), count($e['d']['cost']), count($e['p']['artifacts']), $e['p']['artifacts']['artifact 0'], $e['d']['omitted']]), "\n";
show($run);
echo "-- reports together too large\n";
$run = $engine->start(workflow('huge', function (Attempt $a) {
    for ($i = 0; $i < 10; $i++) {
        $a->artifact("artifact $i", str_repeat('x', 1000000));
    }
    return str_repeat('y', 1000000);
}), 'order:1');
show($run);
$e = $run->events()[2];
echo json_encode([isset($e['p']['artifacts']), isset($e['p']['output']), $e['d']['omitted'] ?? null]), "\n";
?>
--EXPECT--
large: 2097152 bytes | maybe: Run <id>: step "effect" is done; its output was omitted: too large, 2097154 bytes
maybe: Run <id>: step "effect" is done; its output was omitted: too large, 2097154 bytes
  completed [["output","too large",2097154]]
closure: array | maybe: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
maybe: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
  completed [["output","not encodable",0]]
throwing: JsonSerializable@anonymous | maybe: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
maybe: Run <id>: step "effect" is done; its output was omitted: not encodable, 0 bytes
  completed [["output","not encodable",0]]
deep: array | maybe: Run <id>: step "effect" is done; its output was omitted: over a limit of canonical JSON, 0 bytes
maybe: Run <id>: step "effect" is done; its output was omitted: over a limit of canonical JSON, 0 bytes
  completed [["output","over a limit of canonical JSON",0]]
fits: 1048574 bytes | 1048574 bytes
1048574 bytes
  completed null
-- a later step that needs it
asks
unknown at two, owner sales: two may have happened (lost_answer): Run <id>: step "one" is done; its output was omitted: too large, 2097154 bytes
step "one" is done; its output was omitted: too large, 2097154 bytes
SophMate\OutputNotStored: Run <id>: step "one" is done; its output was omitted: too large, 2097154 bytes
-- lists are cut with a count
[100,200,200,100,100,0,[["touched","entries beyond the limit",100],["artifacts","entries beyond the limit",202],["cost","entries beyond the limit",200],["notes","entries beyond the limit",200]]]
completed
-- reports together too large
completed
[false,true,[["artifacts","too large",10000161]]]
