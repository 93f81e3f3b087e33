<?php
// The plugin inside WordPress: hooks, transactions, errors; on both databases, and on a network of sites.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

inside('hooks.php');

// A network: one site's copy by hard links, its own database.
$site = needed('SOPHMATE_WORK_DIR') . '/network';
$socket = needed('SOPHMATE_DB_SOCKET');
$name = needed('SOPHMATE_DB_NAME');
run_command(['cp', '-al', needed('SOPHMATE_SITE'), $site]);
array_map(fn (string $file) => is_file($file) && unlink($file), ["$site/wp-config.php", "$site/wp-content/debug.log"]);
foreach (['sophmate', 'sophmate-order-example'] as $plugin) {
	is_link("$site/wp-content/plugins/$plugin") || symlink(dirname(__DIR__, 2) . "/wordpress/$plugin", "$site/wp-content/plugins/$plugin");
}
$phar = preg_match('/(\S+wp-cli\.phar)/', (string) file_get_contents(needed('SOPHMATE_WP')), $found) ? $found[1] : '';
$network = fn (string ...$arguments): array => run_command([PHP_BINARY, $phar, '--allow-root', "--path=$site", ...array_values($arguments)]);
run_command([PHP_BINARY, $phar, '--allow-root', "--path=$site", 'config', 'create', "--dbname=$name", '--dbuser=root', '--dbpass=', "--dbhost=localhost:$socket", '--skip-check', '--extra-php'], [], "define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);\n");
[$code, , $errors] = $network('core', 'multisite-install', '--url=http://127.0.0.1', '--title=N', '--admin_user=admin', '--admin_password=pw', '--admin_email=a@example.test', '--skip-email');
check('a network is installed', [$code, $errors], [0, '']);
check('the plugin is activated for all', $network('plugin', 'activate', 'sophmate', '--network')[0], 0);
$server = new mysqli('localhost', 'root', '', $name, null, $socket);
$tables = fn (): array => array_column($server->query("SHOW TABLES LIKE '%sophmate\\_journal'")->fetch_all(), 0);
check('the first site has its tables', $tables(), ['wp_sophmate_journal']);
check('a new site', $network('site', 'create', '--slug=two')[0], 0);
check('has its own at once', $tables(), ['wp_2_sophmate_journal', 'wp_sophmate_journal']);
check('and its tick', trim($network('--url=http://127.0.0.1/two/', 'eval', 'echo wp_get_schedule("sophmate_tick");')[1]), 'sophmate_minute');
$script = <<<'PHP'
	$one = sophmate_engine();
	sophmate_once("test: network", 1, fn () => "one");
	$inside = sophmate_once("test: switched", 1, function ($a) { switch_to_blog(2); $a->externalId("charge", "ch_switched"); return "site one"; });
	$two = sophmate_engine();
	$other = sophmate_once("test: network", 1, fn () => "two");
	restore_current_blog();
	echo json_encode(array($one !== $two, $one === sophmate_engine(), $other, $inside, count($one->findByExternalId("charge", "ch_switched")), count($two->findByExternalId("charge", "ch_switched"))));
	PHP;
[$code, $output, $errors] = $network('eval', $script);
check('each site has its own engine and records; records stay with the site they began on', [json_decode($output, true), $errors], [[true, true, 'two', 'site one', 1, 0], '']);
check('what one site knows the other does not', trim($network('--url=http://127.0.0.1/two/', 'eval', 'echo sophmate_once("test: network", 1, fn () => "again"), " ", sophmate_once("test: switched", 1, fn () => "unknown here");')[1]), 'two unknown here');
check('doctor is content with both', [$network('sophmate', 'doctor')[0], $network('--url=http://127.0.0.1/two/', 'sophmate', 'doctor')[0]], [0, 0]);
check('deactivated, the tick is gone on both', [$network('plugin', 'deactivate', 'sophmate', '--network')[0], trim($network('cron', 'event', 'list', '--hook=sophmate_tick', '--format=count')[1]), trim($network('--url=http://127.0.0.1/two/', 'cron', 'event', 'list', '--hook=sophmate_tick', '--format=count')[1])], [0, '0', '0']);
$server->close();
run_command(['rm', '-rf', $site]);
finish();
