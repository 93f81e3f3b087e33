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

/* The engine of a call, ready to be used; NULL with an exception pending. */
static sophmate_engine *enter(zval *this)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(this));

	return sophmate_link_enter(&engine->service.link) ? engine : NULL;
}

static sophmate_flight *fly(sophmate_engine *engine)
{
	return sophmate_flight_new(&engine->service.std, &engine->service.link, engine);
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
		sophmate_throw_class(sophmate_ce_DefinitionError, "No workflow \"%s\" is registered with this engine",
			sophmate_printable(shown, ZSTR_VAL(args->name), ZSTR_LEN(args->name)));
	}
	return w;
}

void sophmate_throw_conflict(sophmate_flight *flight, sm_bytes stored, const char *given, sm_bytes key)
{
	zval value;
	char shown[256], stored_text[SM_HASH_HEX_SIZE] = "";

	if (stored.n == SM_HASH_HEX_LEN) {
		memcpy(stored_text, stored.p, SM_HASH_HEX_LEN);
		stored_text[SM_HASH_HEX_LEN] = '\0';
	}
	sophmate_throw_class(sophmate_ce_Conflict, "\"%s\" is known with another payload (stored fingerprint %.16s..., given %.16s...): nothing was sent",
		sophmate_printable(shown, key.p, key.n), stored_text, given);
	ZVAL_STRINGL(&value, key.n ? key.p : "", key.n);
	sophmate_exception_set(EG(exception), "key", &value);
	zval_ptr_dtor(&value);
	ZVAL_STRING(&value, stored_text);
	sophmate_exception_set(EG(exception), "storedFingerprint", &value);
	zval_ptr_dtor(&value);
	ZVAL_STRING(&value, given);
	sophmate_exception_set(EG(exception), "givenFingerprint", &value);
	zval_ptr_dtor(&value);
	ZVAL_STRING(&value, flight->record->h.stream);
	sophmate_exception_set(EG(exception), "runId", &value);
	zval_ptr_dtor(&value);
}

/* A run that ended before in this request: no statement at all. @return borrowed; NULL = none, or an exception is pending */
static const sophmate_ended *recall(sophmate_flight *flight, const sm_start *s, sm_error *e)
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
	flight = fly(engine);
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
	const sophmate_ended *known = args->subject != NULL ? recall(flight, &s, &e) : NULL;
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

	engine = enter(ZEND_THIS);
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

	engine = enter(ZEND_THIS);
	if (engine != NULL && (at == NULL || microseconds(at, &not_before))) {
		start(return_value, engine, &args, true, not_before);
	}
}

/* ---- once ---- */

/* once() rests: what the caller is told. */
static void throw_rest(sophmate_flight *flight, const zend_string *key)
{
	const sm_history *h = &flight->record->h;
	const sm_run *run = &h->run;
	const sm_progress *p = &flight->progress;
	char shown[256];
	zend_class_entry *ce;
	const char *what;
	zval value;
	/* whatever this call did, an attempt may have happened */
	bool earlier = sm_run_uncertain(run) > 0;

	sophmate_printable(shown, ZSTR_VAL(key), ZSTR_LEN(key));
	if (run->phase == SM_PHASE_PAUSED || run->phase == SM_PHASE_ENDED) {
		bool by_hand = run->phase == SM_PHASE_ENDED && sm_bytes_eq(run->outcome, SM_STR("by_hand"));
		ce = by_hand ? sophmate_ce_OutputNotStored : sophmate_ce_InvalidState;
		what = by_hand ? "was finished by hand: no result is stored" : run->phase == SM_PHASE_PAUSED ? "is paused by a person"
			: earlier ? "was stopped by a person; an earlier attempt may have happened" : "was stopped by a person";
	} else if (run->st == SM_ST_UNKNOWN) {
		/* also while a switch holds it: that it may have happened weighs more than that nothing was sent now */
		ce = sophmate_ce_OutcomeUnknown;
		what = "has an unknown outcome: it may have happened; a probe or a verdict settles it";
	} else if (p->held || run->held > 0) {
		ce = sophmate_ce_Held;
		what = earlier ? "is held: this call sent nothing, but an earlier attempt may have happened" : "is held: nothing was sent";
	} else if (run->st == SM_ST_REFUSED) {
		ce = sophmate_ce_EffectRefused;
		what = earlier ? "was refused, but an earlier attempt may have happened" : "was refused: it certainly did not happen";
	} else if (run->st == SM_ST_READY && p->acted) {
		ce = sophmate_ce_OutcomeUnknown;
		what = "may have happened; it is safe to repeat, and the next call does";
	} else {
		ce = sophmate_ce_InProgress;
		what = "is in progress in another process: it may have happened";
	}
	sophmate_throw_class(ce, "\"%s\" %s%s%s", shown, what, p->message[0] != '\0' ? "; " : "", p->message);
	if (earlier) {
		zend_update_property_bool(sophmate_ce_Exception, EG(exception), ZEND_STRL("mayHaveHappened"), true);
	}
	ZVAL_STRING(&value, h->stream);
	sophmate_exception_set(EG(exception), "runId", &value);
	zval_ptr_dtor(&value);
	if (ce == sophmate_ce_Held) {
		/* the core looks for the stop file first; the run may still name a switch that held it before */
		bool file = run->held_target.n == 0 || sophmate_stop_file();
		ZVAL_STRINGL(&value, file ? "file" : run->held_target.p, file ? 4 : run->held_target.n);
		sophmate_exception_set(EG(exception), "target", &value);
		zval_ptr_dtor(&value);
	}
	if (ce == sophmate_ce_EffectRefused) {
		const sm_event *ev = h->n > 0 ? &h->events[h->n - 1] : NULL;
		if (ev != NULL && ev->failure.n > 0) {
			ZVAL_STRINGL(&value, ev->failure.p, ev->failure.n);
			sophmate_exception_set(EG(exception), "failure", &value);
			zval_ptr_dtor(&value);
		}
		if (ev != NULL && ev->failure_class >= 0) {
			ZVAL_OBJ(&value, sophmate_enum_case(sophmate_ce_FailureClass, sm_failure_class_names[ev->failure_class]));
			sophmate_exception_set(EG(exception), "failureClass", &value);
		}
	}
	if (flight->thrown != NULL) {
		zend_exception_set_previous(EG(exception), flight->thrown);
		flight->thrown = NULL;
	}
}

static void return_stored(zval *return_value, const sm_history *h)
{
	zend_string *step = zend_string_init(sm_once_step.p, sm_once_step.n, 0);

	(void)sophmate_output(h, step, return_value);
	zend_string_release(step);
}

static void once_result(zval *return_value, sophmate_flight *flight, const zend_string *key)
{
	const sm_history *h = &flight->record->h;
	sm_bytes text;

	if (h->run.phase != SM_PHASE_COMPLETED) {
		throw_rest(flight, key);
		return;
	}
	if (flight->progress.acted && flight->progress.last_outcome == SM_OUTCOME_DONE && sm_history_output(h, sm_once_step, &text, NULL) != SM_OK) {
		/* its output was left out: this call still has the real value */
		RETVAL_COPY(&flight->result);
	} else {
		return_stored(return_value, h);
	}
	sophmate_registry_remember_output(flight->engine, h);
}

bool sophmate_once_workflow(sm_workflow *w, sm_step_def *def, const zend_string *category, sm_arena *arena)
{
	sm_settings settings = sophmate_settings();
	sm_error e = {{0}, NULL, 0, 0, 0};

	def->name = sm_once_step;
	def->grace_ms = -1;
	*w = (sm_workflow){.name = sm_once_name, .version = SM_STR("1"), .owner = SM_STR("site owner"), .steps = def, .n_steps = 1};
	(void)sm_arena_dup(arena, sophmate_bytes(category), &w->category);
	sm_status status = sm_workflow_check(w, &settings, arena, &e);
	if (status == SM_E_ARGUMENT) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "%s", e.message);
		return false;
	}
	return sophmate_ok(status, &e);
}

ZEND_METHOD(SophMate_Engine, once)
{
	zend_string *key, *category = NULL;
	zval *payload, run, probe;
	zend_fcall_info run_info, probe_info = empty_fcall_info;
	zend_fcall_info_cache run_cache, probe_cache = empty_fcall_info_cache;
	zend_object *kind = NULL, *repeat = NULL;
	double timeout = 30.0, key_window = 0;
	sophmate_engine *engine;
	sm_error e = {{0}, NULL, 0, 0, 0};
	zval kind_value, repeat_value;

	ZEND_PARSE_PARAMETERS_START(3, 9)
		Z_PARAM_STR(key)
		Z_PARAM_ZVAL(payload)
		Z_PARAM_FUNC(run_info, run_cache)
		Z_PARAM_OPTIONAL
		Z_PARAM_OBJ_OF_CLASS(kind, sophmate_ce_Effect)
		Z_PARAM_OBJ_OF_CLASS(repeat, sophmate_ce_Repeat)
		Z_PARAM_FUNC_OR_NULL(probe_info, probe_cache)
		Z_PARAM_DOUBLE(timeout)
		Z_PARAM_DOUBLE(key_window)
		Z_PARAM_STR(category)
	ZEND_PARSE_PARAMETERS_END();

	engine = enter(ZEND_THIS);
	if (engine == NULL || !sophmate_check_text(sophmate_ce_InvalidArgument, "Engine::once(): $key", key, SM_SUBJECT_MAX) ||
			!sophmate_check_seconds(sophmate_ce_InvalidArgument, "Engine::once(): $timeoutSeconds (with sophmate.lease_margin_ms at most 3600)",
				timeout, 0.001, (double)(SM_LEASE_MAX_MS - SOPHMATE_G(lease_margin_ms)) / 1000.0) ||
			!sophmate_check_seconds(sophmate_ce_InvalidArgument, "Engine::once(): $keyWindowSeconds", key_window, 0, SOPHMATE_KEY_WINDOW_MAX)) {
		RETURN_THROWS();
	}
	if (!sophmate_closure(&run, "Engine::once(): $effect", &run_info.function_name)) {
		RETURN_THROWS();
	}
	ZVAL_NULL(&probe);
	if (ZEND_FCI_INITIALIZED(probe_info) && !sophmate_closure(&probe, "Engine::once(): $probe", &probe_info.function_name)) {
		zval_ptr_dtor(&run);
		RETURN_THROWS();
	}
	sophmate_flight *flight = fly(engine);
	sm_arena *arena = &flight->record->arena;
	sm_step_def def = {.effect = SM_EFFECT_EXTERNAL, .repeat = SM_REPEAT_NEVER, .timeout_ms = sophmate_milliseconds(timeout),
		.key_window_ms = sophmate_milliseconds(key_window), .has_probe = Z_TYPE(probe) == IS_OBJECT};
	sm_workflow w;
	sm_start s = {.workflow = &w, .occurrence = SM_STR("1"), .trigger = SM_STR("once")};
	zend_string *general = category != NULL ? zend_string_copy(category) : zend_string_init(ZEND_STRL("general"), 0);
	sophmate_flight *outer = sophmate_flight_current();

	if (kind != NULL) {
		ZVAL_OBJ(&kind_value, kind);
		def.effect = (sm_effect)sophmate_enum_index(&kind_value, sm_effect_names, SM_EFFECT_COUNT);
	}
	if (repeat != NULL) {
		ZVAL_OBJ(&repeat_value, repeat);
		def.repeat = (sm_repeat)sophmate_enum_index(&repeat_value, sm_repeat_names, SM_REPEAT_COUNT);
	}
	(void)sm_arena_dup(arena, sophmate_bytes(key), &s.subject);
	if (outer != NULL) {
		(void)sm_arena_dup(arena, sm_cstr(outer->record->h.stream), &s.parent);
	}
	if (sophmate_once_workflow(&w, &def, general, arena) && sophmate_canonical_in(arena, "Engine::once(): $payload", payload, SM_MAX_PRIVATE, &s.input)) {
		const sophmate_ended *known = recall(flight, &s, &e);
		if (known != NULL) {
			(void)sophmate_canonical_read(return_value, sophmate_bytes(known->output));
		} else if (!EG(exception)) {
			flight->workflow = &w;
			flight->once_run = &run;
			flight->once_probe = &probe;
			sophmate_flight_enter(flight);
			sm_status status = sm_drive_once(&flight->drive, arena, &s, &flight->record->h, &flight->progress, &e);
			sophmate_flight_leave(flight, status);
			flight->once_run = flight->once_probe = NULL;
			if (status == SM_E_CONFLICT) {
				sophmate_link_leave(flight->link, SM_OK, NULL);
				sophmate_throw_conflict(flight, flight->record->h.run.fingerprint, flight->progress.fingerprint, s.subject);
			} else if (sophmate_flight_done(flight, status, &e)) {
				once_result(return_value, flight, key);
			}
			flight->workflow = NULL;
		}
	}
	zend_string_release(general);
	zval_ptr_dtor(&run);
	zval_ptr_dtor(&probe);
	sophmate_flight_release(flight);
}
