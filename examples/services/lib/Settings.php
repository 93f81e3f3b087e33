<?php
declare(strict_types=1);

/** A service's switches and its current fault: one small file, read at every request, changed under a lock. */
final class Settings
{
	public const MODES = ['none', 'refuse', 'hang', 'hang-before', 'reset', 'reset-before', 'slow', '202', 'empty-id',
		'500-after', 'big', 'malformed', '302'];
	private const NONE = ['mode' => 'none', 'times' => 0, 'seconds' => 1.0, 'on' => 'POST', 'until' => 0.0];

	public function __construct(private readonly string $file, private readonly Role $role)
	{
	}

	/** @return array{keys: bool, lookup: bool, fault: array{mode: string, times: int, seconds: float, on: string, until: float}} */
	public function read(): array
	{
		$text = is_file($this->file) ? (string) file_get_contents($this->file) : '';
		return $text === '' ? $this->initial() : json_decode($text, true, 16, JSON_THROW_ON_ERROR);
	}

	/** Sets "keys" (an Idempotency-Key absorbs a repetition) and "lookup" (GET answers). */
	public function set(array $wanted): array
	{
		foreach ($wanted as $name => $value) {
			if (!in_array($name, ['keys', 'lookup'], true) || !is_bool($value)) {
				throw new InvalidArgumentException("settings are keys and lookup, true or false; got $name = " . json_encode($value));
			}
			if ($this->role->name === 'mail' && $value) {
				throw new InvalidArgumentException("mail takes neither keys nor look-ups; got $name = true");
			}
		}
		return $this->change(fn (array $now): array => $wanted + $now);
	}

	/** Sets the fault; mode "none" clears it. Times 0 = until cleared; "refuse" lasts for "seconds" where they are given. */
	public function fault(array $wanted): array
	{
		$mode = (string) ($wanted['mode'] ?? '');
		if (!in_array($mode, self::MODES, true) && !preg_match('/^[45]\d\d$/D', $mode)) {
			throw new InvalidArgumentException('fault mode must be 400..599, or one of ' . implode(', ', self::MODES) . "; got '$mode'");
		}
		$times = $wanted['times'] ?? 0;
		$seconds = $wanted['seconds'] ?? null;
		$on = $wanted['on'] ?? 'POST';
		if (!is_int($times) || $times < 0 || ($mode === 'refuse' && $times > 0)) {
			throw new InvalidArgumentException('times must be a whole number from 0, and 0 with refuse (a closed port counts nothing); got ' . json_encode($times));
		}
		if ($seconds !== null && (!is_int($seconds) && !is_float($seconds) || $seconds < 0 || $seconds > 600)) {
			throw new InvalidArgumentException('seconds must be 0 to 600, got ' . json_encode($seconds));
		}
		if (!in_array($on, ['POST', 'GET', '*'], true)) {
			throw new InvalidArgumentException("on must be POST, GET or *, got " . json_encode($on));
		}
		$fault = ['mode' => $mode, 'times' => $times, 'seconds' => (float) ($seconds ?? 1.0), 'on' => $on,
			'until' => $mode === 'refuse' && $seconds !== null ? microtime(true) + $seconds : 0.0];
		return $this->change(fn (array $now): array => ['fault' => $fault] + $now);
	}

	/** The fault that this request gets; a fault for N times is used up here, exactly once a request. */
	public function take(string $method): array
	{
		$taken = self::NONE;
		$this->change(function (array $now) use (&$taken, $method): array {
			$fault = $now['fault'];
			if ($fault['mode'] !== 'none' && ($fault['on'] === '*' || $fault['on'] === $method)) {
				$taken = $fault;
				if ($fault['times'] === 1) {
					$now['fault'] = self::NONE;
				} elseif ($fault['times'] > 1) {
					$now['fault']['times']--;
				}
			}
			return $now;
		});
		return $taken;
	}

	/** Whether the port has to be closed now. */
	public function refuses(): bool
	{
		$fault = $this->read()['fault'];
		return $fault['mode'] === 'refuse' && ($fault['until'] <= 0 || microtime(true) < $fault['until']);
	}

	public function clear(): void
	{
		$this->change(fn (): array => $this->initial());
	}

	private function initial(): array
	{
		return ['keys' => $this->role->keys, 'lookup' => $this->role->lookup, 'fault' => self::NONE];
	}

	/** Replaced by rename, so that a reader without the lock never sees half a file. */
	private function change(callable $change): array
	{
		$lock = fopen($this->file . '.lock', 'cb') ?: throw new RuntimeException("cannot open {$this->file}.lock");
		flock($lock, LOCK_EX);
		try {
			$before = $this->read();
			$after = $change($before);
			if ($after !== $before) {
				file_put_contents($this->file . '.new', Ledger::line($after));
				rename($this->file . '.new', $this->file);
			}
			return $after;
		} finally {
			flock($lock, LOCK_UN);
			fclose($lock);
		}
	}
}
