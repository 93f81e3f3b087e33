/* The heads that are known, one after the other: stored checkpoints, head files and anchors, each by rising size. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

enum { PAGE = 32 };

const char *sm_verify_head_name(sm_head_place place)
{
	return place == SM_HEAD_STORED ? "The stored checkpoint" : place == SM_HEAD_HOST ? "The head file" : "The anchor";
}

sm_status sm_verify_without_key(sm_verify_pass *v, sm_origin *o)
{
	if (o->keyless) {
		return SM_OK;
	}
	o->keyless = true;
	return sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "There are signed heads of %.*s, but its key is not known: give its verifier key",
		sm_verify_shown(o->name), o->name.p);
}

sm_status sm_verify_stored_next(sm_verify_pass *v, sm_origin *o)
{
	static const char *const columns[] = {"size", "note"};
	sm_rows rows;
	sm_sql q;
	if (o->ended || ++o->i < o->n) {
		return SM_OK;
	}
	o->i = o->n = 0;
	sm_arena_free(&o->arena);
	sm_sql_init(&q, v->j, &o->arena);
	sm_sql_text(&q, "SELECT size, note FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE origin=");
	sm_sql_str(&q, o->name);
	sm_sql_text(&q, " AND size>");
	sm_sql_int(&q, o->after);
	sm_sql_text(&q, " AND ");
	sm_verify_put_counts(&q, "size");
	sm_sql_text(&q, " ORDER BY size LIMIT ");
	sm_sql_int(&q, PAGE);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	if (s != SM_OK) {
		return s;
	}
	o->page = SM_NEW(&o->arena, sm_stored_head, rows.n_rows);
	if (o->page == NULL) {
		return SM_E_NOMEM;
	}
	for (; o->n < rows.n_rows; o->n++) {
		o->page[o->n] = (sm_stored_head){sm_rows_int(&rows, o->n, 0, INT64_MAX), sm_rows_text(&rows, o->n, 1, &o->arena)};
		o->after = o->page[o->n].size;
	}
	o->ended = o->n == 0;
	return SM_OK;
}

static sm_status outer_found(sm_verify_pass *v, sm_head_place place, sm_bytes label, const sm_error *why)
{
	return sm_verify_found_at(v, SM_VERDICT_INVALID, place == SM_HEAD_ANCHOR ? "anchor" : "head", -1, -1, "%s%s%.*s: %s", sm_verify_head_name(place),
		label.n ? ", " : "", sm_verify_shown(label), label.n ? label.p : "", why->message);
}

/* A head from outside as it came. src->origin = NULL: it is of no log of ours, or not to be believed, which was said. */
static sm_status judge_outer(sm_verify_pass *v, sm_head_place place, sm_outer_source *src, sm_bytes note)
{
	sm_error why = {{0}, NULL, 0, 0, 0};
	src->origin = NULL;
	sm_status s = sm_note_read(note, v->note, &why);
	s = s == SM_OK ? sm_checkpoint_read(v->note->text, &src->at, &why) : s;
	if (s != SM_OK) {
		/* a line of an anchor may have been cut off by a crash: it counts for nothing */
		return s == SM_E_NOMEM ? s : place == SM_HEAD_ANCHOR ? SM_OK : outer_found(v, place, src->label, &why);
	}
	sm_origin *found = sm_verify_origin(v, src->at.origin);
	if (found == NULL) {
		return SM_OK; /* another site's: a host has one anchor file */
	}
	if (!found->has_key) {
		return sm_verify_without_key(v, found);
	}
	s = sm_checkpoint_open(note, &found->key, v->note, &src->at, &why);
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : outer_found(v, place, src->label, &why);
	}
	src->origin = found;
	found->outside = true;
	return SM_OK;
}

sm_status sm_verify_outer_next(sm_verify_pass *v, sm_head_place place)
{
	sm_outer_source *src = &v->outer[place];
	src->have = false;
	while (v->o->next_head != NULL) {
		sm_outer_head h = {{NULL, 0}, {NULL, 0}};
		sm_bytes note;
		bool more = false;
		sm_arena_free(&src->arena);
		sm_status s = v->o->next_head(v->o->ctx, place, &h, &more, v->e);
		if (s != SM_OK || !more) {
			return s;
		}
		if ((s = sm_arena_dup(&src->arena, h.note, &note)) != SM_OK || (s = sm_arena_dup(&src->arena, h.label, &src->label)) != SM_OK
			|| (s = judge_outer(v, place, src, note)) != SM_OK) {
			return s;
		}
		if (src->origin == NULL) {
			continue;
		}
		if (src->at.size < src->before) {
			sm_error why;
			sm_fail(&why, SM_E_ILLEGAL, "it has %" PRIu64 " leaves, one before it has %" PRIu64, src->at.size, src->before);
			if ((s = outer_found(v, place, src->label, &why)) != SM_OK) {
				return s;
			}
			continue;
		}
		src->before = src->at.size;
		if (src->at.size >= v->tree.size) {
			src->have = true;
			return SM_OK;
		}
	}
	return SM_OK;
}

void sm_verify_set_stop(sm_verify_pass *v)
{
	v->next_stop = UINT64_MAX;
	for (sm_head_place place = 0; place < SM_HEADS; place++) {
		if (v->outer[place].have && v->outer[place].at.size < v->next_stop) {
			v->next_stop = v->outer[place].at.size;
		}
	}
	for (size_t i = 0; i < v->n_origins; i++) {
		const sm_origin *o = &v->origins[i];
		if (o->i < o->n && (uint64_t)o->page[o->i].size < v->next_stop) {
			v->next_stop = (uint64_t)o->page[o->i].size;
		}
	}
}

sm_status sm_verify_heads_begin(sm_verify_pass *v)
{
	v->note = SM_NEW(&v->arena, sm_note, 1);
	sm_status s = v->note != NULL ? sm_verify_logs_begin(v) : SM_E_NOMEM;
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		v->origins[i].after = (int64_t)v->tree.size - 1;
		s = sm_verify_stored_next(v, &v->origins[i]);
	}
	s = s == SM_OK ? sm_verify_outer_next(v, SM_HEAD_HOST) : s;
	s = s == SM_OK ? sm_verify_outer_next(v, SM_HEAD_ANCHOR) : s;
	sm_verify_set_stop(v);
	return s;
}
