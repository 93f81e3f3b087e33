/* The store that a worker sees: what may happen to a statement on its way to the database and back. */
#include "database.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LATE_MAX = 9 };

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
		sim_database_write(w, &p.st, p.writer, w->cluster ? p.saw_open : sim_database_open(w, &p.st), &changed, &e);
		i = 0;
	}
}

void sim_store_flush(sim_world *w)
{
	w->calls += 1000;
	deliver(w);
}

static void post(sim_world *w, const sm_statement *st, int writer, bool saw_open, int64_t calls)
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
	*p = (sim_pending){.st = *st, .after = w->calls + calls, .writer = writer, .saw_open = saw_open};
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
	if (k->n_sent > 0 && sim_names(&p[1], k->sent_stream) && seq >= k->sent_seq && seq < k->sent_seq + k->n_sent
		&& !sim_names(&p[0], k->sent_ids[seq - k->sent_seq])) {
		sim_violation(k->w, "a re-send keeps its ids", "event %d is sent again with another id", seq);
	}
	sim_text_to(k->sent_stream, sizeof k->sent_stream, p[1].s);
	k->sent_seq = seq;
	while ((n + 1) * SIM_EVENT_PARAMS <= st->n_params && n < SIM_SENT) {
		sim_text_to(k->sent_ids[n], SM_ID_SIZE, p[n * SIM_EVENT_PARAMS].s);
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
	sim_text_to(stream, sizeof stream, st->params[1].s);
	for (size_t i = 0; i < w->n_fired; i++) {
		if (strcmp(w->fired[i].run, stream) == 0 && w->fired[i].definite) {
			return true;
		}
	}
	return false;
}

/* An append whose first event is of a type that begins like this. */
static bool is_of(const sm_statement *st, const char *type)
{
	char mark[40];

	snprintf(mark, sizeof mark, "\"type\":\"%s", type);
	return is_append(st->kind) && memmem(st->params[3].s.p, st->params[3].s.n, mark, strlen(mark)) != NULL;
}

/* What a script put at this statement, once; else what was drawn. */
static sim_fault fault_here(sim_worker *k, const sm_statement *st, sim_fault drawn)
{
	sim_world *w = k->w;
	const struct { sim_fault *put; bool here; } places[] = {
		{&w->fault_of_outcome, w->fault_of_outcome != F_NONE && is_outcome(w, st)},
		{&w->fault_of_verdict, w->fault_of_verdict != F_NONE && is_of(st, "verdict.")},
		{&w->fault_of_external, w->fault_of_external != F_NONE && is_of(st, "external.recorded")},
		{&w->fault_of_shutdown, w->fault_of_shutdown != F_NONE && k->shutting_down && is_append(st->kind)}
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (places[i].here) {
			drawn = *places[i].put;
			*places[i].put = F_NONE;
		}
	}
	if (drawn == F_W_SHORT && (st->kind == SM_SQL_RUNS_UPSERT || st->kind == SM_SQL_EXTERNALS_INSERT)) {
		return F_W_REFUSED; /* no server says that an upsert worked when it did not */
	}
	return drawn;
}

static bool on_path(sm_statement_kind kind)
{
	return kind <= SM_SQL_SWITCH_UPDATE;
}

static sm_status lost_answer(sm_error *e)
{
	return sim_refuse(e, "Lost connection to server during query");
}

static sm_status store_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	sim_worker *k = ctx;
	sim_world *w = k->w;
	sim_fault fault;
	int64_t n = 0;
	bool saw_open;
	sm_status s = SM_OK;

	sim_yield(w);
	check_size(w, st);
	if (is_append(st->kind)) {
		check_resend(k, st);
	}
	saw_open = sim_database_open(w, st);
	fault = fault_here(k, st, sim_at(w, SIM_WRITE, on_path(st->kind)));
	w->store_faults += fault != F_NONE && fault != F_W_TWICE && fault != F_W_SLOW && fault != F_W_STALL;
	*changed = 0;
	if (fault == F_W_STALL) {
		sim_sleep(w, w->slow_us); /* in a queue, or behind a lock: the server takes it late and answers */
	}
	if (fault == F_W_KILL_BEFORE) {
		sim_die(w);
	}
	if (fault == F_W_KILL_LATE || fault == F_W_LATE1 || fault == F_W_LATE3 || fault == F_W_LATE9) {
		post(w, st, k->id, saw_open, fault == F_W_LATE1 ? 2 : fault == F_W_LATE9 ? LATE_MAX : 4);
		if (fault == F_W_KILL_LATE) {
			sim_die(w);
		}
		s = lost_answer(e);
	} else if (fault == F_W_REFUSED) {
		s = sim_refuse(e, "Deadlock found when trying to get lock");
	} else if (fault != F_W_SHORT) {
		s = sim_database_write(w, st, k->id, w->cluster ? saw_open : sim_database_open(w, st), &n, e);
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
		post(w, st, k->id, saw_open, 3);
		break;
	case F_W_SLOW:
		sim_sleep(w, w->slow_us);
		break;
	case F_W_SLOW_LOST:
		sim_sleep(w, w->slow_us); /* stored, and the connection is found dead only then: what is read back may be of others */
		s = lost_answer(e);
		break;
	default:
		break;
	}
	sim_yield(w);
	*changed = n;
	if (s == SM_OK && n > 0 && is_append(st->kind) && (size_t)n == (st->n_params - (st->kind != SM_SQL_APPEND)) / SIM_EVENT_PARAMS) {
		k->n_sent = 0;
	}
	return s;
}

static sm_status store_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	sim_worker *k = ctx;
	sim_world *w = k->w;
	sim_fault fault;
	sm_status s;

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
	s = sim_database_read(k, st, arena, rows);
	if (s != SM_OK) {
		return s;
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
