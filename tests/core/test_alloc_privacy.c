/* Every allocation failed in turn while events of the site are stored, a person is looked for, and values are erased and pruned. */
#include "support.h"

#include "alloc_world.h"
#include "audit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const sm_external records[] = {{SM_LIT("user"), SM_LIT("7")}};
static const sm_person jane = {.text = SM_LIT("jane@shop.example"), .records = records, .n_records = 1};

static sm_status append(world *w, const char *value)
{
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	sm_json *data;
	sm_private p[] = {{SM_STR("who"), sm_cstr(value)}, {SM_STR("password"), SM_STR("\"x\"")}};
	sm_status st = sm_json_read(&w->arena, SM_STR("{\"token\":\"x\",\"card\":\"4242424242424242\",\"see\":\"0123456789abcdef0123456789abcdef\"}"), &data, &w->e);
	const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = data, .p = p, .n_p = 2};
	return st ? st : sm_audit_append(&w->journal, &w->arena, &what, id, stream, &w->e);
}

static void three_orders_and_events(world *w)
{
	int64_t generation;
	w->externals = true;
	world_started(w, "order:1");
	w->outcome[1] = SM_OUTCOME_NOT_DONE;
	world_started(w, "order:2");
	w->outcome[1] = SM_OUTCOME_DONE;
	world_ok(w, append(w, "\"jane@shop.example and [redacted: key]\""));
	world_ok(w, append(w, "\"mary-jane@shop.example\""));
	world_ok(w, sm_switch_set(&w->journal, &w->arena, SM_STR("category:x"), true, SM_STR("Ada"), SM_STR("stop 0123456789abcdef0123456789abcdef"), &generation, &w->e));
}

static sm_status append_one(world *w)
{
	return append(w, "{\"token\":\"x\",\"n\":4242424242424242,\"4242424242424242\":1}");
}

static sm_status find(world *w)
{
	char next[SM_ID_SIZE];
	sm_event *events;
	size_t n;
	sm_status st = sm_audit_find(&w->journal, &w->arena, &jane, "", 100, &events, &n, next, &w->e);
	if (st == SM_OK) {
		assert_int_equal(n, 1);
	}
	return st;
}

static sm_status erase(world *w, const char *id, const sm_person *person)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked"), .person = person};
	sm_erased out;
	return sm_audit_erase(&w->journal, id, &what, &out, &w->e);
}

static sm_status erase_order(world *w, const char *subject)
{
	char id[SM_ID_SIZE];
	sm_status st = sm_journal_identify(&w->journal, &w->e);
	sm_run_id(&w->journal.keys, SM_STR("order.fulfil"), sm_cstr(subject), SM_STR("1"), id);
	return st ? st : erase(w, id, NULL);
}

static sm_status erase_run(world *w)
{
	return erase_order(w, "order:1");
}

static sm_status erase_open_run(world *w)
{
	return erase_order(w, "order:2");
}

static sm_status erase_person(world *w)
{
	char id[SM_ID_SIZE];
	sm_status st = sm_journal_identify(&w->journal, &w->e);
	sm_audit_stream(&w->journal.keys, SM_STR("site"), id);
	return st ? st : erase(w, id, &jane);
}

static sm_status prune(world *w)
{
	sm_pruned out = {0};
	return sm_audit_prune(&w->journal, -1000000, SM_STR("retention"), SM_STR("a year"), 10, &out, &w->e);
}

/* Whatever failed: the same call with memory enough ends it. */
static void erased_in_the_end(world *w)
{
	world_ok(w, erase_run(w));
	sm_history h = world_loaded(w, "order:1");
	for (size_t i = 0; i < h.n; i++) {
		assert_true(h.events[i].type == SM_PRIVACY_ERASED || h.events[i].n_p == 0);
	}
}

static void person_erased_in_the_end(world *w)
{
	world_ok(w, erase_person(w));
}

static void every_allocation(void **state)
{
	static const scenario scenarios[] = {
		{"an event of the site", three_orders_and_events, append_one, SM_OK, NULL},
		{"a person is looked for", three_orders_and_events, find, SM_OK, NULL},
		{"a run is erased", three_orders_and_events, erase_run, SM_OK, erased_in_the_end},
		{"an open run is not", three_orders_and_events, erase_open_run, SM_E_STATE, NULL},
		{"a person is erased", three_orders_and_events, erase_person, SM_OK, person_erased_in_the_end},
		{"retention", three_orders_and_events, prune, SM_OK, erased_in_the_end}
	};
	long failed = 0;
	(void)state;
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		failed += world_fail_each(&scenarios[i]);
	}
	assert_true(failed > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
