/* The last look at an event before it is encoded: what of it must not be stored. */
#include "event_private.h"

typedef struct redacting {
	sm_arena *arena;
	const sm_redaction *rules;
	sm_json *fields; /* names of what was changed; NULL = nothing yet */
} redacting;

static sm_status say(redacting *r, sm_bytes field)
{
	if (r->fields == NULL && (r->fields = sm_json_new(r->arena, SM_JSON_ARRAY)) == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < r->fields->u.a.n; i++) {
		if (sm_bytes_eq(r->fields->u.a.items[i].u.s, field)) {
			return SM_OK;
		}
	}
	sm_json *name = sm_json_str(r->arena, field);
	return name != NULL ? sm_json_push(r->arena, r->fields, name) : SM_E_NOMEM;
}

/* A tree of clear text: costs, touched records, what AuditLog::append() got. */
static sm_status redact_tree(redacting *r, const sm_json **tree)
{
	sm_bytes clean;
	bool found = false;
	sm_json *copy;
	sm_buf b;
	if (*tree == NULL) {
		return SM_OK;
	}
	sm_buf_init(&b, r->arena, SM_MAX_PRIVATE);
	sm_status st = sm_json_write(&b, *tree, NULL);
	if (st) {
		return st == SM_E_NOMEM ? st : SM_OK; /* too large or not to be written: the encoder says so */
	}
	st = sm_redact_canonical(r->arena, r->rules, sm_buf_bytes(&b), &clean, &found);
	if (st || !found) {
		return st;
	}
	if ((st = sm_json_read(r->arena, clean, &copy, NULL))) {
		return st;
	}
	*tree = copy;
	return say(r, SM_STR("d"));
}

static sm_status redact_clear(redacting *r, sm_bytes *text)
{
	bool found = false;
	sm_status st = text->n > 0 ? sm_redact_text(r->arena, r->rules, *text, text, &found) : SM_OK;
	return st || !found ? st : say(r, SM_STR("d"));
}

/* ---- names, which stand in clear text for ever ---- */

static sm_status check_name(const sm_redaction *rules, const char *what, sm_bytes name, sm_error *e)
{
	const char *secret = name.n > 0 ? sm_secret_in(rules, name) : NULL;
	return secret == NULL ? SM_OK : sm_fail(e, SM_E_ARGUMENT, "%s holds what must never be stored (%s): use a name that does not", what, secret);
}

/* Where a name comes in: events that repeat one are never refused, so that nothing is stuck when the site's secrets change. */
static sm_status check_names(const sm_event *ev, const sm_redaction *rules, sm_error *e)
{
	const struct { sm_event_type type; const char *what; sm_bytes name; } names[] = {
		{SM_RUN_STARTED, "the workflow's name", ev->workflow}, {SM_RUN_STARTED, "the workflow's version", ev->version},
		{SM_RUN_STARTED, "the workflow's category", ev->category}, {SM_RUN_RESUMED, "the workflow's version", ev->version},
		{SM_EXTERNAL_RECORDED, "the kind of an external id", ev->kind}, {SM_OF_THE_SITE, "$type", ev->name}
	};
	sm_status st = SM_OK;
	for (size_t i = 0; st == SM_OK && i < sizeof names / sizeof *names; i++) {
		st = names[i].type == ev->type ? check_name(rules, names[i].what, names[i].name, e) : SM_OK;
	}
	for (size_t i = 0; st == SM_OK && i < ev->n_steps && (ev->type == SM_RUN_STARTED || ev->type == SM_RUN_RESUMED); i++) {
		st = check_name(rules, "a step's name", ev->steps[i].name, e);
		st = st ? st : check_name(rules, "a step's owner", ev->steps[i].owner, e);
	}
	for (size_t i = 0; st == SM_OK && i < ev->n_p && ev->type == SM_OF_THE_SITE; i++) {
		st = check_name(rules, "$private: a name", ev->p[i].field, e);
	}
	return st;
}

sm_status sm_event_redact(sm_event *ev, sm_arena *arena, const sm_redaction *rules, sm_error *e)
{
	redacting r = {arena, rules, NULL};
	const sm_json **const trees[] = {&ev->touched, &ev->cost, &ev->data};
	sm_bytes *const texts[] = {&ev->failure, &ev->code, &ev->why};
	sm_status st = check_names(ev, rules, e);

	for (size_t i = 0; st == SM_OK && i < ev->n_p; i++) {
		bool found = false;
		if (ev->type == SM_RUN_STARTED && sm_bytes_eq(ev->p[i].field, SM_STR("subject"))) {
			continue; /* identity: refused where it must not be stored, never altered */
		}
		if (ev->type == SM_OF_THE_SITE && sm_secret_name(rules, ev->p[i].field)) {
			/* a name that its caller chose says as much as a key within the value */
			found = !sm_bytes_eq(ev->p[i].value, SM_STR("{\"$redacted\":\"by name\"}"));
			ev->p[i].value = SM_STR("{\"$redacted\":\"by name\"}");
		} else {
			st = sm_redact_canonical(arena, rules, ev->p[i].value, &ev->p[i].value, &found);
		}
		if (st == SM_OK && found) {
			st = say(&r, ev->p[i].field);
		}
	}
	for (size_t i = 0; st == SM_OK && i < sizeof trees / sizeof *trees; i++) {
		st = redact_tree(&r, trees[i]);
	}
	for (size_t i = 0; st == SM_OK && i < sizeof texts / sizeof *texts; i++) {
		st = redact_clear(&r, texts[i]);
	}
	if (st == SM_OK && r.fields != NULL) {
		ev->redacted = r.fields;
	}
	return st;
}
