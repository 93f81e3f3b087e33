#include "registry.h"
#include "stubs/idempotency_keys_arginfo.h"

zend_class_entry *sophmate_ce_IdempotencyKeys, *sophmate_ce_Claim;

/* order of the declarations in idempotency_keys.stub.php */
enum { CLAIM_STATE, CLAIM_ATTEMPT, CLAIM_RESULT };

typedef struct claim_object {
	sophmate_flight *flight; /* while the claim is ours to complete or release */
	zend_object std;
} claim_object;

static zend_object_handlers claim_handlers;

static claim_object *claim_from(zend_object *object)
{
	return (claim_object *)((char *)object - offsetof(claim_object, std));
}

static zend_object *claim_create(zend_class_entry *ce)
{
	claim_object *claim = zend_object_alloc(sizeof(*claim), ce);

	claim->flight = NULL;
	zend_object_std_init(&claim->std, ce);
	object_properties_init(&claim->std, ce);
	claim->std.handlers = &claim_handlers;
	return &claim->std;
}

static void claim_free(zend_object *object)
{
	claim_object *claim = claim_from(object);

	if (claim->flight != NULL) {
		sophmate_flight_release(claim->flight);
	}
	zend_object_std_dtor(object);
}

static HashTable *claim_gc(zend_object *object, zval **table, int *n)
{
	claim_object *claim = claim_from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	for (int i = 0; i < object->ce->default_properties_count; i++) {
		zend_get_gc_buffer_add_zval(buffer, OBJ_PROP_NUM(object, i));
	}
	if (claim->flight != NULL) {
		zend_get_gc_buffer_add_obj(buffer, &claim->flight->std);
	}
	zend_get_gc_buffer_use(buffer, table, n);
	return NULL;
}

void sophmate_idempotency_keys_minit(void)
{
	sophmate_ce_IdempotencyKeys = register_class_SophMate_IdempotencyKeys();
	sophmate_service_class(sophmate_ce_IdempotencyKeys);
	sophmate_ce_Claim = register_class_SophMate_Claim();
	sophmate_ce_Claim->create_object = claim_create;
	claim_handlers = std_object_handlers;
	claim_handlers.offset = offsetof(claim_object, std);
	claim_handlers.free_obj = claim_free;
	claim_handlers.clone_obj = NULL;
	claim_handlers.get_gc = claim_gc;
	claim_handlers.get_constructor = sophmate_no_constructor;
}

ZEND_METHOD(SophMate_IdempotencyKeys, __construct)
{
	sophmate_service *keys = sophmate_service_from(Z_OBJ_P(ZEND_THIS));
	zend_object *store;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_service_construct(keys, store)) {
		RETURN_THROWS();
	}
}

static void set_state(zend_object *claim, const char *state)
{
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(claim, CLAIM_STATE), sophmate_enum_case(sophmate_ce_ClaimState, state));
}

/* The attempt is the caller's: it reports through the claim. @return false with an exception pending */
static bool give_attempt(zend_object *claim, sophmate_flight *flight, const sm_step_def *def, int64_t deadline_us)
{
	const sm_run *run = &flight->record->h.run;
	char key[SM_EFFECT_KEY_SIZE];

	flight->step = zend_string_init(def->name.p, def->name.n, 0);
	flight->attempt = run->attempt;
	flight->deadline_us = deadline_us;
	flight->acting = true;
	sm_effect_key(&flight->link->journal.keys, flight->record->h.stream, def->name, key);
	zend_object *attempt = sophmate_attempt_new(flight, key, def->name, run->attempt, &run->steps[0].row);
	if (attempt == NULL) {
		return false;
	}
	zval_ptr_dtor(OBJ_PROP_NUM(claim, CLAIM_ATTEMPT));
	ZVAL_OBJ(OBJ_PROP_NUM(claim, CLAIM_ATTEMPT), attempt);
	claim_from(claim)->flight = flight;
	sophmate_flight_hold(flight);
	set_state(claim, "mine");
	return true;
}

static bool give_result(zend_object *claim, sophmate_flight *flight)
{
	zend_string *step = zend_string_init(sm_once_step.p, sm_once_step.n, 0);
	zval result;
	bool good = sophmate_output(&flight->record->h, step, &result);

	zend_string_release(step);
	if (good) {
		ZVAL_COPY_VALUE(OBJ_PROP_NUM(claim, CLAIM_RESULT), &result);
		set_state(claim, "done");
	}
	return good;
}

/* What a claim that came back without an error is. @return NULL with an exception pending */
static zend_object *make_claim(sophmate_flight *flight, const sm_step_def *def, int64_t deadline_us, const zend_string *key)
{
	const sm_run *run = &flight->record->h.run;
	zend_object *claim = claim_create(sophmate_ce_Claim);
	char shown[256];
	bool good = true;

	ZVAL_NULL(OBJ_PROP_NUM(claim, CLAIM_ATTEMPT));
	ZVAL_NULL(OBJ_PROP_NUM(claim, CLAIM_RESULT));
	if (flight->progress.acted) {
		good = give_attempt(claim, flight, def, deadline_us);
	} else if (run->phase == SM_PHASE_COMPLETED) {
		good = give_result(claim, flight);
	} else if (run->phase != SM_PHASE_OPEN) {
		sophmate_throw_class(sophmate_ce_InvalidState, "\"%s\" is %s by a person: it is not claimed again",
			sophmate_printable(shown, ZSTR_VAL(key), ZSTR_LEN(key)), run->phase == SM_PHASE_PAUSED ? "paused" : "ended");
		good = false;
	} else if (run->st == SM_ST_UNKNOWN) {
		set_state(claim, "unknown");
	} else {
		set_state(claim, flight->progress.held || run->held > 0 ? "held" : "in_progress");
	}
	if (!good) {
		OBJ_RELEASE(claim);
		return NULL;
	}
	return claim;
}

ZEND_METHOD(SophMate_IdempotencyKeys, claim)
{
	sophmate_service *keys = sophmate_service_from(Z_OBJ_P(ZEND_THIS));
	zend_string *key, *category = NULL;
	zval *payload;
	double lease = 60.0;
	sm_error e = {{0}, NULL, 0, 0, 0};
	int64_t deadline_us = 0;

	ZEND_PARSE_PARAMETERS_START(2, 4)
		Z_PARAM_STR(key)
		Z_PARAM_ZVAL(payload)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE(lease)
		Z_PARAM_STR(category)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_text(sophmate_ce_InvalidArgument, "IdempotencyKeys::claim(): $key", key, SM_SUBJECT_MAX) ||
			!sophmate_check_seconds(sophmate_ce_InvalidArgument, "IdempotencyKeys::claim(): $leaseSeconds (with sophmate.lease_margin_ms at most 3600)",
				lease, 0.001, (double)(SM_LEASE_MAX_MS - SOPHMATE_G(lease_margin_ms)) / 1000.0) ||
			!sophmate_link_enter(&keys->link)) {
		RETURN_THROWS();
	}
	sophmate_flight *flight = sophmate_flight_new(&keys->std, &keys->link, NULL);
	sm_arena *arena = &flight->record->arena;
	sm_step_def def = {.effect = SM_EFFECT_EXTERNAL, .repeat = SM_REPEAT_NEVER, .timeout_ms = sophmate_milliseconds(lease)};
	sm_workflow w;
	sm_start s = {.workflow = &w, .occurrence = SM_STR("1"), .trigger = SM_STR("claim")};
	zend_string *general = category != NULL ? zend_string_copy(category) : zend_string_init(ZEND_STRL("general"), 0);
	sophmate_flight *outer = sophmate_flight_current();
	zend_object *claim = NULL;

	(void)sm_arena_dup(arena, sophmate_bytes(key), &s.subject);
	if (outer != NULL) {
		(void)sm_arena_dup(arena, sm_cstr(outer->record->h.stream), &s.parent);
	}
	if (sophmate_once_workflow(&w, &def, general, arena) &&
			sophmate_canonical_in(arena, "IdempotencyKeys::claim(): $payload", payload, SM_MAX_PRIVATE, &s.input)) {
		flight->pid = getpid(); /* jsonSerialize() may have forked */
		sm_status status = sm_drive_claim(&flight->drive, arena, &s, &flight->record->h, &deadline_us, &flight->progress, &e);
		if (status == SM_E_CONFLICT) {
			sophmate_link_leave(flight->link, SM_OK, NULL);
			sophmate_throw_conflict(flight, flight->record->h.run.fingerprint, flight->progress.fingerprint, s.subject);
		} else if (sophmate_flight_done(flight, status, &e)) {
			claim = make_claim(flight, &def, deadline_us, key);
		}
	}
	zend_string_release(general);
	sophmate_flight_release(flight);
	if (claim == NULL) {
		RETURN_THROWS();
	}
	RETURN_OBJ(claim);
}

/* The flight of a claim that this object gave and that is still open; NULL with an exception pending. */
static sophmate_flight *open_claim(sophmate_service *keys, zend_object *object)
{
	claim_object *claim = claim_from(object);

	if (!sophmate_link_enter(&keys->link)) {
		return NULL;
	}
	if (claim->flight == NULL) {
		sophmate_throw_class(sophmate_ce_InvalidState, "The claim is not Mine, or was completed or released already");
		return NULL;
	}
	if (claim->flight->link != &keys->link) {
		sophmate_throw_class(sophmate_ce_InvalidState, "The claim was given by another IdempotencyKeys object");
		return NULL;
	}
	if (claim->flight->pid != getpid()) {
		sophmate_throw_class(sophmate_ce_InvalidState, "A forked child may report nothing about a claim that its parent holds");
		return NULL;
	}
	return claim->flight;
}

/* Stores the outcome; a claim whose outcome is stored can be used no more. */
static void settle(zend_object *object, sophmate_flight *flight, const sm_outcome *outcome)
{
	sm_error e = {{0}, NULL, 0, 0, 0};

	sophmate_flight_hold(flight);
	flight->progress.acted = outcome->kind == SM_OUTCOME_DONE;
	sm_status status = sm_drive_record(&flight->drive, &flight->record->h, sm_once_step, flight->attempt, outcome, &e);
	if (sophmate_flight_done(flight, status, &e)) {
		claim_object *claim = claim_from(object);
		flight->acting = false;
		if (claim->flight != NULL) {
			sophmate_flight_release(claim->flight);
			claim->flight = NULL;
		}
	}
	sophmate_flight_release(flight);
}

ZEND_METHOD(SophMate_IdempotencyKeys, complete)
{
	zend_object *claim;
	zval *result, copy;
	sm_outcome outcome;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_OBJ_OF_CLASS(claim, sophmate_ce_Claim)
		Z_PARAM_ZVAL(result)
	ZEND_PARSE_PARAMETERS_END();

	sophmate_flight *flight = open_claim(sophmate_service_from(Z_OBJ_P(ZEND_THIS)), claim);
	if (flight == NULL) {
		RETURN_THROWS();
	}
	sophmate_flight_hold(flight);
	ZVAL_COPY(&copy, result);
	sophmate_outcome_done(flight, &copy, &outcome);
	/* jsonSerialize() may have settled the claim itself */
	if (!EG(exception) && open_claim(sophmate_service_from(Z_OBJ_P(ZEND_THIS)), claim) == flight) {
		settle(claim, flight, &outcome);
	}
	sophmate_flight_release(flight);
}

ZEND_METHOD(SophMate_IdempotencyKeys, release)
{
	zend_object *claim;
	zend_string *why;
	sm_outcome outcome;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_OBJ_OF_CLASS(claim, sophmate_ce_Claim)
		Z_PARAM_STR(why)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_text(sophmate_ce_InvalidArgument, "IdempotencyKeys::release(): $why", why, SOPHMATE_TEXT_MAX)) {
		RETURN_THROWS();
	}
	sophmate_flight *flight = open_claim(sophmate_service_from(Z_OBJ_P(ZEND_THIS)), claim);
	if (flight == NULL) {
		RETURN_THROWS();
	}
	sophmate_outcome_ambiguous(&flight->record->arena, "released", sophmate_bytes(why), &outcome);
	outcome.kind = SM_OUTCOME_NOT_DONE;
	outcome.failure_class = SM_CLASS_EXTERNAL_FAILURE;
	settle(claim, flight, &outcome);
}

ZEND_METHOD(SophMate_IdempotencyKeys, resolve)
{
	sophmate_service *keys = sophmate_service_from(Z_OBJ_P(ZEND_THIS));
	zend_string *key, *by, *reason;
	zend_object *answer_object;
	sm_command cmd = {.kind = SM_CMD_VERDICT};
	sm_answer answer;
	sm_error e = {{0}, NULL, 0, 0, 0};
	char id[SM_ID_SIZE];

	ZEND_PARSE_PARAMETERS_START(4, 4)
		Z_PARAM_STR(key)
		Z_PARAM_OBJ_OF_CLASS(answer_object, sophmate_ce_Answer)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_outside_steps("IdempotencyKeys::resolve()") ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "IdempotencyKeys::resolve(): $key", key, SM_SUBJECT_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "$reason", reason, SOPHMATE_TEXT_MAX) ||
			!sophmate_link_enter(&keys->link) ||
			!sophmate_link_leave(&keys->link, sm_journal_identify(&keys->link.journal, &e), &e)) {
		RETURN_THROWS();
	}
	sophmate_flight *flight = sophmate_flight_new(&keys->std, &keys->link, NULL);
	sm_run_id(&keys->link.journal.keys, sm_once_name, sophmate_bytes(key), SM_STR("1"), id);
	sm_history_init(&flight->record->h, &flight->record->arena, id);
	if (sophmate_answer_read(answer_object, &flight->record->arena, &answer)) {
		if (answer.kind == SM_ANSWER_UNKNOWN) {
			sophmate_throw_class(sophmate_ce_InvalidArgument, "$answer: Answer::unknown() settles nothing");
		} else {
			cmd.by = sophmate_bytes(by);
			cmd.reason = sophmate_bytes(reason);
			cmd.answer = &answer;
			sm_status status = sm_drive_command(&flight->drive, &flight->record->h, &cmd, &e);
			if (status == SM_E_STATE && flight->record->h.n == 0) {
				char shown[256];
				sophmate_link_leave(&keys->link, SM_OK, NULL);
				sophmate_throw_class(sophmate_ce_InvalidArgument, "IdempotencyKeys::resolve(): $key: there is no key \"%s\"", sophmate_printable(shown, ZSTR_VAL(key), ZSTR_LEN(key)));
			} else {
				(void)sophmate_flight_done(flight, status, &e);
			}
		}
	}
	sophmate_flight_release(flight);
}
