/* A journal and its site's identity. */
#include "journal.h"

#include <inttypes.h>
#include <string.h>

#include "history.h"
#include "sql.h"

enum {
	CLOCKS_APART_MAX_US = 5000000, /* PROTOCOL section 8 */
	MIN_STATEMENT = 65536          /* bytes; no server allows less */
};

sm_status sm_journal_init(sm_journal *j, const sm_store *store, const sm_host *host, const sm_settings *settings, const sm_alloc *a, sm_error *e)
{
	memset(j, 0, sizeof *j);
	j->store = *store;
	j->host = *host;
	j->settings = *settings;
	j->sends = 4;
	sm_arena_init(&j->arena, a);
	bool ok = store->prefix.n >= 1 && store->prefix.n <= 48;
	for (size_t i = 0; ok && i < store->prefix.n; i++) {
		char c = store->prefix.p[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
	}
	if (!ok) {
		return sm_fail(e, SM_E_ARGUMENT, "the store's table prefix must match [A-Za-z0-9_]{1,48}, got \"%.*s\" (%zu bytes)",
			(int)(store->prefix.n > 60 ? 60 : store->prefix.n), store->prefix.n ? store->prefix.p : "", store->prefix.n);
	}
	return sm_arena_dup(&j->arena, store->prefix, &j->store.prefix);
}

void sm_journal_free(sm_journal *j)
{
	sm_keys_wipe(&j->keys);
	sm_arena_free(&j->arena);
	j->identified = false;
}

int64_t sm_journal_now(const sm_journal *j)
{
	return j->clock_told ? j->host.boot_us(j->host.ctx) + j->clock_offset : j->host.wall_us(j->host.ctx);
}

bool sm_journal_clocks_agree(const sm_journal *j)
{
	int64_t apart = sm_journal_now(j) - j->host.wall_us(j->host.ctx);
	return apart <= CLOCKS_APART_MAX_US && apart >= -CLOCKS_APART_MAX_US;
}

void sm_journal_saw_clock(sm_journal *j, int64_t now)
{
	if (now > 0) {
		/* carried on by the clock that never jumps: a wall clock set between a load and a probe would end a grace early */
		j->clock_offset = now - j->host.boot_us(j->host.ctx);
		j->clock_told = true;
	}
}

static sm_status take_identity(sm_journal *j, const sm_rows *rows, sm_arena *scratch, sm_error *e)
{
	uint8_t site_key[SM_KEY_LEN], site_id[SM_SITE_ID_LEN];
	bool key = false, id = false;
	int64_t schema = 0;
	sm_status st = SM_OK;

	for (size_t i = 0; i < rows->n_rows; i++) {
		sm_bytes name = sm_rows_text(rows, i, 0, scratch), value = sm_rows_text(rows, i, 1, scratch);
		if (sm_bytes_eq(name, SM_STR("site_key"))) {
			key = sm_unhex(site_key, sizeof site_key, value);
		} else if (sm_bytes_eq(name, SM_STR("site_id"))) {
			id = sm_unhex(site_id, sizeof site_id, value);
		} else if (sm_bytes_eq(name, SM_STR("log")) && value.n > 0) {
			st = sm_arena_dup(&j->arena, value, &j->log);
		} else if (sm_bytes_eq(name, SM_STR("schema"))) {
			schema = sm_rows_int(rows, i, 1, 0);
		}
	}
	if (st == SM_OK && (!key || !id || j->log.n == 0)) {
		st = sm_fail(e, SM_E_SCHEMA, "the site's identity is missing from %.*smeta: install the schema", (int)j->store.prefix.n, j->store.prefix.p);
	} else if (st == SM_OK && schema != SM_SCHEMA_VERSION) {
		st = sm_fail(e, SM_E_SCHEMA, "the tables are of schema version %" PRId64 ", this extension wants %d: install the schema", schema, SM_SCHEMA_VERSION);
	}
	if (st == SM_OK) {
		sm_keys_derive(&j->keys, site_key, site_id);
		int64_t packet = sm_rows_int(rows, 0, 2, 0);
		j->max_statement = packet / 4 > MIN_STATEMENT ? packet / 4 : MIN_STATEMENT;
		sm_journal_saw_clock(j, sm_rows_int(rows, 0, 3, 0));
		j->cluster = sm_rows_int(rows, 0, 4, 0) != 0;
	}
	return st;
}

sm_status sm_journal_identify(sm_journal *j, sm_error *e)
{
	static const char *const columns[] = {"name", "value", "packet", "now", "cluster"};
	sm_arena scratch;
	sm_rows rows;
	sm_sql q;

	if (j->identified) {
		return SM_OK;
	}
	sm_arena_init(&scratch, j->arena.a);
	sm_sql_init(&q, j, &scratch);
	sm_sql_text(&q, "SELECT name, value, ");
	sm_sql_packet(&q);
	sm_sql_text(&q, " AS packet, ");
	sm_sql_now(&q);
	sm_sql_text(&q, " AS now, ");
	sm_sql_cluster(&q);
	sm_sql_text(&q, " AS cluster FROM ");
	sm_sql_table(&q, "meta");
	sm_sql_text(&q, " WHERE name IN ('site_id', 'site_key', 'log', 'schema')");
	sm_status st = sm_sql_read(&q, SM_SQL_IDENTITY, columns, sizeof columns / sizeof *columns, &rows, e);
	if (st == SM_OK) {
		st = take_identity(j, &rows, &scratch, e);
	}
	if (st == SM_OK) {
		sm_bytes environment;
		st = j->store.environment(j->store.ctx, &scratch, &environment, e);
		if (st == SM_OK) {
			sm_site_check(&j->keys, SM_SCHEMA_VERSION, environment, j->site_check);
			j->identified = true;
		}
	}
	sm_arena_free(&scratch);
	return st;
}
