--TEST--
What an attempt reports is checked; a wrong argument is an exception that the step may catch
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Attempt, Engine};

$engine = new Engine(store());
$run = $engine->start(workflow('w', function (Attempt $a) {
    foreach ([['Charge', 'x'], ['charge', ''], ['charge', "\xff"], ['charge', str_repeat('i', 191)], ['', 'x']] as [$kind, $id]) {
        thrown(fn () => $a->externalId($kind, $id));
        thrown(fn () => $a->affects($kind, $id));
    }
    thrown(fn () => $a->artifact('Bad Name', 1));
    foreach ([['', 'EUR', 'p'], ['1e3', 'EUR', 'p'], ['1.2.3', 'EUR', 'p'], ['--1', 'EUR', 'p'], ['1', '', 'p'], ['1', 'EUR', ''], ['1', 'EUR', str_repeat('p', 65)]] as $cost) {
        thrown(fn () => $a->cost(...$cost));
    }
    $a->cost('-12.50', 'EUR', 'refund');
    thrown(fn () => $a->note(''));
    thrown(fn () => $a->note(str_repeat('n', 4097)));
    thrown(fn () => $a->note("\xff"));
    thrown(fn () => $a->key = 'x');
    thrown(fn () => $a->other = 'x');
    return 'fine';
}), 'x');
show($run);
?>
--EXPECT--
SophMate\InvalidArgument: Attempt::externalId(): $kind must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Charge" (6 bytes)
SophMate\InvalidArgument: Attempt::affects(): $type must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Charge" (6 bytes)
SophMate\InvalidArgument: Attempt::externalId(): $id must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: Attempt::affects(): $id must have 1 to 190 bytes, got 0
SophMate\InvalidArgument: Attempt::externalId(): $id must be UTF-8, got "\xff"
SophMate\InvalidArgument: Attempt::affects(): $id must be UTF-8, got "\xff"
SophMate\InvalidArgument: Attempt::externalId(): $id must have 1 to 190 bytes, got 191
SophMate\InvalidArgument: Attempt::affects(): $id must have 1 to 190 bytes, got 191
SophMate\InvalidArgument: Attempt::externalId(): $kind must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "" (0 bytes)
SophMate\InvalidArgument: Attempt::affects(): $type must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "" (0 bytes)
SophMate\InvalidArgument: Attempt::artifact(): $name must be 1 to 48 of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; got "Bad Name" (8 bytes)
SophMate\InvalidArgument: Attempt::cost(): $amount must have 1 to 40 bytes, got 0
SophMate\InvalidArgument: Attempt::cost(): $amount must be a decimal number such as "0.12", got "1e3"
SophMate\InvalidArgument: Attempt::cost(): $amount must be a decimal number such as "0.12", got "1.2.3"
SophMate\InvalidArgument: Attempt::cost(): $amount must be a decimal number such as "0.12", got "--1"
SophMate\InvalidArgument: Attempt::cost(): $unit must have 1 to 64 bytes, got 0
SophMate\InvalidArgument: Attempt::cost(): $provider must have 1 to 64 bytes, got 0
SophMate\InvalidArgument: Attempt::cost(): $provider must have 1 to 64 bytes, got 65
SophMate\InvalidArgument: Attempt::note(): $text must have 1 to 4096 bytes, got 0
SophMate\InvalidArgument: Attempt::note(): $text must have 1 to 4096 bytes, got 4097
SophMate\InvalidArgument: Attempt::note(): $text must be UTF-8, got "\xff"
Error: Cannot modify readonly property SophMate\Attempt::$key
Error: Cannot create dynamic property SophMate\Attempt::$other
completed
