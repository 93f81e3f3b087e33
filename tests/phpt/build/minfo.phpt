--TEST--
phpinfo() shows version, libsodium and settings, and no secret
--FILE--
<?php
ob_start();
phpinfo(INFO_MODULES);
preg_match('/^sophmate$(.*?)^\w+$\n\n/ms', ob_get_clean(), $found);
echo preg_replace(['/1\.\d+\.\d+/', '/\n+/'], ['1.X', "\n"], trim($found[1])), "\n";
var_dump(phpversion('sophmate'));
?>
--EXPECT--
sophmate => enabled
version => 0.1.0
libsodium (compiled) => 1.X
libsodium (loaded) => 1.X
Directive => Local Value => Master Value
sophmate.anchor_file => no value => no value
sophmate.anchor_syslog => On => On
sophmate.clock_skew_ms => 2000 => 2000
sophmate.grace_ms => 60000 => 60000
sophmate.key_dir => no value => no value
sophmate.lease_margin_ms => 5000 => 5000
sophmate.state_dir => no value => no value
string(5) "0.1.0"
