<?php
/**
 * The site's database through the connection that $wpdb has.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use mysqli;
use RuntimeException;
use SophMate\Dialect;
use SophMate\StoreError;

defined( 'ABSPATH' ) || exit;

/**
 * For sites whose db.php replaces the database class, or that may open one connection only (SOPHMATE_STORE is
 * 'shared'). It uses $wpdb's raw handle, never query(). Every write first makes sure that no transaction is open:
 * a rollback would take the record of a charge with it.
 */
final class SharedWpdbStore extends SiteStore {

	/** The server's code for "SAVEPOINT does not exist". */
	private const NO_SAVEPOINT = 1305;

	/** The probe's savepoint. A name of its own: the same name in a caller's transaction would be replaced. */
	private const SAVEPOINT = 'sophmate_probe_7d1f';

	/** $wpdb's handle when this store last met it, and in which process that was. */
	private ?mysqli $met = null;
	private int $pid     = 0;

	/**
	 * Connections of a parent process, kept so that they are not closed, see reset().
	 *
	 * @var list<mysqli>
	 */
	private static array $inherited = array(); // @phpstan-ignore property.onlyWritten (that is the point)

	/** Opens no connection; remembers whose the one of $wpdb is. */
	public function __construct() {
		global $wpdb;
		parent::__construct();
		$this->meet( $wpdb->dbh ?? null );
	}

	public function dialect(): Dialect {
		return Dialect::MySql;
	}

	/**
	 * One statement, outside any transaction.
	 *
	 * @param list<int|string|null> $params
	 * @throws StoreError Surely not tried: a transaction is open.
	 */
	public function write( string $sql, array $params ): int {
		$link = $this->link();
		if ( self::in_transaction( $link ) ) {
			throw new StoreError( 'A database transaction is open on the shared connection (or autocommit is off): nothing is recorded, and so nothing is started, inside one' );
		}
		return MysqliStatement::write( $link, $sql, $params );
	}

	/**
	 * One statement's rows.
	 *
	 * @param list<int|string|null> $params
	 * @return list<array<string, int|string|null>>
	 */
	public function read( string $sql, array $params ): array {
		return MysqliStatement::read( $this->link(), $sql, $params );
	}

	/**
	 * A handle that still answers stays: closing it would end a transaction of the caller without a word. One that
	 * died, or that was left in the middle of a query, or that is a parent process's, is replaced for WordPress too.
	 */
	public function reset(): void {
		global $wpdb;
		$link = $wpdb->dbh ?? null;
		if ( $link instanceof mysqli && $link === $this->met && getmypid() !== $this->pid ) {
			/* A parent process talks on this one: whatever we sent, also a goodbye, would come in the middle of its words. */
			self::$inherited[] = $link;
		} elseif ( $link instanceof mysqli ) {
			try {
				if ( MysqliStatement::run( $link, 'DO 1' ) ) {
					return;
				}
			} catch ( \Throwable $e ) {
				unset( $e ); // Replaced below.
			}
			$wpdb->close();
		}
		$wpdb->db_connect( false );
		$this->meet( $wpdb->dbh ?? null );
	}

	public function describe(): string {
		global $wpdb;
		return 'connection shared with $wpdb (class ' . get_class( $wpdb ) . ')';
	}

	/** SAVEPOINT outside a transaction leaves nothing to release: the one probe that MySQL and MariaDB share. */
	private static function in_transaction( mysqli $link ): bool {
		MysqliStatement::run( $link, 'SAVEPOINT ' . self::SAVEPOINT );
		return MysqliStatement::run( $link, 'RELEASE SAVEPOINT ' . self::SAVEPOINT, self::NO_SAVEPOINT );
	}

	/** The handle to the primary. */
	private function link(): mysqli {
		global $wpdb;
		$link = $wpdb->dbh ?? null;
		foreach ( array( 'send_reads_to_primaries', 'send_reads_to_masters' ) as $method ) {
			if ( method_exists( $wpdb, $method ) ) {
				/* A class that spreads queries over servers: ask for the handle that a write would get. */
				$wpdb->$method();
				$link = $wpdb->db_connect( "UPDATE {$this->tablePrefix()}meta SET pos = pos" );
				break;
			}
		}
		if ( ! $link instanceof mysqli ) {
			$link = $wpdb->dbh ?? null;
		}
		if ( ! $link instanceof mysqli ) {
			throw new RuntimeException( '$wpdb (class ' . get_class( $wpdb ) . ') has no mysqli handle: automation cannot store its records' );
		}
		$this->meet( $link );
		return $link;
	}

	/** Another handle than before is this process's own: it was opened since. */
	private function meet( mixed $link ): void {
		if ( $link instanceof mysqli && $link !== $this->met ) {
			$this->met = $link;
			$this->pid = (int) getmypid();
		}
	}
}
