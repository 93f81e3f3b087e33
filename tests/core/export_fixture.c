#include "export_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fails(folder *d)
{
	return ++d->calls == d->fail_at;
}

sm_status export_sink_open(void *ctx, const char *path, sm_error *e)
{
	folder *d = ctx;

	if (fails(d)) {
		return sm_fail(e, SM_E_STORE, "disk full");
	}
	assert_int_equal(d->opened, d->closed);
	assert_true(d->n < sizeof(d->files) / sizeof(d->files[0]));
	d->opened++;
	d->current = &d->files[d->n++];
	*d->current = (file){.p = NULL};
	snprintf(d->current->path, sizeof(d->current->path), "%s", path);
	return SM_OK;
}

sm_status export_sink_write(void *ctx, sm_bytes part, sm_error *e)
{
	folder *d = ctx;
	file *f = d->current;

	if (fails(d)) {
		return sm_fail(e, SM_E_STORE, "disk full");
	}
	assert_int_equal(d->opened, d->closed + 1);
	f->p = realloc(f->p, f->n + part.n + 1);
	if (part.n != 0) {
		memcpy(f->p + f->n, part.p, part.n);
	}
	f->n += part.n;
	return SM_OK;
}

sm_status export_sink_close(void *ctx, sm_error *e)
{
	folder *d = ctx;

	assert_int_equal(d->opened, ++d->closed);
	return fails(d) ? sm_fail(e, SM_E_STORE, "disk full") : SM_OK;
}

file *folder_find(folder *d, const char *path)
{
	for (size_t i = 0; i < d->n; i++) {
		if (strcmp(d->files[i].path, path) == 0) {
			return &d->files[i];
		}
	}
	return NULL;
}

/* A file that is read. */
typedef struct reading {
	file *f;
	size_t at;
} reading;

sm_status export_files_open(void *ctx, const char *path, void **out, sm_error *e)
{
	folder *d = ctx;
	reading *r = calloc(1, sizeof(*r));

	r->f = folder_find(d, path);
	*out = r;
	if (fails(d) || r->f == NULL) {
		bool there = r->f != NULL;

		free(r);
		return there ? sm_fail(e, SM_E_STORE, "unreadable") : sm_fail(e, SM_E_GAP, "%s is not there", path);
	}
	d->opened++;
	assert_in_range(d->opened - d->closed, 1, 2);
	return SM_OK;
}

sm_status export_files_read(void *ctx, void *opened, uint8_t *p, size_t cap, size_t *n, sm_error *e)
{
	folder *d = ctx;
	reading *r = opened;
	size_t part = r->f->n - r->at < cap ? r->f->n - r->at : cap;

	if (fails(d)) {
		return sm_fail(e, SM_E_STORE, "unreadable");
	}
	part = d->chunk != 0 && part > d->chunk ? d->chunk : part;
	if (part != 0) {
		memcpy(p, r->f->p + r->at, part);
	}
	r->at += part;
	*n = part;
	return SM_OK;
}

void export_files_close(void *ctx, void *opened)
{
	folder *d = ctx;

	free(opened);
	d->closed++;
}

void folder_free(folder *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->files[i].p);
	}
	free(d);
}

/* ---- logs ---- */

static const uint8_t SEED[SM_LOG_SEED_LEN] = {7};

sm_note_key export_key(void)
{
	uint8_t public[32];
	sm_note_key key;

	sm_log_public_key(SEED, public);
	assert_int_equal(sm_note_key_init(&key, SM_STR(EXPORT_ORIGIN), SM_NOTE_ED25519, public, NULL), SM_OK);
	return key;
}

sm_bytes export_leaf_of(uint64_t i, char *room)
{
	size_t n = (size_t)snprintf(room, 64, "{\"seq\":%llu}", (unsigned long long)i);

	if (i == 5) {
		n = 0;
	} else if (i == 300) {
		memset(room, 'x', SM_MAX_LEAF);
		n = SM_MAX_LEAF;
	} else if (i % 7 == 0) {
		memset(room + n, ' ', 20);
		n += 20;
	}
	return (sm_bytes){room, n};
}

sm_frontier export_tree_of(uint64_t n)
{
	static char room[SM_MAX_LEAF + 1];
	sm_frontier f;

	sm_frontier_init(&f);
	for (uint64_t i = 0; i < n; i++) {
		assert_int_equal(sm_frontier_take(&f, i, export_leaf_of(i, room), (sm_bytes){NULL, 0}, NULL), SM_OK);
	}
	return f;
}

sm_bytes export_signed_head(sm_arena *arena, const sm_frontier *f)
{
	const sm_note_key key = export_key();
	const sm_head none[SM_HEADS] = {{.known = false}};
	sm_sign_verdict verdict;
	sm_buf b;

	sm_buf_init(&b, arena, 4096);
	assert_int_equal(sm_checkpoint_sign(&b, &key, SEED, f, none, &verdict, NULL), SM_OK);
	return sm_buf_bytes(&b);
}

sm_status export_into(folder *d, sm_bytes note, uint64_t n, uint64_t given, sm_error *e)
{
	const sm_sink sink = {export_sink_open, export_sink_write, export_sink_close, d};
	const sm_note_key key = export_key();
	sm_export *x = malloc(sizeof(*x));
	char *room = malloc(SM_MAX_LEAF + 1);
	sm_note read;
	sm_checkpoint head;
	sm_status s = SM_OK;

	assert_int_equal(sm_checkpoint_open(note, &key, &read, &head, e), SM_OK);
	assert_int_equal(head.size, n);
	sm_export_begin(x, &sink, note, &head);
	for (uint64_t i = 0; s == SM_OK && i < given; i++) {
		s = sm_export_leaf(x, export_leaf_of(i, room), e);
	}
	if (s == SM_OK) {
		s = sm_export_end(x, e);
	} else {
		sm_error later;

		assert_int_equal(sm_export_leaf(x, SM_STR("x"), &later), SM_E_STATE);
		assert_int_equal(sm_export_end(x, &later), SM_E_STATE);
		assert_string_equal(later.message, "The export failed before");
	}
	assert_int_equal(d->opened, d->closed);
	free(room);
	free(x);
	return s;
}

folder *exported(uint64_t n)
{
	folder *d = calloc(1, sizeof(*d));
	sm_arena arena;
	sm_error e;
	sm_frontier f = export_tree_of(n);

	sm_arena_init(&arena, &sm_alloc_default);
	if (export_into(d, export_signed_head(&arena, &f), n, n, &e) != SM_OK) {
		fail_msg("%s", e.message);
	}
	sm_arena_free(&arena);
	return d;
}

sm_status export_verify(folder *d, const sm_frontier *from, sm_leaf_fn leaf, void *ctx, sm_verified *out, sm_error *e)
{
	const sm_note_key key = export_key();
	const sm_files files = {export_files_open, export_files_read, export_files_close, d};
	sm_arena arena;
	sm_verified mine;

	sm_arena_init(&arena, &sm_alloc_default);
	d->calls = 0;
	sm_status s = sm_export_verify(&arena, &files, &key, from, leaf, ctx, out != NULL ? out : &mine, e);

	assert_int_equal(d->opened, d->closed);
	sm_arena_free(&arena);
	return s;
}
