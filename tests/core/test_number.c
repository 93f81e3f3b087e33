/* Numbers: RFC 8785's 10,000 vectors both ways, glibc's exact printf and strtod as independent judges. */
#include "support.h"

#include "canon.h"

#include <float.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same writer without its shortcuts for ordinary numbers. */
#define SM_NUMBER_ONLY_BIG
#define sm_number_format big_number_format
size_t big_number_format(double v, char out[32]);
#include "../../src/core/canon/number_format.c"
#undef sm_number_format

static double from_bits(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static uint64_t to_bits(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static const char *format(double v, char out[33])
{
	size_t n = sm_number_format(v, out);

	assert_in_range(n, 1, 25);
	out[n] = '\0';
	return out;
}

static void assert_parses(const char *text, double expected)
{
	double got = 42;
	/* A copy of exactly this length, so that AddressSanitizer sees a read behind it. */
	const size_t n = strlen(text);
	char *copy = test_malloc(n);

	memcpy(copy, text, n);
	if (sm_number_parse((sm_bytes){copy, n}, &got) != SM_OK || to_bits(got) != to_bits(expected)) {
		fail_msg("%.60s... (%zu bytes) reads as %a, not %a", text, n, got, expected);
	}
	test_free(copy);
}

static void ten_thousand_published_numbers_are_written_and_read_back(void **state)
{
	sm_bytes file = test_vector_file("jcs/es6-numbers-10000.txt");
	uint8_t hash[crypto_hash_sha256_BYTES];
	char hex[65], out[33];
	int lines = 0;

	crypto_hash_sha256(hash, (const uint8_t *)file.p, file.n);
	sm_hex(hex, hash, sizeof(hash));
	assert_string_equal(hex, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892");
	for (char *line = (char *)(uintptr_t)file.p; *line != '\0'; lines++) {
		char *comma, *end = strchr(line, '\n');
		double v = from_bits(strtoull(line, &comma, 16));

		assert_true(*comma == ',' && end != NULL);
		*end = '\0';
		assert_string_equal(format(v, out), comma + 1);
		out[big_number_format(v, out)] = '\0';
		assert_string_equal(out, comma + 1);
		assert_parses(comma + 1, v == 0 ? 0.0 : v);
		line = end + 1;
	}
	assert_int_equal(lines, 10000);
	free((void *)(uintptr_t)file.p);
}

static void numbers_of_rfc_8785_appendix_b(void **state)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} table[] = {
		{0x0000000000000000, "0"}, {0x8000000000000000, "0"}, {0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"}, {0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"}, {0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"}, {0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"}, {0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"}, {0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"}, {0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"}, {0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"}, {0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"}, {0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"}, {0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	};
	char out[33];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_string_equal(format(from_bits(table[i].bits), out), table[i].text);
	}
	assert_int_equal(sm_number_format((double)NAN, out), 0);
	assert_int_equal(sm_number_format((double)INFINITY, out), 0);
	assert_int_equal(sm_number_format((double)-INFINITY, out), 0);
}

/* Digits and exponent of %.*e and of our text, compared. */
static void assert_shortest(uint64_t seed, double v)
{
	char got[33], expected[64], digits[33];
	int precision = 0, n = 0;

	format(v, got);
	if (strtod(got, NULL) != v) {
		fail_msg("seed %llu: %a is written as %s", (unsigned long long)seed, v, got);
	}
	do {
		snprintf(expected, sizeof(expected), "%.*e", precision++, v);
	} while (strtod(expected, NULL) != v);
	/* Digits of ours without sign, point, exponent and padding zeros. */
	for (const char *p = got; *p != '\0' && *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9' && (n != 0 || *p != '0')) {
			digits[n++] = *p;
		}
	}
	while (n > 0 && digits[n - 1] == '0') {
		n--;
	}
	digits[n] = '\0';
	/* Below a power of two the interval is narrower than above, there glibc's nearest may not read back where
	 * another text of the same length does. */
	if ((to_bits(v) & ((UINT64_C(1) << 52) - 1)) != 0) {
		char other[33];
		int m = 0;

		for (const char *p = expected; *p != 'e'; p++) {
			if (*p >= '0' && *p <= '9') {
				other[m++] = *p;
			}
		}
		while (m > 1 && other[m - 1] == '0') {
			m--;
		}
		other[m] = '\0';
		if (strcmp(digits, other) != 0) {
			fail_msg("seed %llu: %a is written as %s, glibc has %s", (unsigned long long)seed, v, got, expected);
		}
	} else if (n > precision) {
		fail_msg("seed %llu: %a is written as %s, glibc has %s", (unsigned long long)seed, v, got, expected);
	}
}

static void assert_both_ways_agree(uint64_t seed, double v)
{
	char fast[33], slow[33];
	size_t n = big_number_format(v, slow);

	slow[n] = '\0';
	if (strcmp(format(v, fast), slow) != 0) {
		fail_msg("seed %llu: %a is %s by the short way, %s by big integers", (unsigned long long)seed, v, fast, slow);
	}
	assert_parses(fast, v == 0 ? 0.0 : v);
}

static void any_double_is_written_shortest_and_reads_back(void **state)
{
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 40000; i++) {
		uint64_t bits = test_random_next(&r);
		double v;

		if (i % 2 == 0) {
			/* magnitudes of daily life: 2^-80 to 2^70 */
			bits = (bits & ~(UINT64_C(0x7FF) << 52)) | (1023 - 80 + test_random_below(&r, 150)) << 52;
		}
		v = from_bits(bits);
		if (isfinite(v)) {
			assert_both_ways_agree(r.seed, v);
			if (i % 4 < 2) {
				assert_shortest(r.seed, v);
			}
		}
	}
}

static void powers_of_two_and_ten_and_their_neighbours(void **state)
{
	for (int e = -1074; e <= 1023; e++) {
		double v = ldexp(1.0, e);

		assert_shortest(0, v);
		assert_both_ways_agree(0, v);
		assert_both_ways_agree(0, nextafter(v, 0));
		assert_both_ways_agree(0, nextafter(v, (double)INFINITY));
	}
	for (int e = -323; e <= 308; e++) {
		char text[16];
		double v;

		snprintf(text, sizeof(text), "1e%d", e);
		v = strtod(text, NULL);
		assert_parses(text, v);
		assert_shortest(0, v);
		assert_both_ways_agree(0, nextafter(v, 0));
		assert_both_ways_agree(0, nextafter(v, (double)INFINITY));
	}
}

static void short_decimals_come_back_as_they_were_typed(void **state)
{
	test_random r;
	char text[64], out[33];

	test_random_init(&r);
	for (int i = 0; i < 100000; i++) {
		long whole = (long)test_random_below(&r, 1000000000), cents = (long)test_random_below(&r, 99) + 1;

		snprintf(text, sizeof(text), cents % 10 == 0 ? "%ld.%.1ld" : "%ld.%.2ld", whole,
			cents % 10 == 0 ? cents / 10 : cents);
		assert_string_equal(format(strtod(text, NULL), out), text);
		assert_parses(text, strtod(text, NULL));
	}
}

static void decimal_texts_read_as_glibc_reads_them(void **state)
{
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 30000; i++) {
		char text[900];
		size_t n = 0, digits = 1 + test_random_below(&r, i % 50 == 0 ? 850 : 25);
		size_t point = test_random_below(&r, digits + 1);

		if (test_random_below(&r, 2) != 0) {
			text[n++] = '-';
		}
		if (point == 0) {
			text[n++] = '0';
		}
		for (size_t k = 0; k < digits; k++) {
			if (k == point) {
				text[n++] = '.';
			}
			text[n++] = (char)('0' + (k == 0 && point > 1 ? 1 + test_random_below(&r, 9) : test_random_below(&r, 10)));
		}
		n += (size_t)snprintf(text + n, 20, "e%d", (int)test_random_below(&r, 700) - 390);

		double expected = strtod(text, NULL), got;
		sm_status status = sm_number_parse((sm_bytes){text, n}, &got);

		if (isinf(expected) ? status != SM_E_LIMIT : status != SM_OK || to_bits(got) != to_bits(expected)) {
			fail_msg("seed %llu: %s", (unsigned long long)r.seed, text);
		}
	}
}

#if LDBL_MANT_DIG >= 64
/* The exact middle between two doubles, up to 770 digits: to the even one; a digit more or less decides otherwise. */
static void halves_go_to_the_even_neighbour_and_one_more_digit_decides(void **state)
{
	test_random r;
	static char text[3000];

	test_random_init(&r);
	for (int i = 0; i < 3000; i++) {
		uint64_t bits = test_random_next(&r) & ~(UINT64_C(1) << 63);

		if (i % 3 == 0) {
			bits &= (UINT64_C(1) << 54) - 1; /* the smallest */
		}
		double low = from_bits(bits), high = nextafter(low, (double)INFINITY);

		if (!isfinite(low) || !isfinite(high)) {
			continue;
		}
		snprintf(text, sizeof(text), "%.1100Le", ((long double)low + (long double)high) / 2);

		/* snprintf gives zeros behind the last digit; put a 1 among them, or take the last digit down. */
		char *e = strchr(text, 'e');
		const char exponent[8] = {e[0], e[1], e[2], e[3], e[4], e[4] == '\0' ? '\0' : e[5], '\0', '\0'};
		char *last = e;

		while (last[-1] == '0') {
			last--;
		}
		assert_parses(text, (bits & 1) == 0 ? low : high);
		e[-1] = '1';
		assert_parses(text, high);
		e[-1] = '0';
		memcpy(last, exponent, sizeof(exponent));
		assert_parses(text, (bits & 1) == 0 ? low : high);
		if (last[-1] == '.') {
			continue;
		}
		last[-1]--;
		memcpy(last, "999999", 6);
		memcpy(last + 6, exponent, sizeof(exponent));
		assert_parses(text, low);
	}
}
#endif

#if LDBL_MANT_DIG >= 64
static void the_greatest_double_ends_half_a_unit_above_it(void **state)
{
	char text[400];
	double v;
	size_t n = (size_t)snprintf(text, sizeof(text), "%.0Lf", (long double)DBL_MAX + ldexpl(1, 970));

	assert_int_equal(n, 309);
	assert_int_equal(sm_number_parse((sm_bytes){text, n}, &v), SM_E_LIMIT);
	assert_int_equal(text[n - 1], '2');
	text[n - 1] = '1';
	assert_parses(text, DBL_MAX);
}
#endif

static void only_rfc_8259_numbers_are_numbers(void **state)
{
	static const char *const bad[] = {"", "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1e", "1e+", "1e-", "1E", "1.e5", "0x10",
		"1 ", " 1", "1,5", "NaN", "Infinity", "inf", "-Infinity", "1e5.5", "1e5e5", "1..5", "--1", "1-", "1f", "\xD9\xA1", "1_000"};
	double v;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sm_number_parse(sm_cstr(bad[i]), &v) != SM_E_SYNTAX) {
			fail_msg("took \"%s\"", bad[i]);
		}
	}
	assert_int_equal(sm_number_parse((sm_bytes){"1\0", 2}, &v), SM_E_SYNTAX);
	assert_int_equal(sm_number_parse((sm_bytes){NULL, 0}, &v), SM_E_SYNTAX);
	assert_parses("0", 0.0);
	assert_parses("-0", -0.0);
	assert_parses("-0.0e-5", -0.0);
	assert_parses("0e999999999999999999999999", 0.0);
	assert_parses("1E+2", 100);
	assert_parses("1e0000000000000000000000000000000002", 100);
	/* 65 bits, the last of which alone is above a half. */
	assert_parses("18446744073709553664", 18446744073709551616.0);
	assert_parses("18446744073709553665", 18446744073709555712.0);
	assert_parses("123456789012345678901234567890", 123456789012345678901234567890.0);
}

static void numbers_out_of_range_are_refused_or_zero_and_cost_little(void **state)
{
	static const char *const over[] = {"1e309", "-1e309", "1.7976931348623159e308", "1e400", "1e99999", "1e999999999999999999999"};
	double v;
	const size_t n = 1000000;
	char *text = test_malloc(n + 32);

	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		if (sm_number_parse(sm_cstr(over[i]), &v) != SM_E_LIMIT) {
			fail_msg("%s is %a", over[i], v);
		}
	}
	assert_parses("1.7976931348623158e308", DBL_MAX);
	assert_parses("2.4703282292062327e-324", 0.0);
	assert_parses("2.4703282292062328e-324", 4.9406564584124654e-324);
	assert_parses("1e-400", 0.0);
	assert_parses("-1e-99999999999999999999999999", -0.0);

	/* A million digits, and a million zeros that a large exponent takes back. */
	memset(text, '7', n);
	assert_int_equal(sm_number_parse((sm_bytes){text, n}, &v), SM_E_LIMIT);
	memcpy(text + n, "e-999999", 9);
	assert_int_equal(sm_number_parse((sm_bytes){text, n + 8}, &v), SM_OK);
	assert_true(v == 7.777777777777778);
	memset(text, '0', n);
	text[1] = '.';
	memcpy(text + n, "15e999999", 10);
	assert_int_equal(sm_number_parse((sm_bytes){text, n + 9}, &v), SM_OK);
	assert_true(v == 1.5);
	test_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_published_numbers_are_written_and_read_back),
		cmocka_unit_test(numbers_of_rfc_8785_appendix_b),
		cmocka_unit_test(any_double_is_written_shortest_and_reads_back),
		cmocka_unit_test(powers_of_two_and_ten_and_their_neighbours),
		cmocka_unit_test(short_decimals_come_back_as_they_were_typed),
		cmocka_unit_test(decimal_texts_read_as_glibc_reads_them),
#if LDBL_MANT_DIG >= 64
		cmocka_unit_test(the_greatest_double_ends_half_a_unit_above_it),
		cmocka_unit_test(halves_go_to_the_even_neighbour_and_one_more_digit_decides),
#endif
		cmocka_unit_test(only_rfc_8259_numbers_are_numbers),
		cmocka_unit_test(numbers_out_of_range_are_refused_or_zero_and_cost_little),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
