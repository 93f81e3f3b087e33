#include "sim.h"

#include <stdlib.h>

enum { BLOCK = 1 << 20 };

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
void sim_heap_reset(void)
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

void sim_heap_reset(void)
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

const sm_alloc sim_heap = {heap_alloc, heap_release, NULL};

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
