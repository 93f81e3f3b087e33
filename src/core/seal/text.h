/* text: lines, decimals and base64 of the formats that are signed. Private to the group seal. */
#ifndef SM_SEAL_TEXT_H
#define SM_SEAL_TEXT_H

#include "../base.h"

/** Takes the first line off *rest. @return false when no newline is left (*rest and *line are then untouched);
 *          *line is without its newline */
bool sm_text_line(sm_bytes *rest, sm_bytes *line);
/** Decimal without sign and without leading zeroes, at most 2^63-1. */
bool sm_text_decimal(sm_bytes text, uint64_t *out);
void sm_text_put_decimal(sm_buf *b, uint64_t v);
/** Strict RFC 4648 section 4: padding required and its spare bits 0, no other characters, not empty. Needs no memory.
 *  @param out   gets the first `cap` bytes
 *  @param n     how many bytes the whole text stands for
 *  @return false when it is not base64; out may then hold bytes of its beginning */
bool sm_text_base64(sm_bytes text, uint8_t *out, size_t cap, size_t *n);
/** b without its first n bytes; n is at most b.n. */
sm_bytes sm_text_skip(sm_bytes b, size_t n);
bool sm_text_starts(sm_bytes b, sm_bytes with);

#endif
