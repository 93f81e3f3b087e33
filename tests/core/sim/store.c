/* The in-memory database: what each statement kind of src/core/sql.h does, by kind and parameters; and what may happen to a
 * statement on its way. */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_PARAMS = 7, RUN_PARAMS = 11, LATE_MAX = 9 };

static void text_to(char *out, size_t size, sm_bytes s)
{
	const size_t n = s.n < size - 1 ? s.n : size - 1;

	if (n > 0) {
		memcpy(out, s.p, n);
	}
	out[n] = '\0';
}

static bool is(const char *a, sm_bytes b)
{
	return sm_bytes_eq(sm_cstr(a), b);
}

static bool names(const sm_value *v, const char *s)
{
	return v->kind == SM_V_STR && is(s, v->s);
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
		if (!w->rows[i].lost && is(w->rows[i].id, id)) {
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
		if (is(w->switches[i].target, target)) {
			return &w->switches[i];
		}
	}
	if (!make || w->n_switches == SIM_TARGETS) {
		return NULL;
	}
	text_to(w->switches[w->n_switches].target, sizeof w->switches[0].target, target);
	return &w->switches[w->n_switches++];
}

static const sim_switch_row *switch_row(sim_world *w, sm_bytes target)
{
	const sim_switch_row *s = sim_switch_of(w, target, false);

	return s != NULL && s->has_row ? s : NULL;
}

static bool held(sim_world *w, const char *prefix, sm_bytes name)
{
	char target[SM_TARGET_MAX + 1];
	const sim_switch_row *s;

	snprintf(target, sizeof target, "%s%.*s", prefix, (int)name.n, name.p);
	s = switch_row(w, sm_cstr(target));
	return s != NULL && s->held;
}

/* ---- the journal ---- */

static sm_status refuse(sm_error *e, const char *why)
{
	return sm_fail(e, SM_E_STORE, "%s", why);
}

static bool collides(const sim_world *w, const sm_value *p)
{
	char stream[SM_ID_SIZE];

	if (row_by_id(w, p[0].s) != NULL) {
		return true;
	}
	text_to(stream, sizeof stream, p[1].s);
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
	text_to(r->id, sizeof r->id, p[0].s);
	text_to(r->stream, sizeof r->stream, p[1].s);
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
		skip[i] = collides(w, st->params + i * EVENT_PARAMS);
		for (size_t k = 0; k < i; k++) {
			skip[i] = skip[i] || sm_bytes_eq(st->params[i * EVENT_PARAMS].s, st->params[k * EVENT_PARAMS].s);
		}
		if (skip[i] && !ignore) {
			return refuse(e, "Duplicate entry for key");
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!skip[i]) {
			insert(w, st->params + i * EVENT_PARAMS, writer);
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

		if (s == NULL || s->held || (names(&p[i], "*") && !is(s->site_check, check))) {
			return false;
		}
	}
	return true;
}

static bool lapsed(const sim_world *w, const sm_value *p)
{
	char stream[SM_ID_SIZE];
	const sim_row *r;

	text_to(stream, sizeof stream, p[0].s);
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
				return refuse(e, "Duplicate entry for key 'leaf_index'");
			}
		}
		r->leaf_index = index;
		rows[n_set++] = r;
	}
	*changed = (int64_t)n_set;
	return SM_OK;
}

static sim_run_row *run_row(sim_world *w, sm_bytes id)
{
	for (size_t i = 0; i < w->n_run_rows; i++) {
		if (is(w->run_rows[i].id, id)) {
			return &w->run_rows[i];
		}
	}
	return NULL;
}

static void upsert_run(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_run_row *r = run_row(w, p[0].s);

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
		text_to(r->id, sizeof r->id, p[0].s);
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
		if (names(&p[0], w->externals[i].event)) {
			return;
		}
	}
	if (w->n_externals < SIM_EXTERNALS) {
		sim_external_row *r = &w->externals[w->n_externals++];

		text_to(r->event, sizeof r->event, p[0].s);
		text_to(r->run, sizeof r->run, p[1].s);
		text_to(r->hash, sizeof r->hash, p[2].s);
		r->kind = sim_keep(w, p[3].s);
		++*changed;
	}
}

static void put_off(sim_world *w, const sm_value *p, int64_t *changed)
{
	sim_run_row *r = run_row(w, p[0].s);
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
		return refuse(e, "Duplicate entry for key 'PRIMARY'");
	}
	s->has_row = true;
	s->held = p[1].i != 0;
	s->generation = p[2].i;
	text_to(s->site_check, sizeof s->site_check, p[3].s);
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

/* ---- writes ---- */

static sm_status execute(sim_world *w, const sm_statement *st, int writer, int64_t *changed, sm_error *e)
{
	const sm_value *p = st->params;

	*changed = 0;
	sim_totals_.statements++;
	switch (st->kind) {
	case SM_SQL_APPEND:
		return insert_rows(w, st, st->n_params / EVENT_PARAMS, writer, changed, e);
	case SM_SQL_APPEND_START: {
		const size_t n = (st->n_params - 1) / EVENT_PARAMS; /* site_check and at most three targets do not fill a row */
		const bool open = guard_open(w, p + n * EVENT_PARAMS, st->n_params - n * EVENT_PARAMS);

		if (!open && SM_PLANTED(OUTCOME_CONDITIONAL)) {
			return SM_OK; /* the switch decides about all rows */
		}
		return insert_rows(w, st, open ? n : n - 1, writer, changed, e);
	}
	case SM_SQL_APPEND_LAPSED:
		return lapsed(w, p + EVENT_PARAMS) ? insert_rows(w, st, 1, writer, changed, e) : SM_OK;
	case SM_SQL_SWITCH_INSERT:
		return switch_insert(w, p, changed, e);
	case SM_SQL_SWITCH_UPDATE:
		switch_update(w, p, changed);
		return SM_OK;
	case SM_SQL_SEQUENCE_SET:
		return sequence_set(w, st, changed, e);
	case SM_SQL_RUNS_UPSERT:
		for (size_t i = 0; i + RUN_PARAMS <= st->n_params; i += RUN_PARAMS) {
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
	default:
		fprintf(stderr, "simulator: no such write: kind %d, %.*s\n", (int)st->kind, (int)st->sql.n, st->sql.p);
		abort();
	}
}

/* Late statements whose time has come. */
static void deliver(sim_world *w)
{
	for (size_t i = 0; i < w->n_pending;) {
		const sim_pending p = w->pending[i];
		int64_t changed;
		sm_error e;

		if (p.after > w->calls) {
			i++;
			continue;
		}
		memmove(&w->pending[i], &w->pending[i + 1], (w->n_pending - i - 1) * sizeof p);
		w->n_pending--;
		sim_trace(w, "a late statement of %d arrives", p.writer);
		execute(w, &p.st, p.writer, &changed, &e);
		i = 0;
	}
}

void sim_store_flush(sim_world *w)
{
	w->calls += 1000;
	deliver(w);
}

static void post(sim_world *w, const sm_statement *st, int writer, int64_t calls)
{
	sim_pending *p;
	sm_value *params;

	if (w->n_pending == SIM_PENDING) {
		return;
	}
	params = sim_new(w, (st->n_params + 1) * sizeof *params);
	for (size_t i = 0; i < st->n_params; i++) {
		params[i] = st->params[i];
		if (params[i].kind == SM_V_STR) {
			params[i].s = sim_keep(w, params[i].s);
		}
	}
	p = &w->pending[w->n_pending++];
	*p = (sim_pending){.st = *st, .after = w->calls + calls, .writer = writer};
	p->st.params = params;
	p->st.sql = (sm_bytes){"", 0};
	p->st.columns = NULL;
}

static bool is_append(sm_statement_kind kind)
{
	return kind == SM_SQL_APPEND || kind == SM_SQL_APPEND_START || kind == SM_SQL_APPEND_LAPSED;
}

/* "Never new ids for the same intent": a second send of what was not acknowledged carries the ids of the first. */
static void check_resend(sim_worker *k, const sm_statement *st)
{
	const sm_value *p = st->params;
	const int32_t seq = (int32_t)p[2].i;
	size_t n = 0;

	if (st->kind == SM_SQL_APPEND_LAPSED) {
		return;
	}
	if (k->n_sent > 0 && names(&p[1], k->sent_stream) && seq >= k->sent_seq && seq < k->sent_seq + k->n_sent
		&& !names(&p[0], k->sent_ids[seq - k->sent_seq])) {
		sim_violation(k->w, "a re-send keeps its ids", "event %d is sent again with another id", seq);
	}
	text_to(k->sent_stream, sizeof k->sent_stream, p[1].s);
	k->sent_seq = seq;
	while ((n + 1) * EVENT_PARAMS <= st->n_params && n < SIM_SENT) {
		text_to(k->sent_ids[n], SM_ID_SIZE, p[n * EVENT_PARAMS].s);
		n++;
	}
	k->n_sent = (int)n;
}

static void check_size(sim_world *w, const sm_statement *st)
{
	size_t n = st->sql.n;

	for (size_t i = 0; i < st->n_params; i++) {
		n += st->params[i].kind == SM_V_STR ? st->params[i].s.n : 8;
	}
	if (n > (size_t)w->packet / 4 + 4096) {
		sim_violation(w, "statements fit a quarter of a packet", "%zu bytes of %" PRId64, n, w->packet);
	}
}

/* An append that speaks of an attempt which has begun. */
static bool is_outcome(const sim_world *w, const sm_statement *st)
{
	char stream[SM_ID_SIZE];

	if (st->kind != SM_SQL_APPEND && st->kind != SM_SQL_APPEND_START) {
		return false;
	}
	text_to(stream, sizeof stream, st->params[1].s);
	for (size_t i = 0; i < w->n_fired; i++) {
		if (strcmp(w->fired[i].run, stream) == 0 && w->fired[i].definite) {
			return true;
		}
	}
	return false;
}

static bool is_verdict(const sm_statement *st)
{
	static const char mark[] = "\"type\":\"verdict.";

	return st->kind == SM_SQL_APPEND && memmem(st->params[3].s.p, st->params[3].s.n, mark, sizeof mark - 1) != NULL;
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

static bool on_path(sm_statement_kind kind)
{
	return kind <= SM_SQL_SWITCH_UPDATE;
}

static sm_status lost_answer(sm_error *e)
{
	return refuse(e, "Lost connection to server during query");
}

static sm_status store_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	sim_worker *k = ctx;
	sim_world *w = k->w;
	sim_fault fault;
	int64_t n = 0;
	sm_status s = SM_OK;

	sim_yield(w);
	check_size(w, st);
	if (is_append(st->kind)) {
		check_resend(k, st);
	}
	fault = sim_at(w, SIM_WRITE, on_path(st->kind));
	if (w->fault_of_outcome != F_NONE && is_outcome(w, st)) {
		fault = w->fault_of_outcome;
		w->fault_of_outcome = F_NONE;
	}
	if (fault == F_W_SHORT && (st->kind == SM_SQL_RUNS_UPSERT || st->kind == SM_SQL_EXTERNALS_INSERT)) {
		fault = F_W_REFUSED; /* no server says that an upsert worked when it did not */
	}
	if (w->fault_of_verdict != F_NONE && is_verdict(st)) {
		fault = w->fault_of_verdict;
		w->fault_of_verdict = F_NONE;
	}
	w->store_faults += fault != F_NONE && fault != F_W_TWICE && fault != F_W_SLOW && fault != F_W_STALL;
	*changed = 0;
	if (fault == F_W_STALL) {
		sim_sleep(w, w->slow_us); /* in a queue, or behind a lock: the server takes it late and answers */
	}
	if (fault == F_W_KILL_BEFORE) {
		sim_die(w);
	}
	if (fault == F_W_KILL_LATE || fault == F_W_LATE1 || fault == F_W_LATE3 || fault == F_W_LATE9) {
		post(w, st, k->id, fault == F_W_LATE1 ? 2 : fault == F_W_LATE9 ? LATE_MAX : 4);
		if (fault == F_W_KILL_LATE) {
			sim_die(w);
		}
		s = lost_answer(e);
	} else if (fault == F_W_REFUSED) {
		s = refuse(e, "Deadlock found when trying to get lock");
	} else if (fault != F_W_SHORT) {
		s = execute(w, st, k->id, &n, e);
	}
	w->calls++;
	deliver(w);
	switch (fault) {
	case F_W_KILL_AFTER:
		sim_die(w);
	case F_W_LOST:
		s = lost_answer(e);
		break;
	case F_W_ZERO:
		s = SM_OK;
		n = 0;
		break;
	case F_W_TWICE:
		post(w, st, k->id, 3);
		break;
	case F_W_SLOW:
		sim_sleep(w, w->slow_us);
		break;
	default:
		break;
	}
	sim_yield(w);
	*changed = n;
	if (s == SM_OK && n > 0 && is_append(st->kind) && (size_t)n == (st->n_params - (st->kind != SM_SQL_APPEND)) / EVENT_PARAMS) {
		k->n_sent = 0;
	}
	return s;
}

/* ---- reads ---- */

typedef struct answer {
	const sm_statement *st;
	sm_rows *rows;
	size_t cap;
} answer;

static void new_row(answer *a)
{
	if (a->rows->n_rows == a->cap) {
		fprintf(stderr, "simulator: more rows than room\n");
		abort();
	}
	a->rows->n_rows++;
}

static void put(answer *a, const char *column, sm_value v)
{
	for (size_t i = 0; i < a->st->n_columns; i++) {
		if (strcmp(a->st->columns[i], column) == 0) {
			a->rows->cells[(a->rows->n_rows - 1) * a->rows->n_columns + i] = v;
			return;
		}
	}
}

static void put_str(answer *a, const char *column, sm_bytes s)
{
	put(a, column, s.p == NULL ? sm_v_null : sm_v_str(s));
}

static void put_int(answer *a, const char *column, int64_t i, int64_t null)
{
	put(a, column, i == null ? sm_v_null : sm_v_int(i));
}

static void read_identity(sim_world *w, answer *a)
{
	char *hex = sim_new(w, SM_HASH_HEX_SIZE), *id = sim_new(w, SM_ID_SIZE);
	sm_bytes values[4];
	static const char *const keys[4] = {"site_id", "site_key", "log", "schema"};

	sm_hex(hex, w->site_key, SM_KEY_LEN);
	sm_hex(id, w->site_id, SM_SITE_ID_LEN);
	values[0] = sm_cstr(id);
	values[1] = sm_cstr(hex);
	values[2] = SM_STR("localhost/sophmate/0123456789abcdef");
	values[3] = SM_STR("1");
	for (int i = 0; i < 4; i++) {
		new_row(a);
		put_str(a, "name", sm_cstr(keys[i]));
		put_str(a, "value", values[i]);
		put_int(a, "packet", w->packet, -1);
		put_int(a, "now", sim_db_now(w), -1);
	}
}

static void put_event(sim_world *w, answer *a, const sim_row *r)
{
	new_row(a);
	put_int(a, "seq", r->seq, -1);
	put_str(a, "id", sm_cstr(r->id));
	put_str(a, "stream", sm_cstr(r->stream));
	put_str(a, "leaf", r->leaf);
	put_str(a, "private", r->private_text);
	put_int(a, "lease", r->has_lease ? r->lease : -1, -1);
	put_int(a, "leaf_index", r->leaf_index, -1);
	put_int(a, "stored_at", r->stored_at, -1);
	put_int(a, "now", sim_db_now(w), -1);
}

static void read_stream(sim_world *w, answer *a, sim_worker *k)
{
	if (k->looked_call != k->call) { /* the first look of a person's command */
		char id[SM_ID_SIZE];
		const sim_stream *s;

		text_to(id, sizeof id, a->st->params[0].s);
		s = sim_stream_of(w, id);
		if (s != NULL) {
			k->looked_call = k->call;
			k->looked_step = s->m.step;
			k->looked_attempt = s->m.attempt;
		}
	}

	const sm_value *p = a->st->params;
	int64_t after = p[1].i;
	bool foreign = false;

	/* By seq; rows of the same seq (planted) in the order they came. */
	for (;;) {
		int64_t next = INT64_MAX;

		for (size_t i = 0; i < w->n_rows; i++) {
			if (!w->rows[i].lost && names(&p[0], w->rows[i].stream) && w->rows[i].seq > after && w->rows[i].seq < next) {
				next = w->rows[i].seq;
			}
		}
		if (next == INT64_MAX) {
			break;
		}
		for (size_t i = 0; i < w->n_rows; i++) {
			const sim_row *r = &w->rows[i];

			if (!r->lost && names(&p[0], r->stream) && r->seq == next) {
				put_event(w, a, r);
				foreign = foreign || r->seq < k->sent_seq || r->seq >= k->sent_seq + k->n_sent
					|| strcmp(r->id, k->sent_ids[r->seq - k->sent_seq]) != 0;
			}
		}
		after = next;
	}
	if (foreign && names(&p[0], k->sent_stream)) {
		k->n_sent = 0; /* somebody else's event: it may decide again */
	}
}

static void read_targets(sim_world *w, answer *a, sim_worker *k)
{
	const sm_statement *st = a->st;

	for (size_t i = 0; i < w->n_switches; i++) {
		const sim_switch_row *s = &w->switches[i];
		bool wanted = st->n_params == 0;

		for (size_t t = 0; t < st->n_params; t++) {
			wanted = wanted || names(&st->params[t], s->target);
		}
		if (s->has_row && wanted) {
			new_row(a);
			put_str(a, "target", sm_cstr(s->target));
			put_int(a, "held", s->held, -1);
			put_int(a, "generation", s->generation, -1);
			put_str(a, "site_check", sm_cstr(s->site_check));
			if (s->held) {
				k->n_sent = 0; /* held: run.held takes the place */
			}
		}
	}
}

static int by_id(const void *a, const void *b)
{
	const sim_row *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

static void read_unsequenced(sim_world *w, answer *a)
{
	const sim_row *rows[SIM_ROWS];
	const int64_t limit = a->st->params[0].i;
	size_t n = 0;
	int64_t max = -1;

	for (size_t i = 0; i < w->n_rows; i++) {
		if (w->rows[i].lost) {
			continue;
		}
		if (w->rows[i].leaf_index > max) {
			max = w->rows[i].leaf_index;
		}
		if (w->rows[i].leaf_index < 0) {
			rows[n++] = &w->rows[i];
		}
	}
	qsort(rows, n, sizeof *rows, by_id);
	for (size_t i = 0; i < n && (int64_t)i < limit; i++) {
		new_row(a);
		put_str(a, "id", sm_cstr(rows[i]->id));
		put_int(a, "m", max, -1);
	}
}

static void read_max(sim_world *w, answer *a)
{
	int64_t max = -1;

	for (size_t i = 0; i < w->n_rows; i++) {
		max = w->rows[i].leaf_index > max ? w->rows[i].leaf_index : max;
	}
	new_row(a);
	put_int(a, "m", max, -1);
}

static void read_leaves(sim_world *w, answer *a)
{
	int64_t from = a->st->params[0].i;
	const int64_t limit = a->st->params[1].i;

	for (int64_t n = 0; n < limit; n++) {
		const sim_row *next = NULL;

		for (size_t i = 0; i < w->n_rows; i++) {
			const sim_row *r = &w->rows[i];

			if (!r->lost && r->leaf_index >= from && (next == NULL || r->leaf_index < next->leaf_index)) {
				next = r;
			}
		}
		if (next == NULL) {
			return;
		}
		put_event(w, a, next);
		from = next->leaf_index + 1;
	}
}

static void read_folds(sim_world *w, answer *a)
{
	for (size_t i = 0; i < a->st->n_params; i++) {
		const sim_run_row *r = run_row(w, a->st->params[i].s);

		if (r != NULL) {
			new_row(a);
			put_str(a, "id", sm_cstr(r->id));
			put_int(a, "rev", r->rev, -1);
			put_str(a, "state", r->state);
			put_str(a, "fold", r->fold);
		}
	}
}

static void read_due(sim_world *w, answer *a)
{
	static const char *const states[] = {"running", "waiting", "held", "unknown"};
	bool taken[SIM_STREAMS] = {false};

	for (int64_t n = 0; n < a->st->params[0].i; n++) {
		sim_run_row *next = NULL;
		size_t at = 0;

		for (size_t i = 0; i < w->n_run_rows; i++) {
			sim_run_row *r = &w->run_rows[i];
			bool open = false;

			for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
				open = open || is(states[s], r->state);
			}
			if (taken[i] || !open || r->due < 0 || r->due > sim_db_now(w) || held(w, "", SM_STR("*"))
				|| held(w, "category:", r->category) || held(w, "workflow:", r->workflow)) {
				continue;
			}
			if (next == NULL || r->due < next->due || (r->due == next->due && strcmp(r->id, next->id) < 0)) {
				next = r;
				at = i;
			}
		}
		if (next == NULL) {
			return;
		}
		taken[at] = true;
		new_row(a);
		put_str(a, "id", sm_cstr(next->id));
		put_int(a, "rev", next->rev, -1);
	}
}

static void answer_read(sim_world *w, answer *a, sim_worker *k)
{
	switch (a->st->kind) {
	case SM_SQL_IDENTITY:
		read_identity(w, a);
		break;
	case SM_SQL_LOAD:
		read_stream(w, a, k);
		break;
	case SM_SQL_TARGETS:
		read_targets(w, a, k);
		break;
	case SM_SQL_SEQUENCE_LIST:
		read_unsequenced(w, a);
		break;
	case SM_SQL_SEQUENCE_MAX:
		read_max(w, a);
		break;
	case SM_SQL_MARK_READ:
		new_row(a);
		put_int(a, "pos", w->mark, -1);
		break;
	case SM_SQL_LEAVES:
		read_leaves(w, a);
		break;
	case SM_SQL_FOLDS:
		read_folds(w, a);
		break;
	case SM_SQL_DUE:
		read_due(w, a);
		break;
	default:
		fprintf(stderr, "simulator: no such read: kind %d, %.*s\n", (int)a->st->kind, (int)a->st->sql.n, a->st->sql.p);
		abort();
	}
}

static sm_status store_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	sim_worker *k = ctx;
	sim_world *w = k->w;
	answer a = {.st = st, .rows = rows, .cap = w->n_rows + SIM_STREAMS + 8};
	sim_fault fault;

	sim_yield(w);
	fault = sim_at(w, SIM_READ, on_path(st->kind));
	if (fault == F_R_KILL) {
		sim_die(w);
	}
	if (fault != F_NONE) {
		w->store_faults++;
		k->force_read_error = fault == F_R_ERROR2 ? 2 : 1;
	}
	w->calls++;
	sim_totals_.statements++;
	deliver(w);
	if (k->force_read_error > 0) {
		k->force_read_error--;
		return lost_answer(e);
	}
	a.cap = w->n_rows + SIM_STREAMS + 8;
	rows->n_columns = st->n_columns;
	rows->n_rows = 0;
	rows->cells = SM_NEW(arena, sm_value, a.cap * st->n_columns);
	if (rows->cells == NULL) {
		return SM_E_NOMEM;
	}
	answer_read(w, &a, k);
	/* The text must outlive this call where the row does not: rows never move, the rest is kept by the world. */
	for (size_t i = 0; i < rows->n_rows * rows->n_columns; i++) {
		sm_value *v = &rows->cells[i];

		if (v->kind == SM_V_STR && sm_arena_dup(arena, v->s, &v->s) != SM_OK) {
			return SM_E_NOMEM;
		}
	}
	sim_yield(w);
	return SM_OK;
}

static sm_status store_reset(void *ctx, sm_error *e)
{
	(void)ctx;
	(void)e;
	return SM_OK;
}

static sm_status store_environment(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	(void)ctx;
	(void)arena;
	(void)e;
	*out = SM_STR("shop.example");
	return SM_OK;
}

sm_store sim_store(sim_worker *k)
{
	return (sm_store){store_write, store_read, store_reset, store_environment, SM_SQLITE, SM_STR("sim_"), k};
}

void sim_store_init(sim_world *w)
{
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil", "category:general", "workflow:once"};
	char *big;

	for (size_t i = 0; i < SM_KEY_LEN; i++) {
		w->site_key[i] = (uint8_t)(17 * i + 3);
	}
	for (size_t i = 0; i < SM_SITE_ID_LEN; i++) {
		w->site_id[i] = (uint8_t)(29 * i + 5);
	}
	sm_keys_derive(&w->keys, w->site_key, w->site_id);
	sm_site_check(&w->keys, SM_SCHEMA_VERSION, SM_STR("shop.example"), w->site_check);
	w->packet = 256 * 1024;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		sim_switch_row *s = sim_switch_of(w, sm_cstr(targets[i]), true);

		s->has_row = true;
		if (i == 0) {
			memcpy(s->site_check, w->site_check, SM_ID_SIZE);
		}
	}
	big = sim_new(w, 80 * 1024);
	memset(big, 'x', 80 * 1024 - 1);
	big[0] = big[80 * 1024 - 2] = '"';
	w->big = (sm_bytes){big, 80 * 1024 - 1};
}
