<?php
// The reference flow: an order stops anywhere, and goes on without a second charge or mail. Real site, real services.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

/** Other tests had charges of the same number: the services forget, the site does not. */
$last_charge = fn (): string => ledger('billing')[count(ledger('billing')) - 1]['id'];
$advance = fn (string $run): int => wp_cli('sophmate', 'run', 'advance', $run)[0];

[$order, $run] = place('--customer=Åsa 🛒');
check('an order goes through', [standing($order, $run), effects_of($run)], ['completed, completed', [1, 1, 1, 1]]);
check('the customer\'s name arrives as it is', ledger('crm')[0]['body']['name'], 'Åsa 🛒');
check('the run is in the order\'s meta', wp_output('post', 'meta', 'get', $order, '_sophmate_run'), $run);
check('the order has a note about it', str_contains(wp_output('order-example', 'status', $order), "note       Run $run is completed."), true);
check('placed once more, nothing happens', [wp_output('eval', "SophMate\\OrderExample\\Orders::process($order); SophMate\\OrderExample\\Flow::advance('$run');"), effects_of($run)], ['', [1, 1, 1, 1]]);

// Provisioning refuses.
services('fault', 'provisioning', '422');
[$order, $run] = place();
check('provisioning refuses: paused, and the order is on hold', [standing($order, $run), effects_of($run)], ['paused at provision account, on hold', [1, 1, 0, 0]]);
check('with the role that owns the step', wp_output('sophmate', 'run', 'show', $run, '--field=owner'), 'operations');
check_holds('and the reason that the service gave', wp_output('sophmate', 'run', 'show', $run, '--field=reason'), 'HTTP 422, refused: {"error":"fault 422, by switch"}');
check('advance does nothing about it', [$advance($run), effects_of($run)], [5, [1, 1, 0, 0]]);
services('fault', 'provisioning', 'none');
check('resumed it goes on where it stopped', [wp_cli('sophmate', 'run', 'resume', $run, '--reason=mended')[0], $advance($run), standing($order, $run), effects_of($run)], [0, 0, 'completed, completed', [1, 1, 1, 1]]);

// The answer of billing is lost: the look-up knows.
foreach (['reset' => [1, 1], 'hang' => [1, 1], '500-after' => [1, 1]] as $fault => $expected) {
	services('fault', 'billing', $fault, '--times=1');
	[$order, $run] = place();
	check("billing, $fault: unknown or settled, never refused", in_array(standing($order, $run), ['unknown at charge invoice, on hold', 'completed, completed'], true), true);
	$advance($run);
	check("billing, $fault: the look-up finds the charge", [standing($order, $run), effects_of($run)], ['completed, completed', [1, 1, 1, 1]]);
	check_holds("billing, $fault: the charge is known by its id", wp_output('sophmate', 'find', $last_charge(), '--format=ids'), $run);
}

// The CRM takes keys: the same key again is one contact.
services('fault', 'crm', 'reset', '--times=1');
[$order, $run] = place();
$advance($run);
check('the CRM absorbs the second request', [standing($order, $run), effects_of($run)], ['completed, completed', [1, 1, 1, 1]]);

// A bad contact stops everything that needs it.
foreach (['empty-id', '202'] as $fault) {
	services('fault', 'crm', $fault);
	services('set', 'crm', 'lookup=off');
	[$order, $run] = place();
	check("the CRM answers $fault: one problem, and nothing else changes", [str_starts_with(standing($order, $run), 'unknown at create contact, on hold'), array_slice(effects_of($run), 1)], [true, [0, 0, 0]]);
	services('fault', 'crm', 'none');
	services('set', 'crm', 'lookup=on');
	check('stopped by a person', wp_cli('sophmate', 'run', 'stop', $run, '--reason=test')[0], 0);
	check('a stopped order does not look completed', standing($order, $run), 'stopped, on hold');
}

// Only the mail fails: only the mail is tried again, by itself.
services('fault', 'mail', 'refuse', '--seconds=2');
[$order, $run] = place();
check('the mail service is away: it waits for its next attempt, which may be due by now', [in_array(standing($order, $run), ['waiting at send welcome mail, processing', 'running at send welcome mail, processing'], true), effects_of($run)], [true, [1, 1, 1, 0]]);
check('the tick goes on with it', eventually(function () use ($order, $run): bool {
	wp_cli('cron', 'event', 'run', 'sophmate_tick');
	return standing($order, $run) === 'completed, completed';
}, 20), true);
check('one of each', effects_of($run), [1, 1, 1, 1]);

// Without look-up and keys a person must say.
wp_cli('order-example', 'configure', '--lookup=off', '--keys=off');
services('fault', 'billing', 'reset', '--times=1');
[$order, $run] = place();
check('without look-up it waits for a person', [standing($order, $run), effects_of($run)], ['unknown at charge invoice, on hold', [1, 1, 0, 0]]);
check('finance is asked', wp_output('sophmate', 'run', 'show', $run, '--field=owner'), 'finance');
wp_cli('sophmate', 'work', '--once');
check('neither advance nor the tick do anything', [$advance($run), standing($order, $run), effects_of($run)], [5, 'unknown at charge invoice, on hold', [1, 1, 0, 0]]);
$charge = $last_charge();
check('--done settles it', wp_cli('sophmate', 'run', 'verdict', $run, '--done', "--output={\"charge\":\"$charge\"}", "--external-id=charge:$charge", '--by=finance', '--reason=seen')[0], 0);
check('and it goes on with what the person said', [$advance($run), standing($order, $run), effects_of($run), ledger('provisioning')[count(ledger('provisioning')) - 1]['body']['charge']], [0, 'completed, completed', [1, 1, 1, 1], $charge]);
check_holds('the charge is found by its id', wp_output('sophmate', 'find', $charge, '--kind=charge', '--format=ids'), $run);

services('fault', 'billing', 'hang-before', '--times=1');
[$order, $run] = place();
check('another one that never arrived', [standing($order, $run), effects_of($run)], ['unknown at charge invoice, on hold', [1, 0, 0, 0]]);
check('--not-done, and it is tried again', [wp_cli('sophmate', 'run', 'verdict', $run, '--not-done', '--reason=not in the log')[0], $advance($run), standing($order, $run), effects_of($run)], [0, 0, 'completed, completed', [1, 1, 1, 1]]);

// A changed definition rests with its owner.
services('fault', 'mail', '422');
[$order, $run] = place();
services('fault', 'mail', 'none');
wp_cli('sophmate', 'run', 'resume', $run, '--reason=test');
wp_cli('order-example', 'configure', '--lookup=on', '--keys=on');
check('the definition changed meanwhile: nothing fires', [$advance($run), standing($order, $run), effects_of($run)], [5, 'paused at send welcome mail, on hold', [1, 1, 1, 0]]);
check_holds('and it says so', wp_output('sophmate', 'run', 'show', $run, '--field=reason'), 'differs from the one that this run began with');
check('its owner lets it go on', [wp_cli('sophmate', 'run', 'resume', $run, '--reason=known')[0], $advance($run), standing($order, $run), effects_of($run)], [0, 0, 'completed, completed', [1, 1, 1, 1]]);

// A held category.
check('held', wp_cli('sophmate', 'hold', 'category:commerce', '--reason=test')[0], 0);
[$order, $run] = place();
check('nothing is sent', [standing($order, $run), effects_of($run)], ['held at create contact, on hold', [0, 0, 0, 0]]);
check('released', wp_cli('sophmate', 'release', 'category:commerce', '--reason=test')[0], 0);
check('the tick goes on', eventually(function () use ($order, $run): bool {
	wp_cli('sophmate', 'work', '--once');
	return standing($order, $run) === 'completed, completed';
}, 10), true);

// The tick alone: a stored order is begun by it.
[$order, $run] = place('--later');
check('stored, not begun', effects_of($run), [0, 0, 0, 0]);
check('the run is in the meta before step 1', wp_output('post', 'meta', 'get', $order, '_sophmate_run'), $run);
wp_cli('cron', 'event', 'run', 'sophmate_tick');
check('the tick begins it', [standing($order, $run), effects_of($run)], ['completed, completed', [1, 1, 1, 1]]);

// A service that is not configured.
[$code, $output] = wp_cli('--exec=putenv("SOPHMATE_EXAMPLE_CRM");', 'eval', '$s = new SophMate\OrderExample\Service("NOWHERE", "x", "x"); $r = sophmate_once("test: nowhere " . uniqid(), 1, fn ($a) => $s->create($a, array())); echo $r->get_error_code(), " ", $r->get_error_message();');
check_holds('a service without an address is refused, not unknown', $output, 'sophmate_refused');

// The same on the SQLite drop-in.
[$code, $output, $errors] = run_command([needed('SOPHMATE_SQLITE_WP'), 'order-example', 'place', '--customer=Åsa 🛒', '--porcelain']);
$run = explode(' ', trim($output))[1] ?? '';
check('SQLite: an order goes through', [$code, $errors, effects_of($run)], [0, '', [1, 1, 1, 1]]);
services('fault', 'billing', 'reset', '--times=1');
[$code, $output] = run_command([needed('SOPHMATE_SQLITE_WP'), 'order-example', 'place', '--porcelain']);
$run = explode(' ', trim($output))[1] ?? '';
run_command([needed('SOPHMATE_SQLITE_WP'), 'sophmate', 'run', 'advance', $run]);
check('SQLite: a lost answer is found', [trim(run_command([needed('SOPHMATE_SQLITE_WP'), 'sophmate', 'run', 'show', $run, '--field=state'])[1]), effects_of($run)], ['completed', [1, 1, 1, 1]]);
finish();
