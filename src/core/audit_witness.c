/* Witnesses (C2SP tlog-witness): what they are asked, and what they answer. */
#include "audit.h"

#include "sql.h"

#include <inttypes.h>
#include <string.h>

static sm_status newest(sm_journal *j, sm_arena *arena, const sm_log *log, sm_note_key *key, sm_bytes *text, sm_note **note, sm_checkpoint *c, sm_error *e)
{
	if (log->vkey.p == NULL) {
		return sm_fail(e, SM_E_STATE, "The log %.*s has no key: no head of it is signed", (int)log->origin.n, log->origin.p);
	}
	*note = SM_NEW(arena, sm_note, 1);
	if (*note == NULL) {
		return SM_E_NOMEM;
	}
	sm_status s = sm_note_key_read(log->vkey, key, e);
	if (s != SM_OK) {
		return s == SM_E_SYNTAX ? SM_E_ILLEGAL : s;
	}
	s = sm_journal_checkpoint_newest(j, arena, log->origin, text, e);
	if (s == SM_OK && text->p == NULL) {
		return sm_fail(e, SM_E_STATE, "No checkpoint of the log %.*s is stored", (int)log->origin.n, log->origin.p);
	}
	s = s == SM_OK ? sm_checkpoint_open(*text, key, *note, c, e) : s;
	return s == SM_E_SYNTAX || s == SM_E_STATE || s == SM_E_LIMIT ? SM_E_ILLEGAL : s;
}

/* The checkpoint with the log's own line alone: witnesses need not see each other. */
static void put_own(sm_buf *b, const sm_note *note, sm_bytes own)
{
	sm_buf_put(b, note->text.p, note->text.n);
	sm_buf_putc(b, '\n');
	for (size_t i = 0; i < note->n; i++) {
		if (sm_bytes_eq(note->lines[i].name, own)) {
			sm_buf_put(b, note->lines[i].line.p, note->lines[i].line.n);
		}
	}
}

static sm_status prove(sm_journal *j, uint64_t old, const sm_checkpoint *c, sm_proof *proof, sm_error *e)
{
	sm_hash_source leaves = {.read = sm_journal_leaf_hashes, .levels = 1, .ctx = j};
	sm_hash root, old_root;
	proof->n = 0;
	if (old == 0 || old == c->size) {
		return SM_OK;
	}
	sm_status s = sm_consistency_prove(&leaves, NULL, old, c->size, proof, e);
	s = s == SM_OK ? sm_tree_root(&leaves, old, &old_root, e) : s;
	s = s == SM_OK ? sm_tree_root(&leaves, c->size, &root, e) : s;
	if (s == SM_OK && (!sm_hash_eq(&root, &c->root)
		|| sm_consistency_verify(old, c->size, &old_root, &c->root, proof->hashes, proof->n, NULL) != SM_OK)) {
		return sm_fail(e, SM_E_ILLEGAL, "The stored hashes do not lead to the signed root of %" PRIu64 " leaves", c->size);
	}
	return s;
}

sm_status sm_witness_request(sm_journal *j, sm_arena *arena, const sm_log *log, uint64_t old, sm_bytes *body, uint64_t *size, sm_error *e)
{
	sm_checkpoint c;
	sm_note_key key;
	sm_note *note = NULL;
	sm_bytes text;
	sm_proof proof;
	sm_buf b;
	sm_status s = newest(j, arena, log, &key, &text, &note, &c, e);
	if (s != SM_OK) {
		return s;
	}
	*size = c.size;
	if (old > c.size) {
		return sm_fail(e, SM_E_ARGUMENT, "old must be at most the %" PRIu64 " leaves of the newest checkpoint, got %" PRIu64, c.size, old);
	}
	if ((s = prove(j, old, &c, &proof, e)) != SM_OK) {
		return s;
	}
	sm_buf_init(&b, arena, SM_NOTE_MAX);
	sm_buf_puts(&b, "old ");
	sm_buf_int(&b, (int64_t)old);
	sm_buf_putc(&b, '\n');
	for (size_t i = 0; i < proof.n; i++) {
		sm_hash_put(&b, &proof.hashes[i]);
		sm_buf_putc(&b, '\n');
	}
	sm_buf_putc(&b, '\n');
	put_own(&b, note, key.name);
	*body = sm_buf_bytes(&b);
	return b.status;
}

/* The text of the checkpoint with the lines of the answer behind it, as a note of its own. */
static sm_status read_answer(sm_arena *arena, sm_bytes text, sm_bytes lines, sm_note **out, sm_error *e)
{
	sm_buf b;
	sm_buf_init(&b, arena, SM_NOTE_MAX);
	sm_buf_put(&b, text.p, text.n);
	sm_buf_putc(&b, '\n');
	sm_buf_put(&b, lines.p, lines.n);
	*out = SM_NEW(arena, sm_note, 1);
	if (*out == NULL) {
		return SM_E_NOMEM;
	}
	return b.status == SM_OK ? sm_note_read(sm_buf_bytes(&b), *out, e) : b.status;
}

sm_status sm_witness_add(sm_journal *j, sm_arena *arena, const sm_log *log, uint64_t size, sm_bytes lines, const sm_note_key *witness, int64_t *time,
	sm_error *e)
{
	sm_checkpoint c;
	sm_note_key key;
	sm_note *note, *answer;
	sm_bytes *notes, stored;
	size_t n;
	sm_buf good;

	if (witness->type != SM_NOTE_COSIGNATURE || sm_bytes_eq(witness->name, log->origin)) {
		return sm_fail(e, SM_E_ARGUMENT, "witness must be the key of a witness's cosignatures (type 4)");
	}
	if (log->vkey.p == NULL) {
		return sm_fail(e, SM_E_STATE, "The log %.*s has no key: no head of it is signed", (int)log->origin.n, log->origin.p);
	}
	note = SM_NEW(arena, sm_note, 1);
	sm_status s = note == NULL ? SM_E_NOMEM : sm_note_key_read(log->vkey, &key, e);
	s = s == SM_OK ? sm_journal_checkpoints(j, arena, log->origin, size, 1, &notes, &n, e) : s;
	s = s == SM_OK && n == 1 ? sm_checkpoint_open(notes[0], &key, note, &c, e) : s;
	if (s == SM_OK && (n == 0 || c.size != size)) {
		return sm_fail(e, SM_E_STATE, "No checkpoint of %" PRIu64 " leaves is stored", size);
	}
	s = s == SM_OK ? read_answer(arena, note->text, lines, &answer, e) : s;
	s = s == SM_OK ? sm_note_verify(answer, witness, NULL, time, e) : s;
	if (s != SM_OK) {
		return s;
	}
	sm_buf_init(&good, arena, SM_NOTE_MAX);
	sm_buf_put(&good, note->text.p, note->text.n);
	sm_buf_putc(&good, '\n');
	for (size_t i = 0; i < answer->n; i++) {
		const sm_note_line *l = &answer->lines[i];
		if (sm_bytes_eq(l->name, witness->name) && memcmp(l->id, witness->id, sizeof l->id) == 0) {
			sm_buf_put(&good, l->line.p, l->line.n);
		}
	}
	return good.status == SM_OK ? sm_journal_checkpoint_store(j, arena, sm_buf_bytes(&good), &stored, e) : good.status;
}
