/* seal: what is hashed and keyed (FORMATS). This first part holds what identities and leaves need: PAE, keyed
 * BLAKE2b, SHA-256, leaf hashes, commitments. Uses base, canon, libsodium.
 *
 * An id that is handed in is 32 lower-case hex digits. With anything else the result is the empty string, which no
 * key, id or commitment is: a wrong id never gets a valid-looking hash. */
#ifndef SM_SEAL_H
#define SM_SEAL_H

#include "canon.h"

enum { SM_KEY_LEN = 32, SM_SITE_ID_LEN = 16, SM_SALT_LEN = 32, SM_EFFECT_KEY_SIZE = 36, SM_COMMITMENT_LEN = 44 };

/* Everything derived from a site's secret. Holds keys: wipe with sm_keys_wipe, never print. */
typedef struct sm_keys {
	uint8_t site[SM_KEY_LEN], idem[SM_KEY_LEN], fp[SM_KEY_LEN], subject[SM_KEY_LEN];
	uint8_t site_id[SM_SITE_ID_LEN];
} sm_keys;

/** K_idem, K_fp and K_subject from the site's key; copies key and site id. */
void sm_keys_derive(sm_keys *keys, const uint8_t site_key[SM_KEY_LEN], const uint8_t site_id[SM_SITE_ID_LEN]);
void sm_keys_wipe(sm_keys *keys);

/** PAE(parts) appended (PASETO pre-authentication encoding). */
void sm_pae_put(sm_buf *b, const sm_bytes *parts, size_t n);
/** BLAKE2b-256 keyed, of PAE(parts), without building it in memory. */
void sm_keyed_pae(uint8_t out[32], const uint8_t key[SM_KEY_LEN], const sm_bytes *parts, size_t n);

/** HMAC-SHA-256 (RFC 2104) of the parts one after the other; the key may have any length. */
void sm_hmac_sha256(uint8_t out[32], sm_bytes key, const sm_bytes *parts, size_t n);

/* Identities (FORMATS "Keys and identities"): 32 hex digits and a NUL where not said otherwise. */

/** @param occurrence   decimal, "1" unless a deliberate repetition was recorded */
void sm_run_id(const sm_keys *k, sm_bytes workflow, sm_bytes subject, sm_bytes occurrence, char out[SM_ID_SIZE]);
/** "sm_" and 32 hex digits.
 *  @param run_id   32 lower-case hex digits */
void sm_effect_key(const sm_keys *k, const char *run_id, sm_bytes step, char out[SM_EFFECT_KEY_SIZE]);
/** 64 hex digits.
 *  @param canonical   canonical JSON text of the payload or input */
void sm_fingerprint(const sm_keys *k, sm_bytes workflow, sm_bytes canonical, char out[SM_HASH_HEX_SIZE]);
void sm_subject_hash(const sm_keys *k, sm_bytes subject, char out[SM_ID_SIZE]);
void sm_external_hash(const sm_keys *k, sm_bytes kind, sm_bytes id, char out[SM_ID_SIZE]);
/** The stream of a switch's events (PROTOCOL section 6).
 *  @param target   "*", "category:NAME", "workflow:NAME", ... */
void sm_switch_stream(const sm_keys *k, sm_bytes target, char out[SM_ID_SIZE]);
/** The stream of events outside of runs (FORMATS).
 *  @param name   "site", "privacy"; the log's own is "log" */
void sm_audit_stream(const sm_keys *k, sm_bytes name, char out[SM_ID_SIZE]);
void sm_site_check(const sm_keys *k, int schema_version, sm_bytes environment, char out[SM_ID_SIZE]);

void sm_sha256_hex(sm_bytes b, char out[SM_HASH_HEX_SIZE]);
/** SHA-256(0x00 || leaf) in hex. */
void sm_leaf_hash(sm_bytes leaf, char out[SM_HASH_HEX_SIZE]);
/** base64(HMAC-SHA-256(salt, PAE("sophmate.field.v1", event id raw, field, canonical value))), 44 characters and a NUL. */
void sm_commitment(const uint8_t salt[SM_SALT_LEN], const char *event_id, sm_bytes field, sm_bytes canonical,
	char out[SM_COMMITMENT_LEN + 1]);

#endif
