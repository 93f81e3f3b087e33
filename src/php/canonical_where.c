/* What of a PHP value has no canonical form, and where in it that stands. */
#include "canonical.h"
#include "zend_smart_str.h"

static bool plain_key(const char *key, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = key[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i > 0 && c >= '0' && c <= '9'))) {
			return false;
		}
	}
	return n > 0;
}

static void put_path(smart_str *path, const sophmate_frame *at)
{
	char shown[256];

	if (at == NULL) {
		smart_str_appendc(path, '$');
		return;
	}
	put_path(path, at->up);
	if (at->key == NULL) {
		smart_str_appendc(path, '[');
		smart_str_append_long(path, (zend_long)at->index);
		smart_str_appendc(path, ']');
	} else if (plain_key(ZSTR_VAL(at->key), ZSTR_LEN(at->key))) {
		smart_str_appendc(path, '.');
		smart_str_append(path, at->key);
	} else {
		smart_str_appends(path, "[\"");
		smart_str_appends(path, sophmate_printable(shown, ZSTR_VAL(at->key), ZSTR_LEN(at->key)));
		smart_str_appends(path, "\"]");
	}
}

/* The path as a string of at most SHOWN bytes: the beginning and the end of a long one. */
static ZEND_COLD zend_string *path_of(const sophmate_frame *at)
{
	enum { SHOWN = 160, HALF = 78 };
	smart_str path = {0};

	put_path(&path, at);
	smart_str_0(&path);
	if (ZSTR_LEN(path.s) > SHOWN) {
		zend_string *cut = zend_strpprintf(0, "%.*s....%s", HALF, ZSTR_VAL(path.s), ZSTR_VAL(path.s) + ZSTR_LEN(path.s) - HALF);

		smart_str_free(&path);
		return cut;
	}
	return path.s;
}

ZEND_COLD bool sophmate_canonical_refuse(const sophmate_frame *at, const char *what)
{
	zend_string *path = path_of(at);

	sophmate_throw_class(sophmate_ce_InvalidArgument, "%s has no canonical form: %s", ZSTR_VAL(path), what);
	zend_string_release(path);
	return false;
}

ZEND_COLD bool sophmate_canonical_refuse_object(const sophmate_frame *at, zend_object *object)
{
	char what[400];

	snprintf(what, sizeof(what), "%s of class %.300s (only stdClass, JsonSerializable and backed enums have one)",
		object->ce->ce_flags & ZEND_ACC_ENUM ? "a pure enum" : "an object", ZSTR_VAL(object->ce->name));
	return sophmate_canonical_refuse(at, what);
}

ZEND_COLD bool sophmate_canonical_too_deep(const sophmate_frame *at, const char *limit)
{
	zend_string *path = path_of(at);

	sophmate_throw_limit(ZSTR_VAL(path), limit, SM_MAX_DEPTH, SM_MAX_DEPTH + 1);
	zend_string_release(path);
	return false;
}
