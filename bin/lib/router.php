<?php
// For php -S: files as they are, everything else to WordPress.
declare(strict_types=1);

if (file_exists($_SERVER['DOCUMENT_ROOT'] . urldecode((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)))) {
	return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
