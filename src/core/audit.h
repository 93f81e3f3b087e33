/* audit: what the journal is as evidence, above its statements: events outside of runs, erasure, signed heads. Verification: verify.h.
 * Group after journal: uses base, canon, seal, run, journal. */
#ifndef SM_AUDIT_H
#define SM_AUDIT_H

#include "checkpoint.h"
#include "journal.h"

/* ---- private: events outside of runs, erasing, pruning (audit_append.c, audit_find.c, audit_erase.c, audit_erase_stream.c, audit_prune.c) ---- */

enum { SM_STREAM_NAME_MAX = 64 };

/* An event outside of runs, as a caller gives it. Borrowed. */
typedef struct sm_site_event {
	sm_bytes stream;     /* sm_stream_name_free */
	sm_bytes name;       /* sm_event_name_free */
	const sm_json *data; /* an object: clear text, for ever; "redacted" is the engine's: the names of what was taken out, as in any event */
	const sm_private *p; /* canonical texts under distinct names of [a-z_]+, at most SM_PRIVATE_FIELDS_MAX: erasable */
	size_t n_p;
} sm_site_event;
/** [a-z][a-z0-9._-]*, at most SM_STREAM_NAME_MAX bytes, and neither "log" nor "privacy", which are the engine's own. */
bool sm_stream_name_free(sm_bytes name);
/** Appends to the stream of that name; redaction applies to data and private values.
 *  @param id       of the event
 *  @param stream   id of its stream
 *  @return SM_OK, SM_E_ARGUMENT (a name is not free or holds a secret, or data has "redacted"), SM_E_LIMIT (leaf, statement), SM_E_LOST
 *          (others wrote there all the time: nothing is stored), SM_E_UNCERTAIN, SM_E_STORE, SM_E_SCHEMA, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_audit_append(sm_journal *j, sm_arena *arena, const sm_site_event *what, char id[SM_ID_SIZE], char stream[SM_ID_SIZE], sm_error *e);

/* A person, as private values name one. */
typedef struct sm_person {
	sm_bytes text;              /* such as an e-mail address: found as a word of its own, A to Z as a to z. {NULL, 0} = none */
	const sm_external *records; /* what attempts said they affected, such as ("user", "7") */
	size_t n_records;
} sm_person;
/** Whether a canonical text names the person. @return SM_OK, SM_E_NOMEM; a text that cannot be read names nobody */
sm_status sm_person_in(sm_arena *arena, const sm_person *person, sm_bytes canonical, bool *found);
/** Events whose private values name the person, by id, among the next `rows` rows of the journal after the id `after` ("" = from its
 *  beginning). They are decoded; their streams may be runs or not.
 *  @param next   where to go on, "" = all was looked at
 *  @return SM_OK, SM_E_STORE, SM_E_SCHEMA, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_audit_find(sm_journal *j, sm_arena *arena, const sm_person *person, const char *after, int rows, sm_event **events, size_t *n,
	char next[SM_ID_SIZE], sm_error *e);

/* What is to be erased of one stream. */
typedef struct sm_erasure {
	sm_bytes why;            /* "request": somebody asked; "age": retention, which keeps what decisions rest on (docs/audit.md) */
	sm_bytes by, reason;     /* UTF-8; they stay: never put the erased data into them */
	bool only_finish;        /* nothing but what earlier erasures named and did not clear */
	const sm_person *person; /* outside of runs: only values that name this one. NULL = all */
	const char (*cited)[SM_ID_SIZE]; /* "age": ids of events that decisions elsewhere cite, sorted */
	size_t n_cited;
} sm_erasure;

typedef struct sm_erased {
	int64_t events, fields; /* named now, in privacy.erased */
	int64_t finished;       /* fields that an earlier erasure had named and not cleared */
	int64_t kept;           /* "age": fields that stay because a decision rests on them, or because nobody has looked at a failure */
} sm_erased;
/** Erases private values of a run that is over, or of a stream outside of runs: first privacy.erased, then the column, then reads it back.
 *  Rows, leaves, commitments and keys stay. What is erased already is left alone; what a process that died left half-way is finished.
 *  @return SM_OK; SM_E_STATE: the run is open, there is no such stream, or it is one of the engine's own, whose values are kept (e says
 *          which); SM_E_ILLEGAL: broken; SM_E_UNCERTAIN: named, but perhaps not all cleared: call again; as sm_journal_append */
sm_status sm_audit_erase(sm_journal *j, const char *stream, const sm_erasure *what, sm_erased *out, sm_error *e);

typedef struct sm_pruned {
	int64_t looked, runs, fields, finished, kept;
	bool more;                 /* there are older ones left */
	int64_t after_time;        /* where to go on: microseconds, and id; 0 and "" = from the beginning */
	char after[SM_ID_SIZE];
} sm_pruned;
/** Erases by age: runs that are over and did not change for age_us, at most `limit` of them, oldest first; one event privacy.pruned when
 *  anything was erased. Finishes what was left half-way within the last day.
 *  @param out   in: after_time, after, as the last call gave them
 *  @return as sm_audit_erase; a run that is broken is passed over */
sm_status sm_audit_prune(sm_journal *j, int64_t age_us, sm_bytes by, sm_bytes reason, int limit, sm_pruned *out, sm_error *e);

/* ---- sign: the log's own events (audit_log.c) ---- */

/* Which log signs the journal's tree. A journal has one open log at a time; each names the one before it, and all of them sign the same
 * tree, going on. The stream "log" says it; `meta` only repeats it for those who write leaves. */
typedef struct sm_log {
	sm_history history;      /* of the stream "log", as it was read */
	sm_bytes origin;         /* of the open log */
	sm_bytes vkey;           /* its verifier key; {NULL, 0}: it has no key, so no head of it can be signed */
	const sm_bytes *linked;  /* origins of all logs of this journal, oldest first, the open one last */
	size_t n_linked;
	bool unsettled;          /* meta still names an older one: a switch-over died half-way. sm_log_settle */
} sm_log;

/** Reads meta anew, and the stream "log". Everything lives in `arena`.
 *  @return SM_OK; SM_E_ILLEGAL: the stream is broken, or meta names a log that the stream does not know; SM_E_SCHEMA, SM_E_STORE,
 *          SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_log_read(sm_journal *j, sm_arena *arena, sm_log *log, sm_error *e);
/** Makes meta name the open log; from now on this journal's leaves do so too. Idempotent.
 *  @return SM_OK, SM_E_UNCERTAIN, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_log_settle(sm_journal *j, sm_log *log, sm_error *e);
/** A fresh origin for the log after this one: the same host, 16 other hex digits. @return SM_OK, SM_E_NOMEM */
sm_status sm_log_next_origin(sm_journal *j, const sm_log *log, sm_arena *arena, sm_bytes *out, sm_error *e);

/* Why a log was opened: "created", "rotated", "restored", "copy". */
typedef struct sm_log_change {
	sm_bytes why;        /* static */
	sm_bytes origin;     /* of the log that opens */
	sm_bytes vkey;       /* its verifier key, {NULL, 0} = it gets one later */
	sm_bytes by, reason; /* UTF-8 */
	const sm_checkpoint *last; /* the old log's last head; NULL = none was ever signed, or none is known */
} sm_log_change;

/** Gives the open log its key (log.opened): once in its life. `origin` is the open one's, `last` is not looked at.
 *  @return SM_OK (log is read again); SM_E_STATE: it has one by now, perhaps another host's; SM_E_UNCERTAIN and as sm_journal_append */
sm_status sm_log_give_key(sm_journal *j, sm_arena *arena, sm_log *log, const sm_log_change *change, sm_error *e);
/** Closes the open log and opens the next in one statement (log.closed, log.opened), then sm_log_settle.
 *  @return SM_OK (log is read again); SM_E_STATE: somebody else changed the log meanwhile; SM_E_UNCERTAIN: see log; as sm_journal_append */
sm_status sm_log_replace(sm_journal *j, sm_arena *arena, sm_log *log, const sm_log_change *change, sm_error *e);

/* ---- sign: heads (audit_sign.c). Whoever calls these holds a lock of the origin on this host. ---- */

/* The seed of one log, wherever it lies. It is open for the length of one signature: nothing of PHP runs meanwhile. */
typedef struct sm_signer {
	sm_note_key key;
	const uint8_t *(*open)(void *ctx); /* SM_LOG_SEED_LEN bytes, NULL = not to be had */
	void (*close)(void *ctx);
	void *ctx;
} sm_signer;

/* Where a host keeps heads. All functions: SM_OK, or any error, which ends the call. */
typedef struct sm_head_files {
	/** @param text   {NULL, 0} where there is no such file; a file that cannot be read is an error */
	sm_status (*read_head)(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *text, sm_error *e);
	/** Whatever happens the file is the old or the new one, whole; after SM_OK the new one also after a power cut. */
	sm_status (*write_head)(void *ctx, sm_bytes origin, sm_bytes text, sm_error *e);
	/** The newest whole line of this origin, as a note; {NULL, 0} = there is none, or no anchor file. */
	sm_status (*read_anchor)(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *note, sm_error *e);
	/** Appends; nothing where there is no anchor file. */
	sm_status (*write_anchor)(void *ctx, sm_bytes note, sm_error *e);
	void *ctx;
} sm_head_files;

typedef struct sm_signed {
	sm_checkpoint at;
	sm_bytes note;  /* {NULL, 0} = not signed: there is no key */
	bool grown;     /* no known head had as many leaves */
} sm_signed;

/** Gives every stored event a place in the log, builds the tree from the leaves' bytes (from the head file's frontier on), compares it
 *  with the head file, the newest stored checkpoint and the anchor file, signs its head, and keeps that: first in the head file, then in
 *  the anchor file, then in the table. So nobody else sees a head that this host could forget.
 *  @param signer   NULL: `out` says size and root of the tree, nothing is signed or kept
 *  @return SM_OK; SM_E_CONFLICT: a known head contradicts the tree; SM_E_STATE: no head of this log is known anywhere;
 *          SM_E_GAP, SM_E_ILLEGAL: the journal is not what was hashed, or a kept head is not this log's; SM_E_IDENTITY: signer and log do
 *          not belong together; what files and store gave. e names the head, both sizes and both roots. Nothing is kept but by SM_OK and,
 *          as far as they came, errors of files and store */
sm_status sm_log_checkpoint(sm_journal *j, sm_arena *arena, const sm_log *log, const sm_signer *signer, const sm_head_files *files,
	sm_signed *out, sm_error *e);
/** The first head of a log whose seed is new: builds the tree from its first leaf, signs it though no head is known, and puts it into
 *  the head file alone. Only for a key that nobody has seen yet: a head that lies there is overwritten. */
sm_status sm_log_first_head(sm_journal *j, sm_arena *arena, const sm_signer *signer, const sm_head_files *files, sm_signed *out, sm_error *e);
/** Is there something to sign: events that the newest stored checkpoint does not hold, and it is older than `quiet_us`? Believes the
 *  table; the checkpoint itself does not. @return SM_OK, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_log_is_due(sm_journal *j, sm_arena *arena, const sm_log *log, int64_t quiet_us, bool *due, sm_error *e);

/* ---- sign: witnesses (audit_witness.c; C2SP tlog-witness) ---- */

/** Body of POST /add-checkpoint for the newest stored checkpoint: proves that it goes on from `old` leaves. The proof is verified against
 *  the signed root before it leaves.
 *  @param old   leaves that the witness has seen; 0 = none yet
 *  @return SM_OK; SM_E_STATE: the log has no key, or no checkpoint is stored; SM_E_ARGUMENT: old is above its size; SM_E_ILLEGAL: the
 *          checkpoint does not verify, or the journal does not lead to it; SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_witness_request(sm_journal *j, sm_arena *arena, const sm_log *log, uint64_t old, sm_bytes *body, uint64_t *size, sm_error *e);
/** Keeps a witness's lines with the stored checkpoint of `size` leaves when they verify; other lines among them are dropped.
 *  @param lines     the answer's body: signature lines
 *  @param witness   key of type SM_NOTE_COSIGNATURE
 *  @param time      seconds since 1970 that the newest one bears
 *  @return SM_OK; SM_E_SYNTAX, SM_E_LIMIT (lines); SM_E_STATE: none of them is this witness's, or there is no such checkpoint;
 *          SM_E_ILLEGAL: it is not its signature; SM_E_UNCERTAIN, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_witness_add(sm_journal *j, sm_arena *arena, const sm_log *log, uint64_t size, sm_bytes lines, const sm_note_key *witness,
	int64_t *time, sm_error *e);

#endif
