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
	HashTable *ended;        /* results remembered in this process, for a forked child to forget; NULL = none */
	sm_journal journal;
	struct sophmate_link *next, **self; /* all links of the request */
} sophmate_link;

/** Reads dialect() and tablePrefix(). The link is new, or its last init failed: neither ready nor busy.
 *  @return false with an exception pending; the link then needs no free */
bool sophmate_link_init(sophmate_link *link, zend_object *store);
void sophmate_link_free(sophmate_link *link);
/** Before every use: refuses a link that was never made and calls from inside the store's own callbacks; in a forked child resets the store
 *  and forgets what the parent remembers.
 *  @return false with an exception pending */
bool sophmate_link_enter(sophmate_link *link);
/** After every use: SM_OK drops what the store threw meanwhile; anything else throws the class that belongs to the status, the
 *  store's exception as its previous. With an exception pending already (SM_E_ABORTED) nothing is thrown.
 *  @return status == SM_OK and no exception is pending */
bool sophmate_link_leave(sophmate_link *link, sm_status status, const sm_error *error);
/** In a forked child that came back into a call of its parent: throws InvalidState, unless an exception is pending. @return SM_E_ABORTED */
sm_status sophmate_refuse_child(void);
/** Takes a pending exception out of the engine, so that PHP can be called again.
 *  @return owned; NULL when there is none, or when it must stay: the process or the fiber is ending (SM_E_ABORTED) */
zend_object *sophmate_take_exception(void);
/** Forgets an exception that a destructor left where nobody waits for it. One that ends the process or the fiber stays. */
void sophmate_drop_exception(void);
/** An exception is pending that is not to be touched: exit, or a fiber's graceful exit. */
bool sophmate_is_ending(void);

#endif
