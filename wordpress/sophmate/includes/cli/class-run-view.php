<?php
/**
 * How a run is shown.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Run;
use SophMate\RunState;

defined( 'ABSPATH' ) || exit;

/**
 * Runs, steps and events as rows of plain values.
 */
final class RunView {

	/**
	 * A run as a row of a list.
	 *
	 * @return array<string, mixed>
	 */
	public static function row( Run $run ): array {
		return array(
			'id'       => $run->id,
			'workflow' => $run->workflow,
			'subject'  => $run->subject,
			'state'    => $run->state->value,
			'step'     => $run->step,
			'owner'    => $run->owner,
			'reason'   => $run->reason,
			'started'  => self::time( $run->startedAt ),
			'changed'  => self::time( $run->changedAt ),
			'trigger'  => $run->trigger,
		);
	}

	/**
	 * A step with plain values.
	 *
	 * @param array<string, mixed> $step
	 * @return array<string, mixed>
	 */
	public static function step( array $step ): array {
		foreach ( $step as &$value ) {
			$value = $value instanceof \BackedEnum ? $value->value : $value;
		}
		foreach ( array( 'started_at', 'finished_at' ) as $name ) {
			$step[ $name ] = self::time( $step[ $name ] ?? null );
		}
		if ( null !== ( $step['output_omitted'] ?? null ) ) {
			$step['output'] = 'omitted: ' . self::line( $step['output_omitted'] );
		}
		return $step;
	}

	/**
	 * What an event says beside its step and attempt, in one line.
	 *
	 * @param array<string, mixed> $clear
	 * @param array<string, mixed> $values
	 */
	private static function details( string $type, array $clear, array $values, bool $show ): string {
		unset( $clear['step'], $clear['attempt'], $clear['definition'], $clear['fingerprint'], $clear['steps'], $clear['id_hash'] );
		if ( 'run.started' === $type ) {
			unset( $clear['subject'] ); // Its hash; the subject itself is among the values.
		}
		$parts = array();
		foreach ( $values as $name => $value ) {
			/* Traces are pasted into tickets; what persons decided is what they are read for. */
			$values[ $name ] = $show || in_array( $name, array( 'by', 'reason', 'text' ), true ) ? $value : '(private)';
		}
		foreach ( $values + $clear as $name => $value ) {
			if ( null !== $value && '' !== $value ) {
				$text    = self::line( $value );
				$parts[] = "$name=" . ( strlen( $text ) > 200 ? RemoteOutcome::cut( $text, 200 ) . '...' : $text );
			}
		}
		return implode( ' ', $parts );
	}

	/**
	 * An event as a row of a trace.
	 *
	 * @param array<string, mixed> $event
	 * @param bool                 $show  Private values, too: what went in, came back or was said.
	 * @return array<string, mixed>
	 */
	public static function event( array $event, bool $show = false ): array {
		$clear = (array) ( $event['d'] ?? array() );
		return array(
			'seq'        => $event['seq'],
			'time'       => self::time( (int) ( $event['stored_at'] ?? $event['t'] ) ),
			'type'       => $event['type'],
			'step'       => (string) ( $clear['step'] ?? '' ),
			'attempt'    => (string) ( $clear['attempt'] ?? '' ),
			'details'    => self::details( $event['type'], $clear, (array) ( $event['p'] ?? array() ), $show ),
			'leaf_index' => $event['leaf_index'] ?? '',
			'id'         => $event['id'],
		);
	}

	/**
	 * What may be done about it.
	 *
	 * @return list<string>
	 */
	public static function next( Run $run ): array {
		$command = static fn ( string $name, string $rest = '' ): string => "wp sophmate run $name {$run->id}$rest";
		return match ( $run->state ) {
			RunState::Running, RunState::Waiting => array( $command( 'advance' ) ),
			RunState::Unknown => array( $command( 'advance' ), $command( 'verdict', self::attempt( $run ) . " --done --output='{...}'" ), $command( 'verdict', self::attempt( $run ) . ' --not-done' ) ),
			RunState::Paused => array( $command( 'resume' ), $command( 'finish-by-hand' ), $command( 'stop' ) ),
			RunState::Held => array( 'wp sophmate switches --held', $command( 'advance' ) ),
			RunState::Broken => array( $command( 'trace' ) ),
			default => array(),
		};
	}

	/** Options that name the current step's newest attempt, so that a verdict settles nothing else. */
	private static function attempt( Run $run ): string {
		foreach ( $run->steps() as $step ) {
			if ( $step['name'] === $run->step ) {
				return ' --step=' . escapeshellarg( (string) $step['name'] ) . " --attempt={$step['attempts']}";
			}
		}
		return '';
	}

	/** Microseconds since 1970 as people read them, UTC. */
	public static function time( ?int $microseconds ): string {
		return null === $microseconds || 0 === $microseconds ? '' : gmdate( 'Y-m-d\TH:i:s', intdiv( $microseconds, 1000000 ) ) . sprintf( '.%03dZ', intdiv( $microseconds, 1000 ) % 1000 );
	}

	/** Any value in one line. */
	public static function line( mixed $value ): string {
		if ( null === $value ) {
			return '';
		}
		return is_scalar( $value ) && ! is_bool( $value ) ? (string) $value : (string) wp_json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR );
	}
}
