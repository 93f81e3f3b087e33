/* known_heads: what this host knows of the logs' heads, for verification: head files and the anchor file, as they are when it begins. Reads alone,
 * takes no lock: head files are replaced whole, the anchor file grows. */
#ifndef SOPHMATE_KNOWN_HEADS_H
#define SOPHMATE_KNOWN_HEADS_H

#include "sophmate.h"

#include "src/core/audit.h"
#include "src/core/verify.h"

typedef struct sophmate_known_heads {
	sm_arena files;
	sm_bytes *notes;         /* of the head files, those of the oldest log first */
	size_t n_notes, at;
	sm_arena arena;          /* of the anchor that was given last */
	char label[64];
	php_stream *anchor;      /* PHP closes it where a longjmp leaves it */
	zend_off_t left;         /* bytes of the anchor file that are still to be read */
	int64_t line;
} sophmate_known_heads;

/** @param origins   of the journal's logs, oldest first
 *  @return SM_OK; SM_E_STATE: the anchor file is there and is a link or no plain file, or cannot be read */
sm_status sophmate_known_heads_open(sophmate_known_heads *heads, const sm_bytes *origins, size_t n, const sm_alloc *a, sm_error *e);
void sophmate_known_heads_close(sophmate_known_heads *heads);
/** As sm_verify_options.next_head. */
sm_status sophmate_known_heads_next(sophmate_known_heads *heads, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e);
/** The head file of a log, whole.
 *  @param text   in `arena`; {NULL, 0} = there is none
 *  @return SM_OK, SM_E_STATE (it cannot be read), SM_E_NOMEM */
sm_status sophmate_known_heads_file(sm_arena *arena, sm_bytes origin, sm_bytes *text, sm_error *e);

#endif
