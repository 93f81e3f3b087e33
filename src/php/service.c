#include "service.h"

static zend_object_handlers plain;

void sophmate_service_init(sophmate_service *service, zend_class_entry *ce, const zend_object_handlers *handlers)
{
	memset(&service->link, 0, sizeof(service->link));
	zend_object_std_init(&service->std, ce);
	object_properties_init(&service->std, ce);
	service->std.handlers = handlers;
}

void sophmate_service_free(zend_object *object)
{
	sophmate_link_free(&sophmate_service_from(object)->link);
	zend_object_std_dtor(object);
}

void sophmate_service_gc(zend_get_gc_buffer *buffer, sophmate_service *service)
{
	if (service->link.ready) {
		zend_get_gc_buffer_add_obj(buffer, service->link.store);
		if (service->link.failure != NULL) {
			zend_get_gc_buffer_add_obj(buffer, service->link.failure);
		}
	}
}

static HashTable *get_gc(zend_object *object, zval **table, int *n)
{
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	sophmate_service_gc(buffer, sophmate_service_from(object));
	zend_get_gc_buffer_use(buffer, table, n);
	return NULL; /* no property */
}

void sophmate_service_handlers(zend_object_handlers *handlers, size_t offset)
{
	*handlers = std_object_handlers;
	handlers->offset = (int)(offset + offsetof(sophmate_service, std));
	handlers->free_obj = sophmate_service_free;
	handlers->clone_obj = NULL;
	handlers->get_gc = get_gc;
}

static zend_object *create(zend_class_entry *ce)
{
	sophmate_service *service = zend_object_alloc(sizeof(*service), ce);

	sophmate_service_init(service, ce, &plain);
	return &service->std;
}

void sophmate_service_class(zend_class_entry *ce)
{
	sophmate_service_handlers(&plain, 0);
	ce->create_object = create;
}

bool sophmate_service_unused(sophmate_service *service)
{
	if (!service->link.ready && !service->link.busy) {
		return true;
	}
	zend_throw_error(NULL, "%s::__construct() was called already", ZSTR_VAL(service->std.ce->name));
	return false;
}

bool sophmate_service_construct(sophmate_service *service, zend_object *store)
{
	return sophmate_service_unused(service) && sophmate_link_init(&service->link, store);
}
