/* Streams in the order of the log: links and legality of each event, and each run's row against its fold. Folds of a bounded size are
 * kept; one that is needed again is read again. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

#include "history.h"

enum {
	BUCKETS = 1024,
	FOLD_BYTES = 1048576,   /* of all folds, about */
	ONE_MAX = 65536,        /* of one, before it is packed */
	EVENT_BYTES = 768,      /* that an event leaves in a fold, about */
	FLUSH = 32,             /* folds compared by one statement */
	AGAIN = 16              /* events of a stream that one statement reads again */
};

struct sm_fold {
	sm_fold *in_bucket, *newer, *older;
	char stream[SM_ID_SIZE];
	sm_arena arena;
	sm_run run;
	int32_t seq;     /* of the last event, also of a broken one */
	int64_t index;   /* its place */
	size_t bytes, packed; /* about; packed: of the last packing */
	bool broken, waits;
};

static size_t bucket_of(sm_bytes stream)
{
	uint8_t h[2] = {0, 0};
	sm_unhex(h, sizeof h, (sm_bytes){stream.p, 4});
	return ((size_t)h[0] << 8 | h[1]) % BUCKETS;
}

static sm_fold *find(sm_verify_pass *v, sm_bytes stream)
{
	sm_fold *f = v->buckets[bucket_of(stream)];
	while (f != NULL && memcmp(f->stream, stream.p, SM_ID_LEN) != 0) {
		f = f->in_bucket;
	}
	return f;
}

static void unlink_age(sm_verify_pass *v, sm_fold *f)
{
	*(f->newer != NULL ? &f->newer->older : &v->newest) = f->older;
	*(f->older != NULL ? &f->older->newer : &v->oldest) = f->newer;
	f->newer = f->older = NULL;
}

static void link_age(sm_verify_pass *v, sm_fold *f)
{
	f->older = v->newest;
	if (v->newest != NULL) {
		v->newest->newer = f;
	}
	v->newest = f;
	if (v->oldest == NULL) {
		v->oldest = f;
	}
}

static void drop(sm_verify_pass *v, sm_fold *f)
{
	sm_fold **at = &v->buckets[bucket_of(sm_cstr(f->stream))];
	while (*at != f) {
		at = &(*at)->in_bucket;
	}
	*at = f->in_bucket;
	if (!f->waits) {
		unlink_age(v, f);
	}
	v->fold_bytes -= f->bytes;
	sm_arena_free(&f->arena);
	v->a->release(v->a->ctx, f);
}

void sm_verify_folds_free(sm_verify_pass *v)
{
	for (size_t i = 0; v->buckets != NULL && i < BUCKETS; i++) {
		while (v->buckets[i] != NULL) {
			drop(v, v->buckets[i]);
		}
	}
}

sm_status sm_verify_folds_begin(sm_verify_pass *v)
{
	v->buckets = SM_NEW(&v->arena, sm_fold *, BUCKETS);
	return v->buckets != NULL ? SM_OK : SM_E_NOMEM;
}

static void grown(sm_verify_pass *v, sm_fold *f, size_t bytes)
{
	f->bytes += bytes;
	v->fold_bytes += bytes;
}

static sm_fold *make(sm_verify_pass *v, sm_bytes stream)
{
	sm_fold *f = v->a->alloc(v->a->ctx, sizeof *f);
	if (f == NULL) {
		return NULL;
	}
	memset(f, 0, sizeof *f);
	memcpy(f->stream, stream.p, SM_ID_LEN);
	sm_arena_init(&f->arena, v->a);
	sm_run_init(&f->run);
	size_t b = bucket_of(stream);
	f->in_bucket = v->buckets[b];
	v->buckets[b] = f;
	link_age(v, f);
	grown(v, f, sizeof *f);
	return f;
}

/* What many events of one run left behind, without what was superseded. */
static sm_status pack(sm_verify_pass *v, sm_fold *f)
{
	if (f->bytes <= ONE_MAX || f->bytes <= 2 * f->packed) {
		return SM_OK;
	}
	sm_arena fresh;
	sm_bytes text, own;
	sm_run run;
	sm_arena_init(&fresh, v->a);
	sm_status s = sm_run_save(&f->run, &v->row, &text);
	s = s == SM_OK ? sm_arena_dup(&fresh, text, &own) : s;
	s = s == SM_OK ? sm_run_restore(&run, &fresh, own) : s;
	if (s != SM_OK) {
		sm_arena_free(&fresh);
		return s == SM_E_NOMEM ? s : SM_OK;
	}
	sm_arena_free(&f->arena);
	f->arena = fresh;
	f->run = run;
	v->fold_bytes -= f->bytes;
	f->bytes = 0;
	/* the text and its tree: what stays is at most so much, and the next packing waits for as much again */
	grown(v, f, sizeof *f + text.n * 4);
	f->packed = f->bytes;
	return SM_OK;
}

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
		return sm_event_decode(ev, &v->row, leaf, (sm_bytes){NULL, 0}, why);
	}
	sm_status s = sm_arena_dup(&f->arena, leaf, &own);
	grown(v, f, leaf.n * 3);
	return s == SM_OK ? sm_event_decode(ev, &f->arena, own, (sm_bytes){NULL, 0}, why) : s;
}

static sm_status follow(sm_verify_pass *v, sm_fold *f, sm_event *ev, sm_error *why)
{
	sm_status s = sm_history_follow(&f->run, ev, &f->arena, why);
	grown(v, f, EVENT_BYTES);
	return s;
}

/* ---- a fold that was given up is read again ---- */

static sm_status take_again(sm_verify_pass *v, sm_fold *f, sm_arena *page, const sm_rows *rows, size_t i, int64_t place, bool *behind)
{
	sm_error why;
	sm_event ev;
	sm_leaf leaf;
	sm_bytes text = sm_rows_text(rows, i, 2, page);
	sm_arena_free(&v->row);
	f->seq = (int32_t)sm_rows_int(rows, i, 0, 0);
	f->index = sm_rows_int(rows, i, 1, -1);
	*behind = *behind || (place >= 0 && (f->index < 0 || f->index > place));
	sm_status s = !f->broken && sm_leaf_read(text, &leaf) ? decode(v, f, text, leaf.type, &ev, &why) : SM_E_SYNTAX;
	if (s == SM_OK) {
		ev.stored_at = sm_rows_int(rows, i, 3, 0);
		s = follow(v, f, &ev, &why);
	}
	f->broken = f->broken || s != SM_OK; /* that was said where it stands */
	return s == SM_E_NOMEM ? s : pack(v, f);
}

/* @param first   seq of the first event that is wanted, before: of the first that is not */
static sm_status read_again(sm_verify_pass *v, sm_fold *f, int64_t first, int64_t before, int64_t place, bool *behind)
{
	static const char *const columns[] = {"seq", "leaf_index", "leaf", "stored_at"};
	for (;;) {
		sm_arena page;
		sm_rows rows;
		sm_sql q;
		sm_arena_init(&page, v->a);
		sm_sql_init(&q, v->j, &page);
		sm_sql_text(&q, "SELECT seq, leaf_index, leaf, stored_at FROM ");
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, " WHERE stream=");
		sm_sql_cstr(&q, f->stream);
		sm_sql_text(&q, " AND seq>=");
		sm_sql_int(&q, first);
		sm_sql_text(&q, " AND seq<");
		sm_sql_int(&q, before);
		sm_sql_text(&q, " ORDER BY seq LIMIT ");
		sm_sql_int(&q, AGAIN);
		sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 4, &rows, v->e);
		size_t n = s == SM_OK ? rows.n_rows : 0;
		for (size_t i = 0; s == SM_OK && i < n; i++) {
			s = take_again(v, f, &page, &rows, i, place, behind);
			first = (int64_t)f->seq + 1;
		}
		sm_arena_free(&page);
		if (s != SM_OK || n < AGAIN) {
			return s;
		}
	}
}

/* The links of the events before it were looked at where they stand. */
static sm_status read_one_before(sm_verify_pass *v, sm_fold *f, int64_t seq, int64_t place, bool *behind)
{
	static const char *const columns[] = {"id", "leaf_index"};
	sm_arena page;
	sm_rows rows;
	sm_sql q;
	sm_arena_init(&page, v->a);
	sm_sql_init(&q, v->j, &page);
	sm_sql_text(&q, "SELECT id, leaf_index FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, f->stream);
	sm_sql_text(&q, " AND seq=");
	sm_sql_int(&q, seq - 1);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	sm_bytes id = s == SM_OK && rows.n_rows > 0 ? sm_rows_text(&rows, 0, 0, &page) : (sm_bytes){NULL, 0};
	if (id.n == SM_ID_LEN) {
		int64_t index = sm_rows_int(&rows, 0, 1, -1);
		*behind = place >= 0 && (index < 0 || index > place);
		f->run.seq = (int32_t)(seq - 1);
		memcpy(f->run.last_id, id.p, SM_ID_LEN);
		f->run.last_id[SM_ID_LEN] = '\0';
	}
	sm_arena_free(&page);
	return s;
}

/* The stream before this event. Of streams that are no run only the one before matters. */
static sm_status load(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf, sm_fold **out, bool *behind)
{
	sm_fold *f = make(v, leaf->run);
	*out = f;
	if (f == NULL) {
		return SM_E_NOMEM;
	}
	if (leaf->seq == 1) {
		return SM_OK;
	}
	sm_status s = read_again(v, f, 1, 2, row->index, behind);
	if (s != SM_OK || f->seq == 0 || leaf->seq == 2) {
		return s;
	}
	if (f->run.phase != SM_PHASE_NONE || f->broken) {
		return read_again(v, f, 2, leaf->seq, row->index, behind);
	}
	return read_one_before(v, f, leaf->seq, row->index, behind);
}

/* ---- compare ---- */

static sm_status flush(sm_verify_pass *v)
{
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	sm_status s = SM_OK;
	size_t n = 0;
	sm_arena_init(&arena, v->a);
	sm_sql_init(&q, v->j, &arena);
	sm_sql_text(&q, "SELECT ");
	for (size_t i = 0; i < SM_VERIFY_RUN_COLUMNS; i++) {
		sm_sql_text(&q, i ? ", " : "");
		sm_sql_text(&q, sm_verify_run_columns[i]);
	}
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "run");
	sm_sql_text(&q, " WHERE id IN (");
	for (size_t i = 0; i < v->n_done; i++) {
		sm_sql_text(&q, n++ == 0 ? "" : ", ");
		sm_sql_cstr(&q, v->done[i]->stream);
	}
	sm_sql_text(&q, ")");
	if (n > 0) {
		s = sm_sql_read(&q, SM_SQL_OTHER, sm_verify_run_columns, SM_VERIFY_RUN_COLUMNS, &rows, v->e);
	}
	for (size_t i = 0; i < v->n_done; i++) {
		sm_fold *f = v->done[i];
		size_t k = 0;
		while (s == SM_OK && k < rows.n_rows && !sm_bytes_eq(sm_rows_text(&rows, k, 0, &arena), sm_cstr(f->stream))) {
			k++;
		}
		if (s == SM_OK && !f->broken) {
			s = sm_verify_run_row(v, &f->run, f->index, k < rows.n_rows ? &rows : NULL, k);
		}
		drop(v, f);
	}
	v->n_done = 0;
	sm_arena_free(&arena);
	return s;
}

/* It waits for its row to be looked at; until then it can go on. */
static sm_status retire(sm_verify_pass *v, sm_fold *f)
{
	if (f->waits) {
		return SM_OK;
	}
	unlink_age(v, f);
	f->waits = true;
	v->done[v->n_done++] = f;
	return v->n_done == FLUSH ? flush(v) : SM_OK;
}

sm_status sm_verify_folds_end(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	while (s == SM_OK && v->oldest != NULL) {
		s = retire(v, v->oldest);
	}
	return s == SM_OK ? flush(v) : s;
}

/* ---- an event ---- */

static sm_status say(sm_verify_pass *v, const sm_verify_row *row, sm_status status, const sm_error *why)
{
	return sm_verify_found(v, SM_VERDICT_INVALID, status == SM_E_GAP ? "link" : "history", row, "Its stream is not one that the extension writes: %s",
		why->message);
}

static sm_status check_switch(sm_verify_pass *v, const sm_verify_row *row, const sm_event *ev)
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
	s = s == SM_OK ? check_switch(v, row, ev) : s;
	if (s != SM_OK || ev->type != SM_EXTERNAL_RECORDED || row->index < 0 || row->index >= v->projected || !sm_is_hex(ev->id_hash, SM_ID_LEN)) {
		return s;
	}
	return sm_verify_external(v, row, ev);
}

sm_status sm_verify_fold(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf)
{
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_event ev;
	bool behind = false;
	sm_fold *f = find(v, leaf->run);
	sm_status s = SM_OK;
	if (f != NULL && row->index < 0 && f->seq + 1 < leaf->seq) {
		/* what stands between got its place meanwhile, behind the part of the log that was read */
		if (f->waits) {
			s = flush(v);
		} else {
			drop(v, f);
		}
		f = NULL;
	}
	if (s == SM_OK && f == NULL) {
		s = load(v, row, leaf, &f, &behind);
	} else if (s == SM_OK && !f->waits) {
		unlink_age(v, f);
		link_age(v, f);
	}
	if (s != SM_OK) {
		return s;
	}
	if (behind && (s = sm_verify_found(v, SM_VERDICT_INVALID, "place", row, "It stands in the log before an event of its stream that came earlier")) != SM_OK) {
		return s;
	}
	v->r->streams += leaf->seq == 1;
	sm_arena_free(&v->row);
	s = decode(v, f, row->leaf, leaf->type, &ev, &why);
	if (s == SM_OK) {
		ev.stored_at = row->stored_at;
		ev.leaf_index = row->index;
		if ((s = check_event(v, row, &ev)) != SM_OK) {
			return s;
		}
		s = f->broken ? SM_OK : follow(v, f, &ev, &why);
	}
	f->seq = leaf->seq;
	f->index = row->index;
	if (s != SM_OK) {
		f->broken = true;
		s = s == SM_E_NOMEM ? s : say(v, row, s, &why);
	}
	s = s == SM_OK ? pack(v, f) : s;
	bool closed = f->run.phase == SM_PHASE_COMPLETED || f->run.phase == SM_PHASE_ENDED;
	if (s == SM_OK && closed && row->index >= 0) {
		s = retire(v, f);
	}
	size_t most = v->o->fold_bytes != 0 ? v->o->fold_bytes : FOLD_BYTES;
	while (s == SM_OK && v->fold_bytes > most && v->oldest != NULL) {
		s = retire(v, v->oldest);
	}
	return s;
}
