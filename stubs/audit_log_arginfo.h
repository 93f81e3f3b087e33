/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: c8783a43e934d29921c7a8ba764aa1fc4cc0d10a */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_AuditLog___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_append, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, type, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, data, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, private, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stream, IS_STRING, 0, "\'site\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_find, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, records, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, after, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, rows, IS_LONG, 0, "2000")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_erase, 0, 3, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, text, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, records, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_prune, 0, 3, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, olderThanSeconds, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, limit, IS_LONG, 0, "100")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, after, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_AuditLog_checkpoint, 0, 0, SophMate\\Checkpoint, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, quietSeconds, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_createKey, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_AuditLog_rotate arginfo_class_SophMate_AuditLog_createKey

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_log, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_AuditLog_keys arginfo_class_SophMate_AuditLog_log

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_witnessRequest, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, old, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_addCosignatures, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, size, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, lines, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, witness, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_verify, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, progress, IS_CALLABLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keys, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, pendingSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, anchorSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, treeOnly, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, resume, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, findings, IS_LONG, 0, "100")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_prove, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, eventId, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_export, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, directory, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_AuditLog, __construct);
ZEND_METHOD(SophMate_AuditLog, append);
ZEND_METHOD(SophMate_AuditLog, find);
ZEND_METHOD(SophMate_AuditLog, erase);
ZEND_METHOD(SophMate_AuditLog, prune);
ZEND_METHOD(SophMate_AuditLog, checkpoint);
ZEND_METHOD(SophMate_AuditLog, createKey);
ZEND_METHOD(SophMate_AuditLog, rotate);
ZEND_METHOD(SophMate_AuditLog, log);
ZEND_METHOD(SophMate_AuditLog, keys);
ZEND_METHOD(SophMate_AuditLog, witnessRequest);
ZEND_METHOD(SophMate_AuditLog, addCosignatures);
ZEND_METHOD(SophMate_AuditLog, verify);
ZEND_METHOD(SophMate_AuditLog, prove);
ZEND_METHOD(SophMate_AuditLog, export);

static const zend_function_entry class_SophMate_AuditLog_methods[] = {
	ZEND_ME(SophMate_AuditLog, __construct, arginfo_class_SophMate_AuditLog___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, append, arginfo_class_SophMate_AuditLog_append, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, find, arginfo_class_SophMate_AuditLog_find, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, erase, arginfo_class_SophMate_AuditLog_erase, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, prune, arginfo_class_SophMate_AuditLog_prune, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, checkpoint, arginfo_class_SophMate_AuditLog_checkpoint, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, createKey, arginfo_class_SophMate_AuditLog_createKey, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, rotate, arginfo_class_SophMate_AuditLog_rotate, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, log, arginfo_class_SophMate_AuditLog_log, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, keys, arginfo_class_SophMate_AuditLog_keys, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_AuditLog, witnessRequest, arginfo_class_SophMate_AuditLog_witnessRequest, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, addCosignatures, arginfo_class_SophMate_AuditLog_addCosignatures, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, verify, arginfo_class_SophMate_AuditLog_verify, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, prove, arginfo_class_SophMate_AuditLog_prove, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_AuditLog, export, arginfo_class_SophMate_AuditLog_export, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_AuditLog(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "AuditLog", class_SophMate_AuditLog_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "append", sizeof("append") - 1), 2, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "find", sizeof("find") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "find", sizeof("find") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "erase", sizeof("erase") - 1), 3, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "erase", sizeof("erase") - 1), 4, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Checkpoint(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Checkpoint", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS;
#endif

	zval property_origin_default_value;
	ZVAL_UNDEF(&property_origin_default_value);
	zend_string *property_origin_name = zend_string_init("origin", sizeof("origin") - 1, 1);
	zend_declare_typed_property(class_entry, property_origin_name, &property_origin_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_origin_name);

	zval property_size_default_value;
	ZVAL_UNDEF(&property_size_default_value);
	zend_string *property_size_name = zend_string_init("size", sizeof("size") - 1, 1);
	zend_declare_typed_property(class_entry, property_size_name, &property_size_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_size_name);

	zval property_root_default_value;
	ZVAL_UNDEF(&property_root_default_value);
	zend_string *property_root_name = zend_string_init("root", sizeof("root") - 1, 1);
	zend_declare_typed_property(class_entry, property_root_name, &property_root_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_root_name);

	zval property_note_default_value;
	ZVAL_UNDEF(&property_note_default_value);
	zend_string *property_note_name = zend_string_init("note", sizeof("note") - 1, 1);
	zend_declare_typed_property(class_entry, property_note_name, &property_note_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_note_name);

	zval property_grown_default_value;
	ZVAL_UNDEF(&property_grown_default_value);
	zend_string *property_grown_name = zend_string_init("grown", sizeof("grown") - 1, 1);
	zend_declare_typed_property(class_entry, property_grown_name, &property_grown_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_grown_name);

	return class_entry;
}
