#include "base.h"

#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- bytes ---- */

sm_bytes sm_cstr(const char *s)
{
	return (sm_bytes){s, s == NULL ? 0 : strlen(s)};
}

bool sm_bytes_eq(sm_bytes a, sm_bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int sm_bytes_cmp(sm_bytes a, sm_bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* Length of the UTF-8 sequence at p, 0 when it is not one. n > 0. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char c = p[0];
	unsigned char low = 0x80, high = 0xBF; /* of the second byte: here overlong forms and surrogates differ */
	size_t len;

	if (c < 0x80) {
		return 1;
	}
	if (c < 0xC2 || c > 0xF4) {
		return 0;
	}
	if (c < 0xE0) {
		len = 2;
	} else if (c < 0xF0) {
		len = 3;
		low = c == 0xE0 ? 0xA0 : 0x80;
		high = c == 0xED ? 0x9F : 0xBF;
	} else {
		len = 4;
		low = c == 0xF0 ? 0x90 : 0x80;
		high = c == 0xF4 ? 0x8F : 0xBF;
	}
	if (n < len || p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			return 0;
		}
	}
	return len;
}

bool sm_utf8_valid(sm_bytes b)
{
	const unsigned char *p = (const unsigned char *)b.p;
	size_t i = 0;

	while (i < b.n) {
		uint64_t word;
		size_t len;

		while (b.n - i >= sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			if ((word & UINT64_C(0x8080808080808080)) != 0) {
				break;
			}
			i += sizeof(word);
		}
		if (i == b.n) {
			break;
		}
		len = utf8_sequence(p + i, b.n - i);
		if (len == 0) {
			return false;
		}
		i += len;
	}
	return true;
}

/* ---- errors ---- */

/* Makes the message UTF-8: foreign bytes become '?', a sequence that the end of the buffer cut goes. */
static void clean_message(char *message, bool cut)
{
	unsigned char *p = (unsigned char *)message;
	size_t n = strlen(message);

	for (size_t i = 0; i < n;) {
		size_t len = utf8_sequence(p + i, n - i);

		if (len != 0) {
			i += len;
			continue;
		}
		if (cut && n - i < 4 && p[i] >= 0xC2) {
			bool rest = true;

			for (size_t j = i + 1; j < n; j++) {
				rest = rest && (p[j] & 0xC0) == 0x80;
			}
			if (rest) {
				p[i] = '\0';
				return;
			}
		}
		p[i++] = '?';
	}
}

sm_status sm_fail(sm_error *e, sm_status status, const char *format, ...)
{
	va_list args;
	int n;

	if (e == NULL) {
		return status;
	}
	/* The arguments may point into e->message of an error that is being wrapped. */
	char message[sizeof(e->message)] = "";

	va_start(args, format);
	n = vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	*e = (sm_error){.limit = NULL};
	memcpy(e->message, message, sizeof(message));
	clean_message(e->message, n >= (int)sizeof(message));
	return status;
}

sm_status sm_fail_limit(sm_error *e, const char *limit, int64_t value, int64_t got)
{
	sm_fail(e, SM_E_LIMIT, "The limit %s is %" PRId64 ", got %" PRId64, limit, value, got);
	if (e != NULL) {
		e->limit = limit;
		e->limit_value = value;
		e->got = got;
	}
	return SM_E_LIMIT;
}

/* ---- hex and base64 ---- */

void sm_hex(char *out, const uint8_t *p, size_t n)
{
	sodium_bin2hex(out, 2 * n + 1, p, n);
}

bool sm_is_hex(sm_bytes b, size_t digits)
{
	if (b.n != digits) {
		return false;
	}
	for (size_t i = 0; i < b.n; i++) {
		if (!((b.p[i] >= '0' && b.p[i] <= '9') || (b.p[i] >= 'a' && b.p[i] <= 'f'))) {
			return false;
		}
	}
	return true;
}

bool sm_unhex(uint8_t *out, size_t n, sm_bytes hex)
{
	/* libsodium's decoder alone would take upper case. */
	return n <= SIZE_MAX / 2 && sm_is_hex(hex, 2 * n) &&
		(n == 0 || sodium_hex2bin(out, n, hex.p, hex.n, NULL, NULL, NULL) == 0);
}

void sm_base64_put(sm_buf *b, const uint8_t *p, size_t n)
{
	size_t len = n > SIZE_MAX / 2 ? SIZE_MAX : (n + 2) / 3 * 4;
	char *out = sm_buf_reserve(b, len);

	if (out != NULL) {
		sodium_bin2base64(out, len + 1, p, n, sodium_base64_VARIANT_ORIGINAL);
		sm_buf_advance(b, len);
	}
}

/* libsodium 1.0.18 takes some bytes above 0x7F for digits (it tests them as negative chars). */
static bool is_ascii(sm_bytes b)
{
	unsigned char all = 0;

	for (size_t i = 0; i < b.n; i++) {
		all |= (unsigned char)b.p[i];
	}
	return all < 0x80;
}

sm_status sm_base64_read(sm_arena *arena, sm_bytes text, sm_bytes *out)
{
	uint8_t *p;
	size_t n;

	*out = (sm_bytes){NULL, 0};
	if (text.n % 4 != 0 || !is_ascii(text)) {
		return SM_E_SYNTAX;
	}
	p = sm_arena_alloc(arena, text.n / 4 * 3 + 1, 1);
	if (p == NULL) {
		return SM_E_NOMEM;
	}
	if (text.n == 0) {
		*out = (sm_bytes){(const char *)p, 0};
		return SM_OK;
	}
	if (sodium_base642bin(p, text.n / 4 * 3, text.p, text.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
		return SM_E_SYNTAX;
	}
	*out = (sm_bytes){(const char *)p, n};
	return SM_OK;
}
