<?php
// examples/pdo-store.php on SQLite and on MariaDB.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/stores/contract.php';
require dirname(__DIR__, 2) . '/examples/pdo-store.php';

$socket = needed('SOPHMATE_DB_SOCKET');
$database = needed('SOPHMATE_DB_NAME');   // an empty one that the administrator may use
$folder = sys_get_temp_dir() . '/sophmate-stores-' . getmypid();
mkdir($folder);
register_shutdown_function(function () use ($folder): void {
	array_map(unlink(...), glob("$folder/*") ?: []);
	rmdir($folder);
});

$sqlite = new PdoStore("sqlite:$folder/a.db", 'wp_sophmate_');
check('nothing is opened before the first statement', file_exists("$folder/a.db"), false);
check_store('sqlite', $sqlite);
check('sqlite: WAL, waits for the disk', [$sqlite->read('PRAGMA journal_mode', [])[0]['journal_mode'], $sqlite->read('PRAGMA synchronous', [])[0]['synchronous']], ['wal', 2]);
check('sqlite: waits for a lock', $sqlite->read('PRAGMA busy_timeout', [])[0]['timeout'], 3000);
check('sqlite: the environment is the file', $sqlite->environment(), realpath($folder) . '/a.db');
check('sqlite: the same by another path', (new PdoStore("sqlite:$folder/../" . basename($folder) . '/a.db', 'p_'))->environment(), $sqlite->environment());

$dsn = "mysql:unix_socket=$socket;dbname=$database;user=root;password=";
$mysql = new PdoStore($dsn, 'wp_sophmate_');
check_store('mariadb', $mysql);
check_session('mariadb', $mysql);
check('mariadb: the environment is the database', $mysql->environment(), $database);
check('an environment of one\'s own', (new PdoStore($dsn, 'p_', 'shop.example/shop'))->environment(), 'shop.example/shop');
$latin1 = new PdoStore("$dsn;charset=latin1", 'wp_sophmate_');
check_store('mariadb, latin1 in the DSN', $latin1);
check_session('mariadb, latin1 in the DSN', $latin1);

$server = new PDO($dsn);
$status = fn (): array => array_map(intval(...), $server->query('SHOW GLOBAL STATUS')->fetchAll(PDO::FETCH_KEY_PAIR));
check_round_trips('mariadb', $mysql, $status);
check_lost_connection('mariadb', $mysql, fn (int $id) => $server->exec("KILL $id"));
check_fork('mariadb', $mysql);

$start = microtime(true);
check('mariadb: an answer that takes too long throws', thrown(fn () => $mysql->read('SELECT SLEEP(14) AS s', [])) !== '', true);
check_between('mariadb: after ten seconds', microtime(true) - $start, 9.5, 11.5);
check('mariadb: the limit is given back', ini_get('mysqlnd.net_read_timeout'), '86400');
$mysql->reset();

$table = store_table($mysql);
$mysql->write("INSERT INTO $table (id, leaf, n) VALUES (?, ?, ?)", ['k', 'x', 1]);
$server->exec("START TRANSACTION");
$server->exec("UPDATE $table SET n = 2 WHERE id = 'k'");
$start = microtime(true);
check_holds('mariadb: somebody else\'s lock', thrown(fn () => $mysql->write("UPDATE $table SET n = n + ? WHERE id = ?", [1, 'k'])), '1205');
check_between('mariadb: is waited for three seconds', microtime(true) - $start, 2.5, 4.5);
$server->exec('ROLLBACK');
$mysql->write("DROP TABLE $table", []);

foreach ([
	['pgsql:host=x', 'p_', "dsn must begin with 'sqlite:' or 'mysql:', got 'pgsql:'"],
	['nonsense', 'p_', "got ''"],
	['sqlite::memory:', 'p_', 'must name a SQLite file'],
	['sqlite:/no/such/folder/x.db', 'p_', "there is no folder '/no/such/folder'"],
	['mysql:host=x', 'p_', 'must name a database'],
	['sqlite:/tmp/x.db', 'p-', "tablePrefix must be 1 to 40 letters, digits or '_', got 'p-'"],
	['sqlite:/tmp/x.db', '', 'tablePrefix must be'],
	['sqlite:/tmp/x.db', str_repeat('a', 41), 'tablePrefix must be'],
] as [$bad, $prefix, $message]) {
	check_holds("'$bad' and '" . substr($prefix, 0, 5) . "' are refused", thrown(fn () => new PdoStore($bad, $prefix)), $message);
}
$start = microtime(true);
check('a server that is not there throws', thrown(fn () => (new PdoStore("mysql:unix_socket=$folder/none;dbname=x", 'p_'))->read('SELECT 1', [])) !== '', true);
finish();
