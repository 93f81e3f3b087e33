/* verify_pass: one verification on its way. Private to verify*.c. */
#ifndef SM_VERIFY_PASS_H
#define SM_VERIFY_PASS_H

#include "sql.h"
#include "verify.h"

enum {
	SM_VERIFY_INLINE_MAX = 3072,       /* bytes of a leaf or a private column that a page brings along */
	SM_VERIFY_CHUNK = 262144,          /* bytes of a read of what is larger */
	SM_VERIFY_PRIVATE_MAX = 9437184,   /* bytes: 8 values of 1 MiB, salts and names */
	SM_VERIFY_TARGETS = 64,            /* names of switches kept at a time */
	SM_VERIFY_SETTLED_US = 60000000,   /* what takes two steps is done by then, or whoever did it died */
	SM_VERIFY_ORIGINS_MAX = 256        /* logs that one journal was signed under */
};

/* One row of the journal as a page gave it. */
typedef struct sm_verify_row {
	int64_t index;            /* -1 = no place yet */
	sm_bytes id, stream, leaf_hash;
	int64_t seq, stored_at;
	bool has_lease;
	int64_t lease;
	sm_bytes leaf;            /* {NULL, 0} = too long, not read: leaf_bytes says how long */
	int64_t leaf_bytes;
	sm_bytes private_text;    /* {NULL, 0} = NULL, or not read */
	int64_t private_bytes;    /* -1 = NULL */
} sm_verify_row;

/* What a leaf says about itself. All borrow from the leaf. */
typedef struct sm_leaf {
	sm_bytes d, id, log, prev, run, type;
	int32_t seq;
	int64_t t;
	size_t n_p;
	struct { sm_bytes field, commitment; } p[SM_PRIVATE_FIELDS_MAX];
} sm_leaf;

/** Cuts a leaf along its canonical form. `d` is looked at for strings and brackets alone.
 *  @return false: it is no leaf of this form */
bool sm_leaf_read(sm_bytes text, sm_leaf *out);
/** End of the JSON value at p (strings and brackets alone), or NULL. */
const char *sm_leaf_value_end(const char *p, const char *end);

/* A stored checkpoint as a page of them gave it. */
typedef struct sm_stored_head {
	int64_t size; /* by its column */
	sm_bytes note;
} sm_stored_head;

/* One of the logs that sign the journal's tree. */
typedef struct sm_origin {
	sm_bytes name;
	sm_note_key key;
	bool has_key, trusted;  /* trusted: the key came from the caller */
	bool outside;           /* a head file or an anchor has a head of it */
	bool linked;            /* the journal itself says that it is one of its logs */
	bool keyless;           /* reported: heads of it cannot be judged */
	bool contradicted[SM_HEADS]; /* reported: later ones of the same place only count */
	int64_t opened_at;      /* when the journal said that it has a key, 0 = it did not */
	int64_t newest;         /* most leaves of a stored checkpoint when the verification began, -1 = none */
	sm_arena arena;         /* of the page */
	sm_stored_head *page;
	size_t n, i;
	int64_t after;          /* size of the last one that was read */
	bool ended;
} sm_origin;

/* Heads of one place outside of the database: the one that waits. */
typedef struct sm_outer_source {
	sm_arena arena;
	bool have;
	sm_bytes label;
	sm_checkpoint at;
	sm_origin *origin;
	uint64_t before; /* leaves of the one before */
} sm_outer_source;

/* What the projection of external ids must hold. */
typedef struct sm_external_row {
	char id[SM_ID_SIZE], run[SM_ID_SIZE], hash[SM_ID_SIZE];
	int64_t index;
} sm_external_row;

typedef struct sm_fold sm_fold;

typedef struct sm_verify_pass {
	sm_journal *j;
	const sm_alloc *a;
	const sm_verify_options *o;
	sm_verify_result *r;
	sm_error *e;
	sm_arena arena;         /* as long as the verification */
	sm_arena page;          /* as long as a page */
	sm_arena row;           /* as long as a row */
	int64_t now;
	int64_t projected;      /* leaves below it were projected when the verification began */
	int64_t mark;           /* the same as it is stored, -1 = no number */

	/* tree: by what the leaves hash to, and, once one of them is not its stored hash, by the stored ones too */
	sm_frontier tree, by_column;
	bool split, lost;
	uint64_t agreed;        /* size of the last head that agreed: findings of heads lie behind it */
	bool cut;               /* a head knows more leaves than there are: rows beside the journal may belong to those */

	/* heads */
	sm_origin *origins;
	size_t n_origins;
	sm_note *note;          /* room for one */
	sm_outer_source outer[SM_HEADS]; /* HOST and ANCHOR */
	uint64_t next_stop;     /* size of the tree at which a head waits; UINT64_MAX = none */

	/* folds */
	sm_fold **buckets;
	sm_fold *newest, *oldest;
	size_t fold_bytes;
	sm_fold *done[32];      /* folds that wait to be compared with their rows */
	size_t n_done;

	/* the erasure that was looked up last */
	sm_arena erased_arena;
	const sm_json *erased;
	char erased_stream[SM_ID_SIZE];

	/* targets whose rows were looked for, those seen last */
	char targets[SM_VERIFY_TARGETS][SM_TARGET_MAX + 1];

	/* external ids of the page */
	sm_external_row *externals;
	size_t n_externals, cap_externals;
} sm_verify_pass;

/** Counts and tells. @param row   index, stream and seq say where; never NULL. @return SM_OK, what the callback gave */
sm_status sm_verify_found(sm_verify_pass *v, sm_verdict verdict, const char *what, const sm_verify_row *row, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 5, 6)))
#endif
	;
/** The same about places of the log. */
sm_status sm_verify_found_at(sm_verify_pass *v, sm_verdict verdict, const char *what, int64_t index, int64_t last, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 6, 7)))
#endif
	;

/** When the first leaf from this place on was stored; INT64_MAX = there is none, or that is no time. Uses v->page. */
sm_status sm_verify_stored_at(sm_verify_pass *v, uint64_t from, int64_t *out);

/** What a row beside the journal is that disagrees with it: the end of the journal may be what is wrong. */
static inline sm_verdict sm_verify_beside(const sm_verify_pass *v)
{
	return v->cut ? SM_VERDICT_CONTRADICTS : SM_VERDICT_INVALID;
}

/* verify_rows.c */

/** The largest number that is read from a column, for statements. */
#define SM_VERIFY_INT_MAX "9007199254740991"
_Static_assert(SM_MAX_SAFE_INT == 9007199254740991, "SM_VERIFY_INT_MAX");

/** A column of whole numbers: SQLite keeps anything in it, and a store refuses fractions. What is none reads back as text that is no number. */
void sm_verify_put_int(sm_sql *q, const char *column);
/** " ORDER BY" a column of the journal, as it is stored. */
void sm_verify_put_order(sm_sql *q, const char *column);
/** The condition that it is a whole number from 0 to 2^53 - 1. */
void sm_verify_put_counts(sm_sql *q, const char *column);
/** That it lies outside of them, as text does; NULL does not, and a fraction between them does not. */
void sm_verify_put_odd(sm_sql *q, const char *column);

/** At most `limit` rows from place `from` on, by place; with places that are taken twice.
 *  @param meaning   with what only the event's meaning needs: the private column */
sm_status sm_verify_page(sm_journal *j, sm_arena *arena, int64_t from, int limit, bool meaning, sm_verify_row **rows, size_t *n, sm_error *e);
/** Rows without a place, ids behind `after`. */
sm_status sm_verify_pending_page(sm_journal *j, sm_arena *arena, sm_bytes after, int limit, sm_verify_row **rows, size_t *n, sm_error *e);
/** What the page left out because of its size. @return SM_OK, also when it was not read because it is over its limit */
sm_status sm_verify_fill_leaf(sm_journal *j, sm_arena *arena, sm_verify_row *row, sm_error *e);
sm_status sm_verify_fill_private(sm_journal *j, sm_arena *arena, sm_verify_row *row, sm_error *e);

/* An event of one stream; borrowed during the call. */
typedef struct sm_stream_event {
	int64_t seq, index, stored_at; /* index: its place, -1 = none */
	sm_bytes id, leaf;
} sm_stream_event;
/** @param more   true; false = no other is wanted */
typedef sm_status (*sm_each_event)(sm_verify_pass *v, const sm_stream_event *event, bool *more, void *ctx);
/** Events [from, before) of a stream by seq, in memory that does not grow with it.
 *  @param erasures   those of type privacy.erased alone, and what looks like one */
sm_status sm_verify_events(sm_verify_pass *v, sm_bytes stream, int64_t from, int64_t before, bool erasures, sm_each_event each, void *ctx);

/* verify_row.c */

/** Takes the row into the tree, and looks at what it means. */
sm_status sm_verify_take(sm_verify_pass *v, sm_verify_row *row);

/* verify_log.c */

/** Every leaf, in order. @param page   rows a read */
sm_status sm_verify_log(sm_verify_pass *v, int page);
/** Events at a place that no leaf can have: nothing else would meet them. */
sm_status sm_verify_nowhere(sm_verify_pass *v);
/** Events that have no place yet: all but the tree. */
sm_status sm_verify_waiting(sm_verify_pass *v, int page);

/* verify_logs.c */

/** The logs that sign this tree, their keys, and how far their stored checkpoints go. */
sm_status sm_verify_logs_begin(sm_verify_pass *v);
/** NULL = none of this name. */
sm_origin *sm_verify_origin(const sm_verify_pass *v, sm_bytes name);
/** Is this one of the journal's logs, also one that was opened since? */
sm_status sm_verify_origin_is_known(sm_verify_pass *v, sm_bytes origin, bool *known);

/* verify_known.c */

/** Before the size of the log is asked: what is known now must lie within it. */
sm_status sm_verify_heads_begin(sm_verify_pass *v);
/** "The stored checkpoint", "The head file", "The anchor". */
const char *sm_verify_head_name(sm_head_place place);
/** Where heads of this log cannot be judged it is said once. */
sm_status sm_verify_without_key(sm_verify_pass *v, sm_origin *o);
/** Points at the next stored checkpoint, or ends. */
sm_status sm_verify_stored_next(sm_verify_pass *v, sm_origin *o);
/** Reads on until there is a head of ours that the tree has not passed. */
sm_status sm_verify_outer_next(sm_verify_pass *v, sm_head_place place);
/** Where the tree has to stop for the next head: v->next_stop. */
void sm_verify_set_stop(sm_verify_pass *v);
/** Bytes of a name that a sentence shows. */
static inline int sm_verify_shown(sm_bytes b)
{
	return (int)(b.n > 120 ? 120 : b.n);
}

/* verify_heads.c */

/** The tree has v->tree.size leaves: compares every head of that size. Costs nothing where there is none. */
sm_status sm_verify_heads_pass(sm_verify_pass *v);
/** After the last leaf: heads that know more. */
sm_status sm_verify_heads_end(sm_verify_pass *v);

/* verify_openings.c */

sm_status sm_verify_openings(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf);

/* verify_folds.c */

sm_status sm_verify_folds_begin(sm_verify_pass *v);
/** Compares those that are left. */
sm_status sm_verify_folds_end(sm_verify_pass *v);
void sm_verify_folds_free(sm_verify_pass *v);

/* verify_streams.c */

/** Links, legality; compares runs whose fold is complete with their rows. */
sm_status sm_verify_fold(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf);

/* verify_runs.c */

/** An event external.recorded of the page. */
sm_status sm_verify_external(sm_verify_pass *v, const sm_verify_row *row, const sm_event *ev);
/** External ids of the page: each has its row. */
sm_status sm_verify_externals(sm_verify_pass *v);
/** Rows of projections that belong to no event. */
sm_status sm_verify_strangers(sm_verify_pass *v);
/** How far the projections are, before the size of the log is asked. */
sm_status sm_verify_mark_read(sm_verify_pass *v);
/** After the last leaf: is the mark one, and is it not too far behind? */
sm_status sm_verify_mark(sm_verify_pass *v);

/* verify_switches.c */

/** The first flip of a switch: is there its row? */
sm_status sm_verify_switch_exists(sm_verify_pass *v, const sm_verify_row *row, sm_bytes target);
/** A step was started: are there the rows that its statement looked at? */
sm_status sm_verify_switches_of(sm_verify_pass *v, const sm_verify_row *row, const sm_run *run);
/** Rows of switches against the newest event of their streams; the row of the whole site. */
sm_status sm_verify_switches(sm_verify_pass *v);

#endif
