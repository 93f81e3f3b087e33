#include "base.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SM_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SM_ASAN 1
#endif

/* Under AddressSanitizer the unused rest of a chunk is poisoned, so that a write past one object is found
 * although the next one lies in the same malloc. */
#ifdef SM_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define RED_ZONE 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define RED_ZONE 0
#endif

/* A build for tests gives each object a chunk of its own: its allocator sees, and can fail, every one. */
#ifdef SM_ARENA_EACH
enum { FIRST_CHUNK = 0, LAST_CHUNK = 0 };
#else
enum { FIRST_CHUNK = 2048, LAST_CHUNK = 65536 };
#endif
enum { ALIGN = alignof(max_align_t) };

struct sm_chunk {
	sm_chunk *next;
	size_t used, cap;
	alignas(max_align_t) unsigned char data[];
};

static void *default_alloc(void *ctx, size_t n)
{
	(void)ctx;
	return malloc(n);
}

static void default_release(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

const sm_alloc sm_alloc_default = {default_alloc, default_release, NULL};

void sm_arena_init(sm_arena *arena, const sm_alloc *a)
{
	arena->a = a;
	arena->first = NULL;
}

void sm_arena_free(sm_arena *arena)
{
	sm_chunk *chunk = arena->first;

	arena->first = NULL;
	while (chunk != NULL) {
		sm_chunk *next = chunk->next;

		UNPOISON(chunk->data, chunk->cap);
		arena->a->release(arena->a->ctx, chunk);
		chunk = next;
	}
}

static sm_chunk *new_chunk(sm_arena *arena, size_t cap)
{
	sm_chunk *chunk;

	if (cap > SIZE_MAX - sizeof(sm_chunk)) {
		return NULL;
	}
	chunk = arena->a->alloc(arena->a->ctx, sizeof(sm_chunk) + cap);
	if (chunk != NULL) {
		chunk->used = 0;
		chunk->cap = cap;
		POISON(chunk->data, cap);
	}
	return chunk;
}

/* Uninitialised memory. */
static void *arena_take(sm_arena *arena, size_t bytes)
{
	sm_chunk *chunk = arena->first;
	unsigned char *p;

	if (bytes > SIZE_MAX / 2) {
		return NULL;
	}
	bytes = bytes == 0 ? 1 : bytes;
	size_t room = (bytes + RED_ZONE + ALIGN - 1) / ALIGN * ALIGN;

	if (chunk == NULL || chunk->cap - chunk->used < room) {
		size_t cap = chunk == NULL ? FIRST_CHUNK : chunk->cap * 2;

		cap = cap > LAST_CHUNK ? LAST_CHUNK : cap;
		if (chunk != NULL && room >= cap / 2) {
			/* A big object gets a chunk of its own behind the first, which goes on serving small ones. */
			sm_chunk *big = new_chunk(arena, room);

			if (big == NULL) {
				return NULL;
			}
			big->next = chunk->next;
			chunk->next = big;
			chunk = big;
		} else {
			sm_chunk *fresh = new_chunk(arena, room > cap ? room : cap);

			if (fresh == NULL) {
				return NULL;
			}
			fresh->next = chunk;
			arena->first = fresh;
			chunk = fresh;
		}
	}
	p = chunk->data + chunk->used;
	chunk->used += room;
	UNPOISON(p, bytes);
	return p;
}

void *sm_arena_alloc(sm_arena *arena, size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / size) {
		return NULL;
	}
	p = arena_take(arena, n * size);
	return p == NULL ? NULL : memset(p, 0, n * size);
}

sm_status sm_arena_dup(sm_arena *arena, sm_bytes b, sm_bytes *out)
{
	char *p = b.n == SIZE_MAX ? NULL : arena_take(arena, b.n + 1);

	*out = (sm_bytes){NULL, 0};
	if (p == NULL) {
		return SM_E_NOMEM;
	}
	if (b.n != 0) {
		memcpy(p, b.p, b.n);
	}
	p[b.n] = '\0';
	*out = (sm_bytes){p, b.n};
	return SM_OK;
}

/* ---- bounded buffer ---- */

void sm_buf_init(sm_buf *b, sm_arena *arena, size_t max)
{
	sm_buf_init_counting(b, arena, max, max);
}

void sm_buf_init_counting(sm_buf *b, sm_arena *arena, size_t max, size_t most)
{
	max = max > SIZE_MAX / 4 ? SIZE_MAX / 4 : max;
	most = most > SIZE_MAX / 4 ? SIZE_MAX / 4 : most;
	*b = (sm_buf){.arena = arena, .max = max, .most = most < max ? max : most, .status = SM_OK};
}

/* Bytes that p may hold by now, given what was dropped. Never less than n. */
static size_t room_of(const sm_buf *b)
{
	size_t left = b->most - b->dropped;

	return b->max < left ? b->max : left;
}

/* Drops n bytes more; from then on p may hold less. n is at most most - dropped. */
static void drop(sm_buf *b, size_t n)
{
	b->dropped += n;
	if (b->cap > room_of(b) + 1) {
		b->cap = room_of(b) + 1;
	}
}

bool sm_buf_count(sm_buf *b, size_t n)
{
	if (b->status == SM_OK && n > b->most - sm_buf_total(b)) {
		b->status = SM_E_LIMIT;
	}
	if (b->status == SM_OK) {
		drop(b, n);
	}
	return b->status == SM_OK;
}

bool sm_buf_grow(sm_buf *b, size_t n)
{
	size_t cap;
	char *p;

	if (b->status != SM_OK) {
		return false;
	}
	if (n > room_of(b) - b->n) {
		if (n > b->max || n > b->most - sm_buf_total(b)) {
			b->status = SM_E_LIMIT;
			return false;
		}
		/* only counted from here on: what is in it makes room */
		size_t before = b->n;
		b->n = 0;
		drop(b, before);
		if (n < b->cap) {
			return true;
		}
	}
	cap = b->cap < 64 ? 128 : b->cap * 2;
	cap = cap > room_of(b) + 1 ? room_of(b) + 1 : cap;
	cap = cap < b->n + n + 1 ? b->n + n + 1 : cap;
	p = arena_take(b->arena, cap);
	if (p == NULL) {
		b->status = SM_E_NOMEM;
		return false;
	}
	if (b->n != 0) {
		memcpy(p, b->p, b->n);
	}
	p[b->n] = '\0';
	b->p = p;
	b->cap = cap;
	return true;
}

void sm_buf_put(sm_buf *b, const char *p, size_t n)
{
	char *out = sm_buf_reserve(b, n);

	if (out != NULL) {
		if (n != 0) {
			memcpy(out, p, n);
		}
		sm_buf_advance(b, n);
	}
}

void sm_buf_puts(sm_buf *b, const char *s)
{
	sm_buf_put(b, s, strlen(s));
}

void sm_buf_int(sm_buf *b, int64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u != 0);
	if (v < 0) {
		digits[--at] = '-';
	}
	sm_buf_put(b, digits + at, sizeof(digits) - at);
}

sm_bytes sm_buf_bytes(const sm_buf *b)
{
	return (sm_bytes){b->p, b->n};
}
