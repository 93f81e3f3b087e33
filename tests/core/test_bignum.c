/* Big integers with limbs that make carries and borrows run. */
#include "support.h"

#include "canon/bignum.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static uint32_t random_limb(test_random *r)
{
	static const uint32_t edges[] = {0, 1, UINT32_C(0x7FFFFFFF), UINT32_C(0x80000000), UINT32_C(0xFFFFFFFE), UINT32_C(0xFFFFFFFF)};
	uint64_t pick = test_random_below(r, 9);

	return pick < 6 ? edges[pick] : (uint32_t)test_random_next(r);
}

static void random_big(test_random *r, sm_big *a, int most)
{
	a->n = (int)test_random_below(r, (uint64_t)most) + 1;
	for (int i = 0; i < a->n; i++) {
		a->d[i] = random_limb(r);
	}
	a->d[a->n - 1] |= a->d[a->n - 1] == 0;
}

/* a += b, limb by limb */
static void add(sm_big *a, const sm_big *b)
{
	uint64_t carry = 0;

	while (a->n < b->n) {
		a->d[a->n++] = 0;
	}
	for (int i = 0; i < a->n; i++) {
		carry += (uint64_t)a->d[i] + (i < b->n ? b->d[i] : 0);
		a->d[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0) {
		a->d[a->n++] = (uint32_t)carry;
	}
}

static void assert_same(const test_random *r, const sm_big *a, const sm_big *b)
{
	if (sm_big_cmp(a, b) != 0 || a->n != b->n || memcmp(a->d, b->d, (size_t)a->n * sizeof(a->d[0])) != 0) {
		fail_msg("SM_SEED=%llu", (unsigned long long)r->seed);
	}
}

static void dividing_gives_back_factor_and_rest(void **state)
{
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 200000; i++) {
		sm_big a, b, rest;
		uint32_t q = random_limb(&r), got;

		random_big(&r, &b, 8);
		random_big(&r, &rest, b.n);
		if (sm_big_cmp(&rest, &b) >= 0) {
			sm_big_set(&rest, 0);
		}
		sm_big_copy(&a, &b);
		sm_big_mul(&a, q, 0);
		add(&a, &rest);
		got = sm_big_divide(&a, &b);
		if (got != q) {
			fail_msg("SM_SEED=%llu: %u, not %u", (unsigned long long)r.seed, got, q);
		}
		assert_same(&r, &a, &rest);
	}
}

static void a_sum_compares_as_the_sum(void **state)
{
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 200000; i++) {
		sm_big a, b, c, sum;
		int expected;

		random_big(&r, &a, 5);
		random_big(&r, &b, 5);
		sm_big_copy(&sum, &a);
		add(&sum, &b);
		if (i % 2 == 0) {
			random_big(&r, &c, 6);
		} else {
			/* The sum or one more or less in one limb. */
			sm_big_copy(&c, &sum);
			c.d[test_random_below(&r, (uint64_t)c.n)] += (uint32_t)test_random_below(&r, 3) - 1;
			while (c.n > 0 && c.d[c.n - 1] == 0) {
				c.n--;
			}
		}
		expected = sm_big_cmp(&sum, &c);
		if (sm_big_cmp_sum(&a, &b, &c) != expected || sm_big_cmp(&c, &sum) != -expected) {
			fail_msg("SM_SEED=%llu", (unsigned long long)r.seed);
		}
	}
}

static void shifting_and_powers_of_five_are_repeated_products(void **state)
{
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 2000; i++) {
		sm_big a, b, c;
		int n = (int)test_random_below(&r, 600), bits;

		random_big(&r, &a, 8);
		sm_big_copy(&b, &a);
		sm_big_copy(&c, &a);
		bits = sm_big_bits(&a);
		sm_big_shift(&a, n);
		for (int k = 0; k < n; k++) {
			sm_big_mul(&b, 2, 0);
		}
		assert_same(&r, &a, &b);
		assert_int_equal(sm_big_bits(&a), bits + n);

		sm_big_copy(&b, &c);
		sm_big_mul_pow5(&b, n);
		for (int k = 0; k < n; k++) {
			sm_big_mul(&c, 5, 0);
		}
		assert_same(&r, &b, &c);
	}
}

static void a_product_adds_with_its_carry(void **state)
{
	sm_big a;

	sm_big_set(&a, 0);
	assert_int_equal(a.n, 0);
	assert_int_equal(sm_big_bits(&a), 0);
	sm_big_mul(&a, 10, 7);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.d[0], 7);
	sm_big_set(&a, UINT64_MAX);
	sm_big_mul(&a, UINT32_MAX, UINT32_MAX);
	/* (2^64 - 1) * (2^32 - 1) + 2^32 - 1 = 2^96 - 2^64 */
	assert_int_equal(a.n, 3);
	assert_int_equal(a.d[0], 0);
	assert_int_equal(a.d[1], 0);
	assert_int_equal(a.d[2], UINT32_MAX);
	sm_big_mul(&a, 0, 0);
	assert_int_equal(a.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dividing_gives_back_factor_and_rest),
		cmocka_unit_test(a_sum_compares_as_the_sum),
		cmocka_unit_test(shifting_and_powers_of_five_are_repeated_products),
		cmocka_unit_test(a_product_adds_with_its_carry),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
