/* Log order: every stored event gets the next number, whoever numbers it (PROTOCOL section 6). */
#include "sql.h"

#include "plant.h"

#include <string.h>

enum { LIST_FIRST = 256, LIST_MAX = 4096, BYTES_A_ROW = 128, STALLS_MAX = 3 };

typedef struct list {
	sm_rows rows;
	int64_t base; /* highest number given so far, -1 = none */
} list;

static sm_status read_max(sm_journal *j, sm_arena *arena, int64_t *max, sm_error *e)
{
	static const char *const columns[] = {"m"};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT MAX(leaf_index) AS m FROM ");
	sm_sql_table(&q, "journal");
	sm_status s = sm_sql_read(&q, SM_SQL_SEQUENCE_MAX, columns, 1, &rows, e);
	*max = sm_rows_int(&rows, 0, 0, -1);
	return s;
}

/* List and base come from one statement: a list that is older than its base leaves holes. */
static sm_status read_list(sm_journal *j, sm_arena *arena, int64_t limit, list *out, sm_error *e)
{
	static const char *const columns[] = {"id", "m"};
	bool planted = SM_PLANTED(LIST_BEFORE_MAX);
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT id");
	if (!planted) {
		sm_sql_text(&q, ", (SELECT MAX(leaf_index) FROM ");
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, ") AS m");
	}
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index IS NULL ORDER BY id LIMIT ");
	sm_sql_int(&q, limit);
	sm_status s = sm_sql_read(&q, SM_SQL_SEQUENCE_LIST, columns, planted ? 1 : 2, &out->rows, e);
	if (s != SM_OK || planted) {
		return s != SM_OK ? s : read_max(j, arena, &out->base, e);
	}
	out->base = sm_rows_int(&out->rows, 0, 1, -1);
	return SM_OK;
}

static sm_status set_indexes(sm_journal *j, sm_arena *arena, const list *l, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "journal");
	if (j->store.dialect == SM_MYSQL) {
		sm_sql_text(&q, " FORCE INDEX (PRIMARY)"); /* in id order: what collides is the first free one, and nothing is half done */
	}
	sm_sql_text(&q, " SET leaf_index = CASE id");
	for (size_t i = 0; i < l->rows.n_rows; i++) {
		sm_sql_text(&q, " WHEN ");
		sm_sql_str(&q, sm_rows_text(&l->rows, i, 0, arena));
		sm_sql_text(&q, " THEN ");
		sm_sql_int(&q, l->base + 1 + (int64_t)i);
	}
	sm_sql_text(&q, " END WHERE id IN (");
	for (size_t i = 0; i < l->rows.n_rows; i++) {
		sm_sql_text(&q, i == 0 ? "" : ", ");
		sm_sql_str(&q, sm_rows_text(&l->rows, i, 0, arena));
	}
	sm_sql_text(&q, ") AND leaf_index IS NULL");
	return sm_sql_write(&q, SM_SQL_SEQUENCE_SET, NULL, e);
}

static sm_bytes head(const list *l, sm_arena *arena)
{
	return sm_rows_text(&l->rows, 0, 0, arena);
}

sm_status sm_journal_sequence(sm_journal *j, int max_batches, int64_t *done, sm_error *e)
{
	sm_arena arena;
	sm_arena_init(&arena, j->arena.a);
	int64_t fits = j->max_statement / BYTES_A_ROW;
	int64_t most = j->identified && fits < LIST_MAX ? (fits < 1 ? 1 : fits) : LIST_MAX;
	int64_t limit = most < LIST_FIRST ? most : LIST_FIRST;
	int64_t failed_base = 0, failed_n = 0; /* of the batch whose answer was an error */
	char failed_head[SM_ID_SIZE] = "";
	int stalls = 0;
	sm_status s = SM_OK;
	*done = 0;
	for (int batches = 0; s == SM_OK;) {
		list l = {.base = -1};
		sm_arena_free(&arena);
		s = read_list(j, &arena, limit, &l, e);
		if (s != SM_OK) {
			break;
		}
		size_t n = l.rows.n_rows;
		bool same = failed_n > 0 && n > 0 && l.base == failed_base && sm_bytes_eq(head(&l, &arena), sm_cstr(failed_head));
		if (same && ++stalls == STALLS_MAX) {
			s = SM_E_STORE; /* e holds what the store said: nobody moves on */
			break;
		}
		if (failed_n > 0 && !same) {
			*done += failed_n; /* ours was applied after all, or others took them */
			stalls = 0;
		}
		failed_n = 0;
		if (n == 0 || (batches >= max_batches && !same)) {
			break;
		}
		batches++;
		sm_status set = set_indexes(j, &arena, &l, e);
		if (set == SM_E_STORE || set == SM_E_NOT_SENT) {
			/* duplicate, deadlock, lost answer: the next list tells */
			failed_n = (int64_t)n;
			failed_base = l.base;
			sm_bytes id = head(&l, &arena);
			memcpy(failed_head, id.p, id.n < SM_ID_LEN ? id.n : SM_ID_LEN);
			continue;
		}
		s = set;
		*done += s == SM_OK ? (int64_t)n : 0;
		if ((int64_t)n < limit || batches >= max_batches) {
			break;
		}
		limit = limit * 2 < most ? limit * 2 : most;
	}
	sm_arena_free(&arena);
	return s;
}
