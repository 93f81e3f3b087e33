/* bignum: non-negative integers of a fixed size, enough for every double and for 770 decimal digits. Private to
 * canon's number files. No allocation, no overflow for the ranges that those files document. */
#ifndef SM_CANON_BIGNUM_H
#define SM_CANON_BIGNUM_H

#include <stdbool.h>
#include <stdint.h>

/* 5^1093 (2,538 bits) and a dividend 64 bits longer are the largest that are needed; see number_parse.c. */
enum { SM_BIG_LIMBS = 96 };

typedef struct sm_big {
	int n;                    /* limbs in use, the last one is not 0; 0 for the number 0 */
	uint32_t d[SM_BIG_LIMBS]; /* least significant first */
} sm_big;

void sm_big_set(sm_big *a, uint64_t v);
void sm_big_copy(sm_big *to, const sm_big *from);
/** a = a * m + add */
void sm_big_mul(sm_big *a, uint32_t m, uint32_t add);
/** a = a * 5^exponent */
void sm_big_mul_pow5(sm_big *a, int exponent);
/** a = a * 2^bits; a is not 0. */
void sm_big_shift(sm_big *a, int bits);
/** Bits up to the highest 1. */
int sm_big_bits(const sm_big *a);
int sm_big_cmp(const sm_big *a, const sm_big *b);
/** Order of a + b and c. */
int sm_big_cmp_sum(const sm_big *a, const sm_big *b, const sm_big *c);
/** a = a mod b. @return a / b, which must be below 2^32 */
uint32_t sm_big_divide(sm_big *a, const sm_big *b);

#endif
