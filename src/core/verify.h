/* verify: reads a whole journal as an auditor would, in memory that does not grow with it, and says what is wrong and where.
 * Group audit: uses base, canon, seal, run, journal. Writes nothing.
 *
 * What is looked at: every leaf and its stored hash, the tree, every signed head that is known (stored checkpoints, head files, anchors)
 * when the tree passes its size, places that are missing or taken twice, columns beside the leaf, links and legality of every stream,
 * commitments and their openings, rows of switches, and the projections against a fresh fold. */
#ifndef SM_VERIFY_H
#define SM_VERIFY_H

#include "checkpoint.h"
#include "journal.h"

/* Exit codes: the worst of all findings is the verdict. */
typedef enum sm_verdict {
	SM_VERDICT_SOUND = 0,
	SM_VERDICT_PENDING = 10,     /* events wait for their place, or for the projections, longer than asked */
	SM_VERDICT_NO_ANCHOR = 20,   /* no anchor newer than asked */
	SM_VERDICT_CONTRADICTS = 30, /* a known head says otherwise, or a log that has a key shows no head at all */
	SM_VERDICT_INVALID = 40      /* what is stored is not what a correct system stores */
} sm_verdict;
/** "sound", "pending", "no anchor", "contradicts", "invalid". */
const char *sm_verdict_name(sm_verdict v);

typedef struct sm_finding {
	sm_verdict verdict;
	const char *what;         /* static: "leaf", "hash", "place", "column", "link", "history", "log", "commitment", "opening", "head", "anchor",
	                             "switch", "projection", "pending" */
	int64_t index, last;      /* place in the log, or the first and last that it may be; -1 = about none */
	char stream[SM_ID_SIZE];  /* "" = about none */
	int32_t seq;              /* 0 = about none */
	const char *message;      /* a sentence without the final stop */
} sm_finding;

/* A head from outside of the database. */
typedef struct sm_outer_head {
	sm_bytes label; /* for sentences: "line 12" */
	sm_bytes note;  /* verbatim; both are borrowed until the next call */
} sm_outer_head;

typedef struct sm_verify_options {
	const sm_note_key *keys; /* logs and witnesses whose keys the caller trusts; those of logs go before what the database says */
	size_t n_keys;
	const sm_frontier *from; /* what was verified before: its leaves are not read again; NULL = all */
	int64_t pending_us;      /* oldest event without a place, or behind the mark of the projections, microseconds; -1 = not asked */
	int64_t anchor_us;       /* oldest event that no anchor covers; -1 = not asked */
	bool tree_only;          /* leaves, tree and heads alone */
	int page;                /* rows a read, 1 to 1000; 0 = 200 */
	size_t fold_bytes;       /* folds kept at a time; 0 = 1 MiB */
	/** The next head of a place outside; NULL = there are none. Their sizes rise: an anchor that is smaller than the one before is a finding.
	 *  What lies there when the verification begins is given, nothing newer.
	 *  @param place   SM_HEAD_HOST, SM_HEAD_ANCHOR
	 *  @param more    false = there is none left */
	sm_status (*next_head)(void *ctx, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e);
	/** Told of every finding, in the order of reading. May be NULL. */
	sm_status (*found)(void *ctx, const sm_finding *f, sm_error *e);
	/** Told after each page. May be NULL. @return SM_OK, or what ends the verification */
	sm_status (*progress)(void *ctx, uint64_t done, uint64_t of, sm_error *e);
	void *ctx;
} sm_verify_options;

typedef struct sm_verify_result {
	uint64_t from, size;      /* leaves that were read: [from, size) */
	sm_hash root;             /* of `size` leaves */
	bool rooted;              /* false: leaves are missing, the log has no root */
	sm_frontier frontier;     /* after the last leaf; the empty tree unless rooted */
	sm_verdict verdict;
	uint64_t found;           /* findings, all of them; of rows without an event, impossible places and odd checkpoints 20 each are looked for */
	uint64_t pending;         /* events without a place */
	uint64_t checkpoints;     /* stored ones that were compared */
	uint64_t heads, anchors;  /* head files; lines of anchors and cosignatures that were compared */
	uint64_t signed_size;     /* most leaves of a signed head that agrees; 0 = none */
	uint64_t anchored_size;   /* the same of an anchor */
	uint64_t openings;        /* private values that open their commitments */
	uint64_t erased;          /* missing ones that an event explains */
	uint64_t streams, runs;   /* streams that began; projected runs that were compared */
	uint64_t switches;        /* switch rows that were compared */
} sm_verify_result;

/** Verifies the journal.
 *  @return SM_OK: it was read to its end; the verdict is in r. SM_E_ARGUMENT (options); SM_E_SCHEMA, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM,
 *          what a callback gave: it was not */
sm_status sm_verify(sm_journal *j, const sm_alloc *a, const sm_verify_options *o, sm_verify_result *r, sm_error *e);

/* ---- reading leaves in their order, for whoever needs all of them ---- */

/** Leaves [from, to) in order, in bounded memory.
 *  @param leaf   borrowed during the call
 *  @return SM_OK; SM_E_GAP (a leaf is missing or comes twice), SM_E_LIMIT (one is over SM_MAX_LEAF bytes); what the store or `each` gave */
sm_status sm_each_leaf(sm_journal *j, const sm_alloc *a, uint64_t from, uint64_t to,
	sm_status (*each)(void *ctx, uint64_t index, sm_bytes leaf, sm_error *e), void *ctx, sm_error *e);

/* ---- proofs ---- */

/** A proof for offline use (C2SP tlog-proof, the leaf as its extra data) that this event is in the log: against the newest stored checkpoint
 *  of this log that holds it.
 *  @param id    of the event, 32 hex digits
 *  @param key   of the log; NULL = the checkpoint's signature is not verified
 *  @return SM_OK; SM_E_STATE: no such event, it has no place yet, or no signed checkpoint holds it; SM_E_ILLEGAL: the tree is not the signed one */
sm_status sm_prove(sm_journal *j, sm_arena *arena, sm_bytes id, const sm_note_key *key, sm_bytes *proof, sm_error *e);

#endif
