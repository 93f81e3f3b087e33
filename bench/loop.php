<?php
/* What is counted in instructions: loop.php json|canonical|nothing N. */
declare(strict_types=1);

$payload = require __DIR__ . '/payload.php';
$n = (int) $argv[2];
switch ($argv[1]) {
    case 'json':
        for ($i = 0; $i < $n; $i++) {
            json_encode($payload);
        }
        break;
    case 'canonical':
        for ($i = 0; $i < $n; $i++) {
            SophMate\canonicalJson($payload);
        }
        break;
    case 'nothing':
        for ($i = 0; $i < $n; $i++) {
        }
        break;
}
