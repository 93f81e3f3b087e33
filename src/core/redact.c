/* Taking secrets out of texts and values. */
#include "redact_match.h"

#include <string.h>

static const char marker_key[] = "$redacted";

const char *sm_secret_in(const sm_redaction *rules, sm_bytes text)
{
	sm_match m;
	sm_scan s;
	sm_scan_init(&s, rules, text, false);
	return sm_match_next(&s, 0, &m) ? m.what : NULL;
}

sm_status sm_redact_text(sm_arena *arena, const sm_redaction *rules, sm_bytes text, sm_bytes *out, bool *found)
{
	size_t at = 0;
	sm_match m;
	sm_scan s;
	sm_buf b;

	*out = text;
	sm_scan_init(&s, rules, text, true);
	if (!sm_match_next(&s, 0, &m)) {
		return SM_OK;
	}
	*found = true;
	sm_buf_init(&b, arena, SIZE_MAX / 2);
	do {
		sm_buf_put(&b, text.p + at, m.from - at);
		sm_buf_puts(&b, "[redacted: ");
		sm_buf_puts(&b, m.what);
		sm_buf_puts(&b, "]");
		at = m.to;
	} while (sm_match_next(&s, at, &m));
	sm_buf_put(&b, text.p + at, text.n - at);
	*out = sm_buf_bytes(&b);
	return b.status;
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
	size_t n = 0;
	if (v->kind == SM_JSON_DOUBLE) {
		n = sm_number_format(v->u.f, digits);
	} else {
		int64_t i = v->u.i;
		if (i < 0) {
			return SM_OK;
		}
		for (; i > 0; i /= 10) {
			n++;
		}
		i = v->u.i;
		for (size_t k = n; k > 0; k--, i /= 10) {
			digits[k - 1] = (char)('0' + i % 10);
		}
	}
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

static sm_status walk_value(walk *w, sm_json *v)
{
	sm_status st = SM_OK;
	switch (v->kind) {
	case SM_JSON_STRING:
		return sm_redact_text(w->arena, w->rules, v->u.s, &v->u.s, &w->found);
	case SM_JSON_INT:
	case SM_JSON_DOUBLE:
		return walk_number(w, v);
	case SM_JSON_ARRAY:
		for (size_t i = 0; st == SM_OK && i < v->u.a.n; i++) {
			st = walk_value(w, &v->u.a.items[i]);
		}
		return st;
	case SM_JSON_OBJECT:
		return walk_object(w, v);
	default:
		return SM_OK;
	}
}

/* Whether the text is worth being read as a tree: what is secret in a value shows in its canonical text, but for bytes that had to be
 * escaped or encoded there. */
static bool is_suspect(const sm_redaction *rules, sm_bytes canonical)
{
	static const sm_bytes bin = SM_LIT("\"$bin\"");
	bool escaped = false, inside = false;
	size_t open = 0;
	sm_match m;
	sm_scan s;
	sm_scan_init(&s, rules, canonical, true);
	if (sm_match_next(&s, 0, &m)) {
		return true;
	}
	for (size_t i = 0; i < canonical.n; i++) {
		if (canonical.p[i] == '\\') {
			escaped = true;
			i++;
		} else if (canonical.p[i] == '"') {
			inside = !inside;
			if (!inside && sm_secret_name(rules, (sm_bytes){canonical.p + open, i - open})) {
				return true;
			}
			if (!inside && i - open == 4 && memcmp(canonical.p + open, bin.p + 1, 4) == 0) {
				return true;
			}
			open = i + 1;
		}
	}
	for (; escaped && rules != NULL; rules = rules->more) {
		for (size_t i = 0; i < rules->n_secrets; i++) {
			for (size_t k = 0; k < rules->secrets[i].n; k++) {
				unsigned char c = (unsigned char)rules->secrets[i].p[k];
				if (c < 0x20 || c == '"' || c == '\\') {
					return true; /* it would not be found as it stands */
				}
			}
		}
	}
	return false;
}

sm_status sm_redact_canonical(sm_arena *arena, const sm_redaction *rules, sm_bytes canonical, sm_bytes *out, bool *found)
{
	walk w = {arena, rules, false};
	sm_json *tree = NULL;
	sm_buf b;

	*out = canonical;
	if (!is_suspect(rules, canonical)) {
		return SM_OK;
	}
	sm_status st = sm_json_read(arena, canonical, &tree, NULL);
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
