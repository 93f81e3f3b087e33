/* Any tree: the writer refuses it with a reason, or writes text that the reader takes and that is written again as it is. */
#include "fuzz.h"

enum { NODES_MAX = 4000 };

static sm_json *build(fuzz_input *in, sm_arena *arena, int depth, int *nodes)
{
	uint8_t kind = take_byte(in);
	sm_json *v = NULL;
	++*nodes;
	switch (kind % 8) {
	case 0:
	case 1:
		v = sm_json_new(arena, kind % 24 < 8 ? SM_JSON_NULL : kind % 24 < 16 ? SM_JSON_FALSE : SM_JSON_TRUE);
		break;
	case 2:
		v = sm_json_int(arena, (int64_t)take_word(in));
		break;
	case 3: {
		uint64_t bits = take_word(in);
		v = sm_json_new(arena, SM_JSON_DOUBLE);
		memcpy(&v->u.f, &bits, sizeof bits);
		break;
	}
	case 4:
	case 5:
		v = sm_json_str(arena, take_bytes(in, take_byte(in)));
		break;
	case 6:
	case 7: {
		int n = take_byte(in) % 40;
		v = sm_json_new(arena, kind % 8 == 6 ? SM_JSON_ARRAY : SM_JSON_OBJECT);
		for (int i = 0; i < n && in->n > 0 && depth < 70 && *nodes < NODES_MAX; i++) {
			static const char *const tags[] = {"$int", "$f64", "$bin", "$esc"};
			uint8_t len = take_byte(in);
			sm_bytes key = v->kind == SM_JSON_ARRAY ? SM_STR("") : len >= 250 ? sm_cstr(tags[len % 4]) : take_bytes(in, len % 16);
			sm_json *member = build(in, arena, depth + 1, nodes);
			CHECK((v->kind == SM_JSON_ARRAY ? sm_json_push(arena, v, member) : sm_json_set(arena, v, key, member)) == SM_OK);
		}
		break;
	}
	}
	return v;
}

/* The canonical text of a value must fit exactly, and one byte less must be refused with nothing written. */
static void at_the_limit(sm_arena *arena, const sm_json *v, sm_bytes text)
{
	sm_error e;
	sm_buf b;
	sm_buf_init(&b, arena, text.n);
	CHECK(sm_json_write(&b, v, &e) == SM_OK && sm_bytes_eq(sm_buf_bytes(&b), text));
	sm_buf_init(&b, arena, text.n - 1);
	CHECK(sm_json_write(&b, v, &e) == SM_E_LIMIT && b.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_input in = {data, n};
	sm_arena arena;
	sm_error e;
	sm_json *again;
	sm_buf b, twice;
	int nodes = 0;

	sm_arena_init(&arena, &sm_alloc_default);
	sm_buf_init(&b, &arena, 1 << 24);
	sm_buf_init(&twice, &arena, 1 << 24);
	sm_json *v = build(&in, &arena, 0, &nodes);
	sm_buf_puts(&b, "kept");
	sm_status st = sm_json_write(&b, v, &e);
	if (st != SM_OK) {
		CHECK(st == SM_E_ENCODING || st == SM_E_LIMIT);
		CHECK(b.n == 4 && memcmp(b.p, "kept", 4) == 0);
	} else {
		sm_bytes text = {b.p + 4, b.n - 4};
		CHECK(sm_utf8_valid(text));
		CHECK(sm_json_read(&arena, text, &again, &e) == SM_OK);
		CHECK(sm_json_write(&twice, again, &e) == SM_OK);
		CHECK(sm_bytes_eq(text, sm_buf_bytes(&twice)));
		at_the_limit(&arena, v, text);
	}
	sm_arena_free(&arena);
	return 0;
}
