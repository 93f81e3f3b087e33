/* decide: what the events carry, what refusals say, later starts and once(). */
#include "decide_fixture.h"

#include <string.h>

/* The wait after an attempt, in milliseconds: first wait x 2^(attempt - 1), or what the provider named where that is longer; none where the
 * class is not retried and nothing is uncertain. */
static void waits_double(void **state)
{
	static const struct { int classes; const char *script, *command; registered workflow; int64_t wait; } cases[] = {
		{ANY, "R S1", "unsent1", SAME, 2000}, {ANY, "R S1 XN1 S2", "unsent2", SAME, 4000},
		{ANY, "R S1 XN1 S2 XN2 S3", "unsent3", SAME, 8000}, {ANY, "R S1", "limit1", SAME, 5000},
		{ANY, "R S1 XN1 S2 XN2 S3", "limit3", SAME, 8000}, {ANY, "R S1", "not1", SAME, -1}, {ONCE, "R S1 U1 S2", "not2", SAME, 4000},
		{ANY, "R S1", "amb1", SAME, 2000},
		{SAFE, "R S1 Y1 S2", "amb2", SAME, 4000}, {ANY, "R S1", "unsent1", NOT_HERE, -1}, {ANY, "R S1", "limit1", NOT_HERE, 5000},
		{ANY, "R S1", "recover", SAME, 2000}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int repeat = 0; repeat < SM_REPEAT_COUNT; repeat++) {
			run_fixture f;
			asked a;

			if ((cases[i].classes & 1 << repeat) == 0) {
				continue;
			}
			run_begin(&f, (sm_repeat)repeat, true);

			const sm_decision d = decided(&f, &a, cases[i].script, cases[i].command, 99, cases[i].workflow);

			assert_int_equal(d.n, 1);
			if (d.events[0].retry_wait != cases[i].wait) {
				fail_msg("%s after \"%s\": waits %lld ms", cases[i].command, cases[i].script, (long long)d.events[0].retry_wait);
			}
			run_end(&f);
		}
	}
}

static void assert_private(const sm_event *ev, const char *field, const char *text)
{
	if (text == NULL) {
		assert_null(sm_event_value(ev, field).p);
	} else {
		assert_bytes(sm_event_value(ev, field), text);
	}
}

static void events_say_who_and_why(void **state)
{
	run_fixture f;
	asked a;
	sm_decision d;

	run_begin(&f, SM_REPEAT_NEVER, true);
	d = decided(&f, &a, "R S1 U1", "no", 20, SAME);
	assert_private(&d.events[0], "by", "\"anna\"");
	assert_private(&d.events[0], "reason", "\"she knows\"");
	assert_private(&d.events[0], "evidence", "\"looked it up\"");
	assert_private(&d.events[0], "output", NULL);
	assert_bytes(d.events[0].source, "person");
	a.cmd.by = a.cmd.reason = (sm_bytes){NULL, 0};
	a.cmd.by_probe = true;
	a.answer.kind = SM_ANSWER_DONE;
	a.answer.output = SM_STR("{\"id\":1}");

	const sm_external externals[] = {{SM_STR("charge"), SM_STR("ch_1")}, {SM_STR("receipt"), SM_STR("r_1")}};

	a.answer.externals = externals;
	a.answer.n_externals = 2;
	assert_int_equal(sm_run_decide(&f.run, &a.cmd, true, &f.arena, &d, &f.e), SM_OK);
	assert_string_equal(decide_answer(&f, &d), "external.recorded 1 + external.recorded 1 + verdict.done 1");
	assert_private(&d.events[2], "by", NULL);
	assert_private(&d.events[2], "output", "{\"id\":1}");
	assert_private(&d.events[1], "id", "\"r_1\"");
	assert_bytes(d.events[1].kind, "receipt");
	assert_bytes(d.events[2].source, "probe");
	a.answer.n_externals = SM_ANSWER_EXTERNALS_MAX + 1;
	assert_int_equal(sm_run_decide(&f.run, &a.cmd, true, &f.arena, &d, &f.e), SM_E_LIMIT);
	assert_int_equal(f.e.limit_value, SM_ANSWER_EXTERNALS_MAX);
	assert_int_equal(f.e.got, SM_ANSWER_EXTERNALS_MAX + 1);
	run_end(&f);

	run_begin(&f, SM_REPEAT_ONCE, true);
	d = decided(&f, &a, "", "start", 9, SAME);
	assert_private(&d.events[0], "subject", "\"order:900\"");
	assert_private(&d.events[0], "input", "{}");
	assert_int_equal(d.events[0].n_steps, 2);
	assert_bytes(d.events[0].steps[1].name, "two");
	assert_bytes(d.events[0].definition, f.workflow.definition);
	assert_int_equal(d.events[1].lease, 15000);
	assert_int_equal(d.events[1].grace, 60000);
	run_end(&f);

	run_begin(&f, SM_REPEAT_ONCE, true);
	f.defs[1].owner = SM_STR("kitchen");
	d = decided(&f, &a, "R S1 Q", "done1", 9, SAME);
	assert_bytes(d.events[1].owner, "kitchen"); /* rests with the owner of the step that is next */
	assert_bytes(d.events[1].rule, "asked");
	run_end(&f);
}

/* A refusal names the state and what would be allowed. */
static void refusals_explain(void **state)
{
	static const struct { const char *script, *command, *state, *allowed; } cases[] = {
		{"R S1 U1", "pause", "unknown", "verdict first"}, {"R S1 U1", "resume", "unknown", "verdict first"},
		{"R S1 U1", "finish", "unknown", "verdict first"},
		{"R S1", "finish", "running an attempt", "end of its lease"}, {"R S1", "stop", "running an attempt", "end of its lease"},
		{"R", "resume", "ready", "only a paused run"},
		{"R S1 X1", "yes", "refused", "only an unknown step"}, {"R P B", "stop", "ended", "over"},
		{"R S1 F1 S1' F1' C", "pause", "completed", "over"}, {"R P", "yes", "paused", "only an unknown step"}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run_fixture f;
		asked a;

		run_begin(&f, SM_REPEAT_NEVER, true);

		const sm_decision d = decided(&f, &a, cases[i].script, cases[i].command, 9, SAME);

		assert_int_equal(d.kind, SM_DECIDED_REFUSED);
		if (strstr(d.message, cases[i].state) == NULL || strstr(d.message, cases[i].allowed) == NULL) {
			fail_msg("%s after \"%s\": %s", cases[i].command, cases[i].script, d.message);
		}
		run_end(&f);
	}
}

/* ---- later starts, once ---- */

static void a_later_start_waits(void **state)
{
	for (int64_t now = 29; now <= 30; now++) {
		run_fixture f;
		asked a;
		sm_decision d;

		run_begin(&f, SM_REPEAT_NEVER, true);

		sm_event ev = run_event(&f, "R");

		ev.not_before = RUN_EPOCH + 30 * RUN_S;
		assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_OK);
		assert_int_equal(sm_run_due(&f.run, &run_settings), ev.not_before);
		d = decided(&f, &a, "", "go", now, SAME);
		assert_string_equal(decide_answer(&f, &d), now < 30 ? "wait 30" : "step.started 1");
		run_end(&f);
	}
}

/* The run of once(): one attempt a call and without limit, whatever the class of the refusal; other steps or versions are no change. */
static void once_has_no_limit_of_attempts(void **state)
{
	run_fixture f;
	asked a;
	sm_decision d;

	run_begin(&f, SM_REPEAT_NEVER, false);
	f.workflow.name = sm_once_name;
	f.defs[0].retry = (sm_retry){0};
	run_play(&f, "R S1 X1 S2 X2 S3 X3 S4 X4 S5 XL5");
	assert_int_equal(sm_run_due(&f.run, &run_settings), -1);
	assert_int_equal(sm_run_shown(&f.run, RUN_EPOCH + 99 * RUN_S), SM_SHOWN_WAITING);
	d = decided(&f, &a, "", "go", 12, SAME); /* the caller calls: no wait */
	assert_string_equal(decide_answer(&f, &d), "step.started 6");
	d = decided(&f, &a, "", "go", 99999, NEW_VERSION);
	assert_string_equal(decide_answer(&f, &d), "step.started 6");
	run_play(&f, "S6");
	assert_int_equal(sm_run_due(&f.run, &run_settings), f.run.changed_at + 17 * RUN_S); /* until its lease is over */
	d = decided(&f, &a, "", "limit6", 99, SAME);
	assert_int_equal(d.events[0].retry_wait, 5000); /* what the provider named is kept, to be shown */
	run_play(&f, "U6");
	assert_int_equal(sm_run_due(&f.run, &run_settings), -1);
	run_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_double), cmocka_unit_test(events_say_who_and_why), cmocka_unit_test(refusals_explain),
		cmocka_unit_test(a_later_start_waits), cmocka_unit_test(once_has_no_limit_of_attempts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
