--TEST--
Objects that PDO fills without a constructor do no harm
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
$db = new PDO('sqlite::memory:');
foreach (['SophMate\Step', 'SophMate\Workflow', 'SophMate\Retry', 'SophMate\Answer'] as $class) {
    thrown(fn () => $db->query("SELECT 'x' AS name, 'done' AS outcome, 1 AS attempts")->fetchObject($class));
    $made = null;
    try {
        $statement = $db->query('SELECT 1 AS other');
        $statement->setFetchMode(PDO::FETCH_CLASS, $class);
        $made = $statement->fetch();
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
    if ($made) {
        var_dump($made);
    }
}
thrown(fn () => new SophMate\Workflow('w', '1', 'c', 'o', [(new ReflectionClass('SophMate\Step'))->newInstanceWithoutConstructor()]));
?>
--EXPECT--
Error: Cannot create dynamic property SophMate\Step::$attempts
Error: Cannot create dynamic property SophMate\Step::$other
Error: Cannot create dynamic property SophMate\Workflow::$attempts
Error: Cannot create dynamic property SophMate\Workflow::$other
Error: Cannot create dynamic property SophMate\Retry::$outcome
Error: Cannot create dynamic property SophMate\Retry::$other
Error: Cannot create dynamic property SophMate\Answer::$attempts
Error: Cannot create dynamic property SophMate\Answer::$other
ReflectionException: Class SophMate\Step is an internal class marked as final that cannot be instantiated without invoking its constructor
