/* Signed notes: Go's published notes, Wycheproof's signatures, cosignatures, and every malformed form. */
#include "support.h"

#include "canon.h"
#include "note.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xE2\x80\x94 "
/* The examples of golang.org/x/mod/sumdb/note. */
#define TEXT "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_BASE64 "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
#define PETER DASH "PeterNeumann " PETER_BASE64 "\n"
#define ENOCH_KEY "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define ENOCH DASH "EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static sm_note_key key_of(const char *vkey)
{
	sm_note_key key;
	sm_error e;

	if (sm_note_key_read(sm_cstr(vkey), &key, &e) != SM_OK) {
		fail_msg("%s: %s", vkey, e.message);
	}
	return key;
}

static void read_ok(const char *text, sm_note *note)
{
	sm_error e;

	if (sm_note_read(sm_cstr(text), note, &e) != SM_OK) {
		fail_msg("%s", e.message);
	}
}

static void published_notes_verify(void **state)
{
	const sm_note_key peter = key_of(PETER_KEY), enoch = key_of(ENOCH_KEY);
	sm_note note;
	size_t lines;
	int64_t time;
	sm_error e;

	read_ok(TEXT "\n" PETER ENOCH, &note);
	assert_bytes(note.text, TEXT);
	assert_int_equal(note.n, 2);
	assert_bytes(note.lines[0].line, PETER);
	assert_bytes(note.lines[0].name, "PeterNeumann");
	assert_bytes(note.lines[0].signature, PETER_BASE64);
	assert_memory_equal(note.lines[0].id, peter.id, 4);
	assert_bytes(note.lines[1].line, ENOCH);
	time = lines = 7;
	assert_int_equal(sm_note_verify(&note, &peter, &lines, &time, &e), SM_OK);
	assert_int_equal(lines, 1);
	assert_int_equal(time, 0);
	assert_int_equal(sm_note_verify(&note, &enoch, NULL, NULL, NULL), SM_OK);

	/* A line of an unknown key is not looked at; a second line of a known one must verify too. */
	read_ok(TEXT "\n" PETER, &note);
	assert_int_equal(sm_note_verify(&note, &enoch, &lines, &time, &e), SM_E_STATE);
	assert_int_equal(lines, 0);
	assert_non_null(strstr(e.message, "EnochRoot"));
	read_ok(TEXT "\n" PETER PETER, &note);
	assert_int_equal(sm_note_verify(&note, &peter, &lines, NULL, &e), SM_OK);
	assert_int_equal(lines, 2);
	read_ok(TEXT "\n" PETER DASH "PeterNeumann x08go/ZJkuBS\n", &note);
	assert_int_equal(sm_note_verify(&note, &peter, &lines, NULL, &e), SM_E_ILLEGAL);
	assert_int_equal(lines, 0);
	assert_string_equal(e.message, "The signature of PeterNeumann has not the length of one");
	/* The same name with another id is another key, and the same id with another name. */
	read_ok(TEXT "\n" DASH "PeterNeumann AAAAo/ZJkuBS\n" DASH "Peter x08go/ZJkuBS\n", &note);
	assert_int_equal(sm_note_verify(&note, &peter, &lines, NULL, &e), SM_E_STATE);
	/* Another text. */
	read_ok("If\n\n" PETER, &note);
	assert_int_equal(sm_note_verify(&note, &peter, &lines, NULL, &e), SM_E_ILLEGAL);
	assert_string_equal(e.message, "The signature of PeterNeumann does not verify");
	/* A text may hold blank lines and begin with one; the last one parts. */
	read_ok("a\n\nb\n\n\n" PETER, &note);
	assert_bytes(note.text, "a\n\nb\n\n");
	read_ok("\n\n" PETER, &note);
	assert_bytes(note.text, "\n");
}

static void keys_have_the_published_ids_and_texts(void **state)
{
	static const char *const published[] = {PETER_KEY, ENOCH_KEY, "witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw"};
	sm_arena arena;
	char *vkey = test_format_vector("vkey"), *public = test_format_vector("log.public");
	sm_note_key key, made;
	sm_error e;

	sm_arena_init(&arena, &sm_alloc_default);
	for (size_t i = 0; i < 4; i++) {
		const char *text = i < 3 ? published[i] : vkey;
		sm_buf b;

		key = key_of(text);
		assert_int_equal(key.type, i == 2 ? SM_NOTE_COSIGNATURE : SM_NOTE_ED25519);
		sm_buf_init(&b, &arena, SM_NOTE_VKEY_MAX);
		sm_note_key_put(&b, &key);
		assert_bytes(sm_buf_bytes(&b), text);
	}
	uint8_t raw[32];
	sm_buf b;

	assert_true(sm_unhex(raw, 32, sm_cstr(public)));
	assert_int_equal(sm_note_key_init(&made, SM_STR("shop.example/sophmate/8f14e45fceea167a"), SM_NOTE_ED25519, raw, &e), SM_OK);
	sm_buf_init(&b, &arena, SM_NOTE_VKEY_MAX);
	sm_note_key_put(&b, &made);
	assert_bytes(sm_buf_bytes(&b), vkey);
	/* The longest name just fits. */
	char name[300];

	memset(name, 'n', sizeof(name));
	assert_int_equal(sm_note_key_init(&made, (sm_bytes){name, 255}, SM_NOTE_ED25519, raw, &e), SM_OK);
	sm_buf_init(&b, &arena, SM_NOTE_VKEY_MAX);
	sm_note_key_put(&b, &made);
	assert_int_equal(b.status, SM_OK);
	assert_int_equal(b.n, SM_NOTE_VKEY_MAX);
	assert_int_equal(sm_note_key_init(&made, (sm_bytes){name, 256}, SM_NOTE_ED25519, raw, &e), SM_E_ARGUMENT);
	assert_non_null(strstr(e.message, "got 256 bytes"));
	assert_int_equal(sm_note_key_init(&made, SM_STR("n"), (sm_note_type)2, raw, &e), SM_E_ARGUMENT);
	assert_non_null(strstr(e.message, "got 2"));
	sm_arena_free(&arena);
	free(vkey);
	free(public);
}

static void a_malformed_verifier_key_is_refused_and_says_why(void **state)
{
	static const struct {
		const char *vkey, *why;
	} table[] = {
		{"", "has the form"}, {"PeterNeumann", "has the form"}, {"PeterNeumann+c74f20a3", "has the form"}, {"+", "has the form"},
		{"PeterNeumann+c74f20a3ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "has the form"},
		{"PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "has the form"},
		{"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "The name"},
		{"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "The name"},
		{"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "lower-case hex"},
		{"PeterNeumann+c74f20ag+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "lower-case hex"},
		{"PeterNeumann+c74f20a3+", "not base64"}, {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "not base64"},
		/* Groups of four are not read past the end: AddressSanitizer sees it. */
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy1", "not base64"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", "not base64"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq+LDE4izWy10TW+", "not base64"},
		{"PeterNeumann+c74f20a3+AhpcTQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "type in a verifier key is 1 (Ed25519) or 4 (cosignature), got 2"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", "32 bytes, got 31"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==", "32 bytes, got 33"},
		{"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "which is c74f20a3"},
		{"PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "not that of its name and key"},
		{"PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "not that of its name and key"},
	};
	sm_note_key key;
	sm_error e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (sm_note_key_read(sm_cstr(table[i].vkey), &key, &e) != SM_E_SYNTAX || strstr(e.message, table[i].why) == NULL) {
			fail_msg("%s: %s", table[i].vkey, e.message);
		}
	}
	assert_int_equal(sm_note_key_read((sm_bytes){NULL, 0}, &key, NULL), SM_E_SYNTAX);
}

static void names_hold_no_space_and_no_plus(void **state)
{
	static const char *const good[] = {"a", "shop.example/sophmate/8f14e45fceea167a", "n\xC3\xA4me", "\xE2\x80\x94", "\xF0\x9F\x98\x80", "\xE2\x80\x8B"};
	static const char *const bad[] = {"", " ", "a b", "a\tb", "a\nb", "a+b", "\x7F", "\x01", "a\xC2\x85", "a\xC2\xA0", "a\xE1\x9A\x80", "a\xE2\x80\x80",
		"a\xE2\x80\x8A", "a\xE2\x80\xA8", "a\xE2\x80\xA9", "a\xE2\x80\xAF", "a\xE2\x81\x9F", "a\xE3\x80\x80", "a\xFF", "a\xC3"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(sm_note_name_valid(sm_cstr(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sm_note_name_valid(sm_cstr(bad[i]))) {
			fail_msg("name %zu is taken", i);
		}
	}
	assert_false(sm_note_name_valid((sm_bytes){"a\0b", 3}));
}

static void a_malformed_note_is_refused_and_says_why(void **state)
{
	static const struct {
		sm_bytes text;
		const char *why;
	} table[] = {
		{SM_LIT(""), "no blank line"}, {SM_LIT("\n"), "no blank line"}, {SM_LIT(TEXT), "no blank line"}, {SM_LIT(TEXT PETER), "no blank line"},
		{SM_LIT("\n" PETER), "no blank line"}, {SM_LIT(TEXT "\n"), "no signature after"}, {SM_LIT("\n\n"), "no signature after"},
		{SM_LIT(TEXT "\n" DASH "PeterNeumann " PETER_BASE64), "the last line has no newline"},
		{SM_LIT(TEXT "\n" PETER "x"), "the last line has no newline"},
		{SM_LIT(TEXT "\n" PETER "Unexpected line.\n"), "em dash"}, {SM_LIT(TEXT "\n- PeterNeumann " PETER_BASE64 "\n"), "em dash"},
		{SM_LIT(TEXT "\n\xE2\x80\x94PeterNeumann " PETER_BASE64 "\n"), "em dash"}, {SM_LIT(TEXT "\n " PETER), "em dash"},
		{SM_LIT(TEXT "\n" PETER "\n"), "no signature after"},
		{SM_LIT("\x01" TEXT "\n" PETER), "at byte 0: a control character"}, {SM_LIT("a\r\n\n" PETER), "at byte 1: a control character"},
		{SM_LIT("a\tb\n\n" PETER), "a control character"}, {SM_LIT("a\x1F\n\n" PETER), "a control character"}, {SM_LIT("a\0b\n\n" PETER), "a control character"},
		{SM_LIT("\xFF" TEXT "\n" PETER), "not UTF-8"}, {SM_LIT(TEXT "\n" PETER "\xC3"), "not UTF-8"},
		{SM_LIT(TEXT "\n" DASH "\n"), "a name, a space and a signature"}, {SM_LIT(TEXT "\n" DASH "PeterNeumann\n"), "a name, a space and a signature"},
		{SM_LIT(TEXT "\n" DASH " " PETER_BASE64 "\n"), "the name of a signature"},
		{SM_LIT(TEXT "\n" DASH "Bad Name " PETER_BASE64 "\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "Bad+Name " PETER_BASE64 "\n"), "the name of a signature"},
		{SM_LIT(TEXT "\n" DASH "PeterNeumann  " PETER_BASE64 "\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "PeterNeumann " PETER_BASE64 " \n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "PeterNeumann \n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "P AAAAAAA\n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "P AAAAAAB=\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "P AAAAAB==\n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "P AAAAA===\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "P ====\n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "P AA=A\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "P AA==AAAA\n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "P AAAA_AAA\n"), "not base64"}, {SM_LIT(TEXT "\n" DASH "P AAAA\xC3\xB6" "AA\n"), "not base64"},
		{SM_LIT(TEXT "\n" DASH "P AAAA\n"), "shorter than a key id"}, {SM_LIT(TEXT "\n" DASH "P AAAAAA==\n"), "shorter than a key id"},
	};
	sm_note note;
	sm_error e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (sm_note_read(table[i].text, &note, &e) != SM_E_SYNTAX || strstr(e.message, table[i].why) == NULL || note.n != 0 || note.text.p != NULL) {
			fail_msg("case %zu: %s", i, e.message);
		}
		assert_int_equal(sm_note_read(table[i].text, &note, NULL), SM_E_SYNTAX);
	}
	/* One byte behind the key id is a signature of some type. */
	read_ok(TEXT "\n" DASH "P AAAAAAA=\n", &note);
	assert_int_equal(note.n, 1);
	assert_int_equal(sm_note_read((sm_bytes){NULL, 0}, &note, &e), SM_E_SYNTAX);
	assert_int_equal(sm_note_read(SM_STR(TEXT "\n" PETER "x\n"), &note, &e), SM_E_SYNTAX);
	assert_int_equal(e.position, sizeof(TEXT "\n" PETER) - 1);
}

static void a_note_has_limits(void **state)
{
	size_t room = 2 * SM_NOTE_MAX;
	char *text = malloc(room);
	sm_note note;
	sm_error e;

	assert_non_null(text);
	for (size_t n = 99; n <= 101; n++) {
		size_t at = sizeof("t\n\n") - 1;

		memcpy(text, "t\n\n", at);
		for (size_t i = 0; i < n; i++, at += sizeof(PETER) - 1) {
			memcpy(text + at, PETER, sizeof(PETER) - 1);
		}
		assert_int_equal(sm_note_read((sm_bytes){text, at}, &note, &e), n <= 100 ? SM_OK : SM_E_LIMIT);
		assert_int_equal(note.n, n <= 100 ? n : 0);
	}
	assert_string_equal(e.limit, "signatures of a note");
	memset(text, 'x', room);
	memcpy(text + SM_NOTE_MAX - sizeof("\n\n" PETER) + 1, "\n\n" PETER, sizeof("\n\n" PETER) - 1);
	assert_int_equal(sm_note_read((sm_bytes){text, SM_NOTE_MAX}, &note, &e), SM_OK);
	assert_int_equal(sm_note_read((sm_bytes){text, SM_NOTE_MAX + 1}, &note, &e), SM_E_LIMIT);
	assert_int_equal(e.got, SM_NOTE_MAX + 1);
	free(text);
}

/* ---- cosignatures ---- */

/* Made by a separate program (Python's cryptography) over the checkpoint of formats.txt. */
#define WITNESS_KEY "witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw"
#define WITNESS DASH \
	"witness.example/w1 4M0oZAAAAABkGFDLbhbFXIT8p4LHhWXlTtSZGdf2D1pDr2cn9sdnd4GBvCBpBFdFayS/YVHcxaYgEwjUFllzgxxXTrNX6aCCR+S3Bg==\n"
#define HEAD "shop.example/sophmate/8f14e45fceea167a\n3\nvd87fsNuuFqTghONLs1qZFLizVmU8UgBlYR/gNrY/MY=\n"

static void a_cosignature_of_a_known_witness_verifies(void **state)
{
	const sm_note_key witness = key_of(WITNESS_KEY);
	sm_note note;
	size_t lines;
	int64_t time;
	sm_error e;

	read_ok(HEAD "\n" WITNESS, &note);
	assert_int_equal(sm_note_verify(&note, &witness, &lines, &time, &e), SM_OK);
	assert_int_equal(time, 1679315147);
	assert_int_equal(lines, 1);
	/* The time is signed too. */
	read_ok(HEAD "\n" DASH
		"witness.example/w1 4M0oZAAAAABkGFDMbhbFXIT8p4LHhWXlTtSZGdf2D1pDr2cn9sdnd4GBvCBpBFdFayS/YVHcxaYgEwjUFllzgxxXTrNX6aCCR+S3Bg==\n", &note);
	time = 7;
	assert_int_equal(sm_note_verify(&note, &witness, &lines, &time, &e), SM_E_ILLEGAL);
	assert_int_equal(time, 0);
	/* Beyond 2^63-1, and a plain signature in its place. */
	read_ok(HEAD "\n" DASH
		"witness.example/w1 4M0oZIAAAABkGFDLbhbFXIT8p4LHhWXlTtSZGdf2D1pDr2cn9sdnd4GBvCBpBFdFayS/YVHcxaYgEwjUFllzgxxXTrNX6aCCR+S3Bg==\n", &note);
	assert_int_equal(sm_note_verify(&note, &witness, &lines, &time, &e), SM_E_ILLEGAL);
	assert_non_null(strstr(e.message, "beyond 2^63-1"));
	/* The same bytes under the other type are another key. */
	sm_note_key plain = witness;

	assert_int_equal(sm_note_key_init(&plain, witness.name, SM_NOTE_ED25519, witness.public_key, NULL), SM_OK);
	read_ok(HEAD "\n" WITNESS, &note);
	assert_int_equal(sm_note_verify(&note, &plain, &lines, &time, &e), SM_E_STATE);
}

/* Signs as a witness does. */
static sm_note_line cosign(sm_arena *arena, sm_note_key *key, uint64_t seconds, sm_bytes text)
{
	uint8_t public[32], secret[64], raw[76];
	sm_buf message, line;
	size_t n;
	char digits[30];

	crypto_sign_seed_keypair(public, secret, (const uint8_t *)"0123456789abcdef0123456789abcdef");
	assert_int_equal(sm_note_key_init(key, SM_STR("w"), SM_NOTE_COSIGNATURE, public, NULL), SM_OK);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)seconds);
	sm_buf_init(&message, arena, 10000);
	sm_buf_puts(&message, "cosignature/v1\ntime ");
	sm_buf_puts(&message, digits);
	sm_buf_putc(&message, '\n');
	sm_buf_put(&message, text.p, text.n);
	memcpy(raw, key->id, 4);
	for (int i = 0; i < 8; i++) {
		raw[4 + i] = (uint8_t)(seconds >> (56 - 8 * i));
	}
	crypto_sign_detached(raw + 12, NULL, (const uint8_t *)message.p, message.n, secret);
	sm_buf_init(&line, arena, 400);
	sm_buf_puts(&line, DASH "w ");
	n = line.n;
	sm_base64_put(&line, raw, sizeof(raw));
	sm_note_line out = {.name = SM_STR("w"), .signature = {line.p + n, line.n - n}};

	memcpy(out.id, key->id, 4);
	sm_buf_putc(&line, '\n');
	out.line = sm_buf_bytes(&line);
	out.signature.p = line.p + n;
	return out;
}

static void cosignatures_reach_from_the_first_second_to_the_last(void **state)
{
	static const uint64_t times[] = {0, 1, 1795187250, INT64_MAX};
	sm_arena arena;
	sm_note note = {.n = 0};
	sm_note_key key;
	char text[5000];
	int64_t time;
	sm_error e;

	sm_arena_init(&arena, &sm_alloc_default);
	memset(text, 'x', sizeof(text));
	note.text = (sm_bytes){text, 4096};
	for (size_t i = 0; i < 4; i++) {
		note.lines[0] = cosign(&arena, &key, times[i], note.text);
		note.n = 1;
		assert_int_equal(sm_note_verify(&note, &key, NULL, &time, &e), SM_OK);
		assert_true((uint64_t)time == times[i]);
	}
	/* Of several the newest counts. */
	note.lines[1] = cosign(&arena, &key, 5, note.text);
	note.n = 2;
	assert_int_equal(sm_note_verify(&note, &key, NULL, &time, &e), SM_OK);
	assert_true(time == INT64_MAX);
	note.text.n = 4097;
	assert_int_equal(sm_note_verify(&note, &key, NULL, &time, &e), SM_E_LIMIT);
	assert_int_equal(e.got, 4097);
	sm_arena_free(&arena);
}

static void witness_lines_are_added_verbatim_and_once(void **state)
{
	sm_arena arena;
	sm_note note;
	sm_buf b;
	sm_error e;
	const sm_bytes own = SM_STR("PeterNeumann");

	sm_arena_init(&arena, &sm_alloc_default);
	read_ok(TEXT "\n" PETER, &note);
	sm_buf_init(&b, &arena, SM_NOTE_MAX);
	assert_int_equal(sm_note_add_lines(&b, &note, SM_STR(WITNESS ENOCH WITNESS), own, &e), SM_OK);
	assert_bytes(sm_buf_bytes(&b), TEXT "\n" PETER WITNESS ENOCH);
	read_ok(b.p, &note);
	sm_buf again;

	sm_buf_init(&again, &arena, SM_NOTE_MAX);
	assert_int_equal(sm_note_add_lines(&again, &note, SM_STR(ENOCH), own, &e), SM_OK);
	assert_bytes(sm_buf_bytes(&again), b.p);

	static const struct {
		sm_bytes lines;
		const char *why;
	} table[] = {
		{SM_LIT(""), "no signature line to add"}, {SM_LIT("\n"), "em dash"}, {SM_LIT(ENOCH "\n"), "em dash"}, {SM_LIT(PETER), "with its own name"},
		{SM_LIT(ENOCH PETER), "with its own name"}, {SM_LIT(ENOCH DASH "P AAAA\n"), "shorter"}, {SM_LIT(DASH "P AAAAAAA="), "no newline"},
		{SM_LIT("\x01\n"), "control character"}, {SM_LIT(DASH "P\xFF AAAAAAA=\n"), "UTF-8"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		sm_buf_init(&b, &arena, SM_NOTE_MAX);
		if (sm_note_add_lines(&b, &note, table[i].lines, own, &e) != SM_E_SYNTAX || strstr(e.message, table[i].why) == NULL || b.n != 0) {
			fail_msg("case %zu: %s", i, e.message);
		}
	}
	sm_buf_init(&b, &arena, SM_NOTE_MAX);
	assert_int_equal(sm_note_add_lines(&b, &note, SM_STR(PETER), (sm_bytes){NULL, 0}, &e), SM_OK);
	sm_buf_init(&b, &arena, 50);
	assert_int_equal(sm_note_add_lines(&b, &note, SM_STR(PETER), (sm_bytes){NULL, 0}, &e), SM_E_LIMIT);

	/* At most 100 lines, and SM_NOTE_MAX bytes. */
	sm_buf lines;
	char line[40];

	sm_buf_init(&lines, &arena, SM_NOTE_MAX);
	for (int i = 0; i < 97; i++) {
		snprintf(line, sizeof(line), DASH "w%d AAAAAAA=\n", i);
		sm_buf_puts(&lines, line);
	}
	sm_buf_init(&b, &arena, SM_NOTE_MAX);
	assert_int_equal(sm_note_add_lines(&b, &note, sm_buf_bytes(&lines), own, &e), SM_OK);
	sm_buf_puts(&lines, DASH "w97 AAAAAAA=\n");
	assert_int_equal(sm_note_add_lines(&b, &note, sm_buf_bytes(&lines), own, &e), SM_E_LIMIT);
	assert_int_equal(e.got, 101);
	for (int i = 98; i < 102; i++) {
		snprintf(line, sizeof(line), DASH "w%d AAAAAAA=\n", i);
		sm_buf_puts(&lines, line);
	}
	assert_int_equal(sm_note_add_lines(&b, &note, sm_buf_bytes(&lines), own, &e), SM_E_LIMIT);
	char *big = malloc(SM_NOTE_MAX);

	memset(big, 'A', SM_NOTE_MAX);
	memcpy(big, DASH "w ", 6);
	big[SM_NOTE_MAX - 6] = '\n';
	assert_int_equal(sm_note_add_lines(&b, &note, (sm_bytes){big, SM_NOTE_MAX - 5}, own, &e), SM_E_LIMIT);
	assert_string_equal(e.limit, "bytes of a note");
	free(big);
	sm_arena_free(&arena);
}

/* ---- signatures ---- */

static void signatures_are_judged_as_wycheproof_does(void **state)
{
	sm_bytes file = test_vector_file("wycheproof/ed25519_test.json");
	sm_arena arena;
	sm_json *root;
	sm_error e;
	int valid = 0, invalid = 0;

	sm_arena_init(&arena, &sm_alloc_default);
	assert_int_equal(sm_json_read(&arena, file, &root, &e), SM_OK);
	const sm_json *groups = sm_json_get(root, "testGroups");

	for (size_t g = 0; g < groups->u.a.n; g++) {
		const sm_json *group = &groups->u.a.items[g], *tests = sm_json_get(group, "tests");
		uint8_t public[32];
		sm_note_key key;

		assert_true(sm_unhex(public, 32, sm_json_get_str(sm_json_get(group, "publicKey"), "pk")));
		assert_int_equal(sm_note_key_init(&key, SM_STR("k"), SM_NOTE_ED25519, public, NULL), SM_OK);
		for (size_t i = 0; i < tests->u.a.n; i++) {
			const sm_json *test = &tests->u.a.items[i];
			sm_bytes msg = sm_json_get_str(test, "msg"), sig = sm_json_get_str(test, "sig");
			uint8_t *m = sm_arena_alloc(&arena, msg.n / 2 + 1, 1), *s = sm_arena_alloc(&arena, 4 + sig.n / 2, 1);
			bool expected = sm_bytes_eq(sm_json_get_str(test, "result"), SM_STR("valid"));
			sm_note note = {.text = {(const char *)m, msg.n / 2}, .n = 1};
			sm_buf b;

			assert_true(sm_unhex(m, msg.n / 2, msg));
			memcpy(s, key.id, 4);
			assert_true(sm_unhex(s + 4, sig.n / 2, sig));
			sm_buf_init(&b, &arena, 10000);
			sm_base64_put(&b, s, 4 + sig.n / 2);
			note.lines[0] = (sm_note_line){.name = SM_STR("k"), .signature = sm_buf_bytes(&b)};
			memcpy(note.lines[0].id, key.id, 4);
			if (sm_note_verify(&note, &key, NULL, NULL, &e) != (expected ? SM_OK : SM_E_ILLEGAL)) {
				fail_msg("tcId %d", (int)sm_json_get_int(test, "tcId", 0));
			}
			valid += expected;
			invalid += !expected;
		}
	}
	assert_int_equal(valid + invalid, sm_json_get_int(root, "numberOfTests", 0));
	assert_in_range(valid, 50, 150);
	assert_in_range(invalid, 20, 150);
	sm_arena_free(&arena);
	free((void *)(uintptr_t)file.p);
}

static void any_bytes_are_refused_or_read_whole(void **state)
{
	static const char *const words[] = {"\n", "\n\n", DASH, "w ", "AAAAAAA=", "=", " ", "t", PETER, "\xE2\x80", "\t", TEXT};
	test_random r;
	char text[2000];
	int good = 0;

	test_random_init(&r);
	for (int i = 0; i < 20000; i++) {
		size_t n = 0;

		for (uint64_t k = test_random_below(&r, 12); k > 0; k--) {
			const char *word = words[test_random_below(&r, sizeof(words) / sizeof(words[0]))];

			memcpy(text + n, word, strlen(word));
			n += strlen(word);
		}
		if (n > 0 && test_random_below(&r, 3) == 0) {
			text[test_random_below(&r, n)] ^= (char)(1 << test_random_below(&r, 8));
		}
		/* On the heap, so that a read past the end is seen. */
		char *exact = malloc(n == 0 ? 1 : n);
		sm_note note;

		memcpy(exact, text, n);
		if (sm_note_read((sm_bytes){exact, n}, &note, NULL) == SM_OK) {
			size_t total = note.text.n + 1;

			for (size_t k = 0; k < note.n; k++) {
				total += note.lines[k].line.n;
			}
			assert_int_equal(total, n);
			good++;
		}
		sm_note_key key;

		(void)sm_note_key_read((sm_bytes){exact, n}, &key, NULL);
		free(exact);
	}
	assert_true(good > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_notes_verify),
		cmocka_unit_test(keys_have_the_published_ids_and_texts),
		cmocka_unit_test(a_malformed_verifier_key_is_refused_and_says_why),
		cmocka_unit_test(names_hold_no_space_and_no_plus),
		cmocka_unit_test(a_malformed_note_is_refused_and_says_why),
		cmocka_unit_test(a_note_has_limits),
		cmocka_unit_test(a_cosignature_of_a_known_witness_verifies),
		cmocka_unit_test(cosignatures_reach_from_the_first_second_to_the_last),
		cmocka_unit_test(witness_lines_are_added_verbatim_and_once),
		cmocka_unit_test(signatures_are_judged_as_wycheproof_does),
		cmocka_unit_test(any_bytes_are_refused_or_read_whole),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
