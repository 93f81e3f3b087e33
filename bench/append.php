<?php
/*
 * append.php CLIENTS SECONDS: events a second against plain one-row INSERTs a second, both at the same number of clients, in turns of the same run;
 * and how many fsyncs of the server (of its log and its data) one event costs. The control goes through the same store and connection and has an event's size.
 */
declare(strict_types=1);

require __DIR__ . '/stores.php';

use SophMate\{Attempt, Effect, Engine, Repeat, Schema, Step, Workflow};

const TURNS = 4;
[, $clients, $seconds] = $argv;
$server = new mysqli('localhost', 'bench', 'bench', 'bench', null, getenv('BENCH_SOCKET'));
$server->query('CREATE TABLE IF NOT EXISTS bench_append (id char(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, body longblob NOT NULL, stored_at bigint NOT NULL) ENGINE=InnoDB');
Schema::install(bench_store('pdo'), 'bench.example');
$status = fn (): int => (int) $server->query("SHOW GLOBAL STATUS LIKE 'Innodb_data_fsyncs'")->fetch_row()[1];
$events = fn (): int => (int) $server->query('SELECT COUNT(*) FROM wp_sophmate_journal')->fetch_row()[0];

function work(int $client, string $what, float $until): int
{
    $store = bench_store('pdo');
    $n = 0;
    if ($what === 'plain') {
        for ($last = 0; microtime(true) < $until; $n++) {
            $last = max($last + 1, (int) (microtime(true) * 1e6));
            $store->write(
                "INSERT INTO bench_append (id, body, stored_at) VALUES (?, ?, TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(6)))",
                [sprintf('%016x', $last) . bin2hex(random_bytes(8)), str_repeat('x', 640)],
            );
        }
        return $n;
    }
    $steps = [];
    for ($i = 1; $i <= 10; $i++) {
        $steps[] = new Step("step $i", effect: Effect::External, repeat: Repeat::Never, run: fn (Attempt $a): array => ['id' => "record_$i", 'status' => 'ok']);
    }
    $engine = new Engine($store);
    $engine->register(new Workflow('bench.ten', version: '1', category: 'bench', owner: 'nobody', steps: $steps));
    for (; microtime(true) < $until; $n++) {
        $engine->start('bench.ten', bin2hex(random_bytes(12)), ['order' => $n]);
    }
    return $n;
}

/** All clients at the same time; what each counted is added. */
function all(int $clients, string $what, float $seconds): int
{
    $pipes = [];
    $begin = microtime(true) + 0.3;
    for ($i = 0; $i < $clients; $i++) {
        [$here, $there] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        if (pcntl_fork() === 0) {
            fclose($here);
            time_sleep_until($begin);
            fwrite($there, (string) work($i, $what, $begin + $seconds));
            posix_kill(getmypid(), SIGKILL); // no destructor of the parent's connection
        }
        fclose($there);
        $pipes[] = $here;
    }
    $n = array_sum(array_map(fn ($pipe): int => (int) stream_get_contents($pipe), $pipes));
    while (pcntl_wait($code) > 0);
    return $n;
}

$plain = $stored = $syncs = 0;
all((int) $clients, 'events', 1.0);
for ($turn = 0; $turn < TURNS; $turn++) {
    $plain += all((int) $clients, 'plain', (float) $seconds);
    [$n, $s] = [$events(), $status()];
    all((int) $clients, 'events', (float) $seconds);
    $stored += $events() - $n;
    $syncs += $status() - $s;
}
$time = TURNS * $seconds;
printf("%-44s %12.0f\n", 'plain INSERTs a second', $plain / $time);
printf("%-44s %12.0f\n", 'events a second', $stored / $time);
printf("%-44s %12.2f\n", 'ratio', $stored / $plain);
printf("%-44s %12.3f\n", 'fsyncs an event', $syncs / $stored);
