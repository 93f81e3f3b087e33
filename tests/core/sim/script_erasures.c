/* Somebody erases, or retention does, and dies or loses replies at each of its statements in turn; another one does so meanwhile. */
#include "erasures.h"
#include "scripts.h"

#include <string.h>

static const sim_fault faults[] = {F_W_KILL_BEFORE, F_W_KILL_AFTER, F_W_KILL_LATE, F_W_LOST, F_W_REFUSED, F_W_LATE3, F_W_LATE9, F_W_TWICE, F_W_ZERO,
	F_W_SHORT, F_R_KILL, F_R_ERROR2};
enum { FAULTS = sizeof faults / sizeof *faults, PLACES = 48 };

/* The fault at the n-th point of its kind from here on. */
static void put(sim_world *w, int variant)
{
	script_plan(w, w->points + variant / FAULTS, faults[variant % FAULTS]);
}

static const char *closed_run(sim_world *w, const sm_workflow *flow, const sm_workflow **registry, const char *subject)
{
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = subject});
	sim_run(w);
	return script_run(w, flow, subject);
}

static int rows_with_values(const sim_world *w, const char *stream)
{
	int n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		n += !w->rows[i].lost && w->rows[i].private_text.p != NULL && w->rows[i].ev.type != SM_PRIVACY_ERASED && strcmp(w->rows[i].stream, stream) == 0;
	}
	return n;
}

static void end(sim_world *w, const sm_workflow **registry)
{
	sim_settle(w, registry, 40);
	if (w->violation[0] == '\0') {
		sim_finish_erasures(w, registry);
	}
}

/* One run is erased by one or by two at once; later by whoever finishes it. A replay acts in no case. */
static void a_run_is_erased(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = closed_run(w, flow, registry, "order:900");

	w->policy = SIM_ROUND;
	put(w, variant / 2);
	script_add(w, registry, sim_do_erase, &(sim_job){.run = run});
	if (variant % 2 != 0) {
		script_add(w, registry, sim_do_erase, &(sim_job){.run = run, .sleep_us = (variant / 2 % 5) * SIM_MS});
	}
	sim_run(w);
	if (w->violation[0] != '\0') {
		return;
	}
	end(w, registry);
	script_add(w, registry, sim_do_erase, &(sim_job){.run = run});
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	demand(w, rows_with_values(w, run) == 0 && stored(w, SM_PRIVACY_ERASED) == 1, "erased, and named in one event");
	demand(w, effects_in_ledger(w) == SIM_STEPS, "a replay does not act");
}

/* A stream outside of runs, while others write to it. */
static void a_stream_is_erased(sim_world *w, int variant)
{
	char *site = sim_new(w, SM_ID_SIZE);

	sim_site_stream(w, site);
	script_add(w, NULL, sim_do_append, &(sim_job){.repeat = 20});
	sim_run(w);
	w->policy = SIM_ROUND;
	put(w, variant / 2);
	script_add(w, NULL, sim_do_erase, &(sim_job){.run = site, .command = SM_CMD_NOTE});
	script_add(w, NULL, sim_do_append, &(sim_job){.repeat = 2, .sleep_us = SIM_MS});
	if (variant % 2 != 0) {
		script_add(w, NULL, sim_do_erase, &(sim_job){.run = site});
	}
	sim_run(w);
	if (w->violation[0] == '\0') {
		sim_store_flush(w);
		sim_finish_erasures(w, NULL);
		script_add(w, NULL, sim_do_erase, &(sim_job){.run = site});
		sim_run(w);
		demand(w, rows_with_values(w, site) == 0, "nothing is left");
	}
}

/* Retention, over a run that is over, one that is open, and a stream in which an erasure was left half-way. */
static void retention_runs(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *over = closed_run(w, flow, registry, "order:900"), *open;
	char *site = sim_new(w, SM_ID_SIZE);
	int before;

	sim_site_stream(w, site);
	w->fault_of_effect[w->effects_begun % 4] = F_E_LOST_NEVER;
	w->fault_of_probe = F_P_UNKNOWN;
	open = closed_run(w, flow, registry, "order:901");
	before = rows_with_values(w, open);
	demand(w, before > 0 && rows_with_values(w, over) > 0, "both have values");
	script_add(w, NULL, sim_do_append, &(sim_job){.repeat = 4});
	sim_run(w);
	w->policy = SIM_ROUND;
	put(w, variant / 2);
	script_add(w, registry, sim_do_prune, &(sim_job){0});
	if (variant % 2 != 0) {
		script_add(w, registry, sim_do_erase, &(sim_job){.run = over, .sleep_us = SIM_MS});
		script_add(w, registry, sim_do_erase, &(sim_job){.run = site, .command = SM_CMD_NOTE});
	}
	sim_run(w);
	if (w->violation[0] != '\0') {
		return;
	}
	sim_store_flush(w);
	script_add(w, registry, sim_do_prune, &(sim_job){0});
	sim_run(w);
	demand(w, rows_with_values(w, over) == 0 && rows_with_values(w, open) == before, "what is over has none, what is open has all");
	w->fault_of_probe = F_NONE;
	end(w, registry);
}

const script erasures_scripts[] = {
	{"a run is erased", a_run_is_erased, 2 * FAULTS * PLACES},
	{"a stream is erased", a_stream_is_erased, 2 * FAULTS * PLACES},
	{"retention", retention_runs, 2 * FAULTS * PLACES},
	{NULL, NULL, 0}
};
