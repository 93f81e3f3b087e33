<?php
// Many workers at once, without a proxy: forks of this WordPress with connections of their own.
declare(strict_types=1);

final class Crowd
{
	public int $kills = 0;
	private int $begun = 0;
	/** @var array<int, array{string, Closure}> by process */
	private array $living = [];
	/** @var array<string, int> how they ended */
	public array $ended = [];

	/**
	 * Begins a worker. The job gets a function that says whether it is time to stop.
	 *
	 * @param Closure(callable(): bool): void $job
	 */
	public function add(string $name, Closure $job): void
	{
		$this->begun++;
		$pid = pcntl_fork();
		if ($pid !== 0) {
			$this->living[$pid] = [$name, $job];
			return;
		}
		global $wpdb;
		mt_srand(FIRE_SEED + 1000 * $this->begun);
		$wpdb->db_connect(false);
		$parent = posix_getppid();
		$stop = $this->stop_file();
		try {
			$job(static fn (): bool => is_file($stop) || posix_getppid() !== $parent);
		} catch (Throwable $e) {
			fwrite(STDOUT, "        $name: " . get_class($e) . ": {$e->getMessage()}\n");
			exit(1);
		}
		exit(0);
	}

	/** Kills one of those with this name, and begins another in its place. */
	public function kill_one(string $name): void
	{
		$some = array_keys(array_filter($this->living, static fn (array $one): bool => $one[0] === $name));
		if ($some === []) {
			return;
		}
		$pid = $some[array_rand($some)];
		$job = $this->living[$pid][1];
		posix_kill($pid, SIGKILL);
		pcntl_waitpid($pid, $status);
		unset($this->living[$pid]);
		$this->kills++;
		$this->add($name, $job);
	}

	public function count(string $name): int
	{
		while (($pid = pcntl_waitpid(-1, $status, WNOHANG)) > 0) {
			$this->gone($pid, $status);
		}
		return count(array_filter($this->living, static fn (array $one): bool => $one[0] === $name));
	}

	/** Tells all to stop, and waits. */
	public function end(float $seconds = 60.0): void
	{
		touch($this->stop_file());
		for ($end = microtime(true) + $seconds; $this->living !== [] && microtime(true) < $end; usleep(5000)) {
			$this->count('');
		}
		foreach (array_keys($this->living) as $pid) {
			posix_kill($pid, SIGKILL);
			pcntl_waitpid($pid, $status);
			$this->ended['did not stop'] = ($this->ended['did not stop'] ?? 0) + 1;
		}
		unlink($this->stop_file());
		$this->living = [];
	}

	private function gone(int $pid, int $status): void
	{
		$how = pcntl_wifsignaled($status) ? 'signal ' . pcntl_wtermsig($status) : 'exit ' . pcntl_wexitstatus($status);
		$this->ended[$how] = ($this->ended[$how] ?? 0) + 1;
		unset($this->living[$pid]);
	}

	private function stop_file(): string
	{
		return needed('SOPHMATE_WORK_DIR') . '/stop';
	}
}

/** A workflow of one step whose effect is a line in a file of the test's own. */
function register_race(string $name, string $ledger): void
{
	add_action('sophmate_register_workflows', static function (SophMate\Engine $engine) use ($name, $ledger): void {
		$engine->register(new SophMate\Workflow($name, '1', $name, 'operations', [
			new SophMate\Step('act', static function (SophMate\Attempt $a) use ($ledger): string {
				file_put_contents($ledger, "$a->runId\n", FILE_APPEND | LOCK_EX);
				return 'acted';
			}, SophMate\Effect::External, timeoutSeconds: 1.0, graceSeconds: 1.0,
				probe: static fn (SophMate\Attempt $a): SophMate\Answer => str_contains((string) file_get_contents($ledger), $a->runId)
					? SophMate\Answer::done('acted') : SophMate\Answer::notDone('no such line')),
		]));
	});
	file_put_contents($ledger, '');
}
