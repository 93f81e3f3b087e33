--TEST--
Values from 100 are taken, and a step's limits follow the margin
--INI--
sophmate.lease_margin_ms=100
sophmate.grace_ms=604800000
sophmate.clock_skew_ms=0100
sophmate.state_dir=/var/lib/sophmate
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
echo ini_get('sophmate.lease_margin_ms'), ' ', ini_get('sophmate.grace_ms'), ' ', ini_get('sophmate.clock_skew_ms'), ' ', ini_get('sophmate.state_dir'), "\n";
echo (new SophMate\Step('s', fn () => 1, SophMate\Effect::Read, timeoutSeconds: 3599.9))->timeoutSeconds, "\n";
thrown(fn () => new SophMate\Step('s', fn () => 1, SophMate\Effect::Read, timeoutSeconds: 3600));
?>
--EXPECT--
100 604800000 0100 /var/lib/sophmate
3599.9
SophMate\DefinitionError: Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600) must be 0.001 to 3599.9 seconds, got 3600
