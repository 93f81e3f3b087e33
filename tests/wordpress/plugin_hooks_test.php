<?php
// The plugin inside WordPress: hooks, transactions, errors; on both databases, and on a network of sites.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

inside('hooks.php');

// Somebody asks for the engine before `init`; at `init` another plugin registers what no engine takes. The site goes on without automation.
$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/sophmate-hooks-test.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
register_shutdown_function(fn () => is_file($mu) && unlink($mu));
file_put_contents($mu, <<<'PHP'
	<?php
	add_action('plugins_loaded', fn () => $GLOBALS['early'] = sophmate_engine());
	add_action('sophmate_register_workflows', function (SophMate\Engine $engine): void {
		$GLOBALS['fired'] = ($GLOBALS['fired'] ?? 0) + 1;
		$engine->register(new SophMate\Workflow('Bad Name', version: '1', category: 'general', owner: 'operations', steps: []));
	});
	PHP);
check('a bad registration: whoever came before init has an engine, and the request goes on', wp_output('eval', 'echo get_class($GLOBALS["early"]), ", alive";'), 'SophMate\Engine, alive');
$page = curl_init(needed('SOPHMATE_URL') . '/');
curl_setopt_array($page, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60]);
check('a bad registration: the front page is made', [curl_exec($page) !== '', curl_getinfo($page, CURLINFO_RESPONSE_CODE)], [true, 200]);
$refused = json_decode(wp_output('eval', '$e = sophmate_once("test: bad registration", 1, fn () => 1); sophmate_start("x"); echo json_encode([is_wp_error($e) ? [$e->get_error_code(), $e->get_error_message(), $e->get_error_data()["may_have_happened"]] : $e, $GLOBALS["fired"]]);'), true);
check('a bad registration: automation is refused, tried once a request', [$refused[0][0] ?? null, $refused[0][2] ?? null, $refused[1] ?? null], ['sophmate_unavailable', false, 1]);
check_holds('a bad registration: with the reason', (string) ($refused[0][1] ?? ''), 'sophmate-hooks-test.php');
check_holds('a bad registration: the administrator reads it', wp_output('eval', 'wp_set_current_user(1); do_action("admin_notices");'), 'sophmate-hooks-test.php');
check('a bad registration: others do not', wp_output('eval', 'do_action("admin_notices");'), '');
$doctor = wp_cli('sophmate', 'doctor', '--format=json');
check('a bad registration: doctor ends with 2 and names it', [$doctor[0], str_contains(array_column((array) json_decode($doctor[1], true), 'finding', 'check')['workflows'] ?? '', 'sophmate-hooks-test.php')], [2, true]);
check_holds('a bad registration: it is in the log', (string) file_get_contents(needed('SOPHMATE_DEBUG_LOG')), 'Registering workflows failed');
file_put_contents($mu, str_replace("add_action('plugins_loaded'", '// ', (string) file_get_contents($mu)));
check_holds('a bad registration that nobody met yet: the administrator reads it too', wp_output('eval', 'wp_set_current_user(1); do_action("admin_notices");'), 'sophmate-hooks-test.php');
unlink($mu);
check('mended, there is no notice', wp_output('eval', 'wp_set_current_user(1); do_action("admin_notices"); echo get_class(sophmate_engine());'), 'SophMate\Engine');

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
// as root, who must not trust the keys of the site's user
$network = fn (string ...$arguments): array => run_command([PHP_BINARY, '-d', 'sophmate.key_dir=', $phar, '--allow-root', "--path=$site", ...array_values($arguments)]);
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
