<?php
// A proxy between one worker and the server, on unix sockets, that does harm at the packets that it is told.
declare(strict_types=1);

/**
 * Requests are numbered from 0 over all connections of the worker: the opening of a connection is one (its reply is the greeting), then
 * the log-in, then each command. The plan says what befalls the request or its reply:
 *
 *   kill-before    the worker is killed (SIGKILL) when the request has left it; the server never sees it
 *   kill-after     the worker is killed when the whole reply has come back from the server; it never sees it
 *   drop           the request is swallowed, nothing is said          reply-drop    the reply is
 *   delay          the request waits                                  reply-delay   the reply waits
 *   cut            the connection ends, the request is lost           reply-cut     the connection ends after the server did it
 *   half           half of the request arrives, then the end          reply-half    half of the reply, then the end
 *   ghost          the connection ends for the worker; the request arrives at the server later
 *   twice          the request arrives twice, the worker sees the second reply
 *   server         the server itself is killed when the request has left the worker; `server-after`: before its reply is passed on
 */
final class Proxy
{
	public const REQUEST = ['drop', 'delay', 'cut', 'half', 'ghost', 'twice'];
	public const REPLY = ['reply-drop', 'reply-delay', 'reply-cut', 'reply-half'];

	/** @var list<string> what each request was */
	public array $seen = [];
	/** @var list<string> what was done, as "number mode" */
	public array $done = [];
	public int $victim = 0;
	/** @var callable(): void what `server` calls */
	public $kill_server;

	/** @var resource */
	private $listening;
	/** @var array<int, Pipe> */
	private array $pipes = [];
	/** @var list<array{float, callable}> */
	private array $later = [];

	/** @param array<int, string> $plan   mode by number  @param float $wait   seconds of a delay */
	public function __construct(public readonly string $path, private readonly string $server, private readonly array $plan = [], private readonly float $wait = 0.3)
	{
		$socket = stream_socket_server("unix://$path");
		$this->listening = $socket === false ? throw new RuntimeException("cannot listen at $path") : $socket;
		stream_set_blocking($this->listening, false);
		$this->kill_server = static fn () => throw new LogicException('nobody said how to kill the server');
	}

	/** @return list<resource> */
	public function sockets(): array
	{
		$sockets = [$this->listening];
		foreach ($this->pipes as $pipe) {
			array_push($sockets, ...$pipe->sockets());
		}
		return $sockets;
	}

	/** When it wants to be called at the latest, INF: whenever. */
	public function wakes(): float
	{
		return $this->later === [] ? INF : min(array_column($this->later, 0));
	}

	/** Does what there is to do. @param list<resource> $readable */
	public function work(array $readable): void
	{
		foreach ($this->later as $i => [$at, $what]) {
			if ($at <= microtime(true)) {
				unset($this->later[$i]);
				$what();
			}
		}
		foreach ($readable as $socket) {
			if ($socket === $this->listening) {
				$this->accept();
			}
		}
		foreach ($this->pipes as $id => $pipe) {
			$pipe->work($readable);
			if ($pipe->over()) {
				unset($this->pipes[$id]);
			}
		}
	}

	/** The next number. */
	public function number(string $what): int
	{
		$this->seen[] = $what;
		return count($this->seen) - 1;
	}

	/** What befalls this number, '' for nothing. */
	public function mode(int $number): string
	{
		return $this->plan[$number] ?? '';
	}

	public function note(int $number, string $mode): void
	{
		$this->done[] = "$number $mode";
	}

	public function after(callable $what, ?float $seconds = null): void
	{
		$this->later[] = [microtime(true) + ($seconds ?? $this->wait), $what];
	}

	public function kill(): void
	{
		if ($this->victim < 1) {
			throw new LogicException('nobody to kill');
		}
		posix_kill($this->victim, SIGKILL);
	}

	public function close(): void
	{
		foreach ($this->pipes as $pipe) {
			$pipe->end();
		}
		$this->pipes = [];
		fclose($this->listening);
		unlink($this->path);
	}

	private function accept(): void
	{
		$client = @stream_socket_accept($this->listening, 0.0);
		if ($client === false) {
			return;
		}
		$server = @stream_socket_client("unix://$this->server", $code, $message, 3.0);
		if ($server === false) {
			$this->number('connect (no server)');
			fclose($client);   // as a dead server's socket
			return;
		}
		$this->pipes[] = new Pipe($this, $client, $server);
	}
}
