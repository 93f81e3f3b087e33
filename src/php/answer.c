#include "flight.h"
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

bool sophmate_check_external(const char *what, const char *id_what, const zend_string *kind, const zval *id)
{
	zend_class_entry *error = sophmate_ce_InvalidArgument;
	char shown[256], name[320];

	if (!sophmate_check_name(error, what, kind)) {
		return false;
	}
	if (id_what == NULL) {
		snprintf(name, sizeof(name), "%s: the id of kind \"%s\"", what, sophmate_printable(shown, ZSTR_VAL(kind), ZSTR_LEN(kind)));
		id_what = name;
	}
	if (Z_TYPE_P(id) != IS_STRING) {
		sophmate_throw_class(error, "%s must be a string, got %s", id_what, zend_zval_type_name(id));
		return false;
	}
	return sophmate_check_text(error, id_what, Z_STR_P(id), SOPHMATE_WHO_MAX);
}

static const char externals_what[] = "Answer::done(): $externalIds";

/* @return how many ids, or -1 with an exception pending */
static zend_long check_ids(const zend_string *kind, zval *ids)
{
	zval *one;

	if (Z_TYPE_P(ids) != IS_ARRAY) {
		return sophmate_check_external(externals_what, NULL, kind, ids) ? 1 : -1;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(ids), one) {
		ZVAL_DEREF(one);
		if (!sophmate_check_external(externals_what, NULL, kind, one)) {
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

/* ---- for the core ---- */

static bool put_external(sm_arena *arena, sm_external *list, size_t *n, const zend_string *kind, const zval *id)
{
	if (*n == SM_ANSWER_EXTERNALS_MAX) {
		/* Answer::done() has counted them; an array in it that is a reference may have grown since */
		sophmate_throw_limit("Answer: $externalIds", "number of ids", SM_ANSWER_EXTERNALS_MAX, SM_ANSWER_EXTERNALS_MAX + 1);
		return false;
	}
	if (!sophmate_check_external("Answer: $externalIds", NULL, kind, id)) {
		return false;
	}
	sm_external *x = &list[(*n)++];
	return sm_arena_dup(arena, sophmate_bytes(kind), &x->kind) == SM_OK && sm_arena_dup(arena, sophmate_bytes(Z_STR_P(id)), &x->id) == SM_OK;
}

static bool put_ids(sm_arena *arena, sm_external *list, size_t *n, const zend_string *kind, HashTable *ids)
{
	zval *one;

	ZEND_HASH_FOREACH_VAL(ids, one) {
		ZVAL_DEREF(one);
		if (!put_external(arena, list, n, kind, one)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool put_externals(sm_arena *arena, HashTable *ids, sm_answer *out)
{
	sm_external *list = SM_NEW(arena, sm_external, SM_ANSWER_EXTERNALS_MAX);
	zend_string *kind;
	zend_ulong number;
	zval *value;
	bool good = true;

	ZEND_HASH_FOREACH_KEY_VAL(ids, number, kind, value) {
		zend_string *name = kind != NULL ? zend_string_copy(kind) : zend_long_to_str((zend_long)number);

		ZVAL_DEREF(value);
		good = good && (Z_TYPE_P(value) == IS_ARRAY ? put_ids(arena, list, &out->n_externals, name, Z_ARRVAL_P(value))
			: put_external(arena, list, &out->n_externals, name, value));
		zend_string_release(name);
	} ZEND_HASH_FOREACH_END();
	out->externals = list;
	return good;
}

bool sophmate_answer_read(zend_object *answer, sm_arena *arena, sm_answer *out)
{
	zval *outcome = OBJ_PROP_NUM(answer, ANSWER_OUTCOME), *output = OBJ_PROP_NUM(answer, ANSWER_OUTPUT);
	zval *reason = OBJ_PROP_NUM(answer, ANSWER_REASON);

	memset(out, 0, sizeof(*out));
	if (Z_TYPE_P(outcome) != IS_STRING) {
		zend_throw_error(NULL, "SophMate\\Answer was not constructed");
		return false;
	}
	out->kind = zend_string_equals_literal(Z_STR_P(outcome), "done") ? SM_ANSWER_DONE
		: zend_string_equals_literal(Z_STR_P(outcome), "not_done") ? SM_ANSWER_NOT_DONE : SM_ANSWER_UNKNOWN;
	if (Z_TYPE_P(reason) == IS_STRING && sm_arena_dup(arena, sophmate_bytes(Z_STR_P(reason)), &out->text) != SM_OK) {
		return false;
	}
	if (out->kind != SM_ANSWER_DONE) {
		return true;
	}
	/* null is "no output was given": output() then says so, and is never null by accident */
	return (Z_TYPE_P(output) == IS_NULL || sophmate_canonical_in(arena, "Answer: $output", output, SM_MAX_PRIVATE, &out->output))
		&& put_externals(arena, Z_ARRVAL_P(OBJ_PROP_NUM(answer, ANSWER_EXTERNAL_IDS)), out);
}
