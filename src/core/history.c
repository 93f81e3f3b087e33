/* Histories: reading a stream, its fold, and what screens show of it. */
#include "history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sql.h"

void sm_history_init(sm_history *h, sm_arena *arena, const char *stream)
{
	memset(h, 0, sizeof *h);
	h->arena = arena;
	memcpy(h->stream, stream, SM_ID_SIZE);
	sm_run_init(&h->run);
}

sm_status sm_history_follow(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	if (sm_event_of_run(ev)) {
		return sm_run_apply(run, ev, arena, e);
	}
	sm_status st = sm_run_follows(run, ev, e);
	if (st == SM_OK && run->phase != SM_PHASE_NONE) {
		st = sm_fail(e, SM_E_ILLEGAL, "event %d (%s) stands in the stream of a run", (int)ev->seq, sm_event_names[ev->type]);
	}
	if (st == SM_OK) {
		run->seq = ev->seq;
		memcpy(run->last_id, ev->id, SM_ID_SIZE);
		run->changed_at = ev->stored_at;
	}
	return st;
}

static void mark_broken(sm_history *h, const sm_error *why)
{
	if (!h->broken) {
		h->broken = true;
		snprintf(h->broken_why, sizeof h->broken_why, "%s", why->message);
	}
}

sm_status sm_history_take(sm_history *h, const sm_event *ev)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 8;
		sm_event *grown = SM_NEW(h->arena, sm_event, cap);
		if (grown == NULL) {
			return SM_E_NOMEM;
		}
		if (h->n > 0) {
			memcpy(grown, h->events, h->n * sizeof *grown);
		}
		h->events = grown;
		h->cap = cap;
	}
	h->events[h->n++] = *ev;
	if (!h->broken) {
		sm_error why = {{0}, NULL, 0, 0, 0};
		sm_status st = sm_history_follow(&h->run, &h->events[h->n - 1], h->arena, &why);
		if (st == SM_E_NOMEM) {
			return st;
		}
		if (st) {
			mark_broken(h, &why);
		}
	}
	return SM_OK;
}

static sm_status take_row(sm_journal *j, sm_history *h, const sm_rows *rows, size_t i)
{
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_event ev;
	int64_t seq = sm_rows_int(rows, i, 0, 0);
	sm_status st = sm_event_decode(&ev, h->arena, sm_rows_text(rows, i, 2, h->arena), sm_rows_text(rows, i, 3, h->arena), &why);

	if (st == SM_E_NOMEM) {
		return st;
	}
	if (st == SM_OK && (ev.seq != seq || strcmp(ev.stream, h->stream) != 0 || !sm_bytes_eq(sm_cstr(ev.id), sm_rows_text(rows, i, 1, h->arena)))) {
		st = sm_fail(&why, SM_E_ILLEGAL, "row %" PRId64 " and the leaf in it disagree about id, stream or seq", seq);
	}
	if (st) {
		mark_broken(h, &why);
		return SM_OK;
	}
	ev.stored_at = sm_rows_int(rows, i, 6, 0);
	ev.leaf_index = sm_rows_int(rows, i, 5, -1);
	h->now = sm_rows_int(rows, i, 7, 0);
	sm_journal_saw_clock(j, h->now);
	return sm_history_take(h, &ev);
}

sm_status sm_journal_load(sm_journal *j, sm_history *h, sm_error *e)
{
	static const char *const columns[] = {"seq", "id", "leaf", "private", "lease", "leaf_index", "stored_at", "now"};
	sm_arena scratch;
	sm_rows rows;
	sm_sql q;

	if (h->broken) {
		return SM_OK;
	}
	sm_arena_init(&scratch, j->arena.a);
	sm_sql_init(&q, j, &scratch);
	sm_sql_text(&q, "SELECT seq, id, leaf, private, lease, leaf_index, stored_at, ");
	sm_sql_now(&q);
	sm_sql_text(&q, " AS now FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_str(&q, sm_cstr(h->stream));
	sm_sql_text(&q, " AND seq>");
	sm_sql_int(&q, h->run.seq);
	sm_sql_text(&q, " ORDER BY seq");
	q.arena = h->arena; /* the events borrow from the rows */
	sm_status st = sm_sql_read(&q, SM_SQL_LOAD, columns, sizeof columns / sizeof *columns, &rows, e);
	sm_arena_free(&scratch);
	for (size_t i = 0; st == SM_OK && i < rows.n_rows; i++) {
		st = take_row(j, h, &rows, i);
	}
	if (st == SM_OK && rows.n_rows == 0) {
		h->now = sm_journal_now(j);
	}
	return st;
}

/* ---- views ---- */

static bool is_about(const sm_event *ev, const sm_step_state *s)
{
	return sm_bytes_eq(ev->step, s->row.name);
}

static const char *step_phase(const sm_run *run, int32_t i)
{
	static const char *const names[] = {"ready", "started", "unknown", "refused"};
	return i + 1 < run->step ? "done" : i + 1 == run->step ? names[run->st] : "ready";
}

sm_step_view *sm_history_steps(const sm_history *h, sm_arena *arena, const sm_workflow *workflow)
{
	const sm_run *run = &h->run;
	sm_step_view *views = SM_NEW(arena, sm_step_view, (size_t)run->n_steps);
	for (int32_t i = 0; views != NULL && i < run->n_steps; i++) {
		const sm_step_state *s = &run->steps[i];
		const sm_step_def *def = workflow != NULL ? sm_workflow_step(workflow, s->row.name) : NULL;
		sm_step_view *v = &views[i];
		size_t externals = 0;

		v->state = s;
		v->phase = step_phase(run, i);
		v->duplicates = sm_run_duplicates(run, i, def != NULL ? def->key_window_ms : 0);
		for (size_t k = 0; k < h->n; k++) {
			externals += h->events[k].type == SM_EXTERNAL_RECORDED && is_about(&h->events[k], s);
		}
		v->externals = SM_NEW(arena, const sm_event *, externals);
		if (v->externals == NULL) {
			return NULL;
		}
		for (size_t k = 0; k < h->n; k++) {
			const sm_event *ev = &h->events[k];
			if (!is_about(ev, s)) {
				continue;
			}
			switch (ev->type) {
			case SM_STEP_STARTED:
				v->started_at = v->started_at ? v->started_at : ev->stored_at;
				v->ended_at = 0;
				break;
			case SM_STEP_FINISHED:
			case SM_VERDICT_DONE:
			case SM_LATE_DONE:
				v->finished = v->finished != NULL ? v->finished : ev; /* the first success closed the step */
				v->failure = NULL;
				v->ended_at = ev->stored_at;
				break;
			case SM_STEP_FAILED:
			case SM_STEP_UNKNOWN:
			case SM_STEP_READY:
				v->failure = ev;
				v->ended_at = ev->stored_at;
				break;
			case SM_EXTERNAL_RECORDED:
				v->externals[v->n_externals++] = ev;
				break;
			default:
				break;
			}
		}
	}
	return views;
}

/* The row [what, why, bytes] of a value that was left out, or NULL. */
static const sm_json *find_omission(const sm_event *ev, sm_bytes what)
{
	const sm_json *rows = ev->omitted;
	for (size_t i = 0; rows != NULL && rows->kind == SM_JSON_ARRAY && i < rows->u.a.n; i++) {
		const sm_json *row = &rows->u.a.items[i];
		if (row->kind == SM_JSON_ARRAY && row->u.a.n == 3 && row->u.a.items[0].kind == SM_JSON_STRING && sm_bytes_eq(row->u.a.items[0].u.s, what)
			&& row->u.a.items[1].kind == SM_JSON_STRING && row->u.a.items[2].kind == SM_JSON_INT) {
			return row->u.a.items;
		}
	}
	return NULL;
}

sm_status sm_history_output(const sm_history *h, sm_bytes step, sm_bytes *out, sm_error *e)
{
	int32_t i = 0;
	while (i < h->run.n_steps && !sm_bytes_eq(h->run.steps[i].row.name, step)) {
		i++;
	}
	int shown = (int)(step.n > 60 ? 60 : step.n);
	if (i == h->run.n_steps || i + 1 >= h->run.step) {
		return sm_fail(e, SM_E_STATE, "step \"%.*s\" %s", shown, step.p, i == h->run.n_steps ? "does not exist in this run" : "is not done");
	}
	const sm_event *found = NULL;
	for (size_t k = 0; k < h->n; k++) {
		const sm_event *ev = &h->events[k];
		bool success = ev->type == SM_STEP_FINISHED || ev->type == SM_VERDICT_DONE || ev->type == SM_LATE_DONE;
		if (success && is_about(ev, &h->run.steps[i])) {
			found = ev;
			*out = sm_event_value(ev, "output");
			if (out->p != NULL) {
				return SM_OK;
			}
		}
	}
	const sm_json *row = found != NULL ? find_omission(found, SM_STR("output")) : NULL;
	if (row != NULL) {
		return sm_fail(e, SM_E_LIMIT, "step \"%.*s\" is done; its output was omitted: %.*s, %" PRId64 " bytes", shown, step.p,
			(int)row[1].u.s.n, row[1].u.s.p, row[2].u.i);
	}
	return sm_fail(e, SM_E_LIMIT, "step \"%.*s\" is done; no output is stored (%s)", shown, step.p,
		found != NULL && found->type == SM_VERDICT_DONE ? "its verdict gave none" : "erased, or none was given");
}
