/* pass: one call's way through drive. Private to the drive group (drive.c, start.c, tick.c). */
#ifndef SM_PASS_H
#define SM_PASS_H

#include "drive.h"

typedef struct sm_pass {
	sm_drive *d;
	sm_history *h;
	sm_progress *p;
	sm_error *e;
	const sm_workflow *workflow; /* what this call brought: start, once, claim; else NULL and the registry is asked */
	bool one_attempt;     /* once: rests as soon as an effect has reported */
	bool claim;           /* rests as soon as an attempt is ours: the caller performs it */
	bool unknown_here;    /* an attempt of this call reported "may have happened": the next call asks the probe */
	/* the attempt that is ours, while one is */
	bool mine;
	int64_t sent_boot, sent_wall; /* before the first send of its step.started */
	int64_t recovered, probed, started; /* counts for the tick */
} sm_pass;

/** Appends events; a last step.started is guarded by the run's switches, and is ours when it was stored. A hold is recorded.
 *  @param stored   how many of ours are stored
 *  @return as sm_journal_append, but SM_E_HELD only after [run.held] was tried */
sm_status sm_pass_append(sm_pass *x, sm_event *events, size_t n, size_t *stored);
/** Performs the attempt that is ours and every one that follows by itself, until none is ours. */
sm_status sm_pass_act(sm_pass *x);
/** Goes on from a known history, recovering what has lapsed, until the run ends or rests. */
sm_status sm_pass_go_on(sm_pass *x);
/** Stores what (step, attempt) reports; may make the next step's attempt ours. */
sm_status sm_pass_record(sm_pass *x, sm_bytes step, int32_t attempt, const sm_outcome *outcome, bool start_nothing);
/** Definition of the run's workflow, NULL when it is not known here. */
const sm_workflow *sm_pass_workflow(const sm_pass *x);
/** Fills what every command needs from the pass. */
sm_command sm_pass_command(const sm_pass *x, sm_command_kind kind);
/** Fills x->p->rest from the state. */
void sm_pass_rest(sm_pass *x);

#endif
