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
         * Gives every stored event its place, builds the tree from the stored bytes, compares it with every head that is known
         * (this host's head file, the newest stored checkpoint, the anchor file), signs its head, and keeps it in those places and in
         * syslog. Where the log has no key, or this host has not got it, the head is returned unsigned and nothing is kept.
         *
         * @param int $quietSeconds 0 to 86,400. More than 0: does nothing, and returns null, where this host has no key, nothing was
         *        stored since the newest checkpoint, or that is younger than this; for what runs by itself
         * @throws IllegalHistory a known head contradicts the journal (code 30), or the journal or a kept head is not what was signed
         *         (code 40); nothing is signed, and syslog gets a line of priority LOG_CRIT
         * @throws InvalidState no head of this log is known though it has a key; the key is refused; there is no state_dir; another
         *         process signs
         * @throws InvalidArgument|SchemaError|StoreError|StoreUncertain
         */
        public function checkpoint(int $quietSeconds = 0): ?Checkpoint {}

        /**
         * Makes a key for the open log, in sophmate.key_dir, signs the first head with it, and records it. Repeated after a crash it
         * goes on where it was.
         *
         * @param string $by who, 1 to 190 bytes of UTF-8
         * @param string $reason 1 to 4,096 bytes of UTF-8
         * @return string the verifier key, for auditors: origin+id+base64
         * @throws InvalidState the log has a key that this host has not got; no usable key_dir or state_dir
         * @throws InvalidArgument|IllegalHistory|SchemaError|StoreError|StoreUncertain
         */
        public function createKey(string $by, string $reason): string {}

        /**
         * Signs a last head with the old key, opens the next log with a key of its own over the same tree, and destroys the old seed.
         * Parameters and exceptions as createKey().
         *
         * @return string the new log's verifier key
         */
        public function rotate(string $by, string $reason): string {}

        /**
         * The open log, as the journal says it.
         *
         * @return array{origin: string, key: ?string, logs: list<string>} key = its verifier key, null: it has none; logs = origins of
         *         all logs of this journal, oldest first
         */
        public function log(): array {}

        /**
         * The keys of this host. A refused one says why in `problem`. `locked`: in memory that is never swapped out.
         *
         * @return array{dir: ?string, keys: list<array{file: string, origin: ?string, key: ?string, problem: ?string, locked: bool}>} dir
         *         = what is wrong with sophmate.key_dir
         */
        public static function keys(): array {}

        /**
         * What a witness (C2SP tlog-witness) is asked by POST /add-checkpoint about the newest stored checkpoint.
         *
         * @param int $old leaves of the newest head that the witness has seen, 0 = none
         * @return array{size: int, body: string}
         * @throws InvalidArgument $old is more than the checkpoint has
         * @throws InvalidState the log has no key, or no checkpoint
         * @throws IllegalHistory|SchemaError|StoreError
         */
        public function witnessRequest(int $old): array {}

        /**
         * Keeps a witness's cosignature with the stored checkpoint of this size, when it verifies.
         *
         * @param string $lines the witness's answer
         * @param string $witness its verifier key (type 4)
         * @return int when it says that it saw the checkpoint, seconds since 1970
         * @throws InvalidArgument a line or the key has not the form
         * @throws InvalidState no line is of this witness, or no such checkpoint is stored
         * @throws IllegalHistory its line does not verify
         * @throws SchemaError|StoreError|StoreUncertain
         */
        public function addCosignatures(int $size, string $lines, string $witness): int {}

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
         * @param bool $resume begins behind the leaves that this host's head file vouches for: quick, and blind to what was changed
         *     before them
         * @param int $findings most findings in the report, 0 to 10,000; all are counted
         * @return array<string, mixed>
         * @throws InvalidState nothing to resume from, or a head file or the anchor file cannot be read
         * @throws StoreError, SchemaError when the journal cannot be read; a journal that is wrong throws nothing
         */
        public function verify(?callable $progress = null, array $keys = [], ?float $pendingSeconds = null, ?float $anchorSeconds = null,
            bool $treeOnly = false, bool $resume = false, int $findings = 100): array {}

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

    /**
     * A head of the log.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Checkpoint
    {
        public string $origin;
        /** Leaves of the tree. */
        public int $size;
        /** base64 of the tree's root. */
        public string $root;
        /** The signed note, byte for byte; null: not signed, because this host has no key for the log. */
        public ?string $note;
        /** No head that was known before had as many leaves. */
        public bool $grown;
    }
}
