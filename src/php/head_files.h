/* head_files: what a host remembers of its logs' heads: one head file a log in sophmate.state_dir, and the anchor file. Files are written
 * under a lock of the log, so that two signers of one host never interleave. */
#ifndef SOPHMATE_HEAD_FILES_H
#define SOPHMATE_HEAD_FILES_H

#include "sophmate.h"

#include "src/core/audit.h"

enum { SOPHMATE_ANCHOR_LINE_MAX = 8192 }; /* bytes of a line of the anchor file that counts */

typedef struct sophmate_heads {
	int dir;
	sm_head_files files;
} sophmate_heads;

/** Opens sophmate.state_dir and takes the lock of this origin; waits for at most 10 s.
 *  @return SM_OK; SM_E_STATE: no usable state_dir, or somebody else holds the lock; e says which */
sm_status sophmate_heads_open(sophmate_heads *heads, sm_bytes origin, sm_error *e);
/** Takes the lock of the log that will follow, too, before anybody can know of it. Its heads are read and written by the same `files`. */
sm_status sophmate_heads_lock_next(sophmate_heads *heads, sm_bytes origin, sm_error *e);
void sophmate_heads_close(sophmate_heads *heads);
/** Removes the head file of a log that was never announced. */
void sophmate_heads_remove(sophmate_heads *heads, sm_bytes origin);
/** From RSHUTDOWN: gives back what a longjmp left taken. */
void sophmate_heads_rshutdown(void);

/** One line to syslog for a head that was signed, where sophmate.anchor_syslog is on. */
void sophmate_heads_tell(const sm_signed *head);
/** One line to syslog, LOG_CRIT: a head contradicts the journal. */
void sophmate_heads_alarm(sm_bytes origin, const char *what);

#endif
