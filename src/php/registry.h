/* registry: an Engine's own data: link, judge, registered workflows, results remembered in this request. */
#ifndef SOPHMATE_REGISTRY_H
#define SOPHMATE_REGISTRY_H

#include "flight.h"
#include "service.h"

typedef struct sophmate_registered {
	sm_workflow workflow;  /* first: the core's pointer is ours; strings borrow from the object */
	zend_object *object;   /* SophMate\Workflow; owned */
	sm_arena arena;
} sophmate_registered;

/* What is remembered of a run that ended. */
typedef struct sophmate_ended {
	char fingerprint[SM_HASH_HEX_SIZE];
	zend_object *run;    /* SophMate\Run, owned; NULL for a run of once() */
	zend_string *output; /* of a run of once(): canonical text, owned; NULL for others */
	size_t bytes;        /* that it keeps alive */
	size_t *total;       /* of all of the engine */
} sophmate_ended;

typedef struct sophmate_engine {
	zval judge, changed;   /* closures or null */
	zend_object *changed_thrown; /* by the listener in a catch-up; rethrown when the call is over */
	HashTable workflows;   /* name => sophmate_registered */
	HashTable ended;       /* run id => sophmate_ended: at most 256 and 8 MiB, oldest first */
	size_t ended_bytes;
	sophmate_service service;
} sophmate_engine;

static zend_always_inline sophmate_engine *sophmate_engine_from(zend_object *object)
{
	return (sophmate_engine *)((char *)object - offsetof(sophmate_engine, service.std));
}

void sophmate_registry_init(sophmate_engine *engine);
void sophmate_registry_free(sophmate_engine *engine);
/** Registers a workflow. Throws DefinitionError when another object has its name. @return NULL with an exception pending */
const sm_workflow *sophmate_registry_add(sophmate_engine *engine, zend_object *workflow);
/** @return NULL when it is not registered; nothing is thrown */
const sm_workflow *sophmate_registry_find(sophmate_engine *engine, sm_bytes name);
/** The Step object of a registered workflow. */
zend_object *sophmate_registry_step(const sm_workflow *workflow, const sm_step_def *step);
/** Remembers a run that is closed, for the rest of the request; forgets the oldest beyond 256 and beyond 8 MiB. A run of once() only
 *  where its output is stored, and of it the output alone. */
void sophmate_registry_remember(sophmate_engine *engine, zend_object *run);
/** The same for a completed run of once() of which there is no Run. */
void sophmate_registry_remember_output(sophmate_engine *engine, const sm_history *h);
/** @return borrowed; NULL when it is not remembered */
const sophmate_ended *sophmate_registry_recall(sophmate_engine *engine, const char *run_id);

/** The journal's listener; ctx is the engine. */
bool sophmate_engine_changed(void *ctx, const char *run_id, const char *from, const char *to);
/** Workflow of once() and claim(). The caller fills def's effect, repeat, timeout, key window and probe. @return false with an exception pending */
bool sophmate_once_workflow(sm_workflow *w, sm_step_def *def, const zend_string *category, sm_arena *arena);
/** Throws Conflict for the flight's run. */
void sophmate_throw_conflict(sophmate_flight *flight, sm_bytes stored, const char *given, sm_bytes key);
/** The engine of a call, ready to be used. @return NULL with an exception pending */
sophmate_engine *sophmate_engine_enter(zval *this);
/** The run that a start is about, where it ended before in this request and is remembered: no statement at all. Throws Conflict
 *  where its input was another. @return borrowed until the next run is remembered; NULL = none, or an exception is pending */
const sophmate_ended *sophmate_recall(sophmate_flight *flight, const sm_start *s, sm_error *e);
void sophmate_engine_minit(void);
void sophmate_idempotency_keys_minit(void);

extern const sm_effects sophmate_effects; /* ctx is a sophmate_flight */

#endif
