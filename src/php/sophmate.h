/* What the files of the binding share: class entries, object helpers, error mapping, canonical JSON of PHP values.
 * Only this folder knows Zend. */
#ifndef SOPHMATE_H
#define SOPHMATE_H

#include "compat.h"
#include "php_sophmate.h"
/* zend_add_parameter_attribute() of generated code looks up methods that are there */
#if defined(__GNUC__) && !defined(__clang__)
# pragma GCC diagnostic push
# pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include "zend_attributes.h"
#if defined(__GNUC__) && !defined(__clang__)
# pragma GCC diagnostic pop
#endif
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

#include "src/core/flow.h"

/* ---- classes ---- */

extern zend_class_entry *sophmate_ce_Effect, *sophmate_ce_Repeat, *sophmate_ce_RunState, *sophmate_ce_StepState,
	*sophmate_ce_ClaimState, *sophmate_ce_FailureClass, *sophmate_ce_Dialect;
extern zend_class_entry *sophmate_ce_Exception, *sophmate_ce_Conflict, *sophmate_ce_InProgress, *sophmate_ce_OutcomeUnknown,
	*sophmate_ce_Held, *sophmate_ce_EffectRefused, *sophmate_ce_OutputNotStored, *sophmate_ce_DefinitionError,
	*sophmate_ce_InvalidArgument, *sophmate_ce_InvalidState, *sophmate_ce_LimitExceeded, *sophmate_ce_SchemaError,
	*sophmate_ce_IdentityMismatch, *sophmate_ce_StoreError, *sophmate_ce_StoreUncertain, *sophmate_ce_IllegalHistory,
	*sophmate_ce_NotDone;
extern zend_class_entry *sophmate_ce_Workflow, *sophmate_ce_Step, *sophmate_ce_Retry, *sophmate_ce_Answer, *sophmate_ce_Store, *sophmate_ce_Redaction;
extern zend_class_entry *sophmate_ce_Engine, *sophmate_ce_Run, *sophmate_ce_Attempt, *sophmate_ce_IdempotencyKeys, *sophmate_ce_Claim;

/* Each registers the classes of one file; called once, from MINIT, in the order of sophmate.c. */
void sophmate_enums_minit(void);
void sophmate_errors_minit(void);
void sophmate_retry_minit(void);
void sophmate_step_minit(void);
void sophmate_workflow_minit(void);
void sophmate_answer_minit(void);
void sophmate_store_minit(void);
void sophmate_schema_minit(void);
void sophmate_kill_switches_minit(void);
void sophmate_audit_log_minit(void);

/* ---- objects ---- */

/** Makes ce a value class: plain declared properties, no clone. */
void sophmate_value_class(zend_class_entry *ce);
/** As sophmate_value_class, for classes that only the extension makes: `new` is refused. */
void sophmate_made_class(zend_class_entry *ce);
/** get_constructor of classes that only the extension makes: throws. */
zend_function *sophmate_no_constructor(zend_object *object);
/** A new object of a class made with one of the two above, its properties unset. */
zend_object *sophmate_object_new(zend_class_entry *ce);
/** Throws unless the object's first property is unset: a constructor runs once. @return false when it threw */
bool sophmate_first_construction(zend_object *object);

/* ---- errors ---- */

/** Throws the class that belongs to the status, with error->message. With an exception pending (SM_E_ABORTED, or one that
 *  a callback left) it does nothing. */
void sophmate_throw(sm_status status, const sm_error *error);
/** @return status == SM_OK; else throws */
static zend_always_inline bool sophmate_ok(sm_status status, const sm_error *error)
{
	if (EXPECTED(status == SM_OK)) {
		return true;
	}
	sophmate_throw(status, error);
	return false;
}
/** Throws ce with a printf message. */
ZEND_COLD void sophmate_throw_class(zend_class_entry *ce, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
/** Throws LimitExceeded. `what` names the argument, `limit` the limit. */
ZEND_COLD void sophmate_throw_limit(const char *what, const char *limit, zend_long value, zend_long got);
/** Sets a declared property of a thrown exception that its constructor left at its neutral value. */
void sophmate_exception_set(zend_object *exception, const char *name, zval *value);

/** A failure's name as it may stand in clear: what the pattern does not allow becomes an underscore, what is too long is cut. given is not empty. */
zend_string *sophmate_failure_name(const zend_string *given);
/** Seconds inside NotDone's limits; not NAN. */
double sophmate_retry_after(double seconds);

/* ---- arguments ---- */

enum {
	SOPHMATE_MS_MIN = 100,               /* least value of an ini setting and of a declared grace, milliseconds */
	SOPHMATE_GRACE_MAX_MS = 604800000,   /* 7 days */
	SOPHMATE_KEY_WINDOW_MAX = 316224000, /* seconds: 3,660 days */
	SOPHMATE_WHO_MAX = 190,              /* bytes of `by` and of ids of other systems */
	SOPHMATE_TEXT_MAX = 4096             /* bytes of a reason, evidence, note */
};

static zend_always_inline sm_bytes sophmate_bytes(const zend_string *s)
{
	return (sm_bytes){ZSTR_VAL(s), ZSTR_LEN(s)};
}
/** A name by FORMATS' pattern; else throws ce naming `what`. */
bool sophmate_check_name(zend_class_entry *ce, const char *what, const zend_string *name);
/** 1 to max bytes of UTF-8; else throws ce naming `what`, the limit and what came. */
bool sophmate_check_text(zend_class_entry *ce, const char *what, const zend_string *text, size_t max);
/** A finite number from min to max; else throws ce. */
bool sophmate_check_seconds(zend_class_entry *ce, const char *what, double seconds, double min, double max);
/** Whole milliseconds, rounded. seconds has been checked. */
int64_t sophmate_milliseconds(double seconds);
/** Turns a callable into a \Closure. Refuses generator functions: a call of one runs nothing, and would count as done. `what` names the
 *  argument. @return false with an exception pending, closure is null then */
bool sophmate_closure(zval *closure, const char *what, zval *callable);
/** Text that may be shown in an error message: at most 60 bytes, other than printable ASCII as \xNN. out holds 256. */
const char *sophmate_printable(char *out, const char *p, size_t n);
/** Index of an enum case in `names` (its backing value). @return -1 when it is none of them */
int sophmate_enum_index(const zval *enum_case, const char *const *names, int count);
/** The case of a string-backed enum, by its backing value. The result is borrowed; NULL with an exception when there is none. */
zend_object *sophmate_enum_case(zend_class_entry *ce, const char *value);

/** What a Step says, for the core; strings are borrowed from the object. @return false with an exception pending */
bool sophmate_step_def(sm_step_def *def, zend_object *step);
/** Its callables: a \Closure; a \Closure or null. Borrowed. */
zval *sophmate_step_run(zend_object *step);
zval *sophmate_step_probe(zend_object *step);
/** What a Workflow says; the definitions live in `arena`, strings are borrowed from the object. Checked by the core.
 *  @return false with a DefinitionError pending */
bool sophmate_workflow_def(sm_workflow *out, zend_object *workflow, sm_arena *arena);
/** The Step objects of a workflow: a list. Borrowed. */
HashTable *sophmate_workflow_steps(zend_object *workflow);

/** The ini settings. */
sm_settings sophmate_settings(void);
/** PHP's request memory: a longjmp over the core leaks nothing. */
extern const sm_alloc sophmate_alloc;

/* ---- canonical JSON ---- */

/** Appends the canonical text of a PHP value. Calls jsonSerialize(): user code may run.
 *  @return false with an exception pending, or with none where b is full: then its status says so */
bool sophmate_canonical_put(sm_buf *b, zval *value);
/** After sophmate_canonical_put() was false: throws LimitExceeded naming `what` where nothing is pending. */
ZEND_COLD void sophmate_canonical_full(const char *what, const sm_buf *b);
/** PHP value of a tree that was read: arrays, an empty stdClass for {}. */
void sophmate_json_to_zval(zval *out, const sm_json *json);
/** Reads canonical text. out is null with an exception pending. */
bool sophmate_canonical_read(zval *out, sm_bytes text);
ZEND_FUNCTION(SophMate_canonicalJson);
/** An external id: kind is a name, id a string of 1 to SOPHMATE_WHO_MAX bytes of UTF-8; else InvalidArgument naming `what`, for the id
 *  `id_what` (NULL: both stand in the array `what`). */
bool sophmate_check_external(const char *what, const char *id_what, const zend_string *kind, const zval *id);

#endif
