/* One row of the journal: its hash and its place in the tree, the columns beside the leaf, and what the leaf means. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

static bool is(sm_bytes column, sm_bytes leaf)
{
	return column.n == leaf.n && column.n > 0 && memcmp(column.p, leaf.p, column.n) == 0;
}

static sm_status check_columns(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf)
{
	const char *column = !is(row->id, leaf->id) ? "id" : !is(row->stream, leaf->run) ? "stream" : row->seq != leaf->seq ? "seq" : NULL;
	if (column == NULL && row->stored_at < 0) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "column", row, "Its column stored_at is no time");
	}
	if (column != NULL) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "column", row, "Its column %s disagrees with the leaf", column);
	}
	bool known;
	sm_status s = sm_verify_origin_is_known(v, leaf->log, &known);
	if (s == SM_OK && !known) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "log", row, "It was written for the log %.*s, which is none of this journal's", (int)leaf->log.n,
			leaf->log.p);
	}
	return s;
}

/* What the event means. */
static sm_status check_meaning(sm_verify_pass *v, sm_verify_row *row)
{
	sm_leaf leaf;
	if (!sm_leaf_read(row->leaf, &leaf)) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "leaf", row, "Its leaf is not of the form that the extension writes");
	}
	uint64_t before = v->r->found;
	sm_status s = check_columns(v, row, &leaf);
	if (s == SM_OK) {
		sm_arena_free(&v->row);
		s = sm_verify_fill_private(v->j, &v->row, row, v->e);
		s = s == SM_OK ? sm_verify_openings(v, row, &leaf) : s;
	}
	/* a row of another stream's would only say again, elsewhere, that it is at the wrong place */
	bool placed = v->r->found == before || (is(row->id, leaf.id) && is(row->stream, leaf.run) && row->seq == leaf.seq);
	return s == SM_OK && placed ? sm_verify_fold(v, row, &leaf) : s;
}

static sm_status check_leaf(sm_verify_pass *v, sm_verify_row *row, bool *readable)
{
	*readable = row->leaf.p != NULL;
	if (*readable) {
		return SM_OK;
	}
	return sm_verify_found(v, SM_VERDICT_INVALID, "leaf", row, "Its leaf has %" PRId64 " bytes; no leaf has more than %d", row->leaf_bytes, SM_MAX_LEAF);
}

static sm_status add_leaf(sm_verify_pass *v, sm_frontier *tree, const sm_hash *hash)
{
	return sm_frontier_add(tree, hash, NULL) == SM_OK ? SM_OK : sm_fail_limit(v->e, "leaves of a log", INT64_MAX, INT64_MAX);
}

/* The stored hash is not what the leaf hashes to, or the leaf was not read: from here on the tree is grown by the stored ones, too.
 *  @param by_leaf   NULL = not read */
static sm_status part(sm_verify_pass *v, const sm_verify_row *row, const sm_hash *by_leaf, sm_hash *by_column)
{
	bool has_column = sm_unhex(by_column->bytes, sizeof by_column->bytes, row->leaf_hash);
	if (!v->split && (by_leaf != NULL || !has_column)) {
		v->by_column = v->tree;
		v->split = true;
	}
	if (by_leaf == NULL) {
		v->lost = v->lost || !has_column;
		return SM_OK;
	}
	if (!has_column) {
		*by_column = *by_leaf;
	}
	return sm_verify_found(v, SM_VERDICT_INVALID, "hash", row, has_column ? "Its leaf does not have the stored hash: one of them was changed"
		: "Its stored hash is not 64 lower-case hex digits");
}

/* Takes the row into the tree: by what its leaf hashes to, and, where that is not the stored hash, on the side by the stored one. */
static sm_status grow(sm_verify_pass *v, const sm_verify_row *row, bool readable)
{
	sm_hash by_leaf, by_column;
	char hex[SM_HASH_HEX_SIZE] = "";
	sm_status s = SM_OK;
	if (readable) {
		sm_hash_leaf(row->leaf, &by_leaf);
		sm_hex(hex, by_leaf.bytes, sizeof by_leaf.bytes);
	}
	if (readable && sm_bytes_eq(row->leaf_hash, (sm_bytes){hex, SM_HASH_HEX_LEN})) {
		by_column = by_leaf;
	} else {
		s = part(v, row, readable ? &by_leaf : NULL, &by_column);
	}
	if (v->lost || s != SM_OK) {
		return s;
	}
	if (v->split && (s = add_leaf(v, &v->by_column, &by_column)) != SM_OK) {
		return s;
	}
	return add_leaf(v, &v->tree, readable ? &by_leaf : &by_column);
}

static sm_status check_pending(sm_verify_pass *v, const sm_verify_row *row, bool readable)
{
	char hex[SM_HASH_HEX_SIZE];
	if (readable) {
		sm_leaf_hash(row->leaf, hex);
	}
	return !readable || sm_bytes_eq(row->leaf_hash, sm_cstr(hex)) ? SM_OK
		: sm_verify_found(v, SM_VERDICT_INVALID, "hash", row, "It has no place yet, and its leaf does not have the stored hash");
}

sm_status sm_verify_take(sm_verify_pass *v, sm_verify_row *row)
{
	bool readable;
	sm_arena_free(&v->row);
	sm_arena large;
	sm_arena_init(&large, v->a);
	sm_status s = sm_verify_fill_leaf(v->j, &large, row, v->e);
	s = s == SM_OK ? check_leaf(v, row, &readable) : s;
	if (s == SM_OK) {
		s = row->index >= 0 ? grow(v, row, readable) : check_pending(v, row, readable);
	}
	if (s == SM_OK && readable && !v->o->tree_only) {
		s = check_meaning(v, row);
	}
	sm_arena_free(&large);
	if (s == SM_OK && row->index >= 0 && !v->lost) {
		s = sm_verify_heads_pass(v);
	}
	return s;
}
