/* note: C2SP signed notes, their keys, and cosignatures of witnesses. Part of the group seal. Uses base, libsodium.
 * A note is text, a blank line, and one signature a line. Nothing here signs: that is sm_checkpoint_sign alone. */
#ifndef SM_NOTE_H
#define SM_NOTE_H

#include "base.h"

enum {
	SM_NOTE_MAX = 524288,         /* bytes of a note: room for as many post-quantum signatures as there may be lines */
	SM_NOTE_SIGNATURES_MAX = 100, /* as Go's note package */
	SM_NOTE_NAME_MAX = 255,       /* bytes of a key's name */
	SM_NOTE_KEY_ID_LEN = 4,
	SM_NOTE_VKEY_MAX = SM_NOTE_NAME_MAX + 1 + 8 + 1 + 44,
	SM_ED25519_KEY_LEN = 32,
	SM_ED25519_SIGNATURE_LEN = 64
};

/* Signature types, as C2SP numbers them. Lines of any other type are kept and not judged. */
typedef enum sm_note_type {
	SM_NOTE_ED25519 = 0x01,     /* over the text */
	SM_NOTE_COSIGNATURE = 0x04  /* tlog-cosignature v1: a time, and a signature over it and the text */
} sm_note_type;

typedef struct sm_note_key {
	sm_bytes name;   /* borrowed */
	sm_note_type type;
	uint8_t public_key[SM_ED25519_KEY_LEN];
	uint8_t id[SM_NOTE_KEY_ID_LEN];
} sm_note_key;

/** 1 to SM_NOTE_NAME_MAX bytes of UTF-8 without white space, '+' and control characters. */
bool sm_note_name_valid(sm_bytes name);
/** Key id = SHA-256(name || 0x0A || type || public key)[:4].
 *  @return SM_OK, SM_E_ARGUMENT (name, type) */
sm_status sm_note_key_init(sm_note_key *key, sm_bytes name, sm_note_type type, const uint8_t public_key[SM_ED25519_KEY_LEN], sm_error *e);
/** The verifier key `name+hex(id)+base64(type || public key)`. */
void sm_note_key_put(sm_buf *b, const sm_note_key *key);
/** @param vkey   borrowed by key->name; the whole text, without a newline
 *  @return SM_OK, SM_E_SYNTAX (form, type, or an id that does not belong to this name and key) */
sm_status sm_note_key_read(sm_bytes vkey, sm_note_key *key, sm_error *e);

typedef struct sm_note_line {
	sm_bytes line;      /* all of it with its newline, as it came */
	sm_bytes name;
	sm_bytes signature; /* base64 of key id and signature */
	uint8_t id[SM_NOTE_KEY_ID_LEN];
} sm_note_line;

/* A note as it was read: borrows the text that was read. */
typedef struct sm_note {
	sm_bytes text; /* what is signed: ends with a newline, which is part of it */
	sm_note_line lines[SM_NOTE_SIGNATURES_MAX];
	size_t n;
} sm_note;

/** Strict: valid UTF-8 without control characters but newlines, text and signatures parted by the last blank line, each line of the
 *  form "— name base64\n" with at least one byte of signature. Believes nothing: see sm_note_verify.
 *  @return SM_OK, SM_E_SYNTAX (e says what, and where), SM_E_LIMIT (SM_NOTE_MAX, SM_NOTE_SIGNATURES_MAX) */
sm_status sm_note_read(sm_bytes text, sm_note *note, sm_error *e);

/** Judges every line with this key's name and id; all others are not looked at.
 *  @param lines   NULL, or: how many lines that is
 *  @param time    NULL, or: seconds since 1970 that the newest cosignature bears, 0 for SM_NOTE_ED25519
 *  @return SM_OK: the key signed this text. SM_E_STATE: it has no line here. SM_E_ILLEGAL: it has a line that is not its signature
 *          of this text. SM_E_LIMIT: a cosignature of a text longer than any checkpoint (4,096 bytes) */
sm_status sm_note_verify(const sm_note *note, const sm_note_key *key, size_t *lines, int64_t *time, sm_error *e);

/** The note with a witness's lines behind its own: all lines verbatim, those of the note first, none twice.
 *  @param lines   one or more signature lines, each with its newline
 *  @param own     name whose lines are refused, because the log signs once and by itself; {NULL, 0} = none
 *  @return SM_OK, SM_E_SYNTAX (form of a line; a line of `own`), SM_E_LIMIT (lines, size, b full), SM_E_NOMEM */
sm_status sm_note_add_lines(sm_buf *b, const sm_note *note, sm_bytes lines, sm_bytes own, sm_error *e);

#endif
