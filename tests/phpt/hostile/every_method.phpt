--TEST--
Every public method of every class with hostile values in the place of every argument: no crash, clear refusals, no effect without a stored intent
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
store();
$seen = $ran = 0;
foreach ((new ReflectionExtension('sophmate'))->getClassNames() as $name) {
    $class = substr($name, 9);
    $r = new ReflectionClass($name);
    if ($r->isEnum() || $r->isInterface() || !array_filter($r->getMethods(ReflectionMethod::IS_PUBLIC), fn ($m) => $m->class === $name)) {
        continue;
    }
    $child = new Child('require ' . var_export(__DIR__ . '/walk.inc', true) . '; echo walk(' . var_export($class, true) . '), "effects ", $GLOBALS["ran"] ?? 0, "\n";', ['memory_limit' => '512M', 'max_execution_time' => 0]);
    $out = $child->end(240);
    echo $out, preg_match("/^$class: \d+ taken, \d+ refused$/m", $out) ? "\n" : "$class did not come to its end\n";
    preg_match('/(\d+) taken, (\d+) refused\neffects (\d+)/', $out, $n) && [$seen, $ran] = [$seen + $n[1] + $n[2], $ran + $n[3]];
}
echo $seen > 500 && $ran > 100 ? 'enough' : 'too few', ": $seen calls, $ran effects\n";
?>
--EXPECTF--
Exception: %d taken, %d refused
effects %d
NotDone: %d taken, %d refused
effects %d
Retry: %d taken, %d refused
effects %d
Step: %d taken, %d refused
effects %d
Workflow: %d taken, %d refused
effects %d
Answer: %d taken, %d refused
effects %d
Schema: %d taken, %d refused
effects %d
KillSwitches: %d taken, %d refused
effects %d
AuditLog: %d taken, %d refused
effects %d
Run: %d taken, %d refused
effects %d
Attempt: %d taken, %d refused
effects %d
Engine: %d taken, %d refused
effects %d
IdempotencyKeys: %d taken, %d refused
effects %d
enough: %d calls, %d effects
