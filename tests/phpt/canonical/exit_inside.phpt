--TEST--
exit() and a time-out inside jsonSerialize() end the request, not the process
--FILE--
<?php
class Leave implements JsonSerializable {
    function jsonSerialize(): mixed { exit("left\n"); }
}
register_shutdown_function(function () {
    echo SophMate\canonicalJson(['still' => 'works']), "\n";
});
try {
    SophMate\canonicalJson(['a' => [new Leave]]);
} catch (Throwable $e) {
    echo "never\n";
} finally {
    echo "never\n";
}
?>
--EXPECT--
left
{"still":"works"}
