/* The tables of PROTOCOL section 1, as data. */
#include "schema.h"

#include <string.h>

/* No AUTO_INCREMENT anywhere: its table lock and its fat pages cost up to half of the throughput. */
const sm_table sm_tables[SM_TABLES] = {
	{"journal", {
		{"id", SM_COL_HEX, 32, false}, {"stream", SM_COL_HEX, 32, false}, {"seq", SM_COL_INT, 0, false}, {"leaf", SM_COL_BLOB, 0, false},
		{"leaf_hash", SM_COL_HEX, 64, false}, {"private", SM_COL_BLOB, 0, true}, {"lease", SM_COL_INT, 0, true},
		{"stored_at", SM_COL_BIGINT, 0, false}, {"leaf_index", SM_COL_BIGINT, 0, true}
	}, {{SM_KEY_PRIMARY, NULL, "id"}, {SM_KEY_UNIQUE, "stream_seq", "stream,seq"}, {SM_KEY_UNIQUE, "leaf_index", "leaf_index"}}},
	{"switch", {
		{"target", SM_COL_NAME, 64, false}, {"held", SM_COL_INT, 0, false}, {"generation", SM_COL_BIGINT, 0, false},
		{"site_check", SM_COL_HEX, 32, false}
	}, {{SM_KEY_PRIMARY, NULL, "target"}}},
	{"meta", {
		{"name", SM_COL_NAME, 64, false}, {"value", SM_COL_BLOB, 0, true}, {"pos", SM_COL_BIGINT, 0, true}
	}, {{SM_KEY_PRIMARY, NULL, "name"}}},
	{"run", {
		{"id", SM_COL_HEX, 32, false}, {"workflow", SM_COL_NAME, 48, false}, {"category", SM_COL_NAME, 48, false},
		{"state", SM_COL_NAME, 24, false}, {"step", SM_COL_NAME, 48, false}, {"owner", SM_COL_BYTES, 64, false}, {"rev", SM_COL_INT, 0, false},
		{"due", SM_COL_BIGINT, 0, true}, {"started_at", SM_COL_BIGINT, 0, false}, {"changed_at", SM_COL_BIGINT, 0, false},
		{"put_off", SM_COL_INT, 0, false}, {"fold", SM_COL_BLOB, 0, false}
	}, {{SM_KEY_PRIMARY, NULL, "id"}, {SM_KEY_PLAIN, "state_due", "state,due"}, {SM_KEY_PLAIN, "started", "started_at,id"}}},
	{"external", {
		{"id", SM_COL_HEX, 32, false}, {"run", SM_COL_HEX, 32, false}, {"hash", SM_COL_HEX, 32, false}, {"kind", SM_COL_NAME, 48, false}
	}, {{SM_KEY_PRIMARY, NULL, "id"}, {SM_KEY_PLAIN, "hash_id", "hash,id"}}},
	/* One signed head a size and log: a second one of another root has no place. */
	{"checkpoint", {
		{"origin", SM_COL_NAME, 255, false}, {"size", SM_COL_BIGINT, 0, false}, {"note", SM_COL_BLOB, 0, false}, {"stored_at", SM_COL_BIGINT, 0, false}
	}, {{SM_KEY_PRIMARY, NULL, "origin,size"}}}
};

void sm_column_type(sm_sql *q, const sm_column *c)
{
	static const char *const names[] = {
		[SM_COL_HEX] = "char", [SM_COL_NAME] = "varchar", [SM_COL_BYTES] = "varbinary", [SM_COL_INT] = "int", [SM_COL_BIGINT] = "bigint",
		[SM_COL_BLOB] = "longblob"
	};
	if (q->j->store.dialect == SM_SQLITE) {
		sm_sql_text(q, c->kind == SM_COL_INT || c->kind == SM_COL_BIGINT ? "INTEGER" : "TEXT");
		return;
	}
	sm_sql_text(q, names[c->kind]);
	if (c->length > 0) {
		sm_sql_text(q, "(");
		sm_buf_int(&q->text, c->length);
		sm_sql_text(q, ")");
	}
	if (c->kind == SM_COL_HEX || c->kind == SM_COL_NAME) {
		sm_sql_text(q, " CHARACTER SET ascii COLLATE ascii_bin");
	}
}

void sm_table_create(sm_sql *q, const sm_table *t)
{
	bool sqlite = q->j->store.dialect == SM_SQLITE;
	sm_sql_text(q, "CREATE TABLE IF NOT EXISTS ");
	sm_sql_table(q, t->name);
	sm_sql_text(q, " (");
	for (size_t i = 0; i < SM_TABLE_COLUMNS_MAX && t->columns[i].name != NULL; i++) {
		sm_sql_text(q, i > 0 ? ", " : "");
		sm_sql_text(q, t->columns[i].name);
		sm_sql_text(q, " ");
		sm_column_type(q, &t->columns[i]);
		sm_sql_text(q, t->columns[i].nullable ? " NULL" : " NOT NULL");
	}
	for (size_t i = 0; i < SM_TABLE_KEYS_MAX && t->keys[i].columns != NULL; i++) {
		const sm_key *k = &t->keys[i];
		if (sqlite && k->kind == SM_KEY_PLAIN) {
			continue;
		}
		sm_sql_text(q, k->kind == SM_KEY_PRIMARY ? ", PRIMARY KEY (" : k->kind == SM_KEY_UNIQUE ? ", UNIQUE " : ", KEY ");
		if (k->name != NULL) {
			sm_sql_text(q, sqlite ? "" : k->name);
			sm_sql_text(q, " (");
		}
		sm_sql_text(q, k->columns);
		sm_sql_text(q, ")");
	}
	sm_sql_text(q, sqlite ? ")" : ") ENGINE=InnoDB DEFAULT CHARACTER SET ascii COLLATE ascii_bin");
}

void sm_table_create_index(sm_sql *q, const sm_table *t, const sm_key *k)
{
	sm_sql_text(q, "CREATE INDEX IF NOT EXISTS ");
	sm_sql_table(q, t->name);
	sm_sql_text(q, "_");
	sm_sql_text(q, k->name);
	sm_sql_text(q, " ON ");
	sm_sql_table(q, t->name);
	sm_sql_text(q, " (");
	sm_sql_text(q, k->columns);
	sm_sql_text(q, ")");
}
