#include "sim.h"

#include <stdlib.h>
#include <string.h>

const sm_settings sim_settings = {.lease_margin_ms = 5000, .grace_ms = 60000, .clock_skew_ms = 2000};

/* Definitions live as long as the program: cases borrow them. */
static sm_arena forever = {&sm_alloc_default, NULL};

static sm_step_def step_def(const char *name, sm_repeat repeat, bool probe)
{
	return (sm_step_def){.name = sm_cstr(name), .owner = SM_STR("operations"), .effect = SM_EFFECT_MONEY, .repeat = repeat,
		.timeout_ms = 10000, .grace_ms = -1, .key_window_ms = repeat == SM_REPEAT_ONCE ? 600000 : 0, .retry = sm_retry_default,
		.has_probe = probe};
}

static void check(sm_workflow *f)
{
	sm_error e;

	if (sm_workflow_check(f, &sim_settings, &forever, &e) != SM_OK) {
		fprintf(stderr, "simulator: %s\n", e.message);
		abort();
	}
}

const sm_workflow *sim_flow(const sm_repeat classes[SIM_STEPS], bool probes, bool renamed)
{
	static const char *const names[2][SIM_STEPS] = {{"one", "two", "three"}, {"one", "zwei", "three"}};
	static sm_workflow flows[27][2][2];
	static sm_step_def defs[27][2][2][SIM_STEPS];
	const int c = classes[0] * 9 + classes[1] * 3 + classes[2];
	sm_workflow *f = &flows[c][probes][renamed];

	if (f->n_steps == 0) {
		sm_step_def *d = defs[c][probes][renamed];

		for (int i = 0; i < SIM_STEPS; i++) {
			d[i] = step_def(names[renamed][i], classes[i], probes);
		}
		*f = (sm_workflow){.name = SM_STR("order.fulfil"), .version = renamed ? SM_STR("2") : SM_STR("1"),
			.category = SM_STR("commerce"), .owner = SM_STR("operations"), .steps = d, .n_steps = SIM_STEPS};
		check(f);
	}
	return f;
}

const sm_workflow *sim_once(sm_repeat repeat, bool probe)
{
	static sm_workflow flows[SM_REPEAT_COUNT][2];
	static sm_step_def defs[SM_REPEAT_COUNT][2];
	sm_workflow *f = &flows[repeat][probe];

	if (f->n_steps == 0) {
		defs[repeat][probe] = step_def("effect", repeat, probe);
		defs[repeat][probe].retry_declared = true;
		defs[repeat][probe].retry = (sm_retry){0};
		*f = (sm_workflow){.name = sm_once_name, .version = SM_STR("1"), .category = SM_STR("general"), .owner = SM_STR("general"),
			.steps = &defs[repeat][probe], .n_steps = 1};
		check(f);
	}
	return f;
}
