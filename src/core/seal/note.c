/* Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature). */
#include "../note.h"

#include "text.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { COSIGNED_TEXT_MAX = 4096, TIME_LEN = 8 };

static const sm_bytes DASH = SM_LIT("\xE2\x80\x94 ");

/* ---- names and keys ---- */

/* Unicode's White_Space above U+0020; the rest of it are control characters. */
static bool is_wide_space(uint32_t c)
{
	return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
		c == 0x205F || c == 0x3000;
}

bool sm_note_name_valid(sm_bytes name)
{
	if (name.n == 0 || name.n > SM_NOTE_NAME_MAX || !sm_utf8_valid(name)) {
		return false;
	}
	for (size_t i = 0; i < name.n;) {
		uint32_t c = (unsigned char)name.p[i++];

		if (c <= 0x20 || c == 0x7F || c == '+') {
			return false;
		}
		if (c >= 0x80) {
			/* Valid UTF-8: the lead byte says how many follow. */
			unsigned more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;

			for (c &= 0x3Fu >> more; more > 0; more--) {
				c = c << 6 | ((unsigned char)name.p[i++] & 0x3F);
			}
			if (is_wide_space(c)) {
				return false;
			}
		}
	}
	return true;
}

sm_status sm_note_key_init(sm_note_key *key, sm_bytes name, sm_note_type type, const uint8_t public_key[SM_ED25519_KEY_LEN], sm_error *e)
{
	const uint8_t between[2] = {'\n', (uint8_t)type};
	crypto_hash_sha256_state state;
	uint8_t hash[crypto_hash_sha256_BYTES];

	if (!sm_note_name_valid(name)) {
		return sm_fail(e, SM_E_ARGUMENT, "The name of a key is 1 to %d bytes of UTF-8 without white space and '+', got %zu bytes",
			SM_NOTE_NAME_MAX, name.n);
	}
	if (type != SM_NOTE_ED25519 && type != SM_NOTE_COSIGNATURE) {
		return sm_fail(e, SM_E_ARGUMENT, "A key's type is 1 (Ed25519) or 4 (cosignature), got %d", (int)type);
	}
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)name.p, name.n);
	crypto_hash_sha256_update(&state, between, sizeof(between));
	crypto_hash_sha256_update(&state, public_key, SM_ED25519_KEY_LEN);
	crypto_hash_sha256_final(&state, hash);
	key->name = name;
	key->type = type;
	memcpy(key->public_key, public_key, SM_ED25519_KEY_LEN);
	memcpy(key->id, hash, SM_NOTE_KEY_ID_LEN);
	return SM_OK;
}

void sm_note_key_put(sm_buf *b, const sm_note_key *key)
{
	uint8_t typed[1 + SM_ED25519_KEY_LEN];
	char id[2 * SM_NOTE_KEY_ID_LEN + 1];

	typed[0] = (uint8_t)key->type;
	memcpy(typed + 1, key->public_key, SM_ED25519_KEY_LEN);
	sm_hex(id, key->id, SM_NOTE_KEY_ID_LEN);
	sm_buf_put(b, key->name.p, key->name.n);
	sm_buf_putc(b, '+');
	sm_buf_puts(b, id);
	sm_buf_putc(b, '+');
	sm_base64_put(b, typed, sizeof(typed));
}

sm_status sm_note_key_read(sm_bytes vkey, sm_note_key *key, sm_error *e)
{
	const char *plus = vkey.n == 0 ? NULL : memchr(vkey.p, '+', vkey.n);
	size_t name_n = plus == NULL ? 0 : (size_t)(plus - vkey.p);
	uint8_t id[SM_NOTE_KEY_ID_LEN], typed[1 + SM_ED25519_KEY_LEN];
	size_t n;

	if (plus == NULL || vkey.n - name_n < 2 + 2 * SM_NOTE_KEY_ID_LEN || plus[1 + 2 * SM_NOTE_KEY_ID_LEN] != '+') {
		return sm_fail(e, SM_E_SYNTAX, "A verifier key has the form name+id+base64, its id 8 hex digits");
	}

	const sm_bytes name = {vkey.p, name_n}, rest = sm_text_skip(vkey, name_n + 2 + 2 * SM_NOTE_KEY_ID_LEN);

	if (!sm_note_name_valid(name)) {
		return sm_fail(e, SM_E_SYNTAX, "The name in a verifier key is 1 to %d bytes of UTF-8 without white space and '+'", SM_NOTE_NAME_MAX);
	}
	if (!sm_unhex(id, sizeof(id), (sm_bytes){plus + 1, 2 * SM_NOTE_KEY_ID_LEN})) {
		return sm_fail(e, SM_E_SYNTAX, "The id in a verifier key is 8 lower-case hex digits");
	}
	if (!sm_text_base64(rest, typed, sizeof(typed), &n)) {
		return sm_fail(e, SM_E_SYNTAX, "The key in a verifier key is not base64");
	}
	if (typed[0] != SM_NOTE_ED25519 && typed[0] != SM_NOTE_COSIGNATURE) {
		return sm_fail(e, SM_E_SYNTAX, "The type in a verifier key is 1 (Ed25519) or 4 (cosignature), got %d", typed[0]);
	}
	if (n != sizeof(typed)) {
		return sm_fail(e, SM_E_SYNTAX, "An Ed25519 key has 32 bytes, got %zu", n - 1);
	}
	(void)sm_note_key_init(key, name, (sm_note_type)typed[0], typed + 1, NULL);
	if (memcmp(key->id, id, sizeof(id)) != 0) {
		char right[2 * SM_NOTE_KEY_ID_LEN + 1];

		sm_hex(right, key->id, SM_NOTE_KEY_ID_LEN);
		return sm_fail(e, SM_E_SYNTAX, "The id in the verifier key is not that of its name and key, which is %s", right);
	}
	return SM_OK;
}

/* ---- reading ---- */

static sm_status bad_note(sm_error *e, size_t position, const char *why)
{
	sm_fail(e, SM_E_SYNTAX, "The note is malformed at byte %zu: %s", position, why);
	if (e != NULL) {
		e->position = position;
	}
	return SM_E_SYNTAX;
}

/* A line without its newline, as it is between the dash and the end. @return NULL, or what is wrong */
static const char *read_line(sm_bytes line, sm_note_line *out)
{
	uint8_t head[SM_NOTE_KEY_ID_LEN];
	size_t n;

	out->line = (sm_bytes){line.p, line.n + 1};
	if (!sm_text_starts(line, DASH)) {
		return "a signature line begins with an em dash and a space";
	}
	line = sm_text_skip(line, DASH.n);

	const char *space = line.n == 0 ? NULL : memchr(line.p, ' ', line.n);

	if (space == NULL) {
		return "a signature line has a name, a space and a signature";
	}
	out->name = (sm_bytes){line.p, (size_t)(space - line.p)};
	out->signature = sm_text_skip(line, out->name.n + 1);
	if (!sm_note_name_valid(out->name)) {
		return "the name of a signature is 1 to 255 bytes without white space and '+'";
	}
	if (!sm_text_base64(out->signature, head, sizeof(head), &n)) {
		return "a signature is not base64";
	}
	if (n <= SM_NOTE_KEY_ID_LEN) {
		return "a signature is shorter than a key id and one byte";
	}
	memcpy(out->id, head, SM_NOTE_KEY_ID_LEN);
	return NULL;
}

/* Position of the first byte that no note may hold, text.n for none. */
static size_t first_control(sm_bytes text)
{
	size_t i = 0;

	while (i < text.n && ((unsigned char)text.p[i] >= 0x20 || text.p[i] == '\n')) {
		i++;
	}
	return i;
}

static sm_status read_lines(sm_note *note, sm_bytes rest, const char *start, sm_error *e)
{
	sm_bytes line;

	while (rest.n != 0) {
		size_t position = (size_t)(rest.p - start);

		if (!sm_text_line(&rest, &line)) {
			return bad_note(e, position, "the last line has no newline");
		}
		if (note->n == SM_NOTE_SIGNATURES_MAX) {
			return sm_fail_limit(e, "signatures of a note", SM_NOTE_SIGNATURES_MAX, SM_NOTE_SIGNATURES_MAX + 1);
		}
		const char *why = read_line(line, &note->lines[note->n]);

		if (why != NULL) {
			return bad_note(e, position, why);
		}
		note->n++;
	}
	return SM_OK;
}

static sm_status check_bytes(sm_bytes text, sm_error *e)
{
	if (text.n > SM_NOTE_MAX) {
		return sm_fail_limit(e, "bytes of a note", SM_NOTE_MAX, (int64_t)text.n);
	}
	if (!sm_utf8_valid(text)) {
		return bad_note(e, 0, "it is not UTF-8");
	}

	size_t control = first_control(text);

	return control < text.n ? bad_note(e, control, "a control character") : SM_OK;
}

sm_status sm_note_read(sm_bytes text, sm_note *note, sm_error *e)
{
	sm_status s = check_bytes(text, e);

	note->text = (sm_bytes){NULL, 0};
	note->n = 0;
	if (s != SM_OK) {
		return s;
	}

	size_t at = text.n;

	while (at >= 2 && !(text.p[at - 1] == '\n' && text.p[at - 2] == '\n')) {
		at--;
	}
	if (at < 2) {
		return bad_note(e, text.n, "no blank line before the signatures");
	}
	if (at == text.n) {
		return bad_note(e, text.n, "no signature after the blank line");
	}
	s = read_lines(note, sm_text_skip(text, at), text.p, e);
	if (s != SM_OK) {
		note->n = 0;
		return s;
	}
	note->text = (sm_bytes){text.p, at - 1};
	return SM_OK;
}

/* ---- verifying ---- */

static bool ed25519(const uint8_t *signature, sm_bytes message, const sm_note_key *key)
{
	return crypto_sign_verify_detached(signature, (const uint8_t *)message.p, message.n, key->public_key) == 0;
}

/* The message of a cosignature: two lines of its own before the text. */
static bool cosigned(const uint8_t *signature, int64_t time, sm_bytes text, const sm_note_key *key)
{
	static const sm_bytes header = SM_LIT("cosignature/v1\ntime ");
	char message[COSIGNED_TEXT_MAX + 64], digits[20];
	size_t n = header.n, at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + time % 10);
		time /= 10;
	} while (time != 0);
	memcpy(message, header.p, header.n);
	memcpy(message + n, digits + at, sizeof(digits) - at);
	n += sizeof(digits) - at;
	message[n++] = '\n';
	memcpy(message + n, text.p, text.n);
	return ed25519(signature, (sm_bytes){message, n + text.n}, key);
}

/* @return NULL, or what is wrong */
static const char *verify_line(const sm_note *note, const sm_note_line *line, const sm_note_key *key, int64_t *time)
{
	uint8_t raw[SM_NOTE_KEY_ID_LEN + TIME_LEN + SM_ED25519_SIGNATURE_LEN];
	const uint8_t *signature = raw + SM_NOTE_KEY_ID_LEN;
	size_t n = 0, skip = key->type == SM_NOTE_COSIGNATURE ? TIME_LEN : 0;
	uint64_t seconds = 0;

	*time = 0;
	if (!sm_text_base64(line->signature, raw, sizeof(raw), &n) || n != SM_NOTE_KEY_ID_LEN + skip + SM_ED25519_SIGNATURE_LEN) {
		return "has not the length of one";
	}
	for (size_t i = 0; i < skip; i++) {
		seconds = seconds << 8 | signature[i];
	}
	if (seconds > INT64_MAX) {
		return "bears a time beyond 2^63-1";
	}
	*time = (int64_t)seconds;

	bool holds = skip != 0 ? cosigned(signature + skip, *time, note->text, key) : ed25519(signature, note->text, key);

	return holds ? NULL : "does not verify";
}

sm_status sm_note_verify(const sm_note *note, const sm_note_key *key, size_t *lines, int64_t *time, sm_error *e)
{
	size_t found = 0;
	int64_t newest = 0;

	if (lines != NULL) {
		*lines = 0;
	}
	if (time != NULL) {
		*time = 0;
	}
	if (key->type == SM_NOTE_COSIGNATURE && note->text.n > COSIGNED_TEXT_MAX) {
		return sm_fail_limit(e, "bytes of a cosigned text", COSIGNED_TEXT_MAX, (int64_t)note->text.n);
	}
	for (size_t i = 0; i < note->n; i++) {
		const sm_note_line *line = &note->lines[i];
		int64_t at;

		if (!sm_bytes_eq(line->name, key->name) || memcmp(line->id, key->id, SM_NOTE_KEY_ID_LEN) != 0) {
			continue;
		}
		const char *why = verify_line(note, line, key, &at);

		if (why != NULL) {
			return sm_fail(e, SM_E_ILLEGAL, "The signature of %.*s %s", (int)key->name.n, key->name.p, why);
		}
		found++;
		newest = at > newest ? at : newest;
	}
	if (found == 0) {
		return sm_fail(e, SM_E_STATE, "The note has no signature by this key of %.*s", (int)key->name.n, key->name.p);
	}
	if (lines != NULL) {
		*lines = found;
	}
	if (time != NULL) {
		*time = newest;
	}
	return SM_OK;
}

/* ---- adding ---- */

static bool has_line(const sm_note *note, size_t n, sm_bytes line)
{
	for (size_t i = 0; i < n; i++) {
		if (sm_bytes_eq(note->lines[i].line, line)) {
			return true;
		}
	}
	return false;
}

sm_status sm_note_add_lines(sm_buf *b, const sm_note *note, sm_bytes lines, sm_bytes own, sm_error *e)
{
	sm_note added = {.n = 0};
	size_t total = note->n, bytes = note->text.n + 1;
	sm_status s = check_bytes(lines, e);

	s = s == SM_OK ? read_lines(&added, lines, lines.p, e) : s;
	if (s != SM_OK) {
		return s;
	}
	if (added.n == 0) {
		return bad_note(e, 0, "there is no signature line to add");
	}
	for (size_t i = 0; i < added.n; i++) {
		if (own.p != NULL && sm_bytes_eq(added.lines[i].name, own)) {
			return bad_note(e, (size_t)(added.lines[i].line.p - lines.p), "a witness signs with its own name, not with the log's");
		}
	}
	for (size_t i = 0; i < note->n; i++) {
		bytes += note->lines[i].line.n;
	}
	for (size_t i = 0; i < added.n; i++) {
		bool twice = has_line(note, note->n, added.lines[i].line) || has_line(&added, i, added.lines[i].line);

		total += !twice;
		bytes += twice ? 0 : added.lines[i].line.n;
	}
	if (total > SM_NOTE_SIGNATURES_MAX) {
		return sm_fail_limit(e, "signatures of a note", SM_NOTE_SIGNATURES_MAX, (int64_t)total);
	}
	if (bytes > SM_NOTE_MAX) {
		return sm_fail_limit(e, "bytes of a note", SM_NOTE_MAX, (int64_t)bytes);
	}
	sm_buf_put(b, note->text.p, note->text.n);
	sm_buf_putc(b, '\n');
	for (size_t i = 0; i < note->n; i++) {
		sm_buf_put(b, note->lines[i].line.p, note->lines[i].line.n);
	}
	for (size_t i = 0; i < added.n; i++) {
		if (!has_line(note, note->n, added.lines[i].line) && !has_line(&added, i, added.lines[i].line)) {
			sm_buf_put(b, added.lines[i].line.p, added.lines[i].line.n);
		}
	}
	return b->status;
}
