<?php
/**
 * A must-use plugin while a test runs: events that come in through the web server.
 * ?sophmate_test=once&key=K&times=N   charges at billing by sophmate_once(), N times in this request; &log=FILE gets a line "began ended kind"
 * ?sophmate_test=order&order=N        the order goes on in this request
 */
add_action( 'init', function (): void {
	$what = $_GET['sophmate_test'] ?? '';
	if ( 'once' === $what ) {
		$key = (string) $_GET['key'];
		$began = microtime( true );
		$result = null;
		for ( $i = 0; $i < (int) ( $_GET['times'] ?? 1 ); $i++ ) {
			$result = sophmate_once(
				"test: $key",
				array( 'amount' => $_GET['amount'] ?? '12.50' ),
				function ( SophMate\Attempt $a ) {
					$r = sophmate_remote_request( $a, SOPHMATE_EXAMPLE_BILLING . '/charges', array( 'json' => array( 'customer' => 'c', 'amount' => $a->input['amount'], 'currency' => 'EUR' ) ) );
					return is_wp_error( $r ) ? $r : json_decode( $r['body'], true )['id'];
				},
				timeoutSeconds: 5.0
			);
		}
		if ( isset( $_GET['log'] ) ) {
			file_put_contents( $_GET['log'], sprintf( "%.6f %.6f %s\n", $began, microtime( true ), PHP_SAPI ), FILE_APPEND | LOCK_EX );
		}
		echo is_wp_error( $result ) ? $result->get_error_code() . ': ' . $result->get_error_message() : "charged $result";
		exit;
	}
	if ( 'order' === $what ) {
		$order = (int) $_GET['order'];
		SophMate\OrderExample\Orders::process( $order );
		SophMate\OrderExample\Flow::advance( get_post_meta( $order, '_sophmate_run', true ) );
		echo get_post_status( $order );
		exit;
	}
}, 99 );
