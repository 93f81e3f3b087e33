/* canon_fixture: an arena, a buffer and an error for each test of canonical JSON. */
#ifndef TEST_CANON_FIXTURE_H
#define TEST_CANON_FIXTURE_H

#include "support.h"

#include "canon.h"

typedef struct fixture {
	sm_arena arena;
	sm_buf b;
	sm_error e;
} fixture;

int canon_set_up(void **state);
int canon_tear_down(void **state);
#define CANON_TEST(name) cmocka_unit_test_setup_teardown(name, canon_set_up, canon_tear_down)

/** The tree of a text; fails the test when it is refused. */
sm_json *read_ok(fixture *f, sm_bytes text);
/** Canonical text of a tree, valid as long as the fixture. */
sm_bytes write_ok(fixture *f, const sm_json *v);
/** Both texts give the second one. */
void assert_canonical(fixture *f, const char *text, const char *canonical);
/** The reader refuses the text with this status, and with an error that stands in f->e. */
void assert_refused(fixture *f, sm_bytes text, sm_status expected);

#endif
