/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: e99ebd740f3608cc0839fa7f3b5a279f3ebee19d */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_Step___construct, 0, 0, 3)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, run, IS_CALLABLE, 0)
	ZEND_ARG_OBJ_INFO(0, effect, SophMate\\Effect, 0)
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, repeat, SophMate\\Repeat, 0, "SophMate\\Repeat::Never")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, owner, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeoutSeconds, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, graceSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, probe, IS_CALLABLE, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, retry, SophMate\\Retry, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keyWindowSeconds, IS_DOUBLE, 0, "0.0")
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Step, __construct);

static const zend_function_entry class_SophMate_Step_methods[] = {
	ZEND_ME(SophMate_Step, __construct, arginfo_class_SophMate_Step___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Step(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Step", class_SophMate_Step_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS;
#endif

	zval property_name_default_value;
	ZVAL_UNDEF(&property_name_default_value);
	zend_string *property_name_name = zend_string_init("name", sizeof("name") - 1, 1);
	zend_declare_typed_property(class_entry, property_name_name, &property_name_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_name_name);

	zval property_run_default_value;
	ZVAL_UNDEF(&property_run_default_value);
	zend_string *property_run_name = zend_string_init("run", sizeof("run") - 1, 1);
	zend_string *property_run_class_Closure = zend_string_init("Closure", sizeof("Closure")-1, 1);
	zend_declare_typed_property(class_entry, property_run_name, &property_run_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_run_class_Closure, 0, 0));
	zend_string_release(property_run_name);

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

	zval property_owner_default_value;
	ZVAL_UNDEF(&property_owner_default_value);
	zend_string *property_owner_name = zend_string_init("owner", sizeof("owner") - 1, 1);
	zend_declare_typed_property(class_entry, property_owner_name, &property_owner_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_owner_name);

	zval property_timeoutSeconds_default_value;
	ZVAL_UNDEF(&property_timeoutSeconds_default_value);
	zend_string *property_timeoutSeconds_name = zend_string_init("timeoutSeconds", sizeof("timeoutSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_timeoutSeconds_name, &property_timeoutSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_timeoutSeconds_name);

	zval property_graceSeconds_default_value;
	ZVAL_UNDEF(&property_graceSeconds_default_value);
	zend_string *property_graceSeconds_name = zend_string_init("graceSeconds", sizeof("graceSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_graceSeconds_name, &property_graceSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_graceSeconds_name);

	zval property_probe_default_value;
	ZVAL_UNDEF(&property_probe_default_value);
	zend_string *property_probe_name = zend_string_init("probe", sizeof("probe") - 1, 1);
	zend_string *property_probe_class_Closure = zend_string_init("Closure", sizeof("Closure")-1, 1);
	zend_declare_typed_property(class_entry, property_probe_name, &property_probe_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_probe_class_Closure, 0, MAY_BE_NULL));
	zend_string_release(property_probe_name);

	zval property_retry_default_value;
	ZVAL_UNDEF(&property_retry_default_value);
	zend_string *property_retry_name = zend_string_init("retry", sizeof("retry") - 1, 1);
	zend_string *property_retry_class_SophMate_Retry = zend_string_init("SophMate\\Retry", sizeof("SophMate\\Retry")-1, 1);
	zend_declare_typed_property(class_entry, property_retry_name, &property_retry_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_retry_class_SophMate_Retry, 0, 0));
	zend_string_release(property_retry_name);

	zval property_keyWindowSeconds_default_value;
	ZVAL_UNDEF(&property_keyWindowSeconds_default_value);
	zend_string *property_keyWindowSeconds_name = zend_string_init("keyWindowSeconds", sizeof("keyWindowSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_keyWindowSeconds_name, &property_keyWindowSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_keyWindowSeconds_name);

	return class_entry;
}
