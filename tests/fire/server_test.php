<?php
// A server that dies, blocks, refuses; and one whose disk is full: a tmpfs with a size; where nobody may mount one, a tablespace that may
// not grow, which the server refuses with the same error.
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
		mkdir($data, 0700);
		[$code, , $errors] = getenv('SOPHMATE_FIRE_FULL') === 'tablespace' ? [1, '', 'not wanted']
			: run_command(['mount', '-t', 'tmpfs', '-o', "size=$bytes,uid=$owner,mode=700", 'tmpfs', $data]);
		all_of(['cp', '-a', "$data-disk/.", $data]);
		if ($code !== 0) {
			echo '        no tmpfs (', trim($errors), "): the journal lies in a tablespace that may not grow\n";
			putenv('SOPHMATE_FIRE_FULL=tablespace');
			$options = needed('SOPHMATE_FIRE_WORK') . '/db-options';
			file_put_contents($options, sprintf('--innodb-file-per-table=0 --innodb-data-file-path=ibdata1:%dM;ibdata2:%dM',
				filesize("$data/ibdata1") >> 20, (filesize("$data/wp/wp_sophmate_journal.ibd") >> 20) + 24));
			chmod($options, 0666);
		}
	});
	if (getenv('SOPHMATE_FIRE_FULL') === 'tablespace') {
		all_of([needed('SOPHMATE_DB_ROOT'), '-e', 'ALTER TABLE wp.wp_sophmate_journal ENGINE=InnoDB']);
	}
	try {
		inside('full');
	} finally {
		while_stopped(static function (string $data): void {
			all_of(...(getenv('SOPHMATE_FIRE_FULL') === 'tablespace' ? [['rm', '-rf', $data]] : [['umount', $data], ['rmdir', $data]]), ...[['mv', "$data-disk", $data]]);
			@unlink(needed('SOPHMATE_FIRE_WORK') . '/db-options');
		});
	}
}
finish();
