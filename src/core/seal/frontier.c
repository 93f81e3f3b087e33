/* The growing edge of the tree. */
#include "../merkle.h"

#include "text.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

void sm_hash_leaf(sm_bytes leaf, sm_hash *out)
{
	static const uint8_t prefix[1] = {0x00};
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, prefix, sizeof(prefix));
	if (leaf.n != 0) {
		crypto_hash_sha256_update(&state, (const uint8_t *)leaf.p, leaf.n);
	}
	crypto_hash_sha256_final(&state, out->bytes);
}

void sm_hash_node(const sm_hash *left, const sm_hash *right, sm_hash *out)
{
	uint8_t both[1 + 2 * SM_TREE_HASH_LEN];

	both[0] = 0x01;
	memcpy(both + 1, left->bytes, SM_TREE_HASH_LEN);
	memcpy(both + 1 + SM_TREE_HASH_LEN, right->bytes, SM_TREE_HASH_LEN);
	crypto_hash_sha256(out->bytes, both, sizeof(both));
}

void sm_hash_empty(sm_hash *out)
{
	crypto_hash_sha256(out->bytes, (const uint8_t *)"", 0);
}

bool sm_hash_eq(const sm_hash *a, const sm_hash *b)
{
	return memcmp(a->bytes, b->bytes, SM_TREE_HASH_LEN) == 0;
}

bool sm_hash_read(sm_bytes base64, sm_hash *out)
{
	sm_hash hash;
	size_t n;

	if (base64.n != SM_HASH_BASE64_LEN || !sm_text_base64(base64, hash.bytes, sizeof(hash.bytes), &n) || n != SM_TREE_HASH_LEN) {
		return false;
	}
	*out = hash;
	return true;
}

void sm_hash_put(sm_buf *b, const sm_hash *hash)
{
	sm_base64_put(b, hash->bytes, SM_TREE_HASH_LEN);
}

/* ---- frontier ---- */

void sm_frontier_init(sm_frontier *f)
{
	memset(f, 0, sizeof(*f));
}

sm_status sm_frontier_add(sm_frontier *f, const sm_hash *leaf, sm_hash *complete)
{
	sm_hash hash = *leaf;
	unsigned level = 0;

	if (f->size >= SM_TREE_SIZE_MAX) {
		return SM_E_LIMIT;
	}
	for (;; level++) {
		if (complete != NULL) {
			complete[level] = hash;
		}
		if ((f->size >> level & 1) == 0) {
			break;
		}
		sm_hash_node(&f->nodes[level], &hash, &hash);
	}
	f->nodes[level] = hash;
	f->size++;
	return SM_OK;
}

void sm_frontier_root(const sm_frontier *f, sm_hash *out)
{
	bool begun = false;

	sm_hash_empty(out);
	for (unsigned level = 0; level < SM_TREE_LEVELS; level++) {
		if ((f->size >> level & 1) == 0) {
			continue;
		}
		if (begun) {
			sm_hash_node(&f->nodes[level], out, out);
		} else {
			*out = f->nodes[level];
			begun = true;
		}
	}
}

void sm_frontier_put(sm_buf *b, const sm_frontier *f)
{
	sm_text_put_decimal(b, f->size);
	sm_buf_putc(b, '\n');
	for (unsigned level = SM_TREE_LEVELS; level-- > 0;) {
		if ((f->size >> level & 1) != 0) {
			sm_hash_put(b, &f->nodes[level]);
			sm_buf_putc(b, '\n');
		}
	}
}

sm_status sm_frontier_read(sm_bytes text, sm_frontier *out, sm_error *e)
{
	sm_frontier f;
	sm_bytes rest = text, line;

	sm_frontier_init(out);
	sm_frontier_init(&f);
	if (!sm_text_line(&rest, &line) || !sm_text_decimal(line, &f.size)) {
		return sm_fail(e, SM_E_SYNTAX, "A frontier begins with the size of its tree in decimal, on a line of its own");
	}
	for (unsigned level = SM_TREE_LEVELS; level-- > 0;) {
		if ((f.size >> level & 1) == 0) {
			continue;
		}
		if (!sm_text_line(&rest, &line)) {
			return sm_fail(e, SM_E_SYNTAX, "The frontier of %" PRIu64 " leaves ends before its hash of level %u", f.size, level);
		}
		if (!sm_hash_read(line, &f.nodes[level])) {
			return sm_fail(e, SM_E_SYNTAX, "The frontier's hash of level %u is not the base64 of 32 bytes", level);
		}
	}
	if (rest.n != 0) {
		return sm_fail(e, SM_E_SYNTAX, "The frontier of %" PRIu64 " leaves goes on after its last hash", f.size);
	}
	*out = f;
	return SM_OK;
}

sm_status sm_frontier_take(sm_frontier *f, uint64_t index, sm_bytes leaf, sm_bytes stored, sm_error *e)
{
	sm_hash hash;
	char hex[SM_HASH_HEX_SIZE];

	if (index != f->size) {
		return sm_fail(e, SM_E_GAP, "Leaf %" PRIu64 " of the log is missing: leaf %" PRIu64 " stands in its place", f->size, index);
	}
	sm_hash_leaf(leaf, &hash);
	if (stored.p != NULL) {
		sm_hex(hex, hash.bytes, sizeof(hash.bytes));
		if (!sm_bytes_eq(stored, sm_cstr(hex))) {
			return sm_fail(e, SM_E_ILLEGAL, "Leaf %" PRIu64 " of the log hashes to %s, not to the stored hash", index, hex);
		}
	}
	if (sm_frontier_add(f, &hash, NULL) != SM_OK) {
		return sm_fail_limit(e, "leaves of a log", INT64_MAX, INT64_MAX);
	}
	return SM_OK;
}
