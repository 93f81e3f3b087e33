/* Verifies an export as an auditor does: everything that is read is compared, nothing is believed but the log's key. */
#include "tiles.h"

#include "text.h"

#include <inttypes.h>
#include <string.h>

/* What a verification needs at a time, whatever the size of the log. */
typedef struct verifier {
	const sm_files *files;
	sm_leaf_fn leaf;
	void *leaf_ctx;
	sm_verified *out;
	sm_reader entries, tile;
	uint64_t loaded[SM_TILE_LEVELS]; /* index of the tile that is in memory, plus 1 */
	sm_hash tiles[SM_TILE_LEVELS][SM_TILE_WIDTH];
	char bytes[SM_MAX_LEAF];
} verifier;

static sm_status read_checkpoint(verifier *v, sm_arena *arena, const sm_note_key *log, sm_error *e)
{
	sm_buf text;
	size_t got;
	sm_status s = sm_reader_open(&v->entries, v->files, "checkpoint", e);

	if (s != SM_OK) {
		return s;
	}
	sm_buf_init(&text, arena, SM_NOTE_MAX + 1);
	do {
		char part[1024];
		size_t room = SM_NOTE_MAX + 1 - text.n < sizeof(part) ? SM_NOTE_MAX + 1 - text.n : sizeof(part);

		s = sm_reader_get(&v->entries, part, room, &got, e);
		if (s == SM_OK) {
			sm_buf_put(&text, part, got);
			s = text.status;
		}
	} while (s == SM_OK && got != 0);
	sm_reader_close(&v->entries);
	return s == SM_OK ? sm_checkpoint_open(sm_buf_bytes(&text), log, &v->out->note, &v->out->head, e) : s;
}

/* Compares a hash with what the tile of its level says. */
static sm_status compare(verifier *v, int level, const sm_hash *hash, sm_error *e)
{
	const uint64_t number = (v->out->f.size >> (SM_TILE_HEIGHT * level)) - 1;
	const sm_tile t = {level, number / SM_TILE_WIDTH, sm_tile_width(v->out->head.size, level, number / SM_TILE_WIDTH)};
	char path[SM_TILE_PATH_SIZE];

	if (v->loaded[level] != t.index + 1) {
		sm_status s = sm_tile_load(&v->tile, v->files, &t, v->tiles[level], e);

		if (s != SM_OK) {
			return s;
		}
		v->loaded[level] = t.index + 1;
	}
	if (sm_hash_eq(hash, &v->tiles[level][number % SM_TILE_WIDTH])) {
		return SM_OK;
	}
	(void)sm_tile_path(&t, path);
	if (level == 0) {
		return sm_fail(e, SM_E_ILLEGAL, "Leaf %" PRIu64 " is not what %s says at %" PRIu64, number, path, number % SM_TILE_WIDTH);
	}
	return sm_fail(e, SM_E_ILLEGAL, "%s says at %" PRIu64 " another hash than the leaves up to %" PRIu64 " have", path, number % SM_TILE_WIDTH,
		v->out->f.size - 1);
}

static sm_status take(verifier *v, sm_bytes leaf, sm_error *e)
{
	sm_hash hash, complete[SM_TREE_LEVELS];
	sm_status s;

	sm_hash_leaf(leaf, &hash);
	s = sm_frontier_add(&v->out->f, &hash, complete);
	for (int level = 0; s == SM_OK && level < SM_TILE_LEVELS; level++) {
		uint64_t size = v->out->f.size;

		if (size >> (SM_TILE_HEIGHT * level) << (SM_TILE_HEIGHT * level) != size) {
			break;
		}
		s = compare(v, level, &complete[SM_TILE_HEIGHT * level], e);
	}
	if (s != SM_OK) {
		v->out->f.size--; /* the leaf went where no node of the smaller tree is */
		return s;
	}
	return v->leaf != NULL ? v->leaf(v->leaf_ctx, v->out->f.size - 1, leaf, &v->out->f, e) : SM_OK;
}

static sm_status ends_early(const verifier *v, uint64_t index, sm_error *e)
{
	return sm_fail(e, SM_E_GAP, "%s ends before leaf %" PRIu64 " does", v->entries.path, index);
}

/* One entry. */
static sm_status read_leaf(verifier *v, uint64_t index, sm_bytes *leaf, sm_error *e)
{
	uint8_t length[2];
	size_t got;
	sm_status s = sm_reader_get(&v->entries, length, sizeof(length), &got, e);

	if (s != SM_OK || got < sizeof(length)) {
		return s != SM_OK ? s : ends_early(v, index, e);
	}
	*leaf = (sm_bytes){v->bytes, (size_t)length[0] << 8 | length[1]};
	s = sm_reader_get(&v->entries, v->bytes, leaf->n, &got, e);
	return s != SM_OK || got == leaf->n ? s : ends_early(v, index, e);
}

/* The bundle that holds the next leaf; its leaves that were verified before are passed over. */
static sm_status read_bundle(verifier *v, sm_error *e)
{
	const uint64_t index = v->out->f.size / SM_TILE_WIDTH, first = index * SM_TILE_WIDTH;
	const sm_tile t = {SM_TILE_ENTRIES, index, sm_tile_width(v->out->head.size, SM_TILE_ENTRIES, index)};
	char path[SM_TILE_PATH_SIZE];
	sm_status s;

	(void)sm_tile_path(&t, path);
	s = sm_reader_open(&v->entries, v->files, path, e);
	if (s != SM_OK) {
		return s;
	}
	for (uint64_t i = first; s == SM_OK && i < first + t.width; i++) {
		sm_bytes leaf;

		s = read_leaf(v, i, &leaf, e);
		if (s == SM_OK && i == v->out->f.size) {
			s = take(v, leaf, e);
		}
	}
	s = s == SM_OK ? sm_reader_end(&v->entries, e) : s;
	sm_reader_close(&v->entries);
	return s;
}

static sm_status verify(verifier *v, sm_error *e)
{
	sm_verified *out = v->out;
	sm_hash root;
	sm_status s = SM_OK;

	if (out->f.size > out->head.size) {
		return sm_fail(e, SM_E_CONFLICT, "The export has %" PRIu64 " leaves; %" PRIu64 " were verified before", out->head.size, out->f.size);
	}
	while (s == SM_OK && out->f.size < out->head.size) {
		s = read_bundle(v, e);
	}
	if (s != SM_OK) {
		return s;
	}
	sm_frontier_root(&out->f, &root);
	if (!sm_hash_eq(&root, &out->head.root)) {
		return sm_fail(e, SM_E_ILLEGAL, "The %" PRIu64 " leaves have another root than the one that was signed", out->f.size);
	}
	return SM_OK;
}

sm_status sm_export_verify(sm_arena *arena, const sm_files *files, const sm_note_key *log, const sm_frontier *from, sm_leaf_fn leaf,
	void *leaf_ctx, sm_verified *out, sm_error *e)
{
	verifier *v = SM_NEW(arena, verifier, 1);
	sm_frontier start;
	sm_status s;

	sm_frontier_init(&start);
	start = from != NULL ? *from : start;
	sm_frontier_init(&out->f);
	if (v == NULL) {
		return SM_E_NOMEM;
	}
	v->files = files;
	v->leaf = leaf;
	v->leaf_ctx = leaf_ctx;
	v->out = out;
	s = read_checkpoint(v, arena, log, e);
	if (s != SM_OK) {
		return s;
	}
	out->f = start;
	return verify(v, e);
}
