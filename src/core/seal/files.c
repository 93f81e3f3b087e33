/* Texts around a checkpoint: the host's head file, and tlog-proof. */
#include "../checkpoint.h"

#include "text.h"

#include <inttypes.h>
#include <string.h>

static const sm_bytes HEAD_FILE = SM_LIT("sophmate-head v1\n"), PROOF = SM_LIT("c2sp.org/tlog-proof@v1\n"), EXTRA = SM_LIT("extra "),
	INDEX = SM_LIT("index ");

/* ---- head file ---- */

void sm_head_file_put(sm_buf *b, const sm_frontier *f, sm_bytes note)
{
	sm_buf_put(b, HEAD_FILE.p, HEAD_FILE.n);
	sm_frontier_put(b, f);
	sm_buf_putc(b, '\n');
	sm_buf_put(b, note.p, note.n);
}

/* Bytes up to and with the newline before the first blank line; text.n when there is none. */
static size_t before_blank(sm_bytes text)
{
	size_t at = 0;

	while (at + 1 < text.n && !(text.p[at] == '\n' && text.p[at + 1] == '\n')) {
		at++;
	}
	return at + 1 < text.n ? at + 1 : text.n;
}

sm_status sm_head_file_read(sm_bytes text, const sm_note_key *log, sm_frontier *f, sm_note *note, sm_checkpoint *out, sm_error *e)
{
	sm_hash root;
	sm_status s;

	sm_frontier_init(f);
	if (text.n > SM_HEAD_FILE_MAX) {
		return sm_fail_limit(e, "bytes of a head file", SM_HEAD_FILE_MAX, (int64_t)text.n);
	}
	if (!sm_text_starts(text, HEAD_FILE)) {
		return sm_fail(e, SM_E_SYNTAX, "A head file begins with the line \"sophmate-head v1\"");
	}
	text = sm_text_skip(text, HEAD_FILE.n);

	size_t n = before_blank(text);

	if (n == text.n) {
		return sm_fail(e, SM_E_SYNTAX, "A head file has a blank line between its frontier and its checkpoint");
	}
	s = sm_frontier_read((sm_bytes){text.p, n}, f, e);
	s = s == SM_OK ? sm_checkpoint_open(sm_text_skip(text, n + 1), log, note, out, e) : s;
	sm_frontier_root(f, &root);
	if (s == SM_OK && (f->size != out->size || !sm_hash_eq(&root, &out->root))) {
		s = sm_fail(e, SM_E_ILLEGAL, "The head file's frontier of %" PRIu64 " leaves is not that of its checkpoint of %" PRIu64 " leaves", f->size,
			out->size);
	}
	if (s != SM_OK) {
		sm_frontier_init(f);
	}
	return s;
}

/* ---- tlog-proof ---- */

void sm_tlog_proof_put(sm_buf *b, sm_bytes extra, uint64_t index, const sm_proof *proof, sm_bytes note)
{
	if (extra.n > SM_TLOG_PROOF_EXTRA_MAX) {
		b->status = SM_E_LIMIT;
	}
	sm_buf_put(b, PROOF.p, PROOF.n);
	if (extra.p != NULL) {
		sm_buf_put(b, EXTRA.p, EXTRA.n);
		sm_base64_put(b, (const uint8_t *)extra.p, extra.n);
		sm_buf_putc(b, '\n');
	}
	sm_buf_put(b, INDEX.p, INDEX.n);
	sm_text_put_decimal(b, index);
	sm_buf_putc(b, '\n');
	for (size_t i = 0; i < proof->n; i++) {
		sm_hash_put(b, &proof->hashes[i]);
		sm_buf_putc(b, '\n');
	}
	sm_buf_putc(b, '\n');
	sm_buf_put(b, note.p, note.n);
}

/* The optional line. @return false when it is there and malformed */
static bool read_extra(sm_bytes *rest, sm_tlog_proof *out)
{
	sm_bytes line = {NULL, 0};
	size_t n = 0;

	out->has_extra = sm_text_starts(*rest, EXTRA);
	out->extra = line;
	if (!out->has_extra) {
		return true;
	}
	if (!sm_text_line(rest, &line)) {
		return false;
	}
	out->extra = sm_text_skip(line, EXTRA.n);
	return out->extra.n == 0 || (sm_text_base64(out->extra, NULL, 0, &n) && n <= SM_TLOG_PROOF_EXTRA_MAX);
}

sm_status sm_tlog_proof_read(sm_bytes text, sm_tlog_proof *out, sm_error *e)
{
	sm_bytes rest = text, line;

	out->proof.n = 0;
	if (text.n > SM_TLOG_PROOF_MAX) {
		return sm_fail_limit(e, "bytes of a proof", SM_TLOG_PROOF_MAX, (int64_t)text.n);
	}
	if (!sm_text_starts(text, PROOF)) {
		return sm_fail(e, SM_E_SYNTAX, "A proof begins with the line \"c2sp.org/tlog-proof@v1\"");
	}
	rest = sm_text_skip(rest, PROOF.n);
	if (!read_extra(&rest, out)) {
		return sm_fail(e, SM_E_SYNTAX, "The proof's line \"extra\" is not base64 of at most %d bytes", SM_TLOG_PROOF_EXTRA_MAX);
	}
	if (!sm_text_line(&rest, &line) || !sm_text_starts(line, INDEX) || !sm_text_decimal(sm_text_skip(line, INDEX.n), &out->index)) {
		return sm_fail(e, SM_E_SYNTAX, "A proof has a line \"index\" with a decimal number below 2^63");
	}
	for (;;) {
		if (!sm_text_line(&rest, &line)) {
			return sm_fail(e, SM_E_SYNTAX, "A proof has a blank line before its checkpoint");
		}
		if (line.n == 0) {
			break;
		}
		if (out->proof.n == SM_PROOF_MAX) {
			return sm_fail_limit(e, "hashes of a proof", SM_PROOF_MAX, SM_PROOF_MAX + 1);
		}
		if (!sm_hash_read(line, &out->proof.hashes[out->proof.n])) {
			return sm_fail(e, SM_E_SYNTAX, "Hash %zu of the proof is not the base64 of 32 bytes", out->proof.n);
		}
		out->proof.n++;
	}
	out->note = rest;
	return SM_OK;
}

sm_status sm_tlog_proof_verify(sm_bytes text, sm_bytes leaf, const sm_note_key *log, sm_tlog_proof *proof, sm_checkpoint *out, sm_error *e)
{
	sm_hash hash;
	sm_note note;
	sm_status s = sm_tlog_proof_read(text, proof, e);

	s = s == SM_OK ? sm_checkpoint_open(proof->note, log, &note, out, e) : s;
	if (s != SM_OK) {
		return s;
	}
	sm_hash_leaf(leaf, &hash);
	return sm_inclusion_verify(proof->index, out->size, &hash, proof->proof.hashes, proof->proof.n, &out->root, e);
}
