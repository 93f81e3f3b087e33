#include "model.h"

#include <string.h>

static int step_index(const model *m, sm_bytes name)
{
	for (int i = 0; i < m->n; i++) {
		if (sm_bytes_eq(m->rows[i].name, name)) {
			return i;
		}
	}
	return -1;
}

static int uncertain(const model *m)
{
	int n = 0;

	if (m->step < 1 || m->step > m->n) {
		return 0;
	}
	for (int a = 0; a < m->started[m->step - 1]; a++) {
		n += m->attempts[m->step - 1][a].uncertain;
	}
	return n;
}

static void done(model *m)
{
	m->step++;
	m->st = SM_ST_READY;
	m->attempt = 0;
	m->granted = 0;
	m->late = false;
	m->first_at = 0;
	m->done_at_rest = false;
}

static bool take_steps(model *m, const sm_event *ev)
{
	if (ev->n_steps > MODEL_STEPS) {
		return false;
	}
	for (size_t i = 0; i < ev->n_steps; i++) {
		m->rows[i] = ev->steps[i];
	}
	m->n = (int32_t)ev->n_steps;
	return true;
}

/* The part of the table that speaks of the current step; `here` and the step's index are known. */
static bool apply_here(model *m, const sm_event *ev, int i)
{
	const bool safe = m->rows[i].repeat == SM_REPEAT_SAFE;
	const bool mine = m->attempt > 0 && ev->attempt == m->attempt;
	model_attempt *newest = mine ? &m->attempts[i][m->attempt - 1] : NULL;
	const bool running = mine && m->st == SM_ST_STARTED;
	const bool unknown = mine && m->st == SM_ST_UNKNOWN;

	switch (ev->type) {
	case SM_STEP_STARTED:
		if (m->pause_requested || ev->attempt != m->attempt + 1 || ev->attempt > MODEL_ATTEMPTS || m->st == SM_ST_STARTED
			|| (m->st == SM_ST_UNKNOWN && m->rows[i].repeat != SM_REPEAT_ONCE)) {
			return false;
		}
		m->st = SM_ST_STARTED;
		m->attempt = ev->attempt;
		m->held = 0;
		m->started[i] = ev->attempt;
		m->attempts[i][ev->attempt - 1] = (model_attempt){.stored_at = ev->stored_at, .lease = ev->lease, .grace = ev->grace};
		if (m->first_at == 0) {
			m->first_at = ev->stored_at;
		}
		return true;
	case SM_STEP_FINISHED:
		if (!running) {
			return false;
		}
		newest->succeeded = true;
		done(m);
		return true;
	case SM_STEP_FAILED:
		if (!running) {
			return false;
		}
		if (m->late) {
			done(m);
		} else {
			m->st = uncertain(m) > 0 && !safe ? SM_ST_UNKNOWN : SM_ST_REFUSED;
		}
		return true;
	case SM_STEP_UNKNOWN:
	case SM_STEP_READY:
		if (!running || safe != (ev->type == SM_STEP_READY)) {
			return false;
		}
		newest->uncertain = true;
		newest->unknown_at = ev->stored_at;
		if (m->late) {
			done(m);
		} else {
			m->st = safe ? SM_ST_READY : SM_ST_UNKNOWN;
		}
		return true;
	case SM_VERDICT_DONE:
		if (!unknown) {
			return false;
		}
		done(m);
		return true;
	case SM_VERDICT_NOT_DONE:
		if (!unknown) {
			return false;
		}
		m->st = SM_ST_READY;
		for (int a = 0; a < m->started[i]; a++) {
			m->attempts[i][a].uncertain = false;
		}
		m->first_at = 0;
		if (sm_bytes_eq(ev->source, SM_STR("person"))) {
			m->granted++;
		}
		return true;
	case SM_VERDICT_ABANDONED:
		if (!unknown) {
			return false;
		}
		m->phase = SM_PHASE_ENDED;
		return true;
	default:
		return false;
	}
}

static bool apply_late(model *m, const sm_event *ev, int i)
{
	const bool closed = i + 1 < m->step;
	model_attempt *a;

	if (i < 0 || i + 1 > m->step || ev->attempt < 1 || ev->attempt > m->started[i]) {
		return false;
	}
	if (!closed && m->phase == SM_PHASE_OPEN && m->st == SM_ST_STARTED && ev->attempt == m->attempt) {
		return false;
	}
	a = &m->attempts[i][ev->attempt - 1];
	if (ev->type == SM_LATE_DONE) {
		a->succeeded = true;
		a->uncertain = false;
		if (closed) {
			return true;
		}
		if (m->phase != SM_PHASE_OPEN) {
			m->done_at_rest = true;
		} else if (m->st == SM_ST_STARTED) {
			m->late = true;
		} else {
			done(m);
		}
		return true;
	}
	if (!closed) {
		a->uncertain = false;
		if (m->st == SM_ST_UNKNOWN && uncertain(m) == 0) {
			m->st = SM_ST_REFUSED;
		}
	}
	return true;
}

static bool transition(model *m, const sm_event *ev)
{
	const int i = step_index(m, ev->step);
	const bool open = m->phase == SM_PHASE_OPEN;
	const bool between = m->st == SM_ST_READY || m->st == SM_ST_REFUSED;

	switch (ev->type) {
	case SM_RUN_STARTED:
		if (m->phase != SM_PHASE_NONE || !take_steps(m, ev)) {
			return false;
		}
		m->phase = SM_PHASE_OPEN;
		m->step = 1;
		m->st = SM_ST_READY;
		return true;
	case SM_STEP_STARTED:
	case SM_STEP_FINISHED:
	case SM_STEP_FAILED:
	case SM_STEP_UNKNOWN:
	case SM_STEP_READY:
	case SM_VERDICT_DONE:
	case SM_VERDICT_NOT_DONE:
	case SM_VERDICT_ABANDONED:
		return open && i >= 0 && i + 1 == m->step && apply_here(m, ev, i);
	case SM_LATE_DONE:
	case SM_LATE_FAILED:
		return m->phase != SM_PHASE_NONE && apply_late(m, ev, i);
	case SM_EXTERNAL_RECORDED:
	case SM_NOTE:
	case SM_PRIVACY_ERASED:
		return m->phase != SM_PHASE_NONE;
	case SM_RUN_HELD:
		if (!open || !between) {
			return false;
		}
		m->held = ev->generation;
		return true;
	case SM_PAUSE_REQUESTED:
		m->pause_requested = open || m->pause_requested;
		return open;
	case SM_RUN_PAUSED:
		if (!open || !between) {
			return false;
		}
		m->phase = SM_PHASE_PAUSED;
		return true;
	case SM_RUN_RESUMED:
		if (m->phase != SM_PHASE_PAUSED || (ev->n_steps > 0 && !take_steps(m, ev))) {
			return false;
		}
		m->phase = SM_PHASE_OPEN;
		m->st = m->step <= m->n && m->rows[m->step - 1].repeat != SM_REPEAT_SAFE && uncertain(m) > 0 ? SM_ST_UNKNOWN : SM_ST_READY;
		m->pause_requested = false;
		m->granted++;
		m->first_at = 0;
		if (m->done_at_rest) {
			done(m);
		}
		return true;
	case SM_RUN_ENDED:
		if (m->phase != SM_PHASE_PAUSED) {
			return false;
		}
		m->phase = SM_PHASE_ENDED;
		return true;
	case SM_RUN_COMPLETED:
		if (!open || m->step != m->n + 1) {
			return false;
		}
		m->phase = SM_PHASE_COMPLETED;
		return true;
	default:
		return false;
	}
}

bool model_apply(model *m, const sm_event *ev)
{
	model copy = *m;

	if (ev->seq != m->seq + 1 || strcmp(ev->prev, m->last_id) != 0 || strcmp(ev->id, m->last_id) <= 0 || !transition(&copy, ev)) {
		return false;
	}
	copy.seq = ev->seq;
	memcpy(copy.last_id, ev->id, SM_ID_SIZE);
	*m = copy;
	return true;
}

static const char *attempts_differ(const model *m, const sm_run *run, bool exact)
{
	for (int i = 0; i < m->n && i < m->step; i++) {
		const bool current = i + 1 == m->step;
		const sm_step_state *s = &run->steps[i];

		if (s->n_attempts < (current ? m->attempt : 0)) {
			return "number of attempts";
		}
		for (int a = 0; a < m->started[i] && a < s->n_attempts; a++) {
			const model_attempt *x = &m->attempts[i][a];
			const sm_attempt *y = &s->attempts[a];

			if (x->succeeded != y->succeeded) {
				return "successes";
			}
			if (current && x->uncertain != y->uncertain) {
				return "uncertain attempts";
			}
			if (current && (x->lease != y->lease || x->grace != y->grace || (exact && x->stored_at != y->stored_at))) {
				return "an attempt's stored_at, lease or grace";
			}
			if (current && exact && x->unknown_at != y->unknown_at && m->rows[i].repeat != SM_REPEAT_SAFE) {
				return "when an attempt became unknown";
			}
		}
	}
	return NULL;
}

const char *model_differs(const model *m, const sm_run *run, bool exact)
{
	if (m->phase != run->phase) {
		return "phase";
	}
	if (m->seq != run->seq || strcmp(m->last_id, run->last_id) != 0) {
		return "tip";
	}
	if (m->phase == SM_PHASE_NONE) {
		return NULL;
	}
	if (m->step != run->step || m->n != run->n_steps) {
		return "step";
	}
	/* the state of a step outlives its run only where somebody may still ask: open and paused */
	if ((m->phase == SM_PHASE_OPEN && m->st != run->st) || m->attempt != run->attempt) {
		return "state of the step";
	}
	if (m->late != run->late || m->pause_requested != run->pause_requested || m->done_at_rest != run->done_at_rest) {
		return "late, pause_requested or done_at_rest";
	}
	if (m->granted != run->granted || (exact ? m->first_at != run->first_at : (m->first_at == 0) != (run->first_at == 0)) || m->held != run->held) {
		return "granted, first_at or held";
	}
	return attempts_differ(m, run, exact);
}
