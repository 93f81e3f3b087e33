/* Makes the tables and the site's identity (PROTOCOL section 1). Two installations at once end with one identity: every part of it is
 * a unique insert that is read back. */
#include "schema.h"

#include <stdio.h>
#include <string.h>

enum { HOST_MAX = 200, LOG_SALT_LEN = 8, TRIES_MAX = 3 };

/* The meta table, as read. */
typedef struct meta {
	sm_bytes site_id, site_key, log, schema;
	bool projected;
} meta;

static bool complete(const meta *m)
{
	return m->site_id.p != NULL && m->site_key.p != NULL && m->log.p != NULL && m->schema.p != NULL;
}

static sm_status check_host(sm_bytes host, sm_error *e)
{
	bool ok = host.n >= 1 && host.n <= HOST_MAX;
	for (size_t i = 0; ok && i < host.n; i++) {
		char c = host.p[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
	}
	return ok ? SM_OK : sm_fail(e, SM_E_ARGUMENT, "host must be 1 to %d bytes of [A-Za-z0-9.:-], got \"%.*s\" (%zu bytes)", HOST_MAX,
		(int)(host.n > 80 ? 80 : host.n), host.n ? host.p : "", host.n);
}

/* ---- tables ---- */

static sm_status create_tables(sm_journal *j, sm_arena *arena, sm_error *e)
{
	sm_sql q;
	for (size_t i = 0; i < SM_TABLES; i++) {
		const sm_table *t = &sm_tables[i];
		sm_sql_init(&q, j, arena);
		sm_table_create(&q, t);
		sm_status s = sm_sql_write_again(&q, SM_SQL_OTHER, e);
		for (size_t k = 0; s == SM_OK && j->store.dialect == SM_SQLITE && k < SM_TABLE_KEYS_MAX && t->keys[k].columns != NULL; k++) {
			if (t->keys[k].kind == SM_KEY_PLAIN) {
				sm_sql_init(&q, j, arena);
				sm_table_create_index(&q, t, &t->keys[k]);
				s = sm_sql_write_again(&q, SM_SQL_OTHER, e);
			}
		}
		if (s != SM_OK) {
			return s;
		}
	}
	return SM_OK;
}

static sm_status refuse_foreign_tables(sm_journal *j, sm_arena *arena, sm_error *e)
{
	bool missing;
	sm_json *findings = sm_json_new(arena, SM_JSON_ARRAY);
	sm_status s = findings == NULL ? SM_E_NOMEM : sm_schema_structure(j, arena, findings, &missing, e);
	if (s != SM_OK || findings->u.a.n == 0) {
		return s;
	}
	sm_bytes first = findings->u.a.items[0].u.s;
	return sm_fail(e, SM_E_SCHEMA, "%.*s (%zu findings in all)", (int)first.n, first.p, findings->u.a.n);
}

/* ---- identity ---- */

static sm_status journal_is_empty(sm_journal *j, sm_arena *arena, bool *empty, sm_error *e)
{
	static const char *const columns[] = {"seq"};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT seq FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " LIMIT 1");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, e);
	*empty = s == SM_OK && rows.n_rows == 0;
	return s;
}

static sm_status read_meta(sm_journal *j, sm_arena *arena, meta *m, sm_error *e)
{
	static const char *const columns[] = {"name", "value"};
	sm_rows rows;
	sm_sql q;
	memset(m, 0, sizeof *m);
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT name, value FROM ");
	sm_sql_table(&q, "meta");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_bytes name = sm_rows_text(&rows, i, 0, arena), value = sm_rows_text(&rows, i, 1, arena);
		if (sm_bytes_eq(name, SM_STR("site_id"))) {
			m->site_id = value;
		} else if (sm_bytes_eq(name, SM_STR("site_key"))) {
			m->site_key = value;
		} else if (sm_bytes_eq(name, SM_STR("log"))) {
			m->log = value;
		} else if (sm_bytes_eq(name, SM_STR("schema"))) {
			m->schema = value;
		} else if (sm_bytes_eq(name, SM_STR("projected"))) {
			m->projected = true;
		}
	}
	return s;
}

/* A duplicate is as good as ours: what reads back counts. */
static sm_status insert_meta(sm_journal *j, sm_arena *arena, const char *name, sm_bytes value, bool pos, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " (name, value, pos) VALUES (");
	sm_sql_cstr(&q, name);
	sm_sql_text(&q, ", ");
	sm_sql_str_or_null(&q, value);
	sm_sql_text(&q, ", ");
	if (pos) {
		sm_sql_int(&q, 0);
	} else {
		sm_sql_null(&q);
	}
	sm_sql_text(&q, ")");
	sm_status s = sm_sql_write(&q, SM_SQL_OTHER, NULL, e);
	return s == SM_E_STORE || s == SM_E_NOT_SENT ? SM_OK : s;
}

static sm_status insert_random(sm_journal *j, sm_arena *arena, const char *name, size_t n, sm_error *e)
{
	uint8_t raw[SM_KEY_LEN];
	char hex[2 * SM_KEY_LEN + 1];
	j->host.random(j->host.ctx, raw, n);
	sm_hex(hex, raw, n);
	return insert_meta(j, arena, name, sm_cstr(hex), false, e);
}

static sm_status insert_log(sm_journal *j, sm_arena *arena, sm_bytes host, sm_error *e)
{
	uint8_t raw[LOG_SALT_LEN];
	char hex[2 * LOG_SALT_LEN + 1], origin[HOST_MAX + 32];
	j->host.random(j->host.ctx, raw, sizeof raw);
	sm_hex(hex, raw, sizeof raw);
	snprintf(origin, sizeof origin, "%.*s/sophmate/%s", (int)host.n, host.p, hex);
	return insert_meta(j, arena, "log", sm_cstr(origin), false, e);
}

static sm_status insert_missing(sm_journal *j, sm_arena *arena, const meta *m, sm_bytes host, sm_error *e)
{
	char version[16];
	snprintf(version, sizeof version, "%d", SM_SCHEMA_VERSION);
	sm_status s = SM_OK;
	if (m->site_id.p == NULL) {
		s = insert_random(j, arena, "site_id", SM_SITE_ID_LEN, e);
	}
	if (s == SM_OK && m->site_key.p == NULL) {
		s = insert_random(j, arena, "site_key", SM_KEY_LEN, e);
	}
	if (s == SM_OK && m->log.p == NULL) {
		s = insert_log(j, arena, host, e);
	}
	if (s == SM_OK && m->schema.p == NULL) {
		s = insert_meta(j, arena, "schema", sm_cstr(version), false, e);
	}
	if (s == SM_OK && !m->projected) {
		s = insert_meta(j, arena, "projected", (sm_bytes){NULL, 0}, true, e);
	}
	return s;
}

static sm_status make_identity(sm_journal *j, sm_arena *arena, sm_bytes host, bool *was_empty, sm_error *e)
{
	meta m;
	/* emptiness first: whoever makes the identity meanwhile may begin runs right after */
	sm_status s = journal_is_empty(j, arena, was_empty, e);
	for (int i = 0; s == SM_OK; i++) {
		if ((s = read_meta(j, arena, &m, e)) != SM_OK || (complete(&m) && m.projected)) {
			return s;
		}
		if (!complete(&m) && !*was_empty) {
			return sm_fail(e, SM_E_SCHEMA, "%.*sjournal is not empty, but the site's identity is missing from %.*smeta: restore both from one backup",
				(int)j->store.prefix.n, j->store.prefix.p, (int)j->store.prefix.n, j->store.prefix.p);
		}
		if (i == TRIES_MAX) {
			return SM_E_STORE; /* e says what the store answered */
		}
		s = insert_missing(j, arena, &m, host, e);
	}
	return s;
}

/* The row that every start reads. */
static sm_status make_site_row(sm_journal *j, sm_arena *arena, bool was_empty, sm_error *e)
{
	bool found;
	sm_bytes stored;
	for (int i = 0;; i++) {
		sm_status s = sm_schema_site_check(j, arena, &found, &stored, e);
		if (s != SM_OK || found) {
			return s; /* another environment's: not ours to answer for */
		}
		if (!was_empty) {
			return sm_fail(e, SM_E_SCHEMA, "the row '*' is missing from %.*sswitch: say whether this site was moved, restored or copied",
				(int)j->store.prefix.n, j->store.prefix.p);
		}
		if (i == TRIES_MAX) {
			return SM_E_STORE;
		}
		s = sm_schema_insert_site_row(j, arena, false, 0, e);
		if (s != SM_OK && s != SM_E_STORE) {
			return s;
		}
	}
}

sm_status sm_schema_insert_site_row(sm_journal *j, sm_arena *arena, bool held, int64_t generation, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "switch");
	sm_sql_text(&q, " (target, held, generation, site_check) VALUES (");
	sm_sql_cstr(&q, "*");
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, held);
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, generation);
	sm_sql_text(&q, ", ");
	sm_sql_cstr(&q, j->site_check);
	sm_sql_text(&q, ")");
	sm_status s = sm_sql_write(&q, SM_SQL_SWITCH_INSERT, NULL, e);
	return s == SM_E_NOT_SENT ? SM_E_STORE : s;
}

sm_status sm_schema_install(sm_journal *j, sm_bytes host_name, sm_error *e)
{
	sm_arena arena;
	bool was_empty = false;
	sm_arena_init(&arena, j->arena.a);
	sm_status s = check_host(host_name, e);
	if (s == SM_OK && (s = create_tables(j, &arena, e)) == SM_OK && (s = refuse_foreign_tables(j, &arena, e)) == SM_OK
		&& (s = make_identity(j, &arena, host_name, &was_empty, e)) == SM_OK && (s = sm_journal_identify(j, e)) == SM_OK) {
		s = make_site_row(j, &arena, was_empty, e);
	}
	sm_arena_free(&arena);
	return s;
}

sm_status sm_schema_identity(sm_journal *j, sm_arena *arena, sm_identity *out, sm_error *e)
{
	bool found;
	sm_bytes stored;
	memset(out, 0, sizeof *out);
	sm_status s = sm_journal_identify(j, e);
	if (s != SM_OK || (s = sm_schema_site_check(j, arena, &found, &stored, e)) != SM_OK
		|| (s = j->store.environment(j->store.ctx, arena, &out->environment, e)) != SM_OK) {
		return s;
	}
	sm_hex(out->site_id, j->keys.site_id, sizeof j->keys.site_id);
	out->log = j->log;
	out->schema = SM_SCHEMA_VERSION;
	out->matches = found && sm_bytes_eq(stored, sm_cstr(j->site_check));
	return SM_OK;
}
