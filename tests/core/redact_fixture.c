#include "support.h"

#include "redact_fixture.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

static const sm_bytes names[] = {SM_LIT("patient_id"), SM_LIT("Kundennummer")};
static const sm_bytes secrets[] = {SM_LIT("w0rdpr3ss!"), SM_LIT("put \"quotes\" \\ here"), SM_LIT("short")};
static const sm_redaction site = {.secrets = secrets, .n_secrets = 3};
const sm_redaction redact_rules = {.names = names, .n_names = 2, .more = &site};

int redact_set_up(void **state)
{
	static sm_arena arena;
	sm_arena_init(&arena, &sm_alloc_default);
	*state = &arena;
	return sodium_init() < 0 ? -1 : 0;
}

int redact_tear_down(void **state)
{
	sm_arena_free(*state);
	return 0;
}

typedef sm_status (*redact_fn)(sm_arena *arena, const sm_redaction *rules, sm_bytes text, sm_bytes *out, bool *found);

static void check(redact_fn redact, sm_arena *arena, const sample *samples, size_t n)
{
	int bad = 0;
	for (size_t i = 0; i < n; i++) {
		const char *wanted = samples[i].after != NULL ? samples[i].after : samples[i].text;
		bool found = false, again = false;
		sm_bytes out, twice;
		assert_int_equal(redact(arena, &redact_rules, sm_cstr(samples[i].text), &out, &found), SM_OK);
		if (!sm_bytes_eq(out, sm_cstr(wanted)) || found != (samples[i].after != NULL)) {
			print_error("%s\n    became %.*s\n    and not %s\n", samples[i].text, (int)out.n, out.p, wanted);
			bad++;
		}
		assert_int_equal(redact(arena, &redact_rules, out, &twice, &again), SM_OK);
		if (again) {
			print_error("taken out twice: %.*s\n    then %.*s\n", (int)out.n, out.p, (int)twice.n, twice.p);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

void check_texts(sm_arena *arena, const sample *samples, size_t n)
{
	check(sm_redact_text, arena, samples, n);
}

void check_values(sm_arena *arena, const sample *samples, size_t n)
{
	check(sm_redact_canonical, arena, samples, n);
}

void check_no_piece_takes_long(const char *const *pieces, size_t n)
{
	enum { LENGTH = 1 << 18 };
	for (size_t i = 0; i < n; i++) {
		sm_arena arena;
		bool found = false;
		sm_bytes out;
		sm_buf b;
		sm_arena_init(&arena, &sm_alloc_default);
		sm_buf_init(&b, &arena, LENGTH + 100);
		while (b.n < LENGTH) {
			sm_buf_puts(&b, pieces[i]);
		}
		clock_t began = clock();
		assert_int_equal(sm_redact_text(&arena, &redact_rules, sm_buf_bytes(&b), &out, &found), SM_OK);
		double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
		if (seconds > 2) {
			fail_msg("%s: %f s", pieces[i], seconds);
		}
		sm_arena_free(&arena);
	}
}
