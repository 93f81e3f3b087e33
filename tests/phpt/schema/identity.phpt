--TEST--
A changed environment starts nothing and says why; adopt() answers moved, restored or copy
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Engine, IdempotencyKeys, Schema};

$store = store();
$engine = new Engine($store);
$engine->once('finished before', 1, fn () => 'kept');
$open = $engine->start(workflow('order', fn () => throw new SophMate\NotDone('no')), 'open');
$unknown = $engine->start(workflow('lost', fn () => throw new Error('lost')), 'unknown');
$before = Schema::identity($store);
$key = null;
$engine->once('key before', 1, function ($a) use (&$key) { $key = $a->key; });
echo json_encode(array_diff_key($before, ['site_id' => 1, 'log' => 1])), ' ', preg_match('/^[0-9a-f]{32}$/', $before['site_id']), preg_match('~^localhost/sophmate/[0-9a-f]{16}$~', $before['log']), "\n";
$moved = fn (string $where) => (function () use ($where) { $s = store(false); $s->environment = $where; return $s; })();
foreach (['moved', 'restored', 'copy'] as $as) {
    echo "-- $as\n";
    $s = $moved("as $as");
    thrown(fn () => (new Engine($s))->once("new $as", 1, fn () => 'never'));
    thrown(fn () => (new IdempotencyKeys($s))->claim("new $as", 1));
    echo json_encode((new Engine($s))->once('finished before', 1, fn () => 'never')), ' ', var_export(Schema::identity($s)['matches'], true), "\n";
    echo implode("\n", Schema::check($s)), "\n";
    Schema::adopt($s, $as, 'ann', 'we know');
    $after = Schema::identity($s);
    echo $after['site_id'] === $before['site_id'] ? 'same site' : 'new site', ', ', var_export($after['matches'], true), ', ', json_encode(Schema::check($s)), "\n";
    $new = null;
    echo json_encode((new Engine($s))->once("first as $as", 1, function ($a) use (&$new) { $new = $a->key; return 'works'; })), ' ', json_encode((new Engine($s))->once('finished before', 1, fn () => 'never')), "\n";
    show((new Engine($s))->find($open->id));
    show((new Engine($s))->find($unknown->id));
    thrown(fn () => (new Engine($moved($before['environment'])))->once("old place $as", 1, fn () => 'never'));
}
echo "-- arguments\n";
thrown(fn () => Schema::adopt($store, 'Moved', 'ann', 'x'));
thrown(fn () => Schema::adopt($store, 'moved', '', 'x'));
thrown(fn () => Schema::adopt($store, 'moved', 'ann', ''));
foreach (['', 'a b', str_repeat('h', 201), "h\n"] as $host) {
    thrown(fn () => Schema::install($store, $host));
}
thrown(fn () => new Schema);
?>
--EXPECT--
{"environment":"test","schema":1,"matches":true} 11
-- moved
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
"kept" false
this site's environment or key is not the one that its journal was made for: moved, copied or restored?
same site, true, []
"works" "kept"
paused at one, owner sales: it was refused, and time does not heal that; one was not done (external_failure): no
unknown at one, owner sales: one may have happened (lost_answer): lost
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
-- restored
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
"kept" false
this site's environment or key is not the one that its journal was made for: moved, copied or restored?
same site, true, []
"works" "kept"
paused at one, owner sales: it was refused, and time does not heal that; one was not done (external_failure): no
unknown at one, owner sales: one may have happened (lost_answer): lost
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
-- copy
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
"kept" false
this site's environment or key is not the one that its journal was made for: moved, copied or restored?
new site, true, []
"works" "kept"
stopped: decided by a person: we know
stopped: decided by a person: we know
SophMate\IdentityMismatch: this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?
-- arguments
SophMate\InvalidArgument: Schema::adopt(): $as must be "moved", "restored" or "copy", got "Moved"
SophMate\InvalidArgument: Schema::adopt(): $by must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: Schema::adopt(): $reason must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: $host must be 1 to 200 bytes of [A-Za-z0-9.:-], got "" (0 bytes)
SophMate\InvalidArgument: $host must be 1 to 200 bytes of [A-Za-z0-9.:-], got "a b" (3 bytes)
SophMate\InvalidArgument: $host must be 1 to 200 bytes of [A-Za-z0-9.:-], got "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh" (201 bytes)
SophMate\InvalidArgument: $host must be 1 to 200 bytes of [A-Za-z0-9.:-], got "h\x0a" (2 bytes)
Error: SophMate\Schema objects are made by the extension only
