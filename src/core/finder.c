/* What is read from the projections: due work, the run list, external ids (PROTOCOL section 6 "Find"). Hints: whoever acts on a run
 * loads it first. */
#include "sql.h"

#include <string.h>

enum { CATCH_UP_PASSES = 10, EXTERNALS_MAX = 1000 };

sm_status sm_journal_due(sm_journal *j, sm_arena *arena, int limit, sm_due **out, size_t *n, sm_error *e)
{
	static const char *const columns[] = {"id", "rev"};
	sm_rows rows;
	sm_sql q;
	*out = NULL;
	*n = 0;
	if (limit < 1) {
		return sm_fail(e, SM_E_ARGUMENT, "limit must be at least 1, got %d", limit);
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT r.id AS id, r.rev AS rev FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " r WHERE r.state IN ('running','waiting','held','unknown') AND r.due <= ");
	sm_sql_now(&q);
	/* SUBSTR and not a concatenation, which the dialects write differently */
	sm_sql_text(&q, " AND NOT EXISTS (SELECT 1 FROM ");
	sm_sql_table(&q, "switch");
	sm_sql_text(&q, " s WHERE s.held=1 AND (s.target='*' OR (SUBSTR(s.target,1,9)='category:' AND SUBSTR(s.target,10)=r.category)"
		" OR (SUBSTR(s.target,1,9)='workflow:' AND SUBSTR(s.target,10)=r.workflow))) ORDER BY r.due, r.id LIMIT ");
	sm_sql_int(&q, limit);
	sm_status s = sm_sql_read(&q, SM_SQL_DUE, columns, 2, &rows, e);
	if (s != SM_OK) {
		return s;
	}
	sm_due *due = SM_NEW(arena, sm_due, rows.n_rows);
	if (due == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < rows.n_rows; i++) {
		sm_bytes id = sm_rows_text(&rows, i, 0, arena);
		if (sm_is_hex(id, SM_ID_LEN)) {
			memcpy(due[*n].run, id.p, SM_ID_LEN);
			due[(*n)++].rev = (int32_t)sm_rows_int(&rows, i, 1, 0);
		}
	}
	*out = due;
	return SM_OK;
}

sm_status sm_journal_put_off(sm_journal *j, const sm_due *due, sm_error *e)
{
	sm_arena arena;
	sm_sql q;
	sm_arena_init(&arena, j->arena.a);
	sm_sql_init(&q, j, &arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " SET due=");
	sm_sql_now(&q);
	/* put_off is assigned last: MySQL would shift by the new one */
	sm_sql_text(&q, " + CASE WHEN put_off >= 6 THEN 3600000000 ELSE 60000000 * (1 << put_off) END, put_off=put_off+1 WHERE id=");
	sm_sql_cstr(&q, due->run);
	sm_sql_text(&q, " AND rev=");
	sm_sql_int(&q, due->rev);
	sm_status s = sm_sql_write(&q, SM_SQL_PUT_OFF, NULL, e);
	sm_arena_free(&arena);
	return s == SM_E_NOT_SENT ? SM_E_STORE : s;
}

/* The column holds the state at the last event; "waiting" turns into "running" when its time has come, without an event. A wait has
 * a time ahead or none at all (once: until the next call); one that was put off was due before. */
static void put_state(sm_sql *q, sm_bytes state)
{
	if (sm_bytes_eq(state, sm_cstr(sm_shown_names[SM_SHOWN_RUNNING]))) {
		sm_sql_text(q, " AND (r.state=");
		sm_sql_str(q, state);
		sm_sql_text(q, " OR (r.state='waiting' AND r.due IS NOT NULL AND (r.put_off > 0 OR r.due <= ");
		sm_sql_now(q);
		sm_sql_text(q, ")))");
		return;
	}
	sm_sql_text(q, " AND r.state=");
	sm_sql_str(q, state);
	if (sm_bytes_eq(state, sm_cstr(sm_shown_names[SM_SHOWN_WAITING]))) {
		sm_sql_text(q, " AND (r.due IS NULL OR (r.put_off = 0 AND r.due > ");
		sm_sql_now(q);
		sm_sql_text(q, "))");
	}
}

static void put_filter(sm_sql *q, const char *text, sm_bytes value)
{
	if (value.n > 0) {
		sm_sql_text(q, text);
		sm_sql_str(q, value);
	}
}

static sm_status take_ids(const sm_rows *rows, sm_arena *arena, bool distinct, char (**ids)[SM_ID_SIZE], size_t *n)
{
	char (*out)[SM_ID_SIZE] = sm_arena_alloc(arena, rows->n_rows, SM_ID_SIZE);
	*n = 0;
	*ids = out;
	if (out == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < rows->n_rows; i++) {
		sm_bytes id = sm_rows_text(rows, i, 0, arena);
		bool seen = !sm_is_hex(id, SM_ID_LEN);
		for (size_t k = 0; distinct && !seen && k < *n; k++) {
			seen = memcmp(out[k], id.p, SM_ID_LEN) == 0;
		}
		if (!seen) {
			memcpy(out[(*n)++], id.p, SM_ID_LEN);
		}
	}
	return SM_OK;
}

sm_status sm_journal_runs(sm_journal *j, sm_arena *arena, const sm_runs_filter *filter, char (**ids)[SM_ID_SIZE], size_t *n, sm_error *e)
{
	static const char *const columns[] = {"id"};
	int64_t sequenced, projected;
	sm_rows rows;
	sm_sql q;
	*ids = NULL;
	*n = 0;
	if (filter->limit < 1 || filter->limit > 1000) {
		return sm_fail(e, SM_E_ARGUMENT, "limit must be 1 to 1000, got %d", filter->limit);
	}
	if (filter->after.n > 0 && !sm_is_hex(filter->after, SM_ID_LEN)) {
		return sm_fail(e, SM_E_ARGUMENT, "after must be a run id of %d lower-case hex digits, got %zu bytes", SM_ID_LEN, filter->after.n);
	}
	sm_status s = sm_journal_catch_up(j, CATCH_UP_PASSES, &sequenced, &projected, e);
	if (s != SM_OK) {
		return s;
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT r.id AS id FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " r");
	if (filter->after.n > 0) {
		sm_sql_text(&q, ", ");
		sm_sql_table(&q, "run");
		sm_sql_text(&q, " a");
	}
	sm_sql_text(&q, " WHERE 1=1");
	if (filter->state.n > 0) {
		put_state(&q, filter->state);
	}
	put_filter(&q, " AND r.workflow=", filter->workflow);
	put_filter(&q, " AND r.category=", filter->category);
	put_filter(&q, " AND r.owner=", filter->owner);
	if (filter->after.n > 0) {
		put_filter(&q, " AND a.id=", filter->after);
		sm_sql_text(&q, " AND (r.started_at < a.started_at OR (r.started_at = a.started_at AND r.id < a.id))");
	}
	sm_sql_text(&q, " ORDER BY r.started_at DESC, r.id DESC LIMIT ");
	sm_sql_int(&q, filter->limit);
	s = sm_sql_read(&q, SM_SQL_RUNS, columns, 1, &rows, e);
	return s == SM_OK ? take_ids(&rows, arena, false, ids, n) : s;
}

sm_status sm_journal_find_external(sm_journal *j, sm_arena *arena, sm_bytes kind, sm_bytes id, char (**ids)[SM_ID_SIZE], size_t *n, sm_error *e)
{
	static const char *const columns[] = {"run"};
	char hash[SM_ID_SIZE];
	int64_t sequenced, projected;
	sm_rows rows;
	sm_sql q;
	*ids = NULL;
	*n = 0;
	sm_status s = sm_journal_identify(j, e); /* the hash is keyed */
	if (s == SM_OK) {
		s = sm_journal_catch_up(j, CATCH_UP_PASSES, &sequenced, &projected, e);
	}
	if (s != SM_OK) {
		return s;
	}
	sm_external_hash(&j->keys, kind, id, hash);
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT run FROM ");
	sm_sql_table(&q, "external");
	sm_sql_text(&q, " WHERE hash=");
	sm_sql_cstr(&q, hash);
	sm_sql_text(&q, " ORDER BY id LIMIT ");
	sm_sql_int(&q, EXTERNALS_MAX);
	s = sm_sql_read(&q, SM_SQL_EXTERNALS_FIND, columns, 1, &rows, e);
	return s == SM_OK ? take_ids(&rows, arena, true, ids, n) : s;
}
