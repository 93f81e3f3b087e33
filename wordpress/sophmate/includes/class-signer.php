<?php
/**
 * Heads of the audit log: signed from the tick, shown to witnesses.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use SophMate\Checkpoint;

defined( 'ABSPATH' ) || exit;

/**
 * One log a site.
 */
final class Signer {

	/** Leaves that a witness has seen, by its URL. */
	private const OPTION = 'sophmate_witness_sizes';

	/** Seconds between two heads that are signed by themselves, unless the setting says otherwise. */
	private const SECONDS = 60;

	/** The longest that the setting may say. */
	private const MOST = 86400;

	/** A witness answers within this; seconds. */
	private const TIMEOUT = 15;

	/** The log of the current site. */
	public static function log(): AuditLog {
		return new AuditLog( Engines::store() );
	}

	/**
	 * From the tick: a head where something is new, at most once in a while. Nothing on a host without the log's key.
	 */
	public static function tick(): ?Checkpoint {
		if ( ! AuditLog::keys()['keys'] ) {
			return null;
		}
		/**
		 * Seconds between two heads that the tick signs; 0 = it signs none.
		 *
		 * @param int $seconds 0 to 86,400.
		 */
		$seconds = (int) apply_filters( 'sophmate_checkpoint_seconds', defined( 'SOPHMATE_CHECKPOINT_SECONDS' ) ? constant( 'SOPHMATE_CHECKPOINT_SECONDS' ) : self::SECONDS );
		return $seconds > 0 ? self::log()->checkpoint( min( $seconds, self::MOST ) ) : null;
	}

	/**
	 * The witnesses of wp-config.php: SOPHMATE_WITNESSES, an array of URL => verifier key.
	 *
	 * @return array<string, string>
	 */
	public static function witnesses(): array {
		$witnesses = defined( 'SOPHMATE_WITNESSES' ) ? constant( 'SOPHMATE_WITNESSES' ) : array();
		return is_array( $witnesses ) ? array_filter( $witnesses, 'is_string' ) : array();
	}

	/**
	 * Asks a witness to cosign the newest stored checkpoint (C2SP tlog-witness), and keeps its signature with it.
	 *
	 * @param string $url    Where it is asked: ends with /add-checkpoint, or gets that added.
	 * @param string $vkey   Its verifier key.
	 * @return array{size: int, time: int} Leaves of the checkpoint; when the witness says that it saw it.
	 * @throws WitnessRefused             It did not cosign.
	 * @throws \SophMate\InvalidArgument   Its answer or its key has not the form.
	 * @throws \SophMate\InvalidState      None of its lines is this witness's.
	 */
	public static function ask( string $url, string $vkey ): array {
		$url   = str_ends_with( $url, '/add-checkpoint' ) ? $url : rtrim( $url, '/' ) . '/add-checkpoint';
		$sizes = (array) get_option( self::OPTION, array() );
		$old   = (int) ( $sizes[ $url ][ self::log()->log()['origin'] ] ?? 0 );
		list( $code, $body, $request ) = self::post( $url, $old );
		if ( 409 === $code && preg_match( '/^\d{1,18}\n?$/D', $body ) && (int) $body <= $request['size'] ) {
			/* It has seen another head than we remember: the proof begins there. */
			list( $code, $body, $request ) = self::post( $url, (int) $body );
		}
		if ( 409 === $code ) {
			throw new WitnessRefused( "The witness has seen more leaves than this log has ({$request['size']}): " . self::quote( $body ), $code );
		}
		if ( 422 === $code ) {
			throw new WitnessRefused( 'The witness has seen another tree of this size: the log was rewritten, or the witness is not about this log: ' . self::quote( $body ), $code );
		}
		if ( 200 !== $code ) {
			throw new WitnessRefused( "The witness answered $code: " . self::quote( $body ), $code );
		}
		$time = self::log()->addCosignatures( $request['size'], $body, $vkey );
		$sizes[ $url ][ self::log()->log()['origin'] ] = $request['size'];
		update_option( self::OPTION, $sizes, false );
		return array(
			'size' => $request['size'],
			'time' => $time,
		);
	}

	/** @return array{int, string, array{size: int, body: string}} Code, body of the answer; what was asked. */
	private static function post( string $url, int $old ): array {
		try {
			$request = self::log()->witnessRequest( $old );
		} catch ( \SophMate\InvalidArgument ) {
			$request = self::log()->witnessRequest( 0 ); /* we remember more than the log has: the witness will say so */
		}
		$answer = wp_remote_post(
			$url,
			array(
				'body'        => $request['body'],
				'headers'     => array( 'Content-Type' => 'text/plain; charset=utf-8' ),
				'timeout'     => self::TIMEOUT,
				'redirection' => 0,
			)
		);
		if ( is_wp_error( $answer ) ) {
			throw new WitnessRefused( 'The witness cannot be asked: ' . $answer->get_error_message() );
		}
		return array( (int) wp_remote_retrieve_response_code( $answer ), (string) wp_remote_retrieve_body( $answer ), $request );
	}

	/** A stranger's text in a message. */
	private static function quote( string $text ): string {
		return '"' . substr( (string) preg_replace( '/[^ -~]+/', ' ', $text ), 0, 200 ) . '"';
	}
}
