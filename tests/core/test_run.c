/* apply: every event in every state, by the table of PROTOCOL section 3; the order of a stream; resuming with other steps; what is shown. */
#include "run_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- the table ---- */

/* A state, as the script that leads to it, and what may follow: "code:state" (=: the state does not change). Everything else is illegal.
 * external.recorded and note (E1, T) change nothing in any run that exists and are left out. */
static const struct row {
	int classes;
	const char *script, *state, *legal[14];
} rows[] = {
	{ANY, "", "none", {"R:1r0"}},
	{ANY, "R", "1r0", {"S1:1s1 f", "H:1r0 H", "Q:1r0 Q", "P:paused 1r0"}},
	{ANY, "R H", "1r0 H", {"S1:1s1 f", "H:=", "Q:1r0 H Q", "P:paused 1r0 H"}},
	/* the first attempt runs */
	{ONCE | NEVER, "R S1", "1s1 f", {"F1:2r0 n1", "X1:1x1 f", "U1:1u1 f u1", "Q:1s1 f Q"}},
	{SAFE, "R S1", "1s1 f", {"F1:2r0 n1", "X1:1x1 f", "Y1:1r1 f u1", "Q:1s1 f Q"}},
	{ANY, "R S1 X1", "1x1 f", {"S2:1s2 f", "H:1x1 f H", "Q:1x1 f Q", "P:paused 1x1 f", "LD1:2r0 n1", "LF1:="}},
	{ANY, "R S1 X1 H", "1x1 f H", {"S2:1s2 f", "H:=", "Q:1x1 f H Q", "P:paused 1x1 f H", "LD1:2r0 H n1", "LF1:="}},
	/* may have happened */
	{NEVER, "R S1 U1", "1u1 f u1", {"D1:2r0", "N1:1r1 g1", "NP1:1r1", "A1:ended 1-1 f u1", "LD1:2r0 n1", "LF1:1x1 f", "Q:1u1 f u1 Q"}},
	{ONCE, "R S1 U1", "1u1 f u1",
		{"S2:1s2 f u1", "D1:2r0", "N1:1r1 g1", "NP1:1r1", "A1:ended 1-1 f u1", "LD1:2r0 n1", "LF1:1x1 f", "Q:1u1 f u1 Q"}},
	{SAFE, "R S1 Y1", "1r1 f u1", {"S2:1s2 f u1", "H:1r1 f u1 H", "Q:1r1 f u1 Q", "P:paused 1r1 f u1", "LD1:2r0 n1", "LF1:1r1 f"}},
	/* a second attempt while the first is uncertain */
	{ONCE, "R S1 U1 S2", "1s2 f u1", {"F2:2r0 n1", "X2:1u2 f u1", "U2:1u2 f u2", "Q:1s2 f u1 Q", "LD1:1s2 f L n1", "LF1:1s2 f"}},
	{SAFE, "R S1 Y1 S2", "1s2 f u1", {"F2:2r0 n1", "X2:1x2 f u1", "Y2:1r2 f u2", "Q:1s2 f u1 Q", "LD1:1s2 f L n1", "LF1:1s2 f"}},
	{ONCE, "R S1 U1 S2 U2", "1u2 f u2", {"S3:1s3 f u2", "D2:2r0", "N2:1r2 g1", "NP2:1r2", "A2:ended 1-2 f u2", "LD1:2r0 n1", "LD2:2r0 n1",
		"LF1:1u2 f u1", "LF2:1u2 f u1", "Q:1u2 f u2 Q"}},
	{ONCE, "R S1 U1 S2 X2", "1u2 f u1", {"S3:1s3 f u1", "D2:2r0", "N2:1r2 g1", "NP2:1r2", "A2:ended 1-2 f u1", "LD1:2r0 n1", "LD2:2r0 n1",
		"LF1:1x2 f", "LF2:=", "Q:1u2 f u1 Q"}},
	{SAFE, "R S1 Y1 S2 X2", "1x2 f u1", {"S3:1s3 f u1", "H:1x2 f u1 H", "Q:1x2 f u1 Q", "P:paused 1x2 f u1", "LD1:2r0 n1", "LD2:2r0 n1",
		"LF1:1x2 f", "LF2:="}},
	/* the first has succeeded while the second runs */
	{ONCE, "R S1 U1 S2 LD1", "1s2 f L n1", {"F2:2r0 n2", "X2:2r0 n1", "U2:2r0 n1", "Q:1s2 f L Q n1", "LD1:=", "LF1:="}},
	{SAFE, "R S1 Y1 S2 LD1", "1s2 f L n1", {"F2:2r0 n2", "X2:2r0 n1", "Y2:2r0 n1", "Q:1s2 f L Q n1", "LD1:=", "LF1:="}},
	/* the step is closed; late reports are kept */
	{ANY, "R S1 F1", "2r0 n1", {"S1':2s1 f n1", "H:2r0 H n1", "Q:2r0 Q n1", "P:paused 2r0 n1", "LD1:=", "LF1:="}},
	{ONCE | NEVER, "R S1 U1 D1", "2r0", {"S1':2s1 f", "H:2r0 H", "Q:2r0 Q", "P:paused 2r0", "LD1:2r0 n1", "LF1:="}},
	{ONCE, "R S1 U1 S2 F2", "2r0 n1",
		{"S1':2s1 f n1", "H:2r0 H n1", "Q:2r0 Q n1", "P:paused 2r0 n1", "LD1:2r0 n2", "LD2:=", "LF1:=", "LF2:="}},
	{SAFE, "R S1 Y1 S2 F2", "2r0 n1",
		{"S1':2s1 f n1", "H:2r0 H n1", "Q:2r0 Q n1", "P:paused 2r0 n1", "LD1:2r0 n2", "LD2:=", "LF1:=", "LF2:="}},
	/* settled as not done */
	{ONCE | NEVER, "R S1 U1 N1", "1r1 g1", {"S2:1s2 f g1", "H:1r1 g1 H", "Q:1r1 g1 Q", "P:paused 1r1 g1", "LD1:2r0 n1", "LF1:="}},
	{ONCE | NEVER, "R S1 U1 NP1", "1r1", {"S2:1s2 f", "H:1r1 H", "Q:1r1 Q", "P:paused 1r1", "LD1:2r0 n1", "LF1:="}},
	{ONCE | NEVER, "R S1 U1 N1 S2", "1s2 f g1", {"F2:2r0 n1", "X2:1x2 f g1", "U2:1u2 f u1 g1", "Q:1s2 f g1 Q", "LD1:1s2 f L g1 n1",
		"LF1:="}},
	/* a pause is requested */
	{ANY, "R Q", "1r0 Q", {"H:1r0 H Q", "P:paused 1r0 Q", "Q:="}},
	{ONCE | NEVER, "R S1 Q", "1s1 f Q", {"F1:2r0 Q n1", "X1:1x1 f Q", "U1:1u1 f u1 Q", "Q:="}},
	{SAFE, "R S1 Q", "1s1 f Q", {"F1:2r0 Q n1", "X1:1x1 f Q", "Y1:1r1 f u1 Q", "Q:="}},
	{ANY, "R S1 X1 Q", "1x1 f Q", {"H:1x1 f H Q", "P:paused 1x1 f Q", "LD1:2r0 Q n1", "LF1:=", "Q:="}},
	{ONCE | NEVER, "R S1 U1 Q", "1u1 f u1 Q",
		{"D1:2r0 Q", "N1:1r1 g1 Q", "NP1:1r1 Q", "A1:ended 1-1 f u1 Q", "LD1:2r0 Q n1", "LF1:1x1 f Q", "Q:="}},
	/* paused */
	{ANY, "R P", "paused 1r0", {"G:1r0 g1", "B:ended 1-0"}},
	{ANY, "R Q P", "paused 1r0 Q", {"G:1r0 g1", "B:ended 1-0 Q"}},
	{ANY, "R S1 X1 P", "paused 1x1 f", {"G:1r1 g1", "B:ended 1-1 f", "LD1:paused 1x1 f D n1", "LF1:="}},
	{SAFE, "R S1 Y1 P", "paused 1r1 f u1", {"G:1r1 u1 g1", "B:ended 1-1 f u1", "LD1:paused 1r1 f D n1", "LF1:paused 1r1 f"}},
	{ANY, "R S1 X1 P LD1", "paused 1x1 f D n1", {"G:2r0 n1", "B:ended 1-1 f D n1", "LD1:=", "LF1:="}},
	{ANY, "R S1 X1 P G", "1r1 g1", {"S2:1s2 f g1", "H:1r1 g1 H", "Q:1r1 g1 Q", "P:paused 1r1 g1", "LD1:2r0 n1", "LF1:="}},
	{ANY, "R S1 X1 P G P", "paused 1r1 g1", {"G:1r1 g2", "B:ended 1-1 g1", "LD1:paused 1r1 D g1 n1", "LF1:="}},
	/* the next step, and the end */
	{ANY, "R S1 F1 S1'", "2s1 f n1", {"F1':3r0 n2", "X1':2x1 f n1", "U1':2u1 f u1 n1", "Q:2s1 f Q n1", "LD1:=", "LF1:="}},
	{ANY, "R S1 F1 S1' U1'", "2u1 f u1 n1",
		{"D1':3r0 n1", "A1':ended 2-1 f u1 n1", "LD1':3r0 n2", "LF1':2x1 f n1", "Q:2u1 f u1 Q n1", "LD1:=", "LF1:="}},
	{ANY, "R S1 F1 S1' F1'", "3r0 n2",
		{"C:completed 3-0 n2", "H:3r0 H n2", "Q:3r0 Q n2", "P:paused 3r0 n2", "LD1:=", "LF1:=", "LD1':=", "LF1':="}},
	{ANY, "R S1 F1 S1' F1' Q", "3r0 Q n2",
		{"C:completed 3-0 Q n2", "H:3r0 H Q n2", "Q:=", "P:paused 3r0 Q n2", "LD1:=", "LF1:=", "LD1':=", "LF1':="}},
	{ANY, "R S1 F1 S1' F1' C", "completed 3-0 n2", {"LD1:=", "LF1:=", "LD1':=", "LF1':="}},
	{ANY, "R P B", "ended 1-0", {NULL}},
	{ANY, "R S1 X1 P B", "ended 1-1 f", {"LD1:ended 1-1 f D n1", "LF1:="}},
	{ONCE | NEVER, "R S1 U1 A1", "ended 1-1 f u1", {"LD1:ended 1-1 f D n1", "LF1:ended 1-1 f"}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *const events[] = {
	"R", "S1", "S2", "S3", "S1'", "S1!", "F1", "F2", "F3", "F1'", "F1!", "X1", "X2", "X1'", "U1", "U2", "U1'", "Y1", "Y2", "Y1'", "H",
		"D1", "D2",
	"D1'", "D1!", "N1", "N2", "NP1", "NP2", "A1", "A2", "A1'", "LD1", "LD2", "LD3", "LD1'", "LD1!", "LF1", "LF2", "LF3", "LF1'", "LF1!",
		"E1", "T", "ZE",
	"Q", "P", "G", "B", "C", "KH", "KR", "KA", "KO", "KC", "KE", "KP", "KS"
};
enum { EVENTS = sizeof events / sizeof *events };

/* The state after `code`, NULL = illegal. */
static const char *expected(const struct row *row, const char *code)
{
	if (strcmp(code, "E1") == 0 || strcmp(code, "T") == 0 || strcmp(code, "ZE") == 0) {
		return row->script[0] != '\0' ? row->state : NULL;
	}
	for (size_t i = 0; i < sizeof row->legal / sizeof *row->legal && row->legal[i] != NULL; i++) {
		const size_t n = strlen(code);

		if (strncmp(row->legal[i], code, n) == 0 && row->legal[i][n] == ':') {
			return row->legal[i][n + 1] == '=' ? row->state : row->legal[i] + n + 1;
		}
	}
	return NULL;
}

/* @return legal */
static bool check_pair(const struct row *row, sm_repeat repeat, const char *code)
{
	const char *want = expected(row, code), *before;
	run_fixture f;

	run_begin(&f, repeat, true);
	run_play(&f, row->script);
	if (strcmp(run_text(&f, &f.run), row->state) != 0) {
		fail_msg("%s, after \"%s\": got %s, expected %s", run_class_name(repeat), row->script, run_text(&f, &f.run), row->state);
	}
	before = run_fold(&f, &f.run);

	const sm_event ev = run_event(&f, code);
	const sm_status st = sm_run_apply(&f.run, &ev, &f.arena, &f.e);

	if (st != (want != NULL ? SM_OK : SM_E_ILLEGAL)) {
		fail_msg("%s, %s after \"%s\": status %d (%s), expected %s", run_class_name(repeat), code, row->script, (int)st,
			st ? f.e.message : run_text(&f, &f.run), want != NULL ? want : "illegal");
	}
	if (want != NULL && strcmp(run_text(&f, &f.run), want) != 0) {
		fail_msg("%s, %s after \"%s\": got %s, expected %s", run_class_name(repeat), code, row->script, run_text(&f, &f.run), want);
	}
	if (want != NULL) {
		assert_int_equal(f.run.seq, ev.seq);
		assert_string_equal(f.run.last_id, ev.id);
		assert_int_equal(f.run.changed_at, ev.stored_at);
	} else if (strcmp(run_fold(&f, &f.run), before) != 0) {
		fail_msg("%s, %s after \"%s\" is illegal and changed the state", run_class_name(repeat), code, row->script);
	}
	run_end(&f);
	return want != NULL;
}

static void every_event_in_every_state(void **state)
{
	long pairs = 0, legal = 0, promised = 0;

	for (size_t r = 0; r < ROWS; r++) {
		for (int repeat = 0; repeat < SM_REPEAT_COUNT; repeat++) {
			if ((rows[r].classes & 1 << repeat) == 0) {
				continue;
			}
			for (size_t i = 0; i < sizeof rows[r].legal / sizeof *rows[r].legal && rows[r].legal[i] != NULL; i++) {
				promised++;
			}
			promised += rows[r].script[0] != '\0' ? 3 : 0;
			for (size_t i = 0; i < EVENTS; i++) {
				legal += check_pair(&rows[r], (sm_repeat)repeat, events[i]);
				pairs++;
			}
		}
	}
	assert_int_equal(legal, promised); /* no code in the table that the list of events lacks */
	print_message("# apply: %ld pairs of state and event, %ld legal, %ld illegal\n", pairs, legal, pairs - legal);
}

/* ---- times that apply keeps ---- */

static void times_are_those_of_the_database(void **state)
{
	static const struct { const char *script; int64_t retry_at, first_at; int32_t failure_class; } cases[] = {
		{"R", 0, 0, -1}, {"R S1", 0, 2, -1}, {"R S1 X1", 0, 2, SM_CLASS_EXTERNAL_FAILURE}, {"R S1 XL1", 6, 2, SM_CLASS_PROVIDER_LIMIT},
		{"R S1 XN1", 5, 2, SM_CLASS_NOT_SENT}, {"R S1 XN1 S2", 0, 2, -1}, {"R S1 XN1 S2 XL2", 8, 2, SM_CLASS_PROVIDER_LIMIT},
		{"R S1 U1", 5, 2, -1}, {"R S1 U1 N1", 0, 0, -1}, {"R S1 U1 N1 S2", 0, 5, -1}, {"R S1 U1 LF1", 5, 2, SM_CLASS_EXTERNAL_FAILURE},
		{"R S1 XL1 P G", 0, 0, -1}, {"R S1 XL1 LD1", 0, 0, -1}, {"R S1 F1 S1'", 0, 4, -1}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run_fixture f;

		run_begin(&f, SM_REPEAT_NEVER, true);
		run_play(&f, cases[i].script);
		if (f.run.retry_at != (cases[i].retry_at ? RUN_EPOCH + cases[i].retry_at * RUN_S : 0)
			|| f.run.first_at != (cases[i].first_at ? RUN_EPOCH + cases[i].first_at * RUN_S : 0)
				|| f.run.failure_class != cases[i].failure_class) {
			fail_msg("\"%s\": retry_at %lld, first_at %lld, class %d", cases[i].script, (long long)(f.run.retry_at - RUN_EPOCH),
				(long long)(f.run.first_at - RUN_EPOCH), (int)f.run.failure_class);
		}
		assert_int_equal(f.run.started_at, RUN_EPOCH + RUN_S);
		run_end(&f);
	}
}

/* ---- the order of a stream ---- */

static void a_stream_has_one_order(void **state)
{
	run_fixture f;
	sm_event ev;

	run_begin(&f, SM_REPEAT_NEVER, true);
	run_play(&f, "R S1");
	for (int32_t seq = -1; seq <= 5; seq++) {
		ev = run_event(&f, "F1");
		ev.seq = seq;
		assert_int_equal(sm_run_follows(&f.run, &ev, &f.e), seq == 3 ? SM_OK : SM_E_GAP);
		if (seq != 3) {
			assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_GAP);
		}
	}
	ev = run_event(&f, "F1");
	memcpy(ev.id, f.run.last_id, SM_ID_SIZE); /* the same */
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	memset(ev.id, '0', SM_ID_LEN); /* a lower one */
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	ev = run_event(&f, "F1");
	ev.prev[0] = 'f'; /* somebody else's tail */
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	ev.prev[0] = '\0';
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	assert_string_equal(run_text(&f, &f.run), "1s1 f");
	run_play(&f, "F1");
	run_end(&f);
}

static void the_first_event_names_no_predecessor(void **state)
{
	run_fixture f;
	sm_event ev;

	run_begin(&f, SM_REPEAT_NEVER, true);
	ev = run_event(&f, "R");
	memset(ev.prev, 'a', SM_ID_LEN);
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	ev = run_event(&f, "R");
	ev.n_steps = 0;
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	assert_int_equal(f.run.phase, SM_PHASE_NONE);
	run_end(&f);
}

/* ---- resuming with other steps ---- */

/* The steps that run.resumed names are those of the run from then on; finished ones and the current one keep their names. */
static void resuming_takes_new_steps(void **state)
{
	static const struct { const char *script, *steps[4]; const char *after; } cases[] = {
		{"R P", {"one", "two", "three"}, "1r0 g1"}, {"R P", {"one"}, "1r0 g1"}, {"R P", {"one", "zwei"}, "1r0 g1"},
		{"R P", {"eins", "two"}, NULL},
		{"R S1 F1 P", {"one", "two", "three"}, "2r0 g1 n1"}, {"R S1 F1 P", {"one", "zwei"}, NULL}, {"R S1 F1 P", {"eins", "two"}, NULL},
		{"R S1 F1 P", {"one"}, NULL}, {"R S1 F1 S1' F1' P", {"one", "two", "three"}, "3r0 g1 n2"},
		{"R S1 F1 S1' F1' P", {"one", "three"}, NULL},
		{"R S1 F1 S1' F1' P", {"one"}, NULL}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sm_step_row rows_[4];
		run_fixture f;
		sm_event ev;
		size_t n = 0;

		run_begin(&f, SM_REPEAT_ONCE, true);
		run_play(&f, cases[i].script);
		ev = run_event(&f, "G");
		for (; n < 4 && cases[i].steps[n] != NULL; n++) {
			rows_[n] = (sm_step_row){sm_cstr(cases[i].steps[n]), SM_STR("sales"), SM_EFFECT_EXTERNAL, SM_REPEAT_SAFE, false};
		}
		ev.steps = rows_;
		ev.n_steps = n;
		ev.version = SM_STR("2");

		const sm_status st = sm_run_apply(&f.run, &ev, &f.arena, &f.e);

		if (st != (cases[i].after != NULL ? SM_OK : SM_E_ILLEGAL)) {
			fail_msg("case %zu, \"%s\": status %d", i, cases[i].script, (int)st);
		}
		if (st == SM_OK) {
			assert_string_equal(run_text(&f, &f.run), cases[i].after);
			assert_int_equal(f.run.n_steps, n);
			assert_bytes(f.run.version, "2");
			assert_int_equal(f.run.steps[0].row.repeat, SM_REPEAT_SAFE);
			assert_bytes(f.run.steps[n - 1].row.owner, "sales");
		} else {
			assert_bytes(f.run.version, "1");
			assert_int_equal(f.run.n_steps, RUN_STREAM_STEPS);
		}
		run_end(&f);
	}
}

/* A step that was `safe` when an attempt became uncertain, and is not any more: it is unknown from then on. */
static void an_uncertain_attempt_outlives_its_class(void **state)
{
	run_fixture f;
	sm_event ev;

	run_begin(&f, SM_REPEAT_SAFE, true);
	run_play(&f, "R S1 Y1 P");
	ev = run_event(&f, "G");
	f.defs[0].repeat = SM_REPEAT_NEVER;

	sm_step_row rows_[RUN_STREAM_STEPS] = {f.run.steps[0].row, f.run.steps[1].row};

	rows_[0].repeat = SM_REPEAT_NEVER;
	ev.steps = rows_;
	ev.n_steps = RUN_STREAM_STEPS;
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_OK);
	assert_string_equal(run_text(&f, &f.run), "1u1 u1 g1");
	static const char *const refused[] = {"P", "S2"};
	for (size_t i = 0; i < 2; i++) {
		ev = run_event(&f, refused[i]);
		assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_E_ILLEGAL);
	}
	run_play(&f, "N1 S2 X2");
	assert_string_equal(run_text(&f, &f.run), "1x2 f g2");
	run_end(&f);
}

/* ---- a copy is deep ---- */

static void a_copy_is_independent(void **state)
{
	run_fixture f;
	sm_run copy;
	const char *before;

	run_begin(&f, SM_REPEAT_ONCE, true);
	run_play(&f, "R S1 U1");
	before = run_fold(&f, &f.run);
	assert_int_equal(sm_run_copy(&copy, &f.run, &f.arena), SM_OK);

	const sm_event again = run_event(&f, "S2");

	assert_int_equal(sm_run_apply(&copy, &again, &f.arena, &f.e), SM_OK);
	assert_string_equal(run_fold(&f, &f.run), before);

	sm_run second;
	const sm_event late = run_event(&f, "LF1");

	assert_int_equal(sm_run_copy(&second, &f.run, &f.arena), SM_OK);
	assert_int_equal(sm_run_apply(&second, &late, &f.arena, &f.e), SM_OK);
	assert_string_equal(run_text(&f, &second), "1x1 f");
	assert_string_equal(run_fold(&f, &f.run), before);
	run_end(&f);
}

/* ---- views ---- */

/* Seconds after RUN_EPOCH; -1 = never. Lease 15 s, grace 60 s, skew 2 s. */
static void due_and_shown(void **state)
{
	static const struct { int classes; bool probes; const char *script; int64_t due, now; sm_shown shown; } cases[] = {
		{ANY, true, "R", 0, 5, SM_SHOWN_RUNNING}, {ANY, true, "R H", 0, 5, SM_SHOWN_HELD}, {ANY, true, "R S1", 19, 5, SM_SHOWN_RUNNING},
		{ANY, true, "R S1 X1", 0, 5, SM_SHOWN_RUNNING}, {ANY, true, "R S1 XL1", 6, 5, SM_SHOWN_WAITING},
		{ANY, true, "R S1 XL1", 6, 6, SM_SHOWN_RUNNING},
		{SAFE, true, "R S1 Y1", 5, 4, SM_SHOWN_WAITING}, {NEVER, true, "R S1 U1", 79, 5, SM_SHOWN_UNKNOWN},
		{NEVER, false, "R S1 U1", -1, 5, SM_SHOWN_UNKNOWN},
		{ONCE, true, "R S1 U1", 5, 5, SM_SHOWN_UNKNOWN}, {ONCE, false, "R S1 U1", 5, 5, SM_SHOWN_UNKNOWN},
		{ONCE, true, "R S1 U1 S2", 21, 5, SM_SHOWN_RUNNING},
		{ANY, true, "R P", -1, 5, SM_SHOWN_PAUSED}, {ANY, true, "R P B", -1, 5, SM_SHOWN_COMPLETED_BY_HAND},
		{ONCE | NEVER, true, "R S1 U1 A1", -1, 5, SM_SHOWN_STOPPED}, {ANY, true, "R S1 F1 S1' F1'", 0, 5, SM_SHOWN_RUNNING},
		{ANY, true, "R S1 F1 S1' F1' C", -1, 5, SM_SHOWN_COMPLETED}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int repeat = 0; repeat < SM_REPEAT_COUNT; repeat++) {
			run_fixture f;

			if ((cases[i].classes & 1 << repeat) == 0) {
				continue;
			}
			run_begin(&f, (sm_repeat)repeat, cases[i].probes);
			run_play(&f, cases[i].script);

			const int64_t due = sm_run_due(&f.run, &run_settings);
			const int64_t want = cases[i].due > 0 ? RUN_EPOCH + cases[i].due * RUN_S : cases[i].due;
			const sm_shown shown = sm_run_shown(&f.run, RUN_EPOCH + cases[i].now * RUN_S);

			if (due != want || shown != cases[i].shown) {
				fail_msg("%s \"%s\": due %lld, shown %s", run_class_name((sm_repeat)repeat), cases[i].script, (long long)(due - RUN_EPOCH),
					sm_shown_names[shown]);
			}
			if (f.run.phase == SM_PHASE_COMPLETED || f.run.phase == SM_PHASE_ENDED || f.run.step > f.run.n_steps) {
				assert_int_equal(sm_run_owner(&f.run).n, 0);
			} else {
				assert_bytes(sm_run_owner(&f.run), "finance");
			}
			run_end(&f);
		}
	}
}

/* Only attempts that are still uncertain count for the end of the grace. */
static void due_looks_at_uncertain_attempts(void **state)
{
	run_fixture f;
	sm_event ev;

	run_begin(&f, SM_REPEAT_NEVER, true);
	run_play(&f, "R");
	ev = run_event(&f, "S1");
	ev.grace = 600000;
	assert_int_equal(sm_run_apply(&f.run, &ev, &f.arena, &f.e), SM_OK);
	run_play(&f, "U1");
	assert_int_equal(sm_run_due(&f.run, &run_settings), RUN_EPOCH + (2 + 15 + 600 + 2) * RUN_S);
	run_play(&f, "N1 S2 U2");
	assert_int_equal(sm_run_due(&f.run, &run_settings), RUN_EPOCH + (5 + 15 + 60 + 2) * RUN_S);
	run_end(&f);
}

/* Two successes of `never`, or of `once` with one begun outside the key window, are two effects. */
static void duplicates_are_counted(void **state)
{
	static const struct { int classes; const char *script; int64_t window_ms; int duplicates; } cases[] = {
		{ANY, "R S1 F1", 0, 0}, {NEVER, "R S1 U1 N1 S2 LD1 F2", 600000, 2}, {ONCE, "R S1 U1 S2 LD1 F2", 600000, 0},
		{ONCE, "R S1 U1 S2 LD1 F2", 2000, 2}, {ONCE, "R S1 U1 S2 LD1 F2", 2001, 0}, {ONCE, "R S1 U1 S2 LD1 F2", 0, 2},
		{SAFE, "R S1 Y1 S2 LD1 F2", 0, 0},
		{NEVER, "R S1 U1 D1 LD1", 0, 0}, {NEVER, "R S1 U1 N1 S2 F2 LD1", 0, 2}, {NEVER, "R S1 U1 N1 S2 U2 N2 S3 F3 LD1 LD2", 0, 3}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int repeat = 0; repeat < SM_REPEAT_COUNT; repeat++) {
			run_fixture f;

			if ((cases[i].classes & 1 << repeat) == 0) {
				continue;
			}
			run_begin(&f, (sm_repeat)repeat, true);
			run_play(&f, cases[i].script);
			if (sm_run_duplicates(&f.run, 0, cases[i].window_ms) != cases[i].duplicates) {
				fail_msg("%s \"%s\", window %lld ms: %d", run_class_name((sm_repeat)repeat), cases[i].script, (long long)cases[i].window_ms,
					sm_run_duplicates(&f.run, 0, cases[i].window_ms));
			}
			run_end(&f);
		}
	}
}

/* ---- the fold as text ---- */

/* Every state of the table goes through the text unchanged, and what may follow it stays the same. */
static void the_fold_survives_its_text(void **state)
{
	for (size_t r = 0; r < ROWS; r++) {
		run_fixture f;
		sm_run back;

		run_begin(&f, rows[r].classes & NEVER ? SM_REPEAT_NEVER : rows[r].classes & ONCE ? SM_REPEAT_ONCE : SM_REPEAT_SAFE, true);
		run_play(&f, rows[r].script);

		const char *text = run_fold(&f, &f.run);

		assert_int_equal(sm_run_restore(&back, &f.arena, sm_cstr(text)), SM_OK);
		assert_string_equal(run_fold(&f, &back), text);
		assert_string_equal(run_text(&f, &back), rows[r].state);
		for (size_t i = 0; i < EVENTS; i++) {
			const sm_event ev = run_event(&f, events[i]);
			sm_run a, b;

			assert_int_equal(sm_run_copy(&a, &f.run, &f.arena), SM_OK);
			assert_int_equal(sm_run_copy(&b, &back, &f.arena), SM_OK);
			assert_int_equal(sm_run_apply(&a, &ev, &f.arena, &f.e), sm_run_apply(&b, &ev, &f.arena, &f.e));
			assert_string_equal(run_fold(&f, &a), run_fold(&f, &b));
		}
		run_end(&f);
	}
}

/* The fold with one piece of its text replaced: refused, never believed, never a crash. */
static void a_damaged_fold_is_refused(void **state)
{
	static const struct { const char *script, *from, *to; } cases[] = {
		{"R S1", "{", "["}, {"R S1", "\"steps\":[", "\"steps\":{\"a\":["}, {"R S1", "\"steps\":", "\"stepz\":"},
		{"R S1", "\"phase\":1", "\"phase\":5"},
		{"R S1", "\"phase\":1", "\"phase\":-1"}, {"R S1", "\"st\":1", "\"st\":4"}, {"R S1", "\"st\":1", "\"st\":-1"},
		{"R S1", "\"step\":1", "\"step\":4"},
		{"R S1", "\"step\":1", "\"step\":-1"}, {"R S1", "\"step\":1", "\"step\":2"}, {"R S1", "\"attempt\":1", "\"attempt\":2"},
		{"R S1", "\"attempt\":1", "\"attempt\":-1"}, {"R S1", "\"attempt\":1,", ""}, {"R S1", "\"last_id\":\"0", "\"last_id\":\"x"},
		{"R S1", "\"last_id\":\"0", "\"last_id\":\"00"}, {"R S1", "[\"one\"", "[1"}, {"R S1", "\"finance\",3", "\"finance\",5"},
		{"R S1", "\"finance\",3", "\"finance\",-1"}, {"R S1", "\"finance\",3,2", "\"finance\",3,3"},
		{"R S1", "\"finance\",3,2", "\"finance\",3,\"never\""},
		{"R S1", ",15000,", ",\"15000\","}, {"R S1", ",15000,", ","}, {"R S1", ",15000,", ",15000,15000,"}, {"R S1", ",15000,", ",1.5,"},
		{"R S1 F1 S1' F1'", "\"step\":3", "\"step\":3,\"st\":1"}
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run_fixture f;
		sm_run back;
		sm_buf b;

		run_begin(&f, SM_REPEAT_NEVER, true);
		run_play(&f, cases[i].script);

		const char *text = run_fold(&f, &f.run), *at = strstr(text, cases[i].from);

		if (at == NULL) {
			fail_msg("%s does not stand in %s", cases[i].from, text);
		}
		sm_buf_init(&b, &f.arena, 1u << 16);
		sm_buf_put(&b, text, (size_t)(at - text));
		sm_buf_puts(&b, cases[i].to);
		sm_buf_puts(&b, at + strlen(cases[i].from));
		if (sm_run_restore(&back, &f.arena, sm_buf_bytes(&b)) != SM_E_SYNTAX) {
			fail_msg("believed: %s", b.p);
		}
		for (size_t n = 0; n < strlen(text); n++) {
			assert_int_equal(sm_run_restore(&back, &f.arena, (sm_bytes){text, n}), SM_E_SYNTAX);
		}
		run_end(&f);
	}
}

/* Memory may run out anywhere: the status says so, nothing leaks. */
static void memory_may_run_out(void **state)
{
	for (long at = 1; at < 60; at++) {
		test_heap heap = {.fail_at = at};
		const sm_alloc alloc = test_heap_alloc(&heap);
		run_fixture f;
		sm_arena tight;
		sm_run copy;

		run_begin(&f, SM_REPEAT_ONCE, true);
		run_play(&f, "R S1 U1");

		const char *text = run_fold(&f, &f.run);
		const sm_event ev = run_event(&f, "S2");
		sm_bytes out;

		sm_arena_init(&tight, &alloc);
		for (int i = 0; i < 40; i++) { /* chunks are used up */
			sm_status st = sm_run_copy(&copy, &f.run, &tight);

			st = st ? st : sm_run_apply(&copy, &ev, &tight, &f.e);
			st = st ? st : sm_run_save(&copy, &tight, &out);
			st = st ? st : sm_run_restore(&copy, &tight, sm_cstr(text));
			assert_true(st == SM_OK || st == SM_E_NOMEM);
		}
		sm_arena_free(&tight);
		assert_int_equal(heap.live, 0);
		run_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_in_every_state), cmocka_unit_test(times_are_those_of_the_database),
		cmocka_unit_test(a_stream_has_one_order),
		cmocka_unit_test(the_first_event_names_no_predecessor), cmocka_unit_test(resuming_takes_new_steps),
		cmocka_unit_test(an_uncertain_attempt_outlives_its_class), cmocka_unit_test(a_copy_is_independent),
		cmocka_unit_test(due_and_shown), cmocka_unit_test(due_looks_at_uncertain_attempts),
		cmocka_unit_test(duplicates_are_counted), cmocka_unit_test(the_fold_survives_its_text),
		cmocka_unit_test(a_damaged_fold_is_refused), cmocka_unit_test(memory_may_run_out)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
