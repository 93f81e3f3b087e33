#include "sophmate.h"
#include "src/core/run.h"
#include "stubs/answer_arginfo.h"

zend_class_entry *sophmate_ce_Answer;

/* order of the declarations in answer.stub.php */
enum { ANSWER_OUTCOME, ANSWER_OUTPUT, ANSWER_EXTERNAL_IDS, ANSWER_REASON };

void sophmate_answer_minit(void)
{
	sophmate_ce_Answer = register_class_SophMate_Answer();
	sophmate_made_class(sophmate_ce_Answer);
}

static zend_object *answer_new(const char *outcome)
{
	zend_object *answer = sophmate_object_new(sophmate_ce_Answer);

	ZVAL_STRING(OBJ_PROP_NUM(answer, ANSWER_OUTCOME), outcome);
	ZVAL_NULL(OBJ_PROP_NUM(answer, ANSWER_OUTPUT));
	ZVAL_EMPTY_ARRAY(OBJ_PROP_NUM(answer, ANSWER_EXTERNAL_IDS));
	ZVAL_NULL(OBJ_PROP_NUM(answer, ANSWER_REASON));
	return answer;
}

bool sophmate_check_external(const char *what, const zend_string *kind, const zval *id)
{
	zend_class_entry *error = sophmate_ce_InvalidArgument;
	char shown[256], name[320];

	if (!sophmate_check_name(error, what, kind)) {
		return false;
	}
	snprintf(name, sizeof(name), "%s: the id of kind \"%s\"", what, sophmate_printable(shown, ZSTR_VAL(kind), ZSTR_LEN(kind)));
	if (Z_TYPE_P(id) != IS_STRING) {
		sophmate_throw_class(error, "%s must be a string, got %s", name, zend_zval_type_name(id));
		return false;
	}
	return sophmate_check_text(error, name, Z_STR_P(id), SOPHMATE_WHO_MAX);
}

static const char externals_what[] = "Answer::done(): $externalIds";

/* @return how many ids, or -1 with an exception pending */
static zend_long check_ids(const zend_string *kind, zval *ids)
{
	zval *one;

	if (Z_TYPE_P(ids) != IS_ARRAY) {
		return sophmate_check_external(externals_what, kind, ids) ? 1 : -1;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(ids), one) {
		ZVAL_DEREF(one);
		if (!sophmate_check_external(externals_what, kind, one)) {
			return -1;
		}
	} ZEND_HASH_FOREACH_END();
	return zend_hash_num_elements(Z_ARRVAL_P(ids));
}

static bool check_externals(HashTable *externals)
{
	zend_long total = 0;
	zend_string *kind;
	zend_ulong number;
	zval *ids;

	ZEND_HASH_FOREACH_KEY_VAL(externals, number, kind, ids) {
		zend_long n;

		ZVAL_DEREF(ids);
		kind = kind != NULL ? zend_string_copy(kind) : zend_long_to_str((zend_long)number);
		n = check_ids(kind, ids);
		zend_string_release(kind);
		if (n < 0) {
			return false;
		}
		total += n;
	} ZEND_HASH_FOREACH_END();
	if (total > SM_ANSWER_EXTERNALS_MAX) {
		sophmate_throw_limit(externals_what, "number of ids", SM_ANSWER_EXTERNALS_MAX, total);
		return false;
	}
	return true;
}

ZEND_METHOD(SophMate_Answer, done)
{
	HashTable *ids = NULL;
	zend_object *answer;
	zval *output = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 2)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(output)
		Z_PARAM_ARRAY_HT(ids)
	ZEND_PARSE_PARAMETERS_END();

	if (ids != NULL && !check_externals(ids)) {
		RETURN_THROWS();
	}
	answer = answer_new("done");
	if (output != NULL) {
		ZVAL_COPY_DEREF(OBJ_PROP_NUM(answer, ANSWER_OUTPUT), output);
	}
	if (ids != NULL) {
		ZVAL_ARR(OBJ_PROP_NUM(answer, ANSWER_EXTERNAL_IDS), zend_array_dup(ids));
	}
	RETURN_OBJ(answer);
}

static void answer_with_reason(INTERNAL_FUNCTION_PARAMETERS, const char *outcome, const char *what)
{
	zend_string *reason;
	zend_object *answer;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_text(sophmate_ce_InvalidArgument, what, reason, SOPHMATE_TEXT_MAX)) {
		RETURN_THROWS();
	}
	answer = answer_new(outcome);
	ZVAL_STR_COPY(OBJ_PROP_NUM(answer, ANSWER_REASON), reason);
	RETURN_OBJ(answer);
}

ZEND_METHOD(SophMate_Answer, notDone)
{
	answer_with_reason(INTERNAL_FUNCTION_PARAM_PASSTHRU, "not_done", "Answer::notDone(): $evidence");
}

ZEND_METHOD(SophMate_Answer, unknown)
{
	answer_with_reason(INTERNAL_FUNCTION_PARAM_PASSTHRU, "unknown", "Answer::unknown(): $why");
}
