/* The write rule on real databases; one business event, one run. */
#include "support.h"

#include "journal_fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { EVENTS_OF_A_RUN = 8 }; /* run.started, three times step.started and step.finished, run.completed */

static void assert_run_is_whole(fixture *f, const char *subject)
{
	sm_history h;
	fixture_load(f, subject, &h);
	if (h.broken) {
		fail_msg("broken: %s", h.broken_why);
	}
	assert_int_equal(h.n, EVENTS_OF_A_RUN);
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}

/* ---- writing ---- */

static void a_run_of_three_steps_costs_four_writes_and_no_read(fixture *f)
{
	sm_history h;
	sm_progress p;
	assert_ok(f, fixture_start(f, "order:1", &h, &p)); /* reads the identity, makes the switch rows */
	fixture_count_from_here(f);
	assert_ok(f, fixture_start(f, "order:2", &h, &p));
	assert_int_equal(f->writes, 4);
	assert_int_equal(f->reads, 0);
	assert_run_is_whole(f, "order:2");
	fixture_count_from_here(f);
	assert_ok(f, fixture_start(f, "order:2", &h, &p));
	assert_true(p.existed);
	assert_true(f->reads + f->writes <= 2);
	assert_int_equal(f->effects_run, 6);
}
ON_BOTH(a_run_of_three_steps_costs_four_writes_and_no_read)

static void bytes_pass_whatever_the_charset_of_the_site(fixture *f)
{
	sm_history h;
	sm_progress p;
	sm_bytes output;
	assert_ok(f, fixture_start(f, "order:\xc3\x85sa \xf0\x9f\x9b\x92 ' \\ \" % ?", &h, &p));
	fixture_load(f, "order:\xc3\x85sa \xf0\x9f\x9b\x92 ' \\ \" % ?", &h);
	assert_false(h.broken);
	assert_ok(f, sm_history_output(&h, SM_STR("charge"), &output, &f->e));
	assert_bytes(output, "{\"id\":\"\xc3\x85sa \xf0\x9f\x9b\x92\"}");
	assert_bytes(sm_event_value(&h.events[0], "subject"), "\"order:\xc3\x85sa \xf0\x9f\x9b\x92 ' \\\\ \\\" % ?\"");
}
ON_BOTH(bytes_pass_whatever_the_charset_of_the_site)

static void a_lost_refused_or_repeated_write_changes_nothing(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_APPEND_START, SM_SQL_APPEND, SM_SQL_TARGETS, SM_SQL_LOAD, SM_SQL_SWITCH_INSERT};
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};
	int i = 0;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
			for (int times = 1; times <= 2; times++) {
				char subject[32];
				sm_history h;
				sm_progress p;
				if ((kinds[k] == SM_SQL_TARGETS || kinds[k] == SM_SQL_LOAD) && times == 2) {
					continue; /* a read that fails twice is an error */
				}
				snprintf(subject, sizeof subject, "order:%d", i++);
				fixture_exec(f, "DELETE FROM {p}switch WHERE target<>'*'"); /* so that the rows are made again */
				f->fault = modes[m];
				f->fault_kind = kinds[k];
				f->fault_times = times;
				f->effects_run = 0;
				assert_ok(f, fixture_start(f, subject, &h, &p));
				f->fault = FAULT_NONE;
				assert_int_equal(f->effects_run, 3);
				assert_run_is_whole(f, subject);
			}
		}
	}
}
ON_BOTH(a_lost_refused_or_repeated_write_changes_nothing)

static void a_store_that_takes_nothing_fires_nothing(fixture *f)
{
	sm_history h;
	sm_progress p;
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_APPEND_START;
	f->fault_times = 1000;
	assert_int_equal(fixture_start(f, "order:1", &h, &p), SM_E_UNCERTAIN);
	assert_false(p.acted);
	assert_int_equal(f->effects_run, 0);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 0);
	f->fault = FAULT_NONE;
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	assert_run_is_whole(f, "order:1");
}
ON_BOTH(a_store_that_takes_nothing_fires_nothing)

/* From the first boundary on the store refuses what is guarded by a switch, as where its row stays locked. */
static void refuse_starts(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_APPEND_START && f->effects_run > 0) {
		f->fault = FAULT_REFUSED;
		f->fault_kind = SM_SQL_APPEND_START;
		f->fault_times = 1000;
		f->before = NULL;
	}
}

static void an_outcome_is_stored_where_the_next_start_never_is(fixture *f)
{
	sm_history h;
	sm_progress p;
	f->before = refuse_starts;
	assert_int_equal(fixture_start(f, "order:1", &h, &p), SM_E_UNCERTAIN); /* about the second step's start, which was tried again by itself */
	assert_int_equal(f->effects_run, 1);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 3);
	fixture_load(f, "order:1", &h);
	assert_int_equal(h.events[2].type, SM_STEP_FINISHED);
	f->fault = FAULT_NONE;
	assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
	assert_int_equal(f->effects_run, 3);
	assert_run_is_whole(f, "order:1");
}
ON_BOTH(an_outcome_is_stored_where_the_next_start_never_is)

/* The whole statement whose answer never came, held up on its way to the store. */
static sm_statement on_its_way;

static void hold_up_the_start(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_APPEND_START && f->effects_run > 0) {
		on_its_way = *st;
		f->fault = FAULT_REFUSED;
		f->fault_kind = SM_SQL_APPEND_START;
		f->fault_times = 1000;
	} else if (st->kind == SM_SQL_APPEND && f->fault != FAULT_NONE) {
		int64_t changed;
		f->before = NULL;
		f->fault = FAULT_NONE;
		assert_ok(f, f->inner.write(f->inner.ctx, &on_its_way, &changed, &f->e));
		assert_int_equal(changed, 2);
	}
}

static void a_start_that_comes_before_its_outcome_by_itself_is_performed(fixture *f)
{
	sm_history h;
	sm_progress p;
	f->before = hold_up_the_start;
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	assert_null(f->before); /* it came */
	assert_int_equal(f->effects_run, 3);
	assert_run_is_whole(f, "order:1");
}
ON_BOTH(a_start_that_comes_before_its_outcome_by_itself_is_performed)

/* ---- many at once ---- */

enum { STARTERS = 16, SAME_KEYS = 12 };

typedef struct same_key {
	atomic_long effects, existed;
} same_key;

static int start_the_same_keys(fixture *f, int child, void *ctx)
{
	same_key *shared = ctx;
	for (int i = 0; i < SAME_KEYS; i++) {
		char subject[32];
		sm_history h;
		sm_progress p;
		snprintf(subject, sizeof subject, "order:%d", i);
		sm_status s = fixture_start(f, subject, &h, &p);
		if (s != SM_OK) {
			fprintf(stderr, "child %d: status %d: %s\n", child, (int)s, f->e.message);
			return 1;
		}
		shared->existed += p.existed;
	}
	shared->effects += f->effects_run;
	return 0;
}

static void sixteen_processes_that_start_the_same_event_make_one_run(fixture *f)
{
	same_key *shared = fixture_shared(sizeof *shared);
	fixture_fork(f, STARTERS, start_the_same_keys, shared);
	assert_int_equal(shared->effects, 3 * SAME_KEYS);
	assert_int_equal(shared->existed, (STARTERS - 1) * SAME_KEYS);
	for (int i = 0; i < SAME_KEYS; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "order:%d", i);
		assert_run_is_whole(f, subject);
	}
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), SAME_KEYS * EVENTS_OF_A_RUN);
}
ON_BOTH(sixteen_processes_that_start_the_same_event_make_one_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_run_of_three_steps_costs_four_writes_and_no_read),
		BOTH(bytes_pass_whatever_the_charset_of_the_site),
		BOTH(a_lost_refused_or_repeated_write_changes_nothing),
		BOTH(a_store_that_takes_nothing_fires_nothing),
		BOTH(an_outcome_is_stored_where_the_next_start_never_is),
		BOTH(a_start_that_comes_before_its_outcome_by_itself_is_performed),
		BOTH(sixteen_processes_that_start_the_same_event_make_one_run),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
