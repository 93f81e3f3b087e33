<?php
/**
 * A witness did not cosign.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

defined( 'ABSPATH' ) || exit;

/**
 * The code is the HTTP status of its answer, 0 where there was none.
 */
final class WitnessRefused extends \RuntimeException {
}
