/* run_fixture: runs as short scripts, for the tests of apply, decide and the fold.
 *
 * A script is a row of event codes, e.g. "R S1 U1 S2": a letter or two, the attempt, and ' for step two (none: step one; !: a step that
 * does not exist). One event a second; event k is stored at RUN_EPOCH + k seconds. The run has two steps: one, of the class that the
 * test asks for, and two, which is `never`.
 *
 *   R run.started     S step.started   F step.finished   X step.failed      XL failed, provider_limit, wait 3 s
 *   U step.unknown    Y step.ready     H run.held        D verdict.done     XN failed, not_sent, wait 2 s
 *   A abandoned       LD late.done     LF late.failed    E external id      N verdict.not_done by a person, NP by the probe
 *   P run.paused      G run.resumed    B run.ended       C run.completed    Q pause.requested, T note
 *   KH switch.held    KR switch.released                 KA site.adopted
 *   KO log.opened     KC log.closed */
#ifndef TEST_RUN_FIXTURE_H
#define TEST_RUN_FIXTURE_H

#include "support.h"

#include "run.h"

#define RUN_EPOCH INT64_C(1790000000000000)
#define RUN_S INT64_C(1000000)
enum { RUN_STREAM_STEPS = 2 };

/* sets of repeat classes */
enum { SAFE = 1 << SM_REPEAT_SAFE, ONCE = 1 << SM_REPEAT_ONCE, NEVER = 1 << SM_REPEAT_NEVER, ANY = SAFE | ONCE | NEVER };

extern const sm_settings run_settings; /* margin 5 s, grace 60 s, skew 2 s: the lease is 15 s */

typedef struct run_fixture {
	sm_arena arena;
	sm_error e;
	sm_repeat repeat; /* of step one */
	bool probes;
	sm_step_def defs[RUN_STREAM_STEPS];
	sm_workflow workflow;
	sm_run run;
} run_fixture;

/** A run that does not exist yet, and the workflow that it will follow. */
void run_begin(run_fixture *f, sm_repeat repeat, bool probes);
void run_end(run_fixture *f);
/** The event of a code, ready to follow the run. Fails the test when there is no such code. */
sm_event run_event(run_fixture *f, const char *code);
/** Applies a script; every event must be legal. */
void run_play(run_fixture *f, const char *script);
/** The state in a few letters: phase (left out when open), step, r/s/u/x (ready, started, unknown, refused; - in a closed run), attempt,
 *  then f (first_at is known), uN (uncertain attempts), L (late), D (done_at_rest), gN (granted), H (held), Q (pause requested),
 *  nN (successes, of all steps). */
const char *run_text(run_fixture *f, const sm_run *run);
/** Whole state, as the projections keep it. */
const char *run_fold(run_fixture *f, const sm_run *run);
/** Copies the next word of *script and moves on; false at its end. */
bool run_next_word(const char **script, char word[16]);
const char *run_class_name(sm_repeat repeat);

#endif
