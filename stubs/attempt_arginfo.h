/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 8f4e25c1bfb4331f483c716393a5249f65b8f3d9 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_output, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, step, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_externalId, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, kind, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_affects, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, type, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_artifact, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_cost, 0, 3, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, amount, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, unit, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, provider, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_note, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_mayProceed, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Attempt_secondsLeft, 0, 0, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Attempt, output);
ZEND_METHOD(SophMate_Attempt, externalId);
ZEND_METHOD(SophMate_Attempt, affects);
ZEND_METHOD(SophMate_Attempt, artifact);
ZEND_METHOD(SophMate_Attempt, cost);
ZEND_METHOD(SophMate_Attempt, note);
ZEND_METHOD(SophMate_Attempt, mayProceed);
ZEND_METHOD(SophMate_Attempt, secondsLeft);

static const zend_function_entry class_SophMate_Attempt_methods[] = {
	ZEND_ME(SophMate_Attempt, output, arginfo_class_SophMate_Attempt_output, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, externalId, arginfo_class_SophMate_Attempt_externalId, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, affects, arginfo_class_SophMate_Attempt_affects, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, artifact, arginfo_class_SophMate_Attempt_artifact, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, cost, arginfo_class_SophMate_Attempt_cost, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, note, arginfo_class_SophMate_Attempt_note, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, mayProceed, arginfo_class_SophMate_Attempt_mayProceed, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Attempt, secondsLeft, arginfo_class_SophMate_Attempt_secondsLeft, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Attempt(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Attempt", class_SophMate_Attempt_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	zval property_key_default_value;
	ZVAL_UNDEF(&property_key_default_value);
	zend_string *property_key_name = zend_string_init("key", sizeof("key") - 1, 1);
	zend_declare_typed_property(class_entry, property_key_name, &property_key_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_key_name);

	zval property_runId_default_value;
	ZVAL_UNDEF(&property_runId_default_value);
	zend_string *property_runId_name = zend_string_init("runId", sizeof("runId") - 1, 1);
	zend_declare_typed_property(class_entry, property_runId_name, &property_runId_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_runId_name);

	zval property_workflow_default_value;
	ZVAL_UNDEF(&property_workflow_default_value);
	zend_string *property_workflow_name = zend_string_init("workflow", sizeof("workflow") - 1, 1);
	zend_declare_typed_property(class_entry, property_workflow_name, &property_workflow_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_workflow_name);

	zval property_step_default_value;
	ZVAL_UNDEF(&property_step_default_value);
	zend_string *property_step_name = zend_string_init("step", sizeof("step") - 1, 1);
	zend_declare_typed_property(class_entry, property_step_name, &property_step_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_step_name);

	zval property_attempt_default_value;
	ZVAL_UNDEF(&property_attempt_default_value);
	zend_string *property_attempt_name = zend_string_init("attempt", sizeof("attempt") - 1, 1);
	zend_declare_typed_property(class_entry, property_attempt_name, &property_attempt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_attempt_name);

	zval property_input_default_value;
	ZVAL_UNDEF(&property_input_default_value);
	zend_string *property_input_name = zend_string_init("input", sizeof("input") - 1, 1);
	zend_declare_typed_property(class_entry, property_input_name, &property_input_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ANY));
	zend_string_release(property_input_name);

	zval property_effect_default_value;
	ZVAL_UNDEF(&property_effect_default_value);
	zend_string *property_effect_name = zend_string_init("effect", sizeof("effect") - 1, 1);
	zend_string *property_effect_class_SophMate_Effect = zend_string_init("SophMate\\Effect", sizeof("SophMate\\Effect")-1, 1);
	zend_declare_typed_property(class_entry, property_effect_name, &property_effect_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_effect_class_SophMate_Effect, 0, 0));
	zend_string_release(property_effect_name);

	zval property_repeat_default_value;
	ZVAL_UNDEF(&property_repeat_default_value);
	zend_string *property_repeat_name = zend_string_init("repeat", sizeof("repeat") - 1, 1);
	zend_string *property_repeat_class_SophMate_Repeat = zend_string_init("SophMate\\Repeat", sizeof("SophMate\\Repeat")-1, 1);
	zend_declare_typed_property(class_entry, property_repeat_name, &property_repeat_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_repeat_class_SophMate_Repeat, 0, 0));
	zend_string_release(property_repeat_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "artifact", sizeof("artifact") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "note", sizeof("note") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
