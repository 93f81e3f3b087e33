#include "registry.h"

enum { ENDED_MAX = 256, ENDED_BYTES = 8 << 20 };

static void registered_dtor(zval *value)
{
	sophmate_registered *entry = Z_PTR_P(value);

	sm_arena_free(&entry->arena);
	OBJ_RELEASE(entry->object);
	efree(entry);
}

static void ended_dtor(zval *value)
{
	sophmate_ended *ended = Z_PTR_P(value);

	*ended->total -= ended->bytes;
	if (ended->run != NULL) {
		OBJ_RELEASE(ended->run);
	}
	if (ended->output != NULL) {
		zend_string_release(ended->output);
	}
	efree(ended);
}

void sophmate_registry_init(sophmate_engine *engine)
{
	ZVAL_NULL(&engine->judge);
	ZVAL_NULL(&engine->changed);
	zend_hash_init(&engine->workflows, 8, NULL, registered_dtor, false);
	zend_hash_init(&engine->ended, 8, NULL, ended_dtor, false);
}

void sophmate_registry_free(sophmate_engine *engine)
{
	zval_ptr_dtor(&engine->judge);
	zval_ptr_dtor(&engine->changed);
	if (engine->changed_thrown != NULL) {
		OBJ_RELEASE(engine->changed_thrown);
	}
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

/* Takes the references of `what` over. */
static void keep(sophmate_engine *engine, const sm_history *h, const sophmate_ended *what)
{
	sophmate_ended *ended = emalloc(sizeof(*ended));
	zend_string *oldest;

	*ended = *what;
	snprintf(ended->fingerprint, sizeof(ended->fingerprint), "%.*s", (int)h->run.fingerprint.n, h->run.fingerprint.p);
	ended->total = &engine->ended_bytes;
	engine->ended_bytes += ended->bytes;
	/* a later one of the same run becomes the newest */
	zend_hash_str_del(&engine->ended, h->stream, SM_ID_LEN);
	zend_hash_str_add_new_ptr(&engine->ended, h->stream, SM_ID_LEN, ended);
	ZEND_HASH_FOREACH_STR_KEY(&engine->ended, oldest) {
		if (zend_hash_num_elements(&engine->ended) <= ENDED_MAX && engine->ended_bytes <= ENDED_BYTES) {
			break;
		}
		zend_hash_del(&engine->ended, oldest);
	} ZEND_HASH_FOREACH_END();
}

void sophmate_registry_remember_output(sophmate_engine *engine, const sm_history *h)
{
	sm_bytes text;

	/* one that a person ended, or whose output is not stored, has no result: the core says what it is */
	if (h->run.phase == SM_PHASE_COMPLETED && sm_history_output(h, sm_once_step, &text, NULL) == SM_OK) {
		keep(engine, h, &(sophmate_ended){.output = zend_string_init(text.n != 0 ? text.p : "", text.n, 0), .bytes = text.n + sizeof(sophmate_ended)});
	}
}

void sophmate_registry_remember(sophmate_engine *engine, zend_object *run)
{
	const sm_history *h = sophmate_run_history(run);

	if (sm_bytes_eq(h->run.workflow, sm_once_name)) {
		sophmate_registry_remember_output(engine, h);
	} else if (h->run.phase == SM_PHASE_COMPLETED || h->run.phase == SM_PHASE_ENDED) {
		GC_ADDREF(run);
		keep(engine, h, &(sophmate_ended){.run = run, .bytes = sophmate_run_bytes(run)});
	}
}

const sophmate_ended *sophmate_registry_recall(sophmate_engine *engine, const char *run_id)
{
	return zend_hash_str_find_ptr(&engine->ended, run_id, SM_ID_LEN);
}
