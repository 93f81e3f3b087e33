--TEST--
An output many times larger than what is stored is counted, not built: the outcome is stored within the memory that is left
--EXTENSIONS--
pdo
pdo_sqlite
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') {
    die("skip needs PHP's own allocator");
}
?>
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$outputs = [
    'array' => 'array_fill(0, 25000, str_repeat("y", 1000))',
    'string' => 'str_repeat("z", 20 << 20)',
    'escaped' => 'str_repeat("\x01\n\u{e9}", 5 << 20)',
    'bytes' => 'str_repeat("\xff", 20 << 20)',
    'keys' => '[str_repeat("k", 10 << 20) => 1, str_repeat("\"", 3 << 20) => 2, "a" => str_repeat("\xff", (1 << 20) - 100)]',
    'just over' => 'str_repeat("x", (1 << 20) - 1)',
    'escaped over' => '[str_repeat("\n", 1 << 19), 1]',
    'mixed' => '[range(1, 200000), 1.5, null, str_repeat("\u{e9}", 600000), true, ["a" => false]]',
    'endless' => '(function () { $v = "0123456789"; for ($i = 0; $i < 60; $i++) { $v = [$v, $v]; } return $v; })()',
];
foreach ($outputs as $name => $code) {
    $child = new Child("\$run = (new Engine(store()))->start(new Workflow('large', '1', 'c', 'o', [new Step('one', fn () => $code, Effect::Money)]), '$name');
        echo \$run->state->value, memory_get_peak_usage(true) > 58 << 20 ? ', at the limit' : '';", ['memory_limit' => '64M']);
    echo "$name: ", $child->end(60), ' ';
    $run = (new Engine(store(false)))->findBySubject('large', $name);
    $omitted = $run->events()[2]['d']['omitted'] ?? null;
    echo json_encode($omitted);
    if (strlen($code) < 150 && $name !== 'endless') {
        $value = eval("return $code;");
        // what json_encode makes of values that are UTF-8 is canonical but for these
        $text = json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS | JSON_PRESERVE_ZERO_FRACTION);
        echo $text === false ? '' : (strlen($text) === $omitted[0][2] ? ' exact' : ' json_encode gives ' . strlen($text));
        unset($value, $text);
    }
    echo "\n";
}
echo "-- what is reported beside it\n";
$child = new Child('$run = (new Engine(store()))->start(new Workflow("reports", "1", "c", "o", [new Step("one", function (Attempt $a) {
    for ($i = 0; $i < 25; $i++) { $a->artifact("artifact $i", str_repeat("x", 1000000)); }
    return "small"; }, Effect::Money)]), "x"); echo $run->state->value, " ", json_encode($run->events()[2]["d"]["omitted"]), " ", $run->output("one");', ['memory_limit' => '64M']);
echo $child->end(60), "\n";
?>
--EXPECT--
array: completed [["output","too large",25075001]] exact
string: completed [["output","too large",20971522]] exact
escaped: completed [["output","too large",52428802]] exact
bytes: completed [["output","too large",27962039]]
keys: completed [["output","too large",18175211]]
just over: completed [["output","too large",1048577]] exact
escaped over: completed [["output","too large",1048582]] exact
mixed: completed [["output","too large",2488927]] exact
endless: completed [["output","larger than 64 MiB",67108864]]
-- what is reported beside it
completed [["artifacts","too large",25000416]] small
