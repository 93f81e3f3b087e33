<?php

/**
 * @generate-function-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * RFC 8785 text of a value, with the tags of FORMATS, "Canonical JSON": equal values give equal bytes, whatever
     * the ini settings or the locale.
     *
     * Arrays that are lists and empty arrays become arrays; other arrays and stdClass become objects; a backed enum is its value; a
     * JsonSerializable is the result of one call; strings that are not UTF-8, integers beyond 2^53-1, NAN and INF get
     * a tag. Nothing else is taken.
     *
     * @throws InvalidArgument naming what is refused and where, e.g. "$.lines[2].sku": pure enum, closure, resource,
     *         other object, reference cycle, object key that is not UTF-8
     * @throws LimitExceeded deeper than 64 nested arrays and objects, or longer than 1,048,576 bytes
     */
    function canonicalJson(mixed $value): string {}
}
