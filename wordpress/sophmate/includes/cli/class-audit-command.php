<?php
/**
 * The command `wp sophmate audit`.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\Checkpoint;
use SophMate\InvalidArgument;
use SophMate\InvalidState;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Signs the heads of the audit log and shows them to witnesses.
 *
 * ## EXIT CODES
 *
 *     0  done as asked
 *     1  a mistake in the arguments
 *     2  refused; checkpoint: not signed, because this host has no key
 *    20  anchor: no witness cosigned
 *    30  a known head contradicts the journal
 *    40  the journal, or a kept head, is not what was signed
 *     6  automation is unavailable, or the database failed
 */
final class AuditCommand extends AuditExit {

	/**
	 * Signs the head of the log, as it is now, and prints it.
	 *
	 * Signed is only a tree that goes on from every head that is known: this host's head file, the newest stored checkpoint, the anchor
	 * file. Without a key the head is printed unsigned, and says so.
	 *
	 * ## OPTIONS
	 *
	 * [--quiet-seconds=<n>]
	 * : Nothing where the newest checkpoint is younger, or nothing is new.
	 * ---
	 * default: 0
	 * ---
	 *
	 * [--format=<format>]
	 * : note (the signed text) or json.
	 * ---
	 * default: note
	 * ---
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function checkpoint( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'note', 'json' ), 'note' );
		$quiet  = (string) ( $options['quiet-seconds'] ?? '0' );
		if ( ! preg_match( '/^\d{1,5}$/D', $quiet ) || (int) $quiet > 86400 ) {
			self::fail( "--quiet-seconds must be 0 to 86400, got '$quiet'", self::USAGE );
		}
		$head = self::audited( static fn (): ?Checkpoint => Signer::log()->checkpoint( (int) $quiet ) );
		if ( null === $head ) {
			WP_CLI::log( 'Nothing to sign now' );
			return;
		}
		if ( 'json' === $format ) {
			WP_CLI::line( (string) wp_json_encode( $head, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
		} else {
			WP_CLI::line( rtrim( $head->note ?? "{$head->origin}\n{$head->size}\n{$head->root}", "\n" ) );
		}
		if ( null === $head->note ) {
			WP_CLI::warning( 'Not signed: this host has no key of the log (wp sophmate keys show)' );
			WP_CLI::halt( self::REFUSED );
		}
	}

	/**
	 * Signs a head and has it cosigned by witnesses: those of SOPHMATE_WITNESSES in wp-config.php (URL => verifier key), or the one given.
	 *
	 * ## OPTIONS
	 *
	 * [--witness=<url>]
	 * : Where a witness is asked (C2SP tlog-witness).
	 *
	 * [--key=<vkey>]
	 * : Its verifier key.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function anchor( array $args, array $options ): void {
		$witnesses = Signer::witnesses();
		if ( isset( $options['witness'] ) || isset( $options['key'] ) ) {
			if ( ! isset( $options['witness'], $options['key'] ) ) {
				self::fail( '--witness and --key go together', self::USAGE );
			}
			$witnesses = array( (string) $options['witness'] => (string) $options['key'] );
		}
		$head = self::audited( static fn (): ?Checkpoint => Signer::log()->checkpoint() );
		if ( null === $head?->note ) {
			self::fail( 'Not signed: this host has no key of the log (wp sophmate keys show)', self::REFUSED );
		}
		WP_CLI::line( "signed     {$head->size} leaves, root {$head->root}" );
		if ( ! $witnesses ) {
			WP_CLI::warning( 'There is no witness: define SOPHMATE_WITNESSES, or give --witness and --key' );
			WP_CLI::halt( self::NO_ANCHOR );
		}
		$refused = 0;
		foreach ( $witnesses as $url => $vkey ) {
			$seen = self::audited(
				static function () use ( $url, $vkey ): array|string {
					try {
						return Signer::ask( (string) $url, $vkey );
					} catch ( WitnessRefused | InvalidArgument | InvalidState $e ) {
						return $e->getMessage();
					}
				}
			);
			if ( is_array( $seen ) ) {
				WP_CLI::line( "cosigned   {$seen['size']} leaves by " . explode( '+', $vkey )[0] . ' at ' . gmdate( 'Y-m-d\TH:i:s\Z', $seen['time'] ) );
			} else {
				++$refused;
				WP_CLI::warning( "$url: $seen" );
			}
		}
		if ( $refused === count( $witnesses ) ) {
			WP_CLI::halt( self::NO_ANCHOR );
		}
	}
}
