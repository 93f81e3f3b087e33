#include "sim.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef SIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK = 512 * 1024 };

/* ---- what a worker has of its host ---- */

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

/* ---- switching ---- */

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

_Noreturn void sim_exit(sim_world *w)
{
	w->workers[w->current].life = SIM_DONE;
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
