/* Single and double faults of a three-step run, in every combination of repeat classes and twelve settings: six modes, with probes and
 * without. A fault is put at a place: the n-th statement, effect or probe of the case. A second one is put at every later place of the
 * case that the first one makes of it; two at one place there are none. How much of all this is run: sim_sample. */
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
	if (!c->probes && strcmp(word[2], "blind") != 0) {
		return false;
	}
	text += used;
	while (*text == ':' && c->n_plan < 2) {
		char fault[32];

		if (sscanf(text, ":%" SCNd64 "=%31[^:]%n", &c->plan[c->n_plan].at, fault, &used) != 2) {
			return false;
		}
		for (int f = F_NONE + 1; f < F_COUNT; f++) {
			if (strcmp(fault, sim_fault_names[f]) == 0) {
				c->plan[c->n_plan].fault = (sim_fault)f;
			}
		}
		if (c->plan[c->n_plan].fault == F_NONE) {
			return false;
		}
		c->n_plan++;
		text += used;
	}
	return c->mode < MODES && *text == '\0';
}

static sim_world *run_case(const sim_case *c, bool verbose)
{
	const sm_repeat classes[SIM_STEPS] = {(sm_repeat)(c->classes / 9), (sm_repeat)(c->classes / 3 % 3), (sm_repeat)(c->classes % 3)};
	const sm_workflow *flow = sim_flow(classes, c->probes, false);
	const sm_workflow *const registry[] = {flow, NULL};
	const sm_workflow *const later[] = {c->mode == CHANGED ? sim_flow(classes, c->probes, true) : flow, NULL};
	sim_world *w = sim_world_new(7);
	sim_job a = {.workflow = flow, .subject = "order:900"}, b = a;
	char run[SM_ID_SIZE];

	w->verbose = verbose;
	w->thorough = true;
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

/* Where a fault can be put in a case that was run, and whether that is on the run's own path: not in sequencing, projecting or
 * finding, and not after the run was closed. */
typedef struct places {
	sim_point kinds[POINTS];
	bool on_path[POINTS];
	int64_t n;
} places;

typedef struct enumeration {
	const sim_sample *sample;
	sim_coverage *coverage;
	sim_found *found;
	bool first;
} enumeration;

/* Runs a case. @return it broke a rule */
static bool try_case(const enumeration *x, const sim_case *c, places *out)
{
	sim_world *w = run_case(c, false);
	const int64_t closed = w->closed_at > 0 ? w->closed_at : w->points;

	if (w->points > POINTS) {
		sim_violation(w, "it ends", "%" PRId64 " points, and faults are put at the first %d only", w->points, POINTS);
	}
	if (out != NULL) {
		out->n = w->points < POINTS ? w->points : POINTS;
		memcpy(out->kinds, w->point_kinds, sizeof out->kinds);
		for (int64_t i = 0; i < out->n; i++) {
			out->on_path[i] = w->point_marked[i] && i < closed;
		}
	}

	const bool bad = w->violation[0] != '\0';

	if (bad) {
		report(c, w, x->first, x->found);
	}
	sim_world_end(w);
	return bad;
}

/* One more of its kind: is it to be run? */
static bool take(const enumeration *x, sim_share *share, int one_in)
{
	share->of++;
	if (one_in == 0 || (share->of + x->sample->shift) % one_in != 0) {
		return false;
	}
	share->run++;
	return true;
}

static bool is_full(const enumeration *x)
{
	const int64_t violations = x->coverage->violations[0] + x->coverage->violations[1];

	return violations > 0 && (x->first || violations > SHOWN_MAX);
}

/* Every second fault behind the one that c holds: places are those that the first one leaves. */
static void put_second(enumeration *x, sim_case *c, const places *p, bool first_on_path)
{
	const bool alone = c->mode == ALONE && c->probes;

	for (int64_t at = c->plan[0].at + 1; at < p->n; at++) {
		const bool on_path = first_on_path && p->on_path[at];
		sim_share *share = !on_path ? &x->coverage->beside : alone ? &x->coverage->core : &x->coverage->path;
		const int one_in = !on_path ? x->sample->beside : alone ? x->sample->core : x->sample->path;

		for (int f = 1; f < F_COUNT; f++) {
			if (sim_fault_point((sim_fault)f) != p->kinds[at] || !take(x, share, one_in)) {
				continue;
			}
			c->plan[1] = (sim_planned){at, (sim_fault)f};
			c->n_plan = 2;
			x->coverage->violations[1] += try_case(x, c, NULL);
			c->n_plan = 1;
			if (is_full(x)) {
				return;
			}
		}
	}
}

static void put_first(enumeration *x, sim_case *c)
{
	const bool pairs = x->sample->core > 0 || x->sample->path > 0 || x->sample->beside > 0;
	places before, after;

	x->coverage->violations[0] += try_case(x, c, &before);
	for (int64_t at = 0; at < before.n; at++) {
		for (int f = 1; f < F_COUNT && !is_full(x); f++) {
			if (sim_fault_point((sim_fault)f) != before.kinds[at] || !take(x, &x->coverage->single, x->sample->single)) {
				continue;
			}
			c->plan[0] = (sim_planned){at, (sim_fault)f};
			c->n_plan = 1;

			const bool bad = try_case(x, c, &after);

			x->coverage->violations[0] += bad;
			if (pairs && !bad) {
				put_second(x, c, &after, before.on_path[at]);
			}
			c->n_plan = 0;
		}
	}
}

void sim_enumerate(const sim_sample *sample, bool first, sim_coverage *coverage, sim_found *found)
{
	enumeration x = {sample, coverage, found, first};

	memset(coverage, 0, sizeof *coverage);
	for (int m = 0; m < MODES; m++) {
		for (int probes = 0; probes < 2; probes++) {
			for (int classes = 0; classes < 27 && !is_full(&x); classes++) {
				sim_case c = {.classes = classes, .mode = (mode)m, .probes = probes != 0};

				put_first(&x, &c);
			}
		}
	}
}

int64_t sim_replay(const char *text)
{
	sim_case c;
	sim_world *w;
	int64_t violations;

	if (!parse(text, &c)) {
		return -1;
	}
	w = run_case(&c, true);
	violations = w->violation[0] != '\0';
	if (violations > 0) {
		printf("VIOLATION of \"%s\": %s\n", w->rule, w->violation);
	}
	sim_world_end(w);
	return violations;
}
