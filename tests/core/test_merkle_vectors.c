/* The 196 published proofs, good and bad (transparency-dev/merkle). */
#include "support.h"

#include "canon.h"
#include "merkle.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct counts {
	int good, bad;
} counts;

/* Some published cases hold texts instead of hashes; of two roots these say the same when they are filled with zeroes.
 * @return whether it is a hash */
static bool hash_of(const sm_json *test, const char *key, sm_hash *out)
{
	sm_bytes text = sm_json_get_str(test, key), raw;
	sm_arena arena;

	sm_arena_init(&arena, &sm_alloc_default);
	memset(out, 0, sizeof(*out));
	assert_non_null(text.p);
	assert_int_equal(sm_base64_read(&arena, text, &raw), SM_OK);
	assert_in_range(raw.n, 0, 32);
	memcpy(out->bytes, raw.p, raw.n);
	if (raw.n == 32) {
		sm_hash strict;

		assert_true(sm_hash_read(text, &strict));
		assert_true(sm_hash_eq(&strict, out));
	} else {
		assert_false(sm_hash_read(text, &(sm_hash){{0}}));
	}
	sm_arena_free(&arena);
	return raw.n == 32;
}

static uint64_t number_of(const sm_json *test, const char *key)
{
	const sm_json *v = sm_json_get(test, key);

	assert_non_null(v);
	if (v->kind == SM_JSON_DOUBLE) {
		assert_true(v->u.f == 18446744073709551616.0); /* 2^64-1, rounded */
		return UINT64_MAX;
	}
	assert_int_equal(v->kind, SM_JSON_INT);
	return (uint64_t)v->u.i;
}

static void run_case(const char *path, bool inclusion, counts *c)
{
	sm_bytes file = test_vector_file(path);
	sm_arena arena;
	sm_json *test;
	sm_error e;
	sm_hash proof[80], root, other;
	size_t n = 0;

	sm_arena_init(&arena, &sm_alloc_default);
	if (sm_json_read(&arena, file, &test, &e) != SM_OK) {
		fail_msg("%s: %s", path, e.message);
	}
	const sm_json *list = sm_json_get(test, "proof"), *want = sm_json_get(test, "wantErr");

	assert_non_null(want);
	if (list->kind == SM_JSON_ARRAY) {
		for (; n < list->u.a.n; n++) {
			assert_int_equal(list->u.a.items[n].kind, SM_JSON_STRING);
			if (!sm_hash_read(list->u.a.items[n].u.s, &proof[n])) {
				/* A hash of another length: no proof of ours can hold it. */
				assert_int_equal(want->kind, SM_JSON_TRUE);
				c->bad++;
				goto out;
			}
		}
	}
	bool hashes = hash_of(test, inclusion ? "root" : "root1", &root);

	hashes = hash_of(test, inclusion ? "leafHash" : "root2", &other) && hashes;
	bool refused = (inclusion && !hashes) || (inclusion ? sm_inclusion_verify(number_of(test, "leafIdx"), number_of(test, "treeSize"), &other, proof, n, &root, &e)
		: sm_consistency_verify(number_of(test, "size1"), number_of(test, "size2"), &root, &other, proof, n, &e)) != SM_OK;

	if (refused != (want->kind == SM_JSON_TRUE)) {
		fail_msg("%s: %s", path, refused ? e.message : "accepted");
	}
	c->good += !refused;
	c->bad += refused;
out:
	sm_arena_free(&arena);
	free((void *)(uintptr_t)file.p);
}

static void run_folder(const char *folder, bool inclusion, counts *c)
{
	const char *root = getenv("SM_VECTORS");
	char full[4096], path[2048];

	snprintf(full, sizeof(full), "%s/%s", root != NULL ? root : "../shared/vectors", folder);
	DIR *d = opendir(full);

	if (d == NULL) {
		fail_msg("cannot read %s", full);
	}
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		size_t n = strlen(entry->d_name);

		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0) {
			run_case(path, inclusion, c);
		} else {
			run_folder(path, inclusion, c);
		}
	}
	closedir(d);
}

static void all_published_proofs_are_judged_as_published(void **state)
{
	counts c = {0};

	run_folder("merkle/inclusion", true, &c);
	run_folder("merkle/consistency", false, &c);
	assert_int_equal(c.good + c.bad, 196);
	assert_in_range(c.good, 10, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_published_proofs_are_judged_as_published),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
