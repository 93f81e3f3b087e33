/* Every allocation failed in turn while a log gets its key, heads are signed, the log is replaced, a witness is asked, leaves are proved, and
 * the journal is verified. */
#include "support.h"

#include "alloc_world.h"
#include "audit_fixture.h"
#include "verify.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* What the host remembers after the scenario was set up, and what it does in this try. */
static host remembered, here;
static fixture helper; /* for its arena alone */

static void take_host(void)
{
	here = remembered;
	here.signer.ctx = here.files.ctx = &here;
}

static sm_status sign(world *w, sm_signed *out)
{
	sm_log log;
	sm_status st = sm_log_read(&w->journal, &w->arena, &log, &w->e);
	return st ? st : sm_log_checkpoint(&w->journal, &w->arena, &log, &here.signer, &here.files, out, &w->e);
}

static sm_status give_key(world *w)
{
	sm_signed out;
	sm_log log;
	sm_status st = sm_log_read(&w->journal, &w->arena, &log, &w->e);
	if (st) {
		return st;
	}
	const sm_log_change c = {.why = SM_STR("created"), .origin = log.origin, .vkey = vkey(&helper, &here), .by = SM_STR("ann"), .reason = SM_STR("test")};
	st = sm_log_first_head(&w->journal, &w->arena, &here.signer, &here.files, &out, &w->e);
	return st ? st : sm_log_give_key(&w->journal, &w->arena, &log, &c, &w->e);
}

/* Two runs, and a host whose key nobody has seen. */
static void a_key_is_drawn(world *w)
{
	sm_log log;
	world_started(w, "order:1");
	world_started(w, "order:2");
	world_ok(w, sm_log_read(&w->journal, &w->arena, &log, &w->e));
	sm_bytes origin;
	world_ok(w, sm_arena_dup(&helper.arena, log.origin, &origin));
	remembered = *new_host(&helper, origin, 5);
	take_host();
}

static void a_log_is_signed(world *w)
{
	sm_signed out;
	a_key_is_drawn(w);
	world_ok(w, give_key(w));
	world_ok(w, sign(w, &out));
	world_started(w, "order:3");
	remembered = here;
}

static sm_status get_key(world *w)
{
	take_host();
	return give_key(w);
}

static sm_status sign_again(world *w)
{
	sm_signed out;
	take_host();
	sm_status st = sign(w, &out);
	assert_false(here.open);
	return st;
}

static sm_status is_due(world *w)
{
	bool due;
	sm_log log;
	take_host();
	sm_status st = sm_log_read(&w->journal, &w->arena, &log, &w->e);
	st = st ? st : sm_log_is_due(&w->journal, &w->arena, &log, 0, &due, &w->e);
	assert_true(st != SM_OK || due);
	return st;
}

static sm_status replace(world *w)
{
	sm_log log;
	sm_bytes next;
	take_host();
	sm_status st = sm_log_read(&w->journal, &w->arena, &log, &w->e);
	if (st || (st = sm_log_next_origin(&w->journal, &log, &w->arena, &next, &w->e))) {
		return st;
	}
	const sm_log_change c = {.why = SM_STR("rotated"), .origin = next, .by = SM_STR("ann"), .reason = SM_STR("test")};
	return sm_log_replace(&w->journal, &w->arena, &log, &c, &w->e);
}

static sm_status ask_witness(world *w)
{
	sm_log log;
	sm_bytes body;
	uint64_t size;
	take_host();
	sm_status st = sm_log_read(&w->journal, &w->arena, &log, &w->e);
	return st ? st : sm_witness_request(&w->journal, &w->arena, &log, 1, &body, &size, &w->e);
}

static sm_status prove(world *w)
{
	static const char *const columns[] = {"id"};
	sm_store store = sqlite_store_vtable(&w->sqlite);
	const sm_statement read = {.kind = SM_SQL_OTHER, .sql = SM_STR("SELECT id FROM sm_journal WHERE leaf_index=3"), .columns = columns, .n_columns = 1};
	sm_arena own;
	sm_rows rows;
	sm_bytes proof;
	take_host();
	sm_arena_init(&own, &sm_alloc_default);
	world_ok(w, store.read(store.ctx, &read, &own, &rows, &w->e));
	assert_int_equal(rows.n_rows, 1);
	sm_status st = sm_prove(&w->journal, &w->arena, rows.cells[0].s, &here.signer.key, &proof, &w->e);
	sm_arena_free(&own);
	return st;
}

/* Private values are gone in one of the runs; a fold at a time, so that folds are written out and read back. */
static void a_log_with_erasures(world *w)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked")};
	sm_erased erased;
	int64_t sequenced, projected, generation;
	char id[SM_ID_SIZE];
	a_log_is_signed(w);
	world_run_id(w, "order.fulfil", "order:1", id);
	world_ok(w, sm_audit_erase(&w->journal, id, &what, &erased, &w->e));
	world_ok(w, sm_switch_set(&w->journal, &w->arena, SM_STR("category:x"), true, SM_STR("Ada"), SM_STR("stop"), &generation, &w->e));
	world_ok(w, sm_journal_catch_up(&w->journal, 100, &sequenced, &projected, &w->e));
	sm_signed out;
	world_ok(w, sign(w, &out));
	remembered = here;
}

static sm_status nothing_is_found(void *ctx, const sm_finding *f, sm_error *e)
{
	(void)ctx;
	(void)e;
	fail_msg("%s: %s", f->what, f->message);
	return SM_OK;
}

static sm_status verify(world *w)
{
	sm_verify_result r;
	take_host();
	const sm_verify_options o = {.keys = &here.signer.key, .n_keys = 1, .pending_us = -1, .anchor_us = -1, .page = 7, .fold_bytes = 1, .found = nothing_is_found};
	sm_status st = sm_verify(&w->journal, &w->alloc, &o, &r, &w->e);
	if (st == SM_OK) {
		assert_int_equal(r.verdict, SM_VERDICT_SOUND);
		assert_int_equal(r.checkpoints, 2);
		assert_true(r.erased > 0);
	}
	return st;
}

/* Whatever failed: the log gets its key in the end, and the head that the host remembers contradicts nothing. */
static void a_key_in_the_end(world *w)
{
	sm_log log;
	sm_signed out;
	world_ok(w, sm_log_read(&w->journal, &w->arena, &log, &w->e));
	if (log.vkey.p == NULL) {
		world_ok(w, give_key(w));
	}
	world_ok(w, sign(w, &out));
	assert_non_null(out.note.p);
}

static void signed_in_the_end(world *w)
{
	sm_signed out;
	world_ok(w, sign(w, &out));
	assert_non_null(out.note.p);
}

/* One log is open, linked to the one before it, and meta names it. */
static void one_log_in_the_end(world *w)
{
	sm_log log;
	world_ok(w, sm_log_read(&w->journal, &w->arena, &log, &w->e));
	world_ok(w, sm_log_settle(&w->journal, &log, &w->e));
	assert_in_range(log.n_linked, 1, 2);
	assert_true((log.n_linked == 1) == (log.vkey.p != NULL));
}

static void every_allocation(void **state)
{
	static const scenario scenarios[] = {
		{"a log gets its key", a_key_is_drawn, get_key, SM_OK, a_key_in_the_end},
		{"a head is signed", a_log_is_signed, sign_again, SM_OK, signed_in_the_end},
		{"is a head due", a_log_is_signed, is_due, SM_OK, signed_in_the_end},
		{"a log is replaced", a_log_is_signed, replace, SM_OK, one_log_in_the_end},
		{"a witness is asked", a_log_is_signed, ask_witness, SM_OK, signed_in_the_end},
		{"a leaf is proved", a_log_is_signed, prove, SM_OK, NULL},
		{"a journal is verified", a_log_with_erasures, verify, SM_OK, NULL}
	};
	long failed = 0;
	(void)state;
	sm_arena_init(&helper.arena, &sm_alloc_default);
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		failed += world_fail_each(&scenarios[i]);
	}
	sm_arena_free(&helper.arena);
	assert_true(failed > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
