/* Definitions: what is refused, what is hashed, and the times that follow from them. */
#include "support.h"

#include "flow.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const sm_settings settings = {5000, 60000, 2000};
static const char long_name[] = "0123456789012345678901234567890123456789012345678";
static const char owner_65[] = "01234567890123456789012345678901234567890123456789012345678901234";

typedef struct definition {
	sm_step_def steps[2];
	sm_workflow w;
	sm_arena arena;
	sm_error e;
} definition;

static definition sound(void)
{
	definition d;
	memset(&d, 0, sizeof d);
	sm_arena_init(&d.arena, &sm_alloc_default);
	d.steps[0] = (sm_step_def){.name = SM_STR("look"), .effect = SM_EFFECT_READ, .repeat = SM_REPEAT_SAFE, .timeout_ms = 1000, .grace_ms = -1,
		.retry = sm_retry_default};
	d.steps[1] = (sm_step_def){.name = SM_STR("charge"), .effect = SM_EFFECT_MONEY, .repeat = SM_REPEAT_ONCE, .timeout_ms = 30000, .grace_ms = -1,
		.key_window_ms = 86400000, .retry = sm_retry_default};
	d.w = (sm_workflow){.name = SM_STR("order.fulfil"), .version = SM_STR("1"), .category = SM_STR("commerce"), .owner = SM_STR("sales"), .n_steps = 2};
	return d;
}

static sm_status check(definition *d)
{
	d->w.steps = d->steps;
	return sm_workflow_check(&d->w, &settings, &d->arena, &d->e);
}

/* One change of a sound definition, and what the refusal says. */
#define REFUSED(change, words) \
	do { \
		definition d = sound(); \
		change; \
		assert_int_equal(check(&d), SM_E_ARGUMENT); \
		if (strstr(d.e.message, words) == NULL) { \
			fail_msg("\"%s\" does not say \"%s\"", d.e.message, words); \
		} \
		sm_arena_free(&d.arena); \
	} while (0)

static void a_refusal_names_the_argument_the_limit_and_what_came(void **state)
{
	REFUSED(d.w.name = SM_STR(""), "workflow name must match [a-z0-9][a-z0-9._ -]{0,47}, got \"\" (0 bytes)");
	REFUSED(d.w.name = SM_STR("Order"), "got \"Order\"");
	REFUSED(d.w.name = SM_STR("-order"), "got \"-order\"");
	REFUSED(d.w.name = sm_cstr(long_name), "(49 bytes)");
	REFUSED(d.w.name = SM_STR("order "), "workflow name must not end with a space, got \"order \"");
	REFUSED(d.w.category = SM_STR("a/b"), "category must match");
	REFUSED(d.w.version = SM_STR(""), "workflow version must be 1 to 64 bytes of UTF-8, got 0 bytes");
	REFUSED(d.w.owner = sm_cstr(owner_65), "workflow owner must be 1 to 64 bytes of UTF-8, got 65 bytes");
	REFUSED(d.w.owner = SM_STR("\xff"), "got 1 bytes that are not UTF-8");
	REFUSED(d.w.n_steps = 0, "a workflow has 1 to 256 steps, \"order.fulfil\" has 0");
	REFUSED(d.w.n_steps = 257, "has 257");
	REFUSED(d.steps[0].name = SM_STR("charge"), "step name \"charge\" is used twice, by steps 1 and 2");
	REFUSED(d.steps[0].name = SM_STR("a\nb"), "step name must match");
	REFUSED(d.steps[0].owner = sm_cstr(owner_65), "step owner must be 0 to 64 bytes of UTF-8, got 65 bytes");
	REFUSED(d.steps[0].timeout_ms = 0, "step \"look\": timeout in milliseconds must be 1 to 3595000, got 0");
	REFUSED(d.steps[0].timeout_ms = 3595001, "got 3595001");
	REFUSED(d.steps[0].grace_ms = INT64_C(2592000001), "grace in milliseconds must be 0 to 2592000000, got 2592000001");
	REFUSED(d.steps[0].key_window_ms = -1, "key window in milliseconds must be 0 to 316224000000, got -1");
	REFUSED(d.steps[0].retry.attempts = 10, "retry attempts must be 1 to 9, got 10");
	REFUSED(d.steps[0].retry.attempts = -1, "retry attempts must be 1 to 9, got -1");
	REFUSED(d.steps[0].retry.window_ms = 3600001, "retry window in milliseconds must be 1 to 3600000, got 3600001");
	REFUSED(d.steps[0].retry.first_wait_ms = -1, "first wait in milliseconds must be 0 to 3600000, got -1");
	/* lease 35 s, grace max(65 s, 60 s) */
	REFUSED(d.steps[1].key_window_ms = 199999, "needs a key window of at least twice lease + grace, 200000 ms, got 199999 ms");
}

static void the_greatest_allowed_values_are_allowed(void **state)
{
	definition d = sound();
	d.w.name = (sm_bytes){long_name, 48};
	d.w.owner = (sm_bytes){owner_65, 64};
	d.steps[0].timeout_ms = 3595000;
	d.steps[0].grace_ms = INT64_C(2592000000);
	d.steps[0].retry = (sm_retry){9, 3600000, 3600000};
	d.steps[1].key_window_ms = 200000;
	assert_int_equal(check(&d), SM_OK);
	sm_arena_free(&d.arena);
}

static void the_definition_is_what_formats_says(void **state)
{
	definition d = sound();
	sm_buf b;
	char hash[SM_HASH_HEX_SIZE];
	d.steps[0].owner = SM_STR("buyers");
	d.steps[0].grace_ms = 0;
	d.steps[0].retry_declared = true;
	assert_int_equal(check(&d), SM_OK);
	sm_buf_init(&b, &d.arena, 10000);
	assert_int_equal(sm_workflow_definition(&b, &d.arena, &d.w, &d.e), SM_OK);
	assert_bytes(sm_buf_bytes(&b), "{\"category\":\"commerce\",\"name\":\"order.fulfil\",\"owner\":\"sales\",\"steps\":["
		"{\"effect\":\"read\",\"grace_ms\":0,\"name\":\"look\",\"owner\":\"buyers\",\"repeat\":\"safe\","
		"\"retry\":{\"attempts\":3,\"first_wait_ms\":2000,\"window_ms\":120000},\"timeout_ms\":1000},"
		"{\"effect\":\"money\",\"key_window_ms\":86400000,\"name\":\"charge\",\"repeat\":\"once\",\"timeout_ms\":30000}],\"version\":\"1\"}");
	sm_sha256_hex(sm_buf_bytes(&b), hash);
	assert_string_equal(hash, d.w.definition);
	/* what is never stored is part of it */
	static const sm_bytes names[] = {SM_LIT("iban"), SM_LIT("pin")};
	d.w.redact = (sm_redaction){.names = names, .n_names = 2};
	sm_buf_init(&b, &d.arena, 10000);
	assert_int_equal(sm_workflow_definition(&b, &d.arena, &d.w, &d.e), SM_OK);
	const char *redact = strstr(sm_buf_bytes(&b).p, ",\"redact\":");
	assert_non_null(redact);
	assert_memory_equal(redact, ",\"redact\":[\"iban\",\"pin\"],\"steps\":[", 34);
	d.w.redact = (sm_redaction){.n_names = 0};
	/* a buffer too small for it says so */
	sm_buf_init(&b, &d.arena, 100);
	assert_int_equal(sm_workflow_definition(&b, &d.arena, &d.w, &d.e), SM_E_LIMIT);
	sm_arena_free(&d.arena);
}

static void times_follow_from_the_timeout(void **state)
{
	sm_step_def s = {.timeout_ms = 1000, .grace_ms = -1};
	assert_int_equal(sm_lease_ms(&s, &settings), 6000);
	assert_int_equal(sm_grace_ms(&s, &settings), 60000); /* at least the setting */
	s.timeout_ms = 100000;
	assert_int_equal(sm_grace_ms(&s, &settings), 205000); /* lease + timeout */
	s.grace_ms = 0;
	assert_int_equal(sm_grace_ms(&s, &settings), 0); /* declared */
}

static void waits_double_and_never_overflow(void **state)
{
	const sm_retry r = {9, 3600000, 2000}, zero = {9, 3600000, 0}, longest = {9, 3600000, 3600000};
	assert_int_equal(sm_retry_wait_ms(&r, 1), 2000);
	assert_int_equal(sm_retry_wait_ms(&r, 2), 4000);
	assert_int_equal(sm_retry_wait_ms(&r, 9), 512000);
	assert_in_range(sm_retry_wait_ms(&r, INT32_MAX), 3600000, 7200000);
	assert_int_equal(sm_retry_wait_ms(&zero, INT32_MAX), 0);
	assert_int_equal(sm_retry_wait_ms(&longest, 5), 3600000);
}

static void names_and_classes_are_found(void **state)
{
	definition d = sound();
	assert_int_equal(sm_name_index(sm_repeat_names, SM_REPEAT_COUNT, SM_STR("never")), SM_REPEAT_NEVER);
	assert_int_equal(sm_name_index(sm_repeat_names, SM_REPEAT_COUNT, SM_STR("Never")), -1);
	assert_int_equal(sm_name_index(sm_repeat_names, SM_REPEAT_COUNT, SM_STR("")), -1);
	d.w.steps = d.steps;
	assert_ptr_equal(sm_workflow_step(&d.w, SM_STR("charge")), &d.steps[1]);
	assert_null(sm_workflow_step(&d.w, SM_STR("nothing")));
	for (int c = 0; c < SM_CLASS_COUNT; c++) {
		assert_int_equal(sm_class_is_retried((sm_failure_class)c), c == SM_CLASS_NOT_SENT || c == SM_CLASS_PROVIDER_LIMIT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_names_the_argument_the_limit_and_what_came),
		cmocka_unit_test(the_greatest_allowed_values_are_allowed),
		cmocka_unit_test(the_definition_is_what_formats_says),
		cmocka_unit_test(times_follow_from_the_timeout),
		cmocka_unit_test(waits_double_and_never_overflow),
		cmocka_unit_test(names_and_classes_are_found),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
