/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: d87adc6419d07038ca9c86765111ee4f087e323e */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Exception_effectMayHaveHappened, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_NotDone___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, message, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, failure, IS_STRING, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, class, SophMate\\FailureClass, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, retryAfterSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, previous, Throwable, 1, "null")
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Exception, effectMayHaveHappened);
ZEND_METHOD(SophMate_NotDone, __construct);

static const zend_function_entry class_SophMate_Exception_methods[] = {
	ZEND_ME(SophMate_Exception, effectMayHaveHappened, arginfo_class_SophMate_Exception_effectMayHaveHappened, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_SophMate_NotDone_methods[] = {
	ZEND_ME(SophMate_NotDone, __construct, arginfo_class_SophMate_NotDone___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Exception(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Exception", class_SophMate_Exception_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	zval property_runId_default_value;
	ZVAL_UNDEF(&property_runId_default_value);
	zend_string *property_runId_name = zend_string_init("runId", sizeof("runId") - 1, 1);
	zend_declare_typed_property(class_entry, property_runId_name, &property_runId_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_runId_name);

	zval property_mayHaveHappened_default_value;
	ZVAL_FALSE(&property_mayHaveHappened_default_value);
	zend_string *property_mayHaveHappened_name = zend_string_init("mayHaveHappened", sizeof("mayHaveHappened") - 1, 1);
	zend_declare_typed_property(class_entry, property_mayHaveHappened_name, &property_mayHaveHappened_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_mayHaveHappened_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Conflict(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Conflict", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	zval property_key_default_value;
	ZVAL_UNDEF(&property_key_default_value);
	zend_string *property_key_name = zend_string_init("key", sizeof("key") - 1, 1);
	zend_declare_typed_property(class_entry, property_key_name, &property_key_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_key_name);

	zval property_storedFingerprint_default_value;
	ZVAL_UNDEF(&property_storedFingerprint_default_value);
	zend_string *property_storedFingerprint_name = zend_string_init("storedFingerprint", sizeof("storedFingerprint") - 1, 1);
	zend_declare_typed_property(class_entry, property_storedFingerprint_name, &property_storedFingerprint_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_storedFingerprint_name);

	zval property_givenFingerprint_default_value;
	ZVAL_UNDEF(&property_givenFingerprint_default_value);
	zend_string *property_givenFingerprint_name = zend_string_init("givenFingerprint", sizeof("givenFingerprint") - 1, 1);
	zend_declare_typed_property(class_entry, property_givenFingerprint_name, &property_givenFingerprint_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_givenFingerprint_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_InProgress(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "InProgress", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_OutcomeUnknown(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "OutcomeUnknown", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Held(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Held", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	zval property_target_default_value;
	ZVAL_UNDEF(&property_target_default_value);
	zend_string *property_target_name = zend_string_init("target", sizeof("target") - 1, 1);
	zend_declare_typed_property(class_entry, property_target_name, &property_target_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_target_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_EffectRefused(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "EffectRefused", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	zval property_failure_default_value;
	ZVAL_UNDEF(&property_failure_default_value);
	zend_string *property_failure_name = zend_string_init("failure", sizeof("failure") - 1, 1);
	zend_declare_typed_property(class_entry, property_failure_name, &property_failure_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_failure_name);

	zval property_failureClass_default_value;
	ZVAL_UNDEF(&property_failureClass_default_value);
	zend_string *property_failureClass_name = zend_string_init("failureClass", sizeof("failureClass") - 1, 1);
	zend_string *property_failureClass_class_SophMate_FailureClass = zend_string_init("SophMate\\FailureClass", sizeof("SophMate\\FailureClass")-1, 1);
	zend_declare_typed_property(class_entry, property_failureClass_name, &property_failureClass_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_failureClass_class_SophMate_FailureClass, 0, MAY_BE_NULL));
	zend_string_release(property_failureClass_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_OutputNotStored(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "OutputNotStored", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_DefinitionError(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "DefinitionError", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_InvalidArgument(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "InvalidArgument", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_InvalidState(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "InvalidState", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	zval property_state_default_value;
	ZVAL_UNDEF(&property_state_default_value);
	zend_string *property_state_name = zend_string_init("state", sizeof("state") - 1, 1);
	zend_string *property_state_class_SophMate_RunState = zend_string_init("SophMate\\RunState", sizeof("SophMate\\RunState")-1, 1);
	zend_declare_typed_property(class_entry, property_state_name, &property_state_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_state_class_SophMate_RunState, 0, MAY_BE_NULL));
	zend_string_release(property_state_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_LimitExceeded(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "LimitExceeded", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	zval property_limit_default_value;
	ZVAL_UNDEF(&property_limit_default_value);
	zend_string *property_limit_name = zend_string_init("limit", sizeof("limit") - 1, 1);
	zend_declare_typed_property(class_entry, property_limit_name, &property_limit_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_limit_name);

	zval property_value_default_value;
	ZVAL_UNDEF(&property_value_default_value);
	zend_string *property_value_name = zend_string_init("value", sizeof("value") - 1, 1);
	zend_declare_typed_property(class_entry, property_value_name, &property_value_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_value_name);

	zval property_got_default_value;
	ZVAL_UNDEF(&property_got_default_value);
	zend_string *property_got_name = zend_string_init("got", sizeof("got") - 1, 1);
	zend_declare_typed_property(class_entry, property_got_name, &property_got_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_got_name);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_SchemaError(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "SchemaError", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_IdentityMismatch(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "IdentityMismatch", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_StoreError(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "StoreError", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_StoreUncertain(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "StoreUncertain", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_IllegalHistory(zend_class_entry *class_entry_SophMate_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "IllegalHistory", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SophMate_Exception, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SophMate_Exception);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SophMate_NotDone(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "NotDone", class_SophMate_NotDone_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	zval property_failure_default_value;
	ZVAL_UNDEF(&property_failure_default_value);
	zend_string *property_failure_name = zend_string_init("failure", sizeof("failure") - 1, 1);
	zend_declare_typed_property(class_entry, property_failure_name, &property_failure_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_failure_name);

	zval property_class_default_value;
	ZVAL_UNDEF(&property_class_default_value);
	zend_string *property_class_name = zend_string_init("class", sizeof("class") - 1, 1);
	zend_string *property_class_class_SophMate_FailureClass = zend_string_init("SophMate\\FailureClass", sizeof("SophMate\\FailureClass")-1, 1);
	zend_declare_typed_property(class_entry, property_class_name, &property_class_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_class_class_SophMate_FailureClass, 0, MAY_BE_NULL));
	zend_string_release(property_class_name);

	zval property_retryAfterSeconds_default_value;
	ZVAL_UNDEF(&property_retryAfterSeconds_default_value);
	zend_string *property_retryAfterSeconds_name = zend_string_init("retryAfterSeconds", sizeof("retryAfterSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_retryAfterSeconds_name, &property_retryAfterSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_retryAfterSeconds_name);

	return class_entry;
}
