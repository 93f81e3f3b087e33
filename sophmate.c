#ifdef HAVE_CONFIG_H
# include "config.h"
#endif

#include "src/php/head_files.h"
#include "src/php/keyring.h"
#include "src/php/outside.h"
#include "src/php/registry.h"
#include "ext/standard/info.h"
#include "stubs/functions_arginfo.h"

#include <sodium.h>

ZEND_DECLARE_MODULE_GLOBALS(sophmate)

/* ---- settings ---- */

static PHP_INI_MH(on_milliseconds)
{
	/* a lease, margin included, is at most an hour; a grace may be as long as a step may declare */
	const zend_long max = strcmp(ZSTR_VAL(entry->name), "sophmate.grace_ms") == 0 ? SOPHMATE_GRACE_MAX_MS : SM_LEASE_MAX_MS - 1000;
	zend_long value = 0;
	bool digits = ZSTR_LEN(new_value) > 0 && ZSTR_LEN(new_value) < 10;

	for (size_t i = 0; digits && i < ZSTR_LEN(new_value); i++) {
		char c = ZSTR_VAL(new_value)[i];

		digits = c >= '0' && c <= '9';
		value = value * 10 + (c - '0');
	}
	if (!digits || value < SOPHMATE_MS_MIN || value > max) {
		char shown[256];

		zend_error(E_WARNING, "%s must be %d to " ZEND_LONG_FMT " milliseconds, got \"%s\"; the default stays", ZSTR_VAL(entry->name),
			SOPHMATE_MS_MIN, max, sophmate_printable(shown, ZSTR_VAL(new_value), ZSTR_LEN(new_value)));
		return FAILURE;
	}
	*(zend_long *)ZEND_INI_GET_ADDR() = value;
	return SUCCESS;
}

PHP_INI_BEGIN()
	STD_PHP_INI_ENTRY("sophmate.state_dir", "", PHP_INI_SYSTEM, OnUpdateString, state_dir, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_ENTRY("sophmate.key_dir", "", PHP_INI_SYSTEM, OnUpdateString, key_dir, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_ENTRY("sophmate.anchor_file", "", PHP_INI_SYSTEM, OnUpdateString, anchor_file, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_BOOLEAN("sophmate.anchor_syslog", "1", PHP_INI_SYSTEM, OnUpdateBool, anchor_syslog, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_ENTRY("sophmate.lease_margin_ms", "5000", PHP_INI_SYSTEM, on_milliseconds, lease_margin_ms, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_ENTRY("sophmate.grace_ms", "60000", PHP_INI_SYSTEM, on_milliseconds, grace_ms, zend_sophmate_globals, sophmate_globals)
	STD_PHP_INI_ENTRY("sophmate.clock_skew_ms", "2000", PHP_INI_SYSTEM, on_milliseconds, clock_skew_ms, zend_sophmate_globals, sophmate_globals)
PHP_INI_END()

/* ---- life of the module ---- */

static void globals_ctor(void *globals)
{
#if defined(COMPILE_DL_SOPHMATE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	memset(globals, 0, sizeof(zend_sophmate_globals));
}

static PHP_MINIT_FUNCTION(sophmate)
{
	if (sodium_init() < 0) {
		zend_error(E_CORE_WARNING, "sophmate: libsodium could not be initialised");
		return FAILURE;
	}
	REGISTER_INI_ENTRIES();
	sophmate_keyring_load();
	sophmate_enums_minit();
	sophmate_errors_minit();
	sophmate_retry_minit();
	sophmate_step_minit();
	sophmate_workflow_minit();
	sophmate_answer_minit();
	sophmate_store_minit();
	sophmate_schema_minit();
	sophmate_kill_switches_minit();
	sophmate_outside_minit(module_number);
	sophmate_audit_log_minit();
	sophmate_flight_minit();
	sophmate_run_minit();
	sophmate_attempt_minit();
	sophmate_engine_minit();
	sophmate_idempotency_keys_minit();
	return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(sophmate)
{
	sophmate_keyring_free();
	UNREGISTER_INI_ENTRIES();
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(sophmate)
{
#if defined(COMPILE_DL_SOPHMATE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	SOPHMATE_G(links) = NULL;
	SOPHMATE_G(flights) = NULL;
	SOPHMATE_G(switch_changes) = 0;
	SOPHMATE_G(shutdown_registered) = false;
	SOPHMATE_G(head_lock) = SOPHMATE_G(head_next) = -1;
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(sophmate)
{
	sophmate_heads_rshutdown();
	return SUCCESS;
}

static void print_key(void *ctx, const sophmate_key_view *view)
{
	php_info_print_table_row(2, view->file, view->problem[0] != '\0' ? view->problem : view->locked ? view->origin : "not locked in memory");
}

static PHP_MINFO_FUNCTION(sophmate)
{
	char problem[SOPHMATE_PROBLEM_MAX];

	php_info_print_table_start();
	php_info_print_table_row(2, "sophmate", "enabled");
	php_info_print_table_row(2, "version", PHP_SOPHMATE_VERSION);
	php_info_print_table_row(2, "libsodium (compiled)", SODIUM_VERSION_STRING);
	php_info_print_table_row(2, "libsodium (loaded)", sodium_version_string());
	sophmate_keyring_each(print_key, NULL, problem);
	if (problem[0] != '\0') {
		php_info_print_table_row(2, "key_dir", problem);
	}
	php_info_print_table_end();
	DISPLAY_INI_ENTRIES();
}

static const zend_module_dep sophmate_deps[] = {
	ZEND_MOD_REQUIRED("spl")
	ZEND_MOD_REQUIRED("json")
	ZEND_MOD_END
};

zend_module_entry sophmate_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	sophmate_deps,
	"sophmate",
	ext_functions,
	PHP_MINIT(sophmate),
	PHP_MSHUTDOWN(sophmate),
	PHP_RINIT(sophmate),
	PHP_RSHUTDOWN(sophmate),
	PHP_MINFO(sophmate),
	PHP_SOPHMATE_VERSION,
	PHP_MODULE_GLOBALS(sophmate),
	globals_ctor,
	NULL,
	NULL,
	STANDARD_MODULE_PROPERTIES_EX
};

#ifdef COMPILE_DL_SOPHMATE
# ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
# endif
/* the one symbol that leaves the library: everything is compiled with hidden visibility */
ZEND_API zend_module_entry *get_module(void);
ZEND_GET_MODULE(sophmate)
#endif
