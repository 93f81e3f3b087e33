#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plant.h"

typedef struct ctx {
	const sm_run *run;
	const sm_command *cmd;
	sm_arena *arena;
	sm_decision *out;
	sm_error *e;
} ctx;

/* ---- answers ---- */

__attribute__((format(printf, 3, 4)))
static sm_status say(ctx *c, sm_decision_kind kind, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(c->out->message, sizeof c->out->message, format, ap);
	va_end(ap);
	c->out->kind = kind;
	c->out->n = 0;
	return SM_OK;
}

static sm_status not_before(ctx *c, int64_t at)
{
	c->out->at = at;
	return say(c, SM_DECIDED_NOT_BEFORE, "waits for its time");
}

static sm_event *add(ctx *c, sm_event_type type)
{
	sm_event *ev = &c->out->events[c->out->n++];
	*ev = sm_event_new(type);
	c->out->kind = SM_DECIDED_EVENTS;
	return ev;
}

/* A private text value; empty text is left out. */
static sm_status put_text(ctx *c, sm_event *ev, const char *field, sm_bytes text)
{
	if (text.n == 0) {
		return SM_OK;
	}
	sm_buf b;
	sm_buf_init(&b, c->arena, SM_MAX_PRIVATE);
	sm_canon_string(&b, text);
	if (b.status) {
		return b.status == SM_E_LIMIT ? sm_fail_limit(c->e, "bytes of a private value", SM_MAX_PRIVATE, (int64_t)text.n) : b.status;
	}
	return sm_event_private(ev, sm_cstr(field), sm_buf_bytes(&b));
}

static sm_status put_by(ctx *c, sm_event *ev)
{
	sm_status st = put_text(c, ev, "by", c->cmd->by);
	return st ? st : put_text(c, ev, "reason", c->cmd->reason);
}

static const char *describe(const sm_run *run)
{
	switch (run->phase) {
	case SM_PHASE_NONE:
		return "not begun";
	case SM_PHASE_PAUSED:
		return "paused";
	case SM_PHASE_COMPLETED:
		return "completed";
	case SM_PHASE_ENDED:
		return "ended";
	case SM_PHASE_OPEN:
		break;
	}
	return run->st == SM_ST_STARTED ? "running an attempt" : run->st == SM_ST_UNKNOWN ? "unknown" : run->st == SM_ST_REFUSED ? "refused" : "ready";
}

static sm_status refuse(ctx *c, const char *what, const char *allowed)
{
	return say(c, SM_DECIDED_REFUSED, "%s is not allowed while the run is %s; %s", what, describe(c->run), allowed);
}

/* ---- definitions ---- */

/* Version or steps (name, effect, repeat) differ from the run's. Calls of once() may differ: their key is their identity. */
static bool is_changed(const sm_run *run, const sm_workflow *w)
{
	if (sm_bytes_eq(run->workflow, sm_once_name)) {
		return false;
	}
	if (!sm_bytes_eq(run->version, w->version) || (size_t)run->n_steps != w->n_steps) {
		return true;
	}
	for (size_t i = 0; i < w->n_steps; i++) {
		const sm_step_row *row = &run->steps[i].row;
		const sm_step_def *def = &w->steps[i];
		if (!sm_bytes_eq(row->name, def->name) || row->effect != def->effect || row->repeat != def->repeat) {
			return true;
		}
	}
	return false;
}

static sm_status put_steps(ctx *c, sm_event *ev, const sm_workflow *w)
{
	sm_step_row *rows = SM_NEW(c->arena, sm_step_row, w->n_steps);
	if (rows == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < w->n_steps; i++) {
		const sm_step_def *def = &w->steps[i];
		rows[i] = (sm_step_row){def->name, def->owner.n ? def->owner : w->owner, def->effect, def->repeat, def->has_probe};
	}
	ev->steps = rows;
	ev->n_steps = w->n_steps;
	ev->version = w->version;
	ev->definition = sm_cstr(w->definition);
	return SM_OK;
}

/* What this process knows of the run's current step; NULL when the workflow is not registered here. */
static const sm_step_def *definition_of(const sm_run *run, const sm_workflow *w)
{
	const sm_step_state *s = sm_run_step(run);
	return w != NULL && s != NULL ? sm_workflow_step(w, s->row.name) : NULL;
}

static sm_event *add_start(ctx *c, const sm_step_def *def, int32_t attempt)
{
	sm_event *ev = add(c, SM_STEP_STARTED);
	ev->step = def->name;
	ev->attempt = attempt;
	ev->lease = sm_lease_ms(def, c->cmd->settings);
	ev->grace = sm_grace_ms(def, c->cmd->settings);
	return ev;
}

static sm_event *add_pause(ctx *c, const char *rule)
{
	sm_event *ev = add(c, SM_RUN_PAUSED);
	ev->rule = sm_cstr(rule);
	ev->owner = sm_run_owner(c->run);
	return ev;
}

/* ---- commands ---- */

static sm_status decide_start(ctx *c)
{
	const sm_command *cmd = c->cmd;
	const sm_workflow *w = cmd->workflow;
	if (c->run->phase != SM_PHASE_NONE) {
		return refuse(c, "start", "it exists");
	}
	sm_event *ev = add(c, SM_RUN_STARTED);
	ev->workflow = w->name;
	ev->category = w->category;
	ev->fingerprint = cmd->fingerprint;
	ev->subject = sm_cstr(cmd->subject_hash);
	ev->occurrence = cmd->occurrence;
	ev->trigger = cmd->trigger;
	ev->parent = cmd->parent.n ? cmd->parent : (sm_bytes){NULL, 0};
	ev->not_before = cmd->not_before;
	sm_status st = put_steps(c, ev, w);
	if (st || (st = put_text(c, ev, "subject", cmd->subject)) || (st = sm_event_private(ev, SM_STR("input"), cmd->input))) {
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
static sm_status decide_next(ctx *c, const sm_step_def *def)
{
	const sm_run *run = c->run;
	bool every_call = def->retry.attempts == 0;
	if (run->attempt > 0 && run->st == SM_ST_REFUSED && !every_call
		&& (run->failure_class < 0 || !sm_class_is_retried((sm_failure_class)run->failure_class))) {
		add_pause(c, "not_retried");
		return SM_OK;
	}
	if (!attempts_left(run, &def->retry, c->cmd->now)) {
		add_pause(c, "attempts_used");
		return SM_OK;
	}
	if (run->retry_at > c->cmd->now && !every_call) {
		return not_before(c, run->retry_at);
	}
	add_start(c, def, run->attempt + 1);
	return SM_OK;
}

static bool inside_key_window(const ctx *c, const sm_step_def *def)
{
	int64_t lease = sm_lease_ms(def, c->cmd->settings), grace = sm_grace_ms(def, c->cmd->settings);
	return c->cmd->now + (lease + grace) * 1000 < c->run->first_at + def->key_window_ms * 1000;
}

static sm_status decide_unknown(ctx *c, const sm_step_def *def, bool probed)
{
	const sm_run *run = c->run;
	const sm_step_state *s = sm_run_step(run);
	if (def == NULL) {
		return say(c, SM_DECIDED_NOTHING, "unknown, and its workflow is not registered here");
	}
	if (def->has_probe && !probed) {
		return say(c, SM_DECIDED_PROBE, "the other side is asked");
	}
	bool same_key = s->row.repeat == SM_REPEAT_ONCE && def->repeat == SM_REPEAT_ONCE && !run->pause_requested
		&& !is_changed(run, c->cmd->workflow);
	if (!same_key || !inside_key_window(c, def) || !attempts_left(run, &def->retry, c->cmd->now)) {
		return say(c, SM_DECIDED_NOTHING, "unknown: a verdict is needed");
	}
	if (run->retry_at > c->cmd->now && def->retry.attempts != 0) {
		return not_before(c, run->retry_at);
	}
	add_start(c, def, run->attempt + 1);
	return SM_OK;
}

static sm_status decide_go_on(ctx *c, bool probed)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->phase != SM_PHASE_OPEN) {
		return say(c, SM_DECIDED_NOTHING, "%s", describe(run));
	}
	if (run->step > run->n_steps) {
		add(c, SM_RUN_COMPLETED);
		return SM_OK;
	}
	const sm_step_def *def = definition_of(run, w);
	if (run->st == SM_ST_STARTED) {
		return say(c, SM_DECIDED_NOTHING, "an attempt is under way");
	}
	if (run->st == SM_ST_UNKNOWN) {
		return decide_unknown(c, def, probed);
	}
	if (run->pause_requested) {
		add_pause(c, "asked");
		return SM_OK;
	}
	if (w == NULL) {
		return say(c, SM_DECIDED_NOTHING, "its workflow is not registered here");
	}
	if (is_changed(run, w)) {
		add_pause(c, "definition_changed");
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
static int64_t wait_after(const ctx *c, const sm_step_def *def)
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
static void add_following(ctx *c)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->step == run->n_steps) {
		add(c, SM_RUN_COMPLETED);
		return;
	}
	if (run->pause_requested) {
		/* the pause rests with the owner of the step that is next */
		add_pause(c, "asked")->owner = run->steps[run->step].row.owner;
		return;
	}
	if (w != NULL && !c->cmd->start_nothing && !is_changed(run, w)) {
		add_start(c, &w->steps[run->step], 1);
	}
}

static bool is_mine(const sm_run *run, const sm_command *cmd)
{
	const sm_step_state *s = sm_run_step(run);
	return run->phase == SM_PHASE_OPEN && run->st == SM_ST_STARTED && s != NULL && sm_bytes_eq(s->row.name, cmd->step)
		&& run->attempt == cmd->attempt;
}

static sm_status decide_record(ctx *c)
{
	const sm_run *run = c->run;
	const sm_command *cmd = c->cmd;
	const sm_outcome *o = cmd->outcome;
	if (!is_mine(run, cmd)) {
		if (o->kind == SM_OUTCOME_AMBIGUOUS || SM_PLANTED(LATE_DROPPED)) {
			return say(c, SM_DECIDED_NOTHING, "superseded, and nothing certain to say");
		}
		sm_event *late = add(c, o->kind == SM_OUTCOME_DONE ? SM_LATE_DONE : SM_LATE_FAILED);
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
	sm_event *ev = add(c, type);
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

static sm_status decide_recover(ctx *c)
{
	const sm_run *run = c->run;
	const sm_step_state *s = sm_run_step(run);
	if (run->phase != SM_PHASE_OPEN || run->st != SM_ST_STARTED || s == NULL) {
		return say(c, SM_DECIDED_NOTHING, "no attempt is under way");
	}
	int64_t end = sm_attempt_lease_end(&s->attempts[run->attempt - 1], c->cmd->settings);
	if (c->cmd->now <= end && !SM_PLANTED(RECOVERY_IGNORES_LEASE)) {
		return not_before(c, end);
	}
	if (!c->cmd->clocks_agree) {
		return say(c, SM_DECIDED_NOTHING, "the clocks of the database and of this host differ by more than 5 s: nothing is recovered");
	}
	bool safe = s->row.repeat == SM_REPEAT_SAFE || SM_PLANTED(LAPSE_RERUNS_NEVER);
	sm_event *ev = add(c, safe ? SM_STEP_READY : SM_STEP_UNKNOWN);
	ev->step = s->row.name;
	ev->attempt = run->attempt;
	ev->why = SM_STR("lease");
	ev->retry_wait = wait_after(c, definition_of(run, c->cmd->workflow));
	return SM_OK;
}

static sm_status decide_pause(ctx *c)
{
	const sm_run *run = c->run;
	if (run->phase == SM_PHASE_PAUSED) {
		return say(c, SM_DECIDED_NOTHING, "paused already");
	}
	if (run->phase != SM_PHASE_OPEN) {
		return refuse(c, "pause", "it is over");
	}
	if (run->st == SM_ST_UNKNOWN) {
		return refuse(c, "pause", "give a verdict first");
	}
	if (!run->pause_requested) {
		sm_status st = put_by(c, add(c, SM_PAUSE_REQUESTED));
		if (st) {
			return st;
		}
	} else if (run->st == SM_ST_STARTED) {
		return say(c, SM_DECIDED_NOTHING, "a pause is requested already");
	}
	if (run->st != SM_ST_STARTED || SM_PLANTED(PAUSE_IN_FLIGHT)) {
		return put_by(c, add_pause(c, "asked"));
	}
	return SM_OK;
}

static sm_status decide_resume(ctx *c)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->phase != SM_PHASE_PAUSED) {
		return refuse(c, "resume", run->phase == SM_PHASE_OPEN && run->st == SM_ST_UNKNOWN ? "give a verdict first" : "only a paused run is resumed");
	}
	bool changed = w != NULL && is_changed(run, w);
	int32_t known = run->step <= run->n_steps ? run->step : run->n_steps;
	for (int32_t i = 0; changed && i < known; i++) {
		if ((size_t)i >= w->n_steps || !sm_bytes_eq(run->steps[i].row.name, w->steps[i].name)) {
			return say(c, SM_DECIDED_REFUSED, "resume is not allowed: step %d was \"%.*s\" and the registered definition has another there; "
				"finish by hand or stop", (int)i + 1, (int)run->steps[i].row.name.n, run->steps[i].row.name.p);
		}
	}
	sm_event *ev = add(c, SM_RUN_RESUMED);
	const sm_step_state *s = sm_run_step(run);
	ev->scope = s != NULL ? s->row.name : (sm_bytes){NULL, 0};
	sm_status st = changed ? put_steps(c, ev, w) : SM_OK;
	return st ? st : put_by(c, ev);
}

/* finish by hand, stop */
static sm_status decide_end(ctx *c, const char *what, const char *outcome)
{
	const sm_run *run = c->run;
	bool stop = c->cmd->kind == SM_CMD_STOP;
	sm_status st;
	if (run->phase == SM_PHASE_OPEN && run->st == SM_ST_UNKNOWN && stop) {
		sm_event *ev = add(c, SM_VERDICT_ABANDONED);
		ev->step = sm_run_step(run)->row.name;
		ev->attempt = run->attempt;
		ev->source = SM_STR("person");
		return put_by(c, ev);
	}
	if (run->phase == SM_PHASE_OPEN && run->st != SM_ST_UNKNOWN && run->st != SM_ST_STARTED) {
		if ((st = put_by(c, add_pause(c, "asked")))) {
			return st;
		}
	} else if (run->phase != SM_PHASE_PAUSED) {
		return refuse(c, what, run->phase != SM_PHASE_OPEN ? "it is over" : run->st == SM_ST_UNKNOWN ? "give a verdict first"
			: "request a pause, or wait for its outcome or the end of its lease");
	}
	sm_event *ev = add(c, SM_RUN_ENDED);
	ev->outcome = sm_cstr(outcome);
	return put_by(c, ev);
}

static sm_status add_external(ctx *c, sm_bytes step, int32_t attempt, const sm_external *x)
{
	char hash[SM_ID_SIZE];
	sm_bytes id_hash;
	sm_external_hash(c->cmd->keys, x->kind, x->id, hash);
	sm_status st = sm_arena_dup(c->arena, (sm_bytes){hash, SM_ID_LEN}, &id_hash);
	if (st) {
		return st;
	}
	sm_event *ev = add(c, SM_EXTERNAL_RECORDED);
	ev->step = step;
	ev->attempt = attempt;
	ev->kind = x->kind;
	ev->id_hash = id_hash;
	return put_text(c, ev, "id", x->id);
}

static sm_status decide_verdict(ctx *c)
{
	const sm_run *run = c->run;
	const sm_command *cmd = c->cmd;
	const sm_answer *a = cmd->answer;
	if (run->phase != SM_PHASE_OPEN || run->st != SM_ST_UNKNOWN) {
		return refuse(c, "a verdict", "only an unknown step takes one");
	}
	int64_t end = SM_PLANTED(NO_GRACE) ? 0 : sm_run_grace_end(run, cmd->settings);
	int64_t asked = SM_PLANTED(GRACE_AFTER_PROBE) ? cmd->now : cmd->asked_at;
	if (a->kind == SM_ANSWER_UNKNOWN) {
		return cmd->by_probe ? say(c, SM_DECIDED_NOTHING, "the probe could not tell")
			: say(c, SM_DECIDED_REFUSED, "a verdict says done or not done; \"unknown\" settles nothing");
	}
	if (a->kind == SM_ANSWER_NOT_DONE && cmd->by_probe) {
		if (!cmd->clocks_agree) {
			return say(c, SM_DECIDED_NOTHING, "the clocks of the database and of this host differ by more than 5 s: \"not done\" is not believed");
		}
		if (asked <= end) {
			c->out->at = end;
			return say(c, SM_DECIDED_NOTHING, "\"not done\" is not believed before the grace is over");
		}
	}
	const sm_step_state *s = sm_run_step(run);
	sm_status st;
	for (size_t i = 0; i < a->n_externals; i++) {
		if ((st = add_external(c, s->row.name, run->attempt, &a->externals[i]))) {
			return st;
		}
	}
	sm_event *ev = add(c, a->kind == SM_ANSWER_DONE ? SM_VERDICT_DONE : SM_VERDICT_NOT_DONE);
	ev->step = s->row.name;
	ev->attempt = run->attempt;
	ev->source = cmd->by_probe ? SM_STR("probe") : SM_STR("person");
	ev->early = a->kind == SM_ANSWER_NOT_DONE && !cmd->by_probe && cmd->now <= end;
	if ((st = put_by(c, ev)) || (st = put_text(c, ev, "evidence", a->text))) {
		return st;
	}
	if (a->output.p && (st = sm_event_private(ev, SM_STR("output"), a->output))) {
		return st;
	}
	if (a->kind == SM_ANSWER_DONE && run->step == run->n_steps) {
		add(c, SM_RUN_COMPLETED);
	}
	return SM_OK;
}

sm_status sm_run_decide(const sm_run *run, const sm_command *cmd, bool probed, sm_arena *arena, sm_decision *out, sm_error *e)
{
	ctx c = {run, cmd, arena, out, e};
	memset(out, 0, sizeof *out);
	/* at most two events, and before them one for each external id of an answer */
	size_t externals = cmd->kind == SM_CMD_VERDICT ? cmd->answer->n_externals : 0;
	if (externals > SM_ANSWER_EXTERNALS_MAX) {
		return sm_fail_limit(e, "external ids of one answer", SM_ANSWER_EXTERNALS_MAX, (int64_t)externals);
	}
	out->events = SM_NEW(arena, sm_event, 2 + externals);
	if (out->events == NULL) {
		return SM_E_NOMEM;
	}
	switch (cmd->kind) {
	case SM_CMD_START:
		return decide_start(&c);
	case SM_CMD_GO_ON:
		return decide_go_on(&c, probed);
	case SM_CMD_RECORD:
		return decide_record(&c);
	case SM_CMD_RECOVER:
		return decide_recover(&c);
	case SM_CMD_PAUSE:
		return decide_pause(&c);
	case SM_CMD_RESUME:
		return decide_resume(&c);
	case SM_CMD_FINISH_BY_HAND:
		return decide_end(&c, "finish by hand", "by_hand");
	case SM_CMD_STOP:
		return decide_end(&c, "stop", "stopped");
	case SM_CMD_VERDICT:
		return decide_verdict(&c);
	case SM_CMD_NOTE: {
		sm_event *ev = add(&c, SM_NOTE);
		sm_status st = put_text(&c, ev, "by", cmd->by);
		return st ? st : put_text(&c, ev, "text", cmd->reason);
	}
	case SM_CMD_EXTERNAL:
		return add_external(&c, cmd->step, cmd->attempt, &cmd->external);
	case SM_CMD_HELD:
		if (run->phase != SM_PHASE_OPEN || (run->st != SM_ST_READY && run->st != SM_ST_REFUSED)
			|| (run->held == cmd->held && sm_bytes_eq(run->held_target, cmd->held_target))) {
			return say(&c, SM_DECIDED_NOTHING, "held");
		}
		sm_event *ev = add(&c, SM_RUN_HELD);
		ev->target = cmd->held_target;
		ev->generation = cmd->held;
		return SM_OK;
	}
	return SM_E_ARGUMENT;
}
