<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * Tables and identity of a store.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Schema
    {
        /**
         * Creates or upgrades the tables; makes the site's id, secret and log name where there are none. Idempotent; two
         * at once are fine.
         *
         * @param string $host host name for the log's name, 1 to 200 of letters, digits, dot, colon, dash
         * @throws InvalidArgument|SchemaError|IdentityMismatch|StoreError|StoreUncertain
         */
        public static function install(Store $store, string $host = 'localhost'): void {}

        /**
         * Findings in words: storage engine, columns, collations, unique keys, identity, flush settings.
         *
         * @return list<string> [] = sound
         * @throws StoreError when the store cannot be read at all
         */
        public static function check(Store $store): array {}

        /**
         * What names this site's records. The site's secret is never part of it.
         *
         * @return array{site_id: string, log: string, environment: string, schema: int, matches: bool} site_id 32 hex digits;
         *         log = origin of the log; environment = the store's; matches = the records belong to this environment
         * @throws SchemaError|StoreError
         */
        public static function identity(Store $store): array {}

        /**
         * Says what happened after an environment changed: 'moved' or 'restored' (same site), or 'copy' (new site id:
         * other effect keys; finished events stay known, open runs end as stopped). What was restored or copied opens a log
         * of its own, without a key: AuditLog::createKey() gives it one.
         *
         * @param string $as 'moved', 'restored' or 'copy'
         * @param string $by who says it, 1 to 190 bytes of UTF-8
         * @param string $reason 1 to 4,096 bytes of UTF-8
         * @throws InvalidArgument|InvalidState|SchemaError|StoreError|StoreUncertain
         */
        public static function adopt(Store $store, string $as, string $by, string $reason): void {}
    }
}
