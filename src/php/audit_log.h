/* audit_log: what the files of the class AuditLog share. audit_log.c holds the class and what is written (append, erase, prune),
 * audit_sign.c heads and keys (checkpoint, rotate, witness), audit_verify.c what is read back (verify, prove, export). */
#ifndef SOPHMATE_AUDIT_LOG_H
#define SOPHMATE_AUDIT_LOG_H

#include "service.h"

extern zend_class_entry *sophmate_ce_Checkpoint;

/** Before every use of an AuditLog. $this is held until sophmate_audit_leave: the store may drop the last other reference to it.
 *  @return NULL with an exception pending */
sophmate_service *sophmate_audit_enter(zval *this);
/** After it. As sophmate_link_leave. @return status == SM_OK and no exception is pending */
bool sophmate_audit_leave(sophmate_service *log, sm_status status, const sm_error *error);

/* Methods that stand in another file than the class. */
ZEND_METHOD(SophMate_AuditLog, verify);
ZEND_METHOD(SophMate_AuditLog, prove);
ZEND_METHOD(SophMate_AuditLog, export);

#endif
