<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * A database, as the engine sees it. Plain PHP classes implement it. The engine sends one statement at a time,
     * never inside a transaction, and reads back whenever a write did not fully succeed; so an implementation
     * retries nothing and need classify no error. One class has a meaning: StoreError, thrown by write().
     *
     * Parameters are int, string (any bytes) or null (SQL NULL); none is ever cast. Statements use ? placeholders.
     */
    interface Store
    {
        /** Read once, when an engine is made. */
        public function dialect(): Dialect;

        /** What table names begin with: 1 to 48 of A-Z, a-z, 0-9, underscore. Read once, when an engine is made. */
        public function tablePrefix(): string;

        /** The same on all hosts of a site, different on a copy of it; 1 to 500 bytes of UTF-8. */
        public function environment(): string;

        /**
         * One statement by itself, outside any transaction, on the primary.
         *
         * @phpstan-param list<int|string|null> $params
         * @return int rows stored or changed
         * @throws StoreError only where the statement surely never left (no connection): where nothing of the same intent was
         *         sent before, the engine then gives up at once and tells its caller that nothing has happened. Never wrap other
         *         failures in it: a statement whose answer was lost may have been applied
         * @throws \Throwable anything else, for every other failure: the engine reads back
         */
        public function write(string $sql, array $params): int;

        /**
         * One statement on the primary.
         *
         * @phpstan-param list<int|string|null> $params
         * @return list<array<string, int|string|null>> rows by column name
         * @throws \Throwable
         */
        public function read(string $sql, array $params): array;

        /** Forgets the connection, without using it; the next call opens a new one. */
        public function reset(): void;
    }

    /**
     * What must never be stored, known by the site. A Store may implement it too: then whatever is written over that store, by any class,
     * loses these first. Asked once, when an engine (or another class over a store) is made.
     */
    interface Redaction
    {
        /**
         * Names of fields whose values are never stored, beside the built-in ones.
         *
         * @return list<string> 200 at most, 1 to 64 bytes of UTF-8
         */
        public function redactedNames(): array;

        /**
         * Values that are never stored, wherever in a text they stand: the database's password, salts, keys of the environment.
         *
         * @return list<string> 200 at most; those shorter than 6 bytes are passed over
         */
        public function secrets(): array;
    }
}
