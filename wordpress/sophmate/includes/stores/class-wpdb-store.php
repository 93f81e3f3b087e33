<?php
/**
 * The site's database through a connection of our own.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use mysqli;
use RuntimeException;
use SophMate\Dialect;

defined( 'ABSPATH' ) || exit;

/**
 * Connects to WordPress's database beside $wpdb, with the DB_* constants read as wpdb reads them, at the first
 * statement: records must survive a rollback of the caller's transaction. A refused connection is an error, never a
 * reason to share $wpdb's.
 */
final class WpdbStore extends SiteStore {

	private const CONNECT_SECONDS = 3;
	private const ANSWER_SECONDS  = 10;
	private const LOCK_SECONDS    = 3;

	/** The server's code for "Unknown system variable". */
	private const UNKNOWN_VARIABLE = 1193;

	private ?mysqli $link = null;
	private int $pid      = 0;

	/**
	 * Connections of a parent process, kept so that they are not closed, see reset().
	 *
	 * @var list<mysqli>
	 */
	private static array $inherited = array(); // @phpstan-ignore property.onlyWritten (that is the point)

	public function dialect(): Dialect {
		return Dialect::MySql;
	}

	/**
	 * One statement.
	 *
	 * @param list<int|string|null> $params
	 */
	public function write( string $sql, array $params ): int {
		return MysqliStatement::write( $this->link(), $sql, $params );
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

	public function reset(): void {
		if ( null === $this->link ) {
			return;
		}
		$link       = $this->link;
		$this->link = null;
		if ( getmypid() !== $this->pid ) {
			/* Closing an inherited connection says goodbye to the server in the parent's name. */
			self::$inherited[] = $link;
			return;
		}
		try {
			$link->close();
		} catch ( \Throwable $e ) {
			unset( $e ); // Already closed: what we wanted.
		}
	}

	public function describe(): string {
		return 'own connection to the database of WordPress';
	}

	private function link(): mysqli {
		if ( null === $this->link ) {
			$this->link = self::connect();
			$this->pid  = (int) getmypid();
		}
		return $this->link;
	}

	/** A connection as PROTOCOL section 5 wants it. Doctor opens two. */
	public static function connect( string $db_host = DB_HOST ): mysqli {
		$link = mysqli_init();
		if ( false === $link ) {
			throw new RuntimeException( 'mysqli cannot be initialised' );
		}
		$link->options( MYSQLI_OPT_CONNECT_TIMEOUT, self::CONNECT_SECONDS );
		$link->options( MYSQLI_OPT_READ_TIMEOUT, self::ANSWER_SECONDS );
		$link->options( MYSQLI_SET_CHARSET_NAME, 'utf8mb4' ); // What escaping goes by.
		self::set_tls_files( $link );

		list( $host, $port, $socket ) = self::address( $db_host );
		try {
			// phpcs:ignore WordPress.PHP.NoSilencedErrors.Discouraged -- the error is thrown below.
			$connected = @$link->real_connect( $host, DB_USER, DB_PASSWORD, DB_NAME, $port, $socket, self::flags() );
		} catch ( \mysqli_sql_exception $e ) {
			throw new RuntimeException( 'No connection to the database: ' . $e->getMessage(), (int) $e->getCode(), $e );
		}
		if ( ! $connected ) {
			throw new RuntimeException( "No connection to the database: {$link->connect_error}", $link->connect_errno );
		}

		MysqliStatement::run( $link, 'SET NAMES utf8mb4, autocommit=1, innodb_lock_wait_timeout=' . self::LOCK_SECONDS );
		MysqliStatement::run( $link, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ' );
		/* Without it a Galera node may start a step that another node's switch already holds. */
		MysqliStatement::run( $link, 'SET SESSION wsrep_sync_wait=5', self::UNKNOWN_VARIABLE );
		if ( ! str_contains( $link->server_info, 'MariaDB' ) ) {
			MysqliStatement::run( $link, "SET SESSION group_replication_consistency='BEFORE'", self::UNKNOWN_VARIABLE );
		}
		return $link;
	}

	/**
	 * DB_HOST as wpdb::db_connect() understands it: host, port, socket, IPv6.
	 *
	 * @return array{string, ?int, ?string}
	 */
	private static function address( string $db_host ): array {
		global $wpdb;
		$parts = $wpdb->parse_db_host( $db_host );
		if ( ! $parts ) {
			return array( $db_host, null, null );
		}
		list( $host, $port, $socket, $is_ipv6 ) = $parts;
		return array( $is_ipv6 ? "[$host]" : $host, $port, $socket );
	}

	/** The site's flags, but an UPDATE must answer how many rows it changed, not how many it found. */
	private static function flags(): int {
		$flags = defined( 'MYSQL_CLIENT_FLAGS' ) ? (int) constant( 'MYSQL_CLIENT_FLAGS' ) : 0;
		return $flags & ~MYSQLI_CLIENT_FOUND_ROWS;
	}

	/** The constants by which hosters name certificate files for MYSQLI_CLIENT_SSL; WordPress itself has none. */
	private static function set_tls_files( mysqli $link ): void {
		$files = array();
		foreach ( array( 'KEY', 'CERT', 'CA', 'CA_PATH', 'CIPHER' ) as $what ) {
			$name    = "MYSQL_SSL_$what";
			$files[] = defined( $name ) ? (string) constant( $name ) : null;
		}
		if ( array_filter( $files ) ) {
			$link->ssl_set( ...$files );
		}
	}
}
