# The stack itself: what the other tests take for granted.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

root() { "$SOPHMATE_DB_ROOT" -N -B -e "$1" </dev/null; }
status() { curl -sS -o "$SOPHMATE_WORK_DIR/body" -w '%{http_code}' --max-time 10 "$@" </dev/null; }

check 'the front page comes from the first site' "$(status "$SOPHMATE_URL/")" 200
check 'and from the second' "$(status "$SOPHMATE_SQLITE_URL/")" 200
check 'WP-CLI and the web server mean the same site' "$("$SOPHMATE_WP" option get siteurl)" "$SOPHMATE_URL"
check 'the first site is on MariaDB' "$("$SOPHMATE_WP" eval 'echo get_class($GLOBALS["wpdb"]);')" wpdb
check 'the second is on SQLite' "$("$SOPHMATE_SQLITE_WP" eval 'echo get_class($GLOBALS["wpdb"]);')" WP_SQLite_DB
for wp in "$SOPHMATE_WP" "$SOPHMATE_SQLITE_WP"; do
	check "both plugins are active ($(basename "$wp"))" "$("$wp" plugin list --status=active --field=name --skip-update-check | grep sophmate | sort | xargs)" 'sophmate sophmate-order-example'
	check "the extension is loaded ($(basename "$wp"))" "$("$wp" eval 'echo extension_loaded("sophmate") ? "yes" : "no";')" yes
done
check 'WordPress has no right beyond its own database' "$(root "SHOW GRANTS FOR '$SOPHMATE_SITE_DB'@'localhost'" | grep -c 'ON \*\.\*' | xargs)" "$(root "SHOW GRANTS FOR '$SOPHMATE_SITE_DB'@'localhost'" | grep -c 'GRANT USAGE ON \*\.\*' | xargs)"
check "the test's own database is empty" "$(root "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '$SOPHMATE_DB_NAME'")" 0
check 'MariaDB listens on no port' "$(root 'SELECT @@skip_networking')" 1

jar=$SOPHMATE_WORK_DIR/jar
status -c "$jar" "$SOPHMATE_URL/wp-login.php" >/dev/null
check 'the administrator logs in' "$(status -b "$jar" -c "$jar" -d 'log=admin&pwd=pw&wp-submit=Log+In&testcookie=1' "$SOPHMATE_URL/wp-login.php")" 302
check 'and sees the dashboard' "$(status -b "$jar" "$SOPHMATE_URL/wp-admin/")" 200
check_holds 'with its menu' "$(cat "$SOPHMATE_WORK_DIR/body")" 'id="adminmenu"'
workers=$(for stat in /proc/[0-9]*/stat; do sed 's/.*) //' "$stat" 2>/dev/null || true; done | awk -v master="$(cat "$SOPHMATE_FPM_PID_FILE")" '$2 == master' | wc -l)
check 'php-fpm has eight workers' "$workers" 8
for name in CRM BILLING PROVISIONING MAIL; do
	url=SOPHMATE_EXAMPLE_$name
	check "$name answers, and the site knows its address" "$(status "${!url}/health") $("$SOPHMATE_WP" eval "echo $url;")" "200 ${!url}"
done
finish
