<?php
/*
 * Ratios to a plain one-row INSERT: statements.php STORE CLIENTS ROUNDS
 *
 * Every client measures all that is compared in every round, the control before and behind it, all clients at the same time; a
 * ratio is taken within its round, and the median of the rounds is printed. STORE: pdo or wpdb. The control goes through the same
 * store and connection, has the size of an average row of the journal, and a rising key.
 */
declare(strict_types=1);

require __DIR__ . '/stores.php';
require __DIR__ . '/control.php';

use SophMate\{Attempt, Effect, Engine, Repeat, Schema, Step, Store, Workflow};

const STEPS = 10;
const RUNS = 2;      // ten-step runs a round and client
const CALLS = 10;    // of once(), and replays
const INSERTS = 11;  // of the control, twice

[, $name, $clients, $rounds] = $argv;
$clients = (int) $clients;
$rounds = (int) $rounds;

/** The workflow; each step's begin and end are noted. @param list<int> $marks */
function ten_steps(array &$marks): Workflow
{
    $steps = [];
    for ($i = 1; $i <= STEPS; $i++) {
        $steps[] = new Step("step $i", effect: Effect::External, repeat: Repeat::Never, run: function (Attempt $a) use ($i, &$marks): array {
            $marks[] = hrtime(true);
            return ['id' => "record_$i", 'status' => 'ok'];
        });
    }
    return new Workflow('bench.ten', version: '1', category: 'bench', owner: 'nobody', steps: $steps);
}

function insert_plain(Store $store, int $n, string $body): void
{
    for ($i = 0; $i < $n; $i++) {
        $store->write(CONTROL_INSERT, [rising_id(), $body]);
    }
}

/** Nanoseconds of a call. */
function took(callable $what): int
{
    $began = hrtime(true);
    $what();
    return hrtime(true) - $began;
}

/** One round of one client. @return array<string, float> */
function round_of(string $name, Store $store, Engine $engine, string $body, int $client, int $round, callable $barrier, array &$marks): array
{
    $payload = require __DIR__ . '/payload.php';
    $effect = fn (Attempt $a): array => ['id' => 'ch_1', 'status' => 'ok'];
    $gaps = [];

    $barrier();
    $plain = took(fn () => insert_plain($store, INSERTS, $body));
    $barrier();
    $run = took(function () use ($engine, $payload, $client, $round, &$marks, &$gaps): void {
        for ($i = 0; $i < RUNS; $i++) {
            $marks = [];
            $engine->start('bench.ten', "order:$client:$round:$i", $payload);
            for ($k = 1; $k < STEPS; $k++) {
                $gaps[] = $marks[$k] - $marks[$k - 1];
            }
        }
    });
    $barrier();
    $once = took(function () use ($engine, $payload, $client, $round, $effect): void {
        for ($i = 0; $i < CALLS; $i++) {
            $engine->once("key:$client:$round:$i", $payload, $effect);
        }
    });
    /* An engine remembers results: another one asks the database. */
    $other = new Engine($store);
    $other->once("key:$client:$round:0", $payload, $effect);
    $barrier();
    $replay = took(function () use ($other, $payload, $client, $round, $effect): void {
        for ($i = 1; $i < CALLS; $i++) {
            $other->once("key:$client:$round:$i", $payload, $effect);
        }
    });
    $barrier();
    $plain += took(fn () => insert_plain($store, INSERTS, $body));
    return ['plain' => $plain / (2 * INSERTS), 'boundary' => array_sum($gaps) / count($gaps), 'once' => $once / CALLS,
        'run' => $run / RUNS, 'replay' => $replay / (CALLS - 1)];
}

/* ---- the site ---- */

$marks = [];
$store = bench_store($name);
Schema::install($store);
control_table($store);
$workflow = ten_steps($marks);
$engine = new Engine($store);
$engine->register($workflow);
$unique = bin2hex(random_bytes(4));
$engine->start('bench.ten', "warm:$unique", require __DIR__ . '/payload.php');
$size = (int) $store->read('SELECT AVG(LENGTH(leaf) + COALESCE(LENGTH(private), 0) + 64 + 32 + 12) AS n FROM wp_sophmate_journal', [])[0]['n'];
$body = substr(bin2hex(random_bytes($size)), 0, $size);
unset($engine, $store);

/* ---- the clients: each waits until all are there, at every barrier ---- */

$pipes = [];
$children = [];
for ($client = 0; $client < $clients; $client++) {
    [$mine, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $pid = pcntl_fork();
    if ($pid === 0) {
        foreach ($pipes as $pipe) {
            fclose($pipe);
        }
        fclose($mine);
        $barrier = function () use ($theirs): void {
            fwrite($theirs, "?\n");
            fgets($theirs) !== false || exit(1);
        };
        $store = bench_store($name);
        $engine = new Engine($store);
        $engine->register(ten_steps($marks));
        for ($round = -1; $round < $rounds; $round++) {
            $result = round_of($name, $store, $engine, $body, $client, (int) hexdec($unique) * 1000 + $round, $barrier, $marks);
            fwrite($theirs, json_encode($round < 0 ? null : $result) . "\n");
        }
        exit(0);
    }
    fclose($theirs);
    $pipes[] = $mine;
    $children[] = $pid;
}

$all = [];
for ($round = -1; $round < $rounds; $round++) {
    for ($i = 0; $i < 5; $i++) {
        foreach ($pipes as $pipe) {
            fgets($pipe) !== false || give_up('a client ended');
        }
        foreach ($pipes as $pipe) {
            fwrite($pipe, "!\n");
        }
    }
    $sums = [];
    foreach ($pipes as $pipe) {
        foreach (json_decode((string) fgets($pipe), true) ?? [] as $what => $ns) {
            $sums[$what] = ($sums[$what] ?? 0) + $ns / $clients;
        }
    }
    foreach ($round < 0 ? [] : ['boundary' => 1, 'once' => 2, 'run' => STEPS + 1, 'replay' => 1] as $what => $statements) {
        $all[$what][] = $sums[$what] / $statements / $sums['plain'];
    }
    $round < 0 || $all['plain'][] = $sums['plain'] / 1000;
}
foreach ($children as $pid) {
    pcntl_waitpid($pid, $status);
}
printf("%-5s %3d  %8.2f  %8.2f  %8.2f  %8.2f  %8.0f  %6d\n", $name, $clients, median($all['boundary']), median($all['once']), median($all['run']),
    median($all['replay']), median($all['plain']), $size);
