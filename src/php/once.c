/* Engine::once(): one effect, at most once, and what the caller is told where it rests. Its workflow and its Conflict serve
 * IdempotencyKeys and start() too. */
#include "registry.h"

/* the arginfo that declares it is engine.c's */
ZEND_METHOD(SophMate_Engine, once);

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

/* Something was taken out of the output before it was stored. */
static bool is_output_redacted(const sm_history *h)
{
	for (size_t i = h->n; i > 0; i--) {
		const sm_json *fields = h->events[i - 1].redacted;

		for (size_t k = 0; fields != NULL && fields->kind == SM_JSON_ARRAY && k < fields->u.a.n; k++) {
			const sm_json *field = &fields->u.a.items[k];
			if (field->kind == SM_JSON_STRING && sm_bytes_eq(field->u.s, SM_STR("output"))) {
				return true;
			}
		}
	}
	return false;
}

static void once_result(zval *return_value, sophmate_flight *flight, const zend_string *key)
{
	const sm_history *h = &flight->record->h;
	sm_bytes text;

	if (h->run.phase != SM_PHASE_COMPLETED) {
		throw_rest(flight, key);
		return;
	}
	bool ours = flight->progress.acted && flight->progress.last_outcome == SM_OUTCOME_DONE;

	if (ours && sm_history_output(h, sm_once_step, &text, NULL) != SM_OK) {
		/* its output was left out: this call still has the real value */
		RETVAL_COPY(&flight->result);
	} else if (ours && flight->output.p != NULL && is_output_redacted(h)) {
		(void)sophmate_canonical_read(return_value, flight->output);
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
	if (!sophmate_check_name(sophmate_ce_DefinitionError, "$category", category)) {
		return false;
	}
	sm_status status = sm_workflow_check(w, &settings, arena, &e);
	if (status == SM_E_ARGUMENT) {
		sophmate_throw_class(sophmate_ce_DefinitionError, "$repeat, $keyWindowSeconds: %s", e.message);
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

	engine = sophmate_engine_enter(ZEND_THIS);
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
	sophmate_flight *flight = sophmate_flight_new(&engine->service.std, &engine->service.link, engine);
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
		const sophmate_ended *known = sophmate_recall(flight, &s, &e);
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
