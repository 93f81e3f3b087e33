<?php
/**
 * What goes on by itself.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

defined( 'ABSPATH' ) || exit;

/**
 * Calls the engine's tick from WP-Cron, every minute. Two at once do no harm; `wp sophmate work` is the same without
 * waiting for visitors.
 */
final class Ticker {

	public const HOOK = 'sophmate_tick';

	/** When a tick last ended, for doctor; a unix time, behind by less than AGAIN seconds. */
	public const OPTION = 'sophmate_last_tick';

	/** `wp sophmate work` ticks every second; that often nobody wants to know it. */
	private const AGAIN = 60;

	private const SCHEDULE = 'sophmate_minute';

	/**
	 * Filter of the schedules.
	 *
	 * @param array<string, array{interval: int, display: string}> $schedules
	 * @return array<string, array{interval: int, display: string}>
	 */
	public static function schedules( array $schedules ): array {
		$schedules[ self::SCHEDULE ] = array(
			'interval' => MINUTE_IN_SECONDS,
			'display'  => 'Every minute (Sophmate)',
		);
		return $schedules;
	}

	/** Puts the tick of the current site into WP-Cron where it is missing. */
	public static function schedule(): void {
		if ( ! wp_next_scheduled( self::HOOK ) ) {
			wp_schedule_event( time(), self::SCHEDULE, self::HOOK );
		}
	}

	/** Deactivation hook. */
	public static function unschedule( bool $network_wide = false ): void {
		if ( ! is_multisite() || ! $network_wide ) {
			wp_clear_scheduled_hook( self::HOOK );
			return;
		}
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $blog ) {
			switch_to_blog( (int) $blog );
			wp_clear_scheduled_hook( self::HOOK );
			restore_current_blog();
		}
	}

	/** The cron event. Says in the log why nothing moves. */
	public static function tick(): void {
		try {
			self::work( 100 );
		} catch ( \Throwable $e ) {
			error_log( 'sophmate: no tick: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}

	/**
	 * One tick.
	 *
	 * @param int $limit Most runs moved.
	 * @return array<string, int> Counts of each kind of work.
	 */
	public static function work( int $limit ): array {
		$counts = Engines::at_home()->tick( $limit );
		if ( abs( time() - (int) get_option( self::OPTION ) ) >= self::AGAIN ) {
			update_option( self::OPTION, time(), false );
		}
		self::sign();
		self::prune();
		return $counts;
	}

	/** What is old, where the site wants that. It must not keep runs from moving. */
	private static function prune(): void {
		try {
			Privacy::tick();
		} catch ( \Throwable $e ) {
			error_log( 'sophmate: nothing was pruned: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}

	/** A head of the audit log where it is time for one. What is wrong with it must not keep runs from moving: it is said, and doctor shows it. */
	private static function sign(): void {
		try {
			Signer::tick();
		} catch ( \Throwable $e ) {
			error_log( 'sophmate: no head was signed: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}
}
