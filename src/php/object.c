#include "sophmate.h"

static zend_object_handlers value_handlers, made_handlers;

static zend_object *value_create(zend_class_entry *ce)
{
	zend_object *object = zend_objects_new(ce);

	object_properties_init(object, ce);
	object->handlers = &value_handlers;
	return object;
}

static zend_object *made_create(zend_class_entry *ce)
{
	zend_object *object = value_create(ce);

	object->handlers = &made_handlers;
	return object;
}

zend_function *sophmate_no_constructor(zend_object *object)
{
	zend_throw_error(NULL, "%s objects are made by the extension only", ZSTR_VAL(object->ce->name));
	return NULL;
}

void sophmate_value_class(zend_class_entry *ce)
{
	if (value_handlers.free_obj == NULL) {
		value_handlers = std_object_handlers;
		value_handlers.clone_obj = NULL;
		made_handlers = value_handlers;
		made_handlers.get_constructor = sophmate_no_constructor;
	}
	ce->create_object = value_create;
}

void sophmate_made_class(zend_class_entry *ce)
{
	sophmate_value_class(ce);
	ce->create_object = made_create;
}

zend_object *sophmate_object_new(zend_class_entry *ce)
{
	return ce->create_object(ce);
}

bool sophmate_first_construction(zend_object *object)
{
	if (EXPECTED(Z_TYPE_P(OBJ_PROP_NUM(object, 0)) == IS_UNDEF)) {
		return true;
	}
	zend_throw_error(NULL, "%s::__construct() was called already", ZSTR_VAL(object->ce->name));
	return false;
}
