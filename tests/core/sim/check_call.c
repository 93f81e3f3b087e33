/* What a call answers agrees with what is stored, and says all that it knows. */
#include "check.h"

#include <inttypes.h>
#include <string.h>

static void check_history(sim_worker *k, const sm_history *h, const char *what)
{
	sim_world *w = k->w;
	const sim_stream *s = sim_stream_of(w, h->stream);

	if (h->broken) {
		if (!w->expect_broken) {
			sim_violation(w, "no illegal event", "%s finds the history broken: %s", what, h->broken_why);
		}
		return;
	}
	for (size_t i = 0; i < h->n; i++) {
		const sim_row *row = sim_row_at(w, h->stream, h->events[i].seq);

		if ((row == NULL || strcmp(row->id, h->events[i].id) != 0) && !w->expect_broken) {
			sim_violation(w, "a history holds what is stored", "%s believes in event %d (%s), which is not in the journal", what,
				h->events[i].seq, sm_event_names[h->events[i].type]);
		}
	}
	if (s != NULL && s->is_run && h->run.seq == s->m.seq && !w->expect_broken) {
		const char *differs = model_differs(&s->m, &h->run, false);

		if (differs != NULL) {
			sim_violation(w, "two folds agree", "%s holds another state than the journal at event %d: %s", what, s->m.seq, differs);
		}
	}
}

static bool says(const sim_world *w, const sim_fired *f, sm_event_type a, sm_event_type b)
{
	for (size_t i = 0; i < w->n_rows; i++) {
		const sm_event *ev = &w->rows[i].ev;

		if ((ev->type == a || ev->type == b) && ev->attempt == f->attempt && strcmp(w->rows[i].stream, f->run) == 0
			&& sm_bytes_eq(ev->step, sm_cstr(f->step))) {
			return true;
		}
	}
	return false;
}

static void check_outcome(sim_world *w, const sim_fired *f, const char *what)
{
	const sim_stream *s = sim_stream_of(w, f->run);

	if (f->kind == SM_OUTCOME_DONE && !says(w, f, SM_STEP_FINISHED, SM_LATE_DONE)) {
		sim_violation(w, "a known outcome is stored", "%s returned, attempt %d of %s was done, and no event says so", what, f->attempt, f->step);
	}
	if (f->kind == SM_OUTCOME_NOT_DONE && !says(w, f, SM_STEP_FAILED, SM_LATE_FAILED)) {
		sim_violation(w, "a known outcome is stored", "%s returned, attempt %d of %s was refused, and no event says so", what, f->attempt,
			f->step);
	}
	if (s != NULL && f->kind == SM_OUTCOME_AMBIGUOUS && s->m.phase == SM_PHASE_OPEN && s->m.st == SM_ST_STARTED
		&& s->m.attempt == f->attempt && s->m.step <= s->m.n && sm_bytes_eq(s->m.rows[s->m.step - 1].name, sm_cstr(f->step))) {
		sim_violation(w, "a known outcome is stored", "%s returned, nobody knows whether attempt %d of %s happened, and it still runs", what,
			f->attempt, f->step);
	}
}

void sim_check_call(sim_worker *k, sm_status s, const sm_history *h, const sm_progress *p, const char *what)
{
	sim_world *w = k->w;
	const bool may_miss = s == SM_E_UNCERTAIN || s == SM_E_STORE || s == SM_E_ABORTED;

	sim_trace(w, "%s returns %d%s%s", what, (int)s, p != NULL && p->message[0] ? ": " : "", p != NULL ? p->message : "");
	if (w->expect_status != SM_OK && s == w->expect_status) {
		return;
	}
	if (s == SM_E_NOMEM || s == SM_E_LIMIT || s == SM_E_ARGUMENT || s == SM_E_IDENTITY || s == SM_E_SCHEMA || s == SM_E_SYNTAX
		|| s == SM_E_ENCODING || s == SM_E_CONFLICT || s == SM_E_GAP || s == SM_E_LOST || (s == SM_E_ILLEGAL && !w->expect_broken)) {
		sim_violation(w, "no status out of place", "%s returns status %d", what, (int)s);
	}
	if ((s == SM_E_UNCERTAIN || s == SM_E_STORE) && w->store_faults == k->faults_at_call && w->n_pending == 0) {
		sim_violation(w, "no error without a fault", "%s returns status %d and the store had no fault", what, (int)s);
	}
	if ((s == SM_E_ABORTED) != k->exiting) {
		sim_violation(w, "no status out of place", "%s returns status %d, exiting %d", what, (int)s, k->exiting);
	}
	for (size_t i = 0; i < w->n_fired && !may_miss; i++) {
		const sim_fired *f = &w->fired[i];

		if (f->worker == k->id && f->call == k->call && f->definite) {
			check_outcome(w, f, what);
		}
	}
	if (p != NULL && p->acted != k->fired_now && s != SM_E_ABORTED) {
		sim_violation(w, "an answer tells what was done", "%s says acted = %d, and an effect %s", what, p->acted,
			k->fired_now ? "ran" : "did not run");
	}
	if (h != NULL && s != SM_E_ABORTED) {
		check_history(k, h, what);
	}
	if (p != NULL && h != NULL && s == SM_OK) {
		const sim_stream *r = sim_stream_of(w, h->stream);

		if ((p->rest == SM_REST_CLOSED) != (h->run.phase == SM_PHASE_COMPLETED || h->run.phase == SM_PHASE_ENDED) || r == NULL) {
			sim_violation(w, "an answer tells what was done", "%s says rest %d of a run in phase %d", what, (int)p->rest, (int)h->run.phase);
		}
	}
}
