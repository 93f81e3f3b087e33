<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * The journal of a site as a transparency log: signed heads of one append-only tree, proofs that anybody can check with tools
     * that are not ours, and its own keeping of privacy. No method signs bytes that a caller chose, and none returns a key.
     *
     * @strict-properties
     * @not-serializable
     */
    final class AuditLog
    {
        /** @throws InvalidArgument as Engine::__construct() */
        public function __construct(Store $store) {}
    }
}
