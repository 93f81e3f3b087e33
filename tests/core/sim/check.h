/* What the checks share. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "sim.h"

/* Checks use the code under test without its plant. */
#ifdef SM_PLANT
#define HONESTLY(statement) do { \
		const enum sm_plant planted_ = sm_planted; \
		sm_planted = SM_PLANT_NONE; \
		statement; \
		sm_planted = planted_; \
	} while (0)
#else
#define HONESTLY(statement) do { statement; } while (0)
#endif

#endif
