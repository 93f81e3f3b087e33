/* history: what journal.c, history.c and append.c share. Private to the journal group. */
#ifndef SM_HISTORY_H
#define SM_HISTORY_H

#include "journal.h"

/** Remembers how far the database's clock is from the host's; 0 = not told. */
void sm_journal_saw_clock(sm_journal *j, int64_t now);
/** Folds an event of any stream: a run's through apply, others by their links alone. Unchanged unless SM_OK. */
sm_status sm_history_follow(sm_run *run, const sm_event *ev, sm_arena *arena, sm_error *e);
/** Appends to h and folds. What cannot be folded marks h as broken; its events stay readable. @return SM_OK, SM_E_NOMEM */
sm_status sm_history_take(sm_history *h, const sm_event *ev);

#endif
