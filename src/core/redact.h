/* redact: what is taken out of every value before it is stored, by the name of its field and by what it looks like. Uses base, canon. Pure.
 *
 * BY NAME  a member of an object, the value of a pair {"name":NAME,"value":...}, the word behind an option in a list, and inside of texts
 *          name=value, "name":value, serialize()'s, options, tags, tables (redact_pairs.c, redact_option.c). Case, dashes, dots and
 *          underscores do not count. Built in: the table in redact_names.c. More by rules. true, false, null and "" stay.
 * BY LOOK  card numbers (redact_card.c), private key blocks, bearer tokens, keys with a well-known prefix (sk_live_, ghp_, AKIA ...), JSON
 *          web tokens, password hashes, the password in a URL, and the values in rules->secrets (redact_match.c).
 * Texts are looked at as they stand and decoded: %XX, \", \u00XX, &quot; (redact_view.c). What is not found: docs/audit.md.
 *
 * A value that is taken out as a whole becomes {"$redacted":"<what>"}; a piece of a text becomes [redacted: <what>]. Both are let through when
 * they come again. */
#ifndef SM_REDACT_H
#define SM_REDACT_H

#include "canon.h"

enum {
	SM_SECRET_MIN = 6,      /* bytes: a shorter secret would take half of every text with it; it is passed over */
	SM_REDACT_NAMES_MAX = 200, /* that a workflow or a site declares; as many secrets in all */
	SM_REDACT_NAME_MAX = 64 /* bytes of a field's name that are looked at */
};

/* What a site or a workflow declares. Borrowed. */
typedef struct sm_redaction {
	const sm_bytes *names, *secrets;
	size_t n_names, n_secrets;
	const struct sm_redaction *more; /* another one that counts as well, or NULL */
} sm_redaction;

/** What of a text is secret by its look; names do not count, so that "reset password: 7" may be a subject. One of more than 1,024 bytes is
 *  looked at as it stands alone.
 *  @param rules   may be NULL, here and below
 *  @return static words such as "card number", NULL = nothing */
const char *sm_secret_in(const sm_redaction *rules, sm_bytes text);
/** Whether values of a field with this name are never stored. */
bool sm_secret_name(const sm_redaction *rules, sm_bytes name);
/** Takes what is secret out of a text. @param out   `text` itself where nothing was found, else in `arena`
 *  @return SM_OK, SM_E_NOMEM */
sm_status sm_redact_text(sm_arena *arena, const sm_redaction *rules, sm_bytes text, sm_bytes *out, bool *found);
/** The same of the canonical text of a value. What cannot be read and looks secret becomes a marker as a whole.
 *  @return SM_OK, SM_E_NOMEM */
sm_status sm_redact_canonical(sm_arena *arena, const sm_redaction *rules, sm_bytes canonical, sm_bytes *out, bool *found);

#endif
