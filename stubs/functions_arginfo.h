/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: edc6c6ec4d2469703ac06e28c917cfc2ea91e528 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_SophMate_canonicalJson, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

