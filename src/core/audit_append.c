/* Events outside of runs. */
#include "audit_erase.h"

#include <string.h>

#include "sql.h"

enum { TRIES_MAX = 200 };

bool sm_stream_name_free(sm_bytes name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = c >= 'a' && c <= 'z';
		if (!letter && (i == 0 || ((c < '0' || c > '9') && c != '.' && c != '_' && c != '-'))) {
			return false;
		}
	}
	return name.n > 0 && name.n <= SM_STREAM_NAME_MAX && !sm_bytes_eq(name, SM_STR("log")) && !sm_bytes_eq(name, SM_STR("privacy"));
}

/* Such a stream may be long, and nothing of it decides about its next event: the last row alone is read. */
sm_status sm_stream_tip(sm_journal *j, sm_history *h, sm_error *e)
{
	static const char *const columns[] = {"seq", "id"};
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, h->arena);
	sm_sql_text(&q, "SELECT seq, id FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, h->stream);
	sm_sql_text(&q, " ORDER BY seq DESC LIMIT 1");
	sm_status st = sm_sql_read(&q, SM_SQL_STREAM_TIP, columns, 2, &rows, e);
	if (st || rows.n_rows == 0) {
		return st;
	}
	int64_t seq = sm_rows_int(&rows, 0, 0, 0);
	sm_bytes id = sm_rows_text(&rows, 0, 1, h->arena);
	if (seq < 1 || seq >= INT32_MAX || !sm_is_hex(id, SM_ID_LEN)) {
		return sm_fail(e, SM_E_ILLEGAL, "the last row of stream %s is none of this journal", h->stream);
	}
	h->run.seq = (int32_t)seq;
	memcpy(h->run.last_id, id.p, SM_ID_LEN);
	h->run.last_id[SM_ID_LEN] = '\0';
	return SM_OK;
}

sm_status sm_audit_append(sm_journal *j, sm_arena *arena, const sm_site_event *what, char id[SM_ID_SIZE], char stream[SM_ID_SIZE], sm_error *e)
{
	sm_history h;
	sm_status st = sm_journal_identify(j, e);
	if (st) {
		return st;
	}
	if (!sm_stream_name_free(what->stream) || !sm_event_name_free(what->name)) {
		return sm_fail(e, SM_E_ARGUMENT, "a name of a stream or of an event is not free");
	}
	if (sm_json_get(what->data, "redacted") != NULL) {
		return sm_fail(e, SM_E_ARGUMENT, "$data must not have the name \"redacted\": that is where the event lists what was taken out of it");
	}
	const char *secret = sm_secret_in(&j->redaction, what->stream);
	if (secret != NULL) {
		return sm_fail(e, SM_E_ARGUMENT, "$stream holds what must never be stored (%s): use a name that does not", secret);
	}
	sm_audit_stream(&j->keys, what->stream, stream);
	sm_history_init(&h, arena, stream);
	st = sm_stream_tip(j, &h, e);
	for (int i = 0; st == SM_OK && i < TRIES_MAX; i++) {
		sm_event ev = sm_event_new(SM_OF_THE_SITE);
		size_t stored = 0;
		ev.name = what->name;
		ev.data = what->data;
		for (size_t k = 0; st == SM_OK && k < what->n_p; k++) {
			st = sm_event_private(&ev, what->p[k].field, what->p[k].value);
		}
		st = st ? st : sm_journal_append(j, &h, &ev, 1, NULL, &stored, e);
		if (st == SM_OK) {
			memcpy(id, ev.id, SM_ID_SIZE);
			return SM_OK;
		}
		st = st == SM_E_LOST ? SM_OK : st;
	}
	return st ? st : sm_fail(e, SM_E_LOST, "stream \"%.*s\": others wrote there %d times meanwhile; this event was not stored", (int)what->stream.n,
		what->stream.p, TRIES_MAX);
}
