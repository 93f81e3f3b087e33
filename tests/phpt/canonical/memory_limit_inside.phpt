--TEST--
The memory limit inside jsonSerialize() is a fatal error like any other
--INI--
memory_limit=8M
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') {
    die("skip needs PHP's own allocator");
}
?>
--FILE--
<?php
class Greedy implements JsonSerializable {
    function jsonSerialize(): mixed { return str_repeat('a', 64 << 20); }
}
register_shutdown_function(function () {
    ini_set('memory_limit', '16M');
    echo SophMate\canonicalJson(['still' => 'works']), "\n";
});
SophMate\canonicalJson(['a' => ['b' => new Greedy]]);
?>
--EXPECTF--
Fatal error: Allowed memory size of 8388608 bytes exhausted%a
{"still":"works"}
