--TEST--
Retry has ranges
--FILE--
<?php
require __DIR__ . '/../thrown.inc';
use SophMate\Retry;

var_dump(new Retry, new Retry(9, 3600, 0.5));
foreach ([[0], [10], [-1], [PHP_INT_MAX], [1, -0.1], [1, 3600.1], [1, NAN], [1, 1, -1], [1, 1, 3601], [1, 1, INF], [1, 0], ['x']] as $arguments) {
    thrown(fn () => new Retry(...$arguments));
}
?>
--EXPECT--
object(SophMate\Retry)#1 (3) {
  ["attempts"]=>
  int(3)
  ["windowSeconds"]=>
  float(120)
  ["firstWaitSeconds"]=>
  float(2)
}
object(SophMate\Retry)#2 (3) {
  ["attempts"]=>
  int(9)
  ["windowSeconds"]=>
  float(3600)
  ["firstWaitSeconds"]=>
  float(0.5)
}
SophMate\DefinitionError: Retry: $attempts must be 1 to 9, got 0
SophMate\DefinitionError: Retry: $attempts must be 1 to 9, got 10
SophMate\DefinitionError: Retry: $attempts must be 1 to 9, got -1
SophMate\DefinitionError: Retry: $attempts must be 1 to 9, got 9223372036854775807
SophMate\DefinitionError: Retry: $windowSeconds must be 0.001 to 3600 seconds, got -0.1
SophMate\DefinitionError: Retry: $windowSeconds must be 0.001 to 3600 seconds, got 3600.1
SophMate\DefinitionError: Retry: $windowSeconds must be 0.001 to 3600 seconds, got NAN
SophMate\DefinitionError: Retry: $firstWaitSeconds must be 0 to 3600 seconds, got -1
SophMate\DefinitionError: Retry: $firstWaitSeconds must be 0 to 3600 seconds, got 3601
SophMate\DefinitionError: Retry: $firstWaitSeconds must be 0 to 3600 seconds, got INF
SophMate\DefinitionError: Retry: $windowSeconds must be 0.001 to 3600 seconds, got 0
TypeError: SophMate\Retry::__construct(): Argument #1 ($attempts) must be of type int, string given
