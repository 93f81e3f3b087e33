/* merkle: the RFC 6962 tree over SHA-256: a frontier that takes one leaf hash after the other, inclusion and consistency proofs.
 * Part of the group seal. Uses base, libsodium. Nothing here allocates: a frontier is 2 KiB, a proof at most 2 KiB, and making
 * a proof reads hashes in ranges of at most SM_TILE_WIDTH. */
#ifndef SM_MERKLE_H
#define SM_MERKLE_H

#include "base.h"

enum {
	SM_TREE_HASH_LEN = 32,
	SM_HASH_BASE64_LEN = 44,
	SM_TREE_LEVELS = 63,  /* levels of complete subtrees in a tree of SM_TREE_SIZE_MAX leaves */
	SM_PROOF_MAX = 64,    /* hashes of the longest proof */
	SM_TILE_HEIGHT = 8,
	SM_TILE_WIDTH = 256   /* hashes of a full tile; most that one read of a source asks for */
};
/* Sizes and indexes are decimal numbers that every reader of these formats takes as int64. */
#define SM_TREE_SIZE_MAX ((uint64_t)INT64_MAX)

typedef struct sm_hash {
	uint8_t bytes[SM_TREE_HASH_LEN];
} sm_hash;

/** SHA-256(0x00 || leaf) */
void sm_hash_leaf(sm_bytes leaf, sm_hash *out);
/** SHA-256(0x01 || left || right); out may be one of them. */
void sm_hash_node(const sm_hash *left, const sm_hash *right, sm_hash *out);
/** Root of the tree without leaves: SHA-256(""). */
void sm_hash_empty(sm_hash *out);
bool sm_hash_eq(const sm_hash *a, const sm_hash *b);
/** Strict base64 of exactly 32 bytes. @return false for anything else; *out is then untouched */
bool sm_hash_read(sm_bytes base64, sm_hash *out);
void sm_hash_put(sm_buf *b, const sm_hash *hash);

/* ---- frontier: all that a tree must remember to grow ---- */

typedef struct sm_frontier {
	uint64_t size;                 /* leaves so far */
	sm_hash nodes[SM_TREE_LEVELS]; /* nodes[l] is set where bit l of size is: the complete subtrees from left to right */
} sm_frontier;

/** The empty tree. */
void sm_frontier_init(sm_frontier *f);
/** Takes the next leaf.
 *  @param complete   NULL, or SM_TREE_LEVELS hashes: complete[l] becomes the root of the subtree of 2^l leaves that this leaf
 *                    completes, for l from 0 to the number of zero bits at the end of the new size
 *  @return SM_OK, SM_E_LIMIT (SM_TREE_SIZE_MAX leaves; nothing changed) */
sm_status sm_frontier_add(sm_frontier *f, const sm_hash *leaf, sm_hash *complete);
void sm_frontier_root(const sm_frontier *f, sm_hash *out);
/** As text: the size in decimal, then the nodes from left to right in base64, one a line. */
void sm_frontier_put(sm_buf *b, const sm_frontier *f);
/** Reads that text, whole. What it says is worth nothing until its root was compared with a signed one.
 *  @return SM_OK, SM_E_SYNTAX (e says what; *out is then empty) */
sm_status sm_frontier_read(sm_bytes text, sm_frontier *out, sm_error *e);

/** The next event of a log as it was read back: its index must be the next one and its hash the stored one.
 *  @param stored   leaf_hash as stored, 64 hex digits; {NULL, 0} = not compared
 *  @return SM_OK; SM_E_GAP (a leaf is missing, or one comes twice); SM_E_ILLEGAL (the leaf is not what was hashed); SM_E_LIMIT;
 *          f is unchanged unless SM_OK */
sm_status sm_frontier_take(sm_frontier *f, uint64_t index, sm_bytes leaf, sm_bytes stored, sm_error *e);

/* ---- proofs ---- */

/* Where hashes come from: the journal's leaf_hash column, or tiles. */
typedef struct sm_hash_source {
	/** Roots of `n` neighbouring complete subtrees of 256^level leaves each, the first being number `first` of its level: level
	 *  0 is the leaf hashes. Never asks for what lies outside of the tree of which a proof is made.
	 *  @param n   1 to SM_TILE_WIDTH
	 *  @return SM_OK or any error, which ends the proof */
	sm_status (*read)(void *ctx, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e);
	unsigned levels; /* how many levels it has, 1 to 8; 1 = leaf hashes alone, which makes each proof read them all once */
	void *ctx;
} sm_hash_source;

typedef struct sm_proof {
	sm_hash hashes[SM_PROOF_MAX];
	size_t n;
} sm_proof;

/** Root of the first `size` leaves.
 *  @return SM_OK, SM_E_ARGUMENT (size over SM_TREE_SIZE_MAX, levels), what the source gave */
sm_status sm_tree_root(const sm_hash_source *s, uint64_t size, sm_hash *out, sm_error *e);
/** That leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1).
 *  @return SM_OK, SM_E_ARGUMENT (index not below size, size over SM_TREE_SIZE_MAX, levels), what the source gave */
sm_status sm_inclusion_prove(const sm_hash_source *s, uint64_t index, uint64_t size, sm_proof *out, sm_error *e);
/** That the tree of `size` leaves begins with the tree of `old` leaves (RFC 6962 section 2.1.2).
 *  @param known   frontier of exactly the `old` leaves, so that none of them is read again; or NULL
 *  @return SM_OK, SM_E_ARGUMENT (old 0 or above size, size over SM_TREE_SIZE_MAX, levels, frontier of another size), what the
 *          source gave */
sm_status sm_consistency_prove(const sm_hash_source *s, const sm_frontier *known, uint64_t old, uint64_t size, sm_proof *out,
	sm_error *e);

/** @return SM_OK: proved. SM_E_ARGUMENT: no such leaf in a tree of this size. SM_E_ILLEGAL: the proof is too short, too long, or leads
 *          to another root */
sm_status sm_inclusion_verify(uint64_t index, uint64_t size, const sm_hash *leaf, const sm_hash *proof, size_t n, const sm_hash *root,
	sm_error *e);
/** @return SM_OK: proved. SM_E_ARGUMENT: old is 0 (every tree begins with the empty one: that proves nothing) or above size.
 *          SM_E_ILLEGAL: the proof is too short, too long, or leads to other roots */
sm_status sm_consistency_verify(uint64_t old, uint64_t size, const sm_hash *old_root, const sm_hash *root, const sm_hash *proof,
	size_t n, sm_error *e);

#endif
