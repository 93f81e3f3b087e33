<?php
/**
 * The commands of `wp sophmate audit` that read.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\AuditLog;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Verifies, proves and exports the audit log.
 */
final class AuditVerifyCommand extends Command {

	private const FORMATS = array( 'table', 'json', 'yaml', 'csv' );

	/** The progress bar, once there is something to show. */
	private \cli\progress\Bar|WP_CLI\NoOp|null $bar = null;

	/** Leaves that the bar knows. */
	private int $shown = 0;

	/**
	 * Reads the whole journal as an auditor would, and says what is wrong and where. Changes nothing.
	 *
	 * ## OPTIONS
	 *
	 * [--keys=<keys>]
	 * : Verifier keys of this log and of witnesses, with commas between them, from elsewhere than this site. Default: this host's own
	 * key, else what the journal says.
	 *
	 * [--pending=<seconds>]
	 * : How long an event may wait for its place in the log, or for the projections (exit code 10); `any` not to ask.
	 * ---
	 * default: 3600
	 * ---
	 *
	 * [--anchor=<seconds>]
	 * : How old a leaf may be that no anchor covers (exit code 20). Default: not asked.
	 *
	 * [--tree-only]
	 * : Leaves, tree and heads alone, not what the events mean.
	 *
	 * [--resume]
	 * : Begin behind the leaves that this host's head file vouches for. Quick, and blind to changes before them.
	 *
	 * [--findings=<n>]
	 * : Most findings to list; all are counted.
	 * ---
	 * default: 20
	 * ---
	 *
	 * [--format=<format>]
	 * : table, json, yaml or csv (the findings).
	 * ---
	 * default: table
	 * ---
	 *
	 * ## EXIT CODES
	 *
	 *     0   sound
	 *     10  events wait for their place, or for the projections, longer than asked
	 *     20  no anchor is newer than asked
	 *     30  a known head contradicts: cut off, restored or rewritten; or a log that has a key shows no head
	 *     40  invalid: what is stored is not what was written
	 *     1, 6  it could not be verified: arguments, database
	 *
	 * The worst finding decides.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate audit verify
	 *     wp sophmate audit verify --anchor=86400 --format=json
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function verify( array $args, array $options ): void {
		$format   = self::choice( $options, 'format', self::FORMATS, 'table' );
		$keys     = array_values( array_filter( explode( ',', (string) ( $options['keys'] ?? '' ) ), static fn ( string $key ): bool => '' !== $key ) );
		$pending  = 'any' === ( $options['pending'] ?? null ) ? null : self::seconds( $options, 'pending', 3600.0 );
		$anchor   = self::seconds( $options, 'anchor', null );
		$findings = self::count( $options, 'findings', 20 );
		$log      = self::log();
		$report   = self::attempt(
			fn (): array => $log->verify(
				progress: 'table' === $format ? $this->progress( ... ) : null,
				keys: $keys,
				pendingSeconds: $pending,
				anchorSeconds: $anchor,
				treeOnly: isset( $options['tree-only'] ),
				resume: isset( $options['resume'] ),
				findings: $findings
			)
		);
		$this->bar?->finish();
		match ( $format ) {
			'json' => WP_CLI::line( (string) wp_json_encode( $report, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) ),
			'yaml' => WP_CLI::print_value( $report, array( 'format' => 'yaml' ) ),
			'csv' => WP_CLI\Utils\format_items( 'csv', $report['findings'], array( 'exit_code', 'what', 'index', 'last', 'stream', 'seq', 'message' ) ),
			default => self::print( $report ),
		};
		if ( 0 !== $report['exit_code'] ) {
			WP_CLI::halt( $report['exit_code'] );
		}
	}

	/**
	 * Writes a proof that an event is in the log, which anybody can check with docs/verify/verify.sh.
	 *
	 * ## OPTIONS
	 *
	 * <event>
	 * : Id of the event, 32 hex digits: `wp sophmate run show <run> --format=json` lists them.
	 *
	 * [--file=<file>]
	 * : Where to; it must not exist. Default: standard output.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate audit prove 0192f5c87b1e7c3a9d2b0123456789ab --file=event.tlog-proof
	 *
	 * @param list<string>          $args    The event's id.
	 * @param array<string, string> $options See above.
	 */
	public function prove( array $args, array $options ): void {
		$log   = self::log();
		$proof = self::attempt( static fn (): string => $log->prove( $args[0] ) );
		$file  = (string) ( $options['file'] ?? '' );
		if ( '' === $file ) {
			fwrite( STDOUT, $proof ); // phpcs:ignore WordPress.WP.AlternativeFunctions
			return;
		}
		$handle = is_file( $file ) ? false : @fopen( $file, 'xb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions, WordPress.PHP.NoSilencedErrors
		if ( false === $handle || strlen( $proof ) !== fwrite( $handle, $proof ) || ! fclose( $handle ) ) { // phpcs:ignore WordPress.WP.AlternativeFunctions
			self::fail( "--file: $file exists, or cannot be written", self::USAGE );
		}
		WP_CLI::success( "The proof is in $file" );
	}

	/**
	 * Writes the log up to its newest signed checkpoint into a folder (C2SP tlog-tiles), for docs/verify/verify.sh and other tools.
	 *
	 * ## OPTIONS
	 *
	 * <folder>
	 * : Is made where it is missing; no earlier export may be in it.
	 *
	 * ## EXAMPLES
	 *
	 *     wp sophmate audit export /srv/audit/2026-11
	 *
	 * @param list<string> $args The folder.
	 */
	public function export( array $args ): void {
		$log  = self::log();
		$done = self::attempt( static fn (): array => $log->export( $args[0] ) );
		WP_CLI::success( sprintf( '%d leaves of %s in %d files, %d bytes: %s', $done['size'], $done['log'], $done['files'], $done['bytes'], $args[0] ) );
	}

	/** Of the current site, also where automation is refused: what is wrong is what somebody wants to know. */
	private static function log(): AuditLog {
		return self::attempt( static fn (): AuditLog => new AuditLog( Engines::store() ) );
	}

	private function progress( int $done, int $of ): void {
		$this->bar ??= WP_CLI\Utils\make_progress_bar( 'Verifying', $of );
		$this->bar->tick( $done - $this->shown );
		$this->shown = $done;
	}

	/**
	 * An option in seconds.
	 *
	 * @param array<string, string> $options
	 */
	private static function seconds( array $options, string $name, ?float $default ): ?float {
		if ( ! isset( $options[ $name ] ) ) {
			return $default;
		}
		if ( ! is_numeric( $options[ $name ] ) || $options[ $name ] < 0 ) {
			self::fail( "--$name must be a number of seconds, got '{$options[ $name ]}'", self::USAGE );
		}
		return (float) $options[ $name ];
	}

	/**
	 * An option that counts.
	 *
	 * @param array<string, string> $options
	 */
	private static function count( array $options, string $name, int $default ): int {
		$value = (string) ( $options[ $name ] ?? $default );
		if ( ! ctype_digit( $value ) || strlen( $value ) > 5 ) {
			self::fail( "--$name must be a whole number, got '$value'", self::USAGE );
		}
		return (int) $value;
	}

	/**
	 * For a person.
	 *
	 * @param array<string, mixed> $report
	 */
	private static function print( array $report ): void {
		WP_CLI::line( "Log      {$report['log']}" );
		WP_CLI::line( "Leaves   {$report['size']}" . ( $report['from'] > 0 ? ", those before {$report['from']} as they were verified before" : '' ) . ", {$report['pending']} events wait for a place" );
		WP_CLI::line( 'Root     ' . ( $report['root'] ?? 'none: leaves are missing' ) );
		WP_CLI::line( "Heads    {$report['checkpoints']} stored checkpoints, {$report['heads']} head files, {$report['anchors']} anchors; signed to leaf {$report['signed_size']}, anchored to {$report['anchored_size']}" );
		WP_CLI::line( "Values   {$report['openings']} open their commitments, {$report['erased']} were erased by an event" );
		WP_CLI::line( "Streams  {$report['streams']}; {$report['runs']} rows of runs, {$report['switches']} of switches" );
		foreach ( $report['findings'] as $f ) {
			$where = null === $f['index'] ? '' : ( $f['index'] === $f['last'] ? "leaf {$f['index']}" : "leaves {$f['index']} to {$f['last']}" );
			$where = trim( $where . ( null === $f['stream'] ? '' : ", stream {$f['stream']}, event {$f['seq']}" ), ', ' );
			WP_CLI::line( "{$f['exit_code']}  " . ( '' === $where ? '' : "$where: " ) . $f['message'] );
		}
		$listed = count( $report['findings'] );
		if ( $listed < $report['found'] ) {
			WP_CLI::line( sprintf( '... and %d more findings', $report['found'] - $listed ) );
		}
		if ( 0 === $report['exit_code'] ) {
			WP_CLI::success( 'The log is sound' );
		} else {
			WP_CLI::error( "The log is not sound: {$report['verdict']}", false );
		}
	}
}
