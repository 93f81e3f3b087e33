/* The log, the projections, the finder and a history read from scratch equal a fresh fold. */
#include "check.h"

#include <inttypes.h>
#include <string.h>

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

/* Every external id that the journal holds is found, and no other. */
static void check_externals(sim_world *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *row = &w->rows[i];
		bool found = false;

		if (row->lost || row->ev.type != SM_EXTERNAL_RECORDED) {
			continue;
		}
		n++;
		for (size_t k = 0; k < w->n_externals && !found; k++) {
			found = strcmp(w->externals[k].event, row->id) == 0 && strcmp(w->externals[k].run, row->stream) == 0
				&& sm_bytes_eq(sm_cstr(w->externals[k].hash), row->ev.id_hash);
		}
		if (!found) {
			sim_violation(w, "projections equal a fresh fold", "the external id of event %d is not listed", row->seq);
			return;
		}
	}
	if (n != w->n_externals) {
		sim_violation(w, "projections equal a fresh fold", "%zu external ids of %zu are listed", w->n_externals, n);
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
	if (!w->damaged) {
		check_externals(w);
	}
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
