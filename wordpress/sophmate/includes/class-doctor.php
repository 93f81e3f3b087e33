<?php
/**
 * What automation rests on, looked at.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use SophMate\Dialect;
use SophMate\Schema;

defined( 'ABSPATH' ) || exit;

/**
 * Each check answers 'good', 'wrong' (automation is refused or not safe) or 'note'.
 */
final class Doctor {

	/** Clocks further apart than this recover nothing; seconds. */
	private const CLOCKS = 5.0;

	/** A tick older than this is missed; seconds. */
	private const TICK = 300;

	/** The server's code for a lock that was not given in time. */
	private const LOCK_TIMEOUT = 1205;

	/** The server's codes for what says nothing about locks: may not create (temporary) tables; needs a binlog by rows. */
	private const NOT_TRIED = array( 1044, 1142, 1665 );

	/**
	 * All checks.
	 *
	 * @return list<array{check: string, state: string, finding: string}>
	 */
	public static function examine(): array {
		$store = Engines::store();
		$rows  = array(
			self::row( 'versions', 'good', 'plugin ' . SOPHMATE_VERSION . ', extension ' . sophmate_extension_version() . ', PHP ' . PHP_VERSION . ', WordPress ' . get_bloginfo( 'version' ) ),
			self::row( 'store', $store instanceof WpdbStore ? 'good' : 'note', $store->describe() ),
			self::row( 'tables', 'good', "begin with {$store->tablePrefix()}" ),
		);
		foreach ( Installer::check() as $finding ) {
			$rows[] = self::row( 'tables', 'wrong', $finding );
		}
		$checks = array(
			'identity'    => self::identity( ... ),
			'clock'       => self::clock( ... ),
			'workflows'   => self::workflows( ... ),
			'switch_lock' => self::switch_lock( ... ),
			'tick'        => self::tick( ... ),
			'audit_log'   => self::audit_log( ... ),
		);
		foreach ( $checks as $check => $look ) {
			try {
				$rows[] = $look( $store );
			} catch ( \Throwable $e ) {
				$rows[] = self::row( $check, 'wrong', $e->getMessage() );
			}
		}
		return $rows;
	}

	/**
	 * One line.
	 *
	 * @return array{check: string, state: string, finding: string}
	 */
	private static function row( string $check, string $state, string $finding ): array {
		return compact( 'check', 'state', 'finding' );
	}

	/** @return array{check: string, state: string, finding: string} */
	private static function identity( SiteStore $store ): array {
		$identity = Schema::identity( $store );
		return $identity['matches']
			? self::row( 'identity', 'good', "site {$identity['site_id']} in {$store->environment()}" )
			: self::row( 'identity', 'wrong', Installer::not_at_home() );
	}

	/** @return array{check: string, state: string, finding: string} */
	private static function clock( SiteStore $store ): array {
		$sql    = Dialect::Sqlite === $store->dialect()
			? "SELECT CAST((julianday('now')-2440587.5)*86400000000 AS INTEGER) AS now_us"
			: "SELECT TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(6)) AS now_us";
		$before = microtime( true );
		$theirs = (int) $store->read( $sql, array() )[0]['now_us'] / 1000000;
		$apart  = $theirs - ( $before + microtime( true ) ) / 2;
		return self::row( 'clock', abs( $apart ) > self::CLOCKS ? 'wrong' : 'good', sprintf( "the database's clock is %.3f s from this host's", $apart ) );
	}

	/** @return array{check: string, state: string, finding: string} */
	private static function workflows( SiteStore $store ): array {
		Engines::current();
		$listeners = has_action( 'sophmate_register_workflows' );
		return self::row( 'workflows', 'good', $listeners ? 'registered by plugins' : 'no plugin registers any' );
	}

	/**
	 * While a start is on its way, a flip of its switch must wait. Only the server can break this (a proxy that
	 * spreads statements, an engine without row locks), so it is tried, in the weakest isolation level.
	 *
	 * @return array{check: string, state: string, finding: string}
	 */
	private static function switch_lock( SiteStore $store ): array {
		if ( ! $store instanceof WpdbStore ) {
			return Dialect::Sqlite === $store->dialect()
				? self::row( 'switch_lock', 'good', 'SQLite has one writer at a time' )
				: self::row( 'switch_lock', 'note', 'not tried: it needs connections of its own' );
		}
		$start = WpdbStore::connect();
		$flip  = WpdbStore::connect();
		$table = $store->tablePrefix() . 'switch';
		try {
			MysqliStatement::run( $start, 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED' );
			MysqliStatement::run( $start, "CREATE TEMPORARY TABLE {$store->tablePrefix()}doctor (target varchar(64) CHARACTER SET ascii COLLATE ascii_bin)" );
			MysqliStatement::run( $start, 'START TRANSACTION' );
			MysqliStatement::run( $start, "INSERT INTO {$store->tablePrefix()}doctor SELECT target FROM $table WHERE target='*' LOCK IN SHARE MODE" );
			MysqliStatement::run( $flip, 'SET SESSION innodb_lock_wait_timeout=1' );
			$passed = MysqliStatement::run( $flip, "UPDATE $table SET generation=generation WHERE target='*'", self::LOCK_TIMEOUT );
			MysqliStatement::run( $start, 'ROLLBACK' );
		} catch ( \Exception $e ) {
			if ( ! in_array( $e->getCode(), self::NOT_TRIED, true ) ) {
				throw $e;
			}
			return self::row( 'switch_lock', 'note', 'could not be tried: ' . $e->getMessage() );
		} finally {
			$start->close();
			$flip->close();
		}
		return $passed
			? self::row( 'switch_lock', 'wrong', 'a switch can be flipped past a start that is on its way: a hold may come too late' )
			: self::row( 'switch_lock', 'good', 'a flip waits for the starts that are on their way' );
	}

	/** @return array{check: string, state: string, finding: string} */
	private static function tick( SiteStore $store ): array {
		$last = (int) get_option( Ticker::OPTION );
		$how  = defined( 'DISABLE_WP_CRON' ) && constant( 'DISABLE_WP_CRON' ) ? 'DISABLE_WP_CRON is set: something else must call wp-cron.php or `wp sophmate work`' : 'by WP-Cron';
		if ( 0 === $last ) {
			return self::row( 'tick', 'note', "there was none yet; $how" );
		}
		$age = time() - $last;
		return self::row( 'tick', $age > self::TICK ? 'wrong' : 'good', "the last one was $age s ago; $how" );
	}

	/**
	 * Who signs the log here, and what is wrong with the keys.
	 *
	 * @return array{check: string, state: string, finding: string}
	 */
	private static function audit_log( SiteStore $store ): array {
		$log  = Signer::log()->log();
		$ring = AuditLog::keys();
		$here = null;
		foreach ( $ring['keys'] as $key ) {
			if ( null !== $key['problem'] ) {
				return self::row( 'audit_log', 'wrong', "the key {$key['file']} is refused: {$key['problem']}" );
			}
			$here = $key['origin'] === $log['origin'] ? $key : $here;
		}
		if ( null !== $ring['dir'] ) {
			return self::row( 'audit_log', 'wrong', "sophmate.key_dir: {$ring['dir']}" );
		}
		if ( null === $log['key'] ) {
			return self::row( 'audit_log', 'note', "{$log['origin']} has no key: its heads are not signed (wp sophmate keys create)" );
		}
		if ( null === $here ) {
			return self::row( 'audit_log', 'note', "{$log['origin']} is signed elsewhere: this host has not got its key" );
		}
		if ( '' === (string) ini_get( 'sophmate.state_dir' ) ) {
			return self::row( 'audit_log', 'wrong', 'sophmate.state_dir is not set: this host signs nothing' );
		}
		$anchor = '' === (string) ini_get( 'sophmate.anchor_file' ) && ! Signer::witnesses() ? '; no anchor file and no witness: whoever owns this host can rewrite it' : '';
		return self::row( 'audit_log', $here['locked'] && '' === $anchor ? 'good' : 'note', "{$log['origin']} is signed here" . ( $here['locked'] ? '' : ', with a key that is not locked in memory' ) . $anchor );
	}
}
