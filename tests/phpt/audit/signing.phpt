--TEST--
Heads are signed with the log's key, kept in three places, and refused where any of them knows another log
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/audit.inc';
$store = store();
$host = new Host;
$sql = fn (string $sql) => $store->inner->write($sql, []);
echo "-- no key\n";
$host->show('work(2); sign(); var_dump($log->checkpoint(60), $log->log()["key"]); attempt(fn () => $log->witnessRequest(0)); attempt(fn () => $log->rotate("ann", "why"));');
echo "-- no folder\n";
$host->show('attempt(fn () => $log->createKey("ann", "why"));', ['sophmate.key_dir' => '']);
$host->show('attempt(fn () => $log->createKey("ann", "why"));', ['sophmate.state_dir' => '']);
echo "-- with a key\n";
$host->show('echo $log->createKey("ann", "why"), "\n"; sign(); work(3, "a"); sign(); sign(); var_dump($log->createKey("ann", "why") === $log->log()["key"], $log->checkpoint(60));');
echo count($store->read('SELECT size FROM wp_sophmate_checkpoint', [])), ' stored, ', count(file("$host->dir/anchor")), " anchored\n";
echo "-- a second host has no key\n";
$second = new Host('b');
$second->show('sign(); attempt(fn () => $log->createKey("bob", "me too")); attempt(fn () => $log->rotate("bob", "why")); var_dump($log->checkpoint(1));');
echo "-- then it has a copy\n";
copy($host->files('keys/*')[0], "$second->dir/keys/" . basename($host->files('keys/*')[0]));
chmod($second->files('keys/*')[0], 0600);
$second->show('work(1, "b"); sign();');
$host->show('work(1, "c"); sign();');
echo "-- each kind of head by itself\n";
$keep = function (?string $place) use ($host, $sql) {
    $sql('ALTER TABLE wp_sophmate_checkpoint RENAME TO kept');
    $sql('CREATE TABLE wp_sophmate_checkpoint AS SELECT * FROM kept' . ($place === 'stored' ? '' : ' WHERE 0'));
    $head = $host->files('state/*.head')[0];
    rename($head, "$head.kept");
    $place === 'file' && copy("$head.kept", $head);
    rename("$host->dir/anchor", "$host->dir/anchor.kept");
    $place === 'anchor' && copy("$host->dir/anchor.kept", "$host->dir/anchor");
    $host->show('sign();');
    rename("$head.kept", $head);
    rename("$host->dir/anchor.kept", "$host->dir/anchor");
    $sql('DROP TABLE wp_sophmate_checkpoint');
    $sql('ALTER TABLE kept RENAME TO wp_sophmate_checkpoint');
};
$sql('CREATE TABLE backup AS SELECT * FROM wp_sophmate_journal');
$sql('DELETE FROM wp_sophmate_journal WHERE leaf_index >= 15');
foreach (['stored', 'file', 'anchor', null] as $place) {
    $keep($place);
}
echo "-- and grown again\n";
$host->run('work(9, "d");');
foreach (['stored', 'file', 'anchor', null] as $place) {
    $keep($place);
}
echo "-- restored\n";
$sql('DELETE FROM wp_sophmate_journal');
$sql('INSERT INTO wp_sophmate_journal SELECT * FROM backup');
$host->show('sign();');
echo "-- torn line, lines of others, and nothing more than lines in the anchor file\n";
file_put_contents("$host->dir/anchor", "!!!\n" . str_repeat('QUJD', 40000) . "\nQUJD", FILE_APPEND);
$host->show('work(1, "e"); sign(); sign();');
echo count(file("$host->dir/anchor")), " lines\n";
echo "-- a head file of somebody else\n";
$head = $host->files('state/*.head')[0];
$text = file_get_contents($head);
file_put_contents($head, 'nothing');
$host->show('sign();');
file_put_contents($head, $text);
chmod("$host->dir/state", 0777);
$host->show('sign();');
chmod("$host->dir/state", 0755);
echo "-- while somebody signs\n";
$lock = fopen($host->files('state/*.lock')[0], 'r');
flock($lock, LOCK_EX);
$host->show('sign();');
flock($lock, LOCK_UN);
$host->show('sign();');
?>
--EXPECT--
-- no key
unsigned 8 new
NULL
NULL
SophMate\InvalidState: The log ORIGIN has no key: no head of it is signed
SophMate\InvalidState: The log ORIGIN has no key yet: create one
-- no folder
SophMate\InvalidState: A key needs a folder for it: sophmate.key_dir is not set
SophMate\InvalidState: Not signed: sophmate.state_dir is not set, and a head that this host does not remember could be forgotten
-- with a key
ORIGIN+ID+KEY
signed 9
signed 21 new
signed 21
bool(true)
NULL
2 stored, 2 anchored
-- a second host has no key
unsigned 21 new
SophMate\InvalidState: The log ORIGIN has a key, and this host has not got it: copy its file into sophmate.key_dir, or rotate where it is
SophMate\InvalidState: This host has no key of the log ORIGIN: rotate where it is
NULL
-- then it has a copy
signed 25 new
signed 29 new
-- each kind of head by itself
SophMate\IllegalHistory 30: Not signed: the stored checkpoint knows more leaves (stored checkpoint of ORIGIN: size 29, root ROOT; tree: size 15, root ROOT)
SophMate\IllegalHistory 30: Not signed: the head file knows more leaves (head file of ORIGIN: size 29, root ROOT; tree: size 15, root ROOT)
SophMate\IllegalHistory 30: Not signed: the anchor knows more leaves (anchor of ORIGIN: size 29, root ROOT; tree: size 15, root ROOT)
SophMate\InvalidState: Not signed: no head of the log ORIGIN is known, neither in sophmate.state_dir, nor in the database, nor in the anchor file; one that is not remembered could be forgotten
-- and grown again
SophMate\IllegalHistory 30: Not signed: the stored checkpoint does not lead to this tree (stored checkpoint of ORIGIN: size 29, root ROOT; tree: size 51, root ROOT)
SophMate\IllegalHistory 30: Not signed: the head file does not lead to this tree (head file of ORIGIN: size 29, root ROOT; tree: size 51, root ROOT)
SophMate\IllegalHistory 30: Not signed: the anchor does not lead to this tree (anchor of ORIGIN: size 29, root ROOT; tree: size 51, root ROOT)
SophMate\InvalidState: Not signed: no head of the log ORIGIN is known, neither in sophmate.state_dir, nor in the database, nor in the anchor file; one that is not remembered could be forgotten
-- restored
signed 29
-- torn line, lines of others, and nothing more than lines in the anchor file
signed 33 new
signed 33
7 lines
-- a head file of somebody else
SophMate\IllegalHistory 40: Not signed: the head file is not what this log signed: A head file begins with the line "sophmate-head v1"
SophMate\InvalidState: sophmate.state_dir: everybody can write in DIR/state, so its heads are worth nothing
-- while somebody signs
SophMate\InvalidState: Another process of this host has been signing the log ORIGIN for more than 10 s
signed 33
