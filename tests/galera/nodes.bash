# Three Galera nodes, each with a network of its own: namespaces n1, n2, n3 with the addresses 10.77.0.1 to .3, joined by a bridge in the
# namespace of ./run. None of them reaches anything else. A cut is a link that goes down there. The servers run as SM_USER (rsync's state
# transfer does not work as root); their unix sockets are reached from everywhere.

# network: makes it; once, in a mount and a network namespace of one's own.
network() {
	local n
	mount -t tmpfs none /run/netns
	ip link add bridge0 type bridge
	ip link set bridge0 up
	for n in 1 2 3; do
		ip netns add "n$n"
		ip link add "to$n" type veth peer name galera netns "n$n"
		ip link set "to$n" master bridge0 up
		ip -n "n$n" addr add "10.77.0.$n/24" dev galera
		ip -n "n$n" link set galera up
		ip -n "n$n" link set lo up
	done
}

# node_start N [ADDRESS]: starts node N as a member of the cluster; ADDRESS 'gcomm://' makes a new cluster.
node_start() {
	local n=$1 data=$SM_WORK/n$1-data
	(
		if [ "$SM_USER" = root ]; then SM_AS=(env); else SM_AS=(ip netns exec "n$n" setpriv --reuid="$SM_USER" --regid="$SM_USER" --clear-groups env "HOME=$SM_WORK" "TMPDIR=$data-tmp"); fi
		sm_spawn "n$n" mariadbd --no-defaults --datadir="$data" --tmpdir="$data-tmp" --socket="$SM_WORK/n$n.sock" --pid-file="$SM_WORK/n$n.pid" \
			--log-error="$SM_WORK/n$n.err" --bind-address="10.77.0.$n" --port=3306 --max-connections=200 --innodb-buffer-pool-size=64M --innodb-log-file-size=32M \
			--binlog-format=ROW --innodb-autoinc-lock-mode=2 --innodb-flush-log-at-trx-commit=1 \
			--wsrep-on=ON --wsrep-provider=/usr/lib/galera/libgalera_smm.so --wsrep-cluster-name=sophmate --wsrep-node-name="n$n" --wsrep-node-address="10.77.0.$n" \
			--wsrep-cluster-address="${2:-gcomm://10.77.0.1,10.77.0.2,10.77.0.3}" --wsrep-sst-method=rsync --wsrep-sst-receive-address="10.77.0.$n:4444" --wsrep-slave-threads=2 \
			--wsrep-provider-options="gmcast.listen_addr=tcp://10.77.0.$n:4567;ist.recv_addr=10.77.0.$n:4568;gcache.size=64M"
	)
}

# node_data N: an empty data folder.
node_data() {
	local data=$SM_WORK/n$1-data
	rm -rf "$data" "$data-tmp"
	mkdir -p "$data" "$data-tmp"
	chown "$SM_USER" "$data" "$data-tmp"
	[ "$1" != 1 ] || "${SM_AS[@]}" TMPDIR="$data-tmp" mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal \
		--skip-test-db --force </dev/null >"$SM_WORK/n1-install.log" 2>&1 || sm_die "mariadb-install-db failed, see $SM_WORK/n1-install.log"
}

node_db() { mariadb --no-defaults -uroot -S "$SM_WORK/n$1.sock" --connect-timeout=3 -BN "${@:2}"; }

# node_synced N SIZE: whether it is part of a cluster of so many nodes, and up to date.
node_synced() { [ "$(node_db "$1" -e "select variable_value from information_schema.global_status where variable_name in ('wsrep_cluster_size', 'wsrep_local_state_comment', 'wsrep_ready') order by variable_name" | tr '\n' ' ')" = "$2 Synced ON " ]; }

# node_await N SIZE
node_await() {
	sm_await 90 node_synced "$1" "$2" || {
		tail -n 30 "$SM_WORK/n$1.err" >&2
		sm_die "node $1 is not in sync in a cluster of $2 within 90 s"
	}
}
