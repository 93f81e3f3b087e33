<?php
/**
 * An HTTP request from inside a step.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use InvalidArgumentException;
use SophMate\Attempt;
use SophMate\Repeat;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Sends once, and finds out whether anything was sent when there is no answer. See sophmate_remote_request().
 */
final class RemoteRequest {

	/** Response headers by which services name a request, in the order they are looked for. */
	private const REQUEST_ID_HEADERS = array( 'x-request-id', 'request-id', 'x-correlation-id', 'x-amzn-requestid', 'x-ms-request-id', 'cf-ray' );

	/** The shortest time-out that WordPress's transports know, seconds. */
	private const SHORTEST = 1.0;

	/** The handle, where the curl transport was used. */
	private ?\CurlHandle $curl = null;

	/** How often a transport began (a redirect is one more), and whether the socket transport was about to write. */
	private int $begun    = 0;
	private bool $writing = false;

	/** Whether our request is the one on its way: other plugins may send some from its hooks. */
	private bool $mine = false;

	/**
	 * Prepares it.
	 *
	 * @param array<string, mixed> $args
	 */
	public function __construct(
		private readonly Attempt $attempt,
		private readonly string $url,
		private readonly array $args,
	) {
		$accepted = $args['accepted'] ?? 'unknown';
		if ( 'unknown' !== $accepted && 'done' !== $accepted ) {
			throw new InvalidArgumentException( "args['accepted'] must be 'unknown' or 'done', got " . wp_json_encode( $accepted ) );
		}
	}

	/**
	 * Sends it.
	 *
	 * @return array<string, mixed>|WP_Error
	 */
	public function send(): array|WP_Error {
		$left = $this->attempt->secondsLeft();
		if ( $left <= 0 ) {
			return RemoteOutcome::not_sent( "Not sent to {$this->host()}: the step's time is over" )->error();
		}
		$args = $this->arguments( $left );
		$this->watch();
		try {
			$response = wp_remote_request( $this->url, $args );
		} finally {
			$this->unwatch();
		}
		if ( is_wp_error( $response ) ) {
			return $this->of_failure( $response )->error();
		}
		return $this->of_answer( $response );
	}

	/**
	 * What WordPress is asked to send.
	 *
	 * @return array<string, mixed>
	 */
	private function arguments( float $left ): array {
		$args = $this->args;
		/* An answer that is cut short says nothing certain, and a file is no output. */
		unset( $args['limit_response_size'], $args['stream'], $args['filename'], $args['cookies'], $args['accepted'] );

		$headers = array();
		foreach ( (array) ( $args['headers'] ?? array() ) as $name => $value ) {
			$headers[ strtolower( (string) $name ) ] = $value;
		}
		if ( array_key_exists( 'json', $args ) ) {
			$args['body']            = \SophMate\canonicalJson( $args['json'] );
			$headers['content-type'] = 'application/json';
			unset( $args['json'] );
		}
		$headers['idempotency-key'] = $this->attempt->key;
		$headers['x-sophmate-run']  = $this->attempt->runId;
		/* WordPress's curl transport sends the whole request a second time when it cannot unpack the answer. */
		$headers['accept-encoding'] = 'identity';

		$args['headers']     = $headers;
		$args['method']      = strtoupper( (string) ( $args['method'] ?? ( isset( $args['body'] ) ? 'POST' : 'GET' ) ) );
		$args['timeout']     = max( self::SHORTEST, min( $left, (float) ( $args['timeout'] ?? $left ) ) );
		$args['blocking']    = true;
		$args['redirection'] = match ( $this->attempt->repeat ) {
			Repeat::Never => 0,
			Repeat::Once => (int) ( $args['redirection'] ?? 0 ),
			Repeat::Safe => (int) ( $args['redirection'] ?? 5 ),
		};
		return $args;
	}

	/** Takes notice of how far the transport comes. */
	private function watch(): void {
		add_filter( 'pre_http_request', array( $this, 'ours_begins' ), PHP_INT_MAX, 3 );
		add_action( 'http_api_curl', array( $this, 'curl_begins' ), PHP_INT_MAX, 1 );
		add_action( 'requests-fsockopen.before_request', array( $this, 'socket_begins' ), 1, 0 );
		add_action( 'requests-fsockopen.before_send', array( $this, 'socket_writes' ), 1, 0 );
	}

	private function unwatch(): void {
		remove_filter( 'pre_http_request', array( $this, 'ours_begins' ), PHP_INT_MAX );
		remove_action( 'http_api_curl', array( $this, 'curl_begins' ), PHP_INT_MAX );
		remove_action( 'requests-fsockopen.before_request', array( $this, 'socket_begins' ), 1 );
		remove_action( 'requests-fsockopen.before_send', array( $this, 'socket_writes' ), 1 );
	}

	/**
	 * Filter, last of all: whoever answers in our place has done who knows what.
	 *
	 * @param array<string, mixed> $args
	 */
	public function ours_begins( mixed $answer, array $args, string $url ): mixed {
		$key        = $args['headers']['idempotency-key'] ?? null;
		$this->mine = false === $answer && $url === $this->url && $key === $this->attempt->key;
		return $answer;
	}

	/** Action of the curl transport, right before it sends. */
	public function curl_begins( mixed $handle ): void {
		if ( ! $this->mine || ! $handle instanceof \CurlHandle ) {
			return;
		}
		++$this->begun;
		$this->curl = $handle;
		if ( Repeat::Safe !== $this->attempt->repeat ) {
			/* curl repeats a request by itself when a connection that it kept turns out to be dead. */
			curl_setopt( $handle, CURLOPT_FRESH_CONNECT, true );
			curl_setopt( $handle, CURLOPT_FORBID_REUSE, true );
		}
		curl_setopt( $handle, CURLOPT_ENCODING, null ); // @phpstan-ignore argument.type (null: ask for none)
		curl_setopt( $handle, CURLOPT_TIMEOUT_MS, (int) ceil( 1000 * max( 0.001, $this->attempt->secondsLeft() ) ) );
	}

	/** Action of the socket transport, before it connects. */
	public function socket_begins(): void {
		$this->begun += $this->mine ? 1 : 0;
	}

	/** Action of the socket transport, before it writes. */
	public function socket_writes(): void {
		$this->writing = $this->writing || $this->mine;
	}

	/** There is no answer: was anything sent? */
	private function of_failure( WP_Error $error ): RemoteOutcome {
		$message = "{$this->args_method()} {$this->host()}: {$error->get_error_message()}";
		if ( 'http_request_not_executed' === $error->get_error_code() ) {
			return RemoteOutcome::not_sent( "$message (WordPress did not send it)" );
		}
		if ( $this->surely_not_sent() ) {
			return RemoteOutcome::not_sent( "$message (nothing was sent)" );
		}
		return RemoteOutcome::unknown( "$message (after sending: may have happened)" );
	}

	private function surely_not_sent(): bool {
		if ( 1 !== $this->begun ) {
			return false;
		}
		if ( null !== $this->curl ) {
			/* Before the transfer: no name, no connection, no TLS, no time left for them. */
			return 0 === (int) curl_getinfo( $this->curl, CURLINFO_REQUEST_SIZE )
				&& 0.0 === (float) curl_getinfo( $this->curl, CURLINFO_PRETRANSFER_TIME )
				&& 0 !== curl_errno( $this->curl );
		}
		return ! $this->writing;
	}

	/**
	 * There is an answer.
	 *
	 * @param array<string, mixed> $response
	 * @return array<string, mixed>|WP_Error
	 */
	private function of_answer( array $response ): array|WP_Error {
		$request = $this->keep_request_id( $response );
		$status  = (int) wp_remote_retrieve_response_code( $response );
		$outcome = RemoteOutcome::of_response( $response, 'done' === ( $this->args['accepted'] ?? null ) );
		if ( RemoteOutcome::DONE === $outcome->kind && self::is_cut( $response, $this->args_method() ) ) {
			$outcome = RemoteOutcome::unknown( "HTTP $status, but the answer broke off" );
		}
		if ( RemoteOutcome::DONE !== $outcome->kind ) {
			return $outcome->error( array( 'status' => $status, 'request_id' => $request ) );
		}
		return self::storable( $response );
	}

	/**
	 * Stores the other side's name for this request, whatever the outcome is; it must not get in its way.
	 *
	 * @param array<string, mixed> $response
	 */
	private function keep_request_id( array $response ): ?string {
		foreach ( self::REQUEST_ID_HEADERS as $name ) {
			$id = RemoteOutcome::header( $response, $name );
			if ( '' === $id || strlen( $id ) > 190 || ! preg_match( '//u', $id ) ) {
				continue;
			}
			try {
				$this->attempt->externalId( 'request', $id );
			} catch ( \Throwable $e ) {
				error_log( "sophmate: request id $id of run {$this->attempt->runId} was not stored: {$e->getMessage()}" ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
			}
			return $id;
		}
		return null;
	}

	/**
	 * The socket transport takes a broken connection for the end of the answer.
	 *
	 * @param array<string, mixed> $response
	 */
	private static function is_cut( array $response, string $method ): bool {
		$length = RemoteOutcome::header( $response, 'content-length' );
		if ( 'HEAD' === $method || ! ctype_digit( $length ) || '' !== RemoteOutcome::header( $response, 'content-encoding' ) ) {
			return false;
		}
		return strlen( (string) $response['body'] ) < (int) $length;
	}

	/**
	 * The response as plain arrays and text, without cookies: it can be a step's output.
	 *
	 * @param array<string, mixed> $response
	 * @return array<string, mixed>
	 */
	private static function storable( array $response ): array {
		$headers = array();
		foreach ( $response['headers'] as $name => $value ) {
			if ( 'set-cookie' !== strtolower( (string) $name ) ) {
				$headers[ strtolower( (string) $name ) ] = $value;
			}
		}
		return array(
			'headers'             => $headers,
			'body'                => (string) $response['body'],
			'response'            => array(
				'code'    => (int) $response['response']['code'],
				'message' => (string) $response['response']['message'],
			),
			'cookies'             => array(),
			'filename'            => null,
			RemoteOutcome::SORTED => RemoteOutcome::DONE,
		);
	}

	private function args_method(): string {
		return strtoupper( (string) ( $this->args['method'] ?? ( isset( $this->args['body'] ) || array_key_exists( 'json', $this->args ) ? 'POST' : 'GET' ) ) );
	}

	/** Host and port, without what a URL may hold in secret. */
	private function host(): string {
		$host = wp_parse_url( $this->url, PHP_URL_HOST );
		$port = wp_parse_url( $this->url, PHP_URL_PORT );
		return ( is_string( $host ) ? $host : '(no host)' ) . ( is_int( $port ) ? ":$port" : '' );
	}
}
