/* Kill switches: an event in the switch's own stream first, then the row that every start reads in its own statement (PROTOCOL section 5). */
#include "sql.h"

#include <string.h>

enum { TRIES_MAX = 16 };

/* A row of the switch table. */
typedef struct switch_row {
	bool found, held;
	int64_t generation;
} switch_row;

bool sm_target_valid(sm_bytes target)
{
	static const sm_bytes prefixes[] = {SM_LIT("category:"), SM_LIT("workflow:")};
	if (sm_bytes_eq(target, SM_STR("*"))) {
		return true;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t n = prefixes[i].n;
		if (target.n > n && target.n <= SM_TARGET_MAX && memcmp(target.p, prefixes[i].p, n) == 0) {
			return sm_name_valid((sm_bytes){target.p + n, target.n - n});
		}
	}
	return false;
}

static sm_status check_target(sm_bytes target, sm_error *e)
{
	if (sm_target_valid(target)) {
		return SM_OK;
	}
	return sm_fail(e, SM_E_ARGUMENT, "target must be *, category:NAME or workflow:NAME with a NAME of [a-z0-9][a-z0-9._ -]{0,47}, got \"%.*s\" (%zu bytes)",
		(int)(target.n > 80 ? 80 : target.n), target.n ? target.p : "", target.n);
}

/* An event's private text as UTF-8; empty when it is absent, erased or no string. */
static sm_status text_of(const sm_event *ev, const char *field, sm_arena *arena, sm_bytes *out)
{
	sm_bytes canonical = sm_event_value(ev, field);
	sm_json *v = NULL;
	*out = SM_STR("");
	if (canonical.p == NULL) {
		return SM_OK;
	}
	sm_status s = sm_json_read(arena, canonical, &v, NULL);
	if (s == SM_OK && v->kind == SM_JSON_STRING) {
		*out = v->u.s;
	}
	return s == SM_E_NOMEM ? s : SM_OK;
}

sm_status sm_switch_targets(sm_arena *arena, sm_bytes category, sm_bytes workflow, sm_bytes targets[SM_START_TARGETS])
{
	const struct { const char *kind; sm_bytes name; } named[] = {{"category:", category}, {"workflow:", workflow}};
	targets[0] = SM_STR("*");
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		sm_buf b;
		sm_buf_init(&b, arena, SM_TARGET_MAX);
		sm_buf_puts(&b, named[i].kind);
		sm_buf_put(&b, named[i].name.p, named[i].name.n);
		if (b.status) {
			return b.status;
		}
		targets[i + 1] = sm_buf_bytes(&b);
	}
	return SM_OK;
}

sm_status sm_sql_read_switches(sm_journal *j, sm_arena *arena, const sm_bytes *targets, size_t n, sm_rows *rows, sm_error *e)
{
	static const char *const columns[] = {"target", "held", "generation", "site_check"};
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT target, held, generation, site_check FROM ");
	sm_sql_table(&q, "switch");
	for (size_t i = 0; i < n; i++) {
		sm_sql_text(&q, i ? ", " : " WHERE target IN (");
		sm_sql_str(&q, targets[i]);
	}
	sm_sql_text(&q, n ? ")" : " ORDER BY target");
	return sm_sql_read(&q, SM_SQL_TARGETS, columns, sizeof columns / sizeof *columns, rows, e);
}

static sm_status read_row(sm_journal *j, sm_arena *arena, sm_bytes target, switch_row *out, sm_error *e)
{
	sm_rows rows;
	sm_status s = sm_sql_read_switches(j, arena, &target, 1, &rows, e);
	*out = (switch_row){s == SM_OK && rows.n_rows > 0, sm_rows_int(&rows, 0, SM_SWITCH_IS_HELD, 0) != 0, sm_rows_int(&rows, 0, SM_SWITCH_GENERATION, 0)};
	return s;
}

sm_status sm_switch_held(sm_journal *j, sm_arena *arena, sm_bytes workflow, sm_bytes category, bool *held, sm_error *e)
{
	sm_bytes targets[SM_START_TARGETS];
	sm_rows rows;
	sm_status s = sm_switch_targets(arena, category, workflow, targets);
	*held = false;
	if (s == SM_OK) {
		s = sm_sql_read_switches(j, arena, targets, SM_START_TARGETS, &rows, e);
	}
	if (s == SM_OK && rows.n_rows < SM_START_TARGETS) {
		return sm_fail(e, SM_E_STORE, "%zu rows of switches can be read, a start has %d", rows.n_rows, SM_START_TARGETS);
	}
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		*held = *held || sm_rows_int(&rows, i, SM_SWITCH_IS_HELD, 1) != 0;
	}
	return s;
}

static sm_status insert_row(sm_journal *j, sm_arena *arena, sm_bytes target, bool held, int64_t generation, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "switch");
	sm_sql_text(&q, " (target, held, generation, site_check) VALUES (");
	sm_sql_str(&q, target);
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, held);
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, generation);
	sm_sql_text(&q, ", ");
	sm_sql_cstr(&q, "");
	sm_sql_text(&q, ")");
	return sm_sql_write(&q, SM_SQL_SWITCH_INSERT, NULL, e);
}

static sm_status update_row(sm_journal *j, sm_arena *arena, sm_bytes target, bool held, int64_t generation, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "switch");
	sm_sql_text(&q, " SET held=");
	sm_sql_int(&q, held);
	sm_sql_text(&q, ", generation=");
	sm_sql_int(&q, generation);
	sm_sql_text(&q, " WHERE target=");
	sm_sql_str(&q, target);
	sm_sql_text(&q, " AND generation<");
	sm_sql_int(&q, generation);
	return sm_sql_write(&q, SM_SQL_SWITCH_UPDATE, NULL, e);
}

static bool is_flip(const sm_event *ev)
{
	return ev->type == SM_SWITCH_HELD || ev->type == SM_SWITCH_RELEASED;
}

/* The newest flip of a loaded stream, NULL for none. */
static const sm_event *newest(const sm_history *h)
{
	return h->n > 0 ? &h->events[h->n - 1] : NULL;
}

static sm_status load_stream(sm_journal *j, sm_history *h, sm_arena *arena, sm_bytes target, sm_error *e)
{
	char stream[SM_ID_SIZE];
	sm_status s = sm_journal_identify(j, e);
	if (s != SM_OK) {
		return s;
	}
	sm_switch_stream(&j->keys, target, stream);
	sm_history_init(h, arena, stream);
	s = sm_journal_load(j, h, e);
	if (s == SM_OK && h->broken) {
		return sm_fail(e, SM_E_ILLEGAL, "the history of switch %.*s is broken: %s", (int)target.n, target.p, h->broken_why);
	}
	for (size_t i = 0; s == SM_OK && i < h->n; i++) {
		const sm_event *ev = &h->events[i];
		if (!is_flip(ev) || !sm_bytes_eq(ev->target, target) || ev->generation != ev->seq) {
			return sm_fail(e, SM_E_ILLEGAL, "event %d of switch %.*s is not a flip of it", (int)ev->seq, (int)target.n, target.p);
		}
	}
	return s;
}

/* Answers are ignored: the row that reads back tells. A throw is answered by a reset, as for every write.
 *  @return SM_OK when the row has this generation or a later one */
static sm_status write_row(sm_journal *j, sm_arena *arena, sm_bytes target, bool held, int64_t generation, switch_row *row, sm_error *e)
{
	bool site = sm_bytes_eq(target, SM_STR("*"));
	bool sent = false;
	sm_status s;
	for (int i = 0; i < TRIES_MAX; i++) {
		s = read_row(j, arena, target, row, e);
		if (s != SM_OK) {
			return s == SM_E_STORE && sent ? SM_E_UNCERTAIN : s;
		}
		if (row->found && row->generation >= generation) {
			return SM_OK;
		}
		if (!row->found && site) {
			return sm_fail(e, SM_E_SCHEMA, "the row '*' is missing from %.*sswitch: install the schema", (int)j->store.prefix.n, j->store.prefix.p);
		}
		s = row->found ? update_row(j, arena, target, held, generation, e) : insert_row(j, arena, target, held, generation, e);
		sent = true;
		if (s == SM_E_STORE || s == SM_E_NOT_SENT) {
			s = j->store.reset(j->store.ctx, e);
			s = s == SM_E_STORE ? SM_OK : s; /* the read that follows resets once more */
		}
		if (s != SM_OK) {
			return s;
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "switch %.*s: the event is stored, but its row did not take generation %lld in %d tries", (int)target.n,
		target.p, (long long)generation, TRIES_MAX);
}

static sm_status append_flip(sm_journal *j, sm_history *h, sm_bytes target, bool held, sm_bytes by, sm_bytes reason, sm_error *e)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		size_t stored = 0;
		sm_event ev = sm_event_new(held ? SM_SWITCH_HELD : SM_SWITCH_RELEASED);
		ev.target = target;
		ev.generation = (int64_t)h->run.seq + 1;
		sm_status s = sm_sql_event_text(&ev, h->arena, "by", by, e);
		if (s == SM_OK) {
			s = sm_sql_event_text(&ev, h->arena, "reason", reason, e);
		}
		if (s == SM_OK) {
			s = sm_journal_append(j, h, &ev, 1, NULL, &stored, e);
		}
		if (s != SM_E_LOST) {
			return s;
		}
	}
	return sm_fail(e, SM_E_UNCERTAIN, "switch %.*s: others flipped it %d times meanwhile; this flip was not stored", (int)target.n, target.p, TRIES_MAX);
}

/* A target that no start or flip has brought in yet must hold no secret. One that is known can always be held, whatever the site's secrets are now. */
static sm_status check_new_target(sm_journal *j, sm_arena *arena, sm_bytes target, sm_error *e)
{
	const char *secret = sm_secret_in(&j->redaction, target);
	switch_row row;
	sm_status s = secret != NULL ? read_row(j, arena, target, &row, e) : SM_OK;
	return s != SM_OK || secret == NULL || row.found ? s
		: sm_fail(e, SM_E_ARGUMENT, "target holds what must never be stored (%s): use a name that does not", secret);
}

sm_status sm_switch_set(sm_journal *j, sm_arena *arena, sm_bytes target, bool held, sm_bytes by, sm_bytes reason, int64_t *generation, sm_error *e)
{
	sm_history h;
	switch_row row;
	sm_status s = check_target(target, e);
	*generation = 0;
	if (s != SM_OK || (s = load_stream(j, &h, arena, target, e)) != SM_OK
		|| (h.n == 0 && (s = check_new_target(j, arena, target, e)) != SM_OK) || (s = append_flip(j, &h, target, held, by, reason, e)) != SM_OK) {
		return s;
	}
	*generation = h.run.seq;
	s = write_row(j, arena, target, held, *generation, &row, e);
	/* the event lies there, so "no write was tried" would be false */
	return s == SM_E_STORE ? SM_E_UNCERTAIN : s;
}

sm_status sm_switch_get(sm_journal *j, sm_arena *arena, sm_bytes target, sm_switch_state *out, sm_error *e)
{
	sm_history h;
	switch_row row;
	*out = (sm_switch_state){.by = SM_STR(""), .reason = SM_STR("")};
	sm_status s = check_target(target, e);
	if (s != SM_OK || (s = load_stream(j, &h, arena, target, e)) != SM_OK) {
		return s;
	}
	/* row after stream: a flip in between makes the row newer than what was read, never older without a reason */
	if ((s = read_row(j, arena, target, &row, e)) != SM_OK) {
		return s;
	}
	if (row.found && row.generation > h.run.seq && (s = sm_journal_load(j, &h, e)) != SM_OK) {
		return s;
	}
	const sm_event *ev = newest(&h);
	int64_t generation = h.run.seq;
	bool held = ev != NULL && ev->type == SM_SWITCH_HELD;
	if (generation > 0 && (!row.found || row.generation < generation)) {
		/* who flipped it died between event and row, or is about to write the same */
		if ((s = write_row(j, arena, target, held, generation, &row, e)) != SM_OK) {
			return s;
		}
		if (row.generation > generation && (s = sm_journal_load(j, &h, e)) != SM_OK) {
			return s;
		}
		ev = newest(&h);
		generation = h.run.seq;
		held = ev != NULL && ev->type == SM_SWITCH_HELD;
	}
	if (row.found && (row.generation > generation || (row.generation == generation && row.held != held))) {
		return sm_fail(e, SM_E_ILLEGAL, "switch %.*s: the row says %s, generation %lld; its history says %s, generation %lld", (int)target.n, target.p,
			row.held ? "held" : "not held", (long long)row.generation, held ? "held" : "not held", (long long)generation);
	}
	out->held = held;
	out->generation = generation;
	if (ev == NULL) {
		return SM_OK;
	}
	out->since = ev->stored_at;
	s = text_of(ev, "by", arena, &out->by);
	return s == SM_OK ? text_of(ev, "reason", arena, &out->reason) : s;
}

sm_status sm_switch_list(sm_journal *j, sm_arena *arena, sm_json *targets, sm_error *e)
{
	sm_rows rows;
	sm_status s = sm_sql_read_switches(j, arena, NULL, 0, &rows, e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		const sm_json *v = sm_json_str(arena, sm_rows_text(&rows, i, SM_SWITCH_TARGET, arena));
		s = v == NULL ? SM_E_NOMEM : sm_json_push(arena, targets, v);
	}
	return s;
}

sm_status sm_switch_restore_row(sm_journal *j, sm_bytes target, sm_error *e)
{
	sm_arena arena;
	sm_history h;
	switch_row row;
	sm_status s = check_target(target, e);
	if (s != SM_OK) {
		return s;
	}
	sm_arena_init(&arena, j->arena.a);
	s = load_stream(j, &h, &arena, target, e);
	if (s == SM_OK) {
		const sm_event *ev = newest(&h);
		s = write_row(j, &arena, target, ev != NULL && ev->type == SM_SWITCH_HELD, h.run.seq, &row, e);
		s = s == SM_E_UNCERTAIN ? SM_E_STORE : s; /* a row that others could make just as well: nothing of the caller's is in doubt */
	}
	sm_arena_free(&arena);
	return s;
}
