<?php
/**
 * Automation is refused on this site, and why.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/**
 * Nothing was started.
 */
final class Unavailable extends RuntimeException {
}
