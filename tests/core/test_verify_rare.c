/* What verification meets seldom: values that a page leaves out, erasures, a pass that begins in the middle, a store that fails at any of its
 * reads, callbacks that end it; and events that no honest system writes, in rows whose hashes fit. */
#include "support.h"

#include "audit_fixture.h"
#include "verify_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- helpers ---- */

/* A journal that nobody signs. */
static void unsigned_case(verify_case *c, fixture *f)
{
	verify_init(c, f);
	c->o.n_keys = 0;
}

static bool has_finding(const verify_case *c, const char *what, const char *words)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->found[i].what, what) == 0 && strstr(c->found[i].message, words) != NULL) {
			return true;
		}
	}
	return false;
}

static void assert_has_finding(verify_case *c, sm_verdict verdict, const char *what, const char *words)
{
	verify_now(c);
	if (c->r.verdict != verdict || !has_finding(c, what, words)) {
		fail_msg("expected %d %s \"%s\", got %d and %d findings, the first: %s %s", (int)verdict, what, words, (int)c->r.verdict, (int)c->n,
			c->n ? c->found[0].what : "", c->n ? c->found[0].message : "");
	}
}

/* The leaf at this place says `to` where it said `from`; its hash fits. */
static void forge(fixture *f, int64_t index, const char *from, const char *to)
{
	static const char *const columns[] = {"leaf", NULL};
	char sql[512], hash[SM_HASH_HEX_SIZE];
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf=REPLACE(leaf, '%s', '%s') WHERE leaf_index=%lld", from, to, (long long)index);
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "SELECT leaf FROM {p}journal WHERE leaf_index=%lld", (long long)index);
	const char *leaf = fixture_dump(f, sql, columns);
	assert_non_null(strstr(leaf, to));
	sm_leaf_hash((sm_bytes){leaf, strlen(leaf) - 1}, hash);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_hash='%s' WHERE leaf_index=%lld", hash, (long long)index);
	fixture_exec(f, sql);
}

static int64_t place_of(fixture *f, const char *words)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT MIN(leaf_index) AS n FROM {p}journal WHERE leaf LIKE '%%%s%%'", words);
	int64_t index = fixture_int(f, sql);
	assert_true(index >= 0);
	return index;
}

/* An event of the site with n letters in clear and m private ones. */
static void append_large(fixture *f, const char *stream, size_t n, size_t m)
{
	char *data = sm_arena_alloc(&f->arena, 1, n + 16), *text = sm_arena_alloc(&f->arena, 1, m + 16), id[SM_ID_SIZE], of[SM_ID_SIZE];
	sm_json *d;
	snprintf(data, n + 16, "{\"a\":\"%0*d\"}", (int)n, 7);
	memset(data + 6, 'x', n);
	snprintf(text, m + 16, "\"%0*d\"", (int)m, 7);
	memset(text + 1, 'y', m);
	assert_ok(f, sm_json_read(&f->arena, sm_cstr(data), &d, &f->e));
	const sm_private p = {SM_STR("who"), sm_cstr(text)};
	const sm_site_event what = {.stream = sm_cstr(stream), .name = SM_STR("shop.opened"), .data = d, .p = &p, .n_p = 1};
	assert_ok(f, sm_audit_append(&f->j, &f->arena, &what, id, of, &f->e));
}

static void flip(fixture *f, const char *target, bool held)
{
	int64_t generation;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, sm_cstr(target), held, SM_STR("somebody"), SM_STR("because"), &generation, &f->e));
}

static void note(fixture *f, const char *subject, int n)
{
	sm_command cmd;
	sm_history h;
	char text[32];
	memset(&cmd, 0, sizeof cmd);
	snprintf(text, sizeof text, "note %d", n);
	cmd.kind = SM_CMD_NOTE;
	cmd.by = SM_STR("ann");
	cmd.reason = sm_cstr(text);
	sm_history_init(&h, &f->arena, fixture_run_id(f, subject));
	assert_ok(f, sm_drive_command(&f->drive, &h, &cmd, &f->e));
}

/* ---- words ---- */

static void each_verdict_has_a_name(void **state)
{
	static const struct { sm_verdict v; const char *name; } all[] = {{SM_VERDICT_SOUND, "sound"}, {SM_VERDICT_PENDING, "pending"},
		{SM_VERDICT_NO_ANCHOR, "no anchor"}, {SM_VERDICT_CONTRADICTS, "contradicts"}, {SM_VERDICT_INVALID, "invalid"}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_string_equal(sm_verdict_name(all[i].v), all[i].name);
	}
}

/* ---- what a page leaves out ---- */

static void large_leaves_and_values_are_read_in_parts(fixture *f)
{
	verify_case c;
	static const size_t clear[] = {3000, 3072, 20000, 60000}, private[] = {3000, 262144, 262145, 900000};
	for (size_t i = 0; i < 4; i++) {
		append_large(f, "site", clear[i], private[i]);
	}
	fixture_catch_up(f);
	unsigned_case(&c, f);
	assert_sound(&c);
	assert_int_equal(c.r.openings, 4);
	/* one letter in the last part */
	int64_t last = verify_size(f) - 1;
	fixture_exec(f, f->j.store.dialect == SM_SQLITE ? "UPDATE {p}journal SET private=substr(private, 1, 800000) || 'z' || substr(private, 800002) WHERE length(private) > 800000"
		: "UPDATE {p}journal SET private=INSERT(private, 800001, 1, 'z') WHERE LENGTH(private) > 800000");
	assert_found(&c, SM_VERDICT_INVALID, "commitment", last, -2);
	/* leaves are read by others too, whole */
	sm_bytes head = verify_sign(f, 0);
	assert_true(head.n > 0);
}
ON_BOTH(large_leaves_and_values_are_read_in_parts)

static int erased_reads;

/* The value goes while its second part is asked for: its erasure is named by nobody. */
static void erase_meanwhile(fixture *f, const sm_statement *st)
{
	if (memmem(st->sql.p, st->sql.n, " AS part FROM", 13) != NULL && ++erased_reads == 2) {
		fixture_exec(f, "UPDATE {p}journal SET private=NULL WHERE LENGTH(private) > 262144");
	}
}

static void a_value_that_goes_while_it_is_read_is_looked_at_again(fixture *f)
{
	verify_case c;
	append_large(f, "site", 100, 600000);
	fixture_catch_up(f);
	unsigned_case(&c, f);
	erased_reads = 0;
	f->before = erase_meanwhile;
	assert_found(&c, SM_VERDICT_INVALID, "opening", verify_size(f) - 1, -2);
	f->before = NULL;
	assert_true(erased_reads >= 2);
	assert_non_null(strstr(c.found[0].message, "is missing"));
}
ON_BOTH(a_value_that_goes_while_it_is_read_is_looked_at_again)

static void values_and_leaves_beyond_all_limits_are_not_read(fixture *f)
{
	verify_case c;
	append_large(f, "site", 100, 100);
	append_large(f, "site", 100, 100);
	fixture_catch_up(f);
	unsigned_case(&c, f);
	fixture_exec(f, f->j.store.dialect == SM_SQLITE ? "UPDATE {p}journal SET private=hex(zeroblob(4718593)) WHERE leaf_index=0"
		: "UPDATE {p}journal SET private=REPEAT('0', 9437186) WHERE leaf_index=0");
	assert_found(&c, SM_VERDICT_INVALID, "opening", 0, -2);
	assert_non_null(strstr(c.found[0].message, "9437186 bytes"));
	fixture_exec(f, f->j.store.dialect == SM_SQLITE ? "UPDATE {p}journal SET leaf=hex(zeroblob(40000)) WHERE leaf_index=1" : "UPDATE {p}journal SET leaf=REPEAT('0', 80000) WHERE leaf_index=1");
	assert_has_finding(&c, SM_VERDICT_INVALID, "leaf", "80000 bytes");
}
ON_BOTH(values_and_leaves_beyond_all_limits_are_not_read)

/* ---- erasures ---- */

static void what_erasures_name_is_counted_and_what_they_do_not_is_found(fixture *f)
{
	verify_case c;
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked")};
	sm_erased erased, second;
	char sql[200];
	fixture_start_all(f, "order:%d", 3);
	for (int i = 0; i < 40; i++) {
		note(f, "order:0", i);
	}
	/* a page of erasures and one more: each names the note that came since the one before */
	assert_ok(f, sm_audit_erase(&f->j, fixture_run_id(f, "order:0"), &what, &erased, &f->e));
	assert_true(erased.fields >= 40);
	for (int i = 0; i < 18; i++) {
		note(f, "order:0", 100 + i);
		assert_ok(f, sm_audit_erase(&f->j, fixture_run_id(f, "order:0"), &what, &second, &f->e));
		assert_true(second.fields >= 1);
		erased.fields += second.fields;
	}
	assert_ok(f, sm_audit_erase(&f->j, fixture_run_id(f, "order:1"), &what, &second, &f->e));
	fixture_catch_up(f);
	unsigned_case(&c, f);
	assert_sound(&c);
	assert_int_equal(c.r.erased, erased.fields + second.fields);
	/* what nobody named */
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET private=NULL WHERE stream='%s' AND seq=1", fixture_run_id(f, "order:2"));
	fixture_exec(f, sql);
	assert_has_finding(&c, SM_VERDICT_INVALID, "opening", "no event privacy.erased names it");
	/* what belongs to another run's erasure */
	int64_t index = place_of(f, "\"type\":\"privacy.erased\"");
	forge(f, index, "\"privacy.erased\"", "\"privacy.erasee\"");
	assert_has_finding(&c, SM_VERDICT_INVALID, "opening", "no event privacy.erased names it");
	assert_true(c.r.erased < (uint64_t)(erased.fields + second.fields));
}
ON_BOTH(what_erasures_name_is_counted_and_what_they_do_not_is_found)

/* ---- a store that fails ---- */

static struct { int at, seen; } failing;

static void fail_one(fixture *f, const sm_statement *st)
{
	if (++failing.seen >= failing.at) { /* also when it is asked again */
		f->fault = FAULT_REFUSED;
		f->fault_kind = st->kind;
		f->fault_times = 1;
	}
}

/* Everything that a verification asks for: heads, large values, erasures, folds that are read again, what stands beside the journal. */
static void build_all(fixture *f)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked")};
	sm_erased erased;
	fixture_mixed_runs(f);
	append_large(f, "site", 4000, 300000);
	append_large(f, "other", 10, 10);
	append_large(f, "site", 10, 10);
	assert_ok(f, sm_audit_erase(&f->j, fixture_run_id(f, "done:0"), &what, &erased, &f->e));
	append_large(f, "site", 10, 10);
	flip(f, "category:commerce", true);
	flip(f, "category:commerce", false);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	fixture_start_later(f, "waits", 0);
}

static void every_read_that_fails_ends_it_with_that_error(fixture *f)
{
	verify_case c;
	build_all(f);
	for (int i = 0; i < 72; i++) { /* more streams than folds wait: they are read again */
		char name[32];
		snprintf(name, sizeof name, "s%d", i % 36);
		append_large(f, name, 10, 10);
		if (i == 35) {
			fixture_catch_up(f);
		}
	}
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	fixture_start_later(f, "waits too", 0);
	verify_init(&c, f);
	c.o.page = 20;
	c.o.fold_bytes = 1;
	c.o.anchor_us = INT64_C(4000000000000);
	assert_sound(&c);
	int64_t before = fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal");
	f->before = fail_one;
	long writes = f->writes;
	for (failing.at = 1;; failing.at++) {
		failing.seen = 0;
		f->fault = FAULT_NONE;
		f->e.message[0] = '\0';
		c.n = 0;
		memset(c.next_outer, 0, sizeof c.next_outer);
		sm_status s = sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e);
		assert_int_equal(c.heap.live, 0);
		assert_int_equal(c.r.found, 0);
		if (failing.seen < failing.at) {
			assert_ok(f, s);
			break;
		}
		if (s != SM_E_STORE) {
			fail_msg("read %d failed: status %d: %s", failing.at, (int)s, f->e.message);
		}
		assert_string_equal(f->e.message, "read failed by the test");
	}
	f->before = NULL;
	f->fault = FAULT_NONE;
	assert_int_equal(f->writes, writes);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), before);
	assert_true(failing.at > 40);
	print_message("# %d reads, each failed in turn\n", failing.at - 1);
}
ON_BOTH(every_read_that_fails_ends_it_with_that_error)

static void a_site_that_is_none_is_not_verified(fixture *f)
{
	verify_case c;
	unsigned_case(&c, f);
	assert_sound(&c);
	fixture_exec(f, "DELETE FROM {p}meta WHERE name='site_id'");
	f->j.identified = false;
	assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_SCHEMA);
	assert_int_equal(c.heap.live, 0);
}
ON_BOTH(a_site_that_is_none_is_not_verified)

/* ---- callbacks ---- */

static int told;

static sm_status stop_progress(void *ctx, uint64_t done, uint64_t of, sm_error *e)
{
	return --told < 0 ? sm_fail(e, SM_E_ABORTED, "stopped") : SM_OK;
}

static sm_status stop_found(void *ctx, const sm_finding *f, sm_error *e)
{
	return --told < 0 ? sm_fail(e, SM_E_ABORTED, "stopped") : SM_OK;
}

static sm_status stop_head(void *ctx, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e)
{
	*more = false;
	return --told < 0 ? sm_fail(e, SM_E_ABORTED, "stopped") : SM_OK;
}

static void a_callback_ends_it(fixture *f)
{
	verify_case c;
	build_all(f);
	verify_init(&c, f);
	c.o.page = 10;
	/* findings of many kinds: each is one at which it can end */
	fixture_exec(f, "UPDATE {p}journal SET lease=1 WHERE lease IS NULL AND leaf_index<12");
	fixture_exec(f, "UPDATE {p}journal SET private=NULL WHERE leaf_index IN (3, 20)");
	fixture_exec(f, "UPDATE {p}journal SET leaf_hash='' WHERE leaf_index=14");
	fixture_exec(f, "UPDATE {p}run SET owner='me'");
	fixture_exec(f, "UPDATE {p}switch SET generation=9 WHERE target='*'");
	fixture_exec(f, "DELETE FROM {p}external");
	fixture_exec(f, "DELETE FROM {p}journal WHERE leaf_index=30");
	fixture_exec(f, "UPDATE {p}checkpoint SET note='none'");
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	uint64_t all = c.r.found;
	assert_true(all > 20);
	c.o.found = stop_found;
	for (uint64_t n = 0; n <= all; n++) {
		told = (int)n;
		sm_status s = sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e);
		assert_int_equal(s, n < all ? SM_E_ABORTED : SM_OK);
		assert_int_equal(c.heap.live, 0);
		assert_int_equal(c.r.found, n < all ? n + 1 : all);
	}
	/* nobody is told: the same verdict */
	c.o.found = NULL;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
	assert_int_equal(c.r.found, all);
	c.o.progress = stop_progress;
	told = 2;
	assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_ABORTED);
	c.o.progress = NULL;
	c.o.next_head = stop_head;
	for (int n = 0; n < 2; n++) {
		told = n;
		assert_int_equal(sm_verify(&f->j, &c.alloc, &c.o, &c.r, &f->e), SM_E_ABORTED);
		assert_int_equal(c.heap.live, 0);
	}
	c.o.next_head = NULL;
	assert_int_equal(verify_now(&c), SM_VERDICT_INVALID);
}
ON_BOTH(a_callback_ends_it)

/* ---- a pass that begins in the middle ---- */

static void it_goes_on_from_what_was_verified(fixture *f)
{
	verify_case c, d;
	fixture_mixed_runs(f);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	verify_init(&c, f);
	assert_sound(&c);
	sm_frontier from = c.r.frontier;
	uint64_t size = c.r.size;
	assert_int_equal(from.size, size);
	fixture_start_all(f, "more:%d", 2);
	note(f, "done:1", 1);
	flip(f, "*", true);
	append_large(f, "site", 10, 10);
	fixture_catch_up(f);
	verify_store(f, verify_sign(f, 0));
	verify_init(&d, f);
	assert_sound(&d);
	c.o.from = &from;
	assert_sound(&c);
	assert_int_equal(c.r.from, size);
	assert_true(c.r.size > size);
	assert_true(sm_hash_eq(&c.r.root, &d.r.root));
	assert_true(c.r.openings < d.r.openings);
	/* an older state than what was verified */
	char sql[100];
	snprintf(sql, sizeof sql, "DELETE FROM {p}journal WHERE leaf_index>=%lld", (long long)size - 2);
	fixture_exec(f, sql);
	assert_found(&c, SM_VERDICT_CONTRADICTS, "head", (int64_t)size - 2, (int64_t)size - 1);
	assert_false(c.r.rooted);
}
ON_BOTH(it_goes_on_from_what_was_verified)

/* ---- leaves one after the other, events that wait ---- */

static sm_status count_leaf(void *ctx, uint64_t index, sm_bytes leaf, sm_error *e)
{
	assert_int_equal(index, *(uint64_t *)ctx);
	++*(uint64_t *)ctx;
	return SM_OK;
}

static void each_leaf_comes_in_order_or_not_at_all(fixture *f)
{
	uint64_t next = 0;
	fixture_start_all(f, "order:%d", 1);
	fixture_catch_up(f);
	uint64_t size = (uint64_t)verify_size(f);
	assert_ok(f, sm_each_leaf(&f->j, &sm_alloc_default, 0, size, count_leaf, &next, &f->e));
	assert_int_equal(next, size);
	assert_int_equal(sm_each_leaf(&f->j, &sm_alloc_default, size, size + 1, count_leaf, &next, &f->e), SM_E_GAP);
	fixture_exec(f, f->j.store.dialect == SM_SQLITE ? "UPDATE {p}journal SET leaf=hex(zeroblob(40000)) WHERE leaf_index=4" : "UPDATE {p}journal SET leaf=REPEAT('0', 80000) WHERE leaf_index=4");
	next = 0;
	assert_int_equal(sm_each_leaf(&f->j, &sm_alloc_default, 0, size, count_leaf, &next, &f->e), SM_E_LIMIT);
	assert_int_equal(next, 4);
	fixture_exec(f, "DELETE FROM {p}journal WHERE leaf_index=2");
	next = 0;
	assert_int_equal(sm_each_leaf(&f->j, &sm_alloc_default, 0, size, count_leaf, &next, &f->e), SM_E_GAP);
	assert_non_null(strstr(f->e.message, "leaf 3 stands in its place"));
	assert_int_equal(next, 2);
	/* neither leaf nor hash: there is no tree any more */
	verify_case c;
	fixture_exec(f, "UPDATE {p}journal SET leaf_hash='' WHERE leaf_index=4");
	unsigned_case(&c, f);
	assert_has_finding(&c, SM_VERDICT_INVALID, "leaf", "80000 bytes");
	assert_false(c.r.rooted);
}
ON_BOTH(each_leaf_comes_in_order_or_not_at_all)

static void events_that_wait_for_too_long_are_found(fixture *f)
{
	verify_case c;
	fixture_start_all(f, "order:%d", 1);
	fixture_catch_up(f);
	fixture_start_later(f, "waits", 0);
	unsigned_case(&c, f);
	c.o.pending_us = 60000000;
	assert_sound(&c);
	assert_int_equal(c.r.pending, 1);
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-120000000 WHERE leaf_index IS NULL");
	for (int tree_only = 0; tree_only < 2; tree_only++) {
		c.o.tree_only = tree_only;
		assert_found(&c, SM_VERDICT_PENDING, "pending", -1, -1);
		assert_non_null(strstr(c.found[0].message, "1 events wait"));
	}
	c.o.pending_us = -1;
	assert_sound(&c);
}
ON_BOTH(events_that_wait_for_too_long_are_found)

/* Event 2 of a run gets its place between the log and the events without one, when its fold waits to be compared. */
static void meanwhile(fixture *f, const sm_statement *st)
{
	if (memmem(st->sql.p, st->sql.n, "leaf_index IS NULL AND id >", 27) != NULL) {
		f->before = NULL;
		fixture_exec(f, "UPDATE {p}journal SET leaf_index=1000 WHERE leaf_index IS NULL AND seq=2");
	}
}

static void a_fold_that_waits_is_read_again_where_places_were_given_meanwhile(fixture *f)
{
	verify_case c;
	fixture_start_all(f, "order:%d", 1);
	fixture_exec(f, "UPDATE {p}journal SET leaf_index=0 WHERE seq=1 AND stream IN (SELECT * FROM (SELECT stream FROM {p}journal WHERE seq=2) x)");
	unsigned_case(&c, f);
	c.o.fold_bytes = 1;
	f->before = meanwhile;
	assert_sound(&c);
	assert_null(f->before);
	assert_int_equal(c.r.size, 1);
}
ON_BOTH(a_fold_that_waits_is_read_again_where_places_were_given_meanwhile)

/* ---- long runs ---- */

static void a_run_of_many_events_is_followed_in_little_memory(fixture *f)
{
	verify_case c;
	fixture_start_later(f, "long", INT64_C(4000000000000000));
	for (int i = 0; i < 400; i++) {
		note(f, "long", i);
	}
	fixture_catch_up(f);
	unsigned_case(&c, f);
	assert_sound(&c);
	assert_int_equal(c.r.runs, 1);
	assert_true(c.r.size >= 401);
	/* and where others come between, page for page */
	for (int i = 0; i < 60; i++) {
		append_large(f, i % 2 ? "one" : "two", 10, 10);
		note(f, "long", 1000 + i);
	}
	fixture_catch_up(f);
	c.o.page = 5;
	c.o.fold_bytes = 1;
	assert_sound(&c);
	assert_int_equal(c.r.runs, 1);
	/* one of them is gone, and the last took its place in the log */
	forge(f, verify_size(f) - 1, "\"seq\":461", "\"seq\":462");
	fixture_exec(f, "UPDATE {p}journal SET seq=462 WHERE seq=461");
	assert_has_finding(&c, SM_VERDICT_INVALID, "link", "");
}
ON_BOTH(a_run_of_many_events_is_followed_in_little_memory)

/* More streams than are compared by one statement, so that each is given up and read again. */
static void many_streams_at_once_are_read_again(fixture *f)
{
	enum { STREAMS = 40, ROUNDS = 4 };
	verify_case c;
	char name[32], sql[300], of[SM_ID_SIZE];
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < STREAMS; i++) {
			snprintf(name, sizeof name, "s%d", i);
			append_large(f, name, 10, 10);
		}
		fixture_catch_up(f); /* rounds lie behind each other in the log */
	}
	unsigned_case(&c, f);
	c.o.fold_bytes = 1;
	for (int page = 1; page <= 61; page += 20) {
		c.o.page = page;
		assert_sound(&c);
		assert_int_equal(c.r.streams, STREAMS);
		assert_int_equal(c.r.openings, STREAMS * ROUNDS);
	}
	/* the last two of one stream in each other's place: their hashes are no longer those of their places, but nobody signed them */
	sm_audit_stream(&f->j.keys, SM_STR("s7"), of);
	snprintf(sql, sizeof sql, "SELECT MIN(leaf_index) AS n FROM {p}journal WHERE stream='%s' AND seq=3", of);
	int64_t third = fixture_int(f, sql);
	snprintf(sql, sizeof sql, "SELECT MIN(leaf_index) AS n FROM {p}journal WHERE stream='%s' AND seq=4", of);
	int64_t fourth = fixture_int(f, sql);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_index=1000 WHERE stream='%s' AND seq=3", of);
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_index=%lld WHERE stream='%s' AND seq=4", (long long)third, of);
	fixture_exec(f, sql);
	snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_index=%lld WHERE leaf_index=1000", (long long)fourth);
	fixture_exec(f, sql);
	assert_has_finding(&c, SM_VERDICT_INVALID, "place", "before an event of its stream that came earlier");
}
ON_BOTH(many_streams_at_once_are_read_again)

/* ---- switches ---- */

static void a_flip_stands_in_its_own_stream_and_has_its_row(fixture *f)
{
	verify_case c;
	flip(f, "category:books", true);
	flip(f, "category:books", false);
	fixture_catch_up(f);
	unsigned_case(&c, f);
	assert_sound(&c);
	fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-120000000");
	assert_sound(&c);
	fixture_exec(f, "DELETE FROM {p}switch WHERE target='category:books'");
	assert_has_finding(&c, SM_VERDICT_INVALID, "switch", "category:books");
	forge(f, place_of(f, "\"type\":\"switch.held\""), "category:books", "category:bookz");
	assert_has_finding(&c, SM_VERDICT_INVALID, "switch", "stands in another stream");
	fixture_exec(f, "INSERT INTO {p}switch (target, held, generation, site_check) VALUES ('nonsense', 0, 0, '')");
	assert_has_finding(&c, SM_VERDICT_INVALID, "switch", "no target");
}
ON_BOTH(a_flip_stands_in_its_own_stream_and_has_its_row)

/* ---- leaves that are no events ---- */

static void leaves_that_no_engine_writes_are_found(fixture *f)
{
	static const struct { const char *of, *from, *to, *what; } forged[] = {
		{"\"type\":\"run.started\"", "\"log\":\"", "\"log\":\"x", "log"},
		{"\"type\":\"run.started\"", "\"v\":1", "\"v\":2", "leaf"},
		{"\"type\":\"run.started\"", "\"subject\":\"", "\"aubject\":\"", "leaf"},
		{"\"type\":\"run.started\"", "\"type\":\"run.started\"", "\"type\":\"run.begun\"", "history"},
		{"\"type\":\"step.finished\"", "\"step\":\"create contact\"", "\"step\":\"create kontakt\"", "history"},
		{"\"type\":\"step.started\"", "\"attempt\":1", "\"attempt\":2", "history"}
	};
	sm_dialect dialect = f->j.store.dialect;
	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
		verify_case c;
		fixture_close(f);
		fixture_open(f, dialect);
		fixture_start_all(f, "order:%d", 1);
		fixture_catch_up(f);
		unsigned_case(&c, f);
		assert_sound(&c);
		int64_t index = place_of(f, forged[i].of);
		forge(f, index, forged[i].from, forged[i].to);
		assert_has_finding(&c, SM_VERDICT_INVALID, forged[i].what, "");
	}
}
ON_BOTH(leaves_that_no_engine_writes_are_found)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_verdict_has_a_name),
		BOTH(large_leaves_and_values_are_read_in_parts),
		BOTH(a_value_that_goes_while_it_is_read_is_looked_at_again),
		BOTH(values_and_leaves_beyond_all_limits_are_not_read),
		BOTH(what_erasures_name_is_counted_and_what_they_do_not_is_found),
		BOTH(every_read_that_fails_ends_it_with_that_error),
		BOTH(a_site_that_is_none_is_not_verified),
		BOTH(a_callback_ends_it),
		BOTH(each_leaf_comes_in_order_or_not_at_all),
		BOTH(events_that_wait_for_too_long_are_found),
		BOTH(a_fold_that_waits_is_read_again_where_places_were_given_meanwhile),
		BOTH(it_goes_on_from_what_was_verified),
		BOTH(a_run_of_many_events_is_followed_in_little_memory),
		BOTH(many_streams_at_once_are_read_again),
		BOTH(a_flip_stands_in_its_own_stream_and_has_its_row),
		BOTH(leaves_that_no_engine_writes_are_found),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
