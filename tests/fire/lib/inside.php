<?php
// Outside WordPress: runs a script of this folder inside it.
declare(strict_types=1);

require_once dirname(__DIR__, 2) . '/wordpress/lib.php';

/** Runs tests/fire/inside/SCRIPT.php in WP-CLI and takes over its count; it prints its own lines. */
function inside(string $script, string ...$arguments): void
{
	$count = needed('SOPHMATE_COUNT');
	file_put_contents($count, '');   // what the script before this one counted is not this one's
	$process = proc_open([needed('SOPHMATE_WP'), 'eval-file', '--use-include', dirname(__DIR__) . "/inside/$script.php", ...array_values($arguments)], [], $pipes);
	$code = $process === false ? 1 : proc_close($process);
	[$passed, $failed] = array_map(intval(...), explode(' ', trim((string) file_get_contents($count)) . ' 0'));
	Checks::$passed += $passed;
	Checks::$failed += $failed;
	check("$script " . implode(' ', $arguments) . ': came to its end', [$code === 0 || $failed > 0, $passed > 0], [true, true]);
}
