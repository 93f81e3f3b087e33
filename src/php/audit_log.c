#include "audit_log.h"
#include "stubs/audit_log_arginfo.h"

zend_class_entry *sophmate_ce_Checkpoint;

void sophmate_audit_log_minit(void)
{
	sophmate_service_class(register_class_SophMate_AuditLog());
	sophmate_ce_Checkpoint = register_class_SophMate_Checkpoint();
	sophmate_made_class(sophmate_ce_Checkpoint);
}

sophmate_service *sophmate_audit_enter(zval *this)
{
	sophmate_service *log = sophmate_service_from(Z_OBJ_P(this));

	if (!sophmate_link_enter(&log->link)) {
		return NULL;
	}
	GC_ADDREF(&log->std);
	return log;
}

bool sophmate_audit_leave(sophmate_service *log, sm_status status, const sm_error *error)
{
	bool good = sophmate_link_leave(&log->link, status, error);

	OBJ_RELEASE(&log->std);
	return good;
}

ZEND_METHOD(SophMate_AuditLog, __construct)
{
	sophmate_service *log = sophmate_service_from(Z_OBJ_P(ZEND_THIS));
	zend_object *store;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_service_construct(log, store)) {
		RETURN_THROWS();
	}
}
