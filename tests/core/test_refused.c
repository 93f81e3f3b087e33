/* What is refused before anything is stored, though everything else is in order. */
#include "support.h"

#include "audit_fixture.h"

#include <stdio.h>
#include <string.h>

#define CARD "4242424242424242"
#define LINE "Order " CARD " of today"

/* ---- what names a run is hashed and shown: nothing secret can be taken out of it ---- */

static void assert_refused(fixture *f, sm_start *s, const char *argument)
{
	sm_history h;
	sm_progress p;
	int64_t rows = fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal");
	assert_int_equal(sm_drive_start(&f->drive, &f->arena, s, &h, &p, &f->e), SM_E_ARGUMENT);
	if (strncmp(f->e.message, argument, strlen(argument)) != 0 || strstr(f->e.message, "(card number)") == NULL || strstr(f->e.message, CARD) != NULL) {
		fail_msg("%s expected, got: %s", argument, f->e.message);
	}
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), rows);
	assert_int_equal(f->effects_run, 0);
}

static void a_run_whose_identity_holds_a_secret_is_not_started(fixture *f)
{
	const sm_start sound = {.workflow = &f->workflow, .subject = SM_STR("order:1"), .input = SM_STR("{}"), .occurrence = SM_STR("1"), .trigger = SM_STR("test")};
	sm_start s = sound;
	s.subject = SM_STR(LINE);
	assert_refused(f, &s, "$subject ");
	s = sound;
	s.occurrence = SM_STR(CARD);
	assert_refused(f, &s, "$occurrence ");
	s = sound;
	s.trigger = SM_STR("by " CARD);
	assert_refused(f, &s, "$trigger ");
	/* a secret of the site's own */
	static const sm_bytes secrets[] = {SM_LIT("correct horse battery")};
	f->j.redaction.secrets = secrets;
	f->j.redaction.n_secrets = 1;
	s = sound;
	s.subject = SM_STR("mail to correct horse battery");
	sm_history h;
	sm_progress p;
	assert_int_equal(sm_drive_start(&f->drive, &f->arena, &s, &h, &p, &f->e), SM_E_ARGUMENT);
	assert_null(strstr(f->e.message, "correct horse"));
	/* and what only looks like one is stored */
	s.subject = SM_STR("order 4242424242424241");
	assert_ok(f, sm_drive_start(&f->drive, &f->arena, &s, &h, &p, &f->e));
	f->j.redaction.n_secrets = 0;
}
ON_BOTH(a_run_whose_identity_holds_a_secret_is_not_started)

static void a_site_that_cannot_be_read_starts_nothing(fixture *f)
{
	sm_history h;
	sm_progress p;
	fixture_exec(f, "DELETE FROM {p}meta WHERE name='site_id'");
	f->j.identified = false;
	assert_int_equal(fixture_start(f, "order:1", &h, &p), SM_E_SCHEMA);
	assert_int_equal(f->effects_run, 0);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE lease IS NOT NULL"), 0);
}
ON_BOTH(a_site_that_cannot_be_read_starts_nothing)

/* ---- what is taken out of a text, seldom met ---- */

static void assert_taken(const char *text, const char *expected)
{
	sm_arena arena;
	sm_bytes out;
	bool found = false;
	sm_arena_init(&arena, &sm_alloc_default);
	assert_int_equal(sm_redact_text(&arena, NULL, sm_cstr(text), &out, &found), SM_OK);
	assert_bytes(out, expected);
	assert_int_equal(found, strcmp(text, expected) != 0);
	sm_arena_free(&arena);
}

static void secrets_beside_escaped_signs_go_and_the_signs_stay(void **state)
{
	assert_taken("{\"a\":\"\\ud83d\\ude00 password=hunter2\"}", "{\"a\":\"\\ud83d\\ude00 password=[redacted: by name]\"}");
	assert_taken("{\"a\":\"\\u20ac password=hunter2\"}", "{\"a\":\"\\u20ac password=[redacted: by name]\"}");
	assert_taken("{\"a\":\"\\ud83d\\ude00 42\"}", "{\"a\":\"\\ud83d\\ude00 42\"}");
	/* a value that is called so, and the next key */
	assert_taken("a:2:{s:1:\"x\";s:8:\"password\";i:1234;i:7;}", "a:2:{s:1:\"x\";s:8:\"password\";i:1234;i:7;}");
}

/* ---- heads ---- */

/* No head would ever hold such an event. */
static void a_log_with_an_event_outside_of_it_is_not_signed(fixture *f)
{
	sm_log log;
	sm_signed out;
	fixture_start_all(f, "order:%d", 2);
	host *h = open_log(f, &log, 1);
	assert_ok(f, checkpoint(f, &log, h, &out));
	fixture_start_later(f, "hidden", 0);
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=-7 WHERE leaf_index IS NULL");
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "leaf_index -7"));
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}checkpoint"), 1);
}
ON_BOTH(a_log_with_an_event_outside_of_it_is_not_signed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_beside_escaped_signs_go_and_the_signs_stay),
		BOTH(a_run_whose_identity_holds_a_secret_is_not_started),
		BOTH(a_site_that_cannot_be_read_starts_nothing),
		BOTH(a_log_with_an_event_outside_of_it_is_not_signed),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
