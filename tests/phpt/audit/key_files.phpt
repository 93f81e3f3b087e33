--TEST--
A key file is refused unless it is a plain file with one name, mode 0600 or 0400, of root or of this user, in a folder that nobody else can write and that is outside the document root
--EXTENSIONS--
pdo
pdo_sqlite
posix
--FILE--
<?php
require __DIR__ . '/audit.inc';
store();
$host = new Host;
echo Host::masked($host->run('echo $log->createKey("ann", "first"), "\n";')), "\n";
[$file] = $host->files('keys/*');
$look = function (string $what, callable $break, callable $mend, array $ini = []) use ($host) {
    $break();
    echo "-- $what\n";
    $host->show('sign(); show_keys();', $ini);
    $mend();
};
$nothing = fn () => null;
echo 'mode ', decoct(fileperms($file) & 07777), "\n";
$look('as it is', $nothing, $nothing);
foreach ([0400, 0640, 0604, 0660, 0602, 0700, 04600] as $mode) {
    $look(decoct($mode), fn () => chmod($file, $mode), fn () => chmod($file, 0600));
}
$look('a symbolic link', fn () => rename($file, "$file.x") && symlink("$file.x", $file), fn () => unlink($file) && rename("$file.x", $file));
$look('two names', fn () => link($file, "$file.x"), fn () => unlink("$file.x"));
if (posix_geteuid() === 0) {
    $look('of another user', fn () => chown($file, 65534), fn () => chown($file, 0));
    $look('in a folder of another user', fn () => chown(dirname($file), 65534), fn () => chown(dirname($file), 0));
} else {
    echo <<<'END'
        -- of another user
        SophMate\InvalidState: The key log-ORIGIN.key is refused: it belongs to user 65534: it must belong to root or to user 0, who runs this
        it belongs to user 65534: it must belong to root or to user 0, who runs this
        folder good
        -- in a folder of another user
        SophMate\InvalidState: No key is used: DIR/keys belongs to user 65534: it must belong to root or to user 0, who runs this
        DIR/keys belongs to user 65534: it must belong to root or to user 0, who runs this

        END;
}
$look('a folder', fn () => rename($file, "$file.x") && mkdir($file), fn () => rmdir($file) && rename("$file.x", $file));
$look('a pipe', fn () => rename($file, "$file.x") && exec('mkfifo -m 600 ' . escapeshellarg($file)) === '', fn () => unlink($file) && rename("$file.x", $file));
$text = file_get_contents($file);
$write = fn (string $t) => fn () => file_put_contents($file, $t);
$look('empty', $write(''), $write($text));
$look('cut', $write(substr($text, 0, -9)), $write($text));
$look('no end of line', $write(rtrim($text)), $write($text));
$look('two lines', $write("$text\n"), $write($text));
$look('large', $write(str_repeat('x', 5000)), $write($text));
$look('another id', $write(preg_replace('/\+[0-9a-f]{8}\+/', '+00000000+', $text)), $write($text));
$other = preg_replace('/[0-9a-f]{16}\.key$/', '0123456789abcdef.key', $file);
$look('another name', fn () => rename($file, $other), fn () => rename($other, $file));
$look('another origin', $write(preg_replace('~/sophmate/~', '/sophmat/', $text)), $write($text));
$look('a folder that the group can write', fn () => chmod(dirname($file), 0770), fn () => chmod(dirname($file), 0700));
$look('a folder that all can write, like /tmp', fn () => chmod(dirname($file), 01777), fn () => chmod(dirname($file), 0700));
$look('below a folder that all can write', fn () => chmod($host->dir, 0777), fn () => chmod($host->dir, 0755));
$look('inside the document root', $nothing, $nothing, ['doc_root' => $host->dir]);
$look('beside the document root', $nothing, $nothing, ['doc_root' => "$host->dir/key"]);
$look('a relative path', $nothing, $nothing, ['sophmate.key_dir' => 'keys']);
$look('a folder that is not there', $nothing, $nothing, ['sophmate.key_dir' => "$host->dir/none"]);
$look('a link to the folder', fn () => symlink("$host->dir/keys", "$host->dir/link"), $nothing, ['sophmate.key_dir' => "$host->dir/link/"]);
echo "-- \$_SERVER\n";
$host->show('$_SERVER["DOCUMENT_ROOT"] = ' . var_export($host->dir, true) . '; sign();');
?>
--EXPECT--
ORIGIN+ID+KEY
mode 600
-- as it is
signed 1
good, locked
folder good
-- 400
signed 1
good, locked
folder good
-- 640
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 0640: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 0640: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- 604
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 0604: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 0604: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- 660
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 0660: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 0660: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- 602
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 0602: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 0602: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- 700
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 0700: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 0700: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- 4600
SophMate\InvalidState: The key log-ORIGIN.key is refused: its mode is 4600: it must be 0600 or 0400, so that nobody else can read or write it
its mode is 4600: it must be 0600 or 0400, so that nobody else can read or write it
folder good
-- a symbolic link
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is a symbolic link
it is a symbolic link
folder good
-- two names
SophMate\InvalidState: The key log-ORIGIN.key is refused: it has 2 names (hard links)
it has 2 names (hard links)
folder good
-- of another user
SophMate\InvalidState: The key log-ORIGIN.key is refused: it belongs to user 65534: it must belong to root or to user 0, who runs this
it belongs to user 65534: it must belong to root or to user 0, who runs this
folder good
-- in a folder of another user
SophMate\InvalidState: No key is used: DIR/keys belongs to user 65534: it must belong to root or to user 0, who runs this
DIR/keys belongs to user 65534: it must belong to root or to user 0, who runs this
-- a folder
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a plain file
it is not a plain file
folder good
-- a pipe
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a plain file
it is not a plain file
folder good
-- empty
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a line PRIVATE+KEY+origin+id+key
it is not a line PRIVATE+KEY+origin+id+key
folder good
-- cut
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a line PRIVATE+KEY+origin+id+key
it is not a line PRIVATE+KEY+origin+id+key
folder good
-- no end of line
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a line PRIVATE+KEY+origin+id+key
it is not a line PRIVATE+KEY+origin+id+key
folder good
-- two lines
SophMate\InvalidState: The key log-ORIGIN.key is refused: it is not a line PRIVATE+KEY+origin+id+key
it is not a line PRIVATE+KEY+origin+id+key
folder good
-- large
SophMate\InvalidState: The key log-ORIGIN.key is refused: it has 5000 bytes, at most 1024 are a key
it has 5000 bytes, at most 1024 are a key
folder good
-- another id
SophMate\InvalidState: The key log-ORIGIN.key is refused: the key in it has another id than it says
the key in it has another id than it says
folder good
-- another name
unsigned 1 new
it is the key of ORIGIN, whose file is log-ORIGIN.key
folder good
-- another origin
SophMate\InvalidState: The key log-ORIGIN.key is refused: the key in it has another id than it says
the key in it has another id than it says
folder good
-- a folder that the group can write
SophMate\InvalidState: No key is used: DIR/keys can be written by its group or by everybody (mode 0770)
DIR/keys can be written by its group or by everybody (mode 0770)
-- a folder that all can write, like /tmp
SophMate\InvalidState: No key is used: DIR/keys can be written by its group or by everybody (mode 1777)
DIR/keys can be written by its group or by everybody (mode 1777)
-- below a folder that all can write
SophMate\InvalidState: No key is used: DIR can be written by its group or by everybody (mode 0777)
DIR can be written by its group or by everybody (mode 0777)
-- inside the document root
SophMate\InvalidState: No key is used: DIR/keys is inside the document root: a mistake in the web server's settings would publish it
good, locked
DIR/keys is inside the document root: a mistake in the web server's settings would publish it
-- beside the document root
signed 1
good, locked
folder good
-- a relative path
SophMate\InvalidState: No key is used: sophmate.key_dir must be an absolute path, got "keys"
sophmate.key_dir must be an absolute path, got "keys"
-- a folder that is not there
SophMate\InvalidState: No key is used: DIR/none: No such file or directory
DIR/none: No such file or directory
-- a link to the folder
signed 1
good, locked
folder good
-- $_SERVER
SophMate\InvalidState: No key is used: DIR/keys is inside the document root: a mistake in the web server's settings would publish it
