#include "bignum.h"

#include <string.h>

static void push(sm_big *a, uint32_t limb)
{
	if (limb != 0) {
		a->d[a->n++] = limb;
	}
}

static void trim(sm_big *a)
{
	while (a->n > 0 && a->d[a->n - 1] == 0) {
		a->n--;
	}
}

void sm_big_set(sm_big *a, uint64_t v)
{
	a->d[0] = (uint32_t)v;
	a->d[1] = (uint32_t)(v >> 32);
	a->n = 2;
	trim(a);
}

void sm_big_copy(sm_big *to, const sm_big *from)
{
	to->n = from->n;
	memcpy(to->d, from->d, (size_t)from->n * sizeof(from->d[0]));
}

void sm_big_mul(sm_big *a, uint32_t m, uint32_t add)
{
	uint64_t carry = add;

	for (int i = 0; i < a->n; i++) {
		carry += (uint64_t)a->d[i] * m;
		a->d[i] = (uint32_t)carry;
		carry >>= 32;
	}
	push(a, (uint32_t)carry);
	trim(a);
}

void sm_big_mul_pow5(sm_big *a, int exponent)
{
	static const uint32_t small[] = {
		1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625};

	for (; exponent >= 13; exponent -= 13) {
		sm_big_mul(a, 1220703125, 0);
	}
	sm_big_mul(a, small[exponent], 0);
}

void sm_big_shift(sm_big *a, int bits)
{
	int limbs = bits / 32;
	uint32_t carry = 0;

	bits %= 32;
	if (limbs != 0) {
		memmove(a->d + limbs, a->d, (size_t)a->n * sizeof(a->d[0]));
		memset(a->d, 0, (size_t)limbs * sizeof(a->d[0]));
		a->n += limbs;
	}
	if (bits != 0) {
		for (int i = limbs; i < a->n; i++) {
			uint32_t limb = a->d[i];

			a->d[i] = limb << bits | carry;
			carry = limb >> (32 - bits);
		}
		push(a, carry);
	}
}

int sm_big_bits(const sm_big *a)
{
	int bits = 32 * a->n;

	if (a->n != 0) {
		for (uint32_t top = a->d[a->n - 1]; top < UINT32_C(0x80000000); top <<= 1) {
			bits--;
		}
	}
	return bits;
}

int sm_big_cmp(const sm_big *a, const sm_big *b)
{
	if (a->n != b->n) {
		return a->n < b->n ? -1 : 1;
	}
	for (int i = a->n - 1; i >= 0; i--) {
		if (a->d[i] != b->d[i]) {
			return a->d[i] < b->d[i] ? -1 : 1;
		}
	}
	return 0;
}

int sm_big_cmp_sum(const sm_big *a, const sm_big *b, const sm_big *c)
{
	int n = a->n > b->n ? a->n : b->n;
	sm_big sum;
	uint64_t carry = 0;

	if (n < c->n - 1 || n > c->n) {
		return n < c->n ? -1 : 1;
	}
	sum.n = n;
	for (int i = 0; i < n; i++) {
		carry += (uint64_t)(i < a->n ? a->d[i] : 0) + (i < b->n ? b->d[i] : 0);
		sum.d[i] = (uint32_t)carry;
		carry >>= 32;
	}
	push(&sum, (uint32_t)carry);
	return sm_big_cmp(&sum, c);
}

/* a -= q * b, where q * b <= a */
static void subtract(sm_big *a, const sm_big *b, uint32_t q)
{
	uint64_t carry = 0;
	uint32_t borrow = 0;

	for (int i = 0; i < a->n; i++) {
		uint32_t part, before = a->d[i];

		carry += i < b->n ? (uint64_t)b->d[i] * q : 0;
		part = (uint32_t)carry;
		carry >>= 32;
		a->d[i] = before - part - borrow;
		borrow = borrow ? before <= part : before < part;
	}
	trim(a);
}

uint32_t sm_big_divide(sm_big *a, const sm_big *b)
{
	uint32_t q = 0;

	/* Each guess takes the top limbs of a and one more than the top limb of b, so it never is too large;
	 * what is left after it is caught by the next guess, and at last by comparing. */
	while (sm_big_cmp(a, b) >= 0) {
		uint64_t top = a->d[a->n - 1];
		uint64_t guess;

		if (a->n > b->n) {
			top = top << 32 | a->d[a->n - 2];
		}
		guess = top / ((uint64_t)b->d[b->n - 1] + 1);
		guess = guess == 0 ? 1 : guess;
		subtract(a, b, (uint32_t)guess);
		q += (uint32_t)guess;
	}
	return q;
}
