/* audit_erase: what appending (audit_append.c), erasing in a run (audit_erase.c), erasing in a stream outside of runs (audit_erase_stream.c)
 * and pruning (audit_prune.c) share. */
#ifndef SM_AUDIT_ERASE_H
#define SM_AUDIT_ERASE_H

#include "audit.h"

enum { SM_ERASED_ROWS_MAX = 400 /* of "erased" in one event: a leaf holds them whatever their fields */ };

/** What a leaf of privacy.erased, and what only looks like one, is LIKE. */
#define SM_ERASE_LIKE "%\"type\":\"privacy.erased\"%"

/** Puts the last row's seq and id into a history of which nothing was loaded: enough to append. Nothing where there is no row.
 *  @return SM_OK, SM_E_ILLEGAL (the row is none of this journal), as sm_sql_read */
sm_status sm_stream_tip(sm_journal *j, sm_history *h, sm_error *e);
/** Whether a stream is one that AuditLog::append() made: its first event says so. @return as sm_sql_read */
sm_status sm_stream_is_of_the_site(sm_journal *j, const char *stream, bool *is, sm_error *e);
/** Order of ids: of what an sm_erasure cites. For qsort() and bsearch(). */
int sm_erase_id_cmp(const void *a, const void *b);
/** How many fields a set of bits holds. */
int64_t sm_erase_count(unsigned fields);
/** Fields of an event that one row [seq, field ...] of "erased" names, as bits. */
unsigned sm_erase_fields(const sm_event *ev, const sm_json *row);
/** Whether the caller says that decisions elsewhere cite the event. */
bool sm_erase_is_cited(const sm_erasure *what, const char *id);
/** Adds [seq, field ...] to `list`. @return SM_OK, SM_E_NOMEM */
sm_status sm_erase_list(sm_arena *arena, sm_json *list, const sm_event *ev, unsigned fields);
/** The event that names what `list` says, with who and why. */
sm_status sm_erase_event(sm_event *ev, sm_arena *arena, const sm_erasure *what, const sm_json *list, sm_error *e);
/** Clears fields of the column of an event as it was read, unless it has changed since. @return as sm_sql_write_again */
sm_status sm_erase_clear(sm_journal *j, sm_arena *arena, const sm_event *ev, unsigned gone, sm_error *e);

/** sm_audit_erase() in a stream that AuditLog::append() made. Memory does not grow with the stream. */
sm_status sm_erase_stream(sm_journal *j, const char *stream, const sm_erasure *what, sm_erased *out, sm_error *e);

#endif
