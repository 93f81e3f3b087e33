/* Hashes and identities: every worked example of FORMATS up to the leaves, RFC 4231, Wycheproof. */
#include "support.h"

#include "seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sm_keys example_keys(void)
{
	uint8_t site[SM_KEY_LEN], id[SM_SITE_ID_LEN];
	char *site_hex = test_format_vector("site.key"), *id_hex = test_format_vector("site_id");
	sm_keys keys;

	assert_true(sm_unhex(site, sizeof(site), sm_cstr(site_hex)));
	assert_true(sm_unhex(id, sizeof(id), sm_cstr(id_hex)));
	sm_keys_derive(&keys, site, id);
	free(site_hex);
	free(id_hex);
	return keys;
}

static void assert_vector(const char *got, const char *key)
{
	char *expected = test_format_vector(key);

	assert_string_equal(got, expected);
	free(expected);
}

static void keys_derive_from_the_site_key(void **state)
{
	sm_keys k = example_keys();
	char hex[65];
	static const sm_keys zero;

	sm_hex(hex, k.site, 32);
	assert_vector(hex, "site.key");
	sm_hex(hex, k.idem, 32);
	assert_vector(hex, "K_idem");
	sm_hex(hex, k.fp, 32);
	assert_vector(hex, "K_fp");
	sm_hex(hex, k.subject, 32);
	assert_vector(hex, "K_subject");
	sm_hex(hex, k.site_id, 16);
	assert_vector(hex, "site_id");
	sm_keys_wipe(&k);
	assert_memory_equal(&k, &zero, sizeof(k));
}

static void pae_has_the_published_bytes(void **state)
{
	const sm_bytes parts[] = {SM_STR("sophmate.run.v1"), SM_STR("order.fulfil"), SM_STR("order:900"), SM_STR("1")};
	sm_arena arena;
	sm_buf b;
	char hex[400];

	sm_arena_init(&arena, &sm_alloc_default);
	sm_buf_init(&b, &arena, 1000);
	sm_pae_put(&b, parts, 4);
	sm_hex(hex, (const uint8_t *)b.p, b.n);
	assert_vector(hex, "run.pae(order.fulfil, order:900, 1)");

	/* The examples of PASETO's own text. */
	sm_buf_init(&b, &arena, 1000);
	sm_pae_put(&b, NULL, 0);
	assert_int_equal(b.n, 8);
	assert_memory_equal(b.p, "\0\0\0\0\0\0\0\0", 8);
	sm_buf_init(&b, &arena, 1000);
	sm_pae_put(&b, &(sm_bytes){"", 0}, 1);
	assert_int_equal(b.n, 16);
	assert_memory_equal(b.p, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	sm_buf_init(&b, &arena, 1000);
	sm_pae_put(&b, &(sm_bytes){"test", 4}, 1);
	assert_int_equal(b.n, 20);
	assert_memory_equal(b.p, "\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0test", 20);
	sm_arena_free(&arena);
}

static void the_keyed_hash_is_that_of_the_whole_encoding(void **state)
{
	test_random r;
	sm_arena arena;
	uint8_t key[32];

	test_random_init(&r);
	sm_arena_init(&arena, &sm_alloc_default);
	for (int i = 0; i < 300; i++) {
		sm_bytes parts[6];
		size_t n = test_random_below(&r, 7);
		uint8_t streamed[32], whole[32];
		sm_buf b;

		randombytes_buf(key, sizeof(key));
		for (size_t k = 0; k < n; k++) {
			parts[k].n = test_random_below(&r, 300);
			parts[k].p = parts[k].n == 0 ? NULL : sm_arena_alloc(&arena, parts[k].n, 1);
			if (parts[k].n != 0) {
				randombytes_buf((void *)(uintptr_t)parts[k].p, parts[k].n);
			}
		}
		sm_keyed_pae(streamed, key, parts, n);
		sm_buf_init(&b, &arena, 1 << 16);
		sm_pae_put(&b, parts, n);
		crypto_generichash(whole, 32, (const uint8_t *)b.p, b.n, key, 32);
		assert_memory_equal(streamed, whole, 32);
	}
	sm_arena_free(&arena);
}

static void identities_are_the_worked_examples(void **state)
{
	const sm_keys k = example_keys();
	char id[SM_ID_SIZE], key[SM_EFFECT_KEY_SIZE], hash[SM_HASH_HEX_SIZE];
	char *payload = test_format_vector("payload.jcs");

	sm_run_id(&k, SM_STR("order.fulfil"), SM_STR("order:900"), SM_STR("1"), id);
	assert_vector(id, "run.id(order.fulfil, order:900, 1)");
	sm_effect_key(&k, id, SM_STR("charge card"), key);
	assert_vector(key, "effect.key(charge card)");
	sm_run_id(&k, SM_STR("once"), SM_STR("my-shop: charge order 900"), SM_STR("1"), id);
	assert_vector(id, "once.run.id(my-shop: charge order 900)");
	sm_effect_key(&k, id, SM_STR("effect"), key);
	assert_vector(key, "once.effect.key");
	sm_subject_hash(&k, SM_STR("order:900"), id);
	assert_vector(id, "subject.hash(order:900)");
	sm_external_hash(&k, SM_STR("charge"), SM_STR("ch_123"), id);
	assert_vector(id, "external.hash(charge, ch_123)");
	sm_site_check(&k, 1, SM_STR("shop.example/wordpress"), id);
	assert_vector(id, "site.check(schema 1, shop.example/wordpress)");
	sm_fingerprint(&k, SM_STR("order.fulfil"), sm_cstr(payload), hash);
	assert_vector(hash, "fingerprint(order.fulfil)");
	free(payload);
}

static void switch_streams_and_site_checks_are_the_documented_hashes(void **state)
{
	static const struct {
		int version;
		const char *digits;
	} versions[] = {{0, "0"}, {10, "10"}, {2147483647, "2147483647"}, {-2147483647 - 1, "-2147483648"}};
	const sm_keys k = example_keys();
	char id[SM_ID_SIZE], expected[SM_HASH_HEX_SIZE];
	uint8_t hash[32];

	/* H32(B2K(K_idem, PAE("sophmate.switch.v1", target))), the encoding written out. */
	static const char pae[] = "\2\0\0\0\0\0\0\0\22\0\0\0\0\0\0\0sophmate.switch.v1\1\0\0\0\0\0\0\0*";

	crypto_generichash(hash, 32, (const uint8_t *)pae, sizeof(pae) - 1, k.idem, 32);
	sm_hex(expected, hash, 16);
	sm_switch_stream(&k, SM_STR("*"), id);
	assert_string_equal(id, expected);

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		const sm_bytes parts[] = {SM_STR("sophmate.sitecheck.v1"), {(const char *)k.site_id, 16}, sm_cstr(versions[i].digits),
			SM_STR("host/db")};

		sm_keyed_pae(hash, k.site, parts, 4);
		sm_hex(expected, hash, 16);
		sm_site_check(&k, versions[i].version, SM_STR("host/db"), id);
		assert_string_equal(id, expected);
	}
}

static void parts_cannot_move_their_border(void **state)
{
	const sm_keys k = example_keys();
	char a[SM_ID_SIZE], b[SM_ID_SIZE];

	sm_run_id(&k, SM_STR("ab"), SM_STR("c"), SM_STR("1"), a);
	sm_run_id(&k, SM_STR("a"), SM_STR("bc"), SM_STR("1"), b);
	assert_string_not_equal(a, b);
	sm_external_hash(&k, SM_STR("a"), SM_STR(""), a);
	sm_external_hash(&k, SM_STR(""), SM_STR("a"), b);
	assert_string_not_equal(a, b);
	/* NUL bytes count. */
	sm_subject_hash(&k, (sm_bytes){"a\0b", 3}, a);
	sm_subject_hash(&k, (sm_bytes){"a\0c", 3}, b);
	assert_string_not_equal(a, b);
}

static void a_copy_of_a_site_has_other_effect_keys_and_the_same_runs(void **state)
{
	const sm_keys k = example_keys();
	uint8_t other_id[SM_SITE_ID_LEN];
	sm_keys copy;
	char run[SM_ID_SIZE], run2[SM_ID_SIZE], key[SM_EFFECT_KEY_SIZE], key2[SM_EFFECT_KEY_SIZE];

	memset(other_id, 0x42, sizeof(other_id));
	sm_keys_derive(&copy, k.site, other_id);
	sm_run_id(&k, SM_STR("w"), SM_STR("s"), SM_STR("1"), run);
	sm_run_id(&copy, SM_STR("w"), SM_STR("s"), SM_STR("1"), run2);
	assert_string_equal(run, run2);
	sm_effect_key(&k, run, SM_STR("step"), key);
	sm_effect_key(&copy, run, SM_STR("step"), key2);
	assert_string_not_equal(key, key2);
}

static void a_wrong_id_has_no_hash(void **state)
{
	static const char *const bad[] = {"", "67310957ea5f3ddbb917224f90d6ad0", "67310957ea5f3ddbb917224f90d6ad055", "67310957EA5F3DDBB917224F90D6AD05",
		"67310957-ea5f-3ddb-b917-224f90d6ad05", "xyz"};
	const sm_keys k = example_keys();
	const uint8_t salt[SM_SALT_LEN] = {0};
	char key[SM_EFFECT_KEY_SIZE], commitment[SM_COMMITMENT_LEN + 1];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sm_effect_key(&k, bad[i], SM_STR("step"), key);
		assert_string_equal(key, "");
		sm_commitment(salt, bad[i], SM_STR("input"), SM_STR("1"), commitment);
		assert_string_equal(commitment, "");
	}
	sm_effect_key(&k, NULL, SM_STR("step"), key);
	assert_string_equal(key, "");
}

/* ---- leaves ---- */

static void leaves_and_the_definition_hash_as_published(void **state)
{
	static const char *const leaves[][2] = {{"leaf0", "leaf0.hash"}, {"leaf1", "leaf1.hash"}, {"leaf2", "leaf2.hash"}};
	char hash[SM_HASH_HEX_SIZE];

	for (size_t i = 0; i < 3; i++) {
		char *leaf = test_format_vector(leaves[i][0]);

		sm_leaf_hash(sm_cstr(leaf), hash);
		assert_vector(hash, leaves[i][1]);
		free(leaf);
	}
	char *definition = test_format_vector("definition.jcs");

	sm_sha256_hex(sm_cstr(definition), hash);
	assert_vector(hash, "definition.hash");
	free(definition);
	sm_sha256_hex((sm_bytes){NULL, 0}, hash);
	assert_string_equal(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* RFC 6962: the hash of a leaf without bytes is SHA-256(0x00). */
	sm_leaf_hash((sm_bytes){NULL, 0}, hash);
	assert_string_equal(hash, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void commitments_open_with_the_private_column(void **state)
{
	char *private = test_format_vector("leaf0.private"), *leaf = test_format_vector("leaf0");
	sm_arena arena;
	sm_json *opened, *event;

	sm_arena_init(&arena, &sm_alloc_default);
	assert_int_equal(sm_json_read(&arena, sm_cstr(private), &opened, NULL), SM_OK);
	assert_int_equal(sm_json_read(&arena, sm_cstr(leaf), &event, NULL), SM_OK);
	assert_int_equal(opened->u.o.n, 2);
	for (size_t i = 0; i < opened->u.o.n; i++) {
		const sm_json_member *field = &opened->u.o.items[i];
		sm_bytes salt, id = sm_json_get_str(event, "id"), committed;
		char name[16], id_text[SM_ID_SIZE], commitment[SM_COMMITMENT_LEN + 1], vector[32];
		sm_buf b;

		assert_int_equal(sm_base64_read(&arena, field->value->u.a.items[0].u.s, &salt), SM_OK);
		assert_int_equal(salt.n, SM_SALT_LEN);
		sm_buf_init(&b, &arena, SM_MAX_PRIVATE);
		assert_int_equal(sm_json_write(&b, &field->value->u.a.items[1], NULL), SM_OK);
		snprintf(id_text, sizeof(id_text), "%.*s", (int)id.n, id.p);
		sm_commitment((const uint8_t *)salt.p, id_text, field->key, sm_buf_bytes(&b), commitment);
		snprintf(name, sizeof(name), "%.*s", (int)field->key.n, field->key.p);
		committed = sm_json_get_str(sm_json_get(event, "p"), name);
		assert_int_equal(committed.n, SM_COMMITMENT_LEN);
		assert_memory_equal(commitment, committed.p, SM_COMMITMENT_LEN);
		snprintf(vector, sizeof(vector), "commitment(%s)", name);
		assert_vector(commitment, vector);
	}
	sm_arena_free(&arena);
	free(private);
	free(leaf);
}

/* ---- HMAC ---- */

static void hmac_of_rfc_4231(void **state)
{
	static const char long_key[131] = {[0 ... 130] = '\xAA'}, fifty[50] = {[0 ... 49] = '\xCD'}, dd[50] = {[0 ... 49] = '\xDD'};
	static const struct {
		sm_bytes key, data;
		const char *mac;
	} table[] = {
		{SM_LIT("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"), SM_LIT("Hi There"),
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{SM_LIT("Jefe"), SM_LIT("what do ya want for nothing?"),
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{SM_LIT("\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"), {dd, 50},
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{SM_LIT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"), {fifty, 50},
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{{long_key, 131}, SM_LIT("Test Using Larger Than Block-Size Key - Hash Key First"),
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{{long_key, 131}, SM_LIT("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."),
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint8_t mac[32];
		char hex[65];

		sm_hmac_sha256(mac, table[i].key, &table[i].data, 1);
		sm_hex(hex, mac, 32);
		assert_string_equal(hex, table[i].mac);
		/* In two parts. */
		const sm_bytes halves[] = {{table[i].data.p, 5}, {table[i].data.p + 5, table[i].data.n - 5}, {NULL, 0}};

		sm_hmac_sha256(mac, table[i].key, halves, 3);
		sm_hex(hex, mac, 32);
		assert_string_equal(hex, table[i].mac);
	}
}

static sm_bytes hex_bytes(sm_arena *arena, const sm_json *test, const char *key)
{
	sm_bytes hex = sm_json_get_str(test, key);
	uint8_t *raw = sm_arena_alloc(arena, hex.n / 2 + 1, 1);

	assert_non_null(hex.p);
	assert_true(sm_unhex(raw, hex.n / 2, hex));
	return (sm_bytes){(const char *)raw, hex.n / 2};
}

static void hmac_agrees_with_wycheproof(void **state)
{
	sm_bytes file = test_vector_file("wycheproof/hmac_sha256_test.json");
	sm_arena arena;
	sm_json *root;
	sm_error e;
	int valid = 0, invalid = 0;

	sm_arena_init(&arena, &sm_alloc_default);
	if (sm_json_read(&arena, file, &root, &e) != SM_OK) {
		fail_msg("%s", e.message);
	}
	const sm_json *groups = sm_json_get(root, "testGroups");

	for (size_t g = 0; g < groups->u.a.n; g++) {
		const sm_json *tests = sm_json_get(&groups->u.a.items[g], "tests");

		for (size_t i = 0; i < tests->u.a.n; i++) {
			const sm_json *test = &tests->u.a.items[i];
			sm_bytes key = hex_bytes(&arena, test, "key"), data = hex_bytes(&arena, test, "msg"), tag = hex_bytes(&arena, test, "tag");
			bool expected = sm_bytes_eq(sm_json_get_str(test, "result"), SM_STR("valid"));
			uint8_t mac[32];

			sm_hmac_sha256(mac, key, &data, 1);
			if ((tag.n <= 32 && memcmp(mac, tag.p, tag.n) == 0) != expected) {
				fail_msg("tcId %d", (int)sm_json_get_int(test, "tcId", 0));
			}
			valid += expected;
			invalid += !expected;
		}
	}
	assert_int_equal(valid + invalid, sm_json_get_int(root, "numberOfTests", 0));
	assert_in_range(valid, 20, 174);
	assert_in_range(invalid, 20, 174);
	sm_arena_free(&arena);
	free((void *)(uintptr_t)file.p);
}

static void a_commitment_is_the_hmac_of_the_encoding(void **state)
{
	test_random r;
	sm_arena arena;

	test_random_init(&r);
	sm_arena_init(&arena, &sm_alloc_default);
	for (int i = 0; i < 200; i++) {
		uint8_t salt[32], id[16], mac[32];
		char id_hex[33], expected[45], got[45], value[300];
		sm_bytes canonical = {value, test_random_below(&r, sizeof(value))};
		sm_buf b;

		randombytes_buf(salt, sizeof(salt));
		randombytes_buf(id, sizeof(id));
		randombytes_buf(value, sizeof(value));
		sm_hex(id_hex, id, 16);
		const sm_bytes parts[] = {SM_STR("sophmate.field.v1"), {(const char *)id, 16}, SM_STR("input"), canonical};

		sm_buf_init(&b, &arena, 1000);
		sm_pae_put(&b, parts, 4);
		crypto_auth_hmacsha256(mac, (const uint8_t *)b.p, b.n, salt);
		sodium_bin2base64(expected, sizeof(expected), mac, 32, sodium_base64_VARIANT_ORIGINAL);
		sm_commitment(salt, id_hex, SM_STR("input"), canonical, got);
		assert_string_equal(got, expected);
	}
	sm_arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_derive_from_the_site_key),
		cmocka_unit_test(pae_has_the_published_bytes),
		cmocka_unit_test(the_keyed_hash_is_that_of_the_whole_encoding),
		cmocka_unit_test(identities_are_the_worked_examples),
		cmocka_unit_test(switch_streams_and_site_checks_are_the_documented_hashes),
		cmocka_unit_test(parts_cannot_move_their_border),
		cmocka_unit_test(a_copy_of_a_site_has_other_effect_keys_and_the_same_runs),
		cmocka_unit_test(a_wrong_id_has_no_hash),
		cmocka_unit_test(leaves_and_the_definition_hash_as_published),
		cmocka_unit_test(commitments_open_with_the_private_column),
		cmocka_unit_test(hmac_of_rfc_4231),
		cmocka_unit_test(hmac_agrees_with_wycheproof),
		cmocka_unit_test(a_commitment_is_the_hmac_of_the_encoding),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
