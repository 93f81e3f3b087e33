<?php
// One process of a host: php worker.php ROLE [arguments]. Its settings say which host it is.
//
//   do OP [before|after N]     one createKey, checkpoint or rotate, ended by SIGKILL at the N-th statement; prints what came of it
//   write NAME FILE            effects, one after the other; each that was acknowledged is a line of FILE
//   sequence                   gives events their place in the log
//   sign [SECONDS]             heads, one after the other; rotates every so many seconds
//
// SOPHMATE_SIGNERS_PATIENT: on servers that refuse statements now and then (a cluster) StoreError and StoreUncertain end nothing.
declare(strict_types=1);
require getenv('SOPHMATE_ROOT') . '/examples/pdo-store.php';

use SophMate\{AuditLog, Engine, Store};

final class DyingStore implements Store
{
	private int $n = 0;
	public function __construct(private Store $inner, private string $when = '', private int $at = 0) {}
	public function dialect(): SophMate\Dialect { return $this->inner->dialect(); }
	public function tablePrefix(): string { return $this->inner->tablePrefix(); }
	public function environment(): string { return $this->inner->environment(); }
	public function reset(): void { $this->inner->reset(); }
	public function write(string $sql, array $params): int { return $this->pass(fn () => $this->inner->write($sql, $params)); }
	public function read(string $sql, array $params): array { return $this->pass(fn () => $this->inner->read($sql, $params)); }
	public function count(): int { return $this->n; }
	private function pass(Closure $do): mixed
	{
		$mine = ++$this->n === $this->at;
		$mine && $this->when === 'before' && $this->die();
		$answer = $do();
		$mine && $this->when === 'after' && $this->die();
		return $answer;
	}
	private function die(): never
	{
		posix_kill(getmypid(), SIGKILL);
		exit;
	}
}

[, $role] = $argv;
$store = new DyingStore(new PdoStore(getenv('SOPHMATE_DSN'), 'sg_', 'signers', getenv('SOPHMATE_USER'), (string) getenv('SOPHMATE_PASSWORD')), $argv[3] ?? '', (int) ($argv[4] ?? 0));
$log = new AuditLog($store);
// What the server refused is not done, or not known: the next turn goes on.
$patiently = function (Closure $what): bool {
	try {
		$what();
		return true;
	} catch (SophMate\StoreError | SophMate\StoreUncertain | SophMate\OutcomeUnknown | SophMate\InProgress $e) {
		getenv('SOPHMATE_SIGNERS_PATIENT') || throw $e;
		return false;
	}
};
switch ($role) {
	case 'do':
		try {
			$result = match ($argv[2]) {
				'createKey' => $log->createKey('ann', 'test'),
				'rotate' => $log->rotate('ann', 'test'),
				'checkpoint' => $log->checkpoint(),
			};
			echo 'ok ', $result instanceof SophMate\Checkpoint ? ($result->note === null ? 'unsigned' : 'signed') . " $result->size" : 'key', "\n", $store->count(), "\n";
		} catch (Throwable $e) {
			echo get_class($e), ": {$e->getMessage()}\n", $store->count(), "\n";
		}
		break;
	case 'write':
		$engine = new Engine($store);
		for ($i = 0; ; $i++) {
			$key = "$argv[2]-" . getmypid() . "-$i";
			$patiently(fn () => $engine->once($key, 1, fn () => $i)) && file_put_contents($argv[3], "$key\n", FILE_APPEND);
		}
	case 'sequence':
		for ($engine = new Engine($store); ; usleep(2000)) {
			$patiently(fn () => $engine->tick(1));
		}
	case 'sign':
		for ($next = microtime(true) + (float) ($argv[2] ?? INF); ; usleep(1000)) {
			if (microtime(true) > $next) {
				$patiently(fn () => $log->rotate('ann', 'time'));
				$next += (float) $argv[2];
			}
			$patiently(fn () => $log->checkpoint());
		}
}
