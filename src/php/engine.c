#include "registry.h"
#include "ext/date/php_date.h"
#include "stubs/engine_arginfo.h"

zend_class_entry *sophmate_ce_Engine;

static zend_object_handlers handlers;

static zend_object *create(zend_class_entry *ce)
{
	sophmate_engine *engine = zend_object_alloc(sizeof(*engine), ce);

	memset(engine, 0, offsetof(sophmate_engine, service));
	sophmate_registry_init(engine);
	sophmate_service_init(&engine->service, ce, &handlers);
	return &engine->service.std;
}

static void free_object(zend_object *object)
{
	sophmate_registry_free(sophmate_engine_from(object));
	sophmate_service_free(object);
}

static HashTable *get_gc(zend_object *object, zval **table, int *n)
{
	sophmate_engine *engine = sophmate_engine_from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();
	sophmate_registered *entry;
	sophmate_ended *ended;

	zend_get_gc_buffer_add_zval(buffer, &engine->judge);
	zend_get_gc_buffer_add_zval(buffer, &engine->changed);
	if (engine->changed_thrown != NULL) {
		zend_get_gc_buffer_add_obj(buffer, engine->changed_thrown);
	}
	sophmate_service_gc(buffer, &engine->service);
	ZEND_HASH_FOREACH_PTR(&engine->workflows, entry) {
		zend_get_gc_buffer_add_obj(buffer, entry->object);
	} ZEND_HASH_FOREACH_END();
	ZEND_HASH_FOREACH_PTR(&engine->ended, ended) {
		if (ended->run != NULL) {
			zend_get_gc_buffer_add_obj(buffer, ended->run);
		}
	} ZEND_HASH_FOREACH_END();
	zend_get_gc_buffer_use(buffer, table, n);
	return NULL;
}

void sophmate_engine_minit(void)
{
	sophmate_ce_Engine = register_class_SophMate_Engine();
	sophmate_ce_Engine->create_object = create;
	sophmate_service_handlers(&handlers, offsetof(sophmate_engine, service));
	handlers.free_obj = free_object;
	handlers.get_gc = get_gc;
}

ZEND_METHOD(SophMate_Engine, __construct)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	zend_object *store;
	zend_fcall_info judge = empty_fcall_info, changed = empty_fcall_info;
	zend_fcall_info_cache judge_cache = empty_fcall_info_cache, changed_cache = empty_fcall_info_cache;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
		Z_PARAM_OPTIONAL
		Z_PARAM_FUNC_OR_NULL(judge, judge_cache)
		Z_PARAM_FUNC_OR_NULL(changed, changed_cache)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_service_unused(&engine->service)) {
		RETURN_THROWS();
	}
	/* one that failed, and whose object the store has got hold of, may be called again */
	zval_ptr_dtor(&engine->judge);
	ZVAL_NULL(&engine->judge);
	zval_ptr_dtor(&engine->changed);
	ZVAL_NULL(&engine->changed);
	if ((ZEND_FCI_INITIALIZED(judge) && !sophmate_closure(&engine->judge, "Engine: $judge", &judge.function_name)) ||
			(ZEND_FCI_INITIALIZED(changed) && !sophmate_closure(&engine->changed, "Engine: $changed", &changed.function_name)) ||
			!sophmate_service_construct(&engine->service, store)) {
		RETURN_THROWS();
	}
	engine->service.link.ended = &engine->ended;
	if (Z_TYPE(engine->changed) == IS_OBJECT) {
		engine->service.link.journal.changed = sophmate_engine_changed;
		engine->service.link.journal.changed_ctx = engine;
	}
}

sophmate_engine *sophmate_engine_enter(zval *this)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(this));

	return sophmate_link_enter(&engine->service.link) ? engine : NULL;
}

/* Run of a flight that came back; closed ones are remembered. */
static void return_run(zval *return_value, sophmate_flight *flight)
{
	zend_object *run = sophmate_run_new(flight);

	if (run != NULL) {
		sophmate_registry_remember(flight->engine, run);
		RETVAL_OBJ(run);
	}
}

ZEND_METHOD(SophMate_Engine, register)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	zval *workflows;
	uint32_t n;

	ZEND_PARSE_PARAMETERS_START(0, -1)
		Z_PARAM_VARIADIC('*', workflows, n)
	ZEND_PARSE_PARAMETERS_END();

	for (uint32_t i = 0; i < n; i++) {
		if (Z_TYPE(workflows[i]) != IS_OBJECT || Z_OBJCE(workflows[i]) != sophmate_ce_Workflow) {
			zend_argument_type_error(i + 1, "must be of type SophMate\\Workflow, %s given", zend_zval_type_name(&workflows[i]));
			RETURN_THROWS();
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		if (sophmate_registry_add(engine, Z_OBJ(workflows[i])) == NULL) {
			RETURN_THROWS();
		}
	}
}

/* ---- start ---- */

typedef struct start_args {
	zend_object *workflow;
	zend_string *name, *subject, *occurrence, *trigger;
	zval *input;
} start_args;

static bool is_decimal(const zend_string *s)
{
	size_t n = ZSTR_LEN(s);

	return n >= 1 && n <= 18 && strspn(ZSTR_VAL(s), "0123456789") == n && (ZSTR_VAL(s)[0] != '0' || n == 1);
}

static bool is_trigger(const zend_string *s)
{
	size_t n = ZSTR_LEN(s);

	return n >= 1 && n <= 64 && strspn(ZSTR_VAL(s), "abcdefghijklmnopqrstuvwxyz0123456789 ._:-") == n;
}

static bool check_start(const start_args *args)
{
	char shown[256];

	if (args->subject != NULL && !sophmate_check_text(sophmate_ce_InvalidArgument, "$subject", args->subject, SM_SUBJECT_MAX)) {
		return false;
	}
	if (args->occurrence != NULL && !is_decimal(args->occurrence)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$occurrence must be a decimal number of 1 to 18 digits, got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(args->occurrence), ZSTR_LEN(args->occurrence)));
		return false;
	}
	if (args->trigger != NULL && !is_trigger(args->trigger)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$trigger must be 1 to 64 of a-z, 0-9, space, dot, underscore, colon, dash, got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(args->trigger), ZSTR_LEN(args->trigger)));
		return false;
	}
	return true;
}

static const sm_workflow *workflow_of(sophmate_engine *engine, const start_args *args)
{
	const sm_workflow *w;
	char shown[256];

	if (args->workflow != NULL) {
		return sophmate_registry_add(engine, args->workflow);
	}
	w = sophmate_registry_find(engine, sophmate_bytes(args->name));
	if (w == NULL) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "$workflow: no workflow \"%s\" is registered with this engine",
			sophmate_printable(shown, ZSTR_VAL(args->name), ZSTR_LEN(args->name)));
	}
	return w;
}

const sophmate_ended *sophmate_recall(sophmate_flight *flight, const sm_start *s, sm_error *e)
{
	sm_journal *j = &flight->link->journal;
	char id[SM_ID_SIZE], fingerprint[SM_HASH_HEX_SIZE];
	sm_status status = sm_journal_identify(j, e);

	if (status != SM_OK) {
		sophmate_link_leave(flight->link, status, e);
		return NULL;
	}
	sm_run_id(&j->keys, s->workflow->name, s->subject, s->occurrence, id);
	const sophmate_ended *ended = sophmate_registry_recall(flight->engine, id);
	if (ended == NULL) {
		return NULL;
	}
	sm_fingerprint(&j->keys, s->workflow->name, s->input, fingerprint);
	if (strcmp(ended->fingerprint, fingerprint) != 0) {
		sm_history_init(&flight->record->h, &flight->record->arena, id);
		sophmate_throw_conflict(flight, sm_cstr(ended->fingerprint), fingerprint, s->subject);
		return NULL;
	}
	return ended;
}

static void start(zval *return_value, sophmate_engine *engine, const start_args *args, bool later, int64_t not_before)
{
	const sm_workflow *w = workflow_of(engine, args);
	sophmate_flight *flight, *outer = sophmate_flight_current();
	sm_error e = {{0}, NULL, 0, 0, 0};
	sm_start s = {.workflow = w, .later = later, .not_before = not_before, .occurrence = SM_STR("1"), .trigger = SM_STR("manual")};
	zval null;

	if (w == NULL || !check_start(args)) {
		return;
	}
	flight = sophmate_flight_new(&engine->service.std, &engine->service.link, engine);
	sm_arena *arena = &flight->record->arena;
	ZVAL_NULL(&null);
	if (!sophmate_canonical_in(arena, "$input", args->input != NULL ? args->input : &null, SM_MAX_PRIVATE, &s.input)) {
		sophmate_flight_release(flight);
		return;
	}
	/* what the history borrows lives with it */
	if (args->subject != NULL) {
		(void)sm_arena_dup(arena, sophmate_bytes(args->subject), &s.subject);
	}
	if (args->occurrence != NULL) {
		(void)sm_arena_dup(arena, sophmate_bytes(args->occurrence), &s.occurrence);
	}
	if (args->trigger != NULL) {
		(void)sm_arena_dup(arena, sophmate_bytes(args->trigger), &s.trigger);
	}
	if (outer != NULL) {
		(void)sm_arena_dup(arena, sm_cstr(outer->record->h.stream), &s.parent);
	}
	const sophmate_ended *known = args->subject != NULL ? sophmate_recall(flight, &s, &e) : NULL;
	if (known != NULL) {
		RETVAL_OBJ_COPY(known->run);
	} else if (!EG(exception)) {
		sophmate_flight_enter(flight);
		sm_status status = sm_drive_start(&flight->drive, arena, &s, &flight->record->h, &flight->progress, &e);
		sophmate_flight_leave(flight, status);
		if (status == SM_E_CONFLICT) {
			sophmate_link_leave(flight->link, SM_OK, NULL);
			sophmate_throw_conflict(flight, flight->record->h.run.fingerprint, flight->progress.fingerprint, s.subject);
		} else if (sophmate_flight_done(flight, status, &e)) {
			return_run(return_value, flight);
		}
	}
	sophmate_flight_release(flight);
}

ZEND_METHOD(SophMate_Engine, start)
{
	start_args args = {0};
	sophmate_engine *engine;

	ZEND_PARSE_PARAMETERS_START(1, 5)
		Z_PARAM_OBJ_OF_CLASS_OR_STR(args.workflow, sophmate_ce_Workflow, args.name)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(args.subject)
		Z_PARAM_ZVAL(args.input)
		Z_PARAM_STR(args.occurrence)
		Z_PARAM_STR(args.trigger)
	ZEND_PARSE_PARAMETERS_END();

	engine = sophmate_engine_enter(ZEND_THIS);
	if (engine != NULL) {
		start(return_value, engine, &args, false, 0);
	}
}

/* Microseconds since 1970 UTC; 0 for earlier times. format() may be a subclass's own. @return false with an exception pending */
static bool microseconds(zend_object *at, int64_t *out)
{
	zval format, text;

	ZVAL_STRINGL(&format, "Uu", 2);
	ZVAL_UNDEF(&text);
	zend_call_method_with_1_params(at, at->ce, NULL, "format", &text, &format);
	zval_ptr_dtor(&format);
	if (EG(exception)) {
		zval_ptr_dtor(&text);
		return false;
	}
	bool digits = Z_TYPE(text) == IS_STRING && Z_STRLEN(text) > 0 && Z_STRLEN(text) < 40;
	bool past = digits && Z_STRVAL(text)[0] == '-';
	digits = digits && Z_STRLEN(text) > past && strspn(Z_STRVAL(text) + past, "0123456789") == Z_STRLEN(text) - past;
	*out = digits && !past ? (int64_t)strtoll(Z_STRVAL(text), NULL, 10) : 0;
	if (!digits || *out > SM_MAX_SAFE_INT) {
		char shown[256];
		bool string = Z_TYPE(text) == IS_STRING;
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$at must lie before the year 2255; its format(\"Uu\") gave %s%s%s", string ? "\"" : "",
			string ? sophmate_printable(shown, Z_STRVAL(text), Z_STRLEN(text)) : zend_zval_type_name(&text), string ? "\"" : "");
		digits = false;
	}
	zval_ptr_dtor(&text);
	return digits && *out <= SM_MAX_SAFE_INT;
}

ZEND_METHOD(SophMate_Engine, startLater)
{
	start_args args = {0};
	sophmate_engine *engine;
	zend_object *at = NULL;
	int64_t not_before = 0;

	ZEND_PARSE_PARAMETERS_START(1, 6)
		Z_PARAM_OBJ_OF_CLASS_OR_STR(args.workflow, sophmate_ce_Workflow, args.name)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(args.subject)
		Z_PARAM_ZVAL(args.input)
		Z_PARAM_STR(args.occurrence)
		Z_PARAM_STR(args.trigger)
		Z_PARAM_OBJ_OF_CLASS_OR_NULL(at, php_date_get_interface_ce())
	ZEND_PARSE_PARAMETERS_END();

	engine = sophmate_engine_enter(ZEND_THIS);
	if (engine != NULL && (at == NULL || microseconds(at, &not_before))) {
		start(return_value, engine, &args, true, not_before);
	}
}
