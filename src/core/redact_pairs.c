/* Values behind their names in a text: name=value, "name":value, PHP's serialize(), tags, tables. */
#include "redact_match.h"

#include <string.h>

static bool is_name(char c)
{
	return sm_is_letter(c) || sm_is_digit(c) || c == '_' || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* What was taken out before stays; said at once, so that many of them are not each read to the end of the text. */
static bool is_marker(sm_bytes text, size_t at)
{
	return sm_begins(text, at, "[redacted:");
}

/* The word that ends before `to`, as long as a name may be. */
static sm_bytes name_before(sm_bytes text, size_t to)
{
	size_t from = to;
	while (from > 0 && to - from <= SM_REDACT_NAME_MAX && is_name(text.p[from - 1])) {
		from--;
	}
	return (sm_bytes){text.p + from, to - from};
}

bool sm_match_take(sm_bytes text, size_t from, size_t to, sm_match *out)
{
	*out = (sm_match){from, to, "by name"};
	return to > from && !is_marker(text, from);
}

/* ---- values ---- */

size_t sm_quoted_end(sm_bytes text, size_t from, char mark, size_t slashes)
{
	size_t end;
	for (end = from; end < text.n && text.p[end] != mark; end++) {
		end += slashes == 0 && text.p[end] == '\\' && end + 1 < text.n;
	}
	end = end > text.n ? text.n : end;
	while (slashes-- > 0 && end > from && end < text.n && text.p[end - 1] == '\\') {
		end--;
	}
	return end;
}

/* at: an opening bracket. Behind the one that closes it; all of the text where none does. */
static size_t bracket_end(sm_bytes text, size_t at)
{
	size_t depth = 0;
	for (size_t i = at; i < text.n; i++) {
		switch (text.p[i]) {
		case '"':
			i = sm_quoted_end(text, i + 1, '"', 0);
			break;
		case '[':
		case '{':
			depth++;
			break;
		case ']':
		case '}':
			if (--depth == 0) {
				return i + 1;
			}
			break;
		default:
			break;
		}
	}
	return text.n;
}

/* ---- name=value, name: value ---- */

/* Behind what stands between "=>" and a value, such as var_dump()'s line break and `string(7) `. */
static size_t skip_dump(sm_bytes text, size_t at)
{
	size_t i = at;
	while (i < text.n && i - at < 80 && sm_is_space(text.p[i])) {
		i++;
	}
	if (sm_begins(text, i, "string(")) {
		size_t close = i + 7;
		while (close < text.n && sm_is_digit(text.p[close])) {
			close++;
		}
		return sm_begins(text, close, ") \"") ? close + 2 : at;
	}
	return at;
}

/* at: '=' or ':' */
static bool match_pair(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	enum { WEAK_MIN = 12 /* bytes of what stands behind a weak name and a colon */ };
	size_t to = at, value = at + 1;
	while (to > 0 && at - to < 4 && (sm_is_quote(text.p[to - 1]) || sm_is_one_of(text.p[to - 1], " \t\\]"))) {
		to--;
	}
	sm_bytes name = name_before(text, to);
	if (name.n == 0 || !sm_secret_name(rules, name)) {
		return false;
	}
	/* => is an assignment too */
	if (value < text.n && text.p[at] == '=' && text.p[value] == '>') {
		value = skip_dump(text, value + 1);
	}
	while (value < text.n && (text.p[value] == ' ' || text.p[value] == '\t') && value - at < 4) {
		value++;
	}
	size_t quote = value, end;
	while (quote < text.n && text.p[quote] == '\\') {
		quote++;
	}
	if (quote < text.n && sm_is_quote(text.p[quote])) {
		return sm_match_take(text, quote + 1, sm_quoted_end(text, quote + 1, text.p[quote], quote - value), out);
	}
	if (is_marker(text, value)) {
		return false;
	}
	size_t from = (size_t)(name.p - text.p);
	if (value < text.n && (text.p[value] == '{' || text.p[value] == '[')) {
		bool prose = to == at && text.p[at] == ':' && sm_name_is_weak(name); /* unexpected token: { in line 5 */
		end = sm_begins(text, value, "{}") || sm_begins(text, value, "[]") || sm_begins(text, value, "{\"$redacted\"") ? value : bracket_end(text, value);
		return !(prose && (end - value < WEAK_MIN || (text.p[end - 1] != '}' && text.p[end - 1] != ']'))) && sm_match_take(text, value, end, out);
	}
	bool line = sm_begins_any_case(text, from, "authorization") || sm_begins_any_case(text, from, "proxy-auth") || sm_begins_any_case(text, from, "cookie")
		|| sm_begins_any_case(text, from, "set-cookie");
	for (end = value; end < text.n && text.p[end] != '\n' && text.p[end] != '\r'; end++) {
		if (!line && (sm_is_space(text.p[end]) || sm_is_one_of(text.p[end], ",;&}])\"'<"))) {
			break;
		}
	}
	if (!line && end - value < WEAK_MIN && text.p[at] == ':' && sm_name_is_weak(name)) {
		return false;
	}
	return sm_match_take(text, value, end, out);
}

/* ---- PHP's serialize() ---- */

/* at: s:N:" @return behind the opening quote, and *n; 0 = it is none */
static size_t serialized_string(sm_bytes text, size_t at, size_t *n)
{
	size_t i = at + 2;
	if (!sm_begins(text, at, "s:") && !sm_begins(text, at, "S:")) {
		return 0;
	}
	for (*n = 0; i < text.n && sm_is_digit(text.p[i]) && i - at < 11; i++) {
		*n = *n * 10 + (size_t)(text.p[i] - '0');
	}
	return i > at + 2 && sm_begins(text, i, ":\"") ? i + 2 : 0;
}

/* One value. null and booleans stay. */
static bool match_serialized(sm_bytes text, size_t at, sm_match *out)
{
	size_t n, from = serialized_string(text, at, &n), end;
	if (from > 0) {
		if (text.n - from > n && text.p[from + n] == '"') {
			return sm_match_take(text, from, from + n, out);
		}
		/* cut off, or counted before something was changed */
		for (end = from; !is_marker(text, from) && end < text.n && !(text.p[end] == '"' && (end + 1 == text.n || text.p[end + 1] == ';')); end++) {
		}
		return sm_match_take(text, from, end, out);
	}
	if (sm_begins(text, at, "i:") || sm_begins(text, at, "d:")) {
		for (end = at + 2; !is_marker(text, at + 2) && end < text.n && text.p[end] != ';' && !sm_is_space(text.p[end]); end++) {
		}
		return sm_match_take(text, at + 2, end, out);
	}
	if (!sm_begins(text, at, "a:") && !sm_begins(text, at, "O:") && !sm_begins(text, at, "C:") && !sm_begins(text, at, "E:")) {
		return false;
	}
	if (sm_begins(text, at, "a:0:{}")) {
		return false;
	}
	size_t depth = 0;
	for (end = at; end < text.n;) {
		from = serialized_string(text, end, &n);
		if (from > 0 && text.n - from > n && text.p[from + n] == '"') {
			end = from + n + 1;
			continue;
		}
		char c = text.p[end++];
		depth += c == '{';
		if ((c == '}' && --depth == 0) || (c == ';' && depth == 0)) {
			break;
		}
	}
	return sm_match_take(text, at, end, out);
}

/* end: of one value without brackets, its ';'. @return where it begins, SIZE_MAX = it is none as serialize() writes it */
static size_t scalar_before(sm_bytes text, size_t end, size_t most)
{
	size_t n, from = end;
	if (end > 0 && text.p[end - 1] == '"') {
		for (size_t quote = end - 1; quote > 3 && end - quote < most; quote--) {
			for (from = quote; text.p[quote - 1] == '"' && from > 3 && quote - from < 11 && text.p[from - 1] != 's'; from--) {
			}
			if (text.p[quote - 1] == '"' && text.p[from - 1] == 's' && serialized_string(text, from - 1, &n) == quote && n == end - 1 - quote) {
				return from - 1;
			}
		}
		return SIZE_MAX;
	}
	while (from > 0 && end - from < 32 && !sm_is_one_of(text.p[from - 1], ";{}")) {
		from--;
	}
	bool null = end - from == 1 && text.p[from] == 'N';
	return null || (end - from > 2 && text.p[from + 1] == ':' && sm_is_one_of(text.p[from], "bidrR")) ? from : SIZE_MAX;
}

/* name: where a serialized string begins behind its quote. Whether it is no key but a value itself: an odd number of values stands
 * between it and the bracket before. */
static bool is_serialized_value(sm_bytes text, size_t name)
{
	enum { BACK_MAX = 1024 };
	bool odd = false;
	size_t at = name;
	while (at > 0 && (text.p[at - 1] == '"' || text.p[at - 1] == ':' || sm_is_digit(text.p[at - 1]))) {
		at--;
	}
	for (at = at > 0 ? at - 1 : 0; at > 1 && name - at < BACK_MAX; odd = !odd) {
		if (text.p[at - 1] == '}' || (text.p[at - 1] == '{' && text.p[at - 2] == ':')) {
			return odd;
		}
		at = text.p[at - 1] == ';' ? scalar_before(text, at - 1, BACK_MAX) : SIZE_MAX;
		if (at == SIZE_MAX) {
			break;
		}
	}
	return false;
}

/* at: the ';' or '|' behind a name: "name";VALUE, and name|VALUE as in PHP's sessions */
static bool match_behind_key(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	bool quoted = text.p[at] == ';';
	if (at == 0 || (quoted && text.p[at - 1] != '"')) {
		return false;
	}
	sm_bytes name = name_before(text, at - quoted);
	return name.n > 0 && sm_secret_name(rules, name) && match_serialized(text, at + 1, out)
		&& !(quoted && is_serialized_value(text, (size_t)(name.p - text.p)));
}

/* ---- tags ---- */

static size_t find_close(sm_bytes text, size_t at, sm_bytes name, size_t most)
{
	for (size_t i = at; i < text.n && i - at < most; i++) {
		if (text.p[i] == '<' && i + 2 + name.n <= text.n && text.p[i + 1] == '/' && memcmp(text.p + i + 2, name.p, name.n) == 0) {
			return i;
		}
	}
	return SIZE_MAX;
}

/* at: '<'. <password>VALUE</password>, with a prefix, attributes or CDATA, and with other tags in it */
static bool match_tag(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	enum { ATTRIBUTES_MAX = 256, NESTED_MAX = 1024 };
	size_t end = at + 1, local = end, value;
	while (end < text.n && end - at <= SM_REDACT_NAME_MAX && (is_name(text.p[end]) || text.p[end] == ':')) {
		local = text.p[end] == ':' ? end + 1 : local;
		end++;
	}
	if (end == local || end >= text.n || !sm_is_letter(text.p[at + 1]) || !sm_secret_name(rules, (sm_bytes){text.p + local, end - local})) {
		return false;
	}
	sm_bytes name = {text.p + at + 1, end - at - 1};
	for (value = end; value < text.n && value - end < ATTRIBUTES_MAX && text.p[value] != '>' && text.p[value] != '<'; value++) {
	}
	if (value >= text.n || text.p[value] != '>' || text.p[value - 1] == '/') {
		return false;
	}
	for (value++; value < text.n && sm_is_space(text.p[value]); value++) {
	}
	bool raw = sm_begins(text, value, "<![CDATA[");
	value += raw ? 9 : 0;
	if (is_marker(text, value)) {
		return false;
	}
	for (end = value; end < text.n && (raw ? !sm_begins(text, end, "]]>") : text.p[end] != '<'); end++) {
	}
	if (!raw && (end >= text.n || find_close(text, end, name, 1) == SIZE_MAX)) {
		end = find_close(text, end, name, NESTED_MAX);
		if (end == SIZE_MAX) {
			return false;
		}
	}
	while (end > value && sm_is_space(text.p[end - 1])) {
		end--;
	}
	return sm_match_take(text, value, end, out);
}

/* ---- tables ---- */

/* at: a tab. A name that begins its line and a value that ends it; elsewhere only what is no heading: "x", or more than letters. */
static bool match_tab(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	bool quoted_name = at > 0 && sm_is_quote(text.p[at - 1]), plain = true;
	sm_bytes name = name_before(text, at - quoted_name);
	if (name.n == 0 || !sm_secret_name(rules, name)) {
		return false;
	}
	size_t first = (size_t)(name.p - text.p), value = at, end;
	first -= quoted_name && first > 0 && sm_is_quote(text.p[first - 1]);
	if (first > 0 && text.p[first - 1] == '\\') {
		return false; /* a path, whose \t is none: D:\password\t2026 */
	}
	while (value < text.n && text.p[value] == '\t') {
		value++;
	}
	if (value < text.n && sm_is_quote(text.p[value])) {
		end = sm_quoted_end(text, value + 1, text.p[value], 0);
		for (size_t i = value + 1; i < end; i++) {
			plain = plain && (sm_is_letter(text.p[i]) || sm_is_one_of(text.p[i], "_- "));
		}
		return !(quoted_name && plain) && sm_match_take(text, value + 1, end, out);
	}
	for (end = value; end < text.n && !sm_is_one_of(text.p[end], "\t\n\r"); end++) {
		plain = plain && (sm_is_letter(text.p[end]) || sm_is_one_of(text.p[end], "_- "));
	}
	bool begins_line = first == 0 || text.p[first - 1] == '\n' || text.p[first - 1] == '\r', ends_line = end == text.n || text.p[end] != '\t';
	return !(plain && (!begins_line || !ends_line || sm_name_is_weak(name))) && sm_match_take(text, value, end, out);
}

bool sm_match_named(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	switch (text.p[at]) {
	case '=':
	case ':':
		return match_pair(rules, text, at, out);
	case ';':
	case '|':
		return match_behind_key(rules, text, at, out);
	case '<':
		return match_tag(rules, text, at, out);
	case '-':
		return sm_match_option(rules, text, at, out);
	case '\t':
		return match_tab(rules, text, at, out);
	default:
		return false;
	}
}
