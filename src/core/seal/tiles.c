/* Where tiles lie, how wide they are, and how they are read. */
#include "tiles.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const uint64_t INDEX_MAX = INT64_MAX >> SM_TILE_HEIGHT;

/* ---- paths ---- */

bool sm_tile_path(const sm_tile *t, char out[SM_TILE_PATH_SIZE])
{
	char groups[40] = "", level[12] = "entries", partial[12] = "";
	size_t at = sizeof(groups) - 1;
	uint64_t rest = t->index;

	out[0] = '\0';
	if (t->level < SM_TILE_ENTRIES || t->level >= SM_TILE_LEVELS || t->index > INDEX_MAX || t->width < 1 || t->width > SM_TILE_WIDTH) {
		return false;
	}
	do {
		unsigned group = (unsigned)(rest % 1000);

		/* From the right; all but the last group begin with an x. */
		at -= at == sizeof(groups) - 1 ? 3 : 5;
		groups[at] = 'x';
		memcpy(groups + at + (at == sizeof(groups) - 4 ? 0 : 1),
			(const char[3]){(char)('0' + group / 100), (char)('0' + group / 10 % 10), (char)('0' + group % 10)}, 3);
		if (at != sizeof(groups) - 4) {
			groups[at + 4] = '/';
		}
		rest /= 1000;
	} while (rest != 0);
	if (t->level != SM_TILE_ENTRIES) {
		snprintf(level, sizeof(level), "%d", t->level);
	}
	if (t->width < SM_TILE_WIDTH) {
		snprintf(partial, sizeof(partial), ".p/%u", t->width);
	}
	snprintf(out, SM_TILE_PATH_SIZE, "tile/%s/%s%s", level, groups + at, partial);
	return true;
}

/* What stands before the next '/', which is taken too; all when there is none. */
static sm_bytes element(sm_bytes *rest)
{
	const char *slash = rest->n == 0 ? NULL : memchr(rest->p, '/', rest->n);
	sm_bytes out = {rest->p, slash == NULL ? rest->n : (size_t)(slash - rest->p)};

	*rest = sm_text_skip(*rest, out.n + (slash != NULL));
	return out;
}

/* A reader that takes what could be a path, and then asks whether it is the path. */
sm_status sm_tile_path_read(sm_bytes path, sm_tile *out, sm_error *e)
{
	sm_tile t = {.level = SM_TILE_ENTRIES, .width = SM_TILE_WIDTH};
	sm_bytes rest = path, part = element(&rest);
	uint64_t number;
	char again[SM_TILE_PATH_SIZE];
	bool good = path.n < SM_TILE_PATH_SIZE && sm_bytes_eq(part, SM_STR("tile"));

	part = element(&rest);
	if (!sm_bytes_eq(part, SM_STR("entries"))) {
		good = good && sm_text_decimal(part, &number) && number < SM_TILE_LEVELS;
		t.level = good ? (int)number : 0;
	}
	while (good && rest.n != 0) {
		part = element(&rest);
		part = part.n == 4 ? sm_text_skip(part, 1) : part;
		if (part.n < 3) {
			good = false;
			break;
		}
		for (size_t i = 0; i < 3; i++) {
			good = good && part.p[i] >= '0' && part.p[i] <= '9';
			t.index = t.index * 10 + (uint64_t)(part.p[i] - '0');
		}
		good = good && t.index <= INDEX_MAX;
		if (part.n == 5) {
			good = good && sm_text_decimal(rest, &number) && number < SM_TILE_WIDTH;
			t.width = good ? (unsigned)number : 0;
			break;
		}
	}
	if (!good || !sm_tile_path(&t, again) || !sm_bytes_eq(path, sm_cstr(again))) {
		return sm_fail(e, SM_E_SYNTAX, "\"%.*s\" is not the path of a tile: tile/LEVEL/INDEX, its index in groups as x001/x234/067, .p/WIDTH below 256",
			path.n > SM_TILE_PATH_SIZE ? SM_TILE_PATH_SIZE : (int)path.n, path.n == 0 ? "" : path.p);
	}
	*out = t;
	return SM_OK;
}

unsigned sm_tile_width(uint64_t size, int level, uint64_t index)
{
	if (level < SM_TILE_ENTRIES || level >= SM_TILE_LEVELS || index > INDEX_MAX) {
		return 0;
	}

	uint64_t hashes = size >> (SM_TILE_HEIGHT * (level < 0 ? 0 : level)), before = index * SM_TILE_WIDTH;

	return hashes <= before ? 0 : hashes - before < SM_TILE_WIDTH ? (unsigned)(hashes - before) : SM_TILE_WIDTH;
}

/* ---- reading ---- */

sm_status sm_reader_open(sm_reader *r, const sm_files *files, const char *path, sm_error *e)
{
	r->files = files;
	r->at = r->n = 0;
	snprintf(r->path, sizeof(r->path), "%s", path);
	return files->open(files->ctx, path, &r->file, e);
}

sm_status sm_reader_get(sm_reader *r, void *p, size_t n, size_t *got, sm_error *e)
{
	*got = 0;
	while (*got < n) {
		if (r->at == r->n) {
			size_t more = 0;
			sm_status s = r->files->read(r->files->ctx, r->file, r->ahead, sizeof(r->ahead), &more, e);

			if (s != SM_OK) {
				return s;
			}
			if (more > sizeof(r->ahead)) {
				return sm_fail(e, SM_E_ARGUMENT, "A read of %s gave %zu bytes, asked for %zu", r->path, more, sizeof(r->ahead));
			}
			r->at = 0;
			r->n = more;
			if (more == 0) {
				break;
			}
		}

		size_t part = r->n - r->at < n - *got ? r->n - r->at : n - *got;

		memcpy((uint8_t *)p + *got, r->ahead + r->at, part);
		r->at += part;
		*got += part;
	}
	return SM_OK;
}

sm_status sm_reader_end(sm_reader *r, sm_error *e)
{
	uint8_t more;
	size_t got;
	sm_status s = sm_reader_get(r, &more, 1, &got, e);

	return s != SM_OK || got == 0 ? s : sm_fail(e, SM_E_ILLEGAL, "%s goes on after its last entry", r->path);
}

void sm_reader_close(sm_reader *r)
{
	r->files->close(r->files->ctx, r->file);
}

sm_status sm_tile_load(sm_reader *r, const sm_files *files, const sm_tile *t, sm_hash *out, sm_error *e)
{
	char path[SM_TILE_PATH_SIZE];
	size_t got, n = t->width * sizeof(sm_hash);

	(void)sm_tile_path(t, path);

	sm_status s = sm_reader_open(r, files, path, e);

	if (s != SM_OK) {
		return s;
	}
	s = sm_reader_get(r, out, n, &got, e);
	if (s == SM_OK && got < n) {
		s = sm_fail(e, SM_E_GAP, "%s has %zu bytes, %zu are missing", path, got, n - got);
	}
	s = s == SM_OK ? sm_reader_end(r, e) : s;
	sm_reader_close(r);
	return s;
}

sm_status sm_tiles_read(void *tiles, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	const sm_tiles *t = tiles;
	sm_reader r;
	sm_hash hashes[SM_TILE_WIDTH];

	while (n > 0) {
		uint64_t index = first / SM_TILE_WIDTH;
		unsigned from = (unsigned)(first % SM_TILE_WIDTH), width = sm_tile_width(t->size, (int)level, index);

		if (width <= from) {
			return sm_fail(e, SM_E_ARGUMENT, "A tree of %" PRIu64 " leaves has no hash %" PRIu64 " at level %u", t->size, first, level);
		}

		const sm_tile tile = {(int)level, index, width};
		size_t part = width - from < n ? width - from : n;
		sm_status s = sm_tile_load(&r, &t->files, &tile, hashes, e);

		if (s != SM_OK) {
			return s;
		}
		memcpy(out, hashes + from, part * sizeof(sm_hash));
		out += part;
		first += part;
		n -= part;
	}
	return SM_OK;
}
