/* Which logs sign the journal's tree, and with which keys: what the caller says, and what the journal itself says. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

sm_origin *sm_verify_origin(const sm_verify_pass *v, sm_bytes name)
{
	for (size_t i = 0; i < v->n_origins; i++) {
		if (sm_bytes_eq(v->origins[i].name, name)) {
			return &v->origins[i];
		}
	}
	return NULL;
}

static sm_status add(sm_verify_pass *v, sm_bytes name, sm_origin **out)
{
	*out = sm_verify_origin(v, name);
	if (*out != NULL) {
		return SM_OK;
	}
	if (v->n_origins == SM_VERIFY_ORIGINS_MAX) {
		return sm_fail_limit(v->e, "logs of a journal", SM_VERIFY_ORIGINS_MAX, SM_VERIFY_ORIGINS_MAX + 1);
	}
	sm_origin *o = &v->origins[v->n_origins];
	sm_status s = sm_arena_dup(&v->arena, name, &o->name);
	if (s != SM_OK) {
		return s;
	}
	o->newest = -1;
	o->after = -1;
	sm_arena_init(&o->arena, v->a);
	v->n_origins++;
	*out = o;
	return SM_OK;
}

/* The key that an event of the journal names: believed only where the caller brought none. */
static sm_status take_key(sm_verify_pass *v, sm_origin *o, sm_bytes vkey)
{
	sm_bytes own;
	sm_note_key key;
	if (o->has_key || vkey.p == NULL) {
		return SM_OK;
	}
	sm_status s = sm_arena_dup(&v->arena, vkey, &own);
	if (s == SM_OK && sm_note_key_read(own, &key, NULL) == SM_OK && key.type == SM_NOTE_ED25519 && sm_bytes_eq(key.name, o->name)) {
		o->key = key;
		o->has_key = true;
	}
	return s;
}

static sm_status link_log(sm_verify_pass *v, sm_bytes name, sm_bytes vkey)
{
	sm_origin *o;
	if (!sm_note_name_valid(name)) {
		return SM_OK;
	}
	sm_status s = add(v, name, &o);
	if (s != SM_OK) {
		return s;
	}
	o->linked = true;
	return take_key(v, o, vkey);
}

static sm_status link_logs(sm_verify_pass *v, const sm_json *root, int64_t stored_at)
{
	const sm_json *d = sm_json_get(root, "d");
	sm_bytes type = sm_json_get_str(root, "type"), origin = sm_json_get_str(d, "origin");
	if (sm_bytes_eq(type, SM_STR("log.opened"))) {
		sm_bytes key = sm_json_get_str(d, "key");
		sm_status s = link_log(v, origin, key);
		sm_origin *o = sm_verify_origin(v, origin);
		if (s == SM_OK && o != NULL && key.p != NULL && o->opened_at == 0) {
			o->opened_at = stored_at > 0 ? stored_at : 1;
		}
		sm_bytes before = sm_json_get_str(sm_json_get(d, "previous"), "origin");
		return s == SM_OK && before.p != NULL ? link_log(v, before, (sm_bytes){NULL, 0}) : s;
	}
	return sm_bytes_eq(type, SM_STR("log.closed")) ? link_log(v, origin, (sm_bytes){NULL, 0}) : SM_OK;
}

static sm_status take_log_event(sm_verify_pass *v, const sm_stream_event *event, bool *more, void *ctx)
{
	sm_arena arena;
	sm_json *root;
	(void)more;
	(void)ctx;
	sm_arena_init(&arena, v->a);
	sm_status s = sm_json_read(&arena, event->leaf, &root, NULL);
	if (s == SM_OK) {
		s = link_logs(v, root, event->stored_at);
	} else {
		s = s == SM_E_NOMEM ? s : SM_OK; /* reported where the leaf stands */
	}
	sm_arena_free(&arena);
	return s;
}

/* The stream "log" says which logs signed this tree. */
static sm_status read_log_stream(sm_verify_pass *v)
{
	char stream[SM_ID_SIZE];
	sm_audit_stream(&v->j->keys, SM_STR("log"), stream);
	return sm_verify_events(v, sm_cstr(stream), 1, INT64_MAX, false, take_log_event, NULL);
}

sm_status sm_verify_origin_is_known(sm_verify_pass *v, sm_bytes origin, bool *known)
{
	const sm_origin *o = sm_verify_origin(v, origin);
	sm_status s = SM_OK;
	if (o == NULL || !o->linked) {
		s = read_log_stream(v); /* one that was opened meanwhile */
		o = sm_verify_origin(v, origin);
	}
	*known = o != NULL && o->linked;
	return s;
}

static sm_status read_newest(sm_verify_pass *v)
{
	static const char *const columns[] = {"origin", "size"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT origin, MAX(size) AS size FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE ");
	sm_verify_put_counts(&q, "size");
	sm_sql_text(&q, " GROUP BY origin ORDER BY origin LIMIT ");
	sm_sql_int(&q, SM_VERIFY_ORIGINS_MAX);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_bytes name = sm_rows_text(&rows, i, 0, &v->page);
		sm_origin *o = sm_verify_origin(v, name);
		if (o == NULL) {
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "Checkpoints of %.*s are stored, which is none of this journal's logs", sm_verify_shown(name),
				name.p);
		} else {
			o->newest = sm_rows_int(&rows, i, 1, -1);
		}
	}
	return s;
}

/* None that is read by size would meet them. */
static sm_status read_odd_heads(sm_verify_pass *v)
{
	enum { LIST = 20 };
	static const char *const columns[] = {"origin"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT origin FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE NOT (");
	sm_verify_put_counts(&q, "size");
	sm_sql_text(&q, ") LIMIT ");
	sm_sql_int(&q, LIST);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_bytes name = sm_rows_text(&rows, i, 0, &v->page);
		s = sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "A checkpoint of %.*s is stored for a size that no log has", sm_verify_shown(name), name.p);
	}
	return s;
}

static sm_status take_keys(sm_verify_pass *v)
{
	for (size_t i = 0; i < v->o->n_keys; i++) {
		sm_origin *o;
		if (v->o->keys[i].type != SM_NOTE_ED25519) {
			continue;
		}
		sm_status s = add(v, v->o->keys[i].name, &o);
		if (s != SM_OK) {
			return s;
		}
		o->key = v->o->keys[i];
		o->has_key = o->trusted = true;
	}
	return SM_OK;
}

sm_status sm_verify_logs_begin(sm_verify_pass *v)
{
	v->origins = SM_NEW(&v->arena, sm_origin, SM_VERIFY_ORIGINS_MAX);
	sm_status s = v->origins != NULL ? take_keys(v) : SM_E_NOMEM;
	if (s != SM_OK || (s = link_log(v, v->j->log, (sm_bytes){NULL, 0})) != SM_OK || (s = read_log_stream(v)) != SM_OK) {
		return s;
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		const sm_origin *o = &v->origins[i];
		if (!o->linked) {
			s = sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "log", -1, -1, "This is not the journal of %.*s, whose key was given: it belongs to %.*s",
				sm_verify_shown(o->name), o->name.p, sm_verify_shown(v->j->log), v->j->log.p);
		}
	}
	s = s == SM_OK ? read_newest(v) : s;
	return s == SM_OK ? read_odd_heads(v) : s;
}
