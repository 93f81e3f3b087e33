/* Any text: it is refused with a reason, or its canonical form is a fixed point that means the same. */
#include "fuzz.h"

static bool same_value(const sm_json *a, const sm_json *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case SM_JSON_INT:
		return a->u.i == b->u.i;
	case SM_JSON_DOUBLE:
		return a->u.f == b->u.f || (a->u.f != a->u.f && b->u.f != b->u.f);
	case SM_JSON_STRING:
		return sm_bytes_eq(a->u.s, b->u.s);
	case SM_JSON_ARRAY:
		if (a->u.a.n != b->u.a.n) {
			return false;
		}
		for (size_t i = 0; i < a->u.a.n; i++) {
			if (!same_value(&a->u.a.items[i], &b->u.a.items[i])) {
				return false;
			}
		}
		return true;
	case SM_JSON_OBJECT:
		if (a->u.o.n != b->u.o.n) {
			return false;
		}
		/* b comes from canonical text: its keys are sorted; a's may stand in any order */
		for (size_t i = 0; i < a->u.o.n; i++) {
			size_t k = 0;
			while (k < b->u.o.n && !sm_bytes_eq(a->u.o.items[i].key, b->u.o.items[k].key)) {
				k++;
			}
			if (k == b->u.o.n || !same_value(a->u.o.items[i].value, b->u.o.items[k].value)) {
				return false;
			}
		}
		return true;
	default:
		return true;
	}
}

/* The same with one allocation failing. */
static void without_memory(sm_bytes text, long fail_at)
{
	fuzz_heap heap = {0, fail_at, 0};
	const sm_alloc alloc = {fuzz_heap_alloc, fuzz_heap_release, &heap};
	sm_arena arena;
	sm_json *v;
	sm_arena_init(&arena, &alloc);
	sm_status st = sm_json_read(&arena, text, &v, NULL);
	CHECK(heap.count < fail_at || st == SM_E_NOMEM);
	CHECK((st == SM_OK) == (v != NULL));
	sm_arena_free(&arena);
	CHECK(heap.live == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	sm_bytes text = exact_copy((sm_bytes){(const char *)data, n});
	sm_arena arena;
	sm_error e;
	sm_json *v, *again;
	sm_buf canonical, twice;

	memset(&e, 0xAA, sizeof e);
	sm_arena_init(&arena, &sm_alloc_default);
	sm_buf_init(&canonical, &arena, 1 << 24);
	sm_buf_init(&twice, &arena, 1 << 24);
	sm_status st = sm_json_read(&arena, text, &v, &e);
	if (st != SM_OK) {
		CHECK(st == SM_E_SYNTAX || st == SM_E_LIMIT);
		CHECK(v == NULL && e.position <= n);
		CHECK(e.message[0] != '\0' && memchr(e.message, 0, sizeof e.message) != NULL && sm_utf8_valid(sm_cstr(e.message)));
	} else {
		CHECK(sm_json_write(&canonical, v, &e) == SM_OK);
		CHECK(sm_json_read(&arena, sm_buf_bytes(&canonical), &again, &e) == SM_OK);
		CHECK(same_value(v, again));
		CHECK(sm_json_write(&twice, again, &e) == SM_OK);
		CHECK(sm_bytes_eq(sm_buf_bytes(&canonical), sm_buf_bytes(&twice)));
	}
	without_memory(text, 1 + (long)(n % 3));
	sm_arena_free(&arena);
	free_copy(text);
	return 0;
}
