<?php
/** A must-use plugin while a test runs: a workflow whose input says what its step does. */
add_action( 'sophmate_register_workflows', function ( SophMate\Engine $engine ): void {
	$engine->register(
		new SophMate\Workflow(
			'test.cli',
			version: '1',
			category: 'general',
			owner: 'operations',
			steps: array(
				new SophMate\Step(
					'effect step',
					effect: SophMate\Effect::External,
					timeoutSeconds: 1.0,
					graceSeconds: 1.0,
					retry: new SophMate\Retry( 3, 3600.0, 600.0 ),
					run: fn ( SophMate\Attempt $a ): mixed => match ( $a->input['mode'] ) {
						'ok' => array( 'did' => true ),
						'lost' => throw new RuntimeException( 'connection reset' ),
						'refuse' => throw new SophMate\NotDone( 'no' ),
						'later' => throw new SophMate\NotDone( 'later', class: SophMate\FailureClass::ProviderLimit ),
					}
				),
				new SophMate\Step( 'last step', effect: SophMate\Effect::Record, run: fn (): int => 1 ),
			)
		)
	);
} );
