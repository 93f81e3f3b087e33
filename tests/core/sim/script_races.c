/* Many processes at once. */
#include "scripts.h"

static void many_start_one_order(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, variant % 2 == 0, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = variant < 3 ? SIM_ROUND : SIM_RANDOM;
	w->chance = variant % 3 == 0 ? 0 : 40;
	for (int i = 0; i < 5; i++) {
		script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900", .sleep_us = 1});
	}
	sim_run(w);
	w->chance = 0;
	sim_settle(w, registry, 40);
	demand(w, effects_in_ledger(w) >= 1 || stored(w, SM_RUN_ENDED) > 0 || stored(w, SM_VERDICT_ABANDONED) > 0, "the order was fulfilled");
}

static void many_call_once(sim_world *w, int variant)
{
	const sm_workflow *once = sim_once((sm_repeat)(variant % 3), variant % 2 == 0);

	w->policy = variant < 3 ? SIM_ROUND : SIM_RANDOM;
	w->chance = variant % 5 == 0 ? 0 : 30;
	for (int i = 0; i < 5; i++) {
		script_add(w, NULL, i == 4 ? sim_do_claim : sim_do_once,
			&(sim_job){.workflow = once, .subject = "my-shop: charge order 900", .sleep_us = 1, .repeat = 2});
	}
	sim_run(w);
	w->chance = 0;
	sim_settle(w, NULL, 40);
}

static void starts_against_flips(sim_world *w, int variant)
{
	static const char *const subjects[] = {"order:1", "order:2", "order:3", "order:4"};
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil"};
	const sm_workflow *flow = sim_flow(variant % 2 ? script_once3 : script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = SIM_RANDOM;
	w->cluster = variant >= 60;
	w->chance = w->cluster ? 10 : variant % 4 == 0 ? 40 : 0;
	for (int i = 0; i < 4; i++) {
		script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = subjects[i], .sleep_us = sim_choose(w, 300 * SIM_MS)});
	}
	for (int i = 0; i < 6; i++) {
		script_add(w, registry, sim_do_switch, &(sim_job){.target = targets[variant % 3], .hold = i % 2 == 0,
			.sleep_us = sim_choose(w, 100 * SIM_MS) + i * 50 * SIM_MS});
	}
	sim_run(w);
	w->policy = SIM_ALONE;
	w->chance = 0;
	sim_settle(w, registry, 40);
}

/* On a cluster: a start is on its way when a hold is acknowledged, and stored after it without having seen it. */
static void held_behind_a_start(sim_world *w, int variant)
{
	static const sim_fault delays[] = {F_W_STALL, F_W_LATE3, F_W_LATE9};
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow *once = sim_once(SM_REPEAT_NEVER, false);
	const sm_workflow **registry = script_registry(w, flow);
	const bool claims = variant % 2 != 0;

	w->cluster = true;
	w->policy = SIM_ROUND;
	w->slow_us = 2 * SIM_S;
	script_plan(w, 1 + variant / 2 % 6, delays[variant / 12]);
	script_add(w, registry, claims ? sim_do_claim : sim_do_start, &(sim_job){.workflow = claims ? once : flow, .subject = "order:1"});
	script_add(w, registry, sim_do_switch, &(sim_job){.target = "*", .hold = true, .sleep_us = 500 * SIM_MS});
	sim_run(w);
	demand(w, variant > 1 || (stored(w, SM_STEP_STARTED) == 1 && stored(w, SM_STEP_FAILED) == 1 && effects_in_ledger(w) == 0),
		"a start that is stored after the hold comes to nothing");
	script_add(w, registry, sim_do_switch, &(sim_job){.target = "*"});
	sim_run(w);
	w->policy = SIM_ALONE;
	sim_settle(w, registry, 40);
}

/* Two processes find the same hold, and both would say so: once. */
static void two_find_a_hold(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:1");

	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:1", .later = true});
	sim_run(w);
	script_add(w, registry, sim_do_switch, &(sim_job){.target = "category:commerce", .hold = true});
	sim_run(w);
	w->policy = variant == 0 ? SIM_ROUND : SIM_RANDOM;
	for (int i = 0; i < 2; i++) {
		script_add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 1});
	}
	sim_run(w);
	demand(w, stored(w, SM_RUN_HELD) == 1 && effects_in_ledger(w) == 0, "the hold is said once, and nothing fires");
	w->policy = SIM_ALONE;
	sim_settle(w, registry, 40);
}

/* The first start that a category ever sees makes its switch rows, also when two do it at once. */
static void first_start_of_a_category(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	sim_switch_row *category = sim_switch_of(w, SM_STR("category:commerce"), true);

	category->has_row = false;
	sim_switch_of(w, SM_STR("workflow:order.fulfil"), true)->has_row = variant % 2 != 0;
	w->policy = SIM_ROUND;
	script_plan(w, variant / 2, (sim_fault)(1 + variant % (F_W_KILL_LATE)));
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:1"});
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:2"});
	sim_run(w);
	sim_settle(w, registry, 40);
	demand(w, category->has_row, "the category's row was made");
}

static void sequence(sim_worker *k, void *arg)
{
	const sim_job *job = arg;
	int64_t done;
	sm_error e;

	for (int i = 0; i < job->repeat; i++) {
		sim_sleep(k->w, sim_choose(k->w, 20 * SIM_MS) + 1);
		(void)sm_journal_sequence(&k->j, 3, &done, &e);
	}
}

static void many_number_the_log(sim_world *w, int variant)
{
	static const char *const subjects[] = {"order:1", "order:2", "order:3"};
	const sm_workflow *flow = sim_flow(script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = SIM_RANDOM;
	w->chance = variant % 2 ? 25 : 0;
	for (int i = 0; i < 3; i++) {
		script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = subjects[i], .sleep_us = sim_choose(w, 30 * SIM_MS)});
		script_add(w, registry, sequence, &(sim_job){.repeat = 8});
	}
	sim_run(w);
	w->chance = 0;
	w->policy = SIM_ALONE;
	sim_settle(w, registry, 40);
}

/* A run that a tick cannot move does not keep others from moving. */
static void put_off_starves_nobody(sim_world *w, int variant)
{
	const sm_workflow *stuck = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, stuck);
	int probes;

	w->fault_of_effect[0] = F_E_LOST_NEVER;
	w->fault_of_probe = F_P_UNKNOWN;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = stuck, .subject = "order:1"});
	sim_run(w);
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = stuck, .subject = "order:2", .later = true});
	sim_run(w);
	sim_pass(w, 100 * SIM_S);
	probes = (int)sim_totals_.probes;
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 20 + variant, .sleep_us = 10 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "the other run completed");
	demand(w, (int)sim_totals_.probes - probes <= 5, "a probe that cannot tell is asked less and less often");
	w->fault_of_probe = F_NONE;
	sim_settle(w, registry, 40);
}

const script races_scripts[] = {
	{"many start one order", many_start_one_order, 60},
	{"many call once", many_call_once, 90},
	{"starts against flips", starts_against_flips, 120},
	{"held behind a start", held_behind_a_start, 36},
	{"two find a hold", two_find_a_hold, 12},
	{"first start of a category", first_start_of_a_category, 48},
	{"many number the log", many_number_the_log, 60},
	{"put off starves nobody", put_off_starves_nobody, 2},
	{NULL, NULL, 0}
};
