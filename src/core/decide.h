/* decide: what decide.c, decide_next.c and decide_owner.c share. Private to the run group. */
#ifndef SM_DECIDE_H
#define SM_DECIDE_H

#include "run.h"

/* One decision being made. */
typedef struct sm_deciding {
	const sm_run *run;
	const sm_command *cmd;
	sm_arena *arena;
	sm_decision *out;
	sm_error *e;
} sm_deciding;

/* ---- answers: decide.c ---- */

/** Ends the decision without events, with a sentence. @return SM_OK */
sm_status sm_decide_say(sm_deciding *c, sm_decision_kind kind, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;
/** Ends it as not allowed now; names the state and what would be allowed. @return SM_OK */
sm_status sm_decide_refuse(sm_deciding *c, const char *what, const char *allowed);
/** The state of the run in words. */
const char *sm_decide_describe(const sm_run *run);
/** One more event: there is room for two, and for one for each external id of an answer. */
sm_event *sm_decide_add(sm_deciding *c, sm_event_type type);
/** run.paused, resting with the owner of the current step. */
sm_event *sm_decide_pause_event(sm_deciding *c, const char *rule);
/** Adds a private text; an empty one is left out. @return SM_OK, SM_E_LIMIT, SM_E_NOMEM */
sm_status sm_decide_text(sm_deciding *c, sm_event *ev, const char *field, sm_bytes text);
/** Adds who decided, and why. */
sm_status sm_decide_by(sm_deciding *c, sm_event *ev);
/** external.recorded of an attempt. */
sm_status sm_decide_external(sm_deciding *c, sm_bytes step, int32_t attempt, const sm_external *x);
/** Version or steps (name, effect, repeat) differ from the run's. Never so for once(): its key is its identity. */
bool sm_decide_is_changed(const sm_run *run, const sm_workflow *w);
/** Puts the steps, version and definition of w into the event. */
sm_status sm_decide_steps(sm_deciding *c, sm_event *ev, const sm_workflow *w);

/* ---- what follows by itself: decide_next.c ---- */

sm_status sm_decide_start(sm_deciding *c);
sm_status sm_decide_go_on(sm_deciding *c, bool probed);
sm_status sm_decide_record(sm_deciding *c);
sm_status sm_decide_recover(sm_deciding *c);

/* ---- what an owner or a probe decides: decide_owner.c ---- */

sm_status sm_decide_pause(sm_deciding *c);
sm_status sm_decide_resume(sm_deciding *c);
/** Finish by hand, stop. */
sm_status sm_decide_end(sm_deciding *c, const char *what, const char *outcome);
sm_status sm_decide_verdict(sm_deciding *c);

#endif
