<?php
/**
 * What other plugins call. None of these throws into a hook: they return a WP_Error whose data says under
 * 'may_have_happened' whether the effect may have happened.
 *
 * Codes: sophmate_unavailable (automation is off here, see the message), sophmate_conflict (same key or event, other
 * payload), sophmate_in_progress, sophmate_unknown (may have happened; a probe or a person must say), sophmate_held
 * (a kill switch), sophmate_refused (certainly not done), sophmate_store (the database failed).
 *
 * @package sophmate
 */

declare(strict_types=1);

use SophMate\Attempt;
use SophMate\Engine;
use SophMate\Run;
use SophMate\WordPress\Announcer;
use SophMate\WordPress\Engines;
use SophMate\WordPress\Errors;
use SophMate\WordPress\RemoteRequest;

defined( 'ABSPATH' ) || exit;

/**
 * The engine of the current site. The first call of a request makes it, and fires `sophmate_register_workflows` (at
 * `init`, when it is called earlier).
 *
 * @return Engine|WP_Error
 */
function sophmate_engine() {
	try {
		return Engines::current();
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}

/**
 * One effect, at most once: the first call acts, any later call with the same key and payload returns the stored
 * result, in this request or in any other, on any host.
 *
 * @param string   $key     Global to the site: begin it with your plugin's name.
 * @param mixed    $payload What the effect is about; another payload for the same key is a conflict.
 * @param callable $effect  Gets a SophMate\Attempt; returns the result.
 * @param mixed    ...$options Engine::once()'s further parameters by name: kind, repeat, probe, timeoutSeconds,
 *                             keyWindowSeconds, category.
 * @return mixed|WP_Error The result, as JSON gives it back.
 */
function sophmate_once( $key, #[\SensitiveParameter] $payload, $effect, ...$options ) {
	try {
		return Engines::current()->once( $key, $payload, $effect, ...$options );
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}

/**
 * Begins the run of a business event and acts at once; returns the run when it ends or rests. A run that exists is
 * returned as it is.
 *
 * @param SophMate\Workflow|string $workflow A registered workflow's name.
 * @param mixed                    ...$options Engine::start()'s further parameters: subject, input, occurrence, trigger.
 * @return Run|WP_Error
 */
function sophmate_start( $workflow, #[\SensitiveParameter] ...$options ) {
	try {
		$since = Announcer::now();
		$run   = Engines::current()->start( $workflow, ...$options );
		Announcer::started( $run, $since );
		return $run;
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}

/**
 * As sophmate_start(), but only stores the run; the tick begins it. For hooks that must return quickly.
 *
 * @param SophMate\Workflow|string $workflow A registered workflow's name.
 * @param mixed                    ...$options Engine::startLater()'s further parameters: subject, input, occurrence, trigger, at.
 * @return Run|WP_Error
 */
function sophmate_start_later( $workflow, #[\SensitiveParameter] ...$options ) {
	try {
		$since = Announcer::now();
		$run   = Engines::current()->startLater( $workflow, ...$options );
		Announcer::started( $run, $since );
		return $run;
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}

/**
 * A run by its id.
 *
 * @param string $run_id 32 hex digits.
 * @return Run|null|WP_Error Null: there is no such run.
 */
function sophmate_find( $run_id ) {
	try {
		return Engines::current()->find( $run_id );
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}

/**
 * An HTTP request from inside a step: wp_remote_request() with the effect's key as Idempotency-Key, the run's id, the
 * step's time left, no redirect and no reused connection; and with the outcome sorted.
 *
 * Return it, or what you made of it, from the step; return a WP_Error as it is: the judge reads it.
 *
 * @param Attempt              $attempt The attempt that the step got.
 * @param string               $url     Where to.
 * @param array<string, mixed> $args    As for wp_remote_request(), and: 'json' (a value, sent as the body),
 *                                      'accepted' ('unknown', the default, or 'done': what 202 means). 'blocking',
 *                                      'stream', 'limit_response_size' and 'cookies' are ignored, 'redirection'
 *                                      where the step is never to be repeated.
 * @return array<string, mixed>|WP_Error A response for wp_remote_retrieve_*(), which can be stored as output; else
 *                                       sophmate_refused (certainly not done) or sophmate_unknown (may have happened).
 */
function sophmate_remote_request( $attempt, $url, $args = array() ) {
	try {
		return ( new RemoteRequest( $attempt, $url, $args ) )->send();
	} catch ( Throwable $e ) {
		return Errors::from( $e );
	}
}
