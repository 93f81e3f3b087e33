<?php
/*
 * What the statement of a boundary costs, part by part: parts.php ROUNDS
 *
 * Each part is a statement on the real tables, sent through the PDO store; the parts take turns in random order. Twice: as it is,
 * and without the flush at commit, where the server's own work shows that the disk hides. The last two are other forms of a boundary,
 * which are not used: docs/performance.md says why.
 */
declare(strict_types=1);

require __DIR__ . '/stores.php';
require __DIR__ . '/control.php';

use SophMate\Schema;

const EACH = 20; // statements of a part a round

$rounds = (int) $argv[1];
$store = bench_store('pdo');
Schema::install($store);
control_table($store);
/* The journal's columns and primary key, without its two other indexes. */
$store->write('DROP TABLE IF EXISTS bench_bare', []);
$store->write('CREATE TABLE bench_bare LIKE wp_sophmate_journal', []);
foreach ($store->read("SELECT DISTINCT INDEX_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=DATABASE()"
    . " AND TABLE_NAME='bench_bare' AND INDEX_NAME<>'PRIMARY'", []) as $row) {
    $store->write("ALTER TABLE bench_bare DROP INDEX `{$row['name']}`", []);
}
foreach (['category:bench', 'workflow:bench.parts'] as $target) {
    $store->write("INSERT IGNORE INTO wp_sophmate_switch (target, held, generation, site_check) VALUES (?, 0, 0, '')", [$target]);
}
$check = $store->read("SELECT site_check FROM wp_sophmate_switch WHERE target='*'", [])[0]['site_check'];

$now = "TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(6))";
$into = 'INSERT INTO wp_sophmate_journal (id, stream, seq, leaf, leaf_hash, private, lease, stored_at)';
$row = "?, ?, ?, ?, ?, ?, ?, $now";
$one = " FROM wp_sophmate_switch s0 WHERE s0.site_check='$check' AND s0.target='*' AND s0.held=0";
$switches = 'wp_sophmate_switch s0, wp_sophmate_switch s1, wp_sophmate_switch s2';
$open = "s0.site_check='$check' AND s0.target='*' AND s0.held=0 AND s1.target='category:bench' AND s1.held=0 AND s2.target='workflow:bench.parts' AND s2.held=0";
$three = " FROM $switches WHERE $open";
$either = implode(', ', array_fill(0, 7, "IF(g.target='*', ?, ?)")) . ", $now";
$parts = [
    'plain INSERT, one row' => null,
    'journal without its other indexes, one row' => [1, str_replace('wp_sophmate_journal', 'bench_bare', $into) . " VALUES ($row)"],
    'journal, one row' => [1, "$into VALUES ($row)"],
    'journal, two rows' => [2, "$into VALUES ($row), ($row)"],
    'two rows, SELECT UNION ALL SELECT' => [2, "$into SELECT $row UNION ALL SELECT $row"],
    '... FROM one switch, locked' => [2, "$into SELECT $row UNION ALL SELECT $row$one LOCK IN SHARE MODE"],
    '... FROM three switches, not locked' => [2, "$into SELECT $row UNION ALL SELECT $row$three"],
    '... FROM three switches, locked (a boundary)' => [2, "$into SELECT $row UNION ALL SELECT $row$three LOCK IN SHARE MODE"],
    'other form: VALUES, guard in a subquery' => [2, "$into VALUES ($row), (?, ?, ? + (SELECT s2.held FROM $switches WHERE $open LOCK IN SHARE MODE), ?, ?, ?, ?, $now)"],
    'other form: two switches as source, no UNION' => [2, "$into SELECT $either FROM wp_sophmate_switch g"
        . " LEFT JOIN wp_sophmate_switch s0 ON s0.target='*' AND s0.held=0 AND s0.site_check='$check' LEFT JOIN wp_sophmate_switch s1 ON s1.target='category:bench' AND s1.held=0"
        . " WHERE g.target IN ('*', 'workflow:bench.parts') AND (g.target='*' OR (g.held=0 AND s0.held=0 AND s1.held=0)) LOCK IN SHARE MODE", 'in turns'],
];

$leaf = str_repeat('x', 330);
$private = str_repeat('y', 130);
$send = function (?array $part) use ($store, $leaf, $private): int {
    $params = [];
    $stream = bin2hex(random_bytes(16));
    for ($i = 1; $part !== null && $i <= $part[0]; $i++) {
        array_push($params, rising_id(), $stream, $i, $leaf, bin2hex(random_bytes(32)), $private, $i === 2 ? 35000 : null);
    }
    if (isset($part[2])) {
        $params = array_merge(...array_map(null, array_slice($params, 0, 7), array_slice($params, 7)));
    }
    $sql = $part === null ? CONTROL_INSERT : $part[1];
    $params = $part === null ? [rising_id(), str_repeat('z', 570)] : $params;
    $began = hrtime(true);
    $stored = $store->write($sql, $params);
    $took = hrtime(true) - $began;
    $stored === ($part === null ? 1 : $part[0]) || give_up("stored $stored rows: $sql");
    return $took;
};

/** Nanoseconds that the server's threads have computed. */
function server_ns(): int
{
    $sum = 0;
    foreach (glob('/proc/' . getenv('BENCH_PID') . '/task/*/schedstat') as $file) {
        $sum += (int) explode(' ', (string) @file_get_contents($file))[0];
    }
    return $sum;
}

$admin = new PDO('mysql:unix_socket=' . getenv('BENCH_SOCKET'), 'root', '');
$table = [];
foreach ([1 => '', 0 => ', no flush'] as $flush => $how) {
    $admin->exec("SET GLOBAL innodb_flush_log_at_trx_commit=$flush");
    $wall = $cpu = [];
    for ($round = -1; $round < $rounds; $round++) {
        $names = array_keys($parts);
        shuffle($names);
        foreach ($names as $name) {
            $took = [];
            $began = server_ns();
            for ($i = 0; $i < EACH; $i++) {
                $took[] = $send($parts[$name]);
            }
            if ($round >= 0) {
                $cpu[$name][] = (server_ns() - $began) / EACH;
                $wall[$name][] = median($took);
            }
        }
    }
    $plain = array_key_first($parts);
    foreach (["time$how" => $wall, "server's CPU$how" => $cpu] as $column => $values) {
        foreach (array_keys($parts) as $name) {
            $table[$name][$column] = median($values[$name]) / median($values[$plain]);
        }
        $table['microseconds of the plain INSERT'][$column] = median($values[$plain]) / 1000;
    }
}
$admin->exec('SET GLOBAL innodb_flush_log_at_trx_commit=1');
printf("%-46s %16s %16s %22s %22s\n", '', ...array_keys(current($table)));
foreach ($table as $name => $columns) {
    printf("%-46s %16.2f %16.2f %22.2f %22.2f\n", $name, ...array_values($columns));
}
