--TEST--
The settings have their documented defaults and cannot change at run time
--FILE--
<?php
foreach (ini_get_all('sophmate', true) as $name => $setting) {
    echo $name, ' ', var_export($setting['global_value'], true), ' ', $setting['access'] === INI_SYSTEM ? 'system' : 'open', "\n";
    var_dump(ini_set($name, '7000'));
}
echo ini_get('sophmate.grace_ms'), "\n";
?>
--EXPECT--
sophmate.anchor_file '' system
bool(false)
sophmate.anchor_syslog '1' system
bool(false)
sophmate.clock_skew_ms '2000' system
bool(false)
sophmate.grace_ms '60000' system
bool(false)
sophmate.key_dir '' system
bool(false)
sophmate.lease_margin_ms '5000' system
bool(false)
sophmate.state_dir '' system
bool(false)
60000
