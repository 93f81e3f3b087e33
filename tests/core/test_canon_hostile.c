/* What the reader and the writer must refuse, how deep, how large, and at what cost. */
#include "canon_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- depth ---- */

static sm_bytes nested(fixture *f, size_t depth, const char *open, const char *inside, const char *close)
{
	sm_buf b;

	sm_buf_init(&b, &f->arena, 1 << 24);
	for (size_t i = 0; i < depth; i++) {
		sm_buf_puts(&b, open);
	}
	sm_buf_puts(&b, inside);
	for (size_t i = 0; i < depth; i++) {
		sm_buf_puts(&b, close);
	}
	return sm_buf_bytes(&b);
}

static void depth_64_is_read_and_written_and_65_refused(void **state)
{
	fixture *f = *state;
	static const char *const kinds[][2] = {{"[", "]"}, {"{\"a\":", "}"}, {"[1,{\"b\":0,\"c\":", "}]"},
		{"{\"$esc\":{\"$int\":", "}}"}, {"{\"$int\":", ",\"b\":1}"}};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		size_t levels = k == 2 ? 2 : 1;
		sm_bytes text = nested(f, SM_MAX_DEPTH / levels, kinds[k][0], "\"leaf\"", kinds[k][1]);

		assert_bytes(write_ok(f, read_ok(f, text)), k == 4 ? nested(f, 64, kinds[k][0], "\"leaf\"", kinds[k][1]).p : text.p);
		/* A tag is a leaf. */
		text = nested(f, SM_MAX_DEPTH / levels, kinds[k][0], "{\"$int\":\"9007199254740992\"}", kinds[k][1]);
		assert_bytes(write_ok(f, read_ok(f, text)), text.p);

		assert_refused(f, nested(f, SM_MAX_DEPTH / levels, kinds[k][0], "{}", kinds[k][1]), SM_E_LIMIT);
		assert_string_equal(f->e.limit, "depth");
		assert_int_equal(f->e.limit_value, 64);
		assert_int_equal(f->e.got, 65);
		assert_refused(f, nested(f, SM_MAX_DEPTH / levels + 1, kinds[k][0], "1", kinds[k][1]), SM_E_LIMIT);
		assert_refused(f, nested(f, 100000, kinds[k][0], "1", kinds[k][1]), SM_E_LIMIT);
		assert_refused(f, nested(f, 100000, kinds[k][0], "", ""), SM_E_LIMIT);
	}

	sm_json *v = sm_json_int(&f->arena, 1);

	for (int depth = 1; depth <= 66; depth++) {
		sm_json *outer = sm_json_new(&f->arena, depth % 2 != 0 ? SM_JSON_ARRAY : SM_JSON_OBJECT);

		assert_int_equal(depth % 2 != 0 ? sm_json_push(&f->arena, outer, v) :
			sm_json_set(&f->arena, outer, SM_STR("$bin"), v), SM_OK);
		v = outer;
		sm_buf_init(&f->b, &f->arena, 10000);
		assert_int_equal(sm_json_write(&f->b, v, &f->e), depth <= 64 ? SM_OK : SM_E_LIMIT);
	}
	assert_string_equal(f->e.limit, "depth");
	assert_int_equal(f->b.n, 0);
}

/* ---- hostile text ---- */

static void text_that_is_not_json_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "\n", "nul", "nulL", "True", "tru", "truee", "false1", "null null", "[", "]", "{", "}", "[}",
		"{]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{1:1}",
		"{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "'a'", "\"", "\"a", "\"\\\"", "\"\\", "\"\\u\"", "\"\\u12\"",
		"\"\\u123\"", "\"\\u123g\"", "\"\\u-123\"", "\"\\u 123\"", "\"\\x41\"", "\"\\a\"", "\"\\'\"", "\"\\U0041\"", "\"a\nb\"", "\"a\tb\"",
		"\"\x1F\"", "\xEF\xBB\xBF[]", "[1]\xC2\xA0", "[1]x", "[1][2]", "[1],", "// c\n1", "/* c */1", "\f1", "\v1", "[1\xE2\x80\x83]",
		"NaN", "Infinity", "-Infinity", "+1", "01", "-", "1.", ".5", "1e", "[-]", "[1.]", "[01]", "[1e+]", "0x10", "[0x10]", "1_0", "undefined"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(*state, sm_cstr(bad[i]), SM_E_SYNTAX);
	}
	assert_refused(*state, (sm_bytes){"[1\0]", 4}, SM_E_SYNTAX);
	assert_refused(*state, (sm_bytes){"1\0", 2}, SM_E_SYNTAX);
	assert_refused(*state, (sm_bytes){"\"a\0b\"", 5}, SM_E_SYNTAX);
	assert_refused(*state, (sm_bytes){"\"\\\0\"", 4}, SM_E_SYNTAX);
	assert_refused(*state, (sm_bytes){"\0", 1}, SM_E_SYNTAX);
}

static void lone_surrogates_and_bytes_that_are_not_utf8_are_refused(void **state)
{
	static const char *const bad[] = {"\"\\ud800\"", "\"\\udc00\"", "\"\\udbff\\u0041\"", "\"\\ud800\\ud800\"", "\"\\udc00\\ud800\"",
		"\"\\ud83dx\"", "\"\\ud83d\\n\"", "\"\\ud83d\\ude0\"", "\"\\uDFFF\"", "\"\\udc00\\udc00\"", "\"\\ud83d\\ue000\"", "{\"\\ud800\":1}", "\"\xED\xA0\x80\"", "\"\xC0\x80\"", "\"\xFF\"",
		"\"\xC3\"", "\"\xF4\x90\x80\x80\"", "{\"\x80\":1}", "\"\\n\xFF\"", "\"\xC3\\u00a5\""};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(*state, sm_cstr(bad[i]), SM_E_SYNTAX);
	}
	assert_bytes(read_ok(*state, SM_STR("\"\\uD83D\\uDE00\\ud7ff\\ue000\\uFFFF\""))->u.s,
		"\xF0\x9F\x98\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF");
}

static void equal_keys_are_refused_however_they_are_written(void **state)
{
	static const char *const bad[] = {"{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"\\u00e5\":1,\"b\":2,\"\xC3\xA5\":3}", "{\"\":1,\"\":2}",
		"{\"\\u0000\":1,\"\\u0000\":1}", "{\"b\":1,\"a\":1,\"b\":2}", "{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":1}", "[{\"x\":{\"y\":1,\"y\":2}}]",
		"{\"$int\":\"9007199254740992\",\"$int\":\"9007199254740992\"}", "{\"\\/\":1,\"/\":1}"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(*state, sm_cstr(bad[i]), SM_E_SYNTAX);
		assert_non_null(strstr(((fixture *)*state)->e.message, "occurs twice"));
	}
	assert_canonical(*state, "{\"a\\u0000\":1,\"a\":2,\"A\":3}", "{\"A\":3,\"a\":2,\"a\\u0000\":1}");
}

static void numbers_beyond_a_double_are_refused(void **state)
{
	fixture *f = *state;

	assert_refused(f, SM_STR("[1,1e309]"), SM_E_LIMIT);
	assert_int_equal(f->e.position, 3);
	assert_refused(f, SM_STR("-1e999999999999"), SM_E_LIMIT);
	assert_canonical(f, "1e-999999999999", "0");
}

static void an_error_says_where(void **state)
{
	static const struct {
		const char *text;
		size_t position;
		const char *message;
	} table[] = {
		{"[1,2,x]", 5, "JSON, byte 5: a value was expected"},
		{"[1,2", 4, "JSON, byte 4: the text ends too early"},
		{"{\"a\":tru}", 5, "JSON, byte 5: a value was expected"},
		{"{\"a\" 1}", 5, "JSON, byte 5: ':' was expected"},
		{"{\"a\":\"\\q\"}", 7, "JSON, byte 7: not an escape sequence"},
		{"[\"ab\\ud800\"]", 4, "JSON, byte 4: a lone surrogate"},
		{"[\"\xFF\"]", 2, "JSON, byte 2: the string is not valid UTF-8"},
		{"[01]", 1, "JSON, byte 1: not a JSON number"},
		{" {\"b\":1,\"b\":2}", 1, "JSON, object at byte 1: the key \"b\" occurs twice"},
		{"1 2", 2, "JSON, byte 2: something stands behind the value"},
	};
	fixture *f = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_refused(f, sm_cstr(table[i].text), SM_E_SYNTAX);
		sm_json *v;

		sm_json_read(&f->arena, sm_cstr(table[i].text), &v, &f->e);
		assert_string_equal(f->e.message, table[i].message);
		assert_int_equal(f->e.position, table[i].position);
	}
}

static void a_text_cut_anywhere_is_refused(void **state)
{
	static const char text[] = "{\"a\":[1.5e+3,-2,true,false,null,\"x\\u00e5\\ud83d\\ude00\xC3\xA5\\n\"],\"b\":{\"$int\":\"9007199254740993\"},"
		"\"c\":{\"$esc\":{\"$bin\":[]}},\"d\":{\"$bin\":\"/w==\"}}";

	read_ok(*state, SM_STR(text));
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		assert_refused(*state, (sm_bytes){text, n}, SM_E_SYNTAX);
	}
}

static void space_is_what_rfc_8259_says(void **state)
{
	assert_canonical(*state, " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } , \"c\":[ ] } \n", "{\"a\":[1,2],\"b\":{},\"c\":[]}");
}

/* ---- tags ---- */

static void malformed_tags_are_refused(void **state)
{
	static const char *const bad[] = {"{\"$int\":5}", "{\"$int\":\"5\"}", "{\"$int\":\"9007199254740991\"}", "{\"$int\":\"-9007199254740991\"}",
		"{\"$int\":\"09007199254740992\"}", "{\"$int\":\"+9007199254740992\"}", "{\"$int\":\"9223372036854775808\"}",
		"{\"$int\":\"-9223372036854775809\"}", "{\"$int\":\"99999999999999999999999\"}", "{\"$int\":\"\"}", "{\"$int\":\"-\"}",
		"{\"$int\":\"9007199254740992 \"}", "{\"$int\":\"9007199254740992.0\"}", "{\"$int\":null}", "{\"$int\":{\"$int\":\"5\"}}",
		"{\"$int\":\"-09007199254740992\"}", "{\"$int\":\"18446744073709551616\"}", "{\"$int\":\"27670116110564327423\"}",
		"{\"$f64\":\"nan\"}", "{\"$f64\":\"1\"}", "{\"$f64\":1}", "{\"$f64\":\"+Infinity\"}", "{\"$f64\":\"\"}",
		"{\"$bin\":1}", "{\"$bin\":\"/w\"}", "{\"$bin\":\"/w==\\n\"}", "{\"$bin\":\"/x==\"}", "{\"$bin\":\"\"}", "{\"$bin\":\"YQ==\"}",
		"{\"$bin\":[\"/w==\"]}", "{\"$esc\":1}", "{\"$esc\":{}}", "{\"$esc\":{\"a\":1}}", "{\"$esc\":[{\"$int\":1}]}",
		"{\"$esc\":{\"$int\":1,\"b\":1}}", "{\"$esc\":{\"$esc\":1}}x", "[{\"a\":{\"$esc\":{\"$esc\":{\"$int\":\"5\"}}}}]"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(*state, sm_cstr(bad[i]), SM_E_SYNTAX);
	}
	assert_refused(*state, SM_STR("[1, {\"$int\":\"5\"}]"), SM_E_SYNTAX);
	assert_int_equal(((fixture *)*state)->e.position, 6);
}

/* ---- cost and memory ---- */

static void hostile_keys_cost_n_log_n(void **state)
{
	/* 60,000 members in an order that insertion would move 1.8 billion times, with long common beginnings. */
	fixture *f = *state;
	sm_buf text;
	const clock_t began = clock();

	sm_buf_init(&text, &f->arena, 1 << 23);
	sm_buf_putc(&text, '{');
	for (int i = 60000; i > 0; i--) {
		char member[64];

		snprintf(member, sizeof(member), "\"commoncommoncommoncommoncommoncommon%05d\":1,", i);
		sm_buf_puts(&text, member);
	}
	sm_buf_puts(&text, "\"z\":1}");

	const sm_json *v = read_ok(f, sm_buf_bytes(&text));

	assert_int_equal(v->u.o.n, 60001);
	write_ok(f, v);
	text.n -= 7;
	sm_buf_puts(&text, ",\"commoncommoncommoncommoncommoncommon30000\":1}");
	assert_refused(f, sm_buf_bytes(&text), SM_E_SYNTAX);
	assert_true((clock() - began) / CLOCKS_PER_SEC < 5);
}

static void the_size_limit_of_the_buffer_is_an_error_that_names_it(void **state)
{
	fixture *f = *state;
	static const char text[] = "{\"a\":[1,2,3],\"b\":\"x\\ny\",\"c\":{\"$bin\":\"/w==\"},\"d\":{\"$int\":\"9223372036854775807\"}}";
	const sm_json *v = read_ok(f, SM_STR(text));

	for (size_t max = 0; max < sizeof(text) - 1; max++) {
		sm_buf_init(&f->b, &f->arena, max);
		assert_int_equal(sm_json_write(&f->b, v, &f->e), SM_E_LIMIT);
		assert_string_equal(f->e.limit, "bytes of canonical text");
		assert_int_equal(f->e.limit_value, max);
		assert_int_equal(f->b.n, 0);
		assert_int_equal(sm_json_write(&f->b, v, NULL), SM_E_LIMIT); /* sticks */
	}
	sm_buf_init(&f->b, &f->arena, sizeof(text) - 1);
	assert_int_equal(sm_json_write(&f->b, v, &f->e), SM_OK);
	assert_bytes(sm_buf_bytes(&f->b), text);
}

static void each_allocation_failed_in_turn_is_an_error_and_leaks_nothing(void **state)
{
	sm_buf text;
	fixture *f = *state;
	bool complete = false;
	long failures = 0;

	/* More than 64 entries at once, an unsorted object of over 16 members, escapes, $bin, some kilobytes. */
	sm_buf_init(&text, &f->arena, 1 << 17);
	sm_buf_puts(&text, "[{\"$bin\":\"/w==\"},{\"$esc\":{\"$int\":1}},\"a\\nb\",{");
	for (int i = 40; i > 0; i--) {
		char member[32];

		snprintf(member, sizeof(member), "\"key%02d\":\"value \\u00e5\",", i);
		sm_buf_puts(&text, member);
	}
	sm_buf_puts(&text, "\"z\":[1,2,3]}");
	for (int i = 0; i < 150; i++) {
		sm_buf_puts(&text, ",[\"some text\",{\"a\":1}]");
	}
	/* Each of these needs a chunk of its own. */
	for (int i = 0; i < 2; i++) {
		sm_buf_puts(&text, i == 0 ? ",\"\\n" : ",{\"$bin\":\"/w");
		for (int k = 0; k < 40000; k++) {
			sm_buf_putc(&text, 'A');
		}
		sm_buf_puts(&text, i == 0 ? "\"" : "==\"}");
	}
	sm_buf_puts(&text, "]");

	for (long at = 1; !complete; at++) {
		test_heap heap = {.fail_at = at};
		const sm_alloc a = test_heap_alloc(&heap);
		sm_arena arena;
		sm_json *v;
		sm_error e;
		sm_status status;

		sm_arena_init(&arena, &a);
		status = sm_json_read(&arena, sm_buf_bytes(&text), &v, &e);
		if (status == SM_OK) {
			sm_buf b;

			sm_buf_init(&b, &arena, 1 << 17);
			status = sm_json_write(&b, v, &e);
			if (status == SM_OK) {
				complete = true;
				assert_bytes(sm_buf_bytes(&b), write_ok(f, read_ok(f, sm_buf_bytes(&text))).p);
			}
		} else {
			assert_null(v);
		}
		if (!complete) {
			failures++;
			assert_int_equal(status, SM_E_NOMEM);
			assert_true(e.message[0] != '\0');
		}
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
	}
	assert_in_range(failures, 10, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CANON_TEST(hostile_keys_cost_n_log_n),
		CANON_TEST(malformed_tags_are_refused),
		CANON_TEST(depth_64_is_read_and_written_and_65_refused),
		CANON_TEST(text_that_is_not_json_is_refused),
		CANON_TEST(lone_surrogates_and_bytes_that_are_not_utf8_are_refused),
		CANON_TEST(equal_keys_are_refused_however_they_are_written),
		CANON_TEST(numbers_beyond_a_double_are_refused),
		CANON_TEST(an_error_says_where),
		CANON_TEST(a_text_cut_anywhere_is_refused),
		CANON_TEST(space_is_what_rfc_8259_says),
		CANON_TEST(the_size_limit_of_the_buffer_is_an_error_that_names_it),
		CANON_TEST(each_allocation_failed_in_turn_is_an_error_and_leaks_nothing),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
