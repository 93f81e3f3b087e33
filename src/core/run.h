/* run: the events of a run, its state, and the two pure functions apply and decide (PROTOCOL sections 2 to 4).
 * Uses base, canon, seal, flow. No store, no clock: `now` is passed in. */
#ifndef SM_RUN_H
#define SM_RUN_H

#include "flow.h"

typedef enum sm_event_type {
	SM_RUN_STARTED, SM_STEP_STARTED, SM_STEP_FINISHED, SM_STEP_FAILED, SM_STEP_UNKNOWN, SM_STEP_READY, SM_RUN_HELD,
	SM_VERDICT_DONE, SM_VERDICT_NOT_DONE, SM_VERDICT_ABANDONED, SM_LATE_DONE, SM_LATE_FAILED, SM_EXTERNAL_RECORDED,
	SM_NOTE, SM_PAUSE_REQUESTED, SM_RUN_PAUSED, SM_RUN_RESUMED, SM_RUN_ENDED, SM_RUN_COMPLETED,
	SM_SWITCH_HELD, SM_SWITCH_RELEASED, SM_SITE_ADOPTED, SM_LOG_OPENED, SM_LOG_CLOSED, /* streams of their own: sm_event_of_run() is false */
	SM_PRIVACY_ERASED,                    /* of a run, or, where it has a scope, of the stream outside of runs that it stands in */
	SM_PRIVACY_PRUNED, SM_OF_THE_SITE,    /* outside of runs; the second stands for every name that AuditLog::append() takes */
	SM_EVENT_TYPES
} sm_event_type;
extern const char *const sm_event_names[SM_EVENT_TYPES]; /* dotted */
enum { SM_EVENT_NAME_MAX = 64 };
/** Whether a name is free for AuditLog::append(): words of [a-z][a-z0-9_]* with dots between them, at least two, at most SM_EVENT_NAME_MAX
 *  bytes, and not under one of the engine's own (run. step. switch. log. privacy. ...). */
bool sm_event_name_free(sm_bytes name);

/* One private value: its canonical text. */
typedef struct sm_private {
	sm_bytes field, value;
} sm_private;
enum { SM_PRIVATE_FIELDS_MAX = 8 };

/* One step as run.started and run.resumed list it. */
typedef struct sm_step_row {
	sm_bytes name, owner;
	sm_effect effect;
	sm_repeat repeat;
	bool has_probe;
} sm_step_row;

/* One event. Which clear fields a type carries: the table in event.c; what it does not carry is empty
 * ({NULL, 0}, 0, -1 where said). Strings borrow from the arena that the event was decoded or built in. */
typedef struct sm_event {
	sm_event_type type;
	char id[SM_ID_SIZE], prev[SM_ID_SIZE], stream[SM_ID_SIZE]; /* prev "" at seq 1 */
	int32_t seq;
	int64_t t;           /* writer's clock, microseconds */
	int64_t stored_at;   /* database's clock, microseconds; an estimate for what this process just wrote */
	int64_t leaf_index;  /* -1 = not in the log yet */
	sm_bytes leaf;       /* canonical text, once encoded or decoded */
	char leaf_hash[SM_HASH_HEX_SIZE];
	sm_bytes private_text; /* text of the private column, {NULL, 0} = NULL */

	/* clear fields (d) */
	sm_bytes workflow, version, category, definition, fingerprint, subject, occurrence, trigger, parent;
	const sm_step_row *steps;
	size_t n_steps;
	sm_bytes step, failure, code, why, target, source, kind, id_hash, owner, rule, scope, outcome, as, origin, log_key, next, root;
	int32_t attempt;
	int64_t lease, grace;      /* milliseconds */
	int64_t retry_wait;        /* milliseconds, -1 = none */
	int64_t not_before, deadline; /* microseconds, 0 = none */
	int64_t generation;
	int32_t failure_class;     /* sm_failure_class, -1 = none */
	bool early;
	int64_t size;              /* leaves of a closed log's last head, 0 = none */
	const sm_json *touched, *cost, *omitted, *previous;
	int64_t before;            /* microseconds */
	int64_t runs, fields;      /* counts */
	const sm_json *erased;     /* [[seq, field ...] ...]: private values of this stream that are gone, or about to be */
	const sm_json *redacted;   /* [field ...]: private values, or "d", out of which something secret was taken before they were stored */
	sm_bytes name;             /* type as it stands in the leaf; SM_OF_THE_SITE: to be given */
	const sm_json *data;       /* SM_OF_THE_SITE: d, an object without a member "redacted" of its own; as read, all of d */

	/* private fields (p) */
	sm_private p[SM_PRIVATE_FIELDS_MAX];
	size_t n_p;
} sm_event;

/** Whether it belongs to a run; the others have streams of their own and are never applied to a run. */
bool sm_event_of_run(const sm_event *ev);
/** What stands, or will stand, in the leaf's `type`. */
sm_bytes sm_event_name(const sm_event *ev);
/** An event of this type with every "none" set. */
sm_event sm_event_new(sm_event_type type);
/** Adds a private value (canonical text, borrowed). @return SM_E_LIMIT when there are too many */
sm_status sm_event_private(sm_event *ev, sm_bytes field, sm_bytes canonical);
/** Canonical text of a private field; {NULL, 0} when absent or erased. */
sm_bytes sm_event_value(const sm_event *ev, const char *field);
/** Fills id, prev, seq, t, leaf, leaf_hash, private_text: draws the id (after `last_id`) and the salts from host.
 *  The event's `stream` is set by the caller. @param log   origin of the log
 *  @return SM_OK, SM_E_LIMIT (leaf over SM_MAX_LEAF), SM_E_NOMEM */
sm_status sm_event_encode(sm_event *ev, sm_arena *arena, const sm_host *host, sm_bytes log, int32_t seq, const char *last_id, sm_error *e);
/** Reads a leaf and its private column. Checks the shape, not the history; `stored_at`, `leaf_index` are the caller's.
 *  @return SM_OK, SM_E_SYNTAX (not a leaf of ours), SM_E_NOMEM */
sm_status sm_event_decode(sm_event *ev, sm_arena *arena, sm_bytes leaf, sm_bytes private_text, sm_error *e);
/** The same without leaf_hash, which stays "": half of the time of it, for who hashed the leaf already. */
sm_status sm_event_read(sm_event *ev, sm_arena *arena, sm_bytes leaf, sm_bytes private_text, sm_error *e);

/* ---- state ---- */

typedef enum sm_run_phase { SM_PHASE_NONE, SM_PHASE_OPEN, SM_PHASE_PAUSED, SM_PHASE_COMPLETED, SM_PHASE_ENDED } sm_run_phase;
typedef enum sm_step_phase { SM_ST_READY, SM_ST_STARTED, SM_ST_UNKNOWN, SM_ST_REFUSED } sm_step_phase;
typedef enum sm_shown {
	SM_SHOWN_RUNNING, SM_SHOWN_WAITING, SM_SHOWN_HELD, SM_SHOWN_PAUSED, SM_SHOWN_UNKNOWN, SM_SHOWN_UNDOING, SM_SHOWN_COMPLETED,
	SM_SHOWN_COMPLETED_BY_HAND, SM_SHOWN_UNDONE, SM_SHOWN_STOPPED, SM_SHOWN_BROKEN, SM_SHOWN_COUNT
} sm_shown;
extern const char *const sm_shown_names[SM_SHOWN_COUNT];

typedef struct sm_attempt {
	int64_t stored_at;  /* of its step.started */
	int64_t lease, grace; /* milliseconds */
	int64_t unknown_at; /* stored_at of its step.unknown, 0 = none */
	bool uncertain;     /* may have happened; not settled */
	bool succeeded;     /* reported success: step.finished, late.done */
} sm_attempt;

typedef struct sm_step_state {
	sm_step_row row;
	sm_attempt *attempts; /* attempt k is attempts[k - 1] */
	int32_t n_attempts, cap;
} sm_step_state;

typedef struct sm_run {
	sm_run_phase phase;
	sm_bytes outcome;      /* of run.ended: by_hand, undone, stopped */
	sm_bytes workflow, version, category, definition, fingerprint, subject_hash, occurrence, trigger, parent;
	int64_t not_before;
	sm_step_state *steps;
	int32_t n_steps;
	int32_t step;          /* 1..n_steps, n_steps + 1 = all done; 0 before run.started */
	sm_step_phase st;      /* of that step */
	int32_t attempt;       /* newest attempt of the current step, 0 = none */
	bool late;             /* a late success is known while a newer attempt runs */
	bool pause_requested;
	bool done_at_rest;
	int32_t granted;       /* attempts beyond Retry's */
	int64_t retry_at, first_at; /* database clock, 0 = none */
	sm_bytes held_target;
	int64_t held;          /* generation, 0 = not held */
	int32_t failure_class; /* of the refusal that `refused` rests on, -1 = none */
	sm_bytes rest_rule, rest_owner; /* of run.paused */
	int64_t started_at, changed_at; /* database clock: first and last event */
	/* stream */
	int32_t seq;           /* of the last event, 0 = none */
	char last_id[SM_ID_SIZE];
} sm_run;

void sm_run_init(sm_run *run);
/** Deep copy of what apply may change; names stay borrowed. */
sm_status sm_run_copy(sm_run *to, const sm_run *from, sm_arena *arena);
/** Folds one stored event into the state.
 *  @param run     unchanged when the result is not SM_OK
 *  @param arena   for attempts and steps that are added
 *  @return SM_OK; SM_E_GAP (not the next seq); SM_E_ILLEGAL (id not rising, prev wrong, or the transition does
 *          not exist: PROTOCOL section 3); SM_E_NOMEM */
sm_status sm_run_apply(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e);
/** The part of apply that holds for every stream: the next seq, a greater id, the right predecessor. Changes nothing.
 *  @return SM_OK, SM_E_GAP, SM_E_ILLEGAL */
sm_status sm_run_follows(const sm_run *run, const sm_event *ev, sm_error *e);
const sm_step_state *sm_run_step(const sm_run *run); /* the current one; NULL when all are done or none is known */
int sm_run_uncertain(const sm_run *run);             /* uncertain attempts of the current step */
sm_shown sm_run_shown(const sm_run *run, int64_t now);
/** Who must act now: owner of the current step. Empty when closed. */
sm_bytes sm_run_owner(const sm_run *run);
/** When the lease of an attempt is over for every process. Microseconds, database clock. */
int64_t sm_attempt_lease_end(const sm_attempt *a, const sm_settings *settings);
/** End of the time in which an uncertain attempt of the current step may still take effect; 0 = none is uncertain. */
int64_t sm_run_grace_end(const sm_run *run, const sm_settings *settings);
/** When a tick should look (PROTOCOL section 6 "Find"); -1 = never. Microseconds, database clock. */
int64_t sm_run_due(const sm_run *run, const sm_settings *settings);
/** Attempts of step i (0-based) that succeeded and are two effects: 0, or the count when 2 and more on `never`, or on
 *  `once` with one begun outside `key_window_ms` (0 = unknown: treated as outside). */
int sm_run_duplicates(const sm_run *run, int32_t i, int64_t key_window_ms);
/** State as JSON text and back, for projections only. */
sm_status sm_run_save(const sm_run *run, sm_arena *arena, sm_bytes *out);
sm_status sm_run_restore(sm_run *run, sm_arena *arena, sm_bytes text);

/* ---- decide ---- */

typedef enum sm_outcome_kind { SM_OUTCOME_DONE, SM_OUTCOME_NOT_DONE, SM_OUTCOME_AMBIGUOUS } sm_outcome_kind;

/* What an attempt reports. Private values: output, touched_ids, artifacts, notes, evidence (done); message, evidence
 * (not done); message (ambiguous). `omitted` lists what was left out: [[what, why, bytes], ...]. */
typedef struct sm_outcome {
	sm_outcome_kind kind;
	sm_failure_class failure_class;  /* NOT_DONE */
	sm_bytes failure;                /* NOT_DONE: the step's own failure name, may be empty */
	sm_bytes code;                   /* clear text: HTTP status or exception class, may be empty */
	int64_t retry_after_ms;          /* NOT_DONE: wait that the provider named, -1 = none */
	sm_bytes why;                    /* AMBIGUOUS: lost_answer, fatal, ... (clear) */
	sm_private p[SM_PRIVATE_FIELDS_MAX];
	size_t n_p;
	const sm_json *touched, *cost;   /* NULL or arrays */
	sm_json *omitted;                /* NULL or array */
} sm_outcome;

typedef enum sm_answer_kind { SM_ANSWER_DONE, SM_ANSWER_NOT_DONE, SM_ANSWER_UNKNOWN } sm_answer_kind;
typedef struct sm_external { sm_bytes kind, id; } sm_external;
typedef struct sm_answer {
	sm_answer_kind kind;
	sm_bytes output;          /* DONE: canonical text, {NULL, 0} = none was given */
	sm_bytes text;            /* evidence or why, UTF-8 */
	const sm_external *externals;
	size_t n_externals;
} sm_answer;

typedef enum sm_command_kind {
	SM_CMD_START, SM_CMD_GO_ON, SM_CMD_RECORD, SM_CMD_RECOVER, SM_CMD_PAUSE, SM_CMD_RESUME, SM_CMD_FINISH_BY_HAND, SM_CMD_STOP,
	SM_CMD_VERDICT, SM_CMD_NOTE, SM_CMD_EXTERNAL, SM_CMD_HELD
} sm_command_kind;

typedef struct sm_command {
	sm_command_kind kind;
	int64_t now;                    /* database clock */
	const sm_workflow *workflow;    /* as registered here, NULL = not registered */
	const sm_settings *settings;
	const sm_keys *keys;            /* EXTERNAL, VERDICT: id hashes */
	sm_bytes by, reason;            /* decisions: UTF-8; NOTE: reason is the text */

	/* START */
	sm_bytes subject, input, occurrence, trigger, parent, fingerprint; /* input: canonical text */
	char subject_hash[SM_ID_SIZE];
	int64_t not_before;
	bool later;                     /* run.started alone */

	/* RECORD, EXTERNAL: which attempt speaks */
	sm_bytes step;
	int32_t attempt;
	const sm_outcome *outcome;
	bool start_nothing;             /* RECORD: no step follows in the same statement */
	sm_external external;

	/* VERDICT */
	const sm_answer *answer;
	bool by_probe;
	bool clocks_agree;              /* RECOVER, VERDICT by probe: database's and host's clock within 5 s */
	int64_t asked_at;               /* VERDICT by probe: database clock before the probe looked */

	/* HELD */
	sm_bytes held_target;
	int64_t held;
} sm_command;

typedef enum sm_decision_kind {
	SM_DECIDED_EVENTS,     /* append these; the last may be a step.started */
	SM_DECIDED_NOTHING,    /* as it is; `message` says why */
	SM_DECIDED_NOT_BEFORE, /* nothing before `at` */
	SM_DECIDED_PROBE,      /* ask the step's probe first */
	SM_DECIDED_REFUSED     /* the command is not allowed now; `message` names what would be */
} sm_decision_kind;

enum { SM_ANSWER_EXTERNALS_MAX = 32 };

typedef struct sm_decision {
	sm_decision_kind kind;
	sm_event *events; /* in the arena; not encoded */
	size_t n;
	int64_t at;
	char message[240];
} sm_decision;

/** PROTOCOL section 4. Pure; what it returns lives in `arena`.
 *  GO_ON gives SM_DECIDED_PROBE for an unknown step with a probe; after the probe was asked call again with
 *  `probed` true. @return SM_OK, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_run_decide(const sm_run *run, const sm_command *cmd, bool probed, sm_arena *arena, sm_decision *out, sm_error *e);

#endif
