#include "sim.h"

#include <inttypes.h>
#include <string.h>

static sim_fired *fired_of(sim_world *w, const char *run, sm_bytes step, int32_t attempt)
{
	for (size_t i = 0; i < w->n_fired; i++) {
		sim_fired *f = &w->fired[i];

		if (f->attempt == attempt && strcmp(f->run, run) == 0 && sm_bytes_eq(sm_cstr(f->step), step)) {
			return f;
		}
	}
	return NULL;
}

int sim_ledger(const sim_world *w, const char *key)
{
	int n = 0;

	for (size_t i = 0; i < w->n_requests; i++) {
		n += w->requests[i].effect && strcmp(w->requests[i].key, key) == 0;
	}
	return n;
}

bool sim_in_flight(const sim_world *w, const char *key)
{
	for (size_t i = 0; i < w->n_requests; i++) {
		if (!w->requests[i].arrived && strcmp(w->requests[i].key, key) == 0) {
			return true;
		}
	}
	return false;
}

void sim_key(const sim_world *w, const char *run, sm_bytes step, char out[SM_EFFECT_KEY_SIZE])
{
	sm_effect_key(&w->keys, run, step, out);
}

/* The effect that a request met or made: the oldest of its key where the provider absorbs, else its own. */
static const sim_request *effect_of(const sim_world *w, const sim_request *r)
{
	if (r->effect) {
		return r;
	}
	for (size_t i = 0; i < w->n_requests; i++) {
		if (w->requests[i].effect && strcmp(w->requests[i].key, r->key) == 0) {
			return &w->requests[i];
		}
	}
	return r;
}

static sm_bytes receipt(sim_world *w, const sim_request *r)
{
	char text[64];

	snprintf(text, sizeof text, "{\"charge\":%d}", (int)(effect_of(w, r) - w->requests));
	return sim_keep(w, sm_cstr(text));
}

/* Did somebody overrule the grace for this step ("may have run twice")? */
static bool overruled(const sim_world *w, const sim_request *r)
{
	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *row = &w->rows[i];

		if (row->ev.early && strcmp(row->stream, r->run) == 0 && sm_bytes_eq(row->ev.step, sm_cstr(r->step))) {
			return true;
		}
	}
	return false;
}

static void arrive(sim_world *w, sim_request *r)
{
	const sim_fired *f = fired_of(w, r->run, sm_cstr(r->step), r->attempt);
	int before = 0;
	bool remembered = false;

	r->arrived = true;
	for (size_t i = 0; i < w->n_requests; i++) {
		if (w->requests[i].effect && strcmp(w->requests[i].key, r->key) == 0) {
			before++;
			remembered = remembered || r->arrives - w->requests[i].arrives < w->key_memory;
		}
	}
	if (r->repeat == SM_REPEAT_ONCE && remembered) {
		sim_trace(w, "provider: %s attempt %d absorbed", r->step, r->attempt);
		return;
	}
	r->effect = true;
	sim_totals_.effects++;
	sim_trace(w, "provider: EFFECT of %s attempt %d", r->step, r->attempt);
	if (before > 0 && r->repeat != SM_REPEAT_SAFE && !overruled(w, r)) {
		sim_violation(w, "at most one effect", "step %s (%s) has %d effects in the provider's ledger, the last by attempt %d", r->step,
			sm_repeat_names[r->repeat], before + 1, r->attempt);
	}
	if (f != NULL && f->said_not && !overruled(w, r)) {
		sim_violation(w, "no false record", "attempt %d of %s is recorded as not done, and happened", r->attempt, r->step);
	}
}

void sim_provider_arrive(sim_world *w)
{
	for (;;) {
		sim_request *next = NULL;

		for (size_t i = 0; i < w->n_requests; i++) {
			sim_request *r = &w->requests[i];

			if (!r->arrived && r->arrives <= w->now && (next == NULL || r->arrives < next->arrives)) {
				next = r;
			}
		}
		if (next == NULL) {
			return;
		}
		arrive(w, next);
	}
}

static sim_request *request(sim_world *w, const sm_call *call, const char *run, int64_t delay)
{
	sim_request *r;

	if (w->n_requests == SIM_LEDGER) {
		sim_violation(w, "it ends", "more than %d requests to the provider", SIM_LEDGER);
		return &w->requests[0];
	}
	r = &w->requests[w->n_requests++];
	memcpy(r->key, call->key, sizeof r->key);
	memcpy(r->run, run, SM_ID_SIZE);
	snprintf(r->step, sizeof r->step, "%.*s", (int)call->step->name.n, call->step->name.p);
	r->attempt = call->attempt;
	r->repeat = call->step->repeat;
	r->arrives = w->now + delay;
	r->arrived = r->effect = false;
	sim_trace(w, "request of %s attempt %d", r->step, r->attempt);
	return r;
}

/* Everything that must be true before an effect may begin. */
static sim_fired *begin(sim_worker *k, const sm_call *call)
{
	sim_world *w = k->w;
	const char *run = call->history->stream;
	const sim_row *intent = NULL;
	char key[SM_EFFECT_KEY_SIZE];
	sim_fired *f;

	sim_totals_.attempts++;
	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *row = &w->rows[i];

		if (!row->lost && row->ev.type == SM_STEP_STARTED && row->ev.attempt == call->attempt && strcmp(row->stream, run) == 0
			&& sm_bytes_eq(row->ev.step, call->step->name)) {
			intent = row;
		}
	}
	if (intent == NULL) {
		sim_violation(w, "no effect without a stored intent", "attempt %d of %.*s begins", call->attempt, (int)call->step->name.n,
			call->step->name.p);
		return &w->fired[0];
	}
	if (intent->writer != k->id) {
		sim_violation(w, "an attempt belongs to one process", "attempt %d of %.*s was stored by worker %d and begun by worker %d",
			call->attempt, (int)call->step->name.n, call->step->name.p, intent->writer, k->id);
	}
	f = fired_of(w, run, call->step->name, call->attempt);
	if (f != NULL && f->intent == intent) {
		sim_violation(w, "an attempt belongs to one process", "attempt %d of %.*s begins twice", call->attempt,
			(int)call->step->name.n, call->step->name.p);
	}
	if (w->now > intent->true_at + (intent->lease - sim_settings.lease_margin_ms) * SIM_MS) {
		sim_violation(w, "no effect after its deadline", "attempt %d of %.*s begins %" PRId64 " ms after its intent was stored",
			call->attempt, (int)call->step->name.n, call->step->name.p, (w->now - intent->true_at) / SIM_MS);
	}
	if (intent->held_by != NULL && intent->held_by->stored_release < intent->held_generation) {
		sim_violation(w, "no effect of a start after an acknowledged hold", "attempt %d of %.*s begins, which was stored while %s was held",
			call->attempt, (int)call->step->name.n, call->step->name.p, intent->held_by->target);
	}
	sim_key(w, run, call->step->name, key);
	if (strcmp(key, call->key) != 0) {
		sim_violation(w, "one key for all attempts", "%s instead of %s", call->key, key);
	}
	if (w->stop_file) {
		sim_violation(w, "a stop file stops", "attempt %d of %.*s begins", call->attempt, (int)call->step->name.n, call->step->name.p);
	}
	if (w->expect_broken) {
		sim_violation(w, "nothing fires in a broken history", "attempt %d of %.*s begins", call->attempt, (int)call->step->name.n,
			call->step->name.p);
	}
	if (w->n_fired == SIM_FIRED) {
		sim_violation(w, "it ends", "more than %d attempts", SIM_FIRED);
		return &w->fired[0];
	}
	f = &w->fired[w->n_fired++];
	memset(f, 0, sizeof *f);
	memcpy(f->run, run, SM_ID_SIZE);
	snprintf(f->step, sizeof f->step, "%.*s", (int)call->step->name.n, call->step->name.p);
	f->attempt = call->attempt;
	f->intent = intent;
	f->worker = k->id;
	f->call = k->call;
	k->fired_now = true;
	return f;
}

static sm_status not_done(sim_fired *f, sm_outcome *out, sm_failure_class class, int64_t wait)
{
	out->kind = SM_OUTCOME_NOT_DONE;
	out->failure_class = class;
	out->retry_after_ms = wait;
	out->code = SM_STR("422");
	out->p[out->n_p++] = (sm_private){SM_STR("message"), SM_STR("\"refused\"")};
	f->definite = true;
	f->kind = SM_OUTCOME_NOT_DONE;
	return SM_OK;
}

static sm_status ambiguous(sim_fired *f, sm_outcome *out)
{
	out->kind = SM_OUTCOME_AMBIGUOUS;
	out->why = SM_STR("lost_answer");
	out->p[out->n_p++] = (sm_private){SM_STR("message"), SM_STR("\"no answer\"")};
	f->definite = true;
	f->kind = SM_OUTCOME_AMBIGUOUS;
	return SM_OK;
}

static sm_status done(sim_world *w, sim_fired *f, sm_outcome *out, const sim_request *r)
{
	out->kind = SM_OUTCOME_DONE;
	out->p[out->n_p++] = (sm_private){SM_STR("output"), f->big ? w->big : receipt(w, r)};
	f->definite = true;
	f->kind = SM_OUTCOME_DONE;
	return SM_OK;
}

static bool is_stored(const sim_world *w, const char *run, sm_event_type type, const sm_call *call)
{
	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *row = &w->rows[i];

		if (!row->lost && row->ev.type == type && row->ev.attempt == call->attempt && strcmp(row->stream, run) == 0
			&& sm_bytes_eq(row->ev.step, call->step->name)) {
			return true;
		}
	}
	return false;
}

/* As Attempt::externalId(): at once, into the attempt's own history, durable when it returns. Its errors are the callable's own affair. */
static sm_status record_external(sim_worker *k, const sm_call *call)
{
	const sm_external x = {SM_STR("charge"), SM_STR("ch_1")};
	sm_error e;
	sm_status s;

	k->n_sent = 0;
	s = sm_drive_external(&k->d, (sm_history *)(uintptr_t)call->history, call->step->name, call->attempt, &x, &e);
	k->n_sent = 0;
	if (s != SM_OK && s != SM_E_STORE && s != SM_E_UNCERTAIN) {
		sim_violation(k->w, "no status out of place", "an external id: status %d: %s", (int)s, e.message);
	}
	if (s == SM_OK && !is_stored(k->w, call->history->stream, SM_EXTERNAL_RECORDED, call)) {
		sim_violation(k->w, "an external id is durable when the call returns", "attempt %d of %.*s: no event has it", call->attempt,
			(int)call->step->name.n, call->step->name.p);
	}
	return s == SM_E_ABORTED ? s : SM_OK;
}

sm_status sim_perform(sim_worker *k, const sm_call *call, sm_arena *arena, sm_outcome *out)
{
	sim_world *w = k->w;
	sim_fired *f = begin(k, call);
	const sim_fault drawn = sim_at(w, SIM_EFFECT, true);
	const int nth = w->effects_begun++;
	const sim_fault fault = drawn == F_NONE && nth < 4 ? w->fault_of_effect[nth] : drawn;
	const int64_t timeout = call->step->timeout_ms * SIM_MS;
	const sim_request *r = NULL;
	sm_status s;

	(void)arena;
	memset(out, 0, sizeof *out);
	out->retry_after_ms = -1;
	if (fault == F_E_KILL_BEFORE) {
		sim_die(w);
	}
	if (fault == F_E_NOT_SENT) {
		return not_done(f, out, SM_CLASS_NOT_SENT, -1);
	}
	if (fault == F_E_REFUSED || fault == F_E_LIMIT || fault == F_E_SLOW_REFUSED) {
		sim_sleep(w, fault == F_E_SLOW_REFUSED ? w->slow_us : w->effect_us);
		return not_done(f, out, fault == F_E_LIMIT ? SM_CLASS_PROVIDER_LIMIT : SM_CLASS_EXTERNAL_FAILURE, fault == F_E_LIMIT ? 3000 : -1);
	}
	if (fault == F_E_FROZEN) {
		sim_sleep(w, w->slow_us); /* between the last check and the first byte; shorter than lease and grace */
	}
	if (fault != F_E_LOST_NEVER) {
		r = request(w, call, call->history->stream, fault == F_E_KILL_LATE || fault == F_E_LOST_LATE ? w->late_us : 10 * SIM_MS);
	}
	if (fault == F_E_KILL_SENT || fault == F_E_KILL_LATE) {
		sim_die(w);
	}
	if (fault == F_E_LOST || fault == F_E_LOST_LATE || fault == F_E_LOST_NEVER) {
		sim_sleep(w, timeout);
		return ambiguous(f, out);
	}
	sim_sleep(w, fault == F_E_SLOW ? w->slow_us : w->effect_us);
	if (w->records_externals > 0 && sim_choose(w, w->records_externals) == 0 && (s = record_external(k, call)) != SM_OK) {
		return s;
	}
	if (fault == F_E_KILL_DONE) {
		sim_die(w);
	}
	if (fault == F_E_EXIT) {
		k->exiting = true;
		return SM_E_ABORTED;
	}
	f->big = fault == F_E_BIG;
	return done(w, f, out, r);
}

void sim_truth(sim_world *w, const char *key, sm_answer *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < w->n_requests; i++) {
		if (w->requests[i].effect && strcmp(w->requests[i].key, key) == 0) {
			out->kind = SM_ANSWER_DONE;
			out->output = receipt(w, &w->requests[i]);
			out->text = SM_STR("found");
			return;
		}
	}
	out->kind = SM_ANSWER_NOT_DONE;
	out->text = SM_STR("not found");
}

static sm_status fx_run(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	(void)e;
	return sim_perform(ctx, call, arena, out);
}

static sm_status fx_probe(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	sim_worker *k = ctx;
	sim_world *w = k->w;
	const sim_fault drawn = sim_at(w, SIM_PROBE, true);
	const sim_fault fault = drawn == F_NONE ? w->fault_of_probe : drawn;
	const sim_stream *s = sim_stream_of(w, call->history->stream);

	(void)arena;
	(void)e;
	k->looked_call = k->call;
	k->looked_step = s->m.step;
	k->looked_attempt = s->m.attempt;
	sim_totals_.probes++;
	sim_provider_arrive(w);
	sim_truth(w, call->key, out);
	sim_trace(w, "probe of %.*s: %s", (int)call->step->name.n, call->step->name.p,
		fault == F_P_UNKNOWN ? "unknown" : out->kind == SM_ANSWER_DONE ? "done" : "not done");
	sim_sleep(w, fault == F_P_SLOW ? w->slow_us : w->probe_us);
	if (fault == F_P_KILL) {
		sim_die(w);
	}
	if (fault == F_P_UNKNOWN) {
		*out = (sm_answer){.kind = SM_ANSWER_UNKNOWN, .text = SM_STR("the other side does not answer")};
	}
	return SM_OK;
}

static bool fx_stopped(void *ctx, sm_bytes workflow, sm_bytes category)
{
	const sim_worker *k = ctx;

	(void)workflow;
	(void)category;
	return k->w->stop_file;
}

static const sm_workflow *fx_workflow(void *ctx, sm_bytes name)
{
	const sim_worker *k = ctx;

	for (const sm_workflow *const *f = k->registry; f != NULL && *f != NULL; f++) {
		if (sm_bytes_eq((*f)->name, name)) {
			return *f;
		}
	}
	return NULL;
}

const sm_effects sim_effects = {fx_run, fx_probe, fx_stopped, fx_workflow, NULL};
