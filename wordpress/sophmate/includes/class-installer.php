<?php
/**
 * The tables of a site: made, checked, and what is wrong with them.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Schema;
use WP_Site;

defined( 'ABSPATH' ) || exit;

/**
 * Installs and checks at activation, after a version change and for new sites of a network; remembers the result in an
 * autoloaded option, so that asking for it costs no query. Wrong tables: automation is refused with the findings.
 */
final class Installer {

	public const OPTION = 'sophmate_schema';

	/** Seconds after which findings are looked at again. */
	private const AGAIN = 60;

	/** Activation hook. */
	public static function activate( bool $network_wide = false ): void {
		if ( ! is_multisite() || ! $network_wide ) {
			self::install();
			Ticker::schedule();
			return;
		}
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $blog ) {
			self::install_at( (int) $blog );
		}
	}

	/** A new site of a network. */
	public static function initialize_site( WP_Site $site ): void {
		if ( ! function_exists( 'is_plugin_active_for_network' ) ) {
			require_once ABSPATH . 'wp-admin/includes/plugin.php';
		}
		if ( is_plugin_active_for_network( plugin_basename( SOPHMATE_FILE ) ) ) {
			self::install_at( (int) $site->blog_id );
		}
	}

	/** Installs where the plugin or the extension is another version than the one that checked last. */
	public static function upgrade(): void {
		if ( ! self::is_current( self::result() ) ) {
			self::install();
		}
	}

	/**
	 * Makes or upgrades the tables of the current site, and checks them.
	 *
	 * @return list<string> Findings, empty when all is sound.
	 */
	public static function install(): array {
		try {
			Schema::install( Engines::store(), Site::host() );
			$findings = Schema::check( Engines::store() );
		} catch ( \Throwable $e ) {
			$findings = array( $e->getMessage() );
		}
		return self::remember( $findings );
	}

	/**
	 * Checks only; for `doctor`.
	 *
	 * @return list<string>
	 */
	public static function check(): array {
		try {
			$findings = Schema::check( Engines::store() );
		} catch ( \Throwable $e ) {
			$findings = array( $e->getMessage() );
		}
		return self::remember( $findings );
	}

	/**
	 * Returns when the current site's tables were found sound.
	 *
	 * @throws Unavailable With the findings.
	 */
	public static function require_sound(): void {
		$result   = self::result();
		$findings = $result['findings'] ?? array();
		if ( ! self::is_current( $result ) || ( $findings && time() - (int) ( $result['checked'] ?? 0 ) > self::AGAIN ) ) {
			$findings = self::install();
		}
		if ( $findings ) {
			throw new Unavailable( 'Automation is off, nothing was started: ' . implode( '; ', $findings ) );
		}
	}

	/** What to say where the records do not belong to this environment. */
	public static function not_at_home(): string {
		$made_in = self::last_environment();
		return 'The records belong to another environment' . ( '' === $made_in ? '' : " ($made_in)" ) . ' than this one (' . Engines::store()->environment()
			. '): moved, copied or restored? Nothing is started until somebody says so with wp sophmate identity --moved, --copy or --restored';
	}

	/** Tells those who can change it what is wrong. */
	public static function notice(): void {
		if ( ! current_user_can( 'activate_plugins' ) ) {
			return;
		}
		$findings = self::result()['findings'] ?? array();
		if ( ! $findings ) {
			try {
				/* Costs no statement; a plugin whose workflows cannot be registered shows itself. */
				Engines::current();
			} catch ( \Throwable $e ) {
				$findings = array( $e->getMessage() );
			}
		}
		if ( ! $findings ) {
			return;
		}
		echo '<div class="notice notice-error"><p><strong>Sophmate</strong>: ';
		echo esc_html__( 'automation is off, and nothing is started. The rest of the site works.', 'sophmate' );
		echo '</p><ul class="ul-disc">';
		foreach ( $findings as $finding ) {
			echo '<li>' . esc_html( $finding ) . '</li>';
		}
		echo '</ul></div>';
	}

	private static function install_at( int $blog ): void {
		switch_to_blog( $blog );
		try {
			self::install();
			Ticker::schedule();
		} finally {
			restore_current_blog();
		}
	}

	/**
	 * Stores what a check found.
	 *
	 * @param array<mixed> $findings
	 * @return list<string>
	 */
	private static function remember( array $findings ): array {
		/**
		 * Filters what is wrong with the tables. An owner who cannot change, say, the server's flush settings may drop
		 * that finding here, knowing what a power cut can then forget.
		 *
		 * @param list<string> $findings
		 */
		$findings = array_values( array_map( 'strval', (array) apply_filters( 'sophmate_schema_findings', $findings ) ) );
		update_option(
			self::OPTION,
			array(
				'plugin'      => SOPHMATE_VERSION,
				'extension'   => sophmate_extension_version(),
				'checked'     => time(),
				'environment' => self::is_at_home() ? Engines::store()->environment() : self::last_environment(),
				'findings'    => $findings,
			),
			true
		);
		return $findings;
	}

	/**
	 * The environment in which the records were last found to be at home; '' where that never was. The journal keeps a hash
	 * of it alone. For people: a copy of the database carries it along.
	 */
	private static function last_environment(): string {
		return (string) ( self::result()['environment'] ?? '' );
	}

	/** Whether the records belong to this environment. */
	private static function is_at_home(): bool {
		try {
			return Schema::identity( Engines::store() )['matches'];
		} catch ( \Throwable $e ) {
			return false; // Without tables, say: the findings tell.
		}
	}

	/**
	 * The last result.
	 *
	 * @return array<string, mixed>
	 */
	private static function result(): array {
		$result = get_option( self::OPTION );
		return is_array( $result ) ? $result : array();
	}

	/**
	 * Whether a result is of these versions.
	 *
	 * @param array<string, mixed> $result
	 */
	private static function is_current( array $result ): bool {
		return ( $result['plugin'] ?? null ) === SOPHMATE_VERSION && ( $result['extension'] ?? null ) === sophmate_extension_version();
	}
}
