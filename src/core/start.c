/* Starting a run, once, claim, and what an attempt says from outside the loop. */
#include <stdio.h>
#include <string.h>

#include "pass.h"
#include "plant.h"

/* Identity is hashed and stands in clear text or is shown: it cannot be altered, so it must hold nothing that has to be. */
static sm_status check_identity(sm_pass *x, const sm_start *s)
{
	bool once = sm_bytes_eq(s->workflow->name, sm_once_name);
	const struct { const char *what; sm_bytes text; } parts[] = {{once ? "$key" : "$subject", s->subject}, {"$occurrence", s->occurrence}, {"$trigger", s->trigger}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *secret = sm_secret_in(&x->d->journal->redaction, parts[i].text);
		if (secret != NULL) {
			return sm_fail(x->e, SM_E_ARGUMENT, "%s holds what must never be stored (%s): use an id that is none", parts[i].what, secret);
		}
	}
	return SM_OK;
}

static sm_status begin(sm_pass *x, sm_arena *arena, const sm_start *s)
{
	sm_journal *j = x->d->journal;
	sm_bytes subject = s->subject;
	char id[SM_ID_SIZE];
	sm_decision decision;
	size_t stored;

	sm_status st = sm_journal_identify(j, x->e);
	if (st) {
		return st;
	}
	if ((st = check_identity(x, s))) {
		return st;
	}
	if (subject.n == 0) {
		/* no business event: the run names itself */
		sm_event_id(&j->host, "", id);
		if ((st = sm_arena_dup(arena, (sm_bytes){id, SM_ID_LEN}, &subject))) {
			return st;
		}
	} else {
		sm_run_id(&j->keys, s->workflow->name, subject, s->occurrence, id);
	}
	sm_history_init(x->h, arena, id);
	sm_fingerprint(&j->keys, s->workflow->name, s->input, x->p->fingerprint);

	sm_command cmd = sm_pass_command(x, SM_CMD_START);
	cmd.workflow = s->workflow;
	x->h->redact = &s->workflow->redact;
	cmd.subject = subject;
	cmd.input = s->input;
	cmd.occurrence = s->occurrence;
	cmd.trigger = s->trigger;
	cmd.parent = s->parent;
	cmd.not_before = s->not_before;
	if ((st = sm_arena_dup(arena, sm_cstr(x->p->fingerprint), &cmd.fingerprint))) {
		return st;
	}
	sm_subject_hash(&j->keys, subject, cmd.subject_hash);
	const sm_effects *f = x->d->effects;
	cmd.later = s->later || (f->stopped != NULL && f->stopped(f->ctx, s->workflow->name, s->workflow->category));
	st = sm_run_decide(&x->h->run, &cmd, false, arena, &decision, x->e);
	return st ? st : sm_pass_append(x, decision.events, decision.n, &stored);
}

/* @param go_on_existing   do what decide allows with a run that was there (once, claim) */
static sm_status start(sm_pass *x, sm_arena *arena, const sm_start *s, bool go_on_existing)
{
	memset(x->p, 0, sizeof *x->p);
	sm_status st = begin(x, arena, s);
	if (st == SM_E_LOST) {
		x->p->existed = true;
		if (x->h->broken) {
			return sm_fail(x->e, SM_E_ILLEGAL, "run %s is broken: %s", x->h->stream, x->h->broken_why);
		}
		if (!sm_bytes_eq(x->h->run.fingerprint, sm_cstr(x->p->fingerprint))) {
			sm_pass_rest(x);
			return sm_fail(x->e, SM_E_CONFLICT, "run %s was begun with another payload: nothing was sent", x->h->stream);
		}
		sm_pass_rest(x);
		return go_on_existing ? sm_pass_go_on(x) : SM_OK;
	}
	if (st == SM_E_HELD) {
		x->p->held = true;
		sm_pass_rest(x);
		return SM_OK;
	}
	if (st) {
		return st;
	}
	if (s->later) {
		sm_pass_rest(x);
		return SM_OK;
	}
	return sm_pass_go_on(x);
}

sm_status sm_drive_start(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, sm_progress *p, sm_error *e)
{
	sm_pass x = {.d = d, .h = h, .p = p, .e = e, .workflow = s->workflow};
	return start(&x, arena, s, false);
}

sm_status sm_drive_once(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, sm_progress *p, sm_error *e)
{
	sm_pass x = {.d = d, .h = h, .p = p, .e = e, .workflow = s->workflow, .one_attempt = true};
	return start(&x, arena, s, true);
}

sm_status sm_drive_claim(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, int64_t *deadline_us, sm_progress *p, sm_error *e)
{
	sm_pass x = {.d = d, .h = h, .p = p, .e = e, .workflow = s->workflow, .claim = true};
	sm_status st = start(&x, arena, s, true);
	if (st == SM_OK && x.mine) {
		int64_t lease = sm_run_step(&h->run)->attempts[h->run.attempt - 1].lease;
		*deadline_us = x.sent_boot + (lease - d->journal->settings.lease_margin_ms) * 1000;
		p->acted = true;
		p->rest = SM_REST_RUNNING;
	}
	return st;
}

/* Reads the run if nothing is known of it yet. */
static sm_status known(sm_drive *d, sm_history *h, bool refresh, sm_error *e)
{
	sm_status st = sm_journal_identify(d->journal, e);
	if (st == SM_OK && (refresh || (h->n == 0 && !h->broken))) {
		st = sm_journal_load(d->journal, h, e);
	}
	if (st == SM_OK && h->broken) {
		st = sm_fail(e, SM_E_ILLEGAL, "run %s is broken: %s", h->stream, h->broken_why);
	}
	if (st == SM_OK && h->n == 0) {
		st = sm_fail(e, SM_E_STATE, "there is no run %s", h->stream);
	}
	return st;
}

sm_status sm_drive_advance(sm_drive *d, sm_history *h, sm_progress *p, sm_error *e)
{
	sm_pass x = {.d = d, .h = h, .p = p, .e = e};
	memset(p, 0, sizeof *p);
	sm_status st = known(d, h, true, e);
	p->existed = true;
	return st ? st : sm_pass_go_on(&x);
}

sm_status sm_drive_record(sm_drive *d, sm_history *h, sm_bytes step, int32_t attempt, const sm_outcome *outcome, sm_error *e)
{
	sm_progress p;
	sm_pass x = {.d = d, .h = h, .p = &p, .e = e};
	memset(&p, 0, sizeof p);
	sm_status st = known(d, h, false, e);
	return st ? st : sm_pass_record(&x, step, attempt, outcome, true);
}

sm_status sm_drive_external(sm_drive *d, sm_history *h, sm_bytes step, int32_t attempt, const sm_external *external, sm_error *e)
{
	sm_progress p;
	sm_pass x = {.d = d, .h = h, .p = &p, .e = e};
	sm_status st = known(d, h, false, e);

	memset(&p, 0, sizeof p);
	while (st == SM_OK) {
		sm_command cmd = sm_pass_command(&x, SM_CMD_EXTERNAL);
		sm_decision decision;
		size_t stored = 0;
		cmd.step = step;
		cmd.attempt = attempt;
		cmd.external = *external;
		st = sm_run_decide(&h->run, &cmd, false, h->arena, &decision, e);
		if (st) {
			break;
		}
		st = sm_journal_append(d->journal, h, decision.events, decision.n, NULL, &stored, e);
		if (st == SM_OK) {
			return SM_OK;
		}
		if (st == SM_E_LOST) {
			st = SM_OK; /* somebody moved the run: the id belongs behind that */
		}
	}
	return st;
}

sm_status sm_drive_command(sm_drive *d, sm_history *h, sm_command *cmd, sm_error *e)
{
	sm_progress p;
	sm_pass x = {.d = d, .h = h, .p = &p, .e = e};
	sm_status st = known(d, h, true, e);
	int32_t step = h->run.step, attempt = h->run.attempt;

	memset(&p, 0, sizeof p);
	while (st == SM_OK) {
		sm_command full = sm_pass_command(&x, cmd->kind);
		sm_decision decision;
		size_t stored = 0;
		full.by = cmd->by;
		full.reason = cmd->reason;
		full.answer = cmd->answer;
		full.step = cmd->step;
		full.attempt = cmd->attempt;
		if (cmd->kind == SM_CMD_VERDICT && (h->run.step != step || h->run.attempt != attempt) && !SM_PLANTED(VERDICT_NOT_FENCED)) {
			return sm_fail(e, SM_E_STATE, "run %s moved on while the verdict was given: look again", h->stream);
		}
		st = sm_run_decide(&h->run, &full, false, h->arena, &decision, e);
		if (st || decision.kind == SM_DECIDED_NOTHING) {
			break;
		}
		if (decision.kind != SM_DECIDED_EVENTS) {
			return sm_fail(e, SM_E_STATE, "run %s: %s", h->stream, decision.message);
		}
		st = sm_journal_append(d->journal, h, decision.events, decision.n, NULL, &stored, e);
		if (st == SM_OK) {
			return SM_OK;
		}
		if (st == SM_E_LOST) {
			st = SM_OK;
		}
	}
	return st;
}
