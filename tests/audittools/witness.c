/* Heads of a test's own log under the origin that sigsum-witness wants, and what a witness is asked and answers. Signs with the core's functions and a
 * seed of the test: a program of the tests, nothing of the extension.
 *
 *   witness key                       the log's public key, as OpenSSH writes it
 *   witness request OLD SIZE [fork]   body of POST /add-checkpoint; fork: of another log's tree under the same key
 *   witness verify SIZE KEY <lines    the witness's lines, with its key as OpenSSH writes it (the second word): do they cosign the head of SIZE? */
#include "checkpoint.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 1000 };

static sm_hash hashes[LEAVES];
static sm_arena arena;
static sm_error error;

static void must(sm_status s)
{
	if (s != SM_OK) {
		fprintf(stderr, "%d: %s\n", (int)s, error.message);
		exit(1);
	}
}

static sm_status read_hashes(void *ctx, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	(void)ctx;
	(void)level;
	(void)e;
	memcpy(out, hashes + first, n * sizeof *out);
	return SM_OK;
}

static sm_bytes name_of(const char *prefix, const uint8_t public[32])
{
	uint8_t hash[32];
	char hex[65];
	sm_buf b;
	crypto_hash_sha256(hash, public, 32);
	sm_hex(hex, hash, 32);
	sm_buf_init(&b, &arena, 200);
	sm_buf_puts(&b, prefix);
	sm_buf_puts(&b, hex);
	return sm_buf_bytes(&b);
}

static sm_bytes head(const sm_note_key *key, const uint8_t seed[32], uint64_t size)
{
	const sm_head none[SM_HEADS] = {{.known = false}};
	sm_sign_verdict verdict;
	sm_frontier f;
	sm_buf b;
	sm_frontier_init(&f);
	for (uint64_t i = 0; i < size; i++) {
		must(sm_frontier_add(&f, &hashes[i], NULL));
	}
	sm_buf_init(&b, &arena, SM_NOTE_MAX);
	must(sm_checkpoint_sign(&b, key, seed, &f, none, &verdict, &error));
	return sm_buf_bytes(&b);
}

/* "ssh-ed25519" and 32 bytes, each behind its length. */
static void print_ssh(const uint8_t public[32])
{
	static const uint8_t before[] = "\0\0\0\013ssh-ed25519\0\0\0 ";
	sm_buf b;
	uint8_t raw[sizeof before - 1 + 32];
	memcpy(raw, before, sizeof before - 1);
	memcpy(raw + sizeof before - 1, public, 32);
	sm_buf_init(&b, &arena, 200);
	sm_base64_put(&b, raw, sizeof raw);
	printf("ssh-ed25519 %s log\n", b.p);
}

static void verify(const sm_note_key *log, const uint8_t seed[32], uint64_t size, const char *ssh)
{
	char lines[8192];
	size_t n = fread(lines, 1, sizeof lines, stdin);
	sm_note_key witness;
	sm_note note;
	sm_bytes raw;
	int64_t time;
	sm_buf all;
	must(sm_base64_read(&arena, sm_cstr(ssh), &raw));
	const uint8_t *public = (const uint8_t *)raw.p + raw.n - 32;
	must(sm_note_key_init(&witness, name_of("sigsum.org/v1/witness/", public), SM_NOTE_COSIGNATURE, public, &error));
	must(sm_note_read(head(log, seed, size), &note, &error));
	sm_buf_init(&all, &arena, SM_NOTE_MAX);
	must(sm_note_add_lines(&all, &note, (sm_bytes){lines, n}, log->name, &error));
	must(sm_note_read(sm_buf_bytes(&all), &note, &error));
	must(sm_note_verify(&note, &witness, NULL, &time, &error));
	printf("cosigned %llu leaves at %lld\n", (unsigned long long)size, (long long)time);
}

int main(int argc, char **argv)
{
	uint8_t seed[32], public[32];
	sm_note_key key;
	if (sodium_init() < 0 || argc < 2) {
		return 2;
	}
	sm_arena_init(&arena, &sm_alloc_default);
	memset(seed, 7, sizeof seed);
	sm_log_public_key(seed, public);
	must(sm_note_key_init(&key, name_of("sigsum.org/v1/tree/", public), SM_NOTE_ED25519, public, &error));
	bool fork = argc > 4 && strcmp(argv[4], "fork") == 0;
	for (int i = 0; i < LEAVES; i++) {
		char leaf[64];
		snprintf(leaf, sizeof leaf, "{\"%s\":%d}", fork ? "other" : "leaf", i);
		sm_hash_leaf(sm_cstr(leaf), &hashes[i]);
	}
	if (strcmp(argv[1], "key") == 0) {
		print_ssh(public);
	} else if (strcmp(argv[1], "request") == 0 && argc >= 4) {
		sm_hash_source source = {.read = read_hashes, .levels = 1};
		uint64_t old = strtoull(argv[2], NULL, 10), size = strtoull(argv[3], NULL, 10);
		sm_proof proof = {.n = 0};
		if (old > 0 && old < size) {
			must(sm_consistency_prove(&source, NULL, old, size, &proof, &error));
		}
		printf("old %llu\n", (unsigned long long)old);
		for (size_t i = 0; i < proof.n; i++) {
			sm_buf b;
			sm_buf_init(&b, &arena, 64);
			sm_hash_put(&b, &proof.hashes[i]);
			printf("%s\n", b.p);
		}
		printf("\n%s", head(&key, seed, size).p);
	} else if (strcmp(argv[1], "verify") == 0 && argc == 4) {
		verify(&key, seed, strtoull(argv[2], NULL, 10), argv[3]);
	} else {
		return 2;
	}
	sm_arena_free(&arena);
	return 0;
}
