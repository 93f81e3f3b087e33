/* What looks like a secret, whatever it is called. */
#include "redact_match.h"

#include <string.h>

/* What keys and tokens are made of. */
static bool is_token(char c)
{
	return sm_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=' || c == '$';
}

static size_t token_end(sm_bytes text, size_t at)
{
	while (at < text.n && is_token(text.p[at])) {
		at++;
	}
	return at;
}

/* ---- keys ---- */

/* Prefixes that only secrets have, and how many characters must follow. Publishable keys (pk_live_) are no secrets. */
static const struct {
	sm_bytes prefix;
	size_t more;
} prefixes[] = {
	{SM_LIT("sk_live_"), 8}, {SM_LIT("sk_test_"), 8}, {SM_LIT("rk_live_"), 8}, {SM_LIT("rk_test_"), 8}, {SM_LIT("whsec_"), 12},
	{SM_LIT("sk-ant-"), 12}, {SM_LIT("sk-proj-"), 12}, {SM_LIT("sk-"), 32}, {SM_LIT("ghp_"), 20}, {SM_LIT("gho_"), 20},
	{SM_LIT("ghu_"), 20}, {SM_LIT("ghs_"), 20}, {SM_LIT("ghr_"), 20}, {SM_LIT("github_pat_"), 20}, {SM_LIT("glpat-"), 16},
	{SM_LIT("xoxb-"), 16}, {SM_LIT("xoxp-"), 16}, {SM_LIT("xoxa-"), 16}, {SM_LIT("xoxr-"), 16}, {SM_LIT("xoxs-"), 16},
	{SM_LIT("xapp-"), 16}, {SM_LIT("AKIA"), 16}, {SM_LIT("ASIA"), 16}, {SM_LIT("AIza"), 30}, {SM_LIT("SG."), 40},
	{SM_LIT("key-"), 32}, {SM_LIT("hf_"), 24}, {SM_LIT("npm_"), 30}, {SM_LIT("pypi-"), 40}, {SM_LIT("dop_v1_"), 32},
	{SM_LIT("shpat_"), 24}, {SM_LIT("shpca_"), 24}, {SM_LIT("shpss_"), 24}, {SM_LIT("shppa_"), 24}, {SM_LIT("sq0atp-"), 16},
	{SM_LIT("sq0csp-"), 16}, {SM_LIT("EAAAE"), 40}, {SM_LIT("ya29."), 20}, {SM_LIT("AGE-SECRET-KEY-"), 20}
};

static const char *const hashes[] = {"$2y$", "$2a$", "$2b$", "$P$", "$wp$", "$argon2"};

/* header.payload.signature, and longer ones. The header is short: without its dot in sight it is none. */
static bool match_web_token(sm_bytes text, size_t at, sm_match *out)
{
	enum { HEADER_MAX = 1024, PAYLOAD_MAX = 16384 };
	size_t dots = 0, most = HEADER_MAX, from = at;
	for (size_t i = at; dots < 2 && i < text.n && i - from < most && is_token(text.p[i]); i++) {
		if (text.p[i] == '.') {
			dots++;
			from = i;
			most = PAYLOAD_MAX;
		}
	}
	if (dots < 2) {
		return false;
	}
	*out = (sm_match){at, token_end(text, from), "token"};
	return out->to - at >= 40;
}

/* at: the first character of a word that one of the prefixes, "eyJ" or "bearer" may begin with */
static bool match_key(sm_bytes text, size_t at, sm_match *out)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		const sm_bytes *prefix = &prefixes[i].prefix;
		if (prefix->p[0] != text.p[at] || text.n - at < prefix->n || memcmp(text.p + at, prefix->p, prefix->n) != 0) {
			continue;
		}
		size_t end = at + prefix->n;
		while (end < text.n && end - at < prefix->n + prefixes[i].more && is_token(text.p[end])) {
			end++;
		}
		if (end - at == prefix->n + prefixes[i].more) {
			*out = (sm_match){at, token_end(text, end), "key"};
			return true;
		}
	}
	if (sm_begins(text, at, "eyJ")) {
		return match_web_token(text, at, out);
	}
	if (sm_begins_any_case(text, at, "bearer ")) {
		size_t from = at + 7, end = from;
		bool digit = false;
		for (; end < text.n && is_token(text.p[end]); end++) {
			digit = digit || sm_is_digit(text.p[end]);
		}
		*out = (sm_match){from, end, "token"};
		return digit && end - from >= 16;
	}
	return false;
}

static bool match_hash(sm_bytes text, size_t at, sm_match *out)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		if (sm_begins(text, at, hashes[i])) {
			*out = (sm_match){at, token_end(text, at), "password hash"};
			return out->to - at >= 30;
		}
	}
	return false;
}

static size_t find(sm_bytes text, size_t at, sm_bytes word)
{
	while (word.n > 0 && at < text.n && text.n - at >= word.n) {
		const char *p = memchr(text.p + at, word.p[0], text.n - at - word.n + 1);
		if (p == NULL) {
			break;
		}
		at = (size_t)(p - text.p);
		if (memcmp(p, word.p, word.n) == 0) {
			return at;
		}
		at++;
	}
	return SIZE_MAX;
}

static bool match_block(sm_bytes text, size_t at, sm_match *out)
{
	size_t line = at, kind;
	if (!sm_begins(text, at, "-----BEGIN ")) {
		return false;
	}
	while (line < text.n && line < at + 80 && text.p[line] != '\n') {
		line++;
	}
	kind = find((sm_bytes){text.p, line}, at, SM_STR("PRIVATE KEY"));
	if (kind == SIZE_MAX) {
		return false;
	}
	size_t end = find(text, kind, SM_STR("-----END "));
	if (end != SIZE_MAX) {
		end = find(text, end + 9, SM_STR("-----"));
	}
	*out = (sm_match){at, end == SIZE_MAX ? text.n : end + 5, "private key"};
	return true;
}

/* at: the colon of "://". The password of user:password@host. */
static bool match_url(sm_bytes text, size_t at, sm_match *out)
{
	size_t colon = 0;
	if (!sm_begins(text, at, "://")) {
		return false;
	}
	for (size_t i = at + 3; i < text.n && !sm_is_space(text.p[i]) && !sm_is_one_of(text.p[i], "/?#\"'<>\\"); i++) {
		if (text.p[i] == ':' && colon == 0) {
			colon = i;
		} else if (text.p[i] == '@' && colon > 0 && i > colon + 1) {
			*out = (sm_match){colon + 1, i, "password"};
			return !sm_begins(text, colon + 1, "[redacted:");
		}
	}
	return false;
}

/* ---- all of it ---- */

static bool match_here(const sm_redaction *rules, sm_bytes text, size_t at, bool names, sm_match *out)
{
	char c = text.p[at];
	if (sm_is_digit(c) || c == '\xef') {
		size_t end = sm_begins_group(text, at) ? sm_match_card(text, at) : 0;
		*out = (sm_match){at, end, "card number"};
		return end > 0;
	}
	switch (c) {
	case ':':
		return match_url(text, at, out) || (names && sm_match_named(rules, text, at, out));
	case '-':
		return match_block(text, at, out) || (names && sm_match_named(rules, text, at, out));
	case '=': case ';': case '|': case '<': case '\t':
		return names && sm_match_named(rules, text, at, out);
	case '$':
		return match_hash(text, at, out);
	case 's': case 'r': case 'w': case 'g': case 'x': case 'A': case 'S': case 'k': case 'h': case 'n': case 'p': case 'd': case 'E': case 'y':
	case 'e': case 'B': case 'b':
		return (at == 0 || (!sm_is_alnum(text.p[at - 1]) && text.p[at - 1] != '_')) && match_key(text, at, out);
	default:
		return false;
	}
}

/* Where the site's own secrets stand next: each is looked for anew only behind the place where it was found. */
static void find_known(sm_scan *s, size_t at, bool first)
{
	size_t k = 0;
	s->known = (sm_match){SIZE_MAX, SIZE_MAX, "secret of this site"};
	for (const sm_redaction *r = s->rules; r != NULL; r = r->more) {
		for (size_t i = 0; i < r->n_secrets && k < SM_REDACT_NAMES_MAX; i++, k++) {
			if (first || s->next[k] < at) {
				s->next[k] = r->secrets[i].n >= SM_SECRET_MIN ? find(s->text, at, r->secrets[i]) : SIZE_MAX;
			}
			if (s->next[k] < s->known.from) {
				s->known.from = s->next[k];
				s->known.to = s->next[k] + r->secrets[i].n;
			}
		}
	}
}

void sm_scan_init(sm_scan *s, const sm_redaction *rules, sm_bytes text, bool names)
{
	s->rules = rules;
	s->text = text;
	s->names = names;
	find_known(s, 0, true);
}

bool sm_match_next(sm_scan *s, size_t at, sm_match *out)
{
	if (s->known.from < at) {
		find_known(s, at, false);
	}
	for (; at < s->text.n && at < s->known.from; at++) {
		if (match_here(s->rules, s->text, at, s->names, out)) {
			/* a pair is found at its sign, its value lies behind */
			if (s->known.from < out->from) {
				break;
			}
			return true;
		}
	}
	*out = s->known;
	return s->known.from != SIZE_MAX;
}
