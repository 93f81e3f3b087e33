/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: f2367e56058b51f1ea820eae6a2988166a379e47 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_SophMate_canonicalJson, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_FUNCTION(SophMate_canonicalJson);

static const zend_function_entry ext_functions[] = {
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("SophMate", "canonicalJson"), zif_SophMate_canonicalJson, arginfo_SophMate_canonicalJson, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("SophMate", "canonicalJson"), zif_SophMate_canonicalJson, arginfo_SophMate_canonicalJson, 0)
#endif
	ZEND_FE_END
};
