/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 95249c29b973185fc6dfd4553215026c08305e7d */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Run_steps, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_Run_events arginfo_class_SophMate_Run_steps

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Run_output, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, step, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Run, steps);
ZEND_METHOD(SophMate_Run, events);
ZEND_METHOD(SophMate_Run, output);

static const zend_function_entry class_SophMate_Run_methods[] = {
	ZEND_ME(SophMate_Run, steps, arginfo_class_SophMate_Run_steps, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Run, events, arginfo_class_SophMate_Run_events, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Run, output, arginfo_class_SophMate_Run_output, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Run(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Run", class_SophMate_Run_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	zval property_id_default_value;
	ZVAL_UNDEF(&property_id_default_value);
	zend_string *property_id_name = zend_string_init("id", sizeof("id") - 1, 1);
	zend_declare_typed_property(class_entry, property_id_name, &property_id_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_id_name);

	zval property_workflow_default_value;
	ZVAL_UNDEF(&property_workflow_default_value);
	zend_string *property_workflow_name = zend_string_init("workflow", sizeof("workflow") - 1, 1);
	zend_declare_typed_property(class_entry, property_workflow_name, &property_workflow_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_workflow_name);

	zval property_version_default_value;
	ZVAL_UNDEF(&property_version_default_value);
	zend_string *property_version_name = zend_string_init("version", sizeof("version") - 1, 1);
	zend_declare_typed_property(class_entry, property_version_name, &property_version_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_version_name);

	zval property_subject_default_value;
	ZVAL_UNDEF(&property_subject_default_value);
	zend_string *property_subject_name = zend_string_init("subject", sizeof("subject") - 1, 1);
	zend_declare_typed_property(class_entry, property_subject_name, &property_subject_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_subject_name);

	zval property_step_default_value;
	ZVAL_UNDEF(&property_step_default_value);
	zend_string *property_step_name = zend_string_init("step", sizeof("step") - 1, 1);
	zend_declare_typed_property(class_entry, property_step_name, &property_step_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_step_name);

	zval property_owner_default_value;
	ZVAL_UNDEF(&property_owner_default_value);
	zend_string *property_owner_name = zend_string_init("owner", sizeof("owner") - 1, 1);
	zend_declare_typed_property(class_entry, property_owner_name, &property_owner_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_owner_name);

	zval property_reason_default_value;
	ZVAL_UNDEF(&property_reason_default_value);
	zend_string *property_reason_name = zend_string_init("reason", sizeof("reason") - 1, 1);
	zend_declare_typed_property(class_entry, property_reason_name, &property_reason_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_reason_name);

	zval property_state_default_value;
	ZVAL_UNDEF(&property_state_default_value);
	zend_string *property_state_name = zend_string_init("state", sizeof("state") - 1, 1);
	zend_string *property_state_class_SophMate_RunState = zend_string_init("SophMate\\RunState", sizeof("SophMate\\RunState")-1, 1);
	zend_declare_typed_property(class_entry, property_state_name, &property_state_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_state_class_SophMate_RunState, 0, 0));
	zend_string_release(property_state_name);

	zval property_category_default_value;
	ZVAL_UNDEF(&property_category_default_value);
	zend_string *property_category_name = zend_string_init("category", sizeof("category") - 1, 1);
	zend_declare_typed_property(class_entry, property_category_name, &property_category_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_category_name);

	zval property_trigger_default_value;
	ZVAL_UNDEF(&property_trigger_default_value);
	zend_string *property_trigger_name = zend_string_init("trigger", sizeof("trigger") - 1, 1);
	zend_declare_typed_property(class_entry, property_trigger_name, &property_trigger_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_trigger_name);

	zval property_occurrence_default_value;
	ZVAL_UNDEF(&property_occurrence_default_value);
	zend_string *property_occurrence_name = zend_string_init("occurrence", sizeof("occurrence") - 1, 1);
	zend_declare_typed_property(class_entry, property_occurrence_name, &property_occurrence_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_occurrence_name);

	zval property_parent_default_value;
	ZVAL_UNDEF(&property_parent_default_value);
	zend_string *property_parent_name = zend_string_init("parent", sizeof("parent") - 1, 1);
	zend_declare_typed_property(class_entry, property_parent_name, &property_parent_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_parent_name);

	zval property_input_default_value;
	ZVAL_UNDEF(&property_input_default_value);
	zend_string *property_input_name = zend_string_init("input", sizeof("input") - 1, 1);
	zend_declare_typed_property(class_entry, property_input_name, &property_input_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ANY));
	zend_string_release(property_input_name);

	zval property_startedAt_default_value;
	ZVAL_UNDEF(&property_startedAt_default_value);
	zend_string *property_startedAt_name = zend_string_init("startedAt", sizeof("startedAt") - 1, 1);
	zend_declare_typed_property(class_entry, property_startedAt_name, &property_startedAt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_startedAt_name);

	zval property_changedAt_default_value;
	ZVAL_UNDEF(&property_changedAt_default_value);
	zend_string *property_changedAt_name = zend_string_init("changedAt", sizeof("changedAt") - 1, 1);
	zend_declare_typed_property(class_entry, property_changedAt_name, &property_changedAt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_changedAt_name);

	zval property_duplicate_default_value;
	ZVAL_UNDEF(&property_duplicate_default_value);
	zend_string *property_duplicate_name = zend_string_init("duplicate", sizeof("duplicate") - 1, 1);
	zend_declare_typed_property(class_entry, property_duplicate_name, &property_duplicate_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_duplicate_name);

	return class_entry;
}
