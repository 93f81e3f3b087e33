/* drive: load, decide, append, read back, check deadline and stop files, effect, record (PROTOCOL sections 4, 7, 8, 9): the one loop that
 * production and simulator run. Uses everything above. Three vtables: store (in the journal), clock (the journal's host), effect. */
#ifndef SM_DRIVE_H
#define SM_DRIVE_H

#include "journal.h"

/* One attempt, as handed to the host's callables. Borrowed for the call. */
typedef struct sm_call {
	const sm_history *history; /* input, earlier outputs */
	const sm_workflow *workflow;
	const sm_step_def *step;
	int32_t attempt;
	char key[SM_EFFECT_KEY_SIZE];
	int64_t deadline_us;       /* boot clock; 0 for a probe */
} sm_call;

typedef struct sm_effects {
	/** Runs the step. Fills out (its strings live in `arena`). SM_E_ABORTED: the process is ending (exit, fatal, graceful fiber exit): drive
	 *  returns at once and stores nothing. Whatever the callable did wrong is an outcome, not an error. */
	sm_status (*run)(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e);
	/** Asks the step's probe. A probe that throws answers SM_ANSWER_UNKNOWN. */
	sm_status (*probe)(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e);
	/** A stop file holds this workflow or category on this host. */
	bool (*stopped)(void *ctx, sm_bytes workflow, sm_bytes category);
	/** The workflow as registered here, NULL when it is not. Must stay valid while drive runs. */
	const sm_workflow *(*workflow)(void *ctx, sm_bytes name);
	void *ctx;
} sm_effects;

typedef struct sm_drive {
	sm_journal *journal;
	const sm_effects *effects;
} sm_drive;

typedef struct sm_start {
	const sm_workflow *workflow;
	sm_bytes subject;      /* empty: a run without a business event; its id is a fresh UUID v7 */
	sm_bytes input;        /* canonical text */
	sm_bytes occurrence;   /* decimal, "1" */
	sm_bytes trigger;      /* clear text, [a-z0-9 ._:-]{1,64} */
	sm_bytes parent;       /* run id or empty */
	bool later;            /* store run.started only */
	int64_t not_before;    /* later: microseconds since 1970, 0 = as soon as possible */
} sm_start;

/* How far a call went. */
typedef enum sm_rest {
	SM_REST_NONE,
	SM_REST_CLOSED,    /* completed or ended */
	SM_REST_RESTING,   /* waiting, held, paused, unknown: run.state tells */
	SM_REST_RUNNING    /* another attempt is under way and its lease is not over; or a claim is ours: go and act */
} sm_rest;

typedef struct sm_progress {
	sm_rest rest;
	bool existed;       /* start: the run was already there */
	bool acted;         /* an effect of this call ran */
	bool held;          /* a switch or a stop file kept a start back */
	sm_outcome_kind last_outcome; /* of the effect that ran last */
	char fingerprint[SM_HASH_HEX_SIZE]; /* of what this call brought */
	char message[240];  /* why it rests, for a person */
} sm_progress;

/** Starts a run or finds it. A new run is driven on until it ends or rests (start) or until its first attempt has reported (once).
 *  The run id is derived here and h initialised. On an existing run: the fingerprint is compared and nothing else is done (start), or what
 *  decide allows is done, at most one attempt (once: workflow->name is "once"), or nothing fires and the caller becomes the attempt (claim).
 *  @return SM_OK, SM_E_CONFLICT (h holds the stored run), SM_E_IDENTITY, SM_E_SCHEMA, SM_E_STORE, SM_E_UNCERTAIN (p->acted tells whether an
 *          effect may have happened), SM_E_ILLEGAL (broken), SM_E_ABORTED, SM_E_LIMIT, SM_E_NOMEM */
sm_status sm_drive_start(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, sm_progress *p, sm_error *e);
sm_status sm_drive_once(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, sm_progress *p, sm_error *e);
/** As once, but fires nothing: SM_REST_RUNNING with p->acted means that h->run.attempt is the caller's to perform until the deadline. */
sm_status sm_drive_claim(sm_drive *d, sm_arena *arena, const sm_start *s, sm_history *h, int64_t *deadline_us, sm_progress *p, sm_error *e);

/** What decide allows without a decision: recover, probe, same key, next step, due retry. h was initialised with the run's id; loads it.
 *  @return as start; SM_E_STATE when there is no such run */
sm_status sm_drive_advance(sm_drive *d, sm_history *h, sm_progress *p, sm_error *e);
/** An owner's decision: PAUSE, RESUME, FINISH_BY_HAND, STOP, VERDICT, NOTE. Loads, decides, appends, again on a lost race.
 *  cmd needs kind, by, reason, answer, and may have step and attempt; the rest is filled. @return SM_E_STATE with a sentence when refused */
sm_status sm_drive_command(sm_drive *d, sm_history *h, sm_command *cmd, sm_error *e);
/** Records what attempt (step, attempt) of h's run reports, also when it was superseded; starts nothing. For claims and for shutdown.
 *  @param h   as the attempt left it, or freshly initialised (then it is loaded) */
sm_status sm_drive_record(sm_drive *d, sm_history *h, sm_bytes step, int32_t attempt, const sm_outcome *outcome, sm_error *e);
/** Stores an external id at once. h: the attempt's own history (may be behind; is caught up). */
sm_status sm_drive_external(sm_drive *d, sm_history *h, sm_bytes step, int32_t attempt, const sm_external *external, sm_error *e);

typedef struct sm_tick {
	int64_t sequenced, projected, due, recovered, probed, started, moved, put_off, failed;
} sm_tick;
/* What a move did. */
typedef struct sm_moved {
	bool moved;                        /* events were stored */
	int64_t recovered, probed, started;
} sm_moved;
/** Moves one due run: recover, probe, due retry, due start. h was initialised with the run's id; loads it. */
sm_status sm_drive_move(sm_drive *d, sm_history *h, sm_moved *out, sm_error *e);
/** Calls sm_drive_move for a run on behalf of the tick, on a history that the host owns; fills out whatever the result. */
typedef sm_status (*sm_move_fn)(void *ctx, const char *run_id, sm_moved *out, sm_error *e);
/** The move of a host that keeps nothing beside the history: ctx is the sm_drive. */
sm_status sm_drive_move_alone(void *ctx, const char *run_id, sm_moved *out, sm_error *e);
/** Sequences, projects, then moves at most `limit` due runs. An error of one run is counted, not returned. */
sm_status sm_drive_tick(sm_drive *d, int limit, sm_move_fn fn, void *ctx, sm_tick *out, sm_error *e);

#endif
