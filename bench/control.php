<?php
/* The control of what is measured at a server: plain INSERTs of one row, with a rising key and no other index. */
declare(strict_types=1);

const CONTROL_INSERT = "INSERT INTO bench_plain (id, body, stored_at) VALUES (?, ?, TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(6)))";

/** Its table, empty. */
function control_table(SophMate\Store $store): void
{
    $store->write('DROP TABLE IF EXISTS bench_plain', []);
    $store->write('CREATE TABLE bench_plain (id char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, body longblob NOT NULL,'
        . ' stored_at bigint NOT NULL) ENGINE=InnoDB', []);
}

/** An id as the journal's: greater than the last one of this process. */
function rising_id(): string
{
    static $last = 0;
    $last = max($last + 1, (int) (microtime(true) * 1e6));
    return sprintf('%016x', $last) . bin2hex(random_bytes(8));
}

/** @param list<int|float> $values */
function median(array $values): float
{
    sort($values);
    $n = count($values);
    return $n % 2 ? $values[intdiv($n, 2)] : ($values[$n / 2 - 1] + $values[$n / 2]) / 2;
}

/** Ends a measurement that means nothing. */
function give_up(string $why): never
{
    fwrite(STDERR, "$why\n");
    exit(1);
}
