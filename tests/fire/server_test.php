<?php
// A server that dies, blocks, refuses; and one whose disk is full (a tmpfs with a size; needs root).
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

/** Stops the server, does something with its folder, and lets it come back. */
function while_stopped(callable $what): void
{
	$work = needed('SOPHMATE_FIRE_WORK');
	touch("$work/db-hold");
	$pid = (int) file_get_contents(needed('SOPHMATE_DB_PID_FILE'));
	posix_kill($pid, SIGTERM);
	check('the server stops', eventually(static fn (): bool => !file_exists("/proc/$pid"), 30), true);
	$what("$work/db");
	unlink("$work/db-hold");
	check('and comes back', eventually(static fn (): bool => run_command([needed('SOPHMATE_DB_ROOT'), '-e', 'select 1'])[0] === 0, 30), true);
}

/** The same, where each has to succeed. @param list<string> ...$commands */
function all_of(array ...$commands): void
{
	foreach ($commands as $command) {
		[$code, , $errors] = run_command($command);
		$code === 0 || throw new RuntimeException(implode(' ', $command) . ": $errors");
	}
}

foreach (array_slice($argv, 1) ?: ['server', 'full'] as $case) {
	if ($case !== 'full') {
		inside($case);
		continue;
	}
	while_stopped(static function (string $data): void {
		$bytes = (int) run_command(['du', '-s', '--block-size=1', $data])[1] + 24000000;
		$owner = fileowner($data);
		rename($data, "$data-disk");
		mkdir($data);
		all_of(['mount', '-t', 'tmpfs', '-o', "size=$bytes,uid=$owner,mode=700", 'tmpfs', $data], ['cp', '-a', "$data-disk/.", $data]);
	});
	try {
		inside('full');
	} finally {
		while_stopped(static function (string $data): void {
			all_of(['umount', $data], ['rmdir', $data], ['mv', "$data-disk", $data]);
		});
	}
}
finish();
