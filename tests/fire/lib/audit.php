<?php
// What happened, by the services' own ledgers; and what is said to have happened, by the journal, read without the product.
declare(strict_types=1);

/** Compares both for the runs of some orders. */
final class Audit
{
	public int $runs = 0;
	public int $events = 0;
	public int $effects = 0;
	public int $completed = 0;
	/** @var list<string> an effect that happened again */
	public array $second = [];
	/** @var list<string> an effect without a stored intent before it, or that no record tells */
	public array $unrecorded = [];
	/** @var list<string> a record of what did not happen */
	public array $false = [];
	/** @var list<string> rows that are not the history of a run */
	public array $illegal = [];
	/** @var list<int> orders without a run */
	public array $not_begun = [];
	/** @var array<string, int> events by type */
	public array $types = [];

	/** @param list<int> $orders */
	public function __construct(array $orders)
	{
		$runs = self::journal();
		$by_order = [];
		foreach ($runs as $id => $events) {
			$order = $events[0]['private']['input'][1]['order'] ?? null;
			if ($order !== null) {
				isset($by_order[$order]) && $this->illegal[] = "order $order has two runs";
				$by_order[$order] = $id;
			}
		}
		$wanted = [];
		foreach ($orders as $order) {
			isset($by_order[$order]) ? $wanted[$by_order[$order]] = $order : $this->not_begun[] = $order;
		}
		foreach (array_keys($wanted) as $id) {
			$this->history($id, $runs[$id]);
		}
		foreach (SERVICES as $step => $service) {
			$this->compare($step, $service, array_intersect_key($runs, $wanted), $runs);
		}
		$this->runs = count($wanted);
	}

	/** The zeros, to be compared with []. @return array<string, list<string>> */
	public function wrong(): array
	{
		return array_filter(['second effects' => $this->second, 'effects without a record' => $this->unrecorded,
			'records of what did not happen' => $this->false, 'illegal rows' => $this->illegal]);
	}

	public function line(): string
	{
		ksort($this->types);
		return "$this->runs runs, $this->events events, $this->effects effects in the ledgers, $this->completed completed; "
			. implode(' ', array_map(static fn (string $type, int $n): string => "$type $n", array_keys($this->types), $this->types));
	}

	/** @return list<array<string, mixed>> */
	public static function ledger(string $service): array
	{
		$file = dirname(needed('SOPHMATE_WORK_DIR')) . "/services/$service/ledger.jsonl";
		$lines = is_file($file) ? file($file, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) : [];
		return array_map(static fn (string $line): array => json_decode($line, true, 64, JSON_THROW_ON_ERROR), $lines ?: []);
	}

	public static function run_of(int $order): ?string
	{
		return sophmate_engine()->findBySubject(SophMate\OrderExample\Flow::WORKFLOW, "order:$order")?->id;
	}

	/** A connection of the test's own to the server. */
	public static function database(): mysqli
	{
		static $link = null;
		if ($link instanceof mysqli) {
			try {
				if (@$link->query('DO 1') === true) {
					return $link;
				}
			} catch (mysqli_sql_exception) {
			}
		}
		mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
		return $link = new mysqli('localhost', 'root', '', needed('SOPHMATE_SITE_DB'), 0, needed('SOPHMATE_DB_SOCKET'));
	}

	/** Every stream. @return array<string, list<array<string, mixed>>> rows in order, the leaf and the private values decoded */
	public static function journal(): array
	{
		$streams = [];
		foreach (self::database()->query('SELECT * FROM wp_sophmate_journal ORDER BY stream, seq') as $row) {
			$row['leaf'] = json_decode($row['leaf'], true, 64, JSON_THROW_ON_ERROR);
			$row['private'] = $row['private'] === null ? [] : json_decode($row['private'], true, 64, JSON_THROW_ON_ERROR);
			$streams[$row['stream']][] = $row;
		}
		return $streams;
	}

	/** @param list<array<string, mixed>> $events */
	private function history(string $id, array $events): void
	{
		$last = null;
		foreach ($events as $i => $event) {
			$leaf = $event['leaf'];
			$this->types[$leaf['type']] = ($this->types[$leaf['type']] ?? 0) + 1;
			$this->events++;
			if ((int) $event['seq'] !== $i + 1 || $leaf['seq'] !== $i + 1 || $leaf['id'] !== $event['id'] || $leaf['run'] !== $id
				|| ($leaf['prev'] ?? null) !== $last || ($last !== null && strcmp($event['id'], $last) <= 0)) {
				$this->illegal[] = "run $id seq {$event['seq']} {$leaf['type']}";
			}
			$last = $event['id'];
		}
		$run = sophmate_find($id);
		if (!$run instanceof SophMate\Run || $run->state === SophMate\RunState::Broken) {
			$this->illegal[] = "run $id is broken";
			return;
		}
		$this->completed += $run->state === SophMate\RunState::Completed ? 1 : 0;
	}

	/**
	 * @param array<string, list<array<string, mixed>>> $runs   those that are looked at
	 * @param array<string, list<array<string, mixed>>> $all
	 */
	private function compare(string $step, string $service, array $runs, array $all): void
	{
		$effects = [];
		foreach (self::ledger($service) as $row) {
			isset($all[$row['run']]) || $this->unrecorded[] = "$service {$row['id']}: no run {$row['run']}";
			if (isset($runs[$row['run']])) {
				$effects[$row['run']][] = $row;
				$this->effects++;
			}
		}
		foreach ($runs as $id => $events) {
			$said = [];
			$started = INF;
			foreach ($events as $event) {
				$leaf = $event['leaf'];
				if (($leaf['d']['step'] ?? null) !== $step) {
					continue;
				}
				if ($leaf['type'] === 'step.started') {
					$started = min($started, (int) $event['stored_at']);
				}
				if (in_array($leaf['type'], ['step.finished', 'verdict.done', 'late.done'], true)) {
					$said[] = $event['private']['output'][1][RESOURCES[$service]] ?? '(no output)';
				}
			}
			$mine = $effects[$id] ?? [];
			foreach (array_slice($mine, 1) as $row) {
				$this->second[] = "$service {$row['id']} of run $id";
			}
			foreach ($mine as $row) {
				/* Both clocks are this machine's. */
				if ($row['at_us'] < $started || !in_array($row['id'], $said, true)) {
					$this->unrecorded[] = "$service {$row['id']} of run $id";
				}
			}
			foreach ($said as $name) {
				if (!in_array($name, array_column($mine, 'id'), true)) {
					$this->false[] = "$step $name of run $id";
				}
			}
		}
	}
}
