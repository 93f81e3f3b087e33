<?php
// What every store must do, whichever database and connection it has. Used by stores_pdo_test.php and in WordPress by stores/in-wordpress.php.
declare(strict_types=1);

use SophMate\{Dialect, Store};

/** The message of what the callable throws, '' when it returns. */
function thrown(callable $what): string
{
	try {
		$what();
	} catch (Throwable $e) {
		return $e->getMessage() === '' ? get_class($e) : $e->getMessage();
	}
	return '';
}

/** A table as the journal's, empty. */
function store_table(Store $store): string
{
	$table = $store->tablePrefix() . 'contract';
	$store->write("DROP TABLE IF EXISTS $table", []);
	$store->write($store->dialect() === Dialect::Sqlite
		? "CREATE TABLE $table (id TEXT NOT NULL PRIMARY KEY, leaf TEXT NOT NULL, private TEXT, n INTEGER)"
		: "CREATE TABLE $table (id char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, leaf longblob NOT NULL, private longblob, n bigint) ENGINE=InnoDB", []);
	return $table;
}

/** Counts, values, types and errors. */
function check_store(string $name, Store $store): void
{
	$table = store_table($store);
	$insert = "INSERT INTO $table (id, leaf, private, n) VALUES (?, ?, ?, ?)";

	check("$name: two rows stored count as 2", $store->write("INSERT INTO $table (id, leaf, private, n) VALUES (?, ?, ?, ?), (?, ?, ?, ?)", ['a1', 'x', null, 1, 'a2', 'y', 'z', 2]), 2);
	check("$name: a condition that does not hold stores nothing", $store->write("INSERT INTO $table (id, leaf) SELECT ?, ? FROM $table WHERE id = ?", ['a3', 'x', 'nobody']), 0);
	check("$name: a part of a union is counted", $store->write(
		"INSERT INTO $table (id, leaf, private, n) SELECT ?, ?, ?, ? UNION ALL SELECT ?, ?, ?, ? FROM $table s0 WHERE s0.id = ?",
		['b1', '{"a":1}', null, 1, 'b2', 'Åsa', null, 2, 'nobody'],
	), 1);
	check("$name: a changed row counts as 1", $store->write("UPDATE $table SET n = ? WHERE id = ? AND n < ?", [7, 'a1', 7]), 1);
	check("$name: a guard that does not hold counts as 0", $store->write("UPDATE $table SET n = ? WHERE id = ? AND n < ?", [7, 'a1', 7]), 0);
	check("$name: no row counts as 0", $store->write("DELETE FROM $table WHERE id = ?", ['nobody']), 0);
	check("$name: a duplicate throws", thrown(fn () => $store->write($insert, ['a1', 'x', null, 1])) !== '', true);
	check("$name: a row whose neighbour is a duplicate is not stored", [
		thrown(fn () => $store->write("INSERT INTO $table (id, leaf) VALUES (?, ?), (?, ?)", ['c1', 'x', 'a1', 'x'])) !== '',
		$store->read("SELECT id FROM $table WHERE id = ?", ['c1']),
	], [true, []]);
	check("$name: keys know small from capital letters", $store->write($insert, ['A1', 'x', null, 1]), 1);
	check("$name: wrong SQL throws", thrown(fn () => $store->read('SELEC 1', [])) !== '', true);
	check("$name: a missing table throws", thrown(fn () => $store->write('INSERT INTO no_such_table (a) VALUES (?)', [1])) !== '', true);
	if ($store->dialect() === Dialect::MySql) {   // SQLite itself takes a value that is missing for NULL
		check("$name: too few values throw", thrown(fn () => $store->read('SELECT ? AS a, ? AS b', [1])) !== '', true);
	}
	check("$name: no row is an empty list", $store->read("SELECT id FROM $table WHERE id = ?", ['nobody']), []);

	check("$name: types stay", $store->read("SELECT id, leaf, private, n FROM $table WHERE id = ?", ['a1']), [['id' => 'a1', 'leaf' => 'x', 'private' => null, 'n' => 7]]);
	check("$name: NULL is NULL, an int is an int, digits are text", $store->read(
		$store->dialect() === Dialect::Sqlite ? 'SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c' : 'SELECT ? IS NULL AS a, ? + 0 = 5 AS b, COLLATION(?) IS NOT NULL AS c',
		[null, 5, '5'],
	), [$store->dialect() === Dialect::Sqlite ? ['a' => 'null', 'b' => 'integer', 'c' => 'text'] : ['a' => 1, 'b' => 1, 'c' => 1]]);
	foreach ([PHP_INT_MAX, PHP_INT_MIN + 1, -1, 0] as $n) {
		$store->write("UPDATE $table SET n = ? WHERE id = ?", [$n, 'a2']);
		check("$name: the int $n", $store->read("SELECT n FROM $table WHERE id = ?", ['a2']), [['n' => $n]]);
	}
	check("$name: ? in quotes is text", $store->read("SELECT '?' AS q, 'it''s ?' AS r, ? AS v, \"?\" AS d", ['what?']), [['q' => '?', 'r' => "it's ?", 'v' => 'what?', 'd' => '?']]);
	check("$name: columns come by name", array_keys($store->read('SELECT 1 AS one, 2 AS two', [])[0]), ['one', 'two']);

	$all = implode('', array_map('mb_chr', range(1, 0x2FF)));
	$values = [
		'name' => 'Åsa 🛒', 'empty' => '', 'placeholders' => '? %s %d :name $1 ??', 'quotes' => "'\"`\\ \\' '' -- /* ", 'lines' => "\r\n\t\x1a",
		'nul' => "a\0b", 'all' => $all, 'json' => '{"c":"Åsa 🛒","s":"\\"\\\\"}', 'long' => str_repeat('Ö🛒x', 40000),
	];
	$stored = [];
	foreach ($values as $key => $value) {
		$store->write("INSERT INTO $table (id, leaf, private) SELECT ?, ?, ? UNION ALL SELECT ?, ?, ?", ["v-$key", $value, $value, "w-$key", $value, null]);
		$row = $store->read("SELECT leaf, private, LENGTH(leaf) AS bytes FROM $table WHERE id = ?", ["v-$key"])[0];
		$stored[$key] = $row['leaf'] === $value && $row['private'] === $value;
	}
	check("$name: text comes back byte for byte", $stored, array_fill_keys(array_keys($values), true));
	check("$name: many values in one statement", $store->write(
		"UPDATE $table SET n = CASE id " . str_repeat('WHEN ? THEN ? ', 4096) . 'ELSE n END WHERE id IN (?)',
		array_merge(...array_map(fn (int $i): array => ["x$i", $i], range(1, 4095)), ...[['a1', 12345], ['a1']]),
	), 1);

	$store->reset();
	check("$name: after reset() the next call opens a connection", $store->read("SELECT n FROM $table WHERE id = ?", ['a1']), [['n' => 12345]]);
	$store->write("DROP TABLE $table", []);
}

/** The session of a store's own connection to a server of the MySQL family. */
function check_session(string $name, Store $store): void
{
	$sets = $store->read("SHOW SESSION VARIABLES WHERE Variable_name IN ('character_set_client','character_set_results','character_set_connection','autocommit','innodb_lock_wait_timeout','transaction_isolation','tx_isolation','wsrep_sync_wait','group_replication_consistency')", []);
	$is = array_column($sets, 'Value', 'Variable_name');
	ksort($is);
	$expected = ['autocommit' => 'ON', 'character_set_client' => 'utf8mb4', 'character_set_connection' => 'utf8mb4', 'character_set_results' => 'utf8mb4', 'innodb_lock_wait_timeout' => '3'];
	foreach (['transaction_isolation' => 'REPEATABLE-READ', 'tx_isolation' => 'REPEATABLE-READ', 'wsrep_sync_wait' => '5', 'group_replication_consistency' => 'BEFORE'] as $key => $value) {
		if (isset($is[$key])) {
			$expected[$key] = $value;
		}
	}
	ksort($expected);
	check("$name: the session is as PROTOCOL section 5 says", $is, $expected);
}

/**
 * One round trip a statement, seen by the server.
 * @param callable(): array<string, int> $status   the server's own counters, through another connection
 */
function check_round_trips(string $name, Store $store, callable $status): void
{
	$table = store_table($store);
	$before = $status();
	$store->write("INSERT INTO $table (id, leaf) VALUES (?, ?)", ['r1', 'Åsa']);
	$store->read("SELECT leaf FROM $table WHERE id = ?", ['r1']);
	$after = $status();
	$delta = [];
	foreach (['Com_insert', 'Com_select', 'Com_commit', 'Com_begin', 'Com_set_option', 'Com_stmt_prepare', 'Com_stmt_execute'] as $key) {
		$delta[$key] = $after[$key] - $before[$key];
	}
	check("$name: a write and a read are one statement each", $delta, ['Com_insert' => 1, 'Com_select' => 1, 'Com_commit' => 0, 'Com_begin' => 0, 'Com_set_option' => 0, 'Com_stmt_prepare' => 0, 'Com_stmt_execute' => 0]);
	/* The status call itself is one question. */
	check("$name: and one round trip each", $after['Questions'] - $before['Questions'], 3);
	$store->write("DROP TABLE $table", []);
}

/** A connection that dies throws; reset() gives a new one. @param callable(int): void $kill   ends a connection by its id */
function check_lost_connection(string $name, Store $store, callable $kill): void
{
	$first = $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'];
	$kill($first);
	check("$name: a dead connection throws", thrown(fn () => $store->read('SELECT 1 AS one', [])) !== '', true);
	$store->reset();
	$second = $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'];
	check("$name: reset() opens another one", $second !== $first, true);
	$store->reset();
	$store->reset();
	check("$name: reset() twice is fine", $store->read('SELECT 1 AS one', []), [['one' => 1]]);
}

/** A forked child that resets its store leaves the parent's connection alone. */
function check_fork(string $name, Store $store): void
{
	$id = $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'];
	$pid = pcntl_fork();
	if ($pid === 0) {
		$store->reset();
		$other = $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'];
		file_put_contents(sys_get_temp_dir() . '/sophmate-fork-' . posix_getppid(), (string) $other);
		posix_kill((int) getmypid(), SIGKILL);   // without the goodbye that a normal end would send on both
	}
	pcntl_waitpid($pid, $status);
	$file = sys_get_temp_dir() . '/sophmate-fork-' . getmypid();
	$other = (int) file_get_contents($file);
	unlink($file);
	check("$name: a forked child has a connection of its own", $other > 0 && $other !== $id, true);
	check("$name: and the parent's still lives", $store->read('SELECT CONNECTION_ID() AS id', [])[0]['id'], $id);
}
