<?php
/**
 * The command `wp sophmate keys`.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Makes, shows and rotates the key that signs the audit log. No command prints a secret: what is shown is the verifier key, which
 * auditors need from you, and not from this site.
 *
 * ## EXIT CODES
 *
 *     0  done
 *     1  a mistake in the arguments
 *     2  refused; show: no usable key
 *    30  a known head contradicts the journal
 *    40  the journal, or a kept head, is not what was signed
 *     6  automation is unavailable, or the database failed
 */
final class KeysCommand extends AuditExit {

	/**
	 * Makes a key for the site's log in sophmate.key_dir, signs the first head and records it. Prints the verifier key.
	 *
	 * ## OPTIONS
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * [--by=<who>]
	 * : Who.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function create( array $args, array $options ): void {
		WP_CLI::line( self::audited( static fn (): string => Signer::log()->createKey( self::by( $options ), self::reason( $options ) ) ) );
	}

	/**
	 * Shows the site's log and the keys of this host.
	 *
	 * ## OPTIONS
	 *
	 * [--vkey]
	 * : The verifier key of the open log alone.
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
	public function show( array $args, array $options ): void {
		$format = self::choice( $options, 'format', array( 'table', 'json', 'csv', 'yaml' ), 'table' );
		$log    = self::audited( static fn (): array => Signer::log()->log() );
		$ring   = AuditLog::keys();
		if ( isset( $options['vkey'] ) ) {
			null === $log['key'] ? self::fail( "The log {$log['origin']} has no key", self::REFUSED ) : WP_CLI::line( $log['key'] );
			return;
		}
		$rows = array();
		foreach ( $ring['keys'] as $key ) {
			$mine   = in_array( $key['origin'], $log['logs'], true );
			$rows[] = array(
				'file'   => $key['file'],
				'log'    => $key['origin'] ?? '',
				'state'  => $key['problem'] ?? ( $key['origin'] === $log['origin'] ? ( $key['locked'] ? 'open' : 'open, not locked in memory' ) : ( $mine ? 'closed: remove its file' : "another site's" ) ),
				'key_id' => $key['key'] ? explode( '+', $key['key'] )[1] : '',
			);
		}
		if ( 'table' === $format ) {
			WP_CLI::line( 'log  ' . $log['origin'] );
			WP_CLI::line( 'key  ' . ( $log['key'] ?? 'none: its heads are not signed' ) );
		}
		WP_CLI\Utils\format_items( $format, $rows, array( 'file', 'log', 'state', 'key_id' ) );
		if ( null !== $ring['dir'] ) {
			WP_CLI::warning( 'sophmate.key_dir: ' . $ring['dir'] );
		}
		if ( ! in_array( $log['origin'], array_column( $ring['keys'], 'origin' ), true ) ) {
			WP_CLI::halt( self::REFUSED );
		}
	}

	/**
	 * Closes the log with a last head, opens the next one with a key of its own over the same tree, destroys the old seed. Prints the
	 * new verifier key: give it to your auditors.
	 *
	 * ## OPTIONS
	 *
	 * [--reason=<text>]
	 * : Why.
	 *
	 * [--by=<who>]
	 * : Who.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function rotate( array $args, array $options ): void {
		WP_CLI::confirm( 'The log is about to be closed for good, and its key destroyed. Go on?', $options );
		WP_CLI::line( self::audited( static fn (): string => Signer::log()->rotate( self::by( $options ), self::reason( $options ) ) ) );
	}
}
