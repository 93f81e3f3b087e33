<?php
// Requests from inside steps: every fault of the real services, over both of WordPress's transports.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

foreach (['curl', 'socket'] as $transport) {
	inside('remote.php', ["--exec=define('WP_ACCESSIBLE_HOSTS', 'no-such-host.invalid');"], [$transport]);
}
finish();
