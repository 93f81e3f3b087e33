<?php
/**
 * A must-use plugin while a test runs: ?fire=HOW&key=K charges at billing by sophmate_once(), and the process ends in the way that is
 * named, after billing has the charge. HOW none: it does not end so. long: billing hangs, and the step would wait for nine seconds.
 */
declare(strict_types=1);

/** WordPress's own store, whose next write ends the process when it is told to. */
final class FireStore implements SophMate\Store
{
	public static bool $armed = false;

	public function __construct(private readonly SophMate\Store $inner)
	{
	}
	public function dialect(): SophMate\Dialect
	{
		return $this->inner->dialect();
	}
	public function tablePrefix(): string
	{
		return $this->inner->tablePrefix();
	}
	public function environment(): string
	{
		return $this->inner->environment();
	}
	public function write(string $sql, array $params): int
	{
		if (self::$armed) {
			self::$armed = false;
			exit;
		}
		return $this->inner->write($sql, $params);
	}
	public function read(string $sql, array $params): array
	{
		return $this->inner->read($sql, $params);
	}
	public function reset(): void
	{
		$this->inner->reset();
	}
}

add_action('init', static function (): void {
	$how = (string) ($_GET['fire'] ?? '');
	if ($how === '') {
		return;
	}
	$key = 'fire: ' . (string) $_GET['key'];
	$end = static function () use ($how): void {
		switch ($how) {
			case 'exit':
				exit;
			case 'nested':
				array_map(static fn () => exit, [1]);
			case 'store':
				FireStore::$armed = true;
				break;
			case 'error':
				trigger_error('planted', E_USER_ERROR);
			case 'compile':
				eval('class FireTwice {} class FireTwice {}');
			case 'memory':
				ini_set('memory_limit', '96M');
				for ($all = []; ; $all[] = str_repeat('x', 1 << 20));
			case 'time':
				set_time_limit(1);
				for (; ; );
			case 'segfault':
				posix_kill(posix_getpid(), 11);   // pcntl and its names are not in php-fpm
				usleep(1000000);
			case 'kill':
				posix_kill(posix_getpid(), 9);
		}
	};
	$effect = static function (SophMate\Attempt $a) use ($end, $how, $key): mixed {
		$charge = static function (SophMate\Attempt $a): mixed {
			$r = sophmate_remote_request($a, SOPHMATE_EXAMPLE_BILLING . '/charges', ['json' => ['customer' => 'c', 'amount' => '12.50', 'currency' => 'EUR']]);
			return is_wp_error($r) ? $r : json_decode($r['body'], true)['id'];
		};
		if ($how !== 'nested') {
			$id = $charge($a);
			$end();
			return $id;
		}
		return sophmate_once("$key inner", 1, static function (SophMate\Attempt $inner) use ($charge, $a, $end): mixed {
			$charge($a);
			$end();
			return null;
		});
	};
	$probe = static function (SophMate\Attempt $a): SophMate\Answer {
		$answer = json_decode(wp_remote_retrieve_body(wp_remote_get(SOPHMATE_EXAMPLE_BILLING . '/charges?key=' . $a->key)), true);
		return !is_array($answer['items'] ?? null) ? SophMate\Answer::unknown('no answer')
			: ($answer['items'] === [] ? SophMate\Answer::notDone('no charge') : SophMate\Answer::done($answer['items'][0]['id']));
	};
	try {
		$engine = new SophMate\Engine(new FireStore(SophMate\WordPress\Engines::store()), SophMate\WordPress\Judge::judge(...));
		echo 'charged ', $engine->once($key, 1, $effect, probe: $probe, timeoutSeconds: $how === 'long' ? 9.0 : 3.0);
	} catch (SophMate\Exception $e) {
		echo get_class($e), ': ', $e->getMessage();
	}
	exit;
}, 99);
