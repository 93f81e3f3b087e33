/* flow: what a workflow declares, its lint, time-outs and retry policy. Uses base, canon, redact, seal. Pure. */
#ifndef SM_FLOW_H
#define SM_FLOW_H

#include "redact.h"
#include "seal.h"

typedef enum sm_effect { SM_EFFECT_READ, SM_EFFECT_RECORD, SM_EFFECT_EXTERNAL, SM_EFFECT_MONEY, SM_EFFECT_MESSAGE, SM_EFFECT_COUNT } sm_effect;
typedef enum sm_repeat { SM_REPEAT_SAFE, SM_REPEAT_ONCE, SM_REPEAT_NEVER, SM_REPEAT_COUNT } sm_repeat;
typedef enum sm_failure_class {
	SM_CLASS_MISSING_INPUT, SM_CLASS_PROVIDER_LIMIT, SM_CLASS_PERMISSION, SM_CLASS_STALE_SOURCE, SM_CLASS_INVALID_SCHEMA,
	SM_CLASS_EXTERNAL_FAILURE, SM_CLASS_TIMEOUT, SM_CLASS_FATAL, SM_CLASS_NOT_SENT, SM_CLASS_COUNT
} sm_failure_class;

/* snake_case names, as they stand in leaves and in PHP's backed enums */
extern const char *const sm_effect_names[SM_EFFECT_COUNT];
extern const char *const sm_repeat_names[SM_REPEAT_COUNT];
extern const char *const sm_failure_class_names[SM_CLASS_COUNT];
/** Index of `name` in a table of `count` names, -1 when it is none of them. */
int sm_name_index(const char *const *names, int count, sm_bytes name);

enum {
	SM_MAX_STEPS = 256,
	SM_NAME_MAX = 48,          /* bytes: [a-z0-9][a-z0-9._ -]{0,47}, not ending with a space */
	SM_OWNER_MAX = 64,         /* bytes of UTF-8, also versions */
	SM_SUBJECT_MAX = 1024,     /* bytes of UTF-8: subjects and keys of once() */
	SM_RETRY_ATTEMPTS_MAX = 9, /* REQUIREMENTS Q-4: below ten attempts ... */
	SM_LEASE_MAX_MS = 3600000, /* ... and one hour */
	SM_RETRY_WINDOW_MAX_MS = 3600000
};

/* Ini settings, milliseconds. */
typedef struct sm_settings {
	int64_t lease_margin_ms, grace_ms, clock_skew_ms;
} sm_settings;

typedef struct sm_retry {
	int32_t attempts;      /* in all, first included; 0 = one a call and without limit (once, claim) */
	int64_t window_ms;     /* from the first attempt's start */
	int64_t first_wait_ms; /* doubled after every attempt */
} sm_retry;

typedef struct sm_step_def {
	sm_bytes name, owner;      /* owner may be empty: the workflow's */
	sm_effect effect;
	sm_repeat repeat;
	int64_t timeout_ms;
	int64_t grace_ms;          /* -1 = default */
	int64_t key_window_ms;     /* 0 = none */
	bool retry_declared;       /* false: sm_retry_default is in force and left out of the definition's hash */
	sm_retry retry;
	bool has_probe;
} sm_step_def;

typedef struct sm_workflow {
	sm_bytes name, version, category, owner;
	const sm_step_def *steps;
	size_t n_steps;
	sm_redaction redact;               /* names of fields whose values are never stored in its runs */
	char definition[SM_HASH_HEX_SIZE]; /* filled by sm_workflow_check */
} sm_workflow;

/* the reserved workflow of once() and claim(), and its one step */
extern const sm_bytes sm_once_name;   /* "once" */
extern const sm_bytes sm_once_step;   /* "effect" */
extern const sm_retry sm_retry_default; /* 3 attempts, 120 s, 2 s */

bool sm_name_valid(sm_bytes name);
int64_t sm_lease_ms(const sm_step_def *step, const sm_settings *settings);
/** Declared grace, else lease + timeout, at least settings->grace_ms. */
int64_t sm_grace_ms(const sm_step_def *step, const sm_settings *settings);
/** First wait x 2^(attempt - 1), attempt from 1. */
int64_t sm_retry_wait_ms(const sm_retry *retry, int32_t attempt);
bool sm_class_is_retried(sm_failure_class c); /* not_sent, provider_limit */
const sm_step_def *sm_workflow_step(const sm_workflow *w, sm_bytes name);
/** Canonical JSON of a definition (FORMATS "definition"). */
sm_status sm_workflow_definition(sm_buf *b, sm_arena *arena, const sm_workflow *w, sm_error *e);
/** Lints: names, distinct steps, ranges, key window of `once` at least twice lease + grace, lease at most an hour;
 *  fills w->definition. @return SM_OK, SM_E_ARGUMENT, SM_E_LIMIT, SM_E_NOMEM; e names the step and the field */
sm_status sm_workflow_check(sm_workflow *w, const sm_settings *settings, sm_arena *arena, sm_error *e);

#endif
