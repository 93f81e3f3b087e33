/* What of an event must not be stored: secrets in its values go and are listed, secrets in its names are refused. On real databases. */
#include "support.h"

#include "audit.h"
#include "journal_fixture.h"

#include <stdio.h>
#include <string.h>

static const char *const stored_columns[] = {"leaf", "private", NULL};

static const char *all_stored(fixture *f)
{
	return fixture_dump(f, "SELECT leaf, private FROM {p}journal ORDER BY stream, seq", stored_columns);
}

static sm_status append(fixture *f, const char *stream, const char *name, const char *data, const char *field, char id[SM_ID_SIZE])
{
	char stream_id[SM_ID_SIZE];
	sm_json *d;
	const sm_private p = {sm_cstr(field), SM_STR("1")};
	assert_ok(f, sm_json_read(&f->arena, sm_cstr(data), &d, &f->e));
	const sm_site_event what = {.stream = sm_cstr(stream), .name = sm_cstr(name), .data = d, .p = &p, .n_p = 1};
	return sm_audit_append(&f->j, &f->arena, &what, id, stream_id, &f->e);
}

/* What is secret is taken out of both halves, and the leaf names which of them. */
static void secrets_of_events_of_the_site_go(fixture *f)
{
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	sm_json *data;
	sm_history h;
	sm_private p[] = {{SM_STR("password"), SM_STR("\"hunter2\"")}, {SM_STR("who"), SM_STR("{\"a\":\"4242424242424242\",\"b\":\"4242424242424242\"}")}};
	assert_ok(f, sm_json_read(&f->arena, SM_STR("{\"pin\":1234,\"x\":\"ghp_0123456789abcdefghijABCDEFGHIJ012345\"}"), &data, &f->e));
	const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = data, .p = p, .n_p = 2};
	assert_ok(f, sm_audit_append(&f->j, &f->arena, &what, id, stream, &f->e));
	sm_history_init(&h, &f->arena, stream);
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	assert_bytes(sm_event_value(&h.events[0], "password"), "{\"$redacted\":\"by name\"}");
	assert_bytes(sm_event_value(&h.events[0], "who"), "{\"a\":\"[redacted: card number]\",\"b\":\"[redacted: card number]\"}");
	assert_non_null(strstr(h.events[0].leaf.p, "\"d\":{\"pin\":{\"$redacted\":\"by name\"},\"redacted\":[\"password\",\"who\",\"d\"],\"x\":\"[redacted: key]\"}"));
	assert_non_null(h.events[0].redacted);
	assert_int_equal(h.events[0].redacted->u.a.n, 3);
	assert_null(strstr(fixture_dump(f, "SELECT leaf, private FROM {p}journal", (const char *const[]){"leaf", "private", NULL}), "42424242"));
}
ON_BOTH(secrets_of_events_of_the_site_go)


/* What was private alone is listed, and nothing where nothing was taken; the caller's tree is left as it was. */
static void an_event_lists_what_it_lost(fixture *f)
{
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	sm_json *data;
	sm_private p[] = {{SM_STR("who"), SM_STR("\"4242424242424242\"")}};
	sm_history h;
	assert_ok(f, sm_json_read(&f->arena, SM_STR("{\"a\":1,\"b\":2,\"z\":3}"), &data, &f->e));
	const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = data, .p = p, .n_p = 1};
	assert_ok(f, sm_audit_append(&f->j, &f->arena, &what, id, stream, &f->e));
	assert_int_equal(data->u.o.n, 3);
	p[0].value = SM_STR("\"[redacted: card number]\"");
	assert_ok(f, sm_audit_append(&f->j, &f->arena, &what, id, stream, &f->e));
	sm_history_init(&h, &f->arena, stream);
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	assert_non_null(strstr(h.events[0].leaf.p, "\"d\":{\"a\":1,\"b\":2,\"redacted\":[\"who\"],\"z\":3}"));
	assert_non_null(strstr(h.events[1].leaf.p, "\"d\":{\"a\":1,\"b\":2,\"z\":3}"));
	assert_null(h.events[1].redacted);
	/* the name is the engine's own */
	assert_int_equal(append(f, "site", "shop.opened", "{\"redacted\":[]}", "x", id), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "\"redacted\""));
}
ON_BOTH(an_event_lists_what_it_lost)

static const sm_bytes words[] = {SM_LIT("hunter.of.words")};

/* The workflow with one of its names changed. */
static sm_status start_with(fixture *f, sm_bytes *name, const char *value)
{
	const sm_bytes was = *name;
	sm_history h;
	sm_progress p;
	*name = sm_cstr(value);
	sm_status st = sm_workflow_check(&f->workflow, &f->j.settings, &f->arena, &f->e);
	st = st ? st : fixture_start(f, "order:9", &h, &p);
	*name = was;
	return st;
}

static void names_with_secrets_are_refused(fixture *f)
{
	static const char *const secrets[] = {"4242424242424242", "order 4242 4242-4242.4242", "x hunter.of.words"};
	char id[SM_ID_SIZE];
	int64_t generation;
	f->j.redaction = (sm_redaction){.secrets = words, .n_secrets = 1};
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		const struct { sm_bytes *name; const char *what; } names[] = {
			{&f->workflow.name, "the workflow's name"}, {&f->workflow.category, "the workflow's category"}, {&f->workflow.version, "the workflow's version"},
			{&f->steps[1].name, "a step's name"}, {&f->steps[1].owner, "a step's owner"}
		};
		const long effects = f->effects_run;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			assert_int_equal(start_with(f, names[k].name, secrets[i]), SM_E_ARGUMENT);
			if (strstr(f->e.message, names[k].what) == NULL || strstr(f->e.message, secrets[i]) != NULL) {
				fail_msg("%s", f->e.message);
			}
		}
		assert_int_equal(f->effects_run, effects);
		char target[80];
		snprintf(target, sizeof target, "category:%s", secrets[i]);
		assert_int_equal(sm_switch_set(&f->j, &f->arena, sm_cstr(target), true, SM_STR("jane"), SM_STR("x"), &generation, &f->e), SM_E_ARGUMENT);
		assert_non_null(strstr(f->e.message, "target holds"));
	}
	static const sm_bytes letters[] = {SM_LIT("word_word")};
	f->j.redaction = (sm_redaction){.secrets = letters, .n_secrets = 1};
	assert_int_equal(append(f, "my-word_word", "shop.opened", "{}", "x", id), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "$stream"));
	assert_int_equal(append(f, "site", "shop.word_word", "{}", "x", id), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "$type"));
	assert_int_equal(append(f, "site", "shop.opened", "{}", "a_word_word", id), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "$private"));
	assert_int_equal(append(f, "site", "a4242.x4242424242424242", "{}", "x", id), SM_OK); /* part of a word: no number of its own */
	assert_null(strstr(all_stored(f), "word_word"));
	assert_null(strstr(all_stored(f), "hunter"));
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 1);
	/* names in which no secret stands are none of its business */
	assert_int_equal(start_with(f, &f->workflow.name, "reset password 2026.11.21"), SM_OK);
}
ON_BOTH(names_with_secrets_are_refused)

/* The kind of an external id is clear text; the id is not. */
static void kinds_with_secrets_are_refused(fixture *f)
{
	sm_history h;
	const sm_external kind = {SM_STR("charge 4242424242424242"), SM_STR("ch_1")}, id = {SM_STR("charge"), SM_STR("4242424242424242")};
	fixture_start_and_die(f, "order:1");
	fixture_load(f, "order:1", &h);
	assert_int_equal(sm_drive_external(&f->drive, &h, f->steps[0].name, 1, &kind, &f->e), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "the kind of an external id"));
	assert_ok(f, sm_drive_external(&f->drive, &h, f->steps[0].name, 1, &id, &f->e));
	assert_null(strstr(all_stored(f), "42424242"));
}
ON_BOTH(kinds_with_secrets_are_refused)

/* A site's secret that comes to be the name of something that is there stops nothing. */
static void what_is_there_goes_on(fixture *f)
{
	static const sm_bytes secret[] = {SM_LIT("commerce"), SM_LIT("create contact"), SM_LIT("operations")};
	int64_t generation;
	sm_history h;
	sm_progress p;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), true, SM_STR("jane"), SM_STR("x"), &generation, &f->e));
	f->j.redaction = (sm_redaction){.secrets = secret, .n_secrets = 3};
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), false, SM_STR("jane"), SM_STR("x"), &generation, &f->e));
	f->j.redaction = (sm_redaction){.n_secrets = 0};
	fixture_start_later(f, "order:1", 0);
	f->j.redaction = (sm_redaction){.secrets = secret, .n_secrets = 3};
	sm_history_init(&h, &f->arena, fixture_run_id(f, "order:1"));
	assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}
ON_BOTH(what_is_there_goes_on)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(secrets_of_events_of_the_site_go), BOTH(an_event_lists_what_it_lost), BOTH(names_with_secrets_are_refused), BOTH(kinds_with_secrets_are_refused),
		BOTH(what_is_there_goes_on)
	};

	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
