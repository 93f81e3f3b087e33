<?php
/**
 * The engines of this request.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Engine;

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
	 * The engine of the current site.
	 *
	 * @throws Unavailable When the site's tables are not sound.
	 */
	public static function current(): Engine {
		$blog = get_current_blog_id();
		if ( isset( self::$engines[ $blog ] ) ) {
			return self::$engines[ $blog ];
		}
		Installer::require_sound();
		$engine = new Engine(
			self::store(),
			Judge::judge( ... ),
			static fn ( string $run_id, string $from ) => Announcer::caught_up( $blog, $run_id, $from )
		);
		/* Kept first: what registers workflows may ask for the engine. */
		self::$engines[ $blog ] = $engine;
		self::register_workflows( $blog, $engine );
		return $engine;
	}

	/** The store of the current site; its tables may be missing or wrong. */
	public static function store(): SiteStore {
		return self::$stores[ get_current_blog_id() ] ??= Stores::for_current_site();
	}

	/** Forgets the current site's engine and store, after somebody changed the tables or the site's identity. */
	public static function forget(): void {
		$blog = get_current_blog_id();
		unset( self::$engines[ $blog ], self::$stores[ $blog ] );
	}

	/** Before `init` not every plugin had its chance to be heard; then it happens at `init`. */
	private static function register_workflows( int $blog, Engine $engine ): void {
		if ( ! did_action( 'init' ) ) {
			add_action( 'init', static fn () => self::register_workflows( $blog, $engine ), 0 );
			return;
		}
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
			throw new Unavailable( 'Registering workflows failed: ' . $e->getMessage() . ' (' . $e->getFile() . ':' . $e->getLine() . ')', 0, $e );
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
