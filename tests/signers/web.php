<?php
// What a worker of php-fpm may do with a key that only root can read.
declare(strict_types=1);
require getenv('SOPHMATE_ROOT') . '/examples/pdo-store.php';

use SophMate\AuditLog;

$before = preg_match('/VmLck:\s+(\d+)/', file_get_contents('/proc/self/status'), $found) ? (int) $found[1] : -1;
$log = new AuditLog(new PdoStore(getenv('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD')));
try {
	$head = $log->checkpoint();
	$said = $head->note === null ? 'unsigned' : 'signed';
} catch (SophMate\Exception $e) {
	$said = $e->getMessage();
}
$after = preg_match('/VmLck:\s+(\d+)/', file_get_contents('/proc/self/status'), $found) ? (int) $found[1] : -1;
ob_start();
phpinfo(INFO_MODULES);
$info = ob_get_clean();
echo json_encode([
	'root' => posix_geteuid() === 0,
	'reads the folder' => @scandir(ini_get('sophmate.key_dir')) !== false,
	'said' => $said,
	'locked' => array_column(AuditLog::keys()['keys'], 'locked'),
	'locked pages' => $after > 0,
	'of this worker' => $before === 0,
	'dir' => AuditLog::keys()['dir'],
	'phpinfo' => preg_match('~log-[0-9a-f]{16}\.key~', $info),
], JSON_UNESCAPED_SLASHES);
