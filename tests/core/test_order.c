/* The log's order on real databases: no hole, whatever is lost, repeated or raced. */
#include "support.h"

#include "journal_fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { EVENTS_OF_A_RUN = 8 }; /* run.started, three times step.started and step.finished, run.completed */

/* Rows that need not be leaves: the log's order looks at ids alone. */
static void put_rows(fixture *f, int from, int n)
{
	for (int i = from; i < from + n;) {
		char sql[4000];
		size_t used = (size_t)snprintf(sql, sizeof sql, "INSERT INTO {p}journal (id, stream, seq, leaf, leaf_hash, stored_at) VALUES ");
		for (int k = 0; k < 20 && i < from + n; k++, i++) {
			used += (size_t)snprintf(sql + used, sizeof sql - used, "%s('%032x','%032x',1,'{}','%064x',1)", k ? "," : "", i * 7, i, i);
		}
		fixture_exec(f, sql);
	}
}

static void assert_log_has_no_hole(fixture *f, int64_t n)
{
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), n);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf_index IS NULL"), 0);
	assert_int_equal(fixture_int(f, "SELECT MIN(leaf_index) AS n FROM {p}journal"), n > 0 ? 0 : -1);
	assert_int_equal(fixture_int(f, "SELECT MAX(leaf_index) AS n FROM {p}journal"), n - 1);
	assert_int_equal(fixture_int(f, "SELECT COUNT(DISTINCT leaf_index) AS n FROM {p}journal"), n);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal a, {p}journal b WHERE a.stream=b.stream AND b.seq=a.seq+1 AND"
		" b.leaf_index<a.leaf_index"), 0);
}

static void a_batch_costs_two_statements(fixture *f)
{
	int64_t done;
	put_rows(f, 1, 1000);
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_sequence(&f->j, 1, &done, &f->e));
	assert_int_equal(done, 256);
	assert_int_equal(f->reads + f->writes, 2);
	assert_int_equal(fixture_int(f, "SELECT MAX(leaf_index) AS n FROM {p}journal"), 255);
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e)); /* 256, 488 of 512 */
	assert_int_equal(done, 744);
	assert_int_equal(f->reads + f->writes, 4);
	assert_log_has_no_hole(f, 1000);
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
	assert_int_equal(done, 0);
	assert_int_equal(f->reads + f->writes, 1);
	/* in the order of the ids */
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal a, {p}journal b WHERE b.leaf_index=a.leaf_index+1 AND b.id<a.id"), 0);
}
ON_BOTH(a_batch_costs_two_statements)

static void a_large_log_is_numbered_in_growing_batches(fixture *f)
{
	int64_t done;
	put_rows(f, 1, 9000);
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e)); /* 256, 512, 1024, 2048, 4096, 1064 */
	assert_int_equal(done, 9000);
	assert_int_equal(f->reads + f->writes, 12);
	assert_log_has_no_hole(f, 9000);
}
ON_BOTH(a_large_log_is_numbered_in_growing_batches)

static void numbering_survives_lost_refused_and_repeated_statements(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_SEQUENCE_LIST, SM_SQL_SEQUENCE_SET};
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};
	int rows = 0;
	for (size_t k = 0; k < 2; k++) {
		for (size_t m = 0; m < 3; m++) {
			int64_t done;
			put_rows(f, rows + 1, 300);
			rows += 300;
			f->fault = modes[m];
			f->fault_kind = kinds[k];
			f->fault_times = 1;
			assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
			assert_int_equal(done, 300);
			f->fault = FAULT_NONE;
			assert_log_has_no_hole(f, rows);
		}
	}
	int64_t done;
	put_rows(f, rows + 1, 10);
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_SEQUENCE_SET;
	f->fault_times = 1000;
	assert_int_equal(sm_journal_sequence(&f->j, 100, &done, &f->e), SM_E_STORE);
	assert_int_equal(done, 0);
	assert_non_null(strstr(f->e.message, "refused by the test"));
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf_index IS NULL"), 10);
}
ON_BOTH(numbering_survives_lost_refused_and_repeated_statements)

/* Another sequencer numbers some of ours between our list and our update. */
static void take_three(fixture *f, const sm_statement *st)
{
	if (st->kind != SM_SQL_SEQUENCE_SET) {
		return;
	}
	f->before = NULL;
	int64_t base = fixture_int(f, "SELECT COALESCE(MAX(leaf_index),-1) AS n FROM {p}journal");
	for (int i = 1; i <= 3; i++) {
		char sql[200];
		snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_index=%lld WHERE id='%032x'", (long long)base + i, (unsigned)(base + 1 + i) * 7);
		fixture_exec(f, sql);
	}
}

static void a_prefix_taken_by_others_is_sound(fixture *f)
{
	int64_t done;
	put_rows(f, 1, 50);
	f->before = take_three;
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
	assert_log_has_no_hole(f, 50);
	put_rows(f, 51, 50);
	f->before = take_three;
	assert_ok(f, sm_journal_sequence(&f->j, 1, &done, &f->e)); /* one batch only */
	assert_ok(f, sm_journal_sequence(&f->j, 1, &done, &f->e));
	assert_log_has_no_hole(f, 100);
}
ON_BOTH(a_prefix_taken_by_others_is_sound)

enum { SEQUENCERS = 4, WRITERS = 3, RUNS_EACH = 60 };

typedef struct numbering {
	atomic_int writers_done;
	atomic_long numbered;
} numbering;

static int write_or_number(fixture *f, int child, void *ctx)
{
	numbering *shared = ctx;
	for (int i = 0; child >= SEQUENCERS && i < RUNS_EACH; i++) {
		char subject[48];
		sm_history h;
		sm_progress p;
		snprintf(subject, sizeof subject, "order:%d:%d", child, i);
		if (fixture_start(f, subject, &h, &p) != SM_OK) {
			fprintf(stderr, "child %d: %s\n", child, f->e.message);
			shared->writers_done += 1;
			return 1;
		}
	}
	if (child >= SEQUENCERS) {
		shared->writers_done += 1;
		return 0;
	}
	for (;;) {
		bool last = shared->writers_done == WRITERS;
		int64_t done;
		sm_status s = sm_journal_sequence(&f->j, 4, &done, &f->e);
		if (s != SM_OK) {
			fprintf(stderr, "sequencer %d: status %d: %s\n", child, (int)s, f->e.message);
			return 1;
		}
		shared->numbered += done > 0;
		if (last && done == 0) {
			return 0;
		}
	}
}

static void four_sequencers_beside_writers_leave_no_hole(fixture *f)
{
	numbering *shared = fixture_shared(sizeof *shared);
	fixture_fork(f, SEQUENCERS + WRITERS, write_or_number, shared);
	assert_true(shared->numbered > 10);
	/* A run whose start waited longer for SQLite's lock than its step may take did not act, and waits: it has fewer events. */
	int64_t n = fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal");
	assert_in_range(n, WRITERS * RUNS_EACH * 2, WRITERS * RUNS_EACH * EVENTS_OF_A_RUN);
	assert_int_equal(fixture_int(f, "SELECT COUNT(DISTINCT stream) AS n FROM {p}journal"), WRITERS * RUNS_EACH);
	assert_log_has_no_hole(f, n);
}
ON_BOTH(four_sequencers_beside_writers_leave_no_hole)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_batch_costs_two_statements),
		BOTH(a_large_log_is_numbered_in_growing_batches),
		BOTH(numbering_survives_lost_refused_and_repeated_statements),
		BOTH(a_prefix_taken_by_others_is_sound),
		BOTH(four_sequencers_beside_writers_leave_no_hole),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
