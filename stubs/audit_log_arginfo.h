/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: e4272fdc5c50ef4e1fa7e2961a962153d67b98c1 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_AuditLog___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_verify, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, progress, IS_CALLABLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keys, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, pendingSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, anchorSeconds, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, treeOnly, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, findings, IS_LONG, 0, "100")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_prove, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, eventId, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_AuditLog_export, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, directory, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_AuditLog, __construct);
ZEND_METHOD(SophMate_AuditLog, verify);
ZEND_METHOD(SophMate_AuditLog, prove);
ZEND_METHOD(SophMate_AuditLog, export);

static const zend_function_entry class_SophMate_AuditLog_methods[] = {
	ZEND_ME(SophMate_AuditLog, __construct, arginfo_class_SophMate_AuditLog___construct, ZEND_ACC_PUBLIC)
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

	return class_entry;
}
