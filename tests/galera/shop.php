<?php
// What the workers and the test share: a store on each node, a workflow of two effects, the ledger of what really happened.
declare(strict_types=1);

require_once dirname(__DIR__, 2) . '/examples/pdo-store.php';

use SophMate\{Attempt, Effect, Engine, Repeat, Step, Workflow};

const STEPS = ['reserve goods', 'charge card'];

function work(string $file): string
{
	return getenv('SOPHMATE_GALERA_WORK') . "/$file";
}

function dsn(int $node): string
{
	return 'mysql:unix_socket=' . work("n$node.sock") . ';dbname=shop;user=root;password=';
}

function store(int $node): PdoStore
{
	return new PdoStore(dsn($node), 'wp_sophmate_');
}

/** Acts: one line in the ledger, which no database can take back: "run step", attempt, microseconds. */
function act(Attempt $a): string
{
	file_put_contents(work('ledger'), "$a->runId $a->step\t$a->attempt\t" . (int) (microtime(true) * 1e6) . "\n", FILE_APPEND | LOCK_EX);
	return "$a->step done";
}

function shop(): Workflow
{
	return new Workflow('order', '1', 'commerce', 'operations', array_map(
		fn (string $name) => new Step($name, act(...), Effect::Money, Repeat::Never, timeoutSeconds: 2.0, graceSeconds: 1.0),
		STEPS,
	));
}

function engine(int $node): Engine
{
	$engine = new Engine(store($node));
	$engine->register(shop());
	return $engine;
}

/** @return array<string, int> how often each line stands in the ledger, by "run step" */
function ledger(): array
{
	$lines = is_file(work('ledger')) ? file(work('ledger'), FILE_IGNORE_NEW_LINES) : [];
	return array_count_values(array_map(fn (string $line) => strstr($line, "\t", true), $lines));
}
