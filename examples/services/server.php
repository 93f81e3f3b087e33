<?php
// One service in the foreground: php server.php SERVICE PORT DIR SECONDS. Started by the script "services" beside it.
// A process for each connection, so requests overlap and one that hangs stops nobody.
declare(strict_types=1);

foreach (['Role', 'Ledger', 'Settings', 'Http', 'Service'] as $class) {
	require __DIR__ . "/lib/$class.php";
}
foreach (['sockets', 'pcntl', 'posix'] as $extension) {
	extension_loaded($extension) || exit("the services need PHP's $extension extension\n");
}
[, $name, $port, $dir, $seconds] = $argv + array_fill(0, 5, '');
$service = new Service(Role::named($name), $dir);
$end = microtime(true) + (float) $seconds;

/** The listening socket, or one that only keeps the port: connections to it are refused by the kernel. */
function open_port(int $port, bool $listen): Socket
{
	$socket = socket_create(AF_INET, SOCK_STREAM, SOL_TCP);
	socket_set_option($socket, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!@socket_bind($socket, '127.0.0.1', $port) || ($listen && !@socket_listen($socket, 256))) {
		fwrite(STDERR, "port $port: " . socket_strerror(socket_last_error($socket)) . "\n");
		exit(1);
	}
	return $socket;
}

$stop = false;
$children = [];
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
	pcntl_signal($signal, function () use (&$stop): void {
		$stop = true;
	});
}

$listening = !$service->settings->refuses();
$socket = open_port((int) $port, $listening);
file_put_contents("$dir/listening", $listening ? '1' : '0');
file_put_contents("$dir/pid", (string) getmypid());

while (!$stop && microtime(true) < $end) {
	if ($service->settings->refuses() === $listening) {
		$listening = !$listening;
		socket_close($socket);
		$socket = open_port((int) $port, $listening);
		file_put_contents("$dir/listening", $listening ? '1' : '0');
	}
	while (($gone = pcntl_waitpid(-1, $status, WNOHANG)) > 0) {
		unset($children[$gone]);
	}
	if (!$listening) {
		usleep(10000);
		continue;
	}
	$read = [$socket];
	$write = $except = null;
	if (@socket_select($read, $write, $except, 0, 10000) !== 1 || ($connection = @socket_accept($socket)) === false) {
		continue;
	}
	$pid = pcntl_fork();
	if ($pid === 0) {
		pcntl_signal(SIGTERM, SIG_DFL);
		pcntl_signal(SIGINT, SIG_DFL);
		socket_close($socket);
		$service->serve($connection);
		exit(0);
	}
	$children[$pid] = true;
	socket_close($connection);
}
array_map(fn (int $pid): bool => posix_kill($pid, SIGTERM), array_keys($children));
@unlink("$dir/pid");
