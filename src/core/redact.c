/* Taking secrets out of texts and values. */
#include "redact_match.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char marker_key[] = "$redacted";

sm_status sm_redact_text(sm_arena *arena, const sm_redaction *rules, sm_bytes text, sm_bytes *out, bool *found)
{
	sm_matches secrets;
	sm_arena scratch;
	size_t at = 0;
	sm_buf b;

	*out = text;
	sm_arena_init(&scratch, arena->a);
	sm_status st = sm_find_secrets(&scratch, rules, text, &secrets);
	if (st == SM_OK && secrets.n > 0) {
		*found = true;
		sm_buf_init(&b, arena, SIZE_MAX / 2);
		for (size_t i = 0; i < secrets.n; i++) {
			sm_buf_put(&b, text.p + at, secrets.items[i].from - at);
			sm_buf_puts(&b, "[redacted: ");
			sm_buf_puts(&b, secrets.items[i].what);
			sm_buf_puts(&b, "]");
			at = secrets.items[i].to;
		}
		sm_buf_put(&b, text.p + at, text.n - at);
		*out = sm_buf_bytes(&b);
		st = b.status;
	}
	sm_arena_free(&scratch);
	return st;
}

/* ---- values ---- */

typedef struct walk {
	sm_arena *arena;
	const sm_redaction *rules;
	bool found;
} walk;

static sm_status mark(walk *w, sm_json *v, const char *what)
{
	sm_json *o = sm_json_new(w->arena, SM_JSON_OBJECT);
	if (o == NULL || sm_json_set(w->arena, o, sm_cstr(marker_key), sm_json_str(w->arena, sm_cstr(what)))) {
		return SM_E_NOMEM;
	}
	*v = *o;
	w->found = true;
	return SM_OK;
}

static bool is_marker(const sm_json *v)
{
	return v->kind == SM_JSON_OBJECT && v->u.o.n == 1 && sm_bytes_eq(v->u.o.items[0].key, sm_cstr(marker_key));
}

/* What a name makes secret. */
static bool holds_something(const sm_json *v)
{
	switch (v->kind) {
	case SM_JSON_NULL:
	case SM_JSON_FALSE:
	case SM_JSON_TRUE:
		return false;
	case SM_JSON_STRING:
		return v->u.s.n > 0;
	case SM_JSON_ARRAY:
		return v->u.a.n > 0;
	case SM_JSON_OBJECT:
		return v->u.o.n > 0 && !is_marker(v);
	default:
		return true;
	}
}

static sm_status walk_value(walk *w, sm_json *v);

static sm_status walk_number(walk *w, sm_json *v)
{
	char digits[40];
	size_t n = v->kind == SM_JSON_DOUBLE ? sm_number_format(v->u.f, digits) : (size_t)snprintf(digits, sizeof digits, "%" PRId64, v->u.i);
	bool card = n >= 14 && digits[0] >= '1' && digits[0] <= '9' && sm_match_card((sm_bytes){digits, n}, 0) == n;
	return card ? mark(w, v, "card number") : SM_OK;
}

/* A key may be what must not be stored, too. Several of an object are numbered. @param n   those so far */
static sm_status walk_key(walk *w, sm_json_member *m, int64_t *n)
{
	bool found = false;
	sm_bytes text;
	sm_status st = sm_redact_text(w->arena, w->rules, m->key, &text, &found);
	if (st || !found) {
		return st;
	}
	w->found = true;
	m->key = text;
	if (++*n > 1) {
		sm_buf b;
		sm_buf_init(&b, w->arena, SIZE_MAX / 2);
		sm_buf_put(&b, text.p, text.n);
		sm_buf_puts(&b, " ");
		sm_buf_int(&b, *n);
		m->key = sm_buf_bytes(&b);
		st = b.status;
	}
	return st;
}

/* {"name":"password","value":"..."}, as forms and headers are listed */
static bool names_its_value(const walk *w, const sm_json *o)
{
	static const char *const keys[] = {"name", "key", "field", "header"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		sm_bytes name = sm_json_get_str(o, keys[i]);
		if (name.p != NULL && sm_secret_name(w->rules, name)) {
			return true;
		}
	}
	return false;
}

static sm_status walk_object(walk *w, sm_json *o)
{
	bool pair = o->u.o.n > 1 && names_its_value(w, o);
	int64_t keys = 0;
	sm_status st = SM_OK;
	if (is_marker(o)) {
		return SM_OK;
	}
	for (size_t i = 0; st == SM_OK && i < o->u.o.n; i++) {
		sm_json_member *m = &o->u.o.items[i];
		bool secret = sm_secret_name(w->rules, m->key) || (pair && sm_bytes_eq(m->key, SM_STR("value")));
		if (secret && holds_something(m->value)) {
			st = mark(w, m->value, "by name");
		} else {
			st = walk_value(w, m->value);
		}
		st = st ? st : walk_key(w, m, &keys);
	}
	return st;
}

/* What a list says: a command line in words, ["mysqldump","-px","--password","x"]. */
static sm_status walk_array(walk *w, sm_json *list)
{
	sm_json *items = list->u.a.items;
	sm_status st = SM_OK;
	bool takes_p = list->u.a.n > 0 && items[0].kind == SM_JSON_STRING && sm_takes_p(items[0].u.s);
	for (size_t i = 0; st == SM_OK && i < list->u.a.n; i++) {
		sm_bytes word = items[i].kind == SM_JSON_STRING ? items[i].u.s : (sm_bytes){NULL, 0};
		bool value = i > 0 && items[i - 1].kind == SM_JSON_STRING && sm_is_secret_option(w->rules, items[i - 1].u.s) && holds_something(&items[i])
			&& (word.n == 0 || word.p[0] != '-');
		if (value || (takes_p && word.n > 2 && memcmp(word.p, "-p", 2) == 0)) {
			st = mark(w, &items[i], "by name");
		} else {
			st = walk_value(w, &items[i]);
		}
	}
	return st;
}

static sm_status walk_value(walk *w, sm_json *v)
{
	switch (v->kind) {
	case SM_JSON_STRING:
		return sm_redact_text(w->arena, w->rules, v->u.s, &v->u.s, &w->found);
	case SM_JSON_INT:
	case SM_JSON_DOUBLE:
		return walk_number(w, v);
	case SM_JSON_ARRAY:
		return walk_array(w, v);
	case SM_JSON_OBJECT:
		return walk_object(w, v);
	default:
		return SM_OK;
	}
}

/* Whether the canonical text shows something secret as it stands, so that it must not be stored even where it cannot be read. */
static bool is_suspect(const sm_redaction *rules, sm_bytes canonical)
{
	bool inside = false;
	size_t open = 0;
	sm_match m;
	sm_scan s;
	sm_scan_init(&s, rules, canonical, true);
	if (sm_match_next(&s, 0, &m)) {
		return true;
	}
	for (size_t i = 0; i < canonical.n; i++) {
		if (canonical.p[i] == '\\') {
			i++;
		} else if (canonical.p[i] == '"') {
			sm_bytes word = {canonical.p + open, inside ? i - open : 0};
			inside = !inside;
			if (word.n > 0 && (sm_secret_name(rules, word) || sm_is_secret_option(rules, word) || sm_takes_p(word))) {
				return true;
			}
			open = i + 1;
		}
	}
	return false;
}

/* Whether some of it is written down in another way than as it stands: then its values are looked at one by one. */
static bool is_encoded(sm_bytes canonical)
{
	static const sm_bytes bin = SM_LIT("\"$bin\"");
	for (size_t i = 0; canonical.n - i >= bin.n && i < canonical.n; i++) {
		if (canonical.p[i] == '"' && memcmp(canonical.p + i, bin.p, bin.n) == 0) {
			return true;
		}
	}
	return sm_text_is_encoded(canonical);
}

sm_status sm_redact_canonical(sm_arena *arena, const sm_redaction *rules, sm_bytes canonical, sm_bytes *out, bool *found)
{
	walk w = {arena, rules, false};
	sm_json *tree = NULL;
	sm_buf b;

	*out = canonical;
	bool suspect = is_suspect(rules, canonical);
	if (!suspect && !is_encoded(canonical)) {
		return SM_OK;
	}
	sm_status st = sm_json_read(arena, canonical, &tree, NULL);
	if (st != SM_OK && st != SM_E_NOMEM && !suspect) {
		return SM_OK;
	}
	if (st == SM_OK) {
		st = walk_value(&w, tree);
	}
	if (st == SM_OK && !w.found) {
		return SM_OK;
	}
	sm_buf_init(&b, arena, SM_MAX_PRIVATE);
	if (st == SM_OK) {
		st = sm_json_write(&b, tree, NULL);
	}
	if (st == SM_E_NOMEM) {
		return st;
	}
	*found = true;
	*out = st == SM_OK ? sm_buf_bytes(&b) : SM_STR("{\"$redacted\":\"all of it: too large or not to be read without its secrets\"}");
	return SM_OK;
}
