<?php
// Inside WordPress (wp eval-file): everything that a test of this folder needs.
declare(strict_types=1);

require_once dirname(__DIR__, 2) . '/wordpress/lib.php';
restore_error_handler();   // WordPress has its own way with notices
foreach (['packets', 'pipe', 'proxy', 'trials', 'flow', 'audit', 'crowd'] as $fire_file) {
	require_once __DIR__ . "/$fire_file.php";
}
error_reporting(E_ALL);
define('FIRE_SEED', (int) getenv('SOPHMATE_FIRE_SEED'));
mt_srand(FIRE_SEED);
