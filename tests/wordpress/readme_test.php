<?php
// README's first workflow runs as it is written there, inside WordPress; so do the commands that it names.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$readme = (string) file_get_contents(dirname(__DIR__, 2) . '/README.md');
check('README has its section', preg_match('/^#+ A first workflow\n(.*?)^#+ /ms', $readme, $found), 1);
$section = $found[1];

// The blocks of code: lines that are indented by four, with the empty ones between them.
preg_match_all('/^    .*\n(?:(?:    .*)?\n)*/m', $section, $found);
$blocks = array_map(fn (string $block): string => (string) preg_replace('/^    /m', '', rtrim($block)) . "\n", $found[0]);
check('one effect, and a workflow', [count($blocks), str_contains($blocks[0] ?? '', 'sophmate_once'), str_contains($blocks[1] ?? '', 'new Workflow')], [2, true, true]);

$folder = needed('SOPHMATE_WORK_DIR');
foreach ($blocks as $i => $block) {
	/* A key of this test's own: the site may have run it before. */
	file_put_contents("$folder/block$i.php", "<?php\n" . str_replace('order 900', 'order ' . bin2hex(random_bytes(4)), $block));
}
/* The example plugin has a workflow of the same name. */
$alone = '--skip-plugins=sophmate-order-example';
inside('readme.php', [$alone], [$folder]);

// The run that rests: `commands` of the text, on the run that the script left.
$run = trim((string) file_get_contents("$folder/run"));
preg_match_all('/`(wp sophmate [^`]+)`/', $section, $found);
check('the section names commands', count($found[1]) >= 2, true);
foreach ($found[1] as $command) {
	[$code, $output, $errors] = wp_cli($alone, ...array_slice(explode(' ', str_replace('<id>', $run, $command)), 1));
	check("$command works", [$code, $errors], [0, '']);
	check_holds("$command shows the run", $output, $run);
	check_holds("$command shows its owner", $output, 'finance');
}
finish();
