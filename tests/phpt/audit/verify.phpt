--TEST--
Verification names what is wrong and where, with the exit code of each kind; proofs and exports come from signed heads alone (R-208, F-30, D-24)
--EXTENSIONS--
pdo
pdo_sqlite
posix
--FILE--
<?php
require __DIR__ . '/audit.inc';
store();
$host = new Host();
echo "without a signed head\n";
$host->show('
work(2);
attempt(fn () => $log->prove(str_repeat("0", 32)));
attempt(fn () => $log->prove("x"));
attempt(fn () => $log->export("/nonexistent/export"));
attempt(fn () => $log->verify(keys: [1]));
attempt(fn () => $log->verify(keys: ["a+b+c"]));
attempt(fn () => $log->verify(pendingSeconds: -1.0));
attempt(fn () => $log->verify(findings: -1));
attempt(fn () => $log->verify(resume: true));
verdict();
verdict(anchorSeconds: 0.0);
verdict(pendingSeconds: 0.0);
');
echo "signed\n";
$host->show('
$engine->tick();
$log->createKey("somebody", "because");
usleep(2000); // events of one millisecond get their places in any order
work(4, "more");
sign();
work(6, "later");
$engine->tick();
sign();
verdict(anchorSeconds: 0.0, pendingSeconds: 0.0);
$told = [];
$report = $log->verify(function (int $done, int $of) use (&$told) { $told[] = "$done of $of"; });
echo implode(", ", $told), "\n";
echo "{$report["checkpoints"]} checkpoints, {$report["heads"]} head file, {$report["anchors"]} anchors, {$report["openings"]} openings, {$report["runs"]} runs\n";
attempt(fn () => $log->verify(fn () => throw new DomainException("enough")));
echo $log->verify(resume: true)["from"], " verified before\n";
work(1, "last");
$engine->tick();
verdict(anchorSeconds: 0.0);
');
posix_mkfifo("$host->dir/pipe", 0600);
$host->show('attempt(fn () => $log->verify());', ['sophmate.anchor_file' => "$host->dir/pipe"]);
symlink("$host->dir/anchor", "$host->dir/link");
$host->show('attempt(fn () => $log->verify());', ['sophmate.anchor_file' => "$host->dir/link"]);
$lines = file("$host->dir/anchor");
file_put_contents("$host->dir/long", [$lines[0], str_repeat('A', 20_000_000), "\n\n", str_repeat('B', 8193), "\n", $lines[1], str_repeat('C', 20_000_000)]);
$host->show('echo $log->verify()["anchors"], " anchors beside endless lines\n";', ['sophmate.anchor_file' => "$host->dir/long", 'memory_limit' => '16M']);
echo "proved and exported\n";
$host->show('
$id = $store->read("SELECT id FROM wp_sophmate_journal WHERE leaf_index=20", [])[0]["id"];
$lines = explode("\n", $log->prove($id));
$leaf = $store->read("SELECT leaf FROM wp_sophmate_journal WHERE leaf_index=20", [])[0]["leaf"];
echo $lines[0], " ", $lines[1] === "extra " . base64_encode($leaf) ? "with its leaf" : "without its leaf", " ", $lines[2], "\n";
$done = $log->export("' . $host->dir . '/export");
echo $done["size"], " leaves, ", $done["files"], " files: ", implode(" ", array_map(fn ($f) => basename($f), glob("' . $host->dir . '/export/*"))), "\n";
attempt(fn () => $log->export("' . $host->dir . '/export"));
');
echo "hidden at a place that no log has\n";
$host->show('
work(1, "hidden");
tamper("UPDATE wp_sophmate_journal SET leaf_index=-7 WHERE id=(SELECT MAX(id) FROM wp_sophmate_journal)");
sign();
verdict();
tamper("UPDATE wp_sophmate_journal SET leaf_index=NULL WHERE leaf_index=-7");
sign();
verdict();
');
echo "changed\n";
$host->show('
tamper("UPDATE wp_sophmate_journal SET leaf=replace(leaf, \'run.started\', \'run.startes\') WHERE leaf_index=9");
verdict();
tamper("UPDATE wp_sophmate_journal SET leaf=replace(leaf, \'run.startes\', \'run.started\') WHERE leaf_index=9");
verdict();
tamper("UPDATE wp_sophmate_journal SET private=NULL WHERE leaf_index=9");
verdict(findings: 1);
');
echo "cut, with the heads that the database knew\n";
$host->show('
tamper("DELETE FROM wp_sophmate_journal WHERE leaf_index>=25"); // whole runs
tamper("DELETE FROM wp_sophmate_checkpoint");
verdict(findings: 2);
echo attempt(fn () => $log->verify(resume: true)["verdict"]), "\n";
');
?>
--EXPECT--
without a signed head
SophMate\InvalidState: The log has no key, so it has no signed checkpoint: make one first
SophMate\InvalidArgument: AuditLog::prove(): $eventId must be 32 lower-case hex digits, got "x"
SophMate\InvalidState: AuditLog::export(): the log has no signed checkpoint yet: make one first
SophMate\InvalidArgument: AuditLog::verify(): $keys must hold verifier keys, which are strings; one is int
SophMate\InvalidArgument: AuditLog::verify(): $keys holds "a+b+c", which is no verifier key: A verifier key has the form name+id+base64, its id 8 hex digits
SophMate\InvalidArgument: AuditLog::verify(): $pendingSeconds must be 0 to 3162240000 seconds, got -1
SophMate\InvalidArgument: AuditLog::verify(): $findings must be 0 to 10000, got -1
SophMate\InvalidState: AuditLog::verify(): $resume needs a head file in sophmate.state_dir, and there is none
0 sound, 0 leaves, 0 found
0 sound, 0 leaves, 0 found
10 pending, 0 leaves, 1 found
  10 pending - 8 events wait for a place in the log, the oldest ...
signed
signed 25 new
signed 49 new
0 sound, 49 leaves, 0 found
49 of 49
3 checkpoints, 1 head file, 3 anchors, 38 openings, 12 runs
DomainException: enough
49 verified before
20 no anchor, 53 leaves, 1 found
  20 anchor 49-52 No anchor covers the leaves from 49 on, the oldest of which ... old
SophMate\InvalidState: sophmate.anchor_file: DIR/pipe is not a plain file
SophMate\InvalidState: sophmate.anchor_file: DIR/link is a link
2 anchors beside endless lines
proved and exported
c2sp.org/tlog-proof@v1 with its leaf index 20
49 leaves, 3 files: checkpoint tile
SophMate\InvalidState: AuditLog::export(): tile/entries/000.p/49 cannot be made in $directory: an earlier export may be there
hidden at a place that no log has
SophMate\IllegalHistory 40: Not signed: an event has the leaf_index -7, which is no place in a log: no head would ever hold it
40 invalid, 56 leaves, 1 found
  40 place - Its leaf_index is no place in a log: it stands outside of the tree, and nothing signs it
signed 57 new
0 sound, 57 leaves, 0 found
changed
40 invalid, 57 leaves, 2 found
  40 hash 9 Its leaf does not have the stored hash: one of them was changed
  40 history 9 Its stream is not one that the extension writes: not an event of this journal: type
0 sound, 57 leaves, 0 found
40 invalid, 57 leaves, 2 found
  40 opening 9 Its private value "input" is missing, and no event privacy.erased names it
cut, with the heads that the database knew
40 invalid, 25 leaves, 12 found
  40 opening 9 Its private value "input" is missing, and no event privacy.erased names it
  40 opening 9 Its private value "subject" is missing, and no event privacy.erased names it
contradicts
