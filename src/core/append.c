/* The write rule (PROTOCOL section 5): one intent is one set of ids; anything but full success is read back. */
#include <string.h>

#include "event_private.h"
#include "history.h"
#include "plant.h"
#include "sql.h"

enum { ROW_OVERHEAD = 512 /* bytes of a row beside leaf and private value */ };

typedef struct sending {
	sm_journal *j;
	sm_history *h;
	sm_event *events;
	size_t n, stored;      /* ours; a prefix is stored */
	sm_guard *guard;
	sm_arena scratch;
	bool may_be_applied;   /* something of this intent was sent and its answer is not known for sure */
	sm_status left_out;    /* why the guarded start, at events[n], is left out of what is sent; SM_OK = it is not */
} sending;

static void put_values(sm_sql *q, const sending *s, size_t last)
{
	sm_sql_text(q, " VALUES ");
	for (size_t i = s->stored; i < last; i++) {
		sm_sql_text(q, i == s->stored ? "(" : ", (");
		sm_sql_event(q, &s->events[i]);
		sm_sql_text(q, ")");
	}
}

/* The rows before the last as SELECTs, then the last as SELECT ... FROM, to be closed by its condition. */
static void put_selects(sm_sql *q, const sending *s)
{
	for (size_t i = s->stored; i < s->n; i++) {
		sm_sql_text(q, i == s->stored ? " SELECT " : " UNION ALL SELECT ");
		sm_sql_event(q, &s->events[i]);
	}
	sm_sql_text(q, " FROM ");
}

static void put_start_condition(sm_sql *q, const sending *s)
{
	static const char *const from[SM_TARGETS_MAX] = {" s0", ", ", ", "};
	static const char *const alias[SM_TARGETS_MAX] = {"", " s1", " s2"};
	static const char *const target[SM_TARGETS_MAX] = {"s0.target=", " AND s1.target=", " AND s2.target="};
	static const char *const held[SM_TARGETS_MAX] = {" AND s0.held=0", " AND s1.held=0", " AND s2.held=0"};

	for (size_t i = 0; i < s->guard->n_targets; i++) {
		if (i > 0) {
			sm_sql_text(q, from[i]);
		}
		sm_sql_table(q, "switch");
		sm_sql_text(q, i == 0 ? from[0] : alias[i]);
	}
	sm_sql_text(q, " WHERE s0.site_check=");
	sm_sql_cstr(q, s->j->site_check);
	for (size_t i = 0; i < s->guard->n_targets; i++) {
		sm_sql_text(q, i == 0 ? " AND " : "");
		sm_sql_text(q, target[i]);
		sm_sql_str(q, s->guard->targets[i]);
		sm_sql_text(q, held[i]);
	}
	sm_sql_lock_share(q);
}

static sm_status send_rows(sending *s, int64_t *changed, sm_error *e)
{
	sm_guard_kind guard = s->guard == NULL ? SM_GUARD_NONE : s->guard->kind;
	sm_statement_kind kind = SM_SQL_APPEND;
	sm_sql q;

	sm_sql_init(&q, s->j, &s->scratch);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " (");
	sm_sql_event_columns(&q);
	sm_sql_text(&q, ")");
	if (guard == SM_GUARD_NONE || (SM_PLANTED(SWITCH_BY_SELECT) && guard == SM_GUARD_START)) {
		put_values(&q, s, s->n);
	} else if (guard == SM_GUARD_START) {
		kind = SM_SQL_APPEND_START;
		put_selects(&q, s);
		put_start_condition(&q, s);
	} else {
		kind = SM_SQL_APPEND_LAPSED;
		put_selects(&q, s);
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, " WHERE stream=");
		sm_sql_cstr(&q, s->h->stream);
		sm_sql_text(&q, " AND seq=");
		sm_sql_int(&q, s->guard->lapsed_seq);
		sm_sql_text(&q, " AND stored_at + lease*1000 + ");
		sm_sql_int(&q, SM_PLANTED(RECOVERY_IGNORES_LEASE) ? -(INT64_C(1) << 50) : s->j->settings.clock_skew_ms * 1000);
		sm_sql_text(&q, " < ");
		sm_sql_now(&q);
	}
	return sm_sql_write(&q, kind, changed, e);
}

/* Encodes after h's tip and applies to a copy: what apply refuses is never sent. */
static sm_status prepare(sending *s, sm_error *e)
{
	sm_history *h = s->h;
	const char *last = h->run.last_id;
	int32_t seq = h->run.seq;
	size_t bytes = 0;
	sm_run copy;
	sm_redaction rules = h->redact != NULL ? *h->redact : (sm_redaction){NULL, NULL, 0, 0, NULL};
	sm_status st = sm_run_copy(&copy, &h->run, &s->scratch);

	rules.more = &s->j->redaction;

	for (size_t i = s->stored; st == SM_OK && i < s->n; i++) {
		sm_event *ev = &s->events[i];
		memcpy(ev->stream, h->stream, SM_ID_SIZE);
		st = sm_event_redact(ev, h->arena, &rules, e);
		st = st ? st : sm_event_encode(ev, h->arena, &s->j->host, s->j->log, ++seq, last, e);
		if (st == SM_OK) {
			ev->stored_at = sm_journal_now(s->j);
			last = ev->id;
			bytes += ev->leaf.n + ev->private_text.n + ROW_OVERHEAD;
			st = sm_history_follow(&copy, ev, &s->scratch, e);
		}
	}
	if (st == SM_OK && (int64_t)bytes > s->j->max_statement) {
		st = sm_fail_limit(e, "bytes of a statement (a quarter of max_allowed_packet)", s->j->max_statement, (int64_t)bytes);
	}
	return st;
}

static bool is_ours(const sm_event *found, const sm_event *ours)
{
	if (SM_PLANTED(READ_BACK_BY_STATE)) {
		return found->type == ours->type && found->attempt == ours->attempt && sm_bytes_eq(found->step, ours->step);
	}
	return strcmp(found->id, ours->id) == 0;
}

/* Reads what lies after the tip. @return SM_OK all ours are stored, SM_E_LOST, SM_E_STATE nobody stands in the way of the rest, SM_E_UNCERTAIN */
static sm_status read_back(sending *s, sm_error *e)
{
	sm_history *h = s->h;
	size_t base = h->n;
	sm_status st = sm_journal_load(s->j, h, e);
	if (st) {
		return st == SM_E_STORE ? SM_E_UNCERTAIN : st;
	}
	size_t i = base;
	while (i < h->n && s->stored < s->n && is_ours(&h->events[i], &s->events[s->stored])) {
		i++;
		s->stored++;
	}
	if (h->broken) {
		return sm_fail(e, SM_E_ILLEGAL, "run %s is broken: %s", h->stream, h->broken_why);
	}
	/* the whole statement was still on its way and came first */
	if (s->left_out != SM_OK && s->stored == s->n && i < h->n && is_ours(&h->events[i], &s->events[s->n])) {
		s->left_out = SM_OK;
		s->stored = ++s->n;
	}
	return s->stored == s->n ? SM_OK : i < h->n ? SM_E_LOST : SM_E_STATE;
}

/* A guarded start was not stored: which switch holds, which row is missing? @return SM_OK send again, SM_E_HELD, SM_E_IDENTITY */
static sm_status look_at_targets(sending *s, sm_error *e)
{
	sm_guard *g = s->guard;
	sm_rows rows;
	sm_status st = sm_sql_read_switches(s->j, &s->scratch, g->targets, g->n_targets, &rows, e);

	if (st) {
		return st == SM_E_STORE && s->may_be_applied ? SM_E_UNCERTAIN : st;
	}
	for (size_t t = 0; t < g->n_targets; t++) {
		bool found = false;
		for (size_t i = 0; i < rows.n_rows && !found; i++) {
			if (!sm_bytes_eq(sm_rows_text(&rows, i, SM_SWITCH_TARGET, &s->scratch), g->targets[t])) {
				continue;
			}
			found = true;
			if (t == 0 && !sm_bytes_eq(sm_rows_text(&rows, i, SM_SWITCH_SITE_CHECK, &s->scratch), sm_cstr(s->j->site_check))) {
				return sm_fail(e, SM_E_IDENTITY, "this site's environment, key or schema is not the one that its journal was made for: moved, copied or restored?");
			}
			if (sm_rows_int(&rows, i, SM_SWITCH_IS_HELD, 1) != 0) {
				if (sm_rows_int(&rows, i, SM_SWITCH_GENERATION, 0) < 1) {
					return sm_fail(e, SM_E_ILLEGAL, "the row of switch %.*s says held, but no flip is recorded: hold it, then release it",
						(int)g->targets[t].n, g->targets[t].p);
				}
				g->held_target = g->targets[t];
				g->held = sm_rows_int(&rows, i, SM_SWITCH_GENERATION, 0);
				return SM_E_HELD;
			}
		}
		if (!found && t == 0) {
			return sm_fail(e, SM_E_SCHEMA, "the row '*' is missing from %.*sswitch: install the schema", (int)s->j->store.prefix.n, s->j->store.prefix.p);
		}
		if (!found && (st = sm_switch_restore_row(s->j, g->targets[t], e))) {
			return st == SM_E_STORE && s->may_be_applied ? SM_E_UNCERTAIN : st;
		}
	}
	return SM_OK;
}

/* All of ours were acknowledged: no read. The history gets them as if they had been read: they borrow from nothing but its arena. */
static sm_status take_ours(sending *s, sm_error *e)
{
	sm_status st = SM_OK;
	for (; st == SM_OK && s->stored < s->n; s->stored++) {
		const sm_event *ours = &s->events[s->stored];
		sm_event ev;
		st = sm_event_decode(&ev, s->h->arena, ours->leaf, ours->private_text, e);
		st = st == SM_E_SYNTAX ? SM_E_ILLEGAL : st;
		if (st == SM_OK) {
			ev.stored_at = ours->stored_at;
			st = sm_history_take(s->h, &ev);
		}
	}
	s->h->now = sm_journal_now(s->j);
	return st;
}

static bool has_start(const sending *s)
{
	return s->guard != NULL && s->guard->kind == SM_GUARD_START;
}

static void leave_start_out(sending *s, sm_status why)
{
	s->n--;
	s->guard = NULL;
	s->left_out = why;
}

static sm_status send_until_known(sending *s, sm_error *e)
{
	sm_status st;

	if (has_start(s) && SM_PLANTED(SWITCH_BY_SELECT) && (st = look_at_targets(s, e))) {
		if (st != SM_E_HELD || s->n < 2) {
			return st;
		}
		leave_start_out(s, st);
	}
	for (int sends = 0;; sends++) {
		int64_t changed = 0;
		if (sends == s->j->sends) {
			if (!has_start(s) || s->n - s->stored < 2 || s->events[0].type == SM_RUN_STARTED) {
				break;
			}
			/* A switch's row may be locked for long: what happened is stored by itself. The whole statement, still on its way, would then collide. */
			leave_start_out(s, SM_E_LOST);
			sends = 0;
		}
		if (sends > 0 && SM_PLANTED(NEW_IDS_ON_RESEND) && (st = prepare(s, e))) {
			return st;
		}
		st = send_rows(s, &changed, e);
		if (st == SM_OK && changed == (int64_t)(s->n - s->stored)) {
			st = take_ours(s, e);
			return st ? st : s->left_out;
		}
		if (st == SM_E_NOT_SENT && !s->may_be_applied) {
			return SM_E_STORE;
		}
		if (st != SM_OK && st != SM_E_STORE && st != SM_E_NOT_SENT) {
			return st;
		}
		bool answered = st == SM_OK;
		s->may_be_applied = s->may_be_applied || st == SM_E_STORE;
		if (SM_PLANTED(NO_READ_BACK) && !answered) {
			return take_ours(s, e);
		}
		st = read_back(s, e);
		if (st != SM_E_STATE) {
			return st ? st : s->left_out;
		}
		if (answered && s->guard != NULL && s->guard->kind == SM_GUARD_LAPSED) {
			return sm_fail(e, SM_E_STATE, "the lease of the running attempt is not over");
		}
		if (answered && has_start(s) && (st = look_at_targets(s, e))) {
			if (st == SM_E_ABORTED || st == SM_E_NOMEM || s->stored + 1 >= s->n || SM_PLANTED(OUTCOME_CONDITIONAL)) {
				return st;
			}
			/* The store took nothing at all: what stands before the start, such as an outcome, must not depend on the switch. */
			leave_start_out(s, st);
			sends = -1;
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "the store did not take a statement in %d tries and nobody knows whether it will appear", s->j->sends);
}

sm_status sm_journal_append(sm_journal *j, sm_history *h, sm_event *events, size_t n, sm_guard *guard, size_t *n_stored, sm_error *e)
{
	sending s = {.j = j, .h = h, .events = events, .n = n, .guard = guard};
	sm_status st = sm_journal_identify(j, e);

	*n_stored = 0;
	if (st) {
		return st;
	}
	if (h->broken) {
		return sm_fail(e, SM_E_ILLEGAL, "run %s is broken: %s", h->stream, h->broken_why);
	}
	sm_arena_init(&s.scratch, j->arena.a);
	st = prepare(&s, e);
	if (st == SM_OK) {
		st = send_until_known(&s, e);
		*n_stored = s.stored;
	}
	sm_arena_free(&s.scratch);
	return st;
}
