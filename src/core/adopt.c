/* The answer to "moved, copied or restored?": an event in the site's own stream, then the row '*' with this environment's check.
 * A copy ends what the original goes on with, and gets keys of its own for what it begins. */
#include "schema.h"

#include "audit.h"

#include <string.h>

enum { TRIES_MAX = 8, RUNS_A_PAGE = 200 };

static void site_stream(const sm_journal *j, char out[SM_ID_SIZE])
{
	uint8_t hash[32];
	const sm_bytes parts[] = {SM_LIT("sophmate.site.v1")};
	sm_keyed_pae(hash, j->keys.idem, parts, 1);
	sm_hex(out, hash, SM_ID_LEN / 2);
}

static sm_status record(sm_journal *j, sm_arena *arena, const char *as, sm_bytes by, sm_bytes reason, sm_error *e)
{
	char stream[SM_ID_SIZE];
	sm_history h;
	site_stream(j, stream);
	sm_history_init(&h, arena, stream);
	sm_status s = sm_journal_load(j, &h, e);
	for (int i = 0; s == SM_OK && i < TRIES_MAX; i++) {
		size_t stored;
		sm_event ev = sm_event_new(SM_SITE_ADOPTED);
		ev.as = sm_cstr(as);
		if ((s = sm_sql_event_text(&ev, arena, "by", by, e)) != SM_OK || (s = sm_sql_event_text(&ev, arena, "reason", reason, e)) != SM_OK) {
			return s;
		}
		s = sm_journal_append(j, &h, &ev, 1, NULL, &stored, e);
		if (s != SM_E_LOST) {
			return s;
		}
		s = SM_OK;
	}
	return s != SM_OK ? s : sm_fail(e, SM_E_UNCERTAIN, "others answered for this site %d times meanwhile; this answer was not stored", TRIES_MAX);
}

/* ---- the row '*' ---- */

static sm_status update_site_row(sm_journal *j, sm_arena *arena, const char *site_check, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "switch");
	sm_sql_text(&q, " SET site_check=");
	sm_sql_cstr(&q, site_check);
	sm_sql_text(&q, " WHERE target='*'");
	return sm_sql_write_again(&q, SM_SQL_OTHER, e);
}

/* The row was lost: held as its history says. */
static sm_status insert_from_history(sm_journal *j, sm_arena *arena, sm_error *e)
{
	char stream[SM_ID_SIZE];
	sm_history h;
	sm_switch_stream(&j->keys, SM_STR("*"), stream);
	sm_history_init(&h, arena, stream);
	sm_status s = sm_journal_load(j, &h, e);
	if (s == SM_OK && h.broken) {
		return sm_fail(e, SM_E_ILLEGAL, "the history of switch * is broken: %s", h.broken_why);
	}
	return s != SM_OK ? s : sm_schema_insert_site_row(j, arena, h.n > 0 && h.events[h.n - 1].type == SM_SWITCH_HELD, h.run.seq, e);
}

static sm_status write_site_row(sm_journal *j, sm_arena *arena, const char *site_check, sm_error *e)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		bool found;
		sm_bytes stored;
		sm_status s = sm_schema_site_check(j, arena, &found, &stored, e);
		if (s != SM_OK || (found && sm_bytes_eq(stored, sm_cstr(site_check)))) {
			return s;
		}
		s = found ? update_site_row(j, arena, site_check, e) : insert_from_history(j, arena, e);
		if (s != SM_OK && s != SM_E_STORE) {
			return s;
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "the answer is recorded, but the row '*' of %.*sswitch did not take it: give it again", (int)j->store.prefix.n,
		j->store.prefix.p);
}

/* ---- a copy ---- */

/* What runs here belongs to the original: nobody in this copy will ever report it. */
static sm_status give_up_attempt(sm_journal *j, sm_history *h, sm_error *e)
{
	const sm_step_state *step = sm_run_step(&h->run);
	size_t stored;
	sm_event ev = sm_event_new(step->row.repeat == SM_REPEAT_SAFE ? SM_STEP_READY : SM_STEP_UNKNOWN);
	ev.step = step->row.name;
	ev.attempt = h->run.attempt;
	ev.why = SM_STR("copied");
	return sm_journal_append(j, h, &ev, 1, NULL, &stored, e);
}

static sm_status stop(sm_journal *j, sm_history *h, sm_bytes by, sm_bytes reason, sm_error *e)
{
	sm_command cmd;
	sm_decision decision;
	size_t stored;
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = SM_CMD_STOP;
	cmd.now = h->now;
	cmd.settings = &j->settings;
	cmd.keys = &j->keys;
	cmd.by = by;
	cmd.reason = reason;
	sm_status s = sm_run_decide(&h->run, &cmd, false, h->arena, &decision, e);
	if (s != SM_OK) {
		return s;
	}
	if (decision.kind != SM_DECIDED_EVENTS) {
		return sm_fail(e, SM_E_STATE, "run %s cannot be stopped: %s", h->stream, decision.message);
	}
	return sm_journal_append(j, h, decision.events, decision.n, NULL, &stored, e);
}

static sm_status stop_run(sm_journal *j, const char *id, sm_bytes by, sm_bytes reason, sm_error *e)
{
	sm_arena arena;
	sm_history h;
	sm_arena_init(&arena, j->arena.a);
	sm_history_init(&h, &arena, id);
	sm_status s = sm_journal_load(j, &h, e);
	for (int i = 0; s == SM_OK && i < TRIES_MAX; i++) {
		sm_run_phase phase = h.run.phase;
		if (h.broken || phase == SM_PHASE_NONE || phase == SM_PHASE_COMPLETED || phase == SM_PHASE_ENDED) {
			break; /* a broken one fires nothing and takes nothing */
		}
		s = phase == SM_PHASE_OPEN && h.run.st == SM_ST_STARTED && sm_run_step(&h.run) != NULL ? give_up_attempt(j, &h, e)
			: stop(j, &h, by, reason, e);
		s = s == SM_E_LOST ? SM_OK : s; /* somebody else's event: look again */
	}
	if (s == SM_OK && !h.broken && (h.run.phase == SM_PHASE_OPEN || h.run.phase == SM_PHASE_PAUSED)) {
		s = sm_fail(e, SM_E_STATE, "run %s is moved by somebody: stop what works on this copy, then answer again", id);
	}
	sm_arena_free(&arena);
	return s;
}

/* Those that the run list shows as open, and those with events that it does not know yet. It is not brought up to date for that:
 * whoever listens to changes would not hear of these. */
static sm_status open_runs(sm_journal *j, sm_arena *arena, const char *after, sm_rows *rows, sm_error *e)
{
	static const char *const columns[] = {"id"};
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT id FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " WHERE state IN ('running','waiting','held','paused','unknown','undoing') AND id > ");
	sm_sql_cstr(&q, after);
	sm_sql_text(&q, " UNION SELECT stream FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream > ");
	sm_sql_cstr(&q, after);
	sm_sql_text(&q, " AND (leaf_index IS NULL OR leaf_index >= (SELECT pos FROM ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " WHERE name='projected')) ORDER BY id LIMIT ");
	sm_sql_int(&q, RUNS_A_PAGE);
	return sm_sql_read(&q, SM_SQL_OTHER, columns, 1, rows, e);
}

static sm_status stop_open_runs(sm_journal *j, sm_bytes by, sm_bytes reason, sm_error *e)
{
	char after[SM_ID_SIZE] = "";
	sm_status s = SM_OK;
	for (size_t n = RUNS_A_PAGE; s == SM_OK && n == RUNS_A_PAGE;) {
		sm_arena arena;
		sm_rows rows;
		sm_arena_init(&arena, j->arena.a);
		s = open_runs(j, &arena, after, &rows, e);
		n = rows.n_rows;
		for (size_t i = 0; s == SM_OK && i < n; i++) {
			sm_bytes id = sm_rows_text(&rows, i, 0, &arena);
			if (sm_is_hex(id, SM_ID_LEN)) {
				memcpy(after, id.p, SM_ID_LEN);
				s = stop_run(j, after, by, reason, e);
			}
		}
		sm_arena_free(&arena);
	}
	return s;
}

static sm_status replace_site_id(sm_journal *j, sm_arena *arena, sm_error *e)
{
	uint8_t raw[SM_SITE_ID_LEN];
	char was[SM_ID_SIZE], fresh[SM_ID_SIZE], now[SM_ID_SIZE];
	sm_hex(was, j->keys.site_id, sizeof j->keys.site_id);
	j->host.random(j->host.ctx, raw, sizeof raw);
	sm_hex(fresh, raw, sizeof raw);
	for (int i = 0; i < TRIES_MAX; i++) {
		sm_sql q;
		sm_sql_init(&q, j, arena);
		sm_sql_text(&q, "UPDATE ");
		sm_sql_table(&q, "meta");
		sm_sql_text(&q, " SET value=");
		sm_sql_cstr(&q, fresh);
		sm_sql_text(&q, " WHERE name='site_id' AND value=");
		sm_sql_cstr(&q, was);
		sm_status s = sm_sql_write_again(&q, SM_SQL_OTHER, e);
		if (s != SM_OK && s != SM_E_STORE) {
			return s;
		}
		j->identified = false; /* site_check hangs on the id */
		if ((s = sm_journal_identify(j, e)) != SM_OK) {
			return s;
		}
		sm_hex(now, j->keys.site_id, sizeof j->keys.site_id);
		if (strcmp(now, was) != 0) {
			return SM_OK; /* ours, or that of somebody who gave the same answer */
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "the new site id was not stored: give the answer again");
}

/* ---- the next log ---- */

/* The newest stored head of the open log, for what comes after it to name. One that is not the log's is not named. */
static sm_status last_head(sm_journal *j, sm_arena *arena, const sm_log *log, sm_checkpoint *c, bool *known, sm_error *e)
{
	sm_note *note = SM_NEW(arena, sm_note, 1);
	sm_note_key key;
	sm_bytes text;
	*known = false;
	if (note == NULL) {
		return SM_E_NOMEM;
	}
	if (log->vkey.p == NULL || sm_note_key_read(log->vkey, &key, e) != SM_OK) {
		return SM_OK;
	}
	sm_status s = sm_journal_checkpoint_newest(j, arena, log->origin, &text, e);
	*known = s == SM_OK && text.p != NULL && sm_checkpoint_open(text, &key, note, c, e) == SM_OK;
	return s;
}

/* What was restored may have forgotten what the log signed, and a copy's log has another owner: neither may go on under its name. The
 * new one has no key yet. */
static sm_status next_log(sm_journal *j, sm_arena *arena, const char *why, sm_bytes by, sm_bytes reason, sm_error *e)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		sm_log_change change = {.why = sm_cstr(why), .by = by, .reason = reason};
		sm_checkpoint last;
		sm_log log;
		bool known;
		sm_status s = sm_log_read(j, arena, &log, e);
		if (s == SM_OK && log.unsettled) {
			s = sm_log_settle(j, &log, e);
		}
		if (s != SM_OK || (s = last_head(j, arena, &log, &last, &known, e)) != SM_OK
			|| (s = sm_log_next_origin(j, &log, arena, &change.origin, e)) != SM_OK) {
			return s;
		}
		change.last = known ? &last : NULL;
		s = sm_log_replace(j, arena, &log, &change, e);
		if (s != SM_E_STATE) {
			return s;
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "others opened one log after the other meanwhile: give the answer again");
}

sm_status sm_schema_adopt(sm_journal *j, sm_adopt as, sm_bytes by, sm_bytes reason, sm_error *e)
{
	static const char *const names[] = {[SM_ADOPT_MOVED] = "moved", [SM_ADOPT_RESTORED] = "restored", [SM_ADOPT_COPY] = "copy"};
	sm_arena arena;
	if (as != SM_ADOPT_MOVED && as != SM_ADOPT_RESTORED && as != SM_ADOPT_COPY) {
		return sm_fail(e, SM_E_ARGUMENT, "as must be moved, restored or copy, got %d", (int)as);
	}
	sm_arena_init(&arena, j->arena.a);
	j->identified = false; /* the answer is about what is stored now */
	sm_status s = sm_journal_identify(j, e);
	if (s == SM_OK) {
		s = record(j, &arena, names[as], by, reason, e);
	}
	if (s == SM_OK && as != SM_ADOPT_MOVED) {
		s = next_log(j, &arena, names[as], by, reason, e);
	}
	if (s == SM_OK && as == SM_ADOPT_COPY
		/* no check at all: nothing starts here while the open runs are ended, also where the environment looks the same */
		&& (s = write_site_row(j, &arena, "", e)) == SM_OK && (s = stop_open_runs(j, by, reason, e)) == SM_OK) {
		s = replace_site_id(j, &arena, e);
	}
	if (s == SM_OK) {
		s = write_site_row(j, &arena, j->site_check, e);
	}
	sm_arena_free(&arena);
	return s;
}
