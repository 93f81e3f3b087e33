/* Every allocation failed in turn, in what needs no store: canonical JSON, events, definitions and the fold. */
#include "support.h"

#include "run.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const sm_settings settings = {5000, 60000, 2000};
static const char stream[] = "00112233445566778899aabbccddeeff";
static long failed_in_all;

typedef struct act {
	sm_arena arena;  /* of the failing heap */
	sm_arena sound;  /* of one that never fails: for looking */
	test_heap heap;
	sm_error e;
} act;

/* Does it with the k-th allocation failing, for each k, until none fails. */
static void fail_each(const char *name, sm_status (*what)(act *a))
{
	long k = 0;
	for (bool failed = true; failed;) {
		act a = {.heap = {.fail_at = ++k}};
		const sm_alloc heap = test_heap_alloc(&a.heap);
		sm_arena_init(&a.arena, &heap);
		sm_arena_init(&a.sound, &sm_alloc_default);
		sm_status st = what(&a);
		failed = a.heap.allocations >= k;
		if (st != (failed ? SM_E_NOMEM : SM_OK)) {
			fail_msg("allocation %ld %s, and status %d came back: %s", k, failed ? "failed" : "was not needed", (int)st, a.e.message);
		}
		sm_arena_free(&a.arena);
		sm_arena_free(&a.sound);
		assert_int_equal(a.heap.live, 0);
	}
	printf("# %-44s %6ld allocations failed, one at a time\n", name, k - 1);
	assert_true(k > 1);
	failed_in_all += k - 1;
}

/* ---- canonical JSON ---- */

static const char json[] = "{\"a\":[1,2.5,{\"$int\":\"9223372036854775807\"},{\"$f64\":\"NaN\"},{\"$bin\":\"//8=\"},null,true,false],"
	"\"b\":{\"$esc\":{\"$int\":\"\\u00e9\\ud83d\\uded2\"}},\"c\":{\"d\":{\"e\":[[],{}]}},\"f\":\"\\n\",\"g\":1e300,\"\xc3\xa9\":-0.1}";

static sm_status read_and_write(act *a)
{
	sm_json *v = NULL;
	sm_buf b;
	sm_status st = sm_json_read(&a->arena, SM_STR(json), &v, &a->e);
	if (st) {
		assert_null(v);
		return st;
	}
	sm_buf_init(&b, &a->arena, 100000);
	sm_buf_puts(&b, "kept");
	if (b.status) {
		return b.status;
	}
	st = sm_json_write(&b, v, &a->e);
	assert_true(st == SM_OK || b.n == 4);
	return st;
}

static void canonical_json(void **state)
{
	fail_each("canonical JSON is read and written", read_and_write);
}

/* ---- events ---- */

/* One event of each type that carries every field it may. */
static sm_event full_event(sm_event_type type, act *a)
{
	static const sm_step_row rows[] = {{SM_LIT("charge"), SM_LIT("sales"), SM_EFFECT_MONEY, SM_REPEAT_NEVER, true},
		{SM_LIT("mail"), SM_LIT("sales"), SM_EFFECT_MESSAGE, SM_REPEAT_ONCE, false}};
	sm_event ev = sm_event_new(type);
	sm_json *list = sm_json_new(&a->sound, SM_JSON_ARRAY);
	memcpy(ev.stream, stream, SM_ID_SIZE);
	assert_int_equal(sm_json_push(&a->sound, list, sm_json_str(&a->sound, SM_STR("order"))), SM_OK);
	sm_json *object = sm_json_new(&a->sound, SM_JSON_OBJECT);
	assert_int_equal(sm_json_set(&a->sound, object, SM_STR("list"), list), SM_OK);
	ev.workflow = SM_STR("order.fulfil");
	ev.version = SM_STR("1");
	ev.category = SM_STR("commerce");
	ev.definition = ev.fingerprint = SM_STR("00");
	ev.subject = ev.parent = SM_STR("11");
	ev.occurrence = SM_STR("1");
	ev.trigger = SM_STR("test");
	ev.steps = rows;
	ev.n_steps = 2;
	ev.step = SM_STR("charge");
	ev.failure = ev.code = ev.why = ev.target = ev.source = ev.kind = ev.id_hash = ev.owner = ev.rule = ev.scope = ev.outcome = ev.as = SM_STR("x");
	ev.attempt = 1;
	ev.lease = ev.grace = 7000;
	ev.retry_wait = 0;
	ev.not_before = ev.deadline = ev.generation = 1;
	ev.failure_class = SM_CLASS_NOT_SENT;
	ev.early = true;
	ev.touched = ev.cost = ev.omitted = ev.erased = ev.redacted = list;
	ev.before = ev.runs = ev.fields = 1;
	ev.origin = ev.log_key = ev.next = ev.root = SM_STR("x");
	ev.previous = list;
	ev.size = 1;
	ev.name = SM_STR("shop.opened");
	ev.data = object;
	assert_int_equal(sm_event_private(&ev, SM_STR("message"), SM_STR("\"\xc3\x85\"")), SM_OK);
	assert_int_equal(sm_event_private(&ev, SM_STR("by"), SM_STR("{\"a\":[1,\"]\"]}")), SM_OK);
	return ev;
}

static sm_status encode_and_decode(act *a)
{
	sm_status st = SM_OK;
	for (int type = 0; st == SM_OK && type < SM_EVENT_TYPES; type++) {
		sm_event ev = full_event((sm_event_type)type, a), back;
		st = sm_event_encode(&ev, &a->arena, &sm_host_system, SM_STR("shop.example/sophmate/0011"), 2, "0190000000007000800000000000000f", &a->e);
		if (st == SM_OK) {
			st = sm_event_decode(&back, &a->arena, ev.leaf, ev.private_text, &a->e);
		}
		if (st == SM_OK) {
			assert_int_equal(back.type, type);
			assert_int_equal(back.n_p, 2);
			assert_string_equal(back.leaf_hash, ev.leaf_hash);
		}
	}
	return st;
}

static void events_of_every_type(void **state)
{
	fail_each("events of every type are encoded and decoded", encode_and_decode);
}

/* ---- the fold ---- */

static sm_status define(sm_workflow *w, sm_step_def *steps, sm_arena *arena, sm_error *e)
{
	steps[0] = (sm_step_def){.name = SM_STR("look"), .effect = SM_EFFECT_READ, .repeat = SM_REPEAT_SAFE, .timeout_ms = 1000, .grace_ms = -1,
		.retry = sm_retry_default};
	steps[1] = (sm_step_def){.name = SM_STR("charge"), .effect = SM_EFFECT_MONEY, .repeat = SM_REPEAT_NEVER, .timeout_ms = 1000, .grace_ms = -1,
		.retry = sm_retry_default, .has_probe = true};
	*w = (sm_workflow){.name = SM_STR("order.fulfil"), .version = SM_STR("1"), .category = SM_STR("commerce"), .owner = SM_STR("sales"),
		.steps = steps, .n_steps = 2};
	return sm_workflow_check(w, &settings, arena, e);
}

/* The texts of the run must not change when a fold fails. */
static void assert_unchanged(const sm_run *before, const sm_run *after, act *a)
{
	sm_bytes x, y;
	assert_int_equal(sm_run_save(before, &a->sound, &x), SM_OK);
	assert_int_equal(sm_run_save(after, &a->sound, &y), SM_OK);
	assert_bytes(x, y.p);
}

static sm_status fold(sm_run *run, sm_event *events, size_t n, int64_t now, act *a)
{
	sm_status st = SM_OK;
	for (size_t i = 0; st == SM_OK && i < n; i++) {
		sm_event ev;
		sm_run before;
		memcpy(events[i].stream, stream, SM_ID_SIZE);
		st = sm_event_encode(&events[i], &a->arena, &sm_host_system, SM_STR("log"), run->seq + 1, run->last_id, &a->e);
		if (st || (st = sm_event_decode(&ev, &a->arena, events[i].leaf, events[i].private_text, &a->e))) {
			return st;
		}
		ev.stored_at = now;
		assert_int_equal(sm_run_copy(&before, run, &a->sound), SM_OK);
		st = sm_run_apply(run, &ev, &a->arena, &a->e);
		if (st) {
			assert_unchanged(&before, run, a);
		}
	}
	return st;
}

/* A run with one of nearly everything: decided, encoded, decoded, folded, saved, restored. */
static sm_status decide_and_fold(act *a)
{
	static const sm_outcome done = {.kind = SM_OUTCOME_DONE, .retry_after_ms = -1, .n_p = 1, .p = {{SM_LIT("output"), SM_LIT("1")}}};
	static const sm_outcome lost = {.kind = SM_OUTCOME_AMBIGUOUS, .retry_after_ms = -1, .why = SM_LIT("lost_answer"), .code = SM_LIT("0")};
	static const sm_answer seen = {.kind = SM_ANSWER_NOT_DONE, .text = SM_LIT("not there")};
	static const struct { sm_command_kind kind; int32_t attempt; const sm_outcome *outcome; } story[] = {
		{SM_CMD_START, 0, NULL}, {SM_CMD_RECORD, 1, &lost}, {SM_CMD_PAUSE, 0, NULL}, {SM_CMD_RESUME, 0, NULL}, {SM_CMD_GO_ON, 0, NULL},
		{SM_CMD_RECORD, 2, &done}, {SM_CMD_EXTERNAL, 1, NULL}, {SM_CMD_RECOVER, 0, NULL}, {SM_CMD_VERDICT, 0, NULL}, {SM_CMD_NOTE, 0, NULL},
		{SM_CMD_HELD, 0, NULL}, {SM_CMD_GO_ON, 0, NULL}, {SM_CMD_RECORD, 2, &done}
	};
	sm_step_def steps[2];
	sm_workflow w;
	sm_keys keys;
	sm_run run, again;
	sm_bytes text;
	int64_t now = INT64_C(1800000000000000);
	sm_status st = define(&w, steps, &a->arena, &a->e);

	memset(&keys, 1, sizeof keys);
	sm_run_init(&run);
	for (size_t i = 0; st == SM_OK && i < sizeof story / sizeof *story; i++) {
		const sm_step_state *step = sm_run_step(&run);
		sm_decision decision;
		sm_command cmd = {.kind = story[i].kind, .now = now += 3600000000, .workflow = &w, .settings = &settings, .keys = &keys,
			.by = SM_STR("Ada"), .reason = SM_STR("because"), .subject = SM_STR("order:1"), .input = SM_STR("{}"), .occurrence = SM_STR("1"),
			.trigger = SM_STR("test"), .fingerprint = SM_STR("ff"), .step = step != NULL ? step->row.name : (sm_bytes){NULL, 0},
			.attempt = story[i].attempt, .outcome = story[i].outcome, .external = {SM_STR("charge"), SM_STR("ch_1")}, .answer = &seen,
			.clocks_agree = true, .held_target = SM_STR("*"), .held = 3};
		st = sm_run_decide(&run, &cmd, false, &a->arena, &decision, &a->e);
		if (st == SM_OK) {
			if (decision.kind != SM_DECIDED_EVENTS) {
				fail_msg("command %zu decides nothing: %s", i, decision.message);
			}
			st = fold(&run, decision.events, decision.n, now, a);
		}
	}
	if (st == SM_OK && (st = sm_run_save(&run, &a->arena, &text)) == SM_OK && (st = sm_run_restore(&again, &a->arena, text)) == SM_OK) {
		assert_int_equal(run.phase, SM_PHASE_COMPLETED);
		assert_unchanged(&run, &again, a);
	}
	return st;
}

static void a_run_is_decided_and_folded(void **state)
{
	fail_each("a run is decided, folded, saved and restored", decide_and_fold);
}

/* ---- small things ---- */

static sm_status base64_and_definition(act *a)
{
	sm_step_def steps[2];
	sm_workflow w;
	sm_bytes out;
	sm_status st = sm_base64_read(&a->arena, SM_STR("c29waG1hdGU="), &out);
	return st ? st : define(&w, steps, &a->arena, &a->e);
}

static void base64_and_definitions(void **state)
{
	fail_each("base64 is read and a definition checked", base64_and_definition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_json),
		cmocka_unit_test(events_of_every_type),
		cmocka_unit_test(a_run_is_decided_and_folded),
		cmocka_unit_test(base64_and_definitions),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	printf("# %ld allocations failed in all\n", failed_in_all);
	return failures;
}
