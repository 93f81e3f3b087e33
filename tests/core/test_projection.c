/* Projections on real databases: the run list, due work, external ids; all equal to a fresh fold whatever was lost, repeated or killed. */
#include "support.h"

#include "journal_fixture.h"

#include <stdatomic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- helpers ---- */

/* Everything that is projected, but what a tick put off. */
static const char *projected(fixture *f)
{
	static const char *const run[] = {"id", "workflow", "category", "state", "step", "owner", "rev", "due", "started_at", "changed_at", "fold", NULL};
	static const char *const external[] = {"id", "run", "hash", "kind", NULL};
	static const char *const mark[] = {"pos", NULL};
	const char *a = fixture_dump(f, "SELECT * FROM {p}run ORDER BY id", run);
	const char *b = fixture_dump(f, "SELECT * FROM {p}external ORDER BY id", external);
	const char *c = fixture_dump(f, "SELECT pos FROM {p}meta WHERE name='projected'", mark);
	sm_buf all;
	sm_buf_init(&all, &f->arena, 1u << 28);
	sm_buf_puts(&all, a);
	sm_buf_puts(&all, b);
	sm_buf_puts(&all, c);
	assert_int_equal(all.status, SM_OK);
	return all.p;
}

static void drop_projections(fixture *f)
{
	fixture_exec(f, "DELETE FROM {p}run");
	fixture_exec(f, "DELETE FROM {p}external");
	fixture_exec(f, "UPDATE {p}meta SET pos=0 WHERE name='projected'");
}

static void assert_equal_to_a_fresh_fold(fixture *f)
{
	fixture_catch_up(f);
	const char *was = projected(f);
	drop_projections(f);
	fixture_catch_up(f);
	assert_string_equal(projected(f), was);
	/* and every run has its row, at its last event */
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run r, (SELECT stream, MAX(seq) AS seq FROM {p}journal GROUP BY stream) j"
		" WHERE r.id=j.stream AND r.rev=j.seq"), fixture_int(f, "SELECT COUNT(DISTINCT stream) AS n FROM {p}journal"));
}

/* ---- counts ---- */

typedef struct told {
	long times;
	char id[SM_ID_SIZE], from[32], to[32];
	long stop_at; /* says false at this one */
} told;

static bool tell(void *ctx, const char *id, const char *from, const char *to)
{
	told *t = ctx;
	snprintf(t->id, sizeof t->id, "%s", id);
	snprintf(t->from, sizeof t->from, "%s", from);
	snprintf(t->to, sizeof t->to, "%s", to);
	return ++t->times != t->stop_at;
}

static void a_pass_costs_four_statements_and_one_for_each_32_runs(fixture *f)
{
	told t = {0};
	int64_t done;
	long passes = 0;
	f->externals = true;
	fixture_start_all(f, "order:%d", 45); /* 495 leaves with three external ids each */
	int64_t leaves = fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), sum = 0;
	assert_int_equal(leaves, 45 * 11);
	f->j.changed = tell;
	f->j.changed_ctx = &t;
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
	for (;; passes++) {
		long before = t.times;
		fixture_count_from_here(f);
		assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
		if (done == 0) {
			break;
		}
		long runs = t.times - before, upserts = f->count[SM_SQL_RUNS_UPSERT];
		assert_int_equal(upserts, (runs + 31) / 32);
		assert_true(f->count[SM_SQL_EXTERNALS_INSERT] == 1);
		assert_int_equal(f->reads + f->writes, 4 + upserts + 1);
		sum += done;
	}
	assert_int_equal(sum, leaves);
	assert_int_equal(passes, 3); /* 200 leaves each */
	assert_int_equal(f->reads + f->writes, 2); /* nothing to do: mark and leaves */
}
ON_BOTH(a_pass_costs_four_statements_and_one_for_each_32_runs)

static void runs_of_a_pass_are_upserted_by_32(fixture *f)
{
	int64_t done;
	for (int i = 0; i < 193; i++) { /* six times 32 and one */
		char subject[32];
		snprintf(subject, sizeof subject, "order:%d", i);
		fixture_start_later(f, subject, 0);
	}
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_int_equal(done, 193);
	assert_int_equal(f->count[SM_SQL_RUNS_UPSERT], 7);
	assert_int_equal(f->reads + f->writes, 11);
}
ON_BOTH(runs_of_a_pass_are_upserted_by_32)

static void upserts_keep_inside_a_statement(fixture *f)
{
	int64_t done;
	for (int i = 0; i < 40; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "order:%d", i);
		fixture_start_later(f, subject, 0);
	}
	assert_ok(f, sm_journal_sequence(&f->j, 100, &done, &f->e));
	f->j.max_statement = 16384;
	fixture_count_from_here(f);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_true(f->count[SM_SQL_RUNS_UPSERT] > 2);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='running'"), 40);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(upserts_keep_inside_a_statement)

/* ---- the same as a fresh fold ---- */

static void any_lost_or_repeated_statement_leaves_a_fresh_fold(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_MARK_READ, SM_SQL_LEAVES, SM_SQL_FOLDS, SM_SQL_RUNS_UPSERT, SM_SQL_EXTERNALS_INSERT,
		SM_SQL_MARK_SET};
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};
	fixture_mixed_runs(f);
	fixture_catch_up(f);
	const char *expected = projected(f);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t m = 0; m < 3; m++) {
			for (int times = 1; times <= 3; times++) {
				drop_projections(f);
				f->fault = modes[m];
				f->fault_kind = kinds[k];
				f->fault_times = times;
				for (int tries = 0;; tries++) {
					int64_t a, b;
					if (sm_journal_catch_up(&f->j, 100, &a, &b, &f->e) == SM_OK) {
						break;
					}
					assert_true(tries < 3);
				}
				f->fault = FAULT_NONE;
				assert_string_equal(projected(f), expected);
			}
		}
	}
	/* an upsert that is never taken keeps the mark where it is */
	drop_projections(f);
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_RUNS_UPSERT;
	f->fault_times = 1000;
	int64_t done;
	assert_int_equal(sm_journal_project(&f->j, &done, &f->e), SM_E_STORE);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 0);
	f->fault = FAULT_NONE;
}
ON_BOTH(any_lost_or_repeated_statement_leaves_a_fresh_fold)

static void an_old_fold_never_replaces_a_newer_one(fixture *f)
{
	fixture_start_and_die(f, "order:1");
	fixture_start_with(f, "order:2", SM_OUTCOME_DONE);
	fixture_catch_up(f);
	const char *was = projected(f);
	/* a projector that slept since before: same leaves, rows that moved on */
	fixture_exec(f, "UPDATE {p}meta SET pos=0 WHERE name='projected'");
	fixture_exec(f, "UPDATE {p}run SET put_off=3");
	fixture_catch_up(f);
	assert_string_equal(projected(f), was);
	assert_int_equal(fixture_int(f, "SELECT MIN(put_off) AS n FROM {p}run"), 3);
}
ON_BOTH(an_old_fold_never_replaces_a_newer_one)

/* Another projector overtakes this one between its reads and its upsert. */
static void overtake(fixture *f, const sm_statement *st)
{
	fixture other;
	sm_history h;
	sm_progress p;
	if (st->kind != SM_SQL_RUNS_UPSERT) {
		return;
	}
	f->before = NULL;
	fixture_join(&other, f, "test environment");
	fixture_load(&other, "order:1", &h);
	assert_ok(&other, sm_drive_advance(&other.drive, &h, &p, &other.e));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	fixture_catch_up(&other);
	fixture_close(&other);
}

static void a_projector_that_was_overtaken_changes_nothing(fixture *f)
{
	int64_t done;
	fixture_start_later(f, "order:1", 0);
	assert_ok(f, sm_journal_sequence(&f->j, 10, &done, &f->e));
	f->before = overtake;
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_null(f->before);
	assert_int_equal(fixture_int(f, "SELECT rev AS n FROM {p}run WHERE state='completed' AND due IS NULL"), 8);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 8);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(a_projector_that_was_overtaken_changes_nothing)

static void projecting_waits_at_a_missing_number(fixture *f)
{
	int64_t done;
	fixture_start_all(f, "order:%d", 1);
	assert_ok(f, sm_journal_sequence(&f->j, 10, &done, &f->e));
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=NULL WHERE leaf_index=3");
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_int_equal(done, 3);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_int_equal(done, 0);
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=3 WHERE leaf_index IS NULL");
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e));
	assert_int_equal(done, 5);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(projecting_waits_at_a_missing_number)

enum { PROJECTORS = 4, WRITERS = 3, RUNS_EACH = 40 };

typedef struct racing {
	atomic_int writers_done;
	atomic_long told;
} racing;

static bool count_told(void *ctx, const char *id, const char *from, const char *to)
{
	((racing *)ctx)->told += 1;
	return true;
}

static int write_or_project(fixture *f, int child, void *ctx)
{
	racing *shared = ctx;
	f->externals = true;
	for (int i = 0; child >= PROJECTORS && i < RUNS_EACH; i++) {
		char subject[48];
		sm_history h;
		sm_progress p;
		f->outcome[1] = i % 3 == 0 ? SM_OUTCOME_AMBIGUOUS : i % 3 == 1 ? SM_OUTCOME_NOT_DONE : SM_OUTCOME_DONE;
		snprintf(subject, sizeof subject, "order:%d:%d", child, i);
		if (fixture_start(f, subject, &h, &p) != SM_OK) {
			fprintf(stderr, "child %d: %s\n", child, f->e.message);
			shared->writers_done += 1;
			return 1;
		}
	}
	if (child >= PROJECTORS) {
		shared->writers_done += 1;
		return 0;
	}
	f->j.changed = count_told;
	f->j.changed_ctx = shared;
	for (;;) {
		bool last = shared->writers_done == WRITERS;
		int64_t a, b;
		sm_status s = sm_journal_catch_up(&f->j, 3, &a, &b, &f->e);
		if (s != SM_OK) {
			fprintf(stderr, "projector %d: status %d: %s\n", child, (int)s, f->e.message);
			return 1;
		}
		if (last && a == 0 && b == 0) {
			return 0;
		}
	}
}

static void four_projectors_beside_writers_end_with_a_fresh_fold(fixture *f)
{
	racing *shared = fixture_shared(sizeof *shared);
	fixture_fork(f, PROJECTORS + WRITERS, write_or_project, shared);
	assert_true(shared->told >= WRITERS * RUNS_EACH);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), WRITERS * RUNS_EACH);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='broken'"), 0);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(four_projectors_beside_writers_end_with_a_fresh_fold)

enum { KILLS = 40 };

static int project_until_killed(fixture *f, int child, void *ctx)
{
	racing *shared = ctx;
	f->j.changed = count_told;
	f->j.changed_ctx = shared;
	/* a death at a moment of its own: after so many statements, chosen by the child */
	alarm(20);
	pid_t self = getpid();
	if (fork() == 0) {
		usleep((useconds_t)(200 + child * 150));
		kill(self, SIGKILL);
		_exit(0);
	}
	for (;;) {
		int64_t a, b;
		(void)sm_journal_catch_up(&f->j, 1, &a, &b, &f->e);
	}
}

static void killed_projectors_leave_a_fresh_fold(fixture *f)
{
	racing *shared = fixture_shared(sizeof *shared);
	f->externals = true;
	fixture_start_all(f, "order:%d", 60);
	sqlite_store_close(&f->sqlite);
	mysql_store_close(&f->mysql);
	for (int i = 0; i < KILLS; i += 4) {
		pid_t children[4];
		for (int k = 0; k < 4; k++) {
			children[k] = fork();
			if (children[k] == 0) {
				fixture own;
				fixture_join(&own, f, "test environment");
				_exit(project_until_killed(&own, i + k, shared));
			}
		}
		for (int k = 0; k < 4; k++) {
			int status;
			assert_int_equal(waitpid(children[k], &status, 0), children[k]);
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		}
	}
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='completed'"), 60);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(killed_projectors_leave_a_fresh_fold)

/* ---- broken rows ---- */

static void what_cannot_be_folded_breaks_its_row_and_nothing_else(fixture *f)
{
	static const char *const columns[] = {"workflow", "state", "rev", "due", "owner", "step", NULL};
	char sql[300];
	told t = {0};
	fixture_start_and_die(f, "order:1");
	fixture_start_and_die(f, "order:2");
	fixture_start_and_die(f, "order:3");
	fixture_start_and_die(f, "order:4");
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf='{not a leaf' WHERE seq=2 AND stream='%s'", fixture_run_id(f, "order:1"));
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf='[]' WHERE seq=1 AND stream='%s'", fixture_run_id(f, "order:2"));
	fixture_exec(f, sql);
	/* a leaf of another run */
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET id='00000000000070000000000000000001' WHERE seq=2 AND stream='%s'", fixture_run_id(f, "order:4"));
	fixture_exec(f, sql);
	f->j.changed = tell;
	f->j.changed_ctx = &t;
	fixture_catch_up(f);
	assert_int_equal(t.times, 4);
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", fixture_run_id(f, "order:1"));
	assert_string_equal(fixture_dump(f, sql, columns), "order.fulfil|broken|2|NULL||\n");
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", fixture_run_id(f, "order:2"));
	assert_string_equal(fixture_dump(f, sql, columns), "|broken|2|NULL||\n");
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='broken'"), 3);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='running' AND due>0"), 1);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 8);
	assert_equal_to_a_fresh_fold(f);
	/* later events of a broken run keep it broken */
	fixture_start_with(f, "order:5", SM_OUTCOME_AMBIGUOUS);
	fixture_catch_up(f);
	snprintf(sql, sizeof sql, "UPDATE {p}run SET state='broken', rev=2 WHERE id='%s'", fixture_run_id(f, "order:5"));
	fixture_exec(f, sql);
	fixture_exec(f, "UPDATE {p}meta SET pos=8 WHERE name='projected'");
	fixture_catch_up(f);
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", fixture_run_id(f, "order:5"));
	assert_non_null(strstr(fixture_dump(f, sql, columns), "order.fulfil|broken|5|NULL||\n"));
}
ON_BOTH(what_cannot_be_folded_breaks_its_row_and_nothing_else)

static void a_fold_that_cannot_be_read_is_broken(fixture *f)
{
	fixture_start_and_die(f, "order:1");
	fixture_catch_up(f);
	fixture_exec(f, "UPDATE {p}run SET fold='{}'");
	sm_history h;
	fixture_load(f, "order:1", &h);
	sm_command note = {.kind = SM_CMD_NOTE, .by = SM_STR("ann"), .reason = SM_STR("hm")};
	assert_ok(f, sm_drive_command(&f->drive, &h, &note, &f->e));
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='broken' AND rev=3"), 1);
}
ON_BOTH(a_fold_that_cannot_be_read_is_broken)

static void switches_and_answers_are_no_runs(fixture *f)
{
	int64_t generation;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:a"), true, SM_STR("ann"), SM_STR("x"), &generation, &f->e));
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_RESTORED, SM_STR("ann"), SM_STR("x"), &f->e));
	fixture_start_all(f, "order:%d", 1);
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 1);
	/* a hold, an answer with the end of one log and the beginning of the next, and a run of eight */
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 12);
}
ON_BOTH(switches_and_answers_are_no_runs)

static void a_missing_mark_is_said(fixture *f)
{
	int64_t done;
	fixture_start_all(f, "order:%d", 1);
	fixture_exec(f, "DELETE FROM {p}meta WHERE name='projected'");
	assert_int_equal(sm_journal_project(&f->j, &done, &f->e), SM_E_SCHEMA);
	assert_ok(f, sm_schema_install(&f->j, SM_STR("shop.example"), &f->e));
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 1);
}
ON_BOTH(a_missing_mark_is_said)

/* ---- listeners ---- */

static void a_listener_hears_each_change_before_the_mark_moves(fixture *f)
{
	told t = {.stop_at = 1};
	int64_t done;
	fixture_start_later(f, "order:1", 0);
	assert_ok(f, sm_journal_sequence(&f->j, 10, &done, &f->e));
	f->j.changed = tell;
	f->j.changed_ctx = &t;
	assert_int_equal(sm_journal_project(&f->j, &done, &f->e), SM_E_ABORTED);
	assert_int_equal(done, 0);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 0);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e)); /* hears it again */
	assert_int_equal(t.times, 2);
	assert_string_equal(t.id, fixture_run_id(f, "order:1"));
	assert_string_equal(t.from, "");
	assert_string_equal(t.to, "running");
	sm_history h;
	sm_progress p;
	fixture_load(f, "order:1", &h);
	f->outcome[1] = SM_OUTCOME_AMBIGUOUS;
	assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
	fixture_catch_up(f);
	assert_int_equal(t.times, 3);
	assert_string_equal(t.from, "running");
	assert_string_equal(t.to, "unknown");
	/* what a list screen folds is told too */
	f->outcome[1] = SM_OUTCOME_DONE;
	fixture_start_all(f, "order:9%d", 1);
	char (*ids)[SM_ID_SIZE];
	size_t n;
	assert_ok(f, sm_journal_runs(&f->j, &f->arena, &(sm_runs_filter){.limit = 10}, &ids, &n, &f->e));
	assert_int_equal(t.times, 4);
	assert_string_equal(t.to, "completed");
}
ON_BOTH(a_listener_hears_each_change_before_the_mark_moves)

typedef struct curious {
	fixture *f;
	long times;
	size_t listed;
} curious;

static bool list_inside(void *ctx, const char *id, const char *from, const char *to)
{
	curious *c = ctx;
	char (*ids)[SM_ID_SIZE];
	c->times++;
	return sm_journal_runs(&c->f->j, &c->f->arena, &(sm_runs_filter){.limit = 10}, &ids, &c->listed, &c->f->e) == SM_OK;
}

static void a_listener_may_list_runs(fixture *f)
{
	curious c = {f, 0, 99};
	fixture_start_all(f, "order:%d", 2);
	f->j.changed = list_inside;
	f->j.changed_ctx = &c;
	fixture_catch_up(f);
	assert_int_equal(c.times, 2);
	assert_int_equal(c.listed, 0); /* told before it is listed */
	fixture_start_all(f, "order:9%d", 1);
	fixture_catch_up(f);
	assert_int_equal(c.times, 3);
	assert_int_equal(c.listed, 2);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(a_listener_may_list_runs)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_pass_costs_four_statements_and_one_for_each_32_runs),
		BOTH(runs_of_a_pass_are_upserted_by_32),
		BOTH(upserts_keep_inside_a_statement),
		BOTH(any_lost_or_repeated_statement_leaves_a_fresh_fold),
		BOTH(an_old_fold_never_replaces_a_newer_one),
		BOTH(a_projector_that_was_overtaken_changes_nothing),
		BOTH(projecting_waits_at_a_missing_number),
		BOTH(four_projectors_beside_writers_end_with_a_fresh_fold),
		BOTH(killed_projectors_leave_a_fresh_fold),
		BOTH(what_cannot_be_folded_breaks_its_row_and_nothing_else),
		BOTH(a_fold_that_cannot_be_read_is_broken),
		BOTH(switches_and_answers_are_no_runs),
		BOTH(a_missing_mark_is_said),
		BOTH(a_listener_hears_each_change_before_the_mark_moves),
		BOTH(a_listener_may_list_runs),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
