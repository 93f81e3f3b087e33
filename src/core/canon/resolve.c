#include "resolve.h"

#include <math.h>
#include <string.h>

typedef struct resolver {
	sm_arena *arena;
	sm_bytes text;
	size_t deepest;
	sm_error *e;
} resolver;

sm_status sm_resolve_too_deep(sm_error *e, size_t position)
{
	sm_fail_limit(e, "depth", SM_MAX_DEPTH, SM_MAX_DEPTH + 1);
	if (e != NULL) {
		e->position = position;
	}
	return SM_E_LIMIT;
}

/* `key` lies in the text unless it was written with escapes. */
static sm_status malformed(resolver *r, sm_bytes key, const char *why)
{
	uintptr_t at = (uintptr_t)key.p, start = (uintptr_t)r->text.p;
	bool known = at >= start && at - start < r->text.n;

	sm_fail(r->e, SM_E_SYNTAX, "JSON, tag %.*s: %s", (int)key.n, key.p, why);
	if (r->e != NULL && known) {
		r->e->position = (size_t)(at - start);
	}
	return SM_E_SYNTAX;
}

/* A decimal integer as sm_canon_int writes it. */
static bool parse_int(sm_bytes s, int64_t *out)
{
	bool negative = s.n != 0 && s.p[0] == '-';
	uint64_t v = 0, max = (uint64_t)INT64_MAX + negative;

	if (s.n == negative || s.n > 20 || s.p[negative] == '0') {
		return false;
	}
	for (size_t i = negative; i < s.n; i++) {
		uint64_t digit;

		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
		digit = (uint64_t)(s.p[i] - '0');
		if (v > (max - digit) / 10) {
			return false;
		}
		v = v * 10 + digit;
	}
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return v > (uint64_t)SM_MAX_SAFE_INT;
}

static sm_status resolve_leaf(resolver *r, sm_bytes tag, sm_json *v)
{
	sm_bytes s = v->u.o.items[0].value->u.s;
	sm_json resolved;

	if (v->u.o.items[0].value->kind != SM_JSON_STRING) {
		return malformed(r, tag, "its value must be a string");
	}
	if (tag.p[1] == 'i') {
		resolved.kind = SM_JSON_INT;
		if (!parse_int(s, &resolved.u.i)) {
			return malformed(r, tag, "not a 64-bit integer beyond 2^53-1 in its shortest form");
		}
	} else if (tag.p[1] == 'f') {
		resolved.kind = SM_JSON_DOUBLE;
		if (sm_bytes_eq(s, SM_STR("NaN"))) {
			resolved.u.f = (double)NAN;
		} else if (sm_bytes_eq(s, SM_STR("Infinity"))) {
			resolved.u.f = (double)INFINITY;
		} else if (sm_bytes_eq(s, SM_STR("-Infinity"))) {
			resolved.u.f = (double)-INFINITY;
		} else {
			return malformed(r, tag, "not NaN, Infinity or -Infinity");
		}
	} else {
		resolved.kind = SM_JSON_STRING;
		sm_status status = sm_base64_read(r->arena, s, &resolved.u.s);

		if (status == SM_E_NOMEM) {
			return sm_fail(r->e, status, "Out of memory while reading a $bin of %zu bytes", s.n);
		}
		if (status != SM_OK) {
			return malformed(r, tag, "not base64 with padding");
		}
		if (sm_utf8_valid(resolved.u.s)) {
			return malformed(r, tag, "its bytes are valid UTF-8, so canonical text has a plain string");
		}
	}
	*v = resolved;
	return SM_OK;
}

static bool is_tagged(const sm_json *v)
{
	return v->kind == SM_JSON_OBJECT && v->u.o.n == 1 && sm_canon_key_is_tag(v->u.o.items[0].key);
}

static sm_status resolve(resolver *r, sm_json *v, int depth)
{
	if (is_tagged(v)) {
		sm_bytes tag = v->u.o.items[0].key;

		if (tag.p[1] != 'e') {
			return resolve_leaf(r, tag, v);
		}
		sm_json inside = *v->u.o.items[0].value;

		if (!is_tagged(&inside)) {
			return malformed(r, tag, "it must wrap an object with exactly one key that is a tag");
		}
		*v = inside;
	}
	if (v->kind != SM_JSON_OBJECT && v->kind != SM_JSON_ARRAY) {
		return SM_OK;
	}
	if (depth == SM_MAX_DEPTH) {
		return sm_resolve_too_deep(r->e, r->deepest);
	}

	const size_t n = v->kind == SM_JSON_ARRAY ? v->u.a.n : v->u.o.n;

	for (size_t i = 0; i < n; i++) {
		sm_json *inner = v->kind == SM_JSON_ARRAY ? &v->u.a.items[i] : v->u.o.items[i].value;
		sm_status status = resolve(r, inner, depth + 1);

		if (status != SM_OK) {
			return status;
		}
	}
	return SM_OK;
}

sm_status sm_resolve_tags(sm_arena *arena, sm_json *root, sm_bytes text, size_t deepest, sm_error *e)
{
	resolver r = {.arena = arena, .text = text, .deepest = deepest, .e = e};

	return resolve(&r, root, 0);
}
