/* Folds of streams, as many as a bounded size holds; and each run's row against its fold when the fold is given up. */
#include "verify_folds.h"

#include <inttypes.h>
#include <string.h>

enum {
	BUCKETS = 1024,
	FOLD_BYTES = 1048576,   /* of all folds, about */
	ONE_MAX = 65536,        /* of one, before it is packed */
	FLUSH = 32              /* folds compared by one statement */
};

static size_t bucket_of(sm_bytes stream)
{
	uint8_t h[2] = {0, 0};
	sm_unhex(h, sizeof h, (sm_bytes){stream.p, 4});
	return ((size_t)h[0] << 8 | h[1]) % BUCKETS;
}

sm_fold *sm_fold_find(sm_verify_pass *v, sm_bytes stream)
{
	sm_fold *f = v->buckets[bucket_of(stream)];
	while (f != NULL && memcmp(f->stream, stream.p, SM_ID_LEN) != 0) {
		f = f->in_bucket;
	}
	return f;
}

static void unlink_age(sm_verify_pass *v, sm_fold *f)
{
	*(f->newer != NULL ? &f->newer->older : &v->newest) = f->older;
	*(f->older != NULL ? &f->older->newer : &v->oldest) = f->newer;
	f->newer = f->older = NULL;
}

static void link_age(sm_verify_pass *v, sm_fold *f)
{
	f->older = v->newest;
	if (v->newest != NULL) {
		v->newest->newer = f;
	}
	v->newest = f;
	if (v->oldest == NULL) {
		v->oldest = f;
	}
}

void sm_fold_used(sm_verify_pass *v, sm_fold *f)
{
	if (!f->waits) {
		unlink_age(v, f);
		link_age(v, f);
	}
}

void sm_fold_drop(sm_verify_pass *v, sm_fold *f)
{
	sm_fold **at = &v->buckets[bucket_of(sm_cstr(f->stream))];
	while (*at != f) {
		at = &(*at)->in_bucket;
	}
	*at = f->in_bucket;
	if (!f->waits) {
		unlink_age(v, f);
	}
	sm_fold_end(v, f);
	v->a->release(v->a->ctx, f);
}

void sm_verify_folds_free(sm_verify_pass *v)
{
	for (size_t i = 0; v->buckets != NULL && i < BUCKETS; i++) {
		while (v->buckets[i] != NULL) {
			sm_fold_drop(v, v->buckets[i]);
		}
	}
}

sm_status sm_verify_folds_begin(sm_verify_pass *v)
{
	v->buckets = SM_NEW(&v->arena, sm_fold *, BUCKETS);
	return v->buckets != NULL ? SM_OK : SM_E_NOMEM;
}

void sm_fold_grown(sm_verify_pass *v, sm_fold *f, size_t bytes)
{
	f->bytes += bytes;
	v->fold_bytes += bytes;
}

void sm_fold_begin(sm_verify_pass *v, sm_fold *f, sm_bytes stream)
{
	memset(f, 0, sizeof *f);
	memcpy(f->stream, stream.p, SM_ID_LEN);
	sm_arena_init(&f->arena, v->a);
	sm_run_init(&f->run);
}

void sm_fold_end(sm_verify_pass *v, sm_fold *f)
{
	v->fold_bytes -= f->bytes;
	sm_arena_free(&f->arena);
}

sm_fold *sm_fold_make(sm_verify_pass *v, sm_bytes stream)
{
	sm_fold *f = v->a->alloc(v->a->ctx, sizeof *f);
	if (f == NULL) {
		return NULL;
	}
	sm_fold_begin(v, f, stream);
	size_t b = bucket_of(stream);
	f->in_bucket = v->buckets[b];
	v->buckets[b] = f;
	link_age(v, f);
	sm_fold_grown(v, f, sizeof *f);
	return f;
}

sm_status sm_fold_pack(sm_verify_pass *v, sm_fold *f)
{
	if (f->bytes <= ONE_MAX || f->bytes <= 2 * f->packed) {
		return SM_OK;
	}
	sm_arena fresh;
	sm_bytes text, own;
	sm_run run;
	sm_arena_init(&fresh, v->a);
	sm_status s = sm_run_save(&f->run, &v->row, &text);
	s = s == SM_OK ? sm_arena_dup(&fresh, text, &own) : s;
	s = s == SM_OK ? sm_run_restore(&run, &fresh, own) : s;
	if (s != SM_OK) {
		sm_arena_free(&fresh);
		return s == SM_E_NOMEM ? s : SM_OK;
	}
	sm_arena_free(&f->arena);
	f->arena = fresh;
	f->run = run;
	v->fold_bytes -= f->bytes;
	f->bytes = 0;
	/* the text and its tree: what stays is at most so much, and the next packing waits for as much again */
	sm_fold_grown(v, f, sizeof *f + text.n * 4);
	f->packed = f->bytes;
	return SM_OK;
}

/* ---- compare ---- */

sm_status sm_folds_compare(sm_verify_pass *v)
{
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	if (v->n_done == 0) {
		return SM_OK;
	}
	sm_arena_init(&arena, v->a);
	sm_sql_init(&q, v->j, &arena);
	sm_sql_text(&q, "SELECT ");
	for (size_t i = 0; i < SM_VERIFY_RUN_COLUMNS; i++) {
		sm_sql_text(&q, i ? ", " : "");
		if (i < SM_VERIFY_RUN_TEXTS) {
			sm_sql_text(&q, sm_verify_run_columns[i]);
		} else {
			sm_verify_put_int(&q, sm_verify_run_columns[i]);
		}
	}
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " WHERE id IN (");
	for (size_t i = 0; i < v->n_done; i++) {
		sm_sql_text(&q, i ? ", " : "");
		sm_sql_cstr(&q, v->done[i]->stream);
	}
	sm_sql_text(&q, ")");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, sm_verify_run_columns, SM_VERIFY_RUN_COLUMNS, &rows, v->e);
	for (size_t i = 0; i < v->n_done; i++) {
		sm_fold *f = v->done[i];
		size_t k = 0;
		while (s == SM_OK && k < rows.n_rows && !sm_bytes_eq(sm_rows_text(&rows, k, 0, &arena), sm_cstr(f->stream))) {
			k++;
		}
		if (s == SM_OK) {
			s = sm_verify_run_row(v, f, k < rows.n_rows ? &rows : NULL, k);
		}
		sm_fold_drop(v, f);
	}
	v->n_done = 0;
	sm_arena_free(&arena);
	return s;
}

sm_status sm_fold_retire(sm_verify_pass *v, sm_fold *f)
{
	if (f->waits) {
		return SM_OK;
	}
	unlink_age(v, f);
	f->waits = true;
	v->done[v->n_done++] = f;
	return v->n_done == FLUSH ? sm_folds_compare(v) : SM_OK;
}

sm_status sm_folds_fit(sm_verify_pass *v)
{
	size_t most = v->o->fold_bytes != 0 ? v->o->fold_bytes : FOLD_BYTES;
	sm_status s = SM_OK;
	while (s == SM_OK && v->fold_bytes > most && v->oldest != NULL) {
		s = sm_fold_retire(v, v->oldest);
	}
	return s;
}

sm_status sm_verify_folds_end(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	while (s == SM_OK && v->oldest != NULL) {
		s = sm_fold_retire(v, v->oldest);
	}
	return s == SM_OK ? sm_folds_compare(v) : s;
}
