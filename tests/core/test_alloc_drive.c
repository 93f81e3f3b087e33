/* Every allocation failed in turn, in everything that the core does on a store. */
#include "support.h"

#include "alloc_world.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- set-ups ---- */

static void start_order(world *w, const char *subject, sm_status expected)
{
	sm_start s = world_order(w, subject);
	sm_history h;
	sm_progress p;
	assert_int_equal(sm_drive_start(&w->drive, &w->arena, &s, &h, &p, &w->e), expected);
}

/* An order that completed: the switch rows exist, and there is something to replay. */
static void a_finished_order(world *w)
{
	start_order(w, "order:1", SM_OK);
}

static void a_held_workflow(world *w)
{
	int64_t generation;
	world_ok(w, sm_switch_set(&w->journal, &w->arena, SM_STR("workflow:order.fulfil"), true, SM_STR("Ada"), SM_STR("stop"), &generation, &w->e));
}

static void a_charge_that_may_have_happened(world *w)
{
	w->outcome[1] = SM_OUTCOME_AMBIGUOUS;
	start_order(w, "order:1", SM_OK);
	world_age(w);
	w->outcome[1] = SM_OUTCOME_DONE;
	w->probe = SM_ANSWER_DONE;
}

static void a_refused_charge(world *w)
{
	w->outcome[1] = SM_OUTCOME_NOT_DONE;
	start_order(w, "order:1", SM_OK);
	w->outcome[1] = SM_OUTCOME_DONE;
}

static sm_status dies(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	return SM_E_ABORTED;
}

static void start_and_die(world *w, const char *subject)
{
	sm_status (*run)(void *, const sm_call *, sm_arena *, sm_outcome *, sm_error *) = w->effects.run;
	w->effects.run = dies;
	start_order(w, subject, SM_E_ABORTED);
	w->effects.run = run;
}

static void a_worker_that_died(world *w)
{
	start_and_die(w, "order:1");
	world_age(w);
}

static void a_claim_without_outcome(world *w)
{
	sm_start s = world_order(w, "key");
	sm_history h;
	sm_progress p;
	int64_t deadline;
	s.workflow = &w->once;
	world_ok(w, sm_drive_claim(&w->drive, &w->arena, &s, &h, &deadline, &p, &w->e));
}

static void a_finished_once(world *w)
{
	sm_start s = world_order(w, "key");
	sm_history h;
	sm_progress p;
	s.workflow = &w->once;
	world_ok(w, sm_drive_once(&w->drive, &w->arena, &s, &h, &p, &w->e));
}

/* All kinds of work for a tick: dead, later, unknown with a probe, unknown without an answer. */
static void work_for_a_tick(world *w)
{
	sm_start later = world_order(w, "order:later");
	sm_history h;
	sm_progress p;
	w->externals = true;
	start_order(w, "order:done", SM_OK);
	w->externals = false;
	start_and_die(w, "order:died");
	w->outcome[1] = SM_OUTCOME_AMBIGUOUS;
	start_order(w, "order:unknown", SM_OK);
	later.later = true;
	world_ok(w, sm_drive_start(&w->drive, &w->arena, &later, &h, &p, &w->e));
	world_age(w);
	w->probe = SM_ANSWER_UNKNOWN;
	w->externals = true;
}

/* ---- acts ---- */

static sm_status start_an_order(world *w)
{
	sm_start s = world_order(w, "order:1");
	sm_history h;
	sm_progress p;
	w->externals = true;
	return sm_drive_start(&w->drive, &w->arena, &s, &h, &p, &w->e);
}

static sm_status start_without_subject(world *w)
{
	sm_start s = world_order(w, "");
	sm_history h;
	sm_progress p;
	return sm_drive_start(&w->drive, &w->arena, &s, &h, &p, &w->e);
}

static sm_status start_with_another_input(world *w)
{
	sm_start s = world_order(w, "order:1");
	sm_history h;
	sm_progress p;
	s.input = SM_STR("{\"order\":2}");
	return sm_drive_start(&w->drive, &w->arena, &s, &h, &p, &w->e);
}

static sm_status call_once(world *w)
{
	sm_start s = world_order(w, "key");
	sm_history h;
	sm_progress p;
	s.workflow = &w->once;
	return sm_drive_once(&w->drive, &w->arena, &s, &h, &p, &w->e);
}

static sm_status claim_and_record(world *w)
{
	sm_start s = world_order(w, "key");
	sm_outcome o = {.kind = SM_OUTCOME_NOT_DONE, .failure_class = SM_CLASS_PROVIDER_LIMIT, .code = SM_STR("429"), .retry_after_ms = 1000, .n_p = 1,
		.p = {{SM_STR("message"), SM_STR("\"slow down\"")}}};
	sm_history h;
	sm_progress p;
	int64_t deadline;
	s.workflow = &w->once;
	sm_status st = sm_drive_claim(&w->drive, &w->arena, &s, &h, &deadline, &p, &w->e);
	return st ? st : sm_drive_record(&w->drive, &h, sm_once_step, 1, &o, &w->e);
}

/* Larger than a statement may be: it is left out, and said. */
static sm_status record_a_large_output(world *w)
{
	static char text[SM_MAX_PRIVATE + 64];
	sm_outcome o = {.kind = SM_OUTCOME_DONE, .retry_after_ms = -1, .n_p = 2, .p = {{SM_STR("output"), SM_LIT("1")}, {SM_STR("notes"), SM_LIT("2")}}};
	char id[SM_ID_SIZE];
	sm_history h;
	memset(text, '1', sizeof text);
	o.p[0].value = (sm_bytes){text, sizeof text};
	sm_status st = sm_journal_identify(&w->journal, &w->e);
	if (st) {
		return st;
	}
	sm_run_id(&w->journal.keys, sm_once_name, SM_STR("key"), SM_STR("1"), id);
	sm_history_init(&h, &w->arena, id);
	return sm_drive_record(&w->drive, &h, sm_once_step, 1, &o, &w->e);
}

static sm_status open_order(world *w, sm_history *h)
{
	char id[SM_ID_SIZE];
	sm_status st = sm_journal_identify(&w->journal, &w->e);
	if (st == SM_OK) {
		sm_run_id(&w->journal.keys, w->workflow.name, SM_STR("order:1"), SM_STR("1"), id);
		sm_history_init(h, &w->arena, id);
	}
	return st;
}

static sm_status advance(world *w)
{
	sm_history h;
	sm_progress p;
	sm_status st = open_order(w, &h);
	return st ? st : sm_drive_advance(&w->drive, &h, &p, &w->e);
}

static sm_status command(world *w, sm_command_kind kind, const sm_answer *answer)
{
	sm_command cmd = {.kind = kind, .by = SM_STR("Ada"), .reason = SM_STR("because \xc3\x85"), .answer = answer};
	sm_history h;
	sm_status st = open_order(w, &h);
	return st ? st : sm_drive_command(&w->drive, &h, &cmd, &w->e);
}

static sm_status verdict_with_ids(world *w)
{
	static const sm_external externals[] = {{SM_LIT("charge"), SM_LIT("ch_1")}, {SM_LIT("charge"), SM_LIT("ch_2")}};
	sm_answer answer = {.kind = SM_ANSWER_DONE, .text = SM_STR("seen"), .output = SM_STR("1"), .externals = externals, .n_externals = 2};
	return command(w, SM_CMD_VERDICT, &answer);
}

static sm_status note_and_stop(world *w)
{
	sm_status st = command(w, SM_CMD_NOTE, NULL);
	return st ? st : command(w, SM_CMD_STOP, NULL);
}

static sm_status resume_and_advance(world *w)
{
	sm_status st = command(w, SM_CMD_RESUME, NULL);
	return st ? st : advance(w);
}

static sm_status tick(world *w)
{
	sm_tick t;
	return sm_drive_tick(&w->drive, 10, sm_drive_move_alone, &w->drive, &t, &w->e);
}

static sm_status list_and_find(world *w)
{
	sm_runs_filter filter = {.workflow = w->workflow.name, .state = SM_STR("running"), .limit = 10};
	char (*ids)[SM_ID_SIZE];
	size_t n;
	sm_status st = sm_journal_runs(&w->journal, &w->arena, &filter, &ids, &n, &w->e);
	return st ? st : sm_journal_find_external(&w->journal, &w->arena, SM_STR("charge"), SM_STR("ch_1"), &ids, &n, &w->e);
}

static sm_status show_an_order(world *w)
{
	sm_history h;
	sm_bytes output;
	sm_status st = open_order(w, &h);
	if (st == SM_OK && (st = sm_journal_load(&w->journal, &h, &w->e)) == SM_OK) {
		st = sm_history_steps(&h, &w->arena, &w->workflow) == NULL ? SM_E_NOMEM : SM_OK;
	}
	return st ? st : sm_history_output(&h, SM_STR("charge"), &output, &w->e);
}

static sm_status flip_and_look(world *w)
{
	sm_switch_state state;
	int64_t generation;
	bool held;
	sm_status st = sm_switch_set(&w->journal, &w->arena, SM_STR("category:commerce"), true, SM_STR("Ada"), SM_STR("stop"), &generation, &w->e);
	sm_json *list = st ? NULL : sm_json_new(&w->arena, SM_JSON_ARRAY);
	if (st == SM_OK) {
		st = list == NULL ? SM_E_NOMEM : sm_switch_list(&w->journal, &w->arena, list, &w->e);
	}
	st = st ? st : sm_switch_get(&w->journal, &w->arena, SM_STR("category:commerce"), &state, &w->e);
	st = st ? st : sm_switch_held(&w->journal, &w->arena, SM_STR("order.fulfil"), SM_STR("commerce"), &held, &w->e);
	return st;
}

static sm_status install_check_and_identify(world *w)
{
	sm_identity identity;
	sm_status st = sm_schema_install(&w->journal, SM_STR("shop.example"), &w->e);
	sm_json *findings = st ? NULL : sm_json_new(&w->arena, SM_JSON_ARRAY);
	if (st == SM_OK) {
		st = findings == NULL ? SM_E_NOMEM : sm_schema_check(&w->journal, &w->arena, findings, &w->e);
	}
	return st ? st : sm_schema_identity(&w->journal, &w->arena, &identity, &w->e);
}

static void nothing_installed(world *w)
{
	world_exec(w, "DROP TABLE {p}journal; DROP TABLE {p}switch; DROP TABLE {p}meta; DROP TABLE {p}run; DROP TABLE {p}external");
}

static sm_status install(world *w)
{
	return sm_schema_install(&w->journal, SM_STR("shop.example"), &w->e);
}

/* Half an installation is completed by the next. */
static void install_again(world *w)
{
	world_ok(w, install(w));
}

static void orders_of_an_environment_before(world *w)
{
	a_charge_that_may_have_happened(w);
	world_exec(w, "UPDATE {p}switch SET site_check='00000000000000000000000000000000' WHERE target='*'");
}

static sm_status adopt(world *w)
{
	return sm_schema_adopt(&w->journal, SM_ADOPT_MOVED, SM_STR("Ada"), SM_STR("moved"), &w->e);
}

static sm_status adopt_as_a_copy(world *w)
{
	return sm_schema_adopt(&w->journal, SM_ADOPT_COPY, SM_STR("Ada"), SM_STR("copied"), &w->e);
}

static void adopt_again(world *w)
{
	world_ok(w, adopt(w));
}

/* ---- the tests ---- */

#define SCENARIOS(X) \
	X(a_first_order_of_a_site, NULL, start_an_order, SM_OK, NULL) \
	X(an_order_without_a_business_event, a_finished_order, start_without_subject, SM_OK, NULL) \
	X(an_order_begun_already, a_finished_order, start_an_order, SM_OK, NULL) \
	X(an_order_with_another_input, a_finished_order, start_with_another_input, SM_E_CONFLICT, NULL) \
	X(an_order_under_a_held_switch, a_held_workflow, start_an_order, SM_OK, NULL) \
	X(once_for_the_first_time, NULL, call_once, SM_OK, NULL) \
	X(once_again, a_finished_once, call_once, SM_OK, NULL) \
	X(a_claim_and_its_refusal, NULL, claim_and_record, SM_OK, NULL) \
	X(an_output_too_large_to_be_stored, a_claim_without_outcome, record_a_large_output, SM_OK, NULL) \
	X(advance_after_a_death, a_worker_that_died, advance, SM_OK, NULL) \
	X(advance_asks_the_probe, a_charge_that_may_have_happened, advance, SM_OK, NULL) \
	X(a_verdict_with_external_ids, a_charge_that_may_have_happened, verdict_with_ids, SM_OK, NULL) \
	X(a_note_and_the_end, a_refused_charge, note_and_stop, SM_OK, NULL) \
	X(resuming_a_refused_order, a_refused_charge, resume_and_advance, SM_OK, NULL) \
	X(a_tick_with_all_kinds_of_work, work_for_a_tick, tick, SM_OK, NULL) \
	X(lists_catch_up_first, work_for_a_tick, list_and_find, SM_OK, NULL) \
	X(an_order_on_a_screen, a_finished_order, show_an_order, SM_OK, NULL) \
	X(switches_are_flipped_and_shown, a_finished_order, flip_and_look, SM_OK, NULL) \
	X(a_first_installation, nothing_installed, install, SM_OK, install_again) \
	X(the_schema_is_checked, a_finished_order, install_check_and_identify, SM_OK, NULL) \
	X(a_moved_site_is_adopted, orders_of_an_environment_before, adopt, SM_OK, adopt_again) \
	X(a_copied_site_is_adopted, orders_of_an_environment_before, adopt_as_a_copy, SM_OK, adopt_again)

static long failed_in_all;

#define X(n, before, what, then, after) \
	static void n(void **state) \
	{ \
		static const scenario s = {.name = #n, .set_up = before, .act = what, .expected = then, .check = after}; \
		long failed = world_fail_each(&s); \
		assert_true(failed > 0); \
		failed_in_all += failed; \
	}
SCENARIOS(X)
#undef X

int main(void)
{
#define X(n, before, what, then, after) cmocka_unit_test(n),
	const struct CMUnitTest tests[] = {SCENARIOS(X)};
#undef X

	if (sodium_init() < 0) {
		return 1;
	}
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	printf("# %ld allocations failed in all\n", failed_in_all);
	return failures;
}
