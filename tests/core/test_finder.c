/* What is read from the projections: due work, the run list, external ids. */
#include "support.h"

#include "journal_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- due work ---- */

static size_t due_now(fixture *f, sm_due **due)
{
	size_t n;
	assert_ok(f, sm_journal_due(&f->j, &f->arena, 100, due, &n, &f->e));
	return n;
}

static void due_is_what_can_move(fixture *f)
{
	sm_due *due;
	fixture_mixed_runs(f);
	fixture_catch_up(f);
	assert_int_equal(due_now(f, &due), 1); /* "soon"; the lease and the wait are not over */
	assert_string_equal(due[0].run, fixture_run_id(f, "soon"));
	assert_int_equal(due[0].rev, 1);
	/* who rests is never due: unknown without a probe, paused, completed */
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE due IS NULL"), 7);
	int64_t lease = fixture_int(f, "SELECT due AS n FROM {p}run WHERE state='running' AND due>0");
	int64_t stored = fixture_int(f, "SELECT MAX(stored_at) AS n FROM {p}journal j, {p}run r WHERE j.stream=r.id AND r.state='running' AND r.due>0");
	assert_int_equal(lease - stored, (2000 + 100 + 100) * 1000);
	fixture_exec(f, "UPDATE {p}run SET due=due-4000000 WHERE due>0"); /* four seconds pass */
	assert_int_equal(due_now(f, &due), 3);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='waiting' AND due>3000000000000000"), 1); /* "far" */
	size_t n;
	assert_ok(f, sm_journal_due(&f->j, &f->arena, 2, &due, &n, &f->e));
	assert_int_equal(n, 2);
	assert_string_equal(due[0].run, fixture_run_id(f, "soon"));
	assert_int_equal(sm_journal_due(&f->j, &f->arena, 0, &due, &n, &f->e), SM_E_ARGUMENT);
}
ON_BOTH(due_is_what_can_move)

static void what_a_switch_holds_is_not_due(fixture *f)
{
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil"};
	static const char *const others[] = {"category:commerc", "category:commerces", "workflow:commerce", "category:order.fulfil"};
	sm_due *due;
	int64_t generation;
	fixture_start_later(f, "order:1", 0);
	fixture_catch_up(f);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(due_now(f, &due), 1);
		assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(targets[i]), true, SM_STR("ann"), SM_STR("x"), &generation, &f->e));
		assert_int_equal(due_now(f, &due), 0);
		assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(targets[i]), false, SM_STR("ann"), SM_STR("x"), &generation, &f->e));
	}
	for (size_t i = 0; i < 4; i++) {
		assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(others[i]), true, SM_STR("ann"), SM_STR("x"), &generation, &f->e));
	}
	assert_int_equal(due_now(f, &due), 1);
}
ON_BOTH(what_a_switch_holds_is_not_due)

static void putting_off_doubles_from_a_minute_to_an_hour(fixture *f)
{
	static const int minutes[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
	sm_due *due;
	fixture_start_later(f, "order:1", 0);
	fixture_catch_up(f);
	assert_int_equal(due_now(f, &due), 1);
	sm_due first = due[0];
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		assert_ok(f, sm_journal_put_off(&f->j, &first, &f->e));
		int64_t wait = fixture_int(f, "SELECT due AS n FROM {p}run") - sm_journal_now(&f->j);
		int64_t wanted = minutes[i] * INT64_C(60000000);
		/* SQLite's clock counts milliseconds, and what this process carries on since its last read lags by that read's reply */
		if (wait > wanted + 1000000 || wait < wanted - 5000000) {
			fail_msg("put off for %lld us, expected %lld", (long long)wait, (long long)wanted);
		}
		assert_int_equal(due_now(f, &due), 0);
	}
	/* another rev is another matter */
	assert_ok(f, sm_journal_put_off(&f->j, &(sm_due){.run = "00000000000000000000000000000000", .rev = 1}, &f->e));
	sm_due stale = first;
	stale.rev++;
	fixture_exec(f, "UPDATE {p}run SET put_off=2");
	assert_ok(f, sm_journal_put_off(&f->j, &stale, &f->e));
	assert_int_equal(fixture_int(f, "SELECT put_off AS n FROM {p}run"), 2);
	/* and a newer one undoes it */
	sm_history h;
	fixture_load(f, "order:1", &h);
	sm_command note = {.kind = SM_CMD_NOTE, .by = SM_STR("ann"), .reason = SM_STR("hm")};
	assert_ok(f, sm_drive_command(&f->drive, &h, &note, &f->e));
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT put_off AS n FROM {p}run"), 0);
	assert_int_equal(due_now(f, &due), 1);
	assert_int_equal(due[0].rev, 2);
}
ON_BOTH(putting_off_doubles_from_a_minute_to_an_hour)

/* ---- lists ---- */

static void assert_listed(fixture *f, const sm_runs_filter *filter, size_t n, const char *const *subjects)
{
	char (*ids)[SM_ID_SIZE];
	size_t got;
	assert_ok(f, sm_journal_runs(&f->j, &f->arena, filter, &ids, &got, &f->e));
	assert_int_equal(got, n);
	for (size_t i = 0; i < n && subjects != NULL; i++) {
		assert_string_equal(ids[i], fixture_run_id(f, subjects[i]));
	}
}

static void each_filter_finds_its_runs_newest_first(fixture *f)
{
	static const char *const all[] = {"waiting", "far", "soon", "started", "paused", "unknown", "done:4", "done:3", "done:2", "done:1", "done:0"};
	fixture_mixed_runs(f); /* nobody caught up: the list does */
	assert_listed(f, &(sm_runs_filter){.limit = 1000}, 11, all);
	assert_listed(f, &(sm_runs_filter){.limit = 4}, 4, all);
	assert_listed(f, &(sm_runs_filter){.limit = 3, .after = sm_cstr(fixture_run_id(f, "started"))}, 3, all + 4);
	assert_listed(f, &(sm_runs_filter){.limit = 3, .after = sm_cstr(fixture_run_id(f, "done:0"))}, 0, NULL);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("completed")}, 5, all + 6);
	assert_listed(f, &(sm_runs_filter){.limit = 2, .state = SM_STR("completed"), .after = sm_cstr(fixture_run_id(f, "done:3"))}, 2, all + 8);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("unknown")}, 1, all + 5);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("paused")}, 1, all + 4);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("running")}, 2, all + 2);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("waiting")}, 2, all);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .workflow = SM_STR("order.fulfil"), .category = SM_STR("commerce"),
		.owner = SM_STR("operations \xc3\x85"), .state = SM_STR("unknown")}, 1, all + 5);
	assert_listed(f, &(sm_runs_filter){.limit = 100, .workflow = SM_STR("order.fulfi")}, 0, NULL);
	assert_listed(f, &(sm_runs_filter){.limit = 100, .category = SM_STR("other")}, 0, NULL);
	assert_listed(f, &(sm_runs_filter){.limit = 100, .owner = SM_STR("operations A")}, 0, NULL);
	/* closed runs have no owner any more */
	assert_listed(f, &(sm_runs_filter){.limit = 100, .owner = SM_STR("operations \xc3\x85")}, 6, NULL);
	fixture_exec(f, "UPDATE {p}run SET due=due-3000000 WHERE state='waiting'"); /* three seconds pass: only "far" waits on */
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("waiting")}, 1, all + 1);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("running")}, 3, NULL);
	fixture_exec(f, "UPDATE {p}run SET put_off=1, due=due+60000000 WHERE state='waiting'");
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("waiting")}, 0, NULL);
}
ON_BOTH(each_filter_finds_its_runs_newest_first)

static void the_filter_and_the_run_say_the_same_state(fixture *f)
{
	fixture_mixed_runs(f);
	size_t listed = 0;
	for (int s = 0; s < SM_SHOWN_COUNT; s++) {
		char (*ids)[SM_ID_SIZE];
		size_t n;
		assert_ok(f, sm_journal_runs(&f->j, &f->arena, &(sm_runs_filter){.limit = 100, .state = sm_cstr(sm_shown_names[s])}, &ids, &n, &f->e));
		listed += n;
		for (size_t i = 0; i < n; i++) {
			sm_history h;
			sm_history_init(&h, &f->arena, ids[i]);
			assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
			assert_int_equal(sm_run_shown(&h.run, h.now), s);
		}
	}
	assert_int_equal(listed, 11);
}
ON_BOTH(the_filter_and_the_run_say_the_same_state)

static void a_list_refuses_limits_and_ids_that_are_none(fixture *f)
{
	char (*ids)[SM_ID_SIZE];
	size_t n;
	assert_int_equal(sm_journal_runs(&f->j, &f->arena, &(sm_runs_filter){.limit = 0}, &ids, &n, &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_journal_runs(&f->j, &f->arena, &(sm_runs_filter){.limit = 1001}, &ids, &n, &f->e), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "1001"));
	assert_int_equal(sm_journal_runs(&f->j, &f->arena, &(sm_runs_filter){.limit = 1, .after = SM_STR("x")}, &ids, &n, &f->e), SM_E_ARGUMENT);
	assert_listed(f, &(sm_runs_filter){.limit = 1000, .state = SM_STR("' OR 1=1 -- ")}, 0, NULL);
}
ON_BOTH(a_list_refuses_limits_and_ids_that_are_none)

static void an_external_id_finds_its_runs_oldest_first(fixture *f)
{
	char (*ids)[SM_ID_SIZE];
	size_t n;
	f->externals = true;
	fixture_start_all(f, "order:%d", 3);
	assert_ok(f, sm_journal_find_external(&f->j, &f->arena, SM_STR("charge"), SM_STR("ch_mail"), &ids, &n, &f->e));
	assert_int_equal(n, 3);
	for (int i = 0; i < 3; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "order:%d", i);
		assert_string_equal(ids[i], fixture_run_id(f, subject));
	}
	assert_ok(f, sm_journal_find_external(&f->j, &f->arena, SM_STR("invoice"), SM_STR("ch_mail"), &ids, &n, &f->e));
	assert_int_equal(n, 0);
	assert_ok(f, sm_journal_find_external(&f->j, &f->arena, SM_STR("charge"), SM_STR("ch_nobody"), &ids, &n, &f->e));
	assert_int_equal(n, 0);
	/* the id itself is nowhere in the projection */
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}external WHERE hash LIKE '%ch_%'"), 0);
}
ON_BOTH(an_external_id_finds_its_runs_oldest_first)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(due_is_what_can_move),
		BOTH(what_a_switch_holds_is_not_due),
		BOTH(putting_off_doubles_from_a_minute_to_an_hour),
		BOTH(each_filter_finds_its_runs_newest_first),
		BOTH(the_filter_and_the_run_say_the_same_state),
		BOTH(a_list_refuses_limits_and_ids_that_are_none),
		BOTH(an_external_id_finds_its_runs_oldest_first),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
