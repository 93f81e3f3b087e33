<?php
/**
 * Tells the site that a run changed.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Run;

defined( 'ABSPATH' ) || exit;

/**
 * Fires `sophmate_run_changed` at once for what this process changed by the plugin's functions and commands, and again
 * when the run list catches up, which also finds what a dead process left behind. So each change is told at least
 * once: listeners compare with what they know.
 */
final class Announcer {

	/** Microseconds since 1970 by this host's clock, as the events that it writes carry them. */
	public static function now(): int {
		return (int) ( 1000000 * microtime( true ) );
	}

	/**
	 * Tells a run that a start made; one that was there is as it was. Asks the database nothing: a start costs no SELECT.
	 *
	 * @param Run $run   What the start returned.
	 * @param int $since now() before it.
	 */
	public static function started( Run $run, int $since ): void {
		if ( ( $run->events()[0]['t'] ?? 0 ) >= $since ) {
			self::fire( $run, '' );
		}
	}

	/**
	 * Tells what a command changed.
	 *
	 * @param Run $before Found before it.
	 * @param Run $now    What it returned.
	 */
	public static function changed( Run $before, Run $now ): void {
		if ( $before->state !== $now->state ) {
			self::fire( $now, $before->state->value );
		}
	}

	/**
	 * Called by the engine before its run list moves on over a change.
	 *
	 * @param int    $blog   Site of the engine.
	 * @param string $run_id Which run.
	 * @param string $from   The state that the list showed, '' for a new run.
	 */
	public static function caught_up( int $blog, string $run_id, string $from ): void {
		Engines::at(
			$blog,
			static function () use ( $run_id, $from ): void {
				$run = Engines::current()->find( $run_id );
				if ( null !== $run ) {
					self::fire( $run, $from );
				}
			}
		);
	}

	/** A listener that throws must neither undo the change nor keep it from the others for ever. */
	private static function fire( Run $run, string $from ): void {
		try {
			/**
			 * Fires after a run's state was stored, at least once for each change.
			 *
			 * @param Run    $run  As it is now.
			 * @param string $from The state before, a value of SophMate\RunState; '' for a new run.
			 */
			do_action( 'sophmate_run_changed', $run, $from );
		} catch ( \Throwable $e ) {
			error_log( "sophmate: a listener of sophmate_run_changed failed for run {$run->id}: {$e->getMessage()} ({$e->getFile()}:{$e->getLine()})" ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}
}
