<?php
// Each request and each reply between worker and server dropped, delayed, cut, cut in half, delivered late, delivered twice; and pairs.
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

foreach (array_slice($argv, 1) ?: ['singles', 'pairs'] as $case) {
	inside('wire', $case);
}
finish();
