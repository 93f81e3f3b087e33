<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * Kill switches. When hold() has returned, no further intent that it covers is stored, on any node. A step that was
     * started before may still act until its deadline. On a cluster that takes writes on several nodes, an intent that was on its
     * way may still be stored; it finds the switch held, and its attempt fails as not sent. Nothing releases a switch by itself.
     *
     * @strict-properties
     * @not-serializable
     */
    final class KillSwitches
    {
        /** @throws InvalidArgument as Engine::__construct() */
        public function __construct(Store $store) {}

        /**
         * @param string $target '*', 'category:NAME' or 'workflow:NAME'
         * @param string $by who, 1 to 190 bytes of UTF-8
         * @param string $reason 1 to 4,096 bytes of UTF-8
         * @return int the switch's generation
         */
        public function hold(string $target, string $by, string $reason): int {}

        /** @return int the switch's generation */
        public function release(string $target, string $by, string $reason): int {}

        public function state(string $target): SwitchState {}

        /**
         * Every switch that has a row: '*', the categories and workflows that ever started, and those ever held.
         *
         * @return list<SwitchState>
         */
        public function all(): array {}
    }

    /**
     * @strict-properties
     * @not-serializable
     */
    final readonly class SwitchState
    {
        public string $target;
        public bool $held;
        /** Who held or released it last; null: never touched. */
        public ?string $by;
        public ?string $reason;
        /** Microseconds since 1970 UTC. */
        public ?int $since;
        /** 0: never touched. */
        public int $generation;
    }
}
