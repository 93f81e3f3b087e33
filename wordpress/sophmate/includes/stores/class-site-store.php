<?php
/**
 * What every store of a site has in common: its place.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Redaction;
use SophMate\Store;

defined( 'ABSPATH' ) || exit;

/**
 * A store belongs to the site it was made for and stays with it, whatever switch_to_blog() does afterwards.
 */
abstract class SiteStore implements Store, Redaction {

	/** Constants of wp-config.php whose values are nobody's business. */
	private const SECRETS = array(
		'DB_PASSWORD',
		'AUTH_KEY',
		'SECURE_AUTH_KEY',
		'LOGGED_IN_KEY',
		'NONCE_KEY',
		'AUTH_SALT',
		'SECURE_AUTH_SALT',
		'LOGGED_IN_SALT',
		'NONCE_SALT',
		'SECRET_KEY',
		'SECRET_SALT',
	);

	private readonly string $table_prefix;
	private readonly string $environment;

	/** Remembers the current site's tables and environment. Opens no connection. */
	public function __construct() {
		global $wpdb;
		$this->table_prefix = $wpdb->prefix . 'sophmate_';
		$this->environment  = Site::environment();
	}

	/** Begins the name of every table of this site. */
	public function tablePrefix(): string {
		return $this->table_prefix;
	}

	/** Address of the site, name of the database and table prefix, see Site. */
	public function environment(): string {
		return $this->environment;
	}

	/**
	 * Names of fields whose values are never stored.
	 *
	 * @return list<string>
	 */
	public function redactedNames(): array {
		/**
		 * Filters names of fields whose values are never stored, beside the built-in ones (password, token, card_number ...).
		 *
		 * @param list<string> $names
		 */
		return self::words( (array) apply_filters( 'sophmate_redacted_names', array() ) );
	}

	/**
	 * Values that are never stored, wherever they stand.
	 *
	 * @return list<string>
	 */
	public function secrets(): array {
		$secrets = array();
		foreach ( self::SECRETS as $name ) {
			if ( defined( $name ) ) {
				$secrets[] = constant( $name );
			}
		}
		/**
		 * Filters values that are never stored, wherever in a text they stand; those shorter than 6 bytes are passed over.
		 *
		 * @param list<string> $secrets The database's password, WordPress's keys and salts.
		 */
		return self::words( (array) apply_filters( 'sophmate_secrets', $secrets ) );
	}

	/**
	 * What a filter gave, as a list of strings that are not empty.
	 *
	 * @param array<mixed> $words
	 * @return list<string>
	 */
	private static function words( array $words ): array {
		return array_slice( array_values( array_filter( $words, static fn ( $word ): bool => is_string( $word ) && '' !== $word ) ), 0, 200 );
	}

	/** How this store reaches the database, for people. */
	abstract public function describe(): string;
}
