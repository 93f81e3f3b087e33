# A WordPress site: files, configuration, plugins, WP-CLI.

# sm_site_files SITE: a fresh copy of WordPress, owned by the servers' user.
sm_site_files() {
	sm_fetch_wordpress
	rm -rf "$1"
	cp -a --reflink=auto "$SM_WP_FILES/latest/wordpress" "$1"
	cp "$SM_WP_FILES/wp-cli/wp-cli.phar" "$SM_WORK/wp-cli.phar"
	chown -R "$SM_USER" "$1"
}

# sm_constants URL: prints the constants that every site gets. The calls to services on this machine stay allowed:
# WordPress counts the site's own host as local.
sm_constants() {
	cat <<-PHP
		define('WP_HOME', '$1');
		define('WP_SITEURL', '$1');
		define('WP_HTTP_BLOCK_EXTERNAL', true);
		define('DISABLE_WP_CRON', true);
		define('AUTOMATIC_UPDATER_DISABLED', true);
		define('WP_DEBUG', true);
		define('WP_DEBUG_DISPLAY', false);
		define('WP_DEBUG_LOG', '$SM_WORK/debug.log');
	PHP
}

# sm_site SITE URL DATABASE [PHP-LINE...]: WordPress installed on a database of its own; admin is admin / pw.
sm_site() {
	local site=$1 url=$2 database=$3
	shift 3
	sm_site_files "$site"
	sm_db_create "$database"
	{ sm_constants "$url" && printf '%s\n' "$@"; } |
		sm_wp "$site" config create --dbname="$database" --dbuser="$database" --dbpass="$database" --dbhost="localhost:$SM_DB_SOCKET" \
			--skip-check --force --extra-php --quiet
	sm_site_install "$site" "$url"
}

# sm_site_sqlite SITE URL [PHP-LINE...]: the same on the SQLite drop-in.
sm_site_sqlite() {
	local site=$1 url=$2
	shift 2
	sm_site_files "$site"
	cp -a "$SM_WP_FILES/sqlite-database-integration" "$site/wp-content/plugins/"
	cp "$SM_WP_FILES/sqlite-database-integration/db.copy" "$site/wp-content/db.php"
	chown -R "$SM_USER" "$site/wp-content"
	{ sm_constants "$url" && printf '%s\n' "$@"; } |
		sm_wp "$site" config create --dbname=wp --dbuser=wp --dbpass=wp --skip-check --force --extra-php --quiet
	sm_site_install "$site" "$url"
}

# sm_site_install SITE URL: the tables and the administrator.
sm_site_install() {
	sm_wp "$1" core install --url="$2" --title='Sophmate' --admin_user=admin --admin_password=pw --admin_email=admin@example.test --skip-email --quiet
	sm_wp "$1" option update show_avatars 0 --quiet
}

# sm_plugin SITE FOLDER: links wordpress/FOLDER of the tree into the site, and activates it.
sm_plugin() {
	[ -d "$SM_ROOT/wordpress/$2" ] || sm_die "there is no wordpress/$2 in the tree"
	ln -sfn "$SM_ROOT/wordpress/$2" "$1/wp-content/plugins/$2"
	sm_wp "$1" plugin activate "$2" --quiet
}

# sm_wp_command SITE: sets SM_WP_COMMAND, WP-CLI on that site as the servers' user; help needs no pager. Compiled files are kept: that is 0.4 s a call.
sm_wp_command() {
	SM_WP_COMMAND=("${SM_AS[@]}" PAGER=cat "$SM_PHP" -d opcache.enable_cli=1 -d "opcache.file_cache=$SM_WORK/opcache" -d opcache.file_cache_only=1
		"$SM_WORK/wp-cli.phar" --allow-root "--path=$1")
}

# sm_wp SITE ARGUMENT...: WP-CLI on that site.
sm_wp() {
	sm_wp_command "$1"
	shift
	"${SM_WP_COMMAND[@]}" "$@"
}

# sm_wp_script SITE FILE: writes a command that does what sm_wp does.
sm_wp_script() {
	sm_wp_command "$1"
	sm_script "$2" "${SM_WP_COMMAND[@]}"
}

# sm_services_start [OPTION...]: the services of examples/services below SM_WORK; sets SM_SERVICES, the command that controls them.
# They run in $SM_SERVICES_PHP, as it is installed, where SM_PHP has no sockets.
sm_services_start() {
	mkdir -p "$SM_WORK/services"
	chown -R "$SM_USER" "$SM_WORK/services"
	SM_SERVICES=("${SM_AS[@]}" "SOPHMATE_SERVICES_DIR=$SM_WORK/services" "$SM_PHP" "$SM_ROOT/examples/services/services")
	[ -z "${SM_SERVICES_PHP:-}" ] ||
		SM_SERVICES=("${SM_AS[@]}" env -u PHP_INI_SCAN_DIR "SOPHMATE_SERVICES_DIR=$SM_WORK/services" "$SM_SERVICES_PHP" "$SM_ROOT/examples/services/services")
	"${SM_SERVICES[@]}" start --for="$SM_FOR" "$@" >/dev/null 9>&-
}

# sm_services_constants: prints where the services are, as constants for wp-config.php.
sm_services_constants() {
	"${SM_SERVICES[@]}" env | sed "s/^\([A-Z_]*\)=\(.*\)$/define('\1', '\2');/"
}
