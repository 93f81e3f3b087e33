<?php
// Replies and requests that are lost, late, cut or doubled. $args: singles, pairs.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

$pairs = ($args[0] ?? 'singles') === 'pairs';
$name = $pairs ? 'pairs' : 'singles';
Trials::run([new Trial('warm', static fn (): array => start_order(orders(1)[0]))], 1);   // makes the switches' rows
Trials::run([$dry = new Trial('dry', static fn (): array => start_order(orders(1)[0]))], 1);
$packets = count($dry->proxy->seen);
$modes = [...Proxy::REQUEST, ...Proxy::REPLY];

$plans = [];
if ($pairs) {
	$wanted = (int) (getenv('SOPHMATE_FIRE_PAIRS') ?: 200);
	while (count($plans) < $wanted) {
		$first = mt_rand(0, $packets - 1);
		/* Often close behind: what is sent again, what is read back. Seldom a drop: it costs ten seconds each. */
		$second = $first + (mt_rand(0, 1) ? mt_rand(1, 4) : mt_rand(1, $packets));
		$some = mt_rand(0, 9) ? array_values(array_diff($modes, ['drop', 'reply-drop'])) : $modes;
		$plans[] = [$first => $some[array_rand($some)], $second => $some[array_rand($some)]];
	}
} else {
	foreach (array_keys($dry->proxy->seen) as $number) {
		foreach ($modes as $mode) {
			$plans[] = [$number => $mode];
		}
	}
}

/* Somebody else looks after lapsed leases all the while: who is late meets what was recovered. */
$other = proc_open([PHP_BINARY, $GLOBALS['argv'][0], '--allow-root', '--path=' . ABSPATH, 'sophmate', 'work', '--for=300', '--quiet-ticks'], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
$all = orders(count($plans));
$trials = [];
foreach ($plans as $i => $plan) {
	$order = $all[$i];
	/* A short wait, or one over the step's deadline and lease. */
	$trials[] = new Trial(json_encode($plan) ?: '', static fn (): array => start_order($order), $plan, false, $i % 2 ? 0.1 : 1.6);
}
usort($trials, static fn (Trial $a, Trial $b): int => (int) str_contains($b->name, 'drop') <=> (int) str_contains($a->name, 'drop'));
Trials::run($trials, 20);
proc_terminate($other);
proc_close($other);

$befell = array_sum(array_map(static fn (Trial $trial): int => count($trial->proxy->done), $trials));
$planned = array_sum(array_map(static fn (Trial $trial): int => count($trial->plan), $trials));
$bad = array_filter($trials, static fn (Trial $trial): bool => $trial->signal !== 0 || isset($trial->said['threw']));
check("$name: every worker came to its own end", array_map(static fn (Trial $trial): string => "$trial->name: $trial->signal " . json_encode($trial->said), array_values($bad)), []);
$said = [];
foreach ($trials as $trial) {
	$what = $trial->said['state'] ?? $trial->said['error'] . (empty($trial->said['may_have_happened']) ? ', certainly not' : ', may have happened');
	$said[$what] = ($said[$what] ?? 0) + 1;
	if (str_starts_with($what, 'sophmate_') && !str_starts_with($what, 'sophmate_store')) {
		echo "        $trial->name: {$trial->said['error']}: {$trial->said['message']}\n";
	}
}
$finish = new Finish($all);
$audit = new Audit($all);
check("$name: every run can be finished", [$finish->stuck, $audit->not_begun], [[], []]);
check("$name: second effects, effects without a record, false records: none", $audit->wrong(), []);
check("$name: each order has its four effects", [$audit->completed, $audit->effects], [count($all), 4 * count($all)]);
check_between("$name: the faults came to pass", $befell, $pairs ? count($trials) : $planned, $planned);
$slowest = max(array_map(static fn (Trial $trial): float => $trial->took, $trials));
printf("        %d cases on %d packets, %d faults of %d came to pass; the workers said %s; the slowest took %.1f s\n", count($trials), $packets, $befell, $planned, json_encode($said), $slowest);
printf("        %d begun again, %d verdicts by people, %d advanced, %d resumed, %.1f s\n        %s\n", $finish->begun, $finish->verdicts, $finish->advanced, $finish->resumed, $finish->took, $audit->line());
finish();
