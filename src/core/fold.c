/* A run's state as JSON text and back, for the projections' `fold` column. */
#include "run.h"

#include <string.h>

#define SCALARS(X) \
	X("phase", phase, sm_run_phase) X("not_before", not_before, int64_t) X("step", step, int32_t) X("st", st, sm_step_phase) \
	X("attempt", attempt, int32_t) X("late", late, bool) X("pause_requested", pause_requested, bool) \
	X("done_at_rest", done_at_rest, bool) X("granted", granted, int32_t) X("retry_at", retry_at, int64_t) \
	X("first_at", first_at, int64_t) X("held", held, int64_t) X("failure_class", failure_class, int32_t) \
	X("started_at", started_at, int64_t) X("changed_at", changed_at, int64_t) X("seq", seq, int32_t)

#define STRINGS(X) \
	X("outcome", outcome) X("workflow", workflow) X("version", version) X("category", category) X("definition", definition) \
	X("fingerprint", fingerprint) X("subject", subject_hash) X("occurrence", occurrence) X("trigger", trigger) \
	X("parent", parent) X("held_target", held_target) X("rest_rule", rest_rule) X("rest_owner", rest_owner)

static sm_status push_int(sm_arena *arena, sm_json *a, int64_t v)
{
	sm_json *i = sm_json_int(arena, v);
	return i ? sm_json_push(arena, a, i) : SM_E_NOMEM;
}

static sm_status push_str(sm_arena *arena, sm_json *a, sm_bytes v)
{
	sm_json *s = sm_json_str(arena, v);
	return s ? sm_json_push(arena, a, s) : SM_E_NOMEM;
}

/* [name, owner, effect, repeat, has a probe, [stored_at, lease, grace, unknown_at, uncertain, succeeded] ...] */
static sm_json *save_step(sm_arena *arena, const sm_step_state *s)
{
	sm_json *a = sm_json_new(arena, SM_JSON_ARRAY);
	if (a == NULL || push_str(arena, a, s->row.name) || push_str(arena, a, s->row.owner) || push_int(arena, a, (int64_t)s->row.effect)
		|| push_int(arena, a, (int64_t)s->row.repeat) || push_int(arena, a, s->row.has_probe)) {
		return NULL;
	}
	for (int32_t i = 0; i < s->n_attempts; i++) {
		const sm_attempt *t = &s->attempts[i];
		sm_json *row = sm_json_new(arena, SM_JSON_ARRAY);
		if (row == NULL || push_int(arena, row, t->stored_at) || push_int(arena, row, t->lease) || push_int(arena, row, t->grace)
			|| push_int(arena, row, t->unknown_at) || push_int(arena, row, t->uncertain) || push_int(arena, row, t->succeeded)
			|| sm_json_push(arena, a, row)) {
			return NULL;
		}
	}
	return a;
}

sm_status sm_run_save(const sm_run *run, sm_arena *arena, sm_bytes *out)
{
	sm_json *o = sm_json_new(arena, SM_JSON_OBJECT);
	sm_json *steps = sm_json_new(arena, SM_JSON_ARRAY);
	if (o == NULL || steps == NULL || sm_json_set(arena, o, SM_STR("last_id"), sm_json_str(arena, sm_cstr(run->last_id)))) {
		return SM_E_NOMEM;
	}
#define X(key, member, type) \
	if ((int64_t)run->member != 0 && sm_json_set(arena, o, SM_STR(key), sm_json_int(arena, (int64_t)run->member))) { \
		return SM_E_NOMEM; \
	}
	SCALARS(X)
#undef X
#define X(key, member) \
	if (run->member.p != NULL && sm_json_set(arena, o, SM_STR(key), sm_json_str(arena, run->member))) { \
		return SM_E_NOMEM; \
	}
	STRINGS(X)
#undef X
	for (int32_t i = 0; i < run->n_steps; i++) {
		sm_json *s = save_step(arena, &run->steps[i]);
		if (s == NULL || sm_json_push(arena, steps, s)) {
			return SM_E_NOMEM;
		}
	}
	if (sm_json_set(arena, o, SM_STR("steps"), steps)) {
		return SM_E_NOMEM;
	}
	sm_buf b;
	sm_buf_init(&b, arena, SIZE_MAX / 2);
	sm_status st = sm_json_write(&b, o, NULL);
	*out = sm_buf_bytes(&b);
	return st ? st : b.status;
}

static bool is_ints(const sm_json *a, size_t n)
{
	if (a->kind != SM_JSON_ARRAY || a->u.a.n != n) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (a->u.a.items[i].kind != SM_JSON_INT) {
			return false;
		}
	}
	return true;
}

static sm_status restore_step(sm_step_state *s, sm_arena *arena, const sm_json *a)
{
	if (a->kind != SM_JSON_ARRAY || a->u.a.n < 5) {
		return SM_E_SYNTAX;
	}
	const sm_json *c = a->u.a.items;
	if (c[0].kind != SM_JSON_STRING || c[1].kind != SM_JSON_STRING || c[2].kind != SM_JSON_INT || c[3].kind != SM_JSON_INT
		|| c[4].kind != SM_JSON_INT || c[2].u.i < 0 || c[2].u.i >= SM_EFFECT_COUNT || c[3].u.i < 0 || c[3].u.i >= SM_REPEAT_COUNT) {
		return SM_E_SYNTAX;
	}
	s->row = (sm_step_row){c[0].u.s, c[1].u.s, (sm_effect)c[2].u.i, (sm_repeat)c[3].u.i, c[4].u.i != 0};
	s->n_attempts = s->cap = (int32_t)(a->u.a.n - 5);
	s->attempts = SM_NEW(arena, sm_attempt, (size_t)s->cap);
	if (s->attempts == NULL) {
		return SM_E_NOMEM;
	}
	for (int32_t i = 0; i < s->n_attempts; i++) {
		const sm_json *row = &c[5 + i];
		if (!is_ints(row, 6)) {
			return SM_E_SYNTAX;
		}
		const sm_json *v = row->u.a.items;
		s->attempts[i] = (sm_attempt){v[0].u.i, v[1].u.i, v[2].u.i, v[3].u.i, v[4].u.i != 0, v[5].u.i != 0};
	}
	return SM_OK;
}

sm_status sm_run_restore(sm_run *run, sm_arena *arena, sm_bytes text)
{
	sm_json *o;
	sm_status st = sm_json_read(arena, text, &o, NULL);
	if (st) {
		return st;
	}
	sm_run_init(run);
#define X(key, member, type) run->member = (type)sm_json_get_int(o, key, 0);
	SCALARS(X)
#undef X
#define X(key, member) run->member = sm_json_get_str(o, key);
	STRINGS(X)
#undef X
	sm_bytes id = sm_json_get_str(o, "last_id");
	const sm_json *steps = sm_json_get(o, "steps");
	if ((id.n != 0 && !sm_is_hex(id, SM_ID_LEN)) || steps == NULL || steps->kind != SM_JSON_ARRAY || steps->u.a.n > SM_MAX_STEPS
		|| run->phase > SM_PHASE_ENDED || run->st > SM_ST_REFUSED) {
		return SM_E_SYNTAX;
	}
	if (id.n) {
		memcpy(run->last_id, id.p, id.n);
	}
	run->n_steps = (int32_t)steps->u.a.n;
	run->steps = SM_NEW(arena, sm_step_state, steps->u.a.n);
	if (run->steps == NULL) {
		return SM_E_NOMEM;
	}
	for (int32_t i = 0; i < run->n_steps; i++) {
		if ((st = restore_step(&run->steps[i], arena, &steps->u.a.items[i]))) {
			return st;
		}
	}
	const sm_step_state *current = sm_run_step(run);
	if (run->step < 0 || run->step > run->n_steps + 1 || (current != NULL && current->n_attempts != run->attempt)
		|| (run->st == SM_ST_STARTED && (current == NULL || run->attempt < 1))) {
		return SM_E_SYNTAX;
	}
	return SM_OK;
}
