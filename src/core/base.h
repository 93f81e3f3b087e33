/* base: status codes, borrowed bytes, arena, bounded buffer, host vtable, event ids, hex and base64.
 * Uses libsodium for constant-time hex and base64; the program has called sodium_init() once before.
 * No Zend, no I/O, no mutable globals.
 *
 * Strings are borrowed {p, n} and may hold NUL bytes. Nothing in the core frees single objects:
 * what a function returns lives in the arena that was passed in, until that arena is freed. */
#ifndef SM_BASE_H
#define SM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum sm_status {
	SM_OK = 0,
	SM_E_NOMEM,     /* the allocator gave nothing */
	SM_E_LIMIT,     /* a documented limit was exceeded; sm_error says which */
	SM_E_SYNTAX,    /* text is not what the format says */
	SM_E_ENCODING,  /* a value has no canonical form */
	SM_E_ARGUMENT,  /* an argument is outside its range */
	SM_E_GAP,       /* a sequence number is missing */
	SM_E_ILLEGAL,   /* a stored history that no correct system writes */
	SM_E_STATE,     /* the command is not allowed in this state */
	SM_E_CONFLICT,  /* same key, other payload */
	SM_E_HELD,      /* a switch is held */
	SM_E_LOST,      /* somebody else's event lies where ours should */
	SM_E_STORE,     /* the store failed; from a write of the store vtable: it may be applied, from anything above: none was tried */
	SM_E_NOT_SENT,  /* a write of the store vtable surely never left; nothing above the statements returns it */
	SM_E_UNCERTAIN, /* the store failed and a write may or may not have been applied */
	SM_E_SCHEMA,    /* tables or the site's identity are missing or wrong */
	SM_E_IDENTITY,  /* site_check differs: moved, copied or restored? */
	SM_E_ABORTED    /* the host has an error of its own pending: return at once, touch nothing */
} sm_status;

typedef struct sm_bytes {
	const char *p;
	size_t n;
} sm_bytes;

/* A literal as bytes, also in static initializers. */
#define SM_LIT(s) {(s), sizeof(s) - 1}
#define SM_STR(s) ((sm_bytes){(s), sizeof(s) - 1})

/** Borrows s up to its first NUL; {NULL, 0} for NULL. */
sm_bytes sm_cstr(const char *s);
bool sm_bytes_eq(sm_bytes a, sm_bytes b);
/** memcmp order, shorter first on a common prefix. */
int sm_bytes_cmp(sm_bytes a, sm_bytes b);
/** True when b is valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool sm_utf8_valid(sm_bytes b);

/* What went wrong, for a person. Filled by whoever returns an error that needs more than its code. */
typedef struct sm_error {
	char message[480];   /* NUL-terminated UTF-8; whole sentence without the final stop */
	const char *limit;   /* static name of the limit, or NULL */
	int64_t limit_value; /* the limit */
	int64_t got;         /* what came */
	size_t position;     /* byte offset in the text that was read, where there is one */
} sm_error;

/** printf into e->message (cut at its size, never in the middle of a UTF-8 sequence; bytes that are not UTF-8
 *  become '?'); clears the other members; e may be NULL. Formats no floating point: that would follow the locale.
 *  @return status, so that callers can `return sm_fail(e, SM_E_LIMIT, ...)` */
sm_status sm_fail(sm_error *e, sm_status status, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;
/** As sm_fail with SM_E_LIMIT; names the limit, its value and what came.
 *  @param limit   static text; it is kept as e->limit */
sm_status sm_fail_limit(sm_error *e, const char *limit, int64_t value, int64_t got);

/* ---- memory ---- */

typedef struct sm_alloc {
	void *(*alloc)(void *ctx, size_t n); /* n > 0; NULL = out of memory */
	void (*release)(void *ctx, void *p);
	void *ctx;
} sm_alloc;

/** malloc and free. */
extern const sm_alloc sm_alloc_default;

typedef struct sm_chunk sm_chunk;
typedef struct sm_arena {
	const sm_alloc *a;
	sm_chunk *first;
} sm_arena;

/** @param a   borrowed as long as the arena lives */
void sm_arena_init(sm_arena *arena, const sm_alloc *a);
/** Frees everything; the arena can be used again. */
void sm_arena_free(sm_arena *arena);
/** Zeroed, aligned for any type; n = 0 gives a valid pointer. @return NULL = out of memory or n * size overflows */
void *sm_arena_alloc(sm_arena *arena, size_t n, size_t size);
#define SM_NEW(arena, type, n) ((type *)sm_arena_alloc((arena), (n), sizeof(type)))
/** Copy with a NUL behind it; out->p is not NULL, also for {NULL, 0}.
 *  @return SM_OK, SM_E_NOMEM (*out is {NULL, 0}) */
sm_status sm_arena_dup(sm_arena *arena, sm_bytes b, sm_bytes *out);

/* A growing text with a hard maximum from birth. Errors stick: append freely, look at `status` once. */
typedef struct sm_buf {
	sm_arena *arena;
	char *p;      /* NUL-terminated once anything was appended */
	size_t n;     /* bytes without the NUL */
	size_t cap;   /* more than n once anything was appended */
	size_t max;   /* most bytes it may hold */
	size_t most;  /* most bytes of the whole text: more than max where it counts */
	size_t dropped; /* bytes that were counted, not kept: when not 0, p and n are no text */
	sm_status status; /* SM_OK, SM_E_NOMEM, SM_E_LIMIT */
} sm_buf;

/** Allocates nothing yet. */
void sm_buf_init(sm_buf *b, sm_arena *arena, size_t max);
/** A buffer that, from the max'th byte on, only counts what is appended, up to `most` bytes in all, in the memory of max bytes.
 *  What is appended at once is at most max bytes; strings of canonical JSON may have any size. */
void sm_buf_init_counting(sm_buf *b, sm_arena *arena, size_t max, size_t most);
/** Bytes appended, those included that were not kept. */
static inline size_t sm_buf_total(const sm_buf *b)
{
	return b->dropped + b->n;
}
/** Counts n bytes that are too many to be appended. @return false where b keeps all or they are over its limit: b->status says so */
bool sm_buf_count(sm_buf *b, size_t n);
/** Appends all n bytes or, with an error, none. p may be NULL when n is 0; it must not point into b. */
void sm_buf_put(sm_buf *b, const char *p, size_t n);
/** The slow half of sm_buf_reserve. */
bool sm_buf_grow(sm_buf *b, size_t n);
/** Room for n more bytes and a NUL at b->p + b->n: write up to n bytes there, then sm_buf_advance.
 *  @return NULL after an error, which is in b->status */
static inline char *sm_buf_reserve(sm_buf *b, size_t n)
{
	bool fits = b->status == SM_OK && n < b->cap - b->n;

	return fits || sm_buf_grow(b, n) ? b->p + b->n : NULL;
}
/** Takes n bytes, written where sm_buf_reserve pointed, into the text. */
static inline void sm_buf_advance(sm_buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}
static inline void sm_buf_putc(sm_buf *b, char c)
{
	if (sm_buf_reserve(b, 1) != NULL) {
		b->p[b->n] = c;
		sm_buf_advance(b, 1);
	}
}
void sm_buf_puts(sm_buf *b, const char *s);
void sm_buf_int(sm_buf *b, int64_t v);
/** Borrowed; p is NULL while nothing was appended. */
sm_bytes sm_buf_bytes(const sm_buf *b);

/* ---- host: time and chance, passed in so that a simulator can own them ---- */

typedef struct sm_host {
	int64_t (*wall_us)(void *ctx); /* microseconds since 1970 UTC, may jump */
	int64_t (*boot_us)(void *ctx); /* CLOCK_BOOTTIME, microseconds; never jumps, counts while suspended */
	void (*random)(void *ctx, void *p, size_t n);
	void *ctx;
} sm_host;

/** The operating system's clocks and libsodium's randomness. */
extern const sm_host sm_host_system;

/* ---- ids ---- */

enum { SM_ID_LEN = 32, SM_ID_SIZE = 33, SM_HASH_HEX_LEN = 64, SM_HASH_HEX_SIZE = 65 };

/** Next event id of a stream (PROTOCOL section 1): UUID v7 as 32 hex digits; ms = max(now, ms of
 *  `last`), the 12-bit counter is 0 when ms grows and one more than that of `last` when it does not
 *  (4095 is followed by ms + 1, counter 0). 62 fresh random bits every time.
 *  @param last   id of the stream's last event, 32 hex digits, or anything else for none. After the
 *                greatest ms and counter that 60 bits hold (year 10889) ids no longer grow. */
void sm_event_id(const sm_host *host, const char *last, char out[SM_ID_SIZE]);

/** Lower-case hex with a NUL: out must hold 2 * n + 1. */
void sm_hex(char *out, const uint8_t *p, size_t n);
/** @return false unless hex is exactly 2 * n digits, lower case; out is then untouched */
bool sm_unhex(uint8_t *out, size_t n, sm_bytes hex);
bool sm_is_hex(sm_bytes b, size_t digits);
/** RFC 4648 section 4 with padding, appended. */
void sm_base64_put(sm_buf *b, const uint8_t *p, size_t n);
/** Strict: padding required and its spare bits 0, no other characters.
 *  @return SM_OK (*out in the arena, with a NUL behind it), SM_E_SYNTAX, SM_E_NOMEM */
sm_status sm_base64_read(sm_arena *arena, sm_bytes text, sm_bytes *out);

#endif
