/* The same results under locales that write 3,14 and 1.000.000. ./run makes them and names their folder in LOCPATH. */
#include "canon_fixture.h"

#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The locale is really in force: the C library itself writes a comma. */
static void use_locale(const char *name)
{
	char text[16];

	if (setlocale(LC_ALL, name) == NULL) {
		fail_msg("there is no locale %s in LOCPATH=%s", name, getenv("LOCPATH") == NULL ? "" : getenv("LOCPATH"));
	}
	snprintf(text, sizeof(text), "%.1f", 1.5);
	assert_string_equal(text, "1,5");
}

static void check_everything(fixture *f)
{
	static const char text[] = "{\"big\":1e+21,\"money\":12.5,\"n\":[0.1,-1.5e-7,1234567.891,5e-324],\"\xC3\x85\":\"\xC3\xA5\"}";
	sm_bytes file = test_vector_file("jcs/es6-numbers-10000.txt");
	sm_error e;
	int lines = 0;

	assert_canonical(f, text, text);
	for (char *line = (char *)(uintptr_t)file.p; *line != '\0'; lines++) {
		char *comma, *end = strchr(line, '\n'), out[32];
		uint64_t bits = strtoull(line, &comma, 16);
		double v, back;

		memcpy(&v, &bits, sizeof(v));
		assert_bytes(((sm_bytes){out, sm_number_format(v, out)}), (*end = '\0', comma + 1));
		assert_int_equal(sm_number_parse(sm_cstr(comma + 1), &back), SM_OK);
		assert_true(back == v);
		line = end + 1;
	}
	assert_int_equal(lines, 10000);
	free((void *)(uintptr_t)file.p);

	assert_refused(f, SM_STR("1,5"), SM_E_SYNTAX);
	assert_refused(f, SM_STR("1.000.000"), SM_E_SYNTAX);
	sm_fail_limit(&e, "bytes", 1000000, 12345678);
	assert_string_equal(e.message, "The limit bytes is 1000000, got 12345678");
	sm_fail(&e, SM_E_STATE, "%.*s", 5, "\xC3\xA5\xC3\xA5\xC3\xA5");
	assert_string_equal(e.message, "\xC3\xA5\xC3\xA5?");
}

static void german_utf_8_changes_nothing(void **state)
{
	use_locale("de_DE.UTF-8");
	check_everything(*state);
}

static void german_latin_1_changes_nothing(void **state)
{
	use_locale("de_DE.ISO-8859-1");
	check_everything(*state);
}

static int back_to_c(void **state)
{
	setlocale(LC_ALL, "C");
	return canon_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(german_utf_8_changes_nothing, canon_set_up, back_to_c),
		cmocka_unit_test_setup_teardown(german_latin_1_changes_nothing, canon_set_up, back_to_c),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
