/* The module: what PHP needs to load it, its settings and its state of one request. */
#ifndef PHP_SOPHMATE_H
#define PHP_SOPHMATE_H

#include "src/php/compat.h"

#define PHP_SOPHMATE_VERSION "0.1.0"

extern zend_module_entry sophmate_module_entry;
#define phpext_sophmate_ptr &sophmate_module_entry

struct sophmate_flight;
struct sophmate_link;

ZEND_BEGIN_MODULE_GLOBALS(sophmate)
	/* settings, PHP_INI_SYSTEM */
	char *state_dir;
	char *key_dir;
	char *anchor_file;
	bool anchor_syslog;
	zend_long lease_margin_ms;
	zend_long grace_ms;
	zend_long clock_skew_ms;
	/* of this request */
	struct sophmate_link *links;     /* all links to stores alive */
	struct sophmate_flight *flights; /* runs that are being driven, newest first */
	uint64_t switch_changes;         /* hold() and release() of this process: a step that asks looks again */
	bool shutdown_registered;
	int head_lock, head_next, head_dir; /* descriptors of a signing that is going on; a lock is -1 = none */
ZEND_END_MODULE_GLOBALS(sophmate)

ZEND_EXTERN_MODULE_GLOBALS(sophmate)
#define SOPHMATE_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(sophmate, v)

#if defined(ZTS) && defined(COMPILE_DL_SOPHMATE)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

#endif
