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

sm_status sm_event_redact(sm_event *ev, sm_arena *arena, const sm_redaction *rules)
{
	redacting r = {arena, rules, NULL};
	const sm_json **const trees[] = {&ev->touched, &ev->cost, &ev->data};
	sm_bytes *const texts[] = {&ev->failure, &ev->code, &ev->why};
	sm_status st = SM_OK;

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
