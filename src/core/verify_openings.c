/* Commitments of a leaf against the private values beside it: each value opens its commitment; a value that is missing was erased by an
 * event that says so. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

typedef struct opening {
	sm_bytes field, salt, value;
} opening;

/* The next member of {"field":["<base64 salt>",value],...}; *at stands at its '{' or ','.
 *  @return false: there is no next one of this form */
static bool cut(const char **at, const char *end, opening *out)
{
	const char *p = *at;
	if (end - p < 3 || (*p != '{' && *p != ',') || p[1] != '"') {
		return false;
	}
	const char *name = p + 2, *quote = memchr(name, '"', (size_t)(end - name));
	if (quote == NULL || end - quote < 52 || memcmp(quote, "\":[\"", 4) != 0 || memcmp(quote + 48, "\",", 2) != 0) {
		return false;
	}
	const char *value = quote + 50, *stop = sm_leaf_value_end(value, end);
	if (stop == NULL || *stop != ']' || stop == value || end - stop < 2) {
		return false;
	}
	*out = (opening){{name, (size_t)(quote - name)}, {quote + 4, SM_COMMITMENT_LEN}, {value, (size_t)(stop - value)}};
	*at = stop + 1;
	return true;
}

static sm_status opens(sm_verify_pass *v, const sm_leaf *leaf, const opening *o, sm_bytes commitment, bool *yes)
{
	char id[SM_ID_SIZE], made[SM_COMMITMENT_LEN + 1];
	sm_bytes salt;
	sm_status s = sm_base64_read(&v->row, o->salt, &salt);
	*yes = false;
	if (s != SM_OK || salt.n != SM_SALT_LEN) {
		return s == SM_E_NOMEM ? s : SM_OK;
	}
	memcpy(id, leaf->id.p, SM_ID_LEN);
	id[SM_ID_LEN] = '\0';
	sm_commitment((const uint8_t *)salt.p, id, o->field, o->value, made);
	*yes = sm_bytes_eq(sm_cstr(made), commitment);
	return SM_OK;
}

/* ---- what was erased ---- */

static bool names(const sm_json *erased, int32_t seq, sm_bytes field)
{
	for (size_t i = 0; erased != NULL && erased->kind == SM_JSON_ARRAY && i < erased->u.a.n; i++) {
		const sm_json *entry = &erased->u.a.items[i];
		if (entry->kind != SM_JSON_ARRAY || entry->u.a.n < 2 || entry->u.a.items[0].kind != SM_JSON_INT || entry->u.a.items[0].u.i != seq) {
			continue;
		}
		for (size_t k = 1; k < entry->u.a.n; k++) {
			if (entry->u.a.items[k].kind == SM_JSON_STRING && sm_bytes_eq(entry->u.a.items[k].u.s, field)) {
				return true;
			}
		}
	}
	return false;
}

static bool all_named(const sm_verify_pass *v, const sm_leaf *leaf, bool *missing)
{
	bool all = true;
	for (size_t i = 0; i < leaf->n_p; i++) {
		missing[i] = missing[i] && !names(v->erased, leaf->seq, leaf->p[i].field);
		all = all && !missing[i];
	}
	return all;
}

/* The event stays: what one erasure names lies together in the log. */
static sm_status keep_erased(sm_verify_pass *v, const sm_leaf *leaf, sm_bytes text)
{
	sm_json *root;
	sm_bytes own;
	sm_arena_free(&v->erased_arena);
	v->erased = NULL;
	memcpy(v->erased_stream, leaf->run.p, SM_ID_LEN);
	sm_status s = sm_arena_dup(&v->erased_arena, text, &own);
	s = s == SM_OK ? sm_json_read(&v->erased_arena, own, &root, NULL) : s;
	if (s == SM_OK && sm_bytes_eq(sm_json_get_str(root, "type"), SM_STR("privacy.erased"))) {
		v->erased = sm_json_get(sm_json_get(root, "d"), "erased");
	}
	return s == SM_E_NOMEM ? s : SM_OK;
}

typedef struct looking {
	const sm_leaf *leaf;
	bool *missing;
} looking;

static sm_status look(sm_verify_pass *v, const sm_stream_event *event, bool *more, void *ctx)
{
	const looking *l = ctx;
	sm_status s = keep_erased(v, l->leaf, event->leaf);
	*more = s == SM_OK && !all_named(v, l->leaf, l->missing);
	return s;
}

static sm_status look_up(sm_verify_pass *v, const sm_leaf *leaf, bool *missing)
{
	looking l = {leaf, missing};
	if (v->erased != NULL && sm_bytes_eq(leaf->run, sm_cstr(v->erased_stream)) && all_named(v, leaf, missing)) {
		return SM_OK;
	}
	return sm_verify_events(v, leaf->run, 1, INT64_MAX, true, look, &l);
}

/* ---- a row ---- */

sm_status sm_verify_openings(sm_verify_pass *v, const sm_verify_row *row, const sm_leaf *leaf)
{
	bool missing[SM_PRIVATE_FIELDS_MAX] = {false};
	sm_status s = SM_OK;
	for (size_t i = 0; i < leaf->n_p; i++) {
		missing[i] = true;
	}
	if (row->private_bytes > SM_VERIFY_PRIVATE_MAX) {
		return sm_verify_found(v, SM_VERDICT_INVALID, "opening", row, "Its private values have %" PRId64 " bytes; no event has more than %d", row->private_bytes,
			SM_VERIFY_PRIVATE_MAX);
	}
	if (row->private_text.p != NULL) {
		const char *p = row->private_text.p, *end = p + row->private_text.n;
		opening o;
		while (s == SM_OK && cut(&p, end, &o)) {
			size_t i = 0;
			while (i < leaf->n_p && !(missing[i] && sm_bytes_eq(leaf->p[i].field, o.field))) {
				i++;
			}
			int shown = (int)(o.field.n > 40 ? 40 : o.field.n);
			if (i == leaf->n_p) {
				s = sm_verify_found(v, SM_VERDICT_INVALID, "opening", row, "It has a private value \"%.*s\" that its leaf does not commit to", shown, o.field.p);
				continue;
			}
			bool good = false;
			missing[i] = false;
			if ((s = opens(v, leaf, &o, leaf->p[i].commitment, &good)) != SM_OK) {
				break;
			}
			if (good) {
				v->r->openings++;
			} else {
				s = sm_verify_found(v, SM_VERDICT_INVALID, "commitment", row, "Its private value \"%.*s\" is not the one that its leaf commits to", shown,
					o.field.p);
			}
		}
		if (s == SM_OK && (p >= end || *p != '}' || p + 1 != end)) {
			return sm_verify_found(v, SM_VERDICT_INVALID, "opening", row, "Its private values are not of the form that the extension writes");
		}
	}
	size_t n = 0, left = 0;
	for (size_t i = 0; i < leaf->n_p; i++) {
		n += missing[i];
	}
	if (s != SM_OK || n == 0 || (s = look_up(v, leaf, missing)) != SM_OK) {
		return s;
	}
	for (size_t i = 0; s == SM_OK && i < leaf->n_p; i++) {
		if (missing[i]) {
			left++;
			s = sm_verify_found(v, SM_VERDICT_INVALID, "opening", row, "Its private value \"%.*s\" is missing, and no event privacy.erased names it",
				(int)leaf->p[i].field.n, leaf->p[i].field.p);
		}
	}
	v->r->erased += n - left;
	return s;
}
