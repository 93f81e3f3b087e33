<?php
// What a test in PHP needs: check() compares and prints a line, finish() writes the count and ends.
declare(strict_types=1);

final class Checks
{
	public static int $passed = 0;
	public static int $failed = 0;
}

/** Passes when both are the same value of the same type; prints both when they are not. */
function check(string $what, mixed $got, mixed $expected): bool
{
	return verdict($what, $got === $expected, fn (): string => 'got ' . shown($got) . ', expected ' . shown($expected));
}

/** Passes when the text holds the piece. */
function check_holds(string $what, string $text, string $piece): bool
{
	return verdict($what, str_contains($text, $piece), fn (): string => shown($piece) . ' is not in ' . shown($text));
}

/** Passes when the number lies between both, the ends included. */
function check_between(string $what, int|float $got, int|float $least, int|float $most): bool
{
	return verdict($what, $got >= $least && $got <= $most, fn (): string => "got $got, expected $least to $most");
}

function verdict(string $what, bool $passed, callable $why): bool
{
	$passed ? Checks::$passed++ : Checks::$failed++;
	echo $passed ? "ok      $what\n" : "FAILED  $what: {$why()}\n";
	return $passed;
}

function shown(mixed $value): string
{
	$text = (string) json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR);
	return strlen($text) > 600 ? substr($text, 0, 600) . '... (' . strlen($text) . ' bytes)' : $text;
}

/** The environment variable; a test that lacks what it needs fails, it is never skipped. */
function needed(string $name): string
{
	$value = (string) getenv($name);
	if ($value === '') {
		fwrite(STDERR, "$name is not set: run this through bin/test\n");
		finish(1);
	}
	return $value;
}

/** Waits for the condition, at most so long. @return bool whether it came true */
function eventually(callable $condition, float $seconds): bool
{
	for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(10000)) {
		if ($condition()) {
			return true;
		}
	}
	return (bool) $condition();
}

/** Runs a command without a shell. @param list<string> $command  @return array{int, string, string} exit code, output, errors */
function run_command(array $command, array $environment = [], string $input = ''): array
{
	$errors = tmpfile();
	$process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], $errors], $pipes, null, $environment === [] ? null : $environment + getenv());
	fwrite($pipes[0], $input);
	fclose($pipes[0]);
	$output = (string) stream_get_contents($pipes[1]);
	$code = proc_close($process);
	rewind($errors);
	return [$code, $output, (string) stream_get_contents($errors)];
}

/** Writes "passed failed" where bin/test looks for it, and ends with 1 when anything failed. */
function finish(int $more_failed = 0): never
{
	Checks::$failed += $more_failed;
	$file = (string) getenv('SOPHMATE_COUNT');
	if ($file !== '') {
		file_put_contents($file, Checks::$passed . ' ' . Checks::$failed . "\n");
	}
	printf("%s: %d passed, %d failed\n", basename((string) $_SERVER['SCRIPT_FILENAME']), Checks::$passed, Checks::$failed);
	exit(Checks::$failed > 0 || Checks::$passed === 0 ? 1 : 0);
}

// A test that dies in the middle must not look like one that had nothing to say.
set_error_handler(function (int $level, string $message, string $file, int $line): bool {
	if ((error_reporting() & $level) !== 0) {
		throw new ErrorException($message, 0, $level, $file, $line);
	}
	return false;
});
set_exception_handler(function (Throwable $e): never {
	echo 'FAILED  uncaught ', get_class($e), ': ', $e->getMessage(), ' at ', basename($e->getFile()), ':', $e->getLine(), "\n";
	finish(1);
});
