<?php
/**
 * Plugin Name:       Sophmate
 * Description:       Makes automation safe to fail: what changed, and how to go on without charging or e-mailing twice. Needs the PHP extension of the same name.
 * Version:           0.1.0
 * Requires at least: 6.4
 * Requires PHP:      8.2
 * Author:            The sophmate authors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       sophmate
 *
 * This file and includes/unavailable.php parse on any PHP: a site whose PHP went back must say so, not break.
 *
 * @package sophmate
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}
if ( defined( 'SOPHMATE_VERSION' ) ) {
	return;
}

define( 'SOPHMATE_VERSION', '0.1.0' );
define( 'SOPHMATE_FILE', __FILE__ );
define( 'SOPHMATE_DIR', dirname( __FILE__ ) ); // phpcs:ignore Modernize.FunctionCalls.Dirname.FileConstant -- parses everywhere.

/** The oldest extension that this plugin works with. */
if ( ! defined( 'SOPHMATE_MINIMUM_EXTENSION' ) ) {
	define( 'SOPHMATE_MINIMUM_EXTENSION', '0.1.0' );
}

/** The oldest PHP that this plugin works with. */
define( 'SOPHMATE_MINIMUM_PHP', '8.2.0' );

/**
 * Version of the extension in this PHP. Not by phpversion() or extension_loaded(): opcache answers those when it
 * compiles, and files that it keeps on disk (opcache.file_cache) outlive the extension.
 *
 * @return string|false False where it is not loaded.
 */
function sophmate_extension_version() {
	if ( ! in_array( 'sophmate', get_loaded_extensions(), true ) ) {
		return false;
	}
	$extension = new ReflectionExtension( 'sophmate' );
	return (string) $extension->getVersion();
}

/**
 * What keeps automation from working here, in words.
 *
 * @return string[] Empty when nothing does.
 */
function sophmate_problems() {
	$problems = array();
	if ( version_compare( PHP_VERSION, SOPHMATE_MINIMUM_PHP, '<' ) ) {
		$problems[] = sprintf( 'PHP %1$s or later is needed, this is %2$s', SOPHMATE_MINIMUM_PHP, PHP_VERSION );
	}
	$version = sophmate_extension_version();
	if ( false === $version ) {
		$problems[] = sprintf( 'the PHP extension sophmate %1$s or later is not loaded in this PHP (%2$s)', SOPHMATE_MINIMUM_EXTENSION, PHP_SAPI );
	} elseif ( version_compare( $version, SOPHMATE_MINIMUM_EXTENSION, '<' ) ) {
		$problems[] = sprintf(
			'the PHP extension sophmate is version %1$s, and %2$s or later is needed: install it and restart PHP',
			$version,
			SOPHMATE_MINIMUM_EXTENSION
		);
	}
	return $problems;
}

if ( sophmate_problems() ) {
	require SOPHMATE_DIR . '/includes/unavailable.php';
} else {
	require SOPHMATE_DIR . '/includes/load.php';
}
