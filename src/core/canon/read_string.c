#include "reader.h"

#include <string.h>

/* ---- errors ---- */

sm_status sm_reader_fail_at(sm_reader *r, const char *at, sm_status status, const char *what)
{
	size_t position = (size_t)(at - r->start);

	sm_fail(r->e, status, "JSON, byte %zu: %s", position, what);
	if (r->e != NULL) {
		r->e->position = position;
	}
	return status;
}

sm_status sm_reader_fail(sm_reader *r, const char *what)
{
	return sm_reader_fail_at(r, r->p, SM_E_SYNTAX, r->p == r->end ? "the text ends too early" : what);
}

sm_status sm_reader_no_memory(sm_reader *r)
{
	return sm_reader_fail_at(r, r->p, SM_E_NOMEM, "out of memory");
}

/* ---- strings ---- */

/* Four hex digits at p. @return -1 when they are not */
static int read_hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4) {
		return -1;
	}
	for (int i = 0; i < 4; i++) {
		char c = p[i], lower = (char)(c | 0x20);

		if (c >= '0' && c <= '9') {
			v = v * 16 + (c - '0');
		} else if (lower >= 'a' && lower <= 'f') {
			v = v * 16 + (lower - 'a' + 10);
		} else {
			return -1;
		}
	}
	return v;
}

static char *put_utf8(char *out, int c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xC0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*out++ = (char)(0xE0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3F));
		*out++ = (char)(0x80 | (c & 0x3F));
	} else {
		*out++ = (char)(0xF0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3F));
		*out++ = (char)(0x80 | (c >> 6 & 0x3F));
		*out++ = (char)(0x80 | (c & 0x3F));
	}
	return out;
}

/* What stands behind a backslash, r->p. Writes at most as many bytes as it reads. */
static sm_status read_escape(sm_reader *r, char **out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = r->p - 1;
	const char *letter = r->p == r->end || *r->p == '\0' ? NULL : strchr(from, *r->p);
	int c, low;

	if (letter != NULL) {
		*(*out)++ = to[letter - from];
		r->p++;
		return SM_OK;
	}
	if (r->p == r->end || *r->p != 'u') {
		return sm_reader_fail(r, "not an escape sequence");
	}
	c = read_hex4(r->p + 1, r->end);
	if (c < 0) {
		r->p = r->end - r->p < 5 ? r->end : r->p;
		return sm_reader_fail(r, "\\u needs four hex digits");
	}
	r->p += 5;
	if (c >= 0xD800 && c <= 0xDFFF) {
		low = r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u' ? read_hex4(r->p + 2, r->end) : -1;
		if (c >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) {
			return sm_reader_fail_at(r, at, SM_E_SYNTAX, "a lone surrogate");
		}
		r->p += 6;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	*out = put_utf8(*out, c);
	return SM_OK;
}

/* Bytes from p that stand for themselves in a string. */
static const char *skip_plain(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\') {
		p++;
	}
	return p;
}

/* The string whose quote was taken. */
sm_status sm_read_string(sm_reader *r, sm_bytes *out)
{
	const char *at = r->p, *close;
	char *text, *to;

	r->p = skip_plain(r->p, r->end);
	close = r->p;
	while (close < r->end && *close == '\\' && r->end - close >= 2) {
		close = skip_plain(close + 2, r->end);
	}
	if (close == r->end || *close != '"') {
		bool control = close != r->end && *close != '\\';

		r->p = control ? close : r->end;
		return sm_reader_fail(r, "a control character in a string must be escaped");
	}
	if (!sm_utf8_valid((sm_bytes){at, (size_t)(close - at)})) {
		return sm_reader_fail_at(r, at, SM_E_SYNTAX, "the string is not valid UTF-8");
	}
	if (r->p == close) {
		*out = (sm_bytes){at, (size_t)(close - at)};
		r->p++;
		return SM_OK;
	}

	/* Escapes only shrink. */
	text = SM_NEW(r->arena, char, (size_t)(close - at) + 1);
	if (text == NULL) {
		return sm_reader_no_memory(r);
	}
	memcpy(text, at, (size_t)(r->p - at));
	to = text + (r->p - at);
	while (r->p < close) {
		const char *plain = r->p;
		sm_status status;

		if (*r->p == '\\') {
			r->p++;
			status = read_escape(r, &to);
			if (status != SM_OK) {
				return status;
			}
			continue;
		}
		r->p = skip_plain(plain, close);
		memcpy(to, plain, (size_t)(r->p - plain));
		to += r->p - plain;
	}
	*out = (sm_bytes){text, (size_t)(to - text)};
	r->p = close + 1;
	return SM_OK;
}
