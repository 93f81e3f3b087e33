--TEST--
A store that answers nonsense is refused by name; no type juggling
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Dialect, Engine, Store};

function odd(array $change): Store
{
    return new class($change) implements Store {
        function __construct(private array $change) {}
        private function give(string $what, mixed $default): mixed { $v = array_key_exists($what, $this->change) ? $this->change[$what] : $default; return $v instanceof Closure ? $v() : $v; }
        function dialect(): Dialect { return $this->give('dialect', Dialect::Sqlite); }
        function tablePrefix(): string { return $this->give('prefix', 'wp_'); }
        function environment(): string { return $this->give('environment', 'test'); }
        function write(string $sql, array $params): int { return $this->give('write', 1); }
        function read(string $sql, array $params): array { return $this->give('read', []); }
        function reset(): void { $this->give('reset', null); }
    };
}
foreach ([['prefix' => ''], ['prefix' => 'a b'], ['prefix' => str_repeat('p', 49)], ['prefix' => "wp_\0"], ['prefix' => fn () => throw new LogicException('no prefix')], ['dialect' => fn () => throw new LogicException('no dialect')]] as $change) {
    thrown(fn () => new Engine(odd($change)));
    thrown(fn () => new SophMate\IdempotencyKeys(odd($change)));
    thrown(fn () => new SophMate\KillSwitches(odd($change)));
    thrown(fn () => SophMate\Schema::check(odd($change)));
}
echo "-- rows\n";
foreach ([[], ['x'], [1, 2], [null], [[]], [['other' => 1]], [new stdClass], fn () => throw new LogicException('no rows')] as $rows) {
    thrown(fn () => (new Engine(odd(['read' => $rows])))->once('k', 1, fn () => 1));
}
$store = store();
$engine = new Engine($store);
$engine->once('k', 1, fn () => 1);
foreach ([1.5, true, [1], new stdClass] as $cell) {
    $store->read = fn ($do) => array_map(fn ($row) => array_map(fn () => $cell, $row), $do());
    thrown(fn () => $engine->findBySubject('once', 'k'));
}
$store->read = null;
echo "-- counts\n";
$store->write = fn ($do) => -$do();
thrown(fn () => $engine->once('negative', 1, fn () => 'done'));
$store->write = null;
echo "-- environment\n";
foreach (['', str_repeat('e', 501), "\xff", fn () => throw new LogicException('no environment')] as $environment) {
    thrown(function () use ($store, $environment) {
        $s = new TestStore($store->inner);
        $e = new Engine(new class($s, $environment) implements Store {
            function __construct(private Store $s, private mixed $e) {}
            function dialect(): Dialect { return $this->s->dialect(); }
            function tablePrefix(): string { return $this->s->tablePrefix(); }
            function environment(): string { return $this->e instanceof Closure ? ($this->e)() : $this->e; }
            function write(string $sql, array $params): int { return $this->s->write($sql, $params); }
            function read(string $sql, array $params): array { return $this->s->read($sql, $params); }
            function reset(): void { $this->s->reset(); }
        });
        return $e->once('env', 1, fn () => 'never');
    });
}
echo "-- parameters\n";
$kinds = [];
$store->write = function ($do, $sql, $params) use (&$kinds) { foreach ($params as $p) { $kinds[get_debug_type($p)] = true; } $kinds[array_is_list($params) ? 'list' : 'map'] = true; return $do(); };
$store->read = $store->write;
$engine->start(workflow('order', fn ($a) => $a->externalId('charge', "caf\u{e9}"), fn () => "\xff"), "Åsa 🛒\0", ["\xff", 1.5, null]);
$engine->tick();
$engine->runs();
ksort($kinds);
echo implode(' ', array_keys($kinds)), "\n";
$run = (new Engine($store))->findBySubject('order', "Åsa 🛒\0");
var_dump($run->subject === "Åsa 🛒\0", $run->input === ["\xff", 1.5, null], $run->output('two') === "\xff", $run->steps()[0]['external_ids']['charge'][0] === "caf\u{e9}");
?>
--EXPECT--
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "" (0 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "" (0 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "" (0 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "" (0 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "a b" (3 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "a b" (3 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "a b" (3 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "a b" (3 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "ppppppppppppppppppppppppppppppppppppppppppppppppp" (49 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "ppppppppppppppppppppppppppppppppppppppppppppppppp" (49 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "ppppppppppppppppppppppppppppppppppppppppppppppppp" (49 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "ppppppppppppppppppppppppppppppppppppppppppppppppp" (49 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "wp_" (4 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "wp_" (4 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "wp_" (4 bytes)
SophMate\InvalidArgument: the store's table prefix must match [A-Za-z0-9_]{1,48}, got "wp_" (4 bytes)
LogicException: no prefix
LogicException: no prefix
LogicException: no prefix
LogicException: no prefix
LogicException: no dialect
LogicException: no dialect
LogicException: no dialect
LogicException: no dialect
-- rows
SophMate\SchemaError: the site's identity is missing from wp_meta: install the schema
SophMate\StoreError: Row 0 of the store's read() is string; an array by column name is expected
SophMate\StoreError: Row 0 of the store's read() is int; an array by column name is expected
SophMate\StoreError: Row 0 of the store's read() is null; an array by column name is expected
SophMate\StoreError: Row 0 of the store's read() has no column "name"
SophMate\StoreError: Row 0 of the store's read() has no column "name"
SophMate\StoreError: Row 0 of the store's read() is stdClass; an array by column name is expected
SophMate\StoreError: The store's read() threw LogicException
SophMate\StoreError: The store's read() gave float for column "seq"; int, string or null is expected
SophMate\StoreError: The store's read() gave bool for column "seq"; int, string or null is expected
SophMate\StoreError: The store's read() gave array for column "seq"; int, string or null is expected
SophMate\StoreError: The store's read() gave stdClass for column "seq"; int, string or null is expected
-- counts
returned 'done'
-- environment
SophMate\StoreError: The store's environment() must return 1 to 500 bytes of UTF-8
SophMate\StoreError: The store's environment() must return 1 to 500 bytes of UTF-8
SophMate\StoreError: The store's environment() must return 1 to 500 bytes of UTF-8
SophMate\StoreError: The store's environment() threw LogicException
-- parameters
int list null string
bool(true)
bool(true)
bool(true)
bool(true)
