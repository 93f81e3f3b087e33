/* Erasing in streams of AuditLog::append(): in memory that does not grow with them, by several at once, and whatever the store does. */
#include "support.h"

#include "audit.h"
#include "journal_fixture.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL "jane@shop.example"

static const sm_person jane = {.text = SM_LIT(MAIL)};

static sm_status append(fixture *f, const char *who, const char *more)
{
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	const sm_private p[] = {{SM_STR("who"), sm_cstr(who)}, {SM_STR("more"), sm_cstr(more)}};
	const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = sm_json_new(&f->arena, SM_JSON_OBJECT), .p = p, .n_p = 2};
	return sm_audit_append(&f->j, &f->arena, &what, id, stream, &f->e);
}

static const char *site(fixture *f)
{
	static char id[SM_ID_SIZE];
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	sm_audit_stream(&f->j.keys, SM_STR("site"), id);
	return id;
}

static sm_status erase(fixture *f, const sm_person *person, sm_erased *out)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked"), .person = person};
	return sm_audit_erase(&f->j, site(f), &what, out, &f->e);
}

static int64_t left(fixture *f, const char *what)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) AS n FROM {p}journal WHERE private LIKE '%%%s%%' AND leaf NOT LIKE '%%privacy.erased%%'", what);
	return fixture_int(f, sql);
}

/* Every (seq, field) that some privacy.erased names, once each? @return how many are named */
static int64_t named_once(fixture *f)
{
	sm_history h;
	int64_t n = 0;
	sm_history_init(&h, &f->arena, site(f));
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	assert_false(h.broken);
	unsigned *seen = calloc(h.n + 1, sizeof *seen);
	assert_non_null(seen);
	for (size_t i = 0; i < h.n; i++) {
		const sm_json *list = h.events[i].type == SM_PRIVACY_ERASED ? h.events[i].erased : NULL;
		for (size_t r = 0; list != NULL && r < list->u.a.n; r++) {
			const sm_json *row = &list->u.a.items[r];
			for (size_t k = 1; k < row->u.a.n; k++, n++) {
				unsigned bit = sm_bytes_eq(row->u.a.items[k].u.s, SM_STR("who")) ? 1 : 2;
				assert_in_range(row->u.a.items[0].u.i, 1, (int64_t)h.n);
				assert_int_equal(seen[row->u.a.items[0].u.i] & bit, 0);
				seen[row->u.a.items[0].u.i] |= bit;
			}
		}
	}
	free(seen);
	return n;
}

/* ---- memory ---- */

typedef struct meter {
	size_t now, peak;
} meter;

static void *metered(void *ctx, size_t n)
{
	meter *m = ctx;
	void *p = malloc(n);
	m->now += p != NULL ? malloc_usable_size(p) : 0;
	m->peak = m->now > m->peak ? m->now : m->peak;
	return p;
}

static void unmetered(void *ctx, void *p)
{
	meter *m = ctx;
	m->now -= p != NULL ? malloc_usable_size(p) : 0;
	free(p);
}

/* Most memory that the core holds at once while values of n events go. */
static size_t peak_of(sm_dialect dialect, int n, const sm_person *person)
{
	fixture f;
	meter m = {0, 0};
	const sm_alloc alloc = {metered, unmetered, &m}, *was;
	char more[4100];
	sm_erased out;
	fixture_open(&f, dialect);
	memset(more, 'x', sizeof more - 1);
	more[0] = more[sizeof more - 2] = '"';
	more[sizeof more - 1] = '\0';
	for (int i = 0; i < n; i++) {
		sm_arena_free(&f.arena);
		sm_arena_init(&f.arena, &sm_alloc_default);
		assert_ok(&f, append(&f, i % 2 ? "\"" MAIL "\"" : "\"joe@shop.example\"", more));
	}
	was = f.j.arena.a;
	f.j.arena.a = &alloc; /* what a call allocates; what the journal has stays where it is */
	assert_ok(&f, erase(&f, person, &out));
	f.j.arena.a = was;
	assert_int_equal(m.now, 0);
	assert_int_equal(out.fields, person != NULL ? n / 2 : 2 * n);
	assert_int_equal(left(&f, person != NULL ? MAIL : "xxx"), 0);
	assert_int_equal(named_once(&f), out.fields);
	fixture_close(&f);
	return m.peak;
}

static void memory_does_not_grow_with_the_stream(void **state)
{
	(void)state;
	for (int person = 0; person < 2; person++) {
		/* from one full event on, more rows are more pages */
		size_t small = peak_of(SM_SQLITE, 900, person ? &jane : NULL), large = peak_of(SM_SQLITE, 2500, person ? &jane : NULL);
		print_message("# erasing %s of 900 and of 2500 events of 4 KB: %zu and %zu KB at most\n", person ? "a person" : "all", small / 1024, large / 1024);
		assert_true(large < 1024 * 1024);
		assert_true(large < small + small / 4 + 65536);
	}
}

/* ---- several at once ---- */

static int erase_until_done(fixture *f, int child, void *ctx)
{
	(void)ctx;
	for (int i = 0; i < 200; i++) {
		sm_erased out;
		sm_status st = child == 3 ? append(f, "\"meanwhile\"", "1") : erase(f, child == 0 ? &jane : NULL, &out);
		if (child == 3 ? i == 60 : st == SM_OK) {
			return 0;
		}
		if (st != SM_OK && st != SM_E_STORE && st != SM_E_UNCERTAIN && st != SM_E_LOST) {
			return 1;
		}
	}
	return 2;
}

static void several_at_once_name_each_value_once(fixture *f)
{
	sm_erased out;
	for (int i = 0; i < 500; i++) {
		assert_ok(f, append(f, i % 2 ? "\"" MAIL "\"" : "\"joe@shop.example\"", "\"x\""));
	}
	fixture_fork(f, 4, erase_until_done, NULL);
	assert_int_equal(left(f, "example"), 0);
	assert_ok(f, erase(f, NULL, &out));
	assert_int_equal(left(f, "_"), 0);
	assert_int_equal(named_once(f), 2 * fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf LIKE '%shop.opened%'"));
	/* nothing is left to do, and nothing is said */
	int64_t n = fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal");
	assert_ok(f, erase(f, NULL, &out));
	assert_int_equal(out.fields + out.finished + out.events, 0);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), n);
}
ON_BOTH(several_at_once_name_each_value_once)

/* ---- faults ---- */

static void whatever_the_store_does_the_same_call_ends_it(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_APPEND, SM_SQL_ERASE, SM_SQL_LOAD, SM_SQL_STREAM_NAMED, SM_SQL_STREAM_VALUES, SM_SQL_STREAM_TIP, SM_SQL_STREAM_FIRST, SM_SQL_STREAM_ERASURES};
	int64_t all = 0;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (int mode = FAULT_REFUSED; mode <= FAULT_TWICE; mode++) {
			for (int times = 1; times <= 8; times += times < 3 ? 1 : 5) {
				sm_erased out;
				for (int i = 0; i < 20; i++) {
					assert_ok(f, append(f, "\"" MAIL "\"", "\"x\""));
				}
				all += 40;
				f->fault = (fault_mode)mode;
				f->fault_kind = kinds[k];
				f->fault_times = times;
				sm_status st = erase(f, NULL, &out);
				if (st != SM_OK && st != SM_E_STORE && st != SM_E_UNCERTAIN) {
					fail_msg("kind %d, mode %d, %d times: status %d, %s", (int)kinds[k], mode, times, (int)st, f->e.message);
				}
				f->fault = FAULT_NONE;
				assert_ok(f, erase(f, NULL, &out));
				assert_int_equal(left(f, "_"), 0);
				assert_int_equal(named_once(f), all);
			}
		}
	}
}
ON_BOTH(whatever_the_store_does_the_same_call_ends_it)

/* A process dies between its word and the column: whoever comes next finishes it, and names nothing anew. */
static void what_is_named_is_finished_first(fixture *f)
{
	sm_erased out;
	const sm_erasure finish = {.why = SM_STR("age"), .by = SM_STR("x"), .reason = SM_STR("y"), .only_finish = true};
	for (int i = 0; i < 30; i++) {
		assert_ok(f, append(f, i % 3 ? "\"" MAIL "\"" : "\"joe@shop.example\"", "\"x\""));
	}
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_STREAM_VALUES;
	f->fault_times = 1000;
	assert_int_equal(erase(f, &jane, &out), SM_E_STORE); /* nothing was tried */
	f->fault = FAULT_NONE;
	assert_int_equal(named_once(f), 0);
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_ERASE;
	f->fault_times = 1000;
	assert_int_equal(erase(f, &jane, &out), SM_E_UNCERTAIN);
	f->fault = FAULT_NONE;
	assert_int_equal(left(f, MAIL), 20);
	assert_int_equal(named_once(f), 20);
	/* more of the same person meanwhile: not named, so not finished */
	assert_ok(f, append(f, "\"" MAIL "\"", "\"x\""));
	assert_ok(f, sm_audit_erase(&f->j, site(f), &finish, &out, &f->e));
	assert_int_equal(out.finished, 20);
	assert_int_equal(out.fields, 0);
	assert_int_equal(left(f, MAIL), 1);
	assert_ok(f, erase(f, &jane, &out));
	assert_int_equal(out.fields, 1);
	assert_int_equal(left(f, MAIL), 0);
	assert_int_equal(left(f, "joe@"), 10);
	assert_int_equal(named_once(f), 21);
}
ON_BOTH(what_is_named_is_finished_first)

/* What a decision elsewhere cites stays when it is old, and goes when somebody asks. */
static void cited_values_stay_when_they_are_old(fixture *f)
{
	char cited[1][SM_ID_SIZE];
	sm_history h;
	sm_erased out;
	for (int i = 0; i < 5; i++) {
		assert_ok(f, append(f, "\"" MAIL "\"", "\"x\""));
	}
	sm_history_init(&h, &f->arena, site(f));
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	memcpy(cited[0], h.events[2].id, SM_ID_SIZE);
	const sm_erasure age = {.why = SM_STR("age"), .by = SM_STR("x"), .reason = SM_STR("y"), .cited = (const char (*)[SM_ID_SIZE])cited, .n_cited = 1};
	assert_ok(f, sm_audit_erase(&f->j, site(f), &age, &out, &f->e));
	assert_int_equal(out.fields, 8);
	assert_int_equal(out.kept, 2);
	assert_ok(f, erase(f, NULL, &out));
	assert_int_equal(out.fields, 2);
	assert_int_equal(named_once(f), 10);
}
ON_BOTH(cited_values_stay_when_they_are_old)

static void a_row_that_is_no_event_is_said(fixture *f)
{
	sm_erased out;
	for (int i = 0; i < 3; i++) {
		assert_ok(f, append(f, "\"" MAIL "\"", "\"x\""));
	}
	fixture_exec(f, "UPDATE {p}journal SET leaf='{}' WHERE seq=2");
	assert_int_equal(erase(f, NULL, &out), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "row 2 of stream"));
}
ON_BOTH(a_row_that_is_no_event_is_said)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_does_not_grow_with_the_stream), BOTH(several_at_once_name_each_value_once), BOTH(whatever_the_store_does_the_same_call_ends_it),
		BOTH(what_is_named_is_finished_first), BOTH(cited_values_stay_when_they_are_old), BOTH(a_row_that_is_no_event_is_said)
	};

	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
