/* verify_folds: the folds that one verification keeps. Private to verify_folds.c and verify_streams.c. */
#ifndef SM_VERIFY_FOLDS_H
#define SM_VERIFY_FOLDS_H

#include "verify_pass.h"

/* A stream as far as the log was read. Owned by the pass. */
struct sm_fold {
	sm_fold *in_bucket, *newer, *older;
	char stream[SM_ID_SIZE];
	sm_arena arena;
	sm_run run;
	int32_t seq;     /* of the last event, also of a broken one */
	int64_t index;   /* its place */
	size_t bytes, packed; /* about; packed: of the last packing */
	bool broken, waits;
};

/** NULL = none is kept of this stream, which is 32 hex digits. */
sm_fold *sm_fold_find(sm_verify_pass *v, sm_bytes stream);
/** Empty, and the newest. @return NULL = out of memory */
sm_fold *sm_fold_make(sm_verify_pass *v, sm_bytes stream);
/** An empty one beside those that are kept: found by nobody, never given up. */
void sm_fold_begin(sm_verify_pass *v, sm_fold *f, sm_bytes stream);
/** Frees what it holds, not the fold. */
void sm_fold_end(sm_verify_pass *v, sm_fold *f);
/** It was used: the newest of all, unless it waits. */
void sm_fold_used(sm_verify_pass *v, sm_fold *f);
/** Forgets and frees one that sm_fold_make() gave. */
void sm_fold_drop(sm_verify_pass *v, sm_fold *f);
/** Its arena holds about so many bytes more. */
void sm_fold_grown(sm_verify_pass *v, sm_fold *f, size_t bytes);
/** What many events of one run left behind, without what was superseded. Uses v->row. */
sm_status sm_fold_pack(sm_verify_pass *v, sm_fold *f);
/** It waits for its row to be looked at; until then it can go on. May drop it, and others that wait. */
sm_status sm_fold_retire(sm_verify_pass *v, sm_fold *f);
/** Gives up old ones until what is kept is small enough. */
sm_status sm_folds_fit(sm_verify_pass *v);
/** Looks at the rows of all that wait, and drops them. */
sm_status sm_folds_compare(sm_verify_pass *v);

/* verify_streams.c */

/** Reads events [from, before) of the fold's stream into it; what cannot be followed makes it broken.
 *  @param place    of an event behind them, -1 = none
 *  @param behind   set when one of them stands behind that place, or has none */
sm_status sm_fold_read(sm_verify_pass *v, sm_fold *f, int64_t from, int64_t before, int64_t place, bool *behind);

/* verify_runs.c */

enum { SM_VERIFY_RUN_TEXTS = 7, SM_VERIFY_RUN_COLUMNS = 12 }; /* texts first, then whole numbers */
extern const char *const sm_verify_run_columns[SM_VERIFY_RUN_COLUMNS];
/** A run's row against its fold, at the event that the row names.
 *  @param rows   NULL = there is no row */
sm_status sm_verify_run_row(sm_verify_pass *v, sm_fold *f, const sm_rows *rows, size_t i);

#endif
