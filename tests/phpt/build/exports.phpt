--TEST--
Nothing but get_module leaves the library, and its relocations are read-only
--SKIPIF--
<?php
exec('command -v nm readelf', $out, $code);
if ($code !== 0) {
    die('skip needs nm and readelf');
}
?>
--FILE--
<?php
require __DIR__ . '/../library.inc';
$file = escapeshellarg(library());
echo trim(shell_exec("nm -D --defined-only $file | awk '{ print $3 }'")), "\n";
echo preg_match('/GNU_RELRO/', shell_exec("readelf -lW $file")), preg_match('/BIND_NOW/', shell_exec("readelf -d $file")), "\n";
echo preg_match('/__stack_chk_fail/', shell_exec("nm -D $file")), preg_match('/__\w+_chk/', shell_exec("nm -D $file")), "\n";
?>
--EXPECT--
get_module
11
11
