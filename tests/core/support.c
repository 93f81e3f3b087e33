#include "support.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sm_bytes test_vector_file(const char *path)
{
	const char *folder = getenv("SM_VECTORS");
	char name[4096];
	char *p = NULL;
	size_t n = 0, cap = 0, got;
	FILE *f;

	snprintf(name, sizeof(name), "%s/%s", folder != NULL ? folder : "../shared/vectors", path);
	f = fopen(name, "rb");
	if (f == NULL) {
		fail_msg("cannot read %s (set SM_VECTORS)", name);
	}
	do {
		if (cap - n < 2) {
			cap = cap == 0 ? 65536 : cap * 2;
			p = realloc(p, cap);
			assert_non_null(p);
		}
		got = fread(p + n, 1, cap - n - 1, f);
		n += got;
	} while (got != 0);
	fclose(f);
	p[n] = '\0';
	return (sm_bytes){p, n};
}

char *test_format_vector(const char *key)
{
	sm_bytes file = test_vector_file("formats.txt");
	const size_t n = strlen(key);
	char *value = NULL;

	for (const char *line = file.p; line != NULL && *line != '\0';) {
		const char *end = strchr(line, '\n');
		size_t len = end == NULL ? strlen(line) : (size_t)(end - line);

		if (len > n + 3 && memcmp(line, key, n) == 0 && memcmp(line + n, " = ", 3) == 0) {
			value = strndup(line + n + 3, len - n - 3);
			break;
		}
		line = end == NULL ? NULL : end + 1;
	}
	free((void *)(uintptr_t)file.p);
	if (value == NULL) {
		fail_msg("formats.txt has no %s", key);
	}
	return value;
}

static void *heap_alloc(void *ctx, size_t n)
{
	test_heap *heap = ctx;

	if (++heap->allocations == heap->fail_at) {
		return NULL;
	}
	heap->live++;
	return malloc(n);
}

static void heap_release(void *ctx, void *p)
{
	test_heap *heap = ctx;

	heap->live--;
	free(p);
}

sm_alloc test_heap_alloc(test_heap *heap)
{
	return (sm_alloc){heap_alloc, heap_release, heap};
}

void test_random_init(test_random *r)
{
	const char *seed = getenv("SM_SEED");

	if (seed != NULL) {
		r->seed = strtoull(seed, NULL, 0);
	} else {
		randombytes_buf(&r->seed, sizeof(r->seed));
	}
	r->state = r->seed;
}

/* splitmix64 */
uint64_t test_random_next(test_random *r)
{
	uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

uint64_t test_random_below(test_random *r, uint64_t n)
{
	return test_random_next(r) % n;
}
