/* What is done to a log of 64 events with nothing but access to its database is found, at its place. In order: single bits, fields, rows, the
 * tail, an old state, heads, forks, hashes made anew. SM_TAMPER=full: every bit of every row; else every bit of four rows, and of each other
 * row and column a sample. */
#include "support.h"

#include "verify_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 64, FIRST_HEAD = 40 };

/* The log, a head at 40 and one at its end, and where it is the same again after each change. */
typedef struct world {
	fixture f;
	verify_case c;
	long tried;
} world;

static void open_world(world *w)
{
	fixture *f = &w->f;
	int64_t generation;
	fixture_open(f, SM_SQLITE);
	w->tried = 0;
	f->externals = true;
	fixture_start_all(f, "order:%d", 5);
	f->externals = false;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), true, SM_STR("somebody"), SM_STR("because"), &generation, &f->e));
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), false, SM_STR("somebody"), SM_STR("because"), &generation, &f->e));
	fixture_catch_up(f);
	for (int i = 0; verify_size(f) < SIZE; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "later:%d", i);
		fixture_start_later(f, subject, INT64_C(4000000000000000));
		fixture_catch_up(f);
	}
	assert_int_equal(verify_size(f), SIZE);
	verify_store(f, verify_sign(f, FIRST_HEAD));
	verify_store(f, verify_sign(f, 0));
	verify_init(&w->c, f);
	assert_sound(&w->c);
	fixture_exec(f, "CREATE TABLE kept_journal AS SELECT * FROM {p}journal");
	fixture_exec(f, "CREATE TABLE kept_checkpoint AS SELECT * FROM {p}checkpoint");
	fixture_exec(f, "CREATE TABLE kept_run AS SELECT * FROM {p}run");
	fixture_exec(f, "CREATE TABLE kept_external AS SELECT * FROM {p}external");
	fixture_exec(f, "CREATE TABLE kept_switch AS SELECT * FROM {p}switch");
}

static void restore(world *w)
{
	static const char *const tables[] = {"journal", "checkpoint", "run", "external", "switch"};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		char sql[160];
		snprintf(sql, sizeof sql, "DELETE FROM {p}%s", tables[i]);
		fixture_exec(&w->f, sql);
		snprintf(sql, sizeof sql, "INSERT INTO {p}%s SELECT * FROM kept_%s", tables[i], tables[i]);
		fixture_exec(&w->f, sql);
	}
	sm_arena_free(&w->f.arena);
}

/* Whether what was found covers the place. */
static bool covers(const verify_case *c, int64_t index)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->found[i].index >= 0 && c->found[i].index <= index && index <= c->found[i].last) {
			return true;
		}
	}
	return false;
}

/* Found, at its place, with this code. */
static void assert_tampered(world *w, sm_verdict verdict, int64_t index, const char *what)
{
	verify_now(&w->c);
	w->tried++;
	if (w->c.r.verdict != verdict || (index >= 0 && !covers(&w->c, index))) {
		fail_msg("%s: verdict %d, expected %d at %lld; %d findings, the first: %s %lld-%lld %s", what, (int)w->c.r.verdict, (int)verdict, (long long)index,
			(int)w->c.n, w->c.n ? w->c.found[0].what : "", w->c.n ? (long long)w->c.found[0].index : -1, w->c.n ? (long long)w->c.found[0].last : -1,
			w->c.n ? w->c.found[0].message : "");
	}
}

/* ---- bits ---- */

static void update_hex(world *w, const char *column, int64_t index, const uint8_t *bytes, size_t n)
{
	char *sql = malloc(n * 2 + 256);
	int64_t changed;
	sm_statement st = {.kind = SM_SQL_OTHER};
	int head = snprintf(sql, 128, "UPDATE t_sophmate_journal SET %s=CAST(x'", column);
	sm_hex(sql + head, bytes, n);
	snprintf(sql + head + n * 2, 128, "' AS TEXT) WHERE leaf_index=%lld", (long long)index);
	st.sql = sm_cstr(sql);
	assert_ok(&w->f, w->f.inner.write(w->f.inner.ctx, &st, &changed, &w->f.e));
	assert_int_equal(changed, 1);
	free(sql);
}

static void flip_bits(world *w, const char *column, int64_t index, bool every)
{
	static const char *const columns[] = {"n"};
	char sql[200];
	sm_arena arena;
	sm_rows rows;
	sm_arena_init(&arena, &sm_alloc_default);
	snprintf(sql, sizeof sql, "SELECT %s AS n FROM t_sophmate_journal WHERE leaf_index=%lld", column, (long long)index);
	sm_statement st = {.kind = SM_SQL_OTHER, .sql = sm_cstr(sql), .columns = columns, .n_columns = 1};
	assert_ok(&w->f, w->f.inner.read(w->f.inner.ctx, &st, &arena, &rows, &w->f.e));
	const sm_value *v = sm_rows_cell(&rows, 0, 0);
	if (v->kind == SM_V_STR) {
		uint8_t *bytes = malloc(v->s.n + 1);
		memcpy(bytes, v->s.p, v->s.n);
		size_t step = every ? 1 : 97; /* no multiple of 8: the bit's place moves too */
		for (size_t bit = every ? 0 : (size_t)(index * 13) % (v->s.n * 8); bit < v->s.n * 8; bit += step) {
			char what[80];
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			update_hex(w, column, index, bytes, v->s.n);
			snprintf(what, sizeof what, "bit %zu of %s of leaf %lld", bit, column, (long long)index);
			assert_tampered(w, SM_VERDICT_INVALID, index, what);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		update_hex(w, column, index, bytes, v->s.n);
		free(bytes);
	}
	sm_arena_free(&arena);
	sm_arena_free(&w->f.arena);
}

static void every_flipped_bit_is_found_at_its_place(void **state)
{
	static const char *const columns[] = {"leaf", "leaf_hash", "private", "id", "stream"};
	const char *mode = getenv("SM_TAMPER");
	bool full = mode != NULL && strcmp(mode, "full") == 0;
	world w;
	open_world(&w);
	fixture_exec(&w.f, "PRAGMA synchronous=OFF");
	for (int64_t index = 0; index < SIZE; index++) {
		for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
			flip_bits(&w, columns[i], index, full || (i == 1 && index == 63) || (i == 2 && index == 2) || (i == 3 && index == 40));
		}
	}
	assert_sound(&w.c);
	printf("# %ld bits flipped, each found at its place\n", w.tried);
	fixture_close(&w.f);
}

/* ---- fields and rows ---- */

static void each_edited_field_is_found(void **state)
{
	static const struct { const char *sql; int64_t index; sm_verdict verdict; } edits[] = {
		{"UPDATE {p}journal SET seq=seq+1000 WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET stream=(SELECT stream FROM {p}journal WHERE leaf_index=63), seq=77 WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET id='00000000000070008000000000000000' WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_hash=upper(leaf_hash) WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_hash='' WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf='' WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf=leaf||' ' WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf=hex(zeroblob(65536)) WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET lease=1 WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET lease=NULL WHERE leaf_index=1", 1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET lease=lease+1 WHERE leaf_index=1", 1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET private=NULL WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET private='{}' WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET private='' WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET private=replace(private, 'order', 'odrer') WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET private=(SELECT private FROM {p}journal WHERE leaf_index=0) WHERE leaf_index=1", 1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_index=leaf_index+100 WHERE leaf_index=63", 63, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_index=NULL WHERE leaf_index=63", 63, SM_VERDICT_CONTRADICTS},
		{"UPDATE {p}journal SET leaf_index=-1 WHERE leaf_index=63", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_index=9007199254740992 WHERE leaf_index=63", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_index='none' WHERE leaf_index=63", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}journal SET leaf_index=NULL WHERE leaf_index=5", 5, SM_VERDICT_INVALID},
		{"DELETE FROM {p}journal WHERE leaf_index=0", 0, SM_VERDICT_INVALID},
		{"DELETE FROM {p}journal WHERE leaf_index=31", 31, SM_VERDICT_INVALID},
		{"DELETE FROM {p}journal WHERE leaf_index=63", 63, SM_VERDICT_CONTRADICTS},
		{"DELETE FROM {p}journal WHERE leaf_index>=40", 63, SM_VERDICT_CONTRADICTS},
		{"DELETE FROM {p}journal", 0, SM_VERDICT_CONTRADICTS},
		{"UPDATE {p}run SET state='completed' WHERE state<>'completed' AND id=(SELECT MAX(id) FROM {p}run WHERE state<>'completed')", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET due=NULL WHERE due IS NOT NULL", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET rev=rev+1 WHERE state='completed'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET rev=rev-1, fold='' WHERE state='completed'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET owner='me' WHERE state<>'completed'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET fold=replace(fold, 'order.fulfil', 'order.other')", -1, SM_VERDICT_INVALID},
		{"DELETE FROM {p}run WHERE state='completed'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}run SET started_at=started_at+1 WHERE state='completed'", -1, SM_VERDICT_INVALID},
		{"DELETE FROM {p}external WHERE id=(SELECT MIN(id) FROM {p}external)", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}external SET hash='00000000000000000000000000000000'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}external SET id='00000000000000000000000000000000' WHERE id=(SELECT MIN(id) FROM {p}external)", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}switch SET held=1 WHERE target='category:commerce'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}switch SET generation=9 WHERE target='category:commerce'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}switch SET held=1 WHERE target='*'", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}checkpoint SET note=replace(note, 'shop', 'shap') WHERE size=64", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}checkpoint SET size=50 WHERE size=40", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}checkpoint SET size=90 WHERE size=64", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}checkpoint SET origin='other.example/log' WHERE size=40", -1, SM_VERDICT_INVALID},
		{"UPDATE {p}checkpoint SET note='' WHERE size=40", -1, SM_VERDICT_INVALID}
	};
	world w;
	open_world(&w);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		fixture_exec(&w.f, edits[i].sql);
		assert_tampered(&w, edits[i].verdict, edits[i].index, edits[i].sql);
		restore(&w);
	}
	assert_sound(&w.c);
	fixture_close(&w.f);
}

static void exec(world *w, const char *format, int64_t a, int64_t b)
{
	char sql[512];
	snprintf(sql, sizeof sql, format, (long long)a, (long long)b);
	fixture_exec(&w->f, sql);
}

static void rows_deleted_swapped_inserted_and_renumbered_are_found(void **state)
{
	world w;
	open_world(&w);
	for (int64_t i = 0; i < SIZE - 1; i++) {
		exec(&w, "DELETE FROM {p}journal WHERE leaf_index=%lld", i, 0);
		assert_tampered(&w, SM_VERDICT_INVALID, i, "deleted");
		/* and those behind it moved up */
		exec(&w, "UPDATE {p}journal SET leaf_index=-leaf_index WHERE leaf_index>%lld", i, 0);
		exec(&w, "UPDATE {p}journal SET leaf_index=-leaf_index-1 WHERE leaf_index<0", i, 0);
		verify_now(&w.c);
		w.tried++;
		assert_true(w.c.r.verdict >= SM_VERDICT_CONTRADICTS);
		assert_true(covers(&w.c, i));
		restore(&w);
		/* two rows in each other's place */
		exec(&w, "UPDATE {p}journal SET leaf_index=-1 WHERE leaf_index=%lld", i, 0);
		exec(&w, "UPDATE {p}journal SET leaf_index=%lld WHERE leaf_index=%lld", i, i + 1);
		exec(&w, "UPDATE {p}journal SET leaf_index=%lld WHERE leaf_index=-1", i + 1, 0);
		verify_now(&w.c);
		w.tried++;
		assert_true(w.c.r.verdict >= SM_VERDICT_CONTRADICTS);
		assert_true(covers(&w.c, i) || covers(&w.c, i + 1));
		restore(&w);
		/* a row of another's bytes between two others */
		exec(&w, "UPDATE {p}journal SET leaf_index=-leaf_index-1 WHERE leaf_index>=%lld", i, 0);
		exec(&w, "UPDATE {p}journal SET leaf_index=-leaf_index WHERE leaf_index<0", 0, 0);
		exec(&w, "INSERT INTO {p}journal SELECT '01999999999970008000000000000000', stream, 900, leaf, leaf_hash, private, lease, stored_at, %lld FROM {p}journal"
			" WHERE leaf_index=%lld", i, i == 0 ? 5 : i - 1);
		assert_tampered(&w, SM_VERDICT_INVALID, i, "inserted");
		restore(&w);
	}
	printf("# %ld changes of rows, each found\n", w.tried);
	fixture_close(&w.f);
}

static void a_place_that_two_rows_take_is_found(void **state)
{
	world w;
	open_world(&w);
	/* without the key that forbids it */
	fixture_exec(&w.f, "DROP TABLE {p}journal");
	fixture_exec(&w.f, "CREATE TABLE {p}journal AS SELECT * FROM kept_journal");
	assert_sound(&w.c);
	for (int page = 1; page <= 7; page += 3) {
		w.c.o.page = page;
		fixture_exec(&w.f, "INSERT INTO {p}journal SELECT 'ffffffffffff7fff8fffffffffffffff', stream, seq, leaf, leaf_hash, private, lease, stored_at, leaf_index"
			" FROM {p}journal WHERE leaf_index=14");
		assert_tampered(&w, SM_VERDICT_INVALID, 14, "doubled");
		assert_string_equal(w.c.found[0].what, "place");
		fixture_exec(&w.f, "DELETE FROM {p}journal WHERE id='ffffffffffff7fff8fffffffffffffff'");
		assert_sound(&w.c);
	}
	fixture_close(&w.f);
}

/* ---- hashes made anew ---- */

/* A changed leaf with the hash that belongs to it: what whoever has no key can do. */
/* No head ever knew it, no gap shows it, and it is none of those that wait. */
static void an_event_outside_of_the_log_is_found(void **state)
{
	world w;
	open_world(&w);
	fixture_start_later(&w.f, "hidden", INT64_C(4000000000000000));
	fixture_exec(&w.f, "UPDATE {p}journal SET leaf_index=-7 WHERE leaf_index IS NULL");
	assert_tampered(&w, SM_VERDICT_INVALID, -1, "an event at a negative place");
	restore(&w);
	fixture_close(&w.f);
}

/* SQLite keeps what is too long for the column: pages of waiting events must come to an end. */
static void waiting_events_with_endless_ids_are_found(void **state)
{
	world w;
	open_world(&w);
	fixture_exec(&w.f, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2500) INSERT INTO {p}journal"
		" SELECT printf('ffffffffffffffffffffffffffffffff%05d', i), printf('%032d', i), 1, leaf, leaf_hash, private, lease, stored_at, NULL FROM {p}journal, n WHERE leaf_index=0");
	assert_tampered(&w, SM_VERDICT_INVALID, -1, "ids that are too long");
	restore(&w);
	fixture_close(&w.f);
}

static void a_leaf_hashed_anew_is_found_by_the_next_head(void **state)
{
	world w;
	open_world(&w);
	for (int64_t i = 0; i < SIZE; i++) {
		static const char *const columns[] = {"leaf", NULL};
		char sql[200], hash[SM_HASH_HEX_SIZE];
		snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf=replace(leaf, '\"t\":1', '\"t\":2') WHERE leaf_index=%lld", (long long)i);
		fixture_exec(&w.f, sql);
		snprintf(sql, sizeof sql, "SELECT leaf FROM {p}journal WHERE leaf_index=%lld", (long long)i);
		const char *leaf = fixture_dump(&w.f, sql, columns);
		sm_leaf_hash((sm_bytes){leaf, strlen(leaf) - 1}, hash);
		snprintf(sql, sizeof sql, "UPDATE {p}journal SET leaf_hash='%s' WHERE leaf_index=%lld", hash, (long long)i);
		fixture_exec(&w.f, sql);
		assert_tampered(&w, SM_VERDICT_CONTRADICTS, i, "hashed anew");
		assert_int_equal(w.c.found[0].index, i < FIRST_HEAD ? 0 : FIRST_HEAD);
		restore(&w);
	}
	fixture_close(&w.f);
}

/* ---- the tail, old states, heads, forks ---- */

/* A whole suffix is gone, and with it the stored heads that knew it. */
static void forget(world *w, int64_t from)
{
	exec(w, "DELETE FROM {p}journal WHERE leaf_index>=%lld", from, 0);
	exec(w, "DELETE FROM {p}checkpoint WHERE size>%lld", from, 0);
	/* rows of the older state are what is projected anew */
	exec(w, "DELETE FROM {p}run", 0, 0);
	exec(w, "UPDATE {p}switch SET held=0, generation=0 WHERE NOT EXISTS (SELECT 1 FROM {p}journal WHERE leaf LIKE '%%switch.released%%')", 0, 0);
	exec(w, "UPDATE {p}meta SET pos=0 WHERE name='projected'", 0, 0);
	fixture_catch_up(&w->f);
	exec(w, "DELETE FROM {p}external WHERE NOT EXISTS (SELECT 1 FROM {p}journal WHERE id={p}external.id)", 0, 0);
}

static void a_tail_that_is_cut_off_is_found_by_each_kind_of_head_alone(void **state)
{
	world w;
	open_world(&w);
	sm_bytes own, head = verify_sign(&w.f, 0);
	char *copy = malloc(head.n);
	memcpy(copy, head.p, head.n);
	own = (sm_bytes){copy, head.n};
	for (int64_t from = FIRST_HEAD; from < SIZE; from += 23) {
		/* cut in the journal alone: the stored head knows */
		exec(&w, "DELETE FROM {p}journal WHERE leaf_index>=%lld", from, 0);
		assert_tampered(&w, SM_VERDICT_CONTRADICTS, from, "stored head");
		assert_int_equal(w.c.found[0].index, FIRST_HEAD);
		assert_int_equal(w.c.found[0].last, SIZE - 1);
		restore(&w);
		forget(&w, from);
		/* no head that knew more: an older state is as good as any */
		verify_now(&w.c);
		assert_int_equal(w.c.r.verdict, SM_VERDICT_SOUND);
		for (sm_head_place place = SM_HEAD_HOST; place < SM_HEADS; place++) {
			if (place == SM_HEAD_STORED) {
				continue;
			}
			w.c.outer[place][0] = own;
			w.c.n_outer[place] = 1;
			assert_tampered(&w, SM_VERDICT_CONTRADICTS, from, sm_head_name(place));
			assert_true(covers(&w.c, SIZE - 1));
			w.c.n_outer[place] = 0;
		}
		restore(&w);
	}
	free(copy);
	fixture_close(&w.f);
}

static void a_log_that_forgot_all_heads_of_a_given_key_is_found(void **state)
{
	world w;
	open_world(&w);
	sm_bytes head = verify_sign(&w.f, 0);
	fixture_exec(&w.f, "DELETE FROM {p}checkpoint");
	assert_tampered(&w, SM_VERDICT_CONTRADICTS, SIZE - 1, "no head at all");
	for (sm_head_place place = SM_HEAD_HOST; place < SM_HEADS; place++) {
		if (place != SM_HEAD_STORED) {
			w.c.outer[place][0] = head;
			w.c.n_outer[place] = 1;
			assert_sound(&w.c);
			w.c.n_outer[place] = 0;
		}
	}
	/* a key that the database alone names is no reason to expect anything */
	w.c.o.n_keys = 0;
	assert_sound(&w.c);
	fixture_close(&w.f);
}

static void an_old_state_that_is_restored_and_goes_on_is_found(void **state)
{
	world w;
	open_world(&w);
	sm_bytes head = verify_sign(&w.f, 0);
	char *copy = malloc(head.n);
	memcpy(copy, head.p, head.n);
	/* the dump of 40 leaves comes back, and others are written in the place of what is gone */
	forget(&w, FIRST_HEAD);
	for (int i = 0; verify_size(&w.f) < SIZE + 6; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "after:%d", i);
		fixture_start_later(&w.f, subject, INT64_C(4000000000000000));
		fixture_catch_up(&w.f);
	}
	for (sm_head_place place = SM_HEAD_HOST; place < SM_HEADS; place++) {
		if (place == SM_HEAD_STORED) {
			continue;
		}
		w.c.outer[place][0] = (sm_bytes){copy, head.n};
		w.c.n_outer[place] = 1;
		assert_tampered(&w, SM_VERDICT_CONTRADICTS, FIRST_HEAD, sm_head_name(place));
		w.c.n_outer[place] = 0;
	}
	free(copy);
	fixture_close(&w.f);
}

static void heads_of_others_and_forks_are_found(void **state)
{
	world w;
	fixture *f = &w.f;
	open_world(&w);
	/* a head that somebody without the key made */
	fixture_exec(f, "DELETE FROM {p}checkpoint WHERE size=64");
	verify_store(f, verify_sign_with(f, 0, 7));
	assert_tampered(&w, SM_VERDICT_INVALID, -1, "another key");
	assert_string_equal(w.c.found[0].what, "head");
	restore(&w);
	/* two trees under the right key: here and there */
	fixture_exec(f, "DELETE FROM {p}checkpoint WHERE size=40");
	verify_store(f, verify_sign_other(f, FIRST_HEAD));
	assert_tampered(&w, SM_VERDICT_CONTRADICTS, 0, "stored fork");
	assert_int_equal(w.c.found[0].last, FIRST_HEAD - 1);
	restore(&w);
	for (sm_head_place place = SM_HEAD_HOST; place < SM_HEADS; place++) {
		if (place == SM_HEAD_STORED) {
			continue;
		}
		w.c.outer[place][0] = verify_sign_other(f, 50);
		w.c.n_outer[place] = 1;
		assert_found(&w.c, SM_VERDICT_CONTRADICTS, place == SM_HEAD_ANCHOR ? "anchor" : "head", FIRST_HEAD, 49);
		w.c.outer[place][0] = verify_sign_with(f, 50, 7);
		assert_found(&w.c, SM_VERDICT_INVALID, place == SM_HEAD_ANCHOR ? "anchor" : "head", -1, -2);
		w.c.outer[place][0] = SM_STR("no note");
		if (place == SM_HEAD_ANCHOR) {
			assert_sound(&w.c); /* a line that a crash cut off */
		} else {
			assert_found(&w.c, SM_VERDICT_INVALID, "head", -1, -2);
		}
		w.c.n_outer[place] = 0;
	}
	/* anchors go forward */
	w.c.outer[SM_HEAD_ANCHOR][0] = verify_sign(f, 50);
	w.c.outer[SM_HEAD_ANCHOR][1] = verify_sign(f, 20);
	w.c.n_outer[SM_HEAD_ANCHOR] = 2;
	assert_found(&w.c, SM_VERDICT_INVALID, "anchor", -1, -2);
	fixture_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flipped_bit_is_found_at_its_place),
		cmocka_unit_test(each_edited_field_is_found),
		cmocka_unit_test(rows_deleted_swapped_inserted_and_renumbered_are_found),
		cmocka_unit_test(a_place_that_two_rows_take_is_found),
		cmocka_unit_test(an_event_outside_of_the_log_is_found),
		cmocka_unit_test(waiting_events_with_endless_ids_are_found),
		cmocka_unit_test(a_leaf_hashed_anew_is_found_by_the_next_head),
		cmocka_unit_test(a_tail_that_is_cut_off_is_found_by_each_kind_of_head_alone),
		cmocka_unit_test(a_log_that_forgot_all_heads_of_a_given_key_is_found),
		cmocka_unit_test(an_old_state_that_is_restored_and_goes_on_is_found),
		cmocka_unit_test(heads_of_others_and_forks_are_found),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
