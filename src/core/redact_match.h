/* redact_match: what the files of redact share. */
#ifndef SM_REDACT_MATCH_H
#define SM_REDACT_MATCH_H

#include <string.h>

#include "redact.h"

typedef struct sm_match {
	size_t from, to; /* what must go: [from, to) */
	const char *what;
} sm_match;

typedef struct sm_matches {
	sm_match *items;
	size_t n, cap;
} sm_matches;

/* A text that is looked through from its beginning to its end. */
typedef struct sm_scan {
	const sm_redaction *rules;
	sm_bytes text;
	bool names;     /* name=value counts too */
	sm_match known; /* the next of rules->secrets; from SIZE_MAX = none */
	size_t next[SM_REDACT_NAMES_MAX]; /* of each of them, as far as there is room: each byte is searched once for each */
} sm_scan;

/* ---- characters: of ASCII, whatever the locale ---- */

static inline bool sm_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sm_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool sm_is_alnum(char c)
{
	return sm_is_digit(c) || sm_is_letter(c);
}

static inline bool sm_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool sm_is_quote(char c)
{
	return c == '"' || c == '\'';
}

/** Never so for NUL, which strchr() finds in every string: a secret may hold one. */
static inline bool sm_is_one_of(char c, const char *these)
{
	return c != '\0' && strchr(these, c) != NULL;
}

/** @param at   may lie behind the text */
static inline bool sm_begins(sm_bytes text, size_t at, const char *word)
{
	size_t n = strlen(word);
	return at <= text.n && text.n - at >= n && memcmp(text.p + at, word, n) == 0;
}

static inline bool sm_begins_any_case(sm_bytes text, size_t at, const char *lower)
{
	size_t n = strlen(lower);
	for (size_t i = 0; i < n; i++) {
		if (at + i >= text.n || (text.p[at + i] | 0x20) != lower[i]) {
			return false;
		}
	}
	return true;
}

/* ---- redact_match.c: as the text stands ---- */

void sm_scan_init(sm_scan *s, const sm_redaction *rules, sm_bytes text, bool names);
/** The first secret at or after `at`, which never goes back. @return false = none */
bool sm_match_next(sm_scan *s, size_t at, sm_match *out);

/* ---- redact_card.c ---- */

/** A card number whose first digit is text.p[at], the start of a group of digits. @return its end, 0 = none */
size_t sm_match_card(sm_bytes text, size_t at);
/** Whether text.p[at] is the first digit of a group that no letter, digit, sign or decimal point makes part of something else. */
bool sm_begins_group(sm_bytes text, size_t at);

/* ---- redact_pairs.c ---- */

/** A value behind its name. @param at   of a character that may part the two or begin them: = : ; | < - or a tab */
bool sm_match_named(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out);
/** [from, to) as a value behind its name. @return false where there is none, or a marker already */
bool sm_match_take(sm_bytes text, size_t from, size_t to, sm_match *out);
/** The end of a text in quotes. @param from   behind the opening quote, which has so many backslashes before it: the closing one has as many */
size_t sm_quoted_end(sm_bytes text, size_t from, char mark, size_t slashes);

/* ---- redact_option.c ---- */

/** @param at   a dash that begins a word */
bool sm_match_option(const sm_redaction *rules, sm_bytes text, size_t at, sm_match *out);
/** Whether a word of a command line is an option whose value is the next word (--password). */
bool sm_is_secret_option(const sm_redaction *rules, sm_bytes word);
/** Whether a command takes its password as -pVALUE: mysql, mariadb and what is named after them, with or without a path. */
bool sm_takes_p(sm_bytes command);

/* ---- redact_names.c ---- */

/** Whether a name is one that in plain text often stands before what is no secret ("unexpected token: x"). */
bool sm_name_is_weak(sm_bytes name);

/* ---- redact_view.c: as it stands, and decoded ---- */

/** Whether a percent sign, a backslash or an entity of HTML stands for another character. */
bool sm_text_is_encoded(sm_bytes text);
/** All that must go, in order, none of them overlapping. @return SM_OK, SM_E_NOMEM */
sm_status sm_find_secrets(sm_arena *scratch, const sm_redaction *rules, sm_bytes text, sm_matches *out);

#endif
