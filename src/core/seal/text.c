#include "text.h"

#include <string.h>

sm_bytes sm_text_skip(sm_bytes b, size_t n)
{
	return (sm_bytes){b.n == 0 ? b.p : b.p + n, b.n - n};
}

bool sm_text_starts(sm_bytes b, sm_bytes with)
{
	return b.n >= with.n && memcmp(b.p, with.p, with.n) == 0;
}

bool sm_text_line(sm_bytes *rest, sm_bytes *line)
{
	const char *end = rest->n == 0 ? NULL : memchr(rest->p, '\n', rest->n);

	if (end == NULL) {
		return false;
	}
	*line = (sm_bytes){rest->p, (size_t)(end - rest->p)};
	*rest = sm_text_skip(*rest, line->n + 1);
	return true;
}

bool sm_text_decimal(sm_bytes text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.n == 0 || text.n > 19 || (text.n > 1 && text.p[0] == '0')) {
		return false;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return false;
		}
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	/* 19 digits fit 64 bits, not all of them 63. */
	if (v > INT64_MAX) {
		return false;
	}
	*out = v;
	return true;
}

void sm_text_put_decimal(sm_buf *b, uint64_t v)
{
	sm_buf_int(b, (int64_t)v);
}

/* Value of a base64 digit, 64 for anything else. */
static unsigned digit(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return (unsigned)(c - 'A');
	}
	if (c >= 'a' && c <= 'z') {
		return (unsigned)(c - 'a') + 26;
	}
	if (c >= '0' && c <= '9') {
		return (unsigned)(c - '0') + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

bool sm_text_base64(sm_bytes text, uint8_t *out, size_t cap, size_t *n)
{
	size_t pads = 0, at = 0;

	if (text.n == 0 || text.n % 4 != 0) {
		return false;
	}
	while (pads < 2 && text.p[text.n - 1 - pads] == '=') {
		pads++;
	}
	for (size_t i = 0; i < text.n; i += 4) {
		unsigned group = 0, bad = 0, kept = i + 4 == text.n ? 3 - (unsigned)pads : 3;

		for (size_t k = 0; k < 4; k++) {
			unsigned d = k > kept ? 0 : digit(text.p[i + k]);

			bad |= d;
			group = group << 6 | (d & 63);
		}
		if ((bad & 64) != 0 || (kept < 3 && (group & ((1u << (8 * (3 - kept))) - 1)) != 0)) {
			return false;
		}
		for (unsigned k = 0; k < kept; k++, at++) {
			if (at < cap) {
				out[at] = (uint8_t)(group >> (16 - 8 * k));
			}
		}
	}
	*n = at;
	return true;
}
