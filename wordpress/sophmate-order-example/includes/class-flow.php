<?php
/**
 * The order's way through the other systems.
 *
 * @package sophmate-order-example
 */

declare(strict_types=1);

namespace SophMate\OrderExample;

use SophMate\Answer;
use SophMate\Attempt;
use SophMate\Effect;
use SophMate\Engine;
use SophMate\Repeat;
use SophMate\Retry;
use SophMate\Run;
use SophMate\RunState;
use SophMate\Step;
use SophMate\Workflow;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * The workflow, what starts it, and what its state means for the order.
 */
final class Flow {

	public const WORKFLOW = 'order.fulfil';

	/** How the services are used: array{lookup: bool, keys: bool}. Autoloaded. */
	public const OPTION = 'sophmate_order_example';

	/** Seconds that a service may take. */
	public const TIMEOUT = 1.0;

	/** Seconds that a request may still be on its way after that. */
	private const GRACE = 1.0;

	/** Seconds for which the CRM remembers a key. */
	private const KEY_WINDOW = 86400.0;

	/** Meta key of the last change that the order heard of. */
	private const HEARD = '_sophmate_heard';

	/**
	 * What the services can do: absorb a second request by its key, and be asked.
	 *
	 * @return array{lookup: bool, keys: bool}
	 */
	public static function settings(): array {
		$stored = get_option( self::OPTION );
		$stored = is_array( $stored ) ? $stored : array();
		return array(
			'lookup' => (bool) ( $stored['lookup'] ?? true ),
			'keys'   => (bool) ( $stored['keys'] ?? true ),
		);
	}

	/** An option that is not there costs a query each time that it is read. */
	public static function activate(): void {
		add_option( self::OPTION, self::settings(), '', true );
	}

	/** On `sophmate_register_workflows`. */
	public static function register( Engine $engine ): void {
		$settings     = self::settings();
		$crm          = new Service( 'CRM', 'contacts', 'contact' );
		$billing      = new Service( 'BILLING', 'charges', 'charge' );
		$provisioning = new Service( 'PROVISIONING', 'accounts', 'account' );
		$mail         = new Service( 'MAIL', 'messages', 'message' );
		$probe        = static fn ( Service $service ): ?callable => $settings['lookup'] ? static fn ( Attempt $a ): Answer => $service->look_up( $a ) : null;
		$common       = array(
			'timeoutSeconds' => self::TIMEOUT,
			'graceSeconds'   => self::GRACE,
			'retry'          => new Retry( attempts: 3, windowSeconds: 120.0, firstWaitSeconds: 1.0 ),
		);

		$engine->register(
			new Workflow(
				self::WORKFLOW,
				version: '1',
				category: 'commerce',
				owner: 'operations',
				steps: array(
					new Step(
						'create contact',
						...$common,
						effect: Effect::External,
						repeat: $settings['keys'] ? Repeat::Once : Repeat::Never,
						owner: 'sales ops',
						keyWindowSeconds: $settings['keys'] ? self::KEY_WINDOW : 0.0,
						probe: $probe( $crm ),
						run: static function ( Attempt $a ) use ( $crm ): array|WP_Error {
							/* Whoever died after the run was stored has not linked the order with it. */
							self::link( (int) $a->input['order'], $a->runId );
							return $crm->create( $a, array( 'name' => $a->input['name'], 'email' => $a->input['email'] ) );
						},
					),
					new Step(
						'charge invoice',
						...$common,
						effect: Effect::Money,
						repeat: Repeat::Never,
						owner: 'finance',
						probe: $probe( $billing ),
						run: static fn ( Attempt $a ): array|WP_Error => $billing->create(
							$a,
							array(
								'customer' => $a->output( 'create contact' )['contact'],
								'amount'   => $a->input['total'],
								'currency' => $a->input['currency'],
								'order'    => $a->input['order'],
							)
						),
					),
					new Step(
						'provision account',
						...$common,
						effect: Effect::External,
						repeat: Repeat::Never,
						owner: 'operations',
						probe: $probe( $provisioning ),
						run: static fn ( Attempt $a ): array|WP_Error => $provisioning->create(
							$a,
							array( 'customer' => $a->output( 'create contact' )['contact'], 'charge' => $a->output( 'charge invoice' )['charge'] )
						),
					),
					new Step(
						'send welcome mail',
						...$common,
						effect: Effect::Message,
						repeat: Repeat::Never,
						owner: 'support',
						run: static fn ( Attempt $a ): array|WP_Error => $mail->create(
							$a,
							array( 'to' => $a->input['email'], 'template' => 'welcome', 'account' => $a->output( 'provision account' )['account'] )
						),
					),
				)
			)
		);
	}

	/**
	 * On `sophmate_order_processing`: stores the run, links the order with it, and leaves the first step to whoever
	 * comes next: advance() below, or the tick.
	 *
	 * @return Run|WP_Error
	 */
	public static function begin( int $order ) {
		$run = sophmate_start_later(
			self::WORKFLOW,
			subject: "order:$order",
			input: array( 'order' => $order ) + Orders::fields( $order ),
			trigger: 'hook'
		);
		if ( is_wp_error( $run ) ) {
			Orders::set_status( $order, Orders::ON_HOLD );
			Orders::note( $order, 'Fulfilment was not started: ' . $run->get_error_message() );
			return $run;
		}
		self::link( $order, $run->id );
		return $run;
	}

	/** Goes on with a run in this process, as far as it goes without a decision. */
	public static function advance( string $run_id ): void {
		$engine = sophmate_engine();
		if ( is_wp_error( $engine ) ) {
			return; // The tick says it, and goes on when it can.
		}
		try {
			self::run_changed( $engine->advance( $run_id ), '' );
		} catch ( \SophMate\Exception $e ) {
			error_log( "sophmate-order-example: run $run_id: {$e->getMessage()}" ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
		}
	}

	/** On `sophmate_run_changed`: may come twice for one change, and late; the run is as it is now. */
	public static function run_changed( Run $run, string $from ): void {
		if ( self::WORKFLOW !== $run->workflow || ! preg_match( '/^order:(\d+)$/D', (string) $run->subject, $found ) ) {
			return;
		}
		$order = (int) $found[1];
		$heard = count( $run->events() ) . ' ' . $run->state->value;
		if ( get_post_type( $order ) !== Orders::TYPE || get_post_meta( $order, self::HEARD, true ) === $heard ) {
			return;
		}
		switch ( $run->state ) {
			case RunState::Running:
			case RunState::Waiting:
			case RunState::Undoing:
				if ( get_post_status( $order ) === Orders::ON_HOLD ) {
					Orders::set_status( $order, Orders::PROCESSING );
					Orders::note( $order, "Run {$run->id} goes on at '{$run->step}'." );
				}
				break;
			case RunState::Completed:
			case RunState::CompletedByHand:
				Orders::set_status( $order, Orders::COMPLETED );
				Orders::note( $order, "Run {$run->id} is " . str_replace( '_', ' ', $run->state->value ) . '.' );
				break;
			default:
				Orders::set_status( $order, Orders::ON_HOLD );
				Orders::note( $order, self::why( $run ) );
		}
		update_post_meta( $order, self::HEARD, $heard );
	}

	/** Why an order waits, for the people of the shop. */
	private static function why( Run $run ): string {
		$text = "Run {$run->id} is {$run->state->value}" . ( null === $run->step ? '' : " at '{$run->step}'" );
		if ( null !== $run->owner && '' !== $run->owner ) {
			$text .= ", with {$run->owner}";
		}
		return $text . ( null === $run->reason || '' === $run->reason ? '.' : ": {$run->reason}" );
	}

	/** The run is in the order's meta before its first step acts. */
	private static function link( int $order, string $run_id ): void {
		if ( get_post_meta( $order, Orders::RUN, true ) !== $run_id ) {
			update_post_meta( $order, Orders::RUN, $run_id );
		}
	}
}
