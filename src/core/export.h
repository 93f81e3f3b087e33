/* export: a whole log as files (C2SP tlog-tiles, FORMATS "Export"): written and verified leaf by leaf, in memory that does not grow
 * with the log. Part of the group seal. Uses base, canon's limits, merkle, note, checkpoint. The files themselves are the host's.
 *
 *   checkpoint                     the signed note
 *   tile/<L>/<N>[.p/<W>]           hashes: W of them, or 256
 *   tile/entries/<N>[.p/<W>]       leaves: each a uint16 big-endian length and its bytes */
#ifndef SM_EXPORT_H
#define SM_EXPORT_H

#include "canon.h"
#include "checkpoint.h"

enum {
	SM_TILE_LEVELS = 8,    /* of a tree of SM_TREE_SIZE_MAX leaves */
	SM_TILE_ENTRIES = -1,  /* as a level: the bundles of leaves beside the tiles of level 0 */
	SM_TILE_PATH_SIZE = 64
};

typedef struct sm_tile {
	int level;      /* 0 to 7, or SM_TILE_ENTRIES */
	uint64_t index; /* of its level, below 2^55 */
	unsigned width; /* 1 to 256; less than 256 = a partial tile */
} sm_tile;

/** "tile/0/x001/x234/067", "tile/entries/000.p/17".
 *  @return false when the tile is outside of its ranges; out is then "" */
bool sm_tile_path(const sm_tile *t, char out[SM_TILE_PATH_SIZE]);
/** Strict: every tile has one path. @return SM_OK, SM_E_SYNTAX */
sm_status sm_tile_path_read(sm_bytes path, sm_tile *out, sm_error *e);
/** How many hashes or leaves that tile holds in a tree of this size: 0 to 256; 0 = there is no such tile. */
unsigned sm_tile_width(uint64_t size, int level, uint64_t index);

/* ---- writing ---- */

/* Takes files one after the other. */
typedef struct sm_sink {
	sm_status (*open)(void *ctx, const char *path, sm_error *e); /* relative, with '/'; makes folders as needed */
	sm_status (*write)(void *ctx, sm_bytes part, sm_error *e);
	sm_status (*close)(void *ctx, sm_error *e); /* also after an error, then with e = NULL: the file is not whole */
	void *ctx;
} sm_sink;

/* 66 KiB: allocate it. */
typedef struct sm_export {
	sm_sink sink;
	sm_bytes note;
	sm_checkpoint head;
	sm_frontier f; /* of the leaves so far */
	bool open, failed;
	sm_hash tiles[SM_TILE_LEVELS][SM_TILE_WIDTH];
} sm_export;

/** @param note   the signed checkpoint, verbatim; borrowed until the end
 *  @param head   what sm_checkpoint_open made of it; origin borrowed */
void sm_export_begin(sm_export *x, const sm_sink *sink, sm_bytes note, const sm_checkpoint *head);
/** The next leaf, from index 0 on.
 *  @return SM_OK; SM_E_LIMIT (over SM_MAX_LEAF bytes); SM_E_STATE (the checkpoint has no more leaves, or an earlier call failed); what
 *          the sink gave. After an error no file is open and nothing more is taken */
sm_status sm_export_leaf(sm_export *x, sm_bytes leaf, sm_error *e);
/** The partial tiles and, last of all, `checkpoint`: an export that was broken off has none.
 *  @return SM_OK; SM_E_GAP (leaves are missing); SM_E_CONFLICT (the leaves are not those that were signed); as sm_export_leaf */
sm_status sm_export_end(sm_export *x, sm_error *e);

/* ---- reading ---- */

/* Gives files; at most two are open at a time. */
typedef struct sm_files {
	/** @param file   what read and close are called with
	 *  @return SM_OK, SM_E_GAP (there is no such file), any error */
	sm_status (*open)(void *ctx, const char *path, void **file, sm_error *e);
	/** @param n   bytes given, 1 to cap; 0 = the end */
	sm_status (*read)(void *ctx, void *file, uint8_t *p, size_t cap, size_t *n, sm_error *e);
	void (*close)(void *ctx, void *file);
	void *ctx;
} sm_files;

/** Told of each leaf once its hash agrees with its tile.
 *  @param after   the tree with this leaf: for sm_heads_watch, progress, and a state to resume from
 *  @return SM_OK, or what ends the verification */
typedef sm_status (*sm_leaf_fn)(void *ctx, uint64_t index, sm_bytes leaf, const sm_frontier *after, sm_error *e);

typedef struct sm_verified {
	sm_note note;       /* borrows from the arena */
	sm_checkpoint head;
	sm_frontier f;      /* all that was verified, also after an error */
} sm_verified;

/** Verifies an export: the checkpoint's signature, each leaf against its tile, each tile against those below it, the root.
 *  Takes about 150 KiB and the checkpoint's text from the arena, at any size of the log.
 *  @param from   what was verified before (of this log): its leaves are not hashed again; NULL = all. A frontier whose root was
 *                compared with a signed one: sm_head_file_read. May be &out->f
 *  @param leaf   may be NULL
 *  @return SM_OK; as sm_checkpoint_open; SM_E_GAP: a file is missing or too short; SM_E_ILLEGAL: a leaf or a tile is not what was
 *          signed, e names the first position; SM_E_CONFLICT: `from` has more leaves; SM_E_LIMIT, SM_E_NOMEM; what `files` or `leaf` gave */
sm_status sm_export_verify(sm_arena *arena, const sm_files *files, const sm_note_key *log, const sm_frontier *from, sm_leaf_fn leaf,
	void *leaf_ctx, sm_verified *out, sm_error *e);

/* Tiles as a source of hashes for proofs: {sm_tiles_read, SM_TILE_LEVELS, &tiles}. Believes the tiles; a proof made of wrong ones does
 * not verify. */
typedef struct sm_tiles {
	sm_files files;
	uint64_t size; /* of the tree that the files are of */
} sm_tiles;
sm_status sm_tiles_read(void *tiles, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e);

#endif
