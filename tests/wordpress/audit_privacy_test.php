<?php
// Secrets and personal data on the real stack: where they are stored, who erases them, what shows them (R-207, D-25, D-26, F-31).
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

const CARD = '4242424242424242';
const STRIPE = 'sk_live_51HxyzABCdef0123';
const ADDRESS = 'jane.doe@customer.example';

/** Statements on the site's database as the administrator. */
function sql(string $statement): string
{
	[$code, $output, $errors] = run_command([needed('SOPHMATE_DB_ROOT'), '-N', '-r', needed('SOPHMATE_SITE_DB'), '-e', $statement]);
	return $code === 0 ? trim($output) : "error: $errors";
}

/** Every table of the site, as its owner's backup has it. */
function dumped(): string
{
	[$code, $output, $errors] = run_command(['mariadb-dump', '--no-defaults', '-uroot', '-S', needed('SOPHMATE_DB_SOCKET'), '--skip-extended-insert', needed('SOPHMATE_SITE_DB')]);
	return $code === 0 && strlen($output) > 100000 ? $output : throw new RuntimeException("no dump: $errors");
}

/** How often the address stands in the column that can be erased. */
function erasable(string $address = ADDRESS): int
{
	return (int) sql("SELECT COALESCE(SUM((LENGTH(private) - LENGTH(REPLACE(private, '$address', ''))) / LENGTH('$address')), 0) FROM wp_sophmate_journal");
}

/** @return array<string, mixed> what the WordPress eraser or exporter gives, all its pages */
function privacy(string $what, string $email): array
{
	return json_decode(wp_output('eval', '$all = []; $page = 0; do { $r = (apply_filters("wp_privacy_personal_data_' . $what . '", [])["sophmate"]["callback"])(' . var_export($email, true) . ', ++$page); foreach ($r as $k => $v) { $all[$k] = is_array($v) ? array_merge($all[$k] ?? [], $v) : (is_int($v) ? ($all[$k] ?? 0) + $v : ($v || ($all[$k] ?? false))); } } while (!$r["done"]); echo json_encode($all + ["pages" => $page]);'), true, 64, JSON_THROW_ON_ERROR);
}

// Plugins' code: a key, a card number and an address as input, output and error message; this site's own keys, too.
$salt = (string) json_decode(wp_output('eval', 'echo json_encode(AUTH_KEY);'));
check('the site has a key of its own', strlen($salt) >= 40, true);
$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins';
is_dir($mu) || mkdir($mu);
file_put_contents("$mu/privacy.php", '<?php
use SophMate\{Attempt, Effect, Engine, NotDone, Retry, Step, Workflow};
function privacy_values(): array { return ["card" => "' . CARD . '", "key" => "' . STRIPE . '", "salt" => AUTH_KEY, "password" => "hunter2!", "mail" => "' . ADDRESS . '", "diary" => "hunter2!"]; }
function privacy_text(): string { return "for ' . ADDRESS . ': card ' . CARD . ', key ' . STRIPE . ', password=hunter2! and " . AUTH_KEY; }
add_filter("sophmate_redacted_names", fn (array $names) => [...$names, "diary"]);
add_action("sophmate_register_workflows", function (Engine $engine) {
	foreach (["done" => fn () => "fine", "refused" => fn () => throw new NotDone(privacy_text()), "lost" => fn () => throw new Exception(privacy_text())] as $name => $second) {
		$engine->register(new Workflow("privacy.$name", "1", "general", "operations", [
			new Step("one", function (Attempt $a) { $a->note(privacy_text()); $a->artifact("a", privacy_values()); $a->affects("user", "4711"); $a->affects("mail", "' . ADDRESS . '"); return privacy_values(); }, Effect::External),
			new Step("two", $second, Effect::External, retry: new Retry(1)),
		]));
	}
});
');
$debug = needed('SOPHMATE_DEBUG_LOG');
$logged = is_file($debug) ? (int) filesize($debug) : 0;
$runs = [];
foreach (['done', 'refused', 'lost'] as $name) {
	$runs[$name] = wp_output('eval', "\$r = sophmate_start('privacy.$name', subject: 'privacy ' . uniqid(), input: privacy_values()); echo is_wp_error(\$r) ? \$r->get_error_message() : \$r->id;");
}
$states = fn (): string => implode(' ', array_map(fn (string $id): string => wp_output('eval', "echo sophmate_find('$id')->state->value;"), $runs));
check('three runs', $states(), 'completed paused unknown');
$runs['once'] = wp_output('eval', '$e = sophmate_once("privacy once", privacy_values(), fn ($a) => privacy_values()); echo $e["password"], " ", sophmate_engine()->findBySubject("once", "privacy once")->id;');
check_holds('the first call of once has the real value', $runs['once'], 'hunter2! ');
$runs['once'] = substr($runs['once'], 9);
check('a replay has what was stored', wp_output('eval', 'echo json_encode(sophmate_once("privacy once", privacy_values(), fn () => "again")["password"]);'), '{"$redacted":"by name"}');
check_holds('an exception that is not the engine\'s is refused as a WP_Error', wp_output('eval', 'echo sophmate_once("privacy ' . CARD . '", 1, fn () => 1)->get_error_message();'), 'must never be stored (card number)');
wp_cli('eval', '(new SophMate\AuditLog(SophMate\WordPress\Engines::store()))->append("privacy_test.seen", ["key" => "' . STRIPE . '"], ["who" => "' . ADDRESS . '", "card" => "' . CARD . '"]);');
wp_cli('sophmate', 'hold', 'category:privacy', '--by=jane ' . STRIPE, '--reason=saw ' . CARD . " and $salt");
wp_cli('sophmate', 'release', 'category:privacy', '--by=jane', '--reason=over');
wp_cli('sophmate', 'work', '--once');

$secrets = ['the card number' => CARD, 'the key' => STRIPE, 'the password' => 'hunter2!', "this site's key" => $salt];
$dump = dumped();
foreach ($secrets as $name => $secret) {
	check("$name is in no table", [substr_count($dump, $secret), substr_count($dump, addslashes($secret))], [0, 0]);
}
check('the address is in the erasable column, and nowhere else', [erasable() > 10, substr_count($dump, ADDRESS) - erasable()], [true, 0]);

// What people and programs are shown.
$shown = [
	'trace' => wp_output('sophmate', 'run', 'trace', $runs['lost']) . wp_output('sophmate', 'run', 'trace', $runs['refused'], '--format=json'),
	'var_export, var_dump and print_r of engine and store' => wp_output('eval', '$e = sophmate_engine(); var_export($e); var_dump($e); print_r($e); $l = new SophMate\AuditLog(SophMate\WordPress\Engines::store()); var_dump($l); var_export($l);'),
	'phpinfo()' => wp_output('eval', 'sophmate_find("' . $runs['done'] . '"); phpinfo(INFO_ALL & ~INFO_ENVIRONMENT & ~INFO_VARIABLES);'),
	'the debug log' => is_file($debug) ? substr((string) file_get_contents($debug), $logged) : '',
];
foreach ($shown as $name => $text) {
	check("$name: no secret and no address", array_keys(array_filter($secrets + ['the address' => ADDRESS], fn (string $secret): bool => str_contains($text, $secret))), []);
}
check_holds('a trace says that there is a value', $shown['trace'], 'output=(private)');
check_holds('and shows it when it is asked', wp_output('sophmate', 'run', 'trace', $runs['done'], '--values'), ADDRESS);
$all = wp_output('eval', '$r = sophmate_find("' . $runs['lost'] . '"); var_export($r); var_export($r->events()); var_export($r->steps()); print_r(sophmate_find("' . $runs['refused'] . '"));');
check('a run, its steps and events: no secret', array_keys(array_filter($secrets, fn (string $secret): bool => str_contains($all, $secret))), []);
check_holds('and still explained', $all, 'for ' . ADDRESS . ': card [redacted: card number], key [redacted: key], password=[redacted: by name]');

// WordPress's exporter and eraser.
$export = privacy('exporters', strtoupper(ADDRESS));
$text = (string) json_encode($export, JSON_UNESCAPED_SLASHES);
check('the exporter finds the runs and the other event', [count($export['data']), array_filter($runs, fn (string $id): bool => !str_contains($text, "sophmate-run-$id")), substr_count($text, 'sophmate-event-')], [5, [], 1]);
check('it shows the address and no secret', [str_contains($text, ADDRESS), array_keys(array_filter($secrets, fn (string $secret): bool => str_contains($text, $secret)))], [true, []]);
check('another person is told nothing', count(privacy('exporters', 'doe@customer.example')['data']), 0);
$heads = sql('SELECT GROUP_CONCAT(leaf_hash ORDER BY id) FROM wp_sophmate_journal');
$erased = privacy('erasers', ADDRESS);
check('the eraser erases what is over, and says what it keeps', [$erased['items_removed'] > 8, $erased['items_retained'], count($erased['messages'])], [true, true, 2]);
foreach (['refused' => 'paused, step "two"', 'lost' => 'unknown, step "two"'] as $name => $why) {
	check_holds("$name: kept, with a reason", implode("\n", $erased['messages']), "run {$runs[$name]} is open ($why)");
}
check('no message names the person', str_contains((string) json_encode($erased), ADDRESS), false);
check('every leaf is what it was', str_starts_with(sql('SELECT GROUP_CONCAT(leaf_hash ORDER BY id) FROM wp_sophmate_journal'), $heads), true);
check('what is over holds nothing', sql("SELECT COUNT(*) FROM wp_sophmate_journal WHERE stream IN ('{$runs['done']}', '{$runs['once']}') AND private LIKE '%customer%'"), '0');
$replay = wp_output('eval', '$n = 0; $r = sophmate_once("privacy once", privacy_values(), function () use (&$n) { $n++; return 1; }); echo $r->get_error_code(), ", ", json_encode($r->get_error_data()["may_have_happened"]), ", calls $n";');
check('a replay of what was erased does not act', $replay, 'sophmate_unknown, true, calls 0');

// The rest, by WP-CLI.
[$code, $output, $errors] = wp_cli('sophmate', 'audit', 'erase-subject', ADDRESS, '--yes', '--reason=request 12');
check('erase-subject: what is open is kept: 2', [$code, trim($output), substr_count($errors, 'is open')], [2, '0 values erased, 2 places kept', 2]);
check('erase-subject: the reason is kept, so it must not name the person', wp_cli('sophmate', 'audit', 'erase-subject', ADDRESS, '--yes', '--reason=for ' . ADDRESS)[0], 1);
foreach (['refused' => 'stop', 'lost' => 'stop'] as $name => $command) {
	wp_cli('sophmate', 'run', $command, $runs[$name], '--reason=given up');
}
[$code, $output] = wp_cli('sophmate', 'audit', 'erase-subject', $runs['refused'], '--run', '--yes');
check('erase-subject --run', [$code, (int) $output > 4], [0, true]);
[$code, $output] = wp_cli('sophmate', 'audit', 'erase-subject', ADDRESS, '--yes');
check('erase-subject: the rest', [$code, (int) $output > 4], [0, true]);
check('erase-subject: nothing is left to do', wp_cli('sophmate', 'audit', 'erase-subject', ADDRESS, '--yes')[1], "0 values erased, 0 places kept\n");
check('erase-subject: no such run', wp_cli('sophmate', 'audit', 'erase-subject', 'x', '--workflow=privacy.done', '--yes')[0], 3);
check('erase-subject: neither address nor event', wp_cli('sophmate', 'audit', 'erase-subject', 'x', '--yes')[0], 1);
$dump = dumped();
check('after erasing the address is in no table', [substr_count($dump, ADDRESS), erasable()], [0, 0]);
foreach ($secrets as $name => $secret) {
	check("nor is $name", substr_count($dump, $secret), 0);
}

// WordPress's user, whom a step affected.
$user = wp_output('user', 'create', 'customer' . random_int(1000, 9999), 'user@customer.example', '--porcelain');
$touched = wp_output('eval', '$r = sophmate_start("privacy.done", subject: "user"); echo $r->id;');
wp_cli('eval', '$w = new SophMate\Workflow("privacy.user", "1", "general", "operations", [new SophMate\Step("one", function ($a) { $a->affects("user", "' . $user . '"); return "changed a name"; }, SophMate\Effect::Record)]); sophmate_engine()->start($w, "user ' . $user . '");');
$export = privacy('exporters', 'user@customer.example');
check('a person is found by what attempts affected', [count($export['data']), str_contains((string) json_encode($export), 'changed a name')], [1, true]);
check('and erased by it', [privacy('erasers', 'user@customer.example')['items_removed'], count(privacy('exporters', 'user@customer.example')['data'])], [4, 0]);
wp_cli('user', 'delete', $user, '--yes');

// Retention.
check('--older-than is needed', wp_cli('sophmate', 'audit', 'prune', '--older-than=never', '--yes')[0], 1);
check_holds('prune: nothing is a year old', wp_output('sophmate', 'audit', 'prune', '--older-than=365', '--yes'), '0 runs looked at');
check('the tick prunes nothing unless it is asked', wp_output('eval', 'SophMate\WordPress\Privacy::tick(); echo json_encode(get_option("sophmate_pruned"));'), 'false');
sleep(2);
check('prune: all that is over', preg_match('/^(\d+) runs looked at: (\d+) values of (\d+) runs erased/', wp_output('sophmate', 'audit', 'prune', '--older-than=0.00001', '--yes', '--reason=test'), $found) ? [(int) $found[1] > 0, (int) $found[3] > 0] : 'no', [true, true]);
check('its values are gone', sql("SELECT COUNT(*) FROM wp_sophmate_journal WHERE stream='$touched' AND private IS NOT NULL AND leaf NOT LIKE '%privacy.erased%'"), '0');
check('a summary is in the log', sql("SELECT COUNT(*) > 0 FROM wp_sophmate_journal WHERE leaf LIKE '%\"type\":\"privacy.pruned\"%'"), '1');
wp_cli('option', 'update', 'sophmate_prune_days', '3650');
check('the tick prunes where the site says after how many days', wp_output('eval', 'SophMate\WordPress\Privacy::tick(); echo get_option("sophmate_pruned")["days"];'), '3650');
wp_cli('option', 'delete', 'sophmate_prune_days');
wp_cli('option', 'delete', 'sophmate_pruned');

// The log is as sound as it was.
wp_cli('sophmate', 'work', '--once');
[$code, $output, $errors] = wp_cli('sophmate', 'audit', 'verify');
check('everything verifies', [$code === 0 || $code === 20, $errors === '' || str_contains($errors, 'anchor') || str_contains($errors, 'Success'), str_contains("$output$errors", 'missing')], [true, true, false]);
unlink("$mu/privacy.php");
finish();
