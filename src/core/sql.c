/* One statement in the store's dialect. */
#include "sql.h"

#include <inttypes.h>
#include <string.h>

/* 4,096 rows of SEQUENCE_SET are 330 KiB; a statement beyond this is a defect, whatever the server would take. */
enum { SM_SQL_TEXT_MAX = 1 << 24 };

const sm_value sm_v_null = {SM_V_NULL, 0, {NULL, 0}};

sm_value sm_v_int(int64_t i)
{
	return (sm_value){SM_V_INT, i, {NULL, 0}};
}

sm_value sm_v_str(sm_bytes s)
{
	return (sm_value){SM_V_STR, 0, s};
}

const sm_value *sm_rows_cell(const sm_rows *rows, size_t row, size_t column)
{
	if (row >= rows->n_rows || column >= rows->n_columns) {
		return &sm_v_null;
	}
	return &rows->cells[row * rows->n_columns + column];
}

/* Decimal text of the whole int64 range, as servers print it: no sign but '-', no spaces. */
static bool parse_int(sm_bytes s, int64_t *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	size_t i = negative ? 1 : 0;
	if (i == s.n || s.n - i > 19) {
		return false;
	}
	uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1u : 0u);
	uint64_t v = 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
		v = v * 10 + (uint64_t)(s.p[i] - '0'); /* 19 digits fit */
	}
	if (v > limit) {
		return false;
	}
	*out = !negative ? (int64_t)v : v == limit ? INT64_MIN : -(int64_t)v;
	return true;
}

bool sm_value_int(const sm_value *v, int64_t *out)
{
	switch (v->kind) {
	case SM_V_INT:
		*out = v->i;
		return true;
	case SM_V_STR:
		return parse_int(v->s, out);
	case SM_V_NULL:
		break;
	}
	return false;
}

int64_t sm_rows_int(const sm_rows *rows, size_t row, size_t column, int64_t fallback)
{
	int64_t v;
	/* nothing that is stored is larger; sums of what is read cannot overflow then */
	return sm_value_int(sm_rows_cell(rows, row, column), &v) && v <= SM_MAX_SAFE_INT && v >= -SM_MAX_SAFE_INT ? v : fallback;
}

sm_bytes sm_rows_text(const sm_rows *rows, size_t row, size_t column, sm_arena *arena)
{
	const sm_value *v = sm_rows_cell(rows, row, column);
	if (v->kind == SM_V_STR) {
		return v->s;
	}
	if (v->kind == SM_V_NULL) {
		return (sm_bytes){NULL, 0};
	}
	sm_buf b;
	sm_buf_init(&b, arena, 24);
	sm_buf_int(&b, v->i);
	return sm_buf_bytes(&b);
}

void sm_sql_init(sm_sql *q, sm_journal *j, sm_arena *arena)
{
	*q = (sm_sql){.arena = arena, .j = j};
	sm_buf_init(&q->text, arena, SM_SQL_TEXT_MAX);
}

void sm_sql_text(sm_sql *q, const char *literal)
{
	sm_buf_puts(&q->text, literal);
}

void sm_sql_table(sm_sql *q, const char *name)
{
	sm_buf_put(&q->text, q->j->store.prefix.p, q->j->store.prefix.n);
	sm_buf_puts(&q->text, name);
}

void sm_sql_now(sm_sql *q)
{
	sm_sql_text(q, q->j->store.dialect == SM_SQLITE ? "CAST((julianday('now')-2440587.5)*86400000000 AS INTEGER)"
		: "TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(6))");
}

void sm_sql_packet(sm_sql *q)
{
	/* SQLITE_MAX_LENGTH's default: no build makes it larger without being told to */
	sm_sql_text(q, q->j->store.dialect == SM_SQLITE ? "1000000000" : "@@max_allowed_packet");
}

void sm_sql_cluster(sm_sql *q)
{
	/* no @@wsrep_on: an unknown variable is an error, and not every build of MariaDB has it. MariaDB leaves out comments of version 80000. */
	sm_sql_text(q, q->j->store.dialect == SM_SQLITE ? "0" : "0"
		"/*M!100300 +(SELECT COUNT(*) FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME='WSREP_ON' AND VARIABLE_VALUE='ON')*/"
		"/*!80000 +(SELECT COUNT(*) FROM performance_schema.global_variables WHERE (VARIABLE_NAME='wsrep_on' AND VARIABLE_VALUE='ON')"
		" OR (VARIABLE_NAME='group_replication_single_primary_mode' AND VARIABLE_VALUE='OFF'))*/");
}

void sm_sql_lock_share(sm_sql *q)
{
	if (q->j->store.dialect == SM_MYSQL) {
		sm_sql_text(q, " LOCK IN SHARE MODE"); /* FOR SHARE is a syntax error on MariaDB */
	}
}

static void param(sm_sql *q, sm_value v)
{
	if (q->text.status != SM_OK) {
		return;
	}
	if (q->n == q->cap) {
		size_t cap = q->cap == 0 ? 16 : q->cap * 2;
		sm_value *grown = SM_NEW(q->arena, sm_value, cap);
		if (grown == NULL) {
			q->text.status = SM_E_NOMEM;
			return;
		}
		if (q->n > 0) {
			memcpy(grown, q->params, q->n * sizeof *grown);
		}
		q->params = grown;
		q->cap = cap;
	}
	q->params[q->n++] = v;
	sm_buf_putc(&q->text, '?');
}

void sm_sql_int(sm_sql *q, int64_t v)
{
	param(q, sm_v_int(v));
}

void sm_sql_str(sm_sql *q, sm_bytes s)
{
	param(q, sm_v_str(s.p == NULL ? SM_STR("") : s));
}

void sm_sql_cstr(sm_sql *q, const char *s)
{
	sm_sql_str(q, sm_cstr(s));
}

void sm_sql_null(sm_sql *q)
{
	param(q, sm_v_null);
}

void sm_sql_str_or_null(sm_sql *q, sm_bytes s)
{
	if (s.p == NULL) {
		sm_sql_null(q);
	} else {
		sm_sql_str(q, s);
	}
}

void sm_sql_event_columns(sm_sql *q)
{
	sm_sql_text(q, "id, stream, seq, leaf, leaf_hash, private, lease, stored_at");
}

void sm_sql_event(sm_sql *q, const sm_event *ev)
{
	sm_sql_cstr(q, ev->id);
	sm_sql_text(q, ", ");
	sm_sql_cstr(q, ev->stream);
	sm_sql_text(q, ", ");
	sm_sql_int(q, ev->seq);
	sm_sql_text(q, ", ");
	sm_sql_str(q, ev->leaf);
	sm_sql_text(q, ", ");
	sm_sql_cstr(q, ev->leaf_hash);
	sm_sql_text(q, ", ");
	sm_sql_str_or_null(q, ev->private_text);
	sm_sql_text(q, ", ");
	if (ev->type == SM_STEP_STARTED) {
		sm_sql_int(q, ev->lease);
	} else {
		sm_sql_null(q);
	}
	sm_sql_text(q, ", ");
	sm_sql_now(q);
}

static sm_status statement(const sm_sql *q, sm_statement_kind kind, sm_statement *st, sm_error *e)
{
	if (q->text.status == SM_E_LIMIT) {
		return sm_fail_limit(e, "bytes of a statement", (int64_t)q->text.max, (int64_t)q->text.n);
	}
	if (q->text.status != SM_OK) {
		return q->text.status;
	}
	*st = (sm_statement){.kind = kind, .sql = sm_buf_bytes(&q->text), .params = q->params, .n_params = q->n};
	return SM_OK;
}

sm_status sm_sql_write(sm_sql *q, sm_statement_kind kind, int64_t *changed, sm_error *e)
{
	sm_statement st;
	int64_t n = 0;
	sm_status s = statement(q, kind, &st, e);
	if (s == SM_OK) {
		s = q->j->store.write(q->j->store.ctx, &st, &n, e);
	}
	if (changed != NULL) {
		*changed = s == SM_OK ? n : 0;
	}
	return s;
}

sm_status sm_sql_write_again(sm_sql *q, sm_statement_kind kind, sm_error *e)
{
	sm_status s = sm_sql_write(q, kind, NULL, e);
	if (s == SM_E_STORE) {
		s = q->j->store.reset(q->j->store.ctx, e);
		if (s == SM_OK) {
			s = sm_sql_write(q, kind, NULL, e);
		}
	}
	return s == SM_E_NOT_SENT ? SM_E_STORE : s;
}

sm_status sm_sql_read(sm_sql *q, sm_statement_kind kind, const char *const *columns, size_t n_columns, sm_rows *rows, sm_error *e)
{
	const sm_store *store = &q->j->store;
	sm_statement st;
	*rows = (sm_rows){.n_columns = n_columns};
	sm_status s = statement(q, kind, &st, e);
	if (s != SM_OK) {
		return s;
	}
	st.columns = columns;
	st.n_columns = n_columns;
	s = store->read(store->ctx, &st, q->arena, rows, e);
	if (s != SM_E_STORE) {
		return s;
	}
	s = store->reset(store->ctx, e);
	if (s != SM_OK) {
		return s;
	}
	*rows = (sm_rows){.n_columns = n_columns};
	return store->read(store->ctx, &st, q->arena, rows, e);
}

sm_status sm_sql_event_text(sm_event *ev, sm_arena *arena, const char *field, sm_bytes text, sm_error *e)
{
	if (text.n > SM_MAX_PRIVATE) {
		return sm_fail_limit(e, field, SM_MAX_PRIVATE, (int64_t)text.n);
	}
	if (!sm_utf8_valid(text)) {
		return sm_fail(e, SM_E_ARGUMENT, "%s must be UTF-8, got %zu bytes that are not", field, text.n);
	}
	sm_buf b;
	sm_buf_init(&b, arena, SM_MAX_PRIVATE);
	sm_canon_quoted(&b, text);
	if (b.status == SM_E_LIMIT) {
		return sm_fail_limit(e, field, SM_MAX_PRIVATE, (int64_t)text.n);
	}
	return b.status != SM_OK ? b.status : sm_event_private(ev, sm_cstr(field), sm_buf_bytes(&b));
}
