#include "registry.h"

enum { ENDED_MAX = 256 };

static void registered_dtor(zval *value)
{
	sophmate_registered *entry = Z_PTR_P(value);

	sm_arena_free(&entry->arena);
	OBJ_RELEASE(entry->object);
	efree(entry);
}

void sophmate_registry_init(sophmate_engine *engine)
{
	ZVAL_NULL(&engine->judge);
	ZVAL_NULL(&engine->changed);
	zend_hash_init(&engine->workflows, 8, NULL, registered_dtor, false);
	zend_hash_init(&engine->ended, 8, NULL, ZVAL_PTR_DTOR, false);
}

void sophmate_registry_free(sophmate_engine *engine)
{
	zval_ptr_dtor(&engine->judge);
	zval_ptr_dtor(&engine->changed);
	zend_hash_destroy(&engine->workflows);
	zend_hash_destroy(&engine->ended);
}

const sm_workflow *sophmate_registry_add(sophmate_engine *engine, zend_object *workflow)
{
	sophmate_registered *entry = ecalloc(1, sizeof(*entry)), *known;

	sm_arena_init(&entry->arena, &sophmate_alloc);
	if (!sophmate_workflow_def(&entry->workflow, workflow, &entry->arena)) {
		sm_arena_free(&entry->arena);
		efree(entry);
		return NULL;
	}
	known = zend_hash_str_find_ptr(&engine->workflows, entry->workflow.name.p, entry->workflow.name.n);
	if (known != NULL) {
		sm_arena_free(&entry->arena);
		efree(entry);
		if (known->object == workflow) {
			return &known->workflow;
		}
		sophmate_throw_class(sophmate_ce_DefinitionError, "A workflow named \"%.*s\" is registered already, by another object",
			(int)known->workflow.name.n, known->workflow.name.p);
		return NULL;
	}
	entry->object = workflow;
	GC_ADDREF(workflow);
	zend_hash_str_add_new_ptr(&engine->workflows, entry->workflow.name.p, entry->workflow.name.n, entry);
	return &entry->workflow;
}

const sm_workflow *sophmate_registry_find(sophmate_engine *engine, sm_bytes name)
{
	sophmate_registered *entry = zend_hash_str_find_ptr(&engine->workflows, name.p, name.n);

	return entry != NULL ? &entry->workflow : NULL;
}

zend_object *sophmate_registry_step(const sm_workflow *workflow, const sm_step_def *step)
{
	const sophmate_registered *entry = (const sophmate_registered *)workflow;

	return Z_OBJ_P(zend_hash_index_find(sophmate_workflow_steps(entry->object), (zend_ulong)(step - workflow->steps)));
}

void sophmate_registry_remember(sophmate_engine *engine, zend_object *run)
{
	const sm_history *h = sophmate_run_history(run);
	zval value;

	if (h->run.phase != SM_PHASE_COMPLETED && h->run.phase != SM_PHASE_ENDED) {
		return;
	}
	ZVAL_OBJ_COPY(&value, run);
	zend_hash_str_update(&engine->ended, h->stream, SM_ID_LEN, &value);
	if (zend_hash_num_elements(&engine->ended) > ENDED_MAX) {
		zend_string *oldest;

		ZEND_HASH_FOREACH_STR_KEY(&engine->ended, oldest) {
			zend_hash_del(&engine->ended, oldest);
			break;
		} ZEND_HASH_FOREACH_END();
	}
}

zend_object *sophmate_registry_recall(sophmate_engine *engine, const char *run_id)
{
	zval *run = zend_hash_str_find(&engine->ended, run_id, SM_ID_LEN);

	return run != NULL ? Z_OBJ_P(run) : NULL;
}
