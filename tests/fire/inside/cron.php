<?php
// Ten `wp cron event run sophmate_tick` at once.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

$all = orders(6);
foreach ($all as $order) {
	$run = SophMate\OrderExample\Flow::begin($order);
	$run instanceof SophMate\Run || throw new RuntimeException($run->get_error_message());
}
$processes = [];
for ($i = 0; $i < 10; $i++) {
	$processes[] = proc_open([PHP_BINARY, $GLOBALS['argv'][0], '--allow-root', '--path=' . ABSPATH, 'cron', 'event', 'run', 'sophmate_tick'], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
}
$codes = array_map(proc_close(...), $processes);
check('ten ticks at once end well', array_unique($codes), [0]);
$before = new Audit($all);
$requests = [];
foreach (SERVICES as $service) {
	foreach (file(needed('SOPHMATE_FIRE_WORK') . "/services/$service/requests.jsonl", FILE_IGNORE_NEW_LINES) ?: [] as $line) {
		$row = json_decode($line, true);
		if ($row['event'] === 'began' && $row['method'] === 'POST') {
			$requests["$service {$row['run']}"] = ($requests["$service {$row['run']}"] ?? 0) + 1;
		}
	}
}
check('each effect was asked for once', max($requests), 1);
$finish = new Finish($all);
$audit = new Audit($all);
check('one effect of each', [$finish->stuck, $audit->wrong(), $audit->completed, $audit->effects], [[], [], count($all), 4 * count($all)]);
printf("        10 processes on %d runs: %d effects after them, %d at the end\n        %s\n", count($all), $before->effects, $audit->effects, $audit->line());
finish();
