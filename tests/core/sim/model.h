/* A second fold, written from the table of PROTOCOL section 3 alone, to compare sm_run_apply with. It reads sm_event
 * (what the leaf said) but shares no code with src/core/run.c, knows no plants and allocates nothing. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "run.h"

enum { MODEL_STEPS = 4, MODEL_ATTEMPTS = 24 };

typedef struct model_attempt {
	int64_t stored_at, lease, grace, unknown_at;
	bool uncertain, succeeded;
} model_attempt;

typedef struct model {
	sm_run_phase phase;
	sm_step_phase st;
	sm_step_row rows[MODEL_STEPS];
	model_attempt attempts[MODEL_STEPS][MODEL_ATTEMPTS]; /* attempt k of step i is [i][k - 1] */
	int32_t started[MODEL_STEPS];                        /* attempts begun of each step */
	int32_t n, step, attempt, granted, seq;
	bool late, pause_requested, done_at_rest;
	int64_t first_at, held;
	char last_id[SM_ID_SIZE];
} model;

/** Folds ev when the table allows it. @return false = illegal (or beyond the model's sizes); m is then unchanged */
bool model_apply(model *m, const sm_event *ev);
/** What differs between the model and the fold under test, as text; NULL = nothing.
 *  @param exact   database times too: not so where a process holds estimates for what it has just written */
const char *model_differs(const model *m, const sm_run *run, bool exact);

#endif
