--TEST--
Every exception says whether the effect may have happened, and has its facts
--FILE--
<?php
foreach (['Conflict', 'InProgress', 'OutcomeUnknown', 'Held', 'EffectRefused', 'OutputNotStored', 'DefinitionError', 'InvalidArgument', 'InvalidState', 'LimitExceeded', 'SchemaError', 'IdentityMismatch', 'StoreError', 'StoreUncertain', 'IllegalHistory'] as $name) {
    $class = "SophMate\\$name";
    $e = new $class('message', 3, new Error('cause'));
    $facts = [];
    foreach ((new ReflectionClass($class))->getProperties(ReflectionProperty::IS_READONLY) as $p) {
        $facts[] = $p->getName() . '=' . var_export($p->getValue($e), true);
    }
    echo $name, ' ', get_parent_class($e), ' ', $e->effectMayHaveHappened() ? 'maybe' : 'no', ' ', $e->getCode(), $e->getPrevious()->getMessage(), ' ', implode(' ', $facts), "\n";
}
echo get_parent_class('SophMate\Exception'), "\n";
class Mine extends SophMate\InProgress { public readonly int $mine; public ?string $other; }
$e = new Mine;
var_dump($e->effectMayHaveHappened(), (new ReflectionProperty($e, 'mine'))->isInitialized($e));
var_dump(unserialize(serialize(new SophMate\StoreError('kept')))->getMessage());
?>
--EXPECT--
Conflict SophMate\Exception no 3cause runId=NULL key='' storedFingerprint='' givenFingerprint=''
InProgress SophMate\Exception maybe 3cause runId=NULL
OutcomeUnknown SophMate\Exception maybe 3cause runId=NULL
Held SophMate\Exception no 3cause runId=NULL target=''
EffectRefused SophMate\Exception no 3cause runId=NULL failure=NULL failureClass=NULL
OutputNotStored SophMate\Exception maybe 3cause runId=NULL
DefinitionError SophMate\Exception no 3cause runId=NULL
InvalidArgument SophMate\Exception no 3cause runId=NULL
InvalidState SophMate\Exception no 3cause runId=NULL state=NULL
LimitExceeded SophMate\Exception no 3cause runId=NULL limit='' value=0 got=0
SchemaError SophMate\Exception no 3cause runId=NULL
IdentityMismatch SophMate\Exception no 3cause runId=NULL
StoreError SophMate\Exception no 3cause runId=NULL
StoreUncertain SophMate\Exception no 3cause runId=NULL
IllegalHistory SophMate\Exception no 3cause runId=NULL
RuntimeException
bool(true)
bool(false)
string(4) "kept"
