<?php
/**
 * Personal data in the records: WordPress's exporter and eraser, and retention.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use SophMate\InvalidState;

defined( 'ABSPATH' ) || exit;

/**
 * A person is found by the e-mail address in private values, and by what attempts said they affected: user, and the id of
 * WordPress's user with that address. Runs that are over lose all their private values; open ones keep them until they end.
 */
final class Privacy {

	public const ID = 'sophmate';

	/** Days after which private values of runs that are over are erased, from the tick; 0: never. */
	public const DAYS = 'sophmate_prune_days';

	/** Where pruning came to. */
	private const CURSOR = 'sophmate_pruned';

	/** Rows of the journal that one page looks at, and seconds that it may take. */
	private const ROWS    = 5000;
	private const SECONDS = 8.0;

	/** Runs that one tick prunes, and seconds between two looks when nothing was left to do. */
	private const RUNS  = 200;
	private const AGAIN = 3600;

	/** Seconds of a day; those that a page's state is kept. */
	private const DAY = 86400;

	/**
	 * Filter of the exporters.
	 *
	 * @param array<string, array<string, mixed>> $exporters
	 * @return array<string, array<string, mixed>>
	 */
	public static function exporters( array $exporters ): array {
		$exporters[ self::ID ] = array(
			'exporter_friendly_name' => __( 'Automation records', 'sophmate' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/**
	 * Filter of the erasers.
	 *
	 * @param array<string, array<string, mixed>> $erasers
	 * @return array<string, array<string, mixed>>
	 */
	public static function erasers( array $erasers ): array {
		$erasers[ self::ID ] = array(
			'eraser_friendly_name' => __( 'Automation records', 'sophmate' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * One page of the export.
	 *
	 * @param string $email Whose.
	 * @param int    $page  From 1.
	 * @return array{data: list<array<string, mixed>>, done: bool}
	 */
	public static function export( string $email, int $page = 1 ): array {
		$state = self::begin_page( 'export', $email, $page );
		$items = array();
		$done  = self::walk(
			$email,
			$state,
			static function ( array $event, array &$state ) use ( &$items ): void {
				if ( $event['run'] ) {
					if ( ! in_array( $event['stream'], $state['seen'], true ) ) {
						$state['seen'][] = $event['stream'];
						$items[]         = self::item_of_run( $event['stream'] );
					}
				} else {
					$items[] = self::item( "event-{$event['id']}", self::lines( array( $event ) ) );
				}
			}
		);
		self::end_page( 'export', $email, $state, $done );
		return array(
			'data' => array_values( array_filter( $items ) ),
			'done' => $done,
		);
	}

	/**
	 * One page of the erasure.
	 *
	 * @param string $email Whose.
	 * @param int    $page  From 1.
	 * @return array{items_removed: int, items_retained: bool, messages: list<string>, done: bool}
	 */
	public static function erase( string $email, int $page = 1 ): array {
		$state  = self::begin_page( 'erase', $email, $page );
		$result = array(
			'items_removed'  => 0,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => false,
		);
		$user   = wp_get_current_user();
		$by     = 'personal data eraser' . ( $user->exists() ? ', ' . $user->user_login : '' );

		$result['done'] = self::walk(
			$email,
			$state,
			static function ( array $event, array &$state ) use ( $email, $by, &$result ): void {
				if ( in_array( $event['stream'], $state['seen'], true ) ) {
					return;
				}
				$state['seen'][] = $event['stream'];
				$what            = self::erase_stream( $email, $event['stream'], $by, 'a request to erase personal data' );
				if ( is_string( $what ) ) {
					$result['items_retained'] = true;
					$result['messages'][]     = $what;
				} else {
					$result['items_removed'] += $what;
				}
			}
		);
		self::end_page( 'erase', $email, $state, $result['done'] );
		return $result;
	}

	/**
	 * Erases what one run, or one stream of other events, holds about a person.
	 *
	 * @return int|string How many values went; or why they are kept, without naming the person.
	 */
	public static function erase_stream( string $email, string $id, string $by, string $reason ): int|string {
		try {
			$erased = self::log()->erase( $id, $by, $reason, $email, self::records( $email ) );
			return $erased['fields'] + $erased['finished'];
		} catch ( InvalidState $e ) {
			/* translators: %s: what is kept, and why. */
			return sprintf( __( 'Automation records: %s', 'sophmate' ), $e->getMessage() );
		}
	}

	/**
	 * Calls something for each event that names a person, until all was looked at or the time is up.
	 *
	 * @param array{after: ?string, seen: list<string>}                                $state
	 * @param callable(array<string, mixed>, array{after: ?string, seen: list<string>}): void $each
	 * @return bool Whether all was looked at.
	 */
	private static function walk( string $email, array &$state, callable $each ): bool {
		$end = microtime( true ) + self::SECONDS;
		do {
			$page = self::log()->find( $email, self::records( $email ), $state['after'], self::ROWS );
			foreach ( $page['events'] as $event ) {
				$each( $event, $state );
			}
			if ( null === $page['after'] ) {
				return true;
			}
			$state['after'] = $page['after'];
		} while ( microtime( true ) < $end );
		return false;
	}

	/**
	 * What attempts say that affected WordPress's user with this address.
	 *
	 * @return list<array{string, string}>
	 */
	private static function records( string $email ): array {
		$user = get_user_by( 'email', $email );
		return $user ? array( array( 'user', (string) $user->ID ) ) : array();
	}

	private static function log(): AuditLog {
		Installer::require_sound();
		return new AuditLog( Engines::store() );
	}

	/**
	 * Where the page before ended.
	 *
	 * @return array{after: ?string, seen: list<string>}
	 */
	private static function begin_page( string $what, string $email, int $page ): array {
		$state = $page > 1 ? get_transient( self::state_name( $what, $email ) ) : false;
		$after = is_array( $state ) ? $state['after'] ?? null : null;
		$seen  = is_array( $state ) ? $state['seen'] ?? null : null;
		return array(
			'after' => is_string( $after ) ? $after : null,
			'seen'  => is_array( $seen ) ? array_values( array_filter( $seen, is_string( ... ) ) ) : array(),
		);
	}

	/**
	 * Remembers it for the next one.
	 *
	 * @param array{after: ?string, seen: list<string>} $state
	 */
	private static function end_page( string $what, string $email, array $state, bool $done ): void {
		if ( $done ) {
			delete_transient( self::state_name( $what, $email ) );
		} else {
			set_transient( self::state_name( $what, $email ), $state, self::DAY );
		}
	}

	/** Names nobody: options are in every dump. */
	private static function state_name( string $what, string $email ): string {
		return "sophmate_{$what}_" . substr( wp_hash( strtolower( $email ) ), 0, 20 );
	}

	/**
	 * A run as the export shows it: all that it holds, for it is about this person.
	 *
	 * @return array<string, mixed>|null
	 */
	private static function item_of_run( string $id ): ?array {
		$run = Engines::current()->find( $id );
		if ( null === $run ) {
			return null;
		}
		$lines = array(
			array(
				'name'  => __( 'Workflow', 'sophmate' ),
				'value' => $run->workflow,
			),
			array(
				'name'  => __( 'State', 'sophmate' ),
				'value' => $run->state->value,
			),
		);
		return self::item( "run-$id", array_merge( $lines, self::lines( $run->events() ) ) );
	}

	/**
	 * One item.
	 *
	 * @param list<array{name: string, value: string}> $lines
	 * @return array<string, mixed>
	 */
	private static function item( string $id, array $lines ): array {
		return array(
			'group_id'          => self::ID,
			'group_label'       => __( 'Automation records', 'sophmate' ),
			'group_description' => __( 'What automation did, with the values that it was given and that came back.', 'sophmate' ),
			'item_id'           => self::ID . "-$id",
			'data'              => $lines,
		);
	}

	/**
	 * Private values of events.
	 *
	 * @param list<array<string, mixed>> $events
	 * @return list<array{name: string, value: string}>
	 */
	private static function lines( array $events ): array {
		$lines = array();
		foreach ( $events as $event ) {
			foreach ( $event['p'] as $field => $value ) {
				$lines[] = array(
					'name'  => gmdate( 'Y-m-d H:i:s', intdiv( (int) $event['stored_at'], 1000000 ) ) . " {$event['type']}: $field",
					'value' => is_string( $value ) ? $value : (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR ),
				);
			}
		}
		return $lines;
	}

	/** Days after which values are pruned, 0: never. The constant SOPHMATE_PRUNE_DAYS goes before the option. */
	public static function days(): int {
		return max( 0, (int) ( defined( 'SOPHMATE_PRUNE_DAYS' ) ? constant( 'SOPHMATE_PRUNE_DAYS' ) : get_option( self::DAYS, 0 ) ) );
	}

	/** Prunes a little, where the site wants that. */
	public static function tick(): void {
		$days = self::days();
		if ( 0 === $days ) {
			return;
		}
		$state = get_option( self::CURSOR );
		$state = is_array( $state ) ? $state : array();
		if ( ( $state['next'] ?? 0 ) > time() && ( $state['days'] ?? 0 ) === $days ) {
			return;
		}
		/* What changed later is older than the cursor in no case: only another age makes it begin anew. */
		$after  = ( $state['days'] ?? 0 ) === $days ? ( $state['after'] ?? null ) : null;
		$pruned = self::log()->prune( $days * self::DAY, 'retention', "older than $days days", self::RUNS, $after );
		update_option(
			self::CURSOR,
			array(
				'days'  => $days,
				'after' => $pruned['after'],
				'next'  => $pruned['more'] ? 0 : time() + self::AGAIN,
			),
			false
		);
	}
}
