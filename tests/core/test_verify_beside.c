/* What stands beside the leaves when a journal is verified: the mark of the projections, rows of switches, heads that must be there, and
 * numbers that are none. An honest site raises no alarm in any of it. */
#include "support.h"

#include "audit_fixture.h"
#include "verify_fixture.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_US = 3600 * 1000000LL };

/* Runs of every kind, projected to the end, no switch flipped, a head at the end. */
static void build(fixture *f, verify_case *c)
{
	f->externals = true;
	fixture_mixed_runs(f);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	verify_init(c, f);
	assert_sound(c);
}

static void keep_table(fixture *f, const char *name)
{
	char sql[128];
	snprintf(sql, sizeof sql, "CREATE TABLE kept_%s AS SELECT * FROM {p}%s", name, name);
	fixture_exec(f, sql);
}

static void put_back(fixture *f, const char *name)
{
	char sql[128];
	snprintf(sql, sizeof sql, "DELETE FROM {p}%s", name);
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "INSERT INTO {p}%s SELECT * FROM kept_%s", name, name);
	fixture_exec(f, sql);
}

static void set_mark(fixture *f, int64_t pos)
{
	char sql[128];
	snprintf(sql, sizeof sql, "UPDATE {p}meta SET pos=%lld WHERE name='projected'", (long long)pos);
	fixture_exec(f, sql);
}

static void assert_what(verify_case *c, sm_verdict verdict, const char *what, const char *why)
{
	verify_now(c);
	if (c->r.verdict != verdict || c->n == 0 || strcmp(c->found[0].what, what) != 0) {
		fail_msg("%s: verdict %d, expected %d %s; %d findings, the first: %s %s", why, (int)c->r.verdict, (int)verdict, what, (int)c->n,
			c->n ? c->found[0].what : "", c->n ? c->found[0].message : "");
	}
}

/* ---- the mark ---- */

static void a_mark_that_was_set_back_hides_no_changed_row(fixture *f)
{
	static const char *const changes[] = {
		"UPDATE {p}run SET owner='me' WHERE state<>'completed'", "UPDATE {p}run SET state='completed' WHERE state='unknown'",
		"UPDATE {p}run SET rev=2 WHERE state='completed'", "UPDATE {p}run SET rev=1, owner='me' WHERE state='completed'",
		"UPDATE {p}run SET rev=0 WHERE state='completed'", "UPDATE {p}run SET fold='{}', rev=1 WHERE state='completed'"
	};
	static const int64_t marks[] = {0, 5, 99999999};
	verify_case c;
	build(f, &c);
	keep_table(f, "run");
	for (size_t m = 0; m < sizeof marks / sizeof *marks; m++) {
		set_mark(f, marks[m]);
		for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
			fixture_exec(f, changes[i]);
			assert_what(&c, SM_VERDICT_INVALID, "projection", changes[i]);
			put_back(f, "run");
		}
	}
}
ON_BOTH(a_mark_that_was_set_back_hides_no_changed_row)

static void a_mark_far_behind_an_old_leaf_is_pending(fixture *f)
{
	verify_case c;
	build(f, &c);
	int64_t size = verify_size(f);
	c.o.pending_us = HOUR_US;
	/* a batch behind, or all of it, while all of it is young */
	set_mark(f, size - 3);
	assert_sound(&c);
	set_mark(f, 0);
	assert_sound(&c);
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-7200000000 WHERE leaf_index<7");
	fixture_exec(f, "DELETE FROM {p}run");
	fixture_catch_up(f);
	assert_sound(&c);
	set_mark(f, 0);
	assert_found(&c, SM_VERDICT_PENDING, "pending", 0, size - 1);
	assert_int_equal(c.r.verdict, SM_VERDICT_PENDING);
	set_mark(f, 6);
	assert_found(&c, SM_VERDICT_PENDING, "pending", 6, size - 1);
	/* behind the old ones; nobody asks */
	set_mark(f, 7);
	assert_sound(&c);
	c.o.pending_us = -1;
	set_mark(f, 0);
	assert_sound(&c);
}
ON_BOTH(a_mark_far_behind_an_old_leaf_is_pending)

static void a_mark_that_cannot_be_is_found(fixture *f)
{
	verify_case c;
	build(f, &c);
	int64_t size = verify_size(f);
	set_mark(f, size);
	assert_sound(&c);
	set_mark(f, size + 1);
	assert_found(&c, SM_VERDICT_INVALID, "projection", size, size);
	set_mark(f, 99999999);
	assert_found(&c, SM_VERDICT_INVALID, "projection", size, 99999998);
	set_mark(f, -1);
	assert_found(&c, SM_VERDICT_INVALID, "projection", -1, -2);
	fixture_exec(f, "UPDATE {p}meta SET pos=NULL WHERE name='projected'");
	assert_found(&c, SM_VERDICT_INVALID, "projection", -1, -2);
	fixture_exec(f, "DELETE FROM {p}meta WHERE name='projected'");
	assert_found(&c, SM_VERDICT_INVALID, "projection", -1, -2);
	c.o.tree_only = true;
	assert_sound(&c);
}
ON_BOTH(a_mark_that_cannot_be_is_found)

/* The projector was at leaf `at`, and the log went on. */
static void project_to(fixture *f, int64_t at)
{
	char sql[128];
	int64_t done;
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_index=NULL WHERE leaf_index>=%lld", (long long)at);
	fixture_exec(f, sql);
	fixture_exec(f, "DELETE FROM {p}run");
	fixture_exec(f, "DELETE FROM {p}external");
	set_mark(f, 0);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_int_equal(done, at);
	put_back(f, "journal");
}

static void a_projector_that_is_behind_raises_no_alarm(fixture *f)
{
	verify_case c;
	build(f, &c);
	keep_table(f, "journal");
	c.o.pending_us = HOUR_US;
	for (int64_t at = 1; at <= verify_size(f); at += 3) {
		project_to(f, at);
		c.o.fold_bytes = at % 2 ? 1 : 0;
		assert_sound(&c);
		/* and what it projected so far is looked at */
		fixture_exec(f, "UPDATE {p}run SET started_at=started_at+1");
		verify_now(&c);
		assert_int_equal(c.r.verdict, SM_VERDICT_INVALID);
	}
}
ON_BOTH(a_projector_that_is_behind_raises_no_alarm)

static void a_rebuilt_projection_raises_no_alarm(fixture *f)
{
	verify_case c;
	build(f, &c);
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-7200000000");
	fixture_exec(f, "DELETE FROM {p}run");
	fixture_exec(f, "DELETE FROM {p}external");
	set_mark(f, 0);
	c.o.pending_us = HOUR_US;
	assert_found(&c, SM_VERDICT_PENDING, "pending", 0, verify_size(f) - 1); /* until the next tick */
	assert_int_equal(c.r.found, 1);
	fixture_catch_up(f);
	assert_sound(&c);
}
ON_BOTH(a_rebuilt_projection_raises_no_alarm)

/* ---- switches ---- */

static void rows_of_switches_that_starts_needed_are_missed(fixture *f)
{
	static const struct { const char *sql; uint64_t found; } edits[] = {
		{"DELETE FROM {p}switch", 3}, {"DELETE FROM {p}switch WHERE target='*'", 1}, {"DELETE FROM {p}switch WHERE target='category:commerce'", 1},
		{"DELETE FROM {p}switch WHERE target='workflow:order.fulfil'", 1}
	};
	verify_case c;
	build(f, &c);
	keep_table(f, "switch");
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_exec(f, edits[i].sql);
		assert_what(&c, SM_VERDICT_INVALID, "switch", edits[i].sql);
		assert_int_equal(c.r.found, edits[i].found); /* once each */
		put_back(f, "switch");
	}
	assert_sound(&c);
}
ON_BOTH(rows_of_switches_that_starts_needed_are_missed)

static void a_run_that_never_started_a_step_needs_no_row(fixture *f)
{
	verify_case c;
	fixture_start_later(f, "later", INT64_C(4000000000000000));
	fixture_catch_up(f);
	verify_init(&c, f);
	c.o.n_keys = 0;
	fixture_exec(f, "DELETE FROM {p}switch WHERE target<>'*'");
	assert_sound(&c);
	fixture_exec(f, "DELETE FROM {p}switch");
	assert_found(&c, SM_VERDICT_INVALID, "switch", -1, -2);
}
ON_BOTH(a_run_that_never_started_a_step_needs_no_row)

/* ---- heads ---- */

static void a_log_with_a_key_and_without_any_head_is_found(fixture *f)
{
	verify_case c;
	sm_log log;
	fixture_start_all(f, "order:%d", 2);
	read_log(f, &log);
	host *h = open_log(f, &log, 9);
	sm_signed head;
	assert_ok(f, checkpoint(f, &log, h, &head));
	verify_init(&c, f);
	c.o.n_keys = 0;
	fixture_catch_up(f);
	assert_sound(&c);
	/* who dies between event and checkpoint leaves this for the next tick */
	fixture_exec(f, "DELETE FROM {p}checkpoint");
	assert_sound(&c);
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-120000000");
	fixture_exec(f, "UPDATE {p}meta SET pos=0 WHERE name='projected'");
	fixture_exec(f, "DELETE FROM {p}run");
	fixture_catch_up(f);
	assert_found(&c, SM_VERDICT_CONTRADICTS, "head", 0, verify_size(f) - 1);
	assert_int_equal(c.r.found, 1);
	c.outer[SM_HEAD_HOST][0] = head.note;
	c.n_outer[SM_HEAD_HOST] = 1;
	assert_sound(&c);
	c.n_outer[SM_HEAD_HOST] = 0;
	verify_store(f, head.note);
	assert_sound(&c);
}
ON_BOTH(a_log_with_a_key_and_without_any_head_is_found)

static void a_checkpoint_of_a_size_that_cannot_be_is_found(fixture *f)
{
	verify_case c;
	build(f, &c);
	fixture_exec(f, "UPDATE {p}checkpoint SET size=-5");
	assert_what(&c, SM_VERDICT_INVALID, "head", "negative");
	fixture_exec(f, "UPDATE {p}checkpoint SET size=9007199254740993");
	assert_what(&c, SM_VERDICT_INVALID, "head", "too large");
	/* beside a good one */
	fixture_exec(f, "DELETE FROM {p}checkpoint");
	verify_store(f, verify_sign(f, 0));
	fixture_exec(f, "INSERT INTO {p}checkpoint SELECT origin, -5, note, stored_at FROM {p}checkpoint");
	assert_found(&c, SM_VERDICT_INVALID, "head", -1, -2);
	assert_int_equal(c.r.found, 1);
	assert_int_equal(c.r.checkpoints, 1);
}
ON_BOTH(a_checkpoint_of_a_size_that_cannot_be_is_found)

/* ---- SQLite keeps any value in any column; a store refuses fractions ---- */

static void numbers_that_are_none_are_found_at_their_rows(void **state)
{
	static const struct { const char *sql, *what; bool named; } edits[] = {
		{"UPDATE {p}journal SET leaf_index=5.5 WHERE leaf_index=5", "place", true},
		{"UPDATE {p}journal SET leaf_index='5th' WHERE leaf_index=5", "place", true},
		{"UPDATE {p}journal SET leaf_index=leaf_index+0.5 WHERE leaf_index=(SELECT MAX(leaf_index) FROM {p}journal)", "place", true},
		{"UPDATE {p}journal SET lease=1.5 WHERE lease IS NOT NULL AND leaf_index<9", "column", true},
		{"UPDATE {p}journal SET lease='soon' WHERE lease IS NOT NULL AND leaf_index<9", "column", true},
		{"UPDATE {p}journal SET lease=0.5 WHERE leaf_index=0", "column", true},
		{"UPDATE {p}journal SET seq=seq+0.5 WHERE leaf_index=4", "column", false},
		{"UPDATE {p}journal SET seq='second' WHERE leaf_index=4", "column", false},
		{"UPDATE {p}journal SET stored_at=0.5 WHERE leaf_index=4", "column", true},
		{"UPDATE {p}journal SET stored_at='then' WHERE leaf_index=4", "column", true},
		{"UPDATE {p}run SET rev=rev+0.5", "projection", false}, {"UPDATE {p}run SET rev='some'", "projection", false},
		{"UPDATE {p}run SET due=0.5", "projection", false}, {"UPDATE {p}run SET started_at=0.5", "projection", false},
		{"UPDATE {p}run SET put_off=0.5, due=due+4000000000", "projection", false},
		{"UPDATE {p}meta SET pos=0.5 WHERE name='projected'", "projection", false},
		{"UPDATE {p}switch SET generation=0.5", "switch", false}, {"UPDATE {p}switch SET held='no'", "switch", false},
		{"UPDATE {p}checkpoint SET size=size-0.5", "head", false}, {"UPDATE {p}checkpoint SET size='all'", "head", false}
	};
	static const char *const tables[] = {"journal", "run", "meta", "switch", "checkpoint"};
	fixture f;
	verify_case c;
	fixture_open(&f, SM_SQLITE);
	build(&f, &c);
	c.o.pending_us = HOUR_US;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		keep_table(&f, tables[i]);
	}
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_exec(&f, edits[i].sql);
		assert_what(&c, SM_VERDICT_INVALID, edits[i].what, edits[i].sql);
		if (edits[i].named && (strlen(c.found[0].stream) != SM_ID_LEN || c.found[0].seq < 1)) {
			fail_msg("%s: no row is named: %s", edits[i].sql, c.found[0].message);
		}
		c.o.page = 1;
		verify_now(&c);
		assert_int_equal(c.r.verdict, SM_VERDICT_INVALID);
		c.o.page = 0;
		for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
			put_back(&f, tables[k]);
		}
	}
	assert_sound(&c);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_mark_that_was_set_back_hides_no_changed_row),
		BOTH(a_mark_far_behind_an_old_leaf_is_pending),
		BOTH(a_mark_that_cannot_be_is_found),
		BOTH(a_projector_that_is_behind_raises_no_alarm),
		BOTH(a_rebuilt_projection_raises_no_alarm),
		BOTH(rows_of_switches_that_starts_needed_are_missed),
		BOTH(a_run_that_never_started_a_step_needs_no_row),
		BOTH(a_log_with_a_key_and_without_any_head_is_found),
		BOTH(a_checkpoint_of_a_size_that_cannot_be_is_found),
		cmocka_unit_test(numbers_that_are_none_are_found_at_their_rows),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
