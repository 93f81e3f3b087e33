<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * One step: a callable and what may be done about it when nobody knows whether it happened.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Step
    {
        public string $name;
        public \Closure $run;
        public Effect $effect;
        public Repeat $repeat;
        public ?string $owner;
        public float $timeoutSeconds;
        public ?float $graceSeconds;
        public ?\Closure $probe;
        public Retry $retry;
        public float $keyWindowSeconds;

        /**
         * @param string $name 1 to 48 of a-z, 0-9, dot, underscore, space, dash; begins with a letter or digit, ends with no space
         * @param callable(Attempt):mixed $run returns the output; throws NotDone when certainly not done; anything else
         *        that it throws means that the effect may have happened
         * @param Effect $effect what it may change
         * @param Repeat $repeat what a second execution would do
         * @param string|null $owner role that recovers it, 1 to 64 bytes of UTF-8; null: the workflow's
         * @param float $timeoutSeconds longest time that $run takes; at least 0.001; with sophmate.lease_margin_ms at most 3,600
         * @param float|null $graceSeconds how long a request may still be on its way after the lease, 0.1 to 604,800; null:
         *        lease and timeout, at least sophmate.grace_ms
         * @param null|callable(Attempt):Answer $probe asks the other side whether it happened; must not act
         * @param Retry|null $retry null: new Retry(); one attempt: new Retry(1)
         * @param float $keyWindowSeconds how long the other side remembers a key; needed for Repeat::Once, then at least
         *        twice lease and grace
         * @phpstan-param callable(Attempt): mixed $run
         * @phpstan-param (callable(Attempt): Answer)|null $probe
         * @throws DefinitionError naming the argument, its limit and what came
         */
        public function __construct(string $name, callable $run, Effect $effect, Repeat $repeat = Repeat::Never, ?string $owner = null, float $timeoutSeconds = 30.0, ?float $graceSeconds = null, ?callable $probe = null, ?Retry $retry = null, float $keyWindowSeconds = 0.0) {}
    }
}
