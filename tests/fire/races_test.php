<?php
// Holds and releases under load, one tick from everywhere at once, and log and run list under many writers and kills.
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

foreach (array_slice($argv, 1) ?: ['holds own', 'holds shared', 'cron', 'log'] as $case) {
	inside(...explode(' ', $case));
}
finish();
