<?php
// `wp sophmate audit verify|prove|export` on the real site: what they print, and the exit code of each kind of finding.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/sophmate-audit-test.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
copy(__DIR__ . '/plugin/workflows.php', $mu);
register_shutdown_function(fn () => unlink($mu));
$event = bin2hex(random_bytes(4));
$dir = needed('SOPHMATE_WORK_DIR');
$db = new mysqli('localhost', 'root', '', needed('SOPHMATE_SITE_DB'), null, needed('SOPHMATE_DB_SOCKET'));
$journal = 'wp_sophmate_journal';

/** Exit code and the report of --format=json. */
$verify = function (string ...$options): array {
	[$code, $output] = wp_cli('sophmate', 'audit', 'verify', '--format=json', ...array_values($options));
	return [$code, json_decode($output, true) ?? []];
};
/** Exit code, verdict, and the first finding's kind and place. */
$found = function (string ...$options) use ($verify): array {
	[$code, $report] = $verify(...$options);
	return [$code, $report['verdict'] ?? '', $report['findings'][0]['what'] ?? '', $report['findings'][0]['index'] ?? null];
};

// a log of its own: another test may have made a key, and thrown it away
array_map(unlink(...), glob(needed('SOPHMATE_KEYS') . '/*'));
check('a log of its own', [wp_cli('sophmate', 'identity', '--restored', '--yes', '--reason=test')[0], wp_cli('sophmate', 'keys', 'create', '--reason=test')[0]], [0, 0]);
foreach (['a' => 'ok', 'b' => 'lost', 'c' => 'refuse'] as $name => $mode) {
	wp_cli('sophmate', 'run', 'start', 'test.cli', "--subject=$event $name", '--input={"mode":"' . $mode . '"}');
}
wp_cli('sophmate', 'work', '--once');
check('checkpoint', wp_cli('sophmate', 'audit', 'checkpoint')[0], 0);
[$code, $output] = wp_cli('sophmate', 'audit', 'verify', '--anchor=0');
check('verify: sound is 0', [$code, str_contains($output, 'Success: The log is sound')], [0, true]);
check_holds('verify says what it compared', $output, 'stored checkpoints');
[$code, $report] = $verify();
check('verify --format=json', [$code, $report['verdict'], $report['found'], $report['size'] === $report['signed_size'], $report['anchored_size'] > 0], [0, 'sound', 0, true, true]);
check('verify --resume begins at the head', $verify('--resume')[1]['from'], $report['size']);
check('verify --tree-only', $verify('--tree-only')[1]['runs'], 0);
check('verify --format=csv', wp_output('sophmate', 'audit', 'verify', '--format=csv'), 'exit_code,what,index,last,stream,seq,message');
check('verify: a bad number is 1', wp_cli('sophmate', 'audit', 'verify', '--anchor=soon')[0], 1);
check('verify: a bad format is 1', wp_cli('sophmate', 'audit', 'verify', '--format=xml')[0], 1);
check('verify: a bad key is 1', wp_cli('sophmate', 'audit', 'verify', '--keys=abc')[0], 1);
check('verify: the journal of another log is 30', $found('--keys=other.example/log+' . substr(hash('sha256', "other.example/log\n\x01" . str_repeat("\2", 32)), 0, 8) . '+' . base64_encode("\x01" . str_repeat("\2", 32)))[0], 30);

// prove and export, checked by the auditor's script
$vkey = wp_output('sophmate', 'keys', 'show', '--vkey');
$id = $db->query("SELECT id FROM $journal WHERE leaf_index=2")->fetch_row()[0];
check('prove', wp_cli('sophmate', 'audit', 'prove', $id, "--file=$dir/event.tlog-proof")[0], 0);
check('prove: the file is there already', wp_cli('sophmate', 'audit', 'prove', $id, "--file=$dir/event.tlog-proof")[0], 1);
check('prove to standard output', wp_cli('sophmate', 'audit', 'prove', $id)[1], file_get_contents("$dir/event.tlog-proof"));
check('prove: no such event is 2', wp_cli('sophmate', 'audit', 'prove', str_repeat('0', 32))[0], 2);
check('prove: no id is 1', wp_cli('sophmate', 'audit', 'prove', 'x')[0], 1);
check('export', wp_cli('sophmate', 'audit', 'export', "$dir/export")[0], 0);
check('export: into the same folder is 2', wp_cli('sophmate', 'audit', 'export', "$dir/export")[0], 2);
[$code, $output, $errors] = run_command([needed('SOPHMATE_ROOT') . '/docs/verify/verify.sh', $vkey, "$dir/export", "$dir/event.tlog-proof"]);
check('docs/verify/verify.sh finds both sound', [$code, substr_count($output, 'sound: '), $errors], [0, 2, '']);
check('an export holds no private value', str_contains(shell_exec('grep -rl ' . escapeshellarg("$event a") . ' ' . escapeshellarg("$dir/export")) ?? '', 'tile'), false);

// what is wrong, by its code
$wrong = function (string $sql, string $back, string $what, array $expected, string ...$options) use ($db, $found): void {
	$db->query($sql);
	check($what, array_slice($found(...array_values($options)), 0, count($expected)), $expected);
	$db->query($back);
};
$wrong("UPDATE $journal SET leaf=REPLACE(leaf, '\"seq\":1,', '\"seq\":3,') WHERE leaf_index=0", "UPDATE $journal SET leaf=REPLACE(leaf, '\"seq\":3,', '\"seq\":1,') WHERE leaf_index=0",
	'a changed leaf is 40, at its place', [40, 'invalid', 'hash', 0]);
$last = $report['size'] - 1;
$wrong("UPDATE $journal SET leaf_index=NULL WHERE leaf_index=$last", "UPDATE $journal SET leaf_index=$last WHERE leaf_index IS NULL",
	'a tail that is cut off is 30', [30, 'contradicts', 'head']);
$wrong("UPDATE wp_sophmate_switch SET held=1 WHERE target='*'", "UPDATE wp_sophmate_switch SET held=0 WHERE target='*'", 'a switch without its event is 40', [40, 'invalid', 'switch']);
$wrong("UPDATE wp_sophmate_run SET state='completed' WHERE state='unknown'", "UPDATE wp_sophmate_run SET state='unknown' WHERE state='completed' AND step<>''",
	'a list of runs that says otherwise is 40', [40, 'invalid', 'projection']);
check('and it is sound again', $found()[0], 0);
array_map(unlink(...), glob(needed('SOPHMATE_KEYS') . '/*'));
finish();
