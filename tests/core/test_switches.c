/* Switches on real databases: the event, the row, and the starts that look at it. */
#include "support.h"

#include "journal_fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void hold(fixture *f, const char *target, bool held, int64_t expected)
{
	int64_t generation;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(target), held, SM_STR("ann \xc3\x85"), SM_STR("why \xf0\x9f\x9b\x92"), &generation, &f->e));
	assert_int_equal(generation, expected);
}

static void assert_switch(fixture *f, const char *target, bool held, int64_t generation)
{
	sm_switch_state state;
	assert_ok(f, sm_switch_get(&f->j, &f->arena, sm_cstr(target), &state, &f->e));
	assert_int_equal(state.held, held);
	assert_int_equal(state.generation, generation);
	if (generation > 0) {
		assert_bytes(state.by, "ann \xc3\x85");
		assert_bytes(state.reason, "why \xf0\x9f\x9b\x92");
		assert_true(state.since > INT64_C(1700000000000000));
	}
}

static void a_target_is_one_of_three_forms(void **state)
{
	static const char *const good[] = {"*", "category:a", "workflow:order.fulfil", "category:0 b_c-d.e"};
	static const char *const bad[] = {"", "**", "category:", "workflow:", "workflow:A", "category: a", "agent:a", "category", "category:\xc3\xa5",
		"category:abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklm"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(sm_target_valid(sm_cstr(good[i])));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(sm_target_valid(sm_cstr(bad[i])));
	}
	assert_false(sm_target_valid((sm_bytes){"category:a\0b", 12}));
}

static void a_hold_keeps_every_start_back_until_the_release(fixture *f)
{
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil"};
	int subject = 0;
	for (size_t i = 0; i < 3; i++) {
		char text[32];
		sm_history h;
		sm_progress p;
		assert_switch(f, targets[i], false, 0);
		hold(f, targets[i], true, 1);
		assert_switch(f, targets[i], true, 1);
		snprintf(text, sizeof text, "order:%d", subject++);
		f->effects_run = 0;
		assert_ok(f, fixture_start(f, text, &h, &p));
		assert_true(p.held);
		assert_int_equal(f->effects_run, 0);
		assert_int_equal(sm_run_shown(&h.run, h.now), SM_SHOWN_HELD);
		assert_int_equal(h.run.held, 1);
		assert_bytes(h.run.held_target, targets[i]);
		hold(f, targets[i], true, 2); /* holding what is held is an event too */
		hold(f, targets[i], false, 3);
		assert_switch(f, targets[i], false, 3);
		assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
		assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
		assert_int_equal(f->effects_run, 3);
	}
	hold(f, "category:other", true, 1);
	sm_history h;
	sm_progress p;
	assert_ok(f, fixture_start(f, "order:free", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}
ON_BOTH(a_hold_keeps_every_start_back_until_the_release)

static void the_list_has_each_target_that_was_ever_used(fixture *f)
{
	sm_history h;
	sm_progress p;
	sm_json *targets = sm_json_new(&f->arena, SM_JSON_ARRAY);
	sm_buf b;
	hold(f, "category:messages", true, 1);
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	assert_ok(f, sm_switch_list(&f->j, &f->arena, targets, &f->e));
	sm_buf_init(&b, &f->arena, 4096);
	assert_ok(f, sm_json_write(&b, targets, &f->e));
	assert_bytes(sm_buf_bytes(&b), "[\"*\",\"category:commerce\",\"category:messages\",\"workflow:order.fulfil\"]");
}
ON_BOTH(the_list_has_each_target_that_was_ever_used)

static void a_missing_row_comes_back_as_its_history_says(fixture *f)
{
	sm_history h;
	sm_progress p;
	hold(f, "category:commerce", true, 1);
	fixture_exec(f, "DELETE FROM {p}switch WHERE target='category:commerce'");
	assert_ok(f, fixture_start(f, "order:1", &h, &p)); /* finds no row and makes it */
	assert_true(p.held);
	assert_int_equal(f->effects_run, 0);
	assert_int_equal(fixture_int(f, "SELECT generation AS n FROM {p}switch WHERE target='category:commerce' AND held=1"), 1);
}
ON_BOTH(a_missing_row_comes_back_as_its_history_says)

static void a_row_that_disagrees_with_its_history_is_an_alarm(fixture *f)
{
	sm_switch_state state;
	hold(f, "category:commerce", true, 1);
	fixture_exec(f, "UPDATE {p}switch SET held=0 WHERE target='category:commerce'");
	assert_int_equal(sm_switch_get(&f->j, &f->arena, SM_STR("category:commerce"), &state, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "the row says not held, generation 1; its history says held, generation 1"));
	fixture_exec(f, "UPDATE {p}switch SET held=1, generation=5 WHERE target='category:commerce'");
	assert_int_equal(sm_switch_get(&f->j, &f->arena, SM_STR("category:commerce"), &state, &f->e), SM_E_ILLEGAL);
}
ON_BOTH(a_row_that_disagrees_with_its_history_is_an_alarm)

static void a_flip_that_died_between_event_and_row_is_finished_by_who_looks(fixture *f)
{
	hold(f, "category:commerce", true, 1);
	hold(f, "category:commerce", false, 2);
	fixture_exec(f, "UPDATE {p}switch SET held=1, generation=1 WHERE target='category:commerce'");
	assert_switch(f, "category:commerce", false, 2);
	assert_int_equal(fixture_int(f, "SELECT generation AS n FROM {p}switch WHERE target='category:commerce' AND held=0"), 2);
	fixture_exec(f, "DELETE FROM {p}switch WHERE target='category:commerce'");
	assert_switch(f, "category:commerce", false, 2);
}
ON_BOTH(a_flip_that_died_between_event_and_row_is_finished_by_who_looks)

static void a_flip_survives_lost_and_refused_statements(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_APPEND, SM_SQL_SWITCH_INSERT, SM_SQL_SWITCH_UPDATE, SM_SQL_TARGETS, SM_SQL_LOAD};
	static const fault_mode modes[] = {FAULT_REFUSED, FAULT_LOST, FAULT_TWICE};
	int64_t generation = 0;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
			if (k < 2) {
				fixture_exec(f, "DELETE FROM {p}switch WHERE target='category:commerce'");
			}
			f->fault = modes[m];
			f->fault_kind = kinds[k];
			f->fault_times = 1;
			generation++;
			hold(f, "category:commerce", generation % 2 == 1, generation);
			f->fault = FAULT_NONE;
			assert_switch(f, "category:commerce", generation % 2 == 1, generation);
		}
	}
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_SWITCH_UPDATE;
	f->fault_times = 1000;
	int64_t got;
	assert_int_equal(sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), true, SM_STR("ann"), SM_STR("x"), &got, &f->e), SM_E_UNCERTAIN);
}
ON_BOTH(a_flip_survives_lost_and_refused_statements)

static void a_flip_refuses_what_is_no_target_or_no_text(fixture *f)
{
	int64_t generation;
	assert_int_equal(sm_switch_set(&f->j, &f->arena, SM_STR("agent:x"), true, SM_STR("a"), SM_STR("b"), &generation, &f->e), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "agent:x"));
	assert_int_equal(sm_switch_set(&f->j, &f->arena, SM_STR("*"), true, SM_STR("\xff"), SM_STR("b"), &generation, &f->e), SM_E_ARGUMENT);
	char *text = sm_arena_alloc(&f->arena, SM_MAX_PRIVATE + 1, 1);
	memset(text, 'x', SM_MAX_PRIVATE + 1);
	assert_int_equal(sm_switch_set(&f->j, &f->arena, SM_STR("*"), true, SM_STR("a"), (sm_bytes){text, SM_MAX_PRIVATE + 1}, &generation, &f->e), SM_E_LIMIT);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 0);
}
ON_BOTH(a_flip_refuses_what_is_no_target_or_no_text)

/* Somebody else flips the same switch between our event and our row. */
static void flip_first(fixture *f, const sm_statement *st)
{
	fixture other;
	if (st->kind != SM_SQL_SWITCH_UPDATE) {
		return;
	}
	f->before = NULL;
	fixture_join(&other, f, "test environment");
	hold(&other, "category:commerce", false, 3);
	fixture_close(&other);
}

static void an_older_flip_never_replaces_a_newer_row(fixture *f)
{
	hold(f, "category:commerce", false, 1);
	f->before = flip_first;
	hold(f, "category:commerce", true, 2);
	assert_null(f->before);
	assert_int_equal(fixture_int(f, "SELECT generation AS n FROM {p}switch WHERE target='category:commerce' AND held=0"), 3);
	assert_switch(f, "category:commerce", false, 3);
}
ON_BOTH(an_older_flip_never_replaces_a_newer_row)

enum { FLIPPERS = 4, FLIPS_EACH = 20 };

static int flip_often(fixture *f, int child, void *ctx)
{
	int64_t last = 0;
	for (int i = 0; i < FLIPS_EACH; i++) {
		int64_t generation;
		sm_status s = sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), (i + child) % 2 == 0, SM_STR("ann \xc3\x85"),
			SM_STR("why \xf0\x9f\x9b\x92"), &generation, &f->e);
		if (s != SM_OK || generation <= last) {
			fprintf(stderr, "child %d: status %d, generation %lld after %lld: %s\n", child, (int)s, (long long)generation, (long long)last, f->e.message);
			return 1;
		}
		last = generation;
	}
	return 0;
}

static void flips_at_once_each_get_a_generation(fixture *f)
{
	sm_switch_state state;
	fixture_fork(f, FLIPPERS, flip_often, NULL);
	assert_ok(f, sm_switch_get(&f->j, &f->arena, SM_STR("category:commerce"), &state, &f->e));
	assert_int_equal(state.generation, FLIPPERS * FLIPS_EACH);
	assert_int_equal(fixture_int(f, "SELECT generation AS n FROM {p}switch WHERE target='category:commerce'"), FLIPPERS * FLIPS_EACH);
	assert_int_equal(fixture_int(f, "SELECT held AS n FROM {p}switch WHERE target='category:commerce'"), state.held);
}
ON_BOTH(flips_at_once_each_get_a_generation)

enum { WORKERS = 6, HOLDS = 15 };

typedef struct holding {
	atomic_int over;
	atomic_long started, late;
} holding;

static int start_or_flip(fixture *f, int child, void *ctx)
{
	holding *shared = ctx;
	for (int i = 0; child > 0 && !shared->over; i++) {
		char subject[48];
		sm_history h;
		sm_progress p;
		snprintf(subject, sizeof subject, "order:%d:%d", child, i);
		sm_arena_free(&f->arena);
		assert_ok(f, sm_workflow_check(&f->workflow, &f->j.settings, &f->arena, &f->e));
		sm_status s = fixture_start(f, subject, &h, &p);
		if (s != SM_OK) {
			fprintf(stderr, "child %d: status %d: %s\n", child, (int)s, f->e.message);
			shared->over = 1;
			return 1;
		}
		shared->started += p.acted;
	}
	for (int i = 0; child == 0 && i < HOLDS; i++) {
		int64_t generation;
		const char *count = "SELECT COUNT(*) AS n FROM {p}journal WHERE lease IS NOT NULL";
		if (sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), true, SM_STR("ann"), SM_STR("race"), &generation, &f->e) != SM_OK) {
			break;
		}
		int64_t acknowledged = fixture_int(f, count);
		usleep(20000);
		shared->late += fixture_int(f, count) - acknowledged;
		if (sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), false, SM_STR("ann"), SM_STR("race"), &generation, &f->e) != SM_OK
			|| generation != 2 * (i + 1)) {
			break;
		}
		usleep(20000);
		if (i + 1 == HOLDS) {
			shared->over = 1;
			return 0;
		}
	}
	bool failed = !shared->over;
	shared->over = 1;
	return failed;
}

static void after_a_hold_is_acknowledged_no_start_is_stored(fixture *f)
{
	holding *shared = fixture_shared(sizeof *shared);
	fixture_fork(f, WORKERS + 1, start_or_flip, shared);
	assert_int_equal(shared->late, 0);
	assert_true(shared->started > HOLDS);
}
ON_BOTH(after_a_hold_is_acknowledged_no_start_is_stored)

/* A name that has come in stays usable when the site's secrets change: in an emergency nothing may stand in the way of a hold. */
static void a_new_secret_does_not_keep_a_known_switch_from_being_held(fixture *f)
{
	const sm_bytes secrets[] = {SM_STR("commerce"), SM_STR("flipped")};
	const sm_redaction none = f->j.redaction;
	sm_history h;
	sm_progress p;
	int64_t generation;
	assert_ok(f, fixture_start(f, "order:1", &h, &p)); /* makes the rows of its switches */
	hold(f, "category:flipped", true, 1);
	hold(f, "category:flipped", false, 2);
	f->j.redaction = (sm_redaction){.secrets = secrets, .n_secrets = 2, .more = &none};
	hold(f, "category:commerce", true, 1);
	hold(f, "category:commerce", false, 2);
	hold(f, "category:flipped", true, 3);
	for (int held = 0; held < 2; held++) {
		assert_int_equal(sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce.eu"), held, SM_STR("ann"), SM_STR("x"), &generation, &f->e), SM_E_ARGUMENT);
	}
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}switch WHERE target='category:commerce.eu'"), 0);
	f->j.redaction = none;
}
ON_BOTH(a_new_secret_does_not_keep_a_known_switch_from_being_held)

/* Holds the category from elsewhere when the start's second look comes: behind the start, before the effect. */
static void hold_at_the_look(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_TARGETS) {
		f->before = NULL;
		hold(f, "category:commerce", true, 1);
	}
}

static void lose_a_row_at_the_look(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_TARGETS) {
		f->before = NULL;
		fixture_exec(f, "DELETE FROM {p}switch WHERE target='category:commerce'");
	}
}

static void on_a_cluster_a_start_looks_once_more_and_comes_to_nothing_when_held(fixture *f)
{
	sm_history h;
	sm_progress p;
	assert_ok(f, fixture_start(f, "order:1", &h, &p)); /* makes the switches' rows */
	assert_false(f->j.cluster);
	fixture_count_from_here(f);
	assert_ok(f, fixture_start(f, "order:2", &h, &p));
	assert_int_equal(f->reads, 0);

	f->j.cluster = true;
	fixture_count_from_here(f);
	assert_ok(f, fixture_start(f, "order:3", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	assert_int_equal(f->count[SM_SQL_TARGETS], 3);
	assert_int_equal(f->reads, 3);

	long effects = f->effects_run;
	f->before = hold_at_the_look;
	assert_ok(f, fixture_start(f, "order:4", &h, &p));
	assert_int_equal(f->effects_run, effects);
	assert_int_equal(h.n, 3);
	assert_int_equal(h.events[2].type, SM_STEP_FAILED);
	assert_int_equal(h.events[2].failure_class, SM_CLASS_NOT_SENT);
	assert_bytes(sm_event_value(&h.events[2], "message"), "\"a switch was held before the effect began\"");
	assert_int_equal(sm_run_shown(&h.run, h.now), SM_SHOWN_WAITING);
	hold(f, "category:commerce", false, 2);

	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_TARGETS;
	f->fault_times = 2; /* the read, and the one after the reset */
	assert_ok(f, fixture_start(f, "order:5", &h, &p));
	assert_int_equal(f->effects_run, effects);
	assert_bytes(sm_event_value(&h.events[2], "message"), "\"the switches could not be read before the effect began\"");

	f->fault = FAULT_NONE;
	f->before = lose_a_row_at_the_look; /* nothing is said about it: that permits nothing */
	assert_ok(f, fixture_start(f, "order:6", &h, &p));
	assert_null(f->before);
	assert_int_equal(f->effects_run, effects);
	assert_bytes(sm_event_value(&h.events[2], "message"), "\"the switches could not be read before the effect began\"");
}
ON_BOTH(on_a_cluster_a_start_looks_once_more_and_comes_to_nothing_when_held)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_one_of_three_forms),
		BOTH(a_hold_keeps_every_start_back_until_the_release),
		BOTH(the_list_has_each_target_that_was_ever_used),
		BOTH(a_missing_row_comes_back_as_its_history_says),
		BOTH(a_row_that_disagrees_with_its_history_is_an_alarm),
		BOTH(a_flip_that_died_between_event_and_row_is_finished_by_who_looks),
		BOTH(a_flip_survives_lost_and_refused_statements),
		BOTH(a_flip_refuses_what_is_no_target_or_no_text),
		BOTH(an_older_flip_never_replaces_a_newer_row),
		BOTH(flips_at_once_each_get_a_generation),
		BOTH(after_a_hold_is_acknowledged_no_start_is_stored),
		BOTH(a_new_secret_does_not_keep_a_known_switch_from_being_held),
		BOTH(on_a_cluster_a_start_looks_once_more_and_comes_to_nothing_when_held),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
