<?php
// Death at every statement. $args: what the worker does (start, place, tick; wp: place, as a WP-CLI), and its store (own, shared).
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

[$what, $store] = $args;
$name = "$what, $store connection";
$shared = $store === 'shared';
$job = static fn (int $order): array => match ($what) {
	'start' => start_order($order),
	'place' => place_order($order),
	'wp' => exec_wp('eval', "\$r = SophMate\\OrderExample\\Flow::begin($order); is_wp_error(\$r) || SophMate\\OrderExample\\Flow::advance(\$r->id);"),
	'tick' => ['counts' => SophMate\WordPress\Ticker::work(1000)],
};
/* The tick finds this run waiting for its first step, and those that the deaths before left behind; log and list are up to date. */
$prepare = static function (int $count) use ($what): array {
	$orders = orders($count);
	if ($what === 'tick') {
		array_map(static fn (int $order) => SophMate\OrderExample\Flow::begin($order), $orders);
		sophmate_engine()->tick(0);
	}
	return $orders;
};

// Once without harm: which packets there are. The very first run of a category makes its switches' rows.
Trials::run([new Trial('warm', static fn (): array => start_order(orders(1)[0]))], 1);
$orders = $prepare(1);
Trials::run([$dry = new Trial('dry', static fn (): array => $job($orders[0]), [], $shared)], 1);
$packets = count($dry->proxy->seen);
$audit = new Audit($orders);
check("$name: without harm it completes", [$audit->completed, $audit->effects, $audit->wrong()], [1, 4, []]);
$inserts = count(preg_grep('/^INSERT INTO wp_sophmate_journal/', $dry->proxy->seen) ?: []);
echo "        $packets packets ($inserts INSERTs into the journal), 4 effects\n";

// Then one death in each. Of the packets that WordPress sends for itself on the shared connection a few will do.
$numbers = array_keys($dry->proxy->seen);
if ($what === 'wp') {
	$numbers = array_filter($numbers, static fn (int $n): bool => (bool) preg_match('/sophmate_journal/', $dry->proxy->seen[$n]));
} elseif ($shared) {
	$numbers = array_filter($numbers, static fn (int $n): bool => $n % 7 === 0 || preg_match('/sophmate_(journal|meta)/', $dry->proxy->seen[$n]));
}
$numbers = array_values($numbers);
$trials = $all = [];
foreach (['kill-before', 'kill-after'] as $mode) {
	foreach ($numbers as $i => $number) {
		if (in_array($what, ['tick', 'wp'], true) && ($i % 2 === 0) === ($mode === 'kill-before')) {
			continue;   // after one packet is before the next: every other of each will do
		}
		$all[] = $order = $prepare(1)[0];
		$trials[] = new Trial("packet $number $mode: {$dry->proxy->seen[$number]}", static fn (): array => $job($order), [$number => $mode], $shared);
		/* A tick moves whatever is there: one at a time. */
		$what !== 'tick' || Trials::run([end($trials)], 1);
	}
	for ($number = 0; $number < ($what === 'wp' ? 0 : 4); $number++) {
		$all[] = $order = $prepare(1)[0];
		$trials[] = new Trial("effect $number $mode", static function () use ($job, $order, $number, $mode): array {
			die_at_effect($number, $mode === 'kill-after');
			return $job($order);
		}, [], $shared);
		$what !== 'tick' || Trials::run([end($trials)], 1);
	}
}
$what === 'tick' || Trials::run($trials, 3);
check_between("$name: cases", count($trials), $what === 'wp' ? 10 : 20, INF);
$kills = count(array_filter($trials, static fn (Trial $trial): bool => $trial->signal === SIGKILL));
foreach ($trials as $trial) {
	$trial->signal === SIGKILL || print("        not killed: " . substr($trial->name, 0, 100) . ': ' . json_encode([$trial->signal, $trial->said, $trial->proxy->done]) . "\n");
}
check("$name: each case was a death", $kills, (in_array($what, ['tick', 'wp'], true) ? 1 : 2) * count($numbers) + ($what === 'wp' ? 0 : 8));

$before = new Audit($all);
check("$name: nothing happened a second time, nothing that did not happen is told", [$before->second, $before->false, $before->illegal], [[], [], []]);
$finish = new Finish($all);
$audit = new Audit($all);
check("$name: every run can be finished", [$finish->stuck, $audit->not_begun], [[], []]);
check("$name: second effects, effects without a record, false records: none", $audit->wrong(), []);
check("$name: each order has its four effects", [$audit->completed, $audit->effects], [count($all), 4 * count($all)]);
printf("        %d cases, %d kills; before recovery %d effects, %d orders not begun; %d processes of `wp sophmate work`, %d verdicts by people, %d advanced, %d resumed, %.1f s\n",
	count($all), $kills, $before->effects, count($before->not_begun), $finish->ticks, $finish->verdicts, $finish->advanced, $finish->resumed, $finish->took);
echo '        ', $audit->line(), "\n";
finish();
