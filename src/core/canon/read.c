/* The strict reader: one pass over the text makes a plain tree, a second one resolves the tags where there are
 * any (whether {"$esc":...} is a wrapper shows only at its end, and decides how its inside is read). */
#include "key_order.h"
#include "reader.h"
#include "resolve.h"

#include <string.h>

static sm_status read_value(sm_reader *r, int depth, sm_json *out);

/* ---- tokens ---- */

static void skip_space(sm_reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r')) {
		r->p++;
	}
}

static bool take(sm_reader *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c) {
		return false;
	}
	r->p++;
	return true;
}

static sm_status read_word(sm_reader *r, const char *word, sm_json_kind kind, sm_json *out)
{
	const char *at = r->p;

	for (; *word != '\0'; word++, r->p++) {
		if (r->p == r->end || *r->p != *word) {
			if (r->p != r->end) {
				r->p = at;
			}
			return sm_reader_fail(r, "a value was expected");
		}
	}
	out->kind = kind;
	return SM_OK;
}

static sm_status read_number(sm_reader *r, sm_json *out)
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
		return sm_reader_fail_at(r, at, status, "the number is beyond the range of a double");
	}
	if (status != SM_OK && p == r->end) {
		return sm_reader_fail_at(r, p, status, "the text ends in the middle of a number, or this is none");
	}
	if (status != SM_OK) {
		return sm_reader_fail_at(r, at, status, "not a JSON number");
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

/* ---- arrays and objects ---- */

static sm_status push(sm_reader *r, const sm_reader_entry *one)
{
	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 64 : r->cap * 2;
		sm_reader_entry *grown = cap > SIZE_MAX / sizeof(sm_reader_entry) ?
			NULL :
			r->arena->a->alloc(r->arena->a->ctx, cap * sizeof(sm_reader_entry));

		if (grown == NULL) {
			return sm_reader_no_memory(r);
		}
		if (r->stack != NULL) {
			memcpy(grown, r->stack, r->n * sizeof(sm_reader_entry));
			r->arena->a->release(r->arena->a->ctx, r->stack);
		}
		r->stack = grown;
		r->cap = cap;
	}
	r->stack[r->n++] = *one;
	return SM_OK;
}

static sm_status read_array(sm_reader *r, int depth, sm_json *out)
{
	const size_t base = r->n;

	if (!take(r, ']')) {
		do {
			sm_reader_entry one = {.key = {NULL, 0}};
			sm_status status = read_value(r, depth, &one.value);

			status = status == SM_OK ? push(r, &one) : status;
			if (status != SM_OK) {
				return status;
			}
		} while (take(r, ','));
		if (!take(r, ']')) {
			return sm_reader_fail(r, "',' or ']' was expected");
		}
	}

	const size_t n = r->n - base;
	sm_json *items = n == 0 ? NULL : SM_NEW(r->arena, sm_json, n);

	if (n != 0 && items == NULL) {
		return sm_reader_no_memory(r);
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

static sm_status read_member(sm_reader *r, int depth, sm_reader_entry *one)
{
	sm_status status;

	if (!take(r, '"')) {
		return sm_reader_fail(r, "an object key was expected");
	}
	status = sm_read_string(r, &one->key);
	if (status == SM_OK && !take(r, ':')) {
		status = sm_reader_fail(r, "':' was expected");
	}
	return status == SM_OK ? read_value(r, depth, &one->value) : status;
}

static sm_status close_object(sm_reader *r, const char *at, size_t base, sm_json *out)
{
	const size_t n = r->n - base;
	sm_json_member *items = n == 0 ? NULL : SM_NEW(r->arena, sm_json_member, n);
	sm_json *values = n == 0 ? NULL : SM_NEW(r->arena, sm_json, n);
	sm_key_order order;
	sm_status status;

	if (n != 0 && (items == NULL || values == NULL)) {
		return sm_reader_no_memory(r);
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
		return sm_reader_no_memory(r);
	}
	r->tags = r->tags || (n == 1 && sm_canon_key_is_tag(items[0].key));
	out->kind = SM_JSON_OBJECT;
	out->u.o.items = items;
	out->u.o.n = out->u.o.cap = n;
	return SM_OK;
}

static sm_status read_object(sm_reader *r, int depth, sm_json *out)
{
	const size_t base = r->n;
	const char *at = r->p - 1;

	if (!take(r, '}')) {
		do {
			sm_reader_entry one;
			sm_status status = read_member(r, depth, &one);

			status = status == SM_OK ? push(r, &one) : status;
			if (status != SM_OK) {
				return status;
			}
		} while (take(r, ','));
		if (!take(r, '}')) {
			return sm_reader_fail(r, "',' or '}' was expected");
		}
	}
	return close_object(r, at, base, out);
}

static sm_status read_value(sm_reader *r, int depth, sm_json *out)
{
	skip_space(r);
	if (r->p == r->end) {
		return sm_reader_fail(r, "");
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
		return sm_read_string(r, &out->u.s);
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
		return sm_reader_fail(r, "a value was expected");
	}
}

sm_status sm_json_read(sm_arena *arena, sm_bytes text, sm_json **out, sm_error *e)
{
	const char *start = text.n == 0 ? "" : text.p;
	sm_reader r = {.start = start, .p = start, .end = start + text.n, .arena = arena, .e = e};
	sm_json *root = sm_json_new(arena, SM_JSON_NULL);
	sm_status status;

	*out = NULL;
	if (root == NULL) {
		return sm_reader_no_memory(&r);
	}
	sm_arena_init(&r.scratch, arena->a);
	status = read_value(&r, 0, root);
	if (status == SM_OK) {
		skip_space(&r);
		if (r.p != r.end) {
			status = sm_reader_fail(&r, "something stands behind the value");
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
