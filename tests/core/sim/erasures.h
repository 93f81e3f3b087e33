/* Erasing and pruning in the simulator: the calls, what a cleared column and an erasure must be, and how both end. */
#ifndef SIM_ERASURES_H
#define SIM_ERASURES_H

#include "sim.h"

/** The stream that sim_do_append writes to. */
void sim_site_stream(const sim_world *w, char out[SM_ID_SIZE]);
/** Programs. append: job->repeat events whose values may name Jane. erase: of the stream job->run, with command SM_CMD_NOTE only what names
 *  Jane. prune: everything that is over, with `later` nothing but what was left half-way. */
void sim_do_append(sim_worker *k, void *job);
void sim_do_erase(sim_worker *k, void *job);
void sim_do_prune(sim_worker *k, void *job);
/** Faults are over. Every erasure that somebody began is ended by the same call. A value that is named and stays is a violation. */
void sim_finish_erasures(sim_world *w, const sm_workflow *const *registry);

/** A row's column becomes `rest` ({NULL, 0}: empty): only what some event names may go. */
void sim_erase_column(sim_world *w, sim_row *row, sm_bytes rest);
/** A privacy.erased that was just stored: in a run that is over, and each value for the first time. */
void sim_check_erasure(sim_world *w, const sim_stream *s, const sim_row *row);
/** An event outside of runs that was just stored follows the one before it. */
void sim_check_site_event(sim_world *w, sim_stream *s, const sim_row *row);

#endif
