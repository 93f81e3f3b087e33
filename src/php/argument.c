#include "sophmate.h"
#include "zend_closures.h"

#include <math.h>

const char *sophmate_printable(char *out, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	size_t shown = n < 60 ? n : 60, at = 0;

	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x20 && c < 0x7f) {
			out[at++] = (char)c;
		} else {
			out[at++] = '\\';
			out[at++] = 'x';
			out[at++] = hex[c >> 4];
			out[at++] = hex[c & 15];
		}
	}
	if (shown < n) {
		memcpy(out + at, "...", 3);
		at += 3;
	}
	out[at] = '\0';
	return out;
}

bool sophmate_check_name(zend_class_entry *ce, const char *what, const zend_string *name)
{
	char shown[256];

	if (EXPECTED(sm_name_valid(sophmate_bytes(name)))) {
		return true;
	}
	if (ZSTR_LEN(name) > 1 && ZSTR_VAL(name)[ZSTR_LEN(name) - 1] == ' ' && sm_name_valid((sm_bytes){ZSTR_VAL(name), ZSTR_LEN(name) - 1})) {
		sophmate_throw_class(ce, "%s must not end with a space, got \"%s\"", what, sophmate_printable(shown, ZSTR_VAL(name), ZSTR_LEN(name)));
		return false;
	}
	sophmate_throw_class(ce, "%s must be 1 to %d of a-z, 0-9, dot, underscore, space, dash, and begin with a letter or digit; "
		"got \"%s\" (%zu bytes)", what, SM_NAME_MAX, sophmate_printable(shown, ZSTR_VAL(name), ZSTR_LEN(name)), ZSTR_LEN(name));
	return false;
}

bool sophmate_check_text(zend_class_entry *ce, const char *what, const zend_string *text, size_t max)
{
	char shown[256];

	if (ZSTR_LEN(text) == 0 || ZSTR_LEN(text) > max) {
		sophmate_throw_class(ce, "%s must have 1 to %zu bytes, got %zu", what, max, ZSTR_LEN(text));
		return false;
	}
	if (!sm_utf8_valid(sophmate_bytes(text))) {
		sophmate_throw_class(ce, "%s must be UTF-8, got \"%s\"", what, sophmate_printable(shown, ZSTR_VAL(text), ZSTR_LEN(text)));
		return false;
	}
	return true;
}

bool sophmate_check_seconds(zend_class_entry *ce, const char *what, double seconds, double min, double max)
{
	char min_text[32], max_text[32], text[32];

	/* a NAN fails every comparison */
	if (seconds >= min && seconds <= max) {
		return true;
	}
	min_text[sm_number_format(min, min_text)] = '\0';
	max_text[sm_number_format(max, max_text)] = '\0';
	if (isfinite(seconds)) {
		text[sm_number_format(seconds, text)] = '\0';
	} else {
		snprintf(text, sizeof(text), "%s", isnan(seconds) ? "NAN" : seconds > 0 ? "INF" : "-INF");
	}
	sophmate_throw_class(ce, "%s must be %s to %s seconds, got %s", what, min_text, max_text, text);
	return false;
}

int64_t sophmate_milliseconds(double seconds)
{
	return (int64_t)llround(seconds * 1000.0);
}

bool sophmate_closure(zval *closure, const char *what, zval *callable)
{
	static const char name[] = "fromcallable";

	ZVAL_UNDEF(closure);
	if (Z_TYPE_P(callable) == IS_OBJECT && Z_OBJCE_P(callable) == zend_ce_closure) {
		ZVAL_COPY(closure, callable);
	} else {
		zend_function *from_callable = zend_hash_str_find_ptr(&zend_ce_closure->function_table, name, sizeof(name) - 1);
		zend_call_known_function(from_callable, NULL, zend_ce_closure, closure, 1, callable, NULL);
	}
	if (Z_TYPE_P(closure) != IS_OBJECT) {
		ZVAL_NULL(closure);
		return false;
	}
	if (zend_get_closure_method_def(Z_OBJ_P(closure))->common.fn_flags & ZEND_ACC_GENERATOR) {
		zval_ptr_dtor(closure);
		ZVAL_NULL(closure);
		sophmate_throw_class(sophmate_ce_DefinitionError, "%s is a generator function: a call of it would run nothing", what);
		return false;
	}
	return true;
}

sm_settings sophmate_settings(void)
{
	return (sm_settings){
		.lease_margin_ms = SOPHMATE_G(lease_margin_ms),
		.grace_ms = SOPHMATE_G(grace_ms),
		.clock_skew_ms = SOPHMATE_G(clock_skew_ms),
	};
}

static void *request_alloc(void *ctx, size_t n)
{
	return emalloc(n);
}

static void request_release(void *ctx, void *p)
{
	efree(p);
}

const sm_alloc sophmate_alloc = {request_alloc, request_release, NULL};
