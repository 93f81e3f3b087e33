<?php
// One connection through the proxy.
declare(strict_types=1);

final class Pipe
{
	private string $requests = '';
	private string $replies = '';
	private int $number;
	private string $request = '';
	private bool $waiting = true;      // for a reply; the greeting first
	private bool $logging_in = true;
	private bool $of_query = false;
	private int $swallow = 0;          // replies that the worker does not see
	private bool $held = false;        // a delay is on
	private bool $deaf = false;        // what comes now is swallowed

	/** @param ?resource $client  @param ?resource $server */
	public function __construct(private readonly Proxy $proxy, private $client, private $server)
	{
		stream_set_blocking($this->client, false);
		stream_set_blocking($this->server, false);
		$this->number = $proxy->number('connect');
		$this->befall($proxy->mode($this->number));
	}

	/** @return list<resource> */
	public function sockets(): array
	{
		return array_values(array_filter([$this->client, $this->server]));
	}

	public function over(): bool
	{
		return $this->client === null && $this->server === null;
	}

	public function end(): void
	{
		$this->close('client');
		$this->close('server');
	}

	/** @param list<resource> $readable */
	public function work(array $readable): void
	{
		if ($this->client !== null && in_array($this->client, $readable, true) && !$this->take('client', $this->requests)) {
			$this->end();
			return;
		}
		if ($this->server !== null && in_array($this->server, $readable, true) && !$this->take('server', $this->replies)) {
			$this->end();
			return;
		}
		if (!$this->held && !$this->deaf) {
			$this->pass();
		}
	}

	/** Reads what there is; false at the end. */
	private function take(string $side, string &$buffer): bool
	{
		$bytes = @fread($this->$side, 65536);
		if ($bytes === false || ($bytes === '' && feof($this->$side))) {
			return false;
		}
		$buffer .= $bytes;
		return true;
	}

	private function pass(): void
	{
		while ($this->server !== null && !$this->held && !$this->deaf) {
			if ($this->waiting) {
				$length = Packets::reply($this->replies, $this->of_query, $this->logging_in);
				if ($length === 0) {
					return;
				}
				$reply = substr($this->replies, 0, $length);
				$this->replies = substr($this->replies, $length);
				$this->replied($reply);
			} else {
				$length = Packets::length($this->requests);
				if ($length === 0) {
					return;
				}
				$this->request = substr($this->requests, 0, $length);
				$this->requests = substr($this->requests, $length);
				$this->requested();
			}
		}
	}

	private function requested(): void
	{
		$name = Packets::name($this->request, $this->logging_in);
		$this->of_query = !$this->logging_in && ord($this->request[4]) === Packets::QUERY;
		if ($name === 'quit') {
			$this->end();
			return;
		}
		$this->number = $this->proxy->number($name);
		$this->befall($this->proxy->mode($this->number));
	}

	/** The request goes its way, or does not. For a connection that opens there is nothing to send. */
	private function befall(string $mode): void
	{
		$this->waiting = true;
		if ($mode !== '' && !str_starts_with($mode, 'reply-') && !str_ends_with($mode, '-after')) {
			$this->proxy->note($this->number, $mode);
		}
		switch ($mode) {
			case 'kill-before':
				$this->proxy->kill();
				$this->end();
				break;
			case 'server':
				($this->proxy->kill_server)();
				$this->end();
				break;
			case 'drop':
				$this->deaf = true;
				break;
			case 'delay':
				$this->held = true;
				$this->proxy->after(function (): void {
					$this->held = false;
					$this->send($this->request);
				});
				break;
			case 'cut':
				$this->end();
				break;
			case 'half':
				$this->send(substr($this->request, 0, intdiv(strlen($this->request), 2)));
				$this->end();
				break;
			case 'ghost':
				$this->close('client');
				$this->deaf = true;
				$this->proxy->after(function (): void {
					$this->send($this->request);
					$this->proxy->after($this->end(...), 0.5);
				});
				break;
			case 'twice':
				if ($this->request !== '' && !$this->logging_in) {
					$this->swallow = 1;
				}
				$this->send($this->request);
				break;
			default:
				$this->send($this->request);
		}
	}

	private function replied(string $reply): void
	{
		if ($this->swallow > 0) {
			$this->swallow--;
			$this->send($this->request);
			return;
		}
		$mode = $this->proxy->mode($this->number);
		if (str_starts_with($mode, 'reply-') || str_ends_with($mode, '-after')) {
			$this->proxy->note($this->number, $mode);
		}
		$this->waiting = false;
		$known = substr($reply, 4, 2) === "\x01\x03" ? substr($reply, 6) : $reply;
		$this->logging_in = $this->logging_in && ($this->request === '' || ord($known[4] ?? "\0") !== 0);
		switch ($mode) {
			case 'kill-after':
				$this->proxy->kill();
				$this->end();
				break;
			case 'server-after':
				($this->proxy->kill_server)();
				$this->end();
				break;
			case 'reply-drop':
				$this->deaf = true;
				break;
			case 'reply-delay':
				$this->held = true;
				$this->proxy->after(function () use ($reply): void {
					$this->held = false;
					$this->write('client', $reply);
					$this->pass();
				});
				break;
			case 'reply-cut':
				$this->end();
				break;
			case 'reply-half':
				$this->write('client', substr($reply, 0, intdiv(strlen($reply), 2)));
				$this->end();
				break;
			default:
				$this->write('client', $reply);
		}
	}

	private function send(string $bytes): void
	{
		$this->write('server', $bytes);
	}

	private function write(string $side, string $bytes): void
	{
		while ($bytes !== '' && $this->$side !== null) {
			$written = @fwrite($this->$side, $bytes);
			if ($written === false) {
				$this->end();
				return;
			}
			$bytes = substr($bytes, $written);
			$written > 0 || usleep(200);
		}
	}

	private function close(string $side): void
	{
		if ($this->$side !== null) {
			fclose($this->$side);
			$this->$side = null;
		}
	}
}
