/* event_private: what event.c, the appending of events and the erasure of private values share. */
#ifndef SM_EVENT_PRIVATE_H
#define SM_EVENT_PRIVATE_H

#include "redact.h"
#include "run.h"

/** Draws a salt for every private field of ev, whose id is drawn; puts the commitments into an object and the column's text into
 *  ev->private_text. @return SM_OK, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_private_seal(sm_event *ev, sm_arena *arena, const sm_host *host, sm_json *commitments, sm_error *e);
/** {"field":["<base64 salt>",value],...} cut into borrowed values, which may be large, without building a tree.
 *  @return false when the text is no such column; ev->p is then of no use */
bool sm_private_cut(sm_event *ev, sm_bytes text);
/** The column's text without some fields of a decoded event; salts and values of the others stay byte for byte.
 *  @param gone   bit i: without ev->p[i]
 *  @param out    in `arena`; {NULL, 0} when nothing is left
 *  @return SM_OK, SM_E_NOMEM */
sm_status sm_private_without(sm_arena *arena, const sm_event *ev, unsigned gone, sm_bytes *out);

/** Takes out of an event that is not encoded yet what must not be stored (redact.h): its private values, and of the clear ones those that
 *  come from outside. What was changed is named in ev->redacted. Once more does nothing.
 *  @return SM_OK, SM_E_NOMEM, SM_E_ARGUMENT (a name that first comes in with this event holds a secret: e says which) */
sm_status sm_event_redact(sm_event *ev, sm_arena *arena, const sm_redaction *rules, sm_error *e);

#endif
