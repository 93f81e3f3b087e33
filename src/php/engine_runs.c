/* Engine: runs that exist: finding, deciding, advancing, the tick. */
#include "registry.h"

#include <unistd.h>

/* the arginfo that declares them is engine.c's */
ZEND_METHOD(SophMate_Engine, advance);
ZEND_METHOD(SophMate_Engine, pause);
ZEND_METHOD(SophMate_Engine, resume);
ZEND_METHOD(SophMate_Engine, finishByHand);
ZEND_METHOD(SophMate_Engine, stop);
ZEND_METHOD(SophMate_Engine, note);
ZEND_METHOD(SophMate_Engine, verdict);
ZEND_METHOD(SophMate_Engine, find);
ZEND_METHOD(SophMate_Engine, findBySubject);
ZEND_METHOD(SophMate_Engine, findByExternalId);
ZEND_METHOD(SophMate_Engine, runs);
ZEND_METHOD(SophMate_Engine, tick);

/* ---- one run ---- */

/* Flight over a run id as a caller gave it; NULL with an exception pending. */
static sophmate_flight *open_run(zval *this, const zend_string *id)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(this));
	char shown[256];

	if (!sophmate_link_enter(&engine->service.link)) {
		return NULL;
	}
	if (!sm_is_hex(sophmate_bytes(id), SM_ID_LEN)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$runId must be 32 lower-case hex digits, got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(id), ZSTR_LEN(id)));
		return NULL;
	}
	sophmate_flight *flight = sophmate_flight_new(&engine->service.std, &engine->service.link, engine);
	sm_history_init(&flight->record->h, &flight->record->arena, ZSTR_VAL(id));
	return flight;
}

/* Gives the run as it is now, or throws. Takes the flight over. */
static void finish(zval *return_value, sophmate_flight *flight, sm_status status, const sm_error *e)
{
	if (status == SM_E_STATE && flight->record->h.n == 0) {
		sophmate_link_leave(flight->link, SM_OK, NULL);
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$runId: there is no run %s", flight->record->h.stream);
	} else if (sophmate_flight_done(flight, status, e)) {
		zend_object *run = sophmate_run_new(flight);
		if (run != NULL) {
			sophmate_registry_remember(flight->engine, run);
			RETVAL_OBJ(run);
		}
	} else if (status == SM_E_STATE && EG(exception) && instanceof_function(EG(exception)->ce, sophmate_ce_InvalidState)) {
		zval state;
		ZVAL_OBJ(&state, sophmate_enum_case(sophmate_ce_RunState, sm_shown_names[sm_run_shown(&flight->record->h.run, flight->record->h.now)]));
		sophmate_exception_set(EG(exception), "state", &state);
	}
	sophmate_flight_release(flight);
}

ZEND_METHOD(SophMate_Engine, advance)
{
	zend_string *id;
	sophmate_flight *flight;
	sm_error e = {{0}, NULL, 0, 0, 0};

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_outside_steps("Engine::advance()") || (flight = open_run(ZEND_THIS, id)) == NULL) {
		RETURN_THROWS();
	}
	sophmate_flight_enter(flight);
	sm_status status = sm_drive_advance(&flight->drive, &flight->record->h, &flight->progress, &e);
	sophmate_flight_leave(flight, status);
	finish(return_value, flight, status, &e);
}

/* A person's decision. */
static void command(INTERNAL_FUNCTION_PARAMETERS, sm_command_kind kind, const char *what)
{
	zend_string *id, *by, *reason;
	sophmate_flight *flight;
	sm_command cmd = {.kind = kind};
	sm_error e = {{0}, NULL, 0, 0, 0};

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_STR(id)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	if ((kind != SM_CMD_NOTE && !sophmate_outside_steps(what)) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, kind == SM_CMD_NOTE ? "$text" : "$reason", reason, SOPHMATE_TEXT_MAX) ||
			(flight = open_run(ZEND_THIS, id)) == NULL) {
		RETURN_THROWS();
	}
	cmd.by = sophmate_bytes(by);
	cmd.reason = sophmate_bytes(reason);
	sm_status status = sm_drive_command(&flight->drive, &flight->record->h, &cmd, &e);
	finish(return_value, flight, status, &e);
}

ZEND_METHOD(SophMate_Engine, pause)
{
	command(INTERNAL_FUNCTION_PARAM_PASSTHRU, SM_CMD_PAUSE, "Engine::pause()");
}

ZEND_METHOD(SophMate_Engine, resume)
{
	command(INTERNAL_FUNCTION_PARAM_PASSTHRU, SM_CMD_RESUME, "Engine::resume()");
}

ZEND_METHOD(SophMate_Engine, finishByHand)
{
	command(INTERNAL_FUNCTION_PARAM_PASSTHRU, SM_CMD_FINISH_BY_HAND, "Engine::finishByHand()");
}

ZEND_METHOD(SophMate_Engine, stop)
{
	command(INTERNAL_FUNCTION_PARAM_PASSTHRU, SM_CMD_STOP, "Engine::stop()");
}

ZEND_METHOD(SophMate_Engine, note)
{
	command(INTERNAL_FUNCTION_PARAM_PASSTHRU, SM_CMD_NOTE, "Engine::note()");
}

ZEND_METHOD(SophMate_Engine, verdict)
{
	zend_string *id, *by, *reason, *step = NULL;
	zend_long attempt = 1;
	bool any_attempt = true; /* Z_PARAM_LONG_OR_NULL: no number was given */
	zend_object *answer_object;
	sophmate_flight *flight;
	sm_command cmd = {.kind = SM_CMD_VERDICT};
	sm_answer answer;
	sm_error e = {{0}, NULL, 0, 0, 0};

	ZEND_PARSE_PARAMETERS_START(4, 6)
		Z_PARAM_STR(id)
		Z_PARAM_OBJ_OF_CLASS(answer_object, sophmate_ce_Answer)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(step)
		Z_PARAM_LONG_OR_NULL(attempt, any_attempt)
	ZEND_PARSE_PARAMETERS_END();

	if (!any_attempt && (attempt < 1 || attempt > INT32_MAX)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$attempt must be 1 to %d, got " ZEND_LONG_FMT, INT32_MAX, attempt);
		RETURN_THROWS();
	}
	if (!sophmate_outside_steps("Engine::verdict()") ||
			(step != NULL && !sophmate_check_name(sophmate_ce_InvalidArgument, "$step", step)) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$reason", reason, SOPHMATE_TEXT_MAX) ||
			(flight = open_run(ZEND_THIS, id)) == NULL) {
		RETURN_THROWS();
	}
	if (!sophmate_answer_read(answer_object, &flight->record->arena, &answer)) {
		sophmate_flight_release(flight);
		RETURN_THROWS();
	}
	if (answer.kind == SM_ANSWER_UNKNOWN) {
		sophmate_flight_release(flight);
		sophmate_throw_class(sophmate_ce_InvalidArgument, "$answer: a verdict says done or not done; Answer::unknown() settles nothing");
		RETURN_THROWS();
	}
	cmd.by = sophmate_bytes(by);
	cmd.reason = sophmate_bytes(reason);
	cmd.answer = &answer;
	cmd.step = step != NULL ? sophmate_bytes(step) : (sm_bytes){NULL, 0};
	cmd.attempt = any_attempt ? 0 : (int32_t)attempt;
	sm_status status = sm_drive_command(&flight->drive, &flight->record->h, &cmd, &e);
	finish(return_value, flight, status, &e);
}

/* ---- finding ---- */

/* Loads the flight's run. @return its Run; NULL = no such run, or an exception is pending. Takes the flight over. */
static zend_object *load(sophmate_flight *flight)
{
	sm_error e = {{0}, NULL, 0, 0, 0};
	zend_object *run = NULL;
	sm_status status = sm_journal_identify(&flight->link->journal, &e);

	if (status == SM_OK) {
		status = sm_journal_load(&flight->link->journal, &flight->record->h, &e);
	}
	if (sophmate_flight_done(flight, status, &e) && (flight->record->h.n > 0 || flight->record->h.broken)
			/* streams of switches are no runs */
			&& (flight->record->h.run.phase != SM_PHASE_NONE || flight->record->h.broken)) {
		run = sophmate_run_new(flight);
	}
	sophmate_flight_release(flight);
	return run;
}

ZEND_METHOD(SophMate_Engine, find)
{
	zend_string *id;
	sophmate_flight *flight;
	zend_object *run;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	if ((flight = open_run(ZEND_THIS, id)) == NULL) {
		RETURN_THROWS();
	}
	if ((run = load(flight)) != NULL) {
		RETURN_OBJ(run);
	}
}

ZEND_METHOD(SophMate_Engine, findBySubject)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	zend_string *workflow, *subject, *occurrence = NULL, *id_text;
	sm_error e = {{0}, NULL, 0, 0, 0};
	char id[SM_ID_SIZE];

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(workflow)
		Z_PARAM_STR(subject)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(occurrence)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_name(sophmate_ce_InvalidArgument, "$workflow", workflow) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$subject", subject, SM_SUBJECT_MAX) ||
			(occurrence != NULL && !sophmate_check_text(sophmate_ce_InvalidArgument, "$occurrence", occurrence, 18)) ||
			!sophmate_link_enter(&engine->service.link) ||
			!sophmate_link_leave(&engine->service.link, sm_journal_identify(&engine->service.link.journal, &e), &e)) {
		RETURN_THROWS();
	}
	sm_run_id(&engine->service.link.journal.keys, sophmate_bytes(workflow), sophmate_bytes(subject),
		occurrence != NULL ? sophmate_bytes(occurrence) : SM_STR("1"), id);
	id_text = zend_string_init(id, SM_ID_LEN, 0);
	sophmate_flight *flight = open_run(ZEND_THIS, id_text);
	zend_string_release(id_text);
	zend_object *run = flight != NULL ? load(flight) : NULL;
	if (run != NULL) {
		RETURN_OBJ(run);
	}
}

/* Runs of a list of ids, which lies in `arena`. */
static void return_runs(zval *return_value, zval *this, char (*ids)[SM_ID_SIZE], size_t n)
{
	array_init_size(return_value, (uint32_t)n);
	for (size_t i = 0; i < n && !EG(exception); i++) {
		zend_string *id = zend_string_init(ids[i], SM_ID_LEN, 0);
		sophmate_flight *flight = open_run(this, id);
		zend_object *run = flight != NULL ? load(flight) : NULL;

		zend_string_release(id);
		if (run != NULL) {
			add_next_index_object(return_value, run);
		}
	}
}

/* Throws again what the listener of changes threw. @return true when nothing is pending */
static bool changed_done(sophmate_engine *engine, sm_status status, const sm_error *e)
{
	zend_object *thrown = engine->changed_thrown;

	engine->changed_thrown = NULL;
	bool good = sophmate_link_leave(&engine->service.link, thrown != NULL ? SM_OK : status, e);
	if (thrown != NULL) {
		if (good) {
			zend_throw_exception_internal(thrown);
			return false;
		}
		OBJ_RELEASE(thrown);
	}
	return good;
}

ZEND_METHOD(SophMate_Engine, findByExternalId)
{
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	zend_string *kind, *id;
	sm_error e = {{0}, NULL, 0, 0, 0};
	char (*ids)[SM_ID_SIZE] = NULL;
	size_t n = 0;
	sm_arena arena;
	zval id_value;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(kind)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_STR(&id_value, id);
	if (!sophmate_check_external("Engine::findByExternalId(): $kind", "Engine::findByExternalId(): $id", kind, &id_value) || !sophmate_link_enter(&engine->service.link)) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	sm_status status = sm_journal_find_external(&engine->service.link.journal, &arena, sophmate_bytes(kind), sophmate_bytes(id), &ids, &n, &e);
	if (changed_done(engine, status, &e)) {
		return_runs(return_value, ZEND_THIS, ids, n);
	}
	sm_arena_free(&arena);
}

/* One filter of runs(): text, or a RunState for `state`. Borrowed from the array. */
static bool take_filter(sm_runs_filter *f, const zend_string *name, zval *value)
{
	char shown[256];
	zval *text = value;
	sm_bytes *at = name == NULL ? NULL : zend_string_equals_literal(name, "state") ? &f->state : zend_string_equals_literal(name, "workflow") ? &f->workflow
		: zend_string_equals_literal(name, "category") ? &f->category : zend_string_equals_literal(name, "owner") ? &f->owner : NULL;

	if (at == NULL) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::runs(): $filter knows state, workflow, category and owner, got \"%s\"",
			name != NULL ? sophmate_printable(shown, ZSTR_VAL(name), ZSTR_LEN(name)) : "a number");
		return false;
	}
	if (Z_TYPE_P(value) == IS_OBJECT && Z_OBJCE_P(value) == sophmate_ce_RunState && at == &f->state) {
		text = zend_enum_fetch_case_value(Z_OBJ_P(value));
	}
	if (Z_TYPE_P(text) != IS_STRING || Z_STRLEN_P(text) == 0) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::runs(): $filter[\"%s\"] must be a string that is not empty, got %s", ZSTR_VAL(name),
			Z_TYPE_P(text) == IS_STRING ? "\"\"" : zend_zval_type_name(text));
		return false;
	}
	if (at == &f->state && sm_name_index(sm_shown_names, SM_SHOWN_COUNT, sophmate_bytes(Z_STR_P(text))) < 0) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::runs(): $filter[\"state\"]: there is no state \"%s\"",
			sophmate_printable(shown, Z_STRVAL_P(text), Z_STRLEN_P(text)));
		return false;
	}
	*at = sophmate_bytes(Z_STR_P(text));
	return true;
}

ZEND_METHOD(SophMate_Engine, runs)
{
	enum { RUNS_MAX = 1000 };
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	HashTable *filter = NULL;
	zend_long limit = 50;
	zend_string *after = NULL, *name;
	zval *value;
	sm_runs_filter f = {.limit = 50};
	sm_error e = {{0}, NULL, 0, 0, 0};
	char (*ids)[SM_ID_SIZE] = NULL;
	size_t n = 0;
	sm_arena arena;

	ZEND_PARSE_PARAMETERS_START(0, 3)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(filter)
		Z_PARAM_LONG(limit)
		Z_PARAM_STR_OR_NULL(after)
	ZEND_PARSE_PARAMETERS_END();

	if (filter != NULL) {
		ZEND_HASH_FOREACH_STR_KEY_VAL(filter, name, value) {
			ZVAL_DEREF(value);
			if (!take_filter(&f, name, value)) {
				RETURN_THROWS();
			}
		} ZEND_HASH_FOREACH_END();
	}
	if (limit < 1 || limit > RUNS_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::runs(): $limit must be 1 to %d, got " ZEND_LONG_FMT, RUNS_MAX, limit);
		RETURN_THROWS();
	}
	if (after != NULL && !sm_is_hex(sophmate_bytes(after), SM_ID_LEN)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::runs(): $after must be a run's id, 32 lower-case hex digits");
		RETURN_THROWS();
	}
	if (!sophmate_link_enter(&engine->service.link)) {
		RETURN_THROWS();
	}
	f.limit = (int)limit;
	f.after = after != NULL ? sophmate_bytes(after) : (sm_bytes){NULL, 0};
	sm_arena_init(&arena, &sophmate_alloc);
	sm_status status = sm_journal_runs(&engine->service.link.journal, &arena, &f, &ids, &n, &e);
	if (changed_done(engine, status, &e)) {
		return_runs(return_value, ZEND_THIS, ids, n);
	}
	sm_arena_free(&arena);
}

/* ---- the tick ---- */

bool sophmate_engine_changed(void *ctx, const char *run_id, const char *from, const char *to)
{
	sophmate_engine *engine = ctx;
	zval argv[3], result, callable;

	if (EG(exception) || engine->changed_thrown != NULL || engine->service.link.pid != getpid()) {
		return false;
	}
	ZVAL_STRING(&argv[0], run_id);
	ZVAL_STRING(&argv[1], from);
	ZVAL_STRING(&argv[2], to);
	ZVAL_COPY(&callable, &engine->changed);
	ZVAL_UNDEF(&result);
	zend_fcall_info fci = {.size = sizeof(fci), .retval = &result, .params = argv, .param_count = 3};
	ZVAL_COPY_VALUE(&fci.function_name, &callable);
	zend_call_function(&fci, NULL);
	zval_ptr_dtor(&result);
	zval_ptr_dtor(&callable);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&argv[i]);
	}
	if (EG(exception)) {
		engine->changed_thrown = sophmate_take_exception();
		return false;
	}
	return engine->service.link.pid == getpid() || sophmate_refuse_child() == SM_OK;
}

static sm_status move_run(void *ctx, const char *run_id, sm_moved *out, sm_error *e)
{
	sophmate_engine *engine = ctx;
	sophmate_flight *flight = sophmate_flight_new(&engine->service.std, &engine->service.link, engine);

	sm_history_init(&flight->record->h, &flight->record->arena, run_id);
	sophmate_flight_enter(flight);
	sm_status status = sm_drive_move(&flight->drive, &flight->record->h, out, e);
	sophmate_flight_leave(flight, status);
	sophmate_flight_release(flight);
	return status;
}

ZEND_METHOD(SophMate_Engine, tick)
{
	enum { TICK_MAX = 10000 };
	sophmate_engine *engine = sophmate_engine_from(Z_OBJ_P(ZEND_THIS));
	sm_error e = {{0}, NULL, 0, 0, 0};
	zend_long limit = 100;
	sm_tick tick;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(limit)
	ZEND_PARSE_PARAMETERS_END();

	if (limit < 0 || limit > TICK_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Engine::tick(): $limit must be 0 to %d, got " ZEND_LONG_FMT, TICK_MAX, limit);
		RETURN_THROWS();
	}
	if (!sophmate_outside_steps("Engine::tick()") || !sophmate_link_enter(&engine->service.link)) {
		RETURN_THROWS();
	}
	/* its own flight carries no run: each due run gets one */
	sophmate_flight *flight = sophmate_flight_new(&engine->service.std, &engine->service.link, engine);
	sm_status status = sm_drive_tick(&flight->drive, (int)limit, move_run, engine, &tick, &e);
	sophmate_flight_release(flight);
	if (!changed_done(engine, status, &e)) {
		RETURN_THROWS();
	}
	const struct { const char *name; int64_t count; } counts[] = {
		{"sequenced", tick.sequenced}, {"projected", tick.projected}, {"due", tick.due}, {"recovered", tick.recovered}, {"probed", tick.probed},
		{"started", tick.started}, {"moved", tick.moved}, {"put_off", tick.put_off}, {"failed", tick.failed}
	};
	array_init(return_value);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		add_assoc_long(return_value, counts[i].name, (zend_long)counts[i].count);
	}
}
