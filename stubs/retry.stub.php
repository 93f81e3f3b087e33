<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * How often and how long a step is tried by itself. Waits between attempts: $firstWaitSeconds x 2^(attempt - 1).
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Retry
    {
        public int $attempts;
        public float $windowSeconds;
        public float $firstWaitSeconds;

        /**
         * @param int $attempts 1 to 9, the first one included
         * @param float $windowSeconds no attempt begins later than this after the first one; 0.001 to 3,600
         * @param float $firstWaitSeconds wait after the first attempt, 0 to 3,600
         * @throws DefinitionError naming the argument, its limit and what came
         */
        public function __construct(int $attempts = 3, float $windowSeconds = 120.0, float $firstWaitSeconds = 2.0) {}
    }
}
