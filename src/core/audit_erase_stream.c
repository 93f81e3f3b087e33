/* Erasing in a stream outside of runs, which may be as long as the journal: page by page, in memory that does not grow with it.
 *
 * First everything that erasures up to the stream's tip have named is cleared, so that whatever is there behind it has not been named
 * yet. Then it is named and cleared, some rows at a time; an event that names stands right behind the tip that was looked at, or it is not
 * stored: whoever lost that race looks at what came between. So no value is named twice, however many erase at once. */
#include "audit_erase.h"

#include <string.h>

#include "sql.h"

enum { PAGE = 16, ERASURES_PAGE = 4, TRIES_MAX = 200, CLEARS_MAX = 16 };

typedef struct erasing {
	sm_journal *j;
	const char *stream;
	const sm_erasure *what;
	sm_erased *out;
	int32_t tip;           /* erasures up to it are looked at */
	char tip_id[SM_ID_SIZE];
	bool sent;             /* something is named, or a column was written: an error leaves the rest to the next call */
	sm_error *e;
} erasing;

sm_status sm_stream_is_of_the_site(sm_journal *j, const char *stream, bool *is, sm_error *e)
{
	static const char *const columns[] = {"leaf"};
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	*is = false;
	sm_arena_init(&arena, j->arena.a);
	sm_sql_init(&q, j, &arena);
	sm_sql_text(&q, "SELECT leaf FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, stream);
	sm_sql_text(&q, " AND seq=1");
	sm_status st = sm_sql_read(&q, SM_SQL_STREAM_FIRST, columns, 1, &rows, e);
	if (st == SM_OK && rows.n_rows > 0) {
		sm_event ev;
		st = sm_event_decode(&ev, &arena, sm_rows_text(&rows, 0, 0, &arena), (sm_bytes){NULL, 0}, NULL);
		*is = st == SM_OK && ev.type == SM_OF_THE_SITE;
		st = st == SM_E_NOMEM ? st : SM_OK;
	}
	sm_arena_free(&arena);
	return st;
}

/* ---- reading ---- */

typedef struct page {
	sm_arena arena;
	sm_event *events;
	size_t n;
	bool more; /* there may be others behind them */
	int32_t last;
} page;

static void begin(const erasing *x, sm_sql *q, sm_arena *arena, int32_t after)
{
	sm_sql_init(q, x->j, arena);
	sm_sql_text(q, "SELECT seq, leaf, private FROM ");
	sm_sql_table(q, "journal");
	sm_sql_text(q, " WHERE stream=");
	sm_sql_cstr(q, x->stream);
	sm_sql_text(q, " AND seq>");
	sm_sql_int(q, after);
}

/* Sends what begin() began and was narrowed down; p->arena is freed by the caller, whatever comes back. */
static sm_status read_rows(const erasing *x, sm_sql *q, sm_statement_kind kind, int limit, page *p)
{
	static const char *const columns[] = {"seq", "leaf", "private"};
	sm_rows rows;
	sm_sql_text(q, " ORDER BY seq LIMIT ");
	sm_sql_int(q, limit);
	sm_status st = sm_sql_read(q, kind, columns, 3, &rows, x->e);
	if (st) {
		return st;
	}
	p->events = SM_NEW(&p->arena, sm_event, rows.n_rows);
	p->n = rows.n_rows;
	p->more = rows.n_rows == (size_t)limit;
	if (p->events == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < rows.n_rows; i++) {
		sm_event *ev = &p->events[i];
		int64_t seq = sm_rows_int(&rows, i, 0, 0);
		st = sm_event_decode(ev, &p->arena, sm_rows_text(&rows, i, 1, &p->arena), sm_rows_text(&rows, i, 2, &p->arena), NULL);
		if (st == SM_E_NOMEM) {
			return st;
		}
		if (st || ev->seq != seq || strcmp(ev->stream, x->stream) != 0) {
			return sm_fail(x->e, SM_E_ILLEGAL, "row %d of stream %s is no event of it", (int)seq, x->stream);
		}
		p->last = ev->seq;
	}
	return SM_OK;
}

/* Rows that hold private values, behind `after` and up to `last`. */
static sm_status read_values(const erasing *x, int32_t after, int32_t last, page *p)
{
	sm_sql q;
	begin(x, &q, &p->arena, after);
	sm_sql_text(&q, " AND seq<=");
	sm_sql_int(&q, last);
	sm_sql_text(&q, " AND private IS NOT NULL");
	return read_rows(x, &q, SM_SQL_STREAM_VALUES, PAGE, p);
}

static sm_status read_erasures(const erasing *x, int32_t after, page *p)
{
	sm_sql q;
	begin(x, &q, &p->arena, after);
	sm_sql_text(&q, " AND leaf LIKE ");
	sm_sql_cstr(&q, SM_ERASE_LIKE);
	return read_rows(x, &q, SM_SQL_STREAM_ERASURES, ERASURES_PAGE, p);
}

static int64_t row_seq(const sm_json *row)
{
	return row->kind == SM_JSON_ARRAY && row->u.a.n > 1 && row->u.a.items[0].kind == SM_JSON_INT ? row->u.a.items[0].u.i : 0;
}

/* Of the rows that a list names those that hold private values. */
static sm_status read_named(const erasing *x, const sm_json *list, int32_t after, page *p)
{
	sm_sql q;
	begin(x, &q, &p->arena, after);
	sm_sql_text(&q, " AND private IS NOT NULL AND seq IN (0");
	for (size_t i = 0; i < list->u.a.n; i++) {
		sm_sql_text(&q, ", ");
		sm_sql_int(&q, row_seq(&list->u.a.items[i]));
	}
	sm_sql_text(&q, ")");
	return read_rows(x, &q, SM_SQL_STREAM_NAMED, PAGE, p);
}

/* ---- clearing ---- */

static unsigned fields_in(const sm_event *ev, const sm_json *list)
{
	unsigned fields = 0;
	for (size_t i = 0; ev->type != SM_PRIVACY_ERASED && i < list->u.a.n; i++) {
		fields |= row_seq(&list->u.a.items[i]) == ev->seq ? sm_erase_fields(ev, &list->u.a.items[i]) : 0;
	}
	return fields;
}

/* One pass over what a list names. @param left   fields that were there */
static sm_status clear_once(erasing *x, const sm_json *list, int64_t *left)
{
	int32_t after = 0;
	bool more = true;
	sm_status st = SM_OK;
	*left = 0;
	while (st == SM_OK && more) {
		page p = {.more = false};
		sm_arena_init(&p.arena, x->j->arena.a);
		st = read_named(x, list, after, &p);
		for (size_t i = 0; st == SM_OK && i < p.n; i++) {
			unsigned fields = fields_in(&p.events[i], list);
			*left += sm_erase_count(fields);
			if (fields != 0) {
				x->sent = true;
				st = sm_erase_clear(x->j, &p.arena, &p.events[i], fields, x->e);
			}
		}
		more = p.more;
		after = p.last;
		sm_arena_free(&p.arena);
	}
	return st;
}

/* Clears it and reads it back. @param found   fields that were there at first */
static sm_status clear(erasing *x, const sm_json *list, int64_t *found)
{
	int64_t left;
	sm_status st = SM_OK;
	*found = 0;
	for (int i = 0; st == SM_OK && i < CLEARS_MAX; i++) {
		st = clear_once(x, list, &left);
		*found = i == 0 ? left : *found;
		if (st == SM_OK && left == 0) {
			return SM_OK;
		}
	}
	return st ? st : sm_fail(x->e, SM_E_UNCERTAIN, "values of %s are named as erased, but still there after %d tries: erase again", x->stream, CLEARS_MAX);
}

/* Clears what erasures behind `after` have named. */
static sm_status finish_named(erasing *x, int32_t after)
{
	bool more = true;
	sm_status st = SM_OK;
	while (st == SM_OK && more) {
		page p = {.more = false};
		sm_arena_init(&p.arena, x->j->arena.a);
		st = read_erasures(x, after, &p);
		for (size_t i = 0; st == SM_OK && i < p.n; i++) {
			const sm_event *ev = &p.events[i];
			int64_t found;
			if (ev->type == SM_PRIVACY_ERASED && ev->erased->kind == SM_JSON_ARRAY && ev->erased->u.a.n > 0) {
				st = clear(x, ev->erased, &found);
				x->out->finished += st == SM_OK ? found : 0;
			}
		}
		more = p.more;
		after = p.last;
		sm_arena_free(&p.arena);
	}
	return st;
}

/* ---- naming ---- */

static sm_status choose_in(erasing *x, const sm_event *ev, sm_arena *scratch, unsigned *fields, int64_t *kept)
{
	bool age = sm_bytes_eq(x->what->why, SM_STR("age"));
	sm_status st = SM_OK;
	*fields = 0;
	for (size_t k = 0; st == SM_OK && ev->type != SM_PRIVACY_ERASED && k < ev->n_p; k++) {
		bool wanted = true;
		if (x->what->person != NULL) {
			st = sm_person_in(scratch, x->what->person, ev->p[k].value, &wanted);
		}
		if (st == SM_OK && wanted && age && sm_erase_is_cited(x->what, ev->id)) {
			++*kept;
		} else if (st == SM_OK && wanted) {
			*fields |= 1u << k;
		}
	}
	return st;
}

/* As many rows as one event names, from behind *after on, which moves. */
static sm_status choose(erasing *x, sm_arena *arena, int32_t *after, int32_t last, sm_json *list, sm_erased *counted)
{
	bool more = true;
	sm_status st = SM_OK;
	while (st == SM_OK && more && list->u.a.n < SM_ERASED_ROWS_MAX) {
		page p = {.more = false};
		sm_arena_init(&p.arena, x->j->arena.a);
		st = read_values(x, *after, last, &p);
		for (size_t i = 0; st == SM_OK && i < p.n && list->u.a.n < SM_ERASED_ROWS_MAX; i++) {
			unsigned fields;
			st = choose_in(x, &p.events[i], &p.arena, &fields, &counted->kept);
			if (st == SM_OK && fields != 0) {
				st = sm_erase_list(arena, list, &p.events[i], fields);
				counted->events++;
				counted->fields += sm_erase_count(fields);
			}
			*after = p.events[i].seq;
		}
		more = p.more;
		sm_arena_free(&p.arena);
	}
	return st;
}

/* Stores the event that names the list, right behind the tip.
 * @return SM_E_LOST: others have written there; what they named is cleared, the tip is theirs */
static sm_status name(erasing *x, sm_arena *arena, const sm_json *list)
{
	sm_event ev;
	sm_history h;
	size_t stored = 0;
	sm_history_init(&h, arena, x->stream);
	h.run.seq = x->tip;
	memcpy(h.run.last_id, x->tip_id, SM_ID_SIZE);
	sm_status st = sm_erase_event(&ev, arena, x->what, list, x->e);
	ev.scope = SM_STR("site");
	st = st ? st : sm_journal_append(x->j, &h, &ev, 1, NULL, &stored, x->e);
	if (st != SM_OK && st != SM_E_LOST) {
		return st;
	}
	int32_t before = x->tip;
	x->sent = x->sent || st == SM_OK;
	x->tip = h.run.seq;
	memcpy(x->tip_id, h.run.last_id, SM_ID_SIZE);
	sm_status cleared = st == SM_E_LOST ? finish_named(x, before) : SM_OK;
	return cleared ? cleared : st;
}

/* Some rows: chosen, named, cleared. @param more   there may be others behind *after */
static sm_status erase_some(erasing *x, int32_t *after, int32_t last, bool *more)
{
	int32_t from = *after;
	sm_arena arena;
	sm_status st = SM_E_LOST;
	for (int i = 0; st == SM_E_LOST && i < TRIES_MAX; i++) {
		sm_erased counted = *x->out;
		int64_t found;
		*after = from;
		sm_arena_init(&arena, x->j->arena.a);
		sm_json *list = sm_json_new(&arena, SM_JSON_ARRAY);
		st = list != NULL ? choose(x, &arena, after, last, list, &counted) : SM_E_NOMEM;
		*more = st == SM_OK && list->u.a.n == SM_ERASED_ROWS_MAX;
		if (st == SM_OK && list->u.a.n > 0) {
			st = name(x, &arena, list);
		}
		if (st == SM_OK) {
			counted.finished = x->out->finished;
			*x->out = counted;
			st = list->u.a.n > 0 ? clear(x, list, &found) : SM_OK;
		}
		sm_arena_free(&arena);
	}
	return st != SM_E_LOST ? st
		: sm_fail(x->e, SM_E_LOST, "stream %s: others wrote there %d times meanwhile; erase again", x->stream, TRIES_MAX);
}

sm_status sm_erase_stream(sm_journal *j, const char *stream, const sm_erasure *what, sm_erased *out, sm_error *e)
{
	erasing x = {.j = j, .stream = stream, .what = what, .out = out, .e = e};
	int32_t after = 0;
	bool more = !what->only_finish;
	sm_arena arena;
	sm_history h;

	sm_arena_init(&arena, j->arena.a);
	sm_history_init(&h, &arena, stream);
	sm_status st = sm_stream_tip(j, &h, e);
	int32_t last = x.tip = h.run.seq;
	memcpy(x.tip_id, h.run.last_id, SM_ID_SIZE);
	sm_arena_free(&arena);
	st = st ? st : finish_named(&x, 0);
	while (st == SM_OK && more) {
		st = erase_some(&x, &after, last, &more);
	}
	return st == SM_E_STORE && x.sent ? SM_E_UNCERTAIN : st;
}
