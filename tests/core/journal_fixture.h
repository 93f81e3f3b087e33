/* journal_fixture: a journal on a real database, fresh for each test; the same workflow for all; faults at the store. Include support.h first. */
#ifndef JOURNAL_FIXTURE_H
#define JOURNAL_FIXTURE_H

#include "drive.h"
#include "store_mysql.h"
#include "store_sqlite.h"

/* What the store does with the next statements of one kind. */
typedef enum fault_mode {
	FAULT_NONE,
	FAULT_REFUSED, /* not applied, an error */
	FAULT_LOST,    /* applied, an error */
	FAULT_TWICE    /* applied twice; the second answer counts */
} fault_mode;

enum { FIXTURE_KINDS = SM_SQL_KINDS };

typedef struct fixture {
	sqlite_store sqlite;
	mysql_store mysql;
	sm_store inner; /* the real one */
	sm_journal j;   /* over the counting and failing one */
	sm_arena arena;
	sm_error e;
	long count[FIXTURE_KINDS], reads, writes;
	fault_mode fault;
	sm_statement_kind fault_kind;
	int fault_times;
	void (*before)(struct fixture *f, const sm_statement *st); /* NULL, or called before each statement */
	/* the workflow: "order.fulfil", category "commerce", owner "operations", steps create contact (safe), charge (never), mail (never) */
	sm_step_def steps[3];
	sm_workflow workflow;
	sm_effects effects;
	sm_drive drive;
	sm_outcome_kind outcome[3]; /* of each step's effect */
	int failure_class;          /* of an effect that was not done; 0 = SM_CLASS_PERMISSION, which no retry heals */
	bool externals;             /* each finished effect records the id ch_<step> of kind "charge" */
	long effects_run;
} fixture;

/** Brings up the private MariaDB of this program; group fixtures of cmocka. */
int fixture_server_start(void **state);
int fixture_server_stop(void **state);

/** An empty database with the schema installed. Fails the test when that does not work. */
void fixture_open(fixture *f, sm_dialect dialect);
/** An empty database without a table. */
void fixture_open_empty(fixture *f, sm_dialect dialect);
/** A journal of its own, with its own connection, on the same database: for other processes and other environments. */
void fixture_join(fixture *f, const fixture *other, const char *environment);
void fixture_close(fixture *f);

/** One statement; "{p}" becomes the prefix. Fails the test on an error. */
void fixture_exec(fixture *f, const char *sql);
/** The first column, called n, of the first row; -1 for NULL or no row. */
int64_t fixture_int(fixture *f, const char *sql);
/** All rows as text, "a|b\n"; `columns` ends with NULL. Lives in f->arena. */
const char *fixture_dump(fixture *f, const char *sql, const char *const *columns);
/** Forgets the counters. */
void fixture_count_from_here(fixture *f);

/** Starts the run of `subject` ("order:1") and drives it as far as it goes. @return its status; h in f->arena */
sm_status fixture_start(fixture *f, const char *subject, sm_history *h, sm_progress *p);
/** Subjects from a format with one %d. */
void fixture_start_all(fixture *f, const char *format, int n);
/** Its second step ends like this. */
void fixture_start_with(fixture *f, const char *subject, sm_outcome_kind second);
/** Stores run.started alone. */
void fixture_start_later(fixture *f, const char *subject, int64_t not_before);
/** The process dies in the first step: nothing is stored after its start. */
void fixture_start_and_die(fixture *f, const char *subject);
/** Eleven runs of every kind, in this order: done:0 to done:4, unknown, paused, started, soon, far, waiting. */
void fixture_mixed_runs(fixture *f);
/** In f->arena. */
const char *fixture_run_id(fixture *f, const char *subject);
/** Loads a run of the workflow by its subject. */
void fixture_load(fixture *f, const char *subject, sm_history *h);
/** Sequences and projects until nothing is left. */
void fixture_catch_up(fixture *f);
/** Runs `work` in `n` children, each with its own journal on f's database. Fails the test when one does not end with 0. */
void fixture_fork(fixture *f, int n, int (*work)(fixture *f, int child, void *ctx), void *ctx);
/** ctx shared by processes: zeroed, until the program ends. */
void *fixture_shared(size_t n);

#define assert_ok(f, status) \
	do { \
		sm_status assert_ok_status = (status); \
		if (assert_ok_status != SM_OK) { \
			fail_msg("status %d: %s", (int)assert_ok_status, (f)->e.message); \
		} \
	} while (0)

/* A test of a fixture, once for each database. */
#define ON_BOTH(name) \
	static void name##_on_sqlite(void **state) { fixture f; fixture_open(&f, SM_SQLITE); name(&f); fixture_close(&f); } \
	static void name##_on_mariadb(void **state) { fixture f; fixture_open(&f, SM_MYSQL); name(&f); fixture_close(&f); }
#define BOTH(name) cmocka_unit_test(name##_on_sqlite), cmocka_unit_test(name##_on_mariadb)

#endif
