/* The in-memory database behind the simulator's store: what each statement kind of src/core/sql.h does, by kind and parameters. It knows
 * no faults: what may happen to a statement on its way is store.c's. Private to store.c, database.c and answers.c. */
#ifndef SIM_DATABASE_H
#define SIM_DATABASE_H

#include "sim.h"

enum { SIM_EVENT_PARAMS = 7, SIM_RUN_PARAMS = 11 }; /* columns of a journal row, of a run's row */

/** What a start reads of the switches now: none is held. True for any other statement. */
bool sim_database_open(sim_world *w, const sm_statement *st);
/** Executes a write; all of it or nothing.
 *  @param saw_open   what a start read of the switches
 *  @return SM_OK and the rows changed, SM_E_STORE where a server would report an error */
sm_status sim_database_write(sim_world *w, const sm_statement *st, int writer, bool saw_open, int64_t *changed, sm_error *e);
/** Answers a read for a worker; its cells and texts live in the arena. @return SM_OK, SM_E_NOMEM */
sm_status sim_database_read(sim_worker *k, const sm_statement *st, sm_arena *arena, sm_rows *rows);
sim_run_row *sim_run_row_of(sim_world *w, sm_bytes id);

/** Copies what fits, with a NUL. */
void sim_text_to(char *out, size_t size, sm_bytes s);
bool sim_is(const char *a, sm_bytes b);
/** The parameter is this text. */
bool sim_names(const sm_value *v, const char *s);
/** SM_E_STORE with a server's words. */
sm_status sim_refuse(sm_error *e, const char *why);

#endif
