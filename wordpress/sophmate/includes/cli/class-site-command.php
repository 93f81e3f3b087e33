<?php
/**
 * The commands of `wp sophmate` that are not about one run.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use SophMate\KillSwitches;
use SophMate\Run;
use SophMate\Schema;
use SophMate\SwitchState;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Works, finds, holds and releases, and says what this site is.
 *
 * ## EXIT CODES
 *
 *     0  done as asked; doctor: all is sound
 *     1  a mistake in the arguments
 *     2  refused; doctor: something is wrong
 *     3  nothing was found
 *     6  automation is unavailable, or the database failed
 */
final class SiteCommand extends Command {

	/** Kinds of ids that find looks for when none is named; `sophmate_external_kinds` adds more. */
	private const KINDS = array( 'charge', 'contact', 'account', 'invoice', 'ticket', 'message', 'refund', 'shipment', 'request' );

	/** Seconds between two ticks of work that found nothing to do. */
	private const REST = 1;

	/** Whether a signal asked work to end. */
	private static bool $stop = false;

	/**
	 * Recovers, probes, retries and starts what is due, until it is stopped.
	 *
	 * WP-Cron does the same once a minute. Any number of workers may run at once.
	 *
	 * ## OPTIONS
	 *
	 * [--once]
	 * : One tick, then end.
	 *
	 * [--for=<seconds>]
	 * : End after so long.
	 *
	 * [--limit=<n>]
	 * : Most runs moved by one tick.
	 * ---
	 * default: 100
	 * ---
	 *
	 * [--quiet-ticks]
	 * : Print nothing for a tick that did nothing.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate work --once
	 *     wp sophmate work --for=3600 --quiet-ticks
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function work( array $args, array $options ): void {
		$limit = (int) ( $options['limit'] ?? 100 );
		$for   = isset( $options['for'] ) ? (float) $options['for'] : INF;
		if ( $for <= 0 || $limit < 1 ) {
			self::fail( '--for and --limit must be more than 0', self::USAGE );
		}
		$end  = microtime( true ) + $for;
		if ( function_exists( 'pcntl_async_signals' ) ) {
			/* An effect in flight is finished and recorded first. */
			pcntl_async_signals( true );
			$stopper = static function (): void {
				self::$stop = true;
			};
			pcntl_signal( SIGTERM, $stopper );
			pcntl_signal( SIGINT, $stopper );
		}
		do {
			$counts = self::attempt( static fn (): array => Ticker::work( $limit ) );
			$done   = array_sum( $counts );
			if ( $done > 0 || ! isset( $options['quiet-ticks'] ) ) {
				WP_CLI::line( gmdate( 'H:i:s' ) . ' ' . implode( ', ', array_map( static fn ( string $name, int $n ): string => "$name $n", array_keys( $counts ), $counts ) ) );
			}
			if ( isset( $options['once'] ) ) {
				return;
			}
			if ( 0 === $done ) {
				usleep( (int) ( 1000000 * max( 0, min( self::REST, $end - microtime( true ) ) ) ) );
			}
			/* A long process must not answer from what it remembered when it began. */
			wp_cache_flush_runtime();
		} while ( ! self::$stop && microtime( true ) < $end );
	}

	/**
	 * Finds runs by an id that another system gave, by a run id, or by the business event.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Such as ch_123; with --workflow the event's subject.
	 *
	 * [--kind=<kind>]
	 * : Kind of the id, such as charge. Default: every kind that is known here.
	 *
	 * [--workflow=<name>]
	 * : Look for the run of this workflow about this subject; `once` for keys.
	 *
	 * [--occurrence=<n>]
	 * : With --workflow.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml, ids or count.
	 * ---
	 * default: table
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate find ch_123
	 *     wp sophmate find order:900 --workflow=order.fulfil --format=ids
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function find( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml', 'ids', 'count' ), 'table' );
		$engine = self::engine();
		$found  = self::attempt(
			static function () use ( $engine, $args, $options ): array {
				if ( isset( $options['workflow'] ) ) {
					return array( 'subject' => array_filter( array( $engine->findBySubject( $options['workflow'], $args[0], (string) ( $options['occurrence'] ?? '1' ) ) ) ) );
				}
				$by_kind = array();
				/**
				 * Filters the kinds of external ids that this site's workflows record.
				 *
				 * @param list<string> $kinds
				 */
				$kinds = isset( $options['kind'] ) ? array( $options['kind'] ) : (array) apply_filters( 'sophmate_external_kinds', self::KINDS );
				foreach ( $kinds as $kind ) {
					$by_kind[ $kind ] = $engine->findByExternalId( $kind, $args[0] );
				}
				if ( ! isset( $options['kind'] ) && preg_match( '/^[0-9a-f]{32}$/D', $args[0] ) ) {
					$by_kind['run'] = array_filter( array( $engine->find( $args[0] ) ) );
				}
				return $by_kind;
			}
		);
		$rows   = array();
		foreach ( $found as $kind => $runs ) {
			foreach ( $runs as $run ) {
				$rows[] = array( 'kind' => $kind ) + RunView::row( $run );
			}
		}
		if ( 'ids' === $format ) {
			WP_CLI::line( implode( ' ', array_unique( array_column( $rows, 'id' ) ) ) );
		} else {
			WP_CLI\Utils\format_items( $format, $rows, array( 'kind', 'id', 'workflow', 'subject', 'state', 'step' ) );
		}
		if ( ! $rows ) {
			WP_CLI::halt( self::NOT_FOUND );
		}
	}

	/**
	 * Holds: from its end on no further step that this covers is started, on any node.
	 *
	 * A step that was started before may still act until its deadline.
	 *
	 * ## OPTIONS
	 *
	 * <target>
	 * : all, category:NAME or workflow:NAME.
	 *
	 * --reason=<text>
	 * : Why.
	 *
	 * [--by=<who>]
	 * : Who holds.
	 *
	 * @param list<string>          $args    The target.
	 * @param array<string, string> $options See above.
	 */
	public function hold( array $args, array $options ): void {
		$this->flip( 'hold', $args[0], $options );
	}

	/**
	 * Releases what was held. Runs that waited go on with the tick.
	 *
	 * ## OPTIONS
	 *
	 * <target>
	 * : all, category:NAME or workflow:NAME.
	 *
	 * --reason=<text>
	 * : Why.
	 *
	 * [--by=<who>]
	 * : Who releases.
	 *
	 * @param list<string>          $args    The target.
	 * @param array<string, string> $options See above.
	 */
	public function release( array $args, array $options ): void {
		$this->flip( 'release', $args[0], $options );
	}

	/**
	 * Lists the switches that were ever used.
	 *
	 * ## OPTIONS
	 *
	 * [--held]
	 * : Only those that are held.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml or count.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function switches( array $args, array $options ): void {
		$format   = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml', 'count' ), 'table' );
		$switches = self::attempt( static fn (): array => ( new KillSwitches( Engines::store() ) )->all() );
		$rows     = array();
		foreach ( $switches as $switch ) {
			if ( $switch->held || ! isset( $options['held'] ) ) {
				$rows[] = array(
					'target'     => $switch->target,
					'held'       => $switch->held ? 'yes' : 'no',
					'by'         => $switch->by,
					'reason'     => $switch->reason,
					'since'      => RunView::time( $switch->since ),
					'generation' => $switch->generation,
				);
			}
		}
		WP_CLI\Utils\format_items( $format, $rows, array( 'target', 'held', 'by', 'reason', 'since', 'generation' ) );
	}

	/**
	 * Shows which site the records belong to, and answers what happened when that changed.
	 *
	 * ## OPTIONS
	 *
	 * [--moved]
	 * : It is the same site at another address or in another database. The old one must be gone.
	 *
	 * [--restored]
	 * : It is the same site from a backup.
	 *
	 * [--copy]
	 * : It is a copy: finished events stay known, open runs end as stopped, effects get other keys.
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * [--by=<who>]
	 * : Who says so.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * [--format=<format>]
	 * : table, json or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function identity( array $args, array $options ): void {
		$format  = self::choice( $options, 'format', array( 'table', 'json', 'yaml' ), 'table' );
		$answers = array_keys( array_intersect_key( $options, array_flip( array( 'moved', 'restored', 'copy' ) ) ) );
		if ( count( $answers ) > 1 ) {
			self::fail( 'Only one of --moved, --restored and --copy can be true', self::USAGE );
		}
		if ( $answers ) {
			WP_CLI::confirm( "This site's records are about to be taken on as '{$answers[0]}' by " . Engines::store()->environment() . '. Is that what happened?', $options );
			self::attempt(
				static function () use ( $answers, $options ): void {
					Schema::adopt( Engines::store(), $answers[0], self::by( $options ), self::reason( $options ) );
				}
			);
			Engines::forget();
			Installer::check();
			self::sign_next_log( $answers[0], $options );
		}
		$identity = self::attempt( static fn (): array => Schema::identity( Engines::store() ) );
		if ( 'table' !== $format ) {
			WP_CLI::print_value( $identity, array( 'format' => $format ) );
		} else {
			foreach ( $identity as $name => $value ) {
				WP_CLI::line( sprintf( '%-12s %s', $name, is_bool( $value ) ? ( $value ? 'yes' : 'no' ) : RunView::line( $value ) ) );
			}
		}
		if ( ! $identity['matches'] ) {
			WP_CLI::warning( Installer::not_at_home() );
			WP_CLI::halt( self::REFUSED );
		}
	}

	/**
	 * What was restored or copied has a log of its own, without a key: it gets one where this host had one.
	 *
	 * @param array<string, string> $options
	 */
	private static function sign_next_log( string $answer, array $options ): void {
		if ( 'moved' === $answer || ! AuditLog::keys()['keys'] ) {
			return;
		}
		try {
			WP_CLI::line( 'the audit log goes on as ' . Signer::log()->createKey( self::by( $options ), self::reason( $options ) ) );
		} catch ( \SophMate\Exception $e ) {
			WP_CLI::warning( "The audit log goes on without a key: {$e->getMessage()}" );
		}
	}

	/**
	 * Looks at everything that automation rests on.
	 *
	 * Versions, tables, flush settings, clocks, the tick; and proves with two connections that a step's start and a
	 * switch's flip cannot pass each other on this server.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, json, csv or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function doctor( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml' ), 'table' );
		$rows   = Doctor::examine();
		WP_CLI\Utils\format_items( $format, $rows, array( 'check', 'state', 'finding' ) );
		if ( in_array( 'wrong', array_column( $rows, 'state' ), true ) ) {
			WP_CLI::halt( self::REFUSED );
		}
	}

	/**
	 * Holds or releases.
	 *
	 * @param array<string, string> $options
	 */
	private function flip( string $method, string $target, array $options ): void {
		$target   = 'all' === $target ? '*' : $target;
		$switches = self::attempt( static fn (): KillSwitches => new KillSwitches( Engines::store() ) );
		self::attempt( static fn (): int => $switches->$method( $target, self::by( $options ), self::reason( $options ) ) );
		$state = self::attempt( static fn (): SwitchState => $switches->state( $target ) );
		WP_CLI::line( "$target is " . ( $state->held ? 'held' : 'released' ) . " by {$state->by}, generation {$state->generation}: {$state->reason}" );
	}
}
