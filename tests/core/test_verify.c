/* Verification of journals on real databases: what is honest is sound, and what is not is named with its place. */
#include "support.h"

#include "verify_fixture.h"

#include <stdio.h>
#include <string.h>

static void flip(fixture *f, const char *target, bool held)
{
	int64_t generation;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(target), held, SM_STR("somebody"), SM_STR("because"), &generation, &f->e));
}

/* Runs of every kind, switches, and heads on the way. */
static void build(fixture *f)
{
	fixture_mixed_runs(f);
	flip(f, "category:commerce", true);
	flip(f, "category:commerce", false);
	verify_store(f, verify_sign(f, 0));
	fixture_start_all(f, "more:%d", 6);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
}

static void what_is_honest_is_sound(fixture *f)
{
	verify_case c;
	build(f);
	verify_init(&c, f);
	assert_sound(&c);
	uint64_t size = (uint64_t)verify_size(f);
	assert_int_equal(c.r.size, size);
	assert_true(c.r.rooted);
	assert_int_equal(c.r.checkpoints, 2);
	assert_int_equal(c.r.signed_size, size);
	assert_int_equal(c.r.runs, 17);
	assert_int_equal(c.r.streams, 18);
	assert_int_equal(c.r.switches, fixture_int(f, "SELECT COUNT(*) AS n FROM {p}switch"));
	assert_true(c.r.openings > 40);
	assert_int_equal(c.r.erased, 0);
	assert_int_equal(c.r.pending, 0);
	assert_int_equal(c.progress_done, size);
	assert_int_equal(c.progress_of, size);
	/* in small pages, with hardly a fold kept: the same */
	sm_hash root = c.r.root;
	c.o.page = 3;
	c.o.fold_bytes = 1;
	assert_sound(&c);
	assert_int_equal(c.r.runs, 17);
	assert_int_equal(c.r.streams, 18);
	assert_true(sm_hash_eq(&root, &c.r.root));
	assert_true(c.progressed > (long)(size / 4));
	/* events without a place */
	fixture_start_all(f, "late:%d", 3);
	assert_sound(&c);
	assert_int_equal(c.r.size, size);
	assert_true(c.r.pending >= 3);
}
ON_BOTH(what_is_honest_is_sound)

static void an_empty_journal_is_sound(fixture *f)
{
	verify_case c;
	sm_hash empty;
	verify_init(&c, f);
	c.o.n_keys = 0; /* nobody signs it */
	assert_sound(&c);
	sm_hash_empty(&empty);
	assert_true(sm_hash_eq(&empty, &c.r.root));
	c.o.page = -1;
	assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_ARGUMENT);
}
ON_BOTH(an_empty_journal_is_sound)

/* Event 2 of a run gets its place between the log and the events without one. */
static void meanwhile(fixture *f, const sm_statement *st)
{
	if (memmem(st->sql.p, st->sql.n, "leaf_index IS NULL AND id >", 27) != NULL) {
		f->before = NULL;
		fixture_exec(f, "UPDATE {p}journal SET leaf_index=1000 WHERE leaf_index IS NULL AND seq=2");
	}
}

static void a_place_that_is_given_meanwhile_is_no_gap(fixture *f)
{
	verify_case c;
	fixture_start_later(f, "first", 0);
	fixture_start_all(f, "order:%d", 1);
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=0 WHERE seq=1 AND lease IS NULL AND stream IN (SELECT * FROM (SELECT stream FROM {p}journal WHERE seq=2) x)");
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=1 WHERE seq=1 AND leaf_index IS NULL");
	verify_init(&c, f);
	c.o.n_keys = 0; /* nobody signs it */
	assert_sound(&c);
	f->before = meanwhile;
	assert_sound(&c);
	assert_null(f->before);
	assert_int_equal(c.r.size, 2);
}
ON_BOTH(a_place_that_is_given_meanwhile_is_no_gap)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(what_is_honest_is_sound),
		BOTH(an_empty_journal_is_sound),
		BOTH(a_place_that_is_given_meanwhile_is_no_gap),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
