#include "store_mysql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sm_status failed(mysql_store *s, sm_error *e)
{
	return sm_fail(e, SM_E_STORE, "MySQL: %u %s", s->db != NULL ? mysql_errno(s->db) : 0, s->db != NULL ? mysql_error(s->db) : "cannot connect");
}

static sm_status connect_db(mysql_store *s, sm_error *e)
{
	static const char *const session[] = {
		"SET SESSION autocommit=1", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SET SESSION innodb_lock_wait_timeout=3"
	};
	unsigned int connect_seconds = 3, io_seconds = 10;
	if (s->db != NULL) {
		return SM_OK;
	}
	s->db = mysql_init(NULL);
	if (s->db == NULL) {
		return SM_E_NOMEM;
	}
	mysql_options(s->db, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
	mysql_options(s->db, MYSQL_OPT_READ_TIMEOUT, &io_seconds);
	mysql_options(s->db, MYSQL_OPT_WRITE_TIMEOUT, &io_seconds);
	mysql_options(s->db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	bool ok = mysql_real_connect(s->db, NULL, "root", NULL, s->database, 0, s->socket, 0) != NULL;
	for (size_t i = 0; ok && i < sizeof session / sizeof *session; i++) {
		ok = mysql_query(s->db, session[i]) == 0;
	}
	/* only Galera has it */
	if (ok && mysql_query(s->db, "SET SESSION wsrep_sync_wait=5") != 0 && mysql_errno(s->db) != 1193) {
		ok = false;
	}
	if (!ok) {
		failed(s, e);
		mysql_store_close(s);
		return SM_E_STORE;
	}
	return SM_OK;
}

/* The statement with its values in place of the placeholders; malloc'ed. */
static char *with_values(mysql_store *s, const sm_statement *st, size_t *n)
{
	size_t cap = st->sql.n + 1, k = 0;
	for (size_t i = 0; i < st->n_params; i++) {
		cap += st->params[i].kind == SM_V_STR ? 2 * st->params[i].s.n + 3 : 24;
	}
	char *text = malloc(cap);
	*n = 0;
	for (size_t i = 0; text != NULL && i < st->sql.n; i++) {
		if (st->sql.p[i] != '?') {
			text[(*n)++] = st->sql.p[i];
			continue;
		}
		if (k == st->n_params) {
			free(text);
			return NULL;
		}
		const sm_value *v = &st->params[k++];
		if (v->kind == SM_V_STR) {
			text[(*n)++] = '\'';
			*n += mysql_real_escape_string(s->db, text + *n, v->s.p != NULL ? v->s.p : "", (unsigned long)v->s.n);
			text[(*n)++] = '\'';
		} else if (v->kind == SM_V_INT) {
			*n += (size_t)snprintf(text + *n, 24, "%lld", (long long)v->i);
		} else {
			memcpy(text + *n, "NULL", 4);
			*n += 4;
		}
	}
	if (text != NULL && k != st->n_params) {
		free(text);
		return NULL;
	}
	return text;
}

static sm_status query(mysql_store *s, const sm_statement *st, sm_error *e)
{
	sm_status status = connect_db(s, e);
	if (status != SM_OK) {
		return status;
	}
	size_t n;
	char *text = with_values(s, st, &n);
	if (text == NULL) {
		return sm_fail(e, SM_E_STORE, "MySQL: %zu parameters for another number of placeholders", st->n_params);
	}
	int code = mysql_real_query(s->db, text, (unsigned long)n);
	free(text);
	return code == 0 ? SM_OK : failed(s, e);
}

static sm_status store_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	mysql_store *s = ctx;
	sm_status status = query(s, st, e);
	*changed = status == SM_OK ? (int64_t)mysql_affected_rows(s->db) : 0;
	return status;
}

static int column_index(MYSQL_RES *result, const char *name)
{
	const MYSQL_FIELD *fields = mysql_fetch_fields(result);
	for (unsigned int i = 0; i < mysql_num_fields(result); i++) {
		if (strcmp(fields[i].name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static sm_status take_rows(MYSQL_RES *result, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	size_t n = (size_t)mysql_num_rows(result);
	*rows = (sm_rows){SM_NEW(arena, sm_value, n * st->n_columns), 0, st->n_columns};
	if (rows->cells == NULL) {
		return SM_E_NOMEM;
	}
	for (MYSQL_ROW row; (row = mysql_fetch_row(result)) != NULL; rows->n_rows++) {
		const unsigned long *lengths = mysql_fetch_lengths(result);
		for (size_t c = 0; c < st->n_columns; c++) {
			int i = column_index(result, st->columns[c]);
			sm_value *out = &rows->cells[rows->n_rows * st->n_columns + c];
			sm_bytes copy;
			if (i < 0) {
				return sm_fail(e, SM_E_STORE, "MySQL: no column %s", st->columns[c]);
			}
			if (row[i] == NULL) {
				*out = sm_v_null;
				continue;
			}
			if (sm_arena_dup(arena, (sm_bytes){row[i], lengths[i]}, &copy) != SM_OK) {
				return SM_E_NOMEM;
			}
			*out = sm_v_str(copy); /* ints as decimal text, as the wire has them */
		}
	}
	return SM_OK;
}

static sm_status store_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	mysql_store *s = ctx;
	sm_status status = query(s, st, e);
	if (status != SM_OK) {
		return status;
	}
	MYSQL_RES *result = mysql_store_result(s->db);
	if (result == NULL) {
		return failed(s, e);
	}
	status = take_rows(result, st, arena, rows, e);
	mysql_free_result(result);
	return status;
}

static sm_status store_reset(void *ctx, sm_error *e)
{
	(void)e;
	mysql_store_close(ctx);
	return SM_OK;
}

static sm_status store_environment(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	(void)e;
	return sm_arena_dup(arena, sm_cstr(((mysql_store *)ctx)->environment), out);
}

void mysql_store_init(mysql_store *s, const char *socket, const char *database, const char *prefix, const char *environment)
{
	memset(s, 0, sizeof *s);
	snprintf(s->socket, sizeof s->socket, "%s", socket);
	snprintf(s->database, sizeof s->database, "%s", database);
	snprintf(s->prefix, sizeof s->prefix, "%s", prefix);
	snprintf(s->environment, sizeof s->environment, "%s", environment);
}

sm_store mysql_store_vtable(mysql_store *s)
{
	return (sm_store){store_write, store_read, store_reset, store_environment, SM_MYSQL, sm_cstr(s->prefix), s};
}

void mysql_store_close(mysql_store *s)
{
	if (s->db != NULL) {
		mysql_close(s->db);
	}
	s->db = NULL;
}
