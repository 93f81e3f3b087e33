<?php
// What the flow tests share.
declare(strict_types=1);

/** Puts tests/wordpress/flow/FILE into a site's mu-plugins until this test ends. */
function use_plugin(string $file, string $site = 'SOPHMATE_SITE'): void
{
	$to = needed($site) . "/wp-content/mu-plugins/sophmate-flow-$file";
	is_dir(dirname($to)) || mkdir(dirname($to));
	copy(__DIR__ . "/$file", $to);
	register_shutdown_function(fn () => unlink($to));
}
