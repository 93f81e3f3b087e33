--TEST--
A store that gets hold of the object being made: no second construction from inside, no use of half an object
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Dialect, Engine, IdempotencyKeys, KillSwitches, Store};

$good = store();
final class Meddler implements Store
{
    public array $found = [];
    public ?Closure $at = null;
    function __construct(public Store $inner, public string $where) {}
    private function meddle(string $where): void
    {
        if ($where !== $this->where) {
            return;
        }
        $object = debug_backtrace(DEBUG_BACKTRACE_PROVIDE_OBJECT)[2]['object'] ?? null;
        if (!$object) {
            return;
        }
        $this->found[] = $object;
        thrown(fn () => $object->__construct($this->inner));
        thrown(fn () => $object->__construct($this));
        match (get_class($object)) {
            Engine::class => thrown(fn () => $object->once('k', 1, fn () => print("never\n"))),
            IdempotencyKeys::class => thrown(fn () => $object->claim('k', 1)),
            KillSwitches::class => thrown(fn () => $object->hold('*', 'ann', 'x')),
        };
        if ($this->at) {
            ($this->at)();
        }
    }
    function dialect(): Dialect { $this->meddle('dialect'); return Dialect::Sqlite; }
    function tablePrefix(): string { $this->meddle('tablePrefix'); return 'wp_sophmate_'; }
    function environment(): string { return 'test'; }
    function write(string $sql, array $params): int { return $this->inner->write($sql, $params); }
    function read(string $sql, array $params): array { return $this->inner->read($sql, $params); }
    function reset(): void { $this->inner->reset(); }
}
foreach ([Engine::class, IdempotencyKeys::class, KillSwitches::class] as $class) {
    foreach (['dialect', 'tablePrefix'] as $where) {
        echo "-- $class, $where()\n";
        $meddler = new Meddler($good, $where);
        $made = new $class($meddler);
        var_dump($made === $meddler->found[0]);
        // one whose construction failed is not made, and may be made by whoever has got hold of it
        $meddler->at = fn () => throw new DomainException('no');
        thrown(fn () => new $class($meddler));
        $meddler->at = null;
        $meddler->where = '';
        $kept = $meddler->found[1];
        $judge = new stdClass;
        $arguments = $class === Engine::class ? [$good, fn () => $judge, fn () => $judge] : [$good];
        thrown(fn () => $kept->__construct(...$arguments));
        thrown(fn () => $kept->__construct(...$arguments));
    }
}
echo "-- each is on the list of the request once: a shutdown function walks it\n";
$engine = new Engine($good);
echo $engine->once('key', 1, fn () => 'done'), "\n";
?>
--EXPECT--
-- SophMate\Engine, dialect()
Error: SophMate\Engine::__construct() was called already
Error: SophMate\Engine::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\Engine::__construct() was called already
Error: SophMate\Engine::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\Engine::__construct() was called already
-- SophMate\Engine, tablePrefix()
Error: SophMate\Engine::__construct() was called already
Error: SophMate\Engine::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\Engine::__construct() was called already
Error: SophMate\Engine::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\Engine::__construct() was called already
-- SophMate\IdempotencyKeys, dialect()
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\IdempotencyKeys::__construct() was called already
-- SophMate\IdempotencyKeys, tablePrefix()
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: SophMate\IdempotencyKeys::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\IdempotencyKeys::__construct() was called already
-- SophMate\KillSwitches, dialect()
Error: SophMate\KillSwitches::__construct() was called already
Error: SophMate\KillSwitches::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\KillSwitches::__construct() was called already
Error: SophMate\KillSwitches::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\KillSwitches::__construct() was called already
-- SophMate\KillSwitches, tablePrefix()
Error: SophMate\KillSwitches::__construct() was called already
Error: SophMate\KillSwitches::__construct() was called already
Error: The object was not constructed
bool(true)
Error: SophMate\KillSwitches::__construct() was called already
Error: SophMate\KillSwitches::__construct() was called already
Error: The object was not constructed
DomainException: no
returned NULL
Error: SophMate\KillSwitches::__construct() was called already
-- each is on the list of the request once: a shutdown function walks it
done
