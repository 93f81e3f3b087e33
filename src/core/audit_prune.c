/* Erasing by age: runs that are over and that nobody touched for so long. */
#include "audit_erase.h"

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { CATCH_UP_PASSES = 50, PAGE = 500 };

#define DAY_US (INT64_C(86400) * 1000000)

typedef struct pruning {
	sm_journal *j;
	sm_arena arena;
	char (*cited)[SM_ID_SIZE]; /* sorted */
	size_t n_cited, cap;
} pruning;

/* ---- what decisions elsewhere cite ---- */

static bool is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Every word of 32 hex digits: an event's id is one. */
static sm_status take_ids(pruning *x, sm_bytes text)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = at;
		while (end < text.n && is_hex_digit(text.p[end])) {
			end++;
		}
		if (end - at == SM_ID_LEN) {
			if (x->n_cited == x->cap) {
				size_t cap = x->cap ? x->cap * 2 : 64;
				char (*grown)[SM_ID_SIZE] = sm_arena_alloc(&x->arena, cap, SM_ID_SIZE);
				if (grown == NULL) {
					return SM_E_NOMEM;
				}
				if (x->n_cited > 0) {
					memcpy(grown, x->cited, x->n_cited * SM_ID_SIZE);
				}
				x->cited = grown;
				x->cap = cap;
			}
			memcpy(x->cited[x->n_cited], text.p + at, SM_ID_LEN);
			x->cited[x->n_cited++][SM_ID_LEN] = '\0';
		}
		at = end > at ? end : at + 1;
	}
	return SM_OK;
}

/* Reads a stream outside of runs page by page: what it says in clear and in private, not its own links. */
static sm_status take_citations(pruning *x, const char *stream, sm_error *e)
{
	static const char *const columns[] = {"seq", "leaf", "private"};
	int64_t seq = 0;
	size_t n = PAGE;
	sm_status st = SM_OK;
	while (st == SM_OK && n == PAGE) {
		sm_arena arena;
		sm_rows rows = {NULL, 0, 0};
		sm_sql q;
		sm_arena_init(&arena, x->arena.a);
		sm_sql_init(&q, x->j, &arena);
		sm_sql_text(&q, "SELECT seq, leaf, private FROM ");
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, " WHERE stream=");
		sm_sql_cstr(&q, stream);
		sm_sql_text(&q, " AND seq>");
		sm_sql_int(&q, seq);
		sm_sql_text(&q, " ORDER BY seq LIMIT ");
		sm_sql_int(&q, PAGE);
		st = sm_sql_read(&q, SM_SQL_STREAM_PAGE, columns, 3, &rows, e);
		n = rows.n_rows;
		for (size_t i = 0; st == SM_OK && i < n; i++) {
			sm_event ev;
			seq = sm_rows_int(&rows, i, 0, INT64_MAX);
			st = sm_event_decode(&ev, &arena, sm_rows_text(&rows, i, 1, &arena), sm_rows_text(&rows, i, 2, &arena), NULL);
			if (st == SM_E_NOMEM) {
				break;
			}
			for (size_t k = 0; st == SM_OK && k < ev.n_p; k++) {
				st = take_ids(x, ev.p[k].value);
			}
			if (st == SM_OK && ev.data != NULL) {
				sm_buf b;
				sm_buf_init(&b, &arena, SM_MAX_LEAF);
				st = sm_json_write(&b, ev.data, NULL);
				st = st ? st : take_ids(x, sm_buf_bytes(&b));
			}
			st = st == SM_E_NOMEM ? st : SM_OK; /* what cannot be read cites nothing; verify says so */
		}
		sm_arena_free(&arena);
	}
	return st;
}

/* Decisions about switches, and what callers say in the stream "site". */
static sm_status take_all_citations(pruning *x, sm_error *e)
{
	char stream[SM_ID_SIZE];
	sm_json *targets = sm_json_new(&x->arena, SM_JSON_ARRAY);
	if (targets == NULL) {
		return SM_E_NOMEM;
	}
	sm_audit_stream(&x->j->keys, SM_STR("site"), stream);
	sm_status st = take_citations(x, stream, e);
	st = st ? st : sm_switch_list(x->j, &x->arena, targets, e);
	for (size_t i = 0; st == SM_OK && i < targets->u.a.n; i++) {
		sm_switch_stream(&x->j->keys, targets->u.a.items[i].u.s, stream);
		st = take_citations(x, stream, e);
	}
	if (st == SM_OK && x->n_cited > 1) {
		qsort(x->cited, x->n_cited, SM_ID_SIZE, sm_erase_id_cmp);
	}
	return st;
}

/* ---- which runs ---- */

static sm_status list_old(pruning *x, int64_t before, int limit, const sm_pruned *from, sm_rows *rows, sm_error *e)
{
	static const char *const columns[] = {"id", "changed_at"};
	sm_sql q;
	sm_sql_init(&q, x->j, &x->arena);
	sm_sql_text(&q, "SELECT id, changed_at FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " WHERE state IN (");
	sm_sql_cstr(&q, sm_shown_names[SM_SHOWN_COMPLETED]);
	sm_sql_text(&q, ", ");
	sm_sql_cstr(&q, sm_shown_names[SM_SHOWN_COMPLETED_BY_HAND]);
	sm_sql_text(&q, ", ");
	sm_sql_cstr(&q, sm_shown_names[SM_SHOWN_UNDONE]);
	sm_sql_text(&q, ", ");
	sm_sql_cstr(&q, sm_shown_names[SM_SHOWN_STOPPED]);
	sm_sql_text(&q, ") AND changed_at<");
	sm_sql_int(&q, before);
	sm_sql_text(&q, " AND (changed_at>");
	sm_sql_int(&q, from->after_time);
	sm_sql_text(&q, " OR (changed_at=");
	sm_sql_int(&q, from->after_time);
	sm_sql_text(&q, " AND id>");
	sm_sql_cstr(&q, from->after);
	sm_sql_text(&q, ")) ORDER BY changed_at, id LIMIT ");
	sm_sql_int(&q, limit);
	return sm_sql_read(&q, SM_SQL_RUNS_OLD, columns, 2, rows, e);
}

/* Streams in which something was erased within the last day: a process may have died before it was gone. */
static sm_status list_erased(pruning *x, sm_rows *rows, sm_error *e)
{
	static const char *const columns[] = {"stream"};
	char since[SM_ID_SIZE];
	int64_t ms = (sm_journal_now(x->j) - DAY_US) / 1000;
	uint8_t bytes[16] = {0};
	sm_sql q;
	for (int i = 5; i >= 0; i--, ms >>= 8) {
		bytes[i] = (uint8_t)(ms & 0xff);
	}
	sm_hex(since, bytes, sizeof bytes);
	sm_sql_init(&q, x->j, &x->arena);
	sm_sql_text(&q, "SELECT DISTINCT stream FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id>");
	sm_sql_cstr(&q, since);
	sm_sql_text(&q, " AND leaf LIKE ");
	sm_sql_cstr(&q, SM_ERASE_LIKE);
	return sm_sql_read(&q, SM_SQL_STREAMS_ERASED, columns, 1, rows, e);
}

static sm_status erase_one(pruning *x, const char *stream, const sm_erasure *how, bool only_finish, sm_pruned *out, sm_error *e)
{
	sm_erasure what = *how;
	sm_erased erased;
	what.only_finish = only_finish;
	what.cited = (const char (*)[SM_ID_SIZE])x->cited;
	what.n_cited = x->n_cited;
	sm_status st = sm_audit_erase(x->j, stream, &what, &erased, e);
	out->runs += erased.fields > 0;
	out->fields += erased.fields;
	out->finished += erased.finished;
	out->kept += erased.kept;
	return st == SM_E_ILLEGAL || st == SM_E_STATE ? SM_OK : st; /* broken, or none of ours: verify says so */
}

/* The summary, in a stream of its own. */
static sm_status tell(pruning *x, int64_t before, sm_bytes by, sm_bytes reason, const sm_pruned *out, sm_error *e)
{
	char stream[SM_ID_SIZE];
	sm_history h;
	sm_audit_stream(&x->j->keys, SM_STR("privacy"), stream);
	sm_history_init(&h, &x->arena, stream);
	sm_status st = sm_stream_tip(x->j, &h, e);
	for (int i = 0; st == SM_OK && i < PAGE; i++) {
		sm_event ev = sm_event_new(SM_PRIVACY_PRUNED);
		size_t stored = 0;
		ev.before = before;
		ev.runs = out->runs;
		ev.fields = out->fields;
		st = sm_sql_event_text(&ev, &x->arena, "by", by, e);
		st = st ? st : sm_sql_event_text(&ev, &x->arena, "reason", reason, e);
		st = st ? st : sm_journal_append(x->j, &h, &ev, 1, NULL, &stored, e);
		if (st != SM_E_LOST) {
			break;
		}
		st = SM_OK;
	}
	return st;
}

sm_status sm_audit_prune(sm_journal *j, int64_t age_us, sm_bytes by, sm_bytes reason, int limit, sm_pruned *out, sm_error *e)
{
	pruning x = {.j = j};
	sm_erasure what = {.why = SM_STR("age"), .by = by, .reason = reason};
	sm_pruned from = *out;
	sm_rows old = {NULL, 0, 0}, half = {NULL, 0, 0};
	int64_t sequenced, projected, before = 0;

	*out = (sm_pruned){.after_time = from.after_time};
	memcpy(out->after, from.after, SM_ID_SIZE);
	sm_arena_init(&x.arena, j->arena.a);
	sm_status st = sm_journal_identify(j, e);
	st = st ? st : sm_journal_catch_up(j, CATCH_UP_PASSES, &sequenced, &projected, e);
	st = st ? st : take_all_citations(&x, e);
	st = st ? st : list_erased(&x, &half, e);
	for (size_t i = 0; st == SM_OK && i < half.n_rows; i++) {
		sm_bytes id = sm_rows_text(&half, i, 0, &x.arena);
		st = sm_is_hex(id, SM_ID_LEN) ? erase_one(&x, id.p, &what, true, out, e) : SM_OK;
	}
	if (st == SM_OK) {
		before = sm_journal_now(j) - age_us;
		st = list_old(&x, before, limit, &from, &old, e);
	}
	out->more = old.n_rows == (size_t)limit;
	for (size_t i = 0; st == SM_OK && i < old.n_rows; i++) {
		sm_bytes id = sm_rows_text(&old, i, 0, &x.arena);
		if (!sm_is_hex(id, SM_ID_LEN)) {
			continue;
		}
		st = erase_one(&x, id.p, &what, false, out, e);
		if (st == SM_OK) {
			out->looked++;
			out->after_time = sm_rows_int(&old, i, 1, 0);
			memcpy(out->after, id.p, SM_ID_LEN);
			out->after[SM_ID_LEN] = '\0';
		}
	}
	if (out->runs > 0) {
		sm_error told = {{0}, NULL, 0, 0, 0};
		sm_status said = tell(&x, before, by, reason, out, &told);
		if (st == SM_OK && said != SM_OK) {
			st = said;
			if (e != NULL) {
				*e = told;
			}
		}
	}
	sm_arena_free(&x.arena);
	return st;
}
