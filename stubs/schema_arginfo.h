/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: dd2c53a056df0e84f660cfc7f1e9439390202829 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Schema_install, 0, 1, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, host, IS_STRING, 0, "\'localhost\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Schema_check, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_Schema_identity arginfo_class_SophMate_Schema_check

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Schema_adopt, 0, 4, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
	ZEND_ARG_TYPE_INFO(0, as, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Schema, install);
ZEND_METHOD(SophMate_Schema, check);
ZEND_METHOD(SophMate_Schema, identity);
ZEND_METHOD(SophMate_Schema, adopt);

static const zend_function_entry class_SophMate_Schema_methods[] = {
	ZEND_ME(SophMate_Schema, install, arginfo_class_SophMate_Schema_install, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_Schema, check, arginfo_class_SophMate_Schema_check, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_Schema, identity, arginfo_class_SophMate_Schema_identity, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(SophMate_Schema, adopt, arginfo_class_SophMate_Schema_adopt, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Schema(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Schema", class_SophMate_Schema_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	return class_entry;
}
