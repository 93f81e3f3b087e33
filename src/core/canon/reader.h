/* reader: the state of sm_json_read, and what its files share. Private to canon's reader. */
#ifndef SM_CANON_READER_H
#define SM_CANON_READER_H

#include "../canon.h"

/* A member or an item that waits for the end of its object or array. */
typedef struct sm_reader_entry {
	sm_bytes key;
	sm_json value;
} sm_reader_entry;

typedef struct sm_reader {
	const char *start, *p, *end;
	sm_arena *arena;
	sm_arena scratch; /* for sorting */
	sm_error *e;
	sm_reader_entry *stack;
	size_t n, cap;
	bool tags;           /* an object with exactly one key that is a tag was seen */
	const char *deepest; /* where more than SM_MAX_DEPTH levels were open first, or NULL */
} sm_reader;

/** Fills the error with place and reason. @return status */
sm_status sm_reader_fail_at(sm_reader *r, const char *at, sm_status status, const char *what);
/** SM_E_SYNTAX at r->p, "ends too early" where that is the end of the text. */
sm_status sm_reader_fail(sm_reader *r, const char *what);
/** @return SM_E_NOMEM */
sm_status sm_reader_no_memory(sm_reader *r);

/** Reads the string whose opening quote was taken; leaves r->p behind the closing one. */
sm_status sm_read_string(sm_reader *r, sm_bytes *out);

#endif
