/* Reads the journal in the order of its log, row by row. */
#include "verify_pass.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 200, PAGE_MAX = 1000 };

static const char PLACES[] = " WHERE leaf_index<=9007199254740991", NO_PLACES[] = " WHERE leaf_index<0 OR leaf_index>9007199254740991";
_Static_assert(SM_MAX_SAFE_INT == 9007199254740991, "the largest number that is read from a column");

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

/* ---- a row ---- */

static bool is(sm_bytes column, sm_bytes leaf)
{
	return column.n == leaf.n && column.n > 0 && memcmp(column.p, leaf.p, column.n) == 0;
}

static sm_status check_columns(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf)
{
	const char *column = !is(row->id, leaf->id) ? "id" : !is(row->stream, leaf->run) ? "stream" : row->seq != leaf->seq ? "seq" : NULL;
	if (column != NULL) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "column", row, "Its column %s disagrees with the leaf", column);
	}
	bool known;
	sm_status s = sm_verify_origin_is_known(v, leaf->log, &known);
	if (s == SM_OK && !known) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "log", row, "It was written for the log %.*s, which is none of this journal's", (int)leaf->log.n,
			leaf->log.p);
	}
	return s;
}

/* What the event means. */
static sm_status check_meaning(sm_verify_pass *v, sm_verify_row *row)
{
	sm_leaf leaf;
	if (!sm_leaf_read(row->leaf, &leaf)) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "leaf", row, "Its leaf is not of the form that the extension writes");
	}
	uint64_t before = v->r->found;
	sm_status s = check_columns(v, row, &leaf);
	if (s == SM_OK) {
		sm_arena_free(&v->row);
		s = sm_verify_fill_private(v->j, &v->row, row, v->e);
		s = s == SM_OK ? sm_verify_openings(v, row, &leaf) : s;
	}
	/* a row of another stream's would only say again, elsewhere, that it is at the wrong place */
	bool placed = v->r->found == before || (is(row->id, leaf.id) && is(row->stream, leaf.run) && row->seq == leaf.seq);
	return s == SM_OK && placed ? sm_verify_fold(v, row, &leaf) : s;
}

static sm_status check_leaf(sm_verify_pass *v, sm_verify_row *row, bool *readable)
{
	*readable = row->leaf.p != NULL;
	if (*readable) {
		return SM_OK;
	}
	return sm_verify_found(v, SM_VERDICT_INVALID, "leaf", row, "Its leaf has %" PRId64 " bytes; no leaf has more than %d", row->leaf_bytes, SM_MAX_LEAF);
}

/* Takes the row into the tree: by what its leaf hashes to, and, where that is not the stored hash, on the side by the stored one. */
static sm_status grow(sm_verify_pass *v, const sm_verify_row *row, bool readable)
{
	sm_hash by_leaf, by_column;
	bool has_column = sm_unhex(by_column.bytes, sizeof by_column.bytes, row->leaf_hash);
	sm_status s = SM_OK;
	if (readable) {
		sm_hash_leaf(row->leaf, &by_leaf);
	} else if (has_column) {
		by_leaf = by_column;
	} else {
		v->lost = true;
	}
	if (!has_column || !sm_hash_eq(&by_leaf, &by_column)) {
		if (readable) {
			s = sm_verify_found(v, SM_VERDICT_INVALID, "hash", row, has_column ? "Its leaf does not have the stored hash: one of them was changed"
				: "Its stored hash is not 64 lower-case hex digits");
		}
		if (!v->split) {
			v->by_column = v->tree;
			v->split = true;
		}
	}
	if (v->lost || s != SM_OK) {
		return s;
	}
	if (v->split && sm_frontier_add(&v->by_column, has_column ? &by_column : &by_leaf, NULL) != SM_OK) {
		return sm_fail_limit(v->e, "leaves of a log", INT64_MAX, INT64_MAX);
	}
	return sm_frontier_add(&v->tree, &by_leaf, NULL) == SM_OK ? SM_OK : sm_fail_limit(v->e, "leaves of a log", INT64_MAX, INT64_MAX);
}

static sm_status check_pending(sm_verify_pass *v, const sm_verify_row *row, bool readable)
{
	char hex[SM_HASH_HEX_SIZE];
	if (readable) {
		sm_leaf_hash(row->leaf, hex);
	}
	return !readable || sm_bytes_eq(row->leaf_hash, sm_cstr(hex)) ? SM_OK
		: sm_verify_found(v, SM_VERDICT_INVALID, "hash", row, "It has no place yet, and its leaf does not have the stored hash");
}

static sm_status take(sm_verify_pass *v, sm_verify_row *row)
{
	bool readable;
	sm_arena_free(&v->row);
	sm_arena large;
	sm_arena_init(&large, v->a);
	sm_status s = sm_verify_fill_leaf(v->j, &large, row, v->e);
	s = s == SM_OK ? check_leaf(v, row, &readable) : s;
	if (s == SM_OK) {
		s = row->index >= 0 ? grow(v, row, readable) : check_pending(v, row, readable);
	}
	if (s == SM_OK && readable && !v->o->tree_only) {
		s = check_meaning(v, row);
	}
	sm_arena_free(&large);
	if (s == SM_OK && row->index >= 0 && !v->lost) {
		s = sm_verify_heads_pass(v);
	}
	return s;
}

/* ---- the log ---- */

typedef struct place {
	int64_t next;            /* the first that was not met yet */
	char last_id[SM_ID_SIZE + 1]; /* of the row before, at next - 1 */
} place;

static sm_status take_in_order(sm_verify_pass *v, place *at, sm_verify_row *row)
{
	sm_status s = SM_OK;
	if (row->index > at->next) {
		s = sm_verify_found_at(v, SM_VERDICT_INVALID, "place", at->next, row->index - 1, "%" PRId64 " leaves are missing from the log, from %" PRId64 " on",
			row->index - at->next, at->next);
		v->lost = true;
	} else if (row->index < at->next) {
		s = sm_verify_found(v, SM_VERDICT_INVALID, "place", row, "Its place in the log is taken twice");
		bool tree_lost = v->lost;
		v->lost = true; /* it is no leaf of the tree, but its meaning is looked at */
		s = s == SM_OK ? take(v, row) : s;
		v->lost = tree_lost;
		return s;
	}
	at->next = row->index + 1;
	return s == SM_OK ? take(v, row) : s;
}

static sm_status take_page(sm_verify_pass *v, place *at, sm_verify_row *rows, size_t n)
{
	sm_status s = SM_OK;
	for (size_t i = 0; s == SM_OK && i < n && rows[i].index < (int64_t)v->r->size; i++) {
		/* the last one of the page before */
		if (rows[i].index == at->next - 1 && at->last_id[0] != '\0' && sm_bytes_eq(rows[i].id, sm_cstr(at->last_id))) {
			continue;
		}
		s = take_in_order(v, at, &rows[i]);
		size_t id = rows[i].id.n < SM_ID_SIZE ? rows[i].id.n : SM_ID_SIZE;
		if (id > 0) {
			memcpy(at->last_id, rows[i].id.p, id);
		}
		at->last_id[id] = '\0';
	}
	return s;
}

static sm_status read_log(sm_verify_pass *v, int page)
{
	place at = {.next = (int64_t)v->tree.size};
	sm_status s = sm_verify_heads_pass(v);
	bool more = at.next < (int64_t)v->r->size;
	while (s == SM_OK && more) {
		sm_verify_row *rows;
		size_t n;
		int64_t before = at.next;
		sm_arena_free(&v->page);
		/* one place back: a second row of it may lie beyond the page */
		int64_t from = at.last_id[0] != '\0' ? at.next - 1 : at.next;
		s = sm_verify_page(v->j, &v->page, from, page + 1, &rows, &n, v->e);
		s = s == SM_OK ? take_page(v, &at, rows, n) : s;
		s = s == SM_OK ? sm_verify_externals(v) : s;
		more = s == SM_OK && (at.next < (int64_t)v->r->size || n > (size_t)page);
		if (more && at.next == before) {
			more = n > (size_t)page && at.last_id[0] != '\0';
			at.last_id[0] = '\0'; /* a page of one place: said, and passed over */
			if (!more && at.next < (int64_t)v->r->size) {
				s = sm_verify_found_at(v, SM_VERDICT_INVALID, "place", at.next, (int64_t)v->r->size - 1, "The log ends at leaf %" PRId64
					", though there was one at %" PRIu64, at.next, v->r->size - 1);
				v->lost = true;
			}
		}
		if (s == SM_OK && v->o->progress != NULL) {
			s = v->o->progress(v->o->ctx, (uint64_t)at.next, v->r->size, v->e);
		}
	}
	return s;
}

/* A place that no leaf can have: neither in the tree nor waiting for one, so that nothing else would meet the row. */
static sm_status read_nowhere(sm_verify_pass *v)
{
	enum { LIST = 20 };
	static const char *const columns[] = {"stream", "seq"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT stream, seq FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, NO_PLACES);
	sm_sql_text(&q, " LIMIT ");
	sm_sql_int(&q, LIST);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_verify_row row = {.index = -1, .stream = sm_rows_text(&rows, i, 0, &v->page), .seq = sm_rows_int(&rows, i, 1, 0)};
		s = sm_verify_found(v, SM_VERDICT_INVALID, "place", &row, "Its leaf_index is no place in a log: it stands outside of the tree, and nothing signs it");
	}
	return s;
}

/* Events that have no place yet: all but the tree. */
static sm_status read_pending(sm_verify_pass *v, int page)
{
	char after[SM_ID_SIZE] = "", before[SM_ID_SIZE];
	int64_t oldest = INT64_MAX;
	sm_status s = SM_OK;
	for (;;) {
		sm_verify_row *rows;
		size_t n;
		memcpy(before, after, sizeof before);
		sm_arena_free(&v->page);
		s = sm_verify_pending_page(v->j, &v->page, sm_cstr(after), page, &rows, &n, v->e);
		for (size_t i = 0; s == SM_OK && i < n; i++) {
			size_t id = rows[i].id.n < SM_ID_LEN ? rows[i].id.n : SM_ID_LEN;
			oldest = rows[i].stored_at < oldest ? rows[i].stored_at : oldest;
			v->r->pending++;
			memcpy(after, rows[i].id.p, id);
			after[id] = '\0';
			if (v->o->tree_only) {
				continue;
			}
			s = take(v, &rows[i]);
		}
		v->externals = NULL;
		v->n_externals = v->cap_externals = 0;
		if (s != SM_OK || n < (size_t)page) {
			break;
		}
		if (strcmp(after, before) == 0) { /* ids longer than ids are: SQLite would keep them, and give the same page for ever */
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "column", -1, -1, "Events without a place have ids that begin as %s and are longer than an id: "
				"those behind them were not read", after);
			break;
		}
	}
	if (s == SM_OK && v->o->pending_us >= 0 && v->r->pending > 0 && oldest < v->now - v->o->pending_us) {
		s = sm_verify_found_at(v, SM_VERDICT_PENDING, "pending", -1, -1, "%" PRIu64 " events wait for a place in the log, the oldest for %" PRId64 " s", v->r->pending,
			(v->now - oldest) / 1000000);
	}
	return s;
}

/* ---- before and after ---- */

static sm_status read_one(sm_verify_pass *v, const char *before, const char *table, const char *after, int64_t *out)
{
	static const char *const columns[] = {"n"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, before);
	sm_sql_table(&q, table);
	sm_sql_text(&q, after);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	*out = s == SM_OK ? sm_rows_int(&rows, 0, 0, -1) : -1;
	return s;
}

/* The oldest leaf that no anchor covers. */
static sm_status check_anchor(sm_verify_pass *v)
{
	static const char *const columns[] = {"stored_at"};
	sm_rows rows;
	sm_sql q;
	if (v->o->anchor_us < 0 || v->r->anchored_size >= v->r->size) {
		return SM_OK;
	}
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT stored_at FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index>=");
	sm_sql_int(&q, (int64_t)v->r->anchored_size);
	sm_sql_text(&q, " ORDER BY leaf_index LIMIT 1");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	int64_t oldest = s == SM_OK ? sm_rows_int(&rows, 0, 0, INT64_MAX) : INT64_MAX;
	if (s != SM_OK || oldest >= v->now - v->o->anchor_us) {
		return s;
	}
	return sm_verify_found_at(v, SM_VERDICT_NO_ANCHOR, "anchor", (int64_t)v->r->anchored_size, (int64_t)v->r->size - 1,
		"No anchor covers the leaves from %" PRIu64 " on, the oldest of which is %" PRId64 " s old", v->r->anchored_size, (v->now - oldest) / 1000000);
}

static sm_status run(sm_verify_pass *v)
{
	int page = v->o->page != 0 ? v->o->page : PAGE;
	int64_t max;
	sm_status s = sm_journal_identify(v->j, v->e);
	if (s != SM_OK) {
		return s;
	}
	/* Heads, mark, size, in this order: each is true of what is read after it. */
	if ((s = sm_verify_heads_begin(v)) != SM_OK || (s = read_one(v, "SELECT pos AS n FROM ", "meta", " WHERE name='projected'", &v->projected)) != SM_OK
		|| (s = read_one(v, "SELECT MAX(leaf_index) AS n FROM ", "journal", PLACES, &max)) != SM_OK || (s = read_nowhere(v)) != SM_OK) {
		return s;
	}
	v->now = sm_journal_now(v->j);
	v->r->size = (uint64_t)(max + 1);
	if (v->tree.size > v->r->size) {
		return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "head", (int64_t)v->r->size, (int64_t)v->tree.size - 1,
			"%" PRIu64 " leaves were verified before, the journal has %" PRIu64 ": its end was cut off, or an old state was restored", v->tree.size, v->r->size);
	}
	if ((!v->o->tree_only && (s = sm_verify_folds_begin(v)) != SM_OK) || (s = read_log(v, page)) != SM_OK || (s = sm_verify_heads_end(v)) != SM_OK
		|| (s = read_pending(v, page)) != SM_OK) {
		return s;
	}
	if (!v->o->tree_only && ((s = sm_verify_folds_end(v)) != SM_OK || (s = sm_verify_tables(v)) != SM_OK)) {
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
