/* The log's own events: which key signs the journal's tree, and what came before it. */
#include "audit.h"

#include "sql.h"

#include <stdio.h>
#include <string.h>

enum { TRIES_MAX = 8, ORIGIN_DIGITS = 16 };

static const sm_bytes STREAM = SM_LIT("log"), ORIGIN_MIDDLE = SM_LIT("/sophmate/");

/* ---- what the stream says ---- */

typedef struct reading {
	sm_bytes *linked;
	size_t n;
	sm_bytes vkey, next;
	bool open;
} reading;

static bool is_current(const reading *r, sm_bytes origin)
{
	return r->n > 0 && sm_bytes_eq(r->linked[r->n - 1], origin);
}

static bool take(reading *r, const sm_event *ev)
{
	if (ev->type == SM_LOG_OPENED) {
		if (r->open) { /* the open one gets its key */
			if (!is_current(r, ev->origin) || r->vkey.p != NULL || ev->log_key.p == NULL) {
				return false;
			}
			r->vkey = ev->log_key;
			return true;
		}
		if (r->n > 0 && !sm_bytes_eq(r->next, ev->origin)) {
			return false;
		}
		r->linked[r->n++] = ev->origin;
		r->vkey = ev->log_key;
		r->open = true;
		return true;
	}
	if (ev->type != SM_LOG_CLOSED) {
		return false;
	}
	if (r->n == 0) { /* it never had a key, so nothing said that it was opened */
		r->linked[r->n++] = ev->origin;
	} else if (!r->open || !is_current(r, ev->origin)) {
		return false;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (sm_bytes_eq(r->linked[i], ev->next)) {
			return false; /* an old log is never opened again */
		}
	}
	r->open = false;
	r->vkey = (sm_bytes){NULL, 0};
	r->next = ev->next;
	return true;
}

static sm_status judge(sm_journal *j, sm_arena *arena, sm_log *log, sm_error *e)
{
	const sm_history *h = &log->history;
	reading r = {.linked = SM_NEW(arena, sm_bytes, h->n + 1)};
	if (r.linked == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < h->n; i++) {
		if (!take(&r, &h->events[i])) {
			return sm_fail(e, SM_E_ILLEGAL, "event %d (%s) of the stream \"log\" does not follow from those before it", (int)h->events[i].seq,
				sm_event_names[h->events[i].type]);
		}
	}
	if (r.n == 0) {
		r.linked[r.n++] = j->log;
	} else if (!r.open) {
		return sm_fail(e, SM_E_ILLEGAL, "the stream \"log\" ends with the log %.*s closed, and none open", (int)r.linked[r.n - 1].n, r.linked[r.n - 1].p);
	}
	bool known = false;
	for (size_t i = 0; i < r.n; i++) {
		known = known || sm_bytes_eq(r.linked[i], j->log);
	}
	log->origin = r.linked[r.n - 1];
	log->vkey = r.vkey;
	log->linked = r.linked;
	log->n_linked = r.n;
	log->unsettled = !sm_bytes_eq(log->origin, j->log);
	return known ? SM_OK : sm_fail(e, SM_E_ILLEGAL, "%.*smeta names the log %.*s; the journal's own log is %.*s: the row was changed", (int)j->store.prefix.n,
		j->store.prefix.p, (int)j->log.n, j->log.p, (int)log->origin.n, log->origin.p);
}

sm_status sm_log_read(sm_journal *j, sm_arena *arena, sm_log *log, sm_error *e)
{
	char stream[SM_ID_SIZE];
	memset(log, 0, sizeof *log);
	j->identified = false; /* another process may have opened the next log */
	sm_status s = sm_journal_identify(j, e);
	if (s != SM_OK) {
		return s;
	}
	sm_audit_stream(&j->keys, STREAM, stream);
	sm_history_init(&log->history, arena, stream);
	s = sm_journal_load(j, &log->history, e);
	if (s == SM_OK && log->history.broken) {
		return sm_fail(e, SM_E_ILLEGAL, "the stream \"log\" is broken: %s", log->history.broken_why);
	}
	return s == SM_OK ? judge(j, arena, log, e) : s;
}

/* ---- meta ---- */

sm_status sm_log_settle(sm_journal *j, sm_log *log, sm_error *e)
{
	sm_arena arena;
	sm_status s = SM_OK;
	sm_arena_init(&arena, j->arena.a);
	for (int i = 0; s == SM_OK && log->unsettled && i < TRIES_MAX; i++) {
		sm_sql q;
		sm_sql_init(&q, j, &arena);
		sm_sql_text(&q, "UPDATE ");
		sm_sql_table(&q, "meta");
		sm_sql_text(&q, " SET value=");
		sm_sql_str(&q, log->origin);
		sm_sql_text(&q, " WHERE name='log' AND value=");
		sm_sql_str(&q, j->log);
		s = sm_sql_write_again(&q, SM_SQL_OTHER, e);
		if (s != SM_OK && s != SM_E_STORE) {
			break;
		}
		j->identified = false; /* what reads back counts */
		s = sm_journal_identify(j, e);
		log->unsettled = s == SM_OK && !sm_bytes_eq(log->origin, j->log);
	}
	sm_arena_free(&arena);
	return s != SM_OK || !log->unsettled ? s : sm_fail(e, SM_E_UNCERTAIN, "%.*smeta did not take the log's new name", (int)j->store.prefix.n, j->store.prefix.p);
}

sm_status sm_log_next_origin(sm_journal *j, const sm_log *log, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	uint8_t raw[ORIGIN_DIGITS / 2];
	char hex[ORIGIN_DIGITS + 1];
	size_t host = 0;
	sm_buf b;

	while (host + ORIGIN_MIDDLE.n <= log->origin.n && memcmp(log->origin.p + host, ORIGIN_MIDDLE.p, ORIGIN_MIDDLE.n) != 0) {
		host++;
	}
	if (host + ORIGIN_MIDDLE.n > log->origin.n) {
		return sm_fail(e, SM_E_ILLEGAL, "the log's name %.*s is not HOST/sophmate/DIGITS", (int)log->origin.n, log->origin.p);
	}
	j->host.random(j->host.ctx, raw, sizeof raw);
	sm_hex(hex, raw, sizeof raw);
	sm_buf_init(&b, arena, SM_NOTE_NAME_MAX);
	sm_buf_put(&b, log->origin.p, host + ORIGIN_MIDDLE.n);
	sm_buf_puts(&b, hex);
	*out = sm_buf_bytes(&b);
	return b.status;
}

/* ---- changes ---- */

static sm_status add_person(sm_event *ev, sm_arena *arena, const sm_log_change *c, sm_error *e)
{
	sm_status s = sm_sql_event_text(ev, arena, "by", c->by, e);
	return s == SM_OK ? sm_sql_event_text(ev, arena, "reason", c->reason, e) : s;
}

/* At the tip that was read: whoever came first decides. */
static sm_status append(sm_journal *j, sm_arena *arena, sm_log *log, sm_event *events, size_t n, sm_error *e)
{
	size_t stored;
	sm_status s = sm_journal_append(j, &log->history, events, n, NULL, &stored, e);
	if (s == SM_E_LOST) {
		return sm_fail(e, SM_E_STATE, "somebody else changed the log %.*s meanwhile: look at it again", (int)log->origin.n, log->origin.p);
	}
	return s == SM_OK ? sm_log_read(j, arena, log, e) : s;
}

sm_status sm_log_give_key(sm_journal *j, sm_arena *arena, sm_log *log, const sm_log_change *change, sm_error *e)
{
	sm_event ev = sm_event_new(SM_LOG_OPENED);
	if (log->vkey.p != NULL) {
		return sm_fail(e, SM_E_STATE, "the log %.*s has a key: rotate it", (int)log->origin.n, log->origin.p);
	}
	ev.origin = change->origin;
	ev.why = change->why;
	ev.log_key = change->vkey;
	sm_status s = add_person(&ev, log->history.arena, change, e);
	return s == SM_OK ? append(j, arena, log, &ev, 1, e) : s;
}

static sm_json *previous(sm_arena *arena, const sm_log *log, const sm_checkpoint *last, sm_bytes root)
{
	sm_json *o = sm_json_new(arena, SM_JSON_OBJECT);
	if (o == NULL || sm_json_set(arena, o, SM_STR("origin"), sm_json_str(arena, log->origin))
		|| (last != NULL && (sm_json_set(arena, o, SM_STR("root"), sm_json_str(arena, root))
			|| sm_json_set(arena, o, SM_STR("size"), sm_json_int(arena, (int64_t)last->size))))) {
		return NULL;
	}
	return o;
}

sm_status sm_log_replace(sm_journal *j, sm_arena *arena, sm_log *log, const sm_log_change *change, sm_error *e)
{
	sm_event events[2] = {sm_event_new(SM_LOG_CLOSED), sm_event_new(SM_LOG_OPENED)};
	sm_bytes root = {NULL, 0};
	sm_buf b;

	sm_buf_init(&b, arena, SM_HASH_BASE64_LEN + 1);
	if (change->last != NULL) {
		sm_hash_put(&b, &change->last->root);
		root = sm_buf_bytes(&b);
		events[0].size = (int64_t)change->last->size;
	}
	events[0].origin = log->origin;
	events[0].next = change->origin;
	events[0].root = root;
	events[1].origin = change->origin;
	events[1].why = change->why;
	events[1].log_key = change->vkey;
	events[1].previous = previous(arena, log, change->last, root);
	if (events[1].previous == NULL || b.status != SM_OK) {
		return SM_E_NOMEM;
	}
	sm_status s = add_person(&events[0], log->history.arena, change, e);
	s = s == SM_OK ? add_person(&events[1], log->history.arena, change, e) : s;
	s = s == SM_OK ? append(j, arena, log, events, 2, e) : s;
	return s == SM_OK ? sm_log_settle(j, log, e) : s;
}
