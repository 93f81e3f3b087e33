/* What may not be lost: outcomes, ids, what a process says when it ends. */
#include "scripts.h"

/* A hold during the effect stops the next step, never the outcome. */
static void held_during_the_effect(sim_world *w, int variant)
{
	static const sim_fault faults[] = {F_NONE, F_W_SHORT, F_W_REFUSED, F_W_LATE1, F_W_LATE3, F_W_LOST, F_W_ZERO, F_W_TWICE};
	const sm_workflow *flow = sim_flow(script_never3, false, false);
	const sm_workflow **registry = script_registry(w, flow);
	const sim_stream *run;

	w->policy = SIM_ROUND;
	w->effect_us = 2 * SIM_S;
	w->fault_of_outcome = faults[variant];
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_switch, &(sim_job){.target = "category:commerce", .hold = true, .sleep_us = SIM_S});
	sim_run(w);
	run = sim_stream_of(w, script_run(w, flow, "order:900"));
	demand(w, run != NULL && run->m.step == 2 && run->m.st == SM_ST_READY && run->m.held > 0, "step one is done, step two is held");
	demand(w, effects_in_ledger(w) == 1, "one effect");
	w->effect_us = 50 * SIM_MS;
	sim_settle(w, registry, 40);
	demand(w, effects_in_ledger(w) == 3, "three effects after the release");
}

/* Output of any size, at any step: the step is done all the same. */
static void output_too_large(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(script_never3, false, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->fault_of_effect[variant] = F_E_BIG;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "the run is completed");
	for (size_t i = 0; i < w->n_rows; i++) {
		const sm_event *ev = &w->rows[i].ev;

		if (ev->type == SM_STEP_FINISHED) {
			const bool here = ev->step.p[0] == "ott"[variant] && ev->step.p[1] == "nwh"[variant];

			demand(w, (ev->omitted != NULL) == here, "the large output, and no other, is left out and said so");
		}
	}
}

/* An attempt reports after its lease lapsed and others went on. */
static void late_outcomes(sim_world *w, int variant)
{
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(variant % 3), SM_REPEAT_NEVER, SM_REPEAT_SAFE};
	const sm_workflow *flow = sim_flow(classes, variant / 3 % 2 != 0, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = SIM_ROUND;
	w->slow_us = (18 + 2 * (variant / 6)) * SIM_S;
	w->fault_of_effect[0] = variant / 12 % 2 ? F_E_SLOW_REFUSED : F_E_SLOW;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_tick, &(sim_job){.sleep_us = 17500 * SIM_MS, .repeat = 3});
	sim_run(w);
	demand(w, stored(w, SM_LATE_DONE) + stored(w, SM_LATE_FAILED) == 1, "the late outcome is recorded");
	sim_settle(w, registry, 40);
}

/* A pause is asked for at any moment: what runs is not stopped, nothing new begins, resume goes on. */
static void pause_while_it_runs(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? script_never3 : script_safe3, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const char *run = script_run(w, flow, "order:900");
	sim_job *pause;

	w->policy = SIM_ROUND;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	pause = script_add(w, registry, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_PAUSE, .sleep_us = (10 + 7 * variant) * SIM_MS});
	sim_run(w);
	script_add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 10 * SIM_S});
	sim_run(w);
	demand(w, pause->status == SM_OK && stored(w, SM_PAUSE_REQUESTED) == 1, "the pause is requested");
	demand(w, stored(w, SM_RUN_PAUSED) + stored(w, SM_RUN_COMPLETED) == 1, "paused, or completed where the last step was running");
	demand(w, (int)w->n_fired < 3 || stored(w, SM_RUN_COMPLETED) == 1, "nothing new begins");
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "completed after the resume");
}

/* The faults of a statement, for the scripts that put one at a certain place. */
static const sim_fault at_write[] = {F_NONE, F_W_LOST, F_W_ZERO, F_W_TWICE, F_W_SLOW, F_W_STALL, F_W_KILL_AFTER, F_W_LATE1, F_W_LATE3, F_W_LATE9,
	F_W_KILL_LATE, F_W_REFUSED, F_W_SHORT, F_W_KILL_BEFORE};
enum { AT_WRITE = sizeof at_write / sizeof *at_write, AT_WRITE_STORED = 8 /* so many of the first are stored at once */, AT_WRITE_LATE = 11 };

/* A process exits inside its effect, and its shutdown function has one send for what it knows, which meets every fault. */
static void shutdown_record_meets_faults(sim_world *w, int variant)
{
	const int fault = variant % AT_WRITE;
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(variant / AT_WRITE % 3), SM_REPEAT_NEVER, SM_REPEAT_SAFE};
	const sm_workflow *flow = sim_flow(classes, variant / AT_WRITE / 3 % 2 != 0, false);
	const sm_workflow **registry = script_registry(w, flow);
	int said;

	w->fault_of_effect[0] = F_E_EXIT;
	w->fault_of_shutdown = at_write[fault];
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	demand(w, w->fault_of_shutdown == F_NONE, "the shutdown function has sent");
	said = stored(w, SM_STEP_UNKNOWN) + stored(w, SM_STEP_READY);
	demand(w, said == (fault < AT_WRITE_STORED) || (fault >= AT_WRITE_STORED && fault < AT_WRITE_LATE), "stored, or not, as the fault has it");
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_STEP_UNKNOWN) + stored(w, SM_STEP_READY) == 1, "said once: by itself, or by recovery after the lease");
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on");
}

/* The same while a tick and another process recover the lapsed lease. */
static void recovery_races_the_shutdown_record(sim_world *w, int variant)
{
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(variant % 3), SM_REPEAT_NEVER, SM_REPEAT_SAFE};
	const sm_workflow *flow = sim_flow(classes, variant / 3 % 2 != 0, false);
	const sm_workflow **registry = script_registry(w, flow);

	w->policy = variant % 4 == 3 ? SIM_RANDOM : SIM_ROUND;
	w->fault_of_effect[0] = F_E_EXIT;
	w->fault_of_shutdown = variant % 2 ? F_NONE : at_write[variant / 2 % AT_WRITE];
	w->effect_us = 16980 * SIM_MS + variant % 31 * 2 * SIM_MS; /* lease and skew are over 17 s after the start */
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	script_add(w, registry, sim_do_tick, &(sim_job){.sleep_us = 17000 * SIM_MS, .repeat = 2});
	if (variant % 8 < 4) {
		script_add(w, registry, sim_do_advance, &(sim_job){.run = script_run(w, flow, "order:900"), .sleep_us = 17012 * SIM_MS});
	}
	sim_run(w);
	w->policy = SIM_ALONE;
	w->effect_us = 50 * SIM_MS;
	sim_settle(w, registry, 40);
	for (size_t i = 0, n = 0; i < w->n_rows; i++) {
		const sm_event *ev = &w->rows[i].ev;

		n += (ev->type == SM_STEP_UNKNOWN || ev->type == SM_STEP_READY) && ev->attempt == 1 && sm_bytes_eq(ev->step, flow->steps[0].name);
		demand(w, n < 2 && (n == 1 || i + 1 < w->n_rows), "said once: by the process itself or by recovery");
	}
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on");
}

/* External ids are stored while the effect runs, also when others have moved the run on meanwhile; the statement meets every fault. */
static void external_id_meets_faults(sim_world *w, int variant)
{
	const int fault = variant % AT_WRITE;
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(variant / AT_WRITE % 3), SM_REPEAT_NEVER, SM_REPEAT_SAFE};
	const sm_workflow *flow = sim_flow(classes, true, false);
	const sm_workflow **registry = script_registry(w, flow);
	const bool superseded = variant / AT_WRITE / 3 % 2 != 0;
	const bool dies = at_write[fault] == F_W_KILL_AFTER || at_write[fault] == F_W_KILL_LATE || at_write[fault] == F_W_KILL_BEFORE;

	w->policy = SIM_ROUND;
	w->records_externals = 1;
	w->fault_of_external = at_write[fault];
	w->effect_us = superseded ? 20 * SIM_S : 50 * SIM_MS;
	script_add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	if (superseded) {
		script_add(w, registry, sim_do_tick, &(sim_job){.sleep_us = 17500 * SIM_MS, .repeat = 1});
	}
	sim_run(w);
	w->effect_us = 50 * SIM_MS;
	demand(w, dies || stored(w, SM_EXTERNAL_RECORDED) >= 1, "the id is stored");
	sim_settle(w, registry, 40);
	for (size_t i = 0; i < w->n_fired; i++) {
		int n = 0;

		for (size_t k = 0; k < w->n_rows; k++) {
			n += w->rows[k].ev.type == SM_EXTERNAL_RECORDED && w->rows[k].ev.attempt == w->fired[i].attempt
				&& sm_bytes_eq(w->rows[k].ev.step, sm_cstr(w->fired[i].step));
		}
		demand(w, n == 1 || (dies && n == 0), "once for each attempt");
	}
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on");
}

const script outcomes_scripts[] = {
	{"held during the effect", held_during_the_effect, 8},
	{"output too large", output_too_large, 3},
	{"late outcomes", late_outcomes, 24},
	{"pause while it runs", pause_while_it_runs, 20},
	{"shutdown record meets faults", shutdown_record_meets_faults, 84},
	{"recovery races the shutdown record", recovery_races_the_shutdown_record, 124},
	{"external id meets faults", external_id_meets_faults, 84},
	{NULL, NULL, 0}
};
