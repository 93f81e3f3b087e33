/* Heads as an auditor meets them: proofs of single events, anchors and witnesses by their age, logs that follow one another, keys that only the
 * journal names. */
#include "support.h"

#include "audit_fixture.h"
#include "verify_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- helpers ---- */

static sm_bytes event_at(fixture *f, int64_t index)
{
	static const char *const columns[] = {"id", NULL};
	char sql[120];
	snprintf(sql, sizeof sql, "SELECT id FROM {p}journal WHERE leaf_index=%lld", (long long)index);
	const char *id = fixture_dump(f, sql, columns);
	assert_int_equal(strlen(id), SM_ID_LEN + 1);
	return (sm_bytes){id, SM_ID_LEN};
}

static sm_bytes leaf_at(fixture *f, int64_t index)
{
	static const char *const columns[] = {"leaf", NULL};
	char sql[120];
	snprintf(sql, sizeof sql, "SELECT leaf FROM {p}journal WHERE leaf_index=%lld", (long long)index);
	const char *leaf = fixture_dump(f, sql, columns);
	return (sm_bytes){leaf, strlen(leaf) - 1};
}

static bool said(const verify_case *c, const char *what, const char *words)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->found[i].what, what) == 0 && strstr(c->found[i].message, words) != NULL) {
			return true;
		}
	}
	return false;
}

static sm_status stop(void *ctx, const sm_finding *f, sm_error *e)
{
	return sm_fail(e, SM_E_ABORTED, "stopped");
}

/* ---- proofs ---- */

static void each_event_of_a_signed_log_is_proved(fixture *f)
{
	fixture_start_all(f, "order:%d", 3);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	sm_note_key key = verify_key(f);
	sm_note *note = SM_NEW(&f->arena, sm_note, 1);
	int64_t size = verify_size(f);
	for (int64_t i = 0; i < size; i++) {
		sm_bytes proof, without, leaf = leaf_at(f, i);
		sm_tlog_proof read;
		sm_checkpoint at;
		sm_hash hash;
		assert_ok(f, sm_prove(&f->j, &f->arena, event_at(f, i), &key, &proof, &f->e));
		assert_ok(f, sm_prove(&f->j, &f->arena, event_at(f, i), NULL, &without, &f->e));
		assert_true(sm_bytes_eq(proof, without));
		/* as somebody reads it who has the key and nothing else */
		assert_ok(f, sm_tlog_proof_read(proof, &read, &f->e));
		assert_int_equal(read.index, i);
		assert_ok(f, sm_checkpoint_open(read.note, &key, note, &at, &f->e));
		assert_int_equal(at.size, size);
		sm_hash_leaf(leaf, &hash);
		assert_ok(f, sm_inclusion_verify(read.index, at.size, &hash, read.proof.hashes, read.proof.n, &at.root, &f->e));
		assert_true(read.has_extra);
	}
}
ON_BOTH(each_event_of_a_signed_log_is_proved)

static void what_cannot_be_proved_is_refused_with_its_reason(fixture *f)
{
	sm_bytes proof;
	sm_note_key key = verify_key(f), other = key;
	fixture_start_all(f, "order:%d", 2);
	fixture_catch_up(f);
	sm_bytes last = event_at(f, verify_size(f) - 1);
	const sm_bytes bad[] = {SM_LIT(""), SM_LIT("nothing"), SM_LIT("0123456789ABCDEF0123456789abcdef")};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sm_prove(&f->j, &f->arena, bad[i], NULL, &proof, &f->e), SM_E_ARGUMENT);
		assert_non_null(strstr(f->e.message, "eventId"));
	}
	assert_int_equal(sm_prove(&f->j, &f->arena, SM_STR("01234567890123456789012345678901"), NULL, &proof, &f->e), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "There is no event 01234567890123456789012345678901"));
	assert_int_equal(sm_prove(&f->j, &f->arena, last, NULL, &proof, &f->e), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "No checkpoint"));
	verify_store(f, verify_sign(f, 0));
	int64_t size = verify_size(f);
	fixture_start_later(f, "later", 0);
	static const char *const columns[] = {"id", NULL};
	sm_bytes waits = {fixture_dump(f, "SELECT id FROM {p}journal WHERE leaf_index IS NULL", columns), SM_ID_LEN};
	assert_int_equal(sm_prove(&f->j, &f->arena, waits, NULL, &proof, &f->e), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "no place in the log yet"));
	fixture_catch_up(f);
	assert_int_equal(sm_prove(&f->j, &f->arena, waits, NULL, &proof, &f->e), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "make a newer one first"));
	/* a key that did not sign it */
	other.public_key[0] ^= 1;
	assert_int_equal(sm_prove(&f->j, &f->arena, last, &other, &proof, &f->e), SM_E_ILLEGAL);
	/* the tree is not the signed one: by the hash of another leaf, and by the leaf */
	char sql[160];
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_hash=(SELECT * FROM (SELECT leaf_hash FROM {p}journal WHERE leaf_index=0) x) WHERE leaf_index=%lld", (long long)size - 2);
	fixture_exec(f, sql);
	assert_int_equal(sm_prove(&f->j, &f->arena, last, &key, &proof, &f->e), SM_E_ILLEGAL);
	fixture_exec(f, "UPDATE {p}checkpoint SET note='nothing signed'");
	assert_int_equal(sm_prove(&f->j, &f->arena, last, NULL, &proof, &f->e), SM_E_ILLEGAL);
	assert_int_equal(sm_prove(&f->j, &f->arena, last, &key, &proof, &f->e), SM_E_ILLEGAL);
}
ON_BOTH(what_cannot_be_proved_is_refused_with_its_reason)

static struct { int at, seen; } failing;

static void fail_from(fixture *f, const sm_statement *st)
{
	if (++failing.seen >= failing.at) {
		f->fault = FAULT_REFUSED;
		f->fault_kind = st->kind;
		f->fault_times = 1;
	}
}

static void a_proof_needs_every_read(fixture *f)
{
	sm_bytes proof;
	fixture_start_all(f, "order:%d", 2);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	sm_bytes id = event_at(f, 3);
	f->before = fail_from;
	for (failing.at = 1;; failing.at++) {
		failing.seen = 0;
		f->fault = FAULT_NONE;
		f->j.identified = false;
		sm_status s = sm_prove(&f->j, &f->arena, id, NULL, &proof, &f->e);
		if (failing.seen < failing.at) {
			assert_ok(f, s);
			break;
		}
		assert_int_equal(s, SM_E_STORE);
	}
	assert_true(failing.at > 3);
}
ON_BOTH(a_proof_needs_every_read)

/* ---- how old the newest anchor is ---- */

static void leaves_that_no_anchor_covers_for_too_long_are_found(fixture *f)
{
	verify_case c;
	fixture_start_all(f, "order:%d", 2);
	fixture_catch_up(f);
	int64_t half = verify_size(f);
	verify_store(f, verify_sign(f, 0));
	sm_bytes anchor = verify_sign(f, 0);
	fixture_start_all(f, "more:%d", 1);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	int64_t size = verify_size(f);
	verify_init(&c, f);
	c.o.tree_only = true; /* the times of the runs' rows stay */
	c.o.anchor_us = 60000000;
	assert_sound(&c); /* they are young */
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-3600000000");
	assert_found(&c, SM_VERDICT_NO_ANCHOR, "anchor", 0, size - 1);
	c.outer[SM_HEAD_ANCHOR][0] = anchor;
	c.n_outer[SM_HEAD_ANCHOR] = 1;
	assert_found(&c, SM_VERDICT_NO_ANCHOR, "anchor", half, size - 1);
	assert_int_equal(c.r.anchored_size, half);
	c.o.anchor_us = INT64_C(7200000000);
	assert_sound(&c);
	c.outer[SM_HEAD_ANCHOR][1] = verify_sign(f, 0);
	c.n_outer[SM_HEAD_ANCHOR] = 2;
	c.o.anchor_us = 0;
	assert_sound(&c);
	assert_int_equal(c.r.anchors, 2);
	assert_int_equal(c.r.anchored_size, size);
	/* an older one behind a newer one; what is no head, and what is another site's, count for nothing */
	c.outer[SM_HEAD_ANCHOR][2] = anchor;
	c.outer[SM_HEAD_ANCHOR][3] = SM_STR("half a line");
	host *elsewhere = new_host(f, SM_STR("other.example/log"), 7);
	sm_signed theirs;
	assert_ok(f, sm_log_first_head(&f->j, &f->arena, &elsewhere->signer, &elsewhere->files, &theirs, &f->e));
	c.outer[SM_HEAD_ANCHOR][4] = theirs.note;
	c.n_outer[SM_HEAD_ANCHOR] = 5;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_int_equal(c.r.found, 1);
	assert_true(said(&c, "anchor", "one before it has"));
	c.o.found = stop;
	memset(c.next_outer, 0, sizeof c.next_outer);
	assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_ABORTED);
}
ON_BOTH(leaves_that_no_anchor_covers_for_too_long_are_found)

/* ---- witnesses ---- */

typedef struct witness {
	sm_note_key key;
	uint8_t public[32], secret[64];
} witness;

static void new_witness(fixture *f, witness *w)
{
	assert_int_equal(crypto_sign_keypair(w->public, w->secret), 0);
	assert_ok(f, sm_note_key_init(&w->key, SM_STR("witness.example/w"), SM_NOTE_COSIGNATURE, w->public, &f->e));
}

/* Its line under the text of a note. */
static sm_bytes line_of(fixture *f, const witness *w, sm_bytes head, bool right)
{
	static const char dash[] = "\xE2\x80\x94 ";
	uint8_t sig[4 + 8 + 64] = {0};
	sm_note *note = SM_NEW(&f->arena, sm_note, 1);
	sm_buf message, line;
	assert_ok(f, sm_note_read(head, note, &f->e));
	sm_buf_init(&message, &f->arena, 4096);
	sm_buf_puts(&message, "cosignature/v1\ntime 1700000000\n");
	sm_buf_put(&message, note->text.p, note->text.n);
	memcpy(sig, w->key.id, 4);
	for (int i = 0; i < 8; i++) {
		sig[4 + i] = (uint8_t)(UINT64_C(1700000000) >> (8 * (7 - i)));
	}
	crypto_sign_detached(sig + 12, NULL, (const uint8_t *)message.p, message.n, w->secret);
	sig[20] ^= right ? 0 : 1;
	sm_buf_init(&line, &f->arena, 4096);
	sm_buf_puts(&line, dash);
	sm_buf_puts(&line, "witness.example/w ");
	sm_base64_put(&line, sig, sizeof sig);
	sm_buf_puts(&line, "\n");
	return sm_buf_bytes(&line);
}

static void a_witness_is_an_anchor_and_a_wrong_line_of_it_is_found(fixture *f)
{
	static const bool right[] = {true, false};
	sm_dialect dialect = f->j.store.dialect;
	for (size_t i = 0; i < 2; i++) {
		verify_case c;
		witness w;
		sm_buf both;
		fixture_close(f);
		fixture_open(f, dialect);
		fixture_start_all(f, "order:%d", 2);
		fixture_catch_up(f);
		sm_bytes head = verify_sign(f, 0);
		new_witness(f, &w);
		sm_bytes line = line_of(f, &w, head, right[i]);
		sm_buf_init(&both, &f->arena, 4096);
		sm_buf_put(&both, head.p, head.n);
		sm_buf_put(&both, line.p, line.n);
		verify_store(f, sm_buf_bytes(&both));
		verify_init(&c, f);
		assert_sound(&c); /* nobody asked for this witness */
		assert_int_equal(c.r.anchored_size, 0);
		c.keys[1] = w.key;
		c.o.n_keys = 2;
		if (right[i]) {
			assert_sound(&c);
			assert_int_equal(c.r.anchors, 1);
			assert_int_equal(c.r.anchored_size, verify_size(f));
		} else {
			assert_found(&c, SM_VERDICT_INVALID, "anchor", -1, -1);
			assert_int_equal(c.r.anchors, 0);
			sm_status (*keep)(void *, const sm_finding *, sm_error *) = c.o.found;
			c.o.found = stop;
			assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_ABORTED);
			c.o.found = keep;
		}
		/* one that never saw it */
		new_witness(f, &w);
		c.keys[1] = w.key;
		if (right[i]) {
			assert_sound(&c);
			assert_int_equal(c.r.anchored_size, 0);
		}
	}
}
ON_BOTH(a_witness_is_an_anchor_and_a_wrong_line_of_it_is_found)

/* ---- logs ---- */

static void logs_that_follow_one_another_are_one_tree(fixture *f)
{
	verify_case c;
	sm_log log;
	sm_signed first, out;
	sm_bytes fresh;
	fixture_start_all(f, "order:%d", 2);
	host *old = open_log(f, &log, 1);
	assert_ok(f, checkpoint(f, &log, old, &first));
	assert_ok(f, sm_log_next_origin(&f->j, &log, &f->arena, &fresh, &f->e));
	host *now = new_host(f, fresh, 2);
	sm_log_change change = {.why = SM_STR("rotated"), .origin = fresh, .vkey = vkey(f, now), .by = SM_STR("ann"), .reason = SM_STR("yearly"), .last = &first.at};
	assert_ok(f, sm_log_first_head(&f->j, &f->arena, &now->signer, &now->files, &out, &f->e));
	assert_ok(f, sm_log_replace(&f->j, &f->arena, &log, &change, &f->e));
	fixture_start_all(f, "more:%d", 2);
	assert_ok(f, checkpoint(f, &log, now, &out));
	fixture_catch_up(f);
	/* with both keys; with the newest; with those that the journal names */
	verify_init(&c, f);
	c.keys[0] = old->signer.key;
	c.keys[1] = now->signer.key;
	c.o.n_keys = 2;
	assert_sound(&c);
	uint64_t heads = c.r.checkpoints;
	assert_true(heads >= 2);
	assert_int_equal(c.r.signed_size, out.at.size);
	c.keys[0] = now->signer.key;
	c.o.n_keys = 1;
	assert_sound(&c);
	assert_int_equal(c.r.checkpoints, heads);
	c.o.n_keys = 0;
	assert_sound(&c);
	assert_int_equal(c.r.checkpoints, heads);
	c.o.page = 1;
	assert_sound(&c);
	/* head files and anchors of both */
	c.outer[SM_HEAD_HOST][0] = out.note;
	c.outer[SM_HEAD_ANCHOR][0] = first.note;
	c.outer[SM_HEAD_ANCHOR][1] = out.note;
	c.n_outer[SM_HEAD_HOST] = 1;
	c.n_outer[SM_HEAD_ANCHOR] = 2;
	assert_sound(&c);
	assert_int_equal(c.r.heads, 1);
	assert_int_equal(c.r.anchors, 2);
	/* a key that the caller brought goes before the one that the journal names */
	c.keys[0] = old->signer.key;
	c.keys[0].public_key[3] ^= 1;
	c.o.n_keys = 1;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_true(said(&c, "head", "is stored for"));
	/* another journal's key */
	assert_ok(f, sm_note_key_init(&c.keys[0], SM_STR("shop.example/elsewhere"), SM_NOTE_ED25519, now->public_key, &f->e));
	assert_int_equal(verify_now(&c), SM_VERDICT_CONTRADICTS);
	assert_true(said(&c, "log", "shop.example/elsewhere"));
}
ON_BOTH(logs_that_follow_one_another_are_one_tree)

static void forget_it(fixture *f, const sm_statement *st)
{
	if (memmem(st->sql.p, st->sql.n, "SELECT note FROM", 16) != NULL) {
		f->before = NULL;
		fixture_exec(f, "DELETE FROM {p}checkpoint");
	}
}

/* What a log's own stream says badly is found where it stands, and opens nothing. */
static void a_log_stream_that_cannot_be_read_is_found(fixture *f)
{
	static const char *const spoilt[] = {
		"UPDATE {p}journal SET leaf='{' WHERE leaf LIKE '%\"type\":\"log.opened\"%'",
		"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"origin\":\"', '\"origin\":\"a b ') WHERE leaf LIKE '%\"type\":\"log.opened\"%'"
	};
	sm_dialect dialect = f->j.store.dialect;
	for (size_t i = 0; i < 2; i++) {
		verify_case c;
		sm_log log;
		sm_signed out;
		fixture_close(f);
		fixture_open(f, dialect);
		host *h = open_log(f, &log, 1);
		assert_ok(f, checkpoint(f, &log, h, &out));
		fixture_catch_up(f);
		verify_init(&c, f);
		c.keys[0] = h->signer.key;
		assert_sound(&c);
		fixture_exec(f, spoilt[i]);
		assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
		assert_true(said(&c, "hash", "stored hash"));
		assert_int_equal(c.r.checkpoints, 1);
	}
}
ON_BOTH(a_log_stream_that_cannot_be_read_is_found)

static void heads_whose_key_nobody_knows_are_said_once(fixture *f)
{
	verify_case c;
	fixture_start_all(f, "order:%d", 2);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 3));
	verify_store(f, verify_sign(f, 0));
	verify_init(&c, f);
	sm_bytes head = verify_sign(f, 0);
	c.o.n_keys = 0;
	c.outer[SM_HEAD_HOST][0] = head;
	c.outer[SM_HEAD_ANCHOR][0] = head;
	c.n_outer[SM_HEAD_HOST] = c.n_outer[SM_HEAD_ANCHOR] = 1;
	assert_found(&c, SM_VERDICT_INVALID, "head", -1, -1);
	assert_true(said(&c, "head", "give its verifier key"));
	assert_int_equal(c.r.found, 1);
	/* the only one lies behind the end */
	fixture_exec(f, "DELETE FROM {p}checkpoint WHERE size=3");
	fixture_exec(f, "UPDATE {p}checkpoint SET size=500");
	c.n_outer[SM_HEAD_HOST] = c.n_outer[SM_HEAD_ANCHOR] = 0;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_true(said(&c, "head", "give its verifier key"));
	/* and with the key it is none: its size is another */
	c.o.n_keys = 1;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_true(said(&c, "head", "another size"));
	/* it is gone when it is looked at: somebody else's, for leaves that came meanwhile */
	f->before = forget_it;
	assert_int_equal(verify_now(&c), SM_VERDICT_SOUND);
	assert_null(f->before);
	/* no head file: one that cannot be read as a head is said */
	c.outer[SM_HEAD_HOST][0] = SM_STR("nothing");
	c.n_outer[SM_HEAD_HOST] = 1;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_true(said(&c, "head", "The head file, of the test: "));
}
ON_BOTH(heads_whose_key_nobody_knows_are_said_once)

static void a_journal_has_a_limit_of_logs(fixture *f)
{
	enum { MANY = 257 };
	verify_case c;
	sm_note_key *keys = SM_NEW(&f->arena, sm_note_key, MANY), own = verify_key(f);
	for (int i = 0; i < MANY; i++) {
		char *name = sm_arena_alloc(&f->arena, 1, 32);
		snprintf(name, 32, "shop.example/%d", i);
		assert_ok(f, sm_note_key_init(&keys[i], sm_cstr(name), SM_NOTE_ED25519, own.public_key, &f->e));
	}
	verify_init(&c, f);
	c.o.keys = keys;
	for (size_t n = MANY - 2; n <= MANY; n++) {
		c.o.n_keys = n;
		sm_status s = sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e);
		assert_int_equal(s, n < 256 ? SM_OK : SM_E_LIMIT);
		assert_int_equal(c.heap.live, 0);
		if (s == SM_OK) {
			assert_int_equal(c.r.verdict, SM_VERDICT_CONTRADICTS);
			assert_int_equal(c.r.found, n);
		} else {
			assert_non_null(strstr(f->e.message, "logs of a journal"));
		}
	}
}
ON_BOTH(a_journal_has_a_limit_of_logs)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(each_event_of_a_signed_log_is_proved),
		BOTH(what_cannot_be_proved_is_refused_with_its_reason),
		BOTH(a_proof_needs_every_read),
		BOTH(leaves_that_no_anchor_covers_for_too_long_are_found),
		BOTH(a_witness_is_an_anchor_and_a_wrong_line_of_it_is_found),
		BOTH(logs_that_follow_one_another_are_one_tree),
		BOTH(a_log_stream_that_cannot_be_read_is_found),
		BOTH(heads_whose_key_nobody_knows_are_said_once),
		BOTH(a_journal_has_a_limit_of_logs),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
