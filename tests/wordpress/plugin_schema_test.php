<?php
// Tables at activation, after a version change and for new sites; wrong tables; queries on pages without automation.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

/** Statements on the site's database as the administrator. */
function sql(string $statement): string
{
	[$code, $output, $errors] = run_command([needed('SOPHMATE_DB_ROOT'), '-N', needed('SOPHMATE_SITE_DB'), '-e', $statement]);
	return $code === 0 ? trim($output) : "error: $errors";
}
$refusal = fn (): string => wp_output('eval', '$e = sophmate_once("test: schema " . uniqid(), 1, fn () => 1); echo is_wp_error($e) ? $e->get_error_code() . ": " . $e->get_error_message() : "works";');
$recheck = fn () => wp_cli('eval', 'SophMate\WordPress\Installer::install();');

check('the tables are there', sql("SHOW TABLES LIKE 'wp\\_sophmate\\_%'") !== '', true);
check('automation works', $refusal(), 'works');

// Planted faults: automation is refused with the finding, and goes on when it is mended.
foreach ([
	'engine' => ['ALTER TABLE wp_sophmate_external ENGINE=MyISAM', 'ALTER TABLE wp_sophmate_external ENGINE=InnoDB', 'wp_sophmate_external'],
	'a missing unique key' => ['ALTER TABLE wp_sophmate_journal DROP INDEX stream', null, 'wp_sophmate_journal'],
	'a wrong length' => ['ALTER TABLE wp_sophmate_run MODIFY id char(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL', null, 'wp_sophmate_run'],
	'a wrong collation' => ['ALTER TABLE wp_sophmate_switch MODIFY target varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL', null, 'wp_sophmate_switch'],
	'relaxed flush' => ['SET GLOBAL innodb_flush_log_at_trx_commit=2', 'SET GLOBAL innodb_flush_log_at_trx_commit=1', 'innodb_flush_log_at_trx_commit'],
] as $name => [$break, $mend, $word]) {
	$table = preg_match('/ALTER TABLE (\w+)/', $break, $m) ? $m[1] : null;
	if ($table !== null) {
		sql("CREATE TABLE {$table}_kept LIKE $table; INSERT INTO {$table}_kept SELECT * FROM $table");
	}
	if (str_contains($break, 'DROP INDEX')) {
		$key = sql("SELECT index_name FROM information_schema.statistics WHERE table_schema=DATABASE() AND table_name='wp_sophmate_journal' AND non_unique=0 AND column_name='stream'");
		$break = "ALTER TABLE wp_sophmate_journal DROP INDEX `$key`";
	}
	if (str_contains($break, 'MODIFY id char(20)')) {
		sql('DELETE FROM wp_sophmate_run');
	}
	check("$name: planted", sql($break), '');
	$check = wp_output('eval', 'echo implode("\n", SophMate\Schema::check(SophMate\WordPress\Engines::store()));');
	check_holds("$name: is named", $check, $word);
	wp_cli('eval', 'SophMate\WordPress\Installer::check();');
	check_holds("$name: automation is refused", $refusal(), 'sophmate_unavailable: Automation is off');
	check("$name: doctor ends with 2", wp_cli('sophmate', 'doctor')[0], 2);
	check_holds("$name: the administrator reads it", wp_output('eval', 'wp_set_current_user(1); do_action("admin_notices");'), $word);
	if ($table !== null) {
		sql("DROP TABLE $table; RENAME TABLE {$table}_kept TO $table");
	} else {
		sql((string) $mend);
	}
	$recheck();
	check("$name: mended", $refusal(), 'works');
}

// A finding that the owner accepts.
sql('SET GLOBAL innodb_flush_log_at_trx_commit=2');
$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/accept.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
file_put_contents($mu, "<?php add_filter('sophmate_schema_findings', fn (array \$findings) => array_filter(\$findings, fn (\$f) => !str_contains(\$f, 'flush')));");
wp_cli('eval', 'SophMate\WordPress\Installer::check();');
check('a finding that the owner accepts by the filter does not refuse', $refusal(), 'works');
unlink($mu);
sql('SET GLOBAL innodb_flush_log_at_trx_commit=1');
$recheck();

// Another version of plugin or extension: tables are looked at again, without a visit to wp-admin.
foreach (['plugin', 'extension'] as $which) {
	wp_cli('eval', '$o = get_option("sophmate_schema"); $o["' . $which . '"] = "0.0.1"; $o["findings"] = array("old"); update_option("sophmate_schema", $o, true);');
	check("another $which version: installed again at the first use", $refusal(), 'works');
	check("another $which version: remembered", wp_output('eval', 'echo get_option("sophmate_schema")["' . $which . '"];'), $which === 'plugin' ? wp_output('eval', 'echo SOPHMATE_VERSION;') : wp_output('eval', 'echo phpversion("sophmate");'));
}

// A page without automation sends no query for us: the same page, with and without the plugin.
inside('queries.php');
$pages = [];
foreach (['with', 'without'] as $which) {
	if ($which === 'without') {
		wp_cli('plugin', 'deactivate', 'sophmate-order-example', 'sophmate');
	}
	wp_cli('eval', '1;');
	$pages[$which] = wp_output("--exec=define('SAVEQUERIES', true);", 'eval', 'global $wpdb; wp(); ob_start(); require ABSPATH . WPINC . "/template-loader.php"; ob_end_clean(); echo count($wpdb->queries);');
}
wp_cli('plugin', 'activate', 'sophmate', 'sophmate-order-example');
check('the front page sends as many queries with the plugin as without', $pages['with'], $pages['without']);
check_between('and there were some', (int) $pages['with'], 1, 500);
wp_cli('eval', 'wp_clear_scheduled_hook("sophmate_tick");');
check('a tick that got lost comes back with the next request, whatever it is', wp_output('eval', 'echo wp_get_schedule("sophmate_tick");'), 'sophmate_minute');
check('activation puts the tick into cron', wp_output('eval', 'echo wp_get_schedule("sophmate_tick");'), 'sophmate_minute');
wp_cli('plugin', 'deactivate', 'sophmate-order-example', 'sophmate');
check('deactivation takes it out', wp_output('eval', 'echo json_encode(wp_next_scheduled("sophmate_tick"));'), 'false');
check('and keeps the records', sql('SELECT COUNT(*) > 0 FROM wp_sophmate_journal'), '1');
wp_cli('plugin', 'activate', 'sophmate', 'sophmate-order-example');
check('activated again, all is as before', $refusal(), 'works');
finish();
