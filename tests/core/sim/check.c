/* PROTOCOL's invariants, looked at after every row, after every call and at the end of a case. All folds here run with no plant. */
#include "sim.h"

#include <inttypes.h>
#include <string.h>

#ifdef SM_PLANT
#define HONESTLY(statement) do { \
		const enum sm_plant planted_ = sm_planted; \
		sm_planted = SM_PLANT_NONE; \
		statement; \
		sm_planted = planted_; \
	} while (0)
#else
#define HONESTLY(statement) do { statement; } while (0)
#endif

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

static void check_not_held(sim_world *w, const sim_row *row, const sm_run *run)
{
	char category[SM_TARGET_MAX + 1], workflow[SM_TARGET_MAX + 1];
	const char *const targets[] = {"*", category, workflow};

	snprintf(category, sizeof category, "category:%.*s", (int)run->category.n, run->category.p);
	snprintf(workflow, sizeof workflow, "workflow:%.*s", (int)run->workflow.n, run->workflow.p);
	for (int i = 0; i < 3; i++) {
		const sim_switch_row *t = sim_switch_of(w, sm_cstr(targets[i]), false);

		if (t != NULL && t->acked_hold > t->stored_release) {
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

static void fold(sim_world *w, sim_stream *s, const sim_row *row)
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
		s->is_run = !s->is_switch;
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
	} else {
		fold(w, s, row);
	}
}

/* ---- after a call ---- */

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

/* ---- at the end ---- */

static void check_log(sim_world *w)
{
	int64_t n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		n += !w->rows[i].lost;
	}
	for (int64_t index = 0; index < n; index++) {
		int found = 0;

		for (size_t i = 0; i < w->n_rows; i++) {
			found += !w->rows[i].lost && w->rows[i].leaf_index == index;
		}
		if (found != 1) {
			sim_violation(w, "the log has no hole", "index %" PRId64 " of %" PRId64 " stands %d times", index, n, found);
			return;
		}
	}
}

static const sim_run_row *projected(const sim_world *w, const char *id)
{
	for (size_t i = 0; i < w->n_run_rows; i++) {
		if (strcmp(w->run_rows[i].id, id) == 0) {
			return &w->run_rows[i];
		}
	}
	return NULL;
}

static void check_projection(sim_world *w, const sim_stream *s)
{
	const sim_run_row *row = projected(w, s->id);
	sm_bytes fresh = {NULL, 0};
	sm_status saved = SM_OK;
	int64_t due;

	if (row == NULL) {
		sim_violation(w, "projections equal a fresh fold", "run %s has no row", s->id);
		return;
	}
	HONESTLY(saved = sm_run_save(&s->run, &w->arena, &fresh));
	if (saved != SM_OK || !sm_bytes_eq(fresh, row->fold)) {
		sim_violation(w, "projections equal a fresh fold", "the fold differs:\n  row   %.*s\n  fresh %.*s", (int)row->fold.n, row->fold.p,
			(int)fresh.n, fresh.p ? fresh.p : "");
		return;
	}
	due = sm_run_due(&s->run, &sim_settings);
	if (row->rev != s->m.seq || (row->put_off == 0 && row->due != due)) {
		sim_violation(w, "projections equal a fresh fold", "rev %" PRId64 " of %d, due %" PRId64 " of %" PRId64, row->rev, s->m.seq, row->due,
			due);
	}
}

static void catch_up(sim_worker *k, void *arg)
{
	sm_status *status = arg;
	int64_t sequenced, projected_;
	sm_error e;

	*status = sm_journal_catch_up(&k->j, 50, &sequenced, &projected_, &e);
}

/* ---- the finder ---- */

typedef struct finding {
	sm_status status;
	sm_due *due;
	size_t n;
} finding;

static void find_due(sim_worker *k, void *arg)
{
	finding *f = arg;
	int64_t sequenced, projected_;
	sm_error e;

	f->status = sm_journal_catch_up(&k->j, 50, &sequenced, &projected_, &e);
	if (f->status == SM_OK) {
		f->status = sm_journal_due(&k->j, &k->arena, 100, &f->due, &f->n, &e);
	}
}

static bool is_listed(const finding *f, const char *run)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->due[i].run, run) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_held(sim_world *w, const sm_run *run)
{
	for (size_t i = 0; i < w->n_switches; i++) {
		const char *t = w->switches[i].target;
		const sm_bytes name = strncmp(t, "category:", 9) == 0 ? run->category : run->workflow;
		const char *own = strchr(t, ':');

		if (w->switches[i].has_row && w->switches[i].held && (own == NULL || sm_bytes_eq(sm_cstr(own + 1), name))) {
			return true;
		}
	}
	return false;
}

void sim_check_finder(sim_world *w)
{
	finding f = {.status = SM_E_STORE};
	const int n_plan = w->n_plan, chance = w->chance;
	const int64_t from = w->points;

	if (w->n_pending > 0) {
		return; /* what arrives meanwhile is the next one's affair */
	}
	w->n_plan = w->chance = 0;
	sim_spawn(w, NULL, find_due, &f);
	sim_run(w);
	w->n_plan = n_plan;
	w->chance = chance;
	for (int64_t i = from; i < w->points && i < (int64_t)(sizeof w->point_kinds / sizeof *w->point_kinds); i++) {
		w->point_kinds[i] = SIM_POINTS; /* no place for a fault */
	}
	if (w->violation[0] != '\0') {
		return;
	}
	if (f.status != SM_OK) {
		sim_violation(w, "no error without a fault", "the finder returns status %d", (int)f.status);
		return;
	}
	for (size_t i = 0; i < w->n_streams; i++) {
		const sim_stream *s = &w->streams[i];
		const sim_run_row *row = projected(w, s->id);
		int64_t due = -1;

		if (!s->is_run || w->damaged) {
			continue;
		}
		HONESTLY(due = sm_run_due(&s->run, &sim_settings));
		if (due >= 0 && s->m.phase != SM_PHASE_OPEN) {
			sim_violation(w, "the finder misses no run", "a run in phase %d is due", (int)s->m.phase);
		}
		if (row != NULL && row->put_off > 0) {
			continue;
		}
		if ((due >= 0 && due < sim_db_now(w) - SIM_S && !is_held(w, &s->run)) != is_listed(&f, s->id)
			&& !(due >= sim_db_now(w) - SIM_S && due <= sim_db_now(w))) {
			sim_violation(w, "the finder misses no run", "run %.6s, due since %" PRId64 " ms, is %s", s->id, (sim_db_now(w) - due) / SIM_MS,
				is_listed(&f, s->id) ? "listed" : "not listed");
		}
	}
}

/* ---- from scratch ---- */

static void read_again(sim_worker *k, void *arg)
{
	sim_world *w = k->w;

	(void)arg;
	for (size_t i = 0; i < w->n_streams; i++) {
		const sim_stream *s = &w->streams[i];
		const char *differs;
		sm_history h;
		sm_error e;

		if (!s->is_run || w->damaged) {
			continue;
		}
		sm_history_init(&h, &k->arena, s->id);
		if (sm_journal_load(&k->j, &h, &e) != SM_OK || h.broken) {
			sim_violation(w, "no illegal event", "a history read from scratch: %s", h.broken ? h.broken_why : e.message);
		}
		differs = model_differs(&s->m, &h.run, true);
		if (differs != NULL) {
			sim_violation(w, "two folds agree", "a history read from scratch: %s", differs);
		}
	}
}

/* Two successes of a `never` step are two effects, and shown as such; one is not. */
static void check_duplicates(sim_world *w, const sim_stream *s)
{
	for (int i = 0; i < s->m.n; i++) {
		int successes = 0;

		for (int a = 0; a < s->m.started[i]; a++) {
			successes += s->m.attempts[i][a].succeeded;
		}
		if (s->m.rows[i].repeat == SM_REPEAT_NEVER && sm_run_duplicates(&s->run, i, 0) != (successes > 1 ? successes : 0)) {
			sim_violation(w, "duplicates are shown", "%d successes of %.*s, shown as %d", successes, (int)s->m.rows[i].name.n,
				s->m.rows[i].name.p, sm_run_duplicates(&s->run, i, 0));
		}
	}
}

void sim_check_end(sim_world *w)
{
	sm_status status = SM_E_STORE;

	w->n_plan = 0;
	w->chance = 0;
	sim_spawn(w, NULL, catch_up, &status);
	sim_run(w);
	if (w->violation[0] != '\0') {
		return;
	}
	if (status != SM_OK) {
		sim_violation(w, "no error without a fault", "catching up returns status %d", (int)status);
		return;
	}
	check_log(w);
	if (w->thorough) {
		sim_spawn(w, NULL, read_again, NULL);
		sim_run(w);
	}
	for (size_t i = 0; i < w->n_streams; i++) {
		if (w->streams[i].is_run && !w->expect_broken) {
			check_projection(w, &w->streams[i]);
			check_duplicates(w, &w->streams[i]);
		}
	}
}
