/* alloc_world: a site on SQLite in memory whose core gets its memory from a heap that fails the k-th allocation. Include support.h first. */
#ifndef ALLOC_WORLD_H
#define ALLOC_WORLD_H

#include "drive.h"
#include "store_sqlite.h"

enum { WORLD_STEPS = 3, WORLD_RUNS = 8 };

typedef struct world {
	test_heap heap;
	sm_alloc alloc;
	sqlite_store sqlite;
	sm_journal journal;
	sm_arena arena;
	sm_error e;
	/* the workflow "order.fulfil": create contact (safe, with a probe), charge (never, with a probe), mail (once) */
	sm_step_def steps[WORLD_STEPS], effect;
	sm_workflow workflow, once;
	sm_effects effects;
	sm_drive drive;
	sm_outcome_kind outcome[WORLD_STEPS]; /* of each step's effect; that of once() is outcome[0] */
	sm_answer_kind probe;
	bool externals; /* each effect records an external id before it reports */
	struct {
		char run[SM_ID_SIZE];
		long calls;
		long effects[WORLD_STEPS]; /* that happened, or may have */
	} acted[WORLD_RUNS];
	size_t n_acted;
} world;

/* What is done while the k-th allocation fails. */
typedef struct scenario {
	const char *name;
	void (*set_up)(world *w);   /* with memory enough; NULL = nothing but the schema */
	sm_status (*act)(world *w);
	sm_status expected;         /* when no allocation fails */
	void (*check)(world *w);    /* with memory enough, after each failure and after the success; NULL = nothing of its own */
} scenario;

/** Runs the scenario on a fresh copy of its site for each k = 1, 2, ... until none fails. Each time: SM_E_NOMEM and nothing else comes
 *  back, nothing leaks, no effect ran without its intent, every stream can be read and folded, and every run can be finished without a
 *  second effect of a `never` step. @return how many allocations were failed */
long world_fail_each(const scenario *s);
/** The same site for tests that fail no allocation. */
void world_open(world *w);
void world_close(world *w);
/** The heap's arena for one call: what it gives is freed after the act. */
sm_start world_order(world *w, const char *subject);
/** Starts the order and drives it as far as it goes; in w->arena. */
sm_history world_started(world *w, const char *subject);
/** Reads it. */
sm_history world_loaded(world *w, const char *subject);
/** One statement; "{p}" becomes the prefix. */
void world_exec(world *w, const char *sql);
/** Every lease, grace and wait of what is stored is over. */
void world_age(world *w);
/** Fails the test when the status is not SM_OK. */
void world_ok(world *w, sm_status st);
/** The run id of an order. */
void world_run_id(world *w, const char *workflow, const char *subject, char out[SM_ID_SIZE]);

#endif
