<?php
/**
 * What the commands about the audit log share.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use SophMate\IllegalHistory;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Exit codes of the log: those of `wp sophmate audit verify`.
 */
abstract class AuditExit extends Command {

	/** No anchor newer than asked: a witness did not cosign. */
	protected const NO_ANCHOR = 20;
	/** A known head contradicts the journal. */
	protected const CONTRADICTS = 30;
	/** The journal, or a kept head, is not what was signed. */
	protected const INVALID = 40;

	/**
	 * As attempt(); what contradicts ends with its own code.
	 *
	 * @template T
	 * @param callable(): T $what
	 * @return T
	 */
	protected static function audited( callable $what ): mixed {
		return self::attempt(
			static function () use ( $what ): mixed {
				try {
					return $what();
				} catch ( IllegalHistory $e ) {
					self::fail( $e->getMessage(), self::CONTRADICTS === $e->getCode() ? self::CONTRADICTS : self::INVALID );
				}
			}
		);
	}
}
