/* decide: every cell of the tables of PROTOCOL section 4 and API "Engine", by script, command and time. */
#include "decide_fixture.h"

#include <stdio.h>
#include <string.h>

enum { BLIND = 1 << SM_REPEAT_COUNT };

/* Found unknown late: the grace counts from there. */
#define LONG_AGO "R T T T T T T T T T T T T T T T T S1 T T T T T T T T T T T T T T T T T U1"

static const struct row {
	int classes; /* | BLIND: without probes */
	const char *script, *command;
	int64_t now; /* seconds after RUN_EPOCH */
	registered workflow;
	const char *answer;
} rows[] = {
	/* start */
	{ANY, "", "start", 9, SAME, "run.started + step.started 1"}, {ANY, "", "later", 9, SAME, "run.started"},
	{ANY, "R", "start", 9, SAME, "refused"}, {ANY, "R S1 F1 S1' F1' C", "start", 9, SAME, "refused"},

	/* go on: nothing to decide */
	{ANY, "", "go", 9, SAME, "nothing"}, {ANY, "R S1", "go", 9, SAME, "nothing"}, {ANY, "R S1", "go", 999, NEW_VERSION, "nothing"},
	{ANY, "R P", "go", 9, SAME, "nothing"}, {ANY, "R P B", "go", 9, SAME, "nothing"},
	{ANY, "R S1 F1 S1' F1' C", "go", 9, SAME, "nothing"},
	/* ready */
	{ANY, "R", "go", 9, SAME, "step.started 1"}, {ANY, "R H", "go", 9, SAME, "step.started 1"},
	{ANY, "R S1 F1", "go", 9, SAME, "step.started 1'"}, {ANY, "R", "go", 9, NOT_HERE, "nothing"},
	{ANY, "R", "go", 9, NEW_VERSION, "run.paused"}, {ANY, "R", "go", 9, SECOND_RENAMED, "run.paused"},
	{ANY, "R", "go", 9, FIRST_RENAMED, "run.paused"}, {ANY, "R", "go", 9, OTHER_REPEAT, "run.paused"},
	{ANY, "R", "go", 9, LONG_RETRY, "step.started 1"}, {ANY, "R Q", "go", 9, SAME, "run.paused"},
	{ANY, "R Q", "go", 9, NOT_HERE, "run.paused"}, {ANY, "R Q", "go", 9, NEW_VERSION, "run.paused"},
	/* all done */
	{ANY, "R S1 F1 S1' F1'", "go", 9, SAME, "run.completed"}, {ANY, "R S1 F1 S1' F1'", "go", 9, NOT_HERE, "run.completed"},
	{ANY, "R S1 F1 S1' F1' Q", "go", 9, NEW_VERSION, "run.completed"},
	/* refused: by class, by attempts, by time */
	{ANY, "R S1 X1", "go", 9, SAME, "run.paused"}, {ANY, "R S1 X1 Q", "go", 9, SAME, "run.paused"},
	{ANY, "R S1 X1", "go", 9, NOT_HERE, "nothing"}, {ANY, "R S1 XN1", "go", 4, SAME, "wait 5"},
	{ANY, "R S1 XN1", "go", 5, SAME, "step.started 2"}, {ANY, "R S1 XL1", "go", 5, SAME, "wait 6"},
	{ANY, "R S1 XL1", "go", 6, SAME, "step.started 2"}, {ANY, "R S1 XN1", "go", 6, NEW_VERSION, "run.paused"},
	{ANY, "R S1 XN1 S2 XN2", "go", 99, SAME, "step.started 3"}, {ANY, "R S1 XN1 S2 XN2 S3 XN3", "go", 99, SAME, "run.paused"},
	{ANY, "R S1 XN1", "go", 121, SAME, "step.started 2"}, {ANY, "R S1 XN1", "go", 122, SAME, "run.paused"},
	{ANY, "R S1 XN1 S2 XN2 S3 XN3 P G", "go", 99, SAME, "step.started 4"}, {ANY, "R S1 X1 P G", "go", 999, SAME, "step.started 2"},
	{ANY, "R S1 XN1 S2 XN2 S3 XN3 P G S4 XN4", "go", 99, SAME, "run.paused"},
	/* safe after an ambiguous error */
	{SAFE, "R S1 Y1", "go", 4, SAME, "wait 5"}, {SAFE, "R S1 Y1", "go", 5, SAME, "step.started 2"},
	{SAFE, "R S1 Y1 Q", "go", 9, SAME, "run.paused"}, {SAFE, "R S1 Y1 S2 Y2 S3 Y3", "go", 99, SAME, "run.paused"},
	{SAFE, "R S1 Y1 S2 X2", "go", 99, SAME, "run.paused"}, {SAFE, "R S1 Y1", "go", 122, SAME, "run.paused"},
	{SAFE, "R S1 Y1", "go", 9, FIRST_RENAMED, "run.paused"},
	/* unknown: the probe first, then the same key of `once`, inside its window */
	{ONCE | NEVER, "R S1 U1", "go", 9, SAME, "probe"}, {ONCE | NEVER | BLIND, "R S1 U1", "go", 4, NOT_HERE, "nothing"},
	{ONCE | NEVER, "R S1 U1", "go", 4, NOT_HERE, "nothing"}, {NEVER, "R S1 U1", "asked", 9, SAME, "nothing"},
	{NEVER | BLIND, "R S1 U1", "go", 9, SAME, "nothing"}, {ONCE, "R S1 U1", "asked", 4, SAME, "wait 5"},
	{ONCE, "R S1 U1", "asked", 5, SAME, "step.started 2"}, {ONCE | BLIND, "R S1 U1", "go", 5, SAME, "step.started 2"},
	{ONCE, "R S1 U1", "asked", 121, SAME, "step.started 2"}, {ONCE, "R S1 U1", "asked", 122, SAME, "nothing"},
	{ONCE, "R S1 U1", "asked", 526, LONG_RETRY, "step.started 2"}, {ONCE, "R S1 U1", "asked", 527, LONG_RETRY, "nothing"},
	{ONCE, "R S1 U1 S2 U2 S3 U3", "asked", 99, SAME, "nothing"}, {ONCE, "R S1 U1 S2 X2", "asked", 99, SAME, "step.started 3"},
	{ONCE, "R S1 U1 Q", "asked", 9, SAME, "nothing"}, {ONCE, "R S1 U1 Q", "go", 9, SAME, "probe"},
	{ONCE, "R S1 U1", "asked", 9, NEW_VERSION, "nothing"}, {ONCE, "R S1 U1", "asked", 9, OTHER_REPEAT, "nothing"},
	{ONCE, "R S1 U1", "asked", 9, SECOND_RENAMED, "nothing"}, {ONCE | NEVER, "R S1 U1", "go", 9, FIRST_RENAMED, "nothing"},

	/* an attempt reports: still its own */
	{ANY, "R S1", "done1", 9, SAME, "step.finished 1 + step.started 1'"}, {ANY, "R S1", "done1/", 9, SAME, "step.finished 1"},
	{ANY, "R S1", "done1", 9, NOT_HERE, "step.finished 1"}, {ANY, "R S1", "done1", 9, NEW_VERSION, "step.finished 1"},
	{ANY, "R S1 Q", "done1", 9, SAME, "step.finished 1 + run.paused"},
	{ANY, "R S1 Q", "done1", 9, NOT_HERE, "step.finished 1 + run.paused"},
	{ANY, "R S1 F1 S1'", "done1'", 9, SAME, "step.finished 1' + run.completed"},
	{ANY, "R S1 F1 S1'", "done1'/", 9, SAME, "step.finished 1' + run.completed"},
	{ANY, "R S1 F1 S1' Q", "done1'", 9, SAME, "step.finished 1' + run.completed"}, {ANY, "R S1", "not1", 9, SAME, "step.failed 1"},
	{ANY, "R S1", "limit1", 9, SAME, "step.failed 1"}, {ANY, "R S1", "unsent1", 9, NOT_HERE, "step.failed 1"},
	{ONCE | NEVER, "R S1", "amb1", 9, SAME, "step.unknown 1"}, {SAFE, "R S1", "amb1", 9, SAME, "step.ready 1"},
	{ANY, "R S1 F1 S1'", "amb1'", 9, SAME, "step.unknown 1'"},
	{ONCE, "R S1 U1 S2", "done2", 9, SAME, "step.finished 2 + step.started 1'"}, {ONCE, "R S1 U1 S2", "not2", 9, SAME, "step.failed 2"},
	/* no longer */
	{ONCE | NEVER, "R S1 U1", "done1", 9, SAME, "late.done 1"}, {ONCE | NEVER, "R S1 U1", "not1", 9, SAME, "late.failed 1"},
	{ONCE | NEVER, "R S1 U1", "amb1", 9, SAME, "nothing"}, {SAFE, "R S1 Y1", "done1", 9, SAME, "late.done 1"},
	{ONCE, "R S1 U1 S2", "done1", 9, SAME, "late.done 1"}, {ONCE, "R S1 U1 S2", "not1", 9, SAME, "late.failed 1"},
	{ONCE, "R S1 U1 S2", "amb1", 9, SAME, "nothing"}, {SAFE, "R S1 Y1 S2", "not1", 9, NOT_HERE, "late.failed 1"},
	{ANY, "R S1 F1", "done1", 9, SAME, "late.done 1"}, {ANY, "R S1 F1 S1'", "done1", 9, SAME, "late.done 1"},
	{ANY, "R S1 X1 P", "done1", 9, SAME, "late.done 1"}, {ANY, "R S1 X1 P B", "not1", 9, SAME, "late.failed 1"},
	{ONCE | NEVER, "R S1 U1 A1", "done1", 9, SAME, "late.done 1"}, {ANY, "R S1 F1 S1' F1' C", "done1", 9, SAME, "late.done 1"},
	{ANY, "R S1 F1 S1' F1' C", "amb1'", 9, SAME, "nothing"},

	/* recover: the lease of an attempt stored at 2 s ends at 17 s, and 2 s are allowed for the clocks */
	{ANY, "R S1", "recover", 3, SAME, "wait 19"}, {ANY, "R S1", "recover", 19, SAME, "wait 19"},
	{ONCE | NEVER, "R S1", "recover", 20, SAME, "step.unknown 1"}, {SAFE, "R S1", "recover", 20, SAME, "step.ready 1"},
	{ANY, "R S1", "apart-recover", 20, SAME, "nothing"}, {SAFE, "R S1", "recover", 20, NOT_HERE, "step.ready 1"},
	{ONCE | NEVER, "R S1 Q", "recover", 20, NEW_VERSION, "step.unknown 1"}, {ANY, "R", "recover", 99, SAME, "nothing"},
	{ANY, "R S1 X1", "recover", 99, SAME, "nothing"}, {ONCE | NEVER, "R S1 U1", "recover", 99, SAME, "nothing"},
	{ANY, "R P", "recover", 99, SAME, "nothing"}, {ANY, "R S1 F1 S1' F1' C", "recover", 99, SAME, "nothing"},
	{ONCE, "R S1 U1 S2", "recover", 21, SAME, "wait 21"}, {ONCE, "R S1 U1 S2", "recover", 22, SAME, "step.unknown 2"},

	/* pause */
	{ANY, "R", "pause", 9, SAME, "pause.requested + run.paused"}, {ANY, "R S1 X1", "pause", 9, SAME, "pause.requested + run.paused"},
	{ANY, "R H", "pause", 9, SAME, "pause.requested + run.paused"}, {SAFE, "R S1 Y1", "pause", 9, SAME, "pause.requested + run.paused"},
	{ANY, "R Q", "pause", 9, SAME, "run.paused"}, {ANY, "R S1", "pause", 9, SAME, "pause.requested"},
	{ANY, "R S1 Q", "pause", 9, SAME, "nothing"}, {ONCE | NEVER, "R S1 U1", "pause", 9, SAME, "refused"},
	{ONCE | NEVER, "R S1 U1 Q", "pause", 9, SAME, "refused"}, {ANY, "R P", "pause", 9, SAME, "nothing"},
	{ANY, "R S1 F1 S1' F1' C", "pause", 9, SAME, "refused"}, {ANY, "R P B", "pause", 9, SAME, "refused"},
	{ANY, "", "pause", 9, SAME, "refused"},
	/* resume */
	{ANY, "R", "resume", 9, SAME, "refused"}, {ANY, "R S1 X1", "resume", 9, SAME, "refused"}, {ANY, "R S1", "resume", 9, SAME, "refused"},
	{ONCE | NEVER, "R S1 U1", "resume", 9, SAME, "refused"}, {ANY, "R P", "resume", 9, SAME, "run.resumed"},
	{ANY, "R S1 X1 P", "resume", 9, SAME, "run.resumed"}, {ANY, "R S1 F1 S1' F1' P", "resume", 9, SAME, "run.resumed"},
	{ANY, "R S1 F1 S1' F1' C", "resume", 9, SAME, "refused"}, {ANY, "R P B", "resume", 9, SAME, "refused"},
	{ANY, "R P", "resume", 9, NOT_HERE, "run.resumed"}, {ANY, "R P", "resume", 9, NEW_VERSION, "run.resumed"},
	{ANY, "R P", "resume", 9, SECOND_RENAMED, "run.resumed"}, {ANY, "R P", "resume", 9, FIRST_RENAMED, "refused"},
	{ANY, "R S1 F1 P", "resume", 9, SECOND_RENAMED, "refused"}, {ANY, "R S1 F1 P", "resume", 9, FIRST_RENAMED, "refused"},
	{ANY, "R S1 F1 P", "resume", 9, OTHER_REPEAT, "run.resumed"}, {ANY, "R S1 F1 S1' F1' P", "resume", 9, SECOND_RENAMED, "refused"},
	{ANY, "", "resume", 9, SAME, "refused"},
	/* a person's verdict; before the end of the grace (79 s) "not done" overrules it */
	{ONCE | NEVER, "R S1 U1", "yes@1", 9, SAME, "verdict.done 1"}, {ONCE | NEVER, "R S1 U1", "yes@2", 9, SAME, "refused"},
	{ONCE | NEVER, "R S1 U1", "no@1'", 79, SAME, "refused"}, {ONCE | NEVER, "R S1 U1", "yes@'", 9, SAME, "refused"},
	{ONCE | NEVER, "R S1 F1 S1' U1'", "yes@1", 9, SAME, "refused"}, {ONCE, "R S1 U1 S2 U2", "yes@1", 9, SAME, "refused"},
	{ONCE, "R S1 U1 S2 U2", "yes@2", 9, SAME, "verdict.done 2"},
	{ANY, "R", "yes", 9, SAME, "refused"}, {ANY, "R S1 X1", "no", 9, SAME, "refused"}, {ANY, "R S1", "yes", 9, SAME, "refused"},
	{ONCE | NEVER, "R S1 U1", "yes", 9, SAME, "verdict.done 1"}, {ONCE | NEVER, "R S1 U1", "no", 79, SAME, "verdict.not_done 1 early"},
	{ONCE | NEVER, "R S1 U1", "no", 80, SAME, "verdict.not_done 1"}, {ONCE | NEVER, "R S1 U1", "no", 80, NOT_HERE, "verdict.not_done 1"},
	{ONCE | NEVER, "R S1 U1", "dunno", 80, SAME, "refused"}, {ANY, "R P", "yes", 9, SAME, "refused"},
	{ANY, "R S1 F1 S1' F1' C", "no", 9, SAME, "refused"}, {ONCE | NEVER, "R S1 U1 A1", "yes", 9, SAME, "refused"},
	{ANY, "", "yes", 9, SAME, "refused"},
	{ANY, "R S1 F1 S1' U1'", "yes", 9, SAME, "verdict.done 1' + run.completed"},
	{ANY, "R S1 F1 S1' U1'", "pyes", 9, NOT_HERE, "verdict.done 1' + run.completed"},
	{ANY, "R S1 F1 S1' U1'", "no", 99, SAME, "verdict.not_done 1'"},
	/* the probe's: "not done" only after the grace of every uncertain attempt */
	{ONCE | NEVER, "R S1 U1", "pyes", 4, SAME, "verdict.done 1"}, {ONCE | NEVER, "R S1 U1", "pno", 79, SAME, "nothing"},
	{ONCE | NEVER, "R S1 U1", "pno", 80, SAME, "verdict.not_done 1"}, {ONCE | NEVER, "R S1 U1", "apart-pno", 80, SAME, "nothing"},
	{ONCE | NEVER, "R S1 U1", "pdunno", 80, SAME, "nothing"}, {ONCE, "R S1 U1 S2 U2", "pno", 81, SAME, "nothing"},
	{ONCE, "R S1 U1 S2 U2", "pno", 82, SAME, "verdict.not_done 2"}, {ONCE, "R S1 U1 S2 X2", "pno", 79, SAME, "nothing"},
	{ONCE, "R S1 U1 S2 X2", "pno", 80, SAME, "verdict.not_done 2"}, {ONCE, "R S1 U1 S2 U2 LF1", "pno", 81, SAME, "nothing"},
	{ONCE | NEVER, "R S1", "pyes", 9, SAME, "refused"},
	{ONCE | NEVER, LONG_AGO, "pno", 98, SAME, "nothing"}, {ONCE | NEVER, LONG_AGO, "pno", 99, SAME, "verdict.not_done 1"},
	/* finish by hand */
	{ANY, "R", "finish", 9, SAME, "run.paused + run.ended"}, {ANY, "R S1 X1", "finish", 9, SAME, "run.paused + run.ended"},
	{ANY, "R S1", "finish", 9, SAME, "refused"}, {ONCE | NEVER, "R S1 U1", "finish", 9, SAME, "refused"},
	{ANY, "R P", "finish", 9, SAME, "run.ended"}, {ANY, "R S1 F1 S1' F1' C", "finish", 9, SAME, "refused"},
	{ANY, "R P B", "finish", 9, SAME, "refused"}, {ANY, "", "finish", 9, SAME, "refused"},
	{SAFE, "R S1 Y1", "finish", 9, SAME, "run.paused + run.ended"},
	/* stop */
	{ANY, "R", "stop", 9, SAME, "run.paused + run.ended"}, {ANY, "R S1 X1", "stop", 9, SAME, "run.paused + run.ended"},
	{ANY, "R S1", "stop", 9, SAME, "refused"}, {ONCE | NEVER, "R S1 U1", "stop", 9, SAME, "verdict.abandoned 1"},
	{ONCE | NEVER, "R S1 U1 Q", "stop", 9, NOT_HERE, "verdict.abandoned 1"}, {ANY, "R P", "stop", 9, SAME, "run.ended"},
	{ANY, "R S1 F1 S1' F1' C", "stop", 9, SAME, "refused"}, {ANY, "R P B", "stop", 9, SAME, "refused"},
	{ANY, "", "stop", 9, SAME, "refused"},

	/* a start found a switch held: once for each generation */
	{ANY, "R", "hold", 9, SAME, "run.held"}, {ANY, "R S1 X1", "hold", 9, SAME, "run.held"}, {ANY, "R H", "hold", 9, SAME, "nothing"},
	{ANY, "R H", "hold2", 9, SAME, "run.held"}, {ANY, "R S1", "hold", 9, SAME, "nothing"},
	{ONCE | NEVER, "R S1 U1", "hold", 9, SAME, "nothing"}, {ANY, "R P", "hold", 9, SAME, "nothing"},
	{ANY, "R S1 F1 S1' F1' C", "hold", 9, SAME, "nothing"}, {ANY, "", "hold", 9, SAME, "nothing"},
	/* what changes no state */
	{ANY, "R", "note", 9, SAME, "note"}, {ANY, "R P B", "note", 9, NOT_HERE, "note"},
	{ANY, "R S1", "id1", 9, SAME, "external.recorded 1"}, {ANY, "R S1 F1", "id1", 9, SAME, "external.recorded 1"},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* What is decided may be appended: apply takes it. */
static void assert_applies(run_fixture *f, const struct row *row, const sm_decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		sm_event ev = d->events[i];

		ev.seq = f->run.seq + 1;
		ev.stored_at = RUN_EPOCH + row->now * RUN_S;
		snprintf(ev.id, sizeof ev.id, "%032x", (unsigned)ev.seq);
		memcpy(ev.prev, f->run.last_id, sizeof ev.prev);
		if (sm_run_apply(&f->run, &ev, &f->arena, &f->e) != SM_OK) {
			fail_msg("%s, %s after \"%s\": decided what apply refuses: %s", run_class_name(f->repeat), row->command, row->script,
				f->e.message);
		}
	}
}

static void decide_row(const struct row *row, sm_repeat repeat)
{
	run_fixture f;
	sm_decision d;
	asked a;
	const char *before;

	run_begin(&f, repeat, (row->classes & BLIND) == 0);
	run_play(&f, row->script);
	before = run_fold(&f, &f.run);
	decide_understand(&f, &a, row->command, row->now, row->workflow);
	assert_int_equal(sm_run_decide(&f.run, &a.cmd, a.probed, &f.arena, &d, &f.e), SM_OK);
	assert_string_equal(run_fold(&f, &f.run), before);
	if (strcmp(decide_answer(&f, &d), row->answer) != 0) {
		fail_msg("%s, %s after \"%s\" at %lld s, workflow %d: got %s, expected %s (%s)", run_class_name(repeat), row->command, row->script,
			(long long)row->now, (int)row->workflow, decide_answer(&f, &d), row->answer, d.message);
	}
	if (d.kind == SM_DECIDED_EVENTS) {
		assert_applies(&f, row, &d);
	} else {
		assert_int_equal(d.n, 0);
		assert_true(d.message[0] != '\0');
	}
	run_end(&f);
}

static void every_cell_of_the_tables(void **state)
{
	long n = 0;

	for (size_t r = 0; r < ROWS; r++) {
		for (int repeat = 0; repeat < SM_REPEAT_COUNT; repeat++) {
			if (rows[r].classes & 1 << repeat) {
				decide_row(&rows[r], (sm_repeat)repeat);
				n++;
			}
		}
	}
	print_message("# decide: %ld cells of state, class and command\n", n);
}

static void memory_may_run_out(void **state)
{
	for (size_t r = 0; r < ROWS; r++) {
		for (long at = 1; at <= 3; at++) {
			test_heap heap = {.fail_at = at};
			const sm_alloc alloc = test_heap_alloc(&heap);
			run_fixture f;
			sm_arena tight;
			sm_decision d;
			asked a;

			run_begin(&f, rows[r].classes & NEVER ? SM_REPEAT_NEVER : rows[r].classes & ONCE ? SM_REPEAT_ONCE : SM_REPEAT_SAFE,
				(rows[r].classes & BLIND) == 0);
			run_play(&f, rows[r].script);
			decide_understand(&f, &a, rows[r].command, rows[r].now, rows[r].workflow);
			sm_arena_init(&tight, &alloc);

			const sm_status st = sm_run_decide(&f.run, &a.cmd, a.probed, &tight, &d, &f.e);

			assert_true(st == SM_OK || st == SM_E_NOMEM);
			assert_true(at > 1 || st == SM_E_NOMEM);
			sm_arena_free(&tight);
			assert_int_equal(heap.live, 0);
			run_end(&f);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_tables), cmocka_unit_test(memory_may_run_out)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
