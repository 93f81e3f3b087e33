/* PROTOCOL's invariants, looked at after every row that is stored. All folds here run with no plant. */
#include "check.h"
#include "erasures.h"

#include <inttypes.h>
#include <string.h>

static sim_fired *fired_of(sim_world *w, const sim_row *row, int32_t attempt)
{
	for (size_t i = 0; i < w->n_fired; i++) {
		sim_fired *f = &w->fired[i];

		if (f->attempt == attempt && strcmp(f->run, row->stream) == 0 && sm_bytes_eq(sm_cstr(f->step), row->ev.step)) {
			return f;
		}
	}
	return NULL;
}

/* Did a request of this very attempt become an effect? */
static bool took_effect(const sim_world *w, const sim_row *row, int32_t attempt)
{
	for (size_t i = 0; i < w->n_requests; i++) {
		const sim_request *r = &w->requests[i];

		if (r->effect && r->attempt == attempt && strcmp(r->run, row->stream) == 0 && sm_bytes_eq(sm_cstr(r->step), row->ev.step)) {
			return true;
		}
	}
	return false;
}

static int effects_of(const sim_world *w, const char *run, sm_bytes step)
{
	char key[SM_EFFECT_KEY_SIZE];

	sim_key(w, run, step, key);
	return sim_ledger(w, key);
}

/* ---- switches ---- */

static void check_switch_event(sim_world *w, sim_stream *s, const sim_row *row)
{
	sim_switch_row *t = sim_switch_of(w, row->ev.target, true);

	if (row->seq != s->seq + 1 || strcmp(row->ev.prev, s->last_id) != 0 || strcmp(row->id, s->last_id) <= 0) {
		sim_violation(w, "no illegal event", "switch event %d does not follow event %d", row->seq, s->seq);
	}
	if (row->ev.generation != row->seq) {
		sim_violation(w, "no illegal event", "switch event %d has generation %" PRId64, row->seq, row->ev.generation);
	}
	s->seq = row->seq;
	memcpy(s->last_id, row->id, SM_ID_SIZE);
	if (t != NULL && row->ev.type == SM_SWITCH_RELEASED && row->ev.generation > t->stored_release) {
		t->stored_release = row->ev.generation;
	}
}

/* On a cluster a start may be ordered after a hold that it did not see: it must come to nothing, which its effect's beginning checks. */
static void check_not_held(sim_world *w, sim_row *row, const sm_run *run)
{
	char category[SM_TARGET_MAX + 1], workflow[SM_TARGET_MAX + 1];
	const char *const targets[] = {"*", category, workflow};

	snprintf(category, sizeof category, "category:%.*s", (int)run->category.n, run->category.p);
	snprintf(workflow, sizeof workflow, "workflow:%.*s", (int)run->workflow.n, run->workflow.p);
	for (int i = 0; i < 3; i++) {
		const sim_switch_row *t = sim_switch_of(w, sm_cstr(targets[i]), false);

		if (t != NULL && t->acked_hold > t->stored_release && w->cluster) {
			row->held_by = t;
			row->held_generation = t->acked_hold;
		} else if (t != NULL && t->acked_hold > t->stored_release) {
			sim_violation(w, "no start after an acknowledged hold", "event %d (attempt %d of %.*s) is stored while %s is held", row->seq,
				row->ev.attempt, (int)row->ev.step.n, row->ev.step.p, t->target);
		}
	}
}

/* ---- what an event claims ---- */

static void must_have_happened(sim_world *w, const sim_row *row, sm_bytes step)
{
	if (effects_of(w, row->stream, step) == 0) {
		sim_violation(w, "no false record", "%s of %.*s is recorded, and the provider's ledger knows nothing of it",
			sm_event_names[row->ev.type], (int)step.n, step.p);
	}
}

/* The journal says that this attempt did not happen: now and for ever. */
static void must_not_happen(sim_world *w, const sim_row *row, int32_t attempt)
{
	sim_fired *f = fired_of(w, row, attempt);

	if (took_effect(w, row, attempt)) {
		sim_violation(w, "no false record", "%s of %.*s: attempt %d is recorded as not done, and happened", sm_event_names[row->ev.type],
			(int)row->ev.step.n, row->ev.step.p, attempt);
	}
	if (f != NULL) {
		f->said_not = true;
	}
}

static int64_t grace_end(const model *m)
{
	int64_t end = 0;

	for (int a = 0; a < m->started[m->step - 1]; a++) {
		const model_attempt *x = &m->attempts[m->step - 1][a];
		const int64_t lease_end = x->stored_at + x->lease * SIM_MS;
		const int64_t from = x->unknown_at > lease_end ? x->unknown_at : lease_end;
		const int64_t until = from + (x->grace + sim_settings.clock_skew_ms) * SIM_MS;

		if (x->uncertain && until > end) {
			end = until;
		}
	}
	return end;
}

static const sim_worker *worker_of(const sim_world *w, int id)
{
	for (int i = 0; i < w->n_workers; i++) {
		if (w->workers[i].id == id) {
			return &w->workers[i];
		}
	}
	return NULL;
}

/* m: the state before the event. */
static void check_claim(sim_world *w, const sim_row *row, const model *m)
{
	const sm_event *ev = &row->ev;
	const model_attempt *a = NULL;

	if (m->step >= 1 && m->step <= m->n && m->attempt > 0) {
		a = &m->attempts[m->step - 1][m->attempt - 1];
	}
	if (ev->type == SM_VERDICT_DONE || ev->type == SM_VERDICT_NOT_DONE) {
		const sim_worker *k = worker_of(w, row->writer);

		if (k != NULL && k->looked_call == k->call && (k->looked_step != m->step || k->looked_attempt != ev->attempt)) {
			sim_violation(w, "a verdict is about what was looked at", "step %d attempt %d was looked at, %s of attempt %d is stored",
				k->looked_step, k->looked_attempt, sm_event_names[ev->type], ev->attempt);
		}
	}
	switch (ev->type) {
	case SM_STEP_FINISHED:
	case SM_LATE_DONE:
	case SM_VERDICT_DONE:
		must_have_happened(w, row, ev->step);
		break;
	case SM_STEP_FAILED:
	case SM_LATE_FAILED:
		must_not_happen(w, row, ev->attempt);
		break;
	case SM_STEP_UNKNOWN:
	case SM_STEP_READY:
		/* by another process than the attempt's own: only after its lease */
		if (a != NULL && sm_bytes_eq(ev->why, SM_STR("lease"))
			&& row->stored_at <= a->stored_at + (a->lease + sim_settings.clock_skew_ms) * SIM_MS) {
			sim_violation(w, "no recovery before the lease is over", "%" PRId64 " ms after the start of attempt %d",
				(row->stored_at - a->stored_at) / SIM_MS, ev->attempt);
		}
		break;
	case SM_VERDICT_NOT_DONE:
		sim_totals_.verdicts++;
		for (int32_t i = 1; m->step >= 1 && m->step <= m->n && i <= m->started[m->step - 1]; i++) {
			if (m->attempts[m->step - 1][i - 1].uncertain && !ev->early) {
				must_not_happen(w, row, i);
			}
		}
		if (m->step >= 1 && m->step <= m->n && !ev->early && row->stored_at < grace_end(m) - SIM_S) {
			sim_violation(w, "\"not done\" waits for the grace", "%" PRId64 " ms before its end", (grace_end(m) - row->stored_at) / SIM_MS);
		}
		break;
	case SM_RUN_COMPLETED:
		for (int i = 0; i < m->n; i++) {
			must_have_happened(w, row, m->rows[i].name);
		}
		break;
	default:
		break;
	}
}

static void fold(sim_world *w, sim_stream *s, sim_row *row)
{
	const model before = s->m;
	sm_status status = SM_OK;
	const char *differs;
	bool legal;
	sm_error e = {{0}, NULL, 0, 0, 0};

	legal = model_apply(&s->m, &row->ev);
	HONESTLY(status = sm_run_apply(&s->run, &row->ev, &w->arena, &e));
	if (legal != (status == SM_OK)) {
		sim_violation(w, "two folds agree", "event %d (%s) is %s by the table of PROTOCOL section 3, and apply says %s", row->seq,
			sm_event_names[row->ev.type], legal ? "legal" : "illegal", status == SM_OK ? "legal" : e.message);
		return;
	}
	if (!legal) {
		if (w->damaged) {
			w->expect_broken = true;
			return;
		}
		sim_violation(w, "no illegal event", "%s", e.message);
		return;
	}
	differs = model_differs(&s->m, &s->run, true);
	if (differs != NULL) {
		sim_violation(w, "two folds agree", "after event %d (%s): %s", row->seq, sm_event_names[row->ev.type], differs);
	}
	check_claim(w, row, &before);
	if (s->m.phase == SM_PHASE_COMPLETED || s->m.phase == SM_PHASE_ENDED) {
		w->closed_at = w->points;
	}
	if (row->ev.type == SM_STEP_STARTED) {
		check_not_held(w, row, &s->run);
	}
}

void sim_check_refold(sim_world *w, sim_stream *s)
{
	sm_error e;

	memset(&s->m, 0, sizeof s->m);
	sm_run_init(&s->run);
	for (size_t i = 0; i < w->n_rows; i++) {
		if (!w->rows[i].lost && strcmp(w->rows[i].stream, s->id) == 0) {
			model_apply(&s->m, &w->rows[i].ev);
			HONESTLY((void)sm_run_apply(&s->run, &w->rows[i].ev, &w->arena, &e));
		}
	}
}

void sim_check_stored(sim_world *w, sim_row *row)
{
	sim_stream *s = sim_stream_of(w, row->stream);

	if (s == NULL) {
		if (w->n_streams == SIM_STREAMS) {
			sim_violation(w, "it ends", "more than %d streams", SIM_STREAMS);
			return;
		}
		s = &w->streams[w->n_streams++];
		memset(s, 0, sizeof *s);
		memcpy(s->id, row->stream, SM_ID_SIZE);
		s->is_switch = row->ev.type == SM_SWITCH_HELD || row->ev.type == SM_SWITCH_RELEASED;
		s->is_run = sm_event_of_run(&row->ev);
		sm_run_init(&s->run);
	}
	if (strcmp(row->ev.id, row->id) != 0 || strcmp(row->ev.stream, row->stream) != 0 || row->ev.seq != row->seq) {
		sim_violation(w, "leaves are well formed", "row %d and its leaf disagree on id, stream or seq", row->seq);
	}
	if (row->has_lease != (row->ev.type == SM_STEP_STARTED) || (row->has_lease && row->lease != row->ev.lease)) {
		sim_violation(w, "leaves are well formed", "row %d and its leaf disagree on the lease", row->seq);
	}
	if (s->is_switch) {
		check_switch_event(w, s, row);
	} else if (s->is_run) {
		fold(w, s, row);
	} else {
		sim_check_site_event(w, s, row);
	}
	if (row->ev.type == SM_PRIVACY_ERASED) {
		sim_check_erasure(w, s, row);
	}
}
