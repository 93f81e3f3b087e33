/* Checkpoints: the worked example byte for byte, who may sign, the head file, tlog-proofs, and every malformed form. */
#include "support.h"

#include "checkpoint.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xE2\x80\x94 "
#define ORIGIN "shop.example/sophmate/8f14e45fceea167a"
#define ROOT "vd87fsNuuFqTghONLs1qZFLizVmU8UgBlYR/gNrY/MY="
#define HEAD ORIGIN "\n3\n" ROOT "\n"
#define SIGNATURE DASH ORIGIN " x066IVwMwdiemATF2Fi5D9+LNkUyX7emkSXilADTjo/lIf7XktQsoTAIc432VZs/OYRYXbLUz0/dC32myeQsKMAVlwM=\n"
#define WITNESS DASH \
	"witness.example/w1 4M0oZAAAAABkGFDLbhbFXIT8p4LHhWXlTtSZGdf2D1pDr2cn9sdnd4GBvCBpBFdFayS/YVHcxaYgEwjUFllzgxxXTrNX6aCCR+S3Bg==\n"

typedef struct fixture {
	sm_arena arena;
	uint8_t seed[SM_LOG_SEED_LEN];
	sm_bytes checkpoint;   /* of formats.txt */
	sm_bytes leaves[3];
	sm_frontier tree;      /* of those */
	sm_note_key log;
	sm_note note;
	sm_checkpoint c;
	sm_buf b;
	sm_error e;
	sm_head none[SM_HEADS];
	sm_sign_verdict verdict;
} fixture;

static sm_bytes vector(fixture *f, const char *key)
{
	char *text = test_format_vector(key);
	sm_bytes out;

	assert_int_equal(sm_arena_dup(&f->arena, sm_cstr(text), &out), SM_OK);
	free(text);
	return out;
}

static int set_up(void **state)
{
	static const char *const names[] = {"leaf0", "leaf1", "leaf2"};
	fixture *f = calloc(1, sizeof(*f));

	*state = f;
	sm_arena_init(&f->arena, &sm_alloc_default);
	sm_bytes file = test_vector_file("formats.txt");
	const char *begin = strstr(file.p, "checkpoint <<\n"), *end = strstr(file.p, ">>\n");

	assert_true(begin != NULL && end != NULL);
	begin += strlen("checkpoint <<\n");
	assert_int_equal(sm_arena_dup(&f->arena, (sm_bytes){begin, (size_t)(end - begin)}, &f->checkpoint), SM_OK);
	free((void *)(uintptr_t)file.p);
	assert_true(sm_unhex(f->seed, sizeof(f->seed), vector(f, "log.seed")));
	assert_int_equal(sm_note_key_read(vector(f, "vkey"), &f->log, NULL), SM_OK);
	for (size_t i = 0; i < 3; i++) {
		f->leaves[i] = vector(f, names[i]);
		assert_int_equal(sm_frontier_take(&f->tree, i, f->leaves[i], (sm_bytes){NULL, 0}, NULL), SM_OK);
	}
	sm_buf_init(&f->b, &f->arena, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	fixture *f = *state;

	sm_arena_free(&f->arena);
	free(f);
	return 0;
}

/* ---- the worked example ---- */

static void the_worked_example_is_signed_byte_for_byte(void **state)
{
	fixture *f = *state;
	uint8_t public[32];

	sm_log_public_key(f->seed, public);
	assert_memory_equal(public, f->log.public_key, 32);
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, f->seed, &f->tree, f->none, &f->verdict, &f->e), SM_OK);
	assert_bytes(sm_buf_bytes(&f->b), f->checkpoint.p);
	assert_bytes(f->checkpoint, HEAD "\n" SIGNATURE);
	assert_int_equal(f->verdict.reason, SM_SIGN_OK);
	assert_int_equal(f->verdict.place, SM_HEADS);

	assert_int_equal(sm_checkpoint_open(f->checkpoint, &f->log, &f->note, &f->c, &f->e), SM_OK);
	assert_bytes(f->c.origin, ORIGIN);
	assert_int_equal(f->c.size, 3);
	sm_hash root;

	sm_frontier_root(&f->tree, &root);
	assert_true(sm_hash_eq(&root, &f->c.root));
	sm_buf text;

	sm_buf_init(&text, &f->arena, 1000);
	sm_checkpoint_put(&text, &f->c);
	assert_bytes(sm_buf_bytes(&text), HEAD);
}

static void an_empty_log_has_a_checkpoint_too(void **state)
{
	fixture *f = *state;
	sm_frontier empty;

	sm_frontier_init(&empty);
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, f->seed, &empty, f->none, &f->verdict, &f->e), SM_OK);
	assert_int_equal(sm_checkpoint_open(sm_buf_bytes(&f->b), &f->log, &f->note, &f->c, &f->e), SM_OK);
	assert_int_equal(f->c.size, 0);
	assert_int_equal(strncmp(f->b.p, ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", sizeof(ORIGIN) + 48), 0);
}

static void only_the_logs_own_seed_signs_and_nothing_is_left_half_written(void **state)
{
	fixture *f = *state;
	uint8_t other[SM_LOG_SEED_LEN] = {1};

	sm_buf_puts(&f->b, "before");
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, other, &f->tree, f->none, &f->verdict, &f->e), SM_E_IDENTITY);
	assert_non_null(strstr(f->e.message, ORIGIN));
	f->log.type = SM_NOTE_COSIGNATURE;
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, f->seed, &f->tree, f->none, &f->verdict, &f->e), SM_E_IDENTITY);
	f->log.type = SM_NOTE_ED25519;
	assert_bytes(sm_buf_bytes(&f->b), "before");
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, f->seed, &f->tree, f->none, &f->verdict, &f->e), SM_OK);
	assert_bytes(sm_buf_bytes(&f->b), "before" HEAD "\n" SIGNATURE);
	sm_buf small;

	sm_buf_init(&small, &f->arena, 100);
	assert_int_equal(sm_checkpoint_sign(&small, &f->log, f->seed, &f->tree, f->none, &f->verdict, &f->e), SM_E_LIMIT);
	assert_int_equal(small.n, 0);
	/* The longest origin fits the room that is taken. */
	char name[255];

	memset(name, 'o', sizeof(name));
	assert_int_equal(sm_note_key_init(&f->log, (sm_bytes){name, sizeof(name)}, SM_NOTE_ED25519, f->log.public_key, &f->e), SM_OK);
	sm_buf_init(&f->b, &f->arena, 4000);
	assert_int_equal(sm_checkpoint_sign(&f->b, &f->log, f->seed, &f->tree, f->none, &f->verdict, &f->e), SM_OK);
	assert_int_equal(f->b.status, SM_OK);
	assert_int_equal(sm_checkpoint_open(sm_buf_bytes(&f->b), &f->log, &f->note, &f->c, &f->e), SM_OK);
}

/* ---- reading ---- */

static void a_malformed_checkpoint_is_refused_and_says_why(void **state)
{
	static const struct {
		sm_bytes text;
		const char *why;
	} table[] = {
		{SM_LIT(""), "first line"}, {SM_LIT(ORIGIN), "first line"}, {SM_LIT("\n3\n" ROOT "\n"), "first line"}, {SM_LIT("a b\n3\n" ROOT "\n"), "first line"},
		{SM_LIT("a+b\n3\n" ROOT "\n"), "first line"}, {SM_LIT(ORIGIN "\n"), "second line"}, {SM_LIT(ORIGIN "\n3"), "second line"},
		{SM_LIT(ORIGIN "\n\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n03\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n00\n" ROOT "\n"), "second line"},
		{SM_LIT(ORIGIN "\n-3\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n+3\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n3 \n" ROOT "\n"), "second line"},
		{SM_LIT(ORIGIN "\n0x3\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n9223372036854775808\n" ROOT "\n"), "second line"},
		{SM_LIT(ORIGIN "\n18446744073709551619\n" ROOT "\n"), "second line"}, {SM_LIT(ORIGIN "\n3\n"), "third line"}, {SM_LIT(ORIGIN "\n3\n" ROOT), "third line"},
		{SM_LIT(ORIGIN "\n3\n\n"), "third line"}, {SM_LIT(ORIGIN "\n3\nvd87fsNuuFqTghONLs1qZFLizVmU8UgBlYR/gNrY/M==\n"), "third line"},
		{SM_LIT(ORIGIN "\n3\nvd87fsNuuFqTghONLs1qZFLizVmU8UgBlYR/gNrY/MZ=\n"), "third line"}, {SM_LIT(ORIGIN "\n3\nvd87\n"), "third line"},
		{SM_LIT(HEAD "extension\n"), "10 bytes behind"}, {SM_LIT(HEAD "\n"), "1 bytes behind"},
	};
	fixture *f = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (sm_checkpoint_read(table[i].text, &f->c, &f->e) != SM_E_SYNTAX || strstr(f->e.message, table[i].why) == NULL) {
			fail_msg("case %zu: %s", i, f->e.message);
		}
	}
	assert_int_equal(sm_checkpoint_read(SM_STR(ORIGIN "\n9223372036854775807\n" ROOT "\n"), &f->c, NULL), SM_OK);
	assert_true(f->c.size == SM_TREE_SIZE_MAX);
}

static void a_checkpoint_has_exactly_one_signature_of_its_log(void **state)
{
	fixture *f = *state;
	sm_note_key witness;

	assert_int_equal(sm_checkpoint_open(SM_STR(HEAD "\n" WITNESS SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_OK);
	assert_int_equal(f->note.n, 2);
	assert_bytes(f->note.lines[0].line, WITNESS);
	assert_int_equal(sm_note_key_read(SM_STR("witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw"), &witness, NULL), SM_OK);
	assert_int_equal(sm_note_verify(&f->note, &witness, NULL, NULL, &f->e), SM_OK);

	assert_int_equal(sm_checkpoint_open(SM_STR(HEAD "\n" SIGNATURE SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "this one has 2"));
	assert_int_equal(sm_checkpoint_open(SM_STR(HEAD "\n" WITNESS), &f->log, &f->note, &f->c, &f->e), SM_E_STATE);
	assert_int_equal(sm_checkpoint_open(SM_STR(ORIGIN "\n4\n" ROOT "\n\n" SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "does not verify"));
	assert_int_equal(sm_checkpoint_open(SM_STR("other.example/log\n3\n" ROOT "\n\n" SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "is of the log other.example/log, not of " ORIGIN));
	assert_int_equal(sm_checkpoint_open(SM_STR(HEAD "x\n\n" SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_E_SYNTAX);
	assert_int_equal(sm_checkpoint_open(SM_STR(HEAD SIGNATURE), &f->log, &f->note, &f->c, &f->e), SM_E_SYNTAX);
}

static void every_flipped_bit_of_a_checkpoint_is_seen(void **state)
{
	fixture *f = *state;
	char *text = malloc(f->checkpoint.n);

	for (size_t bit = 0; bit < f->checkpoint.n * 8; bit++) {
		memcpy(text, f->checkpoint.p, f->checkpoint.n);
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(sm_checkpoint_open((sm_bytes){text, f->checkpoint.n}, &f->log, &f->note, &f->c, &f->e), SM_OK);
		assert_true(strlen(f->e.message) > 10);
	}
	for (size_t n = 0; n < f->checkpoint.n; n++) {
		assert_int_not_equal(sm_checkpoint_open((sm_bytes){f->checkpoint.p, n}, &f->log, &f->note, &f->c, &f->e), SM_OK);
	}
	free(text);
}

/* ---- who may sign ---- */

/* A tree of n leaves "0", "1", ... whose leaf `forged` reads otherwise. */
static sm_frontier tree_of(uint64_t n, uint64_t forged)
{
	sm_frontier f;
	sm_hash hash;

	sm_frontier_init(&f);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t leaf = i == forged ? 999 : i;

		sm_hash_leaf((sm_bytes){(const char *)&leaf, sizeof(leaf)}, &hash);
		assert_int_equal(sm_frontier_add(&f, &hash, NULL), SM_OK);
	}
	return f;
}

static sm_head head_of(uint64_t n, uint64_t forged)
{
	sm_frontier f = tree_of(n, forged);
	sm_head h = {.known = true, .at = {SM_STR(ORIGIN), n, {{0}}}};

	sm_frontier_root(&f, &h.at.root);
	return h;
}

static sm_status leaves_read(void *ctx, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t leaf = first + i;

		sm_hash_leaf((sm_bytes){(const char *)&leaf, sizeof(leaf)}, &out[i]);
	}
	return SM_OK;
}

enum { HONEST = 100000 };

static void a_tree_is_signed_only_when_it_extends_every_known_head(void **state)
{
	fixture *f = *state;
	const sm_hash_source src = {leaves_read, 1, NULL};
	const sm_frontier tree = tree_of(40, HONEST);

	for (int place = 0; place < SM_HEADS; place++) {
		for (uint64_t n = 0; n <= 50; n++) {
			for (int forged = 0; forged < 2; forged++) {
				sm_head heads[SM_HEADS] = {[SM_HEAD_HOST] = head_of(40, HONEST)};
				sm_proof proof;
				sm_sign_reason expected = n > 40 ? SM_SIGN_FORGETS : forged && n > 0 ? SM_SIGN_FORKS : SM_SIGN_OK;

				heads[place] = head_of(n, forged ? 0 : HONEST);
				if (n > 0 && n < 40) {
					/* Nothing proves it yet: no signature, but no alarm either. */
					assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, heads, &f->verdict, &f->e), SM_E_STATE);
					assert_int_equal(f->verdict.reason, SM_SIGN_UNPROVED);
					assert_int_equal(f->verdict.place, place);
					assert_int_equal(sm_consistency_prove(&src, NULL, n, 40, &proof, &f->e), SM_OK);
					heads[place].proof = proof.hashes;
					heads[place].n_proof = proof.n;
				}
				sm_status s = sm_checkpoint_sign(&f->b, &f->log, f->seed, &tree, heads, &f->verdict, &f->e);

				assert_int_equal(s, expected == SM_SIGN_OK ? SM_OK : SM_E_CONFLICT);
				assert_int_equal(f->verdict.reason, expected);
				assert_int_equal(f->verdict.place, expected == SM_SIGN_OK ? SM_HEADS : place);
				if (s != SM_OK) {
					assert_non_null(strstr(f->e.message, sm_head_name((sm_head_place)place)));
					assert_int_equal(f->b.n, 0);
				}
				sm_buf_init(&f->b, &f->arena, 4000);
			}
		}
	}
}

static void a_head_that_the_tree_passed_needs_no_proof(void **state)
{
	fixture *f = *state;

	for (int forged = 0; forged < 2; forged++) {
		for (uint64_t n = 0; n <= 30; n++) {
			sm_head heads[SM_HEADS] = {head_of(10, HONEST), head_of(n, forged ? 0 : HONEST), {.known = false, .at = {.size = 20}}};
			sm_frontier tree = tree_of(10, HONEST);
			sm_hash hash;

			sm_heads_watch(heads, &tree);
			for (uint64_t i = 10; i < 30; i++) {
				sm_hash_leaf((sm_bytes){(const char *)&i, sizeof(i)}, &hash);
				assert_int_equal(sm_frontier_add(&tree, &hash, NULL), SM_OK);
				sm_heads_watch(heads, &tree);
			}
			assert_true(heads[0].seen);
			assert_int_equal(heads[1].seen, n >= 10);
			assert_false(heads[2].seen);
			sm_sign_reason expected = forged && n >= 10 ? SM_SIGN_FORKS : n == 0 || n >= 10 ? SM_SIGN_OK : SM_SIGN_UNPROVED;

			sm_seal_may_sign(SM_STR(ORIGIN), &tree, heads, &f->verdict, &f->e);
			assert_int_equal(f->verdict.reason, expected);
		}
	}
}

static void the_verdict_names_a_contradiction_before_a_missing_proof(void **state)
{
	fixture *f = *state;
	const sm_frontier tree = tree_of(20, HONEST);
	sm_head heads[SM_HEADS] = {head_of(5, HONEST), head_of(6, HONEST), head_of(20, 3)};

	assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, heads, &f->verdict, &f->e), SM_E_CONFLICT);
	assert_int_equal(f->verdict.reason, SM_SIGN_FORKS);
	assert_int_equal(f->verdict.place, SM_HEAD_ANCHOR);
	assert_non_null(strstr(f->e.message, "Not signed: the anchor does not lead to this tree (anchor of " ORIGIN ": size 20, root "));
	assert_non_null(strstr(f->e.message, "; tree: size 20, root "));
	heads[SM_HEAD_ANCHOR] = head_of(20, HONEST);
	assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, heads, &f->verdict, &f->e), SM_E_STATE);
	assert_int_equal(f->verdict.place, SM_HEAD_HOST);
	assert_non_null(strstr(f->e.message, "nothing proves"));
	/* The first of two contradictions. */
	heads[SM_HEAD_STORED] = head_of(21, HONEST);
	heads[SM_HEAD_ANCHOR] = head_of(22, HONEST);
	assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, heads, &f->verdict, &f->e), SM_E_CONFLICT);
	assert_int_equal(f->verdict.place, SM_HEAD_STORED);
	assert_non_null(strstr(f->e.message, "knows more leaves"));
	/* Another log, whatever its tree. */
	sm_head other[SM_HEADS] = {[SM_HEAD_HOST] = head_of(20, HONEST)};

	assert_int_equal(sm_seal_may_sign(SM_STR("other.example/log"), &tree, other, &f->verdict, &f->e), SM_E_CONFLICT);
	assert_int_equal(f->verdict.reason, SM_SIGN_OTHER_LOG);
	assert_non_null(strstr(f->e.message, "of another log"));
	/* A head that is not known says nothing, whatever stands in it. */
	other[SM_HEAD_HOST].known = false;
	assert_int_equal(sm_seal_may_sign(SM_STR("other.example/log"), &tree, other, &f->verdict, &f->e), SM_OK);
	/* An empty tree has one root. */
	sm_head zero[SM_HEADS] = {head_of(0, HONEST)};

	assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, zero, &f->verdict, &f->e), SM_OK);
	zero[0].at.root.bytes[0] ^= 1;
	assert_int_equal(sm_seal_may_sign(SM_STR(ORIGIN), &tree, zero, &f->verdict, &f->e), SM_E_CONFLICT);
	assert_string_equal(sm_head_name(SM_HEAD_HOST), "head file");
	assert_string_equal(sm_head_name(SM_HEAD_STORED), "stored checkpoint");
	assert_string_equal(sm_head_name(SM_HEADS), "");
}

/* ---- head file ---- */

static void a_head_file_comes_back_with_its_frontier(void **state)
{
	fixture *f = *state;
	sm_frontier back;
	sm_hash a, b;

	sm_head_file_put(&f->b, &f->tree, f->checkpoint);
	assert_int_equal(sm_head_file_read(sm_buf_bytes(&f->b), &f->log, &back, &f->note, &f->c, &f->e), SM_OK);
	assert_int_equal(f->c.size, 3);
	sm_frontier_root(&f->tree, &a);
	sm_frontier_root(&back, &b);
	assert_true(sm_hash_eq(&a, &b));
	assert_int_equal(strncmp(f->b.p, "sophmate-head v1\n3\n", 19), 0);

	char *text = malloc(f->b.n);

	for (size_t bit = 0; bit < f->b.n * 8; bit++) {
		memcpy(text, f->b.p, f->b.n);
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(sm_head_file_read((sm_bytes){text, f->b.n}, &f->log, &back, &f->note, &f->c, &f->e), SM_OK);
		assert_int_equal(back.size, 0);
	}
	free(text);
	for (size_t n = 0; n < f->b.n; n++) {
		assert_int_not_equal(sm_head_file_read((sm_bytes){f->b.p, n}, &f->log, &back, &f->note, &f->c, NULL), SM_OK);
	}
	/* The frontier of another size. */
	sm_buf other;
	sm_frontier two = tree_of(2, HONEST);

	sm_buf_init(&other, &f->arena, 4000);
	sm_head_file_put(&other, &two, f->checkpoint);
	assert_int_equal(sm_head_file_read(sm_buf_bytes(&other), &f->log, &back, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_non_null(strstr(f->e.message, "frontier of 2 leaves is not that of its checkpoint of 3 leaves"));
	/* One leaf whose hash is the signed root: the root alone does not tell. */
	sm_frontier one = {.size = 1};

	sm_frontier_root(&f->tree, &one.nodes[0]);
	sm_buf_init(&other, &f->arena, 4000);
	sm_head_file_put(&other, &one, f->checkpoint);
	assert_int_equal(sm_head_file_read(sm_buf_bytes(&other), &f->log, &back, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_int_equal(back.size, 0);
	sm_frontier three = tree_of(3, HONEST);

	sm_buf_init(&other, &f->arena, 4000);
	sm_head_file_put(&other, &three, f->checkpoint);
	assert_int_equal(sm_head_file_read(sm_buf_bytes(&other), &f->log, &back, &f->note, &f->c, &f->e), SM_E_ILLEGAL);
	assert_int_equal(sm_head_file_read(SM_STR("sophmate-head v2\n"), &f->log, &back, &f->note, &f->c, &f->e), SM_E_SYNTAX);
	assert_int_equal(sm_head_file_read(SM_STR("sophmate-head v1\n0\n"), &f->log, &back, &f->note, &f->c, &f->e), SM_E_SYNTAX);
	assert_non_null(strstr(f->e.message, "blank line"));
	char *big = calloc(1, SM_HEAD_FILE_MAX + 1);

	assert_int_equal(sm_head_file_read((sm_bytes){big, SM_HEAD_FILE_MAX + 1}, &f->log, &back, &f->note, &f->c, &f->e), SM_E_LIMIT);
	free(big);
}

/* ---- tlog-proof ---- */

/* Hash of leaf 0 and leaf 2, from formats.txt, in base64 by openssl. */
#define PROOF_HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH0 "ZjMgFmmGY0E6GjFFwbfZoRd1JRDbk19bo3fFJUg48E8=\n"
#define HASH2 "3uxEBfHr8E1fmNMYiM4tUotnOn1Xf1Wk61/XFUdfWYo=\n"

static void the_worked_example_leaves_as_a_proof(void **state)
{
	fixture *f = *state;
	static const char expected[] = PROOF_HEAD "index 1\n" HASH0 HASH2 "\n" HEAD "\n" SIGNATURE;
	sm_proof proof = {.n = 2};
	sm_tlog_proof read;
	sm_bytes hashes = vector(f, "inclusion(leaf 1 of 3)");

	assert_true(sm_unhex(proof.hashes[0].bytes, 32, (sm_bytes){hashes.p, 64}));
	assert_true(sm_unhex(proof.hashes[1].bytes, 32, (sm_bytes){hashes.p + 65, 64}));
	sm_tlog_proof_put(&f->b, (sm_bytes){NULL, 0}, 1, &proof, f->checkpoint);
	assert_bytes(sm_buf_bytes(&f->b), expected);
	assert_int_equal(sm_tlog_proof_verify(sm_buf_bytes(&f->b), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_OK);
	assert_false(read.has_extra);
	assert_int_equal(read.index, 1);
	assert_int_equal(read.proof.n, 2);
	assert_bytes(read.note, f->checkpoint.p);
	assert_int_equal(sm_tlog_proof_verify(sm_buf_bytes(&f->b), f->leaves[0], &f->log, &read, &f->c, &f->e), SM_E_ILLEGAL);

	char *text = malloc(f->b.n);

	for (size_t bit = 0; bit < f->b.n * 8; bit++) {
		memcpy(text, f->b.p, f->b.n);
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(sm_tlog_proof_verify((sm_bytes){text, f->b.n}, f->leaves[1], &f->log, &read, &f->c, &f->e), SM_OK);
	}
	free(text);

	sm_buf_init(&f->b, &f->arena, 1 << 20);
	sm_tlog_proof_put(&f->b, SM_STR("why"), 1, &proof, f->checkpoint);
	assert_int_equal(sm_tlog_proof_verify(sm_buf_bytes(&f->b), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_OK);
	assert_true(read.has_extra);
	assert_bytes(read.extra, "d2h5");
	sm_buf_init(&f->b, &f->arena, 1 << 20);
	sm_tlog_proof_put(&f->b, SM_STR(""), 1, &proof, f->checkpoint);
	assert_int_equal(sm_tlog_proof_verify(sm_buf_bytes(&f->b), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_OK);
	assert_true(read.has_extra);
	assert_int_equal(read.extra.n, 0);
}

static void a_malformed_proof_is_refused_and_says_why(void **state)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{"", "begins with"}, {"c2sp.org/tlog-proof@v2\nindex 1\n\n", "begins with"}, {"c2sp.org/tlog-proof@v1", "begins with"},
		{PROOF_HEAD, "\"index\""}, {PROOF_HEAD "index 1", "\"index\""}, {PROOF_HEAD "index 01\n", "\"index\""}, {PROOF_HEAD "index \n", "\"index\""},
		{PROOF_HEAD "index  1\n", "\"index\""}, {PROOF_HEAD "index 9223372036854775808\n", "\"index\""}, {PROOF_HEAD "Index 1\n", "\"index\""},
		{PROOF_HEAD "extra d2h\nindex 1\n", "\"extra\""}, {PROOF_HEAD "extra d2h5", "\"extra\""}, {PROOF_HEAD "index 1\nextra d2h5\n", "Hash 0"},
		{PROOF_HEAD "extra d2h5\nextra d2h5\nindex 1\n\n", "\"index\""},
		{PROOF_HEAD "index 1\n" HASH0, "blank line"}, {PROOF_HEAD "index 1\n" HASH0 "x\n\n", "Hash 1"}, {PROOF_HEAD "index 1\n" HASH0 " \n", "Hash 1"},
	};
	fixture *f = *state;
	sm_tlog_proof read;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (sm_tlog_proof_read(sm_cstr(table[i].text), &read, &f->e) != SM_E_SYNTAX || strstr(f->e.message, table[i].why) == NULL) {
			fail_msg("case %zu: %s", i, f->e.message);
		}
	}
	assert_int_equal(sm_tlog_proof_verify(SM_STR(PROOF_HEAD), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_E_SYNTAX);
	assert_int_equal(sm_tlog_proof_verify(SM_STR(PROOF_HEAD "index 3\n\n" HEAD "\n" SIGNATURE), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_tlog_proof_verify(SM_STR(PROOF_HEAD "index 1\n\n" HEAD "\n" WITNESS), f->leaves[1], &f->log, &read, &f->c, &f->e), SM_E_STATE);
	sm_buf_puts(&f->b, PROOF_HEAD "index 1\n");
	for (int i = 0; i < 64; i++) {
		sm_buf_puts(&f->b, HASH0);
	}
	sm_buf_puts(&f->b, "\n");
	assert_int_equal(sm_tlog_proof_read(sm_buf_bytes(&f->b), &read, &f->e), SM_OK);
	f->b.n--;
	sm_buf_puts(&f->b, HASH0 "\n");
	assert_int_equal(sm_tlog_proof_read(sm_buf_bytes(&f->b), &read, &f->e), SM_E_LIMIT);
	assert_int_equal(f->e.got, 65);
	char *big = calloc(1, SM_TLOG_PROOF_MAX + 1);
	sm_proof none = {.n = 0};

	assert_int_equal(sm_tlog_proof_read((sm_bytes){big, SM_TLOG_PROOF_MAX + 1}, &read, &f->e), SM_E_LIMIT);
	for (size_t n = SM_TLOG_PROOF_EXTRA_MAX; n <= SM_TLOG_PROOF_EXTRA_MAX + 1; n++) {
		sm_buf_init(&f->b, &f->arena, 1 << 20);
		sm_tlog_proof_put(&f->b, (sm_bytes){big, n}, 0, &none, f->checkpoint);
		assert_int_equal(f->b.status, n <= SM_TLOG_PROOF_EXTRA_MAX ? SM_OK : SM_E_LIMIT);
		if (f->b.status == SM_OK) {
			assert_int_equal(sm_tlog_proof_read(sm_buf_bytes(&f->b), &read, &f->e), SM_OK);
		}
	}
	sm_buf_init(&f->b, &f->arena, 1 << 20);
	sm_buf_puts(&f->b, PROOF_HEAD "extra ");
	sm_base64_put(&f->b, (const uint8_t *)big, SM_TLOG_PROOF_EXTRA_MAX + 1);
	sm_buf_puts(&f->b, "\nindex 0\n\n");
	assert_int_equal(sm_tlog_proof_read(sm_buf_bytes(&f->b), &read, &f->e), SM_E_SYNTAX);
	assert_non_null(strstr(f->e.message, "\"extra\""));
	free(big);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_worked_example_is_signed_byte_for_byte),
		TEST(an_empty_log_has_a_checkpoint_too),
		TEST(only_the_logs_own_seed_signs_and_nothing_is_left_half_written),
		TEST(a_malformed_checkpoint_is_refused_and_says_why),
		TEST(a_checkpoint_has_exactly_one_signature_of_its_log),
		TEST(every_flipped_bit_of_a_checkpoint_is_seen),
		TEST(a_tree_is_signed_only_when_it_extends_every_known_head),
		TEST(a_head_that_the_tree_passed_needs_no_proof),
		TEST(the_verdict_names_a_contradiction_before_a_missing_proof),
		TEST(a_head_file_comes_back_with_its_frontier),
		TEST(the_worked_example_leaves_as_a_proof),
		TEST(a_malformed_proof_is_refused_and_says_why),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
