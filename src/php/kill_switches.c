#include "service.h"
#include "stubs/kill_switches_arginfo.h"

/* order of the declarations of SwitchState in kill_switches.stub.php */
enum { SWITCH_TARGET, SWITCH_HELD, SWITCH_BY, SWITCH_REASON, SWITCH_SINCE, SWITCH_GENERATION };

static zend_class_entry *switches_ce, *state_ce;

void sophmate_kill_switches_minit(void)
{
	switches_ce = register_class_SophMate_KillSwitches();
	sophmate_service_class(switches_ce);
	state_ce = register_class_SophMate_SwitchState();
	sophmate_made_class(state_ce);
}

ZEND_METHOD(SophMate_KillSwitches, __construct)
{
	sophmate_service *switches = sophmate_service_from(Z_OBJ_P(ZEND_THIS));
	zend_object *store;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_service_construct(switches, store)) {
		RETURN_THROWS();
	}
}

/* $this is held while PHP runs: the store may drop the last other reference to it. */
static sophmate_service *enter(zval *this)
{
	sophmate_service *switches = sophmate_service_from(Z_OBJ_P(this));

	if (!sophmate_link_enter(&switches->link)) {
		return NULL;
	}
	GC_ADDREF(&switches->std);
	return switches;
}

static bool leave(sophmate_service *switches, sm_status status, const sm_error *error)
{
	sm_error named = {{0}, NULL, 0, 0, 0};

	if (status == SM_E_ARGUMENT) {
		snprintf(named.message, sizeof(named.message), "$%.200s", error->message); /* the core says: target must be ... */
	}
	bool good = sophmate_link_leave(&switches->link, status, status == SM_E_ARGUMENT ? &named : error);

	OBJ_RELEASE(&switches->std);
	return good;
}

static void set(INTERNAL_FUNCTION_PARAMETERS, bool held, const char *by_name, const char *reason_name)
{
	zend_class_entry *wrong = sophmate_ce_InvalidArgument;
	zend_string *target, *by, *reason;
	sophmate_service *switches;
	int64_t generation = 0;
	sm_arena arena;
	sm_error error;
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_STR(target)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_text(wrong, by_name, by, SOPHMATE_WHO_MAX) || !sophmate_check_text(wrong, reason_name, reason, SOPHMATE_TEXT_MAX)) {
		RETURN_THROWS();
	}
	switches = enter(ZEND_THIS);
	if (switches == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = sm_switch_set(&switches->link.journal, &arena, sophmate_bytes(target), held, sophmate_bytes(by), sophmate_bytes(reason), &generation, &error);
	sm_arena_free(&arena);
	SOPHMATE_G(switch_changes)++;
	if (leave(switches, status, &error)) {
		RETURN_LONG((zend_long)generation);
	}
}

ZEND_METHOD(SophMate_KillSwitches, hold)
{
	set(INTERNAL_FUNCTION_PARAM_PASSTHRU, true, "KillSwitches::hold(): $by", "KillSwitches::hold(): $reason");
}

ZEND_METHOD(SophMate_KillSwitches, release)
{
	set(INTERNAL_FUNCTION_PARAM_PASSTHRU, false, "KillSwitches::release(): $by", "KillSwitches::release(): $reason");
}

static zend_object *state_new(sm_bytes target, const sm_switch_state *state)
{
	zend_object *object = sophmate_object_new(state_ce);

	ZVAL_STRINGL(OBJ_PROP_NUM(object, SWITCH_TARGET), target.p, target.n);
	ZVAL_BOOL(OBJ_PROP_NUM(object, SWITCH_HELD), state->held);
	ZVAL_LONG(OBJ_PROP_NUM(object, SWITCH_GENERATION), (zend_long)state->generation);
	if (state->generation == 0) {
		ZVAL_NULL(OBJ_PROP_NUM(object, SWITCH_BY));
		ZVAL_NULL(OBJ_PROP_NUM(object, SWITCH_REASON));
		ZVAL_NULL(OBJ_PROP_NUM(object, SWITCH_SINCE));
	} else {
		ZVAL_STRINGL(OBJ_PROP_NUM(object, SWITCH_BY), state->by.n != 0 ? state->by.p : "", state->by.n);
		ZVAL_STRINGL(OBJ_PROP_NUM(object, SWITCH_REASON), state->reason.n != 0 ? state->reason.p : "", state->reason.n);
		ZVAL_LONG(OBJ_PROP_NUM(object, SWITCH_SINCE), (zend_long)state->since);
	}
	return object;
}

ZEND_METHOD(SophMate_KillSwitches, state)
{
	zend_string *target;
	sophmate_service *switches;
	sm_switch_state state;
	sm_arena arena;
	sm_error error;
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(target)
	ZEND_PARSE_PARAMETERS_END();

	switches = enter(ZEND_THIS);
	if (switches == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = sm_switch_get(&switches->link.journal, &arena, sophmate_bytes(target), &state, &error);
	if (leave(switches, status, &error)) {
		RETVAL_OBJ(state_new(sophmate_bytes(target), &state));
	}
	sm_arena_free(&arena);
}

ZEND_METHOD(SophMate_KillSwitches, all)
{
	sophmate_service *switches;
	sm_json *targets;
	sm_arena arena;
	sm_error error;
	sm_status status = SM_E_NOMEM;

	ZEND_PARSE_PARAMETERS_NONE();

	switches = enter(ZEND_THIS);
	if (switches == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	array_init(return_value);
	targets = sm_json_new(&arena, SM_JSON_ARRAY);
	if (targets != NULL) {
		status = sm_switch_list(&switches->link.journal, &arena, targets, &error);
	}
	for (size_t i = 0; status == SM_OK && i < targets->u.a.n; i++) {
		sm_bytes target = targets->u.a.items[i].u.s;
		sm_switch_state state;

		status = sm_switch_get(&switches->link.journal, &arena, target, &state, &error);
		if (status == SM_OK) {
			add_next_index_object(return_value, state_new(target, &state));
		}
	}
	leave(switches, status, &error);
	sm_arena_free(&arena);
}
