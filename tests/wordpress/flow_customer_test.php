<?php
// A customer called Åsa 🛒 on a site whose database, connection and tables are latin1; through every store, byte for byte.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$site = needed('SOPHMATE_WORK_DIR') . '/latin1';
$socket = needed('SOPHMATE_DB_SOCKET');
$database = needed('SOPHMATE_DB_NAME');
$server = new mysqli('localhost', 'root', '', $database, null, $socket);
$server->query("ALTER DATABASE `$database` CHARACTER SET latin1 COLLATE latin1_swedish_ci");

// A site of its own: the files by hard links, the database of this test.
run_command(['cp', '-al', needed('SOPHMATE_SITE'), $site]);
array_map(fn (string $file) => is_file($file) && unlink($file), ["$site/wp-config.php", "$site/wp-content/debug.log"]);
register_shutdown_function(fn () => run_command(['rm', '-rf', $site]));
$phar = preg_match('/(\S+wp-cli\.phar)/', (string) file_get_contents(needed('SOPHMATE_WP')), $found) ? $found[1] : '';
// as root, who must not trust the keys of the site's user
$latin1 = fn (string ...$arguments): array => run_command([PHP_BINARY, '-d', 'sophmate.key_dir=', $phar, '--allow-root', "--path=$site", ...array_values($arguments)]);
$constants = "define('WP_HTTP_BLOCK_EXTERNAL', true); define('WP_ACCESSIBLE_HOSTS', '127.0.0.1'); define('DISABLE_WP_CRON', true);\n";
foreach (['CRM', 'BILLING', 'PROVISIONING', 'MAIL'] as $service) {
	$constants .= "define('SOPHMATE_EXAMPLE_$service', '" . needed("SOPHMATE_EXAMPLE_$service") . "');\n";
}
run_command([PHP_BINARY, $phar, '--allow-root', "--path=$site", 'config', 'create', "--dbname=$database", '--dbuser=root', '--dbpass=', "--dbhost=localhost:$socket", '--dbcharset=latin1', '--skip-check', '--extra-php'], [], $constants);
[$code, , $errors] = $latin1('core', 'install', '--url=http://127.0.0.1', '--title=L', '--admin_user=admin', '--admin_password=pw', '--admin_email=a@example.test', '--skip-email');
check('a site with DB_CHARSET latin1 is installed', [$code, $errors], [0, '']);
check('the plugin is activated there', $latin1('plugin', 'activate', 'sophmate')[0], 0);
$charset = fn (string $table): string => (string) ($server->query("SELECT CCSA.character_set_name FROM information_schema.tables T JOIN information_schema.collation_character_set_applicability CCSA ON CCSA.full_collation_name = T.table_collation WHERE T.table_schema = '$database' AND T.table_name = '$table'")->fetch_row()[0] ?? 'none');
check('WordPress\'s own tables and connection are latin1', [$charset('wp_posts'), $latin1('eval', 'global $wpdb; echo $wpdb->get_var("SELECT @@character_set_client");')[1]], ['latin1', 'latin1']);
check('doctor is content', $latin1('sophmate', 'doctor')[0], 0);

$sqlite = fn (string ...$arguments): array => run_command([needed('SOPHMATE_SQLITE_WP'), ...array_values($arguments)]);
$own = fn (string ...$arguments): array => $latin1(...$arguments);
$shared = fn (string ...$arguments): array => $latin1("--exec=define('SOPHMATE_STORE', 'shared');", ...array_values($arguments));
foreach (['own' => [$own, 'WpdbStore'], 'shared' => [$shared, 'SharedWpdbStore'], 'drop-in' => [$sqlite, 'SqliteDropInStore']] as $store => [$wp, $class]) {
	$tag = $store . ' ' . bin2hex(random_bytes(3));
	$name = "Åsa 🛒 $tag";
	check("$store: the store", $wp('eval', 'echo get_class(SophMate\WordPress\Stores::for_current_site());')[1], "SophMate\\WordPress\\$class");
	[$code, $output, $errors] = $wp('eval-file', '--use-include', __DIR__ . '/flow/customer.php', 'begin', $tag);
	$begun = json_decode($output, true) ?? [$output, $errors];
	check("$store: the run goes through, and its steps see the name", [$code, array_slice($begun, 1), $errors], [0, ['completed', [$name, $name], $name], '']);
	$sent = array_values(array_filter(ledger('crm'), fn (array $row): bool => $row['run'] === $begun[0]));
	check("$store: so does the CRM, once", array_map(fn (array $row): string => $row['body']['name'], $sent), [$name]);
	[$code, $output, $errors] = $wp('eval-file', '--use-include', __DIR__ . '/flow/customer.php', 'look', $tag);
	check("$store: another process reads the same bytes", [$code, json_decode($output, true), $errors], [0, [
		'run' => $begun[0], 'subject' => "customer $name", 'input' => $name, 'output' => [['name' => $name, $name => true], $name],
		'by external id' => [$begun[0]], 'external id' => ["contact of $name"], 'note' => [$name, "$name called"],
		'notes, artifact' => [["spoke to $name"], "Dear $name"], 'replay' => $name, 'same event' => $begun[0],
	], '']);
	check("$store: and nothing was sent again", count(array_filter(ledger('crm'), fn (array $row): bool => $row['run'] === $begun[0])), 1);
	check("$store: a person finds it by the name", trim($wp('sophmate', 'find', "customer $name", '--workflow=flow.customer', '--format=ids')[1]), $begun[0]);
	check_holds("$store: and reads it", $wp('sophmate', 'run', 'trace', $begun[0])[1], "$name called");
	if ($store !== 'drop-in') {
		$raw = $server->query("SELECT GROUP_CONCAT(HEX(private)) FROM wp_sophmate_journal WHERE stream = '{$begun[0]}'")->fetch_row()[0];
		check("$store: in the table they are UTF-8", str_contains((string) $raw, strtoupper(bin2hex($name))), true);
	}
}
finish();
