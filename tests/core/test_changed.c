/* Rows that somebody changed behind our back: an alarm, and nothing fires. */
#include "support.h"

#include "alloc_world.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void a_changed_row_breaks_its_run_and_nothing_fires(void **state)
{
	static const struct { const char *sql, *why; } changes[] = {
		{"UPDATE {p}journal SET leaf='{}' WHERE seq=2", "not an event of this journal: type"},
		{"UPDATE {p}journal SET leaf='{\"a\":' WHERE seq=2", ""},
		{"UPDATE {p}journal SET leaf=(SELECT leaf FROM {p}journal WHERE seq=3) WHERE seq=2", "row 2 and the leaf in it disagree about id, stream or seq"},
		{"DELETE FROM {p}journal WHERE seq=2", "event 3"},
		{"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"prev\":\"0', '\"prev\":\"f') WHERE seq=3", "event 3"},
		{"UPDATE {p}journal SET private='{\"output\":1}' WHERE seq=3", "not an event of this journal: private values"},
		{"UPDATE {p}journal SET private='{\"Out\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",1]}' WHERE seq=3",
			"not an event of this journal: private values"},
		{"UPDATE {p}journal SET private=REPLACE(private, '{\"output\":', '{\"output\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",1],\"output\":') WHERE seq=3",
			"not an event of this journal: private values"},
		{"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"never\"', '3') WHERE seq=1", "not an event of this journal: steps"},
		{"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"never\"', '\"ever\"') WHERE seq=1", "not an event of this journal: steps"},
		{"UPDATE {p}journal SET leaf=REPLACE(REPLACE(leaf, 'step.started', 'switch.held'), '\"attempt\"', '\"generation\":1,\"target\":\"*\",\"attempt\"') WHERE seq=2",
			"stands in the stream of a run"}
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		world w;
		sm_progress p;
		world_open(&w);
		world_started(&w, "order:1");
		world_exec(&w, changes[i].sql);
		sm_history h = world_loaded(&w, "order:1");
		if (!h.broken || strstr(h.broken_why, changes[i].why) == NULL) {
			fail_msg("%s: %s", changes[i].sql, h.broken ? h.broken_why : "not broken");
		}
		long acted = w.acted[0].calls;
		assert_int_equal(sm_drive_advance(&w.drive, &h, &p, &w.e), SM_E_ILLEGAL);
		assert_non_null(strstr(w.e.message, "is broken"));
		sm_start s = world_order(&w, "order:1");
		assert_int_equal(sm_drive_once(&w.drive, &w.arena, &s, &h, &p, &w.e), SM_E_ILLEGAL);
		sm_event note = sm_event_new(SM_NOTE);
		size_t stored;
		assert_int_equal(sm_journal_append(&w.journal, &h, &note, 1, NULL, &stored, &w.e), SM_E_ILLEGAL);
		sm_moved moved;
		assert_int_equal(sm_drive_move_alone(&w.drive, h.stream, &moved, &w.e), SM_E_ILLEGAL);
		assert_false(moved.moved);
		assert_int_equal(w.acted[0].calls, acted);
		world_close(&w);
	}
}

static void a_changed_switch_is_an_alarm_and_holds(void **state)
{
	static const struct { const char *sql, *why; sm_status status; } changes[] = {
		{"UPDATE {p}journal SET leaf='{}' WHERE leaf LIKE '%switch.held%'", "the history of switch category:commerce is broken", SM_E_ILLEGAL},
		{"UPDATE {p}journal SET leaf=REPLACE(leaf, 'category:commerce', 'category:other')", "is not a flip of it", SM_E_ILLEGAL},
		{"UPDATE {p}switch SET held=0 WHERE target='category:commerce'", "the row says not held, generation 1; its history says held, generation 1", SM_E_ILLEGAL},
		{"UPDATE {p}switch SET generation=2 WHERE target='category:commerce'", "the row says held, generation 2; its history says held, generation 1",
			SM_E_ILLEGAL}
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		world w;
		int64_t generation;
		sm_switch_state shown;
		world_open(&w);
		world_ok(&w, sm_switch_set(&w.journal, &w.arena, SM_STR("category:commerce"), true, SM_STR("Ada"), SM_STR("r"), &generation, &w.e));
		world_exec(&w, changes[i].sql);
		assert_int_equal(sm_switch_get(&w.journal, &w.arena, SM_STR("category:commerce"), &shown, &w.e), changes[i].status);
		if (strstr(w.e.message, changes[i].why) == NULL) {
			fail_msg("%s: %s", changes[i].sql, w.e.message);
		}
		world_close(&w);
	}
}

static void a_row_that_holds_without_a_flip_keeps_starts_back(void **state)
{
	world w;
	sm_history h;
	sm_progress p;
	int64_t generation;
	world_open(&w);
	world_started(&w, "order:1");
	world_exec(&w, "UPDATE {p}switch SET held=1 WHERE target='category:commerce'");
	sm_start s = world_order(&w, "order:2");
	assert_int_equal(sm_drive_start(&w.drive, &w.arena, &s, &h, &p, &w.e), SM_E_ILLEGAL);
	assert_non_null(strstr(w.e.message, "no flip is recorded"));
	assert_false(p.acted);
	world_exec(&w, "DELETE FROM {p}switch WHERE target='*'");
	assert_int_equal(sm_switch_set(&w.journal, &w.arena, SM_STR("*"), true, SM_STR("Ada"), SM_STR("r"), &generation, &w.e), SM_E_SCHEMA);
	assert_non_null(strstr(w.e.message, "the row '*' is missing"));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_row_breaks_its_run_and_nothing_fires),
		cmocka_unit_test(a_changed_switch_is_an_alarm_and_holds),
		cmocka_unit_test(a_row_that_holds_without_a_flip_keeps_starts_back),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
