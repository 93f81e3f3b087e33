#include "sophmate.h"
#include "stubs/enums_arginfo.h"

zend_class_entry *sophmate_ce_Effect, *sophmate_ce_Repeat, *sophmate_ce_RunState, *sophmate_ce_StepState,
	*sophmate_ce_ClaimState, *sophmate_ce_FailureClass, *sophmate_ce_Dialect;

void sophmate_enums_minit(void)
{
	sophmate_ce_Effect = register_class_SophMate_Effect();
	sophmate_ce_Repeat = register_class_SophMate_Repeat();
	sophmate_ce_RunState = register_class_SophMate_RunState();
	sophmate_ce_StepState = register_class_SophMate_StepState();
	sophmate_ce_ClaimState = register_class_SophMate_ClaimState();
	sophmate_ce_FailureClass = register_class_SophMate_FailureClass();
	sophmate_ce_Dialect = register_class_SophMate_Dialect();
}

int sophmate_enum_index(const zval *enum_case, const char *const *names, int count)
{
	const zval *value = zend_enum_fetch_case_value(Z_OBJ_P(enum_case));

	return sm_name_index(names, count, sophmate_bytes(Z_STR_P(value)));
}

zend_object *sophmate_enum_case(zend_class_entry *ce, const char *value)
{
	char name[32];
	size_t n = 0;
	bool upper = true;

	/* completed_by_hand stands for CompletedByHand */
	for (const char *p = value; *p != '\0' && n + 1 < sizeof(name); p++) {
		if (*p == '_') {
			upper = true;
		} else {
			name[n++] = upper && *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
			upper = false;
		}
	}
	name[n] = '\0';
	if (zend_hash_str_find_ptr(CE_CONSTANTS_TABLE(ce), name, n) == NULL) {
		zend_throw_error(NULL, "%s has no case for \"%s\"", ZSTR_VAL(ce->name), value);
		return NULL;
	}
	return zend_enum_get_case_cstr(ce, name);
}
