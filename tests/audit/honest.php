<?php
// honest.php FOLDER EVENTS: writers append, decide, erase and prune, heads are signed and logs rotated, and all the while the journal is verified.
// No finding is allowed. Prints "ok" and what it did. The seed of a run that failed: SOPHMATE_SEED.
declare(strict_types=1);

use SophMate\{Answer, Attempt, AuditLog, Effect, Engine, KillSwitches, NotDone, Repeat, Retry, Schema, Step, Workflow};

require __DIR__ . '/../../examples/pdo-store.php';

[, $dir, $events] = $argv;
$seed = (int) (getenv('SOPHMATE_SEED') ?: random_int(1, 1 << 30));
$open = fn () => new PdoStore("sqlite:$dir/honest.db", 'wp_sophmate_', 'test');
Schema::install($open(), 'shop.example');
(new AuditLog($open()))->createKey('test', 'a log that is looked at');

function workflow(): Workflow
{
    return new Workflow('order.fulfil', '1', 'commerce', 'operations', [
        new Step('contact', fn (Attempt $a) => outcome($a), Effect::External, Repeat::Safe, owner: 'sales', retry: new Retry(2)),
        new Step('charge', fn (Attempt $a) => outcome($a), Effect::Money, owner: 'finance'),
        new Step('mail', fn (Attempt $a) => outcome($a), Effect::Message, owner: 'support'),
    ]);
}

/** One thing that an honest site does. */
function act(Workflow $workflow, Engine $engine, AuditLog $log, KillSwitches $switches, int $client, int $i): void
{
    $who = "person$i@example.test";
    try {
        $run = $engine->start($workflow, "order:$client:$i", ['mail' => $who, 'name' => "Zo\u{eb} \u{1F6D2}", 'text' => str_repeat('x', mt_rand(0, 20) === 0 ? 200000 : mt_rand(0, 400))]);
        match (mt_rand(0, 9)) {
            0 => $engine->once("key:$client:$i", ['a' => $i], fn () => ['id' => $i]),
            1 => $engine->note($run->id, 'ann', "called $who"),
            2 => $engine->stop($run->id, 'ann', 'enough'),
            3 => $engine->verdict($run->id, Answer::done(['id' => 1], [['charge', 'ch_1']]), 'ann', 'seen'),
            4 => $engine->verdict($run->id, Answer::notDone('nothing there'), 'ann', 'looked'),
            5 => $engine->resume($run->id, 'ann', 'again'),
            6 => $log->append('shop.price.changed', ['product' => $i], ['by' => $who], 'shop'),
            7 => $log->erase($run->id, 'ann', 'asked for'),
            8 => $engine->startLater($workflow, "later:$client:$i", ['mail' => $who], at: new DateTimeImmutable('+1 year')),
            9 => mt_rand(0, 20) > 0 ?: $switches->{mt_rand(0, 1) ? 'hold' : 'release'}(['*', 'category:commerce', 'category:other'][mt_rand(0, 2)], 'ann', 'to see'),
        };
    } catch (SophMate\Exception $e) {
        $e instanceof SophMate\InvalidState || $e instanceof SophMate\Held || $e instanceof SophMate\StoreError || $e instanceof SophMate\StoreUncertain
            || throw $e;
    }
    if ($i % 40 === 0) {
        $switches->release('*', 'ann', 'go on');
        $switches->release('category:commerce', 'ann', 'go on');
    }
    if ($i % 100 === 50) {
        $log->prune(1, 'ann', 'old', 20);
    }
}

function outcome(Attempt $a): mixed
{
    $a->externalId('charge', "ch_$a->runId");
    $a->affects('order', '7');
    return match (mt_rand(0, 9)) {
        0 => throw new NotDone('no'),
        1 => throw new RuntimeException('lost'),
        2 => ['big' => str_repeat('y', 5000)],
        default => ['id' => mt_rand()],
    };
}

$writers = [];
for ($client = 0; $client < 2; $client++) {
    if (($writers[] = pcntl_fork()) === 0) {
        mt_srand($seed + $client);
        $store = $open();
        [$workflow, $engine, $log, $switches] = [workflow(), new Engine($store), new AuditLog($store), new KillSwitches($store)];
        for ($i = 1; (int) $store->read('SELECT MAX(leaf_index) + 1 AS n FROM wp_sophmate_journal', [])[0]['n'] < (int) $events; $i++) {
            act($workflow, $engine, $log, $switches, $client, $i);
            $i % 7 !== $client ?: $engine->tick(20);
            $i % 25 !== 0 ?: $log->checkpoint();
            ($client !== 0 || $i % 400 !== 0) ?: $log->rotate('ann', 'yearly');
        }
        exit(0);
    }
}
$store = $open();
$log = new AuditLog($store);
$times = 0;
do {
    $gone = 0;
    foreach ($writers as $pid) {
        $gone += pcntl_waitpid($pid, $code, WNOHANG) !== 0;
        ($code ?? 0) === 0 || exit("a writer ended with $code (seed $seed)\n");
    }
    $report = $log->verify(anchorSeconds: null, treeOnly: false);
    $times++;
    if ($report['found'] > 0) {
        foreach ($writers as $pid) {
            posix_kill($pid, SIGKILL);
        }
        exit("seed $seed: " . json_encode($report, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
    }
    usleep(200000);
} while ($gone < count($writers));
$engine = new Engine($store);
while (array_sum(array_slice($engine->tick(0), 0, 2)) > 0);
$report = $log->verify(fn () => null);
$report['found'] === 0 || exit("seed $seed: " . json_encode($report, JSON_PRETTY_PRINT));
printf("ok: %d events, verified %d times, %d values open, %d erased, %d runs, %d checkpoints, %d anchors\n", $report['size'], $times, $report['openings'], $report['erased'],
    $report['runs'], $report['checkpoints'], $report['anchors']);
