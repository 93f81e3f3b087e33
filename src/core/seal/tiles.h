/* tiles: reading files of an export piece by piece. Private to the group seal. */
#ifndef SM_SEAL_TILES_H
#define SM_SEAL_TILES_H

#include "../export.h"

/* A file that is open, and what of it was read ahead. */
typedef struct sm_reader {
	const sm_files *files;
	void *file;
	char path[SM_TILE_PATH_SIZE];
	size_t at, n;
	uint8_t ahead[8192];
} sm_reader;

/** @return SM_OK (close it), or what `files` gave (nothing is open) */
sm_status sm_reader_open(sm_reader *r, const sm_files *files, const char *path, sm_error *e);
/** Up to n bytes; *got is less only at the end of the file. */
sm_status sm_reader_get(sm_reader *r, void *p, size_t n, size_t *got, sm_error *e);
/** @return SM_OK: the file ends here. SM_E_ILLEGAL: it goes on */
sm_status sm_reader_end(sm_reader *r, sm_error *e);
void sm_reader_close(sm_reader *r);

/** All hashes of a tile. @return SM_OK, SM_E_GAP (too short or missing), SM_E_ILLEGAL (too long), what `files` gave */
sm_status sm_tile_load(sm_reader *r, const sm_files *files, const sm_tile *t, sm_hash *out, sm_error *e);

#endif
