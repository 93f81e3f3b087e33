/* Erasing private values: an event in their own stream first, then the column, then a look at what is there. A process may die anywhere:
 * the same call finishes what an event has named. Here: of a run, which is read as a whole, because its state decides. */
#include "audit_erase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_private.h"
#include "sql.h"

enum { TRIES_MAX = 16 };

/* One run while values of it are erased. */
typedef struct erasing {
	sm_journal *j;
	const sm_erasure *what;
	sm_arena arena;
	sm_history h;
	size_t n;        /* events that were looked at: what is appended meanwhile comes behind them */
	unsigned *named; /* of each event: fields that a privacy.erased names */
	unsigned *chosen; /* of each event: fields to erase now */
	sm_buf decisions; /* texts of persons who decided: what they cite stays */
} erasing;

static bool is_closed(const sm_run *run)
{
	return run->phase == SM_PHASE_COMPLETED || run->phase == SM_PHASE_ENDED;
}

/* ---- what may be erased at all ---- */

static sm_status check_stream(erasing *x, sm_error *e)
{
	const sm_history *h = &x->h;
	if (h->n == 0) {
		return sm_fail(e, SM_E_STATE, "there is no run or stream %s", h->stream);
	}
	if (h->broken) {
		return sm_fail(e, SM_E_ILLEGAL, "%s is broken: %s", h->stream, h->broken_why);
	}
	if (h->run.phase == SM_PHASE_NONE) {
		sm_bytes first = sm_event_name(&h->events[0]);
		return sm_fail(e, SM_E_STATE, "stream %s begins with %.*s: who decided there, and why, is kept as evidence", h->stream, (int)first.n, first.p);
	}
	return is_closed(&h->run) ? SM_OK
		: sm_fail(e, SM_E_STATE, "run %s is open (%s, step \"%.*s\"): it needs its values to go on; finish or stop it first, then erase", h->stream,
			sm_shown_names[sm_run_shown(&h->run, h->now)], sm_run_step(&h->run) != NULL ? (int)sm_run_step(&h->run)->row.name.n : 0,
			sm_run_step(&h->run) != NULL ? sm_run_step(&h->run)->row.name.p : "");
}

/* ---- what stays when it is old ---- */

static bool is_field(const sm_private *p, const char *name)
{
	return sm_bytes_eq(p->field, sm_cstr(name));
}

/* Who decided, why, and on what evidence. */
static bool is_evidence(const sm_event *ev, const sm_private *p)
{
	switch (ev->type) {
	case SM_VERDICT_DONE:
	case SM_VERDICT_NOT_DONE:
	case SM_VERDICT_ABANDONED:
	case SM_RUN_RESUMED:
	case SM_RUN_ENDED:
	case SM_RUN_PAUSED:
	case SM_PAUSE_REQUESTED:
		return is_field(p, "by") || is_field(p, "reason") || is_field(p, "evidence");
	default:
		return false;
	}
}

static bool is_failure(const sm_event *ev)
{
	return ev->type == SM_STEP_FAILED || ev->type == SM_STEP_UNKNOWN || ev->type == SM_STEP_READY || ev->type == SM_LATE_FAILED;
}

/* Somebody has looked at the run: a note, or any decision of a person. */
static bool is_review(const sm_event *ev)
{
	switch (ev->type) {
	case SM_NOTE:
	case SM_PAUSE_REQUESTED:
	case SM_RUN_RESUMED:
	case SM_RUN_ENDED:
		return true;
	case SM_VERDICT_DONE:
	case SM_VERDICT_NOT_DONE:
	case SM_VERDICT_ABANDONED:
		return sm_bytes_eq(ev->source, SM_STR("person"));
	default:
		return false;
	}
}

static bool is_reviewed(const sm_history *h, size_t i)
{
	for (size_t k = i + 1; k < h->n; k++) {
		if (is_review(&h->events[k])) {
			return true;
		}
	}
	return false;
}

int sm_erase_id_cmp(const void *a, const void *b)
{
	return memcmp(a, b, SM_ID_LEN);
}

bool sm_erase_is_cited(const sm_erasure *what, const char *id)
{
	return what->n_cited > 0 && bsearch(id, what->cited, what->n_cited, SM_ID_SIZE, sm_erase_id_cmp) != NULL;
}

static bool is_cited(const erasing *x, const sm_event *ev)
{
	const char *text = x->decisions.p;
	for (size_t at = 0; at + SM_ID_LEN <= x->decisions.n; at++) {
		if (memcmp(text + at, ev->id, SM_ID_LEN) == 0) {
			return true;
		}
	}
	return sm_erase_is_cited(x->what, ev->id);
}

static bool stays(const erasing *x, size_t i, const sm_private *p)
{
	const sm_event *ev = &x->h.events[i];
	if (!sm_bytes_eq(x->what->why, SM_STR("age"))) {
		return false;
	}
	return is_evidence(ev, p) || (is_failure(ev) && (is_field(p, "message") || is_field(p, "evidence")) && !is_reviewed(&x->h, i)) || is_cited(x, ev);
}

/* ---- choosing ---- */

/* ev->n_p = none */
static size_t find_field(const sm_event *ev, sm_bytes name)
{
	size_t k = 0;
	while (k < ev->n_p && !sm_bytes_eq(ev->p[k].field, name)) {
		k++;
	}
	return k;
}

int64_t sm_erase_count(unsigned fields)
{
	int64_t n = 0;
	for (; fields != 0; fields &= fields - 1) {
		n++;
	}
	return n;
}

unsigned sm_erase_fields(const sm_event *ev, const sm_json *row)
{
	unsigned fields = 0;
	for (size_t f = 1; f < row->u.a.n; f++) {
		size_t k = row->u.a.items[f].kind == SM_JSON_STRING ? find_field(ev, row->u.a.items[f].u.s) : ev->n_p;
		fields |= k < ev->n_p ? 1u << k : 0;
	}
	return fields;
}

/* Takes up what one privacy.erased names. What is not there is gone. */
static void take_named(erasing *x, const sm_json *erased)
{
	for (size_t r = 0; erased != NULL && erased->kind == SM_JSON_ARRAY && r < erased->u.a.n; r++) {
		const sm_json *row = &erased->u.a.items[r];
		if (row->kind != SM_JSON_ARRAY || row->u.a.n < 2 || row->u.a.items[0].kind != SM_JSON_INT) {
			continue;
		}
		int64_t seq = row->u.a.items[0].u.i;
		if (seq >= 1 && seq <= (int64_t)x->h.n) {
			x->named[seq - 1] |= sm_erase_fields(&x->h.events[seq - 1], row);
		}
	}
}

static sm_status choose(erasing *x, sm_erased *out)
{
	const sm_history *h = &x->h;
	sm_status st = SM_OK;
	x->n = h->n;
	x->named = SM_NEW(&x->arena, unsigned, h->n);
	x->chosen = SM_NEW(&x->arena, unsigned, h->n);
	sm_buf_init(&x->decisions, &x->arena, SIZE_MAX / 2);
	if (x->named == NULL || x->chosen == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < h->n; i++) {
		if (h->events[i].type == SM_PRIVACY_ERASED) {
			take_named(x, h->events[i].erased);
		}
		for (size_t k = 0; k < h->events[i].n_p; k++) {
			if (is_evidence(&h->events[i], &h->events[i].p[k])) {
				sm_buf_put(&x->decisions, h->events[i].p[k].value.p, h->events[i].p[k].value.n);
			}
		}
	}
	out->kept = 0;
	for (size_t i = 0; st == SM_OK && i < h->n; i++) {
		const sm_event *ev = &h->events[i];
		for (size_t k = 0; st == SM_OK && ev->type != SM_PRIVACY_ERASED && k < ev->n_p; k++) {
			bool wanted = !x->what->only_finish || (x->named[i] & 1u << k);
			if (wanted && !(x->named[i] & 1u << k) && stays(x, i, &ev->p[k])) {
				out->kept++;
			} else if (wanted) {
				x->chosen[i] |= 1u << k;
			}
		}
	}
	return st ? st : x->decisions.status;
}

/* ---- naming ---- */

sm_status sm_erase_list(sm_arena *arena, sm_json *list, const sm_event *ev, unsigned fields)
{
	sm_json *row = sm_json_new(arena, SM_JSON_ARRAY), *seq = sm_json_int(arena, ev->seq);
	if (row == NULL || seq == NULL || sm_json_push(arena, row, seq)) {
		return SM_E_NOMEM;
	}
	for (size_t k = 0; k < ev->n_p; k++) {
		if (fields & 1u << k) {
			sm_bytes name;
			/* the list may outlive the event */
			if (sm_arena_dup(arena, ev->p[k].field, &name) || sm_json_push(arena, row, sm_json_str(arena, name))) {
				return SM_E_NOMEM;
			}
		}
	}
	return sm_json_push(arena, list, row);
}

sm_status sm_erase_event(sm_event *ev, sm_arena *arena, const sm_erasure *what, const sm_json *list, sm_error *e)
{
	*ev = sm_event_new(SM_PRIVACY_ERASED);
	ev->why = what->why;
	ev->erased = list;
	sm_status st = sm_sql_event_text(ev, arena, "by", what->by, e);
	return st ? st : sm_sql_event_text(ev, arena, "reason", what->reason, e);
}

/* [[seq, field ...] ...] of what is chosen and not named, from *i on, at most SM_ERASED_ROWS_MAX rows. */
static sm_json *list_chosen(erasing *x, size_t *i, sm_erased *out)
{
	sm_json *list = sm_json_new(&x->arena, SM_JSON_ARRAY);
	for (; list != NULL && *i < x->n && list->u.a.n < SM_ERASED_ROWS_MAX; ++*i) {
		unsigned fields = x->chosen[*i] & ~x->named[*i];
		if (fields == 0) {
			continue;
		}
		if (sm_erase_list(&x->arena, list, &x->h.events[*i], fields)) {
			return NULL;
		}
		x->named[*i] |= fields;
		out->events++;
		out->fields += sm_erase_count(fields);
	}
	return list;
}

/* Stores the events that name what is about to go. @return SM_E_LOST: the stream has grown; look at it again */
static sm_status name_chosen(erasing *x, sm_erased *out, sm_error *e)
{
	size_t i = 0;
	while (i < x->n) {
		sm_event ev;
		size_t stored = 0;
		sm_erased counted = *out;
		sm_json *list = list_chosen(x, &i, &counted);
		if (list == NULL) {
			return SM_E_NOMEM;
		}
		if (list->u.a.n == 0) {
			break;
		}
		sm_status st = sm_erase_event(&ev, &x->arena, x->what, list, e);
		st = st ? st : sm_journal_append(x->j, &x->h, &ev, 1, NULL, &stored, e);
		if (st) {
			return st;
		}
		*out = counted;
	}
	return SM_OK;
}

/* ---- clearing ---- */

/* Fields only ever go, so the column's length says whether it is still the one that was read. */
sm_status sm_erase_clear(sm_journal *j, sm_arena *arena, const sm_event *ev, unsigned gone, sm_error *e)
{
	bool sqlite = j->store.dialect == SM_SQLITE;
	sm_bytes rest;
	sm_sql q;
	sm_status st = sm_private_without(arena, ev, gone, &rest);
	if (st) {
		return st;
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " SET private=");
	sm_sql_str_or_null(&q, rest);
	sm_sql_text(&q, " WHERE id=");
	sm_sql_cstr(&q, ev->id);
	sm_sql_text(&q, sqlite ? " AND LENGTH(CAST(private AS BLOB))=" : " AND LENGTH(private)=");
	sm_sql_int(&q, (int64_t)ev->private_text.n);
	return sm_sql_write_again(&q, SM_SQL_ERASE, e);
}

/* Clears what is chosen of the events as they were read. @param left   there was something to clear */
static sm_status clear_chosen(erasing *x, bool *left, sm_error *e)
{
	sm_status st = SM_OK;
	*left = false;
	for (size_t i = 0; st == SM_OK && i < x->n; i++) {
		if (x->chosen[i] != 0) {
			*left = true;
			st = sm_erase_clear(x->j, &x->arena, &x->h.events[i], x->chosen[i], e);
		}
	}
	return st;
}

static sm_status read_anew(erasing *x, const char *stream, sm_error *e)
{
	sm_arena_free(&x->arena);
	sm_history_init(&x->h, &x->arena, stream);
	return sm_journal_load(x->j, &x->h, e);
}

static int64_t count_unfinished(const erasing *x)
{
	int64_t n = 0;
	for (size_t i = 0; i < x->n; i++) {
		n += sm_erase_count(x->chosen[i] & x->named[i]);
	}
	return n;
}

sm_status sm_audit_erase(sm_journal *j, const char *stream, const sm_erasure *what, sm_erased *out, sm_error *e)
{
	erasing x = {.j = j, .what = what};
	bool cleared = false, sent = false, of_the_site = false;
	sm_status st = sm_journal_identify(j, e);

	memset(out, 0, sizeof *out);
	st = st ? st : sm_stream_is_of_the_site(j, stream, &of_the_site, e);
	if (st || of_the_site) {
		return st ? st : sm_erase_stream(j, stream, what, out, e);
	}
	sm_arena_init(&x.arena, j->arena.a);
	for (int i = 0; st == SM_OK && !cleared && i < TRIES_MAX; i++) {
		bool left = false;
		if ((st = read_anew(&x, stream, e)) || (st = check_stream(&x, e)) || (st = choose(&x, out))) {
			break;
		}
		out->finished = sent ? out->finished : count_unfinished(&x);
		st = name_chosen(&x, out, e);
		if (st == SM_E_LOST) {
			st = SM_OK;
			continue; /* somebody wrote there: what was named is named, the rest is chosen again */
		}
		if (st == SM_OK) {
			st = clear_chosen(&x, &left, e);
			sent = sent || left;
			cleared = st == SM_OK && !left; /* read, and nothing of it was there */
		}
	}
	sm_arena_free(&x.arena);
	if (st == SM_E_STORE && sent) {
		return SM_E_UNCERTAIN;
	}
	return st || cleared ? st : sm_fail(e, SM_E_UNCERTAIN, "values of %s are named as erased, but still there after %d tries: erase again", stream, TRIES_MAX);
}
