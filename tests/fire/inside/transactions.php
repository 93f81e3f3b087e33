<?php
// The shared connection inside a transaction of WordPress's that is rolled back, with and without a death.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib/load.php';

/* Somebody's transaction around the start, rolled back. */
$around = static function (int $order): array {
	global $wpdb;
	$wpdb->query('START TRANSACTION');
	$wpdb->query("INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES ('fire_$order', 'x', 'no')");
	$told = start_order($order);
	$wpdb->query('ROLLBACK');
	return $told;
};
/* A plugin that begins one in the middle of the charge and leaves it open: what follows would go with the rollback. */
$inside = static function (int $order): array {
	add_action('http_api_debug', static function ($response, $context, $class, $args, $url): void {
		str_contains($url, '/charges') && ($args['method'] ?? '') === 'POST' && $GLOBALS['wpdb']->query('START TRANSACTION');
	}, 10, 5);
	return start_order($order);
};

[$first, $second] = $all = orders(2);
Trials::run([$a = new Trial('around', static fn (): array => $around($first), [], true), $b = new Trial('inside', static fn (): array => $inside($second), [], true)], 1);
$audit = new Audit($all);
check('inside a transaction nothing is begun, and that is said', [$a->said['error'] ?? '', $a->said['may_have_happened'] ?? null, in_array($first, $audit->not_begun, true)], ['sophmate_store', false, true]);
check('an outcome that meets a transaction is not stored in it, and that is said', [$b->said['error'] ?? '', $b->said['may_have_happened'] ?? null], ['sophmate_store', true]);
check('the charge happened, its record is the intent', [$audit->effects, count($audit->unrecorded), $audit->types['step.finished'] ?? 0], [2, 1, 1]);

// The worker dies before the rollback, after it, and at every packet of the charge that met the transaction.
$trials = [];
foreach (array_keys(preg_grep('/^(ROLLBACK|START TRANSACTION|INSERT INTO wp_options)/', $a->proxy->seen) ?: []) as $number) {
	foreach (['kill-before', 'kill-after'] as $mode) {
		$all[] = $order = orders(1)[0];
		$trials[] = new Trial("around $number $mode", static fn (): array => $around($order), [$number => $mode], true);
	}
}
$begun = (int) array_key_first(preg_grep('/^START TRANSACTION/', $b->proxy->seen) ?: []);
for ($number = $begun; $number < count($b->proxy->seen); $number++) {
	foreach (['kill-before', 'kill-after'] as $mode) {
		$all[] = $order = orders(1)[0];
		$trials[] = new Trial("inside $number $mode", static fn (): array => $inside($order), [$number => $mode], true);
	}
}
Trials::run($trials, 2);
check('each case was a death', count(array_filter($trials, static fn (Trial $t): bool => $t->signal === SIGKILL)), count($trials));
$finish = new Finish($all);
$audit = new Audit($all);
check('every run can be finished', [$finish->stuck, $audit->not_begun], [[], []]);
check('second effects, effects without a record, false records: none', $audit->wrong(), []);
check('each order has its four effects', [$audit->completed, $audit->effects], [count($all), 4 * count($all)]);
check('nothing of the transactions stayed', (int) Audit::database()->query("SELECT COUNT(*) FROM wp_options WHERE option_name LIKE 'fire\\_%'")->fetch_row()[0], 0);
printf("        %d cases, %d kills, %d effects\n        %s\n", count($trials) + 2, count($trials), $audit->effects, $audit->line());
finish();
