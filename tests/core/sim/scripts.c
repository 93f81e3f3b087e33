#include "scripts.h"

#include <inttypes.h>
#include <string.h>

const sm_repeat script_never3[SIM_STEPS] = {SM_REPEAT_NEVER, SM_REPEAT_NEVER, SM_REPEAT_NEVER};
const sm_repeat script_once3[SIM_STEPS] = {SM_REPEAT_ONCE, SM_REPEAT_ONCE, SM_REPEAT_ONCE};
const sm_repeat script_safe3[SIM_STEPS] = {SM_REPEAT_SAFE, SM_REPEAT_SAFE, SM_REPEAT_SAFE};

sim_job *script_add(sim_world *w, const sm_workflow *const *registry, sim_program program, const sim_job *job)
{
	sim_job *copy = sim_new(w, sizeof *copy);

	*copy = *job;
	sim_spawn(w, registry, program, copy);
	return copy;
}

const sm_workflow **script_registry(sim_world *w, const sm_workflow *flow)
{
	const sm_workflow **registry = sim_new(w, 2 * sizeof *registry);

	registry[0] = flow;
	registry[1] = NULL;
	return registry;
}

const char *script_run(sim_world *w, const sm_workflow *flow, const char *subject)
{
	char *id = sim_new(w, SM_ID_SIZE);

	sim_run_id(w, flow, subject, id);
	return id;
}

void demand(sim_world *w, bool ok, const char *what)
{
	if (!ok) {
		sim_violation(w, "as the scenario says", "%s", what);
	}
}

int effects_in_ledger(const sim_world *w)
{
	int n = 0;

	for (size_t i = 0; i < w->n_requests; i++) {
		n += w->requests[i].effect;
	}
	return n;
}

int stored(const sim_world *w, sm_event_type type)
{
	int n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		n += !w->rows[i].lost && w->rows[i].ev.type == type;
	}
	return n;
}

void script_plan(sim_world *w, int64_t at, sim_fault fault)
{
	w->plan[w->n_plan++] = (sim_planned){at, fault};
}

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

static const script *script_at(int i)
{
	static const script *const tables[] = {races_scripts, verdicts_scripts, outcomes_scripts, clocks_scripts, site_scripts, erasures_scripts};

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		for (const script *s = tables[t]; s->name != NULL; s++) {
			if (i-- == 0) {
				return s;
			}
		}
	}
	return NULL;
}

int sim_script_count(void)
{
	int n = 0;

	while (script_at(n) != NULL) {
		n++;
	}
	return n;
}

const char *sim_script_name(int i)
{
	return script_at(i)->name;
}

int64_t sim_script(int i, bool first, sim_found *found)
{
	const script *s = script_at(i);

	for (int v = 0; v < s->variants; v++) {
		sim_world *w = play(s, v, false);
		const bool bad = w->violation[0] != '\0';

		if (bad && first) {
			snprintf(found->rule, sizeof found->rule, "%s", w->rule);
			snprintf(found->where, sizeof found->where, "script \"%s:%d\"", s->name, v);
		} else if (bad) {
			printf("VIOLATION of \"%s\" in script \"%s:%d\": %s\n", w->rule, s->name, v, w->violation);
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
	for (int i = 0; i < sim_script_count(); i++) {
		if (strcmp(script_at(i)->name, word) == 0) {
			sim_world *w = play(script_at(i), variant, true);
			const int64_t violations = w->violation[0] != '\0';

			sim_world_end(w);
			return violations;
		}
	}
	return -1;
}
