<?php
// A plugin is updated while its runs are open: its files are replaced, as an update does it.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$folder = needed('SOPHMATE_SITE') . '/wp-content/plugins/flow-shop';
$put = function (string $version, string $charge) use ($folder): void {
	is_dir($folder) || mkdir($folder);
	file_put_contents("$folder/new", str_replace(['@VERSION@', '@CHARGE@'], [$version, $charge], (string) file_get_contents(__DIR__ . '/flow/shop.php')));
	rename("$folder/new", "$folder/flow-shop.php");
};
register_shutdown_function(function () use ($folder): void {
	wp_cli('plugin', 'deactivate', 'flow-shop');
	wp_cli('option', 'delete', 'flow_shop_open');
	run_command(['rm', '-rf', $folder]);
});
$event = bin2hex(random_bytes(4));
$start = fn (string $name, string $input): string => trim(wp_cli('sophmate', 'run', 'start', 'flow.shop', "--subject=$event $name", "--input=\"$input\"", '--porcelain')[1]);
$show = fn (string $id): array => json_decode(wp_output('sophmate', 'run', 'show', $id, '--format=json'), true);
$state = fn (string $id): array => [$show($id)['state'], $show($id)['step']];
$made = fn (string $id): array => array_values(array_map(fn (array $row): string => $row['body']['customer'], array_filter(ledger('billing'), fn (array $row): bool => $row['run'] === $id)));

$put('1', 'charge');
check('version 1 is active', [wp_cli('plugin', 'activate', 'flow-shop')[0], wp_output('plugin', 'get', 'flow-shop', '--field=version')], [0, '1']);
$ids = [];
foreach (['by hand' => 'away', 'stopped' => 'away', 'lost' => 'lost', 'same names' => 'away'] as $name => $input) {
	$ids[$name] = $start($name, $input);
}
check('a run ends under version 1', [$state($whole = $start('whole', 'ok')), $made($whole)], [['completed', null], ['reserve by 1', 'charge by 1', 'thank by 1']]);
check('the others are open, between two steps', array_map(fn (string $id): string => $show($id)['state'] === 'unknown' ? 'unknown' : 'not sent yet', array_values($ids)), ['not sent yet', 'not sent yet', 'unknown', 'not sent yet']);

// Version 2 does the same under the same names: nothing rests.
sleep(1);   // the attempts that follow are due
$put('2', 'charge');
wp_cli('option', 'update', 'flow_shop_open', '1');
check('version 2, same names: the run goes on with it', [wp_output('plugin', 'get', 'flow-shop', '--field=version'), wp_cli('sophmate', 'run', 'advance', $ids['same names'])[0], $made($ids['same names'])], ['2', 0, ['reserve by 1', 'charge by 2', 'thank by 2']]);

// Version 3 renames a step.
$put('3', 'charge card');
check('version 3 is active', wp_output('plugin', 'get', 'flow-shop', '--field=version'), '3');
$before = count(requests('billing'));
check('the tick finds the open runs', eventually(function () use ($state, $ids): bool {
	wp_cli('sophmate', 'work', '--once');
	return $state($ids['by hand'])[0] === 'paused' && $state($ids['stopped'])[0] === 'paused';
}, 20), true);
foreach (['by hand', 'stopped'] as $name) {
	$id = $ids[$name];
	$is = $show($id);
	check("$name: it rests as paused at the step, with its owner", [$is['state'], $is['step'], $is['owner']], ['paused', 'charge', 'finance']);
	check_holds("$name: with that reason", (string) $is['reason'], 'differs from the one that this run began with');
	[$code, , $errors] = wp_cli('sophmate', 'run', 'resume', $id, '--reason=test');
	check("$name: resume is refused", $code, 2);
	check_holds("$name: finish by hand or stop", $errors, 'finish by hand or stop');
	check("$name: advance does nothing", [wp_cli('sophmate', 'run', 'advance', $id)[0], $state($id)], [5, ['paused', 'charge']]);
}
printf("        paused: %s\n        resume: %s\n", $is['reason'], trim($errors));
check('the same event again is the same run', [$start('by hand', 'away'), $state($ids['by hand'])[0]], [$ids['by hand'], 'paused']);
check('the run that was unknown still is', $state($ids['lost']), ['unknown', 'charge']);
check('its verdict is taken', wp_cli('sophmate', 'run', 'verdict', $ids['lost'], '--done', '--output={"charge":"ch_seen"}')[0], 0);
check('and then it rests as well', [wp_cli('sophmate', 'run', 'advance', $ids['lost'])[0], $state($ids['lost'])], [5, ['paused', 'thank']]);
check('nothing was sent for any of them', count(requests('billing')) - $before, 0);

check('finished by hand', [wp_cli('sophmate', 'run', 'finish-by-hand', $ids['by hand'], '--by=finance', '--reason=charged at the counter')[0], $state($ids['by hand'])], [0, ['completed_by_hand', null]]);
check('stopped', [wp_cli('sophmate', 'run', 'stop', $ids['stopped'], '--reason=test')[0], $state($ids['stopped'])[0]], [0, 'stopped']);
wp_cli('sophmate', 'run', 'finish-by-hand', $ids['lost'], '--reason=test');
wp_cli('sophmate', 'work', '--once');
check('and nothing was sent by that', [count(requests('billing')) - $before, $made($ids['by hand']), $made($ids['stopped'])], [0, ['reserve by 1'], ['reserve by 1']]);
check('a new run goes through under version 3', [$state($new = $start('new', 'ok')), $made($new)], [['completed', null], ['reserve by 3', 'charge card by 3', 'thank by 3']]);
finish();
