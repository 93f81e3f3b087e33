/* Correctly rounded reading of a decimal number, exact integers only. */
#include "../canon.h"
#include "bignum.h"

#include <float.h>
#include <string.h>

/* More digits than any two neighbouring doubles need to be told apart (767); a digit that is not 0 behind them
 * only says "a little more". */
enum { MAX_DIGITS = 769, MAX_EXPONENT = 100000 };

typedef struct decimal {
	bool negative;
	uint64_t head;      /* the first 19 significant digits */
	int n;              /* significant digits without leading zeros, at most MAX_DIGITS */
	int exponent;       /* of the last of the n digits */
	bool more;          /* behind them there is a digit that is not 0 */
	const char *digits; /* where the first significant digit stands; a point may lie between */
} decimal;

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

static const char *scan_digits(decimal *d, const char *p, const char *end, bool fraction, int64_t *exponent)
{
	for (; is_digit(p, end); p++) {
		*exponent -= fraction;
		if (d->n == 0) {
			if (*p == '0') {
				continue;
			}
			d->digits = p;
		}
		if (d->n < MAX_DIGITS) {
			if (d->n < 19) {
				d->head = d->head * 10 + (uint64_t)(*p - '0');
			}
			d->n++;
		} else {
			d->more = d->more || *p != '0';
			*exponent += 1;
		}
	}
	return p;
}

/* The grammar of RFC 8259 section 6. */
static bool scan(sm_bytes text, decimal *d)
{
	const char *p = text.n == 0 ? "" : text.p, *end = p + text.n;
	int64_t exponent = 0, given = 0;

	*d = (decimal){.negative = p < end && *p == '-'};
	p += d->negative;
	if (!is_digit(p, end) || (*p == '0' && is_digit(p + 1, end))) {
		return false;
	}
	p = scan_digits(d, p, end, false, &exponent);
	if (p < end && *p == '.') {
		if (!is_digit(++p, end)) {
			return false;
		}
		p = scan_digits(d, p, end, true, &exponent);
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		bool down = ++p < end && *p == '-';

		p += p < end && (*p == '-' || *p == '+');
		if (!is_digit(p, end)) {
			return false;
		}
		for (; is_digit(p, end); p++) {
			/* Any text fits into memory, so its point moves less than this saturates. */
			given = given < INT64_MAX / 20 ? given * 10 + (*p - '0') : given;
		}
		exponent += down ? -given : given;
	}
	exponent = exponent > MAX_EXPONENT ? MAX_EXPONENT : exponent;
	d->exponent = (int)(exponent < -MAX_EXPONENT ? -MAX_EXPONENT : exponent);
	return p == end;
}

/* 2^exponent * (q + something between 0 and 1 where `more`), 2^63 <= q: rounded, ties to even.
 *  @return bits; those of infinity on overflow */
static uint64_t round_to_bits(uint64_t q, int exponent, bool more)
{
	/* 53 bits are kept, fewer below 2^-1022. */
	int drop = exponent + 11 < -1074 ? -1074 - exponent : 11;

	if (drop > 64) {
		return 0;
	}

	uint64_t kept = drop == 64 ? 0 : q >> drop;
	uint64_t half = UINT64_C(1) << (drop - 1);
	uint64_t rest = drop == 64 ? q : q & ((half << 1) - 1);

	kept += rest > half || (rest == half && (more || (kept & 1) != 0));
	if (kept < UINT64_C(1) << 52) {
		return kept;
	}
	/* A carry out of the mantissa raises the exponent through this sum, up to infinity. */
	exponent += drop + 1075;
	return exponent >= 0x7FF ? UINT64_C(0x7FF) << 52 : ((uint64_t)(exponent - 1) << 52) + kept;
}

/* The exact way: digits * 10^exponent as a quotient of two big integers. 5^1093 is the greatest divisor: the
 * value is at least 10^-324 and has at most 770 digits. */
static uint64_t big_way(const decimal *d)
{
	sm_big a, b;
	int exponent = d->exponent, shift;
	const char *p = d->digits;
	uint32_t part = 0, power = 1;

	sm_big_set(&a, 0);
	sm_big_set(&b, 1);
	for (int i = 0; i < d->n; p++) {
		if (*p == '.') {
			continue;
		}
		part = part * 10 + (uint32_t)(*p - '0');
		power *= 10;
		if (++i % 9 == 0) {
			sm_big_mul(&a, power, part);
			part = 0;
			power = 1;
		}
	}
	sm_big_mul(&a, power, part);
	if (d->more) {
		sm_big_mul(&a, 10, 1);
		exponent--;
	}
	sm_big_mul_pow5(exponent >= 0 ? &a : &b, exponent >= 0 ? exponent : -exponent);

	/* Now the value is a / b * 2^exponent. With 64 bits between them the quotient has 64 or 65 bits. */
	shift = sm_big_bits(&b) + 64 - sm_big_bits(&a);
	sm_big_shift(shift > 0 ? &a : &b, shift > 0 ? shift : -shift);
	exponent -= shift;

	/* The quotient in three digits of base 2^32, from the top: divide by b * 2^64, b * 2^32, b. */
	uint64_t q = 0;
	uint32_t top = 0;

	for (int step = 2; step >= 0; step--) {
		sm_big divisor;
		uint32_t digit;

		sm_big_copy(&divisor, &b);
		sm_big_shift(&divisor, 32 * step);
		digit = sm_big_divide(&a, &divisor);
		top = step == 2 ? digit : top;
		q = q << 32 | digit;
	}

	bool more = a.n != 0;

	if (top != 0) {
		more = more || (q & 1) != 0;
		q = q >> 1 | UINT64_C(1) << 63;
		exponent++;
	}
	return round_to_bits(q, exponent, more);
}

static bool short_way(const decimal *d, double *out)
{
	static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
		1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	/* Both factors are exact (Clinger), so one rounding is the right one, where arithmetic is in double. */
	if (FLT_EVAL_METHOD != 0 || d->n > 19 || d->head > UINT64_C(1) << 53 || d->exponent < -22 || d->exponent > 22) {
		return false;
	}
	*out = (double)d->head;
	*out = d->exponent < 0 ? *out / power[-d->exponent] : *out * power[d->exponent];
	return true;
}

sm_status sm_number_parse(sm_bytes text, double *out)
{
	decimal d;
	uint64_t bits;

	if (!scan(text, &d)) {
		return SM_E_SYNTAX;
	}
	if (d.n == 0 || d.n + d.exponent < -323) {
		bits = 0;
	} else if (d.n + d.exponent > 309) {
		return SM_E_LIMIT;
	} else if (short_way(&d, out)) {
		*out = d.negative ? -*out : *out;
		return SM_OK;
	} else {
		bits = big_way(&d);
		if (bits == UINT64_C(0x7FF) << 52) {
			return SM_E_LIMIT;
		}
	}
	bits |= (uint64_t)d.negative << 63;
	memcpy(out, &bits, sizeof(bits));
	return SM_OK;
}
