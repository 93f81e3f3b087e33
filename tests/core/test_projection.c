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

static void start_all(fixture *f, const char *format, int n)
{
	for (int i = 0; i < n; i++) {
		char subject[48];
		sm_history h;
		sm_progress p;
		snprintf(subject, sizeof subject, format, i);
		assert_ok(f, fixture_start(f, subject, &h, &p));
	}
}

static void start_with(fixture *f, const char *subject, sm_outcome_kind second)
{
	sm_history h;
	sm_progress p;
	f->outcome[1] = second;
	assert_ok(f, fixture_start(f, subject, &h, &p));
	f->outcome[1] = SM_OUTCOME_DONE;
}

static void start_later(fixture *f, const char *subject, int64_t not_before)
{
	sm_history h;
	sm_progress p;
	sm_start s = {.workflow = &f->workflow, .subject = sm_cstr(subject), .input = SM_STR("null"), .occurrence = SM_STR("1"), .trigger = SM_STR("test"),
		.later = true, .not_before = not_before};
	assert_ok(f, sm_drive_start(&f->drive, &f->arena, &s, &h, &p, &f->e));
}

static sm_status dies(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	return SM_E_ABORTED;
}

static void start_and_die(fixture *f, const char *subject)
{
	sm_history h;
	sm_progress p;
	sm_status (*run)(void *, const sm_call *, sm_arena *, sm_outcome *, sm_error *) = f->effects.run;
	f->effects.run = dies;
	assert_int_equal(fixture_start(f, subject, &h, &p), SM_E_ABORTED);
	f->effects.run = run;
}

static const char *run_of(fixture *f, const char *subject)
{
	char *id = sm_arena_alloc(&f->arena, 1, SM_ID_SIZE);
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	sm_run_id(&f->j.keys, f->workflow.name, sm_cstr(subject), SM_STR("1"), id);
	return id;
}

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
	start_all(f, "order:%d", 45); /* 495 leaves with three external ids each */
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
		start_later(f, subject, 0);
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
		start_later(f, subject, 0);
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

static void mixed_runs(fixture *f)
{
	f->externals = true;
	start_all(f, "done:%d", 5);
	start_with(f, "unknown", SM_OUTCOME_AMBIGUOUS);
	start_with(f, "paused", SM_OUTCOME_NOT_DONE);
	start_and_die(f, "started");
	start_later(f, "soon", 0);
	start_later(f, "far", INT64_C(4000000000000000));
	f->outcome[0] = SM_OUTCOME_AMBIGUOUS;
	start_all(f, "waiting", 1);
	f->outcome[0] = SM_OUTCOME_DONE;
	f->externals = false;
}

static void any_lost_or_repeated_statement_leaves_a_fresh_fold(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_MARK_READ, SM_SQL_LEAVES, SM_SQL_FOLDS, SM_SQL_RUNS_UPSERT, SM_SQL_EXTERNALS_INSERT,
		SM_SQL_MARK_SET};
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};
	mixed_runs(f);
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
	start_and_die(f, "order:1");
	start_with(f, "order:2", SM_OUTCOME_DONE);
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
	start_later(f, "order:1", 0);
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
	start_all(f, "order:%d", 1);
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
	start_all(f, "order:%d", 60);
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
	start_and_die(f, "order:1");
	start_and_die(f, "order:2");
	start_and_die(f, "order:3");
	start_and_die(f, "order:4");
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf='{not a leaf' WHERE seq=2 AND stream='%s'", run_of(f, "order:1"));
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf='[]' WHERE seq=1 AND stream='%s'", run_of(f, "order:2"));
	fixture_exec(f, sql);
	/* a leaf of another run */
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET id='00000000000070000000000000000001' WHERE seq=2 AND stream='%s'", run_of(f, "order:4"));
	fixture_exec(f, sql);
	f->j.changed = tell;
	f->j.changed_ctx = &t;
	fixture_catch_up(f);
	assert_int_equal(t.times, 4);
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", run_of(f, "order:1"));
	assert_string_equal(fixture_dump(f, sql, columns), "order.fulfil|broken|2|NULL||\n");
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", run_of(f, "order:2"));
	assert_string_equal(fixture_dump(f, sql, columns), "|broken|2|NULL||\n");
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='broken'"), 3);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run WHERE state='running' AND due>0"), 1);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 8);
	assert_equal_to_a_fresh_fold(f);
	/* later events of a broken run keep it broken */
	start_with(f, "order:5", SM_OUTCOME_AMBIGUOUS);
	fixture_catch_up(f);
	snprintf(sql, sizeof sql, "UPDATE {p}run SET state='broken', rev=2 WHERE id='%s'", run_of(f, "order:5"));
	fixture_exec(f, sql);
	fixture_exec(f, "UPDATE {p}meta SET pos=8 WHERE name='projected'");
	fixture_catch_up(f);
	snprintf(sql, sizeof sql, "SELECT workflow, state, rev, due, owner, step FROM {p}run WHERE id='%s'", run_of(f, "order:5"));
	assert_non_null(strstr(fixture_dump(f, sql, columns), "order.fulfil|broken|5|NULL||\n"));
}
ON_BOTH(what_cannot_be_folded_breaks_its_row_and_nothing_else)

static void a_fold_that_cannot_be_read_is_broken(fixture *f)
{
	start_and_die(f, "order:1");
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
	start_all(f, "order:%d", 1);
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 1);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 10);
}
ON_BOTH(switches_and_answers_are_no_runs)

static void a_missing_mark_is_said(fixture *f)
{
	int64_t done;
	start_all(f, "order:%d", 1);
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
	start_later(f, "order:1", 0);
	assert_ok(f, sm_journal_sequence(&f->j, 10, &done, &f->e));
	f->j.changed = tell;
	f->j.changed_ctx = &t;
	assert_int_equal(sm_journal_project(&f->j, &done, &f->e), SM_E_ABORTED);
	assert_int_equal(done, 0);
	assert_int_equal(fixture_int(f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), 0);
	assert_ok(f, sm_journal_project(&f->j, &done, &f->e)); /* hears it again */
	assert_int_equal(t.times, 2);
	assert_string_equal(t.id, run_of(f, "order:1"));
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
	start_all(f, "order:9%d", 1);
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
	start_all(f, "order:%d", 2);
	f->j.changed = list_inside;
	f->j.changed_ctx = &c;
	fixture_catch_up(f);
	assert_int_equal(c.times, 2);
	assert_int_equal(c.listed, 0); /* told before it is listed */
	start_all(f, "order:9%d", 1);
	fixture_catch_up(f);
	assert_int_equal(c.times, 3);
	assert_int_equal(c.listed, 2);
	assert_equal_to_a_fresh_fold(f);
}
ON_BOTH(a_listener_may_list_runs)

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
	mixed_runs(f);
	fixture_catch_up(f);
	assert_int_equal(due_now(f, &due), 1); /* "soon"; the lease and the wait are not over */
	assert_string_equal(due[0].run, run_of(f, "soon"));
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
	assert_string_equal(due[0].run, run_of(f, "soon"));
}
ON_BOTH(due_is_what_can_move)

static void what_a_switch_holds_is_not_due(fixture *f)
{
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil"};
	static const char *const others[] = {"category:commerc", "category:commerces", "workflow:commerce", "category:order.fulfil"};
	sm_due *due;
	int64_t generation;
	start_later(f, "order:1", 0);
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
	start_later(f, "order:1", 0);
	fixture_catch_up(f);
	assert_int_equal(due_now(f, &due), 1);
	sm_due first = due[0];
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		assert_ok(f, sm_journal_put_off(&f->j, &first, &f->e));
		int64_t wait = fixture_int(f, "SELECT due AS n FROM {p}run") - sm_journal_now(&f->j);
		int64_t wanted = minutes[i] * INT64_C(60000000);
		if (wait > wanted || wait < wanted - 5000000) {
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
		assert_string_equal(ids[i], run_of(f, subjects[i]));
	}
}

static void each_filter_finds_its_runs_newest_first(fixture *f)
{
	static const char *const all[] = {"waiting", "far", "soon", "started", "paused", "unknown", "done:4", "done:3", "done:2", "done:1", "done:0"};
	mixed_runs(f); /* nobody caught up: the list does */
	assert_listed(f, &(sm_runs_filter){.limit = 1000}, 11, all);
	assert_listed(f, &(sm_runs_filter){.limit = 4}, 4, all);
	assert_listed(f, &(sm_runs_filter){.limit = 3, .after = sm_cstr(run_of(f, "started"))}, 3, all + 4);
	assert_listed(f, &(sm_runs_filter){.limit = 3, .after = sm_cstr(run_of(f, "done:0"))}, 0, NULL);
	assert_listed(f, &(sm_runs_filter){.limit = 10, .state = SM_STR("completed")}, 5, all + 6);
	assert_listed(f, &(sm_runs_filter){.limit = 2, .state = SM_STR("completed"), .after = sm_cstr(run_of(f, "done:3"))}, 2, all + 8);
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
	mixed_runs(f);
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
	start_all(f, "order:%d", 3);
	assert_ok(f, sm_journal_find_external(&f->j, &f->arena, SM_STR("charge"), SM_STR("ch_mail"), &ids, &n, &f->e));
	assert_int_equal(n, 3);
	for (int i = 0; i < 3; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "order:%d", i);
		assert_string_equal(ids[i], run_of(f, subject));
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
