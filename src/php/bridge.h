/* bridge: a PHP Store object behind the core's store vtable, and the journal over it. One link per Engine, IdempotencyKeys, KillSwitches
 * object or Schema call. */
#ifndef SOPHMATE_BRIDGE_H
#define SOPHMATE_BRIDGE_H

#include "sophmate.h"

#include "src/core/journal.h"

typedef struct sophmate_link {
	zend_object *store;      /* owned */
	zend_function *write, *read, *reset, *environment;
	zend_object *failure;    /* owned: what the store threw last, until the call that it belongs to is over */
	bool busy;               /* a call into the store is on the stack */
	bool ready;
	pid_t pid;
	sm_journal journal;
	struct sophmate_link *next, **self; /* all links of the request */
} sophmate_link;

/** Reads dialect() and tablePrefix(). @return false with an exception pending; the link then needs no free */
bool sophmate_link_init(sophmate_link *link, zend_object *store);
void sophmate_link_free(sophmate_link *link);
/** Before every use: refuses a link that was never made and calls from inside the store's own callbacks; in a forked child resets the store.
 *  @param forked   set when this process is a child that meets the link for the first time; may be NULL
 *  @return false with an exception pending */
bool sophmate_link_enter(sophmate_link *link, bool *forked);
/** After every use: SM_OK drops what the store threw meanwhile; anything else throws the class that belongs to the status, the
 *  store's exception as its previous. With an exception pending already (SM_E_ABORTED) nothing is thrown.
 *  @return status == SM_OK and no exception is pending */
bool sophmate_link_leave(sophmate_link *link, sm_status status, const sm_error *error);
/** Takes a pending exception out of the engine, so that PHP can be called again.
 *  @return owned; NULL when there is none, or when it must stay: the process or the fiber is ending (SM_E_ABORTED) */
zend_object *sophmate_take_exception(void);
/** An exception is pending that is not to be touched: exit, or a fiber's graceful exit. */
bool sophmate_is_ending(void);

#endif
