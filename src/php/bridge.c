#include "bridge.h"

bool sophmate_is_ending(void)
{
	return EG(exception) != NULL && (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception)));
}

zend_object *sophmate_take_exception(void)
{
	zend_object *exception = EG(exception);

	if (exception == NULL || sophmate_is_ending()) {
		return NULL;
	}
	GC_ADDREF(exception);
	zend_clear_exception();
	return exception;
}

void sophmate_drop_exception(void)
{
	zend_object *exception;

	while ((exception = sophmate_take_exception()) != NULL) {
		OBJ_RELEASE(exception);
	}
}

static void keep_failure(sophmate_link *link, zend_object *exception)
{
	zend_object *old = link->failure;

	link->failure = exception;
	if (old != NULL) {
		OBJ_RELEASE(old);
		sophmate_drop_exception();
	}
}

static bool is_child(const sophmate_link *link)
{
	return UNEXPECTED(link->pid != getpid());
}

/* A callback forked, and the child came back into the middle of its parent's call. */
sm_status sophmate_refuse_child(void)
{
	if (!EG(exception)) {
		sophmate_throw_class(sophmate_ce_InvalidState, "A forked child may not go on with a call that its parent began");
	}
	return SM_E_ABORTED;
}

/* Calls a method of the store. @return SM_OK, SM_E_STORE (it threw; kept), SM_E_ABORTED */
static sm_status call_store(sophmate_link *link, zend_function *method, zval *result, uint32_t argc, zval *argv, sm_error *e)
{
	zend_object *store = link->store;

	ZVAL_UNDEF(result);
	if (EG(exception)) {
		return SM_E_ABORTED;
	}
	if (is_child(link)) {
		return sophmate_refuse_child(); /* the connection is the parent's */
	}
	if (UNEXPECTED(link->busy)) {
		return sm_fail(e, SM_E_STORE, "The store is in the middle of another call: a fiber is suspended in it");
	}
	GC_ADDREF(store);
	link->busy = true;
	zend_call_known_function(method, store, store->ce, result, argc, argv, NULL);
	link->busy = false;
	OBJ_RELEASE(store);
	if (is_child(link)) {
		zval_ptr_dtor(result);
		ZVAL_UNDEF(result);
		return sophmate_refuse_child();
	}
	if (EXPECTED(!EG(exception))) {
		return SM_OK;
	}
	zval_ptr_dtor(result);
	ZVAL_UNDEF(result);
	zend_object *exception = sophmate_take_exception();
	if (exception == NULL) {
		return SM_E_ABORTED;
	}
	keep_failure(link, exception);
	return sm_fail(e, SM_E_STORE, "The store's %s() threw %s", ZSTR_VAL(method->common.function_name), ZSTR_VAL(exception->ce->name));
}

static void statement_to_args(const sm_statement *st, zval argv[2])
{
	ZVAL_STRINGL(&argv[0], st->sql.p, st->sql.n);
	array_init_size(&argv[1], (uint32_t)st->n_params);
	zend_hash_real_init_packed(Z_ARRVAL(argv[1]));
	for (size_t i = 0; i < st->n_params; i++) {
		const sm_value *v = &st->params[i];
		zval param;

		switch (v->kind) {
		case SM_V_NULL:
			ZVAL_NULL(&param);
			break;
		case SM_V_INT:
			ZVAL_LONG(&param, (zend_long)v->i);
			break;
		case SM_V_STR:
			ZVAL_STRINGL(&param, v->s.n ? v->s.p : "", v->s.n);
			break;
		}
		zend_hash_next_index_insert_new(Z_ARRVAL(argv[1]), &param);
	}
}

static sm_status store_call(sophmate_link *link, zend_function *method, const sm_statement *st, zval *result, sm_error *e)
{
	zval argv[2];
	sm_status status;

	statement_to_args(st, argv);
	status = call_store(link, method, result, 2, argv, e);
	zval_ptr_dtor(&argv[0]);
	zval_ptr_dtor(&argv[1]);
	return status;
}

static sm_status bridge_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	sophmate_link *link = ctx;
	zval result;
	sm_status status = store_call(link, link->write, st, &result, e);

	*changed = 0;
	if (status == SM_E_STORE && link->failure != NULL && instanceof_function(link->failure->ce, sophmate_ce_StoreError)) {
		return SM_E_NOT_SENT; /* the store says so itself */
	}
	if (status != SM_OK) {
		return status;
	}
	if (Z_TYPE(result) != IS_LONG || Z_LVAL(result) < 0) {
		status = sm_fail(e, SM_E_STORE, "The store's write() must return the number of rows, 0 or more");
	} else {
		*changed = Z_LVAL(result);
	}
	zval_ptr_dtor(&result);
	return status;
}

static sm_status take_cell(const zval *value, sm_arena *arena, const char *column, sm_value *out, sm_error *e)
{
	switch (Z_TYPE_P(value)) {
	case IS_NULL:
		*out = sm_v_null;
		return SM_OK;
	case IS_LONG:
		*out = sm_v_int(Z_LVAL_P(value));
		return SM_OK;
	case IS_STRING:
		*out = sm_v_str((sm_bytes){NULL, 0});
		return sm_arena_dup(arena, sophmate_bytes(Z_STR_P(value)), &out->s);
	default:
		return sm_fail(e, SM_E_STORE, "The store's read() gave %s for column \"%s\"; int, string or null is expected", zend_zval_type_name(value), column);
	}
}

static sm_status take_rows(zval *result, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	zval *row;
	size_t i = 0;

	if (Z_TYPE_P(result) != IS_ARRAY) {
		return sm_fail(e, SM_E_STORE, "The store's read() must return an array of rows");
	}
	rows->n_columns = st->n_columns;
	rows->cells = sm_arena_alloc(arena, (size_t)zend_hash_num_elements(Z_ARRVAL_P(result)) * st->n_columns, sizeof(sm_value));
	if (rows->cells == NULL) {
		return SM_E_NOMEM;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(result), row) {
		ZVAL_DEREF(row);
		if (Z_TYPE_P(row) != IS_ARRAY) {
			return sm_fail(e, SM_E_STORE, "Row %zu of the store's read() is %s; an array by column name is expected", i, zend_zval_type_name(row));
		}
		for (size_t c = 0; c < st->n_columns; c++) {
			zval *cell = zend_hash_str_find_deref(Z_ARRVAL_P(row), st->columns[c], strlen(st->columns[c]));
			if (cell == NULL) {
				return sm_fail(e, SM_E_STORE, "Row %zu of the store's read() has no column \"%s\"", i, st->columns[c]);
			}
			sm_status status = take_cell(cell, arena, st->columns[c], &rows->cells[i * st->n_columns + c], e);
			if (status != SM_OK) {
				return status;
			}
		}
		i++;
	} ZEND_HASH_FOREACH_END();
	rows->n_rows = i;
	return SM_OK;
}

static sm_status bridge_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	sophmate_link *link = ctx;
	zval result;
	sm_status status = store_call(link, link->read, st, &result, e);

	*rows = (sm_rows){NULL, 0, st->n_columns};
	if (status != SM_OK) {
		return status;
	}
	status = take_rows(&result, st, arena, rows, e);
	zval_ptr_dtor(&result);
	sophmate_drop_exception(); /* of an object where a value should have been */
	return status;
}

static sm_status bridge_reset(void *ctx, sm_error *e)
{
	sophmate_link *link = ctx;
	zval result;
	sm_status status = call_store(link, link->reset, &result, 0, NULL, e);

	zval_ptr_dtor(&result);
	return status;
}

static sm_status bridge_environment(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	enum { ENVIRONMENT_MAX = 500 };
	sophmate_link *link = ctx;
	zval result;
	sm_status status = call_store(link, link->environment, &result, 0, NULL, e);

	if (status != SM_OK) {
		return status;
	}
	if (Z_TYPE(result) != IS_STRING || Z_STRLEN(result) == 0 || Z_STRLEN(result) > ENVIRONMENT_MAX || !sm_utf8_valid(sophmate_bytes(Z_STR(result)))) {
		status = sm_fail(e, SM_E_STORE, "The store's environment() must return 1 to %d bytes of UTF-8", ENVIRONMENT_MAX);
	} else {
		status = sm_arena_dup(arena, sophmate_bytes(Z_STR(result)), out);
	}
	zval_ptr_dtor(&result);
	return status;
}

static zend_function *method_of(zend_object *store, const char *name)
{
	return zend_hash_str_find_ptr(&store->ce->function_table, name, strlen(name));
}

/* dialect() or tablePrefix(), with the types that the interface declares */
static bool ask(zend_object *store, const char *name, zval *result)
{
	ZVAL_UNDEF(result);
	zend_call_known_function(method_of(store, name), store, store->ce, result, 0, NULL, NULL);
	if (EG(exception)) {
		zval_ptr_dtor(result);
		return false;
	}
	return true;
}

/* One list of a store that is a Redaction; its strings live as long as the journal. */
static bool take_words(sm_arena *arena, zval *list, const char *method, const sm_bytes **out, size_t *n)
{
	sm_bytes *words;
	zval *word;

	*n = 0;
	if (zend_hash_num_elements(Z_ARRVAL_P(list)) > SM_REDACT_NAMES_MAX) {
		sophmate_throw_limit(method, "words", SM_REDACT_NAMES_MAX, zend_hash_num_elements(Z_ARRVAL_P(list)));
		return false;
	}
	words = SM_NEW(arena, sm_bytes, zend_hash_num_elements(Z_ARRVAL_P(list)));
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), word) {
		ZVAL_DEREF(word);
		if (Z_TYPE_P(word) != IS_STRING) {
			sophmate_throw_class(sophmate_ce_InvalidArgument, "The store's %s must return a list of strings, got %s in it", method, zend_zval_type_name(word));
			return false;
		}
		if (sm_arena_dup(arena, sophmate_bytes(Z_STR_P(word)), &words[*n]) != SM_OK) {
			return false;
		}
		++*n;
	} ZEND_HASH_FOREACH_END();
	*out = words;
	return true;
}

/* What the store says must never be written. @return false with an exception pending */
static bool take_redaction(sophmate_link *link, zend_object *store)
{
	sm_redaction *r = &link->journal.redaction;
	zval names, secrets;
	bool good = ask(store, "redactednames", &names);

	if (good && (good = ask(store, "secrets", &secrets))) {
		good = take_words(&link->journal.arena, &names, "redactedNames()", &r->names, &r->n_names) &&
			take_words(&link->journal.arena, &secrets, "secrets()", &r->secrets, &r->n_secrets);
		zval_ptr_dtor(&secrets);
	}
	if (Z_TYPE(names) == IS_ARRAY) {
		zval_ptr_dtor(&names);
	}
	return good;
}

bool sophmate_link_init(sophmate_link *link, zend_object *store)
{
	sm_store vtable = {.write = bridge_write, .read = bridge_read, .reset = bridge_reset, .environment = bridge_environment, .ctx = link};
	sm_settings settings = sophmate_settings();
	sm_error e = {{0}, NULL, 0, 0, 0};
	zval dialect, prefix;

	memset(link, 0, sizeof(*link));
	link->busy = true; /* the store may find the object that is being made, and use it */
	bool asked = ask(store, "dialect", &dialect);
	if (!asked) {
		link->busy = false;
		return false;
	}
	vtable.dialect = zend_string_equals_literal(Z_STR_P(zend_enum_fetch_case_value(Z_OBJ(dialect))), "sqlite") ? SM_SQLITE : SM_MYSQL;
	zval_ptr_dtor(&dialect);
	asked = ask(store, "tableprefix", &prefix);
	link->busy = false;
	if (!asked) {
		return false;
	}
	vtable.prefix = sophmate_bytes(Z_STR(prefix));
	sm_status status = sm_journal_init(&link->journal, &vtable, &sm_host_system, &settings, &sophmate_alloc, &e);
	zval_ptr_dtor(&prefix);
	if (status != SM_OK) {
		sm_journal_free(&link->journal);
		sophmate_throw(status, &e);
		return false;
	}
	if (instanceof_function(store->ce, sophmate_ce_Redaction)) {
		link->busy = true;
		asked = take_redaction(link, store);
		link->busy = false;
		if (!asked) {
			sm_journal_free(&link->journal);
			return false;
		}
	}
	link->store = store;
	GC_ADDREF(store);
	link->write = method_of(store, "write");
	link->read = method_of(store, "read");
	link->reset = method_of(store, "reset");
	link->environment = method_of(store, "environment");
	link->pid = getpid();
	link->ready = true;
	link->self = &SOPHMATE_G(links);
	link->next = SOPHMATE_G(links);
	if (link->next != NULL) {
		link->next->self = &link->next;
	}
	SOPHMATE_G(links) = link;
	return true;
}

void sophmate_link_free(sophmate_link *link)
{
	if (!link->ready) {
		return;
	}
	link->ready = false;
	*link->self = link->next;
	if (link->next != NULL) {
		link->next->self = link->self;
	}
	sm_journal_free(&link->journal);
	if (link->failure != NULL) {
		OBJ_RELEASE(link->failure);
	}
	OBJ_RELEASE(link->store);
}

/* In a child: the connection is the parent's, and one that both use would mix their statements. */
static bool leave_parent(sophmate_link *link)
{
	sm_error e = {{0}, NULL, 0, 0, 0};
	pid_t parent = link->pid;

	link->pid = getpid();
	sm_status status = bridge_reset(link, &e);
	if (status != SM_OK) {
		link->pid = parent; /* not used before a reset has come back */
		sophmate_link_leave(link, status, &e);
		return false;
	}
	if (link->ended != NULL) {
		zend_hash_clean(link->ended);
	}
	return !EG(exception);
}

bool sophmate_link_enter(sophmate_link *link)
{
	if (!link->ready) {
		zend_throw_error(NULL, "The object was not constructed");
		return false;
	}
	if (link->busy) {
		sophmate_throw_class(sophmate_ce_InvalidState, "The store is in the middle of another call of this object: it called back, or a fiber is suspended in it");
		return false;
	}
	return !is_child(link) || leave_parent(link);
}

bool sophmate_link_leave(sophmate_link *link, sm_status status, const sm_error *error)
{
	zend_object *failure = link->failure;

	link->failure = NULL;
	if (status == SM_OK || EG(exception)) {
		bool good = !EG(exception);
		if (failure != NULL) {
			OBJ_RELEASE(failure);
			if (good) {
				sophmate_drop_exception(); /* the call is a success: a failure that was overcome does not spoil it by its destructor */
			}
		}
		return !EG(exception);
	}
	sophmate_throw(status, error);
	if (failure != NULL) {
		zend_exception_set_previous(EG(exception), failure);
	}
	return false;
}
