<?php
/**
 * Exceptions as WordPress likes them.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate;
use Throwable;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * One table: which exception is which WP_Error.
 */
final class Errors {

	private const CODES = array(
		SophMate\Conflict::class         => 'sophmate_conflict',
		SophMate\InProgress::class       => 'sophmate_in_progress',
		SophMate\OutcomeUnknown::class   => 'sophmate_unknown',
		SophMate\OutputNotStored::class  => 'sophmate_unknown',
		SophMate\Held::class             => 'sophmate_held',
		SophMate\EffectRefused::class    => 'sophmate_refused',
		SophMate\DefinitionError::class  => 'sophmate_refused',
		SophMate\InvalidArgument::class  => 'sophmate_refused',
		SophMate\InvalidState::class     => 'sophmate_refused',
		SophMate\LimitExceeded::class    => 'sophmate_refused',
		SophMate\SchemaError::class      => 'sophmate_unavailable',
		SophMate\IdentityMismatch::class => 'sophmate_unavailable',
		Unavailable::class               => 'sophmate_unavailable',
		SophMate\StoreError::class       => 'sophmate_store',
		SophMate\StoreUncertain::class   => 'sophmate_store',
		SophMate\IllegalHistory::class   => 'sophmate_store',
		\TypeError::class                => 'sophmate_refused',
		\ArgumentCountError::class       => 'sophmate_refused',
		\ValueError::class               => 'sophmate_refused',
	);

	/** The error for an exception; its data says whether the effect may have happened. */
	public static function from( Throwable $e ): WP_Error {
		$code = self::CODES[ get_class( $e ) ] ?? null;
		if ( null === $code ) {
			/* `Error` for an unknown named argument; anything else is a mistake in code that is not the effect's. */
			$code = $e instanceof \Error ? 'sophmate_refused' : 'sophmate_unavailable';
		}
		$data = array( 'may_have_happened' => $e instanceof SophMate\Exception && $e->effectMayHaveHappened() );
		if ( $e instanceof SophMate\Exception && null !== ( $e->runId ?? null ) ) {
			$data['run'] = $e->runId;
		}
		if ( $e instanceof SophMate\EffectRefused ) {
			$data['failure']       = $e->failure ?? null;
			$data['failure_class'] = ( $e->failureClass ?? null )?->value;
		}
		$message = $e->getMessage();
		if ( $e instanceof SophMate\EffectRefused || $e instanceof SophMate\StoreError || $e instanceof SophMate\StoreUncertain ) {
			$cause = $e->getPrevious();
			if ( null !== $cause && '' !== $cause->getMessage() && ! str_contains( $message, $cause->getMessage() ) ) {
				$message .= ': ' . $cause->getMessage();
			}
		}
		return new WP_Error( $code, $message, $data );
	}
}
