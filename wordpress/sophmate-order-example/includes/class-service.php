<?php
/**
 * The other systems.
 *
 * @package sophmate-order-example
 */

declare(strict_types=1);

namespace SophMate\OrderExample;

use SophMate\Answer;
use SophMate\Attempt;
use SophMate\FailureClass;
use SophMate\NotDone;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * One of CRM, BILLING, PROVISIONING and MAIL: where it is, how something is created there, and how it is asked later.
 */
final class Service {

	/**
	 * Names a service.
	 *
	 * @param string $name     CRM, BILLING, PROVISIONING or MAIL.
	 * @param string $resource The path of what it creates, such as charges.
	 * @param string $kind     What its ids are, such as charge.
	 */
	public function __construct(
		private readonly string $name,
		private readonly string $resource,
		private readonly string $kind,
	) {
	}

	/**
	 * Creates something, and stores its id the moment it is known.
	 *
	 * @param array<string, mixed> $body
	 * @return array<string, string>|WP_Error The id by its kind.
	 */
	public function create( Attempt $attempt, array $body ): array|WP_Error {
		$response = sophmate_remote_request( $attempt, $this->url(), array( 'json' => $body ) );
		if ( is_wp_error( $response ) ) {
			return $response;
		}
		$answer = json_decode( $response['body'], true );
		$id     = is_array( $answer ) ? (string) ( $answer['id'] ?? '' ) : '';
		if ( '' === $id ) {
			/* Something was created, perhaps; without its id nothing that follows can be right. */
			return new WP_Error( 'no_id', strtolower( $this->name ) . " answered without an id of the {$this->kind}" );
		}
		$attempt->externalId( $this->kind, $id );
		return array( $this->kind => $id );
	}

	/** Asks whether the effect of an attempt happened. */
	public function look_up( Attempt $attempt ): Answer {
		$response = wp_remote_get( add_query_arg( 'key', rawurlencode( $attempt->key ), $this->url() ), array( 'timeout' => Flow::TIMEOUT, 'redirection' => 0 ) );
		if ( is_wp_error( $response ) ) {
			return Answer::unknown( strtolower( $this->name ) . ' cannot be asked: ' . $response->get_error_message() );
		}
		$answer = json_decode( wp_remote_retrieve_body( $response ), true );
		if ( 200 !== wp_remote_retrieve_response_code( $response ) || ! is_array( $answer['items'] ?? null ) ) {
			return Answer::unknown( strtolower( $this->name ) . ' has no answer: HTTP ' . wp_remote_retrieve_response_code( $response ) );
		}
		if ( array() === $answer['items'] ) {
			return Answer::notDone( strtolower( $this->name ) . " has no {$this->kind} with this key" );
		}
		$item = $answer['items'][0];
		if ( 'pending' === ( $item['status'] ?? '' ) || '' === (string) ( $item['id'] ?? '' ) ) {
			return Answer::unknown( strtolower( $this->name ) . " has the {$this->kind}, not confirmed yet" );
		}
		return Answer::done( array( $this->kind => $item['id'] ), array( $this->kind => $item['id'] ) );
	}

	/** Base address from the constant, else from the environment. */
	private function url(): string {
		$constant = "SOPHMATE_EXAMPLE_{$this->name}";
		$base     = defined( $constant ) ? (string) constant( $constant ) : (string) getenv( $constant );
		if ( '' === $base ) {
			throw new NotDone( "$constant is not set: there is no address for " . strtolower( $this->name ), 'not_configured', FailureClass::MissingInput );
		}
		return untrailingslashit( $base ) . '/' . $this->resource;
	}
}
