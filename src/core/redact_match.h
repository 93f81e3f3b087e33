/* redact_match: what the files of redact share. */
#ifndef SM_REDACT_MATCH_H
#define SM_REDACT_MATCH_H

#include "redact.h"

typedef struct sm_match {
	size_t from, to; /* what must go: [from, to) */
	const char *what;
} sm_match;

/* A text that is looked through from its beginning to its end. */
typedef struct sm_scan {
	const sm_redaction *rules;
	sm_bytes text;
	bool names;     /* name=value counts too */
	sm_match known; /* the next of rules->secrets; from SIZE_MAX = none */
	size_t next[SM_REDACT_NAMES_MAX]; /* of each of them, as far as there is room: each byte is searched once for each */
} sm_scan;

void sm_scan_init(sm_scan *s, const sm_redaction *rules, sm_bytes text, bool names);
/** The first secret at or after `at`, which never goes back. @return false = none */
bool sm_match_next(sm_scan *s, size_t at, sm_match *out);
/** A card number whose first digit is text.p[at], the start of a group of digits. @return its end, 0 = none */
size_t sm_match_card(sm_bytes text, size_t at);
/** Whether a name is one that in plain text often stands before what is no secret ("unexpected token: x"). */
bool sm_name_is_weak(sm_bytes name);

#endif
