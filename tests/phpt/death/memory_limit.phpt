--TEST--
The memory limit in a step and in the store after the effect: recorded at once with its text
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

$store = store();
// a debug build of PHP says where in its source
$masked = fn (string $text) => preg_replace(['/\d{4,} bytes/', '~ at /\S+:\d+~'], ['N bytes', ''], $text);
$deaths = [
    'memory' => 'fn () => str_repeat("x", 100 << 20)',
    'many small' => 'function () { for ($a = [];; $a[] = str_repeat("y", 100)); }',
];
foreach ($deaths as $name => $code) {
    $child = new Child('$e = new Engine(store()); $e->start(workflow("order", fn () => "done", ' . $code . '), ' . var_export($name, true) . ');', ['memory_limit' => '16M']);
    echo $name, ': ', $masked($child->end()), "\n";
    $run = (new Engine($store))->findBySubject('order', $name);
    echo '  ', $run->state->value, ' at ', $run->step, ' | ', $masked($run->reason), ' | ', history($run), "\n";
}
(new Engine($store))->once('warm', 1, fn () => 1);      // the switch rows are there
$child = new Child('$s = store(); $n = 0; $s->write = function ($do) use (&$n, $s) { return ++$n === 2 ? str_repeat("x", 100 << 20) : $do(); };
    $e = new Engine($s); $e->once("in the store", 1, function () { echo "acted "; return 1; });', ['memory_limit' => '16M']);
$out = $child->end();
echo str_contains($out, 'acted') ? 'acted' : 'not', ' ', str_contains($out, 'Allowed memory') ? 'Allowed memory' : $out, "\n  ";
$run = (new Engine($store))->findBySubject('once', 'in the store');
echo $run->state->value, ' | ', $masked($run->reason), "\n";
echo '  ', history($run), "\n";
?>
--EXPECT--
memory: Fatal error: Allowed memory size of N bytes exhausted (tried to allocate N bytes) in Standard input code on line 1
  unknown at two | two may have happened (fatal): Allowed memory size of N bytes exhausted (tried to allocate N bytes) | run.started step.started step.finished step.started step.unknown
many small: Fatal error: Allowed memory size of N bytes exhausted (tried to allocate N bytes) in Standard input code on line 1
  unknown at two | two may have happened (fatal): Allowed memory size of N bytes exhausted (tried to allocate N bytes) | run.started step.started step.finished step.started step.unknown
acted Allowed memory
  unknown | effect may have happened (fatal): Allowed memory size of N bytes exhausted (tried to allocate N bytes)
  run.started step.started step.unknown
