<?php
/**
 * `wp sophmate audit erase-subject` and `prune`.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use SophMate\InvalidState;
use SophMate\Run;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Erases private values; rows, proofs and keys stay.
 *
 * ## EXIT CODES
 *
 *     0  done as asked
 *     1  a mistake in the arguments
 *     2  something is kept, because it is open or because decisions rest on it; it is said
 *     3  nothing was found
 *     6  automation is unavailable, or the database failed
 */
final class AuditPrivacyCommand extends Command {

	/**
	 * Erases what the records hold about a person, or about one business event.
	 *
	 * Runs that are over lose all their private values: input, outputs, subject, messages, notes. Open ones are listed and kept until they
	 * end. What decided about switches, the site and the log keeps who and why.
	 *
	 * ## OPTIONS
	 *
	 * <subject>
	 * : An e-mail address; with --workflow the subject of that workflow's run; with --run a run's id.
	 *
	 * [--workflow=<name>]
	 * : Only this workflow's run about the subject; `once` for keys.
	 *
	 * [--occurrence=<n>]
	 * : With --workflow.
	 *
	 * [--run]
	 * : The subject is a run's id.
	 *
	 * [--reason=<text>]
	 * : Why; kept, so never name the person in it.
	 *
	 * [--by=<who>]
	 * : Who erases; kept.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate audit erase-subject jane@shop.example --reason='request 12' --yes
	 *     wp sophmate audit erase-subject order:900 --workflow=order.fulfil
	 *
	 * @param list<string>          $args    The subject.
	 * @param array<string, string> $options See above.
	 */
	public function erase_subject( array $args, array $options ): void {
		$subject = $args[0];
		$by      = self::by( $options );
		$reason  = self::reason( $options );
		if ( str_contains( strtolower( "$by $reason" ), strtolower( $subject ) ) ) {
			self::fail( '--by and --reason are kept: they must not name the subject', self::USAGE );
		}
		if ( isset( $options['run'] ) || isset( $options['workflow'] ) ) {
			$run = isset( $options['run'] ) ? self::run( $subject ) : self::run_about( $subject, $options );
			WP_CLI::confirm( "Erase the private values of run {$run->id}?", $options );
			$kept   = null;
			$erased = self::attempt(
				static function () use ( $run, $by, $reason, &$kept ): int {
					try {
						$erased = self::log()->erase( $run->id, $by, $reason );
						return $erased['fields'] + $erased['finished'];
					} catch ( InvalidState $e ) {
						$kept = $e->getMessage();
						return 0;
					}
				}
			);
			self::tell( array( 'items_removed' => $erased, 'messages' => array_filter( array( $kept ) ) ) );
			return;
		}
		if ( ! is_email( $subject ) ) {
			self::fail( "'$subject' is no e-mail address; --workflow or --run say what else it is", self::USAGE );
		}
		WP_CLI::confirm( 'Erase what the records hold about this address?', $options );
		$sum  = array(
			'items_removed' => 0,
			'messages'      => array(),
		);
		$page = 0;
		do {
			$result                = self::attempt( static fn (): array => Privacy::erase( $subject, ++$page ) );
			$sum['items_removed'] += $result['items_removed'];
			$sum['messages']       = array_merge( $sum['messages'], $result['messages'] );
		} while ( ! $result['done'] );
		self::tell( $sum );
	}

	/**
	 * Erases private values of runs that are over and did not change for so long.
	 *
	 * Kept: who decided, why and on what evidence; events that decisions cite; failures that nobody has looked at. The tick does the same
	 * where the option sophmate_prune_days, or SOPHMATE_PRUNE_DAYS in wp-config.php, says a number of days.
	 *
	 * ## OPTIONS
	 *
	 * --older-than=<days>
	 * : Days since the last change; parts of a day are allowed.
	 *
	 * [--reason=<text>]
	 * : Why; kept.
	 *
	 * [--by=<who>]
	 * : Who; kept.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function prune( array $args, array $options ): void {
		$days    = (string) ( $options['older-than'] ?? '' );
		$seconds = is_numeric( $days ) ? (int) round( (float) $days * 86400 ) : 0;
		if ( $seconds < 1 ) {
			self::fail( "--older-than must be a number of days above 0, got '$days'", self::USAGE );
		}
		WP_CLI::confirm( "Erase the private values of runs that are over and did not change for $days days?", $options );
		$sum   = array_fill_keys( array( 'looked', 'runs', 'fields', 'finished', 'kept' ), 0 );
		$after = null;
		do {
			$page  = self::attempt( static fn (): array => self::log()->prune( $seconds, self::by( $options ), self::reason( $options ), 100, $after ) );
			$after = $page['after'];
			foreach ( array_keys( $sum ) as $name ) {
				$sum[ $name ] += $page[ $name ];
			}
		} while ( $page['more'] );
		WP_CLI::line( "{$sum['looked']} runs looked at: {$sum['fields']} values of {$sum['runs']} runs erased, {$sum['kept']} kept, {$sum['finished']} finished that were left half-way" );
	}

	private static function log(): AuditLog {
		Installer::require_sound();
		return new AuditLog( Engines::store() );
	}

	/**
	 * The run about a business event, or the end.
	 *
	 * @param array<string, string> $options
	 */
	private static function run_about( string $subject, array $options ): Run {
		$engine = self::engine();
		$run    = self::attempt( static fn (): ?Run => $engine->findBySubject( $options['workflow'], $subject, (string) ( $options['occurrence'] ?? '1' ) ) );
		return $run ?? self::fail( "Workflow '{$options['workflow']}' has no run about this subject", self::NOT_FOUND );
	}

	/**
	 * Says what went and what is kept.
	 *
	 * @param array{items_removed: int, messages: array<string>} $sum
	 */
	private static function tell( array $sum ): void {
		foreach ( $sum['messages'] as $message ) {
			WP_CLI::warning( $message );
		}
		WP_CLI::line( "{$sum['items_removed']} values erased, " . count( $sum['messages'] ) . ' places kept' );
		if ( $sum['messages'] ) {
			WP_CLI::halt( self::REFUSED );
		}
	}
}
