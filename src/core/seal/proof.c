/* Proofs of RFC 6962, made from ranges of hashes and checked by the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2. */
#include "../merkle.h"

#include <inttypes.h>

/* ---- hashes of ranges ---- */

/* Greatest l with 2^l <= n; n > 0. */
static unsigned log2_floor(uint64_t n)
{
	unsigned l = 0;

	while (n >> l > 1) {
		l++;
	}
	return l;
}

typedef struct maker {
	const sm_hash_source *source;
	const sm_frontier *known; /* hashes that need no read, or NULL */
} maker;

/* Root of the complete subtree of 2^level leaves that is number `index` of its level. */
static sm_status subtree(const maker *m, unsigned level, uint64_t index, sm_hash *out, sm_error *e)
{
	if (m->known != NULL && (m->known->size >> level & 1) != 0 && index == (m->known->size >> level) - 1) {
		*out = m->known->nodes[level];
		return SM_OK;
	}

	unsigned tile = level / SM_TILE_HEIGHT;

	if (tile >= m->source->levels) {
		tile = m->source->levels - 1;
	}

	uint64_t count = UINT64_C(1) << (level - SM_TILE_HEIGHT * tile), first = index * count;
	sm_hash batch[SM_TILE_WIDTH];
	sm_frontier f;

	sm_frontier_init(&f);
	while (f.size < count) {
		size_t n = count - f.size < SM_TILE_WIDTH ? (size_t)(count - f.size) : SM_TILE_WIDTH;
		sm_status s = m->source->read(m->source->ctx, tile, first + f.size, n, batch, e);

		for (size_t i = 0; s == SM_OK && i < n; i++) {
			s = sm_frontier_add(&f, &batch[i], NULL);
		}
		if (s != SM_OK) {
			return s;
		}
	}
	sm_frontier_root(&f, out);
	return SM_OK;
}

/* Root of the leaves from begin to end; begin is a multiple of the least power of two that is not below their number. */
static sm_status range(const maker *m, uint64_t begin, uint64_t end, sm_hash *out, sm_error *e)
{
	sm_hash parts[SM_TREE_LEVELS];
	size_t n = 0;

	while (begin < end) {
		unsigned level = log2_floor(end - begin);
		sm_status s = subtree(m, level, begin >> level, &parts[n++], e);

		if (s != SM_OK) {
			return s;
		}
		begin += UINT64_C(1) << level;
	}
	*out = parts[--n];
	while (n > 0) {
		sm_hash_node(&parts[--n], out, out);
	}
	return SM_OK;
}

static sm_status check_source(const sm_hash_source *s, uint64_t size, sm_error *e)
{
	if (s->levels < 1 || s->levels > 8) {
		return sm_fail(e, SM_E_ARGUMENT, "A source of hashes has 1 to 8 levels, got %u", s->levels);
	}
	if (size > SM_TREE_SIZE_MAX) {
		return sm_fail(e, SM_E_ARGUMENT, "A tree has at most 2^63-1 leaves, got %" PRIu64, size);
	}
	return SM_OK;
}

sm_status sm_tree_root(const sm_hash_source *s, uint64_t size, sm_hash *out, sm_error *e)
{
	const maker m = {s, NULL};
	sm_status status = check_source(s, size, e);

	if (status != SM_OK) {
		return status;
	}
	if (size == 0) {
		sm_hash_empty(out);
		return SM_OK;
	}
	return range(&m, 0, size, out, e);
}

/* ---- making ---- */

/* The ranges whose roots make a proof, from the tree's root downwards. */
typedef struct path {
	uint64_t begin[SM_PROOF_MAX], end[SM_PROOF_MAX];
	size_t n;
} path;

static void path_add(path *p, uint64_t begin, uint64_t end)
{
	p->begin[p->n] = begin;
	p->end[p->n++] = end;
}

/* Splits begin..end as RFC 6962 does and keeps the half that holds `at`; the other one joins the path. */
static void descend(path *p, uint64_t *begin, uint64_t *end, uint64_t at)
{
	uint64_t middle = *begin + (UINT64_C(1) << log2_floor(*end - *begin - 1));

	if (at < middle) {
		path_add(p, middle, *end);
		*end = middle;
	} else {
		path_add(p, *begin, middle);
		*begin = middle;
	}
}

/* Proofs go from the bottom upwards. */
static sm_status read_path(const maker *m, const path *p, sm_proof *out, sm_error *e)
{
	sm_status s = SM_OK;

	out->n = 0;
	for (size_t i = p->n; s == SM_OK && i-- > 0;) {
		s = range(m, p->begin[i], p->end[i], &out->hashes[out->n++], e);
	}
	return s;
}

sm_status sm_inclusion_prove(const sm_hash_source *s, uint64_t index, uint64_t size, sm_proof *out, sm_error *e)
{
	const maker m = {s, NULL};
	path p = {.n = 0};
	uint64_t begin = 0, end = size;
	sm_status status = check_source(s, size, e);

	out->n = 0;
	if (status != SM_OK) {
		return status;
	}
	if (index >= size) {
		return sm_fail(e, SM_E_ARGUMENT, "There is no leaf %" PRIu64 " in a tree of %" PRIu64 " leaves", index, size);
	}
	while (end - begin > 1) {
		descend(&p, &begin, &end, index);
	}
	return read_path(&m, &p, out, e);
}

static sm_status check_sizes(uint64_t old, uint64_t size, sm_error *e)
{
	if (old == 0) {
		return sm_fail(e, SM_E_ARGUMENT, "Every tree begins with the empty one: a proof from size 0 says nothing");
	}
	if (old > size) {
		return sm_fail(e, SM_E_ARGUMENT, "A tree of %" PRIu64 " leaves cannot begin with one of %" PRIu64, size, old);
	}
	return SM_OK;
}

sm_status sm_consistency_prove(const sm_hash_source *s, const sm_frontier *known, uint64_t old, uint64_t size, sm_proof *out,
	sm_error *e)
{
	const maker m = {s, known};
	path p = {.n = 0};
	uint64_t begin = 0, end = size;
	sm_status status = check_source(s, size, e);

	out->n = 0;
	status = status != SM_OK ? status : check_sizes(old, size, e);
	if (status != SM_OK) {
		return status;
	}
	if (known != NULL && known->size != old) {
		return sm_fail(e, SM_E_ARGUMENT, "The frontier has %" PRIu64 " leaves, the old tree %" PRIu64, known->size, old);
	}
	while (end != old) {
		descend(&p, &begin, &end, old - 1);
	}
	/* The verifier knows the old root; a smaller part of the old tree it does not. */
	if (begin != 0) {
		path_add(&p, begin, end);
	}
	return read_path(&m, &p, out, e);
}

/* ---- checking ---- */

static sm_status no_proof(sm_error *e, const char *what, const char *why)
{
	return sm_fail(e, SM_E_ILLEGAL, "The %s proof %s", what, why);
}

sm_status sm_inclusion_verify(uint64_t index, uint64_t size, const sm_hash *leaf, const sm_hash *proof, size_t n, const sm_hash *root,
	sm_error *e)
{
	uint64_t at = index, last = size - 1;
	sm_hash hash = *leaf;

	if (index >= size || size > SM_TREE_SIZE_MAX) {
		return sm_fail(e, SM_E_ARGUMENT, "There is no leaf %" PRIu64 " in a tree of %" PRIu64 " leaves", index, size);
	}
	for (size_t i = 0; i < n; i++) {
		if (last == 0) {
			return no_proof(e, "inclusion", "is too long");
		}
		if ((at & 1) != 0 || at == last) {
			sm_hash_node(&proof[i], &hash, &hash);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			sm_hash_node(&hash, &proof[i], &hash);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0) {
		return no_proof(e, "inclusion", "is too short");
	}
	return sm_hash_eq(&hash, root) ? SM_OK : no_proof(e, "inclusion", "leads to another root");
}

sm_status sm_consistency_verify(uint64_t old, uint64_t size, const sm_hash *old_root, const sm_hash *root, const sm_hash *proof,
	size_t n, sm_error *e)
{
	sm_status status = check_sizes(old, size, e);

	if (status != SM_OK) {
		return status;
	}
	if (old == size) {
		if (n != 0) {
			return no_proof(e, "consistency", "is too long");
		}
		return sm_hash_eq(old_root, root) ? SM_OK : no_proof(e, "consistency", "is of one size with two roots");
	}

	/* Where the old tree is one complete subtree, its root is the first hash and is not repeated in the proof. */
	bool whole = (old & (old - 1)) == 0;
	uint64_t at = old - 1, last = size - 1;

	if (n == 0) {
		return no_proof(e, "consistency", "is too short");
	}
	while ((at & 1) != 0) {
		at >>= 1;
		last >>= 1;
	}

	sm_hash before = whole ? *old_root : proof[0], after = before;

	for (size_t i = whole ? 0 : 1; i < n; i++) {
		if (last == 0) {
			return no_proof(e, "consistency", "is too long");
		}
		if ((at & 1) != 0 || at == last) {
			sm_hash_node(&proof[i], &before, &before);
			sm_hash_node(&proof[i], &after, &after);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			sm_hash_node(&after, &proof[i], &after);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0) {
		return no_proof(e, "consistency", "is too short");
	}
	if (!sm_hash_eq(&before, old_root)) {
		return no_proof(e, "consistency", "leads to another old root");
	}
	return sm_hash_eq(&after, root) ? SM_OK : no_proof(e, "consistency", "leads to another new root");
}
