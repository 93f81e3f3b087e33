<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * A run as it was when it was read: a snapshot. It never changes and touches no database.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Run
    {
        /** 32 hex digits. */
        public readonly string $id;
        public readonly string $workflow;
        public readonly string $version;
        /** null: no business event, or erased. */
        public readonly ?string $subject;
        /** Current step; null when all are done. */
        public readonly ?string $step;
        /** Who decides now. */
        public readonly ?string $owner;
        /** Why it rests. */
        public readonly ?string $reason;
        public readonly RunState $state;
        public readonly ?string $category;
        public readonly ?string $trigger;
        public readonly ?string $occurrence;
        /** Id of the run whose step began this one, 32 hex digits. */
        public readonly ?string $parent;
        /** What start() or once() was given; null also where it was erased. */
        public readonly mixed $input;
        /** First and last event, microseconds since 1970 UTC. */
        public readonly int $startedAt;
        public readonly int $changedAt;
        /** An effect that must not repeat has more than one reported success. */
        public readonly bool $duplicate;

        /**
         * Steps in order: name, state (StepState), attempts, effect (Effect), repeat (Repeat), owner, output, output_omitted
         * (why it was not stored, or null), failure, failure_class, code (HTTP status or exception class), message, duplicates
         * (how many successes were reported where there must be one, else 0), external_ids (kind => list of ids), started_at,
         * finished_at (microseconds since 1970 UTC, or null).
         *
         * @return list<array<string, mixed>>
         */
        public function steps(): array {}

        /**
         * Decoded leaves with their positions: seq, id, type, t (microseconds since 1970 UTC), d, p (values where they are
         * not erased), leaf_index (null: not in the log yet), leaf_hash (64 hex digits), stored_at.
         *
         * @return list<array<string, mixed>>
         */
        public function events(): array {}

        /**
         * Output of a step that is done.
         *
         * @throws OutputNotStored it is done, but its output could not be stored
         * @throws InvalidArgument no such step, or not done
         */
        public function output(string $step): mixed {}
    }
}
