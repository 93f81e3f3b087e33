<?php
/**
 * The plugin where its extension is missing or too old: it says so, starts nothing and breaks nothing.
 *
 * Parses on any PHP.
 *
 * @package sophmate
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The answer of every function below.
 *
 * @return WP_Error
 */
function sophmate_unavailable() {
	return new WP_Error(
		'sophmate_unavailable',
		'Automation is off, nothing was started: ' . implode( '; ', sophmate_problems() ),
		array(
			'may_have_happened' => false,
			'problems'          => sophmate_problems(),
		)
	);
}

/*
 * The parameters are those of includes/functions.php and of the engine, by name, because callers may name them.
 * phpcs:disable Generic.CodeAnalysis.UnusedFunctionParameter, WordPress.NamingConventions.ValidVariableName
 */

/** See includes/functions.php. */
function sophmate_engine() {
	return sophmate_unavailable();
}

/** See includes/functions.php. */
function sophmate_once( $key = null, $payload = null, $effect = null, $kind = null, $repeat = null, $probe = null, $timeoutSeconds = null, $keyWindowSeconds = null, $category = null ) {
	return sophmate_unavailable();
}

/** See includes/functions.php. */
function sophmate_start( $workflow = null, $subject = null, $input = null, $occurrence = null, $trigger = null ) {
	return sophmate_unavailable();
}

/** See includes/functions.php. */
function sophmate_start_later( $workflow = null, $subject = null, $input = null, $occurrence = null, $trigger = null, $at = null ) {
	return sophmate_unavailable();
}

/** See includes/functions.php. */
function sophmate_find( $run_id = null ) {
	return sophmate_unavailable();
}

/** See includes/functions.php. */
function sophmate_remote_request( $attempt = null, $url = null, $args = null ) {
	return sophmate_unavailable();
}

/** Says it to those who can change it. */
function sophmate_unavailable_notice() {
	if ( ! current_user_can( 'activate_plugins' ) ) {
		return;
	}
	echo '<div class="notice notice-error"><p><strong>Sophmate</strong>: ';
	echo esc_html__( 'automation is off, and nothing is started. The rest of the site works.', 'sophmate' );
	echo '</p><ul class="ul-disc">';
	foreach ( sophmate_problems() as $problem ) {
		echo '<li>' . esc_html( $problem ) . '</li>';
	}
	echo '</ul></div>';
}
add_action( 'admin_notices', 'sophmate_unavailable_notice' );
add_action( 'network_admin_notices', 'sophmate_unavailable_notice' );

/**
 * Every `wp sophmate` command: says it and ends with 6, as each command does when automation is unavailable.
 *
 * @param string[] $args Ignored.
 * @param string[] $assoc_args Ignored.
 */
function sophmate_unavailable_command( $args, $assoc_args ) {
	WP_CLI::error( 'Automation is off: ' . implode( '; ', sophmate_problems() ), false );
	WP_CLI::halt( 6 );
}
if ( defined( 'WP_CLI' ) && WP_CLI ) {
	foreach ( array( 'run', 'work', 'find', 'hold', 'release', 'switches', 'identity', 'keys', 'audit', 'doctor' ) as $sophmate_name ) {
		WP_CLI::add_command( 'sophmate ' . $sophmate_name, 'sophmate_unavailable_command' );
	}
	unset( $sophmate_name );
}
