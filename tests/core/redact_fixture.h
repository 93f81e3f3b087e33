/* redact_fixture: what a text or a value must become. Include support.h first. */
#ifndef REDACT_FIXTURE_H
#define REDACT_FIXTURE_H

#include "redact.h"

#define CARD "[redacted: card number]"
#define KEY "[redacted: key]"
#define NAME "[redacted: by name]"
#define GONE "{\"$redacted\":\"by name\"}"

typedef struct sample {
	const char *text, *after; /* NULL: as it was */
} sample;

/* Declared: patient_id, Kundennummer; known: w0rdpr3ss! and two more. */
extern const sm_redaction redact_rules;

/** cmocka's set-up and tear-down: *state is an arena. */
int redact_set_up(void **state);
int redact_tear_down(void **state);
/** Each text becomes what it should, says so, and is left alone when it comes again. */
void check_texts(sm_arena *arena, const sample *samples, size_t n);
/** The same of canonical texts. */
void check_values(sm_arena *arena, const sample *samples, size_t n);
/** Each piece, repeated to 256 KiB, is looked through in 2 s of processor time at most. */
void check_no_piece_takes_long(const char *const *pieces, size_t n);

#endif
