#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define SIM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_ASAN 1
#endif
#endif
#ifdef SIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK = 512 * 1024, BLOCK = 1 << 20 };

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

/* ---- memory of a case: all of it goes at once ---- */

#ifdef SIM_ASAN
/* The default keeps 256 MiB of freed blocks apart: most of the time would go into fresh pages. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}

/* Each block by itself and really freed, so that the sanitizer sees its ends and who uses it afterwards. */
typedef struct block {
	struct block *next, **link;
	max_align_t data[];
} block;
static struct { block *first; } heap;

static void *heap_alloc(void *ctx, size_t n)
{
	block *b = malloc(sizeof(block) + n);

	(void)ctx;
	if (b == NULL) {
		abort();
	}
	b->next = heap.first;
	b->link = &heap.first;
	if (b->next != NULL) {
		b->next->link = &b->next;
	}
	heap.first = b;
	return b->data;
}

static void heap_release(void *ctx, void *p)
{
	(void)ctx;
	if (p != NULL) {
		block *b = (block *)((char *)p - offsetof(block, data));

		*b->link = b->next;
		if (b->next != NULL) {
			b->next->link = b->link;
		}
		free(b);
	}
}

/* What the dead have left. */
static void heap_reset(void)
{
	while (heap.first != NULL) {
		heap_release(NULL, heap.first->data);
	}
}
#else
typedef struct block {
	struct block *next;
	size_t used, cap;
	max_align_t data[];
} block;
static struct { block *first, *current; } heap;

static block *block_new(size_t n)
{
	const size_t cap = n > BLOCK ? n : BLOCK;
	block *b = malloc(sizeof(block) + cap);

	if (b == NULL) {
		abort();
	}
	b->next = NULL;
	b->used = 0;
	b->cap = cap;
	return b;
}

static void *heap_alloc(void *ctx, size_t n)
{
	void *p;

	(void)ctx;
	n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (heap.first == NULL) {
		heap.first = heap.current = block_new(n);
	}
	while (heap.current->cap - heap.current->used < n) {
		if (heap.current->next == NULL || heap.current->next->cap < n) {
			block *b = block_new(n);

			b->next = heap.current->next;
			heap.current->next = b;
		}
		heap.current = heap.current->next;
		heap.current->used = 0;
	}
	p = (char *)heap.current->data + heap.current->used;
	heap.current->used += n;
	return p;
}

static void heap_reset(void)
{
	heap.current = heap.first;
	if (heap.first != NULL) {
		heap.first->used = 0;
	}
}

static void heap_release(void *ctx, void *p)
{
	(void)ctx;
	(void)p; /* the dead cannot free: everything goes with the world */
}
#endif

void *sim_new(sim_world *w, size_t n)
{
	void *p = sm_arena_alloc(&w->arena, n, 1);

	if (p == NULL) {
		abort();
	}
	return p;
}

sm_bytes sim_keep(sim_world *w, sm_bytes b)
{
	sm_bytes copy = {NULL, 0};

	if (b.p != NULL && sm_arena_dup(&w->arena, b, &copy) != SM_OK) {
		abort();
	}
	return copy;
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

static int64_t host_wall(void *ctx)
{
	const sim_worker *k = ctx;

	return k->w->now + k->wall_offset;
}

static int64_t host_boot(void *ctx)
{
	const sim_worker *k = ctx;

	return k->w->now - SIM_EPOCH + INT64_C(1000) * SIM_S;
}

static void host_random(void *ctx, void *p, size_t n)
{
	const sim_worker *k = ctx;
	unsigned char *out = p;

	while (n > 0) {
		uint64_t v = sim_next(k->w->rng);
		const size_t take = n < sizeof v ? n : sizeof v;

		memcpy(out, &v, take);
		out += take;
		n -= take;
	}
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

/* ---- coroutines ---- */

static char *stacks[SIM_WORKERS];

static char *stack_of(int i)
{
	if (stacks[i] == NULL) {
		stacks[i] = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (stacks[i] == MAP_FAILED) {
			abort();
		}
	}
#ifdef SIM_ASAN
	ASAN_UNPOISON_MEMORY_REGION(stacks[i], STACK); /* red zones of one who died here */
#endif
	return stacks[i];
}

/* Leaves the current context for worker `to` (-1 = main). `last`: never to return. */
static void switch_to(sim_world *w, int to, bool last)
{
	const int from = w->current;
	ucontext_t *a = from < 0 ? &w->main_context : &w->workers[from].context;
	ucontext_t *b = to < 0 ? &w->main_context : &w->workers[to].context;
#ifdef SIM_ASAN
	void **fake = last ? NULL : from < 0 ? &w->main_fake_stack : &w->workers[from].fake_stack;
	const void *bottom = to < 0 ? w->main_stack : w->workers[to].stack;
	const size_t size = to < 0 ? w->main_stack_size : (size_t)STACK;

	__sanitizer_start_switch_fiber(fake, bottom, size);
#endif
	(void)last;
	w->current = to;
	if (to >= 0) {
		w->last = to;
	}
	swapcontext(a, b);
#ifdef SIM_ASAN
	__sanitizer_finish_switch_fiber(from < 0 ? w->main_fake_stack : w->workers[from].fake_stack, NULL, NULL);
#endif
}

static sim_world *starting; /* makecontext passes ints only */

static void body(void)
{
	sim_world *w = starting;
	sim_worker *k = &w->workers[w->current];

#ifdef SIM_ASAN
	__sanitizer_finish_switch_fiber(NULL, &w->main_stack, &w->main_stack_size);
#endif
	k->program(k, k->arg);
	k->life = SIM_DONE;
	switch_to(w, -1, true);
	abort();
}

sim_worker *sim_spawn(sim_world *w, const sm_workflow *const *registry, sim_program program, void *arg)
{
	static const sm_host host = {host_wall, host_boot, host_random, NULL};
	int i = 0;

	while (i < w->n_workers && w->workers[i].life != SIM_DONE && w->workers[i].life != SIM_DEAD) {
		i++;
	}
	if (i == SIM_WORKERS) {
		fprintf(stderr, "simulator: too many workers\n");
		abort();
	}
	if (i == w->n_workers) {
		w->n_workers++;
		w->workers[i].id = i;
	} else {
		w->workers[i].id += SIM_WORKERS; /* another process in the same place */
	}

	sim_worker *k = &w->workers[i];
	const int id = k->id;
	sm_host h = host;
	sm_store store;
	sm_error e;

	memset(k, 0, sizeof *k);
	k->w = w;
	k->id = id;
	k->life = SIM_READY;
	k->program = program;
	k->arg = arg;
	k->registry = registry;
	k->wall_offset = w->shared_offset;
	k->stack = stack_of(i);
	h.ctx = k;
	store = sim_store(k);
	sm_arena_init(&k->arena, &w->alloc);
	if (sm_journal_init(&k->j, &store, &h, &sim_settings, &w->alloc, &e) != SM_OK) {
		fprintf(stderr, "simulator: %s\n", e.message);
		abort();
	}

	sm_effects *fx = sim_new(w, sizeof *fx);

	*fx = sim_effects;
	fx->ctx = k;
	k->d = (sm_drive){.journal = &k->j, .effects = fx};
	getcontext(&k->context);
	k->context.uc_stack.ss_sp = k->stack;
	k->context.uc_stack.ss_size = STACK;
	k->context.uc_link = NULL;
	makecontext(&k->context, body, 0);
	return k;
}

/* Who runs next: an index, -1 = nobody is ready. */
static int pick(sim_world *w)
{
	int ready[SIM_WORKERS], n = 0;

	for (int i = 0; i < w->n_workers; i++) {
		if (w->workers[i].life == SIM_ASLEEP && w->workers[i].wake <= w->now) {
			w->workers[i].life = SIM_READY;
		}
		if (w->workers[i].life == SIM_READY) {
			ready[n++] = i;
		}
	}
	if (n == 0) {
		return -1;
	}
	if (w->policy == SIM_RANDOM) {
		return ready[sim_choose(w, n)];
	}
	if (w->policy == SIM_ROUND) {
		for (int i = 0; i < n; i++) {
			if (ready[i] > w->last) {
				return ready[i];
			}
		}
		return ready[0];
	}
	for (int i = 0; i < n; i++) {
		if (ready[i] == w->last) {
			return ready[i];
		}
	}
	return ready[0];
}

void sim_run(sim_world *w)
{
	for (int64_t turns = 0; w->violation[0] == '\0'; turns++) {
		int64_t wake = INT64_MAX;
		const int next = w->chosen >= 0 ? w->chosen : pick(w);

		w->chosen = -1;
		if (turns > 200000) {
			sim_violation(w, "it ends", "the workers run for ever");
			return;
		}
		if (next < 0) {
			for (int i = 0; i < w->n_workers; i++) {
				if (w->workers[i].life == SIM_ASLEEP && w->workers[i].wake < wake) {
					wake = w->workers[i].wake;
				}
			}
			if (wake == INT64_MAX) {
				return;
			}
			sim_pass(w, wake - w->now);
			continue;
		}
		starting = w;
		switch_to(w, next, false);
	}
}

static void leave(sim_world *w)
{
	const int next = pick(w);

	if (next == w->current) {
		return;
	}
	w->chosen = next; /* by way of the main context: it alone starts coroutines */
	switch_to(w, -1, false);
}

void sim_yield(sim_world *w)
{
	int64_t us = SIM_MS;

	if (w->policy == SIM_RANDOM) {
		const int64_t dice = sim_choose(w, 200);

		us = dice == 0 ? SIM_S + sim_choose(w, 20 * SIM_S) : dice < 5 ? sim_choose(w, SIM_S) : sim_choose(w, 5 * SIM_MS);
	}
	sim_pass(w, us);
	if (w->violation[0] != '\0') {
		switch_to(w, -1, false);
	}
	if (w->policy != SIM_ALONE) {
		leave(w);
	}
}

void sim_sleep(sim_world *w, int64_t us)
{
	sim_worker *k = &w->workers[w->current];

	if (us <= 0) {
		return;
	}
	k->life = SIM_ASLEEP;
	k->wake = w->now + us;
	switch_to(w, -1, false);
}

_Noreturn void sim_die(sim_world *w)
{
	sim_worker *k = &w->workers[w->current];

	sim_trace(w, "worker %d dies", k->id);
	sim_totals_.kills++;
	k->life = SIM_DEAD;
	switch_to(w, -1, true);
	abort();
}

void sim_violation(sim_world *w, const char *rule, const char *format, ...)
{
	if (w->violation[0] == '\0') {
		va_list ap;

		va_start(ap, format);
		vsnprintf(w->violation, sizeof w->violation, format, ap);
		va_end(ap);
		if (w->violation[0] == '\0') {
			w->violation[0] = '?';
		}
		w->rule = rule;
		sim_totals_.violations++;
		sim_trace(w, "VIOLATION of \"%s\": %s", rule, w->violation);
	}
	if (w->current >= 0) {
		w->workers[w->current].life = SIM_DEAD;
		switch_to(w, -1, true);
		abort();
	}
}

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
	w->alloc = (sm_alloc){heap_alloc, heap_release, NULL};
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
	heap_reset();
}
