<?php
declare(strict_types=1);

/** What one of the four companies is: its collection, the prefix of its ids, and what it insists on. */
final class Role
{
	private const ALL = [
		'crm'          => ['/contacts', 'c_', ['email'], 'created', true, true],
		'billing'      => ['/charges', 'ch_', ['amount', 'currency'], 'paid', false, true],
		'provisioning' => ['/accounts', 'acc_', ['customer'], 'active', false, true],
		'mail'         => ['/messages', 'm_', ['to'], 'sent', false, false],
	];

	/** @param list<string> $required fields without which a POST is answered 422 */
	private function __construct(
		public readonly string $name,
		public readonly string $path,
		public readonly string $prefix,
		public readonly array $required,
		public readonly string $status,
		public readonly bool $keys,
		public readonly bool $lookup,
	) {
	}

	/** @throws InvalidArgumentException when there is no such service */
	public static function named(string $name): self
	{
		if (!isset(self::ALL[$name])) {
			throw new InvalidArgumentException("service must be one of " . implode(', ', self::names()) . ", got '$name'");
		}
		return new self($name, ...self::ALL[$name]);
	}

	/** @return list<string> in the order of their ports */
	public static function names(): array
	{
		return array_keys(self::ALL);
	}
}
