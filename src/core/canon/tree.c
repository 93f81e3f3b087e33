#include "../canon.h"

#include <string.h>

bool sm_canon_key_is_tag(sm_bytes key)
{
	return key.n == 4 &&
		(memcmp(key.p, "$int", 4) == 0 || memcmp(key.p, "$f64", 4) == 0 || memcmp(key.p, "$bin", 4) == 0 ||
			memcmp(key.p, "$esc", 4) == 0);
}

sm_json *sm_json_new(sm_arena *arena, sm_json_kind kind)
{
	sm_json *v = SM_NEW(arena, sm_json, 1);

	if (v != NULL) {
		v->kind = kind;
	}
	return v;
}

sm_json *sm_json_int(sm_arena *arena, int64_t i)
{
	sm_json *v = sm_json_new(arena, SM_JSON_INT);

	if (v != NULL) {
		v->u.i = i;
	}
	return v;
}

sm_json *sm_json_str(sm_arena *arena, sm_bytes s)
{
	sm_json *v = sm_json_new(arena, SM_JSON_STRING);

	if (v != NULL) {
		v->u.s = s;
	}
	return v;
}

sm_json *sm_json_raw(sm_arena *arena, sm_bytes canonical)
{
	sm_json *v = sm_json_new(arena, SM_JSON_RAW);

	if (v != NULL) {
		v->u.s = canonical;
	}
	return v;
}

/* items with room for one more; n items of `size` bytes are in use. @return NULL = out of memory */
static void *room_for_one(sm_arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	size_t grown = *cap < 4 ? 4 : *cap * 2;
	void *p;

	if (n < *cap) {
		return items;
	}
	p = *cap > SIZE_MAX / 4 ? NULL : sm_arena_alloc(arena, grown, size);
	if (p != NULL) {
		if (n != 0) {
			memcpy(p, items, n * size);
		}
		*cap = grown;
	}
	return p;
}

sm_status sm_json_set(sm_arena *arena, sm_json *o, sm_bytes key, sm_json *value)
{
	sm_json_member *items =
		value == NULL ? NULL : room_for_one(arena, o->u.o.items, o->u.o.n, &o->u.o.cap, sizeof(*items));

	if (items == NULL) {
		return SM_E_NOMEM;
	}
	items[o->u.o.n++] = (sm_json_member){key, value};
	o->u.o.items = items;
	return SM_OK;
}

sm_status sm_json_push(sm_arena *arena, sm_json *a, const sm_json *value)
{
	sm_json *items = value == NULL ? NULL : room_for_one(arena, a->u.a.items, a->u.a.n, &a->u.a.cap, sizeof(*items));

	if (items == NULL) {
		return SM_E_NOMEM;
	}
	items[a->u.a.n++] = *value;
	a->u.a.items = items;
	return SM_OK;
}

const sm_json *sm_json_get(const sm_json *o, const char *key)
{
	sm_bytes wanted = sm_cstr(key);

	if (o == NULL || o->kind != SM_JSON_OBJECT) {
		return NULL;
	}
	for (size_t i = 0; i < o->u.o.n; i++) {
		if (sm_bytes_eq(o->u.o.items[i].key, wanted)) {
			return o->u.o.items[i].value;
		}
	}
	return NULL;
}

int64_t sm_json_get_int(const sm_json *o, const char *key, int64_t fallback)
{
	const sm_json *v = sm_json_get(o, key);

	return v != NULL && v->kind == SM_JSON_INT ? v->u.i : fallback;
}

sm_bytes sm_json_get_str(const sm_json *o, const char *key)
{
	const sm_json *v = sm_json_get(o, key);

	return v != NULL && v->kind == SM_JSON_STRING ? v->u.s : (sm_bytes){NULL, 0};
}
