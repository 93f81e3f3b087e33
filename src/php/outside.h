/* outside: memory that is not PHP's, for what reads whole tables: it does not count against memory_limit, and is given back at the end
 * of the request where a longjmp left it behind. */
#ifndef SOPHMATE_OUTSIDE_H
#define SOPHMATE_OUTSIDE_H

#include "sophmate.h"

typedef struct sophmate_outside sophmate_outside;

/** From MINIT. */
void sophmate_outside_minit(int module_number);
/** Never NULL. */
sophmate_outside *sophmate_outside_new(void);
const sm_alloc *sophmate_outside_alloc(const sophmate_outside *outside);
/** Gives back what is left. */
void sophmate_outside_free(sophmate_outside *outside);

#endif
