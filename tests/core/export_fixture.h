/* export_fixture: logs of any size, exported into files in memory by a host that fails when it is told to. */
#ifndef TEST_EXPORT_FIXTURE_H
#define TEST_EXPORT_FIXTURE_H

#include "support.h"

#include "export.h"

#define EXPORT_ORIGIN "shop.example/sophmate/8f14e45fceea167a"

typedef struct file {
	char path[SM_TILE_PATH_SIZE];
	uint8_t *p;
	size_t n;
} file;

typedef struct folder {
	file files[700];
	size_t n;
	int opened, closed;
	int calls, fail_at;   /* this call fails, counted from 1 */
	size_t chunk;         /* most bytes that a read gives, 0 = all */
	file *current;
} folder;

void folder_free(folder *d);
file *folder_find(folder *d, const char *path);

sm_status export_sink_open(void *ctx, const char *path, sm_error *e);
sm_status export_sink_write(void *ctx, sm_bytes part, sm_error *e);
sm_status export_sink_close(void *ctx, sm_error *e);
sm_status export_files_open(void *ctx, const char *path, void **out, sm_error *e);
sm_status export_files_read(void *ctx, void *opened, uint8_t *p, size_t cap, size_t *n, sm_error *e);
void export_files_close(void *ctx, void *opened);

sm_note_key export_key(void);
/** Leaf i: one of them is empty, one as long as a leaf may be. @param room   SM_MAX_LEAF + 1 bytes */
sm_bytes export_leaf_of(uint64_t i, char *room);
sm_frontier export_tree_of(uint64_t n);
sm_bytes export_signed_head(sm_arena *arena, const sm_frontier *f);
/** Exports the log of n leaves of which `given` are handed over. */
sm_status export_into(folder *d, sm_bytes note, uint64_t n, uint64_t given, sm_error *e);
folder *exported(uint64_t n);
/** As sm_export_verify, with export_key. @param out   may be NULL */
sm_status export_verify(folder *d, const sm_frontier *from, sm_leaf_fn leaf, void *ctx, sm_verified *out, sm_error *e);

#endif
