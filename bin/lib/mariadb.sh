# A private MariaDB, reached through a unix socket only; or a server of the family that runs already: the one behind the socket
# $SOPHMATE_SERVER, whose root has no password.

# sm_db_start [OPTION...]: starts it on SM_WORK/db (made where it is not there), sets SM_DB_SOCKET. Bounded wait.
sm_db_start() {
	if [ -n "${SOPHMATE_SERVER:-}" ]; then
		SM_DB_SOCKET=$SOPHMATE_SERVER
		sm_db -e 'select 1' >/dev/null || sm_die "no server answers at $SOPHMATE_SERVER"
		return
	fi
	local data=$SM_WORK/db
	SM_DB_SOCKET=$SM_WORK/db.sock
	# A temporary folder of its own: a starting server deletes the temporary tables that it finds, also another server's.
	mkdir -p "$data-tmp" && chown "$SM_USER" "$data-tmp"
	if [ ! -f "$data/.made" ]; then
		rm -rf "$data" && mkdir -p "$data" && chown "$SM_USER" "$data"
		TMPDIR=$data-tmp mariadb-install-db --no-defaults --user="$SM_USER" --datadir="$data" --auth-root-authentication-method=normal \
			--skip-test-db --force </dev/null >"$SM_WORK/db-install.log" 2>&1 || {
			tail -n 20 "$SM_WORK/db-install.log" >&2
			sm_die "mariadb-install-db failed"
		}
		touch "$data/.made"
	fi
	sm_spawn db mariadbd --no-defaults --user="$SM_USER" --datadir="$data" --socket="$SM_DB_SOCKET" --pid-file="$SM_WORK/db.pid" \
		--tmpdir="$data-tmp" --skip-networking --log-error="$SM_WORK/db.err" --max-connections=300 "$@"
	sm_await 30 sm_db -e 'select 1' || {
		tail -n 20 "$SM_WORK/db.err" "$SM_WORK/db.log" >&2
		sm_die "MariaDB did not answer within 30 s"
	}
}

# sm_db [ARGUMENT...]: the client as the server's administrator.
sm_db() { "${SOPHMATE_CLIENT:-mariadb}" --no-defaults -uroot -S "$SM_DB_SOCKET" "$@"; }

# sm_db_create NAME: an empty database NAME and a user NAME with password NAME, who may do anything in it and nothing elsewhere.
sm_db_create() {
	sm_db -e "DROP DATABASE IF EXISTS \`$1\`; CREATE DATABASE \`$1\` CHARACTER SET utf8mb4;
		DROP USER IF EXISTS '$1'@'localhost'; CREATE USER '$1'@'localhost' IDENTIFIED BY '$1'; GRANT ALL PRIVILEGES ON \`$1\`.* TO '$1'@'localhost';"
}
