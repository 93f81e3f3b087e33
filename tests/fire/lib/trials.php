<?php
// Trials: each is a worker process of its own behind a proxy of its own.
declare(strict_types=1);

use SophMate\WordPress\Engines;

/** One worker, and what is to befall it. */
final class Trial
{
	public int $pid = 0;
	public ?Proxy $proxy = null;
	/** The worker's signal, 0 when it ended by itself; -1: it did not end within the time, and was killed. */
	public int $signal = 0;
	/** @var array<string, mixed> what the worker said at its end; empty when it did not come to it */
	public array $said = [];
	public float $began = 0.0;
	public float $took = 0.0;

	/**
	 * @param Closure(): array<string, mixed> $job   runs in the worker
	 * @param array<int, string> $plan               see Proxy
	 * @param bool $shared                           the store is WordPress's own connection, and both go through the proxy
	 */
	public function __construct(
		public readonly string $name,
		public readonly Closure $job,
		public readonly array $plan = [],
		public readonly bool $shared = false,
		public readonly float $wait = 0.3,
	) {
	}
}

/** Runs trials, some at once, in forks of this WordPress that is already up. */
final class Trials
{
	private const SECONDS = 90.0;

	/** What kills the server, for the modes that do. @var ?Closure(): void */
	public static ?Closure $kill_server = null;

	/** @param list<Trial> $trials */
	public static function run(array $trials, int $at_once): void
	{
		self::let_go();
		$waiting = $trials;
		$running = [];
		while ($waiting !== [] || $running !== []) {
			while ($waiting !== [] && count($running) < $at_once) {
				$running[] = self::begin(array_shift($waiting));
			}
			self::turn($running);
			$running = array_filter($running, static fn (Trial $trial): bool => !self::ended($trial));
		}
		self::take_up();
	}

	/** No connection may be open across a fork. */
	public static function let_go(): void
	{
		global $wpdb;
		Engines::store()->reset();
		Engines::forget();
		$wpdb->close();
	}

	public static function take_up(): void
	{
		global $wpdb;
		eventually(self::server_is_up(...), 40.0) || throw new RuntimeException('the server did not come back');
		$wpdb->db_connect(false);
		wp_cache_flush();
	}

	public static function server_is_up(): bool
	{
		$link = mysqli_init();   // WordPress switches mysqli's exceptions off, and it is not said when
		try {
			return @$link->real_connect('localhost', 'root', '', '', 0, needed('SOPHMATE_DB_SOCKET'));
		} catch (mysqli_sql_exception) {
			return false;
		}
	}

	private static function begin(Trial $trial): Trial
	{
		static $number = 0;
		$path = needed('SOPHMATE_WORK_DIR') . '/' . getmypid() . '-' . $number++;
		$trial->proxy = new Proxy("$path.sock", needed('SOPHMATE_DB_SOCKET'), $trial->plan, $trial->wait);
		if (self::$kill_server !== null) {
			$trial->proxy->kill_server = self::$kill_server;
		}
		$trial->began = microtime(true);
		$trial->pid = pcntl_fork();
		if ($trial->pid === 0) {
			self::work($trial, $path);
		}
		$trial->proxy->victim = $trial->pid;
		return $trial;
	}

	/** The worker. */
	private static function work(Trial $trial, string $path): never
	{
		global $wpdb;
		mt_srand();
		if ($trial->shared) {
			define('SOPHMATE_STORE', 'shared');
			ini_set('mysqli.default_socket', "$path.sock");
		}
		$wpdb->db_connect(false);
		ini_set('mysqli.default_socket', "$path.sock");
		try {
			$said = ($trial->job)();
		} catch (Throwable $e) {
			$said = ['threw' => get_class($e), 'message' => $e->getMessage()];
		}
		file_put_contents("$path.json", json_encode($said, JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR));
		exit(0);
	}

	/** @param array<Trial> $running */
	private static function turn(array $running): void
	{
		$sockets = [];
		$wake = microtime(true) + 0.005;
		foreach ($running as $trial) {
			array_push($sockets, ...$trial->proxy->sockets());
			$wake = min($wake, $trial->proxy->wakes());
		}
		$none = [];
		$wait = max(0, (int) (1e6 * ($wake - microtime(true))));
		if (@stream_select($sockets, $none, $none, 0, $wait) === false) {
			$sockets = [];
		}
		foreach ($running as $trial) {
			$trial->proxy->work($sockets);
		}
	}

	private static function ended(Trial $trial): bool
	{
		$late = microtime(true) - $trial->began > self::SECONDS;
		if ($late) {
			posix_kill($trial->pid, SIGKILL);
		}
		if (pcntl_waitpid($trial->pid, $status, $late ? 0 : WNOHANG) === 0) {
			return false;
		}
		$trial->took = microtime(true) - $trial->began;
		$trial->signal = $late ? -1 : (pcntl_wifsignaled($status) ? pcntl_wtermsig($status) : 0);
		$file = substr($trial->proxy->path, 0, -5) . '.json';
		$trial->said = is_file($file) ? json_decode((string) file_get_contents($file), true) : [];
		$trial->proxy->close();
		return true;
	}
}

/** Instead of working in the fork: the fork becomes a WP-CLI of its own, all of whose connections go through the proxy. */
function exec_wp(string ...$arguments): never
{
	$socket = ini_get('mysqli.default_socket');
	pcntl_exec(PHP_BINARY, ['-d', "mysqli.default_socket=$socket", $GLOBALS['argv'][0], '--allow-root', '--path=' . ABSPATH, ...array_values($arguments)]);
	throw new RuntimeException('no exec');
}
