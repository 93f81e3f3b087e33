<?php
/**
 * The shop's orders.
 *
 * @package sophmate-order-example
 */

declare(strict_types=1);

namespace SophMate\OrderExample;

use RuntimeException;
use WP_Comment_Query;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * A post type with statuses and notes, as shops have it.
 */
final class Orders {

	public const TYPE       = 'sophmate_order';
	public const PENDING    = 'sm-pending';
	public const PROCESSING = 'sm-processing';
	public const ON_HOLD    = 'sm-on-hold';
	public const COMPLETED  = 'sm-completed';

	/** Meta key of the run that fulfils the order. */
	public const RUN = '_sophmate_run';

	/** Meta keys of what was ordered. */
	private const FIELDS = array( 'name', 'email', 'total', 'currency' );

	private const NOTE = 'sophmate_order_note';

	/** On `init`. */
	public static function register(): void {
		register_post_type(
			self::TYPE,
			array(
				'labels'          => array(
					'name'          => __( 'Example orders', 'sophmate-order-example' ),
					'singular_name' => __( 'Example order', 'sophmate-order-example' ),
				),
				'public'          => false,
				'show_ui'         => true,
				'menu_icon'       => 'dashicons-cart',
				'capability_type' => 'post',
				'map_meta_cap'    => true,
				'capabilities'    => array( 'create_posts' => 'do_not_allow' ),
				'supports'        => array( 'title' ),
			)
		);
		foreach ( self::statuses() as $status => $label ) {
			register_post_status(
				$status,
				array(
					'label'                     => $label,
					'protected'                 => true,
					'show_in_admin_all_list'    => true,
					'show_in_admin_status_list' => true,
				)
			);
		}
	}

	/**
	 * Statuses and what people read.
	 *
	 * @return array<string, string>
	 */
	public static function statuses(): array {
		return array(
			self::PENDING    => __( 'Pending', 'sophmate-order-example' ),
			self::PROCESSING => __( 'Processing', 'sophmate-order-example' ),
			self::ON_HOLD    => __( 'On hold', 'sophmate-order-example' ),
			self::COMPLETED  => __( 'Completed', 'sophmate-order-example' ),
		);
	}

	/**
	 * A new order, pending.
	 *
	 * @param array{name: string, email: string, total: string, currency: string} $fields
	 */
	public static function create( array $fields ): int {
		$order = wp_insert_post(
			array(
				'post_type'   => self::TYPE,
				'post_status' => self::PENDING,
				'post_title'  => wp_slash( "{$fields['name']}, {$fields['total']} {$fields['currency']}" ),
			),
			true
		);
		if ( is_wp_error( $order ) ) {
			throw new RuntimeException( 'The order was not stored: ' . $order->get_error_message() );
		}
		foreach ( self::FIELDS as $field ) {
			update_post_meta( $order, "_order_$field", wp_slash( $fields[ $field ] ) );
		}
		return $order;
	}

	/**
	 * What was ordered.
	 *
	 * @return array<string, string>
	 */
	public static function fields( int $order ): array {
		$fields = array();
		foreach ( self::FIELDS as $field ) {
			$fields[ $field ] = (string) get_post_meta( $order, "_order_$field", true );
		}
		return $fields;
	}

	/** Changes the status; whoever fulfils orders listens to `sophmate_order_processing`. */
	public static function set_status( int $order, string $status ): void {
		if ( get_post_status( $order ) === $status ) {
			return;
		}
		$done = wp_update_post( array( 'ID' => $order, 'post_status' => $status ), true );
		if ( is_wp_error( $done ) ) {
			throw new RuntimeException( "The status of order $order was not stored: " . $done->get_error_message() );
		}
	}

	/** The order was paid or accepted: fulfil it. */
	public static function process( int $order ): void {
		self::set_status( $order, self::PROCESSING );
		/**
		 * Fires when an order is to be fulfilled; may fire twice for one order.
		 *
		 * @param int $order
		 */
		do_action( 'sophmate_order_processing', $order );
	}

	/** Adds a note for the shop's people. */
	public static function note( int $order, string $text ): void {
		wp_insert_comment(
			array(
				'comment_post_ID'  => $order,
				'comment_type'     => self::NOTE,
				'comment_content'  => wp_slash( $text ),
				'comment_author'   => 'Sophmate',
				'comment_agent'    => 'sophmate-order-example',
				'comment_approved' => '1',
			)
		);
	}

	/**
	 * The notes, oldest first.
	 *
	 * @return list<string>
	 */
	public static function notes( int $order ): array {
		$comments = get_comments( array( 'post_id' => $order, 'type' => self::NOTE, 'order' => 'ASC', 'orderby' => 'comment_ID' ) );
		return array_values( array_map( static fn ( $comment ): string => (string) $comment->comment_content, (array) $comments ) );
	}

	/** Keeps the notes out of the site's comments. */
	public static function hide_notes( WP_Comment_Query $query ): void {
		if ( empty( $query->query_vars['type'] ) && empty( $query->query_vars['post_id'] ) ) {
			$query->query_vars['type__not_in'] = array_merge( (array) ( $query->query_vars['type__not_in'] ?? array() ), array( self::NOTE ) );
		}
	}

	/** The order's box in wp-admin. */
	public static function add_meta_box(): void {
		add_meta_box( 'sophmate-order', __( 'Fulfilment', 'sophmate-order-example' ), array( self::class, 'meta_box' ), self::TYPE );
	}

	/** Prints the run and the notes. */
	public static function meta_box( WP_Post $post ): void {
		echo '<p>' . esc_html__( 'Run', 'sophmate-order-example' ) . ': <code>' . esc_html( (string) get_post_meta( $post->ID, self::RUN, true ) ) . '</code></p><ul>';
		foreach ( self::notes( $post->ID ) as $note ) {
			echo '<li>' . esc_html( $note ) . '</li>';
		}
		echo '</ul>';
	}
}
