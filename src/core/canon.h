/* canon: RFC 8785 (JCS) canonical JSON with the tags of FORMATS "Canonical JSON". Uses base.
 *
 * Two ways to write: the sm_canon_* primitives append one value each (a walker over foreign values, such as
 * PHP's, uses these and sorts its keys with sm_canon_key_cmp), and sm_json_write writes a tree. One way to
 * read: sm_json_read, strict, gives a tree with the tags resolved.
 * Never depends on the locale; numbers are exact (own big integers, no printf, no strtod). */
#ifndef SM_CANON_H
#define SM_CANON_H

#include "base.h"

enum {
	SM_MAX_DEPTH = 64,          /* nested arrays and objects; 64 are allowed, 65 refused */
	SM_MAX_LEAF = 65535,        /* bytes of a leaf */
	SM_MAX_PRIVATE = 1048576    /* bytes of the canonical text of one private value */
};
#define SM_MAX_SAFE_INT INT64_C(9007199254740991)

/* ---- primitives ---- */

/** ECMAScript Number::toString of a finite double ("0" for -0). out is not NUL-terminated.
 *  @return bytes written, 1 to 25; 0 when v is not finite */
size_t sm_number_format(double v, char out[32]);
/** Correctly rounded (ties to even) value of a JSON number (RFC 8259 grammar, whole text).
 *  @return SM_OK; SM_E_SYNTAX not a number; SM_E_LIMIT overflows to infinity */
sm_status sm_number_parse(sm_bytes text, double *out);

void sm_canon_int(sm_buf *b, int64_t v);      /* {"$int":"..."} beyond 2^53-1 */
void sm_canon_double(sm_buf *b, double v);    /* {"$f64":"..."} for NaN and infinities */
void sm_canon_string(sm_buf *b, sm_bytes s);  /* {"$bin":"..."} when not UTF-8 */
/** A JSON string; the caller knows that s is valid UTF-8 (object keys, text that was checked). */
void sm_canon_quoted(sm_buf *b, sm_bytes s);
/** UTF-16 code-unit order of two valid UTF-8 keys. */
int sm_canon_key_cmp(sm_bytes a, sm_bytes b);
/** True when an object with exactly this one key must be wrapped in {"$esc":...}. */
bool sm_canon_key_is_tag(sm_bytes key);

/* ---- trees ---- */

typedef enum sm_json_kind {
	SM_JSON_NULL, SM_JSON_FALSE, SM_JSON_TRUE, SM_JSON_INT, SM_JSON_DOUBLE,
	SM_JSON_STRING,  /* may hold any bytes: written as $bin when not UTF-8 */
	SM_JSON_ARRAY, SM_JSON_OBJECT,
	SM_JSON_RAW      /* only for writing: canonical text, put as it is and not counted for depth */
} sm_json_kind;

typedef struct sm_json sm_json;
typedef struct sm_json_member {
	sm_bytes key;
	sm_json *value;
} sm_json_member;

struct sm_json {
	sm_json_kind kind;
	union {
		int64_t i;
		double f;
		sm_bytes s;                                             /* STRING, RAW */
		struct { sm_json *items; size_t n, cap; } a;            /* ARRAY */
		struct { sm_json_member *items; size_t n, cap; } o;     /* OBJECT, in insertion order */
	} u;
};

/* Builders. They copy nothing: strings are borrowed and must outlive the tree. `o` and `a` must be of the kind;
 * on SM_E_NOMEM the tree is unchanged. NULL `value` results mean out of memory. */
sm_json *sm_json_new(sm_arena *arena, sm_json_kind kind);
sm_json *sm_json_int(sm_arena *arena, int64_t v);
sm_json *sm_json_str(sm_arena *arena, sm_bytes s);
sm_json *sm_json_raw(sm_arena *arena, sm_bytes canonical);
/** Adds a member; a NULL value (failed builder) gives SM_E_NOMEM. Keys must be distinct, UTF-8. */
sm_status sm_json_set(sm_arena *arena, sm_json *o, sm_bytes key, sm_json *value);
/** Appends an item, by value. */
sm_status sm_json_push(sm_arena *arena, sm_json *a, const sm_json *value);

/** Member by key, NULL when absent or o is NULL or no object. */
const sm_json *sm_json_get(const sm_json *o, const char *key);
/** Typed getters: `fallback` when absent or of another kind. Integral doubles are not ints. */
int64_t sm_json_get_int(const sm_json *o, const char *key, int64_t fallback);
sm_bytes sm_json_get_str(const sm_json *o, const char *key);  /* {NULL, 0} when absent */

/** Canonical text of a tree: keys sorted, tags and $esc applied (exactly one key that is a tag).
 *  After an error b->n is what it was before. b full or without memory: its status sticks, and is the result.
 *  Keys that are not UTF-8 or equal (SM_E_ENCODING), depth over SM_MAX_DEPTH (SM_E_LIMIT): the result alone.
 *  @return SM_OK, SM_E_LIMIT, SM_E_ENCODING, SM_E_NOMEM */
sm_status sm_json_write(sm_buf *b, const sm_json *v, sm_error *e);

/** Strict RFC 8259 / I-JSON reader of the whole text. Refuses duplicate keys, lone surrogates, invalid UTF-8,
 *  depth over SM_MAX_DEPTH, numbers that overflow. Integral numbers up to 2^53-1 become INT ("1.0", "1e2" too),
 *  all others DOUBLE; {"$int"}, {"$f64"}, {"$bin"}, {"$esc"} are resolved. Canonical text has one form, so these are
 *  SM_E_SYNTAX: a $int within 2^53-1 or in other than minimal decimal text, a $f64 of another text, a $bin that is not
 *  strict base64 or whose bytes are valid UTF-8, a $esc around anything but an object with exactly one key that is a tag.
 *  $esc and what it wraps do not count twice for depth; $int, $f64 and $bin are leaves.
 *  Order of keys and white space are not checked: stored text is hashed as it is, never read and encoded again.
 *  Costs O(n log n) at most and O(n) for members in canonical order.
 *  Strings without escapes borrow from `text`; the rest lives in the arena.
 *  @return SM_OK, SM_E_SYNTAX (e->position), SM_E_LIMIT, SM_E_NOMEM */
sm_status sm_json_read(sm_arena *arena, sm_bytes text, sm_json **out, sm_error *e);

#endif
