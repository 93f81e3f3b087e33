#include "sophmate.h"
#include "ext/spl/spl_exceptions.h"
#include "stubs/exceptions_arginfo.h"

zend_class_entry *sophmate_ce_Exception, *sophmate_ce_Conflict, *sophmate_ce_InProgress, *sophmate_ce_OutcomeUnknown,
	*sophmate_ce_Held, *sophmate_ce_EffectRefused, *sophmate_ce_OutputNotStored, *sophmate_ce_DefinitionError,
	*sophmate_ce_InvalidArgument, *sophmate_ce_InvalidState, *sophmate_ce_LimitExceeded, *sophmate_ce_SchemaError,
	*sophmate_ce_IdentityMismatch, *sophmate_ce_StoreError, *sophmate_ce_StoreUncertain, *sophmate_ce_IllegalHistory,
	*sophmate_ce_NotDone;

/* zend_default_exception_new; kept, so that a later PHP may have another one */
static zend_object *(*parent_create)(zend_class_entry *ce);

/* Read-only properties have no default values; objects that user code makes shall still be readable. */
static zend_object *exception_create(zend_class_entry *ce)
{
	zend_object *object = parent_create(ce);

	for (int i = 0; i < ce->default_properties_count; i++) {
		zend_property_info *info = ce->properties_info_table[i];
		zval *slot;

		if (info == NULL || !(info->flags & ZEND_ACC_READONLY) || info->ce->type != ZEND_INTERNAL_CLASS) {
			continue;
		}
		slot = OBJ_PROP(object, info->offset);
		if (Z_TYPE_P(slot) != IS_UNDEF) {
			continue;
		}
		if (ZEND_TYPE_ALLOW_NULL(info->type)) {
			ZVAL_NULL(slot);
		} else if (ZEND_TYPE_FULL_MASK(info->type) & MAY_BE_LONG) {
			ZVAL_LONG(slot, 0);
		} else {
			ZVAL_EMPTY_STRING(slot);
		}
	}
	return object;
}

void sophmate_errors_minit(void)
{
	parent_create = spl_ce_RuntimeException->create_object;
	sophmate_ce_Exception = register_class_SophMate_Exception(spl_ce_RuntimeException);
	sophmate_ce_Exception->create_object = exception_create;
	sophmate_ce_Conflict = register_class_SophMate_Conflict(sophmate_ce_Exception);
	sophmate_ce_InProgress = register_class_SophMate_InProgress(sophmate_ce_Exception);
	sophmate_ce_OutcomeUnknown = register_class_SophMate_OutcomeUnknown(sophmate_ce_Exception);
	sophmate_ce_Held = register_class_SophMate_Held(sophmate_ce_Exception);
	sophmate_ce_EffectRefused = register_class_SophMate_EffectRefused(sophmate_ce_Exception);
	sophmate_ce_OutputNotStored = register_class_SophMate_OutputNotStored(sophmate_ce_Exception);
	sophmate_ce_DefinitionError = register_class_SophMate_DefinitionError(sophmate_ce_Exception);
	sophmate_ce_InvalidArgument = register_class_SophMate_InvalidArgument(sophmate_ce_Exception);
	sophmate_ce_InvalidState = register_class_SophMate_InvalidState(sophmate_ce_Exception);
	sophmate_ce_LimitExceeded = register_class_SophMate_LimitExceeded(sophmate_ce_Exception);
	sophmate_ce_SchemaError = register_class_SophMate_SchemaError(sophmate_ce_Exception);
	sophmate_ce_IdentityMismatch = register_class_SophMate_IdentityMismatch(sophmate_ce_Exception);
	sophmate_ce_StoreError = register_class_SophMate_StoreError(sophmate_ce_Exception);
	sophmate_ce_StoreUncertain = register_class_SophMate_StoreUncertain(sophmate_ce_Exception);
	sophmate_ce_IllegalHistory = register_class_SophMate_IllegalHistory(sophmate_ce_Exception);
	sophmate_ce_NotDone = register_class_SophMate_NotDone(spl_ce_RuntimeException);
	sophmate_ce_NotDone->create_object = exception_create;
}

static zend_class_entry *class_of(sm_status status)
{
	switch (status) {
	case SM_E_LIMIT:
		return sophmate_ce_LimitExceeded;
	case SM_E_SYNTAX:
	case SM_E_ENCODING:
	case SM_E_ARGUMENT:
		return sophmate_ce_InvalidArgument;
	case SM_E_STATE:
	case SM_E_LOST:
		return sophmate_ce_InvalidState;
	case SM_E_CONFLICT:
		return sophmate_ce_Conflict;
	case SM_E_HELD:
		return sophmate_ce_Held;
	case SM_E_STORE:
	case SM_E_NOT_SENT:
		return sophmate_ce_StoreError;
	case SM_E_UNCERTAIN:
		return sophmate_ce_StoreUncertain;
	case SM_E_SCHEMA:
		return sophmate_ce_SchemaError;
	case SM_E_IDENTITY:
		return sophmate_ce_IdentityMismatch;
	case SM_E_GAP:
	case SM_E_ILLEGAL:
		return sophmate_ce_IllegalHistory;
	case SM_OK:
	case SM_E_NOMEM:
	case SM_E_ABORTED:
		break;
	}
	return sophmate_ce_Exception;
}

void sophmate_exception_set(zend_object *exception, const char *name, zval *value)
{
	zend_property_info *info = zend_hash_str_find_ptr(&exception->ce->properties_info, name, strlen(name));

	if (info != NULL) {
		zval *slot = OBJ_PROP(exception, info->offset);

		zval_ptr_dtor(slot);
		ZVAL_COPY(slot, value);
	}
}

/* The core repeats what came as it came: bytes that are no text are shown as \xNN. out holds four times the message and a byte. */
static const char *readable(char *out, const char *message)
{
	const bool utf8 = sm_utf8_valid(sm_cstr(message));
	char *at = out;

	for (const unsigned char *p = (const unsigned char *)message; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f || (*p >= 0x80 && !utf8)) {
			at += snprintf(at, 5, "\\x%02x", *p);
		} else {
			*at++ = (char)*p;
		}
	}
	*at = '\0';
	return out;
}

void sophmate_throw(sm_status status, const sm_error *error)
{
	char text[4 * sizeof(error->message) + 1];
	const char *message = error != NULL && error->message[0] != '\0' ? readable(text, error->message) : "No further detail";
	zend_object *exception;

	if (EG(exception)) {
		return;
	}
	if (status == SM_E_NOMEM) {
		zend_throw_exception(sophmate_ce_Exception, "Out of memory", 0);
		return;
	}
	exception = zend_throw_exception(class_of(status), message, 0);
	if (status == SM_E_LIMIT && error != NULL && error->limit != NULL) {
		zval value;

		ZVAL_STRING(&value, error->limit);
		sophmate_exception_set(exception, "limit", &value);
		zval_ptr_dtor(&value);
		ZVAL_LONG(&value, (zend_long)error->limit_value);
		sophmate_exception_set(exception, "value", &value);
		ZVAL_LONG(&value, (zend_long)error->got);
		sophmate_exception_set(exception, "got", &value);
	}
}

void sophmate_throw_class(zend_class_entry *ce, const char *format, ...)
{
	zend_string *message;
	va_list args;

	va_start(args, format);
	message = zend_vstrpprintf(0, format, args);
	va_end(args);
	zend_throw_exception(ce, ZSTR_VAL(message), 0);
	zend_string_release(message);
}

void sophmate_throw_limit(const char *what, const char *limit, zend_long value, zend_long got)
{
	sm_error error;

	snprintf(error.message, sizeof(error.message), "%s: %s is at most " ZEND_LONG_FMT ", got " ZEND_LONG_FMT, what, limit, value, got);
	error.limit = limit;
	error.limit_value = value;
	error.got = got;
	sophmate_throw(SM_E_LIMIT, &error);
}

ZEND_METHOD(SophMate_Exception, effectMayHaveHappened)
{
	zend_class_entry *ce = Z_OBJCE_P(ZEND_THIS);
	zval *flag, rv;

	ZEND_PARSE_PARAMETERS_NONE();
	if (instanceof_function(ce, sophmate_ce_InProgress) || instanceof_function(ce, sophmate_ce_OutcomeUnknown) ||
			instanceof_function(ce, sophmate_ce_OutputNotStored)) {
		RETURN_TRUE;
	}
	flag = zend_read_property(sophmate_ce_Exception, Z_OBJ_P(ZEND_THIS), ZEND_STRL("mayHaveHappened"), true, &rv);
	RETURN_BOOL(zend_is_true(flag));
}

/* Never throws: "not done" must not become "may have happened" because of a spelling. */
zend_string *sophmate_failure_name(const zend_string *given)
{
	size_t n = ZSTR_LEN(given) < SM_NAME_MAX ? ZSTR_LEN(given) : SM_NAME_MAX;
	zend_string *name = zend_string_alloc(n, 0);

	for (size_t i = 0; i < n; i++) {
		char c = ZSTR_VAL(given)[i];

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		} else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i > 0 && (c == '.' || c == '_' || c == ' ' || c == '-')))) {
			c = i == 0 ? 'x' : '_';
		}
		ZSTR_VAL(name)[i] = c;
	}
	ZSTR_VAL(name)[n] = '\0';
	return name;
}

double sophmate_retry_after(double seconds)
{
	return seconds < 0 ? 0 : seconds > 2592000.0 ? 2592000.0 : seconds;
}

ZEND_METHOD(SophMate_NotDone, __construct)
{
	zend_string *message, *failure = NULL;
	zend_object *class = NULL, *previous = NULL, *this = Z_OBJ_P(ZEND_THIS);
	double retry = 0;
	bool retry_null = true;
	zval value;

	ZEND_PARSE_PARAMETERS_START(1, 5)
		Z_PARAM_STR(message)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(failure)
		Z_PARAM_OBJ_OF_CLASS_OR_NULL(class, sophmate_ce_FailureClass)
		Z_PARAM_DOUBLE_OR_NULL(retry, retry_null)
		Z_PARAM_OBJ_OF_CLASS_OR_NULL(previous, zend_ce_throwable)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_STR(&value, message);
	zend_update_property_ex(zend_ce_exception, this, ZSTR_KNOWN(ZEND_STR_MESSAGE), &value);
	if (previous != NULL) {
		ZVAL_OBJ(&value, previous);
		zend_update_property_ex(zend_ce_exception, this, ZSTR_KNOWN(ZEND_STR_PREVIOUS), &value);
	}
	if (failure != NULL && ZSTR_LEN(failure) != 0) {
		ZVAL_STR(&value, sophmate_failure_name(failure));
		sophmate_exception_set(this, "failure", &value);
		zval_ptr_dtor(&value);
	}
	if (class != NULL) {
		ZVAL_OBJ(&value, class);
		sophmate_exception_set(this, "class", &value);
	}
	if (!retry_null && !zend_isnan(retry)) {
		ZVAL_DOUBLE(&value, sophmate_retry_after(retry));
		sophmate_exception_set(this, "retryAfterSeconds", &value);
	}
}
