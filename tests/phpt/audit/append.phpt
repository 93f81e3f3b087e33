--TEST--
AuditLog::append(): events of the site have names, streams and erasable values of their own, and nothing secret (R-201, R-207)
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{AuditLog, Engine};

$log = new AuditLog($store = store());
$rows = fn (string $where = '1=1') => $store->read("SELECT leaf, private, stream, seq, id FROM wp_sophmate_journal WHERE $where ORDER BY id", []);
$first = $log->append('shop.price.changed', ['sku' => 'A-1', 'from' => '1.00', 'to' => 1.5, 'key' => 'sk_live_51HxyzABCdef0123'], ['by' => 'jane@shop.example', 'why' => ['password' => 'x1', 'n' => [1]]]);
$second = $log->append('shop.opened');
$other = $log->append('user.login', [], ['who' => 'jane'], 'logins');
foreach ($rows() as $i => $row) {
    $leaf = json_decode($row['leaf'], true);
    echo $leaf['seq'], ' ', $leaf['type'], ' ', json_encode($leaf['d']), ' ', implode(',', array_keys($leaf['p'] ?? [])), ' ', isset($leaf['prev']) ? 'after the first' : 'begins', ' ',
        json_encode(array_map(fn ($v) => $v[1], json_decode($row['private'] ?? '{}', true))), "\n";
}
var_dump([$first, $second, $other] === array_column($rows(), 'id'), $rows()[0]['stream'] === $rows()[1]['stream'], $rows()[0]['stream'] !== $rows()[2]['stream']);

echo "-- they are in the log, and no run\n";
$engine = new Engine($store);
echo json_encode(array_slice($engine->tick(), 0, 2)), ', runs: ', count($engine->runs()), ', ', json_encode($engine->find($rows()[0]['stream'])), "\n";
echo $log->verify()['verdict'], "\n";

echo "-- bad input\n";
foreach (['', 'shop', 'run.started', 'run.x', 'switch.held', 'log.opened', 'privacy.erased', 'Shop.opened', "shop.op\0", 'note.x', str_repeat('a', 64) . '.b'] as $type) {
    thrown(fn () => $log->append($type));
}
thrown(fn () => $log->append('a.b', [1, 2]));
thrown(fn () => $log->append('a.b', ['redacted' => []]));
thrown(fn () => $log->append('a.b', ['x' => fopen('php://memory', 'r')]));
thrown(fn () => $log->append('a.b', ['x' => str_repeat('x', 65535)]));
thrown(fn () => $log->append('a.b', ['x' => str_repeat('x', 65400)]));
thrown(fn () => $log->append('a.b', [], ['A' => 1]));
thrown(fn () => $log->append('a.b', [], [1]));
thrown(fn () => $log->append('a.b', [], array_fill_keys(range('a', 'i'), 1)));
thrown(fn () => $log->append('a.b', [], ['x' => str_repeat('x', 1048576)]));
foreach (['', 'log', 'privacy', 'Site', '1st', str_repeat('s', 65)] as $stream) {
    thrown(fn () => $log->append('a.b', [], [], $stream));
}
echo count($rows()), " rows\n";
?>
--EXPECT--
1 shop.price.changed {"from":"1.00","key":"[redacted: key]","redacted":["why","d"],"sku":"A-1","to":1.5} by,why begins {"by":"jane@shop.example","why":{"n":[1],"password":{"$redacted":"by name"}}}
2 shop.opened []  after the first []
1 user.login [] who begins {"who":"jane"}
bool(true)
bool(true)
bool(true)
-- they are in the log, and no run
{"sequenced":3,"projected":3}, runs: 0, null
sound
-- bad input
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got ""
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "shop"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "run.started"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "run.x"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "switch.held"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "log.opened"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "privacy.erased"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "Shop.opened"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "shop.op\x00"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "note.x"
SophMate\InvalidArgument: AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
SophMate\InvalidArgument: AuditLog::append(): $data must be an array with names for keys, got a list
SophMate\InvalidArgument: $data must not have the name "redacted": that is where the event lists what was taken out of it
SophMate\InvalidArgument: AuditLog::append(): $data: $.x has no canonical form: a resource
SophMate\LimitExceeded: AuditLog::append(): $data: the canonical text is longer than 65535 bytes
SophMate\LimitExceeded: The limit bytes of a leaf is 65535, got 65536
SophMate\InvalidArgument: AuditLog::append(): $private: names are 1 to 32 of a-z and underscore, got A
SophMate\InvalidArgument: AuditLog::append(): $private: names are 1 to 32 of a-z and underscore, got a number
SophMate\LimitExceeded: AuditLog::append(): $private: private values of an event is at most 8, got 9
SophMate\LimitExceeded: AuditLog::append(): $private: the canonical text is longer than 1048576 bytes
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got ""
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got "log"
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got "privacy"
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got "Site"
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got "1st"
SophMate\InvalidArgument: AuditLog::append(): $stream must be 1 to 64 of a-z, 0-9, dot, underscore, dash, begin with a letter, and be neither "log" nor "privacy"; got "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss..."
3 rows
