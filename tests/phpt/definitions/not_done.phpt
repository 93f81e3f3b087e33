--TEST--
NotDone never throws while it is made: "not done" must not become "may have happened"
--FILE--
<?php
use SophMate\{FailureClass, NotDone};

foreach ([
    ['declined'],
    ['declined', 'card_declined', FailureClass::Permission, 2.5, new LogicException('before')],
    ['', '', null, 0],
    ["\xff", 'Card Declined!'],
    ['x', '_x', null, NAN],
    ['x', str_repeat('n', 60), null, INF],
    ['x', "\0\xff", null, -5],
    ['x', null, FailureClass::ProviderLimit, 1e9],
] as $arguments) {
    $e = new NotDone(...$arguments);
    echo json_encode($e->getMessage(), JSON_INVALID_UTF8_SUBSTITUTE), ' ', var_export($e->failure, true), ' ', $e->class?->value, ' ', var_export($e->retryAfterSeconds, true), ' ', $e->getPrevious()?->getMessage(), ' ', $e->getLine(), "\n";
}
class Mine extends NotDone {
    public readonly int $own;
    function __construct() { $this->own = 1; }      // without the parent's constructor
}
$e = new Mine;
var_dump($e instanceof RuntimeException, $e instanceof SophMate\Exception, $e->failure, $e->class, $e->retryAfterSeconds, $e->getMessage());
try {
    $e->failure = 'x';
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
?>
--EXPECT--
"declined" NULL  NULL  14
"declined" 'card_declined' permission 2.5 before 14
"" NULL  0.0  14
"\ufffd" 'card declined_'  NULL  14
"x" 'xx'  NULL  14
"x" 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn'  2592000.0  14
"x" 'x_'  0.0  14
"x" NULL provider_limit 2592000.0  14
bool(true)
bool(false)
NULL
NULL
NULL
string(0) ""
Cannot modify readonly property SophMate\NotDone::$failure
