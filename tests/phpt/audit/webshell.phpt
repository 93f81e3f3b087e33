--TEST--
From PHP there is no call that returns a key, signs chosen bytes, or signs a log that forgets a leaf
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/audit.inc';
$store = store();
$host = new Host;
$host->run('$log->createKey("ann", "first"); work(2); sign();');
$text = file_get_contents($host->files('keys/*')[0]);
preg_match('~\+([A-Za-z0-9+/=]{44})$~D', trim($text), $found);
file_put_contents("$host->dir/needles", json_encode([$found[1], bin2hex(substr(base64_decode($found[1]), 1)), base64_encode(substr(base64_decode($found[1]), 1))]));
// Whatever PHP can call, with the seed to look for.
$said = Host::masked($host->run('const DIR = ' . var_export($host->dir, true) . '; require ' . var_export(__DIR__ . '/webshell.inc', true) . ';'));
// prune(1) and prune(5) find something to erase, and write it down, where all this takes so many seconds.
echo preg_replace_callback('/size (\d+), root ROOT; tree: size (\d+)/', fn (array $m): string => $m[1] - $m[2] === 1 ? 'size N, root ROOT; tree: size N - 1' : $m[0], $said), "\n";
?>
--EXPECT--
the needle is right
looked at everything
phpinfo() shows the key's state
a region that nobody may read or dump
1 heads signed, 0 of them of something else
SophMate\IllegalHistory 30: Not signed: the head file knows more leaves (head file of ORIGIN: size N, root ROOT; tree: size N - 1, root ROOT)
SophMate\IllegalHistory 30: Not signed: the head file knows more leaves (head file of ORIGIN: size N, root ROOT; tree: size N - 1, root ROOT)
SophMate\InvalidState: Not signed: no head of the log ORIGIN is known, neither in sophmate.state_dir, nor in the database, nor in the anchor file; one that is not remembered could be forgotten
SophMate\InvalidState: Not signed: no head of the log ORIGIN is known, neither in sophmate.state_dir, nor in the database, nor in the anchor file; one that is not remembered could be forgotten
SophMate\InvalidState: Not signed: the key of the log ORIGIN was made, but not recorded: create it again, which goes on from there
SophMate\InvalidState: Not signed: no head of the log ORIGIN is known, neither in sophmate.state_dir, nor in the database, nor in the anchor file; one that is not remembered could be forgotten
SophMate\InvalidState: The log ORIGIN has no key yet: create one
