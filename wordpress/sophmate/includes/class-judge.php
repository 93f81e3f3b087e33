<?php
/**
 * What a returned value means.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use RuntimeException;
use Throwable;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress says that something failed by what a function returns. An engine knows only exceptions: what the judge
 * returns counts as if the step had thrown it.
 */
final class Judge {

	/** Null when the value is a result. */
	public static function judge( mixed $returned ): ?Throwable {
		if ( false === $returned ) {
			return new RuntimeException( 'The step returned false: it may have happened' );
		}
		if ( $returned instanceof WP_Error ) {
			return self::of_error( $returned );
		}
		if ( is_array( $returned ) && RemoteOutcome::is_response( $returned ) ) {
			return RemoteOutcome::of_response( $returned )->throwable();
		}
		return null;
	}

	/** Only an error that sophmate_remote_request() sorted says more than "it failed": any other may have happened. */
	private static function of_error( WP_Error $error ): Throwable {
		$outcome = RemoteOutcome::of_error( $error );
		if ( null !== $outcome ) {
			return $outcome->throwable() ?? new RuntimeException( $error->get_error_message() );
		}
		return new RuntimeException( 'The step returned a WP_Error: ' . $error->get_error_message() . ' (' . $error->get_error_code() . ')' );
	}
}
