#include "canon_fixture.h"

#include <stdlib.h>
#include <string.h>

int canon_set_up(void **state)
{
	fixture *f = calloc(1, sizeof(*f));

	sm_arena_init(&f->arena, &sm_alloc_default);
	sm_buf_init(&f->b, &f->arena, 1 << 24);
	*state = f;
	return 0;
}

int canon_tear_down(void **state)
{
	fixture *f = *state;

	sm_arena_free(&f->arena);
	free(f);
	return 0;
}

sm_json *read_ok(fixture *f, sm_bytes text)
{
	sm_json *v;
	sm_status status = sm_json_read(&f->arena, text, &v, &f->e);

	if (status != SM_OK) {
		fail_msg("%.*s: %s", text.n < 300 ? (int)text.n : 300, text.p, f->e.message);
	}
	return v;
}

sm_bytes write_ok(fixture *f, const sm_json *v)
{
	sm_buf_init(&f->b, &f->arena, 1 << 24);
	if (sm_json_write(&f->b, v, &f->e) != SM_OK) {
		fail_msg("%s", f->e.message);
	}
	return sm_buf_bytes(&f->b);
}

void assert_canonical(fixture *f, const char *text, const char *canonical)
{
	assert_bytes(write_ok(f, read_ok(f, sm_cstr(text))), canonical);
	assert_bytes(write_ok(f, read_ok(f, sm_cstr(canonical))), canonical);
}

void assert_refused(fixture *f, sm_bytes text, sm_status expected)
{
	sm_json *v = (sm_json *)f;
	/* A copy of exactly this length, so that AddressSanitizer sees a read behind it. */
	char *copy = test_malloc(text.n);

	memcpy(copy, text.p, text.n);
	memset(&f->e, 0xAA, sizeof(f->e));
	sm_status status = sm_json_read(&f->arena, (sm_bytes){copy, text.n}, &v, &f->e);

	if (status != expected) {
		fail_msg("%d for %.*s", status, text.n < 300 ? (int)text.n : 300, text.p);
	}
	assert_null(v);
	assert_true(f->e.position <= text.n);
	assert_non_null(memchr(f->e.message, 0, sizeof(f->e.message)));
	assert_true(f->e.message[0] != '\0' && sm_utf8_valid(sm_cstr(f->e.message)));
	/* Without an error to fill it is refused too. */
	assert_int_equal(sm_json_read(&f->arena, (sm_bytes){copy, text.n}, &v, NULL), expected);
	test_free(copy);
}
