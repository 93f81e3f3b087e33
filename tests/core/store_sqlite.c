#include "store_sqlite.h"

#include <stdio.h>
#include <string.h>

static sm_status failed(sqlite_store *s, sm_error *e)
{
	return sm_fail(e, SM_E_STORE, "SQLite: %s", s->db != NULL ? sqlite3_errmsg(s->db) : "cannot open");
}

static sm_status connect_db(sqlite_store *s, sm_error *e)
{
	if (s->db != NULL) {
		return SM_OK;
	}
	if (sqlite3_open(s->path, &s->db) != SQLITE_OK || sqlite3_busy_timeout(s->db, 10000) != SQLITE_OK
		|| sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK
		|| sqlite3_exec(s->db, s->relaxed ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL", NULL, NULL, NULL) != SQLITE_OK) {
		failed(s, e);
		sqlite_store_close(s);
		return SM_E_STORE;
	}
	return SM_OK;
}

static sm_status prepare(sqlite_store *s, const sm_statement *st, sqlite3_stmt **out, sm_error *e)
{
	if (connect_db(s, e) != SM_OK) {
		return SM_E_STORE;
	}
	if (sqlite3_prepare_v2(s->db, st->sql.p, (int)st->sql.n, out, NULL) != SQLITE_OK) {
		return failed(s, e);
	}
	if ((size_t)sqlite3_bind_parameter_count(*out) != st->n_params) {
		sqlite3_finalize(*out);
		return sm_fail(e, SM_E_STORE, "SQLite: %zu parameters for another number of placeholders", st->n_params);
	}
	for (size_t i = 0; i < st->n_params; i++) {
		const sm_value *v = &st->params[i];
		int at = (int)i + 1;
		if (v->kind == SM_V_INT) {
			sqlite3_bind_int64(*out, at, v->i);
		} else if (v->kind == SM_V_STR) {
			sqlite3_bind_text(*out, at, v->s.p != NULL ? v->s.p : "", (int)v->s.n, SQLITE_STATIC);
		} else {
			sqlite3_bind_null(*out, at);
		}
	}
	return SM_OK;
}

static sm_status store_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	sqlite_store *s = ctx;
	sqlite3_stmt *stmt;
	sm_status status = prepare(s, st, &stmt, e);
	if (status != SM_OK) {
		return status;
	}
	int64_t before = sqlite3_total_changes64(s->db);
	int code;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
	}
	*changed = sqlite3_total_changes64(s->db) - before;
	status = code == SQLITE_DONE ? SM_OK : failed(s, e);
	sqlite3_finalize(stmt);
	return status;
}

static int column_index(sqlite3_stmt *stmt, const char *name)
{
	for (int i = 0; i < sqlite3_column_count(stmt); i++) {
		if (strcmp(sqlite3_column_name(stmt, i), name) == 0) {
			return i;
		}
	}
	return -1;
}

static sm_status take_cell(sqlite3_stmt *stmt, int i, sm_arena *arena, sm_value *out)
{
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_NULL:
		*out = sm_v_null;
		return SM_OK;
	case SQLITE_INTEGER:
		*out = sm_v_int(sqlite3_column_int64(stmt, i));
		return SM_OK;
	case SQLITE_FLOAT:
		return SM_E_STORE; /* as the binding does with a float of PHP */
	default: {
		sm_bytes copy;
		const char *text = (const char *)sqlite3_column_text(stmt, i);
		sm_status s = sm_arena_dup(arena, (sm_bytes){text, (size_t)sqlite3_column_bytes(stmt, i)}, &copy);
		*out = sm_v_str(copy);
		return s;
	}
	}
}

static sm_status store_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	sqlite_store *s = ctx;
	sqlite3_stmt *stmt;
	size_t cap = 0;
	int code;
	sm_status status = prepare(s, st, &stmt, e);
	if (status != SM_OK) {
		return status;
	}
	*rows = (sm_rows){NULL, 0, st->n_columns};
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (rows->n_rows == cap) {
			size_t more = cap == 0 ? 16 : cap * 2;
			sm_value *grown = SM_NEW(arena, sm_value, more * st->n_columns);
			if (grown == NULL) {
				sqlite3_finalize(stmt);
				return SM_E_NOMEM;
			}
			if (cap > 0) {
				memcpy(grown, rows->cells, cap * st->n_columns * sizeof *grown);
			}
			rows->cells = grown;
			cap = more;
		}
		for (size_t c = 0; c < st->n_columns; c++) {
			int i = column_index(stmt, st->columns[c]);
			if (i < 0) {
				sqlite3_finalize(stmt);
				return sm_fail(e, SM_E_STORE, "SQLite: no column %s", st->columns[c]);
			}
			status = take_cell(stmt, i, arena, &rows->cells[rows->n_rows * st->n_columns + c]);
			if (status != SM_OK) {
				sqlite3_finalize(stmt);
				return status == SM_E_STORE ? sm_fail(e, SM_E_STORE, "SQLite: a fraction in column %s", st->columns[c]) : status;
			}
		}
		rows->n_rows++;
	}
	status = code == SQLITE_DONE ? SM_OK : failed(s, e);
	sqlite3_finalize(stmt);
	return status;
}

static sm_status store_reset(void *ctx, sm_error *e)
{
	(void)e;
	sqlite_store_close(ctx);
	return SM_OK;
}

static sm_status store_environment(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	(void)e;
	return sm_arena_dup(arena, sm_cstr(((sqlite_store *)ctx)->environment), out);
}

void sqlite_store_init(sqlite_store *s, const char *path, const char *prefix, const char *environment)
{
	memset(s, 0, sizeof *s);
	snprintf(s->path, sizeof s->path, "%s", path);
	snprintf(s->prefix, sizeof s->prefix, "%s", prefix);
	snprintf(s->environment, sizeof s->environment, "%s", environment);
}

sm_store sqlite_store_vtable(sqlite_store *s)
{
	return (sm_store){store_write, store_read, store_reset, store_environment, SM_SQLITE, sm_cstr(s->prefix), s};
}

void sqlite_store_close(sqlite_store *s)
{
	sqlite3_close(s->db);
	s->db = NULL;
}
