/* Options of a command line whose value is a secret: --password VALUE, -name VALUE, and mysql's -pVALUE. */
#include "redact_match.h"

#include <string.h>

static bool is_option(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool ends(sm_bytes text, const char *word)
{
	size_t n = strlen(word);
	return text.n >= n && memcmp(text.p + text.n - n, word, n) == 0;
}

bool sm_takes_p(sm_bytes command)
{
	size_t from = command.n;
	while (from > 0 && command.p[from - 1] != '/' && command.p[from - 1] != '\\') {
		from--;
	}
	return sm_begins(command, from, "mysql") || sm_begins(command, from, "mariadb");
}

bool sm_is_secret_option(const sm_redaction *rules, sm_bytes word)
{
	size_t dashes = 0;
	while (dashes < word.n && word.p[dashes] == '-') {
		dashes++;
	}
	sm_bytes name = {word.p + dashes, word.n - dashes};
	for (size_t i = 0; i < name.n; i++) {
		if (!is_option(name.p[i])) {
			return false;
		}
	}
	return (dashes == 1 || dashes == 2) && sm_secret_name(rules, name) && (dashes == 2 || !sm_name_is_weak(name));
}

/* Words behind an option that is only spoken of: "the --password option is needed". */
static bool is_spoken_of(sm_bytes word)
{
	static const char *const words[] = {"option", "options", "flag", "flags", "switch", "argument", "parameter", "is", "was", "are", "must", "may", "can",
		"cannot", "should", "to", "on", "in", "at", "of", "for", "from", "with", "without", "and", "or", "but", "if", "when", "as", "by", "needs", "takes", "requires"};
	while (word.n > 0 && sm_is_one_of(word.p[word.n - 1], ".,:;)")) {
		word.n--;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (sm_bytes_eq(word, sm_cstr(words[i]))) {
			return true;
		}
	}
	return word.n == 0;
}

/* may_be_prose: what is spoken of is no value */
static bool match_word(sm_bytes text, size_t from, bool may_be_prose, sm_match *out)
{
	size_t end = from;
	if (from < text.n && sm_is_quote(text.p[from])) {
		return sm_match_take(text, from + 1, sm_quoted_end(text, from + 1, text.p[from], 0), out);
	}
	while (end < text.n && !sm_is_space(text.p[end]) && text.p[end] != '"' && text.p[end] != '`') {
		end++;
	}
	return !(may_be_prose && is_spoken_of((sm_bytes){text.p + from, end - from})) && sm_match_take(text, from, end, out);
}

/* Whether a command before `at` in the same line takes its password as -pVALUE. @param apart   or as -p VALUE */
static bool is_p_of_command(sm_bytes text, size_t at, bool *apart)
{
	enum { BACK_MAX = 200 };
	size_t end = at;
	bool options = true; /* nothing else stands between: sshpass -p x ssh -p 22 */
	*apart = false;
	while (end > 0 && at - end < BACK_MAX && !sm_is_one_of(text.p[end - 1], "\n;|&")) {
		size_t from = end;
		while (from > 0 && at - from < BACK_MAX && !sm_is_space(text.p[from - 1]) && text.p[from - 1] != '`' && !sm_is_one_of(text.p[from - 1], ";|&")) {
			from--;
		}
		sm_bytes word = {text.p + from, end - from};
		*apart = options && ends(word, "sshpass");
		if (*apart || sm_takes_p(word)) {
			return true;
		}
		options = options && (word.n == 0 || word.p[0] == '-');
		end = from > 0 && from == end ? from - 1 : from;
		if (end > 0 && sm_is_one_of(text.p[end - 1], "\n;|&")) {
			break;
		}
	}
	return false;
}

/* at: a dash that begins a word: --name VALUE, -name VALUE, -pVALUE */
bool sm_match_option(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out)
{
	size_t end = at;
	bool apart;
	if (at > 0 && !sm_is_space(text.p[at - 1]) && !sm_is_one_of(text.p[at - 1], "\"'`([,")) {
		return false;
	}
	while (end < text.n && end - at <= SM_REDACT_NAME_MAX && is_option(text.p[end])) {
		end++;
	}
	if (sm_is_secret_option(rules, (sm_bytes){text.p + at, end - at})) {
		size_t value = end;
		while (value < text.n && value - end < 4 && (text.p[value] == ' ' || text.p[value] == '\t')) {
			value++;
		}
		return value > end && value < text.n && text.p[value] != '-' && match_word(text, value, true, out);
	}
	if (at + 2 >= text.n || text.p[at + 1] != 'p' || !is_p_of_command(text, at, &apart)) {
		return false;
	}
	if (!sm_is_space(text.p[at + 2])) {
		return match_word(text, at + 2, false, out);
	}
	return apart && text.p[at + 2] == ' ' && at + 3 < text.n && text.p[at + 3] != '-' && match_word(text, at + 3, false, out);
}
