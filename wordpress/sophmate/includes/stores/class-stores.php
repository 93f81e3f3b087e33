<?php
/**
 * Which store a site gets.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/**
 * Chooses between the three faces of the site's database.
 */
final class Stores {

	/**
	 * A store for the current site. Opens no connection.
	 *
	 * SOPHMATE_STORE may say 'own' or 'shared'; without it a db.php that replaces the database class means shared.
	 */
	public static function for_current_site(): SiteStore {
		global $wpdb;
		if ( SqliteDropInStore::serves( $wpdb ) ) {
			return new SqliteDropInStore();
		}
		$wish = defined( 'SOPHMATE_STORE' ) ? constant( 'SOPHMATE_STORE' ) : null;
		if ( null !== $wish && 'own' !== $wish && 'shared' !== $wish ) {
			throw new RuntimeException( "SOPHMATE_STORE must be 'own' or 'shared', got " . wp_json_encode( $wish ) );
		}
		$shared = null === $wish ? 'wpdb' !== get_class( $wpdb ) : 'shared' === $wish;
		return $shared ? new SharedWpdbStore() : new WpdbStore();
	}
}
