<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /** Everything that this extension throws, but NotDone. */
    class Exception extends \RuntimeException
    {
        /** Run that this is about, 32 hex digits, where there is one. */
        public readonly ?string $runId;

        /** Set where the class alone does not say it. */
        private bool $mayHaveHappened = false;

        /**
         * True when the effect may have happened: always for InProgress, OutcomeUnknown and OutputNotStored, for
         * StoreUncertain after the effect, and for whatever once() throws where an earlier attempt is not settled. False:
         * it certainly did not happen.
         */
        public function effectMayHaveHappened(): bool {}
    }

    /** Same key or business event, other payload or input. Nothing was sent. */
    class Conflict extends Exception
    {
        /** The key of once() or claim(), or the subject of start(). */
        public readonly string $key;
        /** Keyed fingerprint of what is stored, 64 hex digits. */
        public readonly string $storedFingerprint;
        /** Keyed fingerprint of what came, 64 hex digits. */
        public readonly string $givenFingerprint;
    }

    /** Another process acts on the same key at this moment. Its effect may have happened. */
    class InProgress extends Exception {}

    /** The effect may or may not have happened; a probe or Engine::verdict() settles it. */
    class OutcomeUnknown extends Exception {}

    /** A kill switch is held. Nothing was started by this call; see effectMayHaveHappened() for an earlier attempt. */
    class Held extends Exception
    {
        /** '*', 'category:NAME' or 'workflow:NAME'; 'file': this host's stop file. */
        public readonly string $target;
    }

    /**
     * This attempt certainly did not happen; getPrevious() is its own exception. effectMayHaveHappened() is true where an
     * earlier attempt may have (a safe effect, whose outcome was lost before).
     */
    class EffectRefused extends Exception
    {
        /** The step's own name of the failure, as NotDone gave it. */
        public readonly ?string $failure;
        public readonly ?FailureClass $failureClass;
    }

    /** The effect happened, but its output could not be stored: not encodable, or larger than 1 MiB. */
    class OutputNotStored extends Exception {}

    /** A workflow's definition is wrong; the message names the argument, its limit and what came. */
    class DefinitionError extends Exception {}

    /** An argument is wrong; the message names the argument, its limit and what came. */
    class InvalidArgument extends Exception {}

    /** The call is not allowed in the run's state; the message names the run, its state and what would be allowed. */
    class InvalidState extends Exception
    {
        public readonly ?RunState $state;
    }

    /** A documented limit was exceeded. */
    class LimitExceeded extends Exception
    {
        /** Name of the limit. */
        public readonly string $limit;
        /** The limit, in the unit that the message names. */
        public readonly int $value;
        /** What came. */
        public readonly int $got;
    }

    /** Tables, columns or keys of the store are missing or wrong; see Schema::check(). Nothing was started. */
    class SchemaError extends Exception {}

    /** Site, schema or environment is another one than that of the records: moved, copied or restored? See Schema::adopt(). */
    class IdentityMismatch extends Exception {}

    /** The store failed before any write was tried: nothing has happened. */
    class StoreError extends Exception {}

    /** The store failed, and a write may or may not have been applied. */
    class StoreUncertain extends Exception {}

    /** The stored history is one that a correct system never writes; nothing fires until a person has looked. */
    class IllegalHistory extends Exception {}

    /**
     * A step throws this to say: certainly not done. Anything else that it throws means that the effect may have
     * happened. Only the classes NotSent and ProviderLimit are tried again by themselves.
     */
    class NotDone extends \RuntimeException
    {
        /** Name for this failure, kept with the run in clear: at most 48 of a-z, 0-9, dot, underscore, space, dash. */
        public readonly ?string $failure;
        public readonly ?FailureClass $class;
        /** When the other side wants to be asked again, seconds from now. */
        public readonly ?float $retryAfterSeconds;

        /**
         * Never throws, so that "not done" cannot become "may have happened": other characters of $failure become
         * underscores, letters small, the rest is cut; $retryAfterSeconds outside 0 to 2,592,000 is brought inside, NAN
         * counts as null.
         *
         * @param string $message for a person; stored with the attempt, at most 4,096 bytes of it
         */
        public function __construct(string $message, ?string $failure = null, ?FailureClass $class = null, ?float $retryAfterSeconds = null, ?\Throwable $previous = null) {}
    }
}
