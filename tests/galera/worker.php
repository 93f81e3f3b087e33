<?php
// worker.php MODE NODE NAME: one process that works on one node until the file "stop" appears; then it prints what it saw as JSON.
//   same   starts the runs same:0, same:1 ... like every other worker of this mode, all at the same moments from the time NAME on
//   load   starts runs of its own; what was acknowledged as completed goes to the file acknowledged
//   tick   sequences, projects, recovers
//   hold   holds the category and releases it, and counts the starts that were stored after an acknowledged hold: "sent after the
//          acknowledgement", and "in flight at the acknowledgement" (their statement began before it on its node, and was ordered after it):
//          these go to the file late, as "run", seq and when the release began, in microseconds
declare(strict_types=1);

require __DIR__ . '/shop.php';

use SophMate\{KillSwitches, RunState};

[, $mode, $node, $name] = $argv;
$node = (int) $node;
$engine = engine($node);
$seen = [];
$saw = function (string $what) use (&$seen): void {
	$seen[$what] = ($seen[$what] ?? 0) + 1;
};
$start = function (string $subject) use ($engine, $saw): void {
	try {
		$run = $engine->start('order', $subject);
		$saw($run->state->value);
		if ($run->state === RunState::Completed) {
			file_put_contents(work('acknowledged'), "$run->id\n", FILE_APPEND | LOCK_EX);
		}
	} catch (SophMate\Exception $e) {
		$saw(substr(strrchr(get_class($e), '\\'), 1));
		$cause = $e->getPrevious();
		$cause instanceof PDOException && $saw('error ' . ($cause->errorInfo[1] ?? $cause->getCode()));
		usleep(50000);
	}
};
$stopped = fn (): bool => file_exists(work('stop'));

switch ($mode) {
	case 'same':
		$begin = (float) $name;
		for ($i = 0; $i < 120; $i++) {
			// all of them within a moment, in another order each time
			usleep(max(0, (int) (1e6 * ($begin + 0.06 * $i - microtime(true)))) + random_int(0, 2000));
			$start("same:$i");
		}
		break;
	case 'load':
		for ($i = 0; !$stopped(); $i++) {
			$start("$name:$i");
		}
		break;
	case 'tick':
		while (!$stopped()) {
			try {
				$engine->tick(100);
				$saw('ticks');
			} catch (SophMate\Exception $e) {
				$saw(substr(strrchr(get_class($e), '\\'), 1));
				usleep(50000);
			}
			usleep(random_int(0, 20000));
		}
		break;
	case 'hold':
		$switches = new KillSwitches(store($node));
		// a flip waits for the locks of starts, three seconds at most; what was not acknowledged is done again
		$until_stored = function (Closure $flip) use ($saw): void {
			for (;; usleep(10000)) {
				try {
					$flip();
					return;
				} catch (SophMate\StoreUncertain) {
					$saw('flips again');
				}
			}
		};
		$reader = store($node);     // waits for all that was committed anywhere before it answers
		$began = (int) (microtime(true) * 1e6);
		$starts = fn (): array => array_column($reader->read('SELECT id, stored_at, stream, seq FROM wp_sophmate_journal WHERE lease IS NOT NULL AND stored_at > ?', [$began]), null, 'id');
		while (!$stopped()) {
			$until_stored(fn (): int => $switches->hold('category:commerce', 'ann', 'too many orders'));
			$acknowledged = (int) (microtime(true) * 1e6);
			$before = $starts();
			usleep(random_int(50000, 200000));
			$saw('holds');
			$late = array_diff_key($starts(), $before);
			$releasing = (int) (microtime(true) * 1e6);
			foreach ($late as $start) {
				$saw($start['stored_at'] > $acknowledged ? 'sent after the acknowledgement' : 'in flight at the acknowledgement');
				file_put_contents(work('late'), "{$start['stream']}\t{$start['seq']}\t$releasing\n", FILE_APPEND | LOCK_EX);
			}
			$began = $acknowledged - 60000000;
			$until_stored(fn (): int => $switches->release('category:commerce', 'ann', 'go on'));
			usleep(random_int(20000, 150000));
		}
		break;
}
echo json_encode($seen), "\n";
