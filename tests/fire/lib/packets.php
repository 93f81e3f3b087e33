<?php
// The MySQL protocol as far as a proxy must know it: where a packet ends, and where a reply ends.
declare(strict_types=1);

final class Packets
{
	public const QUIT = 1;
	public const QUERY = 3;

	/** Bytes of the first whole packet in the buffer, 0 while it is not whole. */
	public static function length(string $buffer, int $from = 0): int
	{
		if (strlen($buffer) < $from + 4) {
			return 0;
		}
		$whole = 4 + (unpack('V', substr($buffer, $from, 3) . "\0") ?: [1 => 0])[1];
		return strlen($buffer) >= $from + $whole ? $whole : 0;
	}

	/**
	 * Bytes of the first whole reply, 0 while it is not whole. What is not the answer to a query is one packet; a query's is one
	 * packet, or column count, columns, end, rows, end. To a log-in MySQL can say "the password is known" in a packet before its answer.
	 */
	public static function reply(string $buffer, bool $of_query, bool $logging_in = false): int
	{
		$at = self::length($buffer);
		if ($logging_in && $at === 6 && substr($buffer, 4, 2) === "\x01\x03") {
			return self::length($buffer, $at) === 0 ? 0 : $at + self::length($buffer, $at);
		}
		if ($at === 0 || !$of_query || in_array(ord($buffer[4] ?? "\0"), [0x00, 0xff], true)) {
			return $at;
		}
		for ($ends = 0; $ends < 2; $at += $packet) {
			$packet = self::length($buffer, $at);
			if ($packet === 0) {
				return 0;
			}
			$first = ord($buffer[$at + 4] ?? "\0");
			if ($first === 0xff && $ends === 1) {
				return $at + $packet;
			}
			$ends += $first === 0xfe && $packet < 13 ? 1 : 0;
		}
		return $at;
	}

	/** What a request is, for people and for choosing cases. */
	public static function name(string $packet, bool $logging_in): string
	{
		if ($logging_in) {
			return 'log in';
		}
		return match (ord($packet[4] ?? "\0")) {
			self::QUIT => 'quit',
			self::QUERY => substr((string) preg_replace('/\s+/', ' ', substr($packet, 5, 400)), 0, 400),
			default => 'command ' . ord($packet[4] ?? "\0"),
		};
	}
}
