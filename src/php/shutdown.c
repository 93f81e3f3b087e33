/* What survives the end of a request is recorded at once: an appended shutdown function writes "may have happened" for every attempt
 * that was cut short by exit, an uncaught error, the memory limit or a time-out. It is a hurry-up: without it the lease does the same. */
#include "flight.h"
#include "php_globals.h"
#include "zend_closures.h"

enum { BUDGET_US = 1500000, EXTRA_MEMORY = 4 << 20 };

/* The last error, where it is one that ends a process: an old warning is not why. */
static const char *why_it_ended(void)
{
	const int fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	return PG(last_error_message) != NULL && (PG(last_error_type) & fatal) ? ZSTR_VAL(PG(last_error_message)) : "the process ended inside the step";
}

static void record(sophmate_flight *flight, int64_t deadline)
{
	sm_host host = sm_host_system;
	sm_error e = {{0}, NULL, 0, 0, 0};
	sm_outcome outcome;
	sm_history h;
	sm_arena arena;

	if (host.boot_us(host.ctx) > deadline || EG(exception)) {
		return;
	}
	/* the flight's own history may have been left in the middle of a change by a longjmp */
	sm_arena_init(&arena, &sophmate_alloc);
	sm_history_init(&h, &arena, flight->record->h.stream);
	sophmate_outcome_ambiguous(&arena, "fatal", sm_cstr(why_it_ended()), &outcome);
	sm_bytes step = sophmate_bytes(flight->step);
	int sends = flight->link->journal.sends;
	flight->link->journal.sends = 1;
	(void)sm_drive_record(&flight->drive, &h, step, flight->attempt, &outcome, &e);
	flight->link->journal.sends = sends; /* later shutdown functions may use the engine */
	sm_arena_free(&arena);
	sophmate_drop_exception();
}

static void clear_links(void)
{
	for (sophmate_link *link = SOPHMATE_G(links); link != NULL; link = link->next) {
		link->busy = false; /* a longjmp may have left it set */
	}
}

static ZEND_FUNCTION(sophmate_shutdown)
{
	int64_t deadline = sm_host_system.boot_us(sm_host_system.ctx) + BUDGET_US;
	size_t memory = (size_t)PG(memory_limit);
	sophmate_flight *flight;

	ZEND_PARSE_PARAMETERS_NONE();
	clear_links();
	if (SOPHMATE_G(flights) == NULL) {
		return;
	}
	if (PG(memory_limit) > 0) {
		zend_set_memory_limit(zend_memory_usage(true) + EXTRA_MEMORY > memory ? zend_memory_usage(true) + EXTRA_MEMORY : memory);
	}
	while ((flight = SOPHMATE_G(flights)) != NULL) {
		sm_error e;
		if (flight->acting && flight->pid == getpid() && flight->step != NULL && flight->link->ready) {
			/* the connection may be in the middle of a query */
			(void)flight->link->journal.store.reset(flight->link->journal.store.ctx, &e);
			record(flight, deadline);
		}
		sophmate_flight_drop(flight);
	}
	if (PG(memory_limit) > 0) {
		zend_set_memory_limit(memory);
	}
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_shutdown, 0, 0, 0)
ZEND_END_ARG_INFO()

void sophmate_shutdown_register(void)
{
	zend_internal_function function;
	zval callable, name, result, *registrar;

	if (SOPHMATE_G(shutdown_registered)) {
		return;
	}
	registrar = zend_hash_str_find(CG(function_table), ZEND_STRL("register_shutdown_function"));
	if (registrar == NULL) {
		return; /* disabled by the administrator: the lease records */
	}
	SOPHMATE_G(shutdown_registered) = true;
	memset(&function, 0, sizeof(function));
	function.type = ZEND_INTERNAL_FUNCTION;
	function.handler = zif_sophmate_shutdown;
	function.function_name = zend_string_init_interned(ZEND_STRL("SophMate\\shutdown"), 0);
	function.arg_info = (zend_internal_arg_info *)arginfo_shutdown + 1;
	function.module = &sophmate_module_entry;
	zend_create_closure(&callable, (zend_function *)&function, NULL, NULL, NULL);
	ZVAL_STRING(&name, "register_shutdown_function");
	ZVAL_UNDEF(&result);
	zend_fcall_info fci = {.size = sizeof(fci), .retval = &result, .params = &callable, .param_count = 1};
	ZVAL_COPY_VALUE(&fci.function_name, &name);
	zend_call_function(&fci, NULL);
	zval_ptr_dtor(&result);
	zval_ptr_dtor(&name);
	zval_ptr_dtor(&callable);
}
