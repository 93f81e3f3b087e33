/* The table of signed heads on real databases, and proofs from the journal's own hashes. */
#include "support.h"

#include "checkpoint.h"
#include "journal_fixture.h"

#include <stdio.h>
#include <string.h>

#define DASH "\xE2\x80\x94 "
#define WITNESS DASH "witness.example/w1 AAAAAAAAAA==\n"
#define OTHER DASH "witness.example/w2 AAAAAAAAAA==\n"

static const uint8_t SEED[SM_LOG_SEED_LEN] = {9};

static sm_bytes origin(fixture *f)
{
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	return f->j.log;
}

static sm_bytes head_of(fixture *f, uint64_t n, char salt)
{
	const sm_head none[SM_HEADS] = {{.known = false}};
	uint8_t public[32];
	sm_note_key key;
	sm_frontier tree;
	sm_sign_verdict verdict;
	sm_buf b;

	sm_frontier_init(&tree);
	for (uint64_t i = 0; i < n; i++) {
		assert_int_equal(sm_frontier_take(&tree, i, (sm_bytes){&salt, 1}, (sm_bytes){NULL, 0}, NULL), SM_OK);
	}
	sm_log_public_key(SEED, public);
	assert_ok(f, sm_note_key_init(&key, origin(f), SM_NOTE_ED25519, public, &f->e));
	sm_buf_init(&b, &f->arena, SM_NOTE_MAX);
	assert_ok(f, sm_checkpoint_sign(&b, &key, SEED, &tree, none, &verdict, &f->e));
	return sm_buf_bytes(&b);
}

static sm_bytes with(fixture *f, sm_bytes note, const char *lines)
{
	sm_buf b;

	sm_buf_init(&b, &f->arena, SM_NOTE_MAX);
	sm_buf_put(&b, note.p, note.n);
	sm_buf_puts(&b, lines);
	return sm_buf_bytes(&b);
}

static void store_ok(fixture *f, sm_bytes note, sm_bytes expected)
{
	sm_bytes stored;

	assert_ok(f, sm_journal_checkpoint_store(&f->j, &f->arena, note, &stored, &f->e));
	assert_bytes(stored, expected.p);
}

static void heads_come_back_by_size_byte_for_byte(fixture *f)
{
	sm_bytes note, *list, heads[4];
	size_t n;

	assert_ok(f, sm_journal_checkpoint_newest(&f->j, &f->arena, origin(f), &note, &f->e));
	assert_null(note.p);
	for (uint64_t i = 0; i < 4; i++) {
		heads[i] = head_of(f, i * 10, 'a');
		store_ok(f, heads[i], heads[i]);
		store_ok(f, heads[i], heads[i]);
		assert_ok(f, sm_journal_checkpoint_newest(&f->j, &f->arena, origin(f), &note, &f->e));
		assert_bytes(note, heads[i].p);
	}
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}checkpoint"), 4);
	assert_true(fixture_int(f, "SELECT MIN(stored_at) AS n FROM {p}checkpoint") > INT64_C(1700000000000000));
	assert_ok(f, sm_journal_checkpoints(&f->j, &f->arena, origin(f), 10, 2, &list, &n, &f->e));
	assert_int_equal(n, 2);
	assert_bytes(list[0], heads[1].p);
	assert_bytes(list[1], heads[2].p);
	assert_ok(f, sm_journal_checkpoints(&f->j, &f->arena, origin(f), 31, 1000, &list, &n, &f->e));
	assert_int_equal(n, 0);
	assert_ok(f, sm_journal_checkpoint_newest(&f->j, &f->arena, SM_STR("other.example/log"), &note, &f->e));
	assert_null(note.p);
	assert_int_equal(sm_journal_checkpoints(&f->j, &f->arena, origin(f), 0, 0, &list, &n, &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_journal_checkpoints(&f->j, &f->arena, origin(f), 0, 1001, &list, &n, &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_journal_checkpoints(&f->j, &f->arena, origin(f), UINT64_MAX, 1, &list, &n, &f->e), SM_E_ARGUMENT);
}
ON_BOTH(heads_come_back_by_size_byte_for_byte)

static void lines_of_witnesses_join_and_are_never_lost(fixture *f)
{
	sm_bytes head = head_of(f, 5, 'a');

	store_ok(f, head, head);
	store_ok(f, with(f, head, WITNESS), with(f, head, WITNESS));
	/* One who has not seen the first line adds a second. */
	store_ok(f, with(f, head, OTHER), with(f, head, WITNESS OTHER));
	store_ok(f, head, with(f, head, WITNESS OTHER));
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}checkpoint"), 1);
}
ON_BOTH(lines_of_witnesses_join_and_are_never_lost)

/* Another process adds its line between our read and our write. */
static void meanwhile(fixture *f, const sm_statement *st)
{
	if (memmem(st->sql.p, st->sql.n, "UPDATE", 6) != NULL) {
		sm_bytes stored;

		f->before = NULL;
		assert_ok(f, sm_journal_checkpoint_store(&f->j, &f->arena, with(f, head_of(f, 5, 'a'), WITNESS), &stored, &f->e));
	}
}

static void lines_that_are_added_at_once_both_stay(fixture *f)
{
	sm_bytes head = head_of(f, 5, 'a');

	store_ok(f, head, head);
	f->before = meanwhile;
	store_ok(f, with(f, head, OTHER), with(f, head, WITNESS OTHER));
	assert_null(f->before);
}
ON_BOTH(lines_that_are_added_at_once_both_stay)

static void a_second_root_of_one_size_has_no_place(fixture *f)
{
	sm_bytes head = head_of(f, 5, 'a'), stored;

	store_ok(f, head, head);
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, head_of(f, 5, 'b'), &stored, &f->e), SM_E_CONFLICT);
	assert_bytes(stored, head.p);
	assert_non_null(strstr(f->e.message, "Another checkpoint of this log and size is stored"));
	/* What is no checkpoint is refused, stored or given. */
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, SM_STR("x"), &stored, &f->e), SM_E_SYNTAX);
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, SM_STR("x\n\n" WITNESS), &stored, &f->e), SM_E_SYNTAX);
	assert_null(stored.p);
	fixture_exec(f, "UPDATE {p}checkpoint SET note='x'");
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, head, &stored, &f->e), SM_E_SYNTAX);
}
ON_BOTH(a_second_root_of_one_size_has_no_place)

static void a_head_survives_lost_refused_and_repeated_statements(fixture *f)
{
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};

	for (size_t m = 0; m < 3; m++) {
		for (int times = 1; times < 3; times++) {
			sm_bytes head = head_of(f, 2 * m + (uint64_t)times, 'a');

			f->fault_kind = SM_SQL_OTHER;
			for (int cosigned = 0; cosigned < 2; cosigned++) {
				sm_bytes note = with(f, head, cosigned ? WITNESS : "");

				f->fault = modes[m];
				f->fault_times = times;
				sm_bytes stored;
				sm_status s = sm_journal_checkpoint_store(&f->j, &f->arena, note, &stored, &f->e);

				f->fault = FAULT_NONE;
				assert_true(s == SM_OK || s == SM_E_STORE || s == SM_E_UNCERTAIN);
				assert_true(s == SM_OK || times == 2);
				store_ok(f, note, note);
			}
		}
	}
}
ON_BOTH(a_head_survives_lost_refused_and_repeated_statements)

static void the_journal_proves_what_is_in_it(fixture *f)
{
	const sm_hash_source src = {sm_journal_leaf_hashes, 1, &f->j};
	sm_hash root, old, leaf;
	sm_proof p;

	fixture_start_all(f, "order:%d", 70);
	fixture_catch_up(f);
	uint64_t size = (uint64_t)fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal");

	assert_true(size > 512);
	assert_ok(f, sm_tree_root(&src, size, &root, &f->e));
	assert_ok(f, sm_tree_root(&src, 300, &old, &f->e));
	/* The root over the stored leaves themselves. */
	static const char *const columns[] = {"leaf", NULL};
	const char *dump = fixture_dump(f, "SELECT leaf FROM {p}journal ORDER BY leaf_index", columns);
	sm_frontier tree;
	sm_hash whole;
	uint64_t i = 0;

	sm_frontier_init(&tree);
	for (const char *end; (end = strchr(dump, '\n')) != NULL; dump = end + 1, i++) {
		sm_bytes text = {dump, (size_t)(end - dump)};

		if (i == 400) {
			sm_hash_leaf(text, &leaf);
		}
		assert_ok(f, sm_frontier_take(&tree, i, text, (sm_bytes){NULL, 0}, &f->e));
	}
	sm_frontier_root(&tree, &whole);
	assert_true(sm_hash_eq(&whole, &root));
	assert_ok(f, sm_inclusion_prove(&src, 400, size, &p, &f->e));
	assert_ok(f, sm_inclusion_verify(400, size, &leaf, p.hashes, p.n, &root, &f->e));
	assert_ok(f, sm_consistency_prove(&src, NULL, 300, size, &p, &f->e));
	assert_ok(f, sm_consistency_verify(300, size, &old, &root, p.hashes, p.n, &f->e));

	assert_int_equal(sm_tree_root(&src, size + 1, &root, &f->e), SM_E_GAP);
	fixture_exec(f, "UPDATE {p}journal SET leaf_hash='X' WHERE leaf_index=17");
	assert_int_equal(sm_tree_root(&src, size, &root, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "The stored hash of leaf 17 is not"));
	fixture_exec(f, "DELETE FROM {p}journal WHERE leaf_index=17");
	assert_int_equal(sm_tree_root(&src, size, &root, &f->e), SM_E_GAP);
	assert_non_null(strstr(f->e.message, "Leaf 17 of the log is missing"));
	assert_int_equal(sm_journal_leaf_hashes(&f->j, 1, 0, 1, &root, &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_journal_leaf_hashes(&f->j, 0, UINT64_MAX, 1, &root, &f->e), SM_E_ARGUMENT);
	fixture_exec(f, "DROP TABLE {p}journal");
	assert_int_equal(sm_tree_root(&src, size, &root, &f->e), SM_E_STORE);
}
ON_BOTH(the_journal_proves_what_is_in_it)

static void without_the_table_every_call_says_so(fixture *f)
{
	sm_bytes head = head_of(f, 1, 'a'), note, *list;
	size_t n;

	fixture_exec(f, "DROP TABLE {p}checkpoint");
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, head, &note, &f->e), SM_E_STORE);
	assert_int_equal(sm_journal_checkpoint_newest(&f->j, &f->arena, origin(f), &note, &f->e), SM_E_STORE);
	assert_int_equal(sm_journal_checkpoints(&f->j, &f->arena, origin(f), 0, 10, &list, &n, &f->e), SM_E_STORE);
}
ON_BOTH(without_the_table_every_call_says_so)

static void a_write_that_never_reads_back_is_uncertain(fixture *f)
{
	sm_bytes head = head_of(f, 1, 'a'), stored;
	bool sqlite = f->j.store.dialect == SM_SQLITE;

	fixture_exec(f, sqlite ? "CREATE TRIGGER no BEFORE INSERT ON {p}checkpoint BEGIN SELECT RAISE(ABORT, 'no'); END"
		: "CREATE TRIGGER no BEFORE INSERT ON {p}checkpoint FOR EACH ROW SIGNAL SQLSTATE '45000'");
	assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, head, &stored, &f->e), SM_E_UNCERTAIN);
	assert_null(stored.p);
	fixture_exec(f, "DROP TRIGGER no");
	if (sqlite) {
		/* The store says yes and keeps nothing. */
		fixture_exec(f, "CREATE TRIGGER no BEFORE INSERT ON {p}checkpoint BEGIN SELECT RAISE(IGNORE); END");
		assert_int_equal(sm_journal_checkpoint_store(&f->j, &f->arena, head, &stored, &f->e), SM_E_UNCERTAIN);
		assert_string_equal(f->e.message, "The checkpoint of 1 leaves does not read back");
		fixture_exec(f, "DROP TRIGGER no");
	}
	store_ok(f, head, head);
}
ON_BOTH(a_write_that_never_reads_back_is_uncertain)

static void without_memory_nothing_is_half_done(fixture *f)
{
	sm_bytes head = head_of(f, 3, 'a'), more = with(f, head, WITNESS);
	test_heap heap = {.fail_at = 0};
	sm_alloc alloc = test_heap_alloc(&heap);
	sm_arena arena;
	sm_status s = SM_E_NOMEM;
	bool listed = false;

	sm_arena_init(&arena, &alloc);
	store_ok(f, head, head);
	for (long at = 1; s != SM_OK || !listed; at++) {
		sm_bytes stored, *list;
		size_t n;

		assert_true(at < 100);
		heap = (test_heap){.fail_at = at};
		s = sm_journal_checkpoint_store(&f->j, &arena, more, &stored, &f->e);
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		assert_true(s == SM_OK || s == SM_E_NOMEM);
		heap = (test_heap){.fail_at = at};
		sm_status l = sm_journal_checkpoints(&f->j, &arena, origin(f), 0, 10, &list, &n, &f->e);

		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		assert_true(l == SM_OK || l == SM_E_NOMEM);
		listed = listed || l == SM_OK;
	}
	store_ok(f, more, more);
}
ON_BOTH(without_memory_nothing_is_half_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(heads_come_back_by_size_byte_for_byte),
		BOTH(lines_of_witnesses_join_and_are_never_lost),
		BOTH(lines_that_are_added_at_once_both_stay),
		BOTH(a_second_root_of_one_size_has_no_place),
		BOTH(a_head_survives_lost_refused_and_repeated_statements),
		BOTH(the_journal_proves_what_is_in_it),
		BOTH(without_the_table_every_call_says_so),
		BOTH(a_write_that_never_reads_back_is_uncertain),
		BOTH(without_memory_nothing_is_half_done),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
