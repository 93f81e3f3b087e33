<?php
declare(strict_types=1);

/** One company: takes a request, does its effect, remembers it, and answers as its current fault says. */
final class Service
{
	public readonly Ledger $ledger;
	public readonly Ledger $requests;
	public readonly Settings $settings;

	public function __construct(public readonly Role $role, public readonly string $dir)
	{
		$this->ledger = new Ledger("$dir/ledger.jsonl");
		$this->requests = new Ledger("$dir/requests.jsonl");
		$this->settings = new Settings("$dir/settings.json", $role);
	}

	/** Serves one connection, in a process of its own. */
	public function serve(Socket $socket): void
	{
		$began = self::micros();
		$id = 'req_' . bin2hex(random_bytes(8));
		$http = new Http($socket);
		$wrong = $http->read();
		if ($wrong === null && in_array($http->path, ['/faults', '/settings', '/health'], true)) {
			$this->administer($http, $id);
			return;
		}
		$this->requests->log(['event' => 'began', 'request' => $id, 't_us' => $began, 'method' => $http->method, 'path' => $http->path,
			'key' => $http->header('idempotency-key'), 'run' => $http->header('x-sophmate-run')]);
		[$status, $effect] = $wrong === null ? $this->handle($http, $id) : $this->say($http, $id, 400, ['error' => $wrong]);
		$this->requests->log(['event' => 'ended', 'request' => $id, 't_us' => self::micros(), 'status' => $status, 'effect' => $effect]);
	}

	/** @return array{int, ?string} status that was sent (0: none), id of the effect that this request made */
	private function handle(Http $http, string $id): array
	{
		if ($http->path !== $this->role->path && !str_starts_with($http->path, $this->role->path . '/')) {
			return $this->say($http, $id, 404, ['error' => "no such path, this is {$this->role->name}: {$this->role->path}"]);
		}
		$fault = $this->settings->take($http->method);
		if (preg_match('/^[45]\d\d$/D', $fault['mode'])) {
			$wait = in_array($fault['mode'], ['429', '503'], true) ? ['Retry-After' => (string) (int) ceil($fault['seconds'])] : [];
			return $this->say($http, $id, (int) $fault['mode'], ['error' => "fault {$fault['mode']}, by switch"], $wait);
		}
		switch ($fault['mode']) {
			case '302':
				return $this->say($http, $id, 302, ['error' => 'fault 302, by switch'], ['Location' => $http->path]);
			case 'hang-before':
				$http->waitForEnd(60.0);
				return [0, null];
			case 'reset-before':
				$http->reset();
				return [0, null];
		}
		return match ($http->method) {
			'POST' => $this->create($http, $id, $fault),
			'GET' => $this->lookUp($http, $id, $fault),
			default => $this->say($http, $id, 405, ['error' => "POST or GET, got {$http->method}"]),
		};
	}

	private function create(Http $http, string $id, array $fault): array
	{
		$body = json_decode($http->body, true, 32);
		if ($http->path !== $this->role->path) {
			return $this->say($http, $id, 405, ['error' => "POST to {$this->role->path}"]);
		}
		if (!is_array($body) || ($body !== [] && array_is_list($body))) {
			return $this->say($http, $id, 400, ['error' => 'the body must be a JSON object']);
		}
		foreach ($this->role->required as $field) {
			if (($body[$field] ?? '') === '' || is_array($body[$field])) {
				return $this->say($http, $id, 422, ['error' => "$field is required"]);
			}
		}
		$key = $http->header('idempotency-key');
		$absorb = $key !== '' && $this->settings->read()['keys'];
		$status = $fault['mode'] === '202' ? 'pending' : $this->role->status;
		$known = null;
		$made = $this->ledger->append(function (array $rows) use ($http, $id, $key, $absorb, $body, $status, &$known): ?array {
			foreach ($absorb ? $rows : [] as $row) {
				if ($row['key'] === $key) {
					$known = $row;
					return null;
				}
			}
			return ['id' => $this->role->prefix . (count($rows) + 1), 'status' => $status, 'key' => $key,
				'run' => $http->header('x-sophmate-run'), 'request' => $id, 'at_us' => self::micros(), 'body' => $body];
		});
		if ($known !== null && $known['body'] !== $body) {
			return $this->say($http, $id, 422, ['error' => 'key used with another body']);
		}
		$row = $made ?? $known;
		$answer = $this->respond($http, $id, $fault, 201, ['id' => $row['id'], 'status' => $row['status']],
			$known === null ? [] : ['Idempotency-Replayed' => 'true']);
		return [$answer, $made['id'] ?? null];
	}

	private function lookUp(Http $http, string $id, array $fault): array
	{
		if (!$this->settings->read()['lookup']) {
			return $this->say($http, $id, 404, ['error' => 'no look-up here']);
		}
		$one = $http->path === $this->role->path ? null : substr($http->path, strlen($this->role->path) + 1);
		$by = array_intersect_key($http->query, ['key' => 1, 'run' => 1]);
		if ($one === null && $by === []) {
			return $this->say($http, $id, 400, ['error' => "look up {$this->role->path}/ID, ?key= or ?run="]);
		}
		$items = array_values(array_filter($this->ledger->rows(),
			fn (array $row): bool => $one !== null ? $row['id'] === $one : array_intersect_assoc($by, $row) === $by));
		if ($one !== null && $items === []) {
			return $this->say($http, $id, 404, ['error' => "no $one"]);
		}
		return [$this->respond($http, $id, $fault, 200, $one !== null ? $items[0] : ['items' => $items], []), null];
	}

	/** Answers, or does not, after whatever there was to do has been done. @return int the status sent, 0 for none */
	private function respond(Http $http, string $id, array $fault, int $status, array $answer, array $headers): int
	{
		switch ($fault['mode']) {
			case 'hang':
				$http->waitForEnd(60.0);
				return 0;
			case 'reset':
				$http->reset();
				return 0;
			case 'slow':
				usleep((int) ($fault['seconds'] * 1e6));
				break;
			case '202':
				$status = 202;
				break;
			case 'empty-id':
				$answer['id'] = '';
				break;
			case '500-after':
				$status = 500;
				$answer = ['error' => 'fault 500-after, by switch'];
				break;
			case 'big':
				$answer['padding'] = str_repeat('x', 2 * 1024 * 1024);
				break;
			case 'malformed':
				$http->answer(200, '<html>not JSON', ['X-Request-Id' => $id]);
				return 200;
		}
		return $this->say($http, $id, $status, $answer, $headers)[0];
	}

	private function administer(Http $http, string $id): void
	{
		try {
			$wanted = $http->method === 'POST' ? json_decode($http->body, true, 8, JSON_THROW_ON_ERROR) : [];
			if (!is_array($wanted)) {
				throw new InvalidArgumentException('the body must be a JSON object');
			}
			$this->say($http, $id, 200, match (true) {
				$http->path === '/health' || $http->method !== 'POST' => ['service' => $this->role->name] + $this->settings->read(),
				$http->path === '/faults' => $this->settings->fault($wanted),
				default => $this->settings->set($wanted),
			});
		} catch (InvalidArgumentException | JsonException $e) {
			$this->say($http, $id, 400, ['error' => $e->getMessage()]);
		}
	}

	/** @return array{int, null} */
	private function say(Http $http, string $id, int $status, array $body, array $headers = []): array
	{
		$http->answer($status, Ledger::line($body), $headers + ['X-Request-Id' => $id]);
		return [$status, null];
	}

	private static function micros(): int
	{
		return (int) (microtime(true) * 1e6);
	}
}
