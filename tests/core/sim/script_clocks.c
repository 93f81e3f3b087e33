/* Time: clocks that jump, differ or are behind, replies that come late. */
#include "scripts.h"

/* All clocks jump ahead while the request is on its way: recovery comes early, the grace must hold all the same. */
static void clocks_jump_before_recovery(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = SIM_ROUND;
	w->late_us = (10 + 10 * variant) * SIM_S;
	script_plan(w, 2, F_E_KILL_LATE);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, SIM_S);
	w->db_offset = w->shared_offset = 3600 * SIM_S;
	for (int i = 0; i < 4; i++) {
		script_add(w, registry, sim_do_advance, &(sim_job){.run = script_run(w, flow, "order:900"), .sleep_us = (1 + 15 * i) * SIM_S});
	}
	sim_run(w);
	demand(w, stored(w, SM_STEP_UNKNOWN) == 1, "the lapsed lease was recovered");
	sim_settle(w, registry, 40);
}

/* A host's own clock jumps while its process recovers and asks the probe: "not done" may not be believed by it. */
static void host_clock_jumps_at_the_probe(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->late_us = 55 * SIM_S;
	w->fault_of_effect[0] = F_E_KILL_LATE;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, 18 * SIM_S);
	script_add(w, registry, sim_do_advance, &(sim_job){.run = script_run(w, flow, "order:900")});
	w->jump_at = w->now + variant % 16 * 500;
	w->jump_by = (variant < 16 ? 3000 : -3000) * SIM_S;
	w->jump_worker = 0;
	sim_run(w);
	sim_settle(w, registry, 40);
}

/* This host's clock jumps while the reply to a start is on its way: nobody knows how late it is, so it is not sent. */
static void host_clock_jumps_at_the_start(sim_world *w, int variant)
{
	static const int64_t jumps[] = {3600 * SIM_S, -3600 * SIM_S, 5500 * SIM_MS, -5500 * SIM_MS, 4500 * SIM_MS, -4500 * SIM_MS};
	const sm_workflow *flow = sim_flow(variant % 2 ? script_never3 : script_once3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->slow_us = SIM_S;
	script_plan(w, 1, F_W_SLOW);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	w->jump_at = w->now + 500 * SIM_MS;
	w->jump_by = jumps[variant / 2];
	w->jump_worker = 0;
	sim_run(w);
	demand(w, stored(w, SM_STEP_STARTED) > 0 && (effects_in_ledger(w) == 0) == (variant / 2 < 4), "what is further than the margin (5 s) is not sent");
	sim_settle(w, registry, 40);
}

/* The reply to a start comes after its deadline: not sent. */
static void late_reply_to_a_start(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? script_never3 : script_once3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->slow_us = (8 + variant) * SIM_S;
	script_plan(w, 1, F_W_SLOW);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	demand(w, (effects_in_ledger(w) == 0) == (w->slow_us > 10 * SIM_S - 3 * SIM_MS), "sent before the deadline, or not at all");
	sim_settle(w, registry, 40);
}

/* The reply to a start is lost only after its lease, and what is read back then holds the next attempt, under way or done: that is
 * somebody else's, to perform and to report. */
static void reply_lost_after_recovery(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? script_safe3 : script_once3, variant / 2 % 2 != 0, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = SIM_ROUND;
	w->effect_us = 900 * SIM_MS;
	w->slow_us = 34900 * SIM_MS + variant / 4 * 300 * SIM_MS; /* others try again at 35.05 s */
	script_plan(w, 1, F_W_SLOW_LOST);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_tick, &(sim_job){.sleep_us = 17500 * SIM_MS, .repeat = 3});
	sim_run(w);
	demand(w, stored(w, SM_STEP_STARTED) > 1 && stored(w, SM_STEP_FAILED) + stored(w, SM_LATE_FAILED) <= 1, "the late process speaks for its own attempt alone");
	sim_settle(w, registry, 40);
}

/* Clocks of database and host more than 5 s apart: nothing is recovered, no "not done" is believed. */
static void clocks_apart(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:900");

	w->fault_of_effect[0] = variant % 2 ? F_E_LOST_NEVER : F_E_KILL_BEFORE;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	w->db_offset = variant / 2 % 2 ? 7 * SIM_S : -7 * SIM_S;
	sim_pass(w, 100 * SIM_S);
	script_add(w, registry, sim_do_advance, &(sim_job){.run = run});
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 30 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_VERDICT_NOT_DONE) == 0 && stored(w, SM_STEP_UNKNOWN) == variant % 2, "nothing was recovered or believed");
	w->db_offset = 0;
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on when the clocks agree");
}

/* Hosts whose clocks are behind: ids rise within a stream all the same. */
static void clocks_behind(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	script_plan(w, 2 + variant, F_E_KILL_SENT);
	sim_pass(w, 10 * SIM_S);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, 18 * SIM_S);
	w->shared_offset = -3 * SIM_S; /* of the hosts that come later; the database keeps its own */
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 3, .sleep_us = SIM_S});
	sim_run(w);
	sim_settle(w, registry, 40);
}

const script clocks_scripts[] = {
	{"clocks jump before recovery", clocks_jump_before_recovery, 6},
	{"host clock jumps at the probe", host_clock_jumps_at_the_probe, 32},
	{"host clock jumps at the start", host_clock_jumps_at_the_start, 12},
	{"late reply to a start", late_reply_to_a_start, 12},
	{"reply lost after recovery", reply_lost_after_recovery, 24},
	{"clocks apart", clocks_apart, 4},
	{"clocks behind", clocks_behind, 5},
	{NULL, NULL, 0}
};
