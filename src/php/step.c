#include "sophmate.h"
#include "zend_closures.h"
#include "stubs/step_arginfo.h"

zend_class_entry *sophmate_ce_Step;

/* order of the declarations in step.stub.php */
enum { STEP_NAME, STEP_RUN, STEP_EFFECT, STEP_REPEAT, STEP_OWNER, STEP_TIMEOUT, STEP_GRACE, STEP_PROBE, STEP_RETRY, STEP_KEY_WINDOW };

void sophmate_step_minit(void)
{
	sophmate_ce_Step = register_class_SophMate_Step();
	sophmate_value_class(sophmate_ce_Step);
}

bool sophmate_step_def(sm_step_def *def, zend_object *step)
{
	zval *owner = OBJ_PROP_NUM(step, STEP_OWNER), *grace = OBJ_PROP_NUM(step, STEP_GRACE);
	zend_object *retry;

	for (int i = STEP_NAME; i <= STEP_KEY_WINDOW; i++) {
		if (Z_TYPE_P(OBJ_PROP_NUM(step, i)) == IS_UNDEF) {
			zend_throw_error(NULL, "SophMate\\Step was not constructed");
			return false;
		}
	}
	retry = Z_OBJ_P(OBJ_PROP_NUM(step, STEP_RETRY));
	if (Z_TYPE_P(OBJ_PROP_NUM(retry, 2)) == IS_UNDEF) {
		zend_throw_error(NULL, "SophMate\\Retry was not constructed");
		return false;
	}
	*def = (sm_step_def){
		.name = sophmate_bytes(Z_STR_P(OBJ_PROP_NUM(step, STEP_NAME))),
		.effect = (sm_effect)sophmate_enum_index(OBJ_PROP_NUM(step, STEP_EFFECT), sm_effect_names, SM_EFFECT_COUNT),
		.repeat = (sm_repeat)sophmate_enum_index(OBJ_PROP_NUM(step, STEP_REPEAT), sm_repeat_names, SM_REPEAT_COUNT),
		.timeout_ms = sophmate_milliseconds(Z_DVAL_P(OBJ_PROP_NUM(step, STEP_TIMEOUT))),
		.grace_ms = Z_TYPE_P(grace) == IS_DOUBLE ? sophmate_milliseconds(Z_DVAL_P(grace)) : -1,
		.key_window_ms = sophmate_milliseconds(Z_DVAL_P(OBJ_PROP_NUM(step, STEP_KEY_WINDOW))),
		.has_probe = Z_TYPE_P(OBJ_PROP_NUM(step, STEP_PROBE)) == IS_OBJECT,
		.retry = {
			.attempts = (int32_t)Z_LVAL_P(OBJ_PROP_NUM(retry, 0)),
			.window_ms = sophmate_milliseconds(Z_DVAL_P(OBJ_PROP_NUM(retry, 1))),
			.first_wait_ms = sophmate_milliseconds(Z_DVAL_P(OBJ_PROP_NUM(retry, 2))),
		},
	};
	if (Z_TYPE_P(owner) == IS_STRING) {
		def->owner = sophmate_bytes(Z_STR_P(owner));
	}
	def->retry_declared = def->retry.attempts != sm_retry_default.attempts || def->retry.window_ms != sm_retry_default.window_ms ||
		def->retry.first_wait_ms != sm_retry_default.first_wait_ms;
	return true;
}

zval *sophmate_step_run(zend_object *step)
{
	return OBJ_PROP_NUM(step, STEP_RUN);
}

zval *sophmate_step_probe(zend_object *step)
{
	return OBJ_PROP_NUM(step, STEP_PROBE);
}

ZEND_METHOD(SophMate_Step, __construct)
{
	zend_class_entry *error = sophmate_ce_DefinitionError;
	zend_string *name, *owner = NULL;
	zend_fcall_info run_info, probe_info = empty_fcall_info;
	zend_fcall_info_cache run_cache, probe_cache = empty_fcall_info_cache;
	zend_object *effect, *repeat = NULL, *retry = NULL, *this = Z_OBJ_P(ZEND_THIS);
	double timeout = 30.0, grace = 0, key_window = 0;
	bool grace_null = true;
	zval run, probe, retry_made;

	ZEND_PARSE_PARAMETERS_START(3, 10)
		Z_PARAM_STR(name)
		Z_PARAM_FUNC(run_info, run_cache)
		Z_PARAM_OBJ_OF_CLASS(effect, sophmate_ce_Effect)
		Z_PARAM_OPTIONAL
		Z_PARAM_OBJ_OF_CLASS(repeat, sophmate_ce_Repeat)
		Z_PARAM_STR_OR_NULL(owner)
		Z_PARAM_DOUBLE(timeout)
		Z_PARAM_DOUBLE_OR_NULL(grace, grace_null)
		Z_PARAM_FUNC_OR_NULL(probe_info, probe_cache)
		Z_PARAM_OBJ_OF_CLASS_OR_NULL(retry, sophmate_ce_Retry)
		Z_PARAM_DOUBLE(key_window)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_first_construction(this)) {
		RETURN_THROWS();
	}
	if (!sophmate_check_name(error, "Step: $name", name) ||
			(owner != NULL && !sophmate_check_text(error, "Step: $owner", owner, SM_OWNER_MAX)) ||
			!sophmate_check_seconds(error, "Step: $timeoutSeconds (with sophmate.lease_margin_ms at most 3600)", timeout, 0.001,
				(double)(SM_LEASE_MAX_MS - SOPHMATE_G(lease_margin_ms)) / 1000.0) ||
			(!grace_null && !sophmate_check_seconds(error, "Step: $graceSeconds", grace, SOPHMATE_MS_MIN / 1000.0, SOPHMATE_GRACE_MAX_MS / 1000.0)) ||
			!sophmate_check_seconds(error, "Step: $keyWindowSeconds", key_window, 0, SOPHMATE_KEY_WINDOW_MAX)) {
		RETURN_THROWS();
	}
	if (!sophmate_closure(&run, "Step: $run", &run_info.function_name)) {
		RETURN_THROWS();
	}
	ZVAL_NULL(&probe);
	if (ZEND_FCI_INITIALIZED(probe_info) && !sophmate_closure(&probe, "Step: $probe", &probe_info.function_name)) {
		zval_ptr_dtor(&run);
		RETURN_THROWS();
	}
	if (retry == NULL) {
		retry = sophmate_object_new(sophmate_ce_Retry);
		ZVAL_LONG(OBJ_PROP_NUM(retry, 0), sm_retry_default.attempts);
		ZVAL_DOUBLE(OBJ_PROP_NUM(retry, 1), (double)sm_retry_default.window_ms / 1000.0);
		ZVAL_DOUBLE(OBJ_PROP_NUM(retry, 2), (double)sm_retry_default.first_wait_ms / 1000.0);
		ZVAL_OBJ(&retry_made, retry);
	} else {
		ZVAL_OBJ_COPY(&retry_made, retry);
	}
	if (repeat == NULL) {
		repeat = sophmate_enum_case(sophmate_ce_Repeat, sm_repeat_names[SM_REPEAT_NEVER]);
	}

	ZVAL_STR_COPY(OBJ_PROP_NUM(this, STEP_NAME), name);
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(this, STEP_RUN), &run);
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(this, STEP_EFFECT), effect);
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(this, STEP_REPEAT), repeat);
	if (owner != NULL) {
		ZVAL_STR_COPY(OBJ_PROP_NUM(this, STEP_OWNER), owner);
	} else {
		ZVAL_NULL(OBJ_PROP_NUM(this, STEP_OWNER));
	}
	ZVAL_DOUBLE(OBJ_PROP_NUM(this, STEP_TIMEOUT), timeout);
	if (grace_null) {
		ZVAL_NULL(OBJ_PROP_NUM(this, STEP_GRACE));
	} else {
		ZVAL_DOUBLE(OBJ_PROP_NUM(this, STEP_GRACE), grace);
	}
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(this, STEP_PROBE), &probe);
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(this, STEP_RETRY), &retry_made);
	ZVAL_DOUBLE(OBJ_PROP_NUM(this, STEP_KEY_WINDOW), key_window);
}
