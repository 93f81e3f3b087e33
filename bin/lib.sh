# Shell functions of bin/demo, bin/test and the tests. Source it from bash after `set -euo pipefail`.
#
# Everything that is made or started lies below one folder: $SOPHMATE_WORK, else $XDG_CACHE_HOME/sophmate, else for root
# /var/cache/sophmate (servers then run as www-data, which cannot enter /root), else ~/.cache/sophmate.
# Downloads are kept in ${XDG_CACHE_HOME:-~/.cache}/sophmate.

SM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SM_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/sophmate
SM_PHP=${SM_PHP:-php8.2} # the PHP of Debian 12; phpize8.2, php-config8.2 and php-fpm8.2 belong to it
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps servers, and people's PATH ends
SM_FOR=${SM_FOR:-3600} # seconds after which every server that was started here ends by itself

# sm_say TEXT...: one line to the reader.
sm_say() { printf '%s\n' "$*"; }

# sm_die TEXT...: one line to the errors, and the end.
sm_die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# sm_await SECONDS COMMAND...: runs the command until it succeeds; fails when it has not within so many seconds.
sm_await() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# sm_counted NAME FILE CODE: sets good and bad to the "passed failed" that test wrote to the file before it ended with that code. One that
# wrote no count, counted nothing, or ended with another code than 0 without saying what failed is one failure, and that is said.
sm_counted() {
	good='' bad=''
	read -r good bad <"$2" || true
	if ! [[ $good =~ ^[0-9]+$ && $bad =~ ^[0-9]+$ ]]; then
		sm_say "FAILED  $1: no count (exit code $3)"
		good=0 bad=1
	elif [ "$bad" = 0 ] && { [ "$3" != 0 ] || [ "$good" = 0 ]; }; then
		sm_say "FAILED  $1: exit code $3, $good tests"
		bad=1
	fi
}

# sm_open NAME: makes the work folder of this checkout for NAME (demo, test ...), sets SM_BASE, SM_WORK, SM_USER and SM_AS, the
# prefix for commands that must run as the servers' user: www-data for root where it can reach everything, else the caller.
# Holds a lock on that folder (descriptor 9, which no server may inherit) for as long as the script runs.
sm_open() {
	local base=${SOPHMATE_WORK:-}
	if [ -z "$base" ]; then
		if [ -n "${XDG_CACHE_HOME:-}" ] || [ "$(id -u)" != 0 ]; then base=$SM_CACHE; else base=/var/cache/sophmate; fi
	fi
	SM_BASE=$base/$(printf %s "$SM_ROOT" | sha1sum | cut -c1-8)
	SM_WORK=$SM_BASE/$1
	[ ${#SM_WORK} -le 80 ] || sm_die "$SM_WORK is too long for a unix socket in it (${#SM_WORK} of 80 bytes): set SOPHMATE_WORK to a shorter folder"
	mkdir -p "$SM_BASE"
	exec 9>"$SM_WORK.lock"
	flock -n 9 || {
		sm_say "waiting for whoever is at work in $SM_WORK"
		flock -w 900 9 || sm_die "somebody is at work in $SM_WORK for more than 15 minutes"
	}
	mkdir -p "$SM_WORK/run" "$SM_WORK/php.d" "$SM_WORK/opcache"
	SM_USER=$(id -un)
	SM_AS=(env "HOME=$SM_WORK")
	if [ "$(id -u)" = 0 ] && setpriv --reuid=www-data --regid=www-data --clear-groups test -r "$SM_ROOT/bin/lib.sh" -a -x "$SM_WORK" -a -w /dev/null; then
		SM_USER=www-data
		SM_AS=(setpriv --reuid=www-data --regid=www-data --clear-groups env "HOME=$SM_WORK")
	fi
	chown "$SM_USER" "$SM_WORK" "$SM_WORK/opcache"
	export PHP_INI_SCAN_DIR=":$SM_WORK/php.d"
}

# sm_spawn NAME COMMAND...: starts a server as the servers' user in a session of its own, for at most SM_FOR seconds;
# its output goes to SM_WORK/NAME.log. The session's id is kept for sm_stop.
sm_spawn() {
	local name=$1
	shift
	sm_stop "$name"
	touch "$SM_WORK/$name.log" && chown "$SM_USER" "$SM_WORK/$name.log"
	setsid timeout -k 20 "$SM_FOR" "${SM_AS[@]}" "$@" </dev/null >>"$SM_WORK/$name.log" 2>&1 9>&- &
	echo $! >"$SM_WORK/run/$name"
}

# sm_alive NAME: whether any process of that server lives. (A zombie does not, and neither does a stranger with an old id.)
sm_alive() {
	local group stat state line
	group=$(cat "$SM_WORK/run/$1" 2>/dev/null) || return 1
	for stat in /proc/[0-9]*/stat; do
		{ read -r line <"$stat"; } 2>/dev/null || continue
		read -r state _ line _ <<<"${line##*) }"
		[ "$line" = "$group" ] && [ "$state" != Z ] || continue
		{ line=$(tr '\0' ' ' <"${stat%stat}cmdline"); } 2>/dev/null || continue
		[[ $line != *"$SM_WORK"* ]] || return 0
	done
	return 1
}

# sm_stop NAME: ends that server, all its processes, and waits for it; nothing where it does not run.
sm_stop() {
	if sm_alive "$1"; then
		kill -TERM -- "-$(cat "$SM_WORK/run/$1")" 2>/dev/null || true
		local end=$((SECONDS + 15))
		while sm_alive "$1"; do
			[ "$SECONDS" -lt "$end" ] || kill -KILL -- "-$(cat "$SM_WORK/run/$1")" 2>/dev/null || true
			sleep 0.05
		done
	fi
	rm -f "$SM_WORK/run/$1"
}

# sm_stop_all: ends every server of this work folder.
sm_stop_all() {
	local file
	for file in "$SM_WORK"/run/*; do
		[ -f "$file" ] && sm_stop "$(basename "$file")"
	done
	"$SM_PHP" "$SM_ROOT/examples/services/services" stop --dir="$SM_WORK/services"
}

# sm_clean: forgets everything below the work folder; sm_stop_all first.
sm_clean() {
	rm -rf "$SM_WORK"
	sm_open "$(basename "$SM_WORK")"
}

# sm_script FILE COMMAND...: writes a program that runs the command with its own arguments behind, in this environment of PHP.
sm_script() {
	local file=$1
	shift
	{
		printf '#!/bin/bash\nexport PHP_INI_SCAN_DIR=%q\nexec' "$PHP_INI_SCAN_DIR"
		printf ' %q' "$@"
		printf ' "$@"\n'
	} >"$file"
	chmod 755 "$file"
}

# sm_free_port: prints a loopback port that nobody listens on, below the range that the kernel gives to clients.
sm_free_port() {
	"$SM_PHP" -n -r 'do { $p = random_int(10000, 32000); $s = @stream_socket_server("tcp://127.0.0.1:$p"); } while (!$s); echo $p;'
}

for sm_file in packages build mariadb web wordpress; do
	# shellcheck source=/dev/null
	. "$SM_ROOT/bin/lib/$sm_file.sh"
done
