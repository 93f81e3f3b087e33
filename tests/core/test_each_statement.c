/* Whatever is done to a journal: the store is gone from one of its statements on, for each of them in turn. The call ends with an error that says
 * much is known, and leaves no seed open; when the store is back the same call does it: once, unless it was told that nobody knows. */
#include "support.h"

#include "audit_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is done, on a fixture of its own. */
typedef struct work {
	fixture *f;
	host *h;
	sm_log log;
	sm_signed first;
	const char *run;
	bool uncertain; /* the first call was told so */
} work;

typedef struct job {
	const char *name;
	void (*before)(work *w);      /* with a store that works; NULL = nothing */
	sm_status (*act)(work *w);
	void (*after)(work *w);       /* it was done */
} job;

static int64_t count_of(work *w, const char *type)
{
	char sql[160];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf LIKE '%%\"type\":\"%s\"%%'", type);
	return fixture_int(w->f, sql);
}

/* Events of this type: one, or one more where the first call could not know of its own. */
static void assert_done(work *w, const char *type)
{
	int64_t n = count_of(w, type);
	if (n != 1 && !(w->uncertain && n == 2)) {
		fail_msg("%d events %s", (int)n, type);
	}
}

/* ---- jobs ---- */

static void runs(work *w)
{
	fixture_mixed_runs(w->f);
	fixture_catch_up(w->f);
	w->run = fixture_run_id(w->f, "done:0");
}

static sm_status set_switch(work *w)
{
	int64_t generation;
	return sm_switch_set(&w->f->j, &w->f->arena, SM_STR("category:commerce"), true, SM_STR("ann"), SM_STR("x"), &generation, &w->f->e);
}

static void switch_is_set(work *w)
{
	assert_int_equal(fixture_int(w->f, "SELECT held AS n FROM {p}switch WHERE target='category:commerce'"), 1);
	assert_done(w, "switch.held");
	assert_int_equal(fixture_int(w->f, "SELECT generation AS n FROM {p}switch WHERE target='category:commerce'"), count_of(w, "switch.held"));
}

static sm_status list_switches(work *w)
{
	sm_json list = {.kind = SM_JSON_OBJECT};
	sm_switch_state state;
	bool held;
	sm_status s = sm_switch_list(&w->f->j, &w->f->arena, &list, &w->f->e);
	s = s == SM_OK ? sm_switch_get(&w->f->j, &w->f->arena, SM_STR("category:commerce"), &state, &w->f->e) : s;
	return s == SM_OK ? sm_switch_held(&w->f->j, &w->f->arena, SM_STR("order.fulfil"), SM_STR("commerce"), &held, &w->f->e) : s;
}

static sm_status append(work *w)
{
	char id[SM_ID_SIZE], stream[SM_ID_SIZE];
	sm_json *d = sm_json_new(&w->f->arena, SM_JSON_OBJECT);
	const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = d};
	return sm_audit_append(&w->f->j, &w->f->arena, &what, id, stream, &w->f->e);
}

static void appended(work *w)
{
	assert_done(w, "shop.opened");
}

static sm_status erase(work *w)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked")};
	sm_erased out;
	return sm_audit_erase(&w->f->j, w->run, &what, &out, &w->f->e);
}

static void erased(work *w)
{
	char sql[200];
	assert_int_equal(count_of(w, "privacy.erased"), 1);
	snprintf(sql, sizeof sql, "SELECT COUNT(*) AS n FROM {p}journal WHERE stream='%s' AND private IS NOT NULL AND leaf NOT LIKE '%%privacy.erased%%'", w->run);
	assert_int_equal(fixture_int(w->f, sql), 0);
}

static void old_runs(work *w)
{
	runs(w);
	fixture_exec(w->f, "UPDATE {p}run SET changed_at=changed_at-7200000000");
}

static sm_status prune(work *w)
{
	sm_pruned out = {0};
	return sm_audit_prune(&w->f->j, INT64_C(3600000000), SM_STR("retention"), SM_STR("old"), 2, &out, &w->f->e);
}

static void pruned(work *w)
{
	assert_true(count_of(w, "privacy.erased") >= 2);
}

static sm_status find_person(work *w)
{
	const sm_external record = {SM_STR("charge"), SM_STR("ch_mail")};
	const sm_person person = {.text = SM_STR("nobody@shop.example"), .records = &record, .n_records = 1};
	sm_event *events;
	char next[SM_ID_SIZE];
	size_t n;
	return sm_audit_find(&w->f->j, &w->f->arena, &person, "", 1000, &events, &n, next, &w->f->e);
}

static void key(work *w)
{
	fixture_start_all(w->f, "order:%d", 2);
	w->h = open_log(w->f, &w->log, 1);
	assert_ok(w->f, checkpoint(w->f, &w->log, w->h, &w->first));
	fixture_start_all(w->f, "more:%d", 2);
}

static sm_status sign(work *w)
{
	sm_signed out;
	sm_status s = sm_log_read(&w->f->j, &w->f->arena, &w->log, &w->f->e);
	return s == SM_OK ? checkpoint(w->f, &w->log, w->h, &out) : s;
}

static void is_signed(work *w)
{
	assert_int_equal(fixture_int(w->f, "SELECT COUNT(*) AS n FROM {p}checkpoint"), 2);
	assert_int_equal(fixture_int(w->f, "SELECT MAX(size) AS n FROM {p}checkpoint"), fixture_int(w->f, "SELECT COUNT(*) AS n FROM {p}journal"));
}

static sm_status is_due(work *w)
{
	bool due;
	return sm_log_is_due(&w->f->j, &w->f->arena, &w->log, 0, &due, &w->f->e);
}

static sm_status rotate(work *w)
{
	fixture *f = w->f;
	sm_bytes fresh;
	sm_status s = sm_log_read(&f->j, &f->arena, &w->log, &f->e);
	if (s != SM_OK || w->log.n_linked == 2) { /* the store went when it was done */
		return s == SM_OK && w->log.unsettled ? sm_log_settle(&f->j, &w->log, &f->e) : s;
	}
	if ((s = sm_log_next_origin(&f->j, &w->log, &f->arena, &fresh, &f->e)) != SM_OK) {
		return s;
	}
	host *next = new_host(f, fresh, 2);
	sm_log_change change = {.why = SM_STR("rotated"), .origin = fresh, .vkey = vkey(f, next), .by = SM_STR("ann"), .reason = SM_STR("yearly"),
		.last = &w->first.at};
	return sm_log_replace(&f->j, &f->arena, &w->log, &change, &f->e);
}

static void rotated(work *w)
{
	read_log(w->f, &w->log);
	assert_int_equal(w->log.n_linked, 2);
	assert_false(w->log.unsettled);
	assert_int_equal(count_of(w, "log.closed"), 1);
}

static sm_status ask_witness(work *w)
{
	sm_bytes body;
	uint64_t size;
	return sm_witness_request(&w->f->j, &w->f->arena, &w->log, 1, &body, &size, &w->f->e);
}

static void moved(work *w)
{
	runs(w);
	snprintf(w->f->inner.dialect == SM_SQLITE ? w->f->sqlite.environment : w->f->mysql.environment, 64, "%s", "elsewhere");
	w->f->j.identified = false;
}

static sm_status adopt(work *w, sm_adopt as)
{
	return sm_schema_adopt(&w->f->j, as, SM_STR("ann"), SM_STR("new server"), &w->f->e);
}

static sm_status adopt_moved(work *w)
{
	return adopt(w, SM_ADOPT_MOVED);
}

static sm_status adopt_restored(work *w)
{
	return adopt(w, SM_ADOPT_RESTORED);
}

static sm_status adopt_copy(work *w)
{
	return adopt(w, SM_ADOPT_COPY);
}

static void adopted(work *w)
{
	sm_history h;
	sm_progress p;
	assert_true(count_of(w, "site.adopted") >= 1);
	assert_ok(w->f, fixture_start(w->f, "afterwards", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}

static void no_open_runs(work *w)
{
	adopted(w);
	fixture_catch_up(w->f);
	assert_int_equal(fixture_int(w->f, "SELECT COUNT(*) AS n FROM {p}run WHERE state IN ('running','waiting','held','paused','unknown','undoing')"), 0);
}

static sm_status check_schema(work *w)
{
	sm_json findings = {.kind = SM_JSON_ARRAY};
	sm_identity identity;
	sm_status s = sm_schema_check(&w->f->j, &w->f->arena, &findings, &w->f->e);
	return s == SM_OK ? sm_schema_identity(&w->f->j, &w->f->arena, &identity, &w->f->e) : s;
}

static sm_status install(work *w)
{
	return sm_schema_install(&w->f->j, SM_STR("shop.example"), &w->f->e);
}

static void waiting(work *w)
{
	fixture_mixed_runs(w->f);
}

static sm_status catch_up(work *w)
{
	int64_t sequenced, projected;
	return sm_journal_catch_up(&w->f->j, 10, &sequenced, &projected, &w->f->e);
}

static void caught_up(work *w)
{
	int64_t rows = fixture_int(w->f, "SELECT COUNT(*) AS n FROM {p}journal");
	assert_int_equal(fixture_int(w->f, "SELECT COUNT(DISTINCT leaf_index) AS n FROM {p}journal"), rows);
	assert_int_equal(fixture_int(w->f, "SELECT MAX(leaf_index) AS n FROM {p}journal"), rows - 1);
	assert_int_equal(fixture_int(w->f, "SELECT pos AS n FROM {p}meta WHERE name='projected'"), rows);
	assert_int_equal(fixture_int(w->f, "SELECT COUNT(*) AS n FROM {p}run"), 11);
}

/* ---- the store goes ---- */

static struct { int at, seen; } gone;

static void go(fixture *f, const sm_statement *st)
{
	if (++gone.seen >= gone.at) {
		f->fault = FAULT_REFUSED;
		f->fault_kind = st->kind;
		f->fault_times = 1;
	}
}

/* @param step   1 = from each statement on, 2 = from every other */
static int each_statement(sm_dialect dialect, const job *todo, int step)
{
	int tried = 0;
	for (gone.at = 1;; gone.at += step, tried++) {
		fixture f;
		work w = {.f = &f};
		fixture_open(&f, dialect);
		if (dialect == SM_SQLITE) {
			fixture_exec(&f, "PRAGMA synchronous=OFF"); /* no power fails here */
		}
		if (todo->before != NULL) {
			todo->before(&w);
		}
		gone.seen = 0;
		f.before = go;
		sm_status s = todo->act(&w);
		f.before = NULL;
		f.fault = FAULT_NONE;
		bool whole = gone.seen < gone.at;
		if (whole ? s != SM_OK : s != SM_E_STORE && s != SM_E_UNCERTAIN) {
			fail_msg("%s, statement %d: status %d: %s", todo->name, gone.at, (int)s, f.e.message);
		}
		if (!whole) {
			w.uncertain = s == SM_E_UNCERTAIN;
			s = todo->act(&w);
			if (s != SM_OK) {
				fail_msg("%s again, gone at statement %d: status %d: %s", todo->name, gone.at, (int)s, f.e.message);
			}
		}
		if (todo->after != NULL) {
			todo->after(&w);
		}
		fixture_close(&f);
		if (whole) {
			return tried;
		}
	}
}

static const job jobs[] = {
	{"a switch is set", runs, set_switch, switch_is_set},
	{"switches are listed", runs, list_switches, NULL},
	{"an event of the site is appended", NULL, append, appended},
	{"a run is erased", runs, erase, erased},
	{"runs are pruned", old_runs, prune, pruned},
	{"a person is looked for", runs, find_person, NULL},
	{"a head is signed", key, sign, is_signed},
	{"whether one is due", key, is_due, NULL},
	{"a log is rotated", key, rotate, rotated},
	{"a witness is asked", key, ask_witness, NULL},
	{"a site has moved", moved, adopt_moved, adopted},
	{"a site was restored", moved, adopt_restored, adopted},
	{"a site is a copy", moved, adopt_copy, no_open_runs},
	{"the schema is checked", NULL, check_schema, NULL},
	{"the schema is installed again", NULL, install, NULL},
	{"log and run list are brought up to date", waiting, catch_up, caught_up},
};

static void on(sm_dialect dialect, int step)
{
	int all = 0;
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		int n = each_statement(dialect, &jobs[i], step);
		all += n;
	}
	assert_true(all > 0);
	printf("# %d statements of %d calls, the store gone from each on\n", all, (int)(sizeof jobs / sizeof *jobs));
}

static void a_store_that_goes_on_sqlite(void **state)
{
	on(SM_SQLITE, 1);
}

static void a_store_that_goes_on_mariadb(void **state)
{
	on(SM_MYSQL, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_that_goes_on_sqlite),
		cmocka_unit_test(a_store_that_goes_on_mariadb),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
