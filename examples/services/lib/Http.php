<?php
declare(strict_types=1);

/** One HTTP/1.1 request on one accepted TCP socket, and its answer. No keep-alive: a connection is a request. */
final class Http
{
	private const HEAD_LIMIT = 65536;
	private const BODY_LIMIT = 8 * 1024 * 1024;

	public string $method = '';
	public string $path = '';
	/** @var array<string,string> */
	public array $query = [];
	public string $body = '';
	/** @var array<string,string> by lower-case name */
	private array $headers = [];

	public function __construct(private readonly Socket $socket)
	{
		socket_set_option($socket, SOL_SOCKET, SO_RCVTIMEO, ['sec' => 10, 'usec' => 0]);
	}

	/** Reads the whole request. @return ?string null, or what was wrong with it */
	public function read(): ?string
	{
		$text = '';
		while (($end = strpos($text, "\r\n\r\n")) === false) {
			if (strlen($text) > self::HEAD_LIMIT) {
				return 'request head over ' . self::HEAD_LIMIT . ' bytes';
			}
			if (($more = $this->more()) === '') {
				return 'no complete request head';
			}
			$text .= $more;
		}
		$lines = explode("\r\n", substr($text, 0, $end));
		if (!preg_match('#^([A-Z]+) (/[^ ]*) HTTP/1\.[01]$#D', (string) array_shift($lines), $match)) {
			return 'not an HTTP/1 request line';
		}
		foreach ($lines as $line) {
			[$name, $value] = explode(':', $line, 2) + [1 => ''];
			$this->headers[strtolower(trim($name))] = trim($value);
		}
		$this->method = $match[1];
		$this->path = (string) parse_url($match[2], PHP_URL_PATH);
		parse_str((string) parse_url($match[2], PHP_URL_QUERY), $this->query);
		if ($this->header('transfer-encoding') !== '') {
			return 'no transfer encoding here, send Content-Length';
		}
		$length = (int) $this->header('content-length');
		if ($length < 0 || $length > self::BODY_LIMIT) {
			return 'Content-Length must be 0 to ' . self::BODY_LIMIT . ", got $length";
		}
		if (strtolower($this->header('expect')) === '100-continue') {
			$this->write("HTTP/1.1 100 Continue\r\n\r\n");
		}
		$this->body = substr($text, $end + 4);
		while (strlen($this->body) < $length) {
			if (($more = $this->more()) === '') {
				return "body ended after " . strlen($this->body) . " of $length bytes";
			}
			$this->body .= $more;
		}
		return null;
	}

	/** A request header, '' where it was not sent. */
	public function header(string $name): string
	{
		return $this->headers[strtolower($name)] ?? '';
	}

	/** @param array<string,string> $headers */
	public function answer(int $status, string $body, array $headers): void
	{
		$head = "HTTP/1.1 $status " . (self::REASONS[$status] ?? 'Status') . "\r\n";
		$headers += ['Content-Type' => 'application/json', 'Content-Length' => (string) strlen($body), 'Connection' => 'close'];
		foreach ($headers as $name => $value) {
			$head .= "$name: $value\r\n";
		}
		$this->write($head . "\r\n" . $body);
		socket_shutdown($this->socket, 1);
		// Wait for the other side's FIN: closing with unread bytes would turn the answer into a reset.
		$this->waitForEnd(2.0);
		socket_close($this->socket);
	}

	/** Ends the connection with a TCP RST instead of a FIN. */
	public function reset(): void
	{
		socket_set_option($this->socket, SOL_SOCKET, SO_LINGER, ['l_onoff' => 1, 'l_linger' => 0]);
		socket_close($this->socket);
	}

	/** Says nothing until the other side gives up, at most so long. */
	public function waitForEnd(float $seconds): void
	{
		$until = microtime(true) + $seconds;
		while (($left = $until - microtime(true)) > 0) {
			$read = [$this->socket];
			$write = $except = null;
			if (@socket_select($read, $write, $except, (int) $left, (int) (fmod($left, 1.0) * 1e6)) === 1 && $this->more() === '') {
				return;
			}
		}
	}

	private function more(): string
	{
		$got = @socket_recv($this->socket, $bytes, 65536, 0);
		return $got === false || $got === 0 ? '' : (string) $bytes;
	}

	private function write(string $bytes): void
	{
		while ($bytes !== '') {
			$sent = @socket_write($this->socket, $bytes);
			if ($sent === false) {
				return;          // the other side went away: its loss, the ledger has the effect
			}
			$bytes = substr($bytes, $sent);
		}
	}

	private const REASONS = [200 => 'OK', 201 => 'Created', 202 => 'Accepted', 302 => 'Found', 400 => 'Bad Request', 401 => 'Unauthorized',
		403 => 'Forbidden', 404 => 'Not Found', 405 => 'Method Not Allowed', 409 => 'Conflict', 422 => 'Unprocessable Content',
		429 => 'Too Many Requests', 500 => 'Internal Server Error', 502 => 'Bad Gateway', 503 => 'Service Unavailable', 504 => 'Gateway Timeout'];
}
