--TEST--
A run whose first event cannot be read is broken, not absent
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../store.inc';
use SophMate\{Answer, Engine};

$engine = new Engine($store = store());
$engine->register(workflow('order', fn () => 1));
$run = $engine->start('order', 'a');
$prefix = $store->tablePrefix();
$store->write("UPDATE {$prefix}journal SET leaf='{}' WHERE stream=? AND seq=1", [$run->id]);
$engine = new Engine($store);
$engine->register(workflow('order', fn () => 1));
show($engine->find($run->id));
thrown(fn () => $engine->advance($run->id));
thrown(fn () => $engine->verdict($run->id, Answer::done(1), 'ann', 'x'));
thrown(fn () => $engine->pause($run->id, 'ann', 'x'));
thrown(fn () => $engine->find(str_repeat('a', 32)) ?? throw new LogicException('absent'));
thrown(fn () => $engine->advance(str_repeat('a', 32)));
?>
--EXPECT--
broken: not an event of this journal: type
SophMate\IllegalHistory: run <id> is broken: not an event of this journal: type
SophMate\IllegalHistory: run <id> is broken: not an event of this journal: type
SophMate\IllegalHistory: run <id> is broken: not an event of this journal: type
LogicException: absent
SophMate\InvalidArgument: $runId: there is no run <id>
