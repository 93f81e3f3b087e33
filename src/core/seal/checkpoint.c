/* Checkpoints, and the one place that signs. */
#include "../checkpoint.h"

#include "text.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

void sm_checkpoint_put(sm_buf *b, const sm_checkpoint *c)
{
	sm_buf_put(b, c->origin.p, c->origin.n);
	sm_buf_putc(b, '\n');
	sm_text_put_decimal(b, c->size);
	sm_buf_putc(b, '\n');
	sm_hash_put(b, &c->root);
	sm_buf_putc(b, '\n');
}

sm_status sm_checkpoint_read(sm_bytes text, sm_checkpoint *out, sm_error *e)
{
	sm_bytes rest = text, line;
	sm_checkpoint c;

	if (!sm_text_line(&rest, &c.origin) || !sm_note_name_valid(c.origin)) {
		return sm_fail(e, SM_E_SYNTAX, "The first line of a checkpoint is its origin: 1 to %d bytes without white space and '+'", SM_NOTE_NAME_MAX);
	}
	if (!sm_text_line(&rest, &line) || !sm_text_decimal(line, &c.size)) {
		return sm_fail(e, SM_E_SYNTAX, "The second line of a checkpoint is its size, in decimal without leading zeroes, below 2^63");
	}
	if (!sm_text_line(&rest, &line) || !sm_hash_read(line, &c.root)) {
		return sm_fail(e, SM_E_SYNTAX, "The third line of a checkpoint is its root, the base64 of 32 bytes");
	}
	if (rest.n != 0) {
		return sm_fail(e, SM_E_SYNTAX, "A checkpoint has three lines; this one has %zu bytes behind them", rest.n);
	}
	*out = c;
	return SM_OK;
}

sm_status sm_checkpoint_open(sm_bytes text, const sm_note_key *log, sm_note *note, sm_checkpoint *out, sm_error *e)
{
	size_t lines;
	sm_status s = sm_note_read(text, note, e);

	s = s == SM_OK ? sm_checkpoint_read(note->text, out, e) : s;
	if (s != SM_OK) {
		return s;
	}
	if (!sm_bytes_eq(out->origin, log->name)) {
		return sm_fail(e, SM_E_ILLEGAL, "The checkpoint is of the log %.*s, not of %.*s", (int)out->origin.n, out->origin.p,
			(int)log->name.n, log->name.p);
	}
	s = sm_note_verify(note, log, &lines, NULL, e);
	if (s == SM_OK && lines != 1) {
		return sm_fail(e, SM_E_ILLEGAL, "A checkpoint has one signature of its log, this one has %zu", lines);
	}
	return s;
}

/* ---- who may sign ---- */

const char *sm_head_name(sm_head_place place)
{
	static const char *const names[SM_HEADS] = {[SM_HEAD_HOST] = "head file", [SM_HEAD_STORED] = "stored checkpoint", [SM_HEAD_ANCHOR] = "anchor"};

	return place < SM_HEADS ? names[place] : "";
}

void sm_heads_watch(sm_head heads[SM_HEADS], const sm_frontier *f)
{
	for (size_t i = 0; i < SM_HEADS; i++) {
		if (heads[i].known && heads[i].at.size == f->size) {
			sm_frontier_root(f, &heads[i].seen_root);
			heads[i].seen = true;
		}
	}
}

static sm_sign_reason judge(const sm_checkpoint *tree, const sm_head *h)
{
	const sm_checkpoint *old = &h->at;
	sm_hash empty;

	if (!sm_bytes_eq(old->origin, tree->origin)) {
		return SM_SIGN_OTHER_LOG;
	}
	if (old->size > tree->size) {
		return SM_SIGN_FORGETS;
	}
	if (old->size == tree->size) {
		return sm_hash_eq(&old->root, &tree->root) ? SM_SIGN_OK : SM_SIGN_FORKS;
	}
	if (old->size == 0) {
		sm_hash_empty(&empty);
		return sm_hash_eq(&old->root, &empty) ? SM_SIGN_OK : SM_SIGN_FORKS;
	}
	if (h->seen && !sm_hash_eq(&h->seen_root, &old->root)) {
		return SM_SIGN_FORKS;
	}
	if (h->seen) {
		return SM_SIGN_OK;
	}
	if (h->proof == NULL) {
		return SM_SIGN_UNPROVED;
	}
	return sm_consistency_verify(old->size, tree->size, &old->root, &tree->root, h->proof, h->n_proof, NULL) == SM_OK ? SM_SIGN_OK
		: SM_SIGN_FORKS;
}

static sm_status refuse(const sm_checkpoint *tree, const sm_head *h, const sm_sign_verdict *v, sm_error *e)
{
	static const char *const reasons[] = {
		[SM_SIGN_OK] = "", [SM_SIGN_OTHER_LOG] = "is of another log", [SM_SIGN_FORGETS] = "knows more leaves",
		[SM_SIGN_FORKS] = "does not lead to this tree", [SM_SIGN_UNPROVED] = "is older, and nothing proves that this tree begins with it"
	};
	char root[2 * SM_TREE_HASH_LEN + 1], old_root[2 * SM_TREE_HASH_LEN + 1];

	sm_hex(root, tree->root.bytes, SM_TREE_HASH_LEN);
	sm_hex(old_root, h->at.root.bytes, SM_TREE_HASH_LEN);
	return sm_fail(e, v->reason == SM_SIGN_UNPROVED ? SM_E_STATE : SM_E_CONFLICT,
		"Not signed: the %s %s (%s of %.*s: size %" PRIu64 ", root %s; tree: size %" PRIu64 ", root %s)", sm_head_name(v->place),
		reasons[v->reason], sm_head_name(v->place), (int)h->at.origin.n, h->at.origin.p, h->at.size, old_root, tree->size, root);
}

sm_status sm_seal_may_sign(sm_bytes origin, const sm_frontier *tree, const sm_head heads[SM_HEADS], sm_sign_verdict *verdict, sm_error *e)
{
	sm_checkpoint now = {.origin = origin, .size = tree->size};

	sm_frontier_root(tree, &now.root);
	*verdict = (sm_sign_verdict){SM_SIGN_OK, SM_HEADS};
	for (size_t i = 0; i < SM_HEADS; i++) {
		sm_sign_reason reason = heads[i].known ? judge(&now, &heads[i]) : SM_SIGN_OK;
		bool worse = verdict->reason == SM_SIGN_OK || verdict->reason == SM_SIGN_UNPROVED;

		/* That a proof is missing must not hide that another head contradicts. */
		if (reason != SM_SIGN_OK && worse && !(reason == SM_SIGN_UNPROVED && verdict->reason == SM_SIGN_UNPROVED)) {
			*verdict = (sm_sign_verdict){reason, (sm_head_place)i};
		}
	}
	return verdict->reason == SM_SIGN_OK ? SM_OK : refuse(&now, &heads[verdict->place], verdict, e);
}

/* ---- signing ---- */

void sm_log_public_key(const uint8_t seed[SM_LOG_SEED_LEN], uint8_t public_key[SM_ED25519_KEY_LEN])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(public_key, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

/* The signature line over b's last `text.n` bytes. */
static void put_signature(sm_buf *b, const sm_note_key *log, const uint8_t signature[SM_ED25519_SIGNATURE_LEN])
{
	uint8_t raw[SM_NOTE_KEY_ID_LEN + SM_ED25519_SIGNATURE_LEN];

	memcpy(raw, log->id, SM_NOTE_KEY_ID_LEN);
	memcpy(raw + SM_NOTE_KEY_ID_LEN, signature, SM_ED25519_SIGNATURE_LEN);
	sm_buf_puts(b, "\n\xE2\x80\x94 ");
	sm_buf_put(b, log->name.p, log->name.n);
	sm_buf_putc(b, ' ');
	sm_base64_put(b, raw, sizeof(raw));
	sm_buf_putc(b, '\n');
}

sm_status sm_checkpoint_sign(sm_buf *b, const sm_note_key *log, const uint8_t seed[SM_LOG_SEED_LEN], const sm_frontier *tree,
	const sm_head heads[SM_HEADS], sm_sign_verdict *verdict, sm_error *e)
{
	sm_checkpoint c = {.origin = log->name, .size = tree->size};
	uint8_t public_key[SM_ED25519_KEY_LEN], secret[crypto_sign_SECRETKEYBYTES], signature[SM_ED25519_SIGNATURE_LEN];
	sm_status s = sm_seal_may_sign(log->name, tree, heads, verdict, e);

	if (s != SM_OK) {
		return s;
	}
	sm_frontier_root(tree, &c.root);
	crypto_sign_seed_keypair(public_key, secret, seed);
	if (log->type != SM_NOTE_ED25519 || memcmp(public_key, log->public_key, sizeof(public_key)) != 0) {
		sodium_memzero(secret, sizeof(secret));
		return sm_fail(e, SM_E_IDENTITY, "The seed is not that of the log %.*s", (int)log->name.n, log->name.p);
	}

	/* All or nothing: the room is taken before the first byte is put. */
	size_t begin = b->n, room = SM_CHECKPOINT_TEXT_MAX + SM_NOTE_NAME_MAX + 128;

	if (sm_buf_reserve(b, room) == NULL) {
		sodium_memzero(secret, sizeof(secret));
		return b->status;
	}
	sm_checkpoint_put(b, &c);
	crypto_sign_detached(signature, NULL, (const uint8_t *)b->p + begin, b->n - begin, secret);
	sodium_memzero(secret, sizeof(secret));
	put_signature(b, log, signature);
	return SM_OK;
}
