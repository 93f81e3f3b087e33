/* The tables and what writes do to them. */
#include "database.h"
#include "erasures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void sim_text_to(char *out, size_t size, sm_bytes s)
{
	const size_t n = s.n < size - 1 ? s.n : size - 1;

	if (n > 0) {
		memcpy(out, s.p, n);
	}
	out[n] = '\0';
}

bool sim_is(const char *a, sm_bytes b)
{
	return sm_bytes_eq(sm_cstr(a), b);
}

bool sim_names(const sm_value *v, const char *s)
{
	return v->kind == SM_V_STR && sim_is(s, v->s);
}

/* ---- lookups ---- */

const sim_row *sim_row_at(const sim_world *w, const char *stream, int32_t seq)
{
	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *r = &w->rows[i];

		if (!r->lost && r->seq == seq && strcmp(r->stream, stream) == 0) {
			return r;
		}
	}
	return NULL;
}

static sim_row *row_by_id(const sim_world *w, sm_bytes id)
{
	for (size_t i = 0; i < w->n_rows; i++) {
		if (!w->rows[i].lost && sim_is(w->rows[i].id, id)) {
			return &w->rows[i];
		}
	}
	return NULL;
}

sim_stream *sim_stream_of(sim_world *w, const char *id)
{
	for (size_t i = 0; i < w->n_streams; i++) {
		if (strcmp(w->streams[i].id, id) == 0) {
			return &w->streams[i];
		}
	}
	return NULL;
}

sim_switch_row *sim_switch_of(sim_world *w, sm_bytes target, bool make)
{
	for (size_t i = 0; i < w->n_switches; i++) {
		if (sim_is(w->switches[i].target, target)) {
			return &w->switches[i];
		}
	}
	if (!make || w->n_switches == SIM_TARGETS) {
		return NULL;
	}
	sim_text_to(w->switches[w->n_switches].target, sizeof w->switches[0].target, target);
	return &w->switches[w->n_switches++];
}

static const sim_switch_row *switch_row(sim_world *w, sm_bytes target)
{
	const sim_switch_row *s = sim_switch_of(w, target, false);

	return s != NULL && s->has_row ? s : NULL;
}

void sim_store_fail_over(sim_world *w, const char *stream)
{
	sim_row *last = NULL;

	for (size_t i = 0; i < w->n_rows; i++) {
		if (!w->rows[i].lost && strcmp(w->rows[i].stream, stream) == 0) {
			last = &w->rows[i];
		}
	}
	if (last != NULL) {
		sim_trace(w, "fail-over: event %d is lost", last->seq);
		last->lost = true;
		w->damaged = true;
		sim_check_refold(w, sim_stream_of(w, stream));
	}
}

/* ---- the journal ---- */

sm_status sim_refuse(sm_error *e, const char *why)
{
	return sm_fail(e, SM_E_STORE, "%s", why);
}

static bool collides(const sim_world *w, const sm_value *p)
{
	char stream[SM_ID_SIZE];

	if (row_by_id(w, p[0].s) != NULL) {
		return true;
	}
	sim_text_to(stream, sizeof stream, p[1].s);
	return !SM_PLANTED(SEQ_NOT_UNIQUE) && sim_row_at(w, stream, (int32_t)p[2].i) != NULL;
}

static void insert(sim_world *w, const sm_value *p, int writer)
{
	sim_row *r;
	sm_error e;
#ifdef SM_PLANT
	const enum sm_plant planted = sm_planted;
#endif

	if (w->n_rows == SIM_ROWS) {
		sim_violation(w, "it ends", "more than %d rows", SIM_ROWS);
		return;
	}
	r = &w->rows[w->n_rows];
	memset(r, 0, sizeof *r);
	sim_text_to(r->id, sizeof r->id, p[0].s);
	sim_text_to(r->stream, sizeof r->stream, p[1].s);
	r->seq = (int32_t)p[2].i;
	r->leaf = sim_keep(w, p[3].s);
	r->leaf_hash = sim_keep(w, p[4].s);
	r->private_text = p[5].kind == SM_V_NULL ? (sm_bytes){NULL, 0} : sim_keep(w, p[5].s);
	r->has_lease = p[6].kind == SM_V_INT;
	r->lease = r->has_lease ? p[6].i : 0;
	r->stored_at = sim_db_now(w);
	r->true_at = w->now;
	r->leaf_index = -1;
	r->writer = writer;
	w->n_rows++;
	sim_totals_.events++;
#ifdef SM_PLANT
	sm_planted = SM_PLANT_NONE;
#endif
	if (sm_event_decode(&r->ev, &w->arena, r->leaf, r->private_text, &e) != SM_OK) {
		sim_violation(w, "leaves are well formed", "%s", e.message);
	}
#ifdef SM_PLANT
	sm_planted = planted;
#endif
	r->ev.stored_at = r->stored_at;
	sim_trace(w, "stored %.6s/%d %s %.*s %d by %d", r->stream, r->seq, sm_event_names[r->ev.type], (int)r->ev.step.n,
		r->ev.step.n ? r->ev.step.p : "", r->ev.attempt, writer);
	sim_check_stored(w, r);
}

/* All or nothing, unless INSERT IGNORE. */
static sm_status insert_rows(sim_world *w, const sm_statement *st, size_t n, int writer, int64_t *changed, sm_error *e)
{
	const bool ignore = SM_PLANTED(INSERT_IGNORE);
	bool skip[SIM_SENT] = {false};

	if (n > SIM_SENT) {
		sim_violation(w, "statements are small", "%zu rows in one append", n);
		n = SIM_SENT;
	}
	for (size_t i = 0; i < n; i++) {
		skip[i] = collides(w, st->params + i * SIM_EVENT_PARAMS);
		for (size_t k = 0; k < i; k++) {
			skip[i] = skip[i] || sm_bytes_eq(st->params[i * SIM_EVENT_PARAMS].s, st->params[k * SIM_EVENT_PARAMS].s);
		}
		if (skip[i] && !ignore) {
			return sim_refuse(e, "Duplicate entry for key");
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!skip[i]) {
			insert(w, st->params + i * SIM_EVENT_PARAMS, writer);
			++*changed;
		}
	}
	return SM_OK;
}

static bool guard_open(sim_world *w, const sm_value *p, size_t n)
{
	const sm_bytes check = p[0].s;

	for (size_t i = 1; i < n; i++) {
		const sim_switch_row *s = switch_row(w, p[i].s);

		if (s == NULL || s->held || (sim_names(&p[i], "*") && !sim_is(s->site_check, check))) {
			return false;
		}
	}
	return true;
}

static bool lapsed(const sim_world *w, const sm_value *p)
{
	char stream[SM_ID_SIZE];
	const sim_row *r;

	sim_text_to(stream, sizeof stream, p[0].s);
	r = sim_row_at(w, stream, (int32_t)p[1].i);
	return r != NULL && r->has_lease && r->stored_at + r->lease * SIM_MS + p[2].i < sim_db_now(w);
}

/* ---- order and projections ---- */

static sm_status sequence_set(sim_world *w, const sm_statement *st, int64_t *changed, sm_error *e)
{
	const size_t n = st->n_params / 3;
	sim_row *rows[4096];
	size_t n_set = 0;

	for (size_t i = 0; i < n && i < 4096; i++) {
		sim_row *r = row_by_id(w, st->params[2 * i].s);
		const int64_t index = st->params[2 * i + 1].i;

		if (r == NULL || r->leaf_index >= 0) {
			continue;
		}
		for (size_t k = 0; k < w->n_rows; k++) {
			if (w->rows[k].leaf_index == index) {
				for (size_t u = 0; u < n_set; u++) {
					rows[u]->leaf_index = -1;
				}
				return sim_refuse(e, "Duplicate entry for key 'leaf_index'");
			}
		}
		r->leaf_index = index;
		rows[n_set++] = r;
	}
	*changed = (int64_t)n_set;
	return SM_OK;
}

sim_run_row *sim_run_row_of(sim_world *w, sm_bytes id)
{
	for (size_t i = 0; i < w->n_run_rows; i++) {
		if (sim_is(w->run_rows[i].id, id)) {
			return &w->run_rows[i];
		}
	}
	return NULL;
}

static void upsert_run(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_run_row *r = sim_run_row_of(w, p[0].s);

	if (r != NULL && p[10].i <= r->rev) {
		return;
	}
	if (r == NULL) {
		if (w->n_run_rows == SIM_STREAMS) {
			sim_violation(w, "it ends", "more than %d runs", SIM_STREAMS);
			return;
		}
		r = &w->run_rows[w->n_run_rows++];
		memset(r, 0, sizeof *r);
		sim_text_to(r->id, sizeof r->id, p[0].s);
	}
	r->workflow = sim_keep(w, p[1].s);
	r->category = sim_keep(w, p[2].s);
	r->state = sim_keep(w, p[3].s);
	r->step = sim_keep(w, p[4].s);
	r->owner = sim_keep(w, p[5].s);
	r->due = p[6].kind == SM_V_NULL ? -1 : p[6].i;
	r->started_at = p[7].i;
	r->changed_at = p[8].i;
	r->fold = sim_keep(w, p[9].s);
	r->rev = p[10].i;
	r->put_off = 0;
	++*changed;
}

static void insert_external(sim_world *w, const sm_value *p, int64_t *changed)
{
	for (size_t i = 0; i < w->n_externals; i++) {
		if (sim_names(&p[0], w->externals[i].event)) {
			return;
		}
	}
	if (w->n_externals < SIM_EXTERNALS) {
		sim_external_row *r = &w->externals[w->n_externals++];

		sim_text_to(r->event, sizeof r->event, p[0].s);
		sim_text_to(r->run, sizeof r->run, p[1].s);
		sim_text_to(r->hash, sizeof r->hash, p[2].s);
		r->kind = sim_keep(w, p[3].s);
		++*changed;
	}
}

static void put_off(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_run_row *r = sim_run_row_of(w, p[0].s);
	int64_t wait = 60 * SIM_S;

	if (r == NULL || r->rev != p[1].i) {
		return;
	}
	for (int64_t i = 0; i < r->put_off && wait < 3600 * SIM_S; i++) {
		wait *= 2;
	}
	r->due = sim_db_now(w) + (wait < 3600 * SIM_S ? wait : 3600 * SIM_S);
	r->put_off++;
	++*changed;
}

static sm_status switch_insert(sim_world *w, const sm_value *p, int64_t *changed, sm_error *e)
{
	sim_switch_row *s = sim_switch_of(w, p[0].s, true);

	if (s == NULL || s->has_row) {
		return sim_refuse(e, "Duplicate entry for key 'PRIMARY'");
	}
	s->has_row = true;
	s->held = p[1].i != 0;
	s->generation = p[2].i;
	sim_text_to(s->site_check, sizeof s->site_check, p[3].s);
	*changed = 1;
	return SM_OK;
}

static void switch_update(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_switch_row *s = sim_switch_of(w, p[2].s, false);

	if (s != NULL && s->has_row && s->generation < p[3].i) {
		s->held = p[0].i != 0;
		s->generation = p[1].i;
		*changed = 1;
	}
}

static void erase(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_row *r = row_by_id(w, p[1].s);

	if (r != NULL && r->private_text.p != NULL && (int64_t)r->private_text.n == p[2].i) {
		sim_erase_column(w, r, p[0].kind == SM_V_NULL ? (sm_bytes){NULL, 0} : p[0].s);
		*changed = 1;
	}
}

/* ---- writes ---- */

/* Behind the events of a start come site_check and at most three targets: they do not fill a row. */
static size_t events_of_start(const sm_statement *st)
{
	return (st->n_params - 1) / SIM_EVENT_PARAMS;
}

bool sim_database_open(sim_world *w, const sm_statement *st)
{
	const size_t guard = events_of_start(st) * SIM_EVENT_PARAMS;

	return st->kind != SM_SQL_APPEND_START || guard_open(w, st->params + guard, st->n_params - guard);
}

sm_status sim_database_write(sim_world *w, const sm_statement *st, int writer, bool saw_open, int64_t *changed, sm_error *e)
{
	const sm_value *p = st->params;

	*changed = 0;
	sim_totals_.statements++;
	switch (st->kind) {
	case SM_SQL_APPEND:
		return insert_rows(w, st, st->n_params / SIM_EVENT_PARAMS, writer, changed, e);
	case SM_SQL_APPEND_START:
		if (!saw_open && SM_PLANTED(OUTCOME_CONDITIONAL)) {
			return SM_OK; /* the switch decides about all rows */
		}
		return insert_rows(w, st, events_of_start(st) - !saw_open, writer, changed, e);
	case SM_SQL_APPEND_LAPSED:
		return lapsed(w, p + SIM_EVENT_PARAMS) ? insert_rows(w, st, 1, writer, changed, e) : SM_OK;
	case SM_SQL_SWITCH_INSERT:
		return switch_insert(w, p, changed, e);
	case SM_SQL_SWITCH_UPDATE:
		switch_update(w, p, changed);
		return SM_OK;
	case SM_SQL_SEQUENCE_SET:
		return sequence_set(w, st, changed, e);
	case SM_SQL_RUNS_UPSERT:
		for (size_t i = 0; i + SIM_RUN_PARAMS <= st->n_params; i += SIM_RUN_PARAMS) {
			upsert_run(w, p + i, changed);
		}
		return SM_OK;
	case SM_SQL_EXTERNALS_INSERT:
		for (size_t i = 0; i + 4 <= st->n_params; i += 4) {
			insert_external(w, p + i, changed);
		}
		return SM_OK;
	case SM_SQL_MARK_SET:
		if (w->mark < p[1].i) {
			w->mark = p[0].i;
			*changed = 1;
		}
		return SM_OK;
	case SM_SQL_PUT_OFF:
		put_off(w, p, changed);
		return SM_OK;
	case SM_SQL_ERASE:
		erase(w, p, changed);
		return SM_OK;
	default:
		fprintf(stderr, "simulator: no such write: kind %d, %.*s\n", (int)st->kind, (int)st->sql.n, st->sql.p);
		abort();
	}
}
