/* The tick: log order, projections, due runs. */
#include <string.h>

#include "pass.h"

enum { PASSES_MAX = 64 };

static sm_status catch_up(sm_drive *d, sm_tick *out, sm_error *e)
{
	int64_t sequenced = 0, projected = 0;
	sm_status st = sm_journal_catch_up(d->journal, PASSES_MAX, &sequenced, &projected, e);
	out->sequenced += sequenced;
	out->projected += projected;
	return st;
}

sm_status sm_drive_move(sm_drive *d, sm_history *h, sm_moved *out, sm_error *e)
{
	sm_progress p;
	sm_pass x = {.d = d, .h = h, .p = &p, .e = e};

	memset(&p, 0, sizeof p);
	memset(out, 0, sizeof *out);
	sm_status st = sm_journal_load(d->journal, h, e);
	int32_t seq = h->run.seq;
	if (st == SM_OK && h->broken) {
		st = sm_fail(e, SM_E_ILLEGAL, "run %s is broken: %s", h->stream, h->broken_why);
	} else if (st == SM_OK && h->n > 0) {
		st = sm_pass_go_on(&x);
	}
	out->recovered = x.recovered;
	out->probed = x.probed;
	out->started = x.started;
	out->moved = h->run.seq > seq;
	return st;
}

sm_status sm_drive_move_alone(void *ctx, const char *run_id, sm_moved *out, sm_error *e)
{
	sm_drive *d = ctx;
	sm_history h;
	sm_arena arena;

	sm_arena_init(&arena, d->journal->arena.a);
	sm_history_init(&h, &arena, run_id);
	sm_status st = sm_drive_move(d, &h, out, e);
	sm_arena_free(&arena);
	return st;
}

static sm_status move(sm_drive *d, sm_move_fn fn, void *ctx, const sm_due *due, sm_tick *out, sm_error *e)
{
	sm_moved moved;
	sm_status st = fn(ctx, due->run, &moved, e);

	out->recovered += moved.recovered;
	out->probed += moved.probed;
	out->started += moved.started;
	if (st == SM_E_ABORTED || st == SM_E_NOMEM) {
		return st;
	}
	out->failed += st != SM_OK;
	if (moved.moved) {
		out->moved++;
		return SM_OK;
	}
	out->put_off++;
	st = sm_journal_put_off(d->journal, due, e);
	return st == SM_E_ABORTED || st == SM_E_NOMEM ? st : SM_OK; /* a hint: the next tick looks again */
}

sm_status sm_drive_tick(sm_drive *d, int limit, sm_move_fn fn, void *ctx, sm_tick *out, sm_error *e)
{
	sm_arena arena;
	sm_due *due = NULL;
	size_t n = 0;

	memset(out, 0, sizeof *out);
	sm_arena_init(&arena, d->journal->arena.a);
	sm_status st = sm_journal_identify(d->journal, e);
	if (st == SM_OK && (st = catch_up(d, out, e)) == SM_OK && limit > 0) {
		st = sm_journal_due(d->journal, &arena, limit, &due, &n, e);
	}
	out->due = (int64_t)n;
	for (size_t i = 0; st == SM_OK && i < n; i++) {
		st = move(d, fn, ctx, &due[i], out, e);
	}
	if (st == SM_OK && out->moved > 0) {
		st = catch_up(d, out, e);
	}
	sm_arena_free(&arena);
	return st;
}
