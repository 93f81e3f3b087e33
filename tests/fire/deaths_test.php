<?php
// SIGKILL of the worker before and after every packet to the server, and before and after every effect. The workers are forks of a
// WordPress that is up, with connections of their own; those who recover are processes of WP-CLI, and so are the workers of the last
// part, a sample.
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

foreach (array_slice($argv, 1) ?: ['start own', 'place own', 'tick own', 'start shared', 'transactions', 'wp own'] as $case) {
	$case === 'transactions' ? inside('transactions') : inside('deaths', ...explode(' ', $case));
}
finish();
