/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 44894f17c9c5207f1277fae9286481334155a298 */

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Answer_done, 0, 0, SophMate\\Answer, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, output, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, externalIds, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Answer_notDone, 0, 1, SophMate\\Answer, 0)
	ZEND_ARG_TYPE_INFO(0, evidence, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Answer_unknown, 0, 1, SophMate\\Answer, 0)
	ZEND_ARG_TYPE_INFO(0, why, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Answer, done);
ZEND_METHOD(SophMate_Answer, notDone);
ZEND_METHOD(SophMate_Answer, unknown);

static const zend_function_entry class_SophMate_Answer_methods[] = {
	ZEND_ME(SophMate_Answer, done, arginfo_class_SophMate_Answer_done, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_Answer, notDone, arginfo_class_SophMate_Answer_notDone, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_Answer, unknown, arginfo_class_SophMate_Answer_unknown, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Answer(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Answer", class_SophMate_Answer_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS;
#endif

	zval property_outcome_default_value;
	ZVAL_UNDEF(&property_outcome_default_value);
	zend_string *property_outcome_name = zend_string_init("outcome", sizeof("outcome") - 1, 1);
	zend_declare_typed_property(class_entry, property_outcome_name, &property_outcome_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_outcome_name);

	zval property_output_default_value;
	ZVAL_UNDEF(&property_output_default_value);
	zend_string *property_output_name = zend_string_init("output", sizeof("output") - 1, 1);
	zend_declare_typed_property(class_entry, property_output_name, &property_output_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ANY));
	zend_string_release(property_output_name);

	zval property_externalIds_default_value;
	ZVAL_UNDEF(&property_externalIds_default_value);
	zend_string *property_externalIds_name = zend_string_init("externalIds", sizeof("externalIds") - 1, 1);
	zend_declare_typed_property(class_entry, property_externalIds_name, &property_externalIds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_externalIds_name);

	zval property_reason_default_value;
	ZVAL_UNDEF(&property_reason_default_value);
	zend_string *property_reason_name = zend_string_init("reason", sizeof("reason") - 1, 1);
	zend_declare_typed_property(class_entry, property_reason_name, &property_reason_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_reason_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "done", sizeof("done") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
