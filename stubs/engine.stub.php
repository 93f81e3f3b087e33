<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * Runs workflows against one store. Cheap to make; the site's identity is read with its first use. No state of a
     * site lives outside an engine object, so one process may serve many sites.
     *
     * Every method that uses the store may throw SchemaError, IdentityMismatch, StoreError (nothing was tried),
     * StoreUncertain (see effectMayHaveHappened()) and IllegalHistory.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Engine
    {
        /**
         * @param null|callable $judge sees every value that a step returns; the throwable that it returns counts as if the
         *        step had thrown it
         * @param null|callable $changed called with a run's id, its state before ('' = new) and its state now, for each stored
         *        change at least once, when tick(), runs() or findByExternalId() bring the projections up to date; an
         *        exception stops that and is thrown again by the call
         * @phpstan-param (callable(mixed): ?\Throwable)|null $judge
         * @phpstan-param (callable(string, string, string): void)|null $changed
         * @throws InvalidArgument when dialect() or tablePrefix() of the store give something unusable
         */
        public function __construct(Store $store, ?callable $judge = null, ?callable $changed = null) {}

        /**
         * Makes workflows known by their names. Touches no database.
         *
         * @throws DefinitionError another object of the same name is registered already
         */
        public function register(Workflow ...$workflows): void {}

        /**
         * Begins the run of a business event and acts at once, in this process, until the run ends or rests. A run that
         * exists is returned as it is: it never begins twice and never waits for a retry.
         *
         * @param Workflow|string $workflow a registered workflow's name, or a workflow, which is registered first
         * @param string|null $subject what the event is about, e.g. "order:900", 1 to 1,024 bytes of UTF-8; null: no business
         *        event, a new run every time
         * @param mixed $input anything that canonicalJson() takes, at most 1,048,576 bytes
         * @param string $occurrence a decimal number; another than '1' only for a deliberate repetition
         * @param string $trigger what began it, kept in clear: 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash
         * @throws Conflict the same event exists with another input; nothing was sent
         * @throws DefinitionError|InvalidArgument|LimitExceeded
         */
        public function start(Workflow|string $workflow, ?string $subject = null, #[\SensitiveParameter] mixed $input = null, string $occurrence = '1', string $trigger = 'manual'): Run {}

        /**
         * As start(), but only stores the run; the tick begins it.
         *
         * @param \DateTimeInterface|null $at not before; null: with the next tick
         * @throws Conflict|DefinitionError|InvalidArgument|LimitExceeded
         */
        public function startLater(Workflow|string $workflow, ?string $subject = null, #[\SensitiveParameter] mixed $input = null, string $occurrence = '1', string $trigger = 'manual', ?\DateTimeInterface $at = null): Run {}

        /**
         * One effect, at most once: the first call acts, any later call with the same key and payload returns the stored
         * result, in this request or any other, on any host.
         *
         * @param string $key global to the site: begin it with your plugin's name; 1 to 1,024 bytes of UTF-8
         * @param mixed $payload what the effect is about; another payload for the same key is a Conflict
         * @param callable(Attempt):mixed $effect as a step's $run
         * @param null|callable(Attempt):Answer $probe as a step's
         * @return mixed what canonicalJson() and back make of the effect's value, the first time as every later time; but what is never
         *         stored (passwords, card numbers ..., docs/audit.md) is whole in the call that acted alone, and a marker later
         * @throws Conflict nothing was sent
         * @throws InProgress another process acts at this moment: may have happened
         * @throws OutcomeUnknown may have happened; the next call with a probe asks it first
         * @throws Held nothing was sent by this call
         * @throws EffectRefused this call certainly did nothing; the next one may attempt again
         * @throws OutputNotStored done earlier, without a stored result
         * @throws DefinitionError|InvalidArgument|LimitExceeded
         */
        public function once(string $key, #[\SensitiveParameter] mixed $payload, callable $effect, Effect $kind = Effect::External, Repeat $repeat = Repeat::Never, ?callable $probe = null, float $timeoutSeconds = 30.0, float $keyWindowSeconds = 0.0, string $category = 'general'): mixed {}

        /**
         * What may be done without a decision: probe, next step, due retry, recovery of a lapsed lease.
         *
         * @param string $runId 32 hex digits
         * @throws InvalidArgument no such run
         */
        public function advance(string $runId): Run {}

        /**
         * No further step starts; the run rests with its owner. A step in flight finishes first.
         *
         * @throws InvalidState unknown (verdict first) or closed
         */
        public function pause(string $runId, string $by, string $reason): Run {}

        /**
         * Decision to go on; grants one more attempt. The run moves with the next advance() or tick(). Where its step was safe to repeat and is
         * not any more, an attempt that may have happened is unknown from then on: give a verdict.
         *
         * @throws InvalidState not paused, or the definition changed so that its steps cannot be matched
         */
        public function resume(string $runId, string $by, string $reason): Run {}

        /**
         * Decision: finished outside. Final.
         *
         * @throws InvalidState
         */
        public function finishByHand(string $runId, string $by, string $reason): Run {}

        /**
         * Decision: no further step. Final; an unknown effect stays listed as such.
         *
         * @throws InvalidState
         */
        public function stop(string $runId, string $by, string $reason): Run {}

        /**
         * Settles an unknown outcome. May overrule the grace; the record then says "may have run twice".
         *
         * @param string|null $step which step was looked at; null: the one that is unknown now
         * @param int|null $attempt which of its attempts, from 1
         * @throws InvalidState not unknown, or another step or attempt is the unknown one by now
         * @throws InvalidArgument Answer::unknown() settles nothing
         */
        public function verdict(string $runId, Answer $answer, string $by, string $reason, ?string $step = null, ?int $attempt = null): Run {}

        /** Text for the record; changes nothing. */
        public function note(string $runId, string $by, #[\SensitiveParameter] string $text): Run {}

        /** @return Run|null null: no such run */
        public function find(string $runId): ?Run {}

        /** The run of a business event. */
        public function findBySubject(string $workflow, string $subject, string $occurrence = '1'): ?Run {}

        /**
         * Runs that recorded an id of another system, oldest first.
         *
         * @return list<Run>
         */
        public function findByExternalId(string $kind, string $id): array {}

        /**
         * Runs, newest first, from the projection after it has caught up.
         *
         * @phpstan-param array{state?: RunState|string, workflow?: string, category?: string, owner?: string} $filter
         * @param array $filter any of state (RunState or its value), workflow, category, owner
         * @param int $limit 1 to 1,000
         * @param string|null $after id of the last run of the page before
         * @return list<Run>
         */
        public function runs(array $filter = [], int $limit = 50, ?string $after = null): array {}

        /**
         * Gives new events their place in the log, brings the projections up to date, recovers lapsed leases, asks probes,
         * starts due retries and later starts. May be called by anything, by two at once, and twice.
         *
         * @param int $limit most runs moved, 0 to 10,000; 0: only log order and projections
         * @return array<string, int> sequenced, projected (events), due, recovered, probed, started, moved, put_off, failed (runs)
         */
        public function tick(int $limit = 100): array {}
    }
}
