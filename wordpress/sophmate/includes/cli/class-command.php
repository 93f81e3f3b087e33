<?php
/**
 * What the WP-CLI commands share.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate;
use SophMate\Engine;
use SophMate\Run;
use SophMate\RunState;
use Throwable;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Exit codes, errors, and the options that several commands have.
 */
abstract class Command {

	/** Done as asked; after start and advance: the run is closed as it should be. */
	protected const OK = 0;
	/** A mistake in the command's own arguments (WP-CLI's own code). */
	protected const USAGE = 1;
	/** Refused: not allowed in this state, other payload, findings. */
	protected const REFUSED = 2;
	/** There is no such run, workflow or id. */
	protected const NOT_FOUND = 3;
	/** The run goes on by itself: running or waiting. */
	protected const GOES_ON = 4;
	/** The run needs a person: unknown, paused, held, broken; or it was stopped. */
	protected const NEEDS_PERSON = 5;
	/** Automation is unavailable, or the database failed. */
	protected const UNAVAILABLE = 6;

	/** The engine, or the end. */
	protected static function engine(): Engine {
		return self::attempt( static fn (): Engine => Engines::current() );
	}

	/**
	 * Calls something; an exception becomes an error message and an exit code.
	 *
	 * @template T
	 * @param callable(): T $what
	 * @return T
	 */
	protected static function attempt( callable $what ): mixed {
		try {
			return $what();
		} catch ( WP_CLI\ExitException $e ) {
			throw $e;
		} catch ( Throwable $e ) {
			self::fail( self::explain( $e ), self::code_of( $e ) );
		}
	}

	/** Ends the command. */
	protected static function fail( string $message, int $code ): never {
		WP_CLI::error( $message, false );
		WP_CLI::halt( $code );
	}

	/** An exception for a person, with what caused it. */
	private static function explain( Throwable $e ): string {
		$message = $e->getMessage();
		$cause   = $e->getPrevious();
		if ( null !== $cause && '' !== $cause->getMessage() && ! str_contains( $message, $cause->getMessage() ) ) {
			$message .= ' (' . $cause->getMessage() . ')';
		}
		if ( $e instanceof SophMate\Exception && $e->effectMayHaveHappened() ) {
			$message .= ' -- the effect may have happened';
		}
		return $message;
	}

	private static function code_of( Throwable $e ): int {
		return match ( true ) {
			$e instanceof Unavailable, $e instanceof SophMate\SchemaError, $e instanceof SophMate\IdentityMismatch,
			$e instanceof SophMate\StoreError, $e instanceof SophMate\StoreUncertain => self::UNAVAILABLE,
			$e instanceof SophMate\InvalidArgument, $e instanceof SophMate\LimitExceeded, $e instanceof \TypeError, $e instanceof \ValueError => self::USAGE,
			$e instanceof SophMate\IllegalHistory => self::NEEDS_PERSON,
			$e instanceof SophMate\Exception => self::REFUSED,
			default => self::UNAVAILABLE,
		};
	}

	/** The run with this id, or the end. */
	protected static function run( string $id ): Run {
		if ( ! preg_match( '/^[0-9a-f]{32}$/D', $id ) ) {
			self::fail( "A run id is 32 hex digits, got '$id'", self::USAGE );
		}
		$engine = self::engine();
		$run    = self::attempt( static fn (): ?Run => $engine->find( $id ) );
		return $run ?? self::fail( "There is no run $id", self::NOT_FOUND );
	}

	/** Exit code that says where a run is. */
	protected static function code_of_state( RunState $state ): int {
		return match ( $state ) {
			RunState::Completed, RunState::CompletedByHand, RunState::Undone => self::OK,
			RunState::Running, RunState::Waiting, RunState::Undoing => self::GOES_ON,
			default => self::NEEDS_PERSON,
		};
	}

	/**
	 * Who decides: --by, else WordPress's user of --user, else the user of this machine.
	 *
	 * @param array<string, mixed> $options
	 */
	protected static function by( array $options ): string {
		if ( isset( $options['by'] ) && '' !== (string) $options['by'] ) {
			return (string) $options['by'];
		}
		$user = wp_get_current_user();
		if ( $user->exists() ) {
			return $user->user_login;
		}
		$entry = function_exists( 'posix_getpwuid' ) ? posix_getpwuid( posix_geteuid() ) : false;
		return 'wp-cli:' . ( is_array( $entry ) ? $entry['name'] : get_current_user() );
	}

	/**
	 * Why.
	 *
	 * @param array<string, mixed> $options
	 */
	protected static function reason( array $options ): string {
		$reason = (string) ( $options['reason'] ?? '' );
		return '' === $reason ? 'no reason was given' : $reason;
	}

	/**
	 * An option that holds JSON; `-` reads it from standard input.
	 *
	 * @param array<string, mixed> $options
	 */
	protected static function json( array $options, string $name ): mixed {
		$text = $options[ $name ] ?? null;
		if ( null === $text ) {
			return null;
		}
		if ( '-' === $text ) {
			$text = (string) stream_get_contents( STDIN );
		}
		try {
			return json_decode( (string) $text, true, 64, JSON_THROW_ON_ERROR );
		} catch ( \JsonException $e ) {
			self::fail( "--$name must be JSON (a text needs its quotes: --$name='\"paid\"'): {$e->getMessage()}", self::USAGE );
		}
	}

	/**
	 * The option among those that are allowed.
	 *
	 * @param array<string, mixed> $options
	 * @param list<string>         $allowed
	 */
	protected static function choice( array $options, string $name, array $allowed, string $default ): string {
		$value = (string) ( $options[ $name ] ?? $default );
		if ( ! in_array( $value, $allowed, true ) ) {
			self::fail( "--$name must be one of " . implode( ', ', $allowed ) . ", got '$value'", self::USAGE );
		}
		return $value;
	}

	/** A run after a command changed it, in two lines. */
	protected static function say( Run $run ): void {
		$text = "Run {$run->id} ({$run->workflow}" . ( null === $run->subject ? '' : ", {$run->subject}" ) . ") is {$run->state->value}";
		if ( null !== $run->step ) {
			$text .= " at '{$run->step}'";
		}
		if ( null !== $run->owner && '' !== $run->owner && self::OK !== self::code_of_state( $run->state ) ) {
			$text .= ", owner {$run->owner}";
		}
		WP_CLI::line( $text . ( null === $run->reason || '' === $run->reason ? '' : ": {$run->reason}" ) );
		foreach ( RunView::next( $run ) as $command ) {
			WP_CLI::line( "  $command" );
		}
	}
}
