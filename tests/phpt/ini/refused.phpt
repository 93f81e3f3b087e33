--TEST--
Values below 100, too large or not in digits are refused by name, and the default stays
--FILE--
<?php
require __DIR__ . '/../library.inc';
$php = getenv('TEST_PHP_EXECUTABLE') ?: PHP_BINARY;
foreach (['99', '0', '-5000', '5s', '', '3600000', '99999999999999999999', ' 500', '1e4', "500\n"] as $value) {
    $command = [$php, '-n', '-d', 'display_errors=1', '-d', 'html_errors=0', '-d', 'log_errors=0', '-d', 'sophmate.lease_margin_ms=' . json_encode($value),
        '-d', 'extension=' . library(), '-r', 'echo ini_get("sophmate.lease_margin_ms");'];
    $child = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    echo json_encode($value), ': ', trim(stream_get_contents($pipes[1])), "\n";
    proc_close($child);
}
?>
--EXPECT--
"99": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "99"; the default stays in Unknown on line 0
5000
"0": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "0"; the default stays in Unknown on line 0
5000
"-5000": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "-5000"; the default stays in Unknown on line 0
5000
"5s": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "5s"; the default stays in Unknown on line 0
5000
"": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got ""; the default stays in Unknown on line 0
5000
"3600000": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "3600000"; the default stays in Unknown on line 0
5000
"99999999999999999999": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "99999999999999999999"; the default stays in Unknown on line 0
5000
" 500": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got " 500"; the default stays in Unknown on line 0
5000
"1e4": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "1e4"; the default stays in Unknown on line 0
5000
"500\n": Warning: sophmate.lease_margin_ms must be 100 to 3599000 milliseconds, got "500\n"; the default stays in Unknown on line 0
5000
