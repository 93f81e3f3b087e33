/* Names in words whatever makes the tables, the site's identity or the server's settings unfit for the protocol. */
#include "schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One table's check. */
typedef struct check {
	sm_journal *j;
	sm_arena *arena;
	sm_json *findings;
	const sm_table *table;
	char name[80]; /* with prefix */
	sm_error *e;
} check;

sm_status sm_schema_finding(sm_arena *arena, sm_json *findings, const char *format, ...)
{
	char text[480];
	sm_bytes copy;
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (n < 0) {
		text[0] = '\0';
	}
	for (char *c = text; *c != '\0'; c++) {
		*c = *c >= ' ' && *c <= '~' ? *c : '?'; /* a server's words may be cut or of any charset */
	}
	sm_status s = sm_arena_dup(arena, sm_cstr(text), &copy);
	const sm_json *v = s == SM_OK ? sm_json_str(arena, copy) : NULL;
	return v == NULL ? SM_E_NOMEM : sm_json_push(arena, findings, v);
}

static int len(sm_bytes b)
{
	return (int)(b.n > 100 ? 100 : b.n);
}

static const char *str(sm_bytes b)
{
	return b.p == NULL ? "" : b.p;
}

static bool same_word(sm_bytes b, const char *word)
{
	return b.n == strlen(word) && (b.n == 0 || strncasecmp(b.p, word, b.n) == 0);
}

static size_t column_count(const sm_table *t)
{
	size_t n = 0;
	while (n < SM_TABLE_COLUMNS_MAX && t->columns[n].name != NULL) {
		n++;
	}
	return n;
}

/* The column's full type as it should be, in the arena. */
static const char *wanted_type(const check *c, const sm_column *col)
{
	sm_sql q;
	sm_sql_init(&q, c->j, c->arena);
	sm_column_type(&q, col);
	return str(sm_buf_bytes(&q.text));
}

/* ---- columns ---- */

static sm_status read_columns(const check *c, sm_rows *rows)
{
	static const char *const columns[] = {"name", "type", "length", "collation", "nullable"};
	sm_sql q;
	sm_sql_init(&q, c->j, c->arena);
	if (c->j->store.dialect == SM_SQLITE) {
		sm_sql_text(&q, "SELECT name AS name, type AS type, NULL AS length, NULL AS collation, CASE \"notnull\" WHEN 0 THEN 'YES' ELSE 'NO' END"
			" AS nullable FROM pragma_table_info(");
		sm_sql_cstr(&q, c->name);
		sm_sql_text(&q, ")");
	} else {
		sm_sql_text(&q, "SELECT COLUMN_NAME AS name, DATA_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length, COLLATION_NAME AS collation,"
			" IS_NULLABLE AS nullable FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=");
		sm_sql_cstr(&q, c->name);
	}
	return sm_sql_read(&q, SM_SQL_OTHER, columns, 5, rows, c->e);
}

/* What is wrong with a column's type, NULL when nothing is. */
static sm_status check_type(const check *c, const sm_column *col, const sm_rows *rows, size_t row)
{
	static const char *const mysql[] = {
		[SM_COL_HEX] = "char", [SM_COL_NAME] = "varchar", [SM_COL_BYTES] = "varbinary", [SM_COL_INT] = "int", [SM_COL_BIGINT] = "bigint",
		[SM_COL_BLOB] = "longblob"
	};
	bool sqlite = c->j->store.dialect == SM_SQLITE;
	bool number = col->kind == SM_COL_INT || col->kind == SM_COL_BIGINT;
	sm_bytes type = sm_rows_text(rows, row, 1, c->arena);
	sm_bytes collation = sm_rows_text(rows, row, 3, c->arena);
	sm_bytes nullable = sm_rows_text(rows, row, 4, c->arena);
	int64_t length = sm_rows_int(rows, row, 2, 0);
	sm_status s = SM_OK;

	if (!same_word(type, sqlite ? (number ? "INTEGER" : "TEXT") : mysql[col->kind])) {
		s = sm_schema_finding(c->arena, c->findings, "table %s: column %s is of type %.*s, must be %s", c->name, col->name, len(type), str(type),
			wanted_type(c, col));
	} else if (!sqlite && col->length > 0 && length != col->length) {
		s = sm_schema_finding(c->arena, c->findings, "table %s: column %s has length %lld, must be %d", c->name, col->name, (long long)length, col->length);
	}
	if (s == SM_OK && !sqlite && (col->kind == SM_COL_HEX || col->kind == SM_COL_NAME) && !same_word(collation, "ascii_bin")) {
		s = sm_schema_finding(c->arena, c->findings, "table %s: column %s has collation %.*s, must be ascii_bin (others take different keys for equal)",
			c->name, col->name, len(collation), str(collation));
	}
	if (s == SM_OK && same_word(nullable, "YES") != col->nullable) {
		s = sm_schema_finding(c->arena, c->findings, "table %s: column %s must be %s", c->name, col->name, col->nullable ? "NULL" : "NOT NULL");
	}
	return s;
}

static sm_status check_columns(const check *c, bool *missing)
{
	sm_rows rows;
	sm_status s = read_columns(c, &rows);
	*missing = s == SM_OK && rows.n_rows == 0;
	if (*missing) {
		return sm_schema_finding(c->arena, c->findings, "table %s is missing", c->name);
	}
	for (size_t i = 0; s == SM_OK && i < column_count(c->table); i++) {
		const sm_column *col = &c->table->columns[i];
		size_t r = 0;
		while (r < rows.n_rows && !same_word(sm_rows_text(&rows, r, 0, c->arena), col->name)) {
			r++;
		}
		s = r < rows.n_rows ? check_type(c, col, &rows, r)
			: sm_schema_finding(c->arena, c->findings, "table %s: column %s is missing (%s)", c->name, col->name, wanted_type(c, col));
	}
	return s;
}

/* ---- keys ---- */

/* An index as found: its columns as "a,b". */
typedef struct found_key {
	sm_bytes name;
	char columns[240];
	bool unique, whole; /* whole: no prefix of a column, no partial index, compared by bytes */
} found_key;

static sm_status read_keys(const check *c, sm_rows *rows)
{
	static const char *const columns[] = {"name", "column_name", "is_unique", "is_whole"};
	sm_sql q;
	sm_sql_init(&q, c->j, c->arena);
	if (c->j->store.dialect == SM_SQLITE) {
		sm_sql_text(&q, "SELECT il.name AS name, ix.name AS column_name, il.\"unique\" AS is_unique,"
			" CASE WHEN il.partial=0 AND ix.coll='BINARY' THEN 1 ELSE 0 END AS is_whole FROM pragma_index_list(");
		sm_sql_cstr(&q, c->name);
		sm_sql_text(&q, ") il, pragma_index_xinfo(il.name) ix WHERE ix.\"key\"=1 ORDER BY il.name, ix.seqno");
	} else {
		sm_sql_text(&q, "SELECT INDEX_NAME AS name, COLUMN_NAME AS column_name, 1-NON_UNIQUE AS is_unique,"
			" CASE WHEN SUB_PART IS NULL THEN 1 ELSE 0 END AS is_whole FROM information_schema.STATISTICS"
			" WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=");
		sm_sql_cstr(&q, c->name);
		sm_sql_text(&q, " ORDER BY INDEX_NAME, SEQ_IN_INDEX");
	}
	return sm_sql_read(&q, SM_SQL_OTHER, columns, 4, rows, c->e);
}

static size_t group_keys(const check *c, const sm_rows *rows, found_key *keys)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n_rows; i++) {
		sm_bytes name = sm_rows_text(rows, i, 0, c->arena);
		sm_bytes column = sm_rows_text(rows, i, 1, c->arena);
		bool whole = sm_rows_int(rows, i, 3, 0) != 0;
		if (n == 0 || !sm_bytes_eq(keys[n - 1].name, name)) {
			keys[n++] = (found_key){.name = name, .unique = sm_rows_int(rows, i, 2, 0) != 0, .whole = true};
		}
		found_key *k = &keys[n - 1];
		size_t used = strlen(k->columns);
		snprintf(k->columns + used, sizeof k->columns - used, "%s%.*s", used > 0 ? "," : "", len(column), str(column));
		k->whole = k->whole && whole;
	}
	return n;
}

static bool is_key(const found_key *found, const sm_key *wanted)
{
	bool unique = wanted->kind != SM_KEY_PLAIN;
	return found->whole && (found->unique || !unique) && strcasecmp(found->columns, wanted->columns) == 0;
}

static sm_status check_keys(const check *c)
{
	static const char *const kinds[] = {[SM_KEY_PRIMARY] = "PRIMARY KEY", [SM_KEY_UNIQUE] = "UNIQUE KEY", [SM_KEY_PLAIN] = "KEY"};
	sm_rows rows;
	sm_status s = read_keys(c, &rows);
	if (s != SM_OK) {
		return s;
	}
	found_key *found = SM_NEW(c->arena, found_key, rows.n_rows);
	if (found == NULL) {
		return SM_E_NOMEM;
	}
	size_t n = group_keys(c, &rows, found);
	for (size_t k = 0; s == SM_OK && k < SM_TABLE_KEYS_MAX && c->table->keys[k].columns != NULL; k++) {
		const sm_key *wanted = &c->table->keys[k];
		size_t i = 0;
		while (i < n && !is_key(&found[i], wanted)) {
			i++;
		}
		if (i == n) {
			s = sm_schema_finding(c->arena, c->findings, "table %s: %s (%s) is missing", c->name, kinds[wanted->kind], wanted->columns);
		}
	}
	for (size_t i = 0; s == SM_OK && i < n; i++) {
		bool known = !found[i].unique;
		for (size_t k = 0; !known && k < SM_TABLE_KEYS_MAX && c->table->keys[k].columns != NULL; k++) {
			known = c->table->keys[k].kind != SM_KEY_PLAIN && is_key(&found[i], &c->table->keys[k]);
		}
		if (!known) {
			s = sm_schema_finding(c->arena, c->findings, "table %s: unique key %.*s (%s) is not ours and may refuse rows", c->name, len(found[i].name),
				str(found[i].name), found[i].columns);
		}
	}
	return s;
}

static sm_status check_engine(const check *c)
{
	static const char *const columns[] = {"engine"};
	sm_rows rows;
	sm_sql q;
	if (c->j->store.dialect == SM_SQLITE) {
		return SM_OK;
	}
	sm_sql_init(&q, c->j, c->arena);
	sm_sql_text(&q, "SELECT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=");
	sm_sql_cstr(&q, c->name);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, c->e);
	sm_bytes engine = s == SM_OK ? sm_rows_text(&rows, 0, 0, c->arena) : (sm_bytes){NULL, 0};
	if (s == SM_OK && !same_word(engine, "InnoDB")) {
		return sm_schema_finding(c->arena, c->findings, "table %s: engine is %.*s, must be InnoDB", c->name, len(engine), str(engine));
	}
	return s;
}

sm_status sm_schema_structure(sm_journal *j, sm_arena *arena, sm_json *findings, bool *missing, sm_error *e)
{
	sm_status s = SM_OK;
	*missing = false;
	for (size_t i = 0; s == SM_OK && i < SM_TABLES; i++) {
		check c = {.j = j, .arena = arena, .findings = findings, .table = &sm_tables[i], .e = e};
		bool absent = false;
		snprintf(c.name, sizeof c.name, "%.*s%s", (int)j->store.prefix.n, j->store.prefix.p, sm_tables[i].name);
		s = check_columns(&c, &absent);
		*missing = *missing || absent;
		if (s == SM_OK && !absent && (s = check_engine(&c)) == SM_OK) {
			s = check_keys(&c);
		}
	}
	return s;
}

/* ---- settings ---- */

static sm_status check_mysql_settings(sm_journal *j, sm_arena *arena, sm_json *findings, sm_error *e)
{
	static const char *const columns[] = {"Variable_name", "Value"};
	sm_bytes flush = {NULL, 0}, sync = {NULL, 0}, binlog = {NULL, 0}, twice = {NULL, 0}, isolation = {NULL, 0}, autocommit = {NULL, 0};
	const struct { const char *name; sm_bytes *value; } wanted[] = {
		{"innodb_flush_log_at_trx_commit", &flush}, {"sync_binlog", &sync}, {"log_bin", &binlog}, {"innodb_doublewrite", &twice},
		{"tx_isolation", &isolation}, {"transaction_isolation", &isolation}, {"autocommit", &autocommit}
	};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SHOW VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit','sync_binlog','log_bin','innodb_doublewrite',"
		"'tx_isolation','transaction_isolation','autocommit')");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
			if (same_word(sm_rows_text(&rows, i, 0, arena), wanted[k].name)) {
				*wanted[k].value = sm_rows_text(&rows, i, 1, arena);
			}
		}
	}
	if (s == SM_OK && !same_word(flush, "1")) {
		s = sm_schema_finding(arena, findings, "innodb_flush_log_at_trx_commit is %.*s, must be 1: a power cut would take back what was acknowledged",
			len(flush), str(flush));
	}
	if (s == SM_OK && same_word(binlog, "ON") && !same_word(sync, "1")) {
		s = sm_schema_finding(arena, findings, "the binary log is on and sync_binlog is %.*s, must be 1: a power cut would take back what was acknowledged",
			len(sync), str(sync));
	}
	if (s == SM_OK && (same_word(twice, "OFF") || same_word(twice, "0"))) {
		s = sm_schema_finding(arena, findings, "innodb_doublewrite is off: a power cut can tear pages");
	}
	if (s == SM_OK && same_word(isolation, "READ-UNCOMMITTED")) {
		s = sm_schema_finding(arena, findings, "the store's connection reads uncommitted rows: the log's order would break");
	}
	if (s == SM_OK && (same_word(autocommit, "OFF") || same_word(autocommit, "0"))) {
		s = sm_schema_finding(arena, findings, "the store's connection has autocommit off: a statement would not be stored when it returns");
	}
	return s;
}

static sm_status pragma(sm_journal *j, sm_arena *arena, const char *name, sm_bytes *out, sm_error *e)
{
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "PRAGMA ");
	sm_sql_text(&q, name);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, &name, 1, &rows, e);
	*out = s == SM_OK ? sm_rows_text(&rows, 0, 0, arena) : (sm_bytes){NULL, 0};
	return s == SM_OK && out->p == NULL && rows.n_rows > 0 ? SM_E_NOMEM : s; /* a setting is never NULL */
}

static sm_status check_sqlite_settings(sm_journal *j, sm_arena *arena, sm_json *findings, sm_error *e)
{
	sm_bytes sync, mode;
	sm_status s = pragma(j, arena, "synchronous", &sync, e);
	if (s == SM_OK && (same_word(sync, "0") || same_word(sync, "1"))) {
		s = sm_schema_finding(arena, findings, "synchronous is %s, must be FULL: a power cut would take back what was acknowledged",
			same_word(sync, "0") ? "OFF" : "NORMAL");
	}
	if (s == SM_OK && (s = pragma(j, arena, "journal_mode", &mode, e)) == SM_OK && (same_word(mode, "off") || same_word(mode, "memory"))) {
		s = sm_schema_finding(arena, findings, "journal_mode is %.*s: a crash would tear the file", len(mode), str(mode));
	}
	return s;
}

/* ---- identity ---- */

sm_status sm_schema_site_check(sm_journal *j, sm_arena *arena, bool *found, sm_bytes *site_check, sm_error *e)
{
	const sm_bytes site = SM_STR("*");
	sm_rows rows;
	sm_status s = sm_sql_read_switches(j, arena, &site, 1, &rows, e);
	*found = s == SM_OK && rows.n_rows > 0;
	*site_check = *found ? sm_rows_text(&rows, 0, SM_SWITCH_SITE_CHECK, arena) : (sm_bytes){NULL, 0};
	return s;
}

static sm_status check_identity(sm_journal *j, sm_arena *arena, sm_json *findings, sm_error *e)
{
	static const char *const columns[] = {"pos"};
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_rows rows;
	sm_sql q;
	sm_status s = sm_journal_identify(j, &why);
	if (s == SM_E_SCHEMA) {
		return sm_schema_finding(arena, findings, "%s", why.message);
	}
	if (s != SM_OK) {
		return sm_fail(e, s, "%s", why.message);
	}
	bool found;
	sm_bytes stored;
	if ((s = sm_schema_site_check(j, arena, &found, &stored, e)) != SM_OK) {
		return s;
	}
	if (!found) {
		s = sm_schema_finding(arena, findings, "the row '*' is missing from %.*sswitch: nothing can start", (int)j->store.prefix.n, j->store.prefix.p);
	} else if (!sm_bytes_eq(stored, sm_cstr(j->site_check))) {
		s = sm_schema_finding(arena, findings, "this site's environment or key is not the one that its journal was made for: moved, copied or restored?");
	}
	if (s != SM_OK) {
		return s;
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT pos FROM ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " WHERE name='projected'");
	s = sm_sql_read(&q, SM_SQL_MARK_READ, columns, 1, &rows, e);
	if (s == SM_OK && sm_rows_int(&rows, 0, 0, -1) < 0) {
		s = sm_schema_finding(arena, findings, "table %.*smeta has no row 'projected': install the schema", (int)j->store.prefix.n, j->store.prefix.p);
	}
	return s;
}

sm_status sm_schema_check(sm_journal *j, sm_arena *arena, sm_json *findings, sm_error *e)
{
	bool missing;
	sm_status s = sm_schema_structure(j, arena, findings, &missing, e);
	bool sound = findings->u.a.n == 0;
	if (s == SM_OK) {
		s = j->store.dialect == SM_SQLITE ? check_sqlite_settings(j, arena, findings, e) : check_mysql_settings(j, arena, findings, e);
	}
	if (s != SM_OK || missing) {
		return s;
	}
	s = check_identity(j, arena, findings, e);
	/* a column that is not there makes the read throw: it is in the findings already */
	return s == SM_E_STORE && !sound ? SM_OK : s;
}
