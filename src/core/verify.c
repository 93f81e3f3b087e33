/* A verification from its beginning to its verdict: what is read in which order, and what was found. */
#include "verify_pass.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 200, PAGE_MAX = 1000 };

const char *sm_verdict_name(sm_verdict verdict)
{
	switch (verdict) {
	case SM_VERDICT_SOUND:
		return "sound";
	case SM_VERDICT_PENDING:
		return "pending";
	case SM_VERDICT_NO_ANCHOR:
		return "no anchor";
	case SM_VERDICT_CONTRADICTS:
		return "contradicts";
	case SM_VERDICT_INVALID:
		break;
	}
	return "invalid";
}

/* ---- findings ---- */

static sm_status tell(sm_verify_pass *v, sm_finding *f, const char *format, va_list args)
{
	char message[480];
	v->r->found++;
	v->r->verdict = f->verdict > v->r->verdict ? f->verdict : v->r->verdict;
	if (v->o->found == NULL) {
		return SM_OK;
	}
	vsnprintf(message, sizeof message, format, args);
	sm_error cut; /* which cuts what is no UTF-8 */
	sm_fail(&cut, SM_OK, "%s", message);
	f->message = cut.message;
	return v->o->found(v->o->ctx, f, v->e);
}

sm_status sm_verify_found(sm_verify_pass *v, sm_verdict verdict, const char *what, const sm_verify_row *row, const char *format, ...)
{
	sm_finding f = {.verdict = verdict, .what = what, .index = row->index, .last = row->index};
	va_list args;
	if (sm_is_hex(row->stream, SM_ID_LEN)) {
		memcpy(f.stream, row->stream.p, SM_ID_LEN);
	}
	f.seq = row->seq > 0 && row->seq <= INT32_MAX ? (int32_t)row->seq : 0;
	va_start(args, format);
	sm_status s = tell(v, &f, format, args);
	va_end(args);
	return s;
}

sm_status sm_verify_found_at(sm_verify_pass *v, sm_verdict verdict, const char *what, int64_t index, int64_t last, const char *format, ...)
{
	sm_finding f = {.verdict = verdict, .what = what, .index = index, .last = last};
	va_list args;
	va_start(args, format);
	sm_status s = tell(v, &f, format, args);
	va_end(args);
	return s;
}

/* ---- before and after ---- */

static sm_status read_size(sm_verify_pass *v)
{
	static const char *const columns[] = {"n"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	/* SQLite may keep a fraction */
	sm_sql_text(&q, v->j->store.dialect == SM_SQLITE ? "SELECT CAST(MAX(leaf_index) AS INTEGER) AS n FROM " : "SELECT MAX(leaf_index) AS n FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index<=" SM_VERIFY_INT_MAX);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	int64_t last = s == SM_OK ? sm_rows_int(&rows, 0, 0, -1) : -1;
	v->r->size = last >= 0 ? (uint64_t)last + 1 : 0;
	return s;
}

sm_status sm_verify_stored_at(sm_verify_pass *v, uint64_t from, int64_t *out)
{
	static const char *const columns[] = {"stored_at"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT ");
	sm_verify_put_int(&q, "stored_at");
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index>=");
	sm_sql_int(&q, (int64_t)from);
	sm_sql_text(&q, " ORDER BY leaf_index LIMIT 1");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	*out = s == SM_OK ? sm_rows_int(&rows, 0, 0, INT64_MAX) : INT64_MAX;
	return s;
}

/* The oldest leaf that no anchor covers. */
static sm_status check_anchor(sm_verify_pass *v)
{
	int64_t oldest;
	if (v->o->anchor_us < 0 || v->r->anchored_size >= v->r->size) {
		return SM_OK;
	}
	sm_status s = sm_verify_stored_at(v, v->r->anchored_size, &oldest);
	if (s != SM_OK || oldest >= v->now - v->o->anchor_us) {
		return s;
	}
	return sm_verify_found_at(v, SM_VERDICT_NO_ANCHOR, "anchor", (int64_t)v->r->anchored_size, (int64_t)v->r->size - 1,
		"No anchor covers the leaves from %" PRIu64 " on, the oldest of which is %" PRId64 " s old", v->r->anchored_size, (v->now - oldest) / 1000000);
}

static sm_status run(sm_verify_pass *v)
{
	int page = v->o->page != 0 ? v->o->page : PAGE;
	sm_status s = sm_journal_identify(v->j, v->e);
	if (s != SM_OK) {
		return s;
	}
	/* Heads, mark, size, in this order: each is true of what is read after it. */
	if ((s = sm_verify_heads_begin(v)) != SM_OK || (s = sm_verify_mark_read(v)) != SM_OK || (s = read_size(v)) != SM_OK
		|| (s = sm_verify_nowhere(v)) != SM_OK) {
		return s;
	}
	v->now = sm_journal_now(v->j);
	v->projected = v->mark < 0 || (uint64_t)v->mark > v->r->size ? (int64_t)v->r->size : v->mark;
	if (v->tree.size > v->r->size) {
		return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "head", (int64_t)v->r->size, (int64_t)v->tree.size - 1,
			"%" PRIu64 " leaves were verified before, the journal has %" PRIu64 ": its end was cut off, or an old state was restored", v->tree.size, v->r->size);
	}
	if ((!v->o->tree_only && (s = sm_verify_folds_begin(v)) != SM_OK) || (s = sm_verify_log(v, page)) != SM_OK || (s = sm_verify_heads_end(v)) != SM_OK
		|| (s = sm_verify_waiting(v, page)) != SM_OK) {
		return s;
	}
	if (!v->o->tree_only && ((s = sm_verify_folds_end(v)) != SM_OK || (s = sm_verify_mark(v)) != SM_OK || (s = sm_verify_switches(v)) != SM_OK
		|| (s = sm_verify_strangers(v)) != SM_OK)) {
		return s;
	}
	v->r->rooted = !v->lost;
	if (v->r->rooted) {
		v->r->frontier = v->tree;
		sm_frontier_root(&v->tree, &v->r->root);
	}
	return check_anchor(v);
}

sm_status sm_verify(sm_journal *j, const sm_alloc *a, const sm_verify_options *o, sm_verify_result *r, sm_error *e)
{
	sm_verify_pass *v;
	memset(r, 0, sizeof *r);
	if (o->page < 0 || o->page > PAGE_MAX) {
		return sm_fail(e, SM_E_ARGUMENT, "page must be 0 to %d, got %d", PAGE_MAX, o->page);
	}
	v = a->alloc(a->ctx, sizeof *v);
	if (v == NULL) {
		return SM_E_NOMEM;
	}
	memset(v, 0, sizeof *v);
	v->j = j;
	v->a = a;
	v->o = o;
	v->r = r;
	v->e = e;
	sm_arena *arenas[] = {&v->arena, &v->page, &v->row, &v->erased_arena, &v->outer[SM_HEAD_HOST].arena, &v->outer[SM_HEAD_ANCHOR].arena};
	for (size_t i = 0; i < sizeof arenas / sizeof *arenas; i++) {
		sm_arena_init(arenas[i], a);
	}
	if (o->from != NULL) {
		v->tree = *o->from;
		v->agreed = v->tree.size;
		r->from = v->tree.size;
	}
	sm_status s = run(v);
	sm_verify_folds_free(v);
	for (size_t i = 0; i < v->n_origins; i++) {
		sm_arena_free(&v->origins[i].arena);
	}
	for (size_t i = 0; i < sizeof arenas / sizeof *arenas; i++) {
		sm_arena_free(arenas[i]);
	}
	a->release(a->ctx, v);
	return s;
}
