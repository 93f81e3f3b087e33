/* Projecting: folds the log, in its order, into the run list and the external ids (PROTOCOL section 6). Harmless to repeat, to race
 * and to kill; nothing decides by what it writes. */
#include "sql.h"

#include <stdlib.h>
#include <string.h>

enum { LEAVES_A_PASS = 200, RUNS_AN_UPSERT = 32, LIST_FULL = 256, STATE_SIZE = 24, KIND_MAX = 48 };

/* A run of this pass: its row as it was, and its fold so far. */
typedef struct row {
	char id[SM_ID_SIZE];
	sm_run run;
	int32_t rev;
	bool changed, broken;
	char from[STATE_SIZE];
} row;

typedef struct leaf {
	sm_event ev;
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	int32_t seq;
	bool readable;
} leaf;

typedef struct pass {
	sm_journal *j;
	sm_arena *arena;
	sm_error *e;
	int64_t pos;
	leaf *leaves;
	size_t n_leaves;
	row *rows; /* sorted by id */
	size_t n_rows;
} pass;

static void copy_hex(char out[SM_ID_SIZE], sm_bytes b)
{
	size_t n = b.n < SM_ID_LEN ? b.n : SM_ID_LEN;
	if (n > 0) {
		memcpy(out, b.p, n);
	}
	out[n] = '\0';
}

static sm_status read_mark(pass *p)
{
	static const char *const columns[] = {"pos"};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, p->j, p->arena);
	sm_sql_text(&q, "SELECT pos FROM ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " WHERE name='projected'");
	sm_status s = sm_sql_read(&q, SM_SQL_MARK_READ, columns, 1, &rows, p->e);
	p->pos = s == SM_OK ? sm_rows_int(&rows, 0, 0, -1) : -1;
	if (s == SM_OK && p->pos < 0) {
		return sm_fail(p->e, SM_E_SCHEMA, "table %.*smeta has no row 'projected': install the schema", (int)p->j->store.prefix.n,
			p->j->store.prefix.p);
	}
	return s;
}

static bool is_run_event(const leaf *l)
{
	return !l->readable || sm_event_of_run(&l->ev);
}

static sm_status read_leaves(pass *p)
{
	static const char *const columns[] = {"leaf_index", "stream", "seq", "id", "leaf", "stored_at"};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, p->j, p->arena);
	sm_sql_text(&q, "SELECT leaf_index, stream, seq, id, leaf, stored_at FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index >= ");
	sm_sql_int(&q, p->pos);
	sm_sql_text(&q, " ORDER BY leaf_index LIMIT ");
	sm_sql_int(&q, LEAVES_A_PASS);
	sm_status s = sm_sql_read(&q, SM_SQL_LEAVES, columns, 6, &rows, p->e);
	if (s != SM_OK) {
		return s;
	}
	p->leaves = SM_NEW(p->arena, leaf, rows.n_rows);
	if (p->leaves == NULL) {
		return SM_E_NOMEM;
	}
	/* A missing number is one that is not visible yet: what lies behind it waits. */
	for (size_t i = 0; i < rows.n_rows && sm_rows_int(&rows, i, 0, -1) == p->pos + (int64_t)i; i++) {
		leaf *l = &p->leaves[p->n_leaves++];
		copy_hex(l->stream, sm_rows_text(&rows, i, 1, p->arena));
		l->seq = (int32_t)sm_rows_int(&rows, i, 2, 0);
		copy_hex(l->id, sm_rows_text(&rows, i, 3, p->arena));
		s = sm_event_decode(&l->ev, p->arena, sm_rows_text(&rows, i, 4, p->arena), (sm_bytes){NULL, 0}, NULL);
		if (s == SM_E_NOMEM) {
			return s;
		}
		l->readable = s == SM_OK && strcmp(l->ev.id, l->id) == 0 && strcmp(l->ev.stream, l->stream) == 0 && l->ev.seq == l->seq;
		l->ev.stored_at = sm_rows_int(&rows, i, 5, 0);
		l->ev.leaf_index = p->pos + (int64_t)i;
	}
	return SM_OK;
}

static int row_cmp(const void *a, const void *b)
{
	return memcmp(((const row *)a)->id, ((const row *)b)->id, SM_ID_SIZE);
}

static row *row_find(const pass *p, const char *id)
{
	row key;
	memcpy(key.id, id, SM_ID_SIZE);
	return p->n_rows == 0 ? NULL : bsearch(&key, p->rows, p->n_rows, sizeof key, row_cmp);
}

/* The runs of the pass, each once, sorted: two projectors take their row locks in the same order. */
static sm_status collect_runs(pass *p)
{
	size_t n = 0;
	p->rows = SM_NEW(p->arena, row, p->n_leaves);
	if (p->rows == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < p->n_leaves; i++) {
		if (is_run_event(&p->leaves[i])) {
			memcpy(p->rows[n].id, p->leaves[i].stream, SM_ID_SIZE);
			sm_run_init(&p->rows[n++].run);
		}
	}
	if (n > 1) {
		qsort(p->rows, n, sizeof *p->rows, row_cmp);
	}
	for (size_t i = 0; i < n; i++) {
		if (p->n_rows == 0 || row_cmp(&p->rows[p->n_rows - 1], &p->rows[i]) != 0) {
			p->rows[p->n_rows++] = p->rows[i];
		}
	}
	return SM_OK;
}

static sm_status read_folds(pass *p)
{
	static const char *const columns[] = {"id", "rev", "state", "fold"};
	sm_rows rows;
	sm_sql q;
	if (p->n_rows == 0) {
		return SM_OK;
	}
	sm_sql_init(&q, p->j, p->arena);
	sm_sql_text(&q, "SELECT id, rev, state, fold FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " WHERE id IN (");
	for (size_t i = 0; i < p->n_rows; i++) {
		sm_sql_text(&q, i == 0 ? "" : ", ");
		sm_sql_cstr(&q, p->rows[i].id);
	}
	sm_sql_text(&q, ")");
	sm_status s = sm_sql_read(&q, SM_SQL_FOLDS, columns, 4, &rows, p->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		char id[SM_ID_SIZE];
		copy_hex(id, sm_rows_text(&rows, i, 0, p->arena));
		row *r = row_find(p, id);
		if (r == NULL) {
			continue;
		}
		sm_bytes state = sm_rows_text(&rows, i, 2, p->arena);
		size_t n = state.n < STATE_SIZE - 1 ? state.n : STATE_SIZE - 1;
		if (n > 0) {
			memcpy(r->from, state.p, n);
		}
		r->rev = (int32_t)sm_rows_int(&rows, i, 1, 0);
		r->broken = strcmp(r->from, sm_shown_names[SM_SHOWN_BROKEN]) == 0;
		sm_status restored = sm_run_restore(&r->run, p->arena, sm_rows_text(&rows, i, 3, p->arena));
		if (restored == SM_E_NOMEM) {
			return restored;
		}
		if (restored != SM_OK || (!r->broken && r->run.seq != r->rev)) {
			sm_run_init(&r->run);
			r->broken = true;
		}
	}
	return s;
}

static sm_status fold_leaves(pass *p)
{
	for (size_t i = 0; i < p->n_leaves; i++) {
		const leaf *l = &p->leaves[i];
		row *r = is_run_event(l) ? row_find(p, l->stream) : NULL;
		if (r == NULL || l->seq <= r->rev) {
			continue; /* another projector was here before its mark moved */
		}
		sm_status s = r->broken ? SM_E_ILLEGAL : l->readable ? sm_run_apply(&r->run, &l->ev, p->arena, NULL) : SM_E_SYNTAX;
		if (s == SM_E_NOMEM) {
			return s;
		}
		r->broken = s != SM_OK;
		r->rev = l->seq;
		r->changed = true;
	}
	return SM_OK;
}

/* As of its last event: the same whenever and by whomever it is folded. */
static const char *row_state(const row *r)
{
	return sm_shown_names[r->broken ? SM_SHOWN_BROKEN : sm_run_shown(&r->run, r->run.changed_at)];
}

static sm_status tell(const pass *p)
{
	sm_journal *j = p->j;
	bool go_on = true;
	j->telling = true;
	for (size_t i = 0; go_on && j->changed != NULL && i < p->n_rows; i++) {
		const row *r = &p->rows[i];
		go_on = !r->changed || j->changed(j->changed_ctx, r->id, r->from, row_state(r));
	}
	j->telling = false;
	return go_on ? SM_OK : SM_E_ABORTED;
}

static sm_bytes name_or_empty(sm_bytes name)
{
	return sm_name_valid(name) ? name : SM_STR("");
}

static sm_status put_row(sm_sql *q, const pass *p, const row *r, sm_bytes fold)
{
	const sm_run *run = &r->run;
	const sm_step_state *step = r->broken ? NULL : sm_run_step(run);
	sm_bytes owner = r->broken ? (sm_bytes){NULL, 0} : sm_run_owner(run);
	int64_t due = r->broken ? -1 : sm_run_due(run, &p->j->settings);
	sm_sql_text(q, "(");
	sm_sql_cstr(q, r->id);
	sm_sql_text(q, ", ");
	sm_sql_str(q, name_or_empty(run->workflow));
	sm_sql_text(q, ", ");
	sm_sql_str(q, name_or_empty(run->category));
	sm_sql_text(q, ", ");
	sm_sql_cstr(q, row_state(r));
	sm_sql_text(q, ", ");
	sm_sql_str(q, step == NULL ? SM_STR("") : name_or_empty(step->row.name));
	sm_sql_text(q, ", ");
	sm_sql_str(q, owner.n <= SM_OWNER_MAX ? owner : SM_STR(""));
	sm_sql_text(q, ", ");
	if (due < 0) {
		sm_sql_null(q);
	} else {
		sm_sql_int(q, due);
	}
	sm_sql_text(q, ", ");
	sm_sql_int(q, run->started_at);
	sm_sql_text(q, ", ");
	sm_sql_int(q, run->changed_at);
	sm_sql_text(q, ", ");
	sm_sql_str(q, fold);
	sm_sql_text(q, ", ");
	sm_sql_int(q, r->rev);
	sm_sql_text(q, ", 0)");
	return q->text.status;
}

/* rev is assigned last: MySQL evaluates from left to right and would compare with the new one. */
static void put_conflict(sm_sql *q)
{
	static const char *const columns[] = {"workflow", "category", "state", "step", "owner", "due", "started_at", "changed_at", "fold",
		"put_off"};
	bool sqlite = q->j->store.dialect == SM_SQLITE;
	sm_sql_text(q, sqlite ? " ON CONFLICT (id) DO UPDATE SET " : " ON DUPLICATE KEY UPDATE ");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		sm_sql_text(q, columns[i]);
		sm_sql_text(q, sqlite ? "=excluded." : "=IF(VALUES(rev)>rev,VALUES(");
		sm_sql_text(q, columns[i]);
		if (!sqlite) {
			sm_sql_text(q, "),");
			sm_sql_text(q, columns[i]);
			sm_sql_text(q, ")");
		}
		sm_sql_text(q, ", ");
	}
	if (!sqlite) {
		sm_sql_text(q, "rev=GREATEST(rev,VALUES(rev))");
		return;
	}
	sm_sql_text(q, "rev=excluded.rev WHERE excluded.rev > ");
	sm_sql_table(q, "run");
	sm_sql_text(q, ".rev");
}

/* Of a broken row: what could be folded, so that a list still names its workflow. */
static sm_status fold_text(const pass *p, row *r, sm_bytes *out)
{
	sm_status s = sm_run_save(&r->run, p->arena, out);
	if (s == SM_OK && p->j->max_statement > 4096 && (int64_t)out->n > p->j->max_statement - 4096) {
		r->broken = true; /* no statement can carry it */
		*out = SM_STR("");
	}
	return s;
}

static sm_status upsert_runs(pass *p)
{
	size_t i = 0;
	while (i < p->n_rows) {
		sm_sql q;
		size_t n = 0;
		int64_t bytes = 4096;
		sm_sql_init(&q, p->j, p->arena);
		sm_sql_text(&q, "INSERT INTO ");
		sm_sql_table(&q, "run");
		sm_sql_text(&q, " (id, workflow, category, state, step, owner, due, started_at, changed_at, fold, rev, put_off) VALUES ");
		for (; i < p->n_rows && n < RUNS_AN_UPSERT; i++) {
			row *r = &p->rows[i];
			sm_bytes fold;
			if (!r->changed) {
				continue;
			}
			sm_status s = fold_text(p, r, &fold);
			if (s != SM_OK) {
				return s;
			}
			bytes += (int64_t)fold.n + 512;
			if (n > 0 && p->j->max_statement > 0 && bytes > p->j->max_statement) {
				break;
			}
			sm_sql_text(&q, n++ == 0 ? "" : ", ");
			put_row(&q, p, r, fold);
		}
		if (n == 0) {
			return SM_OK;
		}
		put_conflict(&q);
		/* its count tells nothing, an error does: the mark must not pass a row that may not be there */
		sm_status s = sm_sql_write_again(&q, SM_SQL_RUNS_UPSERT, p->e);
		if (s != SM_OK) {
			return s;
		}
	}
	return SM_OK;
}

static bool fits_kind(sm_bytes kind)
{
	for (size_t i = 0; i < kind.n; i++) {
		if (kind.p[i] < ' ' || kind.p[i] > '~') {
			return false;
		}
	}
	return kind.n <= KIND_MAX;
}

static sm_status insert_externals(pass *p)
{
	sm_sql q;
	size_t n = 0;
	sm_sql_init(&q, p->j, p->arena);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "external");
	sm_sql_text(&q, " (id, run, hash, kind) VALUES ");
	for (size_t i = 0; i < p->n_leaves; i++) {
		const leaf *l = &p->leaves[i];
		if (!l->readable || l->ev.type != SM_EXTERNAL_RECORDED || !sm_is_hex(l->ev.id_hash, SM_ID_LEN)) {
			continue;
		}
		sm_sql_text(&q, n++ == 0 ? "(" : ", (");
		sm_sql_cstr(&q, l->id);
		sm_sql_text(&q, ", ");
		sm_sql_cstr(&q, l->stream);
		sm_sql_text(&q, ", ");
		sm_sql_str(&q, l->ev.id_hash);
		sm_sql_text(&q, ", ");
		sm_sql_str(&q, fits_kind(l->ev.kind) ? l->ev.kind : SM_STR(""));
		sm_sql_text(&q, ")");
	}
	if (n == 0) {
		return SM_OK;
	}
	sm_sql_text(&q, p->j->store.dialect == SM_SQLITE ? " ON CONFLICT (id) DO NOTHING" : " ON DUPLICATE KEY UPDATE kind=VALUES(kind)");
	return sm_sql_write_again(&q, SM_SQL_EXTERNALS_INSERT, p->e);
}

static sm_status set_mark(pass *p)
{
	int64_t to = p->pos + (int64_t)p->n_leaves;
	sm_sql q;
	sm_sql_init(&q, p->j, p->arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " SET pos=");
	sm_sql_int(&q, to);
	sm_sql_text(&q, " WHERE name='projected' AND pos<");
	sm_sql_int(&q, to);
	return sm_sql_write_again(&q, SM_SQL_MARK_SET, p->e);
}

sm_status sm_journal_project(sm_journal *j, int64_t *done, sm_error *e)
{
	sm_arena arena;
	sm_arena_init(&arena, j->arena.a);
	pass p = {.j = j, .arena = &arena, .e = e};
	*done = 0;
	sm_status s;
	if ((s = read_mark(&p)) == SM_OK && (s = read_leaves(&p)) == SM_OK && p.n_leaves > 0 && (s = collect_runs(&p)) == SM_OK
		&& (s = read_folds(&p)) == SM_OK && (s = fold_leaves(&p)) == SM_OK
		/* told before it is stored: who dies in between tells it again, and nobody believes that it was told */
		&& (s = tell(&p)) == SM_OK && (s = upsert_runs(&p)) == SM_OK && (s = insert_externals(&p)) == SM_OK
		&& (s = set_mark(&p)) == SM_OK) {
		*done = (int64_t)p.n_leaves;
	}
	sm_arena_free(&arena);
	return s;
}

sm_status sm_journal_catch_up(sm_journal *j, int max_passes, int64_t *sequenced, int64_t *projected, sm_error *e)
{
	*sequenced = *projected = 0;
	/* a listener that lists runs would be told of the same change again, and again */
	for (int i = 0; !j->telling && i < max_passes; i++) {
		int64_t a, b;
		sm_status s = sm_journal_sequence(j, 1, &a, e);
		if (s == SM_OK) {
			*sequenced += a;
			s = sm_journal_project(j, &b, e);
		}
		if (s != SM_OK) {
			return s;
		}
		*projected += b;
		if (a < LIST_FULL && b < LEAVES_A_PASS) {
			return SM_OK; /* neither was cut short */
		}
	}
	return SM_OK;
}
