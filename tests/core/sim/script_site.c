/* The site around a run: lost tails, another identity, other payloads, other definitions, stop files. */
#include "scripts.h"

#include <string.h>

/* A fail-over forgets the tail, somebody grows it again, and the one who wrote the old tail goes on: noticed by `prev`. */
static void tail_lost_and_grown_again(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:900");
	int effects;

	w->policy = SIM_ROUND;
	w->fault_of_effect[0] = F_E_SLOW;
	w->fault_of_effect[1] = F_E_KILL_BEFORE;
	w->fault_of_outcome = F_W_KILL_AFTER;
	sim_job *first = script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	w->fail_over_at = w->now + 5 * SIM_S;
	w->fail_over_run = run;
	sim_job *second = script_add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 6 * SIM_S});
	sim_run(w);
	demand(w, first->status == (sm_status)-1 && second->status == (sm_status)-1, "both have died");
	if (w->violation[0] != '\0') {
		return;
	}
	demand(w, sim_row_at(w, run, 3) != NULL, "the old tail was grown");
	effects = effects_in_ledger(w);
	sim_pass(w, 40 * SIM_S);

	sim_job *third = script_add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = variant * SIM_S});

	sim_run(w);
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 60 * SIM_S});
	sim_run(w);
	demand(w, third->status == SM_E_ILLEGAL, "the broken history is noticed");
	demand(w, effects_in_ledger(w) == effects, "nothing fires");
	demand(w, w->n_run_rows == 1 && sm_bytes_eq(w->run_rows[0].state, SM_STR("broken")) && w->run_rows[0].due < 0, "it is listed as broken");
}

/* Another key, schema or environment than the row '*' was made for: nothing starts. */
static void another_site(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	sim_switch_row *all = sim_switch_of(w, SM_STR("*"), true);
	sim_job *job;

	memset(all->site_check, 'a', SM_ID_LEN);
	w->expect_status = SM_E_IDENTITY;
	job = script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900", .later = variant % 2 != 0});
	sim_run(w);
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 1, .sleep_us = 20 * SIM_S});
	sim_run(w);
	demand(w, job->status == (variant % 2 ? SM_OK : SM_E_IDENTITY), "the start says why");
	demand(w, stored(w, SM_STEP_STARTED) == 0 && effects_in_ledger(w) == 0, "nothing starts");
	memcpy(all->site_check, w->site_check, SM_ID_SIZE);
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on when somebody said what it is");
}

static void other_payload(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const bool once = variant % 2 != 0;
	const sm_workflow *f = once ? sim_once(SM_REPEAT_NEVER, false) : flow;
	sim_job *job;
	int n;

	script_add(w, registry, once ? sim_do_once : sim_do_start, &(sim_job){.workflow = f, .subject = "order:900"});
	sim_run(w);
	n = (int)w->n_requests;
	w->expect_status = SM_E_CONFLICT;
	job = script_add(w, registry, once ? sim_do_once : sim_do_start, &(sim_job){.workflow = f, .subject = "order:900", .input = "{\"cents\":1}"});
	sim_run(w);
	demand(w, job->status == SM_E_CONFLICT && (int)w->n_requests == n, "a conflict, and nothing is sent");
}

/* A step of an open run was renamed: it rests as paused, nothing fires, resume is refused. */
static void step_renamed(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow), **renamed = script_registry(w, sim_flow(script_safe3, true, true));
	const char *run = script_run(w, flow, "order:900");
	int n;

	w->fault_of_effect[variant % 2] = F_E_KILL_BEFORE; /* dies in step one, or in step two which the new version calls otherwise */
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	n = (int)w->n_fired;
	sim_pass(w, 20 * SIM_S);
	script_add(w, renamed, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 5 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_RUN_PAUSED) == 1 && (int)w->n_fired == n, "paused, nothing fires");

	sim_job *resume = script_add(w, renamed, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_RESUME});

	sim_run(w);
	demand(w, resume->status == (variant % 2 ? SM_E_STATE : SM_OK), "resumed only where the finished steps and this one keep their names");
	sim_settle(w, renamed, 40);
}

/* What may have happened under a safe step stays unknown when the run is resumed with a step that is not safe any more. */
static void step_no_longer_safe(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const sm_workflow **later = script_registry(w, sim_flow(variant % 2 ? script_once3 : script_never3, variant < 2, false));
	const char *run = script_run(w, flow, "order:900");

	w->fault_of_effect[0] = F_E_KILL_SENT;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, 20 * SIM_S);
	script_add(w, later, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 5 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_RUN_PAUSED) == 1 && effects_in_ledger(w) == 1, "paused, because the definition differs");
	script_add(w, later, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_RESUME});
	sim_run(w);
	script_add(w, later, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_PAUSE});
	sim_run(w);
	sim_settle(w, later, 40);
	demand(w, effects_in_ledger(w) == 3, "each effect once");
}

static void stop_file(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, true, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->stop_file = variant == 0;
	w->stop_file_at = variant * 20 * SIM_MS + w->now;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 20 * SIM_S});
	sim_run(w);
	demand(w, variant > 0 || effects_in_ledger(w) == 0, "nothing fires");
	w->stop_file = false;
	w->stop_file_at = 0;
	sim_settle(w, registry, 40);
}

const script site_scripts[] = {
	{"tail lost and grown again", tail_lost_and_grown_again, 3},
	{"another site", another_site, 2},
	{"other payload", other_payload, 2},
	{"step renamed", step_renamed, 2},
	{"step no longer safe", step_no_longer_safe, 4},
	{"stop file", stop_file, 12},
	{NULL, NULL, 0}
};
