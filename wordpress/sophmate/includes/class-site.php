<?php
/**
 * Which site this is.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

defined( 'ABSPATH' ) || exit;

/**
 * Facts about the current site that are the same on every web node, in WP-CLI and in cron.
 */
final class Site {

	/**
	 * The same on all hosts of the site, different on a copy with another address, database or table prefix: host and
	 * path of the home URL, then database and prefix, as "shop.example/staging wordpress.wp_".
	 *
	 * SOPHMATE_ENVIRONMENT overrides it where wp-config.php takes the address from the request.
	 */
	public static function environment(): string {
		global $wpdb;
		if ( defined( 'SOPHMATE_ENVIRONMENT' ) && '' !== (string) constant( 'SOPHMATE_ENVIRONMENT' ) ) {
			return (string) constant( 'SOPHMATE_ENVIRONMENT' );
		}
		$path = wp_parse_url( self::home(), PHP_URL_PATH );
		return self::host() . rtrim( is_string( $path ) ? $path : '', '/' ) . ' ' . self::database() . ".{$wpdb->prefix}";
	}

	/** Host of the home URL, in small letters. */
	public static function host(): string {
		$host = wp_parse_url( self::home(), PHP_URL_HOST );
		return is_string( $host ) && '' !== $host ? strtolower( $host ) : 'localhost';
	}

	/**
	 * The home URL as it is configured. get_option() is no good: plugins for several domains filter it by the
	 * request's host, and one site would look like two.
	 */
	private static function home(): string {
		if ( defined( 'WP_HOME' ) && ! is_multisite() ) {
			return (string) constant( 'WP_HOME' );
		}
		$options = wp_load_alloptions();
		return (string) ( $options['home'] ?? get_option( 'home' ) );
	}

	private static function database(): string {
		return defined( 'DB_NAME' ) ? (string) constant( 'DB_NAME' ) : 'wordpress';
	}
}
