/* Shortest decimal digits that read back as the same double (Steele and White's free-format algorithm, as
 * Dragon4), laid out as ECMAScript's Number::toString. Exact integers only. */
#include "../canon.h"
#include "bignum.h"

#include <string.h>

/* SM_NUMBER_ONLY_BIG is set by a test only: every number then takes the slow way. */
#ifndef SM_NUMBER_ONLY_BIG
#define SM_NUMBER_FAST 1
#endif

#define HIDDEN_BIT (UINT64_C(1) << 52)

typedef struct decimal {
	char digits[20];
	int n;     /* digits */
	int point; /* value = 0.digits * 10^point */
} decimal;

/* Parts of a finite positive double: mantissa * 2^exponent. */
typedef struct binary {
	uint64_t mantissa;
	int exponent;
	bool even;       /* the bounds of the rounding interval belong to it */
	bool asymmetric; /* the next smaller double is half as far away as the next greater */
} binary;

static binary split(uint64_t bits)
{
	int biased = (int)(bits >> 52 & 0x7FF);
	uint64_t fraction = bits & (HIDDEN_BIT - 1);

	return (binary){
		.mantissa = biased == 0 ? fraction : fraction | HIDDEN_BIT,
		.exponent = biased == 0 ? -1074 : biased - 1075,
		.even = (fraction & 1) == 0,
		.asymmetric = fraction == 0 && biased > 1,
	};
}

#ifdef SM_NUMBER_FAST
static void put_integer(decimal *out, uint64_t v)
{
	char digits[20];
	int at = 20;

	while (v != 0) {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	}
	out->n = out->point = 20 - at;
	memcpy(out->digits, digits + at, (size_t)out->n);
}

/* Digits behind the point of a double with a fraction, `shift` of whose bits lie behind the point. TYPE must
 * hold shift + 6 bits. An integer part needs all of its digits (half a unit in the last place is less than the
 * distance to the next integer), so it stands in `out` already. A bound of the interval is never met
 * exactly: it has one binary place more than the value, so one decimal place more, and the digits end before. */
/* clang-format off */
#define DEFINE_FRACTION(NAME, TYPE) \
static void NAME(decimal *out, binary b, int shift) \
{ \
	const int bits = shift + 2; \
	const TYPE one = (TYPE)1 << bits; \
	const TYPE mask = one - 1; \
	TYPE rest = ((TYPE)b.mantissa << 2) & mask; \
	TYPE high = 2, low = b.asymmetric ? 1 : 2; \
\
	for (;;) { \
		rest *= 10; \
		high *= 10; \
		low *= 10; \
		unsigned digit = (unsigned)(rest >> bits); \
		rest &= mask; \
		bool down = rest < low, up = one - rest < high; \
		if (down || up) { \
			bool round_up = !down || (up && (rest * 2 > one || (rest * 2 == one && (digit & 1) != 0))); \
			out->digits[out->n++] = (char)('0' + digit + round_up); \
			return; \
		} \
		if (out->n == 0 && digit == 0) { \
			out->point--; \
		} else { \
			out->digits[out->n++] = (char)('0' + digit); \
		} \
	} \
}
/* clang-format on */

DEFINE_FRACTION(fraction_64, uint64_t)
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;
DEFINE_FRACTION(fraction_128, wide)
#endif

/* @return false when the number needs big integers */
static bool short_way(decimal *out, binary b)
{
	int shift = -b.exponent;

	if (shift <= 0 || b.mantissa < HIDDEN_BIT) {
		return false;
	}
	out->n = out->point = 0;
	if (shift <= 52) {
		put_integer(out, b.mantissa >> shift);
		if ((b.mantissa & ((UINT64_C(1) << shift) - 1)) != 0) {
			fraction_64(out, b, shift);
		}
		return true;
	}
	if (shift <= 58) {
		fraction_64(out, b, shift);
		return true;
	}
#ifdef __SIZEOF_INT128__
	if (shift <= 122) {
		fraction_128(out, b, shift);
		return true;
	}
#endif
	return false;
}
#endif

/* In units of 2^exponent / 4 (or of 1/4 where the exponent is positive): rest is the value, one is 10^point,
 * low and high are the distances to the bounds of the interval of reals that round to the value. */
static void big_way(decimal *out, binary b)
{
	sm_big rest, one, low, high;
	int up_shift = b.exponent > 0 ? b.exponent : 0;
	int bits = 0;

	while (b.mantissa >> bits != 0) {
		bits++;
	}
	/* floor(log10(2^(bits - 1 + exponent))) + 1 is the point or one less: the value is below twice that power. */
	out->point = ((bits - 1 + b.exponent) * 78913 >> 18) + 1;
	out->n = 0;

	sm_big_set(&rest, b.mantissa);
	sm_big_shift(&rest, 2 + up_shift);
	sm_big_set(&high, 2);
	sm_big_shift(&high, up_shift);
	sm_big_set(&low, b.asymmetric ? 1 : 2);
	sm_big_shift(&low, up_shift);
	sm_big_set(&one, 4);
	sm_big_shift(&one, up_shift - b.exponent);
	if (out->point > 0) {
		sm_big_mul_pow5(&one, out->point);
		sm_big_shift(&one, out->point);
	} else {
		sm_big_mul_pow5(&rest, -out->point);
		sm_big_shift(&rest, -out->point);
		sm_big_mul_pow5(&high, -out->point);
		sm_big_shift(&high, -out->point);
		sm_big_mul_pow5(&low, -out->point);
		sm_big_shift(&low, -out->point);
	}

	int order = sm_big_cmp_sum(&rest, &high, &one);
	bool first = order > 0 || (order == 0 && b.even);

	out->point += first;
	for (;;) {
		if (!first) {
			sm_big_mul(&rest, 10, 0);
			sm_big_mul(&high, 10, 0);
			sm_big_mul(&low, 10, 0);
		}
		first = false;

		uint32_t digit = sm_big_divide(&rest, &one);
		int to_low = sm_big_cmp(&rest, &low);
		int to_high = sm_big_cmp_sum(&rest, &high, &one);
		bool down = to_low < 0 || (to_low == 0 && b.even);
		bool up = to_high > 0 || (to_high == 0 && b.even);

		if (down || up) {
			int half = sm_big_cmp_sum(&rest, &rest, &one);

			digit += !down || (up && (half > 0 || (half == 0 && (digit & 1) != 0)));
		}
		out->digits[out->n++] = (char)('0' + digit);
		if (down || up) {
			return;
		}
	}
}

/* ECMAScript's Number::toString, steps 5 to 12. */
static char *lay_out(char *p, const decimal *d)
{
	const size_t n = (size_t)d->n;

	if (d->n <= d->point && d->point <= 21) {
		memcpy(p, d->digits, n);
		memset(p + n, '0', (size_t)(d->point - d->n));
		return p + d->point;
	}
	if (0 < d->point && d->point <= 21) {
		const size_t whole = (size_t)d->point;

		memcpy(p, d->digits, whole);
		p[whole] = '.';
		memcpy(p + whole + 1, d->digits + whole, n - whole);
		return p + n + 1;
	}
	if (-6 < d->point && d->point <= 0) {
		const size_t zeros = (size_t)-d->point;

		memcpy(p, "0.", 2);
		memset(p + 2, '0', zeros);
		memcpy(p + 2 + zeros, d->digits, n);
		return p + 2 + zeros + n;
	}

	int exponent = d->point - 1;

	*p++ = d->digits[0];
	if (n > 1) {
		*p++ = '.';
		memcpy(p, d->digits + 1, n - 1);
		p += n - 1;
	}
	*p++ = 'e';
	*p++ = exponent < 0 ? '-' : '+';
	exponent = exponent < 0 ? -exponent : exponent;
	if (exponent >= 100) {
		*p++ = (char)('0' + exponent / 100);
	}
	if (exponent >= 10) {
		*p++ = (char)('0' + exponent / 10 % 10);
	}
	*p++ = (char)('0' + exponent % 10);
	return p;
}

size_t sm_number_format(double v, char out[32])
{
	uint64_t bits;
	decimal d;
	char *p = out;

	memcpy(&bits, &v, sizeof(bits));
	if ((bits >> 52 & 0x7FF) == 0x7FF) {
		return 0;
	}
	if (bits << 1 == 0) {
		*p = '0';
		return 1;
	}
	if (bits >> 63 != 0) {
		*p++ = '-';
	}

	binary b = split(bits);

#ifdef SM_NUMBER_FAST
	if (!short_way(&d, b)) {
		big_way(&d, b);
	}
#else
	big_way(&d, b);
#endif
	return (size_t)(lay_out(p, &d) - out);
}
