/* flight: one run while this process knows it: its history, the callables of the step that is on, and what the attempt reports.
 * Shared by the method that drives it and the Attempt objects handed out; the Run that is returned keeps only its record. */
#ifndef SOPHMATE_FLIGHT_H
#define SOPHMATE_FLIGHT_H

#include "bridge.h"

#include "src/core/drive.h"

/* What an attempt tells beside its outcome. Everything lives in the flight's arena. */
typedef struct sophmate_report {
	sm_json *touched, *touched_ids, *artifacts, *cost, *notes, *omitted;
	zend_long touched_left, artifacts_left, cost_left, notes_left; /* entries beyond the limit: counted, not kept */
} sophmate_report;

/* A history and the memory that it lives in. Shared by flights and the Runs made from them. */
typedef struct sophmate_record {
	uint32_t refcount;
	size_t bytes;  /* that the arena has taken */
	sm_alloc alloc; /* counts them; the arena borrows it, so a record never moves */
	sm_arena arena;
	sm_history h;
} sophmate_record;

/* An object, so that the garbage collector sees through what holds it; PHP never gets at it. */
typedef struct sophmate_flight {
	sophmate_record *record;   /* owned */
	zend_object *owner;        /* object that holds the link; owned */
	sophmate_link *link;       /* in owner */
	struct sophmate_engine *engine; /* owner's registry and judge; NULL for IdempotencyKeys */
	sm_drive drive;
	sm_effects effects;
	sm_progress progress;
	pid_t pid;                 /* process that began it */
	zend_fiber *fiber;         /* that drives it */

	/* once(): the workflow and callables that the call brought */
	const sm_workflow *workflow;
	zval *once_run, *once_probe; /* borrowed from the call's frame */

	/* the attempt that is on */
	bool inside;               /* a callable of this flight is on the stack */
	bool acting;               /* its effect may have begun and its outcome is not stored */
	zend_string *step;         /* its step; owned */
	int32_t attempt;
	int64_t deadline_us;       /* boot clock */
	sophmate_report report;
	zend_object *thrown;       /* what the last step threw, or the judge said; owned */
	zval result;               /* what the last step returned */
	sm_bytes output;           /* its canonical text with all that is never stored, in the record's arena; {NULL, 0} = none */

	bool listed;
	struct sophmate_flight *next, **self; /* flights that are driven, newest first */
	zend_object std;
} sophmate_flight;

void sophmate_flight_minit(void);

/** A flight over the owner's link, not listed yet. */
sophmate_flight *sophmate_flight_new(zend_object *owner, sophmate_link *link, struct sophmate_engine *engine);
static zend_always_inline void sophmate_flight_hold(sophmate_flight *flight)
{
	GC_ADDREF(&flight->std);
}
static zend_always_inline void sophmate_flight_release(sophmate_flight *flight)
{
	OBJ_RELEASE(&flight->std);
}
void sophmate_record_release(sophmate_record *record);
/** While it is listed, the shutdown function records its attempt if the process ends. */
void sophmate_flight_enter(sophmate_flight *flight);
/** The core has come back. SM_E_ABORTED leaves it listed for the shutdown function; one that the shutdown function has
 *  taken off the list already (its fiber outlived it) stays as it is. */
void sophmate_flight_leave(sophmate_flight *flight, sm_status status);
/** Takes a listed flight off the list, and its reference with it. */
void sophmate_flight_drop(sophmate_flight *flight);
/** The flight whose callable runs in the current fiber, NULL outside of steps. */
sophmate_flight *sophmate_flight_current(void);
/** Throws InvalidState inside a step. `what` names the call. */
bool sophmate_outside_steps(const char *what);
/** Registers the shutdown function, once a request. */
void sophmate_shutdown_register(void);
/** A stop file holds everything on this host: sophmate.state_dir "/hold". */
bool sophmate_stop_file(void);

/** Attempt over the flight's current one. @return NULL with an exception pending */
zend_object *sophmate_attempt_new(sophmate_flight *flight, const char *key, sm_bytes step, int32_t attempt, const sm_step_row *row);
/** Run over the flight's history as it is now. @return NULL with an exception pending */
zend_object *sophmate_run_new(sophmate_flight *flight);
/** The history that a Run shows. */
const sm_history *sophmate_run_history(zend_object *run);
/** Memory that a Run keeps alive. */
size_t sophmate_run_bytes(zend_object *run);
/** Output of a step as a PHP value. Throws InvalidArgument (no such step, not done) or OutputNotStored. */
bool sophmate_output(const sm_history *h, const zend_string *step, zval *out);
/** Canonical text in an arena, of exactly its size. @param what   names the value in messages. @return false with an exception pending */
bool sophmate_canonical_in(sm_arena *arena, const char *what, zval *value, size_t max, sm_bytes *out);
/** What a PHP Answer says, in `arena`. @return false with an exception pending */
bool sophmate_answer_read(zend_object *answer, sm_arena *arena, sm_answer *out);

/** Outcome of a returned value (taken over) with what the attempt reported. */
void sophmate_outcome_done(sophmate_flight *flight, zval *returned, sm_outcome *out);
/** Outcome of a thrown exception: NotDone is certain, anything else is not. */
void sophmate_outcome_thrown(sophmate_flight *flight, zend_object *exception, sm_outcome *out);
/** "May have happened", with a message. */
void sophmate_outcome_ambiguous(sm_arena *arena, const char *why, sm_bytes message, sm_outcome *out);

/** Ends a public call: maps the status, chains the step's exception, names the run. @return true when nothing is pending */
bool sophmate_flight_done(sophmate_flight *flight, sm_status status, const sm_error *error);

void sophmate_run_minit(void);
void sophmate_attempt_minit(void);

#endif
