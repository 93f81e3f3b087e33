# A private MariaDB (MySQL where that is the server of the machine), reached through a unix socket only; or a server of the family that
# runs already: the one behind the socket $SOPHMATE_SERVER, whose root has no password.

# sm_db_start [OPTION...]: starts it on SM_WORK/db (made where it is not there), sets SM_DB_SOCKET and SM_DB_COMMAND, what was started.
# Bounded wait.
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
		local make=(mariadb-install-db --no-defaults --user="$SM_USER" --datadir="$data" --auth-root-authentication-method=normal --skip-test-db --force)
		command -v mariadbd >/dev/null || make=(mysqld --no-defaults --initialize-insecure --user="$SM_USER" --datadir="$data" --tmpdir="$data-tmp")
		TMPDIR=$data-tmp "${make[@]}" </dev/null >"$SM_WORK/db-install.log" 2>&1 || {
			tail -n 20 "$SM_WORK/db-install.log" >&2
			sm_die "${make[0]} failed"
		}
		touch "$data/.made"
	fi
	SM_DB_COMMAND=(mariadbd --no-defaults)
	command -v mariadbd >/dev/null || SM_DB_COMMAND=(mysqld --no-defaults --mysqlx=OFF --secure-file-priv=NULL --skip-log-bin)
	SM_DB_COMMAND+=(--user="$SM_USER" --datadir="$data" --socket="$SM_DB_SOCKET" --pid-file="$SM_WORK/db.pid" \
		--tmpdir="$data-tmp" --skip-networking --log-error="$SM_WORK/db.err" --max-connections=400 "$@")
	sm_spawn db "${SM_DB_COMMAND[@]}"
	sm_await 30 sm_db -e 'select 1' || {
		tail -n 20 "$SM_WORK/db.err" "$SM_WORK/db.log" >&2
		sm_die "the database server did not answer within 30 s"
	}
}

# sm_db [ARGUMENT...]: the client as the server's administrator.
sm_db() { "${SOPHMATE_CLIENT:-mariadb}" --no-defaults -uroot -S "$SM_DB_SOCKET" "$@"; }

# sm_db_create NAME: an empty database NAME and a user NAME with password NAME, who may do anything in it and nothing elsewhere.
sm_db_create() {
	sm_db -e "DROP DATABASE IF EXISTS \`$1\`; CREATE DATABASE \`$1\` CHARACTER SET utf8mb4;
		DROP USER IF EXISTS '$1'@'localhost'; CREATE USER '$1'@'localhost' IDENTIFIED BY '$1'; GRANT ALL PRIVILEGES ON \`$1\`.* TO '$1'@'localhost';"
}
