#include "../canon.h"
#include "key_order.h"

#include <string.h>

/* ---- strings ---- */

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* True when one of eight bytes must be escaped: below 0x20, '"' or '\\'. Exact: a borrow from a byte that is
 * none of these would need one that is in a lower place. */
static inline bool must_escape_one(uint64_t word)
{
	uint64_t quote = word ^ (ONES * '"'), backslash = word ^ (ONES * '\\');

	return ((((word - ONES * 0x20) & ~word) | ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash)) & TOPS) !=
		0;
}

static inline bool must_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

/* Copies up to the first byte that must be escaped, or is not ASCII where `ascii`. @return bytes copied */
static inline size_t copy_clean(char *out, const char *p, size_t n, bool ascii)
{
	const uint64_t foreign = ascii ? TOPS : 0;
	size_t i = 0;
	uint64_t word;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		if (must_escape_one(word) || (word & foreign) != 0) {
			break;
		}
		memcpy(out + i, &word, sizeof(word));
	}
	if (i != 0 && n - i < sizeof(word)) {
		/* The rest once more with some bytes before it. */
		memcpy(&word, p + n - sizeof(word), sizeof(word));
		if (!must_escape_one(word) && (word & foreign) == 0) {
			memcpy(out + n - sizeof(word), &word, sizeof(word));
			return n;
		}
	}
	while (i < n && !must_escape((unsigned char)p[i]) && !(ascii && (unsigned char)p[i] >= 0x80)) {
		out[i] = p[i];
		i++;
	}
	return i;
}

/* The second byte of a short escape, 0 = there is none. */
static const char letters[256] = {
	['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};

static void put_escape(sm_buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	if (letters[c] != 0) {
		text[1] = letters[c];
		sm_buf_put(b, text, 2);
	} else {
		sm_buf_put(b, text, 6);
	}
}

/* The opening quote and i bytes of s stand behind b->n, in room that was reserved for s and two quotes. */
static void put_rest(sm_buf *b, sm_bytes s, size_t i)
{
	char *out;

	sm_buf_advance(b, i + 1);
	while (i < s.n) {
		size_t n;

		if (must_escape((unsigned char)s.p[i])) {
			put_escape(b, (unsigned char)s.p[i++]);
		}
		out = sm_buf_reserve(b, s.n - i + 1);
		if (out == NULL) {
			return;
		}
		n = copy_clean(out, s.p + i, s.n - i, false);
		sm_buf_advance(b, n);
		i += n;
	}
	sm_buf_putc(b, '"');
}

/* Every byte of a string gives at least one, so this room is needed in any case. */
static char *reserve_quoted(sm_buf *b, sm_bytes s)
{
	return sm_buf_reserve(b, s.n > SIZE_MAX - 2 ? SIZE_MAX : s.n + 2);
}

static size_t quoted_size(sm_bytes s)
{
	size_t n = s.n + 2;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (must_escape(c)) {
			n += letters[c] != 0 ? 1 : 5;
		}
	}
	return n;
}

static size_t string_size(sm_bytes s)
{
	return sm_utf8_valid(s) ? quoted_size(s) : sizeof("{\"$bin\":\"\"}") - 1 + (s.n + 2) / 3 * 4;
}

/* A counting buffer cannot take a string that is larger than itself. @return true when it was counted, and is done */
static bool counted(sm_buf *b, sm_bytes s, size_t (*size_of)(sm_bytes s))
{
	/* no string of half the buffer becomes larger than the buffer at once: base64 adds a third, escapes come one by one */
	if (b->most == b->max || s.n <= b->max / 2) {
		return false;
	}
	size_t n = s.n > b->most ? s.n : size_of(s);

	if (n <= b->max - b->n && b->dropped == 0) {
		return false;
	}
	(void)sm_buf_count(b, n);
	return true;
}

void sm_canon_quoted(sm_buf *b, sm_bytes s)
{
	char *out = counted(b, s, quoted_size) ? NULL : reserve_quoted(b, s);
	size_t i;

	if (out == NULL) {
		return;
	}
	*out = '"';
	i = copy_clean(out + 1, s.p, s.n, false);
	if (i == s.n) {
		out[i + 1] = '"';
		sm_buf_advance(b, i + 2);
	} else {
		put_rest(b, s, i);
	}
}

void sm_canon_string(sm_buf *b, sm_bytes s)
{
	char *out = counted(b, s, string_size) ? NULL : reserve_quoted(b, s);
	size_t i;

	if (out == NULL) {
		return;
	}
	*out = '"';
	i = copy_clean(out + 1, s.p, s.n, true);
	if (i == s.n) {
		out[i + 1] = '"';
		sm_buf_advance(b, i + 2);
	} else if (sm_utf8_valid((sm_bytes){s.p + i, s.n - i})) {
		put_rest(b, s, i);
	} else {
		sm_buf_puts(b, "{\"$bin\":\"");
		sm_base64_put(b, (const uint8_t *)s.p, s.n);
		sm_buf_puts(b, "\"}");
	}
}

/* ---- numbers ---- */

void sm_canon_int(sm_buf *b, int64_t v)
{
	bool safe = v >= -SM_MAX_SAFE_INT && v <= SM_MAX_SAFE_INT;

	if (!safe) {
		sm_buf_puts(b, "{\"$int\":\"");
	}
	sm_buf_int(b, v);
	if (!safe) {
		sm_buf_puts(b, "\"}");
	}
}

void sm_canon_double(sm_buf *b, double v)
{
	char text[32];
	size_t n = sm_number_format(v, text);

	if (n != 0) {
		sm_buf_put(b, text, n);
	} else {
		sm_buf_puts(b, v > 0 ? "{\"$f64\":\"Infinity\"}" : v < 0 ? "{\"$f64\":\"-Infinity\"}" : "{\"$f64\":\"NaN\"}");
	}
}

/* ---- trees ---- */

typedef struct writer {
	sm_buf *b;
	sm_arena scratch; /* for sorting */
	sm_error *e;
} writer;

static sm_status write_value(writer *w, const sm_json *v, int depth);

static sm_status write_array(writer *w, const sm_json *v, int depth)
{
	sm_buf_putc(w->b, '[');
	for (size_t i = 0; i < v->u.a.n; i++) {
		sm_status status;

		if (i != 0) {
			sm_buf_putc(w->b, ',');
		}
		status = write_value(w, &v->u.a.items[i], depth);
		if (status != SM_OK) {
			return status;
		}
	}
	sm_buf_putc(w->b, ']');
	return SM_OK;
}

static sm_status write_object(writer *w, const sm_json *v, int depth)
{
	const sm_json_member *items = v->u.o.items;
	const size_t n = v->u.o.n;
	const bool escaped = n == 1 && sm_canon_key_is_tag(items[0].key);
	sm_key_order order;
	sm_status status;

	for (size_t i = 0; i < n; i++) {
		if (!sm_utf8_valid(items[i].key)) {
			return sm_fail(w->e, SM_E_ENCODING, "An object key is not UTF-8: \"%.*s\"",
				(int)(items[i].key.n < 200 ? items[i].key.n : 200), items[i].key.p);
		}
	}
	status = sm_key_order_of(&order, &w->scratch, items, n);
	if (status == SM_E_ENCODING) {
		return sm_fail(w->e, status, "The object key \"%.*s\" occurs twice",
			(int)(order.twin->key.n < 200 ? order.twin->key.n : 200), order.twin->key.p);
	}
	if (status != SM_OK) {
		return sm_fail(w->e, status, "Out of memory while sorting %zu object keys", n);
	}

	if (escaped) {
		sm_buf_puts(w->b, "{\"$esc\":");
	}
	sm_buf_putc(w->b, '{');
	for (size_t i = 0; i < n; i++) {
		const sm_json_member *member = order.sorted == NULL ? &items[i] : order.sorted[i];

		if (i != 0) {
			sm_buf_putc(w->b, ',');
		}
		sm_canon_quoted(w->b, member->key);
		sm_buf_putc(w->b, ':');
		status = write_value(w, member->value, depth);
		if (status != SM_OK) {
			return status;
		}
	}
	sm_buf_putc(w->b, '}');
	if (escaped) {
		sm_buf_putc(w->b, '}');
	}
	return SM_OK;
}

static sm_status write_value(writer *w, const sm_json *v, int depth)
{
	switch (v->kind) {
	case SM_JSON_NULL:
		sm_buf_puts(w->b, "null");
		break;
	case SM_JSON_FALSE:
		sm_buf_puts(w->b, "false");
		break;
	case SM_JSON_TRUE:
		sm_buf_puts(w->b, "true");
		break;
	case SM_JSON_INT:
		sm_canon_int(w->b, v->u.i);
		break;
	case SM_JSON_DOUBLE:
		sm_canon_double(w->b, v->u.f);
		break;
	case SM_JSON_STRING:
		sm_canon_string(w->b, v->u.s);
		break;
	case SM_JSON_RAW:
		sm_buf_put(w->b, v->u.s.p, v->u.s.n);
		break;
	case SM_JSON_ARRAY:
	case SM_JSON_OBJECT:
		if (depth == SM_MAX_DEPTH) {
			return sm_fail_limit(w->e, "depth", SM_MAX_DEPTH, SM_MAX_DEPTH + 1);
		}
		return v->kind == SM_JSON_ARRAY ? write_array(w, v, depth + 1) : write_object(w, v, depth + 1);
	default:
		return sm_fail(w->e, SM_E_ENCODING, "Not a kind of JSON value: %d", (int)v->kind);
	}
	/* A full buffer ends the walk: the size of the tree may be far over the limit. */
	return w->b->status;
}

sm_status sm_json_write(sm_buf *b, const sm_json *v, sm_error *e)
{
	writer w = {.b = b, .e = e};
	const size_t start = b->n;
	sm_status status;

	sm_arena_init(&w.scratch, b->arena->a);
	status = write_value(&w, v, 0);
	sm_arena_free(&w.scratch);
	if (status == SM_OK) {
		status = b->status;
	}
	if (b->status == SM_E_LIMIT) {
		sm_fail_limit(e, "bytes of canonical text", (int64_t)b->max, (int64_t)b->max + 1);
	} else if (b->status != SM_OK) {
		sm_fail(e, status, "Out of memory after %zu bytes of canonical text", b->n);
	}
	if (status != SM_OK && b->p != NULL) {
		b->n = start;
		b->p[start] = '\0';
	}
	return status;
}
