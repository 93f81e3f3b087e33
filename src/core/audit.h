/* audit: what the journal is as evidence, above its statements: signed heads, events outside of runs, erasure, verification.
 * Group after journal: uses base, canon, seal, run, journal. */
#ifndef SM_AUDIT_H
#define SM_AUDIT_H

#include "checkpoint.h"
#include "journal.h"

/* ---- private: events outside of runs, erasing, pruning (audit_append.c, audit_erase.c) ---- */

/* ---- sign: the log's own events and its heads (audit_log.c, audit_sign.c) ---- */

/* ---- verify (audit_verify.c) ---- */

#endif
