#!/usr/bin/env bash
# mariadb.sh: a private MariaDB on a unix socket, for one test program. Prints the socket's path when the server answers, lives
# until its standard input ends (so also until whoever started it dies), then removes its folder. Starts none where the socket of a
# server that runs already is in $SOPHMATE_SERVER.
set -eu
if [ -n "${SOPHMATE_SERVER:-}" ]; then
	echo "$SOPHMATE_SERVER"
	exec cat >/dev/null
fi
for program in mariadb-install-db mariadbd mariadb; do
	command -v "$program" >/dev/null || { echo "mariadb.sh: $program is not installed (mariadb-server-core, mariadb-client-core)" >&2; exit 1; }
done
folder=$(mktemp -d "${TMPDIR:-/tmp}/sophmate-core.XXXXXX")
# A starting server deletes the temporary tables that it finds in this folder, also another server's.
export TMPDIR=$folder
server=
stop() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	rm -rf "$folder"
}
trap stop EXIT
user=$(id -un)
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db \
	>"$folder/install.log" 2>&1 || { cat "$folder/install.log" >&2; exit 1; }
# The binary log makes sync_binlog count; no real fsync, nobody cuts the power here; the small log file makes the start quick.
mariadbd --no-defaults --user="$user" --datadir="$folder/data" --socket="$folder/s.sock" --pid-file="$folder/pid" --skip-networking \
	--log-error="$folder/err.log" --debug-no-sync --log-bin="$folder/data/bin" --binlog-format=ROW --sync-binlog=1 --innodb-log-file-size=16M \
	--innodb-buffer-pool-size=64M --max-allowed-packet=16M --character-set-server=latin1 </dev/null >/dev/null 2>&1 &
server=$!
for ((i = 0; i < 600; i++)); do
	mariadb --no-defaults -uroot -S "$folder/s.sock" -e 'select 1' >/dev/null 2>&1 && break
	kill -0 "$server" 2>/dev/null || { cat "$folder/err.log" >&2; exit 1; }
	sleep 0.05
done
[ "$i" -lt 600 ] || { echo 'mariadb.sh: no answer within 30 s' >&2; exit 1; }
echo "$folder/s.sock"
cat >/dev/null
