/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: fa74a5f664ac83f736f8d49a72d81f7da7dae38e */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_Retry___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempts, IS_LONG, 0, "3")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, windowSeconds, IS_DOUBLE, 0, "120.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, firstWaitSeconds, IS_DOUBLE, 0, "2.0")
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Retry, __construct);

static const zend_function_entry class_SophMate_Retry_methods[] = {
	ZEND_ME(SophMate_Retry, __construct, arginfo_class_SophMate_Retry___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Retry(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Retry", class_SophMate_Retry_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS;
#endif

	zval property_attempts_default_value;
	ZVAL_UNDEF(&property_attempts_default_value);
	zend_string *property_attempts_name = zend_string_init("attempts", sizeof("attempts") - 1, 1);
	zend_declare_typed_property(class_entry, property_attempts_name, &property_attempts_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_attempts_name);

	zval property_windowSeconds_default_value;
	ZVAL_UNDEF(&property_windowSeconds_default_value);
	zend_string *property_windowSeconds_name = zend_string_init("windowSeconds", sizeof("windowSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_windowSeconds_name, &property_windowSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_windowSeconds_name);

	zval property_firstWaitSeconds_default_value;
	ZVAL_UNDEF(&property_firstWaitSeconds_default_value);
	zend_string *property_firstWaitSeconds_name = zend_string_init("firstWaitSeconds", sizeof("firstWaitSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_firstWaitSeconds_name, &property_firstWaitSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_firstWaitSeconds_name);

	return class_entry;
}
