<?php
/**
 * The command `wp sophmate run`.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Answer;
use SophMate\Engine;
use SophMate\Run;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Shows runs and decides about them.
 *
 * ## EXIT CODES
 *
 *     0  done as asked; after start and advance: the run is completed
 *     1  a mistake in the arguments
 *     2  refused: not allowed in the run's state, or another payload for the same event
 *     3  there is no such run or workflow
 *     4  after start and advance: the run goes on by itself (running, waiting)
 *     5  after start and advance: the run needs a person (unknown, paused, held, broken), or was stopped
 *     6  automation is unavailable, or the database failed
 */
final class RunCommand extends Command {

	/**
	 * Lists runs, newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<states>]
	 * : running, waiting, held, paused, unknown, undoing, completed, completed_by_hand, undone, stopped, broken; several
	 * with commas.
	 *
	 * [--workflow=<name>]
	 * : Only runs of this workflow.
	 *
	 * [--category=<name>]
	 * : Only runs of this category.
	 *
	 * [--limit=<n>]
	 * : At most so many, 1 to 1,000.
	 * ---
	 * default: 50
	 * ---
	 *
	 * [--after=<run-id>]
	 * : The page that follows this run.
	 *
	 * [--fields=<fields>]
	 * : Columns: id, workflow, subject, state, step, owner, reason, started, changed, trigger.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml, ids or count.
	 * ---
	 * default: table
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate run list --state=unknown,paused
	 *     for id in $(wp sophmate run list --state=waiting --format=ids); do wp sophmate run advance $id; done
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function list( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml', 'ids', 'count' ), 'table' );
		$filter = array_intersect_key( $options, array_flip( array( 'state', 'workflow', 'category' ) ) );
		$engine = self::engine();
		$runs   = self::attempt( static fn (): array => self::runs( $engine, $filter, (int) ( $options['limit'] ?? 50 ), $options['after'] ?? null ) );
		$rows   = array_map( array( RunView::class, 'row' ), $runs );
		if ( 'ids' === $format ) {
			WP_CLI::line( implode( ' ', array_column( $rows, 'id' ) ) );
			return;
		}
		$fields = isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : array( 'id', 'workflow', 'subject', 'state', 'step', 'owner', 'reason' );
		WP_CLI\Utils\format_items( $format, $rows, $fields );
	}

	/**
	 * Shows one run: where it rests, why, what is done, and what may be done about it.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--format=<format>]
	 * : table, json or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * [--field=<field>]
	 * : Prints the value of one field, such as state or step.
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function show( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'yaml' ), 'table' );
		$run    = self::run( $args[0] );
		$facts  = RunView::row( $run ) + array(
			'version'   => $run->version,
			'input'     => $run->input,
			'parent'    => $run->parent,
			'duplicate' => $run->duplicate,
			'next'      => RunView::next( $run ),
		);
		if ( isset( $options['field'] ) ) {
			if ( ! array_key_exists( $options['field'], $facts ) ) {
				self::fail( '--field must be one of ' . implode( ', ', array_keys( $facts ) ) . ", got '{$options['field']}'", self::USAGE );
			}
			WP_CLI::line( RunView::line( $facts[ $options['field'] ] ) );
			return;
		}
		$steps = array_map( array( RunView::class, 'step' ), $run->steps() );
		if ( 'table' !== $format ) {
			WP_CLI::print_value( $facts + array( 'steps' => $steps ), array( 'format' => $format ) );
			return;
		}
		foreach ( $facts as $name => $value ) {
			if ( 'next' !== $name && null !== $value && '' !== $value ) {
				WP_CLI::line( sprintf( '%-10s %s', $name, RunView::line( $value ) ) );
			}
		}
		foreach ( $facts['next'] as $i => $command ) {
			WP_CLI::line( sprintf( '%-10s %s', 0 === $i ? 'next' : '', $command ) );
		}
		$columns = array( 'name', 'state', 'attempts', 'effect', 'repeat', 'owner', 'external_ids', 'output', 'message' );
		WP_CLI\Utils\format_items( 'table', array_map( static fn ( array $step ): array => array_map( array( RunView::class, 'line' ), $step ), $steps ), $columns );
	}

	/**
	 * Prints what happened to a run, in the order in which it was stored.
	 *
	 * Without what went in, came back or was said by other systems, so that it can be pasted into a ticket.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--values]
	 * : Print private values, too.
	 *
	 * [--format=<format>]
	 * : table, json, csv or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function trace( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml' ), 'table' );
		$rows   = array_map( static fn ( array $event ): array => RunView::event( $event, isset( $options['values'] ) ), self::run( $args[0] )->events() );
		WP_CLI\Utils\format_items( $format, $rows, 'table' === $format ? array( 'seq', 'time', 'type', 'step', 'attempt', 'details' ) : array_keys( $rows[0] ) );
	}

	/**
	 * Starts the run of a business event, or shows the one that exists.
	 *
	 * ## OPTIONS
	 *
	 * <workflow>
	 * : A registered workflow.
	 *
	 * [--subject=<subject>]
	 * : What the event is about, such as order:900. Without it every call is a new run.
	 *
	 * [--input=<json>]
	 * : JSON; - reads it from standard input.
	 *
	 * [--occurrence=<n>]
	 * : Another number than 1 only for a deliberate repetition.
	 * ---
	 * default: 1
	 * ---
	 *
	 * [--later]
	 * : Only stores it; the tick begins it.
	 *
	 * [--at=<time>]
	 * : Stores it, not to begin before this time.
	 *
	 * [--porcelain]
	 * : Prints only the run's id.
	 *
	 * @param list<string>          $args    The workflow.
	 * @param array<string, string> $options See above.
	 */
	public function start( array $args, array $options ): void {
		$named = array(
			'subject'    => $options['subject'] ?? null,
			'input'      => self::json( $options, 'input' ),
			'occurrence' => (string) ( $options['occurrence'] ?? '1' ),
			'trigger'    => 'wp-cli',
		);
		$at    = isset( $options['at'] ) ? date_create_immutable( $options['at'], wp_timezone() ) : null;
		if ( false === $at ) {
			self::fail( "--at is not a time: '{$options['at']}'", self::USAGE );
		}
		$later  = null !== $at || isset( $options['later'] );
		$engine = self::engine();
		$since  = Announcer::now();
		$run    = self::attempt( static fn (): Run => $later ? $engine->startLater( $args[0], ...$named, at: $at ) : $engine->start( $args[0], ...$named ) );
		Announcer::started( $run, $since );
		if ( isset( $options['porcelain'] ) ) {
			WP_CLI::line( $run->id );
		} else {
			self::say( $run );
		}
		WP_CLI::halt( $later ? self::OK : self::code_of_state( $run->state ) );
	}

	/**
	 * Does what needs no decision: recovers a lapsed lease, asks the probe, makes a due retry, takes the next step.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options None.
	 */
	public function advance( array $args, array $options ): void {
		$run = $this->change( $args[0], static fn (): Run => Engines::at_home()->advance( $args[0] ) );
		WP_CLI::halt( self::code_of_state( $run->state ) );
	}

	/**
	 * Settles a step whose outcome is unknown, after somebody has looked. The next advance or tick takes the next step; done
	 * on the last step, the run is completed at once.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--done]
	 * : It happened.
	 *
	 * [--output=<json>]
	 * : With --done: what the step would have returned; later steps may need it. - reads standard input.
	 *
	 * [--external-id=<ids>]
	 * : With --done: ids that the other side gave, as kind:id, several with commas.
	 *
	 * [--not-done]
	 * : It certainly did not happen: the step is attempted again.
	 *
	 * [--step=<name>]
	 * : Which step was looked at. Refused when another one is the unknown one by now.
	 *
	 * [--attempt=<number>]
	 * : Which of its attempts, from 1.
	 *
	 * [--by=<who>]
	 * : Who decides. Default: the user of --user, else of this machine.
	 *
	 * [--reason=<text>]
	 * : What was seen.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate run verdict 0f... --done --output='{"charge":"ch_123"}' --external-id=charge:ch_123 --reason="seen in billing"
	 *     wp sophmate run verdict 0f... --not-done --reason="billing's log has no such request"
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function verdict( array $args, array $options ): void {
		$done = isset( $options['done'] );
		if ( isset( $options['not-done'] ) === $done ) {
			self::fail( 'Say either --done or --not-done', self::USAGE );
		}
		if ( ! $done && ( isset( $options['output'] ) || isset( $options['external-id'] ) ) ) {
			self::fail( '--output and --external-id go with --done', self::USAGE );
		}
		$ids = array();
		foreach ( array_filter( explode( ',', (string) ( $options['external-id'] ?? '' ) ) ) as $pair ) {
			list( $kind, $id ) = explode( ':', $pair, 2 ) + array( '', '' );
			if ( '' === $id ) {
				self::fail( "--external-id must be kind:id, got '$pair'", self::USAGE );
			}
			$ids[ $kind ][] = $id;
		}
		if ( isset( $options['attempt'] ) && ! ctype_digit( (string) $options['attempt'] ) ) {
			self::fail( "--attempt must be a number from 1, got '{$options['attempt']}'", self::USAGE );
		}
		$output = self::json( $options, 'output' );
		$this->change(
			$args[0],
			static fn (): Run => self::engine()->verdict(
				$args[0],
				$done ? Answer::done( $output, $ids ) : Answer::notDone( self::reason( $options ) ),
				self::by( $options ),
				self::reason( $options ),
				$options['step'] ?? null,
				isset( $options['attempt'] ) ? (int) $options['attempt'] : null
			)
		);
	}

	/**
	 * Lets no further step start; the run rests with its owner.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--by=<who>]
	 * : Who decides.
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function pause( array $args, array $options ): void {
		$this->decide( 'pause', $args[0], $options );
	}

	/**
	 * Lets a paused run go on, with one more attempt; advance or the tick takes it.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--by=<who>]
	 * : Who decides.
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function resume( array $args, array $options ): void {
		$this->decide( 'resume', $args[0], $options );
	}

	/**
	 * Says that the rest was done outside. Final.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--by=<who>]
	 * : Who decides.
	 *
	 * [--reason=<text>]
	 * : What was done.
	 *
	 * @subcommand finish-by-hand
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function finish_by_hand( array $args, array $options ): void {
		$this->decide( 'finishByHand', $args[0], $options );
	}

	/**
	 * Ends a run: no further step. Final; an unknown effect stays listed as such.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * [--by=<who>]
	 * : Who decides.
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * @param list<string>          $args    The id.
	 * @param array<string, string> $options See above.
	 */
	public function stop( array $args, array $options ): void {
		$this->decide( 'stop', $args[0], $options );
	}

	/**
	 * Adds a text to the record.
	 *
	 * ## OPTIONS
	 *
	 * <run-id>
	 * : 32 hex digits.
	 *
	 * <text>
	 * : What to remember.
	 *
	 * [--by=<who>]
	 * : Who says it.
	 *
	 * @param list<string>          $args    The id and the text.
	 * @param array<string, string> $options See above.
	 */
	public function note( array $args, array $options ): void {
		$this->change( $args[0], static fn (): Run => self::engine()->note( $args[0], self::by( $options ), $args[1] ) );
	}

	/**
	 * A page of runs, newest first, where the filter's state may be several: the engine takes one, so the same page of each
	 * is merged in the engine's order.
	 *
	 * @param array<string, string> $filter
	 * @return list<Run>
	 */
	private static function runs( Engine $engine, array $filter, int $limit, ?string $after ): array {
		$found = array();
		foreach ( isset( $filter['state'] ) ? array_map( 'trim', explode( ',', $filter['state'] ) ) : array( null ) as $state ) {
			foreach ( $engine->runs( null === $state ? $filter : array( 'state' => $state ) + $filter, $limit, $after ) as $run ) {
				$found[ "r$run->id" ] = $run;
			}
		}
		usort( $found, static fn ( Run $a, Run $b ): int => $b->startedAt === $a->startedAt ? strcmp( $b->id, $a->id ) : $b->startedAt <=> $a->startedAt );
		return array_slice( $found, 0, $limit );
	}

	/**
	 * One of the owner's decisions.
	 *
	 * @param array<string, string> $options
	 */
	private function decide( string $method, string $id, array $options ): void {
		$this->change( $id, static fn (): Run => self::engine()->$method( $id, self::by( $options ), self::reason( $options ) ) );
	}

	/**
	 * Changes a run, tells the site, and prints where it is now.
	 *
	 * @param callable(): Run $what
	 */
	private function change( string $id, callable $what ): Run {
		$before = self::run( $id );
		$run    = self::attempt( $what );
		Announcer::changed( $before, $run );
		self::say( $run );
		return $run;
	}
}
