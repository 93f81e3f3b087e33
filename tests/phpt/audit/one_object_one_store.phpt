--TEST--
An AuditLog is made once over one store, is not copied and not serialized
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\AuditLog;

$store = store();
$log = new AuditLog($store);
thrown(fn () => $log->__construct($store));
thrown(fn () => clone $log);
thrown(fn () => serialize($log));
thrown(fn () => new AuditLog('store'));
var_dump($log);
?>
--EXPECTF--
Error: SophMate\AuditLog::__construct() was called already
Error: Trying to clone an uncloneable object of class SophMate\AuditLog
Exception: Serialization of 'SophMate\AuditLog' is not allowed
TypeError: SophMate\AuditLog::__construct(): Argument #1 ($store) must be of type SophMate\Store, string given
object(SophMate\AuditLog)#%d (0) {
}
