/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: acfddf2036a53e87ae06e1daf284b5dd6f4ab84d */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_KillSwitches___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_KillSwitches_hold, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, target, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_KillSwitches_release arginfo_class_SophMate_KillSwitches_hold

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_KillSwitches_state, 0, 1, SophMate\\SwitchState, 0)
	ZEND_ARG_TYPE_INFO(0, target, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_KillSwitches_all, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_KillSwitches, __construct);
ZEND_METHOD(SophMate_KillSwitches, hold);
ZEND_METHOD(SophMate_KillSwitches, release);
ZEND_METHOD(SophMate_KillSwitches, state);
ZEND_METHOD(SophMate_KillSwitches, all);

static const zend_function_entry class_SophMate_KillSwitches_methods[] = {
	ZEND_ME(SophMate_KillSwitches, __construct, arginfo_class_SophMate_KillSwitches___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_KillSwitches, hold, arginfo_class_SophMate_KillSwitches_hold, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_KillSwitches, release, arginfo_class_SophMate_KillSwitches_release, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_KillSwitches, state, arginfo_class_SophMate_KillSwitches_state, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_KillSwitches, all, arginfo_class_SophMate_KillSwitches_all, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_KillSwitches(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "KillSwitches", class_SophMate_KillSwitches_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_SwitchState(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "SwitchState", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS;
#endif

	zval property_target_default_value;
	ZVAL_UNDEF(&property_target_default_value);
	zend_string *property_target_name = zend_string_init("target", sizeof("target") - 1, 1);
	zend_declare_typed_property(class_entry, property_target_name, &property_target_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_target_name);

	zval property_held_default_value;
	ZVAL_UNDEF(&property_held_default_value);
	zend_string *property_held_name = zend_string_init("held", sizeof("held") - 1, 1);
	zend_declare_typed_property(class_entry, property_held_name, &property_held_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_held_name);

	zval property_by_default_value;
	ZVAL_UNDEF(&property_by_default_value);
	zend_string *property_by_name = zend_string_init("by", sizeof("by") - 1, 1);
	zend_declare_typed_property(class_entry, property_by_name, &property_by_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_by_name);

	zval property_reason_default_value;
	ZVAL_UNDEF(&property_reason_default_value);
	zend_string *property_reason_name = zend_string_init("reason", sizeof("reason") - 1, 1);
	zend_declare_typed_property(class_entry, property_reason_name, &property_reason_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_reason_name);

	zval property_since_default_value;
	ZVAL_UNDEF(&property_since_default_value);
	zend_string *property_since_name = zend_string_init("since", sizeof("since") - 1, 1);
	zend_declare_typed_property(class_entry, property_since_name, &property_since_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_since_name);

	zval property_generation_default_value;
	ZVAL_UNDEF(&property_generation_default_value);
	zend_string *property_generation_name = zend_string_init("generation", sizeof("generation") - 1, 1);
	zend_declare_typed_property(class_entry, property_generation_name, &property_generation_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_generation_name);

	return class_entry;
}
