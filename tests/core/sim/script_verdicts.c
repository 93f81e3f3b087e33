/* Probes, verdicts of persons, late requests: nobody may believe too early. */
#include "scripts.h"

/* A request on its way meets probes at all times: the grace must cover it. */
static void probe_meets_late_request(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? script_once3 : script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const bool dies = variant / 2 % 2 != 0;

	w->policy = SIM_ROUND;
	w->late_us = (15 + 5 * (variant / 4 % 12)) * SIM_S; /* up to 70 s: lease and grace are 15 and 60 */
	w->probe_us = variant / 48 % 2 ? 20 * SIM_S : 30 * SIM_MS;
	if (variant % 2) {
		w->key_memory = 5 * SIM_S; /* a provider that forgets: what the probe says must be true by itself */
	}
	script_plan(w, 2, dies ? F_E_KILL_LATE : F_E_LOST_LATE);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	if (variant % 2 == 0) {
		for (int i = 0; i < 3; i++) {
			script_add(w, registry, sim_do_advance, &(sim_job){.run = script_run(w, flow, "order:900"), .sleep_us = (18 + 23 * i + variant % 7) * SIM_S});
		}
		script_add(w, registry, sim_do_advance, &(sim_job){.run = script_run(w, flow, "order:900"), .sleep_us = 76 * SIM_S});
		sim_run(w);
		sim_settle(w, registry, 40);
	} else {
		sim_run(w);
	}
}

/* A person's verdict is on its way for long, and another process tries again with the same key meanwhile: the verdict was about
 * the attempt before. */
static void verdict_meets_same_key(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_once3, variant % 2 != 0, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:900");

	w->policy = SIM_ROUND;
	w->early_verdicts = true;
	w->slow_us = (5 + variant) * SIM_S;
	w->fault_of_effect[0] = F_E_LOST_NEVER;
	w->fault_of_effect[1] = F_E_LOST;
	w->fault_of_verdict = F_W_STALL;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_VERDICT, .sleep_us = 12 * SIM_S});
	script_add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 12500 * SIM_MS});
	sim_run(w);
	sim_settle(w, registry, 40);
}

/* The second attempt is refused while nobody knows about the first: the step is unknown, not refused. */
static void refused_while_uncertain(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_once3, false, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:900");

	w->fault_of_effect[0] = variant % 2 ? F_E_LOST_LATE : F_E_LOST;
	w->fault_of_effect[1] = variant / 2 % 2 ? F_E_REFUSED : F_E_NOT_SENT;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 14 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_STEP_FAILED) == 1, "the second attempt was refused");
	sim_settle(w, registry, 40);
}

const script verdicts_scripts[] = {
	{"probe meets late request", probe_meets_late_request, 96},
	{"verdict meets same key", verdict_meets_same_key, 24},
	{"refused while uncertain", refused_while_uncertain, 4},
	{NULL, NULL, 0}
};
