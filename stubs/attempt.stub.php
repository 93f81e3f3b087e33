<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * One execution of a step, handed to its callable and to its probe.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Attempt
    {
        /**
         * Identity of the effect, the same on every attempt, host and restore. Hand it to the provider as its
         * idempotency key. 35 ASCII characters: "sm_" and 32 hex digits.
         */
        public readonly string $key;
        /** 32 hex digits. */
        public readonly string $runId;
        public readonly string $workflow;
        public readonly string $step;
        /** From 1. */
        public readonly int $attempt;
        /** What start() or once() was given, as it was stored. */
        public readonly mixed $input;
        /** The step's, as its run recorded it. */
        public readonly Effect $effect;
        public readonly Repeat $repeat;

        /**
         * Output of an earlier step that is done.
         *
         * @throws OutputNotStored it is done, but its output could not be stored
         * @throws InvalidArgument no such step, or not done
         */
        public function output(string $step): mixed {}

        /**
         * Records an id that the other side gave; durable when it returns. Still allowed when the attempt was superseded.
         *
         * @param string $kind as a step's name, e.g. "charge"
         * @param string $id 1 to 190 bytes of UTF-8
         */
        public function externalId(string $kind, string $id): void {}

        /** Says which record the step touched; kept with the outcome. */
        public function affects(string $type, string $id): void {}

        /** Keeps a value with the outcome. */
        public function artifact(string $name, #[\SensitiveParameter] mixed $value): void {}

        /**
         * Says what the attempt cost; kept with the outcome.
         *
         * @param string $amount decimal number
         * @param string $unit e.g. "EUR", "tokens"
         */
        public function cost(string $amount, string $unit, string $provider): void {}

        /** A text that is kept with the outcome. */
        public function note(#[\SensitiveParameter] string $text): void {}

        /**
         * No switch that covers the run is held, and time is left: for loops. Looks at the file "hold" in
         * sophmate.state_dir every time, and at the switches at most once a second (one read); what cannot be read
         * counts as held.
         */
        public function mayProceed(): bool {}

        /** Until the deadline, after which recovery may take the step over; 0.0 when it has passed. */
        public function secondsLeft(): float {}
    }
}
