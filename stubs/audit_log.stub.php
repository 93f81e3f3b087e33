<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * The journal of a site as a transparency log: signed heads of one append-only tree, proofs that anybody can check with tools
     * that are not ours, and its own keeping of privacy. No method signs bytes that a caller chose, and none returns a key.
     *
     * @strict-properties
     * @not-serializable
     */
    final class AuditLog
    {
        /** @throws InvalidArgument as Engine::__construct() */
        public function __construct(Store $store) {}

        /**
         * Reads the whole journal as an auditor would and says what is wrong, and where: every leaf and its stored hash, the tree, every
         * signed head on the way, missing and doubled places, columns beside the leaf, links and legality of every stream, private values
         * against their commitments, rows of switches and projections. Writes nothing. Memory does not grow with the journal.
         *
         * The report: `verdict` ('sound', 'pending', 'no anchor', 'contradicts', 'invalid') and `exit_code` (0, 10, 20, 30, 40), the
         * worst of all findings; `log`, `size`, `root` (base64; null when leaves are missing); `findings`: a list of arrays with
         * `verdict`, `exit_code`, `what`, `index` and `last` (first and last place in the log that it may be, null = about none),
         * `stream`, `seq`, `message`; `found`: how many there are in all; and counts of what was compared.
         *
         * @param callable|null $progress told (int $done, int $of) leaves, again and again; what it throws ends the verification
         * @param array $keys verifier keys of this log and of witnesses, from elsewhere than this database
         * @param float|null $pendingSeconds events that wait longer for their place are a finding (10); null: not asked
         * @param float|null $anchorSeconds leaves older than this that no anchor covers are a finding (20); null: not asked
         * @param bool $treeOnly leaves, tree and heads alone
         * @param int $findings most findings in the report, 0 to 10,000; all are counted
         * @return array<string, mixed>
         * @throws StoreError, SchemaError when the journal cannot be read; a journal that is wrong throws nothing
         */
        public function verify(?callable $progress = null, array $keys = [], ?float $pendingSeconds = null, ?float $anchorSeconds = null,
            bool $treeOnly = false, int $findings = 100): array {}

        /**
         * A proof that an event is in the log, as text for a file *.tlog-proof (C2SP tlog-proof@v1): the event's leaf, its place, the
         * path to the root, and the newest signed checkpoint. It can be checked without us and without the database.
         *
         * @param string $eventId 32 hex digits
         * @throws InvalidState no such event, it has no place yet, or no signed checkpoint holds it
         */
        public function prove(string $eventId): string {}

        /**
         * Writes the log up to its newest signed checkpoint as files (C2SP tlog-tiles). `checkpoint` is written last: a folder without
         * it is not whole. Holds leaves alone, so no private value.
         *
         * @param string $directory is made where it is missing; no file of an earlier export may be in it
         * @return array{log: string, size: int, files: int, bytes: int}
         * @throws InvalidState no signed checkpoint yet, or a file cannot be written
         * @throws IllegalHistory, Conflict the leaves are not those that were signed
         */
        public function export(string $directory): array {}
    }
}
