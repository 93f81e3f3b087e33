# Sourced by bash -c in a mount namespace of its own, as root: a /dev with a log socket in it. Runs "$@", then prints what was logged.
set -eu
mount -t tmpfs none /dev
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/random c 1 8
mknod -m 666 /dev/urandom c 1 9
"$SM_PHP_BINARY" -n -r '$s = stream_socket_server("udg:///dev/log", $e, $m, STREAM_SERVER_BIND); chmod("/dev/log", 0666); touch($argv[1]); stream_set_timeout($s, 60);
	while (($line = stream_socket_recvfrom($s, 4096)) !== "end") { file_put_contents($argv[1], "$line\n", FILE_APPEND); }' "$SM_LOGGED" &
until [ -e "$SM_LOGGED" ]; do sleep 0.02; done
"$@" >/dev/null 2>&1 || true
"$SM_PHP_BINARY" -n -r '$s = stream_socket_client("udg:///dev/log"); fwrite($s, "end");'
wait
cat "$SM_LOGGED"
