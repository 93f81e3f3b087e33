<?php
/** A must-use plugin while a test runs: a workflow whose second step ends as the run's input says. */
add_action( 'sophmate_register_workflows', function ( SophMate\Engine $engine ): void {
	$engine->register(
		new SophMate\Workflow(
			'flow.outcome',
			version: '1',
			category: 'commerce',
			owner: 'operations',
			steps: array(
				new SophMate\Step( 'before', effect: SophMate\Effect::Record, run: fn (): string => 'done before' ),
				new SophMate\Step(
					'effect step',
					effect: SophMate\Effect::Money,
					owner: 'finance',
					timeoutSeconds: 1.0,
					graceSeconds: 1.0,
					retry: new SophMate\Retry( 3, 3600.0, 600.0 ),
					run: fn ( SophMate\Attempt $a ): mixed => match ( $a->input['mode'] ) {
						'false'    => false,
						'wp_error' => new WP_Error( 'gone', 'the gateway is gone' ),
						'big'      => str_repeat( 'x', 2 * 1024 * 1024 ),
						'request'  => ( function () use ( $a ) {
							$answer = sophmate_remote_request( $a, SOPHMATE_EXAMPLE_BILLING . '/charges', array( 'json' => array( 'customer' => 'c', 'amount' => '12.50', 'currency' => 'EUR' ) ) );
							return is_wp_error( $answer ) ? $answer : json_decode( $answer['body'], true );
						} )(),
					}
				),
				new SophMate\Step( 'after', effect: SophMate\Effect::Record, owner: 'support', run: fn ( SophMate\Attempt $a ): int => strlen( (string) wp_json_encode( $a->output( 'effect step' ) ) ) ),
			)
		)
	);
} );
