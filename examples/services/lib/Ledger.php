<?php
declare(strict_types=1);

/** An append-only file, one JSON object a line. Written under flock and fsynced: what it holds has happened. */
final class Ledger
{
	public function __construct(public readonly string $file)
	{
	}

	/**
	 * Appends what $make returns for the rows so far, or nothing when it returns null; both under one lock,
	 * so "is this key known?" and "then record it" cannot be separated by another request.
	 *
	 * @param callable(list<array<string,mixed>>): ?array<string,mixed> $make
	 * @return ?array<string,mixed> the row that was appended
	 */
	public function append(callable $make): ?array
	{
		$handle = fopen($this->file, 'c+b') ?: throw new RuntimeException("cannot open {$this->file}");
		flock($handle, LOCK_EX);
		try {
			$row = $make(self::decode((string) stream_get_contents($handle)));
			if ($row !== null) {
				fseek($handle, 0, SEEK_END);
				fwrite($handle, self::line($row));
				fsync($handle);
			}
			return $row;
		} finally {
			flock($handle, LOCK_UN);
			fclose($handle);
		}
	}

	/** Appends one row without reading. */
	public function log(array $row): void
	{
		file_put_contents($this->file, self::line($row), FILE_APPEND | LOCK_EX);
	}

	/** @return list<array<string,mixed>> */
	public function rows(): array
	{
		if (!is_file($this->file)) {
			return [];
		}
		$handle = fopen($this->file, 'rb') ?: throw new RuntimeException("cannot open {$this->file}");
		flock($handle, LOCK_SH);
		$text = (string) stream_get_contents($handle);
		fclose($handle);
		return self::decode($text);
	}

	/** Forgets everything; for a new test or a new demo, never done by the service itself. */
	public function clear(): void
	{
		file_put_contents($this->file, '', LOCK_EX);
	}

	public static function line(array $row): string
	{
		return json_encode($row, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\n";
	}

	/** @return list<array<string,mixed>> */
	private static function decode(string $text): array
	{
		$rows = [];
		foreach (explode("\n", $text) as $line) {
			if ($line !== '') {
				$rows[] = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
			}
		}
		return $rows;
	}
}
