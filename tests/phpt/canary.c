/* A PHP extension that is wrong on purpose: canary() writes one byte behind what it allocated. Whatever the PHPT run under must catch it. */
#include "php.h"

ZEND_BEGIN_ARG_INFO_EX(arginfo_canary, 0, 0, 0)
ZEND_END_ARG_INFO()

static ZEND_FUNCTION(canary)
{
	volatile char *p = emalloc(24);

	ZEND_PARSE_PARAMETERS_NONE();
	p[24] = 'x';
	efree((void *)p);
}

static const zend_function_entry functions[] = {
	ZEND_FE(canary, arginfo_canary)
	ZEND_FE_END
};

static zend_module_entry canary_module_entry = {
	STANDARD_MODULE_HEADER, "canary", functions, NULL, NULL, NULL, NULL, NULL, "0", STANDARD_MODULE_PROPERTIES
};

ZEND_GET_MODULE(canary)
