/* The projections against the journal: rows of runs and of external ids. */
#include "verify_folds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	DUE_TOLERANCE_US = 600000000, /* settings may have changed since the row was written */
	LIST = 20              /* rows without an event that are named */
};

/* ---- runs ---- */

const char *const sm_verify_run_columns[SM_VERIFY_RUN_COLUMNS] = {"id", "workflow", "category", "state", "step", "owner", "fold", "due",
	"started_at", "changed_at", "rev", "put_off"};
enum { R_ID, R_WORKFLOW, R_CATEGORY, R_STATE, R_STEP, R_OWNER, R_FOLD, R_DUE, R_STARTED, R_CHANGED, R_REV, R_PUT_OFF };
_Static_assert((int)R_DUE == SM_VERIFY_RUN_TEXTS && (int)R_PUT_OFF + 1 == SM_VERIFY_RUN_COLUMNS, "texts first");

static sm_status run_found(sm_verify_pass *v, const sm_run *run, sm_bytes id, int64_t index, const char *what)
{
	sm_verify_row row = {.index = index, .stream = id, .seq = run->seq};
	return sm_verify_found(v, sm_verify_beside(v), "projection", &row, "%s: rebuild the projections", what);
}

static bool text_is(const sm_rows *rows, size_t i, size_t column, sm_bytes wanted, sm_arena *arena)
{
	sm_bytes is = sm_rows_text(rows, i, column, arena);
	return is.n == wanted.n && (is.n == 0 || memcmp(is.p, wanted.p, is.n) == 0);
}

static sm_bytes name_or_empty(sm_bytes name)
{
	return sm_name_valid(name) ? name : SM_STR("");
}

/* The same state may be written in other words by another version: read and written again, it may not. */
static bool fold_is(sm_arena *arena, sm_bytes is, sm_bytes wanted)
{
	sm_run run;
	sm_bytes again;
	return sm_bytes_eq(is, wanted)
		|| (sm_run_restore(&run, arena, is) == SM_OK && sm_run_save(&run, arena, &again) == SM_OK && sm_bytes_eq(again, wanted));
}

static bool due_is(const sm_verify_pass *v, const sm_run *run, const sm_rows *rows, size_t i)
{
	int64_t due = sm_run_due(run, &v->j->settings), is = sm_rows_int(rows, i, R_DUE, -1);
	if ((due < 0) != (sm_rows_cell(rows, i, R_DUE)->kind == SM_V_NULL)) {
		return false;
	}
	bool put_off = sm_rows_int(rows, i, R_PUT_OFF, 0) != 0; /* by a tick, in the projection alone */
	return due < 0 || (put_off && is >= due) || (is - due <= DUE_TOLERANCE_US && due - is <= DUE_TOLERANCE_US);
}

/* @return the first column that disagrees, NULL = none */
static const char *differs(const sm_verify_pass *v, const sm_run *run, const sm_rows *rows, size_t i, sm_arena *arena, sm_bytes fold)
{
	const sm_step_state *step = sm_run_step(run);
	sm_bytes owner = sm_run_owner(run);
	const struct { size_t column; sm_bytes is; } texts[] = {
		{R_WORKFLOW, name_or_empty(run->workflow)}, {R_CATEGORY, name_or_empty(run->category)},
		{R_STATE, sm_cstr(sm_shown_names[sm_run_shown(run, run->changed_at)])},
		{R_STEP, step == NULL ? SM_STR("") : name_or_empty(step->row.name)}, {R_OWNER, owner.n <= SM_OWNER_MAX ? owner : SM_STR("")}
	};
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
		if (!text_is(rows, i, texts[k].column, texts[k].is, arena)) {
			return sm_verify_run_columns[texts[k].column];
		}
	}
	if (sm_rows_int(rows, i, R_STARTED, -1) != run->started_at || sm_rows_int(rows, i, R_CHANGED, -1) != run->changed_at) {
		return "started_at or changed_at";
	}
	return sm_rows_int(rows, i, R_PUT_OFF, -1) < 0 ? "put_off" : !due_is(v, run, rows, i) ? "due"
		: !fold_is(arena, sm_rows_text(rows, i, R_FOLD, arena), fold) ? "fold" : NULL;
}

static sm_status compare(sm_verify_pass *v, const sm_run *run, int64_t index, const sm_rows *rows, size_t i)
{
	sm_bytes fold;
	sm_arena scratch;
	sm_arena_init(&scratch, v->a);
	sm_status s = sm_run_save(run, &scratch, &fold);
	if (s == SM_OK) {
		const char *column = differs(v, run, rows, i, &scratch, fold);
		/* a run that no statement can carry is listed as broken */
		bool carried = v->j->max_statement <= 4096 || (int64_t)fold.n <= v->j->max_statement - 4096;
		v->r->runs++;
		if (column != NULL && carried) {
			char what[128];
			snprintf(what, sizeof what, "The row of its run disagrees with its events, in %s", column);
			s = run_found(v, run, sm_rows_text(rows, i, R_ID, &v->page), index, what);
		}
	}
	sm_arena_free(&scratch);
	return s;
}

sm_status sm_verify_run_row(sm_verify_pass *v, sm_fold *f, const sm_rows *rows, size_t i)
{
	const sm_run *run = &f->run;
	bool projected = f->index >= 0 && f->index < v->projected;
	if (f->broken || run->phase == SM_PHASE_NONE) {
		return SM_OK; /* reported where it broke; no run */
	}
	if (rows == NULL) {
		return projected ? run_found(v, run, sm_cstr(f->stream), f->index, "Its run is missing from the list of runs") : SM_OK;
	}
	sm_bytes id = sm_rows_text(rows, i, R_ID, &v->page);
	int64_t rev = sm_rows_int(rows, i, R_REV, 0);
	if (rev > run->seq) {
		return SM_OK; /* compared when the log comes there */
	}
	if (rev == run->seq) {
		return compare(v, run, f->index, rows, i);
	}
	if (projected || rev < 1) {
		return run_found(v, run, id, f->index, "The row of its run stands at an earlier event");
	}
	/* Events behind the mark: the row is as old as it may be, and must be what the run was then. */
	bool behind = false;
	sm_fold then;
	sm_fold_begin(v, &then, sm_cstr(f->stream));
	sm_status s = sm_fold_read(v, &then, 1, rev + 1, -1, &behind);
	if (s == SM_OK && !then.broken && then.run.seq == rev) {
		s = compare(v, &then.run, then.index, rows, i);
	}
	sm_fold_end(v, &then);
	return s;
}

/* ---- external ids ---- */

sm_status sm_verify_external(sm_verify_pass *v, const sm_verify_row *row, const sm_event *ev)
{
	if (v->n_externals == v->cap_externals) {
		size_t cap = v->cap_externals ? v->cap_externals * 2 : 16;
		sm_external_row *more = SM_NEW(&v->page, sm_external_row, cap);
		if (more == NULL) {
			return SM_E_NOMEM;
		}
		if (v->n_externals > 0) {
			memcpy(more, v->externals, v->n_externals * sizeof *more);
		}
		v->externals = more;
		v->cap_externals = cap;
	}
	sm_external_row *x = &v->externals[v->n_externals++];
	memcpy(x->id, ev->id, SM_ID_SIZE);
	memcpy(x->run, ev->stream, SM_ID_SIZE);
	memcpy(x->hash, ev->id_hash.p, SM_ID_LEN);
	x->index = row->index;
	return SM_OK;
}

sm_status sm_verify_externals(sm_verify_pass *v)
{
	static const char *const columns[] = {"id", "run", "hash"};
	sm_rows rows;
	sm_sql q;
	size_t n = v->n_externals;
	if (n == 0) {
		return SM_OK;
	}
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT id, run, hash FROM ");
	sm_sql_table(&q, "external");
	sm_sql_text(&q, " WHERE id IN (");
	for (size_t i = 0; i < n; i++) {
		sm_sql_text(&q, i ? ", " : "");
		sm_sql_cstr(&q, v->externals[i].id);
	}
	sm_sql_text(&q, ")");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 3, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < n; i++) {
		const sm_external_row *x = &v->externals[i];
		size_t k = 0;
		while (k < rows.n_rows && !text_is(&rows, k, 0, sm_cstr(x->id), &v->page)) {
			k++;
		}
		bool good = k < rows.n_rows && text_is(&rows, k, 1, sm_cstr(x->run), &v->page) && text_is(&rows, k, 2, sm_cstr(x->hash), &v->page);
		if (!good) {
			sm_verify_row row = {.index = x->index, .stream = sm_cstr(x->run), .id = sm_cstr(x->id)};
			s = sm_verify_found(v, sm_verify_beside(v), "projection", &row, "Its external id %s the list of external ids: rebuild the projections",
				k < rows.n_rows ? "disagrees with" : "is missing from");
		}
	}
	v->externals = NULL;
	v->n_externals = v->cap_externals = 0;
	return s;
}

/* ---- rows of no event ---- */

/* @param where   of the journal's row j for row t */
static sm_status read_strangers(sm_verify_pass *v, const char *table, const char *where, const char *what)
{
	static const char *const columns[] = {"id"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT t.id FROM ");
	sm_sql_table(&q, table);
	sm_sql_text(&q, " t WHERE NOT EXISTS (SELECT 1 FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " j WHERE ");
	sm_sql_text(&q, where);
	sm_sql_text(&q, ") LIMIT ");
	sm_sql_int(&q, LIST);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_bytes id = sm_rows_text(&rows, i, 0, &v->page);
		s = sm_verify_found_at(v, sm_verify_beside(v), "projection", -1, -1, "%s %.*s belongs to no event: rebuild the projections", what,
			(int)(id.n > SM_ID_LEN ? SM_ID_LEN : id.n), id.p);
	}
	return s;
}

sm_status sm_verify_strangers(sm_verify_pass *v)
{
	sm_status s = read_strangers(v, "run", "j.stream=t.id AND j.seq=t.rev", "The row of the run");
	return s == SM_OK ? read_strangers(v, "external", "j.id=t.id AND j.stream=t.run", "The row of the external id") : s;
}

/* ---- the mark ---- */

sm_status sm_verify_mark_read(sm_verify_pass *v)
{
	static const char *const columns[] = {"pos"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT ");
	sm_verify_put_int(&q, "pos");
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " WHERE name='projected'");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	v->mark = s == SM_OK ? sm_rows_int(&rows, 0, 0, -1) : -1;
	return s;
}

sm_status sm_verify_mark(sm_verify_pass *v)
{
	int64_t size = (int64_t)v->r->size, oldest;
	if (v->mark < 0) {
		return sm_verify_found_at(v, SM_VERDICT_INVALID, "projection", -1, -1, "The mark of the projections is missing or no number: rebuild the projections");
	}
	if (v->mark > size) {
		return sm_verify_found_at(v, sm_verify_beside(v), "projection", size, v->mark - 1, "The mark of the projections stands at leaf %" PRId64
			", the log ends before leaf %" PRId64 ": rebuild the projections", v->mark, size);
	}
	if (v->o->pending_us < 0 || v->mark == size) {
		return SM_OK;
	}
	sm_status s = sm_verify_stored_at(v, (uint64_t)v->mark, &oldest);
	if (s != SM_OK || oldest >= v->now - v->o->pending_us) {
		return s;
	}
	return sm_verify_found_at(v, SM_VERDICT_PENDING, "pending", v->mark, size - 1, "The projections go up to leaf %" PRId64 " of %" PRId64
		": what comes next is %" PRId64 " s old, and a tick would have taken it", v->mark, size, (v->now - oldest) / 1000000);
}
