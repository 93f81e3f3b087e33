<?php
// Runs inside WordPress (wp eval-file): the store that the site gets, and what WordPress does around it.
// Arguments: the class that is expected, a name for the lines.
declare(strict_types=1);

use SophMate\Dialect;
use SophMate\WordPress\{Site, Stores, WpdbStore};

require_once dirname(__DIR__) . '/lib.php';
require_once __DIR__ . '/contract.php';
restore_error_handler();   // WordPress has its own way with notices

global $wpdb;
[$class, $name] = $args;
$store = Stores::for_current_site();
check("$name: the store", get_class($store), "SophMate\\WordPress\\$class");
check("$name: tables begin with the site's prefix", $store->tablePrefix(), $wpdb->prefix . 'sophmate_');
check("$name: the environment is host, database and prefix", $store->environment(), '127.0.0.1 ' . DB_NAME . '.wp_');
check_store($name, $store);

$table = store_table($store);
$insert = "INSERT INTO $table (id, leaf) VALUES (?, ?)";
$stored = fn (string $id): bool => $store->read("SELECT id FROM $table WHERE id = ?", [$id]) !== [];

// A transaction of the caller.
$wpdb->query('START TRANSACTION');
if ($store instanceof WpdbStore) {
	$store->write($insert, ['inside', 'x']);
	$wpdb->query('ROLLBACK');
	check("$name: a record survives the caller's rollback", $stored('inside'), true);
	check_session($name, $store);
	$status = fn (): array => array_map(intval(...), array_column($wpdb->get_results('SHOW GLOBAL STATUS', ARRAY_A), 'Value', 'Variable_name'));
	check_round_trips($name, $store, $status);
	check_lost_connection($name, $store, fn (int $id) => $wpdb->query("KILL $id"));
	check_fork($name, $store);
	$start = microtime(true);
	check("$name: an answer that takes too long throws", thrown(fn () => $store->read('SELECT SLEEP(14) AS s', [])) !== '', true);
	check_between("$name: after ten seconds", microtime(true) - $start, 9.5, 11.5);
	$store->reset();
} else {
	check_holds("$name: inside a transaction nothing is stored", thrown(fn () => $store->write($insert, ['inside', 'x'])), 'transaction is open');
	$e = null;
	try {
		$store->write($insert, ['inside', 'x']);
	} catch (Throwable $e) {
	}
	check("$name: and that says that it was surely not tried", $e instanceof SophMate\StoreError, true);
	check("$name: reading is allowed", $stored('inside'), false);
	$wpdb->query("INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES ('sophmate_in_transaction', '1', 'no')");
	$wpdb->query('ROLLBACK');
	check("$name: the caller's transaction was left whole", $wpdb->get_var("SELECT COUNT(*) FROM {$wpdb->options} WHERE option_name = 'sophmate_in_transaction'"), '0');
	$store->write($insert, ['after', 'x']);
	check("$name: after it everything goes on", [$stored('inside'), $stored('after')], [false, true]);
	$store->reset();
	check("$name: reset() leaves WordPress its connection", $wpdb->get_var('SELECT 1'), '1');
}
if ($store->dialect() === Dialect::MySql && !$store instanceof WpdbStore) {
	$wpdb->query('SET autocommit=0');
	check_holds("$name: with autocommit off nothing is stored", thrown(fn () => $store->write($insert, ['auto', 'x'])), 'autocommit is off');
	$wpdb->query('ROLLBACK');
	$wpdb->query('SET autocommit=1');
	check("$name: with autocommit on it is", $store->write($insert, ['auto', 'x']), 1);

	// A caller's transaction stays open over reset(); a dead connection is replaced for WordPress too.
	$wpdb->query('START TRANSACTION');
	$store->reset();
	check_holds("$name: reset() does not end a transaction", thrown(fn () => $store->write($insert, ['kept', 'x'])), 'transaction is open');
	$wpdb->query('ROLLBACK');
	$id = (int) $wpdb->get_var('SELECT CONNECTION_ID()');
	thrown(fn () => mysqli_query($wpdb->dbh, "KILL $id"));
	check("$name: a dead connection throws", thrown(fn () => $store->read('SELECT 1 AS one', [])) !== '', true);
	$store->reset();
	check("$name: reset() replaces a dead one", [$store->read('SELECT 1 AS one', []), $wpdb->get_var('SELECT 1')], [[['one' => 1]], '1']);
	// In the middle of a query, as after a time limit.
	$unread = mysqli_query($wpdb->dbh, 'SELECT 1 AS one UNION SELECT 2', MYSQLI_USE_RESULT);
	check("$name: a connection in the middle of a query throws", thrown(fn () => $store->read('SELECT 1 AS one', [])) !== '', true);
	$store->reset();
	check("$name: reset() replaces that too", $store->read('SELECT 1 AS one', []), [['one' => 1]]);

	// A forked child leaves the parent's connection and its transaction alone.
	$seen = fn (): int => (int) array_column($wpdb->get_results("SHOW SESSION STATUS LIKE 'Questions'", ARRAY_A), 'Value', 'Variable_name')['Questions'];
	check_fork($name, $store);
	$before = $seen();
	$pid = pcntl_fork();
	if ($pid === 0) {
		$store->reset();
		$store->reset();
		$ours = $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'];
		$theirs = (int) $wpdb->get_var('SELECT CONNECTION_ID()');
		file_put_contents(sys_get_temp_dir() . '/sophmate-fork-' . posix_getppid(), $ours === $theirs ? 'one for both' : "$ours and $theirs");
		posix_kill((int) getmypid(), SIGKILL);
	}
	pcntl_waitpid($pid, $status);
	$file = sys_get_temp_dir() . '/sophmate-fork-' . getmypid();
	check("$name: the child and its WordPress share a new one", (string) file_get_contents($file), 'one for both');
	unlink($file);
	check("$name: and sent nothing on the parent's", $seen() - $before, 1);

	// WordPress's connection in other charsets: bytes stay bytes.
	foreach (['latin1', 'utf8', 'gbk'] as $charset) {
		check("$name: the connection takes $charset", mysqli_set_charset($wpdb->dbh, $charset), true);
		$wpdb->query("SET sql_mode='STRICT_ALL_TABLES'");
		check_store("$name, connection in $charset", $store);
	}
	mysqli_set_charset($wpdb->dbh, 'utf8mb4');
}
if ($store->dialect() === Dialect::Sqlite) {
	$pdo = $wpdb->dbh->get_connection()->get_pdo();
	check("$name: waits for the disk", (int) $pdo->query('PRAGMA synchronous')->fetchColumn(), 2);
	check("$name: WordPress still gets text", $wpdb->get_var('SELECT 1'), '1');
}
// Both report modes of mysqli, which belong to the process.
if ($store->dialect() === Dialect::MySql) {
	foreach ([MYSQLI_REPORT_OFF, MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT] as $mode) {
		mysqli_report($mode);
		check("$name: an error throws in report mode $mode", thrown(fn () => $store->read('SELEC', [])) !== '', true);
	}
	mysqli_report(MYSQLI_REPORT_OFF);
}
$store->write("DROP TABLE IF EXISTS $table", []);

// The environment does not follow the request.
check("$name: a plugin that filters the home URL changes nothing", (function (): string {
	add_filter('option_home', fn () => 'https://other.example');
	return Site::environment();
})(), '127.0.0.1 ' . DB_NAME . '.wp_');
finish();
