/* Streams in the order of the log: links and legality of each event. A fold that is needed again is read again. */
#include "verify_folds.h"

#include <inttypes.h>
#include <string.h>

#include "history.h"

enum { EVENT_BYTES = 768 }; /* that an event leaves in a fold, about */

/* Whether applying this event borrows nothing from it, so that it may go with the row. */
static bool leaves_nothing(sm_bytes type)
{
	static const sm_bytes types[] = {SM_LIT("step."), SM_LIT("external."), SM_LIT("note"), SM_LIT("verdict."), SM_LIT("late."), SM_LIT("run.completed")};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (type.n >= types[i].n && memcmp(type.p, types[i].p, types[i].n) == 0) {
			return true;
		}
	}
	return false;
}

static sm_status decode(sm_verify_pass *v, sm_fold *f, sm_bytes leaf, sm_bytes type, sm_event *ev, sm_error *why)
{
	sm_bytes own = leaf;
	if (leaves_nothing(type)) {
		return sm_event_read(ev, &v->row, leaf, (sm_bytes){NULL, 0}, why);
	}
	sm_status s = sm_arena_dup(&f->arena, leaf, &own);
	sm_fold_grown(v, f, leaf.n * 3);
	return s == SM_OK ? sm_event_read(ev, &f->arena, own, (sm_bytes){NULL, 0}, why) : s;
}

static sm_status follow(sm_verify_pass *v, sm_fold *f, sm_event *ev, sm_error *why)
{
	sm_status s = sm_history_follow(&f->run, ev, &f->arena, why);
	sm_fold_grown(v, f, EVENT_BYTES);
	return s;
}

/* ---- a fold that was given up is read again ---- */

typedef struct reading {
	sm_fold *fold;
	int64_t place;
	bool *behind;
} reading;

static sm_status take_again(sm_verify_pass *v, const sm_stream_event *row, bool *more, void *ctx)
{
	const reading *r = ctx;
	sm_fold *f = r->fold;
	sm_error why;
	sm_event ev;
	sm_leaf leaf;
	(void)more;
	sm_arena_free(&v->row);
	f->seq = (int32_t)row->seq;
	f->index = row->index;
	*r->behind = *r->behind || (r->place >= 0 && (f->index < 0 || f->index > r->place));
	sm_status s = !f->broken && sm_leaf_read(row->leaf, &leaf) ? decode(v, f, row->leaf, leaf.type, &ev, &why) : SM_E_SYNTAX;
	if (s == SM_OK) {
		ev.stored_at = row->stored_at;
		s = follow(v, f, &ev, &why);
	}
	f->broken = f->broken || s != SM_OK; /* that was said where it stands */
	return s == SM_E_NOMEM ? s : sm_fold_pack(v, f);
}

sm_status sm_fold_read(sm_verify_pass *v, sm_fold *f, int64_t from, int64_t before, int64_t place, bool *behind)
{
	reading r = {f, place, behind};
	return sm_verify_events(v, sm_cstr(f->stream), from, before, false, take_again, &r);
}

/* The links of the events before it were looked at where they stand. */
static sm_status take_one_before(sm_verify_pass *v, const sm_stream_event *row, bool *more, void *ctx)
{
	const reading *r = ctx;
	sm_run *run = &r->fold->run;
	(void)v;
	*more = false;
	if (row->id.n == SM_ID_LEN) {
		*r->behind = r->place >= 0 && (row->index < 0 || row->index > r->place);
		run->seq = (int32_t)row->seq;
		memcpy(run->last_id, row->id.p, SM_ID_LEN);
		run->last_id[SM_ID_LEN] = '\0';
	}
	return SM_OK;
}

/* The stream before this event, into an empty fold. Of streams that are no run only the one before matters. */
static sm_status load(sm_verify_pass *v, sm_fold *f, const sm_verify_row *row, const sm_leaf *leaf, bool *behind)
{
	if (leaf->seq == 1) {
		return SM_OK;
	}
	sm_status s = sm_fold_read(v, f, 1, 2, row->index, behind);
	if (s != SM_OK || f->seq == 0 || leaf->seq == 2) {
		return s;
	}
	if (f->run.phase != SM_PHASE_NONE || f->broken) {
		return sm_fold_read(v, f, 2, leaf->seq, row->index, behind);
	}
	reading r = {f, row->index, behind};
	return sm_verify_events(v, sm_cstr(f->stream), leaf->seq - 1, leaf->seq, false, take_one_before, &r);
}

/* The kept fold of the stream, if it ends where this event goes on. */
static sm_status take_kept(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf, sm_fold **out)
{
	sm_fold *f = sm_fold_find(v, leaf->run);
	*out = f;
	if (f == NULL || row->index >= 0 || f->seq + 1 >= leaf->seq) {
		return SM_OK;
	}
	/* what stands between got its place meanwhile, behind the part of the log that was read */
	*out = NULL;
	if (f->waits) {
		return sm_folds_compare(v);
	}
	sm_fold_drop(v, f);
	return SM_OK;
}

/* The stream's fold up to the event before this one. */
static sm_status fold_before(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf, sm_fold **out)
{
	bool behind = false;
	sm_status s = take_kept(v, row, leaf, out);
	if (s != SM_OK) {
		return s;
	}
	if (*out != NULL) {
		sm_fold_used(v, *out);
		return SM_OK;
	}
	*out = sm_fold_make(v, leaf->run);
	if (*out == NULL) {
		return SM_E_NOMEM;
	}
	s = load(v, *out, row, leaf, &behind);
	return s == SM_OK && behind ? sm_verify_found(v, SM_VERDICT_INVALID, "place", row, "It stands in the log before an event of its stream that came earlier") : s;
}

/* ---- an event ---- */

static sm_status say(sm_verify_pass *v, const sm_verify_row *row, sm_status status, const sm_error *why)
{
	return sm_verify_found(v, SM_VERDICT_INVALID, status == SM_E_GAP ? "link" : "history", row, "Its stream is not one that the extension writes: %s",
		why->message);
}

static sm_status check_flip(sm_verify_pass *v, const sm_verify_row *row, const sm_event *ev)
{
	char stream[SM_ID_SIZE];
	if (ev->type != SM_SWITCH_HELD && ev->type != SM_SWITCH_RELEASED) {
		return SM_OK;
	}
	sm_switch_stream(&v->j->keys, ev->target, stream);
	if (strcmp(stream, ev->stream) != 0 || ev->generation != ev->seq) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "switch", row, "It flips %.*s, generation %" PRId64 ", but stands in another stream, or at another place in it",
			(int)(ev->target.n > 64 ? 64 : ev->target.n), ev->target.p, ev->generation);
	}
	return ev->seq == 1 ? sm_verify_switch_exists(v, row, ev->target) : SM_OK;
}

static sm_status check_event(sm_verify_pass *v, const sm_verify_row *row, const sm_event *ev)
{
	sm_status s = SM_OK;
	bool wants = ev->type == SM_STEP_STARTED;
	if (row->has_lease != wants || (wants && row->lease != ev->lease)) {
		s = sm_verify_found(v, SM_VERDICT_INVALID, "column", row, "Its column lease disagrees with the leaf");
	}
	s = s == SM_OK ? check_flip(v, row, ev) : s;
	if (s != SM_OK || ev->type != SM_EXTERNAL_RECORDED || row->index < 0 || row->index >= v->projected || !sm_is_hex(ev->id_hash, SM_ID_LEN)) {
		return s;
	}
	return sm_verify_external(v, row, ev);
}

/* Takes the event into the fold. */
static sm_status take(sm_verify_pass *v, sm_fold *f, const sm_verify_row *row, const sm_leaf *leaf)
{
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_event ev;
	sm_arena_free(&v->row);
	sm_status s = decode(v, f, row->leaf, leaf->type, &ev, &why);
	if (s == SM_OK) {
		ev.stored_at = row->stored_at;
		ev.leaf_index = row->index;
		if ((s = check_event(v, row, &ev)) != SM_OK) {
			return s;
		}
		s = f->broken ? SM_OK : follow(v, f, &ev, &why);
	}
	bool starts = s == SM_OK && !f->broken && ev.type == SM_STEP_STARTED;
	f->seq = leaf->seq;
	f->index = row->index;
	if (s == SM_OK || s == SM_E_NOMEM) {
		return starts ? sm_verify_switches_of(v, row, &f->run) : s;
	}
	f->broken = true;
	return say(v, row, s, &why);
}

sm_status sm_verify_fold(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf)
{
	sm_fold *f = NULL;
	sm_status s = fold_before(v, row, leaf, &f);
	if (s != SM_OK) {
		return s;
	}
	v->r->streams += leaf->seq == 1;
	if ((s = take(v, f, row, leaf)) != SM_OK || (s = sm_fold_pack(v, f)) != SM_OK) {
		return s;
	}
	bool closed = f->run.phase == SM_PHASE_COMPLETED || f->run.phase == SM_PHASE_ENDED;
	if (closed && row->index >= 0 && (s = sm_fold_retire(v, f)) != SM_OK) {
		return s;
	}
	return sm_folds_fit(v);
}
