/* The column `private`: salts and values behind a leaf's commitments, as text (FORMATS "Private values"). */
#include "event_private.h"

#include <string.h>

sm_status sm_private_seal(sm_event *ev, sm_arena *arena, const sm_host *host, sm_json *commitments, sm_error *e)
{
	sm_json *column = sm_json_new(arena, SM_JSON_OBJECT);
	size_t most = 16;
	if (column == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < ev->n_p; i++) {
		uint8_t salt[SM_SALT_LEN];
		char commitment[SM_COMMITMENT_LEN + 1];
		sm_bytes text;
		sm_buf salt64;

		host->random(host->ctx, salt, sizeof salt);
		sm_commitment(salt, ev->id, ev->p[i].field, ev->p[i].value, commitment);
		sm_buf_init(&salt64, arena, 64);
		sm_base64_put(&salt64, salt, sizeof salt);
		sm_status st = salt64.status ? salt64.status : sm_arena_dup(arena, (sm_bytes){commitment, SM_COMMITMENT_LEN}, &text);
		if (st) {
			return st;
		}
		sm_json *pair = sm_json_new(arena, SM_JSON_ARRAY);
		sm_json *salt_json = sm_json_str(arena, sm_buf_bytes(&salt64));
		sm_json *value = sm_json_raw(arena, ev->p[i].value);
		if (pair == NULL || salt_json == NULL || value == NULL || sm_json_push(arena, pair, salt_json) || sm_json_push(arena, pair, value)
			|| sm_json_set(arena, column, ev->p[i].field, pair)
			|| sm_json_set(arena, commitments, ev->p[i].field, sm_json_str(arena, text))) {
			return SM_E_NOMEM;
		}
		most += ev->p[i].value.n + ev->p[i].field.n + 64;
	}
	sm_buf b;
	sm_buf_init(&b, arena, most);
	sm_status st = sm_json_write(&b, column, e);
	ev->private_text = sm_buf_bytes(&b);
	return st ? st : b.status;
}

/* End of the JSON value that begins at p, or NULL. Looks only at strings and brackets: who needs the value reads it strictly. */
static const char *value_end(const char *p, const char *end)
{
	int depth = 0;
	while (p < end) {
		if (*p == '"') {
			for (p++; p < end && *p != '"'; p++) {
				p += *p == '\\';
			}
			if (p >= end) {
				return NULL;
			}
		} else if (*p == '[' || *p == '{') {
			depth++;
		} else if (*p == ']' || *p == '}') {
			if (depth == 0) {
				return p;
			}
			depth--;
		} else if (*p == ',' && depth == 0) {
			return p;
		}
		p++;
	}
	return NULL;
}

/* A private field's name, not met before. */
static bool is_new_field(const sm_event *ev, sm_bytes name)
{
	for (size_t i = 0; i < name.n; i++) {
		if ((name.p[i] < 'a' || name.p[i] > 'z') && name.p[i] != '_') {
			return false;
		}
	}
	for (size_t i = 0; i < ev->n_p; i++) {
		if (sm_bytes_eq(ev->p[i].field, name)) {
			return false;
		}
	}
	return name.n > 0;
}

bool sm_private_cut(sm_event *ev, sm_bytes text)
{
	const char *p = text.p, *end = text.p + text.n;
	if (text.n < 2 || *p != '{') {
		return false;
	}
	while (*p == '{' || *p == ',') {
		if (ev->n_p == SM_PRIVATE_FIELDS_MAX || end - p < 3 || p[1] != '"') {
			return false;
		}
		const char *name = p + 2;
		const char *quote = memchr(name, '"', (size_t)(end - name));
		if (quote == NULL || end - quote < 50 || memcmp(quote, "\":[\"", 4) != 0 || memcmp(quote + 48, "\",", 2) != 0) {
			return false;
		}
		const char *value = quote + 50;
		const char *stop = value_end(value, end);
		if (stop == NULL || *stop != ']' || stop == value || end - stop < 2) {
			return false;
		}
		sm_private found = {{name, (size_t)(quote - name)}, {value, (size_t)(stop - value)}};
		if (!is_new_field(ev, found.field)) {
			return false;
		}
		ev->p[ev->n_p++] = found;
		p = stop + 1;
	}
	return *p == '}' && p + 1 == end;
}

sm_status sm_private_without(sm_arena *arena, const sm_event *ev, unsigned gone, sm_bytes *out)
{
	sm_buf b;
	sm_buf_init(&b, arena, ev->private_text.n + 2);
	for (size_t i = 0; i < ev->n_p; i++) {
		if (gone & 1u << i) {
			continue;
		}
		/* from the quote before the name to the bracket behind the value: the text as it was committed to */
		const char *from = ev->p[i].field.p - 1, *to = ev->p[i].value.p + ev->p[i].value.n + 1;
		sm_buf_putc(&b, b.n == 0 ? '{' : ',');
		sm_buf_put(&b, from, (size_t)(to - from));
	}
	if (b.n > 0) {
		sm_buf_putc(&b, '}');
	}
	*out = sm_buf_bytes(&b);
	return b.status;
}
