<?php
/**
 * One statement on a mysqli handle.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use mysqli;
use mysqli_result;
use RuntimeException;

defined( 'ABSPATH' ) || exit;

/**
 * Sends statements with their values inside: one round trip, and none of $wpdb's habits (it reconnects and sends
 * again, keeps every query, and refuses text that a table's charset cannot hold).
 */
final class MysqliStatement {

	/** Quoted text and names, comments, and the placeholders between them. */
	private const PIECES = '/\'(?:[^\'\\\\]|\\\\.|\'\')*+\'|"(?:[^"\\\\]|\\\\.|"")*+"|`[^`]*+`|\/\*.*?\*\/|\?/s';

	/** MySQL's integer column types: tiny, short, long, longlong, int24, year. */
	private const INTEGERS = array( MYSQLI_TYPE_TINY, MYSQLI_TYPE_SHORT, MYSQLI_TYPE_LONG, MYSQLI_TYPE_LONGLONG, MYSQLI_TYPE_INT24, MYSQLI_TYPE_YEAR );

	/**
	 * Runs a statement.
	 *
	 * @param list<int|string|null> $params
	 * @return int Rows stored or changed.
	 */
	public static function write( mysqli $link, string $sql, array $params ): int {
		$result = self::query( $link, $sql, $params );
		if ( $result instanceof mysqli_result ) {
			$result->free();
			return 0;
		}
		return (int) $link->affected_rows;
	}

	/**
	 * Runs a statement and takes its rows; integer columns come as int.
	 *
	 * @param list<int|string|null> $params
	 * @return list<array<string, int|string|null>>
	 */
	public static function read( mysqli $link, string $sql, array $params ): array {
		$result = self::query( $link, $sql, $params );
		if ( ! $result instanceof mysqli_result ) {
			return array();
		}
		$rows     = $result->fetch_all( MYSQLI_ASSOC );
		$integers = array();
		foreach ( $result->fetch_fields() as $field ) {
			if ( in_array( $field->type, self::INTEGERS, true ) ) {
				$integers[] = $field->name;
			}
		}
		$result->free();
		foreach ( $rows as &$row ) {
			foreach ( $integers as $name ) {
				if ( null !== $row[ $name ] ) {
					$row[ $name ] = (int) $row[ $name ];
				}
			}
		}
		return $rows;
	}

	/**
	 * Runs a statement that has no values and whose answer does not matter.
	 *
	 * @param int $allowed Error number that is no error here, 0 for none.
	 * @return bool False when that error came.
	 */
	public static function run( mysqli $link, string $sql, int $allowed = 0 ): bool {
		try {
			self::query( $link, $sql, array() );
		} catch ( \Exception $e ) {
			if ( 0 !== $allowed && $e->getCode() === $allowed ) {
				return false;
			}
			throw $e;
		}
		return true;
	}

	/**
	 * Puts the values into the statement.
	 *
	 * @param list<int|string|null> $params
	 */
	public static function text( mysqli $link, string $sql, array $params ): string {
		$next = 0;
		$text = preg_replace_callback(
			self::PIECES,
			static function ( array $piece ) use ( $link, $params, &$next ): string {
				if ( '?' !== $piece[0] ) {
					return $piece[0];
				}
				if ( ! array_key_exists( $next, $params ) ) {
					throw new RuntimeException( 'The statement has more placeholders than values: ' . count( $params ) );
				}
				return self::literal( $link, $params[ $next++ ] );
			},
			$sql
		);
		if ( null === $text || count( $params ) !== $next ) {
			throw new RuntimeException( "The statement has $next placeholders for " . count( $params ) . ' values' );
		}
		return $text;
	}

	/** One value as SQL. */
	private static function literal( mysqli $link, int|string|null $value ): string {
		if ( null === $value ) {
			return 'NULL';
		}
		if ( is_int( $value ) ) {
			return (string) $value;
		}
		$quoted = "'" . $link->real_escape_string( $value ) . "'";
		/* Bytes, not characters: the connection may be WordPress's own, in latin1 or a utf8 without emojis. */
		return preg_match( '/[\x80-\xff]/', $value ) ? '_binary' . $quoted : $quoted;
	}

	/**
	 * Throws in both of mysqli's report modes: they belong to the process, not to us.
	 *
	 * @param list<int|string|null> $params
	 */
	private static function query( mysqli $link, string $sql, array $params ): mysqli_result|bool {
		$result = $link->query( self::text( $link, $sql, $params ) );
		if ( false === $result ) {
			throw new RuntimeException( "{$link->error} ({$link->errno})", $link->errno );
		}
		return $result;
	}
}
