<?php
/**
 * What every store of a site has in common: its place.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Store;

defined( 'ABSPATH' ) || exit;

/**
 * A store belongs to the site it was made for and stays with it, whatever switch_to_blog() does afterwards.
 */
abstract class SiteStore implements Store {

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

	/** How this store reaches the database, for people. */
	abstract public function describe(): string;
}
