#include "run.h"

#include <stdio.h>
#include <string.h>

#include "plant.h"

const char *const sm_shown_names[SM_SHOWN_COUNT] = {
	"running", "waiting", "held", "paused", "unknown", "undoing", "completed", "completed_by_hand", "undone", "stopped", "broken"
};

void sm_run_init(sm_run *run)
{
	memset(run, 0, sizeof *run);
	run->failure_class = -1;
}

sm_status sm_run_copy(sm_run *to, const sm_run *from, sm_arena *arena)
{
	*to = *from;
	to->steps = SM_NEW(arena, sm_step_state, (size_t)from->n_steps);
	if (to->steps == NULL) {
		return SM_E_NOMEM;
	}
	for (int32_t i = 0; i < from->n_steps; i++) {
		const sm_step_state *s = &from->steps[i];
		to->steps[i] = *s;
		to->steps[i].cap = s->n_attempts;
		to->steps[i].attempts = SM_NEW(arena, sm_attempt, (size_t)s->n_attempts);
		if (to->steps[i].attempts == NULL) {
			return SM_E_NOMEM;
		}
		if (s->n_attempts > 0) {
			memcpy(to->steps[i].attempts, s->attempts, (size_t)s->n_attempts * sizeof *s->attempts);
		}
	}
	return SM_OK;
}

const sm_step_state *sm_run_step(const sm_run *run)
{
	return run->step >= 1 && run->step <= run->n_steps ? &run->steps[run->step - 1] : NULL;
}

int sm_run_uncertain(const sm_run *run)
{
	const sm_step_state *s = sm_run_step(run);
	int n = 0;
	for (int32_t i = 0; s != NULL && i < s->n_attempts; i++) {
		n += s->attempts[i].uncertain;
	}
	return n;
}

/* ---- apply ---- */

static sm_status illegal(const sm_run *run, const sm_event *ev, sm_error *e)
{
	static const char *const phases[] = {"not begun", "open", "paused", "completed", "ended"};
	static const char *const sts[] = {"ready", "started", "unknown", "refused"};
	return sm_fail(e, SM_E_ILLEGAL, "event %d (%s) cannot follow a run that is %s, step %d %s, attempt %d", (int)ev->seq,
		sm_event_names[ev->type], phases[run->phase], (int)run->step, sts[run->st], (int)run->attempt);
}

/* The event speaks of the current step of an open run. */
static bool is_here(const sm_run *run, const sm_event *ev)
{
	const sm_step_state *s = sm_run_step(run);
	return run->phase == SM_PHASE_OPEN && s != NULL && sm_bytes_eq(s->row.name, ev->step);
}

static sm_attempt *find_attempt(const sm_run *run, const sm_event *ev, int32_t *step)
{
	for (int32_t i = 0; i < run->n_steps; i++) {
		sm_step_state *s = &run->steps[i];
		if (sm_bytes_eq(s->row.name, ev->step)) {
			*step = i + 1;
			return ev->attempt >= 1 && ev->attempt <= s->n_attempts ? &s->attempts[ev->attempt - 1] : NULL;
		}
	}
	return NULL;
}

static void step_done(sm_run *run)
{
	run->step++;
	run->st = SM_ST_READY;
	run->attempt = 0;
	run->granted = 0;
	run->late = false;
	run->done_at_rest = false;
	run->first_at = 0;
	run->retry_at = 0;
	run->failure_class = -1;
}

static void step_rests(sm_run *run, sm_step_phase st, const sm_event *ev)
{
	run->st = st;
	run->retry_at = ev->retry_wait >= 0 ? ev->stored_at + ev->retry_wait * 1000 : 0;
	run->failure_class = ev->failure_class;
}

static sm_status take_steps(sm_run *run, const sm_event *ev, sm_arena *arena)
{
	sm_step_state *steps = SM_NEW(arena, sm_step_state, ev->n_steps);
	if (steps == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < ev->n_steps; i++) {
		if (i < (size_t)run->n_steps) {
			steps[i] = run->steps[i];
		}
		steps[i].row = ev->steps[i];
	}
	run->steps = steps;
	run->n_steps = (int32_t)ev->n_steps;
	return SM_OK;
}

static sm_status apply_run_started(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	/* names that make the targets of switches */
	if (run->phase != SM_PHASE_NONE || ev->n_steps < 1 || !sm_name_valid(ev->workflow) || !sm_name_valid(ev->category)) {
		return illegal(run, ev, e);
	}
	sm_status st = take_steps(run, ev, arena);
	if (st) {
		return st;
	}
	run->phase = SM_PHASE_OPEN;
	run->workflow = ev->workflow;
	run->version = ev->version;
	run->category = ev->category;
	run->definition = ev->definition;
	run->fingerprint = ev->fingerprint;
	run->subject_hash = ev->subject;
	run->occurrence = ev->occurrence;
	run->trigger = ev->trigger;
	run->parent = ev->parent;
	run->not_before = ev->not_before;
	run->step = 1;
	run->st = SM_ST_READY;
	run->started_at = ev->stored_at;
	return SM_OK;
}

static sm_status apply_step_started(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	if (!is_here(run, ev) || run->pause_requested || ev->attempt != run->attempt + 1) {
		return illegal(run, ev, e);
	}
	sm_step_state *s = &run->steps[run->step - 1];
	bool again = run->st == SM_ST_UNKNOWN && s->row.repeat == SM_REPEAT_ONCE;
	if (run->st != SM_ST_READY && run->st != SM_ST_REFUSED && !again) {
		return illegal(run, ev, e);
	}
	if (s->n_attempts == s->cap) {
		int32_t cap = s->cap ? s->cap * 2 : 2;
		sm_attempt *grown = SM_NEW(arena, sm_attempt, (size_t)cap);
		if (grown == NULL) {
			return SM_E_NOMEM;
		}
		if (s->n_attempts > 0) {
			memcpy(grown, s->attempts, (size_t)s->n_attempts * sizeof *grown);
		}
		s->attempts = grown;
		s->cap = cap;
	}
	s->attempts[s->n_attempts++] = (sm_attempt){.stored_at = ev->stored_at, .lease = ev->lease, .grace = ev->grace};
	run->attempt = ev->attempt;
	run->st = SM_ST_STARTED;
	run->retry_at = 0;
	run->failure_class = -1;
	run->held = 0;
	run->held_target = (sm_bytes){NULL, 0};
	if (run->first_at == 0) {
		run->first_at = ev->stored_at;
	}
	return SM_OK;
}

/* An attempt may have happened and the step is not safe to run again: nothing but a verdict or the same key settles that. So no step that
 * rests as ready or refused has an uncertain attempt, unless it is safe. */
static bool left_unknown(const sm_run *run)
{
	const sm_step_state *s = sm_run_step(run);
	return s != NULL && s->row.repeat != SM_REPEAT_SAFE && sm_run_uncertain(run) > 0;
}

/* The running attempt reports: step.finished, step.failed, step.unknown, step.ready. */
static sm_status apply_outcome(sm_run *run, const sm_event *ev, sm_error *e)
{
	if (!is_here(run, ev) || run->st != SM_ST_STARTED || ev->attempt != run->attempt) {
		return illegal(run, ev, e);
	}
	sm_step_state *s = &run->steps[run->step - 1];
	sm_attempt *a = &s->attempts[ev->attempt - 1];
	bool safe = s->row.repeat == SM_REPEAT_SAFE;
	bool ambiguous = ev->type == SM_STEP_UNKNOWN || ev->type == SM_STEP_READY;
	if (ambiguous && (ev->type == SM_STEP_READY) != safe && !SM_PLANTED(LAPSE_RERUNS_NEVER)) {
		return illegal(run, ev, e);
	}
	if (ev->type == SM_STEP_FINISHED) {
		a->succeeded = true;
	}
	if (ambiguous) {
		a->uncertain = true;
		a->unknown_at = ev->stored_at;
	}
	if (ev->type == SM_STEP_FINISHED || run->late) {
		step_done(run);
	} else if (ev->type == SM_STEP_UNKNOWN) {
		step_rests(run, SM_ST_UNKNOWN, ev);
	} else if (ev->type == SM_STEP_READY) {
		step_rests(run, SM_ST_READY, ev);
	} else if (left_unknown(run) && !SM_PLANTED(REFUSAL_BELIEVED)) {
		step_rests(run, SM_ST_UNKNOWN, ev);
	} else {
		step_rests(run, SM_ST_REFUSED, ev);
	}
	return SM_OK;
}

static void settle_all(sm_run *run)
{
	sm_step_state *s = &run->steps[run->step - 1];
	for (int32_t i = 0; i < s->n_attempts; i++) {
		s->attempts[i].uncertain = false;
	}
}

static sm_status apply_verdict(sm_run *run, const sm_event *ev, sm_error *e)
{
	if (!is_here(run, ev) || run->st != SM_ST_UNKNOWN || ev->attempt != run->attempt) {
		return illegal(run, ev, e);
	}
	if (ev->type == SM_VERDICT_DONE) {
		step_done(run);
	} else if (ev->type == SM_VERDICT_NOT_DONE) {
		settle_all(run);
		run->st = SM_ST_READY;
		run->first_at = 0;
		run->retry_at = 0;
		run->failure_class = -1;
		run->granted += sm_bytes_eq(ev->source, SM_STR("person"));
	} else {
		run->phase = SM_PHASE_ENDED;
		run->outcome = SM_STR("stopped");
	}
	return SM_OK;
}

/* An attempt reports after it was superseded. */
static sm_status apply_late(sm_run *run, const sm_event *ev, sm_error *e)
{
	int32_t step = 0;
	sm_attempt *a = find_attempt(run, ev, &step);
	bool current = step == run->step;
	bool running = run->phase == SM_PHASE_OPEN && current && run->st == SM_ST_STARTED && ev->attempt == run->attempt;
	if (run->phase == SM_PHASE_NONE || a == NULL || running || step > run->step) {
		return illegal(run, ev, e);
	}
	a->uncertain = false;
	if (ev->type == SM_LATE_DONE) {
		a->succeeded = true;
		if (!current) {
			return SM_OK;
		}
		if (run->phase != SM_PHASE_OPEN) {
			run->done_at_rest = true;
		} else if (run->st == SM_ST_STARTED) {
			run->late = true;
		} else {
			step_done(run);
		}
	} else if (current && run->phase == SM_PHASE_OPEN && run->st == SM_ST_UNKNOWN && sm_run_uncertain(run) == 0) {
		run->st = SM_ST_REFUSED;
		run->failure_class = ev->failure_class;
	}
	return SM_OK;
}

static bool rests(const sm_run *run)
{
	return run->phase == SM_PHASE_OPEN && (run->st == SM_ST_READY || run->st == SM_ST_REFUSED);
}

static sm_status apply_paused(sm_run *run, const sm_event *ev, sm_error *e)
{
	if (!rests(run) && !(SM_PLANTED(PAUSE_IN_FLIGHT) && run->phase == SM_PHASE_OPEN)) {
		return illegal(run, ev, e);
	}
	run->phase = SM_PHASE_PAUSED;
	run->rest_rule = ev->rule;
	run->rest_owner = ev->owner;
	return SM_OK;
}

static sm_status apply_resumed(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	if (run->phase != SM_PHASE_PAUSED) {
		return illegal(run, ev, e);
	}
	if (ev->n_steps > 0) {
		int32_t known = run->step <= run->n_steps ? run->step : run->n_steps;
		if ((int32_t)ev->n_steps < known) {
			return illegal(run, ev, e);
		}
		for (int32_t i = 0; i < known; i++) {
			if (!sm_bytes_eq(run->steps[i].row.name, ev->steps[i].name)) {
				return illegal(run, ev, e);
			}
		}
		sm_status st = take_steps(run, ev, arena);
		if (st) {
			return st;
		}
		run->version = ev->version.p ? ev->version : run->version;
		run->definition = ev->definition.p ? ev->definition : run->definition;
	}
	run->phase = SM_PHASE_OPEN;
	run->st = left_unknown(run) ? SM_ST_UNKNOWN : SM_ST_READY; /* the steps it names may be no longer safe */
	run->pause_requested = false;
	run->granted++;
	run->first_at = 0;
	run->retry_at = 0;
	run->failure_class = -1;
	run->rest_rule = run->rest_owner = (sm_bytes){NULL, 0};
	if (run->done_at_rest) {
		step_done(run);
	}
	return SM_OK;
}

static sm_status transition(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	switch (ev->type) {
	case SM_RUN_STARTED:
		return apply_run_started(run, ev, arena, e);
	case SM_STEP_STARTED:
		return apply_step_started(run, ev, arena, e);
	case SM_STEP_FINISHED:
	case SM_STEP_FAILED:
	case SM_STEP_UNKNOWN:
	case SM_STEP_READY:
		return apply_outcome(run, ev, e);
	case SM_VERDICT_DONE:
	case SM_VERDICT_NOT_DONE:
	case SM_VERDICT_ABANDONED:
		return apply_verdict(run, ev, e);
	case SM_LATE_DONE:
	case SM_LATE_FAILED:
		return apply_late(run, ev, e);
	case SM_RUN_HELD:
		if (!rests(run)) {
			break;
		}
		run->held_target = ev->target;
		run->held = ev->generation;
		return SM_OK;
	case SM_EXTERNAL_RECORDED:
	case SM_NOTE:
	case SM_PRIVACY_ERASED:
		if (run->phase == SM_PHASE_NONE || !sm_event_of_run(ev)) {
			break;
		}
		return SM_OK;
	case SM_PAUSE_REQUESTED:
		if (run->phase != SM_PHASE_OPEN) {
			break;
		}
		run->pause_requested = true;
		return SM_OK;
	case SM_RUN_PAUSED:
		return apply_paused(run, ev, e);
	case SM_RUN_RESUMED:
		return apply_resumed(run, ev, arena, e);
	case SM_RUN_ENDED:
		if (run->phase != SM_PHASE_PAUSED) {
			break;
		}
		run->phase = SM_PHASE_ENDED;
		run->outcome = ev->outcome;
		return SM_OK;
	case SM_RUN_COMPLETED:
		if (run->phase != SM_PHASE_OPEN || run->step != run->n_steps + 1) {
			break;
		}
		run->phase = SM_PHASE_COMPLETED;
		return SM_OK;
	case SM_SWITCH_HELD:
	case SM_SWITCH_RELEASED:
	case SM_SITE_ADOPTED:
	case SM_LOG_OPENED:
	case SM_LOG_CLOSED:
	case SM_PRIVACY_PRUNED:
	case SM_OF_THE_SITE:
	case SM_EVENT_TYPES:
		break;
	}
	return illegal(run, ev, e);
}

sm_status sm_run_follows(const sm_run *run, const sm_event *ev, sm_error *e)
{
	if (ev->seq != run->seq + 1) {
		return sm_fail(e, SM_E_GAP, "event %d stands where event %d should", (int)ev->seq, (int)run->seq + 1);
	}
	if (strcmp(ev->id, run->last_id) <= 0 && !SM_PLANTED(IDS_NOT_TIED_TO_TIP)) {
		return sm_fail(e, SM_E_ILLEGAL, "event %d: its id is not greater than the one before", (int)ev->seq);
	}
	if (strcmp(ev->prev, run->last_id) != 0 && !SM_PLANTED(PREV_NOT_CHECKED)) {
		return sm_fail(e, SM_E_ILLEGAL, "event %d names another predecessor than the one that is stored", (int)ev->seq);
	}
	return SM_OK;
}

sm_status sm_run_apply(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e)
{
	sm_status st = sm_run_follows(run, ev, e);
	if (st || (st = transition(run, ev, arena, e))) {
		return st;
	}
	run->seq = ev->seq;
	memcpy(run->last_id, ev->id, SM_ID_SIZE);
	run->changed_at = ev->stored_at;
	return SM_OK;
}

/* ---- views ---- */

sm_shown sm_run_shown(const sm_run *run, int64_t now)
{
	switch (run->phase) {
	case SM_PHASE_COMPLETED:
		return SM_SHOWN_COMPLETED;
	case SM_PHASE_ENDED:
		return sm_bytes_eq(run->outcome, SM_STR("by_hand")) ? SM_SHOWN_COMPLETED_BY_HAND
			: sm_bytes_eq(run->outcome, SM_STR("undone")) ? SM_SHOWN_UNDONE : SM_SHOWN_STOPPED;
	case SM_PHASE_PAUSED:
		return SM_SHOWN_PAUSED;
	case SM_PHASE_NONE:
	case SM_PHASE_OPEN:
		break;
	}
	if (run->st == SM_ST_UNKNOWN) {
		return SM_SHOWN_UNKNOWN;
	}
	if (run->st == SM_ST_STARTED) {
		return SM_SHOWN_RUNNING;
	}
	if (run->held > 0) {
		return SM_SHOWN_HELD;
	}
	bool next_call = sm_bytes_eq(run->workflow, sm_once_name) && run->attempt > 0;
	return run->retry_at > now || run->not_before > now || next_call ? SM_SHOWN_WAITING : SM_SHOWN_RUNNING;
}

sm_bytes sm_run_owner(const sm_run *run)
{
	const sm_step_state *s = sm_run_step(run);
	bool closed = run->phase == SM_PHASE_COMPLETED || run->phase == SM_PHASE_ENDED;
	return closed || s == NULL ? (sm_bytes){NULL, 0} : s->row.owner;
}

int64_t sm_attempt_lease_end(const sm_attempt *a, const sm_settings *settings)
{
	return a->stored_at + (a->lease + settings->clock_skew_ms) * 1000;
}

int64_t sm_run_grace_end(const sm_run *run, const sm_settings *settings)
{
	const sm_step_state *s = sm_run_step(run);
	int64_t end = 0;
	for (int32_t i = 0; s != NULL && i < s->n_attempts; i++) {
		const sm_attempt *a = &s->attempts[i];
		if (!a->uncertain) {
			continue;
		}
		int64_t from = a->stored_at + a->lease * 1000;
		if (SM_PLANTED(GRACE_FROM_START)) {
			from = a->stored_at;
		} else if (a->unknown_at > from) {
			from = a->unknown_at;
		}
		from += (a->grace + settings->clock_skew_ms) * 1000;
		end = from > end ? from : end;
	}
	return end;
}

int64_t sm_run_due(const sm_run *run, const sm_settings *settings)
{
	const sm_step_state *s = sm_run_step(run);
	bool once = sm_bytes_eq(run->workflow, sm_once_name);
	if (run->phase != SM_PHASE_OPEN) {
		return -1;
	}
	if (run->st == SM_ST_STARTED && s != NULL) {
		return sm_attempt_lease_end(&s->attempts[run->attempt - 1], settings);
	}
	if (once) {
		return -1;
	}
	if (run->st == SM_ST_UNKNOWN && s != NULL) {
		if (s->row.repeat == SM_REPEAT_ONCE) {
			return run->retry_at; /* the same key may be sent again, whether or not there is a probe */
		}
		int64_t end = sm_run_grace_end(run, settings);
		return s->row.has_probe && end > 0 ? end : -1;
	}
	return run->retry_at > run->not_before ? run->retry_at : run->not_before;
}

int sm_run_duplicates(const sm_run *run, int32_t i, int64_t key_window_ms)
{
	const sm_step_state *s = &run->steps[i];
	int successes = 0;
	bool outside = false;
	if (s->row.repeat == SM_REPEAT_SAFE) {
		return 0;
	}
	for (int32_t k = 0; k < s->n_attempts; k++) {
		if (s->attempts[k].succeeded) {
			successes++;
			outside |= s->attempts[k].stored_at >= s->attempts[0].stored_at + key_window_ms * 1000;
		}
	}
	return successes >= 2 && (s->row.repeat == SM_REPEAT_NEVER || outside) ? successes : 0;
}
