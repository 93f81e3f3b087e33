#include "sophmate.h"
#include "stubs/store_arginfo.h"

zend_class_entry *sophmate_ce_Store, *sophmate_ce_Redaction;

void sophmate_store_minit(void)
{
	sophmate_ce_Store = register_class_SophMate_Store();
	sophmate_ce_Redaction = register_class_SophMate_Redaction();
}
