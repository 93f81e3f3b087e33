/* canonical: where the walk of canonical.c stands in a PHP value, and its refusals. Private to the two. */
#ifndef SOPHMATE_CANONICAL_H
#define SOPHMATE_CANONICAL_H

#include "sophmate.h"
#include "src/core/canon.h"

/* One container on the way from the root to the value at hand: for messages and for cycles. */
typedef struct sophmate_frame {
	const struct sophmate_frame *up;
	const void *identity;   /* table or object */
	const zend_string *key; /* of the child at hand; NULL: it has an index */
	zend_ulong index;
} sophmate_frame;

/** Each throws, with the path of the value in its message, and returns false. at: NULL for the root. */
ZEND_COLD bool sophmate_canonical_refuse(const sophmate_frame *at, const char *what);
ZEND_COLD bool sophmate_canonical_refuse_object(const sophmate_frame *at, zend_object *object);
/** @param limit   name of the limit, which is SM_MAX_DEPTH */
ZEND_COLD bool sophmate_canonical_too_deep(const sophmate_frame *at, const char *limit);

#endif
