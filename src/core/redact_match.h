/* redact_match: what the files of redact share. */
#ifndef SM_REDACT_MATCH_H
#define SM_REDACT_MATCH_H

#include "redact.h"

typedef struct sm_match {
	size_t from, to; /* what must go: [from, to) */
	const char *what;
} sm_match;

/** The first secret in text at or after `at`. @param names   name=value counts too. @return false = none */
bool sm_match_next(const sm_redaction *rules, sm_bytes text, size_t at, bool names, sm_match *out);
/** A card number whose first digit is text.p[at], the start of a group of digits. @return its end, 0 = none */
size_t sm_match_card(sm_bytes text, size_t at);
/** Whether a name is one that in plain text often stands before what is no secret ("unexpected token: x"). */
bool sm_name_is_weak(sm_bytes name);

#endif
