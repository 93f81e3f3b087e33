--TEST--
max_execution_time, a fatal error and an uncaught exception's ways: recorded at once with the error's text
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

$store = store();
$deaths = [
    'time' => ['function () { set_time_limit(1); for (;;); }', []],
    'user error' => ['fn () => trigger_error("a fatal one", E_USER_ERROR)', ['error_reporting' => E_ALL & ~E_DEPRECATED]],
    'compile' => ['fn () => eval("function strlen() {}")', []],
    'class' => ['fn () => eval("class Bad implements SophMate\\\\Store {}")', []],
];
foreach ($deaths as $name => [$code, $ini]) {
    $child = new Child('$e = new Engine(store()); $e->start(workflow("order", fn () => "done", ' . $code . '), ' . var_export($name, true) . ');', $ini);
    // 8.4 says "function strlen"
    echo $name, ': ', str_replace('redeclare function', 'redeclare', $child->end()), "\n";
    $run = (new Engine($store))->findBySubject('order', $name);
    echo '  ', $run->state->value, ' at ', $run->step, ' | ', str_replace('redeclare function', 'redeclare', $run->reason), ' | ', history($run), "\n";
}
?>
--EXPECT--
time: Fatal error: Maximum execution time of 1 second exceeded in Standard input code on line 1
  unknown at two | two may have happened (fatal): Maximum execution time of 1 second exceeded | run.started step.started step.finished step.started step.unknown
user error: Fatal error: a fatal one in Standard input code on line 1
  unknown at two | two may have happened (fatal): a fatal one | run.started step.started step.finished step.started step.unknown
compile: Fatal error: Cannot redeclare strlen() in Standard input code(1) : eval()'d code on line 1
  unknown at two | two may have happened (fatal): Cannot redeclare strlen() | run.started step.started step.finished step.started step.unknown
class: Fatal error: Class Bad contains 6 abstract methods and must therefore be declared abstract or implement the remaining methods (SophMate\Store::dialect, SophMate\Store::tablePrefix, SophMate\Store::environment, ...) in Standard input code(1) : eval()'d code on line 1
  unknown at two | two may have happened (fatal): Class Bad contains 6 abstract methods and must therefore be declared abstract or implement the remaining methods (SophMate\Store::dialect, SophMate\Store::tablePrefix, SophMate\Store::environment, ...) | run.started step.started step.finished step.started step.unknown
