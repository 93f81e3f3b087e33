/* Writes a log as tiles while its leaves go by. */
#include "../export.h"

#include <inttypes.h>
#include <string.h>

void sm_export_begin(sm_export *x, const sm_sink *sink, sm_bytes note, const sm_checkpoint *head)
{
	x->sink = *sink;
	x->note = note;
	x->head = *head;
	x->open = x->failed = false;
	sm_frontier_init(&x->f);
}

/* Every error ends here: the open file is given up. */
static sm_status fail(sm_export *x, sm_status s)
{
	if (s != SM_OK) {
		if (x->open) {
			x->open = false;
			(void)x->sink.close(x->sink.ctx, NULL);
		}
		x->failed = true;
	}
	return s;
}

static sm_status open_file(sm_export *x, const char *path, sm_error *e)
{
	sm_status s = x->sink.open(x->sink.ctx, path, e);

	x->open = s == SM_OK;
	return s;
}

static sm_status close_file(sm_export *x, sm_error *e)
{
	x->open = false;
	return x->sink.close(x->sink.ctx, e);
}

static sm_status put_file(sm_export *x, const char *path, sm_bytes content, sm_error *e)
{
	sm_status s = open_file(x, path, e);

	s = s == SM_OK ? x->sink.write(x->sink.ctx, content, e) : s;
	return s == SM_OK ? close_file(x, e) : s;
}

/* The tile of this level that ends with hash number `hashes` of the level. */
static sm_status put_tile(sm_export *x, int level, uint64_t hashes, sm_error *e)
{
	const unsigned part = (unsigned)(hashes % SM_TILE_WIDTH);
	const sm_tile t = {level, (hashes - 1) / SM_TILE_WIDTH, part == 0 ? SM_TILE_WIDTH : part};
	char path[SM_TILE_PATH_SIZE];

	(void)sm_tile_path(&t, path);
	return put_file(x, path, (sm_bytes){(const char *)x->tiles[level], t.width * sizeof(sm_hash)}, e);
}

static sm_status open_bundle(sm_export *x, sm_error *e)
{
	uint64_t index = x->f.size / SM_TILE_WIDTH;
	const sm_tile t = {SM_TILE_ENTRIES, index, sm_tile_width(x->head.size, SM_TILE_ENTRIES, index)};
	char path[SM_TILE_PATH_SIZE];

	(void)sm_tile_path(&t, path);
	return open_file(x, path, e);
}

/* Hashes of the leaf and of the subtrees that it completes go into their tiles; a full tile leaves. */
static sm_status put_hashes(sm_export *x, sm_bytes leaf, sm_error *e)
{
	sm_hash hash, complete[SM_TREE_LEVELS];
	sm_status s;

	sm_hash_leaf(leaf, &hash);
	s = sm_frontier_add(&x->f, &hash, complete);
	if (s == SM_OK && (x->f.size % SM_TILE_WIDTH == 0 || x->f.size == x->head.size)) {
		s = close_file(x, e);
	}
	for (int level = 0; s == SM_OK && level < SM_TILE_LEVELS; level++) {
		uint64_t hashes = x->f.size >> (SM_TILE_HEIGHT * level);

		if (hashes << (SM_TILE_HEIGHT * level) != x->f.size) {
			break;
		}
		x->tiles[level][(hashes - 1) % SM_TILE_WIDTH] = complete[SM_TILE_HEIGHT * level];
		s = hashes % SM_TILE_WIDTH == 0 ? put_tile(x, level, hashes, e) : SM_OK;
	}
	return s;
}

sm_status sm_export_leaf(sm_export *x, sm_bytes leaf, sm_error *e)
{
	const uint8_t length[2] = {(uint8_t)(leaf.n >> 8), (uint8_t)leaf.n};
	sm_status s = SM_OK;

	if (x->failed) {
		return sm_fail(e, SM_E_STATE, "The export failed before");
	}
	if (x->f.size >= x->head.size) {
		return fail(x, sm_fail(e, SM_E_STATE, "The checkpoint has %" PRIu64 " leaves, and no more", x->head.size));
	}
	if (leaf.n > SM_MAX_LEAF) {
		return fail(x, sm_fail_limit(e, "bytes of a leaf", SM_MAX_LEAF, (int64_t)leaf.n));
	}
	if (x->f.size % SM_TILE_WIDTH == 0) {
		s = open_bundle(x, e);
	}
	s = s == SM_OK ? x->sink.write(x->sink.ctx, (sm_bytes){(const char *)length, sizeof(length)}, e) : s;
	s = s == SM_OK ? x->sink.write(x->sink.ctx, leaf, e) : s;
	return fail(x, s == SM_OK ? put_hashes(x, leaf, e) : s);
}

sm_status sm_export_end(sm_export *x, sm_error *e)
{
	sm_status s = SM_OK;
	sm_hash root;

	if (x->failed) {
		return sm_fail(e, SM_E_STATE, "The export failed before");
	}
	if (x->f.size != x->head.size) {
		return fail(x, sm_fail(e, SM_E_GAP, "The checkpoint has %" PRIu64 " leaves, the export ends after %" PRIu64, x->head.size, x->f.size));
	}
	sm_frontier_root(&x->f, &root);
	if (!sm_hash_eq(&root, &x->head.root)) {
		return fail(x, sm_fail(e, SM_E_CONFLICT, "The %" PRIu64 " leaves are not those of the checkpoint: they have another root", x->f.size));
	}
	for (int level = 0; s == SM_OK && level < SM_TILE_LEVELS; level++) {
		uint64_t hashes = x->f.size >> (SM_TILE_HEIGHT * level);

		s = hashes % SM_TILE_WIDTH != 0 ? put_tile(x, level, hashes, e) : SM_OK;
	}
	s = s == SM_OK ? put_file(x, "checkpoint", x->note, e) : s;
	x->failed = true; /* over: nothing more is taken */
	return fail(x, s);
}
