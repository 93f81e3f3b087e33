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

	/** The state that a run shows after an event; run.ended says its own. */
	private const AFTER = array(
		'run.started'       => 'running',
		'step.started'      => 'running',
		'step.finished'     => 'running',
		'step.failed'       => 'waiting',
		'step.unknown'      => 'unknown',
		'step.ready'        => 'waiting',
		'run.held'          => 'held',
		'verdict.done'      => 'running',
		'verdict.not_done'  => 'running',
		'verdict.abandoned' => 'stopped',
		'run.paused'        => 'paused',
		'run.resumed'       => 'running',
		'run.completed'     => 'completed',
	);

	private const OUTCOMES = array(
		'by_hand' => 'completed_by_hand',
		'undone'  => 'undone',
		'stopped' => 'stopped',
	);

	/** Microseconds since 1970 by this host's clock, as the events that it writes carry them. */
	public static function now(): int {
		return (int) ( 1000000 * microtime( true ) );
	}

	/**
	 * Tells the changes of state that this run's events since then make.
	 *
	 * @param Run $run   As it is now.
	 * @param int $since From now().
	 */
	public static function announce( Run $run, int $since ): void {
		foreach ( self::changes( $run, $since ) as $from ) {
			self::fire( $run, $from );
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

	/**
	 * The states from which the run moved, in order.
	 *
	 * @return list<string>
	 */
	private static function changes( Run $run, int $since ): array {
		$state   = '';
		$changes = array();
		$events  = $run->events();
		$last    = count( $events ) - 1;
		foreach ( $events as $i => $event ) {
			$next = self::AFTER[ $event['type'] ] ?? $state;
			if ( 'run.ended' === $event['type'] ) {
				$next = self::OUTCOMES[ $event['d']['outcome'] ?? '' ] ?? $state;
			}
			if ( $i === $last ) {
				$next = $run->state->value;
			}
			if ( $next !== $state && $event['t'] >= $since ) {
				$changes[] = $state;
			}
			$state = $next;
		}
		return $changes;
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
