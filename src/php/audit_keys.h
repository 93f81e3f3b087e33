/* audit_keys: making, using and changing a log's key, step by step, so that a death between two steps leaves nothing that contradicts. */
#ifndef SOPHMATE_AUDIT_KEYS_H
#define SOPHMATE_AUDIT_KEYS_H

#include "head_files.h"
#include "keyring.h"

/** Reads the log, and settles a switch-over that died half-way. As sm_log_read, sm_log_settle. */
sm_status sophmate_log_open(sm_journal *j, sm_arena *arena, sm_log *log, sm_error *e);
/** As AuditLog::checkpoint(0). With a key it tells syslog. */
sm_status sophmate_log_checkpoint(sm_journal *j, sm_arena *arena, sm_signed *out, sm_error *e);
/** As AuditLog::createKey(). `vkey` lives in `arena`. */
sm_status sophmate_log_create_key(sm_journal *j, sm_arena *arena, sm_bytes by, sm_bytes reason, sm_bytes *vkey, sm_error *e);
/** As AuditLog::rotate().
 *  @param left   "" or why the old seed's file could not be destroyed, though all else is done */
sm_status sophmate_log_rotate(sm_journal *j, sm_arena *arena, sm_bytes by, sm_bytes reason, sm_bytes *vkey, sm_error *left, sm_error *e);

#endif
