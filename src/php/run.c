#include "registry.h"
#include "zend_smart_str.h"
#include "stubs/run_arginfo.h"

zend_class_entry *sophmate_ce_Run;

/* order of the declarations in run.stub.php */
enum {
	RUN_ID, RUN_WORKFLOW, RUN_VERSION, RUN_SUBJECT, RUN_STEP, RUN_OWNER, RUN_REASON, RUN_STATE, RUN_CATEGORY, RUN_TRIGGER, RUN_OCCURRENCE,
	RUN_PARENT, RUN_INPUT, RUN_STARTED_AT, RUN_CHANGED_AT, RUN_DUPLICATE
};

typedef struct run_object {
	sophmate_record *record; /* owns the memory that h borrows from */
	sm_history h;            /* as it was when the Run was made: the record may go on */
	int *duplicates;         /* of each step */
	zend_object std;
} run_object;

static zend_object_handlers handlers;

static run_object *from(zend_object *object)
{
	return (run_object *)((char *)object - offsetof(run_object, std));
}

static zend_object *create(zend_class_entry *ce)
{
	run_object *run = zend_object_alloc(sizeof(*run), ce);

	run->record = NULL;
	run->duplicates = NULL;
	memset(&run->h, 0, sizeof(run->h));
	zend_object_std_init(&run->std, ce);
	object_properties_init(&run->std, ce);
	run->std.handlers = &handlers;
	return &run->std;
}

static void free_object(zend_object *object)
{
	run_object *run = from(object);

	if (run->record != NULL) {
		sophmate_record_release(run->record);
	}
	zend_object_std_dtor(object);
}

void sophmate_run_minit(void)
{
	sophmate_ce_Run = register_class_SophMate_Run();
	sophmate_ce_Run->create_object = create;
	handlers = std_object_handlers;
	handlers.offset = offsetof(run_object, std);
	handlers.free_obj = free_object;
	handlers.clone_obj = NULL;
	handlers.get_constructor = sophmate_no_constructor;
}

const sm_history *sophmate_run_history(zend_object *run)
{
	return &from(run)->h;
}

size_t sophmate_run_bytes(zend_object *run)
{
	const sm_history *h = &from(run)->h;

	/* and its input once more, as a PHP value */
	return from(run)->record->bytes + (h->n > 0 ? sm_event_value(&h->events[0], "input").n : 0);
}

/* ---- what it shows ---- */

static void set_text(zval *out, sm_bytes text)
{
	if (text.p == NULL) {
		ZVAL_NULL(out);
	} else {
		ZVAL_STRINGL(out, text.p, text.n);
	}
}

/* A private value as PHP sees it; null where it is absent or erased. */
static bool set_private(zval *out, const sm_event *ev, const char *field)
{
	sm_bytes text = ev != NULL ? sm_event_value(ev, field) : (sm_bytes){NULL, 0};

	ZVAL_NULL(out);
	return text.p == NULL || sophmate_canonical_read(out, text);
}

static const sm_event *last_of(const sm_history *h, uint32_t types)
{
	for (size_t i = h->n; i > 0; i--) {
		if (types & (1u << h->events[i - 1].type)) {
			return &h->events[i - 1];
		}
	}
	return NULL;
}

static void put_quoted(smart_str *text, const sm_event *ev, const char *field)
{
	zval value;

	if (!set_private(&value, ev, field)) {
		zend_clear_exception();
		return;
	}
	if (Z_TYPE(value) == IS_STRING && Z_STRLEN(value) > 0) {
		smart_str_appends(text, ": ");
		smart_str_append(text, Z_STR(value));
	}
	zval_ptr_dtor(&value);
}

static void put_clear(smart_str *text, sm_bytes clear)
{
	if (clear.n > 0) {
		smart_str_appendl(text, clear.p, clear.n);
	}
}

static void put_attempt(smart_str *text, const sm_event *ev)
{
	put_clear(text, ev->step);
	if (ev->type == SM_STEP_FAILED) {
		smart_str_appends(text, " was not done");
		if (ev->failure_class >= 0) {
			smart_str_appends(text, " (");
			smart_str_appends(text, ev->failure.n > 0 ? "" : sm_failure_class_names[ev->failure_class]);
			put_clear(text, ev->failure);
			smart_str_appendc(text, ')');
		}
	} else {
		smart_str_appends(text, " may have happened (");
		put_clear(text, ev->why);
		smart_str_appendc(text, ')');
	}
	put_quoted(text, ev, "message");
}

static void put_pause(smart_str *text, const sm_history *h)
{
	static const char *const rules[][2] = {
		{"asked", "paused by a person"},
		{"definition_changed", "the registered workflow differs from the one that this run began with (version, or a step's name, effect or repeat)"},
		{"attempts_used", "its attempts, or the window for them, are used up"},
		{"not_retried", "it was refused, and time does not heal that"},
	};
	const sm_event *attempt = last_of(h, 1u << SM_STEP_FAILED | 1u << SM_STEP_UNKNOWN | 1u << SM_STEP_READY);
	bool asked = sm_bytes_eq(h->run.rest_rule, SM_STR("asked"));

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (sm_bytes_eq(h->run.rest_rule, sm_cstr(rules[i][0]))) {
			smart_str_appends(text, rules[i][1]);
		}
	}
	if (asked) {
		put_quoted(text, last_of(h, 1u << SM_PAUSE_REQUESTED), "reason");
	} else if (attempt != NULL && !sm_bytes_eq(h->run.rest_rule, SM_STR("definition_changed"))) {
		smart_str_appends(text, "; ");
		put_attempt(text, attempt);
	}
}

/* Why a run rests, in words. */
static void set_reason(zval *out, const sm_history *h, sm_shown shown)
{
	const sm_event *attempt = last_of(h, 1u << SM_STEP_FAILED | 1u << SM_STEP_UNKNOWN | 1u << SM_STEP_READY);
	smart_str text = {0};

	switch (shown) {
	case SM_SHOWN_BROKEN:
		smart_str_appends(&text, h->broken_why);
		break;
	case SM_SHOWN_PAUSED:
		put_pause(&text, h);
		break;
	case SM_SHOWN_HELD:
		smart_str_appends(&text, "held by the switch ");
		put_clear(&text, h->run.held_target);
		break;
	case SM_SHOWN_UNKNOWN:
	case SM_SHOWN_WAITING:
		if (attempt != NULL) {
			put_attempt(&text, attempt);
		}
		break;
	case SM_SHOWN_COMPLETED_BY_HAND:
	case SM_SHOWN_STOPPED:
	case SM_SHOWN_UNDONE:
		smart_str_appends(&text, "decided by a person");
		put_quoted(&text, last_of(h, 1u << SM_RUN_ENDED | 1u << SM_VERDICT_ABANDONED), "reason");
		break;
	default:
		break;
	}
	if (text.s != NULL) {
		ZVAL_STR(out, smart_str_extract(&text));
	} else {
		ZVAL_NULL(out);
	}
}

/* Two reported successes where there must be one; key windows come from the definition, where it is known. */
static bool find_duplicates(run_object *run, const sm_workflow *w)
{
	const sm_run *state = &run->h.run;
	bool found = false;

	run->duplicates = SM_NEW(&run->record->arena, int, (size_t)state->n_steps);
	for (int32_t i = 0; i < state->n_steps; i++) {
		const sm_step_def *def = w != NULL ? sm_workflow_step(w, state->steps[i].row.name) : NULL;
		run->duplicates[i] = sm_run_duplicates(state, i, def != NULL ? def->key_window_ms : 0);
		found = found || run->duplicates[i] > 0;
	}
	return found;
}

zend_object *sophmate_run_new(sophmate_flight *flight)
{
	zend_object *object = create(sophmate_ce_Run);
	run_object *run = from(object);
	const sm_run *state = &flight->record->h.run;
	const sm_event *begin = flight->record->h.n > 0 ? &flight->record->h.events[0] : NULL;
	sm_shown shown = flight->record->h.broken ? SM_SHOWN_BROKEN : sm_run_shown(state, flight->record->h.now);
	const sm_step_state *step = sm_run_step(state);
	bool closed = state->phase == SM_PHASE_COMPLETED || state->phase == SM_PHASE_ENDED;
	const sm_workflow *w = flight->workflow != NULL ? flight->workflow
		: flight->engine != NULL && state->workflow.p != NULL ? sophmate_registry_find(flight->engine, state->workflow) : NULL;

	run->record = flight->record;
	run->record->refcount++;
	run->h = flight->record->h;
	if (sm_run_copy(&run->h.run, state, &flight->record->arena) != SM_OK) {
		OBJ_RELEASE(object);
		sophmate_throw(SM_E_NOMEM, NULL);
		return NULL;
	}
	ZVAL_STRING(OBJ_PROP_NUM(object, RUN_ID), flight->record->h.stream);
	ZVAL_STRINGL(OBJ_PROP_NUM(object, RUN_WORKFLOW), state->workflow.n ? state->workflow.p : "", state->workflow.n);
	ZVAL_STRINGL(OBJ_PROP_NUM(object, RUN_VERSION), state->version.n ? state->version.p : "", state->version.n);
	set_text(OBJ_PROP_NUM(object, RUN_STEP), step != NULL && !closed ? step->row.name : (sm_bytes){NULL, 0});
	sm_bytes owner = sm_run_owner(state);
	set_text(OBJ_PROP_NUM(object, RUN_OWNER), owner.n > 0 ? owner : (sm_bytes){NULL, 0});
	set_reason(OBJ_PROP_NUM(object, RUN_REASON), &run->h, shown);
	ZVAL_OBJ_COPY(OBJ_PROP_NUM(object, RUN_STATE), sophmate_enum_case(sophmate_ce_RunState, sm_shown_names[shown]));
	set_text(OBJ_PROP_NUM(object, RUN_CATEGORY), state->category);
	set_text(OBJ_PROP_NUM(object, RUN_TRIGGER), state->trigger);
	set_text(OBJ_PROP_NUM(object, RUN_OCCURRENCE), state->occurrence);
	set_text(OBJ_PROP_NUM(object, RUN_PARENT), state->parent.n > 0 ? state->parent : (sm_bytes){NULL, 0});
	ZVAL_LONG(OBJ_PROP_NUM(object, RUN_STARTED_AT), (zend_long)state->started_at);
	ZVAL_LONG(OBJ_PROP_NUM(object, RUN_CHANGED_AT), (zend_long)state->changed_at);
	ZVAL_BOOL(OBJ_PROP_NUM(object, RUN_DUPLICATE), find_duplicates(run, w));

	zval value;
	bool good = set_private(&value, begin, "subject");
	if (good && Z_TYPE(value) == IS_STRING && !sm_bytes_eq(sophmate_bytes(Z_STR(value)), sm_cstr(flight->record->h.stream))) {
		ZVAL_COPY_VALUE(OBJ_PROP_NUM(object, RUN_SUBJECT), &value);
	} else {
		zval_ptr_dtor(&value);
		ZVAL_NULL(OBJ_PROP_NUM(object, RUN_SUBJECT));
	}
	good = good && set_private(OBJ_PROP_NUM(object, RUN_INPUT), begin, "input");
	if (!good) {
		OBJ_RELEASE(object);
		return NULL;
	}
	return object;
}

static run_object *usable(zend_object *object)
{
	run_object *run = from(object);

	if (run->record == NULL) {
		zend_throw_error(NULL, "SophMate\\Run objects are made by the extension only");
		return NULL;
	}
	return run;
}

static void add_text(zval *array, const char *key, sm_bytes text)
{
	zval value;

	set_text(&value, text);
	add_assoc_zval(array, key, &value);
}

static void add_time(zval *array, const char *key, int64_t t)
{
	if (t > 0) {
		add_assoc_long(array, key, (zend_long)t);
	} else {
		add_assoc_null(array, key);
	}
}

static bool add_externals(zval *row, const sm_step_view *v)
{
	zval map;

	array_init(&map);
	for (size_t i = 0; i < v->n_externals; i++) {
		const sm_event *ev = v->externals[i];
		zval id, *list = zend_hash_str_find(Z_ARRVAL(map), ev->kind.p, ev->kind.n), fresh;

		if (!set_private(&id, ev, "id")) {
			zval_ptr_dtor(&map);
			return false;
		}
		if (list == NULL) {
			array_init(&fresh);
			list = zend_hash_str_update(Z_ARRVAL(map), ev->kind.p, ev->kind.n, &fresh);
		}
		add_next_index_zval(list, &id);
	}
	add_assoc_zval(row, "external_ids", &map);
	return true;
}

static bool put_step(zval *row, const sm_history *h, const sm_step_view *v, int duplicates)
{
	sm_error e = {{0}, NULL, 0, 0, 0};
	sm_bytes text;
	zval value;
	bool done = strcmp(v->phase, "done") == 0;
	const sm_event *failure = v->failure;

	array_init(row);
	add_text(row, "name", v->state->row.name);
	ZVAL_OBJ_COPY(&value, sophmate_enum_case(sophmate_ce_StepState, v->phase));
	add_assoc_zval(row, "state", &value);
	add_assoc_long(row, "attempts", v->state->n_attempts);
	ZVAL_OBJ_COPY(&value, sophmate_enum_case(sophmate_ce_Effect, sm_effect_names[v->state->row.effect]));
	add_assoc_zval(row, "effect", &value);
	ZVAL_OBJ_COPY(&value, sophmate_enum_case(sophmate_ce_Repeat, sm_repeat_names[v->state->row.repeat]));
	add_assoc_zval(row, "repeat", &value);
	add_text(row, "owner", v->state->row.owner);
	ZVAL_NULL(&value);
	sm_status status = done ? sm_history_output(h, v->state->row.name, &text, &e) : SM_E_STATE;
	if (status == SM_OK && !sophmate_canonical_read(&value, text)) {
		return false;
	}
	add_assoc_zval(row, "output", &value);
	add_text(row, "output_omitted", done && status == SM_E_LIMIT ? sm_cstr(e.message) : (sm_bytes){NULL, 0});
	add_text(row, "failure", failure != NULL && failure->type == SM_STEP_FAILED ? failure->failure
		: failure != NULL ? failure->why : (sm_bytes){NULL, 0});
	if (failure != NULL && failure->failure_class >= 0) {
		ZVAL_OBJ_COPY(&value, sophmate_enum_case(sophmate_ce_FailureClass, sm_failure_class_names[failure->failure_class]));
	} else {
		ZVAL_NULL(&value);
	}
	add_assoc_zval(row, "failure_class", &value);
	add_text(row, "code", failure != NULL ? failure->code : (sm_bytes){NULL, 0});
	if (!set_private(&value, failure, "message")) {
		return false;
	}
	add_assoc_zval(row, "message", &value);
	add_assoc_long(row, "duplicates", duplicates);
	add_time(row, "started_at", v->started_at);
	add_time(row, "finished_at", v->ended_at);
	return add_externals(row, v);
}

ZEND_METHOD(SophMate_Run, steps)
{
	run_object *run;
	sm_arena arena;
	bool good = true;

	ZEND_PARSE_PARAMETERS_NONE();
	run = usable(Z_OBJ_P(ZEND_THIS));
	if (run == NULL) {
		RETURN_THROWS();
	}
	array_init(return_value);
	sm_arena_init(&arena, &sophmate_alloc);
	const sm_step_view *views = sm_history_steps(&run->h, &arena, NULL);
	for (int32_t i = 0; good && i < run->h.run.n_steps; i++) {
		zval row;
		good = put_step(&row, &run->h, &views[i], run->duplicates[i]);
		add_next_index_zval(return_value, &row);
	}
	sm_arena_free(&arena);
	if (!good) {
		RETURN_THROWS();
	}
}

/* Opened private values, {} where none is there. */
static bool put_privates(zval *out, const sm_event *ev)
{
	array_init(out);
	for (size_t i = 0; i < ev->n_p; i++) {
		zval value;

		if (!sophmate_canonical_read(&value, ev->p[i].value)) {
			zval_ptr_dtor(out);
			return false;
		}
		zend_hash_str_update(Z_ARRVAL_P(out), ev->p[i].field.p, ev->p[i].field.n, &value);
	}
	return true;
}

static bool put_event(zval *row, const sm_event *ev)
{
	sm_arena arena;
	sm_json *leaf;
	zval d, p;

	sm_arena_init(&arena, &sophmate_alloc);
	sm_status status = sm_json_read(&arena, ev->leaf, &leaf, NULL);
	const sm_json *clear = status == SM_OK ? sm_json_get(leaf, "d") : NULL;
	if (clear == NULL) {
		sm_arena_free(&arena);
		sophmate_throw(status == SM_OK ? SM_E_SYNTAX : status, NULL);
		return false;
	}
	if (clear->u.o.n == 0) {
		array_init(&d);
	} else {
		sophmate_json_to_zval(&d, clear);
	}
	sm_arena_free(&arena);
	if (!put_privates(&p, ev)) {
		zval_ptr_dtor(&d);
		return false;
	}
	array_init(row);
	add_assoc_long(row, "seq", ev->seq);
	add_assoc_string(row, "id", (char *)ev->id);
	sm_bytes name = sm_event_name(ev);
	add_assoc_stringl(row, "type", name.p, name.n);
	add_assoc_long(row, "t", (zend_long)ev->t);
	add_assoc_zval(row, "d", &d);
	add_assoc_zval(row, "p", &p);
	if (ev->leaf_index >= 0) {
		add_assoc_long(row, "leaf_index", (zend_long)ev->leaf_index);
	} else {
		add_assoc_null(row, "leaf_index");
	}
	add_assoc_string(row, "leaf_hash", (char *)ev->leaf_hash);
	add_time(row, "stored_at", ev->stored_at);
	return true;
}

ZEND_METHOD(SophMate_Run, events)
{
	run_object *run;

	ZEND_PARSE_PARAMETERS_NONE();
	run = usable(Z_OBJ_P(ZEND_THIS));
	if (run == NULL) {
		RETURN_THROWS();
	}
	array_init(return_value);
	for (size_t i = 0; i < run->h.n; i++) {
		zval row;
		if (!put_event(&row, &run->h.events[i])) {
			RETURN_THROWS();
		}
		add_next_index_zval(return_value, &row);
	}
}

ZEND_METHOD(SophMate_Run, output)
{
	zend_string *step;
	run_object *run;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(step)
	ZEND_PARSE_PARAMETERS_END();

	run = usable(Z_OBJ_P(ZEND_THIS));
	if (run == NULL || !sophmate_output(&run->h, step, return_value)) {
		RETURN_THROWS();
	}
}
