<?php
// The reference flow (the order example's four steps) as a worker does it, and how it is brought to its end.
declare(strict_types=1);

use SophMate\OrderExample\{Flow, Orders};

const SERVICES = ['create contact' => 'crm', 'charge invoice' => 'billing', 'provision account' => 'provisioning', 'send welcome mail' => 'mail'];
const RESOURCES = ['crm' => 'contact', 'billing' => 'charge', 'provisioning' => 'account', 'mail' => 'message'];

/** New orders, pending. @return list<int> */
function orders(int $count): array
{
	$orders = [];
	for ($i = 0; $i < $count; $i++) {
		$orders[] = Orders::create(['name' => 'Åsa 🛒', 'email' => 'asa@example.test', 'total' => '12.50', 'currency' => 'EUR']);
	}
	return $orders;
}

/** Starts the order's run and acts at once; what a hook of a shop would do. @return array<string, mixed> */
function start_order(int $order): array
{
	return told(sophmate_start(Flow::WORKFLOW, subject: "order:$order", input: ['order' => $order] + Orders::fields($order)));
}

/** The example's own way: stored first, then advanced. @return array<string, mixed> */
function place_order(int $order): array
{
	$run = Flow::begin($order);
	if ($run instanceof SophMate\Run) {
		Flow::advance($run->id);
		$run = sophmate_find($run->id);
	}
	return told($run);
}

/** @return array<string, mixed> */
function told(mixed $run): array
{
	return $run instanceof SophMate\Run ? ['state' => $run->state->value, 'step' => $run->step, 'id' => $run->id]
		: (is_wp_error($run) ? ['error' => $run->get_error_code(), 'message' => $run->get_error_message()] + $run->get_error_data() : ['nothing' => true]);
}

/** The worker dies by SIGKILL right before, or right after, its nth effect (from 0). */
function die_at_effect(int $number, bool $after): void
{
	$seen = 0;
	$posts = static fn (array $args): bool => ($args['method'] ?? '') === 'POST';
	if ($after) {
		add_action('http_api_debug', static function ($response, $context, $class, $args) use (&$seen, $number, $posts): void {
			if ($posts($args) && $seen++ === $number) {
				posix_kill((int) getmypid(), SIGKILL);
			}
		}, 10, 4);
		return;
	}
	add_filter('pre_http_request', static function ($answer, $args) use (&$seen, $number, $posts) {
		if ($posts($args) && $seen++ === $number) {
			posix_kill((int) getmypid(), SIGKILL);
		}
		return $answer;
	}, 1, 2);
}

/** Another process, as an administrator's. @return array{int, string, string} */
function wp_process(string ...$arguments): array
{
	$command = [PHP_BINARY, $GLOBALS['argv'][0], '--allow-root', '--path=' . ABSPATH, ...array_values($arguments)];
	return run_command($command);
}

/** How runs came to their end. */
final class Finish
{
	public int $ticks = 0;
	public int $verdicts = 0;
	public int $resumed = 0;
	public int $advanced = 0;
	public int $begun = 0;
	/** @var array<int, string> orders that did not come to their end */
	public array $stuck = [];
	public float $took = 0.0;
	/** @var list<string> */
	private array $said = [];

	/**
	 * Brings the runs of these orders to their end as operations would: `wp sophmate work --once` until nothing moves, a truthful
	 * verdict where a person is asked, and the hook once more where the event was never begun. Each in a process of its own.
	 *
	 * @param list<int> $orders
	 */
	public function __construct(array $orders, float $seconds = 40.0)
	{
		$began = microtime(true);
		$this->begin_missing($orders);
		do {
			[$code, , $errors] = wp_process('sophmate', 'work', '--once', '--limit=1000');
			$code === 0 || throw new RuntimeException("wp sophmate work: $errors");
			$this->ticks++;
			$this->stuck = $this->look($orders, microtime(true) - $began);
		} while ($this->stuck !== [] && microtime(true) - $began < $seconds && usleep(300000) === null);
		$this->took = microtime(true) - $began;
	}

	/** @param list<int> $orders */
	private function begin_missing(array $orders): void
	{
		$missing = array_values(array_filter($orders, static fn (int $order): bool => Audit::run_of($order) === null));
		foreach (array_chunk($missing, 50) as $chunk) {
			$this->begun += count($chunk);
			[$code, , $errors] = wp_process('eval', 'foreach (array(' . implode(',', $chunk) . ') as $o) { $r = SophMate\OrderExample\Flow::begin($o); is_wp_error($r) && exit(1); }');
			$code === 0 || throw new RuntimeException("the event could not be begun again: $errors");
		}
	}

	/** @param list<int> $orders  @return array<int, string> */
	private function look(array $orders, float $since): array
	{
		$open = [];
		$engine = sophmate_engine();
		foreach ($orders as $order) {
			$run = $engine->findBySubject(Flow::WORKFLOW, "order:$order");
			$state = $run?->state->value ?? 'not begun';
			if ($state === 'completed') {
				continue;
			}
			$open[$order] = "$state at {$run?->step}: {$run?->reason}";
			if ($state === 'unknown' && ($run->step === 'send welcome mail' || $since > 15.0)) {
				$this->settle($run);
			} elseif ($state === 'paused') {
				$this->resumed++;
				$this->said[] = "\$e->resume('$run->id', 'ann', 'go on');";
			} elseif ($since > 8.0 && $run !== null) {
				$this->advanced++;   // a tick that came at the wrong time put it off for a minute: a person need not wait
				$this->said[] = "\$e->advance('$run->id');";
			}
		}
		$this->say();
		return $open;
	}

	/** What a person says who looked at the other side's books; by WP-CLI, after the first few all in one process. */
	private function settle(SophMate\Run $run): void
	{
		$service = SERVICES[$run->step];
		$rows = array_values(array_filter(Audit::ledger($service), static fn (array $row): bool => $row['run'] === $run->id));
		$kind = RESOURCES[$service];
		$id = $rows[0]['id'] ?? null;
		if ($this->verdicts++ < 3) {
			wp_process('sophmate', 'run', 'verdict', $run->id, '--by=ann', '--reason=looked at the books', ...($id === null ? ['--not-done']
				: ['--done', '--output=' . json_encode([$kind => $id]), "--external-id=$kind:$id"]));
			return;
		}
		$answer = $id === null ? "SophMate\\Answer::notDone('looked at the books')" : "SophMate\\Answer::done(['$kind' => '$id'], ['$kind' => '$id'])";
		$this->said[] = "\$e->verdict('$run->id', $answer, 'ann', 'looked at the books');";
	}

	/** Says what settle() and look() collected. */
	private function say(): void
	{
		foreach (array_chunk($this->said, 100) as $chunk) {
			[$code, , $errors] = wp_process('eval', '$e = sophmate_engine(); ' . implode(' ', array_map(
				static fn (string $one): string => "try { $one } catch (SophMate\\InvalidState \$x) {}", $chunk)));
			$code === 0 || throw new RuntimeException("decisions: $errors");
		}
		$this->said = [];
	}
}
