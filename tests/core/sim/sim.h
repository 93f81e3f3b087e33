/* The simulator: the real `drive` and journal over an in-memory store, with virtual time, seeded chance and workers that are
 * coroutines (PROTOCOL section 11). One world = one case. Everything of a case lives in the world's own memory, which is thrown
 * away at its end: a worker that "dies" is simply never resumed.
 *
 * True time (`now`) is what really passes and what CLOCK_BOOTTIME shows. The database's clock and each worker's wall clock are
 * true time plus an offset that scenarios change. */
#ifndef SIM_H
#define SIM_H

#include "drive.h"
#include "model.h"
#include "plant.h"

#include <stdio.h>
#include <ucontext.h>

enum {
	SIM_WORKERS = 40, SIM_ROWS = 600, SIM_STREAMS = 24, SIM_PENDING = 24, SIM_LEDGER = 128, SIM_FIRED = 128, SIM_TARGETS = 8,
	SIM_PLAN = 8, SIM_SENT = 6, SIM_STEPS = 3, SIM_EXTERNALS = 64
};
#define SIM_MS INT64_C(1000)
#define SIM_S INT64_C(1000000)
#define SIM_EPOCH INT64_C(1790000000000000)

/* ---- faults ---- */

typedef enum sim_point { SIM_WRITE, SIM_READ, SIM_EFFECT, SIM_PROBE, SIM_POINTS } sim_point;

#define SIM_FAULTS(X) \
	X(NONE, "none") \
	/* writes */ \
	X(W_LOST, "lost") X(W_ZERO, "zero") X(W_REFUSED, "refused") X(W_SHORT, "short") X(W_LATE1, "late1") X(W_LATE3, "late3") \
	X(W_LATE9, "late9") X(W_TWICE, "twice") X(W_SLOW, "slow") X(W_STALL, "stalled") X(W_SLOW_LOST, "slow-lost") \
	X(W_KILL_BEFORE, "kill") X(W_KILL_AFTER, "kill-after") \
	X(W_KILL_LATE, "kill-late") \
	/* reads */ \
	X(R_ERROR, "read-error") X(R_ERROR2, "read-error-twice") X(R_KILL, "read-kill") \
	/* effects */ \
	X(E_KILL_BEFORE, "die-unsent") X(E_KILL_SENT, "die-sent") X(E_KILL_LATE, "die-sent-late") X(E_KILL_DONE, "die-answered") \
	X(E_LOST, "no-answer-done") X(E_LOST_LATE, "no-answer-late") X(E_LOST_NEVER, "no-answer-never") X(E_NOT_SENT, "not-sent") \
	X(E_REFUSED, "refusal") X(E_LIMIT, "provider-limit") X(E_SLOW, "slow-done") X(E_SLOW_REFUSED, "slow-refusal") X(E_BIG, "too-large") \
	X(E_EXIT, "exit") X(E_FROZEN, "frozen") \
	/* probes */ \
	X(P_UNKNOWN, "probe-unknown") X(P_KILL, "probe-kill") X(P_SLOW, "probe-slow")
typedef enum sim_fault {
#define X(name, text) F_##name,
	SIM_FAULTS(X)
#undef X
	F_COUNT
} sim_fault;
extern const char *const sim_fault_names[F_COUNT];
/** The point at which a fault can be put. */
sim_point sim_fault_point(sim_fault f);

/* ---- what the world knows ---- */

typedef struct sim_row {
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	int32_t seq;
	sm_bytes leaf, leaf_hash, private_text; /* private: p NULL = NULL */
	bool has_lease;
	int64_t lease, stored_at, true_at, leaf_index; /* leaf_index -1 = NULL */
	int writer;                             /* worker that sent it */
	sm_event ev;                            /* as decoded */
	bool lost;                              /* a fail-over forgot it */
	const struct sim_switch_row *held_by;   /* a start on a cluster: stored after this hold was acknowledged, with this generation */
	int64_t held_generation;
} sim_row;

typedef struct sim_stream {
	char id[SM_ID_SIZE];
	bool is_run, is_switch;     /* neither: a stream outside of runs */
	model m;           /* the second fold */
	sm_run run;        /* the fold under test, with no plant */
	int32_t seq;       /* of streams that are no run */
	char last_id[SM_ID_SIZE];
	char target[SM_TARGET_MAX + 1];
	const sm_workflow *workflow; /* as it was when the run began */
} sim_stream;

/* A statement on its way: it arrives when `after` store calls were made. */
typedef struct sim_pending {
	sm_statement st;
	int64_t after;
	int writer;
	bool saw_open;   /* on a cluster: what its start read of the switches when it was sent */
} sim_pending;

typedef struct sim_switch_row {
	char target[SM_TARGET_MAX + 1], site_check[SM_ID_SIZE];
	bool held;
	int64_t generation;
	int64_t acked_hold, stored_release; /* highest generation acknowledged as held; highest release event stored */
	bool has_row;
} sim_switch_row;

typedef struct sim_run_row {
	char id[SM_ID_SIZE];
	sm_bytes workflow, category, state, step, owner, fold;
	int64_t due, started_at, changed_at, rev, put_off; /* due -1 = NULL */
} sim_run_row;

typedef struct sim_external_row {
	char event[SM_ID_SIZE], run[SM_ID_SIZE], hash[SM_ID_SIZE];
	sm_bytes kind;
} sim_external_row;

/* A request to the provider. It becomes an effect at `arrives`, unless the provider refuses or absorbs it. */
typedef struct sim_request {
	char key[SM_EFFECT_KEY_SIZE], run[SM_ID_SIZE];
	char step[SM_NAME_MAX + 1];
	int32_t attempt;
	sm_repeat repeat;
	int64_t arrives;
	bool arrived, effect; /* effect: it is in the ledger; false after arrival = absorbed */
} sim_request;

/* One attempt that some worker performs. */
typedef struct sim_fired {
	char run[SM_ID_SIZE];
	char step[SM_NAME_MAX + 1];
	int32_t attempt;
	const sim_row *intent;
	int worker;
	int64_t call;          /* of this worker: which drive call it belongs to */
	bool definite, reported; /* the worker knows the outcome; a drive call took it over */
	sm_outcome_kind kind;
	bool said_not;         /* the journal says that this attempt did not happen */
	bool big;              /* its output was too large */
} sim_fired;

struct sim_world;
typedef struct sim_worker sim_worker;
typedef void (*sim_program)(sim_worker *k, void *arg);

typedef enum sim_life { SIM_FREE, SIM_READY, SIM_ASLEEP, SIM_DONE, SIM_DEAD } sim_life;
struct sim_worker {
	struct sim_world *w;
	int id;
	sim_life life;
	int64_t wake;
	int64_t wall_offset;
	ucontext_t context;
	char *stack;
	void *fake_stack;
	sim_program program;
	void *arg;
	sm_journal j;
	sm_drive d;
	const sm_workflow *const *registry; /* workflows registered here, NULL at the end */
	sm_arena arena;
	int64_t call;           /* number of the drive call under way */
	int64_t faults_at_call; /* store faults of the world when it began */
	bool fired_now, exiting;
	bool shutting_down;     /* in its shutdown function */
	int force_read_error;
	/* a verdict must be about the attempt that was looked at */
	int64_t looked_call;
	int32_t looked_step, looked_attempt;
	/* last append that was not acknowledged: a re-send must carry the same rows */
	char sent_stream[SM_ID_SIZE], sent_ids[SIM_SENT][SM_ID_SIZE];
	int32_t sent_seq;
	int n_sent;
};

typedef enum sim_policy { SIM_ALONE, SIM_ROUND, SIM_RANDOM } sim_policy;

typedef struct sim_planned {
	int64_t at;      /* number of the point, from 0 */
	sim_fault fault;
} sim_planned;

/* Totals over all cases. */
typedef struct sim_totals {
	int64_t cases, kills, effects, attempts, faults, statements, events, verdicts, holds, probes, ticks, violations, erasures, prunings, values_gone;
} sim_totals;
extern sim_totals sim_totals_;

typedef struct sim_world {
	sm_alloc alloc;
	sm_arena arena;
	uint64_t rng[4], tape[4]; /* rng: ids and salts; tape: the scenario's choices */
	int64_t now, db_offset, shared_offset; /* shared: jumps of all clocks together, new processes have it too */
	sim_policy policy;
	bool verbose;
	bool thorough;          /* the finder too, and histories read from scratch */

	/* faults */
	sim_planned plan[SIM_PLAN];
	int n_plan;
	int64_t points;
	sim_point point_kinds[4096];     /* kind of each point, for the enumeration */
	bool point_marked[4096];         /* on the run's own path: not sequencing, projecting, finding */
	int chance;                      /* random faults: one in so many points, 0 = none */
	int64_t store_faults, faults, calls;
	int64_t closed_at;               /* points when the last run closed */

	/* database */
	uint8_t site_key[SM_KEY_LEN], site_id[SM_SITE_ID_LEN];
	sm_keys keys;
	char site_check[SM_ID_SIZE];
	int64_t packet;
	bool cluster;           /* a start decides by the switches as they were when it was sent, not as they are when it is stored */
	int64_t mark;
	sim_row *rows;
	size_t n_rows;
	int64_t n_indexed;
	sim_run_row run_rows[SIM_STREAMS];
	size_t n_run_rows;
	sim_external_row externals[SIM_EXTERNALS];
	size_t n_externals;
	sim_switch_row switches[SIM_TARGETS];
	size_t n_switches;
	sim_pending pending[SIM_PENDING];
	size_t n_pending;
	sim_stream *streams;
	size_t n_streams;

	/* provider */
	sim_request requests[SIM_LEDGER];
	size_t n_requests;
	sim_fired fired[SIM_FIRED];
	size_t n_fired;
	int64_t key_memory;     /* how long keys are remembered, microseconds */
	int64_t effect_us;      /* how long an effect takes */
	int64_t probe_us;       /* between look and answer */
	int64_t late_us;        /* how late a late request arrives */
	int64_t slow_us;        /* how long a slow effect or reply takes */
	bool stop_file;
	sm_bytes big;           /* an output that no statement holds */

	/* coroutines */
	sim_worker workers[SIM_WORKERS];
	int n_workers, current, last, chosen; /* current -1 = the case's own code */
	ucontext_t main_context;
	void *main_fake_stack;
	const void *main_stack;
	size_t main_stack_size;

	char violation[600];    /* first one; "" = none */
	const char *rule;
	/* what scripts set: faults by place instead of by number, and what happens at a time */
	sim_fault fault_of_effect[4]; /* of the first, second ... effect that begins */
	sim_fault fault_of_outcome;   /* of the first append that records an outcome */
	sim_fault fault_of_verdict;   /* of the first append that is a verdict */
	sim_fault fault_of_external;  /* of the first append that is an external id */
	sim_fault fault_of_shutdown;  /* of the first append of a shutdown function */
	sim_fault fault_of_probe;     /* of every probe */
	int effects_begun;
	sim_point only;         /* random faults strike only here, 0 (writes) = everywhere */
	int64_t jump_at, jump_by; /* of one host's clock */
	int jump_worker;
	int64_t fail_over_at;   /* the database forgets the last event of this run */
	const char *fail_over_run;
	int64_t stop_file_at;
	sm_status expect_status; /* one more status that calls may return */
	bool damaged;           /* the database lost something: a history may become illegal */
	bool expect_broken;     /* and did: nothing may fire in it */
	int records_externals;  /* one in so many effects records an external id while it runs, 0 = none */
	bool early_verdicts;    /* persons may overrule the grace */
	const char *once_keys[4]; /* keys that somebody called once() or claim() with */
} sim_world;

/* ---- memory.c: all memory of a case, thrown away at its end ---- */

#if defined(__SANITIZE_ADDRESS__)
#define SIM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_ASAN 1
#endif
#endif

extern const sm_alloc sim_heap;
/** Frees everything that was allocated from sim_heap. */
void sim_heap_reset(void);
/** In the world's arena. Never NULL. */
void *sim_new(sim_world *w, size_t n);
sm_bytes sim_keep(sim_world *w, sm_bytes b);

/* ---- world.c: chance, time, faults ---- */

/** A fresh world: installed schema, no run. Costs no malloc after the first. `seed` decides everything that is chance. */
sim_world *sim_world_new(uint64_t seed);
/** Frees what the case used. The pointer is dead. */
void sim_world_end(sim_world *w);
/** Lets time pass outside workers; requests arrive. */
void sim_pass(sim_world *w, int64_t us);
/** Counts a point and says which fault happens there. */
sim_fault sim_at(sim_world *w, sim_point kind, bool marked);
uint64_t sim_next(uint64_t state[4]);
/** 0 .. n - 1 from the scenario's tape. */
int64_t sim_choose(sim_world *w, int64_t n);
void sim_trace(sim_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t sim_db_now(const sim_world *w);

/* ---- workers.c: coroutines ---- */

/** A worker that will run program(arg) when sim_run schedules it. NULL registry = none. Takes a free slot or a finished one. */
sim_worker *sim_spawn(sim_world *w, const sm_workflow *const *registry, sim_program program, void *arg);
/** Runs until every worker is done or dead, or a rule was violated. */
void sim_run(sim_world *w);
/** In a worker: time passes, others may run. */
void sim_yield(sim_world *w);
void sim_sleep(sim_world *w, int64_t us);
/** In a worker: dies here. */
_Noreturn void sim_die(sim_world *w);
/** In a worker: the process ends here, having said what it could. */
_Noreturn void sim_exit(sim_world *w);
/** A rule is broken. In a worker it does not return; outside it does. */
void sim_violation(sim_world *w, const char *rule, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- store.c, database.c ---- */

extern const sm_settings sim_settings;
void sim_store_init(sim_world *w);
sm_store sim_store(sim_worker *k);
/** The database forgets the last event of a stream. */
void sim_store_fail_over(sim_world *w, const char *stream);
/** Statements that are still on their way arrive now. */
void sim_store_flush(sim_world *w);
sim_stream *sim_stream_of(sim_world *w, const char *id);
sim_switch_row *sim_switch_of(sim_world *w, sm_bytes target, bool make);
const sim_row *sim_row_at(const sim_world *w, const char *stream, int32_t seq);

/* ---- check.c, check_call.c, check_end.c: PROTOCOL's invariants ---- */

/** After each row that was stored. */
void sim_check_stored(sim_world *w, sim_row *row);
/** The stream as it is after a fail-over. */
void sim_check_refold(sim_world *w, sim_stream *s);
/** After each drive call of a worker that did not die in it. */
void sim_check_call(sim_worker *k, sm_status s, const sm_history *h, const sm_progress *p, const char *what);
/** At the end of a case: projections and log order equal a fresh fold, nothing is missed. */
void sim_check_end(sim_world *w);
/** The finder lists every open run whose time has come, and only such. */
void sim_check_finder(sim_world *w);

/* ---- provider.c ---- */

extern const sm_effects sim_effects; /* ctx is set by sim_spawn */
/** Requests whose time has come become effects. */
void sim_provider_arrive(sim_world *w);
/** Effects in the ledger for this key. */
int sim_ledger(const sim_world *w, const char *key);
/** Is a request of this key still on its way? */
bool sim_in_flight(const sim_world *w, const char *key);
/** Performs an attempt (also for claims): fills out. SM_E_ABORTED: the process ends. */
sm_status sim_perform(sim_worker *k, const sm_call *call, sm_arena *arena, sm_outcome *out);
/** The truth about a step's key as an answer. */
void sim_truth(sim_world *w, const char *key, sm_answer *out);
void sim_key(const sim_world *w, const char *run, sm_bytes step, char out[SM_EFFECT_KEY_SIZE]);

/* ---- flows.c: workflows of the cases ---- */

/** Three steps with these repeat classes. `renamed`: version 2, second step renamed; otherwise version 1. Kept for ever. */
const sm_workflow *sim_flow(const sm_repeat classes[SIM_STEPS], bool probes, bool renamed);
/** The workflow of once() and claim(). */
const sm_workflow *sim_once(sm_repeat repeat, bool probe);

/* ---- programs.c: what workers do ---- */

typedef struct sim_job {
	const sm_workflow *workflow;
	const char *subject;
	const char *input; /* canonical */
	const char *run;   /* advance, command ...: run id */
	int64_t sleep_us;  /* first */
	sm_command_kind command;
	const char *target; /* hold, release */
	bool hold, later;
	int repeat;        /* once(): calls */
	sm_status status;  /* out: of the last call; -1 = it never returned */
	sm_progress progress; /* out */
	bool broken;       /* out: the history was found broken */
} sim_job;

void sim_do_start(sim_worker *k, void *job);
void sim_do_once(sim_worker *k, void *job);
void sim_do_claim(sim_worker *k, void *job);
void sim_do_advance(sim_worker *k, void *job);
void sim_do_command(sim_worker *k, void *job);
void sim_do_switch(sim_worker *k, void *job);
void sim_do_tick(sim_worker *k, void *job);
void sim_run_id(const sim_world *w, const sm_workflow *f, const char *subject, char out[SM_ID_SIZE]);
/** After the faults: late statements arrive, holds are released, ticks, truthful persons and callers go on until every run is
 *  closed. A run that is not after `rounds` is a violation. Faults that are still planned strike here too. */
void sim_settle(sim_world *w, const sm_workflow *const *registry, int rounds);
/** The same with faults still striking: nothing is demanded yet. */
void sim_settle_some(sim_world *w, const sm_workflow *const *registry, int rounds);

/* ---- scenarios ---- */

typedef struct sim_found { char rule[80], where[200]; } sim_found;
/* How many cases of the enumeration are run: one in so many of each kind, 0 = none. */
typedef struct sim_sample {
	int single; /* single faults; pairs are put only behind those that are run */
	int core;   /* pairs on the run's own path: one process with probes */
	int path;   /* pairs on the run's own path: every other setting */
	int beside; /* pairs of which one strikes sequencing, projecting or finding, or comes after the run was closed */
	int64_t shift; /* which of them */
} sim_sample;
typedef struct sim_share { int64_t run, of; } sim_share;
typedef struct sim_coverage {
	sim_share single, core, path, beside;
	int64_t violations[2]; /* of no or one fault; of two */
} sim_coverage;
/** Enumerates. Stops at the first violation when `first` (then *found tells), else prints them and stops after some. */
void sim_enumerate(const sim_sample *sample, bool first, sim_coverage *coverage, sim_found *found);
int64_t sim_random(uint64_t seed, int64_t jobs, bool first, sim_found *found);
/** All variants of one script. @return violations, 0 or 1 */
int64_t sim_script(int i, bool first, sim_found *found);
int sim_script_count(void);
const char *sim_script_name(int i);
int64_t sim_replay_script(const char *name);
int64_t sim_replay_random(uint64_t seed);
/** One case by its text, with a trace. @return violations, -1 = not a case */
int64_t sim_replay(const char *text);

#endif
