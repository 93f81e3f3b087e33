/* Small scenarios with a name, each in several variants (interleavings, times). The enumeration finds what one run shows; these
 * set up what it does not: races of many, clocks, flips, lost tails, late requests against probes. */
#include "sim.h"

#include <inttypes.h>
#include <string.h>

static const sm_repeat never3[SIM_STEPS] = {SM_REPEAT_NEVER, SM_REPEAT_NEVER, SM_REPEAT_NEVER};
static const sm_repeat once3[SIM_STEPS] = {SM_REPEAT_ONCE, SM_REPEAT_ONCE, SM_REPEAT_ONCE};
static const sm_repeat safe3[SIM_STEPS] = {SM_REPEAT_SAFE, SM_REPEAT_SAFE, SM_REPEAT_SAFE};

static sim_job *add(sim_world *w, const sm_workflow *const *registry, sim_program program, const sim_job *job)
{
	sim_job *copy = sim_new(w, sizeof *copy);

	*copy = *job;
	sim_spawn(w, registry, program, copy);
	return copy;
}

static const sm_workflow **registry_of(sim_world *w, const sm_workflow *flow)
{
	const sm_workflow **registry = sim_new(w, 2 * sizeof *registry);

	registry[0] = flow;
	registry[1] = NULL;
	return registry;
}

static const char *run_of(sim_world *w, const sm_workflow *flow, const char *subject)
{
	char *id = sim_new(w, SM_ID_SIZE);

	sim_run_id(w, flow, subject, id);
	return id;
}

static void demand(sim_world *w, bool ok, const char *what)
{
	if (!ok) {
		sim_violation(w, "as the scenario says", "%s", what);
	}
}

static int effects_in_ledger(const sim_world *w)
{
	int n = 0;

	for (size_t i = 0; i < w->n_requests; i++) {
		n += w->requests[i].effect;
	}
	return n;
}

static int stored(const sim_world *w, sm_event_type type)
{
	int n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		n += !w->rows[i].lost && w->rows[i].ev.type == type;
	}
	return n;
}

static void plan(sim_world *w, int64_t at, sim_fault fault)
{
	w->plan[w->n_plan++] = (sim_planned){at, fault};
}

/* ---- races ---- */

static void many_start_one_order(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, variant % 2 == 0, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->policy = variant < 3 ? SIM_ROUND : SIM_RANDOM;
	w->chance = variant % 3 == 0 ? 0 : 40;
	for (int i = 0; i < 5; i++) {
		add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900", .sleep_us = 1});
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
		add(w, NULL, i == 4 ? sim_do_claim : sim_do_once,
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
	const sm_workflow *flow = sim_flow(variant % 2 ? once3 : never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->policy = SIM_RANDOM;
	w->chance = variant % 4 == 0 ? 40 : 0;
	for (int i = 0; i < 4; i++) {
		add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = subjects[i], .sleep_us = sim_choose(w, 300 * SIM_MS)});
	}
	for (int i = 0; i < 6; i++) {
		add(w, registry, sim_do_switch, &(sim_job){.target = targets[variant % 3], .hold = i % 2 == 0,
			.sleep_us = sim_choose(w, 100 * SIM_MS) + i * 50 * SIM_MS});
	}
	sim_run(w);
	w->policy = SIM_ALONE;
	w->chance = 0;
	sim_settle(w, registry, 40);
}

/* The first start that a category ever sees makes its switch rows, also when two do it at once. */
static void first_start_of_a_category(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	sim_switch_row *category = sim_switch_of(w, SM_STR("category:commerce"), true);

	category->has_row = false;
	sim_switch_of(w, SM_STR("workflow:order.fulfil"), true)->has_row = variant % 2 != 0;
	w->policy = SIM_ROUND;
	plan(w, variant / 2, (sim_fault)(1 + variant % (F_W_KILL_LATE)));
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:1"});
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:2"});
	sim_run(w);
	sim_settle(w, registry, 40);
	demand(w, category->has_row, "the category's row was made");
}

/* ---- verdicts, probes and late requests ---- */

/* A request on its way meets probes at all times: the grace must cover it. */
static void probe_meets_late_request(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? once3 : never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	const bool dies = variant / 2 % 2 != 0;

	w->policy = SIM_ROUND;
	w->late_us = (15 + 5 * (variant / 4 % 12)) * SIM_S; /* up to 70 s: lease and grace are 15 and 60 */
	w->probe_us = variant / 48 % 2 ? 20 * SIM_S : 30 * SIM_MS;
	if (variant % 2) {
		w->key_memory = 5 * SIM_S; /* a provider that forgets: what the probe says must be true by itself */
	}
	plan(w, 2, dies ? F_E_KILL_LATE : F_E_LOST_LATE);
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	if (variant % 2 == 0) {
		for (int i = 0; i < 3; i++) {
			add(w, registry, sim_do_advance, &(sim_job){.run = run_of(w, flow, "order:900"), .sleep_us = (18 + 23 * i + variant % 7) * SIM_S});
		}
		add(w, registry, sim_do_advance, &(sim_job){.run = run_of(w, flow, "order:900"), .sleep_us = 76 * SIM_S});
		sim_run(w);
		sim_settle(w, registry, 40);
	} else {
		sim_run(w);
	}
}

/* All clocks jump ahead while the request is on its way: recovery comes early, the grace must hold all the same. */
static void clocks_jump_before_recovery(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->policy = SIM_ROUND;
	w->late_us = (10 + 10 * variant) * SIM_S;
	plan(w, 2, F_E_KILL_LATE);
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, SIM_S);
	w->db_offset = w->shared_offset = 3600 * SIM_S;
	for (int i = 0; i < 4; i++) {
		add(w, registry, sim_do_advance, &(sim_job){.run = run_of(w, flow, "order:900"), .sleep_us = (1 + 15 * i) * SIM_S});
	}
	sim_run(w);
	demand(w, stored(w, SM_STEP_UNKNOWN) == 1, "the lapsed lease was recovered");
	sim_settle(w, registry, 40);
}

/* A host's own clock jumps while its process recovers and asks the probe: "not done" may not be believed by it. */
static void host_clock_jumps_at_the_probe(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->late_us = 55 * SIM_S;
	w->fault_of_effect[0] = F_E_KILL_LATE;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, 18 * SIM_S);
	add(w, registry, sim_do_advance, &(sim_job){.run = run_of(w, flow, "order:900")});
	w->jump_at = w->now + variant % 16 * 500;
	w->jump_by = (variant < 16 ? 3000 : -3000) * SIM_S;
	w->jump_worker = 0;
	sim_run(w);
	sim_settle(w, registry, 40);
}

/* A person's verdict is on its way for long, and another process tries again with the same key meanwhile: the verdict was about
 * the attempt before. */
static void verdict_meets_same_key(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(once3, variant % 2 != 0, false);
	const sm_workflow **registry = registry_of(w, flow);
	const char *run = run_of(w, flow, "order:900");

	w->policy = SIM_ROUND;
	w->early_verdicts = true;
	w->slow_us = (5 + variant) * SIM_S;
	w->fault_of_effect[0] = F_E_LOST_NEVER;
	w->fault_of_effect[1] = F_E_LOST;
	w->fault_of_verdict = F_W_STALL;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	add(w, registry, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_VERDICT, .sleep_us = 12 * SIM_S});
	add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 12500 * SIM_MS});
	sim_run(w);
	sim_settle(w, registry, 40);
}

/* The second attempt is refused while nobody knows about the first: the step is unknown, not refused. */
static void refused_while_uncertain(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(once3, false, false);
	const sm_workflow **registry = registry_of(w, flow);
	const char *run = run_of(w, flow, "order:900");

	w->fault_of_effect[0] = variant % 2 ? F_E_LOST_LATE : F_E_LOST;
	w->fault_of_effect[1] = variant / 2 % 2 ? F_E_REFUSED : F_E_NOT_SENT;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 14 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_STEP_FAILED) == 1, "the second attempt was refused");
	sim_settle(w, registry, 40);
}

/* ---- what may not be lost ---- */

/* A hold during the effect stops the next step, never the outcome. */
static void held_during_the_effect(sim_world *w, int variant)
{
	static const sim_fault faults[] = {F_NONE, F_W_SHORT, F_W_REFUSED, F_W_LATE1, F_W_LATE3, F_W_LOST, F_W_ZERO, F_W_TWICE};
	const sm_workflow *flow = sim_flow(never3, false, false);
	const sm_workflow **registry = registry_of(w, flow);
	const sim_stream *run;

	w->policy = SIM_ROUND;
	w->effect_us = 2 * SIM_S;
	w->fault_of_outcome = faults[variant];
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	add(w, registry, sim_do_switch, &(sim_job){.target = "category:commerce", .hold = true, .sleep_us = SIM_S});
	sim_run(w);
	run = sim_stream_of(w, run_of(w, flow, "order:900"));
	demand(w, run != NULL && run->m.step == 2 && run->m.st == SM_ST_READY && run->m.held > 0, "step one is done, step two is held");
	demand(w, effects_in_ledger(w) == 1, "one effect");
	w->effect_us = 50 * SIM_MS;
	sim_settle(w, registry, 40);
	demand(w, effects_in_ledger(w) == 3, "three effects after the release");
}

/* Output of any size, at any step: the step is done all the same. */
static void output_too_large(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, false, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->fault_of_effect[variant] = F_E_BIG;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
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
	const sm_workflow **registry = registry_of(w, flow);

	w->policy = SIM_ROUND;
	w->slow_us = (18 + 2 * (variant / 6)) * SIM_S;
	w->fault_of_effect[0] = variant / 12 % 2 ? F_E_SLOW_REFUSED : F_E_SLOW;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	add(w, registry, sim_do_tick, &(sim_job){.sleep_us = 17500 * SIM_MS, .repeat = 3});
	sim_run(w);
	demand(w, stored(w, SM_LATE_DONE) + stored(w, SM_LATE_FAILED) == 1, "the late outcome is recorded");
	sim_settle(w, registry, 40);
}

/* A pause is asked for at any moment: what runs is not stopped, nothing new begins, resume goes on. */
static void pause_while_it_runs(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? never3 : safe3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	const char *run = run_of(w, flow, "order:900");
	sim_job *pause;

	w->policy = SIM_ROUND;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	pause = add(w, registry, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_PAUSE, .sleep_us = (10 + 7 * variant) * SIM_MS});
	sim_run(w);
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 10 * SIM_S});
	sim_run(w);
	demand(w, pause->status == SM_OK && stored(w, SM_PAUSE_REQUESTED) == 1, "the pause is requested");
	demand(w, stored(w, SM_RUN_PAUSED) + stored(w, SM_RUN_COMPLETED) == 1, "paused, or completed where the last step was running");
	demand(w, (int)w->n_fired < 3 || stored(w, SM_RUN_COMPLETED) == 1, "nothing new begins");
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "completed after the resume");
}

/* ---- time ---- */

/* The reply to a start comes after its deadline; or this host's clock jumped: not sent. */
static void late_reply_to_a_start(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(variant % 2 ? never3 : once3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->slow_us = (8 + variant) * SIM_S;
	plan(w, 1, F_W_SLOW);
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	demand(w, (effects_in_ledger(w) == 0) == (w->slow_us > 10 * SIM_S - 3 * SIM_MS), "sent before the deadline, or not at all");
	sim_settle(w, registry, 40);
}

/* Clocks of database and host more than 5 s apart: nothing is recovered, no "not done" is believed. */
static void clocks_apart(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	const char *run = run_of(w, flow, "order:900");

	w->fault_of_effect[0] = variant % 2 ? F_E_LOST_NEVER : F_E_KILL_BEFORE;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	w->db_offset = variant / 2 % 2 ? 7 * SIM_S : -7 * SIM_S;
	sim_pass(w, 100 * SIM_S);
	add(w, registry, sim_do_advance, &(sim_job){.run = run});
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 30 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_VERDICT_NOT_DONE) == 0 && stored(w, SM_STEP_UNKNOWN) == variant % 2, "nothing was recovered or believed");
	w->db_offset = 0;
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on when the clocks agree");
}

/* Hosts whose clocks are behind: ids rise within a stream all the same. */
static void clocks_behind(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(safe3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	plan(w, 2 + variant, F_E_KILL_SENT);
	sim_pass(w, 10 * SIM_S);
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	sim_pass(w, 18 * SIM_S);
	w->shared_offset = -3 * SIM_S; /* of the hosts that come later; the database keeps its own */
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 3, .sleep_us = SIM_S});
	sim_run(w);
	sim_settle(w, registry, 40);
}

/* ---- damage ---- */

/* A fail-over forgets the tail, somebody grows it again, and the one who wrote the old tail goes on: noticed by `prev`. */
static void tail_lost_and_grown_again(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(safe3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	const char *run = run_of(w, flow, "order:900");
	int effects;

	w->policy = SIM_ROUND;
	w->fault_of_effect[0] = F_E_SLOW;
	w->fault_of_effect[1] = F_E_KILL_BEFORE;
	w->fault_of_outcome = F_W_KILL_AFTER;
	sim_job *first = add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	w->fail_over_at = w->now + 5 * SIM_S;
	w->fail_over_run = run;
	sim_job *second = add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = 6 * SIM_S});
	sim_run(w);
	demand(w, first->status == (sm_status)-1 && second->status == (sm_status)-1, "both have died");
	if (w->violation[0] != '\0') {
		return;
	}
	demand(w, sim_row_at(w, run, 3) != NULL, "the old tail was grown");
	effects = effects_in_ledger(w);
	sim_pass(w, 40 * SIM_S);

	sim_job *third = add(w, registry, sim_do_advance, &(sim_job){.run = run, .sleep_us = variant * SIM_S});

	sim_run(w);
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 60 * SIM_S});
	sim_run(w);
	demand(w, third->status == SM_E_ILLEGAL, "the broken history is noticed");
	demand(w, effects_in_ledger(w) == effects, "nothing fires");
	demand(w, w->n_run_rows == 1 && sm_bytes_eq(w->run_rows[0].state, SM_STR("broken")) && w->run_rows[0].due < 0, "it is listed as broken");
}

/* Another key, schema or environment than the row '*' was made for: nothing starts. */
static void another_site(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	sim_switch_row *all = sim_switch_of(w, SM_STR("*"), true);
	sim_job *job;

	memset(all->site_check, 'a', SM_ID_LEN);
	w->expect_status = SM_E_IDENTITY;
	job = add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900", .later = variant % 2 != 0});
	sim_run(w);
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 1, .sleep_us = 20 * SIM_S});
	sim_run(w);
	demand(w, job->status == (variant % 2 ? SM_OK : SM_E_IDENTITY), "the start says why");
	demand(w, stored(w, SM_STEP_STARTED) == 0 && effects_in_ledger(w) == 0, "nothing starts");
	memcpy(all->site_check, w->site_check, SM_ID_SIZE);
	sim_settle(w, registry, 40);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "it goes on when somebody said what it is");
}

/* ---- the rest ---- */

static void other_payload(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);
	const bool once = variant % 2 != 0;
	const sm_workflow *f = once ? sim_once(SM_REPEAT_NEVER, false) : flow;
	sim_job *job;
	int n;

	add(w, registry, once ? sim_do_once : sim_do_start, &(sim_job){.workflow = f, .subject = "order:900"});
	sim_run(w);
	n = (int)w->n_requests;
	w->expect_status = SM_E_CONFLICT;
	job = add(w, registry, once ? sim_do_once : sim_do_start, &(sim_job){.workflow = f, .subject = "order:900", .input = "{\"cents\":1}"});
	sim_run(w);
	demand(w, job->status == SM_E_CONFLICT && (int)w->n_requests == n, "a conflict, and nothing is sent");
}

/* A step of an open run was renamed: it rests as paused, nothing fires, resume is refused. */
static void step_renamed(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(safe3, true, false);
	const sm_workflow **registry = registry_of(w, flow), **renamed = registry_of(w, sim_flow(safe3, true, true));
	const char *run = run_of(w, flow, "order:900");
	int n;

	w->fault_of_effect[variant % 2] = F_E_KILL_BEFORE; /* dies in step one, or in step two which the new version calls otherwise */
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	n = (int)w->n_fired;
	sim_pass(w, 20 * SIM_S);
	add(w, renamed, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 5 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_RUN_PAUSED) == 1 && (int)w->n_fired == n, "paused, nothing fires");

	sim_job *resume = add(w, renamed, sim_do_command, &(sim_job){.run = run, .command = SM_CMD_RESUME});

	sim_run(w);
	demand(w, resume->status == (variant % 2 ? SM_E_STATE : SM_OK), "resumed only where the finished steps and this one keep their names");
	sim_settle(w, renamed, 40);
}

static void stop_file(sim_world *w, int variant)
{
	const sm_workflow *flow = sim_flow(never3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->stop_file = variant == 0;
	w->stop_file_at = variant * 20 * SIM_MS + w->now;
	add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = "order:900"});
	sim_run(w);
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 2, .sleep_us = 20 * SIM_S});
	sim_run(w);
	demand(w, variant > 0 || effects_in_ledger(w) == 0, "nothing fires");
	w->stop_file = false;
	w->stop_file_at = 0;
	sim_settle(w, registry, 40);
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
	const sm_workflow *flow = sim_flow(safe3, true, false);
	const sm_workflow **registry = registry_of(w, flow);

	w->policy = SIM_RANDOM;
	w->chance = variant % 2 ? 25 : 0;
	for (int i = 0; i < 3; i++) {
		add(w, registry, sim_do_start, &(sim_job){.workflow = flow, .subject = subjects[i], .sleep_us = sim_choose(w, 30 * SIM_MS)});
		add(w, registry, sequence, &(sim_job){.repeat = 8});
	}
	sim_run(w);
	w->chance = 0;
	w->policy = SIM_ALONE;
	sim_settle(w, registry, 40);
}

/* A run that a tick cannot move does not keep others from moving. */
static void put_off_starves_nobody(sim_world *w, int variant)
{
	const sm_workflow *stuck = sim_flow(never3, true, false), *flow = sim_once(SM_REPEAT_SAFE, false);
	const sm_workflow **registry = registry_of(w, stuck);
	int probes;

	(void)flow;
	w->fault_of_effect[0] = F_E_LOST_NEVER;
	w->fault_of_probe = F_P_UNKNOWN;
	add(w, registry, sim_do_start, &(sim_job){.workflow = stuck, .subject = "order:1"});
	sim_run(w);
	add(w, registry, sim_do_start, &(sim_job){.workflow = stuck, .subject = "order:2", .later = true});
	sim_run(w);
	sim_pass(w, 100 * SIM_S);
	probes = (int)sim_totals_.probes;
	add(w, registry, sim_do_tick, &(sim_job){.repeat = 20 + variant, .sleep_us = 10 * SIM_S});
	sim_run(w);
	demand(w, stored(w, SM_RUN_COMPLETED) == 1, "the other run completed");
	demand(w, (int)sim_totals_.probes - probes <= 5, "a probe that cannot tell is asked less and less often");
	w->fault_of_probe = F_NONE;
	sim_settle(w, registry, 40);
}

typedef struct script {
	const char *name;
	void (*play)(sim_world *w, int variant);
	int variants;
} script;
static const script scripts[] = {
	{"many start one order", many_start_one_order, 60},
	{"many call once", many_call_once, 90},
	{"starts against flips", starts_against_flips, 60},
	{"first start of a category", first_start_of_a_category, 48},
	{"probe meets late request", probe_meets_late_request, 96},
	{"clocks jump before recovery", clocks_jump_before_recovery, 6},
	{"host clock jumps at the probe", host_clock_jumps_at_the_probe, 32},
	{"verdict meets same key", verdict_meets_same_key, 24},
	{"refused while uncertain", refused_while_uncertain, 4},
	{"held during the effect", held_during_the_effect, 8},
	{"output too large", output_too_large, 3},
	{"late outcomes", late_outcomes, 24},
	{"pause while it runs", pause_while_it_runs, 20},
	{"late reply to a start", late_reply_to_a_start, 12},
	{"clocks apart", clocks_apart, 4},
	{"clocks behind", clocks_behind, 5},
	{"tail lost and grown again", tail_lost_and_grown_again, 3},
	{"another site", another_site, 2},
	{"other payload", other_payload, 2},
	{"step renamed", step_renamed, 2},
	{"stop file", stop_file, 12},
	{"many number the log", many_number_the_log, 60},
	{"put off starves nobody", put_off_starves_nobody, 2},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

static sim_world *play(const script *s, int variant, bool verbose)
{
	sim_world *w = sim_world_new((uint64_t)variant * 1000 + 11);

	w->verbose = verbose;
	w->thorough = true;
	s->play(w, variant);
	if (w->violation[0] == '\0') {
		sim_check_end(w);
	}
	return w;
}

int sim_script_count(void)
{
	return SCRIPTS;
}

const char *sim_script_name(int i)
{
	return scripts[i].name;
}

int64_t sim_script(int i, bool first, sim_found *found)
{
	for (int v = 0; v < scripts[i].variants; v++) {
		sim_world *w = play(&scripts[i], v, false);
		const bool bad = w->violation[0] != '\0';

		if (bad && first) {
			snprintf(found->rule, sizeof found->rule, "%s", w->rule);
			snprintf(found->where, sizeof found->where, "script \"%s:%d\"", scripts[i].name, v);
		} else if (bad) {
			printf("VIOLATION of \"%s\" in script \"%s:%d\": %s\n", w->rule, scripts[i].name, v, w->violation);
		}
		sim_world_end(w);
		if (bad) {
			return 1;
		}
	}
	return 0;
}

int64_t sim_replay_script(const char *name)
{
	char word[64];
	int variant = 0;

	if (sscanf(name, "%63[^:]:%d", word, &variant) < 1) {
		return -1;
	}
	for (int i = 0; i < SCRIPTS; i++) {
		if (strcmp(scripts[i].name, word) == 0) {
			sim_world *w = play(&scripts[i], variant, true);
			const int64_t violations = w->violation[0] != '\0';

			sim_world_end(w);
			return violations;
		}
	}
	return -1;
}
