/* decide_fixture: commands and answers of decide as words, for the tests of decide.
 *
 * A command word, with the attempt and ' of run_fixture.h where an attempt reports:
 *   start, later; go, asked (go on after the probe was asked)
 *   done, not, limit, unsent, amb: what an attempt reports; done/ when nothing shall follow
 *   recover, apart-recover (the clocks are apart)
 *   pause, resume, finish, stop; yes, no, dunno: a person's verdict; pyes, pno, pdunno, apart-pno: the probe's
 *   hold, hold2 (another generation); note; id
 * The answer: events joined by " + ", or nothing, refused, probe, or "wait S" (seconds after RUN_EPOCH). "early" marks an overruled
 * grace. */
#ifndef TEST_DECIDE_FIXTURE_H
#define TEST_DECIDE_FIXTURE_H

#include "run_fixture.h"

/* How the workflow is registered in the process that decides. */
typedef enum registered { SAME, NOT_HERE, NEW_VERSION, SECOND_RENAMED, FIRST_RENAMED, OTHER_REPEAT, LONG_RETRY } registered;

typedef struct asked {
	sm_command cmd;
	bool probed;
	sm_outcome outcome;
	sm_answer answer;
	sm_workflow workflow;
	sm_step_def defs[RUN_STREAM_STEPS];
	sm_keys keys;
} asked;

/** Fills a with the command of a word, given `now` seconds after RUN_EPOCH. */
void decide_understand(run_fixture *f, asked *a, const char *word, int64_t now, registered how);
/** Plays the script, then decides; must succeed. */
sm_decision decided(run_fixture *f, asked *a, const char *script, const char *command, int64_t now, registered how);
/** The answer in words. */
const char *decide_answer(run_fixture *f, const sm_decision *d);

#endif
