<?php
/**
 * The command `wp order-example`.
 *
 * @package sophmate-order-example
 */

declare(strict_types=1);

namespace SophMate\OrderExample;

use SophMate\Run;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Places example orders and shows what became of them.
 */
final class OrderCommand {

	/**
	 * Places an order and fulfils it as far as it goes.
	 *
	 * ## OPTIONS
	 *
	 * [--customer=<name>]
	 * : Name of the customer.
	 * ---
	 * default: Åsa 🛒
	 * ---
	 *
	 * [--email=<address>]
	 * : Address of the customer.
	 * ---
	 * default: asa@example.test
	 * ---
	 *
	 * [--total=<amount>]
	 * : What it costs.
	 * ---
	 * default: 12.50
	 * ---
	 *
	 * [--currency=<code>]
	 * : In which currency.
	 * ---
	 * default: EUR
	 * ---
	 *
	 * [--later]
	 * : Leave the first step to the tick.
	 *
	 * [--porcelain]
	 * : Print only the order's and the run's id.
	 *
	 * ## EXIT CODES
	 *
	 * 0 when the order was placed, wherever its run rests; 1 when it was not.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function place( array $args, array $options ): void {
		$order = Orders::create(
			array(
				'name'     => (string) $options['customer'],
				'email'    => (string) $options['email'],
				'total'    => (string) $options['total'],
				'currency' => (string) $options['currency'],
			)
		);
		Orders::process( $order );
		$run_id = (string) get_post_meta( $order, Orders::RUN, true );
		if ( '' === $run_id ) {
			WP_CLI::error( "Order $order was placed, but not started: " . implode( ' ', Orders::notes( $order ) ) );
		}
		if ( ! isset( $options['later'] ) ) {
			Flow::advance( $run_id );
		}
		if ( isset( $options['porcelain'] ) ) {
			WP_CLI::line( "$order $run_id" );
			return;
		}
		$this->show( $order );
	}

	/**
	 * Shows orders: status, run, notes.
	 *
	 * ## OPTIONS
	 *
	 * [<order>]
	 * : Number of an order; without it all are listed.
	 *
	 * [--field=<field>]
	 * : With an order: prints one of order, status, run, state, step.
	 *
	 * [--format=<format>]
	 * : table, json, csv or yaml; for the list.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param list<string>          $args    The order.
	 * @param array<string, string> $options See above.
	 */
	public function status( array $args, array $options ): void {
		if ( isset( $args[0] ) ) {
			$order = (int) $args[0];
			if ( get_post_type( $order ) !== Orders::TYPE ) {
				WP_CLI::error( "There is no order {$args[0]}" );
			}
			if ( isset( $options['field'] ) ) {
				$row = $this->row( $order );
				if ( ! array_key_exists( $options['field'], $row ) ) {
					WP_CLI::error( '--field must be one of ' . implode( ', ', array_keys( $row ) ) . ", got '{$options['field']}'" );
				}
				WP_CLI::line( $row[ $options['field'] ] );
				return;
			}
			$this->show( $order );
			return;
		}
		$orders = get_posts( array( 'post_type' => Orders::TYPE, 'post_status' => array_keys( Orders::statuses() ), 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC', 'fields' => 'ids' ) );
		WP_CLI\Utils\format_items( (string) $options['format'], array_map( array( $this, 'row' ), $orders ), array( 'order', 'status', 'customer', 'state', 'step', 'run' ) );
	}

	/**
	 * Says what the services can do, for the runs that begin from now on.
	 *
	 * Open runs of the other setting rest as paused: their definition changed.
	 *
	 * ## OPTIONS
	 *
	 * [--lookup=<on|off>]
	 * : Whether billing, CRM and provisioning can be asked what happened.
	 *
	 * [--keys=<on|off>]
	 * : Whether the CRM absorbs a second request with the same key.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options See above.
	 */
	public function configure( array $args, array $options ): void {
		$settings = Flow::settings();
		foreach ( array_keys( $settings ) as $name ) {
			if ( ! isset( $options[ $name ] ) ) {
				continue;
			}
			if ( ! in_array( $options[ $name ], array( 'on', 'off' ), true ) ) {
				WP_CLI::error( "--$name must be on or off, got '{$options[ $name ]}'" );
			}
			$settings[ $name ] = 'on' === $options[ $name ];
		}
		update_option( Flow::OPTION, $settings, true );
		foreach ( $settings as $name => $on ) {
			WP_CLI::line( "$name " . ( $on ? 'on' : 'off' ) );
		}
	}

	private function show( int $order ): void {
		foreach ( $this->row( $order ) as $name => $value ) {
			WP_CLI::line( sprintf( '%-10s %s', $name, $value ) );
		}
		foreach ( Orders::notes( $order ) as $note ) {
			WP_CLI::line( "note       $note" );
		}
	}

	/**
	 * An order as a row.
	 *
	 * @return array<string, string>
	 */
	private function row( int $order ): array {
		$run_id = (string) get_post_meta( $order, Orders::RUN, true );
		$run    = '' === $run_id ? null : sophmate_find( $run_id );
		$status = (string) get_post_status( $order );
		return array(
			'order'    => (string) $order,
			'status'   => strtolower( Orders::statuses()[ $status ] ?? $status ),
			'customer' => Orders::fields( $order )['name'],
			'run'      => $run_id,
			'state'    => $run instanceof Run ? $run->state->value : '',
			'step'     => $run instanceof Run ? (string) $run->step : '',
		);
	}
}
