/* Card numbers: digits as issuers give them, with one mark between groups at most. */
#include "redact_match.h"

#include <string.h>

/* Issuers' ranges and lengths. Lengths that only old cards or phone numbers have are left out. */
static bool is_issued(const char *d, size_t n)
{
	int two = (d[0] - '0') * 10 + d[1] - '0', four = (two * 10 + d[2] - '0') * 10 + d[3] - '0';
	switch (d[0]) {
	case '2':
		return four >= 2221 && four <= 2720 && n == 16;
	case '3':
		return two == 34 || two == 37 ? n == 15 : two == 35 ? n == 16 && four >= 3528 && four <= 3589
			: (two == 30 ? four < 3060 : two == 36 || two == 38 || two == 39) && (n == 14 || n == 16);
	case '4':
		return n == 16 || n == 19;
	case '5':
		return n == 16;
	case '6':
		return n >= 16 && n <= 19;
	default:
		return false;
	}
}

static bool has_check_digit(const char *d, size_t n)
{
	int sum = 0;
	for (size_t i = 0; i < n; i++) {
		int v = d[n - 1 - i] - '0';
		v = i % 2 == 1 ? v * 2 : v;
		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

/* ASCII or full-width. @return bytes of the digit at `at`, 0 = there is none */
static size_t digit_at(sm_bytes text, size_t at, char *digit)
{
	if (at < text.n && sm_is_digit(text.p[at])) {
		*digit = text.p[at];
		return 1;
	}
	if (at + 2 < text.n && memcmp(text.p + at, "\xef\xbc", 2) == 0 && (unsigned char)text.p[at + 2] >= 0x90 && (unsigned char)text.p[at + 2] <= 0x99) {
		*digit = (char)('0' + (unsigned char)text.p[at + 2] - 0x90);
		return 3;
	}
	return 0;
}

/* @param kind   ' ' for spaces and dashes of any width, which nothing else has between digits; '.' and '/' are in dates and sums too
 * @return bytes of the mark at `at`, 0 = none */
static size_t mark_at(sm_bytes text, size_t at, char *kind)
{
	static const struct { sm_bytes mark; char kind; } wide[] = {
		{SM_LIT("\xc2\xa0"), ' '}, {SM_LIT("\xc2\xad"), ' '}, {SM_LIT("\xe2\x80\xaf"), ' '}, {SM_LIT("\xe2\x81\x9f"), ' '}, {SM_LIT("\xe2\x81\xa0"), ' '},
		{SM_LIT("\xe2\x88\x92"), ' '}, {SM_LIT("\xe3\x80\x80"), ' '}, {SM_LIT("\xef\xbb\xbf"), ' '}, {SM_LIT("\xef\xbc\x8d"), ' '},
		{SM_LIT("\xc2\xb7"), '.'}, {SM_LIT("\xef\xbc\x8e"), '.'}, {SM_LIT("\xef\xbc\x8f"), '/'}
	};
	if (at >= text.n) {
		return 0;
	}
	char c = text.p[at];
	if (c == ' ' || c == '-' || c == '.' || c == '/') {
		*kind = c == '-' ? ' ' : c;
		return 1;
	}
	if ((unsigned char)c < 0x80) {
		return 0;
	}
	/* U+2000 to U+200F, U+2010 to U+2015: spaces, marks of no width, dashes */
	if (at + 2 < text.n && memcmp(text.p + at, "\xe2\x80", 2) == 0 && (unsigned char)text.p[at + 2] <= 0x95) {
		*kind = ' ';
		return 3;
	}
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
		if (text.n - at >= wide[i].mark.n && memcmp(text.p + at, wide[i].mark.p, wide[i].mark.n) == 0) {
			*kind = wide[i].kind;
			return wide[i].mark.n;
		}
	}
	return 0;
}

/* from: where one may begin, DE89 ... @return behind the longest account number (ISO 13616) whose check digits are right, as banks print it:
 * letters and digits, one space or dash between groups at most; 0 = none */
static size_t iban_end(sm_bytes text, size_t from)
{
	enum { IBAN_MIN = 15, IBAN_MAX = 34, HEAD = 4 };
	unsigned rest = 0;
	size_t n = 0, end = 0;
	char head[HEAD];
	for (size_t i = from; i < text.n && n < IBAN_MAX; i++) {
		char c = text.p[i];
		if ((c == ' ' || c == '-') && i > from && sm_is_alnum(text.p[i - 1])) {
			continue;
		}
		if (!sm_is_digit(c) && !(c >= 'A' && c <= 'Z')) {
			break;
		}
		if (n < HEAD) {
			head[n++] = c;
			continue;
		}
		rest = sm_is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10;
		rest %= 97;
		if (++n >= IBAN_MIN && (i + 1 == text.n || !sm_is_alnum(text.p[i + 1]))) {
			unsigned whole = (rest * 10000 + ((unsigned)(head[0] - 'A') + 10) * 100 + (unsigned)(head[1] - 'A') + 10) % 97;
			end = (whole * 100 + (unsigned)(head[2] - '0') * 10 + (unsigned)(head[3] - '0')) % 97 == 1 ? i + 1 : end;
		}
	}
	return end;
}

/* Whether [at, end) stands in an account number, part of which is a card's by chance. */
static bool is_in_iban(sm_bytes text, size_t at, size_t end)
{
	enum { BACK_MAX = 48 };
	for (size_t from = at; at - from < BACK_MAX; from--) {
		bool head = text.n - from > 4 && text.p[from] >= 'A' && text.p[from] <= 'Z' && text.p[from + 1] >= 'A' && text.p[from + 1] <= 'Z'
			&& sm_is_digit(text.p[from + 2]) && sm_is_digit(text.p[from + 3]);
		if (from == 0 || !sm_is_alnum(text.p[from - 1])) {
			if (head && iban_end(text, from) >= end) {
				return true;
			}
			if (from == 0 || (text.p[from - 1] != ' ' && text.p[from - 1] != '-')) {
				break;
			}
		}
	}
	return false;
}

size_t sm_match_card(sm_bytes text, size_t at)
{
	enum { DOTTED_MIN = 3 /* digits of a group before a dot or slash: no card is printed in smaller ones, dates, sums and versions are */ };
	char digits[19], d, kind, other = ' ';
	size_t n = 0, end = 0, group = 0;
	for (size_t i = at, w; i < text.n && n < sizeof digits; i += w) {
		w = digit_at(text, i, &d);
		if (w == 0) {
			/* one mark between groups */
			w = mark_at(text, i, &kind);
			if (w == 0 || digit_at(text, i + w, &d) == 0) {
				break;
			}
			if (kind != ' ' && (group < DOTTED_MIN || (other != ' ' && other != kind))) {
				break;
			}
			other = kind != ' ' ? kind : other;
			group = 0;
			continue;
		}
		digits[n++] = d;
		group++;
		size_t next = i + w;
		bool last = next >= text.n || (!sm_is_alnum(text.p[next]) && digit_at(text, next, &d) == 0);
		bool fraction = next + 1 < text.n && text.p[next] == '.' && sm_is_digit(text.p[next + 1]);
		if (last && !fraction && n >= 14 && is_issued(digits, n) && has_check_digit(digits, n)) {
			end = next;
		}
	}
	return end > 0 && is_in_iban(text, at, end) ? 0 : end;
}

bool sm_begins_group(sm_bytes text, size_t at)
{
	char d, before = at > 0 ? text.p[at - 1] : ' ';
	if (digit_at(text, at, &d) == 0 || sm_is_alnum(before) || before == '+' || (before == '.' && at > 1 && sm_is_digit(text.p[at - 2]))) {
		return false;
	}
	return at < 3 || digit_at(text, at - 3, &d) != 3;
}
