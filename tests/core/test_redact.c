/* What is taken out before it is stored, what is left as it is, and that nothing of a secret is left over. */
#include "support.h"

#include "redact_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void card_numbers_go(void **state)
{
	static const sample samples[] = {
		{"4242424242424242", CARD}, {"card 4111 1111 1111 1111 was declined", "card " CARD " was declined"}, {"4111-1111-1111-1111.", CARD "."},
		{"378282246310005", CARD}, {"3714 496353 98431", CARD}, {"5555555555554444", CARD}, {"2223003122003222", CARD}, {"6011111111111117", CARD},
		{"30569309025904", CARD}, {"3530111333300000", CARD}, {"6304000000000000", CARD}, {"4917610000000000003", CARD}, {"(4012888888881881)", "(" CARD ")"},
		{"no:4000056655665556,exp 12/30", "no:" CARD ",exp 12/30"}, {"12 4242 4242 4242 4242 30", "12 " CARD " 30"}, {"order_4242424242424242", "order_" CARD},
		{"4242424242424242 and 5555555555554444", CARD " and " CARD}, {"\xc3\xbc" "4242424242424242\xff", "\xc3\xbc" CARD "\xff"}
	};
	/* wrong check digit, no issuer, other lengths, parts of something else */
	static const sample kept[] = {
		{"4242424242424241", NULL}, {"1763745123456789", NULL}, {"1795187250123456", NULL}, {"0000000000000000", NULL}, {"4222222222222", NULL}, {"+49 170 12345674242", NULL},
		{"a4242424242424242", NULL}, {"4242424242424242f", NULL}, {"0.4242424242424242", NULL}, {"4242424242424242.5", NULL}, {"9223372036854775807", NULL},
		{"01934242424242424242424242424242", NULL}, {"4242  4242 4242 4242", NULL}, {"2026-11-21 17:24:26.424242", NULL}, {"", NULL}
	};
	check_texts(*state, samples, sizeof samples / sizeof *samples);
	check_texts(*state, kept, sizeof kept / sizeof *kept);
}

static void keys_and_tokens_go(void **state)
{
	static const sample samples[] = {
		{"with sk_live_51HxyzABCdef0123 inside", "with " KEY " inside"}, {"sk_test_4eC39HqLyjWDarjtT1zdp7dc", KEY}, {"ghp_0123456789abcdefghijABCDEFGHIJ012345", KEY},
		{"AKIAIOSFODNN7EXAMPLE", KEY}, {"AIzaSyA-0123456789abcdefghijklmnopqrstu", KEY}, {"xoxb-123456789012-abcdefghijkl", KEY}, {"whsec_0123456789abcdef", KEY},
		{"Authorization: Bearer abcdef0123456789", "Authorization: " NAME}, {"got Bearer abcdef0123456789XYZ back", "got Bearer [redacted: token] back"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "[redacted: token]"},
		{"$2y$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU", "[redacted: password hash]"},
		{"https://jane:hunter2@shop.example/x?a=1", "https://jane:[redacted: password]@shop.example/x?a=1"}, {"mysql://root:p%40ss@db", "mysql://root:[redacted: password]@db"},
		{"a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted: private key]\nb"},
		{"-----BEGIN PRIVATE KEY-----\ncut off", "[redacted: private key]"}, {"the password is w0rdpr3ss! today", "the password is [redacted: secret of this site] today"},
		{"w0rdpr3ss!w0rdpr3ss!", "[redacted: secret of this site][redacted: secret of this site]"}, {"x put \"quotes\" \\ here x", "x [redacted: secret of this site] x"}
	};
	static const sample kept[] = {
		{"pk_live_51HxyzABCdef0123", NULL}, {"task_live_51HxyzABCdef0123", NULL}, {"sk_live_", NULL}, {"bearer of good news", NULL}, {"https://shop.example:8080/a@b", NULL},
		{"https://jane@shop.example", NULL}, {"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", NULL}, {"-----", NULL}, {"eyJ", NULL}, {"a.b.c", NULL},
		{"sm_67310957ea5f3ddbb917224f90d6ad05", NULL}, {"ch_3NxyzABCdef0123456789", NULL}, {"re-sk-01", NULL}, {"short", NULL}, {"$12.50", NULL}, {"mailto:jane@shop.example", NULL}
	};
	check_texts(*state, samples, sizeof samples / sizeof *samples);
	check_texts(*state, kept, sizeof kept / sizeof *kept);
}

static void values_behind_names_in_texts_go(void **state)
{
	static const sample samples[] = {
		{"login failed: password=hunter2", "login failed: password=" NAME}, {"user=jane&password=hunter2&x=1", "user=jane&password=" NAME "&x=1"},
		{"{\"user\":\"jane\",\"password\":\"hun\\\"ter2\",\"x\":1}", "{\"user\":\"jane\",\"password\":\"" NAME "\",\"x\":1}"},
		{"api_key: 'abc', next", "api_key: '" NAME "', next"}, {"X-API-Key: abc def", "X-API-Key: " NAME " def"}, {"Cookie: a=b; c=d\nHost: x", "Cookie: " NAME "\nHost: x"},
		{"'client_secret' => 's3cr3t',", "'client_secret' => '" NAME "',"}, {"cvv=123", "cvv=" NAME}, {"patient-id: 77", "patient-id: " NAME}, {"kundennummer=9", "kundennummer=" NAME},
		{"password_confirmation=hunter2", "password_confirmation=" NAME}, {"new_password2=hunter2", "new_password2=" NAME},
		{"PATIENT_ID=\"7 7\"", "PATIENT_ID=\"" NAME "\""}, {"?access_token=abc#x", "?access_token=" NAME}, {"token: 0123456789ab", "token: " NAME}
	};
	static const sample kept[] = {
		{"unexpected token: x", NULL}, {"my secret: no", NULL}, {"password", NULL}, {"password=", NULL}, {"passwords=2", NULL}, {"auth0=x", NULL}, {"2=x", NULL}, {"max_tokens=4096", NULL}, {"patient=7", NULL},
		{"author: Jane", NULL}, {"key=value", NULL}, {"monkey: banana", NULL}, {"=", NULL}, {":", NULL}, {"\"=\"", NULL}
	};
	check_texts(*state, samples, sizeof samples / sizeof *samples);
	check_texts(*state, kept, sizeof kept / sizeof *kept);
}

static void values_lose_what_is_secret(void **state)
{
	static const sample samples[] = {
		{"{\"a\":1,\"password\":\"hunter2\"}", "{\"a\":1,\"password\":" GONE "}"}, {"{\"apiKey\":[1,2]}", "{\"apiKey\":" GONE "}"},
		{"{\"Patient-Id\":7}", "{\"Patient-Id\":" GONE "}"}, {"[{\"name\":\"password\",\"value\":\"x\"}]", "[{\"name\":\"password\",\"value\":" GONE "}]"},
		{"4242424242424242", "{\"$redacted\":\"card number\"}"}, {"{\"$int\":\"4917610000000000003\"}", "{\"$redacted\":\"card number\"}"},
		{"{\"n\":[1,4242424242424242]}", "{\"n\":[1,{\"$redacted\":\"card number\"}]}"}, {"{\"4242424242424242\":1}", "{\"" CARD "\":1}"},
		{"{\"4242424242424242\":1,\"5555555555554444\":2}", "{\"" CARD "\":1,\"" CARD " 2\":2}"}, {"\"a 4242424242424242\"", "\"a " CARD "\""},
		{"{\"$bin\":\"/zQyNDI0MjQyNDI0MjQyNDI=\"}", "{\"$bin\":\"/1tyZWRhY3RlZDogY2FyZCBudW1iZXJd\"}"},
		{"\"x put \\\"quotes\\\" \\\\ here\"", "\"x [redacted: secret of this site]\""}, {"{\"headers\":{\"Set-Cookie\":[\"a=b\"]}}", "{\"headers\":{\"Set-Cookie\":" GONE "}}"},
		{"{\"deep\":[[[{\"x\":{\"cvc\":123}}]]]}", "{\"deep\":[[[{\"x\":{\"cvc\":" GONE "}}]]]}"}, {"{\"body\":\"{\\\"password\\\":\\\"x1\\\"}\"}", "{\"body\":\"{\\\"password\\\":\\\"" NAME "\\\"}\"}"}
	};
	static const sample kept[] = {
		{"{\"password\":null}", NULL}, {"{\"password\":\"\"}", NULL}, {"{\"password\":true}", NULL}, {"{\"password\":" GONE "}", NULL}, {"{\"tokens\":12}", NULL}, {"0.4242424242424242", NULL},
		{"{\"a\":\"b\",\"c\":[1,2.5,null]}", NULL}, {"-4242424242424242", NULL}, {"{\"amount\":\"12.50\",\"currency\":\"EUR\",\"lines\":[{\"qty\":2,\"sku\":\"A-1\"}]}", NULL},
		{"{\"$bin\":\"//8=\"}", NULL}, {"[\"name\",\"password\"]", NULL}, {"[]", NULL}, {"\"\"", NULL}
	};
	check_values(*state, samples, sizeof samples / sizeof *samples);
	check_values(*state, kept, sizeof kept / sizeof *kept);
}

static void names_do_not_count_in_identities(void **state)
{
	assert_null(sm_secret_in(&redact_rules, SM_STR("reset password: user 7")));
	assert_null(sm_secret_in(&redact_rules, SM_STR("my-shop: charge order 900")));
	assert_string_equal(sm_secret_in(&redact_rules, SM_STR("order:4242424242424242")), "card number");
	assert_string_equal(sm_secret_in(&redact_rules, SM_STR("x w0rdpr3ss! y")), "secret of this site");
	assert_null(sm_secret_in(NULL, SM_STR("x w0rdpr3ss! y")));
}

/* Nothing depends on where in a text a secret stands, and none of it is left. */
static void a_secret_goes_wherever_it_stands(void **state)
{
	static const char *const planted[] = {"4242424242424242", "sk_live_51HxyzABCdef0123", "w0rdpr3ss!", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"};
	static const char filler[] = "abc XYZ 019 .,:;=-_/\\\"'{}[]$@+\n\xc3\xbc";
	test_random r;
	test_random_init(&r);
	for (int i = 0; i < 20000; i++) {
		const char *secret = planted[test_random_below(&r, 4)];
		char text[400];
		size_t n = 0, before = test_random_below(&r, 60), after = test_random_below(&r, 60);
		while (n < before) {
			text[n++] = filler[test_random_below(&r, sizeof filler - 1)];
		}
		text[n++] = ' ';
		memcpy(text + n, secret, strlen(secret));
		n += strlen(secret);
		text[n++] = ' ';
		while (after-- > 0) {
			text[n++] = filler[test_random_below(&r, sizeof filler - 1)];
		}
		sm_arena arena;
		sm_buf b;
		bool found = false;
		sm_bytes out;
		sm_arena_init(&arena, &sm_alloc_default);
		sm_buf_init(&b, &arena, 4000);
		sm_buf_puts(&b, "{\"a\":");
		sm_canon_string(&b, (sm_bytes){text, n});
		sm_buf_puts(&b, "}");
		assert_int_equal(b.status, SM_OK);
		assert_int_equal(sm_redact_canonical(&arena, &redact_rules, sm_buf_bytes(&b), &out, &found), SM_OK);
		sm_json *tree;
		assert_int_equal(sm_json_read(&arena, out, &tree, NULL), SM_OK);
		sm_bytes left = sm_json_get_str(tree, "a");
		if (!found || (left.p != NULL && memmem(left.p, left.n, secret, strlen(secret)) != NULL)) {
			fail_msg("SM_SEED=%llu: %s is left in %.*s", (unsigned long long)r.seed, secret, (int)out.n, out.p);
		}
		sm_arena_free(&arena);
	}
}

/* Ids, times and hashes, of which logs are full. */
static void what_is_no_secret_stays(void **state)
{
	test_random r;
	long hits = 0;
	test_random_init(&r);
	for (int i = 0; i < 100000; i++) {
		char text[200];
		uint64_t x = test_random_next(&r);
		snprintf(text, sizeof text, "{\"id\":\"%016llx%016llx\",\"ms\":%llu,\"t\":%llu,\"uuid\":\"%08llx-1234-7abc-8def-%012llx\"}", (unsigned long long)x,
			(unsigned long long)test_random_next(&r), (unsigned long long)(1600000000000 + x % 400000000000), (unsigned long long)(1600000000000000 + x % 400000000000000),
			(unsigned long long)(x >> 32), (unsigned long long)(x & 0xffffffffffff));
		bool found = false;
		sm_arena arena;
		sm_bytes out;
		sm_arena_init(&arena, &sm_alloc_default);
		assert_int_equal(sm_redact_canonical(&arena, &redact_rules, sm_cstr(text), &out, &found), SM_OK);
		hits += found;
		sm_arena_free(&arena);
	}
	/* an id of 32 digits without a letter may hold what looks like a card only at its ends, where it is no group of its own */
	assert_int_equal(hits, 0);
}

/* Texts of which every piece begins like a secret: the time grows with their length, not with its square. */
static void no_text_takes_long(void **state)
{
	static const char *const pieces[] = {"sk-", "eyJ-", "eyJ.", "a=", "://a:", "-----BEGIN x\n", "-----BEGIN PRIVATE KEY x ", "$P", "4242 ", "4242424242424242 ",
		"cookie:", "cvv=1 ", "password=", "password=\"", "bearer ", "bearer a", "\\\"", "w0rdpr3ss! ", "w0rdpr3s "};
	(void)state;
	check_no_piece_takes_long(pieces, sizeof pieces / sizeof *pieces);
}

static void memory_may_end_anywhere(void **state)
{
	static const char text[] = "{\"4242424242424242\":1,\"5555555555554444\":\"password=x\",\"token\":\"y\"}";
	for (long k = 1;; k++) {
		test_heap heap = {.fail_at = k};
		const sm_alloc a = test_heap_alloc(&heap);
		sm_arena arena;
		bool found = false;
		sm_bytes out;
		sm_arena_init(&arena, &a);
		sm_status st = sm_redact_canonical(&arena, &redact_rules, sm_cstr(text), &out, &found);
		bool failed = heap.allocations >= k;
		assert_int_equal(st, failed ? SM_E_NOMEM : SM_OK);
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		if (!failed) {
			assert_true(k > 1);
			break;
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, redact_set_up, redact_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(card_numbers_go), TEST(keys_and_tokens_go), TEST(values_behind_names_in_texts_go), TEST(values_lose_what_is_secret),
		TEST(names_do_not_count_in_identities), TEST(a_secret_goes_wherever_it_stands), TEST(what_is_no_secret_stays), TEST(no_text_takes_long), TEST(memory_may_end_anywhere)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
