#include "support.h"

#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- UTF-8 ---- */

static void utf8_is_judged_as_the_standard_says(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} table[] = {
		{"", true}, {"a", true}, {"abcdefghijklmnop", true}, {"\x7F", true},
		{"\x80", false}, {"\xBF", false}, {"\xC0\x80", false}, {"\xC1\xBF", false}, {"\xC2\x80", true},
		{"\xDF\xBF", true}, {"\xC2", false}, {"\xC2\x7F", false}, {"\xC2\xC0", false},
		{"\xE0\x80\x80", false}, {"\xE0\x9F\xBF", false}, {"\xE0\xA0\x80", true}, {"\xE0\xA0", false},
		{"\xED\x9F\xBF", true}, {"\xED\xA0\x80", false}, {"\xED\xBF\xBF", false}, {"\xEE\x80\x80", true},
		{"\xEF\xBF\xBD", true}, {"\xEF\xBF\xBF", true}, {"\xEF\xBF", false}, {"\xEF\xBF\x7F", false},
		{"\xF0\x80\x80\x80", false}, {"\xF0\x8F\xBF\xBF", false}, {"\xF0\x90\x80\x80", true},
		{"\xF4\x8F\xBF\xBF", true}, {"\xF4\x90\x80\x80", false}, {"\xF5\x80\x80\x80", false},
		{"\xF0\x90\x80", false}, {"\xF0\x90\x80\xC0", false}, {"\xFE", false}, {"\xFF", false},
		{"12345678\xC3\xA5", true}, {"1234567\xC3\xA5z", true}, {"12345678\xA5", false},
		{"1234567\xC3", false}, {"12345678123456781234567\xF0\x9F\x9B\x92", true},
		{"\xC3\xA5\xC3\xA5\xC3\xA5\xC3\xA5\xC3\xA5\xC3\xA5\xC3\xA5\xC3", false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		/* A copy of exactly this length, so that AddressSanitizer sees a read behind it. */
		const size_t n = strlen(table[i].text);
		char *copy = test_malloc(n + 1);

		memcpy(copy + 1, table[i].text, n);
		if (sm_utf8_valid((sm_bytes){copy + 1, n}) != table[i].valid) {
			fail_msg("entry %zu", i);
		}
		test_free(copy);
	}
	assert_true(sm_utf8_valid((sm_bytes){"a\0b", 3}));
	assert_true(sm_utf8_valid((sm_bytes){NULL, 0}));
}

/* Encodes every number up to 0x1FFFFF as UTF-8 would: exactly the Unicode scalar values are valid. */
static void every_code_point_is_valid_but_the_surrogates(void **state)
{
	for (uint32_t c = 0x80; c < 0x200000; c++) {
		unsigned char p[4];
		size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

		for (size_t i = n; i-- > 1;) {
			p[i] = (unsigned char)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3F));
		}
		p[0] = (unsigned char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c >> (6 * (n - 1)));
		assert_int_equal(sm_utf8_valid((sm_bytes){(char *)p, n}), c < 0xD800 || (c > 0xDFFF && c < 0x110000));
		assert_false(sm_utf8_valid((sm_bytes){(char *)p, n - 1}));
	}
}

/* ---- bytes and errors ---- */

static void bytes_compare_as_unsigned_and_shorter_first(void **state)
{
	assert_true(sm_bytes_cmp(SM_STR("a"), SM_STR("b")) < 0);
	assert_true(sm_bytes_cmp(SM_STR("a"), SM_STR("ab")) < 0);
	assert_true(sm_bytes_cmp(SM_STR("\xFF"), SM_STR("a")) > 0);
	assert_int_equal(sm_bytes_cmp((sm_bytes){NULL, 0}, SM_STR("")), 0);
	assert_true(sm_bytes_eq((sm_bytes){NULL, 0}, SM_STR("")));
	assert_true(sm_bytes_eq((sm_bytes){"a\0b", 3}, (sm_bytes){"a\0b", 3}));
	assert_false(sm_bytes_eq((sm_bytes){"a\0b", 3}, (sm_bytes){"a\0c", 3}));
	assert_false(sm_bytes_eq(SM_STR("a"), SM_STR("ab")));
	assert_int_equal(sm_cstr("abc").n, 3);
	assert_null(sm_cstr(NULL).p);
}

static void an_error_message_is_utf8_also_where_it_is_cut(void **state)
{
	sm_error e;
	char longest[600];

	assert_int_equal(sm_fail(NULL, SM_E_STATE, "%s", "x"), SM_E_STATE);
	assert_int_equal(sm_fail(&e, SM_E_CONFLICT, "step %s of %d", "pay", 3), SM_E_CONFLICT);
	assert_string_equal(e.message, "step pay of 3");
	assert_null(e.limit);

	sm_fail(&e, SM_E_SYNTAX, "bad \xC3 byte \xFF!");
	assert_string_equal(e.message, "bad ? byte ?!");

	for (size_t shift = 0; shift < 4; shift++) {
		memset(longest, 'x', shift);
		for (size_t i = shift; i + 4 < sizeof(longest); i += 4) {
			memcpy(longest + i, "\xF0\x9F\x9B\x92", 5);
		}
		sm_fail(&e, SM_E_SYNTAX, "%s", longest);
		assert_true(sm_utf8_valid(sm_cstr(e.message)));
		assert_null(strchr(e.message, '?'));
		assert_in_range(strlen(e.message), sizeof(e.message) - 4, sizeof(e.message) - 1);
	}

	/* An error wraps another. */
	sm_fail(&e, SM_E_SYNTAX, "inner");
	sm_fail(&e, SM_E_SYNTAX, "outer: %s", e.message);
	assert_string_equal(e.message, "outer: inner");
}

static void a_limit_error_names_the_limit_its_value_and_what_came(void **state)
{
	sm_error e;

	assert_int_equal(sm_fail_limit(&e, "leaf bytes", 65535, 70000), SM_E_LIMIT);
	assert_string_equal(e.limit, "leaf bytes");
	assert_int_equal(e.limit_value, 65535);
	assert_int_equal(e.got, 70000);
	assert_string_equal(e.message, "The limit leaf bytes is 65535, got 70000");
	assert_int_equal(sm_fail_limit(NULL, "x", 1, 2), SM_E_LIMIT);
	sm_fail(&e, SM_E_STATE, "other");
	assert_null(e.limit);
	assert_int_equal(e.got, 0);
}

/* ---- arena ---- */

static void an_arena_gives_zeroed_aligned_memory_of_any_size(void **state)
{
	static const size_t sizes[] = {1, 7, 8, 15, 16, 17, 100, 1000, 2000, 3000, 0, 40000, 64, 1 << 20, 3, 70000};
	test_heap heap = {0};
	const sm_alloc a = test_heap_alloc(&heap);
	sm_arena arena;

	sm_arena_init(&arena, &a);
	for (int round = 0; round < 3; round++) {
		unsigned char *got[64];
		size_t n = sizeof(sizes) / sizeof(sizes[0]);

		for (size_t i = 0; i < n; i++) {
			got[i] = sm_arena_alloc(&arena, sizes[i], 1);
			assert_non_null(got[i]);
			assert_int_equal((uintptr_t)got[i] % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k++) {
				assert_int_equal(got[i][k], 0);
			}
			memset(got[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < n; i++) {
			for (size_t k = 0; k < sizes[i]; k++) {
				assert_int_equal(got[i][k], i + 1); /* nothing overlaps */
			}
		}
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
	}
	sm_arena_free(&arena);
}

static void small_objects_share_chunks(void **state)
{
	test_heap heap = {0};
	const sm_alloc a = test_heap_alloc(&heap);
	sm_arena arena;

	sm_arena_init(&arena, &a);
	for (int i = 0; i < 10000; i++) {
		assert_non_null(SM_NEW(&arena, int64_t, 2));
		if (i % 100 == 0) {
			assert_non_null(sm_arena_alloc(&arena, 100000, 1));
		}
	}
	/* 100 big ones, and 160,000 bytes (three times that with AddressSanitizer's red zones) in chunks of up to 64 KiB */
	assert_in_range(heap.allocations, 103, 120);
	sm_arena_free(&arena);
	assert_int_equal(heap.live, 0);
}

static void an_arena_refuses_sizes_that_overflow(void **state)
{
	sm_arena arena;
	sm_bytes out = SM_LIT("x");

	sm_arena_init(&arena, &sm_alloc_default);
	assert_null(sm_arena_alloc(&arena, SIZE_MAX, 2));
	assert_null(sm_arena_alloc(&arena, 2, SIZE_MAX));
	assert_null(sm_arena_alloc(&arena, SIZE_MAX, 1));
	assert_null(sm_arena_alloc(&arena, SIZE_MAX / 16 + 1, 16));
	assert_int_equal(sm_arena_dup(&arena, (sm_bytes){"x", SIZE_MAX}, &out), SM_E_NOMEM);
	assert_null(out.p);
	assert_non_null(sm_arena_alloc(&arena, 1, 1));
	sm_arena_free(&arena);
}

static void a_copy_in_the_arena_ends_with_a_nul(void **state)
{
	sm_arena arena;
	sm_bytes out;

	sm_arena_init(&arena, &sm_alloc_default);
	assert_int_equal(sm_arena_dup(&arena, (sm_bytes){"a\0b!", 3}, &out), SM_OK);
	assert_int_equal(out.n, 3);
	assert_memory_equal(out.p, "a\0b", 4);
	assert_int_equal(sm_arena_dup(&arena, (sm_bytes){NULL, 0}, &out), SM_OK);
	assert_string_equal(out.p, "");
	sm_arena_free(&arena);
}

static void an_arena_without_memory_says_so_and_stays_usable(void **state)
{
	test_heap heap = {.fail_at = 1};
	const sm_alloc a = test_heap_alloc(&heap);
	sm_arena arena;
	sm_bytes out;

	sm_arena_init(&arena, &a);
	assert_null(sm_arena_alloc(&arena, 10, 1));
	assert_non_null(sm_arena_alloc(&arena, 10, 1));
	heap.fail_at = heap.allocations + 1;
	assert_null(sm_arena_alloc(&arena, 1 << 20, 1));
	heap.fail_at = heap.allocations + 1;
	assert_int_equal(sm_arena_dup(&arena, (sm_bytes){(char[9000]){0}, 9000}, &out), SM_E_NOMEM);
	assert_null(out.p);
	sm_arena_free(&arena);
	assert_int_equal(heap.live, 0);
}

/* ---- buffer ---- */

static void a_buffer_grows_and_ends_with_a_nul(void **state)
{
	test_heap heap = {0};
	const sm_alloc a = test_heap_alloc(&heap);
	sm_arena arena;
	sm_buf b;

	sm_arena_init(&arena, &a);
	sm_buf_init(&b, &arena, 1 << 20);
	assert_null(sm_buf_bytes(&b).p);
	assert_int_equal(heap.allocations, 0);
	sm_buf_puts(&b, "abc");
	sm_buf_put(&b, NULL, 0);
	sm_buf_putc(&b, '-');
	sm_buf_put(&b, "x\0y", 3);
	assert_int_equal(b.n, 7);
	assert_memory_equal(b.p, "abc-x\0y", 8);
	for (int i = 0; i < 1000000; i++) {
		sm_buf_putc(&b, 'z');
	}
	assert_int_equal(b.status, SM_OK);
	assert_int_equal(b.n, 1000007);
	assert_int_equal(b.p[b.n], 0);
	assert_in_range(heap.allocations, 5, 25); /* geometric */
	sm_arena_free(&arena);
}

static void a_full_buffer_keeps_its_text_and_its_error(void **state)
{
	sm_arena arena;
	sm_buf b;

	sm_arena_init(&arena, &sm_alloc_default);
	for (size_t max = 0; max < 300; max++) {
		sm_buf_init(&b, &arena, max);
		for (size_t i = 0; i < max; i++) {
			sm_buf_putc(&b, 'x');
		}
		assert_int_equal(b.status, SM_OK);
		assert_int_equal(b.n, max);
		sm_buf_putc(&b, 'y');
		assert_int_equal(b.status, SM_E_LIMIT);
		sm_buf_put(&b, NULL, 0);
		sm_buf_int(&b, 1);
		assert_null(sm_buf_reserve(&b, 0));
		assert_int_equal(b.n, max);
		assert_int_equal(b.status, SM_E_LIMIT);
	}
	sm_buf_init(&b, &arena, 5);
	sm_buf_puts(&b, "abcdef"); /* all or nothing */
	assert_int_equal(b.n, 0);
	assert_int_equal(b.status, SM_E_LIMIT);

	sm_buf_init(&b, &arena, SIZE_MAX);
	sm_buf_puts(&b, "abc");
	assert_null(sm_buf_reserve(&b, SIZE_MAX - 2));
	assert_int_equal(b.status, SM_E_LIMIT);
	assert_string_equal(b.p, "abc");
	sm_arena_free(&arena);
}

static void a_buffer_without_memory_keeps_its_text(void **state)
{
	test_heap heap = {0};
	const sm_alloc a = test_heap_alloc(&heap);
	sm_arena arena;
	sm_buf b;

	sm_arena_init(&arena, &a);
	sm_buf_init(&b, &arena, 1 << 20);
	sm_buf_puts(&b, "abc");
	heap.fail_at = heap.allocations + 1;
	assert_null(sm_buf_reserve(&b, 100000));
	assert_int_equal(b.status, SM_E_NOMEM);
	sm_buf_puts(&b, "def");
	assert_string_equal(b.p, "abc");
	sm_arena_free(&arena);
	assert_int_equal(heap.live, 0);
}

static void integers_are_written_in_decimal(void **state)
{
	sm_arena arena;
	sm_buf b;

	sm_arena_init(&arena, &sm_alloc_default);
	sm_buf_init(&b, &arena, 1000);
	sm_buf_int(&b, 0);
	sm_buf_putc(&b, ' ');
	sm_buf_int(&b, -1);
	sm_buf_putc(&b, ' ');
	sm_buf_int(&b, INT64_MAX);
	sm_buf_putc(&b, ' ');
	sm_buf_int(&b, INT64_MIN);
	assert_string_equal(b.p, "0 -1 9223372036854775807 -9223372036854775808");
	sm_arena_free(&arena);
}

/* ---- hex and base64 ---- */

static void hex_is_lower_case_and_strict(void **state)
{
	static const char *const bad[] = {"", "0", "00f", "00F0", "00g0", "0x00", " 00f", "00 f", "00f0f", "00f\n"};
	uint8_t raw[3] = {0x00, 0xF0, 0x9A}, got[3] = {1, 2, 3};
	char out[7];

	sm_hex(out, raw, 3);
	assert_string_equal(out, "00f09a");
	sm_hex(out, raw, 0);
	assert_string_equal(out, "");
	assert_true(sm_unhex(got, 3, SM_STR("00f09a")));
	assert_memory_equal(got, raw, 3);
	assert_true(sm_unhex(got, 0, SM_STR("")));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		got[0] = 77;
		assert_false(sm_unhex(got, 2, sm_cstr(bad[i])));
		assert_int_equal(got[0], 77);
	}
	assert_false(sm_unhex(got, 2, (sm_bytes){"00\0" "0", 4}));
	assert_false(sm_unhex(got, SIZE_MAX, SM_STR("")));
	assert_true(sm_is_hex(SM_STR("09af"), 4));
	assert_false(sm_is_hex(SM_STR("09af"), 3));
	assert_false(sm_is_hex(SM_STR("09aF"), 4));
}

static void base64_reads_back_what_it_wrote(void **state)
{
	sm_arena arena;
	uint8_t raw[100];

	sm_arena_init(&arena, &sm_alloc_default);
	randombytes_buf(raw, sizeof(raw));
	for (size_t n = 0; n <= sizeof(raw); n++) {
		sm_buf b;
		sm_bytes out;

		sm_buf_init(&b, &arena, (n + 2) / 3 * 4);
		sm_base64_put(&b, raw, n);
		assert_int_equal(b.status, SM_OK);
		assert_int_equal(b.n, (n + 2) / 3 * 4);
		assert_int_equal(sm_base64_read(&arena, sm_buf_bytes(&b), &out), SM_OK);
		assert_int_equal(out.n, n);
		assert_memory_equal(out.p, raw, n);
		assert_int_equal(out.p[n], 0);
		if (n != 0) {
			sm_buf_init(&b, &arena, (n + 2) / 3 * 4 - 1);
			sm_base64_put(&b, raw, n);
			assert_int_equal(b.status, SM_E_LIMIT);
		}
	}
	sm_arena_free(&arena);
}

static void base64_is_strict(void **state)
{
	/* RFC 4648 section 10, and what must be refused. */
	static const char *const good[][2] = {{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"},
		{"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"}, {"+/+/", "\xFB\xFF\xBF"}};
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm9v=", "Zm9v====", "====", "=", "Zg==Zg==",
		"Z=g=", "Zm 9v", "Zm9v\n", "\nZm9v", "-_-_", "Zm9v!", "Zm9vYg=a", "Zm9vY===", "\xC3\xA5\xC3\xA5"};
	sm_arena arena;
	sm_bytes out;

	sm_arena_init(&arena, &sm_alloc_default);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(sm_base64_read(&arena, sm_cstr(good[i][0]), &out), SM_OK);
		assert_bytes(out, good[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sm_base64_read(&arena, sm_cstr(bad[i]), &out) != SM_E_SYNTAX) {
			fail_msg("took \"%s\"", bad[i]);
		}
		assert_null(out.p);
	}
	for (int c = 0; c < 256; c++) {
		const char text[4] = {'Z', (char)c, '9', 'v'};
		bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';

		assert_int_equal(sm_base64_read(&arena, (sm_bytes){text, 4}, &out), digit ? SM_OK : SM_E_SYNTAX);
	}
	assert_int_equal(sm_base64_read(&arena, (sm_bytes){NULL, 0}, &out), SM_OK);
	assert_int_equal(out.n, 0);
	sm_arena_free(&arena);
}

/* ---- event ids ---- */

typedef struct fake_host {
	int64_t wall;
	uint8_t fill;
} fake_host;

static int64_t fake_wall(void *ctx)
{
	return ((fake_host *)ctx)->wall;
}

static void fake_random(void *ctx, void *p, size_t n)
{
	memset(p, ((fake_host *)ctx)->fill, n);
}

static void next_id(int64_t wall, uint8_t fill, const char *last, char out[SM_ID_SIZE])
{
	fake_host fake = {wall, fill};
	const sm_host host = {fake_wall, fake_wall, fake_random, &fake};

	sm_event_id(&host, last, out);
}

static void an_event_id_is_a_uuid_v7_of_the_wall_clock(void **state)
{
	char id[SM_ID_SIZE];

	/* The time of RFC 9562's example: 0x017F22E279B0 ms. */
	next_id(INT64_C(1645557742000) * 1000 + 999, 0xFF, "", id);
	assert_string_equal(id, "017f22e279b07000bfffffffffffffff");
	next_id(INT64_C(1645557742000) * 1000, 0x00, "", id);
	assert_string_equal(id, "017f22e279b070008000000000000000");
	next_id(0, 0xA5, "", id);
	assert_string_equal(id, "0000000000007000a5a5a5a5a5a5a5a5");
	next_id(-5000, 0, "", id);
	assert_string_equal(id, "00000000000070008000000000000000");
}

static void the_counter_goes_on_within_a_millisecond_and_when_the_clock_goes_back(void **state)
{
	char id[SM_ID_SIZE];
	const int64_t now = INT64_C(0x017f22e279b0) * 1000;

	next_id(now, 0, "017f22e279b070008000000000000000", id);
	assert_string_equal(id, "017f22e279b070018000000000000000");
	next_id(now, 0, "017f22e279b070ff8000000000000000", id);
	assert_string_equal(id, "017f22e279b071008000000000000000");
	next_id(now - 3600000000, 0, "017f22e279b07c3a9d2b0123456789ab", id);
	assert_string_equal(id, "017f22e279b07c3b8000000000000000");
	next_id(now, 0, "017f22e279b07ffe8000000000000000", id);
	assert_string_equal(id, "017f22e279b07fff8000000000000000");
	next_id(now, 0, "017f22e279b07fff8000000000000000", id);
	assert_string_equal(id, "017f22e279b170008000000000000000");
	next_id(now + 999, 0, "017f22e279b07fff8000000000000000", id);
	assert_string_equal(id, "017f22e279b170008000000000000000");
	next_id(now + 1000, 0, "017f22e279b07fff8000000000000000", id);
	assert_string_equal(id, "017f22e279b170008000000000000000");
	next_id(now + 2000, 0, "017f22e279b07fff8000000000000000", id);
	assert_string_equal(id, "017f22e279b270008000000000000000");
}

static void an_id_survives_last_ids_from_anywhere(void **state)
{
	static const char *const strange[] = {"", "x", "017f22e279b07fff800000000000000", "017F22E279B070008000000000000000",
		"017f22e279b0-7000-8000-000000000000"};
	char id[SM_ID_SIZE];

	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		next_id(1000, 0, strange[i], id);
		assert_string_equal(id, "00000000000170008000000000000000");
	}
	next_id(1000, 0, NULL, id);
	assert_string_equal(id, "00000000000170008000000000000000");
	/* No UUID v7, but 32 digits: still something to be greater than. */
	next_id(1000, 0, "ffffffffffff4ffe8000000000000000", id);
	assert_string_equal(id, "ffffffffffff7fff8000000000000000");
	next_id(1000, 0, "ffffffffffff7fff8000000000000000", id);
	assert_string_equal(id, "ffffffffffff7fff8000000000000000");
	next_id(INT64_MAX, 0, "", id);
	assert_int_equal(strlen(id), 32);
}

static void ids_of_a_stream_increase_whatever_the_clock_does(void **state)
{
	test_random r;
	char last[SM_ID_SIZE] = "", id[SM_ID_SIZE];
	int64_t wall = INT64_C(1790000000000000);

	test_random_init(&r);
	for (int i = 0; i < 200000; i++) {
		switch (test_random_below(&r, 50)) {
		case 0:
			wall -= (int64_t)test_random_below(&r, 3600000000);
			break;
		case 1:
			wall += (int64_t)test_random_below(&r, 3600000000);
			break;
		case 2:
			wall += 1000;
			break;
		default:
			break;
		}
		next_id(wall, (uint8_t)test_random_next(&r), last, id);
		/* Not by the random digits: the first 16 alone must grow. */
		if (memcmp(id, last, 16) <= 0 || id[12] != '7' || strchr("89ab", id[16]) == NULL) {
			fail_msg("seed %llu: %s after %s", (unsigned long long)r.seed, id, last);
		}
		memcpy(last, id, sizeof(last));
	}
}

static void the_system_host_has_running_clocks_and_fresh_chance(void **state)
{
	const sm_host *h = &sm_host_system;
	char a[SM_ID_SIZE], b[SM_ID_SIZE];
	int64_t boot = h->boot_us(h->ctx);

	assert_true(h->wall_us(h->ctx) > INT64_C(1700000000000000));
	while (h->boot_us(h->ctx) == boot) {
	}
	assert_true(h->boot_us(h->ctx) > boot);
	sm_event_id(h, "", a);
	sm_event_id(h, a, b);
	assert_true(sm_is_hex(sm_cstr(a), 32) && sm_is_hex(sm_cstr(b), 32));
	assert_true(memcmp(a, b, 16) < 0);
	assert_memory_not_equal(a + 17, b + 17, 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_judged_as_the_standard_says),
		cmocka_unit_test(every_code_point_is_valid_but_the_surrogates),
		cmocka_unit_test(bytes_compare_as_unsigned_and_shorter_first),
		cmocka_unit_test(an_error_message_is_utf8_also_where_it_is_cut),
		cmocka_unit_test(a_limit_error_names_the_limit_its_value_and_what_came),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_of_any_size),
		cmocka_unit_test(small_objects_share_chunks),
		cmocka_unit_test(an_arena_refuses_sizes_that_overflow),
		cmocka_unit_test(a_copy_in_the_arena_ends_with_a_nul),
		cmocka_unit_test(an_arena_without_memory_says_so_and_stays_usable),
		cmocka_unit_test(a_buffer_grows_and_ends_with_a_nul),
		cmocka_unit_test(a_full_buffer_keeps_its_text_and_its_error),
		cmocka_unit_test(a_buffer_without_memory_keeps_its_text),
		cmocka_unit_test(integers_are_written_in_decimal),
		cmocka_unit_test(hex_is_lower_case_and_strict),
		cmocka_unit_test(base64_reads_back_what_it_wrote),
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(an_event_id_is_a_uuid_v7_of_the_wall_clock),
		cmocka_unit_test(the_counter_goes_on_within_a_millisecond_and_when_the_clock_goes_back),
		cmocka_unit_test(an_id_survives_last_ids_from_anywhere),
		cmocka_unit_test(ids_of_a_stream_increase_whatever_the_clock_does),
		cmocka_unit_test(the_system_host_has_running_clocks_and_fresh_chance),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
