/* The tree: RFC 6962 by its own recursive words, sizes up to 2^63-1, hostile frontiers. */
#include "support.h"

#include "merkle.h"
#include "seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- RFC 6962 section 2.1 as it is written ---- */

enum { LEAVES_MAX = 70000 };

static sm_hash leaves[LEAVES_MAX];

static uint64_t split(uint64_t n)
{
	uint64_t k = 1;

	while (k * 2 < n) {
		k *= 2;
	}
	return k;
}

static sm_hash mth(uint64_t begin, uint64_t end)
{
	sm_hash out, left, right;

	if (end == begin) {
		crypto_hash_sha256(out.bytes, (const uint8_t *)"", 0);
		return out;
	}
	if (end - begin == 1) {
		return leaves[begin];
	}
	uint64_t k = split(end - begin);

	left = mth(begin, begin + k);
	right = mth(begin + k, end);
	uint8_t both[65] = {1};

	memcpy(both + 1, left.bytes, 32);
	memcpy(both + 33, right.bytes, 32);
	crypto_hash_sha256(out.bytes, both, 65);
	return out;
}

static void rfc_path(uint64_t m, uint64_t begin, uint64_t end, sm_proof *p)
{
	if (end - begin == 1) {
		return;
	}
	uint64_t k = split(end - begin);

	if (m < k) {
		rfc_path(m, begin, begin + k, p);
		p->hashes[p->n++] = mth(begin + k, end);
	} else {
		rfc_path(m - k, begin + k, end, p);
		p->hashes[p->n++] = mth(begin, begin + k);
	}
}

static void rfc_subproof(uint64_t m, uint64_t begin, uint64_t end, bool b, sm_proof *p)
{
	uint64_t n = end - begin;

	if (m == n) {
		if (!b) {
			p->hashes[p->n++] = mth(begin, end);
		}
		return;
	}
	uint64_t k = split(n);

	if (m <= k) {
		rfc_subproof(m, begin, begin + k, b, p);
		p->hashes[p->n++] = mth(begin + k, end);
	} else {
		rfc_subproof(m - k, begin + k, end, false, p);
		p->hashes[p->n++] = mth(begin, begin + k);
	}
}

/* A source over `leaves` that looks at what it is asked for. */
typedef struct source {
	uint64_t size, from; /* tree; nothing before `from` may be read */
	uint64_t read;       /* leaves' worth of what was read at level 0 */
	int fail_at, calls;
} source;

static sm_status source_read(void *ctx, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	source *s = ctx;
	uint64_t width = UINT64_C(1) << (8 * level);

	assert_in_range(n, 1, SM_TILE_WIDTH);
	assert_true((first + n) * width <= s->size);
	assert_true(first * width >= s->from);
	if (++s->calls == s->fail_at) {
		return sm_fail(e, SM_E_STORE, "gone");
	}
	s->read += level == 0 ? n : 0;
	for (size_t i = 0; i < n; i++) {
		out[i] = mth((first + i) * width, (first + i + 1) * width);
	}
	return SM_OK;
}

static void make_leaves(void)
{
	for (uint32_t i = 0; i < LEAVES_MAX; i++) {
		sm_hash_leaf((sm_bytes){(const char *)&i, sizeof(i)}, &leaves[i]);
	}
}

static void assert_same_proof(const sm_proof *a, const sm_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hashes, b->hashes, a->n * sizeof(sm_hash));
}

/* ---- roots ---- */

static void the_root_is_that_of_the_rfc(void **state)
{
	sm_frontier f;
	sm_hash root;
	static const uint64_t big[] = {4095, 4096, 4097, 65535, 65536, 65537, 70000};

	sm_frontier_init(&f);
	for (uint64_t n = 0; n <= LEAVES_MAX; n++) {
		bool look = n <= 520;

		for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
			look = look || n == big[i];
		}
		if (look) {
			sm_hash expected = mth(0, n);

			sm_frontier_root(&f, &root);
			assert_memory_equal(root.bytes, expected.bytes, 32);
			source s = {.size = n};
			const sm_hash_source src = {source_read, 1 + (unsigned)(n % 3), &s};

			if (n <= 520) {
				assert_int_equal(sm_tree_root(&src, n, &root, NULL), SM_OK);
				assert_memory_equal(root.bytes, expected.bytes, 32);
			}
		}
		if (n < LEAVES_MAX) {
			assert_int_equal(sm_frontier_add(&f, &leaves[n], NULL), SM_OK);
		}
	}
	assert_int_equal(f.size, LEAVES_MAX);
}

static void the_worked_example_has_its_root(void **state)
{
	static const char *const names[] = {"leaf0", "leaf1", "leaf2"};
	sm_frontier f;
	sm_hash root, before;
	char hex[SM_HASH_HEX_SIZE], name[20];
	sm_error e;

	sm_frontier_init(&f);
	for (size_t i = 0; i < 3; i++) {
		char *leaf = test_format_vector(names[i]);

		snprintf(name, sizeof(name), "%s.hash", names[i]);
		char *hash = test_format_vector(name);

		sm_frontier_root(&f, &before);
		assert_int_equal(sm_frontier_take(&f, i + 1, sm_cstr(leaf), sm_cstr(hash), &e), SM_E_GAP);
		assert_non_null(strstr(e.message, "missing"));
		assert_int_equal(sm_frontier_take(&f, i, sm_cstr(leaf + 1), sm_cstr(hash), &e), SM_E_ILLEGAL);
		assert_non_null(strstr(e.message, "not to the stored hash"));
		sm_frontier_root(&f, &root);
		assert_true(sm_hash_eq(&root, &before));
		assert_int_equal(sm_frontier_take(&f, i, sm_cstr(leaf), sm_cstr(i == 1 ? NULL : hash), &e), SM_OK);
		free(leaf);
		free(hash);
	}
	sm_frontier_root(&f, &root);
	sm_hex(hex, root.bytes, 32);
	char *expected = test_format_vector("root(3)");

	assert_string_equal(hex, expected);
	free(expected);

	char *proof = test_format_vector("inclusion(leaf 1 of 3)");
	sm_hash hashes[2], leaf;
	char *hash = test_format_vector("leaf1.hash");

	assert_true(sm_unhex(hashes[0].bytes, 32, (sm_bytes){proof, 64}));
	assert_true(sm_unhex(hashes[1].bytes, 32, sm_cstr(proof + 65)));
	assert_true(sm_unhex(leaf.bytes, 32, sm_cstr(hash)));
	assert_int_equal(sm_inclusion_verify(1, 3, &leaf, hashes, 2, &root, NULL), SM_OK);
	free(proof);
	free(hash);
}

static void an_added_leaf_tells_what_it_completes(void **state)
{
	sm_frontier f;
	sm_hash complete[SM_TREE_LEVELS];

	sm_frontier_init(&f);
	for (uint64_t n = 1; n <= 1024; n++) {
		assert_int_equal(sm_frontier_add(&f, &leaves[n - 1], complete), SM_OK);
		for (unsigned l = 0; n >> l << l == n; l++) {
			sm_hash expected = mth(n - (UINT64_C(1) << l), n);

			assert_memory_equal(complete[l].bytes, expected.bytes, 32);
		}
	}
}

static void a_tree_ends_at_its_greatest_size(void **state)
{
	sm_arena arena;
	sm_buf b;
	sm_frontier f;
	sm_error e;

	sm_arena_init(&arena, &sm_alloc_default);
	sm_buf_init(&b, &arena, 10000);
	sm_buf_puts(&b, "9223372036854775806\n");
	for (int i = 0; i < 62; i++) {
		sm_hash_put(&b, &leaves[i]);
		sm_buf_putc(&b, '\n');
	}
	assert_int_equal(sm_frontier_read(sm_buf_bytes(&b), &f, &e), SM_OK);
	assert_int_equal(sm_frontier_add(&f, &leaves[0], NULL), SM_OK);
	assert_true(f.size == SM_TREE_SIZE_MAX);
	sm_frontier before = f;

	assert_int_equal(sm_frontier_add(&f, &leaves[0], NULL), SM_E_LIMIT);
	assert_int_equal(sm_frontier_take(&f, f.size, SM_STR("x"), (sm_bytes){NULL, 0}, &e), SM_E_LIMIT);
	assert_memory_equal(&f, &before, sizeof(f));
	sm_arena_free(&arena);
}

/* ---- frontiers as text ---- */

static void a_frontier_survives_its_text_at_any_size(void **state)
{
	sm_arena arena;
	sm_frontier f, again;
	sm_error e;

	sm_arena_init(&arena, &sm_alloc_default);
	sm_frontier_init(&f);
	for (uint64_t n = 0; n < 700; n++) {
		sm_buf b;

		sm_buf_init(&b, &arena, 4000);
		sm_frontier_put(&b, &f);
		assert_int_equal(sm_frontier_read(sm_buf_bytes(&b), &again, &e), SM_OK);
		/* What it goes on to is what matters: old nodes of f are no part of it. */
		sm_hash a, c;

		sm_frontier_add(&again, &leaves[n], NULL);
		sm_frontier_add(&f, &leaves[n], NULL);
		sm_frontier_root(&f, &a);
		sm_frontier_root(&again, &c);
		assert_memory_equal(a.bytes, c.bytes, 32);
		assert_int_equal(again.size, n + 1);
		sm_arena_free(&arena);
	}
	sm_frontier_init(&f);
	sm_buf b;

	sm_buf_init(&b, &arena, 4000);
	sm_frontier_put(&b, &f);
	assert_bytes(sm_buf_bytes(&b), "0\n");
	sm_arena_free(&arena);
}

static void a_malformed_frontier_is_refused_and_says_why(void **state)
{
#define HASH "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="
	static const struct {
		const char *text, *why;
	} table[] = {
		{"", "begins with the size"}, {"1", "begins with the size"}, {"\n", "begins with the size"}, {"01\n" HASH "\n", "begins with the size"},
		{"-1\n" HASH "\n", "begins with the size"}, {"+1\n" HASH "\n", "begins with the size"}, {"1 \n" HASH "\n", "begins with the size"},
		{"9223372036854775808\n", "begins with the size"}, {"99999999999999999999\n", "begins with the size"},
		{"1\n", "ends before its hash of level 0"}, {"1\n" HASH, "ends before"}, {"3\n" HASH "\n", "ends before its hash of level 0"},
		{"2\n", "level 1"}, {"1\n" HASH "\n\n", "goes on"}, {"1\n" HASH "\n" HASH "\n", "goes on"}, {"0\n" HASH "\n", "goes on"},
		{"1\n\n", "not the base64"}, {"1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=\n", "not the base64"},
		{"1\nbjQLnP-zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n", "not the base64"},
		{"1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0\n", "not the base64"},
		{"1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoA==\n", "not the base64"},
		{"1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0Q\n", "not the base64"},
		{"1\n" HASH "\r\n", "not the base64"}, {"1\n " HASH "\n", "not the base64"},
	};
	sm_frontier f;
	sm_error e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		memset(&f, 0xEE, sizeof(f));
		if (sm_frontier_read(sm_cstr(table[i].text), &f, &e) != SM_E_SYNTAX || strstr(e.message, table[i].why) == NULL || f.size != 0) {
			fail_msg("case %zu: %s", i, e.message);
		}
	}
	assert_int_equal(sm_frontier_read(SM_STR("1\n" HASH "\n"), &f, NULL), SM_OK);
	assert_int_equal(sm_frontier_read((sm_bytes){NULL, 0}, &f, NULL), SM_E_SYNTAX);
}

/* ---- proofs ---- */

static void inclusion_proofs_are_those_of_the_rfc(void **state)
{
	for (uint64_t n = 1; n <= 70; n++) {
		sm_hash root = mth(0, n);

		for (uint64_t m = 0; m < n; m++) {
			source s = {.size = n};
			const sm_hash_source src = {source_read, 1, &s};
			sm_proof made, expected = {.n = 0};

			rfc_path(m, 0, n, &expected);
			assert_int_equal(sm_inclusion_prove(&src, m, n, &made, NULL), SM_OK);
			assert_same_proof(&made, &expected);
			assert_int_equal(s.read, n - 1);
			assert_int_equal(sm_inclusion_verify(m, n, &leaves[m], made.hashes, made.n, &root, NULL), SM_OK);
		}
	}
}

static void consistency_proofs_are_those_of_the_rfc(void **state)
{
	sm_frontier f;

	sm_frontier_init(&f);
	for (uint64_t m = 1; m <= 70; m++) {
		sm_hash old = mth(0, m);

		sm_frontier_add(&f, &leaves[m - 1], NULL);
		for (uint64_t n = m; n <= 70; n++) {
			sm_hash root = mth(0, n);
			source s = {.size = n};
			const sm_hash_source src = {source_read, 1, &s};
			sm_proof made, expected = {.n = 0};

			rfc_subproof(m, 0, n, true, &expected);
			assert_int_equal(sm_consistency_prove(&src, NULL, m, n, &made, NULL), SM_OK);
			assert_same_proof(&made, &expected);
			assert_int_equal(sm_consistency_verify(m, n, &old, &root, made.hashes, made.n, NULL), SM_OK);
			/* With the old frontier nothing old is read. */
			source late = {.size = n, .from = m};
			const sm_hash_source src2 = {source_read, 1, &late};

			assert_int_equal(sm_consistency_prove(&src2, &f, m, n, &made, NULL), SM_OK);
			assert_same_proof(&made, &expected);
			assert_int_equal(late.read, n - m);
		}
	}
}

static void tiles_make_the_same_proofs_with_few_reads(void **state)
{
	test_random r;
	static const uint64_t sizes[] = {255, 256, 257, 1000, 65535, 65536, 65537, 70000};

	test_random_init(&r);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t n = sizes[i];
		sm_hash root = mth(0, n);

		for (unsigned levels = 1; levels <= 4; levels++) {
			uint64_t m = test_random_below(&r, n), old = 1 + test_random_below(&r, n);
			source s = {.size = n};
			const sm_hash_source src = {source_read, levels, &s};
			sm_proof made, expected = {.n = 0};

			rfc_path(m, 0, n, &expected);
			assert_int_equal(sm_inclusion_prove(&src, m, n, &made, NULL), SM_OK);
			assert_same_proof(&made, &expected);
			assert_int_equal(sm_inclusion_verify(m, n, &leaves[m], made.hashes, made.n, &root, NULL), SM_OK);
			if (levels > 1 && n > 1000) {
				assert_in_range(s.read, 0, 512);
			}
			sm_hash before = mth(0, old);

			expected.n = 0;
			rfc_subproof(old, 0, n, true, &expected);
			assert_int_equal(sm_consistency_prove(&src, NULL, old, n, &made, NULL), SM_OK);
			assert_same_proof(&made, &expected);
			assert_int_equal(sm_consistency_verify(old, n, &before, &root, made.hashes, made.n, NULL), SM_OK);
		}
	}
}

/* A tree whose leaves are all alike: every complete subtree of a level has the same root. */
static sm_status same_read(void *ctx, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	const sm_hash *levels = ctx;

	for (size_t i = 0; i < n; i++) {
		out[i] = levels[8 * level];
	}
	return SM_OK;
}

static void the_greatest_tree_has_proofs(void **state)
{
	sm_hash levels[SM_TREE_LEVELS], root, old_root;
	const sm_hash_source src = {same_read, 8, levels};
	const uint64_t n = SM_TREE_SIZE_MAX;
	test_random r;
	sm_proof p;

	test_random_init(&r);
	levels[0] = leaves[0];
	for (int l = 1; l < SM_TREE_LEVELS; l++) {
		sm_hash_node(&levels[l - 1], &levels[l - 1], &levels[l]);
	}
	assert_int_equal(sm_tree_root(&src, n, &root, NULL), SM_OK);
	for (int i = 0; i < 50; i++) {
		uint64_t m = i == 0 ? 0 : i == 1 ? n - 1 : test_random_next(&r) % n;

		assert_int_equal(sm_inclusion_prove(&src, m, n, &p, NULL), SM_OK);
		assert_true(p.n <= 63);
		assert_int_equal(sm_inclusion_verify(m, n, &leaves[0], p.hashes, p.n, &root, NULL), SM_OK);
		p.hashes[p.n] = root;
		assert_int_equal(sm_inclusion_verify(m, n, &leaves[0], p.hashes, p.n + 1, &root, NULL), SM_E_ILLEGAL);
		uint64_t old = i == 0 ? 1 : i == 1 ? n - 1 : 1 + test_random_next(&r) % n;

		assert_int_equal(sm_tree_root(&src, old, &old_root, NULL), SM_OK);
		assert_int_equal(sm_consistency_prove(&src, NULL, old, n, &p, NULL), SM_OK);
		assert_true(p.n <= SM_PROOF_MAX);
		assert_int_equal(sm_consistency_verify(old, n, &old_root, &root, p.hashes, p.n, NULL), SM_OK);
	}
	assert_int_equal(sm_tree_root(&src, n + 1, &root, NULL), SM_E_ARGUMENT);
	assert_int_equal(sm_inclusion_prove(&src, 0, n + 1, &p, NULL), SM_E_ARGUMENT);
	assert_int_equal(sm_consistency_prove(&src, NULL, 1, n + 1, &p, NULL), SM_E_ARGUMENT);
	assert_int_equal(sm_inclusion_verify(0, n + 1, &leaves[0], p.hashes, 0, &root, NULL), SM_E_ARGUMENT);
	const sm_hash_source none = {same_read, 0, levels}, nine = {same_read, 9, levels};
	sm_error e;

	assert_int_equal(sm_tree_root(&none, 1, &root, &e), SM_E_ARGUMENT);
	assert_non_null(strstr(e.message, "1 to 8 levels, got 0"));
	assert_int_equal(sm_inclusion_prove(&nine, 0, 1, &p, NULL), SM_E_ARGUMENT);
	assert_int_equal(sm_consistency_prove(&nine, NULL, 1, 1, &p, NULL), SM_E_ARGUMENT);
}

static void nothing_else_is_proved(void **state)
{
	sm_error e;

	for (uint64_t n = 1; n <= 20; n++) {
		sm_hash root = mth(0, n);
		source s = {.size = n};
		const sm_hash_source src = {source_read, 1, &s};

		for (uint64_t m = 0; m < n; m++) {
			sm_proof p;

			assert_int_equal(sm_inclusion_prove(&src, m, n, &p, NULL), SM_OK);
			for (size_t bit = 0; bit < p.n * 256; bit++) {
				p.hashes[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
				assert_int_equal(sm_inclusion_verify(m, n, &leaves[m], p.hashes, p.n, &root, &e), SM_E_ILLEGAL);
				p.hashes[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
			}
			for (uint64_t other = 0; other < n; other++) {
				sm_status expected = other == m ? SM_OK : SM_E_ILLEGAL;

				assert_int_equal(sm_inclusion_verify(m, n, &leaves[other], p.hashes, p.n, &root, &e), expected);
				assert_int_equal(sm_inclusion_verify(other, n, &leaves[m], p.hashes, p.n, &root, &e), expected);
			}
			if (p.n > 0) {
				assert_int_equal(sm_inclusion_verify(m, n, &leaves[m], p.hashes, p.n - 1, &root, &e), SM_E_ILLEGAL);
				assert_non_null(strstr(e.message, "too short"));
			}
			p.hashes[p.n] = root;
			assert_int_equal(sm_inclusion_verify(m, n, &leaves[m], p.hashes, p.n + 1, &root, &e), SM_E_ILLEGAL);
			assert_non_null(strstr(e.message, "too long"));
		}
		assert_int_equal(sm_inclusion_verify(n, n, &leaves[0], NULL, 0, &root, &e), SM_E_ARGUMENT);
		assert_int_equal(sm_inclusion_prove(&src, n, n, &(sm_proof){.n = 0}, &e), SM_E_ARGUMENT);
		for (uint64_t m = 1; m <= n; m++) {
			sm_hash old = mth(0, m), wrong = old;
			sm_proof p;

			wrong.bytes[31] ^= 1;
			assert_int_equal(sm_consistency_prove(&src, NULL, m, n, &p, NULL), SM_OK);
			for (size_t bit = 0; bit < p.n * 256; bit++) {
				p.hashes[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
				assert_int_equal(sm_consistency_verify(m, n, &old, &root, p.hashes, p.n, &e), SM_E_ILLEGAL);
				p.hashes[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
			}
			assert_int_equal(sm_consistency_verify(m, n, &wrong, &root, p.hashes, p.n, &e), SM_E_ILLEGAL);
			assert_int_equal(sm_consistency_verify(m, n, &old, &wrong, p.hashes, p.n, &e), SM_E_ILLEGAL);
			p.hashes[p.n] = root;
			assert_int_equal(sm_consistency_verify(m, n, &old, &root, p.hashes, p.n + 1, &e), SM_E_ILLEGAL);
			assert_non_null(strstr(e.message, "too long"));
			if (p.n > 0) {
				assert_int_equal(sm_consistency_verify(m, n, &old, &root, p.hashes, p.n - 1, &e), SM_E_ILLEGAL);
			}
		}
		sm_proof p;

		assert_int_equal(sm_consistency_prove(&src, NULL, 0, n, &p, &e), SM_E_ARGUMENT);
		assert_int_equal(sm_consistency_prove(&src, NULL, n + 1, n, &p, &e), SM_E_ARGUMENT);
		assert_int_equal(sm_consistency_verify(0, n, &root, &root, NULL, 0, &e), SM_E_ARGUMENT);
		assert_int_equal(sm_consistency_verify(n + 1, n, &root, &root, NULL, 0, &e), SM_E_ARGUMENT);
		sm_frontier f;

		sm_frontier_init(&f);
		assert_int_equal(sm_consistency_prove(&src, &f, n, n, &p, &e), SM_E_ARGUMENT);
		assert_non_null(strstr(e.message, "The frontier has 0 leaves"));
	}
}

static void an_error_of_the_source_ends_the_proof(void **state)
{
	for (int at = 1;; at++) {
		source s = {.size = 1000, .fail_at = at};
		const sm_hash_source src = {source_read, 1, &s};
		sm_proof p;
		sm_hash root;
		sm_error e;
		sm_status status = sm_inclusion_prove(&src, 700, 1000, &p, &e);

		if (s.calls < at) {
			assert_int_equal(status, SM_OK);
			assert_true(at > 5);
			break;
		}
		assert_int_equal(status, SM_E_STORE);
		assert_string_equal(e.message, "gone");
		s.calls = 0;
		if (at <= 4) {
			assert_int_equal(sm_tree_root(&src, 1000, &root, &e), SM_E_STORE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_is_that_of_the_rfc),
		cmocka_unit_test(the_worked_example_has_its_root),
		cmocka_unit_test(an_added_leaf_tells_what_it_completes),
		cmocka_unit_test(a_tree_ends_at_its_greatest_size),
		cmocka_unit_test(a_frontier_survives_its_text_at_any_size),
		cmocka_unit_test(a_malformed_frontier_is_refused_and_says_why),
		cmocka_unit_test(inclusion_proofs_are_those_of_the_rfc),
		cmocka_unit_test(consistency_proofs_are_those_of_the_rfc),
		cmocka_unit_test(tiles_make_the_same_proofs_with_few_reads),
		cmocka_unit_test(the_greatest_tree_has_proofs),
		cmocka_unit_test(nothing_else_is_proved),
		cmocka_unit_test(an_error_of_the_source_ends_the_proof),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	make_leaves();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
