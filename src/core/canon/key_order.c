#include "key_order.h"

#include <string.h>

int sm_canon_key_cmp(sm_bytes a, sm_bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];

		if (x != y) {
			/* Bytes of UTF-8 sort as code points. UTF-16 differs in one thing: the surrogates of code points
			 * from U+10000 (lead bytes F0 to F4) come before U+E000 to U+FFFF (lead bytes EE and EF). */
			if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) {
				return x < y ? 1 : -1;
			}
			return x < y ? -1 : 1;
		}
	}
	return (a.n > b.n) - (a.n < b.n);
}

/* Merges the sorted runs of `width` items of `from` into runs twice as long in `to`.
 *  @return a member with a twin, or NULL */
static const sm_json_member *merge_pass(
	const sm_json_member **to, const sm_json_member *const *from, size_t n, size_t width)
{
	const sm_json_member *twin = NULL;

	for (size_t start = 0; start < n; start += 2 * width) {
		size_t left = start, middle = n - start < width ? n : start + width;
		size_t right = middle, end = n - middle < width ? n : middle + width;

		for (size_t at = start; at < end; at++) {
			int c = left == middle ? 1 : right == end ? -1 : sm_canon_key_cmp(from[left]->key, from[right]->key);

			twin = c == 0 ? from[left] : twin;
			to[at] = c <= 0 ? from[left++] : from[right++];
		}
	}
	return twin;
}

sm_status sm_key_order_of(sm_key_order *o, sm_arena *scratch, const sm_json_member *members, size_t n)
{
	size_t ascending = 1;
	const sm_json_member **other;

	o->sorted = NULL;
	o->twin = NULL;
	for (; ascending < n; ascending++) {
		int c = sm_canon_key_cmp(members[ascending - 1].key, members[ascending].key);

		if (c == 0) {
			o->twin = &members[ascending];
			return SM_E_ENCODING;
		}
		if (c > 0) {
			break;
		}
	}
	if (ascending >= n) {
		return SM_OK;
	}

	if (n <= SM_KEY_ORDER_FIXED) {
		o->sorted = o->fixed;
		for (size_t i = 0; i < n; i++) {
			size_t at = i;

			for (; at > 0; at--) {
				int c = sm_canon_key_cmp(o->sorted[at - 1]->key, members[i].key);

				if (c == 0) {
					o->twin = &members[i];
					return SM_E_ENCODING;
				}
				if (c < 0) {
					break;
				}
				o->sorted[at] = o->sorted[at - 1];
			}
			o->sorted[at] = &members[i];
		}
		return SM_OK;
	}

	o->sorted = SM_NEW(scratch, const sm_json_member *, n);
	other = SM_NEW(scratch, const sm_json_member *, n);
	if (o->sorted == NULL || other == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		o->sorted[i] = &members[i];
	}
	for (size_t width = 1; width < n; width *= 2) {
		const sm_json_member **to = other;

		o->twin = merge_pass(to, o->sorted, n, width);
		if (o->twin != NULL) {
			return SM_E_ENCODING;
		}
		other = o->sorted;
		o->sorted = to;
	}
	return SM_OK;
}
