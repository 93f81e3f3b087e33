/* A leaf cut along its canonical form: which has one order of keys and no white space, so that nothing needs to be searched. */
#include "verify_pass.h"

#include <string.h>

typedef struct cursor {
	const char *p, *end;
} cursor;

static bool literal(cursor *c, const char *text)
{
	size_t n = strlen(text);
	if ((size_t)(c->end - c->p) < n || memcmp(c->p, text, n) != 0) {
		return false;
	}
	c->p += n;
	return true;
}

const char *sm_leaf_value_end(const char *p, const char *end)
{
	int depth = 0;
	for (; p < end; p++) {
		switch (*p) {
		case '"':
			for (p++; p < end && *p != '"'; p++) {
				p += *p == '\\';
			}
			if (p >= end) {
				return NULL;
			}
			break;
		case '[':
		case '{':
			depth++;
			break;
		case ']':
		case '}':
			if (depth == 0) {
				return p;
			}
			depth--;
			break;
		case ',':
			if (depth == 0) {
				return p;
			}
			break;
		default:
			break;
		}
	}
	return NULL;
}

/* What has no escapes and no control characters: all that stands in these places. */
static bool plain(cursor *c, size_t least, size_t most, sm_bytes *out)
{
	const char *p = c->p;
	while (p < c->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) {
		p++;
	}
	*out = (sm_bytes){c->p, (size_t)(p - c->p)};
	c->p = p;
	return p < c->end && *p == '"' && out->n >= least && out->n <= most;
}

static bool hex(cursor *c, sm_bytes *out)
{
	return plain(c, SM_ID_LEN, SM_ID_LEN, out) && sm_is_hex(*out, SM_ID_LEN);
}

/* 0 to 2^53 - 1, one form. */
static bool number(cursor *c, int64_t *out)
{
	const char *first = c->p;
	int64_t v = 0;
	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9' && c->p - first < 16; c->p++) {
		v = v * 10 + (*c->p - '0');
	}
	*out = v;
	return c->p > first && (*first != '0' || c->p - first == 1) && v <= SM_MAX_SAFE_INT;
}

static bool commitments(cursor *c, sm_leaf *out)
{
	do {
		sm_bytes field, commitment;
		if (out->n_p == SM_PRIVATE_FIELDS_MAX || !literal(c, "\"") || !plain(c, 1, 64, &field) || !literal(c, "\":\"")
			|| !plain(c, SM_COMMITMENT_LEN, SM_COMMITMENT_LEN, &commitment) || !literal(c, "\"")) {
			return false;
		}
		/* sorted, so none comes twice */
		if (out->n_p > 0 && sm_bytes_cmp(out->p[out->n_p - 1].field, field) >= 0) {
			return false;
		}
		out->p[out->n_p].field = field;
		out->p[out->n_p++].commitment = commitment;
	} while (literal(c, ","));
	return literal(c, "},");
}

bool sm_leaf_read(sm_bytes text, sm_leaf *out)
{
	cursor c = {text.p, text.p + text.n};
	int64_t seq;
	memset(out, 0, sizeof *out);
	if (text.p == NULL || !literal(&c, "{\"d\":{")) {
		return false;
	}
	const char *d = c.p - 1, *end = sm_leaf_value_end(d, c.end);
	if (end == NULL || end[-1] != '}') {
		return false;
	}
	out->d = (sm_bytes){d, (size_t)(end - d)};
	c.p = end;
	if (!literal(&c, ",\"id\":\"") || !hex(&c, &out->id) || !literal(&c, "\",\"log\":\"") || !plain(&c, 1, SM_NOTE_NAME_MAX, &out->log)
		|| !literal(&c, "\",") || (literal(&c, "\"p\":{") && !commitments(&c, out))) {
		return false;
	}
	if (literal(&c, "\"prev\":\"") && (!hex(&c, &out->prev) || !literal(&c, "\","))) {
		return false;
	}
	if (!literal(&c, "\"run\":\"") || !hex(&c, &out->run) || !literal(&c, "\",\"seq\":") || !number(&c, &seq) || seq < 1 || seq > INT32_MAX
		|| !literal(&c, ",\"t\":") || !number(&c, &out->t) || !literal(&c, ",\"type\":\"") || !plain(&c, 1, 190, &out->type)
		|| !literal(&c, "\",\"v\":1}") || c.p != c.end) {
		return false;
	}
	out->seq = (int32_t)seq;
	return (seq > 1) == (out->prev.p != NULL);
}
