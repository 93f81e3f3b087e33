/* key_order: members of an object in canonical order. Private to canon's writer and reader. */
#ifndef SM_CANON_KEY_ORDER_H
#define SM_CANON_KEY_ORDER_H

#include "../canon.h"

enum { SM_KEY_ORDER_FIXED = 16 };

typedef struct sm_key_order {
	const sm_json_member **sorted; /* NULL where the members stand in order already */
	const sm_json_member *twin;    /* one of two members with equal keys, or NULL */
	const sm_json_member *fixed[SM_KEY_ORDER_FIXED];
} sm_key_order;

/** Sorts by sm_canon_key_cmp, O(n log n) compares at most and O(n) for members that are in order.
 *
 *  @param scratch   memory for objects with more than SM_KEY_ORDER_FIXED members; must live as long as *o is used
 *  @return SM_OK; SM_E_ENCODING, two keys are equal (o->twin); SM_E_NOMEM */
sm_status sm_key_order_of(sm_key_order *o, sm_arena *scratch, const sm_json_member *members, size_t n);

#endif
