/* support: what the cmocka programs share. Include this first: cmocka wants its headers in this order. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs those above */
#include <cmocka.h>

#include "base.h"

/** Whole file of the conformance vectors (folder $SM_VECTORS, by default ../shared/vectors) as NUL-terminated text.
 *  Fails the test with the path when it cannot be read. The caller frees .p. */
sm_bytes test_vector_file(const char *path);
/** Value of `key` in vectors/formats.txt, NUL-terminated; fails the test when it is missing. The caller frees it. */
char *test_format_vector(const char *key);

/* ---- an allocator that counts and fails when it is told to ---- */

typedef struct test_heap {
	long allocations; /* so far */
	long fail_at;     /* this one gives NULL, counted from 1; 0 = none */
	long live;        /* allocated and not released */
} test_heap;

sm_alloc test_heap_alloc(test_heap *heap);

/* ---- seeded chance ---- */

typedef struct test_random {
	uint64_t seed, state;
} test_random;

/** Seed from $SM_SEED, else from the system's randomness. Print r->seed when something fails. */
void test_random_init(test_random *r);
uint64_t test_random_next(test_random *r);
/** 0 to n - 1 */
uint64_t test_random_below(test_random *r, uint64_t n);

/* ---- assertions ---- */

#define assert_bytes(got, expected) \
	do { \
		const sm_bytes assert_bytes_got = (got); \
		const char *const assert_bytes_expected = (expected); \
		assert_non_null(assert_bytes_got.p); \
		if (strlen(assert_bytes_expected) != assert_bytes_got.n || \
			memcmp(assert_bytes_got.p, assert_bytes_expected, assert_bytes_got.n) != 0) { \
			fail_msg("got      %.*s\nexpected %s", (int)assert_bytes_got.n, assert_bytes_got.p, assert_bytes_expected); \
		} \
	} while (0)

#endif
