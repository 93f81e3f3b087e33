<?php
/**
 * The engines of this request.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Engine;
use SophMate\Schema;

defined( 'ABSPATH' ) || exit;

/**
 * One engine for each site of the network that this request automates, made when it is first asked for.
 */
final class Engines {

	/**
	 * Engines by blog id.
	 *
	 * @var array<int, Engine>
	 */
	private static array $engines = array();

	/**
	 * Their stores.
	 *
	 * @var array<int, SiteStore>
	 */
	private static array $stores = array();

	/**
	 * Why registering workflows failed, by blog id. Tried once a request: the answer would be the same.
	 *
	 * @var array<int, Unavailable>
	 */
	private static array $failures = array();

	/**
	 * The engine of the current site.
	 *
	 * @throws Unavailable When the site's tables are not sound, or a plugin's workflows cannot be registered.
	 */
	public static function current(): Engine {
		$blog = get_current_blog_id();
		if ( isset( self::$engines[ $blog ] ) ) {
			return self::$engines[ $blog ];
		}
		if ( isset( self::$failures[ $blog ] ) ) {
			throw self::$failures[ $blog ];
		}
		Installer::require_sound();
		$engine = new Engine(
			self::store(),
			Judge::judge( ... ),
			static fn ( string $run_id, string $from ) => Announcer::caught_up( $blog, $run_id, $from )
		);
		/* Kept first: what registers workflows may ask for the engine. */
		self::$engines[ $blog ] = $engine;
		if ( did_action( 'init' ) ) {
			self::register_workflows( $blog, $engine );
		} else {
			add_action( 'init', static fn () => self::register_at_init( $blog, $engine ), 0 );
		}
		return $engine;
	}

	/** The store of the current site; its tables may be missing or wrong. */
	public static function store(): SiteStore {
		return self::$stores[ get_current_blog_id() ] ??= Stores::for_current_site();
	}

	/**
	 * The engine of the current site where its records are at home, for what goes on by itself. Each start is guarded by
	 * its own statement anyway; this keeps a copy from asking probes, and from recording what became of the original's runs.
	 *
	 * @throws Unavailable When they belong to another environment.
	 */
	public static function at_home(): Engine {
		$engine = self::current();
		if ( ! Schema::identity( self::store() )['matches'] ) {
			throw new Unavailable( Installer::not_at_home() );
		}
		return $engine;
	}

	/** Forgets the current site's engine and store, after somebody changed the tables or the site's identity. */
	public static function forget(): void {
		$blog = get_current_blog_id();
		unset( self::$engines[ $blog ], self::$stores[ $blog ], self::$failures[ $blog ] );
	}

	/**
	 * Before `init` not every plugin had its chance to be heard. Nothing may be thrown into `init`: it would take the
	 * whole site down, on each request.
	 */
	private static function register_at_init( int $blog, Engine $engine ): void {
		try {
			self::register_workflows( $blog, $engine );
		} catch ( Unavailable $e ) {
			error_log( 'sophmate: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}

	/**
	 * Lets all plugins register.
	 *
	 * @throws Unavailable Whatever one of them threw.
	 */
	private static function register_workflows( int $blog, Engine $engine ): void {
		try {
			self::at(
				$blog,
				static function () use ( $engine ): void {
					/**
					 * Fires once for each engine: register workflows here.
					 *
					 * @param Engine $engine Takes them by register().
					 */
					do_action( 'sophmate_register_workflows', $engine );
				}
			);
		} catch ( \Throwable $e ) {
			/* With half of the workflows missing, open runs would look unregistered: refuse and say whose fault it is. */
			unset( self::$engines[ $blog ] );
			self::$failures[ $blog ] = new Unavailable( 'Registering workflows failed: ' . $e->getMessage() . ' (' . $e->getFile() . ':' . $e->getLine() . ')', 0, $e );
			throw self::$failures[ $blog ];
		}
	}

	/** Calls something as the site with this blog id. */
	public static function at( int $blog, callable $what ): void {
		if ( get_current_blog_id() === $blog ) {
			$what();
			return;
		}
		switch_to_blog( $blog );
		try {
			$what();
		} finally {
			restore_current_blog();
		}
	}
}
