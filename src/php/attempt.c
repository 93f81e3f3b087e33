#include "flight.h"
#include "stubs/attempt_arginfo.h"

zend_class_entry *sophmate_ce_Attempt;

/* order of the declarations in attempt.stub.php */
enum { ATTEMPT_KEY, ATTEMPT_RUN_ID, ATTEMPT_WORKFLOW, ATTEMPT_STEP, ATTEMPT_ATTEMPT, ATTEMPT_INPUT, ATTEMPT_EFFECT, ATTEMPT_REPEAT };

/* entries of each list that are kept; the rest is counted */
enum { TOUCHED_MAX = 200, ARTIFACTS_MAX = 100, COST_MAX = 100, NOTES_MAX = 100 };

enum { LOOK_EVERY_US = 1000000 };

typedef struct attempt_object {
	sophmate_flight *flight;
	zend_string *step; /* that it speaks for, also when the flight has gone on */
	zend_long attempt;
	int64_t deadline_us;
	int64_t look_us;   /* boot clock: when mayProceed() reads the switches again */
	uint64_t looked;   /* SOPHMATE_G(switch_changes) then */
	bool held;         /* what it saw */
	zend_object std;
} attempt_object;

static zend_object_handlers handlers;

static attempt_object *from(zend_object *object)
{
	return (attempt_object *)((char *)object - offsetof(attempt_object, std));
}

static zend_object *create(zend_class_entry *ce)
{
	attempt_object *a = zend_object_alloc(sizeof(*a), ce);

	a->flight = NULL;
	a->step = NULL;
	a->attempt = 0;
	a->deadline_us = 0;
	a->look_us = sm_host_system.boot_us(sm_host_system.ctx) + LOOK_EVERY_US; /* the start has just read them itself */
	a->looked = SOPHMATE_G(switch_changes);
	a->held = false;
	zend_object_std_init(&a->std, ce);
	object_properties_init(&a->std, ce);
	a->std.handlers = &handlers;
	return &a->std;
}

static void free_object(zend_object *object)
{
	attempt_object *a = from(object);

	if (a->step != NULL) {
		zend_string_release(a->step);
	}
	if (a->flight != NULL) {
		sophmate_flight_release(a->flight);
	}
	zend_object_std_dtor(object);
}

static HashTable *get_gc(zend_object *object, zval **table, int *n)
{
	attempt_object *a = from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	for (int i = 0; i < object->ce->default_properties_count; i++) {
		zend_get_gc_buffer_add_zval(buffer, OBJ_PROP_NUM(object, i));
	}
	if (a->flight != NULL) {
		zend_get_gc_buffer_add_obj(buffer, &a->flight->std);
	}
	zend_get_gc_buffer_use(buffer, table, n);
	return NULL;
}

void sophmate_attempt_minit(void)
{
	sophmate_ce_Attempt = register_class_SophMate_Attempt();
	sophmate_ce_Attempt->create_object = create;
	handlers = std_object_handlers;
	handlers.offset = offsetof(attempt_object, std);
	handlers.free_obj = free_object;
	handlers.clone_obj = NULL;
	handlers.get_gc = get_gc;
	handlers.get_constructor = sophmate_no_constructor;
}

zend_object *sophmate_attempt_new(sophmate_flight *flight, const char *key, sm_bytes step, int32_t attempt, const sm_step_row *row)
{
	zend_object *object = create(sophmate_ce_Attempt);
	attempt_object *a = from(object);
	sm_bytes input = flight->record->h.n > 0 ? sm_event_value(&flight->record->h.events[0], "input") : (sm_bytes){NULL, 0};
	zval value;

	a->flight = flight;
	sophmate_flight_hold(flight);
	a->step = zend_string_init(step.p, step.n, 0);
	a->attempt = attempt;
	a->deadline_us = flight->deadline_us;
	ZVAL_STRING(OBJ_PROP_NUM(object, ATTEMPT_KEY), key);
	ZVAL_STRING(OBJ_PROP_NUM(object, ATTEMPT_RUN_ID), flight->record->h.stream);
	ZVAL_STRINGL(OBJ_PROP_NUM(object, ATTEMPT_WORKFLOW), flight->record->h.run.workflow.p, flight->record->h.run.workflow.n);
	ZVAL_STR_COPY(OBJ_PROP_NUM(object, ATTEMPT_STEP), a->step);
	ZVAL_LONG(OBJ_PROP_NUM(object, ATTEMPT_ATTEMPT), attempt);
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(object, ATTEMPT_EFFECT), sophmate_enum_case(sophmate_ce_Effect, sm_effect_names[row->effect]));
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(object, ATTEMPT_REPEAT), sophmate_enum_case(sophmate_ce_Repeat, sm_repeat_names[row->repeat]));
	if (input.p == NULL) {
		ZVAL_NULL(&value);
	} else if (!sophmate_canonical_read(&value, input)) {
		OBJ_RELEASE(object);
		return NULL;
	}
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(object, ATTEMPT_INPUT), &value);
	return object;
}

/* The flight of a usable attempt; NULL with an exception pending. */
static attempt_object *usable(zend_object *object)
{
	attempt_object *a = from(object);

	if (a->flight == NULL) {
		zend_throw_error(NULL, "SophMate\\Attempt objects are made by the extension only");
		return NULL;
	}
	if (a->flight->pid != getpid()) {
		sophmate_throw_class(sophmate_ce_InvalidState, "A forked child may report nothing about an attempt that began in its parent");
		return NULL;
	}
	return a;
}

/* Reports are kept while the attempt is the flight's own; after that its outcome is written already. */
static sophmate_report *report_of(attempt_object *a)
{
	bool own = a->flight->step != NULL && a->flight->attempt == a->attempt && zend_string_equals(a->flight->step, a->step);

	if (!own || !a->flight->acting) {
		sophmate_throw_class(sophmate_ce_InvalidState, "Attempt %d of step \"%s\" is over: its outcome is stored", (int)a->attempt, ZSTR_VAL(a->step));
		return NULL;
	}
	return &a->flight->report;
}

static sm_json *list_of(sm_arena *arena, sm_json **list)
{
	if (*list == NULL) {
		*list = sm_json_new(arena, SM_JSON_ARRAY);
	}
	return *list;
}

static void push_text(sm_arena *arena, sm_json *list, const zend_string *text)
{
	sm_bytes copy;

	if (sm_arena_dup(arena, sophmate_bytes(text), &copy) == SM_OK) {
		(void)sm_json_push(arena, list, sm_json_str(arena, copy));
	}
}

ZEND_METHOD(SophMate_Attempt, output)
{
	zend_string *step;
	attempt_object *a;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(step)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL || !sophmate_output(&a->flight->record->h, step, return_value)) {
		RETURN_THROWS();
	}
}

ZEND_METHOD(SophMate_Attempt, externalId)
{
	zend_string *kind, *id;
	sm_external external;
	sm_error e = {{0}, NULL, 0, 0, 0};
	attempt_object *a;
	zval id_value;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(kind)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	ZVAL_STR(&id_value, id);
	if (a == NULL || !sophmate_check_external("Attempt::externalId(): $kind", "Attempt::externalId(): $id", kind, &id_value) || !sophmate_link_enter(a->flight->link)) {
		RETURN_THROWS();
	}
	/* both are kept by the events of the history */
	(void)sm_arena_dup(&a->flight->record->arena, sophmate_bytes(kind), &external.kind);
	(void)sm_arena_dup(&a->flight->record->arena, sophmate_bytes(id), &external.id);
	sophmate_flight *flight = a->flight;
	sm_bytes step;
	(void)sm_arena_dup(&flight->record->arena, sophmate_bytes(a->step), &step);
	sophmate_flight_hold(flight);
	sm_status status = sm_drive_external(&flight->drive, &flight->record->h, step, (int32_t)a->attempt, &external, &e);
	bool good = sophmate_link_leave(flight->link, status, &e);
	sophmate_flight_release(flight);
	if (!good) {
		RETURN_THROWS();
	}
}

ZEND_METHOD(SophMate_Attempt, affects)
{
	zend_string *type, *id;
	char hash[SM_ID_SIZE];
	attempt_object *a;
	sophmate_report *r;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(type)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL || !sophmate_check_name(sophmate_ce_InvalidArgument, "Attempt::affects(): $type", type) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "Attempt::affects(): $id", id, SOPHMATE_WHO_MAX) || (r = report_of(a)) == NULL) {
		RETURN_THROWS();
	}
	sm_arena *arena = &a->flight->record->arena;
	sm_json *touched = list_of(arena, &r->touched), *ids = list_of(arena, &r->touched_ids);
	if (touched->u.a.n == TOUCHED_MAX) {
		r->touched_left++;
		return;
	}
	/* the clear text holds the type and a keyed hash; the id itself is erasable */
	sm_external_hash(&a->flight->link->journal.keys, sophmate_bytes(type), sophmate_bytes(id), hash);
	zend_string *hash_text = zend_string_init(hash, SM_ID_LEN, 0);
	sm_json *clear = sm_json_new(arena, SM_JSON_ARRAY), *private = sm_json_new(arena, SM_JSON_ARRAY);
	push_text(arena, clear, type);
	push_text(arena, clear, hash_text);
	push_text(arena, private, type);
	push_text(arena, private, id);
	zend_string_release(hash_text);
	(void)sm_json_push(arena, touched, clear);
	(void)sm_json_push(arena, ids, private);
}

ZEND_METHOD(SophMate_Attempt, artifact)
{
	zend_string *name;
	zval *value;
	sm_bytes text, key;
	attempt_object *a;
	sophmate_report *r;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(name)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL || !sophmate_check_name(sophmate_ce_InvalidArgument, "Attempt::artifact(): $name", name) || (r = report_of(a)) == NULL) {
		RETURN_THROWS();
	}
	sm_arena *arena = &a->flight->record->arena;
	if (r->artifacts == NULL) {
		r->artifacts = sm_json_new(arena, SM_JSON_OBJECT);
	}
	if (r->artifacts->u.o.n == ARTIFACTS_MAX) {
		r->artifacts_left++;
		return;
	}
	if (!sophmate_canonical_in(arena, "Attempt::artifact(): $value", value, SM_MAX_PRIVATE, &text)) {
		/* what cannot be kept must not make the step's outcome doubtful: it is counted as left out */
		zend_object *exception = sophmate_take_exception();
		if (exception == NULL) {
			RETURN_THROWS();
		}
		OBJ_RELEASE(exception);
		r->artifacts_left++;
		return;
	}
	(void)sm_arena_dup(arena, sophmate_bytes(name), &key);
	for (size_t i = 0; i < r->artifacts->u.o.n; i++) {
		if (sm_bytes_eq(r->artifacts->u.o.items[i].key, key)) {
			r->artifacts->u.o.items[i].value = sm_json_raw(arena, text);
			return;
		}
	}
	(void)sm_json_set(arena, r->artifacts, key, sm_json_raw(arena, text));
}

ZEND_METHOD(SophMate_Attempt, cost)
{
	zend_string *amount, *unit, *provider;
	attempt_object *a;
	sophmate_report *r;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_STR(amount)
		Z_PARAM_STR(unit)
		Z_PARAM_STR(provider)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL || !sophmate_check_text(sophmate_ce_InvalidArgument, "Attempt::cost(): $amount", amount, 40) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "Attempt::cost(): $unit", unit, SM_OWNER_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "Attempt::cost(): $provider", provider, SM_OWNER_MAX)) {
		RETURN_THROWS();
	}
	if (ZSTR_LEN(amount) != strspn(ZSTR_VAL(amount), "0123456789.-") || !is_numeric_string(ZSTR_VAL(amount), ZSTR_LEN(amount), NULL, NULL, false)) {
		char shown[256];
		sophmate_throw_class(sophmate_ce_InvalidArgument, "Attempt::cost(): $amount must be a decimal number such as \"0.12\", got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(amount), ZSTR_LEN(amount)));
		RETURN_THROWS();
	}
	if ((r = report_of(a)) == NULL) {
		RETURN_THROWS();
	}
	sm_arena *arena = &a->flight->record->arena;
	sm_json *list = list_of(arena, &r->cost), *row = sm_json_new(arena, SM_JSON_ARRAY);
	if (list->u.a.n == COST_MAX) {
		r->cost_left++;
		return;
	}
	push_text(arena, row, amount);
	push_text(arena, row, unit);
	push_text(arena, row, provider);
	(void)sm_json_push(arena, list, row);
}

ZEND_METHOD(SophMate_Attempt, note)
{
	zend_string *text;
	attempt_object *a;
	sophmate_report *r;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(text)
	ZEND_PARSE_PARAMETERS_END();

	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL || !sophmate_check_text(sophmate_ce_InvalidArgument, "Attempt::note(): $text", text, SOPHMATE_TEXT_MAX) || (r = report_of(a)) == NULL) {
		RETURN_THROWS();
	}
	sm_json *list = list_of(&a->flight->record->arena, &r->notes);
	if (list->u.a.n == NOTES_MAX) {
		r->notes_left++;
		return;
	}
	push_text(&a->flight->record->arena, list, text);
}

static int64_t time_left_us(const attempt_object *a)
{
	return a->deadline_us == 0 ? 0 : a->deadline_us - sm_host_system.boot_us(sm_host_system.ctx);
}

/* One read at most a second. What cannot be read counts as held: a loop that asks wants to be stopped rather than not.
 * @return false with an exception pending: the process is ending */
static bool look_at_switches(attempt_object *a)
{
	int64_t now = sm_host_system.boot_us(sm_host_system.ctx);
	const sm_run *run = &a->flight->record->h.run;
	sm_error e = {{0}, NULL, 0, 0, 0};
	sm_arena arena;

	if (now < a->look_us && a->looked == SOPHMATE_G(switch_changes)) {
		return true;
	}
	if (!sophmate_link_enter(a->flight->link)) {
		return false;
	}
	a->look_us = now + LOOK_EVERY_US;
	a->looked = SOPHMATE_G(switch_changes);
	sm_arena_init(&arena, &sophmate_alloc);
	if (sm_switch_held(&a->flight->link->journal, &arena, run->workflow, run->category, &a->held, &e) != SM_OK) {
		a->held = true;
	}
	sm_arena_free(&arena);
	return sophmate_link_leave(a->flight->link, SM_OK, NULL);
}

ZEND_METHOD(SophMate_Attempt, mayProceed)
{
	attempt_object *a;

	ZEND_PARSE_PARAMETERS_NONE();
	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL) {
		RETURN_THROWS();
	}
	if (time_left_us(a) <= 0 || sophmate_stop_file()) {
		RETURN_FALSE;
	}
	if (!look_at_switches(a)) {
		RETURN_THROWS();
	}
	RETURN_BOOL(!a->held);
}

ZEND_METHOD(SophMate_Attempt, secondsLeft)
{
	attempt_object *a;

	ZEND_PARSE_PARAMETERS_NONE();
	a = usable(Z_OBJ_P(ZEND_THIS));
	if (a == NULL) {
		RETURN_THROWS();
	}
	int64_t left = time_left_us(a);
	RETURN_DOUBLE(left > 0 ? (double)left / 1000000.0 : 0.0);
}
