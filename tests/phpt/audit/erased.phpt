--TEST--
Erasing: open runs are refused, ended ones lose their values and nothing else, a replay never acts, evidence survives retention (D-25, D-26)
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, AuditLog, Effect, Engine, IdempotencyKeys, KillSwitches, NotDone, Repeat, Retry, Schema, Step, Workflow};

const MAIL = 'jane@shop.example';
$log = new AuditLog($store = store());
$engine = new Engine($store);
$dump = function () use ($store): string {
    $all = '';
    foreach (['journal', 'switch', 'meta', 'run', 'external'] as $table) {
        foreach ($store->read("SELECT * FROM wp_sophmate_$table", []) as $row) {
            $all .= implode("\t", array_filter($row, is_string(...))) . "\n";
        }
    }
    return $all;
};
$names = fn () => substr_count($dump(), MAIL) . ' in the dump, ' . array_sum(array_map(fn ($r) => substr_count($r['private'] ?? '', MAIL), $store->read('SELECT private FROM wp_sophmate_journal', []))) . ' of them private';
$leaves = fn () => array_column($store->read('SELECT id, leaf, leaf_hash FROM wp_sophmate_journal ORDER BY id', []), null, 'id');
$calls = 0;
$w = workflow('order.fulfil', function (Attempt $a) use (&$calls) {
    $calls++;
    $a->affects('user', '7');
    $a->note('wrote to ' . MAIL);
    return ['to' => MAIL];
}, fn (Attempt $a) => $a->input['fail'] ?? false ? throw new NotDone('no ' . MAIL) : 'ok ' . MAIL);

$done = $engine->start($w, 'order:1 of ' . MAIL, ['mail' => MAIL]);
$open = $engine->start($w, 'order:2', ['mail' => MAIL, 'fail' => true]);
$once = fn (Engine $e) => $e->once('mail jane', MAIL, function () use (&$calls) { $calls++; return 'sent to ' . MAIL; });
echo $once($engine), "\n";
$key = $engine->findBySubject('once', 'mail jane');
$log->append('user.login', ['from' => 'web'], ['who' => MAIL]);
$log->append('user.login', ['from' => 'web'], ['who' => 'mary-' . MAIL]);
$engine->tick();
echo $log->verify()['verdict'], ', ', $names(), "\n";

echo "-- who is named where\n";
$found = $log->find(strtoupper(MAIL), [['user', '7']]);
$named = fn (array $e) => match ($e['stream']) { $done->id => 'done', $open->id => 'open', $key->id => 'once', default => 'site' };
// ids of one millisecond have no order between streams
usort($found['events'], fn ($a, $b) => [$named($a), $a['seq']] <=> [$named($b), $b['seq']]);
foreach ($found['events'] as $e) {
    echo $named($e), $e['run'] ? ' (run)' : '', " $e[seq] $e[type]: ", implode(', ', array_keys($e['p'])), "\n";
}
$pages = [];
for ($after = null; ($page = $log->find(MAIL, [], $after, 2))['after'] !== null; $after = $page['after']) {
    $pages[] = count($page['events']);
}
echo array_sum($pages), ' on ', count($pages), ' pages of two rows; "shop.exampl": ', count($log->find('shop.exampl')['events']), ', user 77: ', count($log->find(null, [['user', '77']])['events']), "\n";
$site = current(array_filter($found['events'], fn ($e) => !$e['run']))['stream'];

echo "-- erasing\n";
$before = $leaves();
thrown(fn () => $log->erase($open->id, 'dpo', 'asked'));
thrown(fn () => $log->erase(str_repeat('0', 32), 'dpo', 'asked'));
foreach ([$done->id, $key->id, $site] as $id) {
    echo json_encode($log->erase($id, 'dpo', 'asked', MAIL, [['user', '7']])), ' ';
    $n = count($leaves());
    echo json_encode($log->erase($id, 'dpo', 'asked', MAIL, [['user', '7']])), count($leaves()) - $n, " more events\n";
}
echo $names(), ": of the open run and of Mary-Jane\n";
var_dump(array_intersect_key($leaves(), $before) === $before);
$run = $engine->find($done->id);
show($run);
echo json_encode([$run->subject, $run->input]), ' ', history($run), "\n";
foreach ($run->events() as $e) {
    $e['type'] === 'privacy.erased' && print(json_encode($e['d']) . ' ' . json_encode($e['p']) . "\n");
}
thrown(fn () => $run->output('one'));

echo "-- a replay\n";
$calls = 0;
foreach ([$engine, new Engine($store)] as $e) {
    thrown(fn () => $once($e));
    thrown(fn () => $e->once('mail jane', 'another', fn () => 1));
    thrown(fn () => (new IdempotencyKeys($store))->claim('mail jane', MAIL));
    show($e->start($w, 'order:1 of ' . MAIL, ['mail' => MAIL]));
}
echo "calls: $calls\n";
$engine->tick();
$report = $log->verify();
echo "$report[verdict]: ", implode(' | ', array_column($report['findings'], 'message')), "\n";

echo "-- a value that is gone without an event is an alarm\n";
$row = $store->read("SELECT id, private FROM wp_sophmate_journal WHERE stream=? AND seq=1", [$open->id])[0];
$store->write('UPDATE wp_sophmate_journal SET private=NULL WHERE id=?', [$row['id']]);
$report = $log->verify();
echo "$report[verdict]: ", preg_replace('/[0-9a-f]{32}/', '<id>', implode(' | ', array_column($report['findings'], 'message'))), "\n";
$store->write('UPDATE wp_sophmate_journal SET private=? WHERE id=?', [$row['private'], $row['id']]);

echo "-- streams that keep who decided\n";
(new KillSwitches($store))->hold('category:x', 'jane', 'saw ' . MAIL);
Schema::adopt($store, 'moved', 'jane', MAIL);
foreach ($log->find(MAIL)['events'] as $e) {
    $e['run'] || str_starts_with($e['type'], 'user.') || thrown(fn () => $log->erase($e['stream'], 'dpo', 'asked'));
}

echo "-- once it is over, the open one too\n";
$engine->stop($open->id, 'jane', 'gave up');
echo json_encode($log->erase($open->id, 'dpo', 'asked')), "\n";
thrown(fn () => $log->erase('x', 'dpo', 'asked'));
thrown(fn () => $log->erase($open->id, '', 'asked'));
thrown(fn () => $log->erase($open->id, 'dpo', ''));
thrown(fn () => $log->erase($open->id, 'dpo', 'asked', 'ab'));
thrown(fn () => $log->erase($open->id, 'dpo', 'asked', null, [['user']]));
thrown(fn () => $log->find(null));
thrown(fn () => $log->find(MAIL, [], 'x'));
thrown(fn () => $log->find(MAIL, [], null, 0));
?>
--EXPECT--
sent to jane@shop.example
sound, 13 in the dump, 13 of them private
-- who is named where
done (run) 1 run.started: input, subject
done (run) 3 step.finished: notes, output, touched_ids
done (run) 5 step.finished: output
once (run) 1 run.started: input, subject
once (run) 3 step.finished: output
open (run) 1 run.started: input, subject
open (run) 3 step.finished: notes, output, touched_ids
open (run) 5 step.failed: message
site 1 user.login: who
9 on 9 pages of two rows; "shop.exampl": 0, user 77: 0
-- erasing
SophMate\InvalidState: run <id> is open (paused, step "two"): it needs its values to go on; finish or stop it first, then erase
SophMate\InvalidState: there is no run or stream <id>
{"events":3,"fields":6,"finished":0} {"events":0,"fields":0,"finished":0}0 more events
{"events":2,"fields":3,"finished":0} {"events":0,"fields":0,"finished":0}0 more events
{"events":1,"fields":1,"finished":0} {"events":0,"fields":0,"finished":0}0 more events
5 in the dump, 5 of them private: of the open run and of Mary-Jane
bool(true)
completed
[null,null] run.started step.started step.finished step.started step.finished run.completed privacy.erased
{"erased":[[1,"input","subject"],[3,"notes","output","touched_ids"],[5,"output"]],"why":"request"} {"by":"dpo","reason":"asked"}
SophMate\OutputNotStored: Run <id>: step "one" is done; no output is stored (erased, or none was given)
-- a replay
SophMate\OutputNotStored: Run <id>: step "effect" is done; no output is stored (erased, or none was given)
SophMate\Conflict: "mail jane" is known with another payload (stored fingerprint <hex>..., given <hex>...): nothing was sent
SophMate\OutputNotStored: Run <id>: step "effect" is done; no output is stored (erased, or none was given)
completed
SophMate\OutputNotStored: Run <id>: step "effect" is done; no output is stored (erased, or none was given)
SophMate\Conflict: "mail jane" is known with another payload (stored fingerprint <hex>..., given <hex>...): nothing was sent
SophMate\OutputNotStored: Run <id>: step "effect" is done; no output is stored (erased, or none was given)
completed
calls: 0
sound: 
-- a value that is gone without an event is an alarm
invalid: Its private value "input" is missing, and no event privacy.erased names it | Its private value "subject" is missing, and no event privacy.erased names it
-- streams that keep who decided
SophMate\InvalidState: stream <id> begins with switch.held: who decided there, and why, is kept as evidence
SophMate\InvalidState: stream <id> begins with site.adopted: who decided there, and why, is kept as evidence
-- once it is over, the open one too
{"events":4,"fields":8,"finished":0}
SophMate\InvalidArgument: AuditLog::erase(): $id must be 32 lower-case hex digits, got "x"
SophMate\InvalidArgument: AuditLog::erase(): $by must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: AuditLog::erase(): $reason must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: AuditLog::erase(): $text must have 3 to 190 bytes, got 2
SophMate\InvalidArgument: AuditLog::erase(): $records must be a list of pairs [type, id] of strings, as Attempt::affects() takes them
SophMate\InvalidArgument: AuditLog::find(): $text is null and $records is empty: nobody is looked for
SophMate\InvalidArgument: AuditLog::find(): $after must be 32 lower-case hex digits, got "x"
SophMate\InvalidArgument: AuditLog::find(): $rows must be 1 to 20000, got 0
