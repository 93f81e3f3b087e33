<?php
/**
 * Plugin Name:       Sophmate order example
 * Description:       The reference flow: an order goes through CRM, billing, provisioning and a welcome mail, and may stop anywhere without a second charge.
 * Version:           0.1.0
 * Requires at least: 6.4
 * Requires PHP:      8.2
 * Requires Plugins:  sophmate
 * Author:            The sophmate authors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 *
 * @package sophmate-order-example
 */

declare(strict_types=1);

namespace SophMate\OrderExample;

defined( 'ABSPATH' ) || exit;

require __DIR__ . '/includes/class-orders.php';
require __DIR__ . '/includes/class-flow.php';
require __DIR__ . '/includes/class-service.php';

register_activation_hook( __FILE__, array( Flow::class, 'activate' ) );
add_action( 'init', array( Orders::class, 'register' ) );
add_action( 'pre_get_comments', array( Orders::class, 'hide_notes' ) );
add_action( 'add_meta_boxes_' . Orders::TYPE, array( Orders::class, 'add_meta_box' ) );

add_action( 'sophmate_register_workflows', array( Flow::class, 'register' ) );
add_action( 'sophmate_order_processing', array( Flow::class, 'begin' ) );
add_action( 'sophmate_run_changed', array( Flow::class, 'run_changed' ), 10, 2 );

if ( defined( 'WP_CLI' ) && \WP_CLI ) {
	require __DIR__ . '/includes/class-order-command.php';
	\WP_CLI::add_command( 'order-example', OrderCommand::class );
}
