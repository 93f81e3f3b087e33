/* The loop: decide, append, check, effect, record. */
#include "drive.h"

#include <stdio.h>
#include <string.h>

#include "pass.h"
#include "plant.h"

const sm_workflow *sm_pass_workflow(const sm_pass *x)
{
	sm_bytes name = x->h->run.workflow;
	if (name.p == NULL) {
		return NULL;
	}
	if (x->workflow != NULL && sm_bytes_eq(x->workflow->name, name)) {
		return x->workflow;
	}
	return sm_bytes_eq(name, sm_once_name) ? NULL : x->d->effects->workflow(x->d->effects->ctx, name);
}

sm_command sm_pass_command(const sm_pass *x, sm_command_kind kind)
{
	sm_journal *j = x->d->journal;
	sm_command cmd;
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = kind;
	cmd.now = sm_journal_now(j);
	cmd.settings = &j->settings;
	cmd.keys = &j->keys;
	cmd.clocks_agree = sm_journal_clocks_agree(j);
	cmd.workflow = sm_pass_workflow(x);
	x->h->redact = cmd.workflow != NULL ? &cmd.workflow->redact : NULL;
	return cmd;
}

void sm_pass_rest(sm_pass *x)
{
	const sm_run *run = &x->h->run;
	bool closed = run->phase == SM_PHASE_COMPLETED || run->phase == SM_PHASE_ENDED;
	x->p->rest = closed ? SM_REST_CLOSED : run->phase == SM_PHASE_OPEN && run->st == SM_ST_STARTED ? SM_REST_RUNNING : SM_REST_RESTING;
}

static void say(sm_pass *x, const char *message)
{
	snprintf(x->p->message, sizeof x->p->message, "%s", message);
}

/* ---- appending ---- */

static sm_status guard_start(sm_pass *x, sm_bytes category, sm_bytes workflow, sm_guard *g)
{
	memset(g, 0, sizeof *g);
	g->kind = SM_GUARD_START;
	g->n_targets = SM_START_TARGETS;
	return sm_switch_targets(x->h->arena, category, workflow, g->targets);
}

/* The start found a switch held: said once for each generation. Somebody else's event in its place is as good. */
static sm_status record_hold(sm_pass *x, const sm_guard *g)
{
	sm_command cmd = sm_pass_command(x, SM_CMD_HELD);
	sm_decision decision;
	size_t stored;
	cmd.held_target = g->held_target;
	cmd.held = g->held;
	snprintf(x->p->message, sizeof x->p->message, "held by the switch %.*s", (int)g->held_target.n, g->held_target.p);
	sm_status st = sm_run_decide(&x->h->run, &cmd, false, x->h->arena, &decision, x->e);
	if (st == SM_OK && decision.kind == SM_DECIDED_EVENTS) {
		st = sm_journal_append(x->d->journal, x->h, decision.events, decision.n, NULL, &stored, x->e);
		if (st == SM_E_LOST) {
			st = SM_OK;
		}
	}
	return st ? st : SM_E_HELD;
}

/* The journal's last word is this very start. A reply that came late, or a read-back, may find that it lapsed and that others went on: the
 * attempt that runs then is theirs, to perform and to report. */
static bool is_running(const sm_run *run, const sm_event *start)
{
	const sm_step_state *step = sm_run_step(run);
	return run->phase == SM_PHASE_OPEN && run->st == SM_ST_STARTED && step != NULL && sm_bytes_eq(step->row.name, start->step)
		&& (run->attempt == start->attempt || SM_PLANTED(OTHERS_ATTEMPT_TAKEN));
}

sm_status sm_pass_append(sm_pass *x, sm_event *events, size_t n, size_t *stored)
{
	const sm_event *last = &events[n - 1];
	bool starts = last->type == SM_STEP_STARTED;
	sm_journal *j = x->d->journal;
	sm_guard guard;

	if (starts) {
		bool begins = events[0].type == SM_RUN_STARTED;
		sm_status st = guard_start(x, begins ? events[0].category : x->h->run.category, begins ? events[0].workflow : x->h->run.workflow, &guard);
		if (st) {
			return st;
		}
	}
	int64_t boot = j->host.boot_us(j->host.ctx), wall = j->host.wall_us(j->host.ctx);
	sm_status st = sm_journal_append(j, x->h, events, n, starts ? &guard : NULL, stored, x->e);
	if (st == SM_OK && starts && is_running(&x->h->run, last)) {
		x->mine = true;
		x->sent_boot = boot;
		x->sent_wall = wall;
		x->started++;
	}
	return st == SM_E_HELD ? record_hold(x, &guard) : st;
}

/* ---- the effect ---- */

static bool is_stopped(const sm_pass *x, sm_bytes workflow, sm_bytes category)
{
	const sm_effects *f = x->d->effects;
	return f->stopped != NULL && f->stopped(f->ctx, workflow, category);
}

static sm_status not_sent(sm_pass *x, sm_outcome *out, const char *message)
{
	sm_buf b;
	sm_buf_init(&b, x->h->arena, 512);
	sm_canon_quoted(&b, sm_cstr(message));
	memset(out, 0, sizeof *out);
	out->kind = SM_OUTCOME_NOT_DONE;
	out->failure_class = SM_CLASS_NOT_SENT;
	out->retry_after_ms = -1;
	out->p[out->n_p++] = (sm_private){SM_STR("message"), sm_buf_bytes(&b)};
	return b.status;
}

/* Why the effect may not begin any more; NULL = it may. */
static const char *obstacle(const sm_pass *x, int64_t deadline)
{
	const sm_journal *j = x->d->journal;
	int64_t boot = j->host.boot_us(j->host.ctx), wall = j->host.wall_us(j->host.ctx);
	int64_t apart = (wall - x->sent_wall) - (boot - x->sent_boot);
	int64_t margin = j->settings.lease_margin_ms * 1000;

	if (boot > deadline && !SM_PLANTED(NO_DEADLINE_CHECK)) {
		return "the deadline had passed before the effect began";
	}
	if ((apart > margin || apart < -margin) && !SM_PLANTED(NO_DEADLINE_CHECK)) {
		return "this host's clock jumped before the effect began";
	}
	if (is_stopped(x, x->h->run.workflow, x->h->run.category)) {
		return "a stop file on this host holds it";
	}
	return NULL;
}

/* On a cluster a start may be ordered after a hold that its statement did not see. What this node shows once the start is stored holds all
 * that was ordered before it. A look at it may forbid, never permit.
 *  @param why   NULL = nothing is held. @return SM_OK, SM_E_ABORTED, SM_E_NOMEM */
static sm_status look_again(const sm_pass *x, const char **why)
{
	bool held = false;
	sm_error e;
	sm_status st = SM_OK;

	*why = NULL;
	if (x->d->journal->cluster && !SM_PLANTED(NO_LOOK_ON_CLUSTER)) {
		st = sm_switch_held(x->d->journal, x->h->arena, x->h->run.workflow, x->h->run.category, &held, &e);
		*why = held ? "a switch was held before the effect began" : st == SM_E_STORE ? "the switches could not be read before the effect began" : NULL;
	}
	return st == SM_E_STORE ? SM_OK : st;
}

static void fill_call(const sm_pass *x, const sm_workflow *w, const sm_step_def *def, int64_t deadline, sm_call *call)
{
	memset(call, 0, sizeof *call);
	call->history = x->h;
	call->workflow = w;
	call->step = def;
	call->attempt = x->h->run.attempt;
	call->deadline_us = deadline;
	sm_effect_key(&x->d->journal->keys, x->h->stream, def->name, call->key);
}

sm_status sm_pass_act(sm_pass *x)
{
	const sm_effects *f = x->d->effects;
	while (x->mine) {
		const sm_run *run = &x->h->run;
		const sm_workflow *w = sm_pass_workflow(x);
		const sm_step_def *def = w != NULL && sm_run_step(run) != NULL ? sm_workflow_step(w, sm_run_step(run)->row.name) : NULL;
		int32_t attempt = run->attempt;
		sm_outcome outcome;
		sm_call call;
		const char *why;

		sm_status st = look_again(x, &why);
		if (st || (x->claim && why == NULL)) {
			return st;
		}
		x->mine = false;
		if (def == NULL) {
			return sm_fail(x->e, SM_E_STATE, "the workflow of run %s was unregistered while it ran", x->h->stream);
		}
		int64_t lease = sm_run_step(run)->attempts[attempt - 1].lease;
		int64_t deadline = x->sent_boot + (lease - x->d->journal->settings.lease_margin_ms) * 1000;
		why = why != NULL ? why : obstacle(x, deadline);
		if (why != NULL) {
			st = not_sent(x, &outcome, why);
		} else {
			fill_call(x, w, def, deadline, &call);
			x->p->acted = true;
			st = f->run(f->ctx, &call, x->h->arena, &outcome, x->e);
		}
		if (st) {
			return st;
		}
		x->p->last_outcome = outcome.kind;
		x->unknown_here = outcome.kind == SM_OUTCOME_AMBIGUOUS;
		sm_bytes step = def->name;
		if ((st = sm_pass_record(x, step, attempt, &outcome, x->one_attempt))) {
			return st;
		}
	}
	return SM_OK;
}

/* ---- the outcome ---- */

static sm_status omit(sm_outcome *o, sm_arena *arena, size_t i, const char *why)
{
	sm_json *row = sm_json_new(arena, SM_JSON_ARRAY);
	sm_json *what = sm_json_str(arena, o->p[i].field), *reason = sm_json_str(arena, sm_cstr(why));
	sm_json *bytes = sm_json_int(arena, (int64_t)o->p[i].value.n);
	if (o->omitted == NULL) {
		o->omitted = sm_json_new(arena, SM_JSON_ARRAY);
	}
	if (o->omitted == NULL || row == NULL || what == NULL || reason == NULL || bytes == NULL || sm_json_push(arena, row, what)
		|| sm_json_push(arena, row, reason) || sm_json_push(arena, row, bytes) || sm_json_push(arena, o->omitted, row)) {
		return SM_E_NOMEM;
	}
	o->n_p--;
	memmove(&o->p[i], &o->p[i + 1], (o->n_p - i) * sizeof *o->p);
	return SM_OK;
}

/* After the effect nothing may prevent its outcome from being stored: what is too large is left out, and said. */
static sm_status fit(sm_outcome *o, sm_arena *arena, int64_t most)
{
	sm_status st = SM_OK;
	for (size_t i = 0; st == SM_OK && i < o->n_p;) {
		if (o->p[i].value.n > SM_MAX_PRIVATE) {
			st = omit(o, arena, i, "too large");
		} else {
			i++;
		}
	}
	while (st == SM_OK) {
		int64_t total = 0;
		size_t largest = 0;
		for (size_t i = 0; i < o->n_p; i++) {
			total += (int64_t)o->p[i].value.n;
			largest = o->p[i].value.n > o->p[largest].value.n ? i : largest;
		}
		if (total <= most) {
			break;
		}
		st = omit(o, arena, largest, "does not fit a statement");
	}
	return st;
}

/* The last resort: the bare outcome. */
static sm_status strip(sm_outcome *o, sm_arena *arena)
{
	sm_status st = SM_OK;
	o->omitted = NULL;
	o->touched = o->cost = NULL;
	o->code = o->failure = (sm_bytes){NULL, 0};
	while (st == SM_OK && o->n_p > 0) {
		st = omit(o, arena, 0, "the event was too large");
	}
	return st;
}

sm_status sm_pass_record(sm_pass *x, sm_bytes step, int32_t attempt, const sm_outcome *outcome, bool start_nothing)
{
	enum { EVENTS_BYTES = 2 * 65536 };
	sm_outcome o = *outcome;
	bool stripped = false;
	sm_status st = SM_PLANTED(OUTCOME_NOT_STORABLE) ? SM_OK : fit(&o, x->h->arena, x->d->journal->max_statement - EVENTS_BYTES > 0
		? x->d->journal->max_statement - EVENTS_BYTES : x->d->journal->max_statement / 4);

	while (st == SM_OK) {
		sm_command cmd = sm_pass_command(x, SM_CMD_RECORD);
		sm_decision decision;
		size_t stored = 0;
		cmd.step = step;
		cmd.attempt = attempt;
		cmd.outcome = &o;
		cmd.start_nothing = start_nothing || is_stopped(x, x->h->run.workflow, x->h->run.category);
		st = sm_run_decide(&x->h->run, &cmd, false, x->h->arena, &decision, x->e);
		if (st || decision.kind != SM_DECIDED_EVENTS) {
			break;
		}
		st = sm_pass_append(x, decision.events, decision.n, &stored);
		if (st == SM_E_LIMIT && !stripped && !SM_PLANTED(OUTCOME_NOT_STORABLE)) {
			stripped = true;
			st = strip(&o, x->h->arena);
		} else if (st == SM_E_LOST && stored == 0) {
			st = SM_OK; /* decide again on what the others wrote */
		} else {
			/* a hold, or a lost race, of what would have followed: the outcome itself is stored */
			return st == SM_E_HELD || st == SM_E_LOST ? SM_OK : st;
		}
	}
	return st;
}

/* ---- going on ---- */

static sm_status recover(sm_pass *x, bool *went_on)
{
	sm_command cmd = sm_pass_command(x, SM_CMD_RECOVER);
	sm_decision decision;
	size_t stored;
	sm_guard guard;

	*went_on = false;
	cmd.now = x->h->now;
	sm_status st = sm_run_decide(&x->h->run, &cmd, false, x->h->arena, &decision, x->e);
	if (st) {
		return st;
	}
	if (decision.kind != SM_DECIDED_EVENTS) {
		say(x, decision.kind == SM_DECIDED_NOT_BEFORE ? "an attempt is under way and its lease is not over" : decision.message);
		return SM_OK;
	}
	memset(&guard, 0, sizeof guard);
	guard.kind = SM_GUARD_LAPSED;
	for (size_t i = 0; i < x->h->n; i++) {
		if (x->h->events[i].type == SM_STEP_STARTED) {
			guard.lapsed_seq = x->h->events[i].seq;
		}
	}
	st = sm_journal_append(x->d->journal, x->h, decision.events, decision.n, &guard, &stored, x->e);
	if (st == SM_E_STATE) {
		say(x, "an attempt is under way and its lease is not over");
		return SM_OK;
	}
	*went_on = st == SM_OK || st == SM_E_LOST;
	x->recovered += st == SM_OK;
	return *went_on ? SM_OK : st;
}

/* @param settled   the probe's answer, or somebody else's event, changed the run: decide again */
static sm_status ask_probe(sm_pass *x, const sm_workflow *w, bool *settled)
{
	const sm_effects *f = x->d->effects;
	const sm_step_def *def = sm_workflow_step(w, sm_run_step(&x->h->run)->row.name);
	sm_command cmd = sm_pass_command(x, SM_CMD_VERDICT);
	sm_decision decision;
	sm_answer answer;
	size_t stored;
	sm_call call;

	*settled = false;
	memset(&answer, 0, sizeof answer);
	cmd.asked_at = cmd.now; /* before the probe looks */
	fill_call(x, w, def, 0, &call);
	int32_t seq = x->h->run.seq;
	sm_status st = f->probe(f->ctx, &call, x->h->arena, &answer, x->e);
	if (st) {
		return st;
	}
	x->probed++;
	if (x->h->run.seq != seq && !SM_PLANTED(VERDICT_NOT_FENCED)) {
		*settled = true; /* the probe's host callable moved this history on: what it saw is of the past */
		return SM_OK;
	}
	cmd.now = sm_journal_now(x->d->journal);
	cmd.answer = &answer;
	cmd.by_probe = true;
	st = sm_run_decide(&x->h->run, &cmd, true, x->h->arena, &decision, x->e);
	if (st) {
		return st;
	}
	if (decision.kind != SM_DECIDED_EVENTS) {
		say(x, decision.message);
		return SM_OK;
	}
	st = sm_journal_append(x->d->journal, x->h, decision.events, decision.n, NULL, &stored, x->e);
	if (st == SM_E_LOST && SM_PLANTED(VERDICT_NOT_FENCED) && sm_run_decide(&x->h->run, &cmd, true, x->h->arena, &decision, x->e) == SM_OK
		&& decision.kind == SM_DECIDED_EVENTS) {
		st = sm_journal_append(x->d->journal, x->h, decision.events, decision.n, NULL, &stored, x->e);
	}
	*settled = true;
	return st == SM_E_LOST ? SM_OK : st;
}

static sm_status start_next(sm_pass *x, sm_decision *decision)
{
	size_t stored;
	bool starts = decision->events[decision->n - 1].type == SM_STEP_STARTED;
	if (starts && is_stopped(x, x->h->run.workflow, x->h->run.category)) {
		say(x, "a stop file on this host holds it");
		return SM_E_HELD;
	}
	sm_status st = sm_pass_append(x, decision->events, decision->n, &stored);
	if (st == SM_E_LOST) {
		return SM_OK;
	}
	return st ? st : sm_pass_act(x);
}

sm_status sm_pass_go_on(sm_pass *x)
{
	bool probed = false;
	sm_status st = sm_pass_act(x);

	/* a late outcome leaves a run whose steps are all done and that only lacks its end: no attempt is in that */
	while (st == SM_OK && !x->mine && !(x->one_attempt && x->p->acted && sm_run_step(&x->h->run) != NULL)) {
		sm_command cmd = sm_pass_command(x, SM_CMD_GO_ON);
		sm_decision decision;
		if (x->h->broken) {
			return sm_fail(x->e, SM_E_ILLEGAL, "run %s is broken: %s", x->h->stream, x->h->broken_why);
		}
		st = sm_run_decide(&x->h->run, &cmd, probed, x->h->arena, &decision, x->e);
		if (st) {
			break;
		}
		if (decision.kind == SM_DECIDED_PROBE && x->unknown_here) {
			say(x, "it may have happened; advance() or the tick asks the other side");
			break;
		}
		if (decision.kind == SM_DECIDED_PROBE) {
			bool settled;
			st = ask_probe(x, cmd.workflow, &settled);
			probed = !settled;
		} else if (decision.kind == SM_DECIDED_EVENTS) {
			st = start_next(x, &decision);
			probed = false;
		} else if (x->h->run.phase == SM_PHASE_OPEN && x->h->run.st == SM_ST_STARTED) {
			bool went_on;
			st = recover(x, &went_on);
			probed = false;
			if (!went_on) {
				break;
			}
		} else {
			if (x->p->message[0] == '\0') {
				say(x, decision.message);
			}
			break;
		}
	}
	sm_pass_rest(x);
	x->p->held = x->p->held || st == SM_E_HELD;
	return st == SM_E_HELD ? SM_OK : st;
}
