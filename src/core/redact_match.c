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
	const char *prefix;
	size_t more;
} prefixes[] = {
	{"sk_live_", 8}, {"sk_test_", 8}, {"rk_live_", 8}, {"rk_test_", 8}, {"whsec_", 12}, {"sk-ant-", 12}, {"sk-proj-", 12}, {"sk-", 32},
	{"ghp_", 20}, {"gho_", 20}, {"ghu_", 20}, {"ghs_", 20}, {"ghr_", 20}, {"github_pat_", 20}, {"glpat-", 16},
	{"xoxb-", 16}, {"xoxp-", 16}, {"xoxa-", 16}, {"xoxr-", 16}, {"xoxs-", 16}, {"xapp-", 16}, {"AKIA", 16}, {"ASIA", 16}, {"AIza", 30},
	{"SG.", 40}, {"key-", 32}, {"hf_", 24}, {"npm_", 30}, {"pypi-", 40}, {"dop_v1_", 32}, {"shpat_", 24}, {"shpca_", 24}, {"shpss_", 24},
	{"shppa_", 24}, {"sq0atp-", 16}, {"sq0csp-", 16}, {"EAAAE", 40}, {"ya29.", 20}, {"AGE-SECRET-KEY-", 20}
};

static const char *const hashes[] = {"$2y$", "$2a$", "$2b$", "$P$", "$wp$", "$argon2"};

static bool match_key(sm_bytes text, size_t at, sm_match *out)
{
	if (at > 0 && (is_alnum(text.p[at - 1]) || text.p[at - 1] == '_')) {
		return false;
	}
	size_t end = token_end(text, at);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t n = strlen(prefixes[i].prefix);
		if (text.p[at] == prefixes[i].prefix[0] && begins(text, at, prefixes[i].prefix) && end - at >= n + prefixes[i].more) {
			*out = (sm_match){at, end, "key"};
			return true;
		}
	}
	if (begins(text, at, "eyJ")) {
		size_t dots = 0;
		for (size_t i = at; i < end; i++) {
			dots += text.p[i] == '.';
		}
		if (dots == 2 && end - at >= 40) {
			*out = (sm_match){at, end, "token"};
			return true;
		}
	}
	if (begins_any_case(text, at, "bearer ")) {
		size_t from = at + 7;
		bool digit = false;
		end = token_end(text, from);
		for (size_t i = from; i < end; i++) {
			digit = digit || is_digit(text.p[i]);
		}
		if (digit && end - from >= 16) {
			*out = (sm_match){from, end, "token"};
			return true;
		}
	}
	return false;
}

static bool match_hash(sm_bytes text, size_t at, sm_match *out)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		size_t end = token_end(text, at);
		if (begins(text, at, hashes[i]) && end - at >= 30) {
			*out = (sm_match){at, end, "password hash"};
			return true;
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
	default:
		return is_alnum(c) && match_key(text, at, out);
	}
}

bool sm_match_next(const sm_redaction *rules, sm_bytes text, size_t at, bool names, sm_match *out)
{
	size_t known = SIZE_MAX;
	sm_match secret = {0, 0, "secret of this site"};
	for (const sm_redaction *r = rules; r != NULL; r = r->more) {
		for (size_t i = 0; i < r->n_secrets; i++) {
			size_t found = r->secrets[i].n >= SM_SECRET_MIN ? find(text, at, r->secrets[i]) : SIZE_MAX;
			if (found < known) {
				known = found;
				secret.from = found;
				secret.to = found + r->secrets[i].n;
			}
		}
	}
	for (; at < text.n && at < known; at++) {
		if (match_here(rules, text, at, names, out)) {
			/* a pair is found at its sign, its value lies behind */
			if (known < out->from) {
				break;
			}
			return true;
		}
	}
	*out = secret;
	return known != SIZE_MAX;
}
