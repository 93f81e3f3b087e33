/* What looks like a secret, whatever it is called. */
#include "redact_match.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What keys and tokens are made of. */
static bool is_token(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=' || c == '$';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t token_end(sm_bytes text, size_t at)
{
	while (at < text.n && is_token(text.p[at])) {
		at++;
	}
	return at;
}

static bool begins(sm_bytes text, size_t at, const char *word)
{
	size_t n = strlen(word);
	return text.n - at >= n && memcmp(text.p + at, word, n) == 0;
}

static bool begins_any_case(sm_bytes text, size_t at, const char *lower)
{
	size_t n = strlen(lower);
	for (size_t i = 0; i < n; i++) {
		if (at + i >= text.n || (text.p[at + i] | 0x20) != lower[i]) {
			return false;
		}
	}
	return true;
}

/* ---- card numbers ---- */

/* Issuers' ranges and lengths. Lengths that only old cards or phone numbers have are left out. */
static bool is_issued(const char *d, size_t n)
{
	int two = (d[0] - '0') * 10 + d[1] - '0', four = (two * 10 + d[2] - '0') * 10 + d[3] - '0';
	switch (d[0]) {
	case '2':
		return four >= 2221 && four <= 2720 && n == 16;
	case '3':
		return two == 34 || two == 37 ? n == 15 : two == 35 ? n == 16 && four >= 3528 && four <= 3589
			: (two == 30 ? four < 3060 : two == 36 || two == 38 || two == 39) && (n == 14 || n == 16);
	case '4':
		return n == 16 || n == 19;
	case '5':
		return n == 16;
	case '6':
		return n >= 16 && n <= 19;
	default:
		return false;
	}
}

static bool has_check_digit(const char *d, size_t n)
{
	int sum = 0;
	for (size_t i = 0; i < n; i++) {
		int v = d[n - 1 - i] - '0';
		v = i % 2 == 1 ? v * 2 : v;
		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

size_t sm_match_card(sm_bytes text, size_t at)
{
	char digits[19];
	size_t n = 0, end = 0;
	for (size_t i = at; i < text.n && n < sizeof digits; i++) {
		if (!is_digit(text.p[i])) {
			/* one space or dash between groups */
			if ((text.p[i] != ' ' && text.p[i] != '-') || i + 1 >= text.n || !is_digit(text.p[i + 1])) {
				break;
			}
			continue;
		}
		digits[n++] = text.p[i];
		bool last = i + 1 >= text.n || !is_alnum(text.p[i + 1]);
		bool fraction = i + 2 < text.n && text.p[i + 1] == '.' && is_digit(text.p[i + 2]);
		if (last && !fraction && n >= 14 && is_issued(digits, n) && has_check_digit(digits, n)) {
			end = i + 1;
		}
	}
	return end;
}

/* The first digit of a group that no letter, digit, sign or decimal point makes part of something else. */
static bool begins_group(sm_bytes text, size_t at)
{
	if (!is_digit(text.p[at])) {
		return false;
	}
	char before = at > 0 ? text.p[at - 1] : ' ';
	return !is_alnum(before) && before != '+' && !(before == '.' && at > 1 && is_digit(text.p[at - 2]));
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
	if (begins(text, at, "eyJ")) {
		return match_web_token(text, at, out);
	}
	if (begins_any_case(text, at, "bearer ")) {
		size_t from = at + 7, end = from;
		bool digit = false;
		for (; end < text.n && is_token(text.p[end]); end++) {
			digit = digit || is_digit(text.p[end]);
		}
		*out = (sm_match){from, end, "token"};
		return digit && end - from >= 16;
	}
	return false;
}

static bool match_hash(sm_bytes text, size_t at, sm_match *out)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		if (begins(text, at, hashes[i])) {
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
	if (!begins(text, at, "-----BEGIN ")) {
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
	if (!begins(text, at, "://")) {
		return false;
	}
	for (size_t i = at + 3; i < text.n && !is_space(text.p[i]) && strchr("/?#\"'<>\\", text.p[i]) == NULL; i++) {
		if (text.p[i] == ':' && colon == 0) {
			colon = i;
		} else if (text.p[i] == '@' && colon > 0 && i > colon + 1) {
			*out = (sm_match){colon + 1, i, "password"};
			return !begins(text, colon + 1, "[redacted:");
		}
	}
	return false;
}

/* ---- name and value in a text ---- */

/* at: '=' or ':' */
static bool match_pair(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	size_t to = at, from, value = at + 1;
	while (to > 0 && (text.p[to - 1] == '"' || text.p[to - 1] == '\'' || text.p[to - 1] == ' ' || text.p[to - 1] == '\\' || text.p[to - 1] == ']') && at - to < 4) {
		to--;
	}
	for (from = to; from > 0 && to - from <= SM_REDACT_NAME_MAX; from--) {
		char c = text.p[from - 1];
		if (!is_alnum(c) && c != '_' && c != '-' && c != '.' && (unsigned char)c < 0x80) {
			break;
		}
	}
	sm_bytes name = {text.p + from, to - from};
	if (to == from || !sm_secret_name(rules, name)) {
		return false;
	}
	/* => is an assignment too */
	if (value < text.n && text.p[at] == '=' && text.p[value] == '>') {
		value++;
	}
	while (value < text.n && (text.p[value] == ' ' || text.p[value] == '\t') && value - at < 4) {
		value++;
	}
	size_t quote = value;
	while (quote < text.n && text.p[quote] == '\\') {
		quote++;
	}
	size_t end;
	if (quote < text.n && (text.p[quote] == '"' || text.p[quote] == '\'')) {
		char mark = text.p[quote];
		size_t slashes = quote - value; /* of a text in a text: the closing quote has as many */
		value = quote + 1;
		for (end = value; end < text.n && text.p[end] != mark; end++) {
			end += slashes == 0 && text.p[end] == '\\' && end + 1 < text.n;
		}
		end = end > text.n ? text.n : end;
		while (slashes-- > 0 && end > value && end < text.n && text.p[end - 1] == '\\') {
			end--;
		}
	} else {
		bool line = begins_any_case(text, from, "authorization") || begins_any_case(text, from, "proxy-auth") || begins_any_case(text, from, "cookie")
			|| begins_any_case(text, from, "set-cookie");
		for (end = value; end < text.n && text.p[end] != '\n' && text.p[end] != '\r'; end++) {
			if (!line && (is_space(text.p[end]) || strchr(",;&}])\"'<", text.p[end]) != NULL)) {
				break;
			}
		}
		if (!line && end - value < 12 && text.p[at] == ':' && sm_name_is_weak(name)) {
			return false;
		}
	}
	if (end <= value || begins(text, value, "[redacted:")) {
		return false;
	}
	*out = (sm_match){value, end, "by name"};
	return true;
}

/* ---- all of it ---- */

static bool match_here(const sm_redaction *rules, sm_bytes text, size_t at, bool names, sm_match *out)
{
	char c = text.p[at];
	if (is_digit(c)) {
		size_t end = begins_group(text, at) ? sm_match_card(text, at) : 0;
		*out = (sm_match){at, end, "card number"};
		return end > 0;
	}
	switch (c) {
	case ':':
		if (match_url(text, at, out)) {
			return true;
		}
		return names && match_pair(rules, text, at, out);
	case '=':
		return names && match_pair(rules, text, at, out);
	case '-':
		return match_block(text, at, out);
	case '$':
		return match_hash(text, at, out);
	case 's': case 'r': case 'w': case 'g': case 'x': case 'A': case 'S': case 'k': case 'h': case 'n': case 'p': case 'd': case 'E': case 'y':
	case 'e': case 'B': case 'b':
		return (at == 0 || (!is_alnum(text.p[at - 1]) && text.p[at - 1] != '_')) && match_key(text, at, out);
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
