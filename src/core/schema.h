/* schema: what the tables look like, for those who make them (schema.c) and who check them (schema_check.c). Private to the journal group. */
#ifndef SM_SCHEMA_H
#define SM_SCHEMA_H

#include "sql.h"

typedef enum sm_column_kind {
	SM_COL_HEX,    /* char(n) ascii_bin: exactly n digits, or '' */
	SM_COL_NAME,   /* varchar(n) ascii_bin */
	SM_COL_BYTES,  /* varbinary(n): UTF-8 that is compared by bytes */
	SM_COL_INT,
	SM_COL_BIGINT,
	SM_COL_BLOB    /* longblob: bytes in, bytes out, whatever the site's charset */
} sm_column_kind;

typedef struct sm_column {
	const char *name;
	sm_column_kind kind;
	int length; /* HEX, NAME, BYTES */
	bool nullable;
} sm_column;

typedef enum sm_key_kind { SM_KEY_PRIMARY, SM_KEY_UNIQUE, SM_KEY_PLAIN } sm_key_kind;

typedef struct sm_key {
	sm_key_kind kind;
	const char *name;    /* NULL for PRIMARY */
	const char *columns; /* "stream,seq" */
} sm_key;

enum { SM_TABLES = 6, SM_TABLE_COLUMNS_MAX = 12, SM_TABLE_KEYS_MAX = 3 };

typedef struct sm_table {
	const char *name;
	sm_column columns[SM_TABLE_COLUMNS_MAX]; /* ends with a NULL name or the array */
	sm_key keys[SM_TABLE_KEYS_MAX];          /* ends with NULL columns or the array */
} sm_table;

extern const sm_table sm_tables[SM_TABLES];

/** "char(32)", "longblob"; "TEXT" and "INTEGER" on SQLite. */
void sm_column_type(sm_sql *q, const sm_column *c);
/** CREATE TABLE IF NOT EXISTS. */
void sm_table_create(sm_sql *q, const sm_table *t);
/** CREATE INDEX IF NOT EXISTS of a plain key, which SQLite wants as a statement of its own. */
void sm_table_create_index(sm_sql *q, const sm_table *t, const sm_key *k);

/** Findings about tables, columns and keys; *missing = a table is not there. As sm_schema_check. */
sm_status sm_schema_structure(sm_journal *j, sm_arena *arena, sm_json *findings, bool *missing, sm_error *e);
/** Adds a sentence, printf into 480 bytes. */
sm_status sm_schema_finding(sm_arena *arena, sm_json *findings, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;
/** site_check of the row '*'. *found = false when the row is missing. */
sm_status sm_schema_site_check(sm_journal *j, sm_arena *arena, bool *found, sm_bytes *site_check, sm_error *e);

/** The row '*' with this environment's site_check. @return SM_OK, SM_E_STORE (perhaps because it is there), SM_E_ABORTED, SM_E_NOMEM */
sm_status sm_schema_insert_site_row(sm_journal *j, sm_arena *arena, bool held, int64_t generation, sm_error *e);

#endif
