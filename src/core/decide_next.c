/* What follows by itself: starting, going on, what an attempt reports, lapsed leases (PROTOCOL section 4). */
#include <string.h>

#include "decide.h"
#include "plant.h"

static sm_status not_before(sm_deciding *c, int64_t at)
{
	c->out->at = at;
	return sm_decide_say(c, SM_DECIDED_NOT_BEFORE, "waits for its time");
}

/* What this process knows of the run's current step; NULL when the workflow is not registered here. */
static const sm_step_def *definition_of(const sm_run *run, const sm_workflow *w)
{
	const sm_step_state *s = sm_run_step(run);
	return w != NULL && s != NULL ? sm_workflow_step(w, s->row.name) : NULL;
}

static sm_event *add_start(sm_deciding *c, const sm_step_def *def, int32_t attempt)
{
	sm_event *ev = sm_decide_add(c, SM_STEP_STARTED);
	ev->step = def->name;
	ev->attempt = attempt;
	ev->lease = sm_lease_ms(def, c->cmd->settings);
	ev->grace = sm_grace_ms(def, c->cmd->settings);
	return ev;
}

sm_status sm_decide_start(sm_deciding *c)
{
	const sm_command *cmd = c->cmd;
	const sm_workflow *w = cmd->workflow;
	if (c->run->phase != SM_PHASE_NONE) {
		return sm_decide_refuse(c, "start", "it exists");
	}
	sm_event *ev = sm_decide_add(c, SM_RUN_STARTED);
	ev->workflow = w->name;
	ev->category = w->category;
	ev->fingerprint = cmd->fingerprint;
	ev->subject = sm_cstr(cmd->subject_hash);
	ev->occurrence = cmd->occurrence;
	ev->trigger = cmd->trigger;
	ev->parent = cmd->parent.n ? cmd->parent : (sm_bytes){NULL, 0};
	ev->not_before = cmd->not_before;
	sm_status st = sm_decide_steps(c, ev, w);
	if (st || (st = sm_decide_text(c, ev, "subject", cmd->subject)) || (st = sm_event_private(ev, SM_STR("input"), cmd->input))) {
		return st;
	}
	if (!cmd->later) {
		add_start(c, &w->steps[0], 1);
	}
	return SM_OK;
}

static bool attempts_left(const sm_run *run, const sm_retry *retry, int64_t now)
{
	if (retry->attempts == 0) {
		return true;
	}
	int64_t end = run->first_at + retry->window_ms * 1000;
	return run->attempt < retry->attempts + run->granted && (run->first_at == 0 || (now < end && run->retry_at < end));
}

/* Ready or refused, of a workflow that is registered and unchanged. */
static sm_status decide_next(sm_deciding *c, const sm_step_def *def)
{
	const sm_run *run = c->run;
	bool every_call = def->retry.attempts == 0;
	if (run->attempt > 0 && run->st == SM_ST_REFUSED && !every_call
		&& (run->failure_class < 0 || !sm_class_is_retried((sm_failure_class)run->failure_class))) {
		sm_decide_pause_event(c, "not_retried");
		return SM_OK;
	}
	if (!attempts_left(run, &def->retry, c->cmd->now)) {
		sm_decide_pause_event(c, "attempts_used");
		return SM_OK;
	}
	if (run->retry_at > c->cmd->now && !every_call) {
		return not_before(c, run->retry_at);
	}
	add_start(c, def, run->attempt + 1);
	return SM_OK;
}

static bool inside_key_window(const sm_deciding *c, const sm_step_def *def)
{
	int64_t lease = sm_lease_ms(def, c->cmd->settings), grace = sm_grace_ms(def, c->cmd->settings);
	return c->cmd->now + (lease + grace) * 1000 < c->run->first_at + def->key_window_ms * 1000;
}

static sm_status decide_unknown(sm_deciding *c, const sm_step_def *def, bool probed)
{
	const sm_run *run = c->run;
	const sm_step_state *s = sm_run_step(run);
	if (def == NULL) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "unknown, and its workflow is not registered here");
	}
	if (def->has_probe && !probed) {
		return sm_decide_say(c, SM_DECIDED_PROBE, "the other side is asked");
	}
	bool same_key = s->row.repeat == SM_REPEAT_ONCE && def->repeat == SM_REPEAT_ONCE && !run->pause_requested
		&& !sm_decide_is_changed(run, c->cmd->workflow);
	if (!same_key || !inside_key_window(c, def) || !attempts_left(run, &def->retry, c->cmd->now)) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "unknown: a verdict is needed");
	}
	if (run->retry_at > c->cmd->now && def->retry.attempts != 0) {
		return not_before(c, run->retry_at);
	}
	add_start(c, def, run->attempt + 1);
	return SM_OK;
}

sm_status sm_decide_go_on(sm_deciding *c, bool probed)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->phase != SM_PHASE_OPEN) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "%s", sm_decide_describe(run));
	}
	if (run->step > run->n_steps) {
		sm_decide_add(c, SM_RUN_COMPLETED);
		return SM_OK;
	}
	const sm_step_def *def = definition_of(run, w);
	if (run->st == SM_ST_STARTED) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "an attempt is under way");
	}
	if (run->st == SM_ST_UNKNOWN) {
		return decide_unknown(c, def, probed);
	}
	if (run->pause_requested) {
		sm_decide_pause_event(c, "asked");
		return SM_OK;
	}
	if (w == NULL) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "its workflow is not registered here");
	}
	if (sm_decide_is_changed(run, w)) {
		sm_decide_pause_event(c, "definition_changed");
		return SM_OK;
	}
	if (run->not_before > c->cmd->now) {
		return not_before(c, run->not_before);
	}
	return decide_next(c, def);
}

static void put_outcome(sm_event *ev, const sm_outcome *o)
{
	memcpy(ev->p, o->p, sizeof ev->p);
	ev->n_p = o->n_p;
	ev->omitted = o->omitted;
	ev->code = o->code.n ? o->code : (sm_bytes){NULL, 0};
	switch (o->kind) {
	case SM_OUTCOME_DONE:
		ev->touched = o->touched;
		ev->cost = o->cost;
		break;
	case SM_OUTCOME_NOT_DONE:
		ev->failure = o->failure.n ? o->failure : (sm_bytes){NULL, 0};
		ev->failure_class = (int32_t)o->failure_class;
		break;
	case SM_OUTCOME_AMBIGUOUS:
		ev->why = o->why;
		break;
	}
}

/* The wait before the next attempt, where one may follow by itself. */
static int64_t wait_after(const sm_deciding *c, const sm_step_def *def)
{
	const sm_outcome *o = c->cmd->outcome;
	if (def == NULL || def->retry.attempts == 0) {
		return o != NULL && o->kind == SM_OUTCOME_NOT_DONE ? o->retry_after_ms : -1;
	}
	int64_t wait = sm_retry_wait_ms(&def->retry, c->run->attempt);
	if (o != NULL && o->kind == SM_OUTCOME_NOT_DONE) {
		/* an earlier attempt that is uncertain lets the same key be sent again, whatever the class: not at once */
		if (!sm_class_is_retried(o->failure_class) && sm_run_uncertain(c->run) == 0) {
			return -1;
		}
		wait = o->retry_after_ms > wait ? o->retry_after_ms : wait;
	}
	return wait;
}

/* What follows a success in the same statement. */
static void add_following(sm_deciding *c)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->step == run->n_steps) {
		sm_decide_add(c, SM_RUN_COMPLETED);
		return;
	}
	if (run->pause_requested) {
		/* the pause rests with the owner of the step that is next */
		sm_decide_pause_event(c, "asked")->owner = run->steps[run->step].row.owner;
		return;
	}
	if (w != NULL && !c->cmd->start_nothing && !sm_decide_is_changed(run, w)) {
		add_start(c, &w->steps[run->step], 1);
	}
}

static bool is_mine(const sm_run *run, const sm_command *cmd)
{
	const sm_step_state *s = sm_run_step(run);
	return run->phase == SM_PHASE_OPEN && run->st == SM_ST_STARTED && s != NULL && sm_bytes_eq(s->row.name, cmd->step)
		&& run->attempt == cmd->attempt;
}

sm_status sm_decide_record(sm_deciding *c)
{
	const sm_run *run = c->run;
	const sm_command *cmd = c->cmd;
	const sm_outcome *o = cmd->outcome;
	if (!is_mine(run, cmd)) {
		if (o->kind == SM_OUTCOME_AMBIGUOUS || SM_PLANTED(LATE_DROPPED)) {
			return sm_decide_say(c, SM_DECIDED_NOTHING, "superseded, and nothing certain to say");
		}
		sm_event *late = sm_decide_add(c, o->kind == SM_OUTCOME_DONE ? SM_LATE_DONE : SM_LATE_FAILED);
		put_outcome(late, o);
		late->step = cmd->step;
		late->attempt = cmd->attempt;
		if (late->type == SM_LATE_FAILED) {
			late->retry_wait = -1;
		}
		return SM_OK;
	}
	const sm_step_state *s = sm_run_step(run);
	sm_event_type type = o->kind == SM_OUTCOME_DONE ? SM_STEP_FINISHED : o->kind == SM_OUTCOME_NOT_DONE ? SM_STEP_FAILED
		: s->row.repeat == SM_REPEAT_SAFE ? SM_STEP_READY : SM_STEP_UNKNOWN;
	sm_event *ev = sm_decide_add(c, type);
	put_outcome(ev, o);
	ev->step = cmd->step;
	ev->attempt = cmd->attempt;
	if (type == SM_STEP_FINISHED) {
		add_following(c);
	} else {
		ev->retry_wait = wait_after(c, definition_of(run, cmd->workflow));
	}
	return SM_OK;
}

sm_status sm_decide_recover(sm_deciding *c)
{
	const sm_run *run = c->run;
	const sm_step_state *s = sm_run_step(run);
	if (run->phase != SM_PHASE_OPEN || run->st != SM_ST_STARTED || s == NULL) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "no attempt is under way");
	}
	int64_t end = sm_attempt_lease_end(&s->attempts[run->attempt - 1], c->cmd->settings);
	if (c->cmd->now <= end && !SM_PLANTED(RECOVERY_IGNORES_LEASE)) {
		return not_before(c, end);
	}
	if (!c->cmd->clocks_agree) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "the clocks of the database and of this host differ by more than 5 s: nothing is recovered");
	}
	bool safe = s->row.repeat == SM_REPEAT_SAFE || SM_PLANTED(LAPSE_RERUNS_NEVER);
	sm_event *ev = sm_decide_add(c, safe ? SM_STEP_READY : SM_STEP_UNKNOWN);
	ev->step = s->row.name;
	ev->attempt = run->attempt;
	ev->why = SM_STR("lease");
	ev->retry_wait = wait_after(c, definition_of(run, c->cmd->workflow));
	return SM_OK;
}
