/* All single and all double faults of a three-step run, in every combination of repeat classes and several settings. */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef enum mode {
	ALONE,      /* one process starts; later ticks and persons go on */
	RACE,       /* two processes start the same business event */
	WATCHED,    /* another process ticks each time a lease may be over */
	CHANGED,    /* what goes on later has another definition */
	FLIPPED,    /* the category is held and released meanwhile */
	PAUSED,     /* a person asks for a pause meanwhile */
	MODES
} mode;
static const char *const mode_names[MODES] = {"alone", "race", "watched", "changed", "flipped", "paused"};

typedef struct sim_case {
	int classes; /* 0 .. 26 */
	mode mode;
	bool probes;
	sim_planned plan[2];
	int n_plan;
} sim_case;

static void describe(const sim_case *c, char *out, size_t size)
{
	static const char letters[] = "son"; /* safe, once, never */
	int n = snprintf(out, size, "%c%c%c:%s:%s", letters[c->classes / 9], letters[c->classes / 3 % 3], letters[c->classes % 3],
		mode_names[c->mode], c->probes ? "probes" : "blind");

	for (int i = 0; i < c->n_plan && n > 0 && (size_t)n < size; i++) {
		n += snprintf(out + n, size - (size_t)n, ":%" PRId64 "=%s", c->plan[i].at, sim_fault_names[c->plan[i].fault]);
	}
}

static bool parse(const char *text, sim_case *c)
{
	static const char letters[] = "son";
	char word[3][16] = {"", "", ""};
	int used = 0;

	memset(c, 0, sizeof *c);
	if (sscanf(text, "%15[^:]:%15[^:]:%15[^:]%n", word[0], word[1], word[2], &used) != 3 || strlen(word[0]) != 3) {
		return false;
	}
	for (int i = 0; i < 3; i++) {
		const char *at = strchr(letters, word[0][i]);

		if (at == NULL) {
			return false;
		}
		c->classes = c->classes * 3 + (int)(at - letters);
	}
	while (c->mode < MODES && strcmp(mode_names[c->mode], word[1]) != 0) {
		c->mode++;
	}
	c->probes = strcmp(word[2], "probes") == 0;
	text += used;
	while (*text == ':' && c->n_plan < 2) {
		char fault[32];

		if (sscanf(text, ":%" SCNd64 "=%31[^:]%n", &c->plan[c->n_plan].at, fault, &used) != 2) {
			return false;
		}
		for (int f = 0; f < F_COUNT; f++) {
			if (strcmp(fault, sim_fault_names[f]) == 0) {
				c->plan[c->n_plan].fault = (sim_fault)f;
			}
		}
		c->n_plan++;
		text += used;
	}
	return c->mode < MODES && *text == '\0';
}

static sim_world *run_case(const sim_case *c, bool verbose, bool thorough)
{
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(c->classes / 9), (sm_repeat)(c->classes / 3 % 3), (sm_repeat)(c->classes % 3)};
	const sm_workflow *flow = sim_flow(classes, c->probes, false);
	const sm_workflow *const registry[] = {flow, NULL};
	const sm_workflow *const later[] = {c->mode == CHANGED ? sim_flow(classes, c->probes, true) : flow, NULL};
	sim_world *w = sim_world_new(7);
	sim_job a = {.workflow = flow, .subject = "order:900"}, b = a;
	char run[SM_ID_SIZE];

	w->verbose = verbose;
	w->thorough = thorough;
	memcpy(w->plan, c->plan, sizeof c->plan);
	w->n_plan = c->n_plan;
	w->policy = c->mode == ALONE || c->mode == CHANGED ? SIM_ALONE : SIM_ROUND;
	sim_run_id(w, flow, a.subject, run);
	sim_spawn(w, registry, sim_do_start, &a);
	if (c->mode == RACE) {
		sim_spawn(w, registry, sim_do_start, &b);
	} else if (c->mode == WATCHED) {
		b = (sim_job){.sleep_us = 17500 * SIM_MS, .repeat = 3};
		sim_spawn(w, registry, sim_do_tick, &b);
	} else if (c->mode == FLIPPED) {
		b = (sim_job){.sleep_us = 70 * SIM_MS, .target = "category:commerce", .hold = true};
		sim_spawn(w, registry, sim_do_switch, &b);
	} else if (c->mode == PAUSED) {
		b = (sim_job){.sleep_us = 80 * SIM_MS, .run = run, .command = SM_CMD_PAUSE};
		sim_spawn(w, registry, sim_do_command, &b);
	}
	sim_run(w);
	sim_settle(w, later, 40);
	if (w->violation[0] == '\0') {
		sim_check_end(w);
	}
	return w;
}

static void report(const sim_case *c, const sim_world *w, bool first, sim_found *found)
{
	char text[160];

	describe(c, text, sizeof text);
	if (first) {
		snprintf(found->rule, sizeof found->rule, "%s", w->rule);
		snprintf(found->where, sizeof found->where, "enumeration, case %s", text);
	} else {
		printf("VIOLATION of \"%s\" in case %s: %s\n", w->rule, text, w->violation);
	}
}

enum { POINTS = 512, SHOWN_MAX = 20 };

/* Puts one more fault behind those that are there. @return violations */
static int64_t deepen(sim_case *c, int depth, int stride, int64_t *turn, bool first, sim_found *found)
{
	const int64_t from = c->n_plan == 0 ? 0 : c->plan[c->n_plan - 1].at + 1;
	sim_point kinds[POINTS];
	bool marked[POINTS];
	int64_t n, violations = 0;
	sim_world *w;

	(*turn)++;
	if (c->n_plan == depth && stride > 1 && *turn % stride != 0) {
		return 0;
	}
	w = run_case(c, false, depth == 1);
	/* a double fault is over when the run is closed; a single one strikes the projections behind it too */
	n = depth > 1 && w->closed_at > 0 ? w->closed_at : w->points;
	n = n < POINTS ? n : POINTS;
	memcpy(kinds, w->point_kinds, sizeof kinds);
	memcpy(marked, w->point_marked, sizeof marked);
	if (w->violation[0] != '\0') {
		violations++;
		report(c, w, first, found);
	}
	sim_world_end(w);
	if (violations > 0 || c->n_plan == depth) {
		return violations;
	}
	for (int64_t at = from; at < n; at++) {
		if (depth > 1 && !marked[at]) {
			continue;
		}
		for (int f = 1; f < F_COUNT; f++) {
			if (sim_fault_point((sim_fault)f) != kinds[at]) {
				continue;
			}
			c->plan[c->n_plan++] = (sim_planned){at, (sim_fault)f};
			violations += deepen(c, depth, stride, turn, first, found);
			c->n_plan--;
			if (violations > 0 && (first || violations > SHOWN_MAX)) {
				return violations;
			}
		}
	}
	return violations;
}

int64_t sim_enumerate(int depth, int all, int stride, bool first, sim_found *found)
{
	int64_t violations = 0, turn = 0;

	for (int m = 0; m < MODES; m++) {
		for (int probes = 0; probes < 2; probes++) {
			for (int classes = 0; classes < 27; classes++) {
				sim_case c = {.classes = classes, .mode = (mode)m, .probes = probes != 0};

				if (depth == 2 && m != ALONE && m != WATCHED) {
					continue;
				}
				violations += deepen(&c, depth, m == ALONE && probes ? all : stride, &turn, first, found);
				if (violations > 0 && (first || violations > SHOWN_MAX)) {
					return violations;
				}
			}
		}
	}
	return violations;
}

int64_t sim_replay(const char *text)
{
	sim_case c;
	sim_world *w;
	int64_t violations;

	if (!parse(text, &c)) {
		return -1;
	}
	w = run_case(&c, true, c.n_plan < 2);
	violations = w->violation[0] != '\0';
	if (violations > 0) {
		printf("VIOLATION of \"%s\": %s\n", w->rule, w->violation);
	}
	sim_world_end(w);
	return violations;
}
