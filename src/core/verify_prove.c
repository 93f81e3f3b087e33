/* Proofs that leave: one event, and the signed head that holds it. */
#include "verify_pass.h"

#include <inttypes.h>

static sm_status read_event(sm_journal *j, sm_arena *arena, sm_bytes id, sm_bytes *leaf, int64_t *index, sm_error *e)
{
	static const char *const columns[] = {"leaf_index", "leaf"};
	sm_rows rows;
	sm_sql q;
	if (!sm_is_hex(id, SM_ID_LEN)) {
		return sm_fail(e, SM_E_ARGUMENT, "eventId must be 32 lower-case hex digits");
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT leaf_index, leaf FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id=");
	sm_sql_str(&q, id);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
	if (s != SM_OK) {
		return s;
	}
	if (rows.n_rows == 0) {
		return sm_fail(e, SM_E_STATE, "There is no event %.*s", (int)id.n, id.p);
	}
	*index = sm_rows_int(&rows, 0, 0, -1);
	*leaf = sm_rows_text(&rows, 0, 1, arena);
	return *index >= 0 ? SM_OK : sm_fail(e, SM_E_STATE, "Event %.*s has no place in the log yet", (int)id.n, id.p);
}

sm_status sm_prove(sm_journal *j, sm_arena *arena, sm_bytes id, const sm_note_key *key, sm_bytes *proof, sm_error *e)
{
	sm_hash_source source = {.read = sm_journal_leaf_hashes, .levels = 1, .ctx = j};
	sm_bytes leaf, text;
	sm_checkpoint at;
	sm_hash hash;
	sm_proof path;
	int64_t index = -1;
	sm_buf b;
	sm_status s = sm_journal_identify(j, e);
	sm_note *note = SM_NEW(arena, sm_note, 1);
	if (note == NULL) {
		return SM_E_NOMEM;
	}
	if (s != SM_OK || (s = read_event(j, arena, id, &leaf, &index, e)) != SM_OK
		|| (s = sm_journal_checkpoint_newest(j, arena, key != NULL ? key->name : j->log, &text, e)) != SM_OK) {
		return s;
	}
	if (text.p == NULL) {
		return sm_fail(e, SM_E_STATE, "No checkpoint of this log is stored yet: make one first");
	}
	if (key != NULL) {
		s = sm_checkpoint_open(text, key, note, &at, e);
	} else if ((s = sm_note_read(text, note, e)) == SM_OK) {
		s = sm_checkpoint_read(note->text, &at, e);
	}
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : SM_E_ILLEGAL;
	}
	if (at.size <= (uint64_t)index) {
		return sm_fail(e, SM_E_STATE, "The newest checkpoint has %" PRIu64 " leaves, the event is leaf %" PRId64 ": make a newer one first", at.size, index);
	}
	sm_hash_leaf(leaf, &hash);
	if ((s = sm_inclusion_prove(&source, (uint64_t)index, at.size, &path, e)) != SM_OK
		|| (s = sm_inclusion_verify((uint64_t)index, at.size, &hash, path.hashes, path.n, &at.root, e)) != SM_OK) {
		return s;
	}
	sm_buf_init(&b, arena, SM_TLOG_PROOF_MAX);
	sm_tlog_proof_put(&b, leaf, (uint64_t)index, &path, text);
	*proof = sm_buf_bytes(&b);
	return b.status;
}
