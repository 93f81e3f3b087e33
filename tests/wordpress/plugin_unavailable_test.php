<?php
// Without the extension, or with a stale one: it says so, starts nothing, and nothing breaks.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$wp = needed('SOPHMATE_WP');
$phar = preg_match('/(\S+wp-cli\.phar)/', (string) file_get_contents($wp), $found) ? $found[1] : '';
/** WP-CLI in a PHP without the extension. */
$without = fn (string ...$arguments): array => run_command([PHP_BINARY, $phar, '--allow-root', '--path=' . needed('SOPHMATE_SITE'), ...array_values($arguments)], ['PHP_INI_SCAN_DIR' => '']);
$stale = "--exec=define('SOPHMATE_MINIMUM_EXTENSION', '99.0');";

check('this PHP has no extension', $without('eval', 'var_dump(extension_loaded("sophmate"));')[1], "bool(false)\n");
$functions = ['sophmate_engine()', 'sophmate_once("k", 1, fn() => 1, probe: fn() => 1, timeoutSeconds: 1.0, keyWindowSeconds: 1.0, category: "x")', 'sophmate_start("w", subject: "s", input: 1, occurrence: "1", trigger: "x")', 'sophmate_start_later("w", subject: "s", at: null)', 'sophmate_find("x")', 'sophmate_remote_request(null, "u")'];
$ask = 'foreach ([' . implode(', ', array_map(fn (string $f): string => "fn() => $f", $functions)) . '] as $f) { $e = $f(); echo is_wp_error($e) ? $e->get_error_code() . " " . json_encode($e->get_error_data()["may_have_happened"]) : "no error", "\n"; }';
foreach (['no extension' => fn (string ...$a): array => $without(...$a), 'a stale extension' => fn (string ...$a): array => wp_cli($stale, ...$a)] as $name => $cli) {
	[$code, $output, $errors] = $cli('eval', $ask);
	check("$name: every function answers", [$code, $output, $errors], [0, str_repeat("sophmate_unavailable false\n", count($functions)), '']);
	$notice = $cli('eval', 'wp_set_current_user(1); do_action("admin_notices");')[1];
	check_holds("$name: the administrator reads it", $notice, 'automation is off');
	check("$name: others do not", $cli('eval', 'do_action("admin_notices");')[1], '');
	foreach ([['run', 'list'], ['doctor'], ['work', '--once'], ['hold', 'all', '--reason=x'], ['keys', 'show'], ['audit', 'verify'], ['audit', 'erase-subject', 'x']] as $command) {
		[$code, , $errors] = $cli('sophmate', ...$command);
		check("$name: wp sophmate " . implode(' ', $command) . ' ends with 6', $code, 6);
		check_holds("$name: and says why", $errors, 'Automation is off');
	}
	check("$name: the site's front page is made", str_contains($cli('eval', 'ob_start(); do_action("wp_head"); echo strlen(ob_get_clean()) > 100 ? "made" : "empty";')[1], 'made'), true);
	check("$name: cron runs through", $cli('cron', 'event', 'run', '--all')[0], 0);
}
check_holds('no extension: the message names it', $without('eval', 'echo sophmate_engine()->get_error_message();')[1], 'the PHP extension sophmate 0.1.0 or later is not loaded in this PHP (cli)');
check_holds('a stale extension: the message names both versions', wp_cli($stale, 'eval', 'echo sophmate_engine()->get_error_message();')[1], 'is version 0.1.0, and 99.0 or later is needed');
// Compiled files on disk outlive the extension: what was true when a file was compiled must not be in it.
preg_match('/opcache\.file_cache=(\S+)/', (string) file_get_contents($wp), $cache);
$cached = fn (string ...$arguments): array => run_command([PHP_BINARY, '-d', 'opcache.enable_cli=1', '-d', 'opcache.file_cache=' . ($cache[1] ?? ''), '-d', 'opcache.file_cache_only=1', $phar, '--allow-root', '--path=' . needed('SOPHMATE_SITE'), ...array_values($arguments)], ['PHP_INI_SCAN_DIR' => '']);
sleep(3);   // opcache keeps no file that is as young as that
wp_cli('eval', 'sophmate_engine();');
check('no extension, files compiled with it', [$cached('eval', 'echo json_encode(array(ini_get("opcache.file_cache_only"), count(sophmate_problems())));')[1], $cached('sophmate', 'doctor')[0]], ['["1",1]', 6]);
check('with a good extension there is an engine', wp_output('eval', 'echo get_class(sophmate_engine());'), 'SophMate\Engine');

// Any PHP parses the two files: no token that PHP 5.2 does not know, no short array, no type.
$new = [T_COALESCE, T_COALESCE_EQUAL, T_FN, T_ELLIPSIS, T_NULLSAFE_OBJECT_OPERATOR, T_ATTRIBUTE, T_MATCH, T_READONLY, T_ENUM, T_SPACESHIP, T_POW, T_YIELD, T_FINALLY, T_USE, T_NAMESPACE, T_NS_SEPARATOR,
	T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED, T_TRAIT, T_DIR, T_NS_C, T_DECLARE, T_STATIC, T_GOTO];
foreach (['sophmate.php', 'includes/unavailable.php'] as $file) {
	$tokens = array_values(array_filter(PhpToken::tokenize((string) file_get_contents(dirname(__DIR__, 2) . "/wordpress/sophmate/$file")), fn (PhpToken $t): bool => !$t->isIgnorable()));
	$found = [];
	foreach ($tokens as $i => $token) {
		$before = $tokens[$i - 1]->text ?? '';
		if ($token->is($new) || ($token->text === '[' && !in_array($tokens[$i - 1]->id ?? 0, [T_VARIABLE, T_STRING], true)) || ($token->text === ':' && $before === ')' && !in_array($tokens[$i + 1]->id ?? 0, [T_ECHO, T_IF], true))
			|| ($token->is(T_VARIABLE) && $tokens[$i - 1]->is([T_STRING, T_ARRAY, T_CALLABLE]))) {
			$found[] = "$before $token->text (line $token->line)";
		}
	}
	check("$file is written for any PHP", [count($tokens) > 100, $found], [true, []]);
}
finish();
