/* service: a PHP object over one link to a store: Engine, IdempotencyKeys, KillSwitches, AuditLog. */
#ifndef SOPHMATE_SERVICE_H
#define SOPHMATE_SERVICE_H

#include "bridge.h"

/* The last member of the object's struct, or all of it. */
typedef struct sophmate_service {
	sophmate_link link;
	zend_object std;
} sophmate_service;

static zend_always_inline sophmate_service *sophmate_service_from(zend_object *object)
{
	return (sophmate_service *)((char *)object - offsetof(sophmate_service, std));
}

/** Makes ce a class of services that have nothing but the link: create_object and its handlers. Once a class, from MINIT. */
void sophmate_service_class(zend_class_entry *ce);
/** Handlers of a class whose struct has more: no clone; free_obj and get_gc are those of a plain service, for the class to set its own
 *  over them, which call these. @param offset   of the service in the struct */
void sophmate_service_handlers(zend_object_handlers *handlers, size_t offset);
/** What create_object does to the service in a fresh object. */
void sophmate_service_init(sophmate_service *service, zend_class_entry *ce, const zend_object_handlers *handlers);
void sophmate_service_free(zend_object *object);
/** Gives the collector what the service holds. */
void sophmate_service_gc(zend_get_gc_buffer *buffer, sophmate_service *service);
/** What a constructor does with its store. A constructor runs once: throws where the link is made already, or its store's own dialect()
 *  or tablePrefix() is on the stack; one that failed may be called again. @return false with an exception pending */
bool sophmate_service_construct(sophmate_service *service, zend_object *store);
/** The first half of it, for a constructor that has more to check before it touches the object. @return false when it threw */
bool sophmate_service_unused(sophmate_service *service);

#endif
