<?php
/**
 * Loads the plugin: hooks, functions, and classes when they are first used. Sends no query.
 *
 * @package sophmate
 */

declare(strict_types=1);

namespace SophMate\WordPress;

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( string $name ): void {
		static $folders = array( '', 'stores/', 'cli/' );
		if ( ! str_starts_with( $name, __NAMESPACE__ . '\\' ) ) {
			return;
		}
		$file = 'class-' . strtolower( (string) preg_replace( '/(?<=[a-z0-9])(?=[A-Z])/', '-', substr( $name, strlen( __NAMESPACE__ ) + 1 ) ) ) . '.php';
		foreach ( $folders as $folder ) {
			if ( is_file( __DIR__ . "/$folder$file" ) ) {
				require __DIR__ . "/$folder$file";
				return;
			}
		}
	}
);

require __DIR__ . '/functions.php';

register_activation_hook( SOPHMATE_FILE, array( Installer::class, 'activate' ) );
register_deactivation_hook( SOPHMATE_FILE, array( Ticker::class, 'unschedule' ) );
/* On every request, not in wp-admin alone: WP-CLI drops an event that it runs twice in one second, other plugins clear cron, and
 * without a tick nothing is recovered. Costs no query where the event is there: cron is an autoloaded option. */
add_action( 'init', array( Ticker::class, 'schedule' ) );
add_action( 'wp_initialize_site', array( Installer::class, 'initialize_site' ), 900 );
add_action( 'admin_init', array( Installer::class, 'upgrade' ) );
add_action( 'admin_notices', array( Installer::class, 'notice' ) );
add_filter( 'cron_schedules', array( Ticker::class, 'schedules' ) ); // phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- a minute is the point.
add_action( Ticker::HOOK, array( Ticker::class, 'tick' ) );
add_filter( 'wp_privacy_personal_data_exporters', array( Privacy::class, 'exporters' ) );
add_filter( 'wp_privacy_personal_data_erasers', array( Privacy::class, 'erasers' ) );

if ( defined( 'WP_CLI' ) && \WP_CLI ) {
	\WP_CLI::add_command( 'sophmate run', RunCommand::class );
	\WP_CLI::add_command( 'sophmate audit checkpoint', array( new AuditCommand(), 'checkpoint' ) );
	\WP_CLI::add_command( 'sophmate audit anchor', array( new AuditCommand(), 'anchor' ) );
	\WP_CLI::add_command( 'sophmate audit erase-subject', array( new AuditPrivacyCommand(), 'erase_subject' ) );
	\WP_CLI::add_command( 'sophmate audit prune', array( new AuditPrivacyCommand(), 'prune' ) );
	\WP_CLI::add_command( 'sophmate keys', KeysCommand::class );
	\WP_CLI::add_command( 'sophmate', SiteCommand::class );
	foreach ( array( 'verify', 'prove', 'export' ) as $sophmate_name ) {
		\WP_CLI::add_command( "sophmate audit $sophmate_name", array( new AuditVerifyCommand(), $sophmate_name ) );
	}
}
