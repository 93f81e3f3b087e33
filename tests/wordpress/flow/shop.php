<?php
/**
 * Plugin Name: Flow shop
 * Version: @VERSION@
 */
add_action( 'sophmate_register_workflows', function ( SophMate\Engine $engine ): void {
	$act  = fn ( SophMate\Attempt $a ): array => SOPHMATE_FLOW_SHOP( $a, '@VERSION@' );
	$step = fn ( string $name, string $owner ): SophMate\Step => new SophMate\Step( $name, effect: SophMate\Effect::Money, owner: $owner, timeoutSeconds: 1.0, retry: new SophMate\Retry( 5, 3600.0, 0.5 ), run: $act );
	$engine->register( new SophMate\Workflow( 'flow.shop', version: '1', category: 'commerce', owner: 'operations', steps: array( $step( 'reserve', 'stock' ), $step( '@CHARGE@', 'finance' ), $step( 'thank', 'support' ) ) ) );
} );

/** Charges at billing; the second step not, as long as the input says so. */
function SOPHMATE_FLOW_SHOP( SophMate\Attempt $a, string $version ): array {
	if ( str_starts_with( $a->step, 'charge' ) && 'away' === $a->input && ! get_option( 'flow_shop_open' ) ) {
		throw new SophMate\NotDone( 'the gateway is away', class: SophMate\FailureClass::NotSent );
	}
	if ( str_starts_with( $a->step, 'charge' ) && 'lost' === $a->input ) {
		throw new RuntimeException( 'connection reset' );
	}
	$answer = wp_remote_post( SOPHMATE_EXAMPLE_BILLING . '/charges', array( 'headers' => array( 'X-Sophmate-Run' => $a->runId ), 'body' => wp_json_encode( array( 'customer' => "$a->step by $version", 'amount' => '1', 'currency' => 'EUR' ) ) ) );
	return array( 'charge' => json_decode( $answer['body'], true )['id'] );
}
