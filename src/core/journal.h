/* journal: the store vtable, the schema, every SQL statement in both dialects, the write rule with its read-back, sequencing,
 * projections and switches (PROTOCOL sections 1, 5, 6). Uses base, canon, seal, flow, run. */
#ifndef SM_JOURNAL_H
#define SM_JOURNAL_H

#include "merkle.h"
#include "run.h"

enum { SM_SCHEMA_VERSION = 1 };

/* ---- the store, implemented by the host ---- */

typedef enum sm_dialect { SM_MYSQL, SM_SQLITE } sm_dialect;
typedef enum sm_value_kind { SM_V_NULL, SM_V_INT, SM_V_STR } sm_value_kind;
typedef struct sm_value {
	sm_value_kind kind;
	int64_t i;
	sm_bytes s;
} sm_value;

/* What a statement is. Stores send `sql` and need not look at this; the simulator's store does. */
typedef enum sm_statement_kind {
	SM_SQL_OTHER, SM_SQL_IDENTITY, SM_SQL_LOAD, SM_SQL_APPEND, SM_SQL_APPEND_START, SM_SQL_APPEND_LAPSED, SM_SQL_TARGETS,
	SM_SQL_SWITCH_INSERT, SM_SQL_SWITCH_UPDATE, SM_SQL_SEQUENCE_LIST, SM_SQL_SEQUENCE_SET, SM_SQL_SEQUENCE_MAX,
	SM_SQL_MARK_READ, SM_SQL_LEAVES, SM_SQL_FOLDS, SM_SQL_RUNS_UPSERT, SM_SQL_EXTERNALS_INSERT, SM_SQL_MARK_SET,
	SM_SQL_DUE, SM_SQL_PUT_OFF, SM_SQL_RUNS, SM_SQL_EXTERNALS_FIND,
	SM_SQL_ERASE, SM_SQL_STREAM_FIRST, SM_SQL_STREAM_TIP, SM_SQL_STREAM_PAGE, SM_SQL_STREAM_VALUES, SM_SQL_STREAM_NAMED, SM_SQL_STREAM_ERASURES,
	SM_SQL_RUNS_OLD, SM_SQL_STREAMS_ERASED, SM_SQL_KINDS
} sm_statement_kind;

typedef struct sm_statement {
	sm_statement_kind kind;
	sm_bytes sql;
	const sm_value *params;
	size_t n_params;
	const char *const *columns; /* read: the columns wanted, by name */
	size_t n_columns;
} sm_statement;

typedef struct sm_rows {
	sm_value *cells; /* n_rows * n_columns, row by row, in the order of `columns` */
	size_t n_rows, n_columns;
} sm_rows;

typedef struct sm_store {
	/** One statement by itself. @param changed   rows stored or changed
	 *  @return SM_OK, SM_E_STORE (it threw or answered nonsense; may or may not be applied), SM_E_STATE (the store says that it
	 *          surely sent nothing), SM_E_ABORTED */
	sm_status (*write)(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e);
	/** One statement on the primary. Rows live in `arena`; ints may come as decimal text.
	 *  @return SM_OK, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
	sm_status (*read)(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e);
	/** Forgets the connection. @return SM_OK, SM_E_STORE, SM_E_ABORTED */
	sm_status (*reset)(void *ctx, sm_error *e);
	/** Same on all hosts of a site; asked once, at the identity. Borrowed until the journal is freed. */
	sm_status (*environment)(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e);
	sm_dialect dialect;
	sm_bytes prefix; /* [A-Za-z0-9_]{1,48}, checked by sm_journal_init */
	void *ctx;
} sm_store;

const sm_value *sm_rows_cell(const sm_rows *rows, size_t row, size_t column);
/** Ints and decimal text. @return false for NULL or anything else */
bool sm_value_int(const sm_value *v, int64_t *out);
sm_value sm_v_int(int64_t i);
sm_value sm_v_str(sm_bytes s);
extern const sm_value sm_v_null;

/* ---- a journal: one per engine object ---- */

/** Called for each run whose projected row changes, before the mark advances: at least once a change.
 *  @param from   shown state in the row before, "" for a new row. @return false to stop (the mark stays) */
typedef bool (*sm_changed_fn)(void *ctx, const char *run_id, const char *from, const char *to);

typedef struct sm_journal {
	sm_store store;
	sm_host host;
	sm_settings settings;
	sm_redaction redaction; /* of the site: set by the host after sm_journal_init, borrowed */
	sm_arena arena;      /* what lives as long as the journal */
	bool identified;
	sm_keys keys;
	sm_bytes log;        /* origin */
	char site_check[SM_ID_SIZE];
	int64_t max_statement; /* bytes: a quarter of max_allowed_packet */
	bool cluster;          /* several nodes take writes and certify them (Galera, Group Replication in multi-primary mode): what a statement
	                        * read is not certified, so a start may be ordered after a hold that it did not see */
	int64_t clock_offset;  /* database's clock minus CLOCK_BOOTTIME, microseconds, at the last read that told */
	bool clock_told;
	int sends;           /* most sends of one statement; sm_journal_init: 4 */
	sm_changed_fn changed; /* told by every catch-up; may be NULL */
	void *changed_ctx;
	bool telling;          /* `changed` runs: a catch-up inside it does nothing */
} sm_journal;

/** @return SM_OK, SM_E_ARGUMENT (prefix) */
sm_status sm_journal_init(sm_journal *j, const sm_store *store, const sm_host *host, const sm_settings *settings, const sm_alloc *a, sm_error *e);
void sm_journal_free(sm_journal *j); /* wipes the keys */
/** One read at first use, nothing later. @return SM_OK, SM_E_SCHEMA (no tables or no identity: install), SM_E_STORE, SM_E_ABORTED */
sm_status sm_journal_identify(sm_journal *j, sm_error *e);
/** Database's clock as far as known without a read: carried on by CLOCK_BOOTTIME since the last read that told; before one, the
 *  host's wall clock. */
int64_t sm_journal_now(const sm_journal *j);
bool sm_journal_clocks_agree(const sm_journal *j); /* the host's wall clock is within 5 s of that */

/* ---- histories ---- */

/* A stream as read, and its fold. Everything lives in `arena`. */
typedef struct sm_history {
	sm_arena *arena;
	char stream[SM_ID_SIZE];
	sm_event *events;
	size_t n, cap;
	const sm_redaction *redact; /* of the workflow, where it is registered here; NULL = none. Set by whoever appends */
	sm_run run;          /* fold of the events; meaningless for streams that are no run */
	bool broken;         /* the fold found what no correct system writes; nothing may fire */
	char broken_why[480];
	int64_t now;         /* database clock of the last read or estimate */
} sm_history;

void sm_history_init(sm_history *h, sm_arena *arena, const char *stream);
/** Reads what lies after h's tip and folds it. A history that cannot be folded sets `broken`, which is no error here.
 *  When the read throws, the store is reset once and the read sent again.
 *  @return SM_OK (h->n may be 0: no such run), SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_journal_load(sm_journal *j, sm_history *h, sm_error *e);

/* When a statement may store its last row. */
typedef enum sm_guard_kind { SM_GUARD_NONE, SM_GUARD_START, SM_GUARD_LAPSED } sm_guard_kind;
enum { SM_START_TARGETS = 3, SM_TARGETS_MAX = 3, SM_TARGET_MAX = 64 };
typedef struct sm_guard {
	sm_guard_kind kind;
	sm_bytes targets[SM_TARGETS_MAX]; /* START: "*", "category:NAME", "workflow:NAME" */
	size_t n_targets;
	int32_t lapsed_seq;  /* LAPSED: row of the step.started whose lease must be over */
	sm_bytes held_target; /* out, SM_E_HELD: which one, */
	int64_t held;         /* and its generation */
} sm_guard;

/** Takes out of the events what must not be stored (redact.h), encodes them after h's tip, applies them to a copy of the state (one that apply refuses is never sent), sends them as one
 *  statement and follows the write rule. On every result but SM_E_NOMEM and SM_E_ABORTED h holds all that is known to be stored.
 *  @param events     not encoded; ids, seq, prev, t are filled
 *  @param n_stored   how many of ours are stored (a prefix)
 *  @return SM_OK all stored; SM_E_HELD all but the guarded last one stored, the guard names the switch; SM_E_LOST somebody else's
 *          event lies where our next one should, or the store took all but the guarded last one: decide again on h;
 *          SM_E_STATE guard LAPSED: the lease is not over; SM_E_IDENTITY;
 *          SM_E_STORE: nothing was sent; SM_E_UNCERTAIN: nobody knows, fire nothing; SM_E_ILLEGAL: apply refused, h is broken, or a
 *          switch row contradicts its history; SM_E_SCHEMA: a table, the identity or the row '*' is missing; SM_E_ARGUMENT: an event
 *          lacks a field; SM_E_LIMIT: does not fit a statement */
sm_status sm_journal_append(sm_journal *j, sm_history *h, sm_event *events, size_t n, sm_guard *guard, size_t *n_stored, sm_error *e);

/* One step of a history, for screens. */
typedef struct sm_step_view {
	const sm_step_state *state;
	const char *phase;           /* StepState: ready, started, unknown, refused, done, undone */
	const sm_event *finished;    /* event with the output: step.finished, verdict.done or late.done; NULL = none */
	const sm_event *failure;     /* newest step.failed, step.unknown or step.ready of an unfinished step; NULL = none */
	int64_t started_at, ended_at; /* database clock, microseconds, 0 = none */
	const sm_event **externals;  /* external.recorded of this step */
	size_t n_externals;
	int duplicates;
} sm_step_view;
/** @param workflow   registered definition for key windows, or NULL. @return array of h->run.n_steps, NULL = out of memory */
sm_step_view *sm_history_steps(const sm_history *h, sm_arena *arena, const sm_workflow *workflow);
/** Canonical text of a step's output. @return SM_OK; SM_E_STATE the step is not done; SM_E_LIMIT done, but its output is not stored
 *  (omitted, erased, or a verdict without one): e says why */
sm_status sm_history_output(const sm_history *h, sm_bytes step, sm_bytes *out, sm_error *e);

/* ---- schema (schema.c) ---- */

/** Creates or upgrades; idempotent, two at once are fine; site id, site.key and log name by unique inserts with read-back.
 *  @param host_name   for the log's origin: 1 to 200 bytes of [A-Za-z0-9.:-]
 *  @return SM_OK, SM_E_SCHEMA (a table exists and is not ours, or a journal that is not empty without its identity), SM_E_STORE, SM_E_ABORTED */
sm_status sm_schema_install(sm_journal *j, sm_bytes host_name, sm_error *e);
/** Findings in words into `findings` (ARRAY of STRING): engine, columns, types, lengths, collations, keys, missing tables, identity,
 *  flush settings (innodb_flush_log_at_trx_commit, sync_binlog where binlog is on, innodb_doublewrite; SQLite: synchronous), environment. */
sm_status sm_schema_check(sm_journal *j, sm_arena *arena, sm_json *findings, sm_error *e);
typedef enum sm_adopt { SM_ADOPT_MOVED, SM_ADOPT_RESTORED, SM_ADOPT_COPY } sm_adopt;
/** After the environment changed. COPY: new site id, and every open run ends as stopped. Recorded as an event (site.adopted).
 *  RESTORED, COPY: another log goes on with the tree; it has no key until one is given (audit.h). */
sm_status sm_schema_adopt(sm_journal *j, sm_adopt as, sm_bytes by, sm_bytes reason, sm_error *e);

typedef struct sm_identity {
	char site_id[SM_ID_SIZE];
	sm_bytes log, environment; /* environment: of this process */
	int schema;
	bool matches;              /* site_check agrees: this process may start runs */
} sm_identity;
/** For screens. Never gives site.key. @return SM_OK, SM_E_SCHEMA, SM_E_STORE, SM_E_ABORTED */
sm_status sm_schema_identity(sm_journal *j, sm_arena *arena, sm_identity *out, sm_error *e);

/* ---- switches (switches.c) ---- */

typedef struct sm_switch_state {
	bool held;
	int64_t generation; /* 0 = never touched */
	int64_t since;      /* database clock, microseconds; 0 = never touched */
	sm_bytes by, reason; /* of the newest event, UTF-8 */
} sm_switch_state;

/** '*', 'category:NAME' or 'workflow:NAME'. */
bool sm_target_valid(sm_bytes target);
/** What a start of a workflow looks at: "*", "category:NAME", "workflow:NAME", in the arena. @return SM_OK, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_switch_targets(sm_arena *arena, sm_bytes category, sm_bytes workflow, sm_bytes targets[SM_START_TARGETS]);
/** Event first, then the row; returns when the row reads back with this generation or a later one. Holding what is held is an event too.
 *  @return SM_OK, SM_E_ARGUMENT, SM_E_UNCERTAIN, SM_E_STORE, SM_E_SCHEMA, SM_E_ABORTED */
sm_status sm_switch_set(sm_journal *j, sm_arena *arena, sm_bytes target, bool held, sm_bytes by, sm_bytes reason, int64_t *generation, sm_error *e);
/** From the switch's own stream; a row that disagrees is SM_E_ILLEGAL. */
sm_status sm_switch_get(sm_journal *j, sm_arena *arena, sm_bytes target, sm_switch_state *out, sm_error *e);
/** Targets that have a row: for lists. Items are strings. */
sm_status sm_switch_list(sm_journal *j, sm_arena *arena, sm_json *targets, sm_error *e);
/** One read: is a switch of this workflow held? For loops inside a step, and for the look at a start that is stored on a cluster. It may
 *  forbid; it grants nothing, the start's own statement judges.
 *  @return SM_OK, SM_E_STORE (a row is missing, too), SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_switch_held(sm_journal *j, sm_arena *arena, sm_bytes workflow, sm_bytes category, bool *held, sm_error *e);
/** Makes a missing row from the switch's own stream (no event = not held), by a unique insert. */
sm_status sm_switch_restore_row(sm_journal *j, sm_bytes target, sm_error *e);

/* ---- signed heads (checkpoints.c) ---- */

/** Stores a checkpoint, one a log and size. Where the same one is stored, signature lines that it lacks join it (sm_note_add_lines): so
 *  this adds cosignatures too. Believes the caller that the note was verified. Idempotent; follows the write rule.
 *  @param stored   what is in the table now, in `arena`; {NULL, 0} = not known
 *  @return SM_OK; SM_E_CONFLICT: a checkpoint of this log and size with another root is stored; SM_E_SYNTAX, SM_E_LIMIT (note);
 *          SM_E_UNCERTAIN (a write threw and does not read back); SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_journal_checkpoint_store(sm_journal *j, sm_arena *arena, sm_bytes note, sm_bytes *stored, sm_error *e);
/** The one of the most leaves. @param note   as stored: verify it before it counts (sm_checkpoint_open); {NULL, 0} = none */
sm_status sm_journal_checkpoint_newest(sm_journal *j, sm_arena *arena, sm_bytes origin, sm_bytes *note, sm_error *e);
/** Those of `from` leaves and more, by size, at most `limit` (1 to 1000). */
sm_status sm_journal_checkpoints(sm_journal *j, sm_arena *arena, sm_bytes origin, uint64_t from, int limit, sm_bytes **notes, size_t *n, sm_error *e);
/** The `read` of an sm_hash_source of one level: leaf hashes as they are stored.
 *  @param journal   sm_journal
 *  @return SM_OK, SM_E_GAP (a leaf is missing), SM_E_ILLEGAL (a stored hash is none), SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_journal_leaf_hashes(void *journal, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e);

/* ---- log order and projections (order.c, projection.c) ---- */

/** At most max_batches list+set pairs. @param done   rows that were given an index by us or seen taken; 0 = nothing left */
sm_status sm_journal_sequence(sm_journal *j, int max_batches, int64_t *done, sm_error *e);
/** One pass: at most 200 leaves. @param done   leaves folded, 0 = caught up */
sm_status sm_journal_project(sm_journal *j, int64_t *done, sm_error *e);
/** Sequences and projects until nothing is left or `max_passes` passes were made. */
sm_status sm_journal_catch_up(sm_journal *j, int max_passes, int64_t *sequenced, int64_t *projected, sm_error *e);

typedef struct sm_due {
	char run[SM_ID_SIZE];
	int32_t rev;
} sm_due;
/** Open runs with due <= now whose targets are not held, oldest first. */
sm_status sm_journal_due(sm_journal *j, sm_arena *arena, int limit, sm_due **out, size_t *n, sm_error *e);
/** Puts a run off in the projection alone: a minute, doubling to an hour; a newer rev undoes it. */
sm_status sm_journal_put_off(sm_journal *j, const sm_due *due, sm_error *e);

typedef struct sm_runs_filter {
	sm_bytes workflow, category, state, owner; /* empty = any */
	sm_bytes after;                            /* run id: those listed after it; empty = from the newest */
	int limit;                                 /* 1 to 1000 */
} sm_runs_filter;
/** Ids of runs, newest (started_at, id) first. Catches up first, bounded. */
sm_status sm_journal_runs(sm_journal *j, sm_arena *arena, const sm_runs_filter *filter, char (**ids)[SM_ID_SIZE], size_t *n, sm_error *e);
/** Ids of runs that recorded this external id, oldest first. Catches up first, bounded. */
sm_status sm_journal_find_external(sm_journal *j, sm_arena *arena, sm_bytes kind, sm_bytes id, char (**ids)[SM_ID_SIZE], size_t *n, sm_error *e);

#endif
