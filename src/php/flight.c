#include "flight.h"

#include "registry.h"
#include "zend_fibers.h"

/* registered nowhere: no PHP code can name it */
static zend_class_entry flight_ce;
static zend_object_handlers handlers;

static sophmate_flight *from(zend_object *object)
{
	return (sophmate_flight *)((char *)object - offsetof(sophmate_flight, std));
}

static void unlist(sophmate_flight *flight)
{
	if (flight->listed) {
		*flight->self = flight->next;
		if (flight->next != NULL) {
			flight->next->self = flight->self;
		}
		flight->listed = false;
	}
}

static void free_object(zend_object *object)
{
	sophmate_flight *flight = from(object);

	unlist(flight);
	if (flight->thrown != NULL) {
		OBJ_RELEASE(flight->thrown);
	}
	zval_ptr_dtor(&flight->result);
	if (flight->step != NULL) {
		zend_string_release(flight->step);
	}
	sophmate_record_release(flight->record);
	OBJ_RELEASE(flight->owner);
	zend_object_std_dtor(object);
}

static HashTable *get_gc(zend_object *object, zval **table, int *n)
{
	sophmate_flight *flight = from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	zend_get_gc_buffer_add_obj(buffer, flight->owner);
	zend_get_gc_buffer_add_zval(buffer, &flight->result);
	if (flight->thrown != NULL) {
		zend_get_gc_buffer_add_obj(buffer, flight->thrown);
	}
	zend_get_gc_buffer_use(buffer, table, n);
	return NULL;
}

void sophmate_flight_minit(void)
{
	INIT_CLASS_ENTRY(flight_ce, "SophMate\\Flight", NULL);
	handlers = std_object_handlers;
	handlers.offset = offsetof(sophmate_flight, std);
	handlers.free_obj = free_object;
	handlers.clone_obj = NULL;
	handlers.get_gc = get_gc;
}

static void *record_alloc(void *ctx, size_t n)
{
	sophmate_record *record = ctx;

	record->bytes += n;
	return sophmate_alloc.alloc(sophmate_alloc.ctx, n);
}

static sophmate_record *record_new(void)
{
	sophmate_record *record = ecalloc(1, sizeof(*record));

	record->refcount = 1;
	record->bytes = sizeof(*record);
	record->alloc = (sm_alloc){record_alloc, sophmate_alloc.release, record};
	sm_arena_init(&record->arena, &record->alloc);
	return record;
}

sophmate_flight *sophmate_flight_new(zend_object *owner, sophmate_link *link, sophmate_engine *engine)
{
	sophmate_flight *flight = zend_object_alloc(sizeof(*flight), &flight_ce);

	memset(flight, 0, offsetof(sophmate_flight, std));
	zend_object_std_init(&flight->std, &flight_ce);
	flight->std.handlers = &handlers;
	flight->owner = owner;
	GC_ADDREF(owner);
	flight->link = link;
	flight->engine = engine;
	flight->pid = getpid();
	flight->fiber = EG(active_fiber);
	ZVAL_UNDEF(&flight->result);
	flight->record = record_new();
	flight->effects = sophmate_effects;
	flight->effects.ctx = flight;
	flight->drive = (sm_drive){&link->journal, &flight->effects};
	return flight;
}

void sophmate_record_release(sophmate_record *record)
{
	if (--record->refcount == 0) {
		sm_arena_free(&record->arena);
		efree(record);
	}
}

void sophmate_flight_enter(sophmate_flight *flight)
{
	sophmate_shutdown_register();
	flight->pid = getpid();
	sophmate_flight_hold(flight);
	flight->listed = true;
	flight->self = &SOPHMATE_G(flights);
	flight->next = SOPHMATE_G(flights);
	if (flight->next != NULL) {
		flight->next->self = &flight->next;
	}
	SOPHMATE_G(flights) = flight;
}

void sophmate_flight_leave(sophmate_flight *flight, sm_status status)
{
	flight->inside = false;
	if (!flight->listed) {
		return; /* its fiber outlived the shutdown function, which has let go of it */
	}
	if (status == SM_E_ABORTED && flight->acting && flight->pid == getpid()) {
		return; /* the shutdown function records the attempt, and releases the flight */
	}
	sophmate_flight_drop(flight);
}

void sophmate_flight_drop(sophmate_flight *flight)
{
	unlist(flight);
	flight->acting = false;
	sophmate_flight_release(flight);
}

/* The newest flight whose callable runs in this fiber; fiber is NULL for the main program. */
static sophmate_flight *flight_in(const zend_fiber *fiber)
{
	sophmate_flight *flight = SOPHMATE_G(flights);

	while (flight != NULL && !(flight->inside && flight->fiber == fiber && flight->pid == getpid())) {
		flight = flight->next;
	}
	return flight;
}

sophmate_flight *sophmate_flight_current(void)
{
	zend_fiber *fiber = EG(active_fiber);
	sophmate_flight *flight = flight_in(fiber);

	/* A fiber that a step resumed runs inside that step. */
	while (flight == NULL && fiber != NULL) {
		fiber = fiber->caller != NULL && fiber->caller->kind == zend_ce_fiber ? zend_fiber_from_context(fiber->caller) : NULL;
		flight = flight_in(fiber);
	}
	return flight;
}

bool sophmate_outside_steps(const char *what)
{
	sophmate_flight *flight = sophmate_flight_current();

	if (flight == NULL) {
		return true;
	}
	sophmate_throw_class(sophmate_ce_InvalidState, "%s is not allowed inside a step (run %s, step \"%s\"); once, claim, start of another run, find and hold are",
		what, flight->record->h.stream, flight->step != NULL ? ZSTR_VAL(flight->step) : "");
	return false;
}

bool sophmate_stop_file(void)
{
	const char *dir = SOPHMATE_G(state_dir);
	char path[MAXPATHLEN];

	if (dir == NULL || dir[0] == '\0') {
		return false;
	}
	int n = snprintf(path, sizeof(path), "%s/hold", dir);
	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* ---- values ---- */

/* The refusal of a value says where in it something stands; which argument the value is, is said here. */
static void name_argument(const char *what)
{
	if (EG(exception) != NULL && (EG(exception)->ce == sophmate_ce_InvalidArgument || EG(exception)->ce == sophmate_ce_LimitExceeded)) {
		zval rv, *message = zend_read_property_ex(zend_ce_exception, EG(exception), ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &rv), named;

		ZVAL_STR(&named, zend_strpprintf(0, "%s: %s", what, Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : ""));
		zend_update_property_ex(zend_ce_exception, EG(exception), ZSTR_KNOWN(ZEND_STR_MESSAGE), &named);
		zval_ptr_dtor(&named);
	}
}

bool sophmate_canonical_in(sm_arena *arena, const char *what, zval *value, size_t max, sm_bytes *out)
{
	sm_arena scratch; /* what a growing buffer leaves behind goes at once: `arena` may live as long as the request */
	sm_buf b;

	sm_arena_init(&scratch, &sophmate_alloc);
	sm_buf_init(&b, &scratch, max);
	bool good = sophmate_canonical_put(&b, value);
	if (good) {
		good = sm_arena_dup(arena, sm_buf_bytes(&b), out) == SM_OK;
	} else {
		name_argument(what);
		sophmate_canonical_full(what, &b);
	}
	sm_arena_free(&scratch);
	return good;
}

bool sophmate_output(const sm_history *h, const zend_string *step, zval *out)
{
	sm_error e = {{0}, NULL, 0, 0, 0};
	sm_bytes text;
	sm_status status = sm_history_output(h, sophmate_bytes(step), &text, &e);

	if (status == SM_OK) {
		return sophmate_canonical_read(out, text);
	}
	/* the core says: step "name" does not exist ... */
	sophmate_throw_class(status == SM_E_LIMIT ? sophmate_ce_OutputNotStored : sophmate_ce_InvalidArgument, "Run %s: %s%s", h->stream,
		status == SM_E_LIMIT ? "" : "$", e.message);
	return false;
}

/* ---- the end of a call ---- */

bool sophmate_flight_done(sophmate_flight *flight, sm_status status, const sm_error *error)
{
	zval value;

	if (status == SM_E_STORE && flight->progress.acted) {
		/* "no write was tried" is true of the outcome alone: the effect had its start stored, and ran */
		status = SM_E_UNCERTAIN;
	}
	if (sophmate_link_leave(flight->link, status, error)) {
		return true;
	}
	if (sophmate_is_ending() || status == SM_OK || !instanceof_function(EG(exception)->ce, sophmate_ce_Exception)) {
		return false;
	}
	ZVAL_STRING(&value, flight->record->h.stream);
	sophmate_exception_set(EG(exception), "runId", &value);
	zval_ptr_dtor(&value);
	if (flight->progress.acted) {
		zend_update_property_bool(sophmate_ce_Exception, EG(exception), ZEND_STRL("mayHaveHappened"), true);
	}
	if (flight->thrown != NULL) {
		/* behind what the store threw */
		zend_exception_set_previous(EG(exception), flight->thrown);
		flight->thrown = NULL;
	}
	return false;
}
