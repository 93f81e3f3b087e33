<?php
// How a step of a run may end, on the real site and the real billing: state, class, reason, owner, and what may be done about it.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';
require __DIR__ . '/flow/helpers.php';

use_plugin('outcomes.php');
$event = bin2hex(random_bytes(4));

/** Runs one, and says how it stands: as a person sees it. @return array{string, array<string, mixed>} its id, and what `run show` prints */
$run = function (string $mode, string $name) use ($event): array {
	$id = trim(wp_cli('sophmate', 'run', 'start', 'flow.outcome', "--subject=$event $name", '--input={"mode":"' . $mode . '"}', '--porcelain')[1]);
	return [$id, json_decode(wp_output('sophmate', 'run', 'show', $id, '--format=json'), true)];
};
$effects = fn (): array => [count(ledger('billing')), count(requests('billing'))];
/** What a decision answers: the run's state, or 'refused'. One WordPress for all of them. @param list<string> $calls */
$decide = fn (string $id, string ...$calls): array => json_decode(wp_output('eval', '$e = sophmate_engine(); $id = "' . $id . '"; $answers = array();
	foreach (array(' . implode(', ', array_map(fn (string $call): string => "fn() => $call", $calls)) . ') as $call) {
		try { $r = $call(); $answers[] = $r instanceof SophMate\Run ? $r->state->value : $r; } catch (SophMate\InvalidState $x) { $answers[] = "refused"; }
	}
	echo json_encode($answers);'), true) ?? ['no answer'];

$unknown = ['unknown', 'effect step', 'finance', ['done', 'unknown', 'ready'], 1];
$refused = ['paused', 'effect step', 'finance', ['done', 'refused', 'ready'], 1];
$waiting = ['waiting', 'effect step', 'finance', ['done', 'refused', 'ready'], 1];
foreach ([
	// name => mode, fault of billing, how it stands, class, pieces of the reason, charges and requests at billing
	'false' => ['false', null, $unknown, null, ['The step returned false: it may have happened'], [0, 0]],
	'WP_Error' => ['wp_error', null, $unknown, null, ['the gateway is gone', '(gone)'], [0, 0]],
	'HTTP 409' => ['request', '409', $unknown, null, ['HTTP 409, may have happened', 'fault 409, by switch'], [0, 1]],
	'HTTP 500 after the charge' => ['request', '500-after', $unknown, null, ['HTTP 500, may have happened'], [1, 1]],
	'no answer after the charge' => ['request', 'hang', $unknown, null, ['after sending: may have happened'], [1, 1]],
	'HTTP 422' => ['request', '422', $refused, 'invalid_schema', ['HTTP 422, refused', 'fault 422, by switch', 'http_422'], [0, 1]],
	'refused connection' => ['request', 'refuse', $waiting, 'not_sent', ['nothing was sent'], [0, 0]],
] as $name => [$mode, $fault, $stands, $class, $reasons, $made]) {
	services('reset', 'billing');
	$fault === null || services('fault', 'billing', $fault);
	[$id, $show] = $run($mode, $name);
	$step = $show['steps'][1] ?? [];
	check("$name: state, step, owner, steps, attempts", [$show['state'], $show['step'], $show['owner'], array_column($show['steps'], 'state'), $step['attempts']], $stands);
	check("$name: class", $step['failure_class'], $class);
	foreach ($reasons as $reason) {
		check_holds("$name: the reason says '$reason'", (string) $show['reason'], $reason);
	}
	printf("        %s: %s at '%s', %s, class %s: %s\n", $name, $show['state'], $show['step'], $show['owner'], json_encode($step['failure_class']), $show['reason']);
	$again = $decide($id, "sophmate_start('flow.outcome', subject: '$event $name', input: array('mode' => '$mode'))", '$e->advance($id)', '$e->tick(100)["failed"]', 'sophmate_find($id)');
	check("$name: neither the same event, nor advance, nor the tick act again", [$again, $effects()], [[$stands[0], $stands[0], 0, $stands[0]], $made]);
	if ($stands === $unknown) {
		check("$name: only a verdict will do", $decide($id, '$e->resume($id, "t", "t")', '$e->pause($id, "t", "t")', '$e->finishByHand($id, "t", "t")', '$e->verdict($id, SophMate\Answer::done(array("id" => "seen")), "finance", "seen")', '$e->advance($id)'), ['refused', 'refused', 'refused', 'running', 'completed']);
	} elseif ($stands === $refused) {
		services('fault', 'billing', 'none');
		check("$name: mended and resumed it goes through", [$decide($id, '$e->verdict($id, SophMate\Answer::done(), "t", "t")', '$e->resume($id, "t", "t")', '$e->advance($id)'), $effects()[0]], [['refused', 'running', 'completed'], 1]);
	} else {
		check("$name: a person may end it", $decide($id, '$e->resume($id, "t", "t")', '$e->verdict($id, SophMate\Answer::done(), "t", "t")', '$e->stop($id, "t", "t")'), ['refused', 'refused', 'stopped']);
	}
}
services('reset', 'billing');

// 2 MiB: the step is done, its value cannot be kept, and whoever needs it is told so instead of getting null.
[$id, $show] = $run('big', 'big');
check('2 MiB: the step is done', [array_column($show['steps'], 'state')[1], $show['steps'][1]['attempts']], ['done', 1]);
check_holds('2 MiB: shown as omitted, with its size', (string) $show['steps'][1]['output_omitted'], (string) (2 * 1024 * 1024 + 2));
check('2 MiB: the step that needs it rests the run, with its owner', [$show['state'], $show['step'], $show['owner']], ['unknown', 'after', 'support']);
check_holds('2 MiB: and that reason', $show['reason'], 'its output was omitted: too large');
printf("        2 MiB: %s at '%s': %s\n", $show['state'], $show['step'], $show['reason']);
$script = <<<'PHP'
	$calls = 0;
	$effect = function () use (&$calls) { $calls++; return str_repeat("x", 2 * 1024 * 1024); };
	$first = sophmate_engine()->once("flow: big KEY", 1, $effect);
	SophMate\WordPress\Engines::forget();
	try { sophmate_engine()->once("flow: big KEY", 1, $effect); $second = "returned"; } catch (SophMate\OutputNotStored $e) { $second = get_class($e) . json_encode($e->effectMayHaveHappened()); }
	echo json_encode(array(strlen($first), $second, $calls));
	PHP;
check('2 MiB by once(): this call has the value, a replay throws OutputNotStored, one effect', wp_output('eval', str_replace('KEY', $event, $script)), json_encode([2 * 1024 * 1024, 'SophMate\OutputNotStoredtrue', 1]));
finish();
