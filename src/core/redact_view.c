/* Secrets that are written down encoded: percent signs, backslashes and HTML's entities, in up to VIEWS_MAX layers. */
#include "redact_match.h"

#include <string.h>

enum { VIEWS_MAX = 3, SHORT_MAX = 1024 };

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* @return the number of `n` hex digits at `at`, -1 = they are none */
static int32_t hex_number(sm_bytes text, size_t at, size_t n)
{
	int32_t v = 0;
	for (size_t i = 0; i < n; i++) {
		int d = at + i < text.n ? hex_digit(text.p[at + i]) : -1;
		if (d < 0) {
			return -1;
		}
		v = v * 16 + d;
	}
	return v;
}

static size_t utf8(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18 & 7));
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* at: a backslash. @return bytes taken, 0 = it stands for itself */
static size_t unescape(sm_bytes text, size_t at, char out[4], size_t *n)
{
	static const char letters[] = "\"\\/'ntrbf", meant[] = "\"\\/'\n\t\r\b\f";
	char c = at + 1 < text.n ? text.p[at + 1] : '\0';
	const char *found = c != '\0' ? strchr(letters, c) : NULL;
	if (found != NULL) {
		out[0] = meant[found - letters];
		*n = 1;
		return 2;
	}
	int32_t v = c == 'u' ? hex_number(text, at + 2, 4) : c == 'x' ? hex_number(text, at + 2, 2) : -1;
	if (v < 0) {
		return 0;
	}
	if (v >= 0xd800 && v < 0xdc00 && at + 7 < text.n && text.p[at + 6] == '\\' && text.p[at + 7] == 'u') {
		int32_t low = hex_number(text, at + 8, 4);
		if (low >= 0xdc00 && low < 0xe000) {
			*n = utf8(0x10000u + (uint32_t)(v - 0xd800) * 0x400u + (uint32_t)(low - 0xdc00), out);
			return 12;
		}
	}
	*n = utf8((uint32_t)v, out);
	return c == 'u' ? 6 : 4;
}

/* at: an ampersand. @return bytes taken, 0 = it stands for itself */
static size_t entity(sm_bytes text, size_t at, char out[4], size_t *n)
{
	static const struct { sm_bytes name; uint32_t c; } names[] = {
		{SM_LIT("&quot;"), '"'}, {SM_LIT("&amp;"), '&'}, {SM_LIT("&lt;"), '<'}, {SM_LIT("&gt;"), '>'}, {SM_LIT("&apos;"), '\''}, {SM_LIT("&nbsp;"), 0xa0}
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (text.n - at >= names[i].name.n && memcmp(text.p + at, names[i].name.p, names[i].name.n) == 0) {
			*n = utf8(names[i].c, out);
			return names[i].name.n;
		}
	}
	if (at + 1 >= text.n || text.p[at + 1] != '#') {
		return 0;
	}
	bool hex = at + 2 < text.n && (text.p[at + 2] | 0x20) == 'x';
	size_t i = at + (hex ? 3 : 2), first = i;
	uint32_t v = 0;
	for (; i < text.n && i - first < 7; i++) {
		int d = hex_digit(text.p[i]);
		if (d < 0 || (!hex && d > 9)) {
			break;
		}
		v = v * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (i == first || i >= text.n || text.p[i] != ';' || v > 0x10ffff) {
		return 0;
	}
	*n = utf8(v, out);
	return i + 1 - at;
}

/* One character less encoded. @param out   what it means, *n bytes @return bytes taken from the text */
static size_t decode_one(sm_bytes text, size_t at, char out[4], size_t *n)
{
	size_t taken = 0;
	int32_t v;
	switch (text.p[at]) {
	case '%':
		if ((v = hex_number(text, at + 1, 2)) >= 0) {
			out[0] = (char)(unsigned char)v;
			*n = 1;
			taken = 3;
		}
		break;
	case '\\':
		taken = unescape(text, at, out, n);
		break;
	case '&':
		taken = entity(text, at, out, n);
		break;
	default:
		break;
	}
	if (taken == 0) {
		out[0] = text.p[at];
		*n = 1;
		taken = 1;
	}
	return taken;
}

bool sm_text_is_encoded(sm_bytes text)
{
	char out[4];
	size_t n;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if ((c == '%' || c == '\\' || c == '&') && decode_one(text, i, out, &n) > 1) {
			return true;
		}
	}
	return false;
}

/* room: text.n bytes; what is decoded is never longer */
static sm_bytes decode(sm_bytes text, char *room)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n;) {
		char out[4];
		size_t k;
		i += decode_one(text, i, out, &k);
		memcpy(room + n, out, k);
		n += k;
	}
	return (sm_bytes){room, n};
}

/* ---- all of a text ---- */

static sm_status push(sm_arena *arena, sm_matches *to, const sm_match *m)
{
	if (to->n == to->cap) {
		size_t cap = to->cap ? to->cap * 2 : 16;
		sm_match *grown = SM_NEW(arena, sm_match, cap);
		if (grown == NULL) {
			return SM_E_NOMEM;
		}
		if (to->n > 0) {
			memcpy(grown, to->items, to->n * sizeof *grown);
		}
		to->items = grown;
		to->cap = cap;
	}
	to->items[to->n++] = *m;
	return SM_OK;
}

/* Both are sorted. What overlaps becomes one. */
static sm_status unite(sm_arena *arena, const sm_matches *a, const sm_matches *b, sm_matches *out)
{
	sm_status st = SM_OK;
	*out = (sm_matches){NULL, 0, 0};
	for (size_t i = 0, k = 0; st == SM_OK && (i < a->n || k < b->n);) {
		bool first = k == b->n || (i < a->n && a->items[i].from <= b->items[k].from);
		const sm_match *m = first ? &a->items[i++] : &b->items[k++];
		sm_match *last = out->n > 0 ? &out->items[out->n - 1] : NULL;
		if (last != NULL && m->from < last->to) {
			last->to = m->to > last->to ? m->to : last->to;
		} else {
			st = push(arena, out, m);
		}
	}
	return st;
}

/* From places in the decoded text to places in the text. */
static void take_back(sm_bytes text, sm_matches *found)
{
	size_t at = 0, decoded = 0;
	for (size_t i = 0; i < 2 * found->n; i++) {
		size_t *place = i % 2 == 0 ? &found->items[i / 2].from : &found->items[i / 2].to;
		while (at < text.n && decoded < *place) {
			char out[4];
			size_t k;
			at += decode_one(text, at, out, &k);
			decoded += k;
		}
		*place = at;
	}
}

static sm_status find_in(sm_arena *scratch, const sm_redaction *rules, sm_bytes text, bool names, int views, sm_matches *out)
{
	sm_matches own = {NULL, 0, 0}, sub = {NULL, 0, 0};
	sm_status st = SM_OK;
	sm_match m;
	sm_scan s;
	sm_scan_init(&s, rules, text, names);
	for (size_t at = 0; st == SM_OK && sm_match_next(&s, at, &m); at = m.to) {
		st = push(scratch, &own, &m);
	}
	*out = own;
	if (st || views == 0 || !sm_text_is_encoded(text)) {
		return st;
	}
	char *room = SM_NEW(scratch, char, text.n);
	st = room != NULL ? find_in(scratch, rules, decode(text, room), names, views - 1, &sub) : SM_E_NOMEM;
	if (st || sub.n == 0) {
		return st;
	}
	take_back(text, &sub);
	return unite(scratch, &own, &sub, out);
}

sm_status sm_find_secrets(sm_arena *scratch, const sm_redaction *rules, sm_bytes text, sm_matches *out)
{
	return find_in(scratch, rules, text, true, VIEWS_MAX, out);
}

const char *sm_secret_in(const sm_redaction *rules, sm_bytes text)
{
	char room[2][SHORT_MAX];
	for (int view = 0; view <= VIEWS_MAX; view++) {
		sm_match m;
		sm_scan s;
		sm_scan_init(&s, rules, text, false);
		if (sm_match_next(&s, 0, &m)) {
			return m.what;
		}
		if (text.n > SHORT_MAX || !sm_text_is_encoded(text)) {
			break;
		}
		text = decode(text, room[view % 2]);
	}
	return NULL;
}
