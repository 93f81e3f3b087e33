/* What an owner or a probe decides: pause, resume, finish by hand, stop, verdicts (API, table of decisions). */
#include "decide.h"
#include "plant.h"

sm_status sm_decide_pause(sm_deciding *c)
{
	const sm_run *run = c->run;
	if (run->phase == SM_PHASE_PAUSED) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "paused already");
	}
	if (run->phase != SM_PHASE_OPEN) {
		return sm_decide_refuse(c, "pause", "it is over");
	}
	if (run->st == SM_ST_UNKNOWN) {
		return sm_decide_refuse(c, "pause", "give a verdict first");
	}
	if (!run->pause_requested) {
		sm_status st = sm_decide_by(c, sm_decide_add(c, SM_PAUSE_REQUESTED));
		if (st) {
			return st;
		}
	} else if (run->st == SM_ST_STARTED) {
		return sm_decide_say(c, SM_DECIDED_NOTHING, "a pause is requested already");
	}
	if (run->st != SM_ST_STARTED || SM_PLANTED(PAUSE_IN_FLIGHT)) {
		return sm_decide_by(c, sm_decide_pause_event(c, "asked"));
	}
	return SM_OK;
}

sm_status sm_decide_resume(sm_deciding *c)
{
	const sm_run *run = c->run;
	const sm_workflow *w = c->cmd->workflow;
	if (run->phase != SM_PHASE_PAUSED) {
		return sm_decide_refuse(c, "resume", run->phase == SM_PHASE_OPEN && run->st == SM_ST_UNKNOWN ? "give a verdict first" : "only a paused run is resumed");
	}
	bool changed = w != NULL && sm_decide_is_changed(run, w);
	int32_t known = run->step <= run->n_steps ? run->step : run->n_steps;
	for (int32_t i = 0; changed && i < known; i++) {
		if ((size_t)i >= w->n_steps || !sm_bytes_eq(run->steps[i].row.name, w->steps[i].name)) {
			return sm_decide_say(c, SM_DECIDED_REFUSED, "resume is not allowed: step %d was \"%.*s\" and the registered definition has another there; "
				"finish by hand or stop", (int)i + 1, (int)run->steps[i].row.name.n, run->steps[i].row.name.p);
		}
	}
	sm_event *ev = sm_decide_add(c, SM_RUN_RESUMED);
	const sm_step_state *s = sm_run_step(run);
	ev->scope = s != NULL ? s->row.name : (sm_bytes){NULL, 0};
	sm_status st = changed ? sm_decide_steps(c, ev, w) : SM_OK;
	return st ? st : sm_decide_by(c, ev);
}

/* finish by hand, stop */
sm_status sm_decide_end(sm_deciding *c, const char *what, const char *outcome)
{
	const sm_run *run = c->run;
	bool stop = c->cmd->kind == SM_CMD_STOP;
	sm_status st;
	if (run->phase == SM_PHASE_OPEN && run->st == SM_ST_UNKNOWN && stop) {
		sm_event *ev = sm_decide_add(c, SM_VERDICT_ABANDONED);
		ev->step = sm_run_step(run)->row.name;
		ev->attempt = run->attempt;
		ev->source = SM_STR("person");
		return sm_decide_by(c, ev);
	}
	if (run->phase == SM_PHASE_OPEN && run->st != SM_ST_UNKNOWN && run->st != SM_ST_STARTED) {
		if ((st = sm_decide_by(c, sm_decide_pause_event(c, "asked")))) {
			return st;
		}
	} else if (run->phase != SM_PHASE_PAUSED) {
		return sm_decide_refuse(c, what, run->phase != SM_PHASE_OPEN ? "it is over" : run->st == SM_ST_UNKNOWN ? "give a verdict first"
			: "request a pause, or wait for its outcome or the end of its lease");
	}
	sm_event *ev = sm_decide_add(c, SM_RUN_ENDED);
	ev->outcome = sm_cstr(outcome);
	return sm_decide_by(c, ev);
}

sm_status sm_decide_verdict(sm_deciding *c)
{
	const sm_run *run = c->run;
	const sm_command *cmd = c->cmd;
	const sm_answer *a = cmd->answer;
	if (run->phase != SM_PHASE_OPEN || run->st != SM_ST_UNKNOWN) {
		return sm_decide_refuse(c, "a verdict", "only an unknown step takes one");
	}
	const sm_step_state *s = sm_run_step(run);
	if ((cmd->step.n > 0 && !sm_bytes_eq(cmd->step, s->row.name)) || (cmd->attempt != 0 && cmd->attempt != run->attempt)) {
		return sm_decide_say(c, SM_DECIDED_REFUSED, "attempt %d of step \"%.*s\" is the unknown one now, not what was looked at: look again", (int)run->attempt,
			(int)s->row.name.n, s->row.name.p);
	}
	int64_t end = SM_PLANTED(NO_GRACE) ? 0 : sm_run_grace_end(run, cmd->settings);
	int64_t asked = SM_PLANTED(GRACE_AFTER_PROBE) ? cmd->now : cmd->asked_at;
	if (a->kind == SM_ANSWER_UNKNOWN) {
		return cmd->by_probe ? sm_decide_say(c, SM_DECIDED_NOTHING, "the probe could not tell")
			: sm_decide_say(c, SM_DECIDED_REFUSED, "a verdict says done or not done; \"unknown\" settles nothing");
	}
	if (a->kind == SM_ANSWER_NOT_DONE && cmd->by_probe) {
		if (!cmd->clocks_agree) {
			return sm_decide_say(c, SM_DECIDED_NOTHING, "the clocks of the database and of this host differ by more than 5 s: \"not done\" is not believed");
		}
		if (asked <= end) {
			c->out->at = end;
			return sm_decide_say(c, SM_DECIDED_NOTHING, "\"not done\" is not believed before the grace is over");
		}
	}
	sm_status st;
	for (size_t i = 0; i < a->n_externals; i++) {
		if ((st = sm_decide_external(c, s->row.name, run->attempt, &a->externals[i]))) {
			return st;
		}
	}
	sm_event *ev = sm_decide_add(c, a->kind == SM_ANSWER_DONE ? SM_VERDICT_DONE : SM_VERDICT_NOT_DONE);
	ev->step = s->row.name;
	ev->attempt = run->attempt;
	ev->source = cmd->by_probe ? SM_STR("probe") : SM_STR("person");
	ev->early = a->kind == SM_ANSWER_NOT_DONE && !cmd->by_probe && cmd->now <= end;
	if ((st = sm_decide_by(c, ev)) || (st = sm_decide_text(c, ev, "evidence", a->text))) {
		return st;
	}
	if (a->output.p && (st = sm_event_private(ev, SM_STR("output"), a->output))) {
		return st;
	}
	if (a->kind == SM_ANSWER_DONE && run->step == run->n_steps) {
		sm_decide_add(c, SM_RUN_COMPLETED);
	}
	return SM_OK;
}
