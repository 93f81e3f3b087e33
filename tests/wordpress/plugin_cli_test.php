<?php
// `wp sophmate`: what it prints, and the exit codes that scripts go by.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$mu = needed('SOPHMATE_SITE') . '/wp-content/mu-plugins/sophmate-cli-test.php';
is_dir(dirname($mu)) || mkdir(dirname($mu));
copy(__DIR__ . '/plugin/workflows.php', $mu);
register_shutdown_function(fn () => unlink($mu));
$event = bin2hex(random_bytes(4));

/** Exit code, and whether the output or the errors hold the piece. */
$says = function (string $piece, string ...$arguments): array {
	[$code, $output, $errors] = wp_cli('sophmate', ...array_values($arguments));
	return [$code, str_contains($output . $errors, $piece) ? $piece : $output . $errors];
};
$start = fn (string $workflow, string $subject, string $mode): string => trim(wp_cli('sophmate', 'run', 'start', $workflow, "--subject=$subject", '--input={"mode":"' . $mode . '"}', '--porcelain')[1]);

// start
check('start: completed is 0', $says('is completed', 'run', 'start', 'test.cli', "--subject=$event a", '--input={"mode":"ok"}'), [0, 'is completed']);
check('start: the same again is the same run', $says('is completed', 'run', 'start', 'test.cli', "--subject=$event a", '--input={"mode":"ok"}'), [0, 'is completed']);
check('start: another payload is refused, 2', $says('fingerprint', 'run', 'start', 'test.cli', "--subject=$event a", '--input={"mode":"other"}')[0], 2);
check('start: unknown is 5', $says("is unknown at 'effect step', owner operations", 'run', 'start', 'test.cli', "--subject=$event b", '--input={"mode":"lost"}'), [5, "is unknown at 'effect step', owner operations"]);
check('start: refused is 5', $says('is paused', 'run', 'start', 'test.cli', "--subject=$event c", '--input={"mode":"refuse"}'), [5, 'is paused']);
check('start: waiting is 4', $says('is waiting', 'run', 'start', 'test.cli', "--subject=$event d", '--input={"mode":"later"}'), [4, 'is waiting']);
check('start: no such workflow', $says('no.such', 'run', 'start', 'no.such', '--subject=x')[0], 2);
check('start: bad JSON is 1', $says('--input must be JSON', 'run', 'start', 'test.cli', '--input={mode}'), [1, '--input must be JSON']);
check('start: bad time is 1', $says('--at is not a time', 'run', 'start', 'test.cli', '--at=whenever'), [1, '--at is not a time']);
check('start --later only stores', $says('is waiting', 'run', 'start', 'test.cli', "--subject=$event e", '--input={"mode":"ok"}', '--at=+1 hour'), [0, 'is waiting']);
[$code, $output] = run_command([needed('SOPHMATE_WP'), 'sophmate', 'run', 'start', 'test.cli', "--subject=$event f", '--input=-', '--porcelain'], [], '{"mode":"ok","name":"Åsa 🛒"}');
check('start --input=- reads standard input', [$code, preg_match('/^[0-9a-f]{32}$/', trim($output))], [0, 1]);
$done = trim($output);
check('and keeps what it read', json_decode(wp_output('sophmate', 'run', 'show', $done, '--format=json'), true)['input'], ['mode' => 'ok', 'name' => 'Åsa 🛒']);

// list and show
$lost = wp_output('sophmate', 'find', "$event b", '--workflow=test.cli', '--format=ids');
$paused = wp_output('sophmate', 'find', "$event c", '--workflow=test.cli', '--format=ids');
check('list --state --format=ids', in_array($lost, explode(' ', wp_output('sophmate', 'run', 'list', '--state=unknown', '--workflow=test.cli', '--format=ids')), true), true);
check('list --format=json', array_column(json_decode(wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--format=json', '--limit=6'), true), 'workflow'), array_fill(0, 6, 'test.cli'));
check('list --format=csv begins with its columns', str_starts_with(wp_output('sophmate', 'run', 'list', '--format=csv', '--limit=1'), 'id,workflow,subject,state,step,owner,reason'), true);
check('list --format=count', (int) wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--format=count') >= 6, true);
$page = explode(' ', wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--limit=3', '--format=ids'));
$next = explode(' ', wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--limit=3', "--after=$page[2]", '--format=ids'));
check('list --after is the next page', [count($next), array_intersect($page, $next)], [3, []]);
// Several states: merged newest first, with limit and pages.
$ids = fn (string ...$options): array => array_values(array_filter(explode(' ', wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--format=ids', ...$options))));
$resting = $ids('--state=unknown,paused');
$rows = json_decode(wp_output('sophmate', 'run', 'list', '--workflow=test.cli', '--state=unknown,paused', '--format=json', '--fields=id,state,started'), true);
$newest = $rows;
usort($newest, fn (array $a, array $b): int => [$b['started'], $b['id']] <=> [$a['started'], $a['id']]);
check('list of two states: as many as of each', [count($resting), array_diff(array_column($rows, 'state'), ['unknown', 'paused'])], [count($ids('--state=unknown')) + count($ids('--state=paused')), []]);
check('list of two states: both of them, newest first', [array_intersect([$paused, $lost], $resting), $rows], [[$paused, $lost], $newest]);
$all = $ids('--state=completed,waiting,unknown,paused', '--limit=1000');
$pages = [];
for ($after = null; $page = $ids('--state=completed,waiting,unknown,paused', '--limit=2', ...($after === null ? [] : ["--after=$after"])); $after = end($page)) {
	$pages[] = $page;
}
check('list of four states: pages of two, none twice, none left out', [count($all) >= 6, max(array_map(count(...), $pages)), array_merge(...$pages)], [true, 2, $all]);
check('list of states: a space behind the comma, a state twice', $ids('--state=unknown, paused,unknown'), $resting);
check('list: one bad state of two is 1', $says('state', 'run', 'list', '--state=unknown,failed')[0], 1);
check('list: no state is 1', wp_cli('sophmate', 'run', 'list', '--state=')[0], 1);
check('list: a limit of 1001 is 1', $says('1 to 1000', 'run', 'list', '--limit=1001'), [1, '1 to 1000']);
check('list: a limit of 1000 is none', wp_cli('sophmate', 'run', 'list', '--limit=1000', '--state=unknown,paused')[0], 0);
check_holds('help of list says the same', wp_output('help', 'sophmate', 'run', 'list'), '1 to 1,000');
check('list: no such state is 1', $says('state', 'run', 'list', '--state=failed')[0], 1);
check('list: no such format is 1', $says('--format must be one of', 'run', 'list', '--format=xml'), [1, '--format must be one of']);
check('show: a bad id is 1', $says('32 hex digits', 'run', 'show', 'xyz'), [1, '32 hex digits']);
check('show: no such run is 3', $says('There is no run', 'run', 'show', str_repeat('0', 32)), [3, 'There is no run']);
check('show --field', [wp_output('sophmate', 'run', 'show', $lost, '--field=state'), wp_output('sophmate', 'run', 'show', $lost, '--field=trigger')], ['unknown', 'wp-cli']);
check('show names what may be done', $says("run verdict $lost --step='effect step' --attempt=1 --not-done", 'run', 'show', $lost), [0, "run verdict $lost --step='effect step' --attempt=1 --not-done"]);
$trace = json_decode(wp_output('sophmate', 'run', 'trace', $lost, '--format=json'), true);
check('trace is in order', [array_column($trace, 'type'), array_column($trace, 'seq')], [['run.started', 'step.started', 'step.unknown'], [1, 2, 3]]);

// the table of decisions, on the command line
check('advance on paused does nothing, 5', $says('is paused', 'run', 'advance', $paused), [5, 'is paused']);
check('advance: no such run is 3', $says('no run', 'run', 'advance', str_repeat('0', 32))[0], 3);
check('pause on unknown is refused, 2', $says('verdict', 'run', 'pause', $lost), [2, 'verdict']);
check('resume on unknown is refused, 2', $says('verdict', 'run', 'resume', $lost)[0], 2);
check('finish-by-hand on unknown is refused, 2', $says('verdict', 'run', 'finish-by-hand', $lost)[0], 2);
check('verdict wants one of two', $says('Say either --done or --not-done', 'run', 'verdict', $lost), [1, 'Say either --done or --not-done']);
check('not both', wp_cli('sophmate', 'run', 'verdict', $lost, '--done', '--not-done')[0], 1);
check('--not-done has no output', wp_cli('sophmate', 'run', 'verdict', $lost, '--not-done', '--output=1')[0], 1);
check('a bad external id is 1', $says('kind:id', 'run', 'verdict', $lost, '--done', '--external-id=x'), [1, 'kind:id']);
check('a verdict on another step than the unknown one is refused, 2', $says('look again', 'run', 'verdict', $lost, '--done', '--step=other'), [2, 'look again']);
check('a verdict on another attempt is refused, 2', $says('look again', 'run', 'verdict', $lost, '--done', '--attempt=2'), [2, 'look again']);
check('--attempt must be a number', $says('from 1', 'run', 'verdict', $lost, '--done', '--attempt=first'), [1, 'from 1']);
check('a verdict on a paused run is refused, 2', wp_cli('sophmate', 'run', 'verdict', $paused, '--done')[0], 2);
check('a note', [wp_cli('sophmate', 'run', 'note', $lost, 'Åsa called 🛒', '--by=support')[0], str_contains(wp_output('sophmate', 'run', 'trace', $lost), 'Åsa called 🛒')], [0, true]);
check('a verdict', $says('is running', 'run', 'verdict', $lost, '--done', '--output={"seen":1}', "--external-id=charge:ch_$event,charge:ch2_$event,invoice:in_$event", '--by=finance', '--reason=seen'), [0, 'is running']);
check('advance goes on, 0', $says('is completed', 'run', 'advance', $lost), [0, 'is completed']);
wp_cli('eval', "sophmate_once('test: verdict $event', 1, fn () => throw new RuntimeException('reset'));");
$single = wp_output('sophmate', 'find', "test: verdict $event", '--workflow=once', '--format=ids');
check('a verdict on the last step completes the run', $says('is completed', 'run', 'verdict', $single, '--done', '--output={"seen":2}'), [0, 'is completed']);
check('and a single effect has its result', wp_output('eval', "echo json_encode(sophmate_once('test: verdict $event', 1, fn () => 'again'));"), '{"seen":2}');
$steps = json_decode(wp_output('sophmate', 'run', 'show', $lost, '--format=json'), true)['steps'];
check('with the output and the ids', [$steps[0]['output'], $steps[0]['external_ids']], [['seen' => 1], ['charge' => ["ch_$event", "ch2_$event"], 'invoice' => ["in_$event"]]]);
check('find by an id, of any kind', [wp_output('sophmate', 'find', "in_$event", '--format=ids'), wp_output('sophmate', 'find', "ch2_$event", '--kind=charge', '--format=ids')], [$lost, $lost]);
check('find by the run\'s own id', wp_output('sophmate', 'find', $lost, '--format=ids'), $lost);
check('find: nothing is 3', wp_cli('sophmate', 'find', "nothing $event")[0], 3);
check('find: another kind is 3', wp_cli('sophmate', 'find', "in_$event", '--kind=charge')[0], 3);
check('who decided is kept', [str_contains(wp_output('sophmate', 'run', 'trace', $lost), 'by=finance'), str_contains(wp_output('sophmate', 'run', 'trace', $lost), 'reason=seen')], [true, true]);
check('resume', $says('is running', 'run', 'resume', $paused, '--user=admin'), [0, 'is running']);
check('--user is who decides', str_contains(wp_output('sophmate', 'run', 'trace', $paused), 'by=admin'), true);
check('pause', wp_cli('sophmate', 'run', 'pause', $paused)[0], 0);
check('stop', $says('is stopped', 'run', 'stop', $paused, '--reason=test'), [0, 'is stopped']);
check('a closed run cannot be stopped, 2', wp_cli('sophmate', 'run', 'stop', $paused)[0], 2);
$byhand = $start('test.cli', "$event g", 'refuse');
check('finish-by-hand', [$says('is completed_by_hand', 'run', 'finish-by-hand', $byhand, '--reason=done on paper'), wp_cli('sophmate', 'run', 'advance', $byhand)[0]], [[0, 'is completed_by_hand'], 0]);

// switches
check('hold wants a reason', wp_cli('sophmate', 'hold', 'workflow:test.cli')[0], 1);
check('hold: a bad target is 1', $says('target', 'hold', 'everything', '--reason=x')[0], 1);
check('hold', $says('workflow:test.cli is held by ops', 'hold', 'workflow:test.cli', '--reason=test', '--by=ops'), [0, 'workflow:test.cli is held by ops']);
check('switches --held', array_column(json_decode(wp_output('sophmate', 'switches', '--held', '--format=json'), true), 'reason', 'target'), ['workflow:test.cli' => 'test']);
check('start: held is 5', $says('is held', 'run', 'start', 'test.cli', "--subject=$event h", '--input={"mode":"ok"}'), [5, 'is held']);
check('release', $says('is released', 'release', 'workflow:test.cli', '--reason=test'), [0, 'is released']);
check('switches: none held', wp_output('sophmate', 'switches', '--held', '--format=count'), '0');
check('hold all', [wp_cli('sophmate', 'hold', 'all', '--reason=test')[0], wp_cli('sophmate', 'run', 'start', 'test.cli', "--subject=$event i", '--input={"mode":"ok"}')[0], wp_cli('sophmate', 'release', 'all', '--reason=test')[0]], [0, 5, 0]);

// work
check('work --once', $says('sequenced', 'work', '--once'), [0, 'sequenced']);
check('the tick went on with what was held', eventually(fn (): bool => wp_cli('sophmate', 'work', '--once')[0] === 0 && wp_output('sophmate', 'find', "$event h", '--workflow=test.cli', '--format=json') !== '[]'
	&& str_contains(wp_output('sophmate', 'find', "$event h", '--workflow=test.cli', '--format=json'), '"completed"'), 10), true);
$began = microtime(true);
check('work --for ends by itself', wp_cli('sophmate', 'work', '--for=2', '--quiet-ticks')[0], 0);
check_between('after so long', microtime(true) - $began, 2.0, 6.0);
check('work: a bad time is 1', wp_cli('sophmate', 'work', '--for=0')[0], 1);
$worker = proc_open([needed('SOPHMATE_WP'), 'sophmate', 'work', '--for=60', '--quiet-ticks'], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
sleep(2);
proc_terminate($worker, SIGTERM);
check('a signal ends work, cleanly', eventually(function () use ($worker, &$ended): bool {
	$status = proc_get_status($worker);
	$ended = $status['exitcode'];
	return !$status['running'];
}, 5) ? $ended : 'it still runs', 0);

// work says when it was there, for doctor, without a write a second
$told = fn (): int => (int) wp_output('option', 'get', 'sophmate_last_tick');
wp_cli('option', 'update', 'sophmate_last_tick', (string) (time() - 61));
wp_cli('sophmate', 'work', '--once');
check_between('work tells doctor that it was there', time() - $told(), 0, 30);
foreach (['10 s ago' => time() - 10, 'in the future' => time() + 20] as $name => $stored) {
	wp_cli('option', 'update', 'sophmate_last_tick', (string) $stored);
	wp_cli('sophmate', 'work', '--for=2', '--quiet-ticks');
	check("told $name: not again", $told(), $stored);
}
wp_cli('option', 'update', 'sophmate_last_tick', (string) (time() + 7200));
wp_cli('sophmate', 'work', '--once');
check_between('told by a clock that was wrong: corrected', time() - $told(), 0, 30);

// identity and doctor
$identity = json_decode(wp_output('sophmate', 'identity', '--format=json'), true);
check('identity', [strlen($identity['site_id']), $identity['matches']], [32, true]);
check('identity: no secret', preg_match('/site\.key|[0-9a-f]{64}/', json_encode($identity)), 0);
check('identity: two answers are 1', wp_cli('sophmate', 'identity', '--moved', '--copy')[0], 1);
$elsewhere = "--exec=define('SOPHMATE_ENVIRONMENT', 'staging.example/wp');";
check('a copy of the site starts nothing', [wp_cli($elsewhere, 'sophmate', 'run', 'start', 'test.cli', "--subject=$event j", '--input={"mode":"ok"}')[0], wp_cli($elsewhere, 'sophmate', 'identity')[0]], [6, 2]);
check('and its functions say why', str_starts_with(wp_output($elsewhere, 'eval', 'echo sophmate_once("test: elsewhere ' . $event . '", 1, fn () => 1)->get_error_code();'), 'sophmate_unavailable'), true);
check('doctor there ends with 2', wp_cli($elsewhere, 'sophmate', 'doctor')[0], 2);
check('said to have moved, it works', [wp_cli($elsewhere, 'sophmate', 'identity', '--moved', '--yes', '--reason=test')[0], wp_cli($elsewhere, 'sophmate', 'run', 'start', 'test.cli', "--subject=$event j2", '--input={"mode":"ok"}')[0]], [0, 0]);
check('and the old place does not', wp_cli('sophmate', 'run', 'start', 'test.cli', "--subject=$event k", '--input={"mode":"ok"}')[0], 6);
check('moved back', [wp_cli('sophmate', 'identity', '--moved', '--yes', '--reason=test')[0], wp_cli('sophmate', 'run', 'start', 'test.cli', "--subject=$event k2", '--input={"mode":"ok"}')[0]], [0, 0]);
$doctor = json_decode(wp_output('sophmate', 'doctor', '--format=json'), true);
check('doctor finds nothing wrong', array_unique(array_diff(array_column($doctor, 'state'), ['good', 'note'])), []);
check('doctor tried the lock', array_column($doctor, 'finding', 'check')['switch_lock'], 'a flip waits for the starts that are on their way');
$grant = fn (string $sql) => run_command([needed('SOPHMATE_DB_ROOT'), '-e', $sql]);
$user = needed('SOPHMATE_SITE_DB');
$grant("REVOKE CREATE TEMPORARY TABLES ON `$user`.* FROM '$user'@'localhost'");
$tried = array_column((array) json_decode(wp_cli('sophmate', 'doctor', '--format=json')[1], true), null, 'check')['switch_lock'];
check('doctor: a user who may not make temporary tables is no fault', [$tried['state'], wp_cli('sophmate', 'doctor')[0]], ['note', 0]);
check_holds('doctor: it says that it could not try', $tried['finding'], 'could not be tried');
$grant("GRANT ALL PRIVILEGES ON `$user`.* TO '$user'@'localhost'");
check('doctor tries it again', array_column(json_decode(wp_output('sophmate', 'doctor', '--format=json'), true), 'state', 'check')['switch_lock'], 'good');
foreach (['run', 'run verdict', 'work', 'identity'] as $command) {
	check("help of $command", str_contains(wp_output('help', 'sophmate', ...explode(' ', $command)), 'SYNOPSIS'), true);
}
check('help of run lists the exit codes', str_contains(wp_output('help', 'sophmate', 'run'), 'EXIT CODES'), true);
finish();
