/* The strict reader: one pass over the text makes a plain tree, a second one resolves the tags where there are
 * any (whether {"$esc":...} is a wrapper shows only at its end, and decides how its inside is read). */
#include "../canon.h"
#include "key_order.h"
#include "resolve.h"

#include <string.h>

/* A member or an item that waits for the end of its object or array. */
typedef struct entry {
	sm_bytes key;
	sm_json value;
} entry;

typedef struct reader {
	const char *start, *p, *end;
	sm_arena *arena;
	sm_arena scratch; /* for sorting */
	sm_error *e;
	entry *stack;
	size_t n, cap;
	bool tags;           /* an object with exactly one key that is a tag was seen */
	const char *deepest; /* where more than SM_MAX_DEPTH levels were open first, or NULL */
} reader;

static sm_status read_value(reader *r, int depth, sm_json *out);

/* ---- errors ---- */

static sm_status fail_at(reader *r, const char *at, sm_status status, const char *what)
{
	size_t position = (size_t)(at - r->start);

	sm_fail(r->e, status, "JSON, byte %zu: %s", position, what);
	if (r->e != NULL) {
		r->e->position = position;
	}
	return status;
}

static sm_status fail(reader *r, const char *what)
{
	return fail_at(r, r->p, SM_E_SYNTAX, r->p == r->end ? "the text ends too early" : what);
}

static sm_status out_of_memory(reader *r)
{
	return fail_at(r, r->p, SM_E_NOMEM, "out of memory");
}

/* ---- tokens ---- */

static void skip_space(reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r')) {
		r->p++;
	}
}

static bool take(reader *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c) {
		return false;
	}
	r->p++;
	return true;
}

static sm_status read_word(reader *r, const char *word, sm_json_kind kind, sm_json *out)
{
	const char *at = r->p;

	for (; *word != '\0'; word++, r->p++) {
		if (r->p == r->end || *r->p != *word) {
			if (r->p != r->end) {
				r->p = at;
			}
			return fail(r, "a value was expected");
		}
	}
	out->kind = kind;
	return SM_OK;
}

static sm_status read_number(reader *r, sm_json *out)
{
	const char *at = r->p, *p = at + (*at == '-'), *digits = p;
	int64_t i = 0;
	double f;
	sm_status status;

	while (p < r->end && p - digits < 15 && *p >= '0' && *p <= '9') {
		i = i * 10 + (*p++ - '0');
	}
	if (p > digits && (*digits != '0' || p == digits + 1) &&
		(p == r->end || (*p != '.' && *p != 'e' && *p != 'E' && (*p < '0' || *p > '9')))) {
		r->p = p;
		out->kind = SM_JSON_INT;
		out->u.i = *at == '-' ? -i : i;
		return SM_OK;
	}
	while (p < r->end && ((*p >= '0' && *p <= '9') || *p == '.' || *p == 'e' || *p == 'E' || *p == '+' || *p == '-')) {
		p++;
	}
	status = sm_number_parse((sm_bytes){at, (size_t)(p - at)}, &f);
	if (status == SM_E_LIMIT) {
		return fail_at(r, at, status, "the number is beyond the range of a double");
	}
	if (status != SM_OK && p == r->end) {
		return fail_at(r, p, status, "the text ends in the middle of a number, or this is none");
	}
	if (status != SM_OK) {
		return fail_at(r, at, status, "not a JSON number");
	}
	r->p = p;
	if (f >= (double)-SM_MAX_SAFE_INT && f <= (double)SM_MAX_SAFE_INT && f == (double)(int64_t)f) {
		out->kind = SM_JSON_INT;
		out->u.i = (int64_t)f;
	} else {
		out->kind = SM_JSON_DOUBLE;
		out->u.f = f;
	}
	return SM_OK;
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
static sm_status read_escape(reader *r, char **out)
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
		return fail(r, "not an escape sequence");
	}
	c = read_hex4(r->p + 1, r->end);
	if (c < 0) {
		r->p = r->end - r->p < 5 ? r->end : r->p;
		return fail(r, "\\u needs four hex digits");
	}
	r->p += 5;
	if (c >= 0xD800 && c <= 0xDFFF) {
		low = r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u' ? read_hex4(r->p + 2, r->end) : -1;
		if (c >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) {
			return fail_at(r, at, SM_E_SYNTAX, "a lone surrogate");
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
static sm_status read_string(reader *r, sm_bytes *out)
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
		return fail(r, "a control character in a string must be escaped");
	}
	if (!sm_utf8_valid((sm_bytes){at, (size_t)(close - at)})) {
		return fail_at(r, at, SM_E_SYNTAX, "the string is not valid UTF-8");
	}
	if (r->p == close) {
		*out = (sm_bytes){at, (size_t)(close - at)};
		r->p++;
		return SM_OK;
	}

	/* Escapes only shrink. */
	text = SM_NEW(r->arena, char, (size_t)(close - at) + 1);
	if (text == NULL) {
		return out_of_memory(r);
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

/* ---- arrays and objects ---- */

static sm_status push(reader *r, const entry *one)
{
	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 64 : r->cap * 2;
		entry *grown =
			cap > SIZE_MAX / sizeof(entry) ? NULL : r->arena->a->alloc(r->arena->a->ctx, cap * sizeof(entry));

		if (grown == NULL) {
			return out_of_memory(r);
		}
		if (r->stack != NULL) {
			memcpy(grown, r->stack, r->n * sizeof(entry));
			r->arena->a->release(r->arena->a->ctx, r->stack);
		}
		r->stack = grown;
		r->cap = cap;
	}
	r->stack[r->n++] = *one;
	return SM_OK;
}

static sm_status read_array(reader *r, int depth, sm_json *out)
{
	const size_t base = r->n;

	if (!take(r, ']')) {
		do {
			entry one = {.key = {NULL, 0}};
			sm_status status = read_value(r, depth, &one.value);

			status = status == SM_OK ? push(r, &one) : status;
			if (status != SM_OK) {
				return status;
			}
		} while (take(r, ','));
		if (!take(r, ']')) {
			return fail(r, "',' or ']' was expected");
		}
	}

	const size_t n = r->n - base;
	sm_json *items = n == 0 ? NULL : SM_NEW(r->arena, sm_json, n);

	if (n != 0 && items == NULL) {
		return out_of_memory(r);
	}
	for (size_t i = 0; i < n; i++) {
		items[i] = r->stack[base + i].value;
	}
	r->n = base;
	out->kind = SM_JSON_ARRAY;
	out->u.a.items = items;
	out->u.a.n = out->u.a.cap = n;
	return SM_OK;
}

static sm_status read_member(reader *r, int depth, entry *one)
{
	sm_status status;

	if (!take(r, '"')) {
		return fail(r, "an object key was expected");
	}
	status = read_string(r, &one->key);
	if (status == SM_OK && !take(r, ':')) {
		status = fail(r, "':' was expected");
	}
	return status == SM_OK ? read_value(r, depth, &one->value) : status;
}

static sm_status close_object(reader *r, const char *at, size_t base, sm_json *out)
{
	const size_t n = r->n - base;
	sm_json_member *items = n == 0 ? NULL : SM_NEW(r->arena, sm_json_member, n);
	sm_json *values = n == 0 ? NULL : SM_NEW(r->arena, sm_json, n);
	sm_key_order order;
	sm_status status;

	if (n != 0 && (items == NULL || values == NULL)) {
		return out_of_memory(r);
	}
	for (size_t i = 0; i < n; i++) {
		values[i] = r->stack[base + i].value;
		items[i] = (sm_json_member){r->stack[base + i].key, &values[i]};
	}
	r->n = base;
	status = sm_key_order_of(&order, &r->scratch, items, n);
	if (status == SM_E_ENCODING) {
		size_t position = (size_t)(at - r->start);

		sm_fail(r->e, SM_E_SYNTAX, "JSON, object at byte %zu: the key \"%.*s\" occurs twice", position,
			(int)(order.twin->key.n < 200 ? order.twin->key.n : 200), order.twin->key.p);
		if (r->e != NULL) {
			r->e->position = position;
		}
		return SM_E_SYNTAX;
	}
	if (status != SM_OK) {
		return out_of_memory(r);
	}
	r->tags = r->tags || (n == 1 && sm_canon_key_is_tag(items[0].key));
	out->kind = SM_JSON_OBJECT;
	out->u.o.items = items;
	out->u.o.n = out->u.o.cap = n;
	return SM_OK;
}

static sm_status read_object(reader *r, int depth, sm_json *out)
{
	const size_t base = r->n;
	const char *at = r->p - 1;

	if (!take(r, '}')) {
		do {
			entry one;
			sm_status status = read_member(r, depth, &one);

			status = status == SM_OK ? push(r, &one) : status;
			if (status != SM_OK) {
				return status;
			}
		} while (take(r, ','));
		if (!take(r, '}')) {
			return fail(r, "',' or '}' was expected");
		}
	}
	return close_object(r, at, base, out);
}

static sm_status read_value(reader *r, int depth, sm_json *out)
{
	skip_space(r);
	if (r->p == r->end) {
		return fail(r, "");
	}
	*out = (sm_json){.kind = SM_JSON_NULL};
	switch (*r->p) {
	case '{':
	case '[':
		/* Each level may be wrapped in $esc, and the innermost may hold one tag. */
		if (depth >= SM_MAX_DEPTH && r->deepest == NULL) {
			r->deepest = r->p;
		}
		if (depth > 2 * SM_MAX_DEPTH) {
			return sm_resolve_too_deep(r->e, (size_t)(r->deepest - r->start));
		}
		return *r->p++ == '[' ? read_array(r, depth + 1, out) : read_object(r, depth + 1, out);
	case '"':
		r->p++;
		out->kind = SM_JSON_STRING;
		return read_string(r, &out->u.s);
	case 't':
		return read_word(r, "true", SM_JSON_TRUE, out);
	case 'f':
		return read_word(r, "false", SM_JSON_FALSE, out);
	case 'n':
		return read_word(r, "null", SM_JSON_NULL, out);
	default:
		if (*r->p == '-' || (*r->p >= '0' && *r->p <= '9')) {
			return read_number(r, out);
		}
		return fail(r, "a value was expected");
	}
}

sm_status sm_json_read(sm_arena *arena, sm_bytes text, sm_json **out, sm_error *e)
{
	const char *start = text.n == 0 ? "" : text.p;
	reader r = {.start = start, .p = start, .end = start + text.n, .arena = arena, .e = e};
	sm_json *root = sm_json_new(arena, SM_JSON_NULL);
	sm_status status;

	*out = NULL;
	if (root == NULL) {
		return out_of_memory(&r);
	}
	sm_arena_init(&r.scratch, arena->a);
	status = read_value(&r, 0, root);
	if (status == SM_OK) {
		skip_space(&r);
		if (r.p != r.end) {
			status = fail(&r, "something stands behind the value");
		}
	}
	if (status == SM_OK && (r.tags || r.deepest != NULL)) {
		status = sm_resolve_tags(arena, root, text, r.deepest == NULL ? 0 : (size_t)(r.deepest - r.start), e);
	}
	if (r.stack != NULL) {
		arena->a->release(arena->a->ctx, r.stack);
	}
	sm_arena_free(&r.scratch);
	*out = status == SM_OK ? root : NULL;
	return status;
}
