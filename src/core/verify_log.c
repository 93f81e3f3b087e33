/* The journal in the order of its log, page by page; then what has no place in it, or none yet. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

typedef struct place {
	int64_t next;            /* the first that was not met yet */
	char last_id[SM_ID_SIZE + 1]; /* of the row before, at next - 1 */
	char odd_id[SM_ID_SIZE + 1];  /* of the row at a fraction that was met last */
} place;

static sm_status take_in_order(sm_verify_pass *v, place *at, sm_verify_row *row)
{
	sm_status s = SM_OK;
	if (row->index < 0) {
		s = sm_verify_found(v, SM_VERDICT_INVALID, "place", row, "Its leaf_index is no whole number: it stands outside of the tree, and nothing signs it");
		return s == SM_OK ? sm_verify_take(v, row) : s;
	}
	if (row->index > at->next) {
		s = sm_verify_found_at(v, SM_VERDICT_INVALID, "place", at->next, row->index - 1, "%" PRId64 " leaves are missing from the log, from %" PRId64 " on",
			row->index - at->next, at->next);
		v->lost = true;
	} else if (row->index < at->next) {
		s = sm_verify_found(v, SM_VERDICT_INVALID, "place", row, "Its place in the log is taken twice");
		bool tree_lost = v->lost;
		v->lost = true; /* it is no leaf of the tree, but its meaning is looked at */
		s = s == SM_OK ? sm_verify_take(v, row) : s;
		v->lost = tree_lost;
		return s;
	}
	at->next = row->index + 1;
	return s == SM_OK ? sm_verify_take(v, row) : s;
}

static void keep_id(char kept[SM_ID_SIZE + 1], sm_bytes id)
{
	size_t n = id.n < SM_ID_SIZE ? id.n : SM_ID_SIZE;
	if (n > 0) {
		memcpy(kept, id.p, n);
	}
	kept[n] = '\0';
}

static sm_status take_page(sm_verify_pass *v, place *at, sm_verify_row *rows, size_t n)
{
	sm_status s = SM_OK;
	for (size_t i = 0; s == SM_OK && i < n && rows[i].index < (int64_t)v->r->size; i++) {
		bool odd = rows[i].index < 0;
		char *last = odd ? at->odd_id : at->last_id;
		/* the last one of the page before */
		if ((odd || rows[i].index == at->next - 1) && last[0] != '\0' && sm_bytes_eq(rows[i].id, sm_cstr(last))) {
			continue;
		}
		s = take_in_order(v, at, &rows[i]);
		keep_id(last, rows[i].id);
	}
	return s;
}

sm_status sm_verify_log(sm_verify_pass *v, int page)
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
		s = sm_verify_page(v->j, &v->page, from, page + 1, !v->o->tree_only, &rows, &n, v->e);
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
sm_status sm_verify_nowhere(sm_verify_pass *v)
{
	enum { LIST = 20 };
	static const char *const columns[] = {"stream", "seq"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT stream, ");
	sm_verify_put_int(&q, "seq");
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE ");
	sm_verify_put_odd(&q, "leaf_index");
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
sm_status sm_verify_waiting(sm_verify_pass *v, int page)
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
			s = sm_verify_take(v, &rows[i]);
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
