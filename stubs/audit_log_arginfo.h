/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 5946e65341cddacc7a82c2bd9eb5eaaca78d93ad */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_AuditLog___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_AuditLog, __construct);

static const zend_function_entry class_SophMate_AuditLog_methods[] = {
	ZEND_ME(SophMate_AuditLog, __construct, arginfo_class_SophMate_AuditLog___construct, ZEND_ACC_PUBLIC)
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
