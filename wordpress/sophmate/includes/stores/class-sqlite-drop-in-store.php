<?php
/**
 * The site's database where the SQLite drop-in runs it.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use PDO;
use PDOException;
use PDOStatement;
use SophMate\Dialect;
use SophMate\StoreError;

defined( 'ABSPATH' ) || exit;

/**
 * Our statements are SQLite's own and go through the drop-in's raw PDO, never through its translator (whose text
 * columns ignore case).
 */
final class SqliteDropInStore extends SiteStore {

	private ?PDO $prepared = null;

	/** Whether $wpdb is the drop-in. */
	public static function serves( object $wpdb ): bool {
		return is_object( $wpdb->dbh ?? null ) && method_exists( $wpdb->dbh, 'get_connection' );
	}

	public function dialect(): Dialect {
		return Dialect::Sqlite;
	}

	/**
	 * One statement, outside any transaction.
	 *
	 * @param list<int|string|null> $params
	 * @throws StoreError Surely not tried: a transaction is open.
	 */
	public function write( string $sql, array $params ): int {
		$pdo = $this->pdo();
		if ( self::in_transaction( $pdo ) ) {
			throw new StoreError( 'A database transaction is open: nothing is recorded, and so nothing is started, inside one' );
		}
		$statement = self::execute( $pdo, $sql, $params );
		$rows      = $statement->rowCount();
		$statement->closeCursor();
		return $rows;
	}

	/**
	 * One statement's rows.
	 *
	 * @param list<int|string|null> $params
	 * @return list<array<string, int|string|null>>
	 */
	public function read( string $sql, array $params ): array {
		$pdo       = $this->pdo();
		$statement = self::execute( $pdo, $sql, $params );
		/* The drop-in wants every value as text, as MySQL answers; we do not. */
		$stringify = $pdo->getAttribute( PDO::ATTR_STRINGIFY_FETCHES );
		$pdo->setAttribute( PDO::ATTR_STRINGIFY_FETCHES, false );
		try {
			return array_values( $statement->fetchAll( PDO::FETCH_ASSOC ) );
		} finally {
			$pdo->setAttribute( PDO::ATTR_STRINGIFY_FETCHES, $stringify );
		}
	}

	/** The connection is WordPress's; a SQLite handle does not die. */
	public function reset(): void {
		$this->prepared = null;
	}

	public function describe(): string {
		return 'SQLite, through the connection of the SQLite drop-in';
	}

	private function pdo(): PDO {
		global $wpdb;
		$pdo = $wpdb->dbh->get_connection()->get_pdo();
		if ( $pdo !== $this->prepared && ! self::in_transaction( $pdo ) ) {
			/* The drop-in's NORMAL does not wait for the disk: a power cut would forget an acknowledged intent. */
			$pdo->exec( 'PRAGMA synchronous=FULL' );
			$this->prepared = $pdo;
		}
		return $pdo;
	}

	/** PDO::inTransaction() knows only of PDO's own; BEGIN is refused inside any. */
	private static function in_transaction( PDO $pdo ): bool {
		try {
			$pdo->exec( 'BEGIN' );
		} catch ( PDOException $e ) {
			if ( str_contains( $e->getMessage(), 'within a transaction' ) ) {
				return true;
			}
			throw $e;
		}
		$pdo->exec( 'ROLLBACK' );
		return false;
	}

	/**
	 * Binds each value as what it is.
	 *
	 * @param list<int|string|null> $params
	 */
	private static function execute( PDO $pdo, string $sql, array $params ): PDOStatement {
		$statement = $pdo->prepare( $sql );
		foreach ( $params as $i => $value ) {
			$type = is_int( $value ) ? PDO::PARAM_INT : ( null === $value ? PDO::PARAM_NULL : PDO::PARAM_STR );
			$statement->bindValue( $i + 1, $value, $type );
		}
		$statement->execute();
		return $statement;
	}
}
