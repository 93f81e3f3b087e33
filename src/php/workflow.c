#include "sophmate.h"
#include "stubs/workflow_arginfo.h"

zend_class_entry *sophmate_ce_Workflow;

/* order of the declarations in workflow.stub.php */
enum { WORKFLOW_NAME, WORKFLOW_VERSION, WORKFLOW_CATEGORY, WORKFLOW_OWNER, WORKFLOW_STEPS, WORKFLOW_REDACT };

void sophmate_workflow_minit(void)
{
	sophmate_ce_Workflow = register_class_SophMate_Workflow();
	sophmate_value_class(sophmate_ce_Workflow);
}

HashTable *sophmate_workflow_steps(zend_object *workflow)
{
	return Z_ARRVAL_P(OBJ_PROP_NUM(workflow, WORKFLOW_STEPS));
}

static bool fill_steps(sm_workflow *out, HashTable *steps, sm_arena *arena)
{
	size_t n = zend_hash_num_elements(steps), i = 0;
	sm_step_def *defs;
	zval *step;

	if (n < 1 || n > SM_MAX_STEPS) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "Workflow: $steps must be 1 to %d steps, got %zu", SM_MAX_STEPS, n);
		return false;
	}
	if (!zend_array_is_list(steps)) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "Workflow: $steps must be a list, with keys 0 to %zu", n - 1);
		return false;
	}
	defs = SM_NEW(arena, sm_step_def, n);
	ZEND_HASH_FOREACH_VAL(steps, step) {
		ZVAL_DEREF(step);
		if (Z_TYPE_P(step) != IS_OBJECT || Z_OBJCE_P(step) != sophmate_ce_Step) {
			sophmate_throw_class(sophmate_ce_DefinitionError, "Workflow: $steps[%zu] must be a SophMate\\Step, got %s", i,
				zend_zval_type_name(step));
			return false;
		}
		if (!sophmate_step_def(&defs[i], Z_OBJ_P(step))) {
			return false;
		}
		i++;
	} ZEND_HASH_FOREACH_END();
	out->steps = defs;
	out->n_steps = n;
	return true;
}

/* Strings are borrowed from the array. */
static bool fill_redact(sm_workflow *out, HashTable *names, sm_arena *arena)
{
	size_t n = zend_hash_num_elements(names), i = 0;
	sm_bytes *list = SM_NEW(arena, sm_bytes, n);
	zval *name;

	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		if (Z_TYPE_P(name) != IS_STRING) {
			sophmate_throw_class(sophmate_ce_DefinitionError, "Workflow: $redact must be a list of strings, got %s at position %zu", zend_zval_type_name(name), i);
			return false;
		}
		list[i++] = sophmate_bytes(Z_STR_P(name));
	} ZEND_HASH_FOREACH_END();
	out->redact = (sm_redaction){.names = list, .n_names = n};
	return true;
}

static bool check(sm_workflow *w, sm_arena *arena)
{
	sm_settings settings = sophmate_settings();
	sm_error error;
	sm_status status = sm_workflow_check(w, &settings, arena, &error);

	if (status == SM_E_ARGUMENT || status == SM_E_LIMIT) {
		char name[256];

		sophmate_throw_class(sophmate_ce_DefinitionError, "Workflow \"%s\": %s: %s", sophmate_printable(name, w->name.p, w->name.n),
			strstr(error.message, "redact") != NULL ? "$redact" : "$steps", error.message);
		return false;
	}
	return sophmate_ok(status, &error);
}

bool sophmate_workflow_def(sm_workflow *out, zend_object *workflow, sm_arena *arena)
{
	for (int i = WORKFLOW_NAME; i <= WORKFLOW_REDACT; i++) {
		if (Z_TYPE_P(OBJ_PROP_NUM(workflow, i)) == IS_UNDEF) {
			zend_throw_error(NULL, "SophMate\\Workflow was not constructed");
			return false;
		}
	}
	*out = (sm_workflow){
		.name = sophmate_bytes(Z_STR_P(OBJ_PROP_NUM(workflow, WORKFLOW_NAME))),
		.version = sophmate_bytes(Z_STR_P(OBJ_PROP_NUM(workflow, WORKFLOW_VERSION))),
		.category = sophmate_bytes(Z_STR_P(OBJ_PROP_NUM(workflow, WORKFLOW_CATEGORY))),
		.owner = sophmate_bytes(Z_STR_P(OBJ_PROP_NUM(workflow, WORKFLOW_OWNER))),
	};
	return fill_steps(out, sophmate_workflow_steps(workflow), arena) && fill_redact(out, Z_ARRVAL_P(OBJ_PROP_NUM(workflow, WORKFLOW_REDACT)), arena) &&
		check(out, arena);
}

/* A copy without references: nobody can exchange a step later. */
static void keep_list(zval *out, HashTable *list)
{
	zval *item;

	ZVAL_ARR(out, zend_new_array(zend_hash_num_elements(list)));
	zend_hash_real_init_packed(Z_ARRVAL_P(out));
	ZEND_HASH_FOREACH_VAL(list, item) {
		ZVAL_DEREF(item);
		Z_TRY_ADDREF_P(item);
		zend_hash_next_index_insert_new(Z_ARRVAL_P(out), item);
	} ZEND_HASH_FOREACH_END();
}

ZEND_METHOD(SophMate_Workflow, __construct)
{
	zend_class_entry *error = sophmate_ce_DefinitionError;
	zend_object *this = Z_OBJ_P(ZEND_THIS);
	zend_string *name, *version, *category, *owner;
	HashTable *steps, *redact = (HashTable *)&zend_empty_array;
	sm_workflow w = {0};
	sm_arena arena;
	bool good;

	ZEND_PARSE_PARAMETERS_START(5, 6)
		Z_PARAM_STR(name)
		Z_PARAM_STR(version)
		Z_PARAM_STR(category)
		Z_PARAM_STR(owner)
		Z_PARAM_ARRAY_HT(steps)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(redact)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_first_construction(this)) {
		RETURN_THROWS();
	}
	if (!sophmate_check_name(error, "Workflow: $name", name) || !sophmate_check_text(error, "Workflow: $version", version, SM_OWNER_MAX) ||
			!sophmate_check_name(error, "Workflow: $category", category) ||
			!sophmate_check_text(error, "Workflow: $owner", owner, SM_OWNER_MAX)) {
		RETURN_THROWS();
	}
	if (sm_bytes_eq(sophmate_bytes(name), sm_once_name)) {
		sophmate_throw_class(error, "Workflow: $name \"once\" is reserved for Engine::once()");
		RETURN_THROWS();
	}
	w.name = sophmate_bytes(name);
	w.version = sophmate_bytes(version);
	w.category = sophmate_bytes(category);
	w.owner = sophmate_bytes(owner);
	sm_arena_init(&arena, &sophmate_alloc);
	good = fill_steps(&w, steps, &arena) && fill_redact(&w, redact, &arena) && check(&w, &arena);
	sm_arena_free(&arena);
	if (!good) {
		RETURN_THROWS();
	}

	ZVAL_STR_COPY(OBJ_PROP_NUM(this, WORKFLOW_NAME), name);
	ZVAL_STR_COPY(OBJ_PROP_NUM(this, WORKFLOW_VERSION), version);
	ZVAL_STR_COPY(OBJ_PROP_NUM(this, WORKFLOW_CATEGORY), category);
	ZVAL_STR_COPY(OBJ_PROP_NUM(this, WORKFLOW_OWNER), owner);
	keep_list(OBJ_PROP_NUM(this, WORKFLOW_STEPS), steps);
	keep_list(OBJ_PROP_NUM(this, WORKFLOW_REDACT), redact);
}
