--TEST--
What is secret by its name, its look or the site's word is taken out before anything is stored, and the run stays explainable (R-207, F-31)
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Attempt, AuditLog, Effect, Engine, IdempotencyKeys, KillSwitches, NotDone, Redaction, Repeat, Retry, Schema, Step, Store, Workflow};

const CARD = '4242424242424242', KEY = 'sk_live_51HxyzABCdef0123', SALT = 'Zq}d9!"salt\\of:the&site', MAIL = 'jane@shop.example', PIN = 'hunter2!';

// Store is final in the library: the site's own knows what must not be stored, too.
final class SiteStore implements Store, Redaction
{
    function __construct(private Store $inner) {}
    function dialect(): SophMate\Dialect { return $this->inner->dialect(); }
    function tablePrefix(): string { return $this->inner->tablePrefix(); }
    function environment(): string { return $this->inner->environment(); }
    function write(string $sql, array $params): int { return $this->inner->write($sql, $params); }
    function read(string $sql, array $params): array { return $this->inner->read($sql, $params); }
    function reset(): void { $this->inner->reset(); }
    function redactedNames(): array { return ['Patient-ID']; }
    function secrets(): array { return [SALT, '', 'tiny', 'hush-hush']; }
}

$store = new SiteStore(store());
// Everything that is stored, as a dump would show it.
function dump(): string
{
    global $store;
    $all = '';
    foreach (['journal', 'switch', 'meta', 'run', 'external'] as $table) {
        foreach ($store->read("SELECT * FROM wp_sophmate_$table", []) as $row) {
            $all .= implode("\t", array_filter($row, is_string(...))) . "\n";
        }
    }
    return $all . stripslashes($all);
}
function leaks(string $in): string
{
    $found = array_filter(['card' => CARD, 'card in groups' => '4242 4242', 'key' => KEY, 'salt' => SALT, 'salt, slashed' => stripslashes(SALT), 'pin' => PIN], fn ($secret) => str_contains($in, $secret));
    return $found ? 'LEAKS: ' . implode(', ', array_keys($found)) : 'none';
}

$secrets = ['card' => 'no ' . CARD, 'stripe' => KEY, 'password' => PIN, 'note' => 'the salt is ' . SALT, 'patient id' => PIN, 'mail' => MAIL, 'number' => (int) CARD, CARD => 1];
$engine = new Engine($store);

echo "-- a workflow: input, output, messages, notes, artifacts, costs, ids\n";
$seen = null;
$w = new Workflow('order.fulfil', '1', 'commerce', 'operations', [
    new Step('charge', function (Attempt $a) use (&$seen, $secrets) {
        $seen = $a->input;
        $a->note('card ' . CARD . ' used with ' . KEY);
        $a->artifact('request', ['Authorization' => 'Basic ' . PIN, 'body' => 'number=4242 4242 4242 4242&cvc=123', 'diary' => PIN]);
        $a->affects('user', MAIL);
        $a->affects('card', CARD);
        $a->cost('0.10', 'EUR', 'acme ' . KEY);
        $a->externalId('charge', 'ch_1');
        $a->externalId('token', KEY);
        return $secrets + ['diary' => PIN];
    }, Effect::Money, owner: 'finance'),
    new Step('mail', fn () => throw new NotDone('550 for ' . MAIL . ', password=' . PIN . ' and ' . CARD, 'refused_' . CARD), Effect::Message, owner: 'support', retry: new Retry(1)),
], redact: ['diary']);
$run = $engine->start($w, 'order:1', $secrets);
show($run);
echo 'the step sees: ', json_encode($seen), "\n";
echo 'and what is kept: ', json_encode($run->output('charge')), "\n";
foreach ($run->events() as $e) {
    isset($e['d']['redacted']) && print("$e[type]: " . implode(', ', $e['d']['redacted']) . "\n");
}
$engine->findByExternalId('token', KEY)[0]->id === $run->id && print("found by the id that is not kept\n");
echo 'dump: ', leaks(dump()), ', ', str_contains(dump(), MAIL) ? 'the address is there' : 'no address', "\n";

echo "-- an unknown outcome and what persons write\n";
$x = new Workflow('wire', '1', 'commerce', 'operations', [new Step('wire', fn () => throw new Exception('reset by ' . KEY . ' for "password":"' . PIN . '" ' . SALT), Effect::Money)]);
$run = $engine->start($x, 'order:2', ['password' => [PIN]]);
show($run);
$engine->note($run->id, 'jane ' . KEY, 'looked at ' . CARD);
$run = $engine->verdict($run->id, Answer::done(['token' => PIN, 'id' => 7], ['charge' => 'x ' . CARD]), 'jane', 'asked with ' . KEY . ' and saw ' . CARD);
echo json_encode($run->output('wire')), "\n";
$keys = new IdempotencyKeys($store);
$claim = $keys->claim('my key', ['cvv' => '123']);
$keys->complete($claim, ['secret' => PIN, 'ok' => true]);
$keys->release($keys->claim('my other key', 1), 'declined: ' . CARD);
(new KillSwitches($store))->hold('category:x', 'jane ' . KEY, 'saw ' . CARD . ' ' . SALT);
Schema::adopt($store, 'moved', 'jane ' . CARD, 'because of ' . SALT);
echo 'dump: ', leaks(dump()), "\n";

echo "-- once: this call has the real value, a replay what was stored; conflicts are still seen\n";
$calls = 0;
$make = function () use (&$calls) { $calls++; return ['id' => 9, 'secret' => PIN, 'float' => 1.0]; };
foreach ([$engine, $engine, new Engine($store)] as $e) {
    echo json_encode($e->once('make user', ['password' => PIN], $make)), "\n";
}
echo "calls: $calls\n";
thrown(fn () => $engine->once('make user', ['password' => 'another'], $make));
thrown(fn () => (new Engine($store))->once('make user', ['password' => 'another'], $make));

echo "-- identities are refused, not altered\n";
foreach (['order:' . CARD, 'x ' . SALT, KEY] as $subject) {
    thrown(fn () => $engine->start($w, $subject, []));
    thrown(fn () => $engine->startLater($w, $subject, []));
    thrown(fn () => $engine->once($subject, 1, $make));
    thrown(fn () => $keys->claim($subject, 1));
}
thrown(fn () => $engine->start($w, 'order:3', [], CARD));
thrown(fn () => $engine->start($w, 'order:3', [], '1', 'hook ' . CARD));
echo 'a subject may speak of passwords: ', $engine->start($w, 'reset password: user 7', [])->subject, "\n";
echo 'dump: ', leaks(dump()), "\n";

echo "-- so are names, which are clear text\n";
$one = fn (string $name, string $version, string $category, string $step, string $owner) => new Workflow($name, $version, $category, 'operations', [new Step($step, fn () => print("ACTED\n"), Effect::Money, owner: $owner)]);
foreach ([['w 4242.4242.4242.4242', '1', 'c', 's', 'o'], ['w', CARD, 'c', 's', 'o'], ['w', '1', 'my hush-hush', 's', 'o'], ['w', '1', 'c', 's ' . CARD, 'o'], ['w', '1', 'c', 's', 'o ' . KEY]] as $words) {
    thrown(fn () => (new Engine($store))->start($one(...$words), 'order:4', []));
}
thrown(fn () => $engine->once('a key', 1, $make, category: 'c ' . CARD));
thrown(fn () => (new KillSwitches($store))->hold('workflow:hush-hush', 'jane', 'x'));
thrown(fn () => (new AuditLog($store))->append('shop.opened', [], [], 'a-hush-hush'));
$kind = new Workflow('kind', '1', 'commerce', 'operations', [new Step('s', fn (Attempt $a) => thrown(fn () => $a->externalId('card ' . CARD, 'x')), Effect::Money)]);
show($engine->start($kind, 'order:5', []));
echo 'dump: ', leaks(dump()), str_contains(dump(), 'hush') ? ' and the name' : '', "\n";

echo "-- nothing else shows it\n";
ob_start();
var_dump($run, $engine, $claim, $keys, $engine->find($run->id));
var_export([$run, $engine, $claim]);
print_r([$run, $engine]);
phpinfo();
echo json_encode($run->events()), json_encode($run->steps());
$shown = ob_get_clean();
// phpinfo() shows the environment of the process, which holds none of them
echo leaks($shown), "\n";
try {
    $engine->once('order ' . CARD, [CARD], $make);
} catch (Throwable $e) {
    echo leaks((string) $e), "\n";
}
echo "-- nor do stack traces\n";
foreach ([fn () => $engine->once('trace', [CARD, KEY, PIN], fn () => throw new NotDone('no')), fn () => $engine->start(workflow('trace', fn () => 1), 'trace', [CARD, KEY, PIN], 'x'),
    fn () => (new AuditLog($store))->append('a.b', [], ['x' => [CARD, KEY, PIN], 'Y' => 1])] as $call) {
    try {
        $call();
    } catch (Throwable $e) {
        for ($all = ''; $e; $e = $e->getPrevious()) {
            $all .= print_r(array_map(fn ($frame) => $frame['args'] ?? [], array_filter($e->getTrace(), fn ($frame) => str_starts_with($frame['class'] ?? '', 'SophMate'))), true);
        }
        echo str_contains($all, 'SensitiveParameterValue') ? 'hidden, ' : 'no argument, ', leaks($all), "\n";
    }
}
?>
--EXPECT--
-- a workflow: input, output, messages, notes, artifacts, costs, ids
paused at mail, owner support: it was refused, and time does not heal that; mail was not done (refused_[redacted: card number]): 550 for jane@shop.example, password=[redacted: by name] and [redacted: card number]
the step sees: {"[redacted: card number]":1,"card":"no [redacted: card number]","mail":"jane@shop.example","note":"the salt is [redacted: secret of this site]","number":{"$redacted":"card number"},"password":{"$redacted":"by name"},"patient id":{"$redacted":"by name"},"stripe":"[redacted: key]"}
and what is kept: {"[redacted: card number]":1,"card":"no [redacted: card number]","diary":{"$redacted":"by name"},"mail":"jane@shop.example","note":"the salt is [redacted: secret of this site]","number":{"$redacted":"card number"},"password":{"$redacted":"by name"},"patient id":{"$redacted":"by name"},"stripe":"[redacted: key]"}
run.started: input
external.recorded: id
step.finished: output, touched_ids, artifacts, notes, d
step.failed: message, d
found by the id that is not kept
dump: none, the address is there
-- an unknown outcome and what persons write
unknown at wire, owner operations: wire may have happened (lost_answer): reset by [redacted: key] for "password":"[redacted: by name]" [redacted: secret of this site]
{"id":7,"token":{"$redacted":"by name"}}
dump: none
-- once: this call has the real value, a replay what was stored; conflicts are still seen
{"float":1,"id":9,"secret":"hunter2!"}
{"float":1,"id":9,"secret":{"$redacted":"by name"}}
{"float":1,"id":9,"secret":{"$redacted":"by name"}}
calls: 1
SophMate\Conflict: "make user" is known with another payload (stored fingerprint <hex>..., given <hex>...): nothing was sent
SophMate\Conflict: "make user" is known with another payload (stored fingerprint <hex>..., given <hex>...): nothing was sent
-- identities are refused, not altered
SophMate\InvalidArgument: $subject holds what must never be stored (card number): use an id that is none
SophMate\InvalidArgument: $subject holds what must never be stored (card number): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (card number): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (card number): use an id that is none
SophMate\InvalidArgument: $subject holds what must never be stored (secret of this site): use an id that is none
SophMate\InvalidArgument: $subject holds what must never be stored (secret of this site): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (secret of this site): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (secret of this site): use an id that is none
SophMate\InvalidArgument: $subject holds what must never be stored (key): use an id that is none
SophMate\InvalidArgument: $subject holds what must never be stored (key): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (key): use an id that is none
SophMate\InvalidArgument: $key holds what must never be stored (key): use an id that is none
SophMate\InvalidArgument: $occurrence holds what must never be stored (card number): use an id that is none
SophMate\InvalidArgument: $trigger holds what must never be stored (card number): use an id that is none
a subject may speak of passwords: reset password: user 7
dump: none
-- so are names, which are clear text
SophMate\InvalidArgument: the workflow's name holds what must never be stored (card number): use a name that does not
SophMate\InvalidArgument: the workflow's version holds what must never be stored (card number): use a name that does not
SophMate\InvalidArgument: the workflow's category holds what must never be stored (secret of this site): use a name that does not
SophMate\InvalidArgument: a step's name holds what must never be stored (card number): use a name that does not
SophMate\InvalidArgument: a step's owner holds what must never be stored (key): use a name that does not
SophMate\InvalidArgument: the workflow's category holds what must never be stored (card number): use a name that does not
SophMate\InvalidArgument: $target holds what must never be stored (secret of this site): use a name that does not
SophMate\InvalidArgument: $stream holds what must never be stored (secret of this site): use a name that does not
SophMate\InvalidArgument: the kind of an external id holds what must never be stored (card number): use a name that does not
completed
dump: none
-- nothing else shows it
none
none
-- nor do stack traces
hidden, none
hidden, none
hidden, none
