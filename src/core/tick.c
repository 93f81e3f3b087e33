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

static sm_status move(sm_drive *d, const sm_alloc *a, const sm_due *due, sm_tick *out, sm_error *e)
{
	sm_progress p;
	sm_history h;
	sm_arena arena;
	sm_pass x = {.d = d, .h = &h, .p = &p, .e = e};

	memset(&p, 0, sizeof p);
	sm_arena_init(&arena, a);
	sm_history_init(&h, &arena, due->run);
	sm_status st = sm_journal_load(d->journal, &h, e);
	int32_t seq = h.run.seq;
	if (st == SM_OK && h.n > 0) {
		st = sm_pass_go_on(&x);
	}
	out->recovered += x.recovered;
	out->probed += x.probed;
	out->started += x.started;
	if (st == SM_E_ABORTED || st == SM_E_NOMEM) {
		sm_arena_free(&arena);
		return st;
	}
	out->failed += st != SM_OK;
	if (h.run.seq > seq) {
		out->moved++;
		st = SM_OK;
	} else {
		out->put_off++;
		st = sm_journal_put_off(d->journal, due, e);
		st = st == SM_E_ABORTED ? st : SM_OK; /* a hint: the next tick looks again */
	}
	sm_arena_free(&arena);
	return st;
}

sm_status sm_drive_tick(sm_drive *d, const sm_alloc *a, int limit, sm_tick *out, sm_error *e)
{
	sm_arena arena;
	sm_due *due = NULL;
	size_t n = 0;

	memset(out, 0, sizeof *out);
	sm_arena_init(&arena, a);
	sm_status st = sm_journal_identify(d->journal, e);
	if (st == SM_OK && (st = catch_up(d, out, e)) == SM_OK) {
		st = sm_journal_due(d->journal, &arena, limit, &due, &n, e);
	}
	out->due = (int64_t)n;
	for (size_t i = 0; st == SM_OK && i < n; i++) {
		st = move(d, a, &due[i], out, e);
	}
	if (st == SM_OK && out->moved > 0) {
		st = catch_up(d, out, e);
	}
	sm_arena_free(&arena);
	return st;
}
