#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifdef SM_PLANT
enum sm_plant sm_planted = SM_PLANT_NONE;
#endif
sim_totals sim_totals_;

const char *const sim_fault_names[F_COUNT] = {
#define X(name, text) text,
	SIM_FAULTS(X)
#undef X
};

sim_point sim_fault_point(sim_fault f)
{
	if (f <= F_W_KILL_LATE) {
		return SIM_WRITE;
	}
	return f <= F_R_KILL ? SIM_READ : f <= F_E_FROZEN ? SIM_EFFECT : SIM_PROBE;
}

/* ---- chance: xoshiro256**, seeded by splitmix64 ---- */

static void seed_state(uint64_t state[4], uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15));

		z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
		state[i] = z ^ (z >> 31);
	}
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t sim_next(uint64_t s[4])
{
	const uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

int64_t sim_choose(sim_world *w, int64_t n)
{
	return n <= 1 ? 0 : (int64_t)(sim_next(w->tape) % (uint64_t)n);
}

/* ---- clocks ---- */

int64_t sim_db_now(const sim_world *w)
{
	return w->now + w->db_offset;
}

void sim_pass(sim_world *w, int64_t us)
{
	w->now += us;
	if (w->jump_at > 0 && w->now >= w->jump_at) {
		w->workers[w->jump_worker].wall_offset += w->jump_by;
		w->jump_at = 0;
		sim_trace(w, "the wall clock of %d jumps", w->jump_worker);
	}
	if (w->stop_file_at > 0 && w->now >= w->stop_file_at) {
		w->stop_file = true;
		w->stop_file_at = 0;
	}
	if (w->fail_over_at > 0 && w->now >= w->fail_over_at) {
		w->fail_over_at = 0;
		sim_store_fail_over(w, w->fail_over_run);
	}
	sim_provider_arrive(w);
}

/* ---- faults ---- */

sim_fault sim_at(sim_world *w, sim_point kind, bool marked)
{
	const int64_t at = w->points++;

	if (at < (int64_t)(sizeof w->point_kinds / sizeof *w->point_kinds)) {
		w->point_kinds[at] = kind;
		w->point_marked[at] = marked;
	}
	for (int i = 0; i < w->n_plan; i++) {
		if (w->plan[i].at == at && sim_fault_point(w->plan[i].fault) == kind) {
			w->faults++;
			sim_totals_.faults++;
			sim_trace(w, "fault at point %" PRId64 ": %s", at, sim_fault_names[w->plan[i].fault]);
			return w->plan[i].fault;
		}
	}
	if (w->chance > 0 && (w->only == SIM_WRITE || w->only == kind) && sim_choose(w, w->chance) == 0) {
		for (;;) {
			const sim_fault f = (sim_fault)(1 + sim_choose(w, F_COUNT - 1));

			if (sim_fault_point(f) == kind) {
				w->faults++;
				sim_totals_.faults++;
				sim_trace(w, "fault at point %" PRId64 ": %s", at, sim_fault_names[f]);
				return f;
			}
		}
	}
	return F_NONE;
}

void sim_trace(sim_world *w, const char *format, ...)
{
	va_list ap;

	if (!w->verbose) {
		return;
	}
	printf("%10.3f ", (double)(w->now - SIM_EPOCH) / 1e6);
	if (w->current >= 0) {
		printf("[%d] ", w->workers[w->current].id);
	} else {
		printf("[-] ");
	}
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

/* ---- a world ---- */

sim_world *sim_world_new(uint64_t seed)
{
	static sim_world *w;
	sim_row *rows;
	sim_stream *streams;

	if (w == NULL) {
		w = calloc(1, sizeof *w);
		if (w == NULL || (w->rows = calloc(SIM_ROWS, sizeof *w->rows)) == NULL
			|| (w->streams = calloc(SIM_STREAMS, sizeof *w->streams)) == NULL) {
			abort();
		}
	}
	rows = w->rows;
	streams = w->streams;
	memset(w, 0, sizeof *w);
	w->rows = rows;
	w->streams = streams;
	w->alloc = sim_heap;
	sm_arena_init(&w->arena, &w->alloc);
	seed_state(w->rng, seed);
	seed_state(w->tape, seed ^ UINT64_C(0x5DEECE66D));
	w->now = SIM_EPOCH;
	w->current = w->last = w->chosen = -1;
	w->key_memory = 600 * SIM_S;
	w->effect_us = 50 * SIM_MS;
	w->probe_us = 30 * SIM_MS;
	w->late_us = 40 * SIM_S;
	w->slow_us = 25 * SIM_S;
	sim_store_init(w);
	sim_totals_.cases++;
	return w;
}

void sim_world_end(sim_world *w)
{
	w->n_workers = 0;
	sim_heap_reset();
}
