#include "flow.h"

#include <stdio.h>
#include <string.h>

const char *const sm_effect_names[SM_EFFECT_COUNT] = {"read", "record", "external", "money", "message"};
const char *const sm_repeat_names[SM_REPEAT_COUNT] = {"safe", "once", "never"};
const char *const sm_failure_class_names[SM_CLASS_COUNT] = {
	"missing_input", "provider_limit", "permission", "stale_source", "invalid_schema",
	"external_failure", "timeout", "fatal", "not_sent"
};
const sm_bytes sm_once_name = SM_LIT("once");
const sm_bytes sm_once_step = SM_LIT("effect");
const sm_retry sm_retry_default = {3, 120000, 2000};

int sm_name_index(const char *const *names, int count, sm_bytes name)
{
	for (int i = 0; i < count; i++) {
		if (sm_bytes_eq(sm_cstr(names[i]), name)) {
			return i;
		}
	}
	return -1;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool sm_name_valid(sm_bytes name)
{
	if (name.n == 0 || name.n > SM_NAME_MAX || !is_alnum(name.p[0])) {
		return false;
	}
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];
		if (!is_alnum(c) && c != '.' && c != '_' && c != ' ' && c != '-') {
			return false;
		}
	}
	/* servers compare CHAR and VARCHAR with padding: "a " would share the switch of "a" */
	return name.p[name.n - 1] != ' ';
}

int64_t sm_lease_ms(const sm_step_def *step, const sm_settings *settings)
{
	return step->timeout_ms + settings->lease_margin_ms;
}

int64_t sm_grace_ms(const sm_step_def *step, const sm_settings *settings)
{
	if (step->grace_ms >= 0) {
		return step->grace_ms;
	}
	int64_t grace = sm_lease_ms(step, settings) + step->timeout_ms;
	return grace > settings->grace_ms ? grace : settings->grace_ms;
}

int64_t sm_retry_wait_ms(const sm_retry *retry, int32_t attempt)
{
	int64_t wait = retry->first_wait_ms;
	for (int32_t i = 1; i < attempt && wait < SM_RETRY_WINDOW_MAX_MS; i++) {
		wait *= 2;
	}
	return wait;
}

bool sm_class_is_retried(sm_failure_class c)
{
	return c == SM_CLASS_NOT_SENT || c == SM_CLASS_PROVIDER_LIMIT;
}

const sm_step_def *sm_workflow_step(const sm_workflow *w, sm_bytes name)
{
	for (size_t i = 0; i < w->n_steps; i++) {
		if (sm_bytes_eq(w->steps[i].name, name)) {
			return &w->steps[i];
		}
	}
	return NULL;
}

static sm_json *step_json(sm_arena *arena, const sm_step_def *s)
{
	sm_json *o = sm_json_new(arena, SM_JSON_OBJECT);
	if (o == NULL
		|| sm_json_set(arena, o, SM_STR("effect"), sm_json_str(arena, sm_cstr(sm_effect_names[s->effect])))
		|| sm_json_set(arena, o, SM_STR("name"), sm_json_str(arena, s->name))
		|| sm_json_set(arena, o, SM_STR("repeat"), sm_json_str(arena, sm_cstr(sm_repeat_names[s->repeat])))
		|| sm_json_set(arena, o, SM_STR("timeout_ms"), sm_json_int(arena, s->timeout_ms))
		|| (s->owner.n && sm_json_set(arena, o, SM_STR("owner"), sm_json_str(arena, s->owner)))
		|| (s->grace_ms >= 0 && sm_json_set(arena, o, SM_STR("grace_ms"), sm_json_int(arena, s->grace_ms)))
		|| (s->key_window_ms > 0 && sm_json_set(arena, o, SM_STR("key_window_ms"), sm_json_int(arena, s->key_window_ms)))) {
		return NULL;
	}
	if (s->retry_declared) {
		sm_json *r = sm_json_new(arena, SM_JSON_OBJECT);
		if (r == NULL
			|| sm_json_set(arena, r, SM_STR("attempts"), sm_json_int(arena, s->retry.attempts))
			|| sm_json_set(arena, r, SM_STR("first_wait_ms"), sm_json_int(arena, s->retry.first_wait_ms))
			|| sm_json_set(arena, r, SM_STR("window_ms"), sm_json_int(arena, s->retry.window_ms))
			|| sm_json_set(arena, o, SM_STR("retry"), r)) {
			return NULL;
		}
	}
	return o;
}

static sm_status add_redact(sm_arena *arena, sm_json *o, const sm_redaction *redact)
{
	sm_json *names = redact->n_names > 0 ? sm_json_new(arena, SM_JSON_ARRAY) : NULL;
	if (redact->n_names == 0) {
		return SM_OK;
	}
	for (size_t i = 0; names != NULL && i < redact->n_names; i++) {
		sm_json *name = sm_json_str(arena, redact->names[i]);
		if (name == NULL || sm_json_push(arena, names, name)) {
			return SM_E_NOMEM;
		}
	}
	return sm_json_set(arena, o, SM_STR("redact"), names);
}

sm_status sm_workflow_definition(sm_buf *b, sm_arena *arena, const sm_workflow *w, sm_error *e)
{
	sm_json *o = sm_json_new(arena, SM_JSON_OBJECT);
	sm_json *steps = sm_json_new(arena, SM_JSON_ARRAY);
	if (o == NULL || steps == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < w->n_steps; i++) {
		sm_json *s = step_json(arena, &w->steps[i]);
		if (s == NULL || sm_json_push(arena, steps, s)) {
			return SM_E_NOMEM;
		}
	}
	if (sm_json_set(arena, o, SM_STR("category"), sm_json_str(arena, w->category))
		|| sm_json_set(arena, o, SM_STR("name"), sm_json_str(arena, w->name))
		|| sm_json_set(arena, o, SM_STR("owner"), sm_json_str(arena, w->owner))
		|| sm_json_set(arena, o, SM_STR("steps"), steps)
		|| sm_json_set(arena, o, SM_STR("version"), sm_json_str(arena, w->version)) || add_redact(arena, o, &w->redact)) {
		return SM_E_NOMEM;
	}
	return sm_json_write(b, o, e);
}

static sm_status check_name(const char *what, sm_bytes name, sm_error *e)
{
	if (sm_name_valid(name)) {
		return SM_OK;
	}
	if (name.n > 1 && name.p[name.n - 1] == ' ' && sm_name_valid((sm_bytes){name.p, name.n - 1})) {
		return sm_fail(e, SM_E_ARGUMENT, "%s must not end with a space, got \"%.*s\"", what, (int)name.n, name.p);
	}
	return sm_fail(e, SM_E_ARGUMENT, "%s must match [a-z0-9][a-z0-9._ -]{0,47}, got \"%.*s\" (%zu bytes)", what,
		(int)(name.n > 60 ? 60 : name.n), name.n ? name.p : "", name.n);
}

static sm_status check_text(const char *what, sm_bytes text, bool may_be_empty, sm_error *e)
{
	if ((text.n == 0 && !may_be_empty) || text.n > SM_OWNER_MAX || !sm_utf8_valid(text)) {
		return sm_fail(e, SM_E_ARGUMENT, "%s must be %d to %d bytes of UTF-8, got %zu bytes%s", what, may_be_empty ? 0 : 1,
			SM_OWNER_MAX, text.n, sm_utf8_valid(text) ? "" : " that are not UTF-8");
	}
	return SM_OK;
}

static sm_status check_range(sm_bytes step, const char *what, int64_t v, int64_t min, int64_t max, sm_error *e)
{
	if (v >= min && v <= max) {
		return SM_OK;
	}
	return sm_fail(e, SM_E_ARGUMENT, "step \"%.*s\": %s must be %lld to %lld, got %lld", (int)step.n, step.p, what,
		(long long)min, (long long)max, (long long)v);
}

static sm_status check_step(const sm_step_def *s, const sm_settings *settings, sm_error *e)
{
	sm_status st;
	if ((st = check_name("step name", s->name, e)) || (st = check_text("step owner", s->owner, true, e))
		|| (st = check_range(s->name, "timeout in milliseconds", s->timeout_ms, 1, SM_LEASE_MAX_MS - settings->lease_margin_ms, e))
		|| (s->grace_ms >= 0 && (st = check_range(s->name, "grace in milliseconds", s->grace_ms, 0, INT64_C(30) * 86400000, e)))
		|| (st = check_range(s->name, "key window in milliseconds", s->key_window_ms, 0, INT64_C(3660) * 86400000, e))) {
		return st;
	}
	if (s->retry.attempts != 0
		&& ((st = check_range(s->name, "retry attempts", s->retry.attempts, 1, SM_RETRY_ATTEMPTS_MAX, e))
			|| (st = check_range(s->name, "retry window in milliseconds", s->retry.window_ms, 1, SM_RETRY_WINDOW_MAX_MS, e))
			|| (st = check_range(s->name, "first wait in milliseconds", s->retry.first_wait_ms, 0, SM_RETRY_WINDOW_MAX_MS, e)))) {
		return st;
	}
	if (s->repeat == SM_REPEAT_ONCE) {
		int64_t least = 2 * (sm_lease_ms(s, settings) + sm_grace_ms(s, settings));
		if (s->key_window_ms < least) {
			return sm_fail(e, SM_E_ARGUMENT, "step \"%.*s\": repeat once needs a key window of at least twice lease + grace, %lld ms, "
				"got %lld ms (how long does the other side remember an idempotency key?)", (int)s->name.n, s->name.p,
				(long long)least, (long long)s->key_window_ms);
		}
	}
	return SM_OK;
}

sm_status sm_workflow_check(sm_workflow *w, const sm_settings *settings, sm_arena *arena, sm_error *e)
{
	sm_status st;
	if ((st = check_name("workflow name", w->name, e)) || (st = check_name("category", w->category, e))
		|| (st = check_text("workflow version", w->version, false, e)) || (st = check_text("workflow owner", w->owner, false, e))) {
		return st;
	}
	if (w->n_steps < 1 || w->n_steps > SM_MAX_STEPS) {
		return sm_fail(e, SM_E_ARGUMENT, "a workflow has 1 to %d steps, \"%.*s\" has %zu", SM_MAX_STEPS, (int)w->name.n, w->name.p, w->n_steps);
	}
	if (w->redact.n_names > SM_REDACT_NAMES_MAX) {
		return sm_fail(e, SM_E_ARGUMENT, "a workflow declares at most %d names to redact, got %zu", SM_REDACT_NAMES_MAX, w->redact.n_names);
	}
	for (size_t i = 0; i < w->redact.n_names; i++) {
		if ((st = check_text("a name to redact", w->redact.names[i], false, e))) {
			return st;
		}
	}
	for (size_t i = 0; i < w->n_steps; i++) {
		if ((st = check_step(&w->steps[i], settings, e))) {
			return st;
		}
		for (size_t k = 0; k < i; k++) {
			if (sm_bytes_eq(w->steps[i].name, w->steps[k].name)) {
				return sm_fail(e, SM_E_ARGUMENT, "step name \"%.*s\" is used twice, by steps %zu and %zu", (int)w->steps[i].name.n,
					w->steps[i].name.p, k + 1, i + 1);
			}
		}
	}
	sm_buf b;
	sm_buf_init(&b, arena, 1u << 20);
	if ((st = sm_workflow_definition(&b, arena, w, e))) {
		return st;
	}
	if (b.status) {
		return b.status;
	}
	sm_sha256_hex(sm_buf_bytes(&b), w->definition);
	return SM_OK;
}
