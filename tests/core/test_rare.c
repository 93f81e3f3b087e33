/* What seldom happens around a run: outcomes that do not fit, outputs that are not there, hosts and stores that meddle. */
#include "support.h"

#include "alloc_world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what does not fit ---- */

static void an_outcome_whose_leaf_is_too_large_is_stored_bare(void **state)
{
	world w;
	sm_history h;
	sm_progress p;
	int64_t deadline;
	char *text = test_malloc(70000);

	world_open(&w);
	sm_start s = world_order(&w, "key");
	s.workflow = &w.once;
	world_ok(&w, sm_drive_claim(&w.drive, &w.arena, &s, &h, &deadline, &p, &w.e));
	memset(text, 'x', 70000);
	sm_outcome o = {.kind = SM_OUTCOME_DONE, .retry_after_ms = -1, .n_p = 2, .p = {{SM_STR("output"), SM_STR("[1,2]")}, {SM_STR("notes"), SM_STR("\"n\"")}}};
	sm_json *touched = sm_json_new(&w.arena, SM_JSON_ARRAY);
	assert_int_equal(sm_json_push(&w.arena, touched, sm_json_str(&w.arena, (sm_bytes){text, 70000})), SM_OK);
	o.touched = touched;
	world_ok(&w, sm_drive_record(&w.drive, &h, sm_once_step, 1, &o, &w.e));

	const sm_event *ev = &h.events[2];
	assert_int_equal(ev->type, SM_STEP_FINISHED);
	assert_int_equal(ev->n_p, 0);
	assert_null(ev->touched);
	assert_int_equal(ev->omitted->u.a.n, 2);
	sm_bytes output;
	assert_int_equal(sm_history_output(&h, sm_once_step, &output, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.message, "step \"effect\" is done; its output was omitted: the event was too large, 5 bytes");
	test_free(text);
	world_close(&w);
}

static void a_leaf_over_the_limit_is_refused_by_name(void **state)
{
	world w;
	char *text = test_malloc(70000);
	memset(text, 'x', 70000);
	world_open(&w);
	sm_event ev = sm_event_new(SM_RUN_PAUSED);
	ev.rule = (sm_bytes){text, 70000};
	snprintf(ev.stream, sizeof ev.stream, "%032x", 1);
	assert_int_equal(sm_event_encode(&ev, &w.arena, &sm_host_system, SM_STR("log"), 1, "", &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.limit, "bytes of a leaf");
	assert_int_equal(w.e.limit_value, SM_MAX_LEAF);
	assert_int_equal(w.e.got, SM_MAX_LEAF + 1);
	test_free(text);
	world_close(&w);
}

static void words_of_a_person_have_limits(void **state)
{
	world w;
	int64_t generation;
	char *text = test_malloc(SM_MAX_PRIVATE + 1);
	world_open(&w);
	memset(text, '\n', SM_MAX_PRIVATE + 1);
	/* too long as it is, and too long once escaped */
	assert_int_equal(sm_switch_set(&w.journal, &w.arena, SM_STR("*"), true, SM_STR("Ada"), (sm_bytes){text, SM_MAX_PRIVATE + 1}, &generation, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.limit, "reason");
	assert_int_equal(sm_switch_set(&w.journal, &w.arena, SM_STR("*"), true, SM_STR("Ada"), (sm_bytes){text, SM_MAX_PRIVATE - 10}, &generation, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.limit, "reason");
	assert_int_equal(sm_switch_set(&w.journal, &w.arena, SM_STR("*"), true, SM_STR("Ad\xff"), SM_STR("r"), &generation, &w.e), SM_E_ARGUMENT);
	assert_string_equal(w.e.message, "by must be UTF-8, got 3 bytes that are not");
	assert_int_equal(generation, 0);
	test_free(text);
	world_close(&w);
}

/* ---- screens ---- */

static void the_view_of_a_refused_step_has_its_failure(void **state)
{
	world w;
	world_open(&w);
	w.externals = true;
	w.outcome[1] = SM_OUTCOME_NOT_DONE;
	sm_history h = world_started(&w, "order:1");
	const sm_step_view *v = sm_history_steps(&h, &w.arena, &w.workflow);
	assert_non_null(v);
	assert_string_equal(v[0].phase, "done");
	assert_int_equal(v[0].finished->type, SM_STEP_FINISHED);
	assert_null(v[0].failure);
	assert_int_equal(v[0].n_externals, 1);
	assert_string_equal(v[1].phase, "refused");
	assert_null(v[1].finished);
	assert_int_equal(v[1].failure->type, SM_STEP_FAILED);
	assert_true(v[1].started_at > 0 && v[1].ended_at > 0);
	assert_string_equal(v[2].phase, "ready");
	assert_int_equal(v[2].started_at, 0);
	world_close(&w);
}

static void outputs_that_are_not_there_say_why(void **state)
{
	world w;
	sm_bytes output;
	world_open(&w);
	w.outcome[1] = SM_OUTCOME_AMBIGUOUS;
	sm_history h = world_started(&w, "order:1");
	assert_int_equal(sm_history_output(&h, SM_STR("charge"), &output, &w.e), SM_E_STATE);
	assert_string_equal(w.e.message, "step \"charge\" is not done");
	assert_int_equal(sm_history_output(&h, SM_STR("nothing"), &output, &w.e), SM_E_STATE);
	assert_string_equal(w.e.message, "step \"nothing\" does not exist in this run");

	sm_answer seen = {.kind = SM_ANSWER_DONE, .text = SM_STR("seen")};
	sm_command verdict = {.kind = SM_CMD_VERDICT, .by = SM_STR("Ada"), .reason = SM_STR("r"), .answer = &seen};
	world_ok(&w, sm_drive_command(&w.drive, &h, &verdict, &w.e));
	assert_int_equal(sm_history_output(&h, SM_STR("charge"), &output, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.message, "step \"charge\" is done; no output is stored (its verdict gave none)");

	world_exec(&w, "UPDATE {p}journal SET private=NULL WHERE leaf LIKE '%step.finished%'");
	h = world_loaded(&w, "order:1");
	assert_int_equal(sm_history_output(&h, SM_STR("create contact"), &output, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.message, "step \"create contact\" is done; no output is stored (erased, or none was given)");
	world_close(&w);
}

static void an_omitted_note_is_not_an_omitted_output(void **state)
{
	world w;
	sm_history h;
	sm_progress p;
	int64_t deadline;
	sm_bytes output;
	char *text = test_malloc(SM_MAX_PRIVATE + 1);
	memset(text, '1', SM_MAX_PRIVATE + 1);
	world_open(&w);
	sm_start s = world_order(&w, "key");
	s.workflow = &w.once;
	world_ok(&w, sm_drive_claim(&w.drive, &w.arena, &s, &h, &deadline, &p, &w.e));
	sm_outcome o = {.kind = SM_OUTCOME_DONE, .retry_after_ms = -1, .n_p = 1, .p = {{SM_STR("notes"), {text, SM_MAX_PRIVATE + 1}}}};
	world_ok(&w, sm_drive_record(&w.drive, &h, sm_once_step, 1, &o, &w.e));
	assert_int_equal(h.events[2].omitted->u.a.n, 1);
	assert_int_equal(sm_history_output(&h, sm_once_step, &output, &w.e), SM_E_LIMIT);
	assert_string_equal(w.e.message, "step \"effect\" is done; no output is stored (erased, or none was given)");
	test_free(text);
	world_close(&w);
}

/* ---- hosts that meddle ---- */

static void an_id_goes_behind_what_others_stored(void **state)
{
	world w;
	sm_external id = {SM_STR("charge"), SM_STR("ch_1")};
	sm_answer gone = {.kind = SM_ANSWER_NOT_DONE, .text = SM_STR("not there")};
	sm_command verdict = {.kind = SM_CMD_VERDICT, .by = SM_STR("Ada"), .reason = SM_STR("r"), .answer = &gone};
	world_open(&w);
	w.outcome[1] = SM_OUTCOME_AMBIGUOUS;
	world_started(&w, "order:1");
	sm_history mine = world_loaded(&w, "order:1"), theirs = world_loaded(&w, "order:1");
	world_ok(&w, sm_drive_command(&w.drive, &theirs, &verdict, &w.e));
	world_ok(&w, sm_drive_external(&w.drive, &mine, SM_STR("charge"), 1, &id, &w.e));
	assert_int_equal(mine.n, theirs.n + 1);
	assert_int_equal(mine.events[mine.n - 1].type, SM_EXTERNAL_RECORDED);
	const sm_step_view *v = sm_history_steps(&mine, &w.arena, &w.workflow);
	assert_string_equal(v[1].phase, "ready");
	assert_int_equal(v[1].n_externals, 1);
	assert_int_equal(v[1].failure->type, SM_STEP_UNKNOWN);
	world_close(&w);
}

static int asked, answers;

static const sm_workflow *forgets(void *ctx, sm_bytes name)
{
	world *w = ctx;
	return ++asked <= answers ? &w->workflow : NULL;
}

static void a_workflow_may_be_unregistered_at_any_time(void **state)
{
	int said = 0, rested = 0;
	for (answers = 0; answers < 12; answers++) {
		world w;
		sm_progress p;
		sm_command resume = {.kind = SM_CMD_RESUME, .by = SM_STR("Ada"), .reason = SM_STR("r")};
		world_open(&w);
		w.outcome[0] = SM_OUTCOME_NOT_DONE;
		sm_history h = world_started(&w, "order:1");
		w.outcome[0] = SM_OUTCOME_DONE;
		world_ok(&w, sm_drive_command(&w.drive, &h, &resume, &w.e));
		w.effects.workflow = forgets;
		asked = 0;
		sm_status st = sm_drive_advance(&w.drive, &h, &p, &w.e);
		assert_true(st == SM_OK || st == SM_E_STATE);
		if (st == SM_E_STATE) {
			assert_non_null(strstr(w.e.message, "was unregistered while it ran"));
			said++;
		} else {
			rested++;
		}
		assert_false(h.broken);
		world_close(&w);
	}
	assert_true(said > 0 && rested > 0);
}

static int probed;

static sm_status probe_that_records(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	world *w = ctx;
	memset(out, 0, sizeof *out);
	out->kind = SM_ANSWER_DONE;
	out->text = SM_STR("seen");
	if (probed++ == 0) {
		/* the host shares one history between its callables */
		sm_external id = {SM_STR("charge"), SM_STR("ch_1")};
		return sm_drive_external(&w->drive, (sm_history *)(uintptr_t)call->history, call->step->name, call->attempt, &id, e);
	}
	return SM_OK;
}

static void a_probe_that_moves_its_own_history_is_asked_again(void **state)
{
	world w;
	sm_progress p;
	world_open(&w);
	w.outcome[1] = SM_OUTCOME_AMBIGUOUS;
	world_started(&w, "order:1");
	sm_history h = world_loaded(&w, "order:1");
	w.effects.probe = probe_that_records;
	probed = 0;
	world_ok(&w, sm_drive_advance(&w.drive, &h, &p, &w.e));
	assert_int_equal(probed, 2);
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	world_close(&w);
}

static sm_status probe_that_dies(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	return SM_E_ABORTED;
}

static void a_process_that_ends_in_its_probe_stores_nothing(void **state)
{
	world w;
	sm_progress p;
	world_open(&w);
	w.outcome[1] = SM_OUTCOME_AMBIGUOUS;
	world_started(&w, "order:1");
	sm_history h = world_loaded(&w, "order:1");
	int32_t seq = h.run.seq;
	w.effects.probe = probe_that_dies;
	assert_int_equal(sm_drive_advance(&w.drive, &h, &p, &w.e), SM_E_ABORTED);
	h = world_loaded(&w, "order:1");
	assert_int_equal(h.run.seq, seq);
	world_close(&w);
}

/* ---- stores that fail ---- */

static sm_status no_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	return sm_fail(e, SM_E_STORE, "no read");
}

static sm_status no_reset(void *ctx, sm_error *e)
{
	return sm_fail(e, SM_E_STORE, "no reset either");
}

static void a_store_that_cannot_be_reset_is_an_error_of_the_store(void **state)
{
	world w;
	world_open(&w);
	w.journal.store.read = no_read;
	w.journal.store.reset = no_reset;
	w.journal.identified = false;
	assert_int_equal(sm_journal_identify(&w.journal, &w.e), SM_E_STORE);
	assert_string_equal(w.e.message, "no reset either");
	world_close(&w);
}

static void a_prefix_is_part_of_a_name(void **state)
{
	static const char *const bad[] = {"", "a-b", "a b", "a;b", "\xc3\xa9", "0123456789012345678901234567890123456789012345678"};
	world w;
	world_open(&w);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		sm_store store = w.journal.store;
		sm_journal j;
		store.prefix = sm_cstr(bad[i]);
		assert_int_equal(sm_journal_init(&j, &store, &sm_host_system, &w.journal.settings, &w.alloc, &w.e), SM_E_ARGUMENT);
		assert_non_null(strstr(w.e.message, "[A-Za-z0-9_]{1,48}"));
		sm_journal_free(&j);
	}
	world_close(&w);
}

static void numbers_of_servers_are_read_whole_or_not_at_all(void **state)
{
	static const struct { const char *text; bool good; int64_t value; } cases[] = {
		{"0", true, 0}, {"-1", true, -1}, {"9223372036854775807", true, INT64_MAX}, {"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0}, {"99999999999999999999", false, 0}, {"", false, 0}, {"-", false, 0},
		{" 1", false, 0}, {"1 ", false, 0}, {"+1", false, 0}, {"1.0", false, 0}, {"0x1", false, 0}, {"1e3", false, 0}
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sm_value v = sm_v_str(sm_cstr(cases[i].text));
		int64_t got = 0;
		assert_int_equal(sm_value_int(&v, &got), cases[i].good);
		assert_int_equal(got, cases[i].value);
	}
	int64_t got = 7;
	assert_false(sm_value_int(&sm_v_null, &got));
	assert_int_equal(got, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_whose_leaf_is_too_large_is_stored_bare),
		cmocka_unit_test(a_leaf_over_the_limit_is_refused_by_name),
		cmocka_unit_test(words_of_a_person_have_limits),
		cmocka_unit_test(the_view_of_a_refused_step_has_its_failure),
		cmocka_unit_test(outputs_that_are_not_there_say_why),
		cmocka_unit_test(an_omitted_note_is_not_an_omitted_output),
		cmocka_unit_test(an_id_goes_behind_what_others_stored),
		cmocka_unit_test(a_workflow_may_be_unregistered_at_any_time),
		cmocka_unit_test(a_probe_that_moves_its_own_history_is_asked_again),
		cmocka_unit_test(a_process_that_ends_in_its_probe_stores_nothing),
		cmocka_unit_test(a_store_that_cannot_be_reset_is_an_error_of_the_store),
		cmocka_unit_test(a_prefix_is_part_of_a_name),
		cmocka_unit_test(numbers_of_servers_are_read_whole_or_not_at_all),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
