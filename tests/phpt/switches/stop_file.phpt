--TEST--
A file named hold in sophmate.state_dir stops everything on this host; mayProceed() sees it
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../child.inc';
use SophMate\Engine;

store();
$dir = database() . '.state';
@mkdir($dir);
@unlink("$dir/hold");
$ini = ['sophmate.state_dir' => $dir];
$code = '$dir = ' . var_export($dir, true) . ';
    $e = new Engine(store());
    $run = $e->start(workflow("order", function (Attempt $a) use ($dir) {
        echo var_export($a->mayProceed(), true), " "; touch("$dir/hold"); echo var_export($a->mayProceed(), true), " "; return 1;
    }, fn () => print("never")), "x");
    show($run); echo history($run), "\n";
    show($e->advance($run->id));
    try { $e->once("k", 1, fn () => print("never")); } catch (SophMate\Held $h) { echo get_class($h), $h->effectMayHaveHappened() ? " maybe" : " no", " $h->target\n"; }
    unlink("$dir/hold");
    echo $e->once("k", 1, fn () => "now"), "\n";
    echo history($e->findBySubject("once", "k")), "\n";';
echo (new Child($code, $ini))->end(), "\n";
rmdir($dir);
?>
--EXPECT--
true false running at two, owner sales
run.started step.started step.finished
running at two, owner sales
SophMate\Held no file
now
run.started step.started step.finished run.completed
