/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 5b1823ea024a9f3b357c85d6b218eb766c295a64 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_IdempotencyKeys___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_IdempotencyKeys_claim, 0, 2, SophMate\\Claim, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, payload, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, leaseSeconds, IS_DOUBLE, 0, "60.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, category, IS_STRING, 0, "\'general\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_IdempotencyKeys_complete, 0, 2, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, claim, SophMate\\Claim, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_IdempotencyKeys_release, 0, 2, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, claim, SophMate\\Claim, 0)
	ZEND_ARG_TYPE_INFO(0, why, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_IdempotencyKeys_resolve, 0, 4, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_OBJ_INFO(0, answer, SophMate\\Answer, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_IdempotencyKeys, __construct);
ZEND_METHOD(SophMate_IdempotencyKeys, claim);
ZEND_METHOD(SophMate_IdempotencyKeys, complete);
ZEND_METHOD(SophMate_IdempotencyKeys, release);
ZEND_METHOD(SophMate_IdempotencyKeys, resolve);

static const zend_function_entry class_SophMate_IdempotencyKeys_methods[] = {
	ZEND_ME(SophMate_IdempotencyKeys, __construct, arginfo_class_SophMate_IdempotencyKeys___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_IdempotencyKeys, claim, arginfo_class_SophMate_IdempotencyKeys_claim, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_IdempotencyKeys, complete, arginfo_class_SophMate_IdempotencyKeys_complete, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_IdempotencyKeys, release, arginfo_class_SophMate_IdempotencyKeys_release, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_IdempotencyKeys, resolve, arginfo_class_SophMate_IdempotencyKeys_resolve, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_IdempotencyKeys(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "IdempotencyKeys", class_SophMate_IdempotencyKeys_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "claim", sizeof("claim") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "complete", sizeof("complete") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Claim(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Claim", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	zval property_state_default_value;
	ZVAL_UNDEF(&property_state_default_value);
	zend_string *property_state_name = zend_string_init("state", sizeof("state") - 1, 1);
	zend_string *property_state_class_SophMate_ClaimState = zend_string_init("SophMate\\ClaimState", sizeof("SophMate\\ClaimState")-1, 1);
	zend_declare_typed_property(class_entry, property_state_name, &property_state_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_state_class_SophMate_ClaimState, 0, 0));
	zend_string_release(property_state_name);

	zval property_attempt_default_value;
	ZVAL_UNDEF(&property_attempt_default_value);
	zend_string *property_attempt_name = zend_string_init("attempt", sizeof("attempt") - 1, 1);
	zend_string *property_attempt_class_SophMate_Attempt = zend_string_init("SophMate\\Attempt", sizeof("SophMate\\Attempt")-1, 1);
	zend_declare_typed_property(class_entry, property_attempt_name, &property_attempt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_attempt_class_SophMate_Attempt, 0, MAY_BE_NULL));
	zend_string_release(property_attempt_name);

	zval property_result_default_value;
	ZVAL_UNDEF(&property_result_default_value);
	zend_string *property_result_name = zend_string_init("result", sizeof("result") - 1, 1);
	zend_declare_typed_property(class_entry, property_result_name, &property_result_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ANY));
	zend_string_release(property_result_name);

	return class_entry;
}
