/* The commands of a run: their answers, and which file decides what. */
#include "decide.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- answers ---- */

sm_status sm_decide_say(sm_deciding *c, sm_decision_kind kind, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(c->out->message, sizeof c->out->message, format, ap);
	va_end(ap);
	c->out->kind = kind;
	c->out->n = 0;
	return SM_OK;
}

sm_event *sm_decide_add(sm_deciding *c, sm_event_type type)
{
	sm_event *ev = &c->out->events[c->out->n++];
	*ev = sm_event_new(type);
	c->out->kind = SM_DECIDED_EVENTS;
	return ev;
}

/* A private text value; empty text is left out. */
sm_status sm_decide_text(sm_deciding *c, sm_event *ev, const char *field, sm_bytes text)
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

sm_status sm_decide_by(sm_deciding *c, sm_event *ev)
{
	sm_status st = sm_decide_text(c, ev, "by", c->cmd->by);
	return st ? st : sm_decide_text(c, ev, "reason", c->cmd->reason);
}

const char *sm_decide_describe(const sm_run *run)
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

sm_status sm_decide_refuse(sm_deciding *c, const char *what, const char *allowed)
{
	return sm_decide_say(c, SM_DECIDED_REFUSED, "%s is not allowed while the run is %s; %s", what, sm_decide_describe(c->run), allowed);
}

/* ---- definitions ---- */

/* Version or steps (name, effect, repeat) differ from the run's. Calls of once() may differ: their key is their identity. */
bool sm_decide_is_changed(const sm_run *run, const sm_workflow *w)
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

sm_status sm_decide_steps(sm_deciding *c, sm_event *ev, const sm_workflow *w)
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

sm_event *sm_decide_pause_event(sm_deciding *c, const char *rule)
{
	sm_event *ev = sm_decide_add(c, SM_RUN_PAUSED);
	ev->rule = sm_cstr(rule);
	ev->owner = sm_run_owner(c->run);
	return ev;
}

sm_status sm_decide_external(sm_deciding *c, sm_bytes step, int32_t attempt, const sm_external *x)
{
	char hash[SM_ID_SIZE];
	sm_bytes id_hash;
	sm_external_hash(c->cmd->keys, x->kind, x->id, hash);
	sm_status st = sm_arena_dup(c->arena, (sm_bytes){hash, SM_ID_LEN}, &id_hash);
	if (st) {
		return st;
	}
	sm_event *ev = sm_decide_add(c, SM_EXTERNAL_RECORDED);
	ev->step = step;
	ev->attempt = attempt;
	ev->kind = x->kind;
	ev->id_hash = id_hash;
	return sm_decide_text(c, ev, "id", x->id);
}

/* ---- commands ---- */

sm_status sm_run_decide(const sm_run *run, const sm_command *cmd, bool probed, sm_arena *arena, sm_decision *out, sm_error *e)
{
	sm_deciding c = {run, cmd, arena, out, e};
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
		return sm_decide_start(&c);
	case SM_CMD_GO_ON:
		return sm_decide_go_on(&c, probed);
	case SM_CMD_RECORD:
		return sm_decide_record(&c);
	case SM_CMD_RECOVER:
		return sm_decide_recover(&c);
	case SM_CMD_PAUSE:
		return sm_decide_pause(&c);
	case SM_CMD_RESUME:
		return sm_decide_resume(&c);
	case SM_CMD_FINISH_BY_HAND:
		return sm_decide_end(&c, "finish by hand", "by_hand");
	case SM_CMD_STOP:
		return sm_decide_end(&c, "stop", "stopped");
	case SM_CMD_VERDICT:
		return sm_decide_verdict(&c);
	case SM_CMD_NOTE: {
		sm_event *ev = sm_decide_add(&c, SM_NOTE);
		sm_status st = sm_decide_text(&c, ev, "by", cmd->by);
		return st ? st : sm_decide_text(&c, ev, "text", cmd->reason);
	}
	case SM_CMD_EXTERNAL:
		return sm_decide_external(&c, cmd->step, cmd->attempt, &cmd->external);
	case SM_CMD_HELD:
		if (run->phase != SM_PHASE_OPEN || (run->st != SM_ST_READY && run->st != SM_ST_REFUSED)
			|| (run->held == cmd->held && sm_bytes_eq(run->held_target, cmd->held_target))) {
			return sm_decide_say(&c, SM_DECIDED_NOTHING, "held");
		}
		sm_event *ev = sm_decide_add(&c, SM_RUN_HELD);
		ev->target = cmd->held_target;
		ev->generation = cmd->held;
		return SM_OK;
	}
	return SM_E_ARGUMENT;
}
