/* Small scenarios with a name, each in several variants (interleavings, times, places of a fault). The enumeration finds what one run
 * shows; these set up what it does not. A script is a function and a line in the table at the end of its file; scripts.c runs them. */
#ifndef SIM_SCRIPTS_H
#define SIM_SCRIPTS_H

#include "sim.h"

typedef struct script {
	const char *name; /* NULL ends a table */
	void (*play)(sim_world *w, int variant);
	int variants;
} script;
extern const script races_scripts[], verdicts_scripts[], outcomes_scripts[], clocks_scripts[], site_scripts[], erasures_scripts[];

extern const sm_repeat script_never3[SIM_STEPS], script_once3[SIM_STEPS], script_safe3[SIM_STEPS];

/** Spawns a worker with a copy of job, in which its answer will stand. */
sim_job *script_add(sim_world *w, const sm_workflow *const *registry, sim_program program, const sim_job *job);
/** A registry that knows this workflow alone. */
const sm_workflow **script_registry(sim_world *w, const sm_workflow *flow);
/** Id of the workflow's run for a subject. */
const char *script_run(sim_world *w, const sm_workflow *flow, const char *subject);
/** One more fault at the point with this number. */
void script_plan(sim_world *w, int64_t at, sim_fault fault);
/** A violation unless ok. */
void demand(sim_world *w, bool ok, const char *what);
int effects_in_ledger(const sim_world *w);
/** Events of this type in the journal. */
int stored(const sim_world *w, sm_event_type type);

#endif
