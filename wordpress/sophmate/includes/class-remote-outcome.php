<?php
/**
 * What an HTTP exchange says about the effect.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use RuntimeException;
use SophMate\FailureClass;
use SophMate\NotDone;
use Throwable;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * One of: done, certainly not done, may have happened. API "How a step says what happened" is the table.
 */
final class RemoteOutcome {

	public const DONE    = 'done';
	public const REFUSED = 'not_done';
	public const UNKNOWN = 'unknown';

	/** Marks a response that was sorted already, so that a 202 which the caller accepts is not sorted again. */
	public const SORTED = 'sophmate_outcome';

	/** Answers by which the other side says that it did nothing. */
	private const REFUSALS = array(
		400 => FailureClass::InvalidSchema,
		401 => FailureClass::Permission,
		403 => FailureClass::Permission,
		404 => FailureClass::ExternalFailure,
		405 => FailureClass::InvalidSchema,
		410 => FailureClass::StaleSource,
		413 => FailureClass::InvalidSchema,
		422 => FailureClass::InvalidSchema,
		429 => FailureClass::ProviderLimit,
	);

	/** Longest piece of an answer that is kept in a message, bytes. */
	private const EXCERPT = 300;

	private function __construct(
		public readonly string $kind,
		public readonly string $message,
		public readonly ?string $failure = null,
		public readonly ?FailureClass $failure_class = null,
		public readonly ?float $retry_after = null,
	) {
	}

	/** The request certainly never left: it may be sent again. */
	public static function not_sent( string $message ): self {
		return new self( self::REFUSED, $message, 'not_sent', FailureClass::NotSent );
	}

	/** Nobody knows. */
	public static function unknown( string $message ): self {
		return new self( self::UNKNOWN, $message );
	}

	/**
	 * Whether a value looks like what wp_remote_request() returns.
	 *
	 * @param array<mixed> $value
	 */
	public static function is_response( array $value ): bool {
		return array_key_exists( 'headers', $value ) && array_key_exists( 'body', $value )
			&& is_array( $value['response'] ?? null ) && array_key_exists( 'code', $value['response'] );
	}

	/**
	 * Sorts a response by its status.
	 *
	 * @param array<string, mixed> $response As wp_remote_request() returns it.
	 * @param bool                 $accepted Whether 202 counts as done: "accepted" is no success by itself.
	 */
	public static function of_response( array $response, bool $accepted = false ): self {
		$status = (int) ( $response['response']['code'] ?? 0 );
		if ( self::DONE === ( $response[ self::SORTED ] ?? null ) && $status >= 200 && $status < 300 ) {
			return new self( self::DONE, '' );
		}
		$said = self::excerpt( $response );
		if ( 202 === $status && ! $accepted ) {
			return new self( self::UNKNOWN, "HTTP 202, accepted but not confirmed$said" );
		}
		if ( $status >= 200 && $status < 300 ) {
			return new self( self::DONE, '' );
		}
		if ( isset( self::REFUSALS[ $status ] ) ) {
			return new self(
				self::REFUSED,
				"HTTP $status, refused$said",
				"http_$status",
				self::REFUSALS[ $status ],
				429 === $status ? self::retry_after( $response ) : null
			);
		}
		return new self( self::UNKNOWN, 0 === $status ? 'No answer was waited for' : "HTTP $status, may have happened$said" );
	}

	/** What sophmate_remote_request() put into its error; null for any other error. */
	public static function of_error( WP_Error $error ): ?self {
		$data = $error->get_error_data();
		$kind = is_array( $data ) ? ( $data[ self::SORTED ] ?? null ) : null;
		if ( self::REFUSED !== $kind && self::UNKNOWN !== $kind ) {
			return null;
		}
		$class = $data['failure_class'] ?? null;
		return new self(
			$kind,
			$error->get_error_message(),
			is_string( $data['failure'] ?? null ) ? $data['failure'] : null,
			is_string( $class ) ? FailureClass::tryFrom( $class ) : null,
			is_numeric( $data['retry_after'] ?? null ) ? (float) $data['retry_after'] : null
		);
	}

	/** As a step would have thrown it; null when it is done. */
	public function throwable(): ?Throwable {
		return match ( $this->kind ) {
			self::DONE => null,
			self::REFUSED => new NotDone( $this->message, $this->failure, $this->failure_class, $this->retry_after ),
			default => new RuntimeException( $this->message ),
		};
	}

	/**
	 * As a WP_Error; of_error() reads it back.
	 *
	 * @param array<string, mixed> $facts More about the exchange: status, request id.
	 */
	public function error( array $facts = array() ): WP_Error {
		return new WP_Error(
			self::REFUSED === $this->kind ? 'sophmate_refused' : 'sophmate_unknown',
			$this->message,
			array(
				'may_have_happened' => self::UNKNOWN === $this->kind,
				self::SORTED        => $this->kind,
				'failure'           => $this->failure,
				'failure_class'     => $this->failure_class?->value,
				'retry_after'       => $this->retry_after,
			) + $facts
		);
	}

	/**
	 * Retry-After in seconds, from a number or a date.
	 *
	 * @param array<string, mixed> $response
	 */
	private static function retry_after( array $response ): ?float {
		$value = self::header( $response, 'retry-after' );
		if ( '' === $value ) {
			return null;
		}
		if ( ctype_digit( $value ) ) {
			return (float) $value;
		}
		$time = strtotime( $value );
		return false === $time ? null : (float) max( 0, $time - time() );
	}

	/**
	 * A header's value, the first of several; '' when there is none.
	 *
	 * @param array<string, mixed> $response
	 */
	public static function header( array $response, string $name ): string {
		$value = wp_remote_retrieve_header( $response, $name );
		return trim( is_array( $value ) ? (string) reset( $value ) : $value );
	}

	/**
	 * The beginning of what the other side said, in one line.
	 *
	 * @param array<string, mixed> $response
	 */
	private static function excerpt( array $response ): string {
		$body = wp_check_invalid_utf8( substr( (string) ( $response['body'] ?? '' ), 0, self::EXCERPT + 4 ), true );
		$body = trim( (string) preg_replace( '/\s+/', ' ', wp_strip_all_tags( $body ) ) );
		return '' === $body ? '' : ': ' . self::cut( $body, self::EXCERPT );
	}

	/** At most so many bytes, not in the middle of a UTF-8 character. Not every PHP has mbstring. */
	public static function cut( string $text, int $bytes ): string {
		return strlen( $text ) <= $bytes ? $text : (string) preg_replace( '/[\xC0-\xFF][\x80-\xBF]{0,3}$/', '', substr( $text, 0, $bytes ) );
	}
}
