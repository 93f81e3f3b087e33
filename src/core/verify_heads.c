/* Signed heads against the tree, each when the tree has its size; and those that know more than there is. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

/* @param agrees   the tree had this root */
static sm_status compare(sm_verify_pass *v, sm_origin *o, sm_head_place place, const sm_checkpoint *at, sm_bytes label, bool *agrees)
{
	sm_hash root, other;
	*agrees = false;
	if (v->lost) {
		return SM_OK; /* without all leaves there is no root; that they are missing was said */
	}
	sm_frontier_root(&v->tree, &root);
	*agrees = sm_hash_eq(&root, &at->root);
	if (!*agrees && v->split) {
		sm_frontier_root(&v->by_column, &other);
		*agrees = sm_hash_eq(&other, &at->root);
		if (*agrees) {
			v->tree = v->by_column; /* the stored hashes are what was signed, the leaves are not */
		}
	}
	if (*agrees) {
		v->split = false;
		v->agreed = at->size;
		v->r->signed_size = at->size > v->r->signed_size ? at->size : v->r->signed_size;
		return SM_OK;
	}
	if (o->contradicted[place]) {
		v->r->found++;
		return SM_OK;
	}
	o->contradicted[place] = true;
	char given[SM_HASH_HEX_SIZE], made[SM_HASH_HEX_SIZE];
	sm_hex(given, at->root.bytes, sizeof at->root.bytes);
	sm_hex(made, root.bytes, sizeof root.bytes);
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, place == SM_HEAD_ANCHOR ? "anchor" : "head", (int64_t)v->agreed, (int64_t)at->size - 1,
		"%s%s%.*s says that the first %" PRIu64 " leaves of %.*s have the root %s; they have %s", sm_verify_head_name(place), label.n ? ", " : "", sm_verify_shown(label),
		label.n ? label.p : "", at->size, sm_verify_shown(o->name), o->name.p, given, made);
}

static sm_status judge_witnesses(sm_verify_pass *v, const sm_checkpoint *at)
{
	for (size_t i = 0; i < v->o->n_keys; i++) {
		const sm_note_key *key = &v->o->keys[i];
		sm_error why = {{0}, NULL, 0, 0, 0};
		if (key->type != SM_NOTE_COSIGNATURE) {
			continue;
		}
		sm_status s = sm_note_verify(v->note, key, NULL, NULL, &why);
		if (s == SM_OK) {
			v->r->anchors++;
			v->r->anchored_size = at->size > v->r->anchored_size ? at->size : v->r->anchored_size;
		} else if (s != SM_E_STATE) {
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "anchor", -1, -1, "The stored checkpoint of %" PRIu64 " leaves: %s", at->size, why.message);
			if (s != SM_OK) {
				return s;
			}
		}
	}
	return SM_OK;
}

static sm_status judge_stored(sm_verify_pass *v, sm_origin *o)
{
	const sm_stored_head *h = &o->page[o->i];
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_checkpoint at;
	bool agrees;
	if (!o->has_key) {
		return sm_verify_without_key(v, o);
	}
	sm_status s = sm_checkpoint_open(h->note, &o->key, v->note, &at, &why);
	if (s == SM_OK && at.size != (uint64_t)h->size) {
		s = sm_fail(&why, SM_E_ILLEGAL, "it is of %" PRIu64 " leaves", at.size);
	}
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "The checkpoint of %.*s that is stored for %" PRId64
			" leaves is none: %s", sm_verify_shown(o->name), o->name.p, h->size, why.message);
	}
	v->r->checkpoints++;
	s = compare(v, o, SM_HEAD_STORED, &at, (sm_bytes){NULL, 0}, &agrees);
	return s == SM_OK && agrees ? judge_witnesses(v, &at) : s;
}

sm_status sm_verify_heads_pass(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	if (v->tree.size < v->next_stop) {
		return SM_OK;
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		sm_origin *o = &v->origins[i];
		while (s == SM_OK && o->i < o->n && (uint64_t)o->page[o->i].size <= v->tree.size) {
			s = judge_stored(v, o);
			s = s == SM_OK ? sm_verify_stored_next(v, o) : s;
		}
	}
	for (sm_head_place place = 0; place < SM_HEADS; place++) {
		sm_outer_source *src = &v->outer[place];
		while (s == SM_OK && src->have && src->at.size <= v->tree.size) {
			bool agrees;
			*(place == SM_HEAD_ANCHOR ? &v->r->anchors : &v->r->heads) += 1;
			s = compare(v, src->origin, place, &src->at, src->label, &agrees);
			if (agrees && place == SM_HEAD_ANCHOR && src->at.size > v->r->anchored_size) {
				v->r->anchored_size = src->at.size;
			}
			s = s == SM_OK ? sm_verify_outer_next(v, place) : s;
		}
	}
	sm_verify_set_stop(v);
	return s;
}

static sm_status forgets(sm_verify_pass *v, const sm_origin *o, sm_head_place place, uint64_t size)
{
	v->cut = true;
	/* what is gone need not have been the last: nothing behind the head that agreed last is vouched for */
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, place == SM_HEAD_ANCHOR ? "anchor" : "head", (int64_t)v->agreed, (int64_t)size - 1,
		"%s of %.*s knows %" PRIu64 " leaves, the journal has %" PRIu64 ": its end was cut off, or an old state was restored", sm_verify_head_name(place),
		sm_verify_shown(o->name), o->name.p, size, v->r->size);
}

/* A key has a head from its beginning, and gets a stored one by the next tick: whoever was given the key, or reads in the journal that there
 * is one, is not to hear that all is sound where nothing is signed by it. */
static sm_status forgotten(sm_verify_pass *v, const sm_origin *o)
{
	bool said = o->opened_at > 0 && v->now - o->opened_at >= SM_VERIFY_SETTLED_US;
	if ((!o->trusted && !said) || !o->linked || o->outside || o->newest >= 0 || v->o->from != NULL) {
		return SM_OK;
	}
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "head", v->r->size > 0 ? 0 : -1, (int64_t)v->r->size - 1,
		"No signed head of %.*s is left, though %s: its checkpoints were deleted, or nothing here was ever signed with that key", sm_verify_shown(o->name),
		o->name.p, o->trusted ? "its key was given" : "the journal says that it has a key");
}

/* The newest stored checkpoint of when the verification began: newer ones belong to leaves that came meanwhile. */
static sm_status stored_beyond(sm_verify_pass *v, sm_origin *o)
{
	static const char *const columns[] = {"note"};
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_checkpoint at;
	sm_rows rows;
	sm_sql q;
	if (o->newest < 0 || (uint64_t)o->newest <= v->r->size) {
		return SM_OK;
	}
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT note FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE origin=");
	sm_sql_str(&q, o->name);
	sm_sql_text(&q, " AND size=");
	sm_sql_int(&q, o->newest);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
	if (s != SM_OK || rows.n_rows == 0) {
		return s;
	}
	if (!o->has_key) {
		return sm_verify_without_key(v, o);
	}
	if (sm_checkpoint_open(sm_rows_text(&rows, 0, 0, &v->page), &o->key, v->note, &at, &why) != SM_OK || at.size != (uint64_t)o->newest) {
		return sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "The checkpoint of %.*s that is stored for %" PRId64 " leaves is none: %s",
			sm_verify_shown(o->name), o->name.p, o->newest, why.message[0] ? why.message : "it is of another size");
	}
	return forgets(v, o, SM_HEAD_STORED, at.size);
}

static sm_status outer_beyond(sm_verify_pass *v, sm_head_place place)
{
	const sm_outer_source *src = &v->outer[place];
	const sm_origin *o = NULL;
	uint64_t most = 0;
	sm_status s = SM_OK;
	while (s == SM_OK && src->have) {
		o = src->origin;
		most = src->at.size; /* they rise */
		s = sm_verify_outer_next(v, place);
	}
	return s != SM_OK || o == NULL ? s : forgets(v, o, place, most);
}

sm_status sm_verify_heads_end(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		s = forgotten(v, &v->origins[i]);
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		s = stored_beyond(v, &v->origins[i]);
	}
	for (sm_head_place place = 0; s == SM_OK && place < SM_HEADS; place++) {
		s = outer_beyond(v, place);
	}
	return s;
}
