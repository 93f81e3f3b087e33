/* Who signs the journal's tree, and when nobody may: on real databases, with the host's files in memory. */
#include "support.h"

#include "audit_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int64_t stored(fixture *f)
{
	return fixture_int(f, "SELECT COUNT(*) AS n FROM {p}checkpoint");
}

/* Root of the tree over all leaves as they are stored, by the proofs' own code. */
static void real_root(fixture *f, uint64_t size, sm_hash *root)
{
	sm_hash_source leaves = {.read = sm_journal_leaf_hashes, .levels = 1, .ctx = &f->j};
	assert_ok(f, sm_tree_root(&leaves, size, root, &f->e));
}

/* ---- tests ---- */

static void a_log_without_a_key_says_its_root_and_signs_nothing(fixture *f)
{
	sm_log log;
	sm_signed out;
	sm_hash root;
	fixture_start_all(f, "order:%d", 3);
	read_log(f, &log);
	assert_null(log.vkey.p);
	assert_int_equal(log.n_linked, 1);
	host *h = new_host(f, log.origin, 1);
	assert_ok(f, sm_log_checkpoint(&f->j, &f->arena, &log, NULL, &h->files, &out, &f->e));
	assert_null(out.note.p);
	assert_int_equal(out.at.size, fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"));
	real_root(f, out.at.size, &root);
	assert_true(sm_hash_eq(&root, &out.at.root));
	assert_int_equal(stored(f), 0);
	assert_int_equal(h->calls, 0);
}
ON_BOTH(a_log_without_a_key_says_its_root_and_signs_nothing)

static void a_key_that_is_there_signs_nothing_where_no_head_is_known(fixture *f)
{
	sm_log log;
	sm_signed out;
	read_log(f, &log);
	host *h = new_host(f, log.origin, 1);
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "no head of the log"));
	assert_int_equal(h->opened, 0);
}
ON_BOTH(a_key_that_is_there_signs_nothing_where_no_head_is_known)

static void heads_grow_with_the_log_and_lie_in_all_places(fixture *f)
{
	sm_log log;
	sm_signed out;
	sm_checkpoint c;
	sm_note note;
	sm_hash root;
	sm_frontier tree;
	host *h = open_log(f, &log, 1);
	assert_bytes(log.vkey, vkey(f, h).p);
	for (int i = 1; i <= 12; i++) {
		char format[16];
		snprintf(format, sizeof format, "%d:%%d", i);
		fixture_start_all(f, format, i % 3);
		assert_ok(f, checkpoint(f, &log, h, &out));
		assert_int_equal(out.at.size, fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"));
		real_root(f, out.at.size, &root);
		assert_true(sm_hash_eq(&root, &out.at.root));
		assert_int_equal(out.grown, i == 1 || i % 3 != 0);
		assert_ok(f, sm_checkpoint_open(out.note, &h->signer.key, &note, &c, &f->e));
		assert_ok(f, sm_head_file_read((sm_bytes){h->head, h->head_n}, &h->signer.key, &tree, &note, &c, &f->e));
		assert_int_equal(c.size, out.at.size);
		assert_true(h->anchor_n == out.note.n && memcmp(h->anchor, out.note.p, out.note.n) == 0);
	}
	assert_int_equal(stored(f), 8);
	/* a second host with the same key begins with what is stored */
	host *other = new_host(f, log.origin, 1);
	fixture_start_all(f, "more:%d", 2);
	assert_ok(f, checkpoint(f, &log, other, &out));
	assert_ok(f, checkpoint(f, &log, h, &out));
	assert_int_equal(stored(f), 9);
	/* another seed is not the log's */
	host *stranger = new_host(f, log.origin, 2);
	assert_int_equal(checkpoint(f, &log, stranger, &out), SM_E_IDENTITY);
	assert_int_equal(stranger->opened, 0);
}
ON_BOTH(heads_grow_with_the_log_and_lie_in_all_places)

/* Each place by itself stands against a log that forgot: `leave` keeps that one. */
static void cut_is_seen_by(fixture *f, sm_head_place leave, bool grows_again)
{
	sm_log log;
	sm_signed out;
	host *h = open_log(f, &log, 1);
	fixture_start_all(f, "order:%d", 3);
	assert_ok(f, checkpoint(f, &log, h, &out));
	fixture_exec(f, "DELETE FROM {p}journal WHERE leaf_index >= (SELECT m FROM (SELECT MAX(leaf_index) - 1 AS m FROM {p}journal) AS x)");
	if (leave != SM_HEAD_STORED) {
		fixture_exec(f, "DELETE FROM {p}checkpoint");
	}
	h->head_n = leave == SM_HEAD_HOST ? h->head_n : 0;
	h->anchor_n = leave == SM_HEAD_ANCHOR ? h->anchor_n : 0;
	if (grows_again) {
		fixture_start_all(f, "again:%d", 2);
	}
	int opened = h->opened;
	int64_t rows = stored(f);
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_CONFLICT);
	assert_non_null(strstr(f->e.message, sm_head_name(leave)));
	assert_non_null(strstr(f->e.message, grows_again ? "does not lead to this tree" : "knows more leaves"));
	assert_null(out.note.p);
	assert_int_equal(h->opened, opened);
	assert_int_equal(stored(f), rows);
}

static void a_cut_tail_is_refused_by_each_kind_of_head(fixture *f)
{
	for (int place = 0; place < SM_HEADS; place++) {
		for (int again = 0; again < 2; again++) {
			sm_dialect dialect = f->j.store.dialect;
			fixture_close(f);
			fixture_open(f, dialect);
			cut_is_seen_by(f, (sm_head_place)place, again);
		}
	}
}
ON_BOTH(a_cut_tail_is_refused_by_each_kind_of_head)

static void a_changed_leaf_or_a_hole_is_never_signed(fixture *f)
{
	sm_log log;
	sm_signed out;
	host *h = open_log(f, &log, 1);
	fixture_start_all(f, "order:%d", 1);
	assert_ok(f, checkpoint(f, &log, h, &out));
	fixture_start_all(f, "next:%d", 2);
	fixture_catch_up(f);
	fixture_exec(f, "UPDATE {p}journal SET leaf_hash='0000000000000000000000000000000000000000000000000000000000000000' WHERE leaf_index = "
		"(SELECT m FROM (SELECT MAX(leaf_index) AS m FROM {p}journal) AS x)");
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_ILLEGAL);
	fixture_exec(f, "DELETE FROM {p}journal WHERE leaf_index = (SELECT m FROM (SELECT MAX(leaf_index) - 1 AS m FROM {p}journal) AS x)");
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_GAP);
	assert_int_equal(h->opened, 2);
}
ON_BOTH(a_changed_leaf_or_a_hole_is_never_signed)

static void a_kept_head_that_is_not_the_logs_is_an_alarm(fixture *f)
{
	sm_log log;
	sm_signed out;
	host *h = open_log(f, &log, 1);
	assert_ok(f, checkpoint(f, &log, h, &out));
	h->head[h->head_n - 8] ^= 1;
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "head file is not what this log signed"));
	h->head[h->head_n - 8] ^= 1;
	h->anchor[3] ^= 1;
	assert_int_not_equal(checkpoint(f, &log, h, &out), SM_OK);
	h->anchor[3] ^= 1;
	fixture_exec(f, "UPDATE {p}checkpoint SET note='nothing'");
	assert_int_not_equal(checkpoint(f, &log, h, &out), SM_OK);
	assert_non_null(strstr(f->e.message, "stored checkpoint is not what this log signed"));
}
ON_BOTH(a_kept_head_that_is_not_the_logs_is_an_alarm)

/* The host dies at its k-th file operation, before or after it: what was kept leads to what comes next. */
static void a_host_that_dies_at_any_file_operation_goes_on(fixture *f)
{
	sm_log log;
	sm_signed out;
	host *h = open_log(f, &log, 1);
	int deaths = 0;
	for (int k = 1; k <= 4; k++) {
		for (int after = 0; after < 2; after++) {
			char format[16];
			snprintf(format, sizeof format, "%d-%d:%%d", k, after);
			fixture_start_all(f, format, 1);
			h->calls = 0;
			h->die_at = k;
			h->after = after;
			deaths += checkpoint(f, &log, h, &out) != SM_OK;
			h->die_at = 0;
			assert_ok(f, checkpoint(f, &log, h, &out));
		}
	}
	assert_in_range(deaths, 6, 8);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}checkpoint"), 8);
}
ON_BOTH(a_host_that_dies_at_any_file_operation_goes_on)

static void a_witness_is_told_how_the_log_went_on_and_its_lines_are_kept(fixture *f)
{
	static const char dash[] = "\xE2\x80\x94 ";
	sm_log log;
	sm_signed first, out;
	sm_bytes body;
	uint64_t size;
	int64_t time;
	host *h = open_log(f, &log, 1);
	assert_ok(f, checkpoint(f, &log, h, &first));
	fixture_start_all(f, "order:%d", 4);
	assert_ok(f, checkpoint(f, &log, h, &out));
	assert_ok(f, sm_witness_request(&f->j, &f->arena, &log, 0, &body, &size, &f->e));
	assert_int_equal(size, out.at.size);
	assert_memory_equal(body.p, "old 0\n\n", 7);
	assert_memory_equal(body.p + 7, out.note.p, out.note.n);
	assert_ok(f, sm_witness_request(&f->j, &f->arena, &log, first.at.size, &body, &size, &f->e));
	assert_memory_equal(body.p, "old 1\n", 6);
	assert_int_equal(sm_witness_request(&f->j, &f->arena, &log, size + 1, &body, &size, &f->e), SM_E_ARGUMENT);

	/* a witness by hand: cosignature/v1 */
	uint8_t public[32], secret[64], sig[4 + 8 + 64] = {0};
	sm_note_key w;
	sm_buf message, line;
	assert_int_equal(crypto_sign_keypair(public, secret), 0);
	assert_ok(f, sm_note_key_init(&w, SM_STR("witness.example/w"), SM_NOTE_COSIGNATURE, public, &f->e));
	sm_note note;
	assert_ok(f, sm_note_read(out.note, &note, &f->e));
	sm_buf_init(&message, &f->arena, 4096);
	sm_buf_puts(&message, "cosignature/v1\ntime 1700000000\n");
	sm_buf_put(&message, note.text.p, note.text.n);
	memcpy(sig, w.id, 4);
	for (int i = 0; i < 8; i++) {
		sig[4 + i] = (uint8_t)(UINT64_C(1700000000) >> (8 * (7 - i)));
	}
	crypto_sign_detached(sig + 12, NULL, (const uint8_t *)message.p, message.n, secret);
	sm_buf_init(&line, &f->arena, 4096);
	sm_buf_puts(&line, dash);
	sm_buf_puts(&line, "witness.example/w ");
	sm_base64_put(&line, sig, sizeof sig);
	sm_buf_puts(&line, "\n");
	assert_ok(f, sm_witness_add(&f->j, &f->arena, &log, out.at.size, sm_buf_bytes(&line), &w, &time, &f->e));
	assert_int_equal(time, 1700000000);
	sm_bytes kept;
	assert_ok(f, sm_journal_checkpoint_newest(&f->j, &f->arena, log.origin, &kept, &f->e));
	assert_int_equal(kept.n, out.note.n + line.n);
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, first.at.size, sm_buf_bytes(&line), &w, &time, &f->e), SM_E_ILLEGAL);
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, 2, sm_buf_bytes(&line), &w, &time, &f->e), SM_E_STATE);
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, out.at.size, SM_STR("nothing"), &w, &time, &f->e), SM_E_SYNTAX);
	/* what is stored with a witness's line is still a head of the log */
	assert_ok(f, checkpoint(f, &log, h, &out));
}
ON_BOTH(a_witness_is_told_how_the_log_went_on_and_its_lines_are_kept)

static void a_checkpoint_is_due_when_there_is_something_new_and_the_last_is_old(fixture *f)
{
	sm_log log;
	sm_signed out;
	bool due;
	host *h = open_log(f, &log, 1);
	assert_ok(f, sm_log_is_due(&f->j, &f->arena, &log, 60000000, &due, &f->e));
	assert_true(due);
	assert_ok(f, checkpoint(f, &log, h, &out));
	assert_ok(f, sm_log_is_due(&f->j, &f->arena, &log, 0, &due, &f->e));
	assert_false(due);
	fixture_start_all(f, "order:%d", 1);
	assert_ok(f, sm_log_is_due(&f->j, &f->arena, &log, 60000000, &due, &f->e));
	assert_false(due);
	assert_ok(f, sm_log_is_due(&f->j, &f->arena, &log, 0, &due, &f->e));
	assert_true(due);
}
ON_BOTH(a_checkpoint_is_due_when_there_is_something_new_and_the_last_is_old)

/* All that this file's calls do, one after the other, with a fresh key for the open log. @return how it ended */
static sm_status everything(fixture *f, sm_journal *j, sm_arena *arena, host *h)
{
	sm_log log;
	sm_signed out;
	sm_bytes body, next;
	uint64_t size;
	int64_t time;
	bool due;
	sm_status s = sm_log_read(j, arena, &log, &f->e);
	if (s != SM_OK) {
		return s;
	}
	sm_log_change c = {.why = SM_STR("created"), .origin = log.origin, .vkey = vkey(f, h), .by = SM_STR("ann"), .reason = SM_STR("test")};
	if (log.vkey.p == NULL && ((s = sm_log_first_head(j, arena, &h->signer, &h->files, &out, &f->e)) != SM_OK
		|| (s = sm_log_give_key(j, arena, &log, &c, &f->e)) != SM_OK)) {
		return s;
	}
	if ((s = sm_log_checkpoint(j, arena, &log, &h->signer, &h->files, &out, &f->e)) != SM_OK
		|| (s = sm_log_is_due(j, arena, &log, 0, &due, &f->e)) != SM_OK || (s = sm_witness_request(j, arena, &log, 1, &body, &size, &f->e)) != SM_OK
		|| (s = sm_log_next_origin(j, &log, arena, &next, &f->e)) != SM_OK) {
		return s;
	}
	sm_note_key w = h->signer.key;
	w.type = SM_NOTE_COSIGNATURE;
	w.name = SM_STR("witness.example/w");
	s = sm_witness_add(j, arena, &log, size, SM_STR("\xE2\x80\x94 witness.example/x AAAAAAAAAA==\n"), &w, &time, &f->e);
	return s == SM_E_STATE ? SM_OK : s; /* not its line */
}

static void without_memory_nothing_contradicts(fixture *f)
{
	test_heap heap = {.fail_at = 0};
	sm_alloc alloc = test_heap_alloc(&heap);
	sm_status s = SM_E_NOMEM;
	sm_log log;
	sm_signed out;
	long failures = 0;
	fixture_start_all(f, "order:%d", 1);
	read_log(f, &log);
	host *h = new_host(f, log.origin, 3);
	for (long at = 1; s != SM_OK || heap.allocations >= at; at++) {
		sm_arena arena;
		sm_journal j;
		assert_true(at < 2000);
		heap = (test_heap){.fail_at = at};
		sm_arena_init(&arena, &alloc);
		s = sm_journal_init(&j, &f->j.store, &f->j.host, &f->j.settings, &alloc, &f->e);
		s = s == SM_OK ? everything(f, &j, &arena, h) : s;
		sm_journal_free(&j);
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		assert_false(h->open);
		if (s != SM_OK && s != SM_E_NOMEM) {
			fail_msg("allocation %ld: status %d: %s", at, (int)s, f->e.message);
		}
		failures += s == SM_E_NOMEM;
	}
	assert_true(failures > 10);
	read_log(f, &log);
	assert_ok(f, checkpoint(f, &log, h, &out));
}
ON_BOTH(without_memory_nothing_contradicts)

/* Reads and writes that fail, once or again and again, from the k-th on. */
static void a_store_that_fails_at_any_statement_leaves_nothing_that_contradicts(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_OTHER, SM_SQL_LOAD, SM_SQL_APPEND, SM_SQL_IDENTITY, SM_SQL_SEQUENCE_LIST, SM_SQL_SEQUENCE_SET};
	sm_log log;
	sm_signed out;
	int failed = 0;
	read_log(f, &log);
	host *h = new_host(f, log.origin, 3);
	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
		for (int mode = FAULT_REFUSED; mode <= FAULT_LOST; mode++) {
			for (int times = 1; times <= 40; times += times < 4 ? 1 : 9) {
				sm_arena arena;
				char subject[32];
				snprintf(subject, sizeof subject, "%d-%d-%d:%%d", (int)kind, mode, times);
				fixture_start_all(f, subject, 1);
				sm_arena_init(&arena, &sm_alloc_default);
				f->fault = (fault_mode)mode;
				f->fault_kind = kinds[kind];
				f->fault_times = times;
				sm_status s = everything(f, &f->j, &arena, h);
				f->fault = FAULT_NONE;
				failed += s != SM_OK;
				assert_false(s == SM_E_CONFLICT || s == SM_E_ILLEGAL || s == SM_E_GAP);
				sm_arena_free(&arena);
			}
		}
	}
	assert_true(failed > 10);
	read_log(f, &log);
	assert_ok(f, checkpoint(f, &log, h, &out));
}
ON_BOTH(a_store_that_fails_at_any_statement_leaves_nothing_that_contradicts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_log_without_a_key_says_its_root_and_signs_nothing),
		BOTH(a_key_that_is_there_signs_nothing_where_no_head_is_known),
		BOTH(heads_grow_with_the_log_and_lie_in_all_places),
		BOTH(a_cut_tail_is_refused_by_each_kind_of_head),
		BOTH(a_changed_leaf_or_a_hole_is_never_signed),
		BOTH(a_kept_head_that_is_not_the_logs_is_an_alarm),
		BOTH(a_host_that_dies_at_any_file_operation_goes_on),
		BOTH(a_witness_is_told_how_the_log_went_on_and_its_lines_are_kept),
		BOTH(without_memory_nothing_contradicts),
		BOTH(a_store_that_fails_at_any_statement_leaves_nothing_that_contradicts),
		BOTH(a_checkpoint_is_due_when_there_is_something_new_and_the_last_is_old),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
