/* Exports: contents of all files, verification of every size at the borders of tiles, tampering, faults of the host. */
#include "export_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct told {
	uint64_t next, stop_at;
	sm_hash roots[4]; /* of sizes that are asked for */
} told;

static sm_status tell(void *ctx, uint64_t index, sm_bytes leaf, const sm_frontier *after, sm_error *e)
{
	told *t = ctx;
	char *room = malloc(SM_MAX_LEAF + 1);
	sm_bytes expected = export_leaf_of(index, room);

	assert_int_equal(index, t->next++);
	assert_int_equal(after->size, index + 1);
	assert_true(sm_bytes_eq(leaf, expected));
	free(room);
	return index == t->stop_at ? sm_fail(e, SM_E_ABORTED, "stop") : SM_OK;
}

static void an_export_has_the_files_of_the_text_and_verifies(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 1000, 65535, 65536, 65537, 70000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const uint64_t n = sizes[i];
		folder *d = exported(n);
		size_t expected = 1;
		sm_error e;

		for (int level = SM_TILE_ENTRIES; level < 3; level++) {
			for (uint64_t index = 0; sm_tile_width(n, level, index) != 0; index++, expected++) {
				const sm_tile t = {level, index, sm_tile_width(n, level, index)};
				char path[SM_TILE_PATH_SIZE];

				assert_true(sm_tile_path(&t, path));
				file *f = folder_find(d, path);

				if (f == NULL) {
					fail_msg("%s of %d leaves is missing", path, (int)n);
				}
				if (level >= 0) {
					assert_int_equal(f->n, t.width * 32);
				}
			}
		}
		assert_int_equal(d->n, expected);
		assert_string_equal(d->files[d->n - 1].path, "checkpoint");
		told t = {.stop_at = UINT64_MAX};
		sm_verified v;

		d->chunk = i % 2 == 0 ? 0 : 1000;
		d->opened = d->closed = 0;
		if (export_verify(d, NULL, tell, &t, &v, &e) != SM_OK) {
			fail_msg("%d leaves: %s", (int)n, e.message);
		}
		assert_int_equal(t.next, n);
		assert_int_equal(v.f.size, n);
		assert_int_equal(d->opened, d->n); /* each file is read once */
		folder_free(d);
	}
}

static void tiles_hold_the_hashes_of_the_leaves_and_make_proofs(void **state)
{
	enum { N = 66000 };
	folder *d = exported(N);
	sm_tiles tiles = {{export_files_open, export_files_read, export_files_close, d}, N};
	const sm_hash_source src = {sm_tiles_read, SM_TILE_LEVELS, &tiles};
	sm_frontier whole = export_tree_of(N), part = export_tree_of(513);
	sm_hash root, got, leaf, old;
	static const uint64_t indexes[] = {0, 1, 5, 255, 256, 65535, 65536, N - 1};
	char *room = malloc(SM_MAX_LEAF + 1);
	sm_proof p;
	sm_error e;

	sm_frontier_root(&whole, &root);
	sm_frontier_root(&part, &old);
	assert_int_equal(sm_tree_root(&src, N, &got, &e), SM_OK);
	assert_true(sm_hash_eq(&root, &got));
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
		d->opened = d->closed = 0;
		assert_int_equal(sm_inclusion_prove(&src, indexes[i], N, &p, &e), SM_OK);
		assert_in_range(d->opened, 1, 40);
		sm_hash_leaf(export_leaf_of(indexes[i], room), &leaf);
		assert_int_equal(sm_inclusion_verify(indexes[i], N, &leaf, p.hashes, p.n, &root, &e), SM_OK);
	}
	assert_int_equal(sm_consistency_prove(&src, NULL, 513, N, &p, &e), SM_OK);
	assert_int_equal(sm_consistency_verify(513, N, &old, &root, p.hashes, p.n, &e), SM_OK);
	/* Over the border of two tiles, and out of the tree. */
	sm_hash some[4];

	assert_int_equal(sm_tiles_read(&tiles, 0, 254, 4, some, &e), SM_OK);
	for (uint64_t i = 0; i < 4; i++) {
		sm_hash_leaf(export_leaf_of(254 + i, room), &leaf);
		assert_true(sm_hash_eq(&leaf, &some[i]));
	}
	assert_int_equal(sm_tiles_read(&tiles, 0, N - 1, 2, some, &e), SM_E_ARGUMENT);
	assert_int_equal(sm_tiles_read(&tiles, 3, 0, 1, some, &e), SM_E_ARGUMENT);
	tiles.size = N + 1;
	assert_int_equal(sm_tiles_read(&tiles, 0, N, 1, some, &e), SM_E_GAP);
	folder_free(d);
	free(room);
}

static void verification_resumes_anywhere(void **state)
{
	enum { N = 600 };
	folder *d = exported(N);
	sm_error e;

	for (uint64_t n = 0; n <= N; n += n < 3 || n > N - 4 || n % 256 > 252 || n % 256 < 3 ? 1 : 11) {
		sm_frontier from = export_tree_of(n);
		told t = {.next = n, .stop_at = UINT64_MAX};
		sm_verified v;

		assert_int_equal(export_verify(d, &from, tell, &t, &v, &e), SM_OK);
		assert_int_equal(t.next, N);
		/* One that was verified of another history is noticed. */
		if (n > 0) {
			from.nodes[0].bytes[3] ^= 1;
			from.nodes[9].bytes[3] ^= 1;
			for (unsigned l = 0; l < 10; l++) {
				from.nodes[l].bytes[0] ^= 1;
			}
			assert_int_equal(export_verify(d, &from, NULL, NULL, &v, &e), SM_E_ILLEGAL);
		}
	}
	sm_frontier more = export_tree_of(N + 1);

	assert_int_equal(export_verify(d, &more, NULL, NULL, NULL, &e), SM_E_CONFLICT);
	assert_string_equal(e.message, "The export has 600 leaves; 601 were verified before");
	/* What the leaf's callback says ends it, and what was verified so far is known. */
	told t = {.stop_at = 400};
	sm_verified v;

	assert_int_equal(export_verify(d, NULL, tell, &t, &v, &e), SM_E_ABORTED);
	assert_string_equal(e.message, "stop");
	assert_int_equal(v.f.size, 401);
	t = (told){.next = 401, .stop_at = UINT64_MAX};
	assert_int_equal(export_verify(d, &v.f, tell, &t, &v, &e), SM_OK);
	folder_free(d);
}

static void every_flipped_bit_of_a_small_log_is_seen_at_its_place(void **state)
{
	enum { N = 20 };
	folder *d = exported(N);
	sm_error e;
	sm_verified v;

	for (size_t i = 0; i < d->n; i++) {
		file *f = &d->files[i];

		for (size_t bit = 0; bit < f->n * 8; bit++) {
			f->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			sm_status s = export_verify(d, NULL, NULL, NULL, &v, &e);

			if (s == SM_OK) {
				fail_msg("bit %zu of %s", bit, f->path);
			}
			f->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (strcmp(f->path, "tile/0/000.p/20") == 0) {
				/* The wrong hash is that of this very leaf. */
				char expected[80];

				snprintf(expected, sizeof(expected), "Leaf %zu is not what tile/0/000.p/20 says at %zu", bit / 256, bit / 256);
				assert_int_equal(s, SM_E_ILLEGAL);
				assert_string_equal(e.message, expected);
				assert_int_equal(v.f.size, bit / 256);
			}
		}
	}
	assert_int_equal(export_verify(d, NULL, NULL, NULL, &v, &e), SM_OK);
	folder_free(d);
}

static void a_file_that_is_missing_cut_or_too_long_is_named(void **state)
{
	folder *d = exported(66000);
	sm_error e;

	for (size_t i = 0; i < d->n; i += i < 5 || i + 10 > d->n ? 1 : 37) {
		file *f = &d->files[i], was = *f;

		snprintf(f->path, sizeof(f->path), "gone");
		assert_int_equal(export_verify(d, NULL, NULL, NULL, NULL, &e), SM_E_GAP);
		assert_non_null(strstr(e.message, was.path));
		*f = was;
		f->n--;
		sm_status s = export_verify(d, NULL, NULL, NULL, NULL, &e);
		bool head = strcmp(f->path, "checkpoint") == 0;

		assert_int_equal(s, head ? SM_E_SYNTAX : SM_E_GAP);
		assert_true(head || strstr(e.message, was.path) != NULL);
		f->p = realloc(f->p, was.n + 1);
		f->p[was.n] = 'x';
		f->n = was.n + 1;
		assert_int_equal(export_verify(d, NULL, NULL, NULL, NULL, &e), head ? SM_E_SYNTAX : SM_E_ILLEGAL);
		assert_true(head || strstr(e.message, was.path) != NULL);
		f->n = was.n;
	}
	/* A hash of a higher tile, each in its place. */
	static const char *const higher[] = {"tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"};

	for (size_t i = 0; i < 3; i++) {
		file *f = folder_find(d, higher[i]);

		assert_non_null(f);
		f->p[f->n - 1] ^= 1;
		assert_int_equal(export_verify(d, NULL, NULL, NULL, NULL, &e), SM_E_ILLEGAL);
		assert_non_null(strstr(e.message, higher[i]));
		f->p[f->n - 1] ^= 1;
	}
	assert_int_equal(export_verify(d, NULL, NULL, NULL, NULL, &e), SM_OK);
	folder_free(d);
}

static void a_forger_without_the_key_reaches_only_another_root(void **state)
{
	/* Leaves, tiles, all consistent, under a checkpoint that signed others. */
	enum { N = 300 };
	folder *d = exported(N), *honest = exported(N);
	sm_error e;
	file *entries = folder_find(d, "tile/entries/000"), *tile = folder_find(d, "tile/0/000"), *up = folder_find(d, "tile/1/000.p/1");
	sm_hash hashes[256];
	sm_frontier f;

	entries->p[2] ^= 1;
	sm_frontier_init(&f);
	memcpy(hashes, tile->p, sizeof(hashes));
	sm_hash_leaf((sm_bytes){(const char *)entries->p + 2, (size_t)entries->p[0] << 8 | entries->p[1]}, &hashes[0]);
	for (int i = 0; i < 256; i++) {
		sm_frontier_add(&f, &hashes[i], NULL);
	}
	memcpy(tile->p, hashes, sizeof(hashes));
	sm_frontier_root(&f, &hashes[0]);
	memcpy(up->p, &hashes[0], 32);
	assert_int_equal(export_verify(d, NULL, NULL, NULL, NULL, &e), SM_E_ILLEGAL);
	assert_string_equal(e.message, "The 300 leaves have another root than the one that was signed");
	folder_free(d);
	folder_free(honest);
}

static void leaves_that_were_not_signed_are_not_exported(void **state)
{
	sm_arena arena;
	sm_error e;
	sm_frontier f = export_tree_of(10), other = f;
	folder *d = calloc(1, sizeof(*d));

	sm_arena_init(&arena, &sm_alloc_default);
	assert_int_equal(export_into(d, export_signed_head(&arena, &f), 10, 9, &e), SM_E_GAP);
	assert_string_equal(e.message, "The checkpoint has 10 leaves, the export ends after 9");
	assert_int_equal(export_into(d, export_signed_head(&arena, &f), 10, 11, &e), SM_E_STATE);
	other.nodes[1].bytes[0] ^= 1;
	assert_int_equal(export_into(d, export_signed_head(&arena, &other), 10, 10, &e), SM_E_CONFLICT);
	assert_non_null(strstr(e.message, "another root"));
	assert_null(folder_find(d, "checkpoint"));
	/* A leaf that is too long. */
	const sm_sink sink = {export_sink_open, export_sink_write, export_sink_close, d};
	const sm_checkpoint head = {SM_STR(EXPORT_ORIGIN), 2, {{0}}};
	sm_export *x = malloc(sizeof(*x));
	char *big = calloc(1, SM_MAX_LEAF + 1);

	sm_export_begin(x, &sink, SM_STR(""), &head);
	assert_int_equal(sm_export_leaf(x, (sm_bytes){big, SM_MAX_LEAF}, &e), SM_OK);
	assert_int_equal(sm_export_leaf(x, (sm_bytes){big, SM_MAX_LEAF + 1}, &e), SM_E_LIMIT);
	assert_int_equal(e.got, SM_MAX_LEAF + 1);
	assert_int_equal(d->opened, d->closed);
	free(x);
	free(big);
	sm_arena_free(&arena);
	folder_free(d);
}

static void every_fault_of_the_host_is_passed_on(void **state)
{
	enum { N = 258 };
	sm_arena arena;
	sm_frontier f = export_tree_of(N);
	sm_error e;

	sm_arena_init(&arena, &sm_alloc_default);
	sm_bytes note = export_signed_head(&arena, &f);

	for (int at = 1;; at++) {
		folder *d = calloc(1, sizeof(*d));

		d->fail_at = at;
		sm_status s = export_into(d, note, N, N, &e);
		bool failed = d->calls >= at;

		assert_int_equal(s, failed ? SM_E_STORE : SM_OK);
		folder_free(d);
		if (!failed) {
			break;
		}
		assert_string_equal(e.message, "disk full");
	}
	folder *d = exported(N);

	d->chunk = 700;
	for (int at = 1;; at++) {
		d->fail_at = at;
		sm_status s = export_verify(d, NULL, NULL, NULL, NULL, &e);

		if (d->calls < at) {
			assert_int_equal(s, SM_OK);
			assert_true(at > 20);
			break;
		}
		assert_int_equal(s, SM_E_STORE);
	}
	folder_free(d);
	sm_arena_free(&arena);
}

static sm_status liar_open(void *ctx, const char *path, void **out, sm_error *e)
{
	return SM_OK;
}

static sm_status liar_read(void *ctx, void *opened, uint8_t *p, size_t cap, size_t *n, sm_error *e)
{
	/* More than there is room for, or a file without an end. */
	if (*(bool *)ctx) {
		*n = cap + 1;
	} else {
		memset(p, 'x', cap);
		*n = cap;
	}
	return SM_OK;
}

static void liar_close(void *ctx, void *opened)
{
}

static void a_host_that_lies_is_bounded(void **state)
{
	const sm_note_key key = export_key();
	bool more = true;
	const sm_files files = {liar_open, liar_read, liar_close, &more};
	test_heap heap = {.fail_at = 0};
	sm_alloc alloc = test_heap_alloc(&heap);
	sm_arena arena;
	sm_verified v;
	sm_error e;

	sm_arena_init(&arena, &alloc);
	assert_int_equal(sm_export_verify(&arena, &files, &key, NULL, NULL, NULL, &v, &e), SM_E_ARGUMENT);
	more = false;
	assert_int_equal(sm_export_verify(&arena, &files, &key, NULL, NULL, NULL, &v, &e), SM_E_LIMIT);
	assert_string_equal(e.limit, "bytes of a note");
	sm_arena_free(&arena);
	/* No memory. */
	for (long at = 1; at <= 2; at++) {
		heap = (test_heap){.fail_at = at};
		assert_int_equal(sm_export_verify(&arena, &files, &key, NULL, NULL, NULL, &v, &e), SM_E_NOMEM);
		assert_int_equal(v.f.size, 0);
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
	}
}

static void memory_does_not_grow_with_the_log(void **state)
{
	long allocations[2];

	for (int i = 0; i < 2; i++) {
		folder *d = exported(i == 0 ? 257 : 20000);
		const sm_note_key key = export_key();
		const sm_files files = {export_files_open, export_files_read, export_files_close, d};
		test_heap heap = {.fail_at = 0};
		sm_alloc alloc = test_heap_alloc(&heap);
		sm_arena arena;
		sm_verified v;

		sm_arena_init(&arena, &alloc);
		assert_int_equal(sm_export_verify(&arena, &files, &key, NULL, NULL, NULL, &v, NULL), SM_OK);
		allocations[i] = heap.allocations;
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		folder_free(d);
	}
	assert_int_equal(allocations[0], allocations[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_export_has_the_files_of_the_text_and_verifies),
		cmocka_unit_test(tiles_hold_the_hashes_of_the_leaves_and_make_proofs),
		cmocka_unit_test(verification_resumes_anywhere),
		cmocka_unit_test(every_flipped_bit_of_a_small_log_is_seen_at_its_place),
		cmocka_unit_test(a_file_that_is_missing_cut_or_too_long_is_named),
		cmocka_unit_test(a_forger_without_the_key_reaches_only_another_root),
		cmocka_unit_test(leaves_that_were_not_signed_are_not_exported),
		cmocka_unit_test(every_fault_of_the_host_is_passed_on),
		cmocka_unit_test(a_host_that_lies_is_bounded),
		cmocka_unit_test(memory_does_not_grow_with_the_log),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
