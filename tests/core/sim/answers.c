/* What reads see of the tables. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

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
		put_int(a, "cluster", w->cluster, -1);
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

		sim_text_to(id, sizeof id, a->st->params[0].s);
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
			if (!w->rows[i].lost && sim_names(&p[0], w->rows[i].stream) && w->rows[i].seq > after && w->rows[i].seq < next) {
				next = w->rows[i].seq;
			}
		}
		if (next == INT64_MAX) {
			break;
		}
		for (size_t i = 0; i < w->n_rows; i++) {
			const sim_row *r = &w->rows[i];

			if (!r->lost && sim_names(&p[0], r->stream) && r->seq == next) {
				put_event(w, a, r);
				foreign = foreign || r->seq < k->sent_seq || r->seq >= k->sent_seq + k->n_sent
					|| strcmp(r->id, k->sent_ids[r->seq - k->sent_seq]) != 0;
			}
		}
		after = next;
	}
	if (foreign && sim_names(&p[0], k->sent_stream)) {
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
			wanted = wanted || sim_names(&st->params[t], s->target);
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
		const sim_run_row *r = sim_run_row_of(w, a->st->params[i].s);

		if (r != NULL) {
			new_row(a);
			put_str(a, "id", sm_cstr(r->id));
			put_int(a, "rev", r->rev, -1);
			put_str(a, "state", r->state);
			put_str(a, "fold", r->fold);
		}
	}
}

static bool held(sim_world *w, const char *prefix, sm_bytes name)
{
	char target[SM_TARGET_MAX + 1];
	const sim_switch_row *s;

	snprintf(target, sizeof target, "%s%.*s", prefix, (int)name.n, name.p);
	s = sim_switch_of(w, sm_cstr(target), false);
	return s != NULL && s->has_row && s->held;
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
				open = open || sim_is(states[s], r->state);
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

/* ---- erasing ---- */

static bool is_like(sm_bytes leaf)
{
	static const char word[] = "\"type\":\"privacy.erased\"";

	return memmem(leaf.p, leaf.n, word, sizeof word - 1) != NULL;
}

/* Rows of a stream by seq, behind p[1]: those that the statement's kind asks for. */
static void read_some(sim_world *w, answer *a)
{
	const sm_statement *st = a->st;
	const sm_value *p = st->params;
	const int64_t limit = p[st->n_params - 1].i;
	int64_t after = p[1].i;

	for (int64_t n = 0; n < limit;) {
		const sim_row *next = NULL;
		bool wanted;

		for (size_t i = 0; i < w->n_rows; i++) {
			const sim_row *r = &w->rows[i];

			if (!r->lost && sim_names(&p[0], r->stream) && r->seq > after && (next == NULL || r->seq < next->seq)) {
				next = r;
			}
		}
		if (next == NULL) {
			return;
		}
		after = next->seq;
		wanted = st->kind == SM_SQL_STREAM_PAGE || (st->kind == SM_SQL_STREAM_ERASURES && is_like(next->leaf))
			|| (st->kind == SM_SQL_STREAM_VALUES && next->private_text.p != NULL && next->seq <= p[2].i);
		for (size_t i = 2; st->kind == SM_SQL_STREAM_NAMED && next->private_text.p != NULL && i + 1 < st->n_params; i++) {
			wanted = wanted || p[i].i == next->seq;
		}
		if (wanted) {
			put_event(w, a, next);
			n++;
		}
	}
}

/* The first or the last row of a stream. */
static void read_end(sim_world *w, answer *a, bool last)
{
	const sim_row *found = NULL;

	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *r = &w->rows[i];

		if (!r->lost && sim_names(&a->st->params[0], r->stream) && (last ? found == NULL || r->seq > found->seq : r->seq == 1)) {
			found = r;
		}
	}
	if (found != NULL) {
		put_event(w, a, found);
	}
}

static void read_old_runs(sim_world *w, answer *a)
{
	const sm_value *p = a->st->params;
	int64_t time = p[5].i;
	char id[SM_ID_SIZE];

	sim_text_to(id, sizeof id, p[7].s);
	for (int64_t n = 0; n < p[8].i; n++) {
		const sim_run_row *next = NULL;

		for (size_t i = 0; i < w->n_run_rows; i++) {
			const sim_run_row *r = &w->run_rows[i];
			bool wanted = r->changed_at < p[4].i && (r->changed_at > time || (r->changed_at == time && strcmp(r->id, id) > 0));
			bool state = false;

			for (int s = 0; s < 4; s++) {
				state = state || sm_bytes_eq(p[s].s, r->state);
			}
			if (wanted && state && (next == NULL || r->changed_at < next->changed_at
				|| (r->changed_at == next->changed_at && strcmp(r->id, next->id) < 0))) {
				next = r;
			}
		}
		if (next == NULL) {
			return;
		}
		new_row(a);
		put_str(a, "id", sm_cstr(next->id));
		put_int(a, "changed_at", next->changed_at, -1);
		time = next->changed_at;
		memcpy(id, next->id, SM_ID_SIZE);
	}
}

static void read_erased_streams(sim_world *w, answer *a)
{
	for (size_t s = 0; s < w->n_streams; s++) {
		bool erased = false;

		for (size_t i = 0; i < w->n_rows; i++) {
			const sim_row *r = &w->rows[i];

			erased = erased || (!r->lost && strcmp(r->stream, w->streams[s].id) == 0 && is_like(r->leaf)
				&& sm_bytes_cmp(sm_cstr(r->id), a->st->params[0].s) > 0);
		}
		if (erased) {
			new_row(a);
			put_str(a, "stream", sm_cstr(w->streams[s].id));
		}
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
	case SM_SQL_STREAM_FIRST:
	case SM_SQL_STREAM_TIP:
		read_end(w, a, a->st->kind == SM_SQL_STREAM_TIP);
		break;
	case SM_SQL_STREAM_PAGE:
	case SM_SQL_STREAM_VALUES:
	case SM_SQL_STREAM_NAMED:
	case SM_SQL_STREAM_ERASURES:
		read_some(w, a);
		break;
	case SM_SQL_RUNS_OLD:
		read_old_runs(w, a);
		break;
	case SM_SQL_STREAMS_ERASED:
		read_erased_streams(w, a);
		break;
	default:
		fprintf(stderr, "simulator: no such read: kind %d, %.*s\n", (int)a->st->kind, (int)a->st->sql.n, a->st->sql.p);
		abort();
	}
}

sm_status sim_database_read(sim_worker *k, const sm_statement *st, sm_arena *arena, sm_rows *rows)
{
	sim_world *w = k->w;
	answer a = {.st = st, .rows = rows, .cap = w->n_rows + SIM_STREAMS + 8};

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
	return SM_OK;
}
