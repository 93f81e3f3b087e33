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
         * Stores an event that belongs to no run: an approval, a change of a setting, a login. What must never be stored is taken out of both
         * arrays first (see Redaction).
         *
         * @param string $type two or more words of a-z, 0-9 and underscore with dots between them, at most 64 bytes; none of the engine's
         *        own: run. step. verdict. late. external. note. pause. switch. site. log. privacy. sophmate.
         * @phpstan-param array<string, mixed> $data
         * @phpstan-param array<string, mixed> $private
         * @param array $data clear text, for ever: never personal data. With the rest of the event at most 65,535 bytes
         * @param array $private erasable values under names of a-z and underscore: 8 at most, 1 MiB each
         * @param string $stream events of one stream have an order and a chain of their own; 1 to 64 of a-z, 0-9, dot, underscore, dash
         * @return string the event's id: cite it in reasons and evidence
         * @throws InvalidArgument|LimitExceeded|SchemaError|StoreError|StoreUncertain
         * @throws InvalidState others wrote to this stream all the time: nothing was stored
         */
        public function append(string $type, array $data = [], #[\SensitiveParameter] array $private = [], string $stream = 'site'): string {}

        /**
         * Events whose private values name a person, among the next $rows rows of the journal.
         *
         * @param string|null $text such as an e-mail address, 3 to 190 bytes: found as a word of its own, A to Z as a to z
         * @param array $records pairs [type, id] of Attempt::affects(), such as ['user', '7']; 20 at most
         * @param string|null $after where the last call came to
         * @return array{events: list<array{stream: string, run: bool, seq: int, id: string, type: string, stored_at: int, p: array<string, mixed>}>, after: ?string}
         *         stream = the run's id where run is true; after = where to go on, null: all was looked at
         * @throws InvalidArgument|SchemaError|StoreError
         */
        public function find(#[\SensitiveParameter] ?string $text, #[\SensitiveParameter] array $records = [], ?string $after = null, int $rows = 2000): array {}

        /**
         * Erases the private values of a run that is over (output, input, subject, messages ...), or of a stream of append() those that name
         * a person. Rows, leaves, proofs, fingerprints and effect keys stay; a replay of an erased result throws OutputNotStored and never
         * acts. The erasure is an event of the same stream. Calling it again does nothing, or finishes what a process that died left.
         *
         * @param string $id of a run or stream
         * @param string $by who, 1 to 190 bytes of UTF-8; kept
         * @param string $reason 1 to 4,096 bytes of UTF-8; kept, so never name the person in it
         * @param string|null $text see find(); in a stream outside of runs only values that name this person go
         * @param array $records see find()
         * @return array{events: int, fields: int, finished: int} erased now, and of an earlier erasure
         * @throws InvalidState the run is open, there is none, or the stream is one that keeps who decided and why
         * @throws InvalidArgument|IllegalHistory|SchemaError|StoreError
         * @throws StoreUncertain perhaps not all is erased: call it again
         */
        public function erase(string $id, string $by, string $reason, #[\SensitiveParameter] ?string $text = null, #[\SensitiveParameter] array $records = []): array {}

        /**
         * Erases by age: private values of runs that are over and did not change for so long. Stay: who decided, why and on what
         * evidence; every value of events whose id a decision cites (in its own run, about a switch, or in the stream "site"); messages of
         * failures that nobody has looked at (a note counts as a look). Recorded as one event more in the stream "privacy".
         *
         * @param int $limit most runs looked at, 1 to 10,000
         * @param string|null $after where the last call came to
         * @return array{looked: int, runs: int, fields: int, finished: int, kept: int, more: bool, after: ?string}
         * @throws InvalidArgument|SchemaError|StoreError|StoreUncertain
         */
        public function prune(int $olderThanSeconds, string $by, string $reason, int $limit = 100, ?string $after = null): array {}

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
         * `stream`, `seq`, `message`; `found`: how many there are in all (of rows that belong to no event, of
         * places that cannot be and of odd checkpoints 20 each are looked for); and counts of what was compared.
         *
         * @param callable|null $progress told (int $done, int $of) leaves, again and again; what it throws ends the verification
         * @param array $keys verifier keys of this log and of witnesses, from elsewhere than this database
         * @param float|null $pendingSeconds events that wait longer for their place, or for the projections, are a finding (10); null: not asked
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
