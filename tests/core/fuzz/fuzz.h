/* fuzz: what the libFuzzer targets share. A target is one fuzz_NAME.c with LLVMFuzzerTestOneInput; its seeds lie in seeds/NAME. */
#ifndef SM_FUZZ_H
#define SM_FUZZ_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* libFuzzer calls it; no header declares it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A promise of a header; libFuzzer keeps the input that breaks it. */
#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* Bytes of the input, taken one after the other; 0 behind the end. */
typedef struct fuzz_input {
	const uint8_t *p;
	size_t n;
} fuzz_input;

static inline uint8_t take_byte(fuzz_input *in)
{
	if (in->n == 0) {
		return 0;
	}
	in->n--;
	return *in->p++;
}

static inline uint64_t take_word(fuzz_input *in)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++) {
		v = v << 8 | take_byte(in);
	}
	return v;
}

static inline sm_bytes take_bytes(fuzz_input *in, size_t n)
{
	n = n < in->n ? n : in->n;
	sm_bytes b = {(const char *)in->p, n};
	in->p += n;
	in->n -= n;
	return b;
}

/* A copy of exactly its length, so that AddressSanitizer sees a read behind it. The caller frees .p. */
static inline sm_bytes exact_copy(sm_bytes b)
{
	char *p = malloc(b.n == 0 ? 1 : b.n);
	CHECK(p != NULL);
	if (b.n > 0) {
		memcpy(p, b.p, b.n);
	}
	return (sm_bytes){p, b.n};
}

static inline void free_copy(sm_bytes b)
{
	free((void *)(uintptr_t)b.p);
}

/* A heap whose fail_at-th allocation fails; 0 = none. */
typedef struct fuzz_heap {
	long count, fail_at, live;
} fuzz_heap;

static inline void *fuzz_heap_alloc(void *ctx, size_t n)
{
	fuzz_heap *heap = ctx;
	if (++heap->count == heap->fail_at) {
		return NULL;
	}
	heap->live++;
	return malloc(n);
}

static inline void fuzz_heap_release(void *ctx, void *p)
{
	fuzz_heap *heap = ctx;
	heap->live--;
	free(p);
}

static inline bool same_bytes(sm_bytes a, sm_bytes b)
{
	return (a.p == NULL) == (b.p == NULL) && sm_bytes_eq(a, b);
}

#endif
