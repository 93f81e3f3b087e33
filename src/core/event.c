#include "event_private.h"

#include <string.h>

#include "plant.h"

const char *const sm_event_names[SM_EVENT_TYPES] = {
	"run.started", "step.started", "step.finished", "step.failed", "step.unknown", "step.ready", "run.held",
	"verdict.done", "verdict.not_done", "verdict.abandoned", "late.done", "late.failed", "external.recorded",
	"note", "pause.requested", "run.paused", "run.resumed", "run.ended", "run.completed",
	"switch.held", "switch.released", "site.adopted", "log.opened", "log.closed", "privacy.erased", "privacy.pruned", "of the site"
};

bool sm_event_of_run(const sm_event *ev)
{
	switch (ev->type) {
	case SM_SWITCH_HELD:
	case SM_SWITCH_RELEASED:
	case SM_SITE_ADOPTED:
	case SM_LOG_OPENED:
	case SM_LOG_CLOSED:
	case SM_PRIVACY_PRUNED:
	case SM_OF_THE_SITE:
		return false;
	case SM_PRIVACY_ERASED:
		return ev->scope.p == NULL;
	default:
		return true;
	}
}

sm_bytes sm_event_name(const sm_event *ev)
{
	return ev->type == SM_OF_THE_SITE ? ev->name : sm_cstr(sm_event_names[ev->type]);
}

bool sm_event_name_free(sm_bytes name)
{
	static const sm_bytes ours[] = {SM_LIT("run."), SM_LIT("step."), SM_LIT("verdict."), SM_LIT("late."), SM_LIT("external."), SM_LIT("note."),
		SM_LIT("pause."), SM_LIT("switch."), SM_LIT("site."), SM_LIT("log."), SM_LIT("privacy."), SM_LIT("sophmate.")};
	bool dotted = false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool first = i == 0 || name.p[i - 1] == '.';
		if (c == '.' ? first || i + 1 == name.n : first ? c < 'a' || c > 'z' : (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') {
			return false;
		}
		dotted = dotted || c == '.';
	}
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		if (name.n >= ours[i].n && memcmp(name.p, ours[i].p, ours[i].n) == 0) {
			return false;
		}
	}
	return dotted && name.n <= SM_EVENT_NAME_MAX;
}

typedef enum field_kind { K_STR, K_I32, K_I64, K_WAIT, K_CLASS, K_BOOL, K_JSON, K_STEPS } field_kind;

typedef struct field {
	const char *key;
	field_kind kind;
	size_t at;
} field;

enum {
	F_WORKFLOW, F_VERSION, F_CATEGORY, F_DEFINITION, F_STEPS, F_FINGERPRINT, F_SUBJECT, F_OCCURRENCE, F_TRIGGER, F_PARENT, F_NOT_BEFORE,
	F_STEP, F_ATTEMPT, F_LEASE, F_GRACE, F_TOUCHED, F_COST, F_OMITTED, F_FAILURE, F_CLASS, F_CODE, F_RETRY_WAIT, F_WHY, F_TARGET,
	F_GENERATION, F_SOURCE, F_EARLY, F_KIND, F_ID_HASH, F_OWNER, F_RULE, F_DEADLINE, F_SCOPE, F_OUTCOME, F_AS, F_ORIGIN, F_LOG_KEY, F_PREVIOUS,
	F_NEXT, F_SIZE, F_ROOT, F_ERASED, F_BEFORE, F_RUNS, F_FIELDS, F_REDACTED, F_COUNT
};

#define FIELD(f, key, kind, member) [f] = {key, kind, offsetof(sm_event, member)}
static const field fields[F_COUNT] = {
	FIELD(F_WORKFLOW, "workflow", K_STR, workflow), FIELD(F_VERSION, "version", K_STR, version),
	FIELD(F_CATEGORY, "category", K_STR, category), FIELD(F_DEFINITION, "definition", K_STR, definition),
	FIELD(F_STEPS, "steps", K_STEPS, steps), FIELD(F_FINGERPRINT, "fingerprint", K_STR, fingerprint),
	FIELD(F_SUBJECT, "subject", K_STR, subject), FIELD(F_OCCURRENCE, "occurrence", K_STR, occurrence),
	FIELD(F_TRIGGER, "trigger", K_STR, trigger), FIELD(F_PARENT, "parent", K_STR, parent),
	FIELD(F_NOT_BEFORE, "not_before", K_I64, not_before), FIELD(F_STEP, "step", K_STR, step),
	FIELD(F_ATTEMPT, "attempt", K_I32, attempt), FIELD(F_LEASE, "lease", K_I64, lease), FIELD(F_GRACE, "grace", K_I64, grace),
	FIELD(F_TOUCHED, "touched", K_JSON, touched), FIELD(F_COST, "cost", K_JSON, cost), FIELD(F_OMITTED, "omitted", K_JSON, omitted),
	FIELD(F_FAILURE, "failure", K_STR, failure), FIELD(F_CLASS, "class", K_CLASS, failure_class), FIELD(F_CODE, "code", K_STR, code),
	FIELD(F_RETRY_WAIT, "retry_wait", K_WAIT, retry_wait), FIELD(F_WHY, "why", K_STR, why), FIELD(F_TARGET, "target", K_STR, target),
	FIELD(F_GENERATION, "generation", K_I64, generation), FIELD(F_SOURCE, "source", K_STR, source),
	FIELD(F_EARLY, "early", K_BOOL, early), FIELD(F_KIND, "kind", K_STR, kind), FIELD(F_ID_HASH, "id_hash", K_STR, id_hash),
	FIELD(F_OWNER, "owner", K_STR, owner), FIELD(F_RULE, "rule", K_STR, rule), FIELD(F_DEADLINE, "deadline", K_I64, deadline),
	FIELD(F_SCOPE, "scope", K_STR, scope), FIELD(F_OUTCOME, "outcome", K_STR, outcome), FIELD(F_AS, "as", K_STR, as),
	FIELD(F_ORIGIN, "origin", K_STR, origin), FIELD(F_LOG_KEY, "key", K_STR, log_key), FIELD(F_PREVIOUS, "previous", K_JSON, previous),
	FIELD(F_NEXT, "next", K_STR, next), FIELD(F_SIZE, "size", K_I64, size), FIELD(F_ROOT, "root", K_STR, root),
	FIELD(F_ERASED, "erased", K_JSON, erased), FIELD(F_BEFORE, "before", K_I64, before), FIELD(F_RUNS, "runs", K_I64, runs),
	FIELD(F_FIELDS, "fields", K_I64, fields), FIELD(F_REDACTED, "redacted", K_JSON, redacted)
};

#define B(f) (UINT64_C(1) << (f))
#define STEP_ATTEMPT (B(F_STEP) | B(F_ATTEMPT))

/* Which clear fields a type may and must carry: PROTOCOL section 2. */
static const struct shape {
	uint64_t may, must;
} shapes[SM_EVENT_TYPES] = {
	[SM_RUN_STARTED] = {B(F_PARENT) | B(F_NOT_BEFORE), B(F_WORKFLOW) | B(F_VERSION) | B(F_CATEGORY) | B(F_DEFINITION) | B(F_STEPS)
		| B(F_FINGERPRINT) | B(F_SUBJECT) | B(F_OCCURRENCE) | B(F_TRIGGER)},
	[SM_STEP_STARTED] = {B(F_GRACE), STEP_ATTEMPT | B(F_LEASE)},
	[SM_STEP_FINISHED] = {B(F_TOUCHED) | B(F_COST) | B(F_OMITTED), STEP_ATTEMPT},
	[SM_STEP_FAILED] = {B(F_FAILURE) | B(F_CODE) | B(F_RETRY_WAIT) | B(F_OMITTED), STEP_ATTEMPT | B(F_CLASS)},
	[SM_STEP_UNKNOWN] = {B(F_CODE) | B(F_RETRY_WAIT) | B(F_OMITTED), STEP_ATTEMPT | B(F_WHY)},
	[SM_STEP_READY] = {B(F_CODE) | B(F_RETRY_WAIT) | B(F_OMITTED), STEP_ATTEMPT | B(F_WHY)},
	[SM_RUN_HELD] = {0, B(F_TARGET) | B(F_GENERATION)},
	[SM_VERDICT_DONE] = {B(F_EARLY) | B(F_OMITTED), STEP_ATTEMPT | B(F_SOURCE)},
	[SM_VERDICT_NOT_DONE] = {B(F_EARLY), STEP_ATTEMPT | B(F_SOURCE)},
	[SM_VERDICT_ABANDONED] = {B(F_EARLY), STEP_ATTEMPT | B(F_SOURCE)},
	[SM_LATE_DONE] = {B(F_TOUCHED) | B(F_COST) | B(F_OMITTED), STEP_ATTEMPT},
	[SM_LATE_FAILED] = {B(F_FAILURE) | B(F_CLASS) | B(F_CODE) | B(F_OMITTED), STEP_ATTEMPT},
	[SM_EXTERNAL_RECORDED] = {0, STEP_ATTEMPT | B(F_KIND) | B(F_ID_HASH)},
	[SM_NOTE] = {0, 0},
	[SM_PAUSE_REQUESTED] = {0, 0},
	[SM_RUN_PAUSED] = {B(F_OWNER) | B(F_DEADLINE), B(F_RULE)},
	[SM_RUN_RESUMED] = {B(F_SCOPE) | B(F_VERSION) | B(F_DEFINITION) | B(F_STEPS), 0},
	[SM_RUN_ENDED] = {0, B(F_OUTCOME)},
	[SM_RUN_COMPLETED] = {0, 0},
	[SM_SWITCH_HELD] = {0, B(F_TARGET) | B(F_GENERATION)},
	[SM_SWITCH_RELEASED] = {0, B(F_TARGET) | B(F_GENERATION)},
	[SM_SITE_ADOPTED] = {0, B(F_AS)},
	[SM_LOG_OPENED] = {B(F_LOG_KEY) | B(F_PREVIOUS), B(F_ORIGIN) | B(F_WHY)},
	[SM_LOG_CLOSED] = {B(F_SIZE) | B(F_ROOT), B(F_ORIGIN) | B(F_NEXT)},
	[SM_PRIVACY_ERASED] = {B(F_SCOPE), B(F_WHY) | B(F_ERASED)},
	[SM_PRIVACY_PRUNED] = {0, B(F_BEFORE) | B(F_RUNS) | B(F_FIELDS)}
};

/* Something secret was taken out before it was stored: any event may have to say so. */
#define SHAPE_MAY(type) (shapes[type].may | B(F_REDACTED))

sm_event sm_event_new(sm_event_type type)
{
	sm_event ev;
	memset(&ev, 0, sizeof ev);
	ev.type = type;
	ev.leaf_index = -1;
	ev.retry_wait = -1;
	ev.failure_class = -1;
	return ev;
}

sm_status sm_event_private(sm_event *ev, sm_bytes name, sm_bytes canonical)
{
	if (ev->n_p == SM_PRIVATE_FIELDS_MAX) {
		return SM_E_LIMIT;
	}
	ev->p[ev->n_p++] = (sm_private){name, canonical};
	return SM_OK;
}

sm_bytes sm_event_value(const sm_event *ev, const char *name)
{
	for (size_t i = 0; i < ev->n_p; i++) {
		if (sm_bytes_eq(ev->p[i].field, sm_cstr(name))) {
			return ev->p[i].value;
		}
	}
	return (sm_bytes){NULL, 0};
}

/* ---- writing ---- */

static sm_json *steps_json(sm_arena *arena, const sm_step_row *steps, size_t n)
{
	sm_json *a = sm_json_new(arena, SM_JSON_ARRAY);
	for (size_t i = 0; a != NULL && i < n; i++) {
		const sm_step_row *r = &steps[i];
		sm_json *items[] = {
			sm_json_new(arena, SM_JSON_ARRAY), sm_json_str(arena, r->name), sm_json_str(arena, sm_cstr(sm_effect_names[r->effect])),
			sm_json_str(arena, sm_cstr(sm_repeat_names[r->repeat])), sm_json_str(arena, r->owner), sm_json_int(arena, r->has_probe)
		};
		for (size_t k = 0; k < sizeof items / sizeof *items; k++) {
			if (items[k] == NULL || (k > 0 && sm_json_push(arena, items[0], items[k]))) {
				return NULL;
			}
		}
		if (sm_json_push(arena, a, items[0])) {
			return NULL;
		}
	}
	return a;
}

/* The field's value, or NULL when it is "none"; *failed when memory is out. */
static sm_json *field_json(sm_arena *arena, const sm_event *ev, const field *f, bool *failed)
{
	const char *at = (const char *)ev + f->at;
	sm_json *v = NULL;
	switch (f->kind) {
	case K_STR: {
		sm_bytes s = *(const sm_bytes *)(const void *)at;
		if (s.p == NULL) {
			return NULL;
		}
		v = sm_json_str(arena, s);
		break;
	}
	case K_I32:
	case K_I64: {
		int64_t i = f->kind == K_I32 ? *(const int32_t *)(const void *)at : *(const int64_t *)(const void *)at;
		if (i == 0) {
			return NULL;
		}
		v = sm_json_int(arena, i);
		break;
	}
	case K_WAIT: {
		int64_t i = *(const int64_t *)(const void *)at;
		if (i < 0) {
			return NULL;
		}
		v = sm_json_int(arena, i);
		break;
	}
	case K_CLASS: {
		int32_t c = *(const int32_t *)(const void *)at;
		if (c < 0 || c >= SM_CLASS_COUNT) {
			return NULL;
		}
		v = sm_json_str(arena, sm_cstr(sm_failure_class_names[c]));
		break;
	}
	case K_BOOL:
		if (!*(const bool *)(const void *)at) {
			return NULL;
		}
		v = sm_json_new(arena, SM_JSON_TRUE);
		break;
	case K_JSON: {
		const sm_json *j = *(const sm_json *const *)(const void *)at;
		if (j == NULL) {
			return NULL;
		}
		v = sm_json_new(arena, SM_JSON_NULL);
		if (v != NULL) {
			*v = *j;
		}
		break;
	}
	case K_STEPS:
		if (ev->n_steps == 0) {
			return NULL;
		}
		v = steps_json(arena, ev->steps, ev->n_steps);
		break;
	}
	*failed |= v == NULL;
	return v;
}

static sm_status clear_json(const sm_event *ev, sm_arena *arena, sm_json **d, sm_error *e)
{
	uint64_t has = SHAPE_MAY(ev->type) | shapes[ev->type].must;
	*d = sm_json_new(arena, SM_JSON_OBJECT);
	if (*d == NULL) {
		return SM_E_NOMEM;
	}
	for (int f = 0; f < F_COUNT; f++) {
		if (has & B(f)) {
			bool failed = false;
			sm_json *v = field_json(arena, ev, &fields[f], &failed);
			if (failed || (v != NULL && sm_json_set(arena, *d, sm_cstr(fields[f].key), v))) {
				return SM_E_NOMEM;
			}
			if (v == NULL && shapes[ev->type].must & B(f)) {
				return sm_fail(e, SM_E_ARGUMENT, "an event %s without its field \"%s\" could not be read back", sm_event_names[ev->type],
					fields[f].key);
			}
		}
	}
	return SM_OK;
}

/* What a caller of AuditLog::append() gave: an object of its own making. */
static sm_status data_json(const sm_event *ev, sm_arena *arena, sm_json **d, sm_error *e)
{
	if (!sm_event_name_free(ev->name) || ev->data == NULL || ev->data->kind != SM_JSON_OBJECT) {
		return sm_fail(e, SM_E_ARGUMENT, "an event of the site without its name or its data could not be read back");
	}
	*d = sm_json_new(arena, SM_JSON_OBJECT);
	if (*d == NULL) {
		return SM_E_NOMEM;
	}
	**d = *ev->data;
	if (ev->redacted == NULL) {
		return SM_OK;
	}
	sm_json *list = sm_json_new(arena, SM_JSON_ARRAY);
	if (list == NULL) {
		return SM_E_NOMEM;
	}
	*list = *ev->redacted;
	(*d)->u.o.cap = (*d)->u.o.n; /* its members are the caller's: the copy gets room of its own */
	return sm_json_set(arena, *d, SM_STR("redacted"), list);
}

sm_status sm_event_encode(sm_event *ev, sm_arena *arena, const sm_host *host, sm_bytes log, int32_t seq, const char *last_id, sm_error *e)
{
	sm_event_id(host, SM_PLANTED(IDS_NOT_TIED_TO_TIP) ? "" : last_id, ev->id);
	if (SM_PLANTED(IDS_FROM_TIP)) {
		/* two processes at one tip draw the same id */
		char hash[SM_HASH_HEX_SIZE];
		sm_sha256_hex(last_id[0] ? sm_cstr(last_id) : sm_cstr(ev->stream), hash);
		memcpy(ev->id + 16, hash, 16);
		for (int i = 0, v = seq; i < 16; i++, v /= 10) {
			ev->id[15 - i] = (char)('0' + v % 10);
		}
	}
	memcpy(ev->prev, last_id, strlen(last_id) + 1);
	ev->seq = seq;
	ev->t = host->wall_us(host->ctx);

	sm_json *leaf = sm_json_new(arena, SM_JSON_OBJECT);
	sm_json *p = sm_json_new(arena, SM_JSON_OBJECT);
	sm_json *d = NULL;
	sm_status st = ev->type == SM_OF_THE_SITE ? data_json(ev, arena, &d, e) : clear_json(ev, arena, &d, e);
	if (st) {
		return st;
	}
	if (leaf == NULL || p == NULL
		|| sm_json_set(arena, leaf, SM_STR("d"), d)
		|| sm_json_set(arena, leaf, SM_STR("id"), sm_json_str(arena, sm_cstr(ev->id)))
		|| sm_json_set(arena, leaf, SM_STR("log"), sm_json_str(arena, log))
		|| (ev->prev[0] && sm_json_set(arena, leaf, SM_STR("prev"), sm_json_str(arena, sm_cstr(ev->prev))))
		|| sm_json_set(arena, leaf, SM_STR("run"), sm_json_str(arena, sm_cstr(ev->stream)))
		|| sm_json_set(arena, leaf, SM_STR("seq"), sm_json_int(arena, seq))
		|| sm_json_set(arena, leaf, SM_STR("t"), sm_json_int(arena, ev->t))
		|| sm_json_set(arena, leaf, SM_STR("type"), sm_json_str(arena, sm_event_name(ev)))
		|| sm_json_set(arena, leaf, SM_STR("v"), sm_json_int(arena, 1))) {
		return SM_E_NOMEM;
	}
	ev->private_text = (sm_bytes){NULL, 0};
	if (ev->n_p > 0) {
		st = sm_private_seal(ev, arena, host, p, e);
		if (st) {
			return st;
		}
		if (sm_json_set(arena, leaf, SM_STR("p"), p)) {
			return SM_E_NOMEM;
		}
	}
	sm_buf b;
	sm_buf_init(&b, arena, SM_MAX_LEAF);
	st = sm_json_write(&b, leaf, e);
	if (st == SM_E_LIMIT && b.status == SM_E_LIMIT) {
		return sm_fail_limit(e, "bytes of a leaf", SM_MAX_LEAF, SM_MAX_LEAF + 1);
	}
	if (st) {
		return st;
	}
	ev->leaf = sm_buf_bytes(&b);
	sm_leaf_hash(ev->leaf, ev->leaf_hash);
	return SM_OK;
}

/* ---- reading ---- */

static sm_status bad(sm_error *e, const char *what)
{
	return sm_fail(e, SM_E_SYNTAX, "not an event of this journal: %s", what);
}

static bool read_id(const sm_json *leaf, const char *key, char out[SM_ID_SIZE])
{
	sm_bytes s = sm_json_get_str(leaf, key);
	if (!sm_is_hex(s, SM_ID_LEN)) {
		return false;
	}
	memcpy(out, s.p, SM_ID_LEN);
	out[SM_ID_LEN] = '\0';
	return true;
}

static sm_status read_steps(sm_event *ev, sm_arena *arena, const sm_json *v, sm_error *e)
{
	if (v->kind != SM_JSON_ARRAY || v->u.a.n < 1 || v->u.a.n > SM_MAX_STEPS) {
		return bad(e, "steps");
	}
	sm_step_row *rows = SM_NEW(arena, sm_step_row, v->u.a.n);
	if (rows == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < v->u.a.n; i++) {
		const sm_json *r = &v->u.a.items[i];
		if (r->kind != SM_JSON_ARRAY || r->u.a.n != 5) {
			return bad(e, "steps");
		}
		const sm_json *c = r->u.a.items;
		for (int k = 0; k < 4; k++) {
			if (c[k].kind != SM_JSON_STRING) {
				return bad(e, "steps");
			}
		}
		int effect = sm_name_index(sm_effect_names, SM_EFFECT_COUNT, c[1].u.s);
		int repeat = sm_name_index(sm_repeat_names, SM_REPEAT_COUNT, c[2].u.s);
		if (effect < 0 || repeat < 0 || c[4].kind != SM_JSON_INT || c[0].u.s.n == 0) {
			return bad(e, "steps");
		}
		rows[i] = (sm_step_row){c[0].u.s, c[3].u.s, (sm_effect)effect, (sm_repeat)repeat, c[4].u.i != 0};
	}
	ev->steps = rows;
	ev->n_steps = v->u.a.n;
	return SM_OK;
}

static sm_status read_field(sm_event *ev, sm_arena *arena, const field *f, const sm_json *v, sm_error *e)
{
	char *at = (char *)ev + f->at;
	switch (f->kind) {
	case K_STR:
		if (v->kind != SM_JSON_STRING) {
			return bad(e, f->key);
		}
		*(sm_bytes *)(void *)at = v->u.s;
		return SM_OK;
	case K_I32:
		if (v->kind != SM_JSON_INT || v->u.i < 1 || v->u.i > INT32_MAX) {
			return bad(e, f->key);
		}
		*(int32_t *)(void *)at = (int32_t)v->u.i;
		return SM_OK;
	case K_I64: /* 0 is "none", which is left out */
	case K_WAIT:
		if (v->kind != SM_JSON_INT || v->u.i < (f->kind == K_I64)) {
			return bad(e, f->key);
		}
		*(int64_t *)(void *)at = v->u.i;
		return SM_OK;
	case K_CLASS: {
		int c = v->kind == SM_JSON_STRING ? sm_name_index(sm_failure_class_names, SM_CLASS_COUNT, v->u.s) : -1;
		if (c < 0) {
			return bad(e, f->key);
		}
		*(int32_t *)(void *)at = c;
		return SM_OK;
	}
	case K_BOOL:
		if (v->kind != SM_JSON_TRUE && v->kind != SM_JSON_FALSE) {
			return bad(e, f->key);
		}
		*(bool *)(void *)at = v->kind == SM_JSON_TRUE;
		return SM_OK;
	case K_JSON:
		*(const sm_json **)(void *)at = v;
		return SM_OK;
	case K_STEPS:
		return read_steps(ev, arena, v, e);
	}
	return bad(e, f->key);
}

sm_status sm_event_read(sm_event *ev, sm_arena *arena, sm_bytes leaf, sm_bytes private_text, sm_error *e)
{
	sm_json *root;
	sm_status st = sm_json_read(arena, leaf, &root, e);
	if (st) {
		return st;
	}
	sm_bytes name = sm_json_get_str(root, "type");
	int type = name.p ? sm_name_index(sm_event_names, SM_EVENT_TYPES, name) : -1;
	if (type < 0 && sm_event_name_free(name)) {
		type = SM_OF_THE_SITE;
	} else if (type < 0 || type == SM_OF_THE_SITE) {
		return bad(e, "type");
	}
	*ev = sm_event_new((sm_event_type)type);
	ev->name = name;
	ev->leaf = leaf;
	ev->private_text = private_text;
	int64_t seq = sm_json_get_int(root, "seq", 0);
	ev->seq = (int32_t)seq;
	ev->t = sm_json_get_int(root, "t", -1);
	if (!read_id(root, "id", ev->id) || !read_id(root, "run", ev->stream) || seq < 1 || seq > INT32_MAX || ev->t < 0
		|| sm_json_get_int(root, "v", 0) != 1) {
		return bad(e, "id, run, seq, t or v");
	}
	if (seq > 1 && !read_id(root, "prev", ev->prev)) {
		return bad(e, "prev");
	}
	const sm_json *d = sm_json_get(root, "d");
	if (d == NULL || d->kind != SM_JSON_OBJECT) {
		return bad(e, "d");
	}
	ev->data = type == SM_OF_THE_SITE ? d : NULL;
	ev->redacted = type == SM_OF_THE_SITE ? sm_json_get(d, "redacted") : NULL;
	const struct shape *shape = &shapes[type];
	uint64_t seen = 0;
	for (size_t i = 0; ev->data == NULL && i < d->u.o.n; i++) {
		for (int f = 0; f < F_COUNT; f++) {
			if (((SHAPE_MAY(type) | shape->must) & B(f)) && sm_bytes_eq(d->u.o.items[i].key, sm_cstr(fields[f].key))) {
				if ((st = read_field(ev, arena, &fields[f], d->u.o.items[i].value, e))) {
					return st;
				}
				seen |= B(f);
			}
		}
	}
	if ((seen & shape->must) != shape->must) {
		return bad(e, "a field is missing");
	}
	if (private_text.p != NULL && !sm_private_cut(ev, private_text)) {
		return bad(e, "private values");
	}
	return SM_OK;
}

sm_status sm_event_decode(sm_event *ev, sm_arena *arena, sm_bytes leaf, sm_bytes private_text, sm_error *e)
{
	sm_status st = sm_event_read(ev, arena, leaf, private_text, e);
	if (st == SM_OK) {
		sm_leaf_hash(leaf, ev->leaf_hash);
	}
	return st;
}
