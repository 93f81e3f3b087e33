<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * What a probe or a person says about an effect whose outcome is unknown.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Answer
    {
        /** 'done', 'not_done' or 'unknown'. */
        public string $outcome;
        public mixed $output;
        /** @var array<string, string|list<string>> */
        public array $externalIds;
        /** Evidence of notDone(), why of unknown(). */
        public ?string $reason;

        /**
         * It happened.
         *
         * @param mixed $output what the step would have returned
         * @param array $externalIds kind => id or list of ids; kinds as names of steps, ids 1 to 190
         *        bytes of UTF-8, at most 32 in all
         * @phpstan-param array<string, string|list<string>> $externalIds
         * @throws InvalidArgument
         */
        public static function done(#[\SensitiveParameter] mixed $output = null, array $externalIds = []): Answer {}

        /**
         * It certainly did not happen. A probe's "not done" is believed only when the grace was over before it looked.
         *
         * @param string $evidence what shows it, 1 to 4,096 bytes of UTF-8
         * @throws InvalidArgument
         */
        public static function notDone(string $evidence): Answer {}

        /**
         * Nobody can say yet.
         *
         * @param string $why 1 to 4,096 bytes of UTF-8
         * @throws InvalidArgument
         */
        public static function unknown(string $why): Answer {}
    }
}
