<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * At most once, where the effect does not fit in one callable. The same keys, journal and rules as Engine::once().
     *
     * @strict-properties
     * @not-serializable
     */
    final class IdempotencyKeys
    {
        /** @throws InvalidArgument as Engine::__construct() */
        public function __construct(Store $store) {}

        /**
         * @param string $key 1 to 1,024 bytes of UTF-8, global to the site
         * @param float $leaseSeconds how long the claim is held without complete() or release(); after it the outcome is
         *        unknown; at least 0.001, with sophmate.lease_margin_ms at most 3,600
         * @throws Conflict same key, other payload; nothing may be sent
         */
        public function claim(string $key, #[\SensitiveParameter] mixed $payload, float $leaseSeconds = 60.0, string $category = 'general'): Claim {}

        /**
         * It happened. Also allowed after the lease: recorded as a late outcome.
         *
         * @throws InvalidState the claim is not Mine, or was completed or released
         */
        public function complete(Claim $claim, #[\SensitiveParameter] mixed $result): void {}

        /**
         * It certainly did not happen; the key may be claimed again.
         *
         * @throws InvalidState the claim is not Mine, or was completed or released
         */
        public function release(Claim $claim, string $why): void {}

        /**
         * Settles a key whose outcome is unknown.
         *
         * @throws InvalidState not unknown
         * @throws InvalidArgument no such key, or Answer::unknown()
         */
        public function resolve(string $key, Answer $answer, string $by, string $reason): void {}
    }

    /**
     * @strict-properties
     * @not-serializable
     */
    final class Claim
    {
        public readonly ClaimState $state;
        /** Only where the claim is Mine. */
        public readonly ?Attempt $attempt;
        /** The stored result where it is Done. */
        public readonly mixed $result;
    }
}
