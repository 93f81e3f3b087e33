#include "seal.h"

#include <sodium.h>
#include <string.h>

static const char CONTEXT_IDEM[] = "SMidemk1", CONTEXT_FP[] = "SMidemf1", CONTEXT_SUBJECT[] = "SMsubj_1";

void sm_keys_derive(sm_keys *keys, const uint8_t site_key[SM_KEY_LEN], const uint8_t site_id[SM_SITE_ID_LEN])
{
	memcpy(keys->site, site_key, SM_KEY_LEN);
	memcpy(keys->site_id, site_id, SM_SITE_ID_LEN);
	crypto_kdf_derive_from_key(keys->idem, SM_KEY_LEN, 1, CONTEXT_IDEM, site_key);
	crypto_kdf_derive_from_key(keys->fp, SM_KEY_LEN, 1, CONTEXT_FP, site_key);
	crypto_kdf_derive_from_key(keys->subject, SM_KEY_LEN, 1, CONTEXT_SUBJECT, site_key);
}

void sm_keys_wipe(sm_keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}

/* ---- PAE ---- */

static void le64(uint8_t out[8], uint64_t v)
{
	for (int i = 0; i < 8; i++) {
		out[i] = (uint8_t)(v >> (8 * i));
	}
}

void sm_pae_put(sm_buf *b, const sm_bytes *parts, size_t n)
{
	uint8_t length[8];

	le64(length, n);
	sm_buf_put(b, (const char *)length, sizeof(length));
	for (size_t i = 0; i < n; i++) {
		le64(length, parts[i].n);
		sm_buf_put(b, (const char *)length, sizeof(length));
		sm_buf_put(b, parts[i].p, parts[i].n);
	}
}

static void hash_bytes(crypto_generichash_state *state, sm_bytes b)
{
	if (b.n != 0) {
		crypto_generichash_update(state, (const uint8_t *)b.p, b.n);
	}
}

void sm_keyed_pae(uint8_t out[32], const uint8_t key[SM_KEY_LEN], const sm_bytes *parts, size_t n)
{
	crypto_generichash_state state;
	uint8_t length[8];

	crypto_generichash_init(&state, key, SM_KEY_LEN, 32);
	le64(length, n);
	crypto_generichash_update(&state, length, sizeof(length));
	for (size_t i = 0; i < n; i++) {
		le64(length, parts[i].n);
		crypto_generichash_update(&state, length, sizeof(length));
		hash_bytes(&state, parts[i]);
	}
	crypto_generichash_final(&state, out, 32);
	sodium_memzero(&state, sizeof(state));
}

/* ---- identities ---- */

/* H32(B2K(key, PAE(parts))) */
static void h32(const uint8_t key[SM_KEY_LEN], const sm_bytes *parts, size_t n, char out[SM_ID_SIZE])
{
	uint8_t hash[32];

	sm_keyed_pae(hash, key, parts, n);
	sm_hex(out, hash, SM_ID_LEN / 2);
}

#define H32(KEY, PARTS, OUT) h32((KEY), (PARTS), sizeof(PARTS) / sizeof((PARTS)[0]), (OUT))

void sm_run_id(const sm_keys *k, sm_bytes workflow, sm_bytes subject, sm_bytes occurrence, char out[SM_ID_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.run.v1"), workflow, subject, occurrence};

	H32(k->idem, parts, out);
}

void sm_effect_key(const sm_keys *k, const char *run_id, sm_bytes step, char out[SM_EFFECT_KEY_SIZE])
{
	uint8_t raw[SM_ID_LEN / 2];

	out[0] = '\0';
	if (!sm_unhex(raw, sizeof(raw), sm_cstr(run_id))) {
		return;
	}

	const sm_bytes parts[] = {SM_STR("sophmate.effect.v1"), {(const char *)k->site_id, SM_SITE_ID_LEN},
		{(const char *)raw, sizeof(raw)}, step};

	memcpy(out, "sm_", 3);
	H32(k->idem, parts, out + 3);
}

void sm_fingerprint(const sm_keys *k, sm_bytes workflow, sm_bytes canonical, char out[SM_HASH_HEX_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.fp.v1"), workflow, SM_STR("jcs1"), canonical};
	uint8_t hash[32];

	sm_keyed_pae(hash, k->fp, parts, sizeof(parts) / sizeof(parts[0]));
	sm_hex(out, hash, sizeof(hash));
}

void sm_subject_hash(const sm_keys *k, sm_bytes subject, char out[SM_ID_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.subject.v1"), subject};

	H32(k->subject, parts, out);
}

void sm_external_hash(const sm_keys *k, sm_bytes kind, sm_bytes id, char out[SM_ID_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.external.v1"), kind, id};

	H32(k->subject, parts, out);
}

void sm_switch_stream(const sm_keys *k, sm_bytes target, char out[SM_ID_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.switch.v1"), target};

	H32(k->idem, parts, out);
}

void sm_audit_stream(const sm_keys *k, sm_bytes name, char out[SM_ID_SIZE])
{
	const sm_bytes parts[] = {SM_STR("sophmate.audit.v1"), name};

	H32(k->idem, parts, out);
}

void sm_site_check(const sm_keys *k, int schema_version, sm_bytes environment, char out[SM_ID_SIZE])
{
	char digits[12];
	size_t at = sizeof(digits);
	unsigned v = schema_version < 0 ? 0u - (unsigned)schema_version : (unsigned)schema_version;

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	if (schema_version < 0) {
		digits[--at] = '-';
	}

	const sm_bytes parts[] = {SM_STR("sophmate.sitecheck.v1"), {(const char *)k->site_id, SM_SITE_ID_LEN},
		{digits + at, sizeof(digits) - at}, environment};

	H32(k->site, parts, out);
}

/* ---- leaves ---- */

void sm_sha256_hex(sm_bytes b, char out[SM_HASH_HEX_SIZE])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const uint8_t *)(b.n == 0 ? "" : b.p), b.n);
	sm_hex(out, hash, sizeof(hash));
}

void sm_leaf_hash(sm_bytes leaf, char out[SM_HASH_HEX_SIZE])
{
	static const uint8_t prefix[1] = {0x00};
	crypto_hash_sha256_state state;
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, prefix, sizeof(prefix));
	if (leaf.n != 0) {
		crypto_hash_sha256_update(&state, (const uint8_t *)leaf.p, leaf.n);
	}
	crypto_hash_sha256_final(&state, hash);
	sm_hex(out, hash, sizeof(hash));
}

void sm_hmac_sha256(uint8_t out[32], sm_bytes key, const sm_bytes *parts, size_t n)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const uint8_t *)(key.n == 0 ? "" : key.p), key.n);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n != 0) {
			crypto_auth_hmacsha256_update(&state, (const uint8_t *)parts[i].p, parts[i].n);
		}
	}
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

void sm_commitment(const uint8_t salt[SM_SALT_LEN], const char *event_id, sm_bytes field, sm_bytes canonical,
	char out[SM_COMMITMENT_LEN + 1])
{
	uint8_t raw[SM_ID_LEN / 2], lengths[5][8], hash[32];

	out[0] = '\0';
	if (!sm_unhex(raw, sizeof(raw), sm_cstr(event_id))) {
		return;
	}

	const sm_bytes parts[4] = {SM_STR("sophmate.field.v1"), {(const char *)raw, sizeof(raw)}, field, canonical};
	sm_bytes pae[9] = {{(const char *)lengths[0], 8}};

	le64(lengths[0], 4);
	for (size_t i = 0; i < 4; i++) {
		le64(lengths[i + 1], parts[i].n);
		pae[2 * i + 1] = (sm_bytes){(const char *)lengths[i + 1], 8};
		pae[2 * i + 2] = parts[i];
	}
	sm_hmac_sha256(hash, (sm_bytes){(const char *)salt, SM_SALT_LEN}, pae, 9);
	sodium_bin2base64(out, SM_COMMITMENT_LEN + 1, hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
}
