<?php
// The plugin's three stores inside a real WordPress: own connection, shared $wpdb, SQLite drop-in.
declare(strict_types=1);

require __DIR__ . '/lib.php';

/** Runs stores/in-wordpress.php there and takes over its count. @param list<string> $wp */
function stores_in(array $wp, string $class, string $name): void
{
	$count = (string) tempnam(sys_get_temp_dir(), 'count');
	chmod($count, 0666);
	[$code, $output, $errors] = run_command([...$wp, 'eval-file', '--use-include', __DIR__ . '/stores/in-wordpress.php', $class, $name], ['SOPHMATE_COUNT' => $count]);
	echo $output;
	[$passed, $failed] = array_map(intval(...), explode(' ', trim((string) file_get_contents($count)) . ' '));
	unlink($count);
	Checks::$passed += $passed;
	Checks::$failed += $failed;
	check("$name: the script came to its end", [$code, $passed > 10, $errors], [0, true, '']);
}

$wp = needed('SOPHMATE_WP');
$prelude = getenv('SOPHMATE_PRELUDE') ? ['--require=' . getenv('SOPHMATE_PRELUDE')] : [];
stores_in([$wp, ...$prelude], 'WpdbStore', 'own');
stores_in([$wp, ...$prelude, "--exec=define('SOPHMATE_STORE', 'shared');"], 'SharedWpdbStore', 'shared');
stores_in([needed('SOPHMATE_SQLITE_WP'), ...$prelude], 'SqliteDropInStore', 'drop-in');

// A db.php that replaces the database class: its connection is shared, unless the site says otherwise.
$dropin = needed('SOPHMATE_SITE') . '/wp-content/db.php';
file_put_contents($dropin, "<?php\nclass Other_DB extends wpdb {}\n\$GLOBALS['wpdb'] = new Other_DB(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);\n");
try {
	$print = 'echo get_class(SophMate\WordPress\Stores::for_current_site());';
	check('a db.php means shared', run_command([$wp, ...$prelude, 'eval', $print])[1], 'SophMate\WordPress\SharedWpdbStore');
	check('or what SOPHMATE_STORE says', run_command([$wp, ...$prelude, "--exec=define('SOPHMATE_STORE', 'own');", 'eval', $print])[1], 'SophMate\WordPress\WpdbStore');
} finally {
	unlink($dropin);
}
check_holds('another word is refused', implode(run_command([$wp, ...$prelude, "--exec=define('SOPHMATE_STORE', 'both');", 'eval', 'SophMate\WordPress\Stores::for_current_site();'])), "SOPHMATE_STORE must be 'own' or 'shared', got \"both\"");

// How DB_HOST is read.
check('MYSQL_CLIENT_FLAGS are used, but not FOUND_ROWS', run_command([$wp, ...$prelude, "--exec=define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_FOUND_ROWS | MYSQLI_CLIENT_COMPRESS);", 'eval',
	'global $wpdb; $s = new SophMate\WordPress\WpdbStore; $s->write("UPDATE {$wpdb->options} SET option_value = option_value", []); echo $s->write("UPDATE {$wpdb->options} SET option_value = option_value", []), " ", $s->read("SHOW SESSION STATUS LIKE \"Compression\"", [])[0]["Value"];'])[1], '0 ON');
foreach ([
	'db.example' => ['db.example', null, null],
	'db.example:3307' => ['db.example', 3307, null],
	'localhost:/run/my.sock' => ['localhost', null, '/run/my.sock'],
	'db.example:3307:/run/my.sock' => ['db.example', 3307, '/run/my.sock'],
	'[2001:db8::1]:3307' => ['[2001:db8::1]', 3307, null],
	'::1' => ['[::1]', null, null],
] as $text => $expected) {
	[, $out] = run_command([$wp, ...$prelude, 'eval', "\$c = new ReflectionMethod(SophMate\\WordPress\\WpdbStore::class, 'address'); echo json_encode(\$c->invoke(null, '$text'));"]);
	check("DB_HOST '$text'", json_decode($out, true), $expected);
}
check_holds('a refused connection is an error, not a reason to share',
	run_command([$wp, ...$prelude, 'eval', 'try { (new ReflectionMethod(SophMate\WordPress\WpdbStore::class, "connect"))->invoke(null, "localhost:/none.sock"); echo "connected"; } catch (Throwable $e) { echo $e->getMessage(); }'])[1],
	'No connection to the database');
finish();
