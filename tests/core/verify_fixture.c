#include "support.h"

#include "verify_fixture.h"

#include <stdio.h>
#include <string.h>

static sm_status keep(void *ctx, const sm_finding *f, sm_error *e)
{
	verify_case *c = ctx;
	if (c->n < FINDINGS_KEPT) {
		kept_finding *k = &c->found[c->n++];
		k->verdict = f->verdict;
		k->index = f->index;
		k->last = f->last;
		k->seq = f->seq;
		snprintf(k->what, sizeof k->what, "%s", f->what);
		snprintf(k->message, sizeof k->message, "%s", f->message);
		memcpy(k->stream, f->stream, SM_ID_SIZE);
	}
	return SM_OK;
}

static sm_status next_head(void *ctx, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e)
{
	verify_case *c = ctx;
	*more = c->next_outer[place] < c->n_outer[place];
	if (*more) {
		out->note = c->outer[place][c->next_outer[place]++];
		out->label = SM_STR("of the test");
	}
	return SM_OK;
}

static sm_status progress(void *ctx, uint64_t done, uint64_t of, sm_error *e)
{
	verify_case *c = ctx;
	c->progressed++;
	c->progress_done = done;
	c->progress_of = of;
	return SM_OK;
}

void verify_init(verify_case *c, fixture *f)
{
	memset(c, 0, sizeof *c);
	c->f = f;
	c->alloc = test_heap_alloc(&c->heap);
	c->keys[0] = verify_key(f);
	c->o = (sm_verify_options){.keys = c->keys, .n_keys = 1, .pending_us = -1, .anchor_us = -1, .next_head = next_head, .found = keep, .progress = progress,
		.ctx = c};
}

static sm_status verify(verify_case *c)
{
	c->n = 0;
	c->progressed = 0;
	memset(c->next_outer, 0, sizeof c->next_outer);
	c->heap.allocations = 0;
	sm_status s = sm_verify(&c->f->j, &c->alloc, &c->o, &c->r, &c->f->e);
	assert_int_equal(c->heap.live, 0);
	return s;
}

sm_verdict verify_now(verify_case *c)
{
	assert_ok(c->f, verify(c));
	return c->r.verdict;
}

void assert_sound(verify_case *c)
{
	verify_now(c);
	for (size_t i = 0; i < c->n; i++) {
		print_error("%d %s %lld-%lld %s/%d: %s\n", (int)c->found[i].verdict, c->found[i].what, (long long)c->found[i].index, (long long)c->found[i].last,
			c->found[i].stream, (int)c->found[i].seq, c->found[i].message);
	}
	assert_int_equal(c->r.found, 0);
	assert_int_equal(c->r.verdict, SM_VERDICT_SOUND);
}

void assert_found(verify_case *c, sm_verdict verdict, const char *what, int64_t index, int64_t last)
{
	verify_now(c);
	if (c->n == 0) {
		fail_msg("no finding, expected %s at %lld", what, (long long)index);
	}
	last = last == -2 ? index : last;
	const kept_finding *k = &c->found[0];
	if (k->verdict != verdict || strcmp(k->what, what) != 0 || k->index != index || k->last != last) {
		fail_msg("expected %d %s %lld-%lld, got %d %s %lld-%lld: %s", (int)verdict, what, (long long)index, (long long)last, (int)k->verdict, k->what,
			(long long)k->index, (long long)k->last, k->message);
	}
}

/* ---- heads ---- */

static void fill_seed(uint8_t seed[SM_LOG_SEED_LEN], uint8_t byte)
{
	memset(seed, byte, SM_LOG_SEED_LEN);
}

static sm_note_key key_of(fixture *f, uint8_t byte)
{
	uint8_t seed[SM_LOG_SEED_LEN], public[32];
	sm_note_key key;
	fill_seed(seed, byte);
	sm_log_public_key(seed, public);
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	assert_ok(f, sm_note_key_init(&key, f->j.log, SM_NOTE_ED25519, public, &f->e));
	return key;
}

sm_note_key verify_key(fixture *f)
{
	return key_of(f, 9);
}

static sm_bytes sign(fixture *f, const sm_frontier *tree, uint8_t byte)
{
	const sm_head none[SM_HEADS] = {{.known = false}};
	uint8_t seed[SM_LOG_SEED_LEN];
	sm_note_key key = key_of(f, byte);
	sm_sign_verdict verdict;
	sm_buf b;
	fill_seed(seed, byte);
	sm_buf_init(&b, &f->arena, SM_NOTE_MAX);
	assert_ok(f, sm_checkpoint_sign(&b, &key, seed, tree, none, &verdict, &f->e));
	return sm_buf_bytes(&b);
}

static sm_status grow(void *ctx, uint64_t index, sm_bytes leaf, sm_error *e)
{
	return sm_frontier_take(ctx, index, leaf, (sm_bytes){NULL, 0}, e);
}

int64_t verify_size(fixture *f)
{
	return fixture_int(f, "SELECT MAX(leaf_index) AS n FROM {p}journal") + 1;
}

sm_bytes verify_sign_with(fixture *f, uint64_t n, uint8_t seed)
{
	sm_frontier tree;
	int64_t done;
	assert_ok(f, sm_journal_sequence(&f->j, 100000, &done, &f->e));
	sm_frontier_init(&tree);
	assert_ok(f, sm_each_leaf(&f->j, &sm_alloc_default, 0, n != 0 ? n : (uint64_t)verify_size(f), grow, &tree, &f->e));
	return sign(f, &tree, seed);
}

sm_bytes verify_sign(fixture *f, uint64_t n)
{
	return verify_sign_with(f, n, 9);
}

sm_bytes verify_sign_other(fixture *f, uint64_t n)
{
	sm_frontier tree;
	sm_frontier_init(&tree);
	for (uint64_t i = 0; i < n; i++) {
		assert_ok(f, sm_frontier_take(&tree, i, SM_STR("never written"), (sm_bytes){NULL, 0}, &f->e));
	}
	return sign(f, &tree, 9);
}

void verify_store(fixture *f, sm_bytes note)
{
	sm_bytes stored;
	assert_ok(f, sm_journal_checkpoint_store(&f->j, &f->arena, note, &stored, &f->e));
}
