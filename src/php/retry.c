#include "sophmate.h"
#include "stubs/retry_arginfo.h"

zend_class_entry *sophmate_ce_Retry;

void sophmate_retry_minit(void)
{
	sophmate_ce_Retry = register_class_SophMate_Retry();
	sophmate_value_class(sophmate_ce_Retry);
}

ZEND_METHOD(SophMate_Retry, __construct)
{
	zend_long attempts = sm_retry_default.attempts;
	double window = (double)sm_retry_default.window_ms / 1000.0, wait = (double)sm_retry_default.first_wait_ms / 1000.0;
	zend_object *this = Z_OBJ_P(ZEND_THIS);

	ZEND_PARSE_PARAMETERS_START(0, 3)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(attempts)
		Z_PARAM_DOUBLE(window)
		Z_PARAM_DOUBLE(wait)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_first_construction(this)) {
		RETURN_THROWS();
	}
	if (attempts < 1 || attempts > SM_RETRY_ATTEMPTS_MAX) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "Retry: $attempts must be 1 to %d, got " ZEND_LONG_FMT,
			SM_RETRY_ATTEMPTS_MAX, attempts);
		RETURN_THROWS();
	}
	if (!sophmate_check_seconds(sophmate_ce_DefinitionError, "Retry: $windowSeconds", window, 0.001, SM_RETRY_WINDOW_MAX_MS / 1000) ||
			!sophmate_check_seconds(sophmate_ce_DefinitionError, "Retry: $firstWaitSeconds", wait, 0, SM_RETRY_WINDOW_MAX_MS / 1000)) {
		RETURN_THROWS();
	}
	ZVAL_LONG(OBJ_PROP_NUM(this, 0), attempts);
	ZVAL_DOUBLE(OBJ_PROP_NUM(this, 1), window);
	ZVAL_DOUBLE(OBJ_PROP_NUM(this, 2), wait);
}
