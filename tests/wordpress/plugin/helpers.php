<?php
// What the plugin's tests share: WP-CLI, scripts that run inside WordPress, the services.
declare(strict_types=1);

/** WP-CLI on the MariaDB site. @return array{int, string, string} exit code, output, errors */
function wp_cli(string ...$arguments): array
{
	return run_command([needed('SOPHMATE_WP'), ...array_values($arguments)]);
}

/** Output of WP-CLI, one trailing newline less; a failure is part of it. */
function wp_output(string ...$arguments): string
{
	[$code, $output, $errors] = wp_cli(...$arguments);
	return rtrim($output, "\n") . ($code === 0 ? '' : " [exit $code] " . trim($errors));
}

/**
 * Runs tests/wordpress/plugin/SCRIPT inside WordPress and takes over its count.
 * @param list<string> $before   global options of WP-CLI  @param list<string> $arguments   the script's $args
 */
function inside(string $script, array $before = [], array $arguments = [], string $wp = 'SOPHMATE_WP'): void
{
	$count = (string) tempnam(sys_get_temp_dir(), 'count');
	chmod($count, 0666);
	[$code, $output, $errors] = run_command([needed($wp), ...$before, 'eval-file', '--use-include', __DIR__ . "/$script", ...$arguments], ['SOPHMATE_COUNT' => $count]);
	echo preg_replace('/^wp-cli.phar: .*\n/m', '', $output);
	[$passed, $failed] = array_map(intval(...), explode(' ', trim((string) file_get_contents($count)) . ' '));
	unlink($count);
	Checks::$passed += $passed;
	Checks::$failed += $failed;
	check("$script " . implode(' ', $arguments) . ': came to its end without a word', [$code, $passed > 0, $errors], [0, true, '']);
}

/** Folder of the services' ledgers: it stands in their control. */
function services_folder(): string
{
	return preg_match('/SOPHMATE_SERVICES_DIR=(\S+)/', (string) file_get_contents(needed('SOPHMATE_SERVICES')), $found) ? $found[1] : throw new RuntimeException('no SOPHMATE_SERVICES_DIR in the control');
}

/** The services' control. @return list<string> lines */
function services(string ...$arguments): array
{
	/* Inside WordPress it is the servers' user already: only root can become it. */
	$control = posix_geteuid() === 0 ? [needed('SOPHMATE_SERVICES')] : [PHP_BINARY, dirname(__DIR__, 3) . '/examples/services/services', '--dir=' . services_folder()];
	[$code, $output, $errors] = run_command([...$control, ...array_values($arguments)]);
	if ($code !== 0) {
		throw new RuntimeException('services ' . implode(' ', $arguments) . ": $errors");
	}
	return $output === '' ? [] : explode("\n", trim($output));
}

/** Effects in a service's ledger. @return list<array<string, mixed>> */
function ledger(string $service): array
{
	$file = services_folder() . "/$service/ledger.jsonl";
	$lines = is_file($file) ? file($file, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) : [];
	return array_map(fn (string $line): array => json_decode($line, true, 64, JSON_THROW_ON_ERROR), $lines);
}

/** Requests that reached a service. @return list<array<string, mixed>> */
function requests(string $service): array
{
	return array_map(fn (string $line): array => json_decode($line, true, 64, JSON_THROW_ON_ERROR), array_values(array_filter(services('requests', $service))));
}

/** Places an order. @return array{string, string} its number and its run */
function place(string ...$options): array
{
	$printed = explode(' ', wp_output('order-example', 'place', '--porcelain', ...array_values($options)));
	return count($printed) === 2 ? $printed : throw new RuntimeException('order-example place: ' . implode(' ', $printed));
}

/** State and step of a run, and the status of its order: "unknown at charge invoice, on hold". */
function standing(string $order, string $run): string
{
	return wp_output('eval', "\$r = sophmate_find('$run'); echo \$r->state->value, null === \$r->step ? '' : \" at {\$r->step}\", ', ', strtolower(SophMate\\OrderExample\\Orders::statuses()[get_post_status($order)]);");
}

/** Effects of a run in the ledgers: contacts, charges, accounts, mails. @return list<int> */
function effects_of(string $run): array
{
	return array_map(fn (string $service): int => count(array_filter(ledger($service), fn (array $entry): bool => $entry['run'] === $run)), ['crm', 'billing', 'provisioning', 'mail']);
}
