/* resolve: the tags of FORMATS "Canonical JSON" in a tree that was read. Private to canon's reader. */
#ifndef SM_CANON_RESOLVE_H
#define SM_CANON_RESOLVE_H

#include "../canon.h"

/** Replaces {"$int"}, {"$f64"}, {"$bin"}, {"$esc"} in the tree by what they stand for, and checks SM_MAX_DEPTH.
 *
 *  @param root      changed in place; at most 2 * SM_MAX_DEPTH + 1 levels deep
 *  @param text      what was read, for the position of an error
 *  @param deepest   the position that an error about the depth names
 *  @return SM_OK, SM_E_SYNTAX, SM_E_LIMIT, SM_E_NOMEM */
sm_status sm_resolve_tags(sm_arena *arena, sm_json *root, sm_bytes text, size_t deepest, sm_error *e);

/** @return SM_E_LIMIT */
sm_status sm_resolve_too_deep(sm_error *e, size_t position);

#endif
