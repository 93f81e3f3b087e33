<?php
// A staging copy in the same database: other tables, another path of the same host. Its tick must not repeat the original's steps.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$site = needed('SOPHMATE_SITE');
$clone = needed('SOPHMATE_WORK_DIR') . '/staging';
/** WP-CLI on the copy. @return array{int, string, string} */
$staging = fn (string ...$arguments): array => run_command([needed('SOPHMATE_WP'), "--path=$clone", ...array_values($arguments)]);
$database = new mysqli('localhost', 'root', '', needed('SOPHMATE_SITE_DB'), null, needed('SOPHMATE_DB_SOCKET'));
$tables = fn (string $prefix): array => array_column($database->query("SHOW TABLES LIKE '" . addcslashes($prefix, '_') . "%'")->fetch_all(), 0);
/** Events of one site's journal. */
$events = fn (string $prefix): int => (int) $database->query("SELECT COUNT(*) FROM {$prefix}sophmate_journal")->fetch_row()[0];

// The original: an order that waits for the tick, one that rests unknown and would be asked again, and two that are done.
services('fault', 'billing', 'none');
[$known, $done] = place();
services('fault', 'billing', 'reset', '--times=2', '--on=*');
[, $unknown] = place();
services('fault', 'billing', 'none');
[, $later] = place('--later');
check('the original: done, unknown, and waiting for the tick', [effects_of($done), wp_output('sophmate', 'run', 'show', $unknown, '--field=state'), effects_of($later)], [[1, 1, 1, 1], 'unknown', [0, 0, 0, 0]]);

// Its copy, as a staging plugin makes it: files, tables under another prefix, the URLs replaced.
run_command(['cp', '-al', $site, $clone]);
unlink("$clone/wp-config.php");
$config = (string) file_get_contents("$site/wp-config.php");
file_put_contents("$clone/wp-config.php", str_replace(["\$table_prefix = 'wp_'", "define('WP_HOME', '", "define('WP_SITEURL', '"], ["\$table_prefix = 'stg_'", "define('NOT_HOME', '", "define('NOT_SITEURL', '"], $config));
chmod("$clone/wp-config.php", 0644);
$url = needed('SOPHMATE_URL') . '/staging';
register_shutdown_function(function () use ($database, $tables, $clone): void {
	array_map(fn (string $table) => $database->query("DROP TABLE `$table`"), $tables('stg_'));
	run_command(['rm', '-rf', $clone]);
});
foreach ($tables('wp_') as $table) {
	$copy = 'stg_' . substr($table, 3);
	$database->query("CREATE TABLE `$copy` LIKE `$table`");
	$database->query("INSERT INTO `$copy` SELECT * FROM `$table`");
}
$database->query("UPDATE stg_options SET option_name = 'stg_user_roles' WHERE option_name = 'wp_user_roles'");
$database->query("UPDATE stg_usermeta SET meta_key = CONCAT('stg_', SUBSTR(meta_key, 4)) WHERE meta_key LIKE 'wp\\_%'");
$database->query("UPDATE stg_options SET option_value = '$url' WHERE option_name IN ('home', 'siteurl')");
check('the copy is a site of its own', [$staging('eval', 'global $wpdb; echo home_url(), " ", DB_NAME, " ", $wpdb->prefix;')[1], $events('stg_')], ["$url wp stg_", $events('wp_')]);

// Nothing starts there, whoever asks.
$before = array_map(fn (string $service): int => count(requests($service)), ['crm', 'billing', 'provisioning', 'mail']);
$stored = $events('stg_');
$tick = $staging('cron', 'event', 'run', 'sophmate_tick');
check('its tick runs', $tick[0], 0);
check('wp sophmate work is refused, 6', $staging('sophmate', 'work', '--once')[0], 6);
check('advance is refused, 6', [$staging('sophmate', 'run', 'advance', $unknown)[0], $staging('sophmate', 'run', 'advance', $later)[0]], [6, 6]);
$after = array_map(fn (string $service): int => count(requests($service)), ['crm', 'billing', 'provisioning', 'mail']);
check('no service was asked anything, and nothing was stored', [$after, $events('stg_')], [$before, $stored]);

check('an effect of its own is refused', $staging('eval', 'echo sophmate_once("test: staging", 1, function () { echo "begun"; })->get_error_code();')[1], 'sophmate_unavailable');

// And it says why.
[$code, $output, $errors] = $staging('sophmate', 'identity');
check('identity ends with 2', $code, 2);
check_holds('identity: where it is', $output . $errors, '127.0.0.1/staging wp.stg_');
check_holds('identity: where it was made', $output . $errors, '127.0.0.1 wp.wp_');
check_holds('identity: what to say', $errors, 'moved, copied or restored?');
check_holds('the cron log says it too', (string) file_get_contents(needed('SOPHMATE_DEBUG_LOG')), 'moved, copied or restored');
$doctor = $staging('sophmate', 'doctor', '--format=json');
check('doctor there ends with 2', $doctor[0], 2);
check_holds('and names both places', array_column(json_decode($doctor[1], true), 'finding', 'check')['identity'], '(127.0.0.1 wp.wp_) than this one (127.0.0.1/staging wp.stg_)');

// The original never noticed.
check('the original works', [wp_cli('sophmate', 'identity')[0], wp_cli('sophmate', 'run', 'advance', $unknown)[0], wp_cli('sophmate', 'run', 'advance', $later)[0], effects_of($unknown), effects_of($later)], [0, 0, 0, [1, 1, 1, 1], [1, 1, 1, 1]]);

// Said to be a copy: it works with keys of its own, and the original's orders are closed there.
check('said to be a copy', $staging('sophmate', 'identity', '--copy', '--yes', '--reason=test')[0], 0);
check('identity is content', $staging('sophmate', 'identity')[0], 0);
check('the open runs end as stopped there', [trim($staging('sophmate', 'run', 'show', $unknown, '--field=state')[1]), trim($staging('sophmate', 'run', 'show', $later, '--field=state')[1])], ['stopped', 'stopped']);
check('what is done is known there', trim($staging('sophmate', 'run', 'show', $done, '--field=state')[1]), 'completed');
$staging('sophmate', 'work', '--once');
check('one of each, after all', [effects_of($unknown), effects_of($later)], [[1, 1, 1, 1], [1, 1, 1, 1]]);
check('it works', $staging('eval', 'echo sophmate_once("test: staging again", 1, fn () => "on its own");')[1], 'on its own');
finish();
