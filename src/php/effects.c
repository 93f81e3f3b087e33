/* The core's effect vtable over PHP callables: steps, probes, the judge, and what their end means. */
#include "registry.h"

#include "zend_closures.h"

/* what is larger than SM_MAX_PRIVATE is counted up to this size, to tell how large it is */
enum { COUNT_MAX = 64 << 20, MESSAGE_MAX = 4096 };

/* ---- outcomes ---- */

static sm_bytes cut_text(sm_arena *arena, sm_bytes text)
{
	size_t n = text.n;
	sm_buf b;

	if (n > MESSAGE_MAX) {
		for (n = MESSAGE_MAX; n > MESSAGE_MAX - 4 && ((unsigned char)text.p[n] & 0xC0) == 0x80; n--) {
			/* not in the middle of a character */
		}
	}
	sm_buf_init(&b, arena, 8 * MESSAGE_MAX);
	sm_canon_string(&b, (sm_bytes){text.p, n});
	return sm_buf_bytes(&b);
}

static void put_private(sm_outcome *out, sm_bytes field, sm_bytes value)
{
	if (value.p != NULL && out->n_p < SM_PRIVATE_FIELDS_MAX) {
		out->p[out->n_p++] = (sm_private){field, value};
	}
}

static void put_omitted(sophmate_flight *flight, const char *what, const char *why, zend_long bytes)
{
	sm_arena *arena = &flight->record->arena;
	sophmate_report *r = &flight->report;
	sm_json *row = sm_json_new(arena, SM_JSON_ARRAY);

	if (r->omitted == NULL) {
		r->omitted = sm_json_new(arena, SM_JSON_ARRAY);
	}
	sm_bytes reason;
	(void)sm_arena_dup(arena, sm_cstr(why), &reason);
	(void)sm_json_push(arena, row, sm_json_str(arena, sm_cstr(what)));
	(void)sm_json_push(arena, row, sm_json_str(arena, reason));
	(void)sm_json_push(arena, row, sm_json_int(arena, bytes));
	(void)sm_json_push(arena, r->omitted, row);
}

/* Puts the text of a buffer that counts, or says that it was left out. `what` is static. */
static void put_counted(sophmate_flight *flight, sm_outcome *out, const char *what, const sm_buf *b)
{
	sm_bytes text;

	if (b->status != SM_OK) {
		put_omitted(flight, what, "larger than 64 MiB", COUNT_MAX);
	} else if (b->dropped > 0) {
		put_omitted(flight, what, "too large", (zend_long)sm_buf_total(b));
	} else if (sm_arena_dup(&flight->record->arena, sm_buf_bytes(b), &text) == SM_OK) {
		put_private(out, sm_cstr(what), text);
	}
}

static void put_tree(sophmate_flight *flight, sm_outcome *out, const char *what, const sm_json *tree)
{
	sm_arena scratch;
	sm_buf b;

	if (tree == NULL) {
		return;
	}
	sm_arena_init(&scratch, &sophmate_alloc);
	sm_buf_init_counting(&b, &scratch, SM_MAX_PRIVATE, COUNT_MAX);
	(void)sm_json_write(&b, tree, NULL); /* built here, of texts that were checked: only its size can be wrong */
	put_counted(flight, out, what, &b);
	sm_arena_free(&scratch);
}

/* What the attempt reported beside its outcome. */
static void put_report(sophmate_flight *flight, sm_outcome *out)
{
	sophmate_report *r = &flight->report;
	const struct { const char *what; zend_long left; } cut[] = {
		{"touched", r->touched_left}, {"artifacts", r->artifacts_left}, {"cost", r->cost_left}, {"notes", r->notes_left}
	};

	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++) {
		if (cut[i].left > 0) {
			put_omitted(flight, cut[i].what, "entries beyond the limit", cut[i].left);
		}
	}
	if (out->kind == SM_OUTCOME_DONE) {
		out->touched = r->touched;
		out->cost = r->cost;
	}
	put_tree(flight, out, "touched_ids", r->touched_ids);
	put_tree(flight, out, "artifacts", r->artifacts);
	put_tree(flight, out, "notes", r->notes);
	out->omitted = r->omitted;
}

void sophmate_outcome_ambiguous(sm_arena *arena, const char *why, sm_bytes message, sm_outcome *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = SM_OUTCOME_AMBIGUOUS;
	out->retry_after_ms = -1;
	out->why = sm_cstr(why);
	if (message.n > 0) {
		put_private(out, SM_STR("message"), cut_text(arena, message));
	}
}

/* A property of the extension's or PHP's own class, as it lies there: no __get(), no hook of a subclass runs. */
static zval *slot_of(zend_object *exception, zend_class_entry *ce, const char *name)
{
	zend_property_info *info = zend_hash_str_find_ptr(&ce->properties_info, name, strlen(name));
	zval *slot = info != NULL ? OBJ_PROP(exception, info->offset) : &EG(uninitialized_zval);

	ZVAL_DEREF(slot);
	return slot;
}

static zval *message_of(zend_object *exception)
{
	return slot_of(exception, instanceof_function(exception->ce, zend_ce_error) ? zend_ce_error : zend_ce_exception, "message");
}

static void add_note(sophmate_flight *flight, zend_object *exception)
{
	sophmate_report *r = &flight->report;
	sm_arena *arena = &flight->record->arena;
	zval *message = message_of(exception);

	if (r->notes == NULL) {
		r->notes = sm_json_new(arena, SM_JSON_ARRAY);
	}
	if (Z_TYPE_P(message) == IS_STRING) {
		(void)sm_json_push(arena, r->notes, sm_json_raw(arena, cut_text(arena, sophmate_bytes(Z_STR_P(message)))));
	}
}

/* What a destructor threw after the callable had come back. The callable's own end counts: this is kept as a note, and PHP can be
 * called again. */
static void note_late(sophmate_flight *flight)
{
	zend_object *late;

	while ((late = sophmate_take_exception()) != NULL) {
		add_note(flight, late);
		OBJ_RELEASE(late);
	}
}

/* The leaf is clear text and stays for ever, so it gets the kind of fault alone: keys and messages may name a person.
 * They go into the private notes. */
static void say_not_encodable(sophmate_flight *flight, zend_object *exception)
{
	bool limit = exception->ce == sophmate_ce_LimitExceeded;

	put_omitted(flight, "output", limit ? "over a limit of canonical JSON" : "not encodable", 0);
	add_note(flight, exception);
}

/* After the effect nothing may prevent its outcome from being stored: not the size of its output, and not the memory that is left. */
static void put_output(sophmate_flight *flight, zval *returned, sm_outcome *out)
{
	sm_arena scratch;
	sm_buf b;

	sm_arena_init(&scratch, &sophmate_alloc);
	sm_buf_init_counting(&b, &scratch, SM_MAX_PRIVATE, COUNT_MAX);
	bool good = sophmate_canonical_put(&b, returned);
	zend_object *exception = sophmate_take_exception();
	if (exception != NULL) {
		say_not_encodable(flight, exception);
		OBJ_RELEASE(exception);
		note_late(flight);
	} else if (good || b.status != SM_OK) {
		size_t before = out->n_p;
		put_counted(flight, out, "output", &b);
		flight->output = out->n_p > before ? out->p[before].value : (sm_bytes){NULL, 0};
	}
	sm_arena_free(&scratch);
}

void sophmate_outcome_done(sophmate_flight *flight, zval *returned, sm_outcome *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = SM_OUTCOME_DONE;
	out->retry_after_ms = -1;
	zval old;
	ZVAL_COPY_VALUE(&old, &flight->result);
	ZVAL_COPY_VALUE(&flight->result, returned);
	flight->output = (sm_bytes){NULL, 0};
	zval_ptr_dtor(&old);
	note_late(flight); /* with an exception pending PHP would call no jsonSerialize() */
	put_output(flight, returned, out);
	put_report(flight, out);
}

static void outcome_not_done(sophmate_flight *flight, zend_object *exception, sm_outcome *out)
{
	zval *value = slot_of(exception, sophmate_ce_NotDone, "class");
	int class = Z_TYPE_P(value) == IS_OBJECT ? sophmate_enum_index(value, sm_failure_class_names, SM_CLASS_COUNT) : -1;

	out->kind = SM_OUTCOME_NOT_DONE;
	out->failure_class = class >= 0 ? (sm_failure_class)class : SM_CLASS_EXTERNAL_FAILURE;
	value = slot_of(exception, sophmate_ce_NotDone, "failure");
	/* a subclass may declare both again, and set them by itself */
	if (Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) > 0) {
		zend_string *name = sophmate_failure_name(Z_STR_P(value));
		(void)sm_arena_dup(&flight->record->arena, sophmate_bytes(name), &out->failure);
		zend_string_release(name);
	}
	value = slot_of(exception, sophmate_ce_NotDone, "retryAfterSeconds");
	if (Z_TYPE_P(value) == IS_DOUBLE && !zend_isnan(Z_DVAL_P(value))) {
		out->retry_after_ms = sophmate_milliseconds(sophmate_retry_after(Z_DVAL_P(value)));
	}
}

void sophmate_outcome_thrown(sophmate_flight *flight, zend_object *exception, sm_outcome *out)
{
	zval *message = message_of(exception);
	sm_bytes text = Z_TYPE_P(message) == IS_STRING ? sophmate_bytes(Z_STR_P(message)) : (sm_bytes){NULL, 0};

	sophmate_outcome_ambiguous(&flight->record->arena, "lost_answer", text, out);
	if (instanceof_function(exception->ce, sophmate_ce_NotDone)) {
		outcome_not_done(flight, exception, out);
	} else if (sm_utf8_valid(sophmate_bytes(exception->ce->name)) && ZSTR_LEN(exception->ce->name) <= 200) {
		/* the class says what kind of error it was; anonymous classes carry a NUL and a path */
		const char *nul = memchr(ZSTR_VAL(exception->ce->name), '\0', ZSTR_LEN(exception->ce->name));
		size_t n = nul != NULL ? (size_t)(nul - ZSTR_VAL(exception->ce->name)) : ZSTR_LEN(exception->ce->name);
		(void)sm_arena_dup(&flight->record->arena, (sm_bytes){ZSTR_VAL(exception->ce->name), n}, &out->code);
	}
	put_report(flight, out);
	zend_object *old = flight->thrown;
	flight->thrown = exception;
	if (old != NULL) {
		OBJ_RELEASE(old);
		sophmate_drop_exception();
	}
}

/* ---- callables ---- */

static bool call_closure(zval *closure, zval *argument, zval *result)
{
	zval callable;

	/* the closure may be the last thing that holds itself */
	ZVAL_COPY(&callable, closure);
	ZVAL_UNDEF(result);
	zend_fcall_info fci = {.size = sizeof(fci), .retval = result, .params = argument, .param_count = 1};
	ZVAL_COPY_VALUE(&fci.function_name, &callable);
	zend_call_function(&fci, NULL);
	zval_ptr_dtor(&callable);
	return !EG(exception) && Z_TYPE_P(result) != IS_UNDEF;
}

/* The judge's exception about a returned value. @return owned, NULL = the value means success (or the process is ending) */
static zend_object *ask_judge(sophmate_flight *flight, zval *returned)
{
	zval verdict;

	if (flight->engine == NULL || Z_TYPE(flight->engine->judge) != IS_OBJECT) {
		return NULL;
	}
	if (!call_closure(&flight->engine->judge, returned, &verdict)) {
		return sophmate_take_exception();
	}
	if (Z_TYPE(verdict) == IS_OBJECT && instanceof_function(Z_OBJCE(verdict), zend_ce_throwable)) {
		return Z_OBJ(verdict);
	}
	if (Z_TYPE(verdict) != IS_NULL) {
		zval_ptr_dtor(&verdict);
		zend_throw_error(zend_ce_type_error, "The judge must return a Throwable or null");
		return sophmate_take_exception();
	}
	return NULL;
}

static zval *step_closure(sophmate_flight *flight, const sm_call *call, bool probe)
{
	if (flight->workflow != NULL && call->workflow == flight->workflow && flight->once_run != NULL) {
		return probe ? flight->once_probe : flight->once_run;
	}
	zend_object *step = sophmate_registry_step(call->workflow, call->step);
	return probe ? sophmate_step_probe(step) : sophmate_step_run(step);
}

static bool make_attempt(sophmate_flight *flight, const sm_call *call, zval *out)
{
	const sm_step_state *s = sm_run_step(&call->history->run);
	sm_step_row row = s->row;
	zend_object *attempt = sophmate_attempt_new(flight, call->key, call->step->name, call->attempt, &row);

	if (attempt == NULL) {
		return false;
	}
	ZVAL_OBJ(out, attempt);
	return true;
}

static bool is_child(const sophmate_flight *flight)
{
	return flight->pid != getpid();
}

static sm_status refuse_child(void)
{
	sophmate_throw_class(sophmate_ce_InvalidState, "A forked child may report nothing about an attempt that began in its parent");
	return SM_E_ABORTED;
}

/* No exception is pending but one that ends the process or, in a child, its own. */
static sm_status leave_step(sophmate_flight *flight)
{
	flight->inside = false;
	if (EG(exception)) {
		return SM_E_ABORTED;
	}
	return is_child(flight) ? refuse_child() : SM_OK;
}

static sm_status run_step(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	sophmate_flight *flight = ctx;
	zend_object *exception = NULL;
	zval attempt, returned;

	(void)arena;
	(void)e;
	if (flight->step != NULL) {
		zend_string_release(flight->step);
	}
	flight->step = zend_string_init(call->step->name.p, call->step->name.n, 0);
	flight->attempt = call->attempt;
	flight->deadline_us = call->deadline_us;
	memset(&flight->report, 0, sizeof(flight->report));
	if (!make_attempt(flight, call, &attempt)) {
		/* the input cannot be read: nothing was sent */
		exception = sophmate_take_exception();
		if (exception == NULL) {
			return SM_E_ABORTED;
		}
		sophmate_outcome_thrown(flight, exception, out);
		out->kind = SM_OUTCOME_NOT_DONE;
		out->failure_class = SM_CLASS_MISSING_INPUT;
		return SM_OK;
	}
	flight->acting = true;
	flight->inside = true;
	bool returns = call_closure(step_closure(flight, call, false), &attempt, &returned);
	if (!is_child(flight)) {
		exception = returns ? ask_judge(flight, &returned) : sophmate_take_exception();
	}
	/* what runs from here, destructors and jsonSerialize(), is still inside the step */
	zval_ptr_dtor(&attempt);
	if (sophmate_is_ending() || is_child(flight)) {
		zval_ptr_dtor(&returned);
		if (exception != NULL) {
			OBJ_RELEASE(exception);
		}
		return leave_step(flight);
	}
	note_late(flight);
	if (exception != NULL) {
		zval_ptr_dtor(&returned);
		note_late(flight);
		sophmate_outcome_thrown(flight, exception, out);
	} else if (Z_TYPE(returned) == IS_UNDEF) {
		/* nothing came back and nothing is pending: the engine is being torn down */
		flight->inside = false;
		return SM_E_ABORTED;
	} else {
		if (Z_ISREF(returned)) {
			zend_unwrap_reference(&returned);
		}
		sophmate_outcome_done(flight, &returned, out);
	}
	return leave_step(flight);
}

static sm_status ask_step_probe(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	sophmate_flight *flight = ctx;
	zend_object *exception;
	zval attempt, answer;

	(void)e;
	memset(out, 0, sizeof(*out));
	out->kind = SM_ANSWER_UNKNOWN;
	flight->deadline_us = call->deadline_us;
	if (!make_attempt(flight, call, &attempt)) {
		exception = sophmate_take_exception();
		if (exception == NULL) {
			return SM_E_ABORTED;
		}
		OBJ_RELEASE(exception);
		return SM_OK;
	}
	flight->inside = true;
	bool returns = call_closure(step_closure(flight, call, true), &attempt, &answer);
	zval_ptr_dtor(&attempt);
	flight->inside = false;
	if (is_child(flight)) {
		zval_ptr_dtor(&answer);
		return EG(exception) ? SM_E_ABORTED : refuse_child();
	}
	if (returns && !EG(exception) && Z_TYPE(answer) == IS_OBJECT && Z_OBJCE(answer) == sophmate_ce_Answer) {
		returns = sophmate_answer_read(Z_OBJ(answer), arena, out);
	}
	zval_ptr_dtor(&answer);
	if (EG(exception)) {
		exception = sophmate_take_exception();
		if (exception == NULL) {
			return SM_E_ABORTED;
		}
		OBJ_RELEASE(exception);
		memset(out, 0, sizeof(*out));
		out->kind = SM_ANSWER_UNKNOWN;
	}
	return SM_OK;
}

static bool is_stopped(void *ctx, sm_bytes workflow, sm_bytes category)
{
	(void)ctx;
	(void)workflow;
	(void)category;
	return sophmate_stop_file();
}

static const sm_workflow *find_workflow(void *ctx, sm_bytes name)
{
	sophmate_flight *flight = ctx;

	return flight->engine != NULL ? sophmate_registry_find(flight->engine, name) : NULL;
}

const sm_effects sophmate_effects = {run_step, ask_step_probe, is_stopped, find_workflow, NULL};
