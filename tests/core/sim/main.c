/* simulator [--quick | --full] [--path N] [--beside N] [--seed N] [--jobs N]
 *     Everything. Double faults (sim_sample in sim.h): all pairs on the run's own path of one process with probes, and one in N of the
 *     others; what was run of how many is printed. --seed: which of them, and the random jobs. --full: all pairs in every setting, hours.
 *     --quick: for sanitizers: all scripts, a sample of the rest, no planted faults. --no-plants: for a core that is built without them.
 * simulator case TEXT | seed N | script NAME [PLANT]     one case again, with a trace
 * simulator plant NAME                                   one planted fault
 *
 * The last line counts: one test each for singles, doubles, random jobs, every script and every planted fault. */
#include "sim.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEED UINT64_C(20261121)

static const char *const plant_names[] = {
	"NONE",
#define X(name) #name,
	SM_PLANTS(X)
#undef X
};

typedef struct options {
	uint64_t seed;
	int64_t jobs;
	bool plants;
	sim_sample sample;
} options;

static int passed, failed;

/* One test more, which is passed when something ran and broke no rule. */
static void count(int64_t violations, int64_t ran)
{
	*(violations == 0 && ran > 0 ? &passed : &failed) += 1;
}

static void result(const char *what, int64_t violations, clock_t begun)
{
	count(violations, sim_totals_.cases);
	printf("# %-30s %8" PRId64 " cases %8" PRId64 " faults %8" PRId64 " kills %9" PRId64 " effects %9" PRId64 " events %3" PRId64
		" violations %6.1f s\n", what, sim_totals_.cases, sim_totals_.faults, sim_totals_.kills, sim_totals_.effects, sim_totals_.events,
		violations, (double)(clock() - begun) / CLOCKS_PER_SEC);
	if (sim_totals_.erasures > 0) {
		printf("#   %" PRId64 " events privacy.erased, %" PRId64 " privacy.pruned, %" PRId64 " private values cleared\n", sim_totals_.erasures,
			sim_totals_.prunings, sim_totals_.values_gone);
	}
	fflush(stdout);
	memset(&sim_totals_, 0, sizeof sim_totals_);
}

/* @return the fault was found */
static bool find_plant(int plant, const options *o)
{
	sim_found found = {"", ""};
	int64_t violations = 0;

	sm_planted = (enum sm_plant)plant;
	for (int i = 0; i < sim_script_count() && violations == 0; i++) {
		violations = sim_script(i, true, &found);
	}
	if (violations == 0) {
		sim_coverage coverage;

		sim_enumerate(&(sim_sample){.single = 1}, true, &coverage, &found);
		violations = coverage.violations[0];
	}
	if (violations == 0) {
		violations = sim_random(o->seed, o->jobs, true, &found);
	}
	sm_planted = SM_PLANT_NONE;
	if (violations > 0) {
		printf("# planted %-22s found: \"%s\" by %s\n", plant_names[plant], found.rule, found.where);
	} else {
		printf("# planted %-22s NOT FOUND\n", plant_names[plant]);
	}
	fflush(stdout);
	return violations > 0;
}

static int plant_by_name(const char *name)
{
	for (int i = 1; i < SM_PLANT_COUNT; i++) {
		if (strcmp(plant_names[i], name) == 0) {
			return i;
		}
	}
	return 0;
}

static void enumerate(const options *o)
{
	const clock_t begun = clock();
	sim_coverage c;
	sim_found unused;

	sim_enumerate(&o->sample, false, &c, &unused);
	count(c.violations[1], c.core.run + c.path.run + c.beside.run);
	result("single and double faults", c.violations[0] + c.violations[1], begun);

	const struct { const char *what; sim_share share; } kinds[] = {
		{"single faults, 12 settings of 27 class combinations", c.single},
		{"double faults on the run's path, one process with probes", c.core},
		{"double faults on the run's path, the 11 other settings", c.path},
		{"double faults beside it or after the run was closed", c.beside}
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		printf("#   %-58s %8" PRId64 " run of %8" PRId64 "%s\n", kinds[i].what, kinds[i].share.run, kinds[i].share.of,
			i > 0 && c.single.run < c.single.of ? " behind those single ones" : kinds[i].share.run == kinds[i].share.of ? ": all" : "");
	}
}

static int everything(const options *o)
{
	clock_t begun = clock();
	sim_found unused;

	for (int i = 0; i < sim_script_count(); i++) {
		begun = clock();
		result(sim_script_name(i), sim_script(i, false, &unused), begun);
	}
	enumerate(o);
	begun = clock();
	printf("# random jobs from seed %" PRIu64 "\n", o->seed);
	result("random jobs", sim_random(o->seed, o->jobs, false, &unused), begun);
	begun = clock();
	for (int i = 1; i < SM_PLANT_COUNT && o->plants; i++) {
		*(find_plant(i, o) ? &passed : &failed) += 1;
	}
	memset(&sim_totals_, 0, sizeof sim_totals_);
	if (o->plants) {
		printf("# planted faults: %.1f s\n", (double)(clock() - begun) / CLOCKS_PER_SEC);
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

static int again(int argc, char **argv)
{
	int64_t violations = -1;

	if (argc > 3 && (sm_planted = (enum sm_plant)plant_by_name(argv[3])) == SM_PLANT_NONE) {
		fprintf(stderr, "no such planted fault: %s\n", argv[3]);
		return 2;
	}
	if (strcmp(argv[1], "case") == 0) {
		violations = sim_replay(argv[2]);
	} else if (strcmp(argv[1], "seed") == 0) {
		violations = sim_replay_random(strtoull(argv[2], NULL, 10));
	} else if (strcmp(argv[1], "script") == 0) {
		violations = sim_replay_script(argv[2]);
	}
	if (violations < 0) {
		fprintf(stderr, "no such case: %s %s\n", argv[1], argv[2]);
		return 2;
	}
	return violations > 0;
}

int main(int argc, char **argv)
{
	options o = {SEED, 12000, true, {.single = 1, .core = 1, .path = 200, .beside = 1000}};

	if (sodium_init() < 0) {
		return 2;
	}
	if (argc > 2 && strcmp(argv[1], "plant") == 0) {
		const int plant = plant_by_name(argv[2]);

		if (plant == SM_PLANT_NONE) {
			fprintf(stderr, "no such planted fault: %s\n", argv[2]);
			return 2;
		}
		return !find_plant(plant, &o);
	}
	if (argc > 2 && argv[1][0] != '-') {
		return again(argc, argv);
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			o.plants = false;
			o.jobs = 1000;
			o.sample = (sim_sample){.single = 12, .core = 4, .path = 100, .beside = 400};
		} else if (strcmp(argv[i], "--no-plants") == 0) {
			o.plants = false;
		} else if (strcmp(argv[i], "--full") == 0) {
			o.sample = (sim_sample){.single = 1, .core = 1, .path = 1, .beside = 1};
		} else if (strcmp(argv[i], "--path") == 0 && i + 1 < argc) {
			o.sample.path = (int)strtol(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--beside") == 0 && i + 1 < argc) {
			o.sample.beside = (int)strtol(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			o.seed = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc) {
			o.jobs = strtoll(argv[++i], NULL, 10);
		} else {
			fprintf(stderr, "no such option: %s\n", argv[i]);
			return 2;
		}
	}
	o.sample.shift = (int64_t)((o.seed - SEED) & 0xffffff);
	return everything(&o);
}
