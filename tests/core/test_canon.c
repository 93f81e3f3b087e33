/* Writing and reading canonical JSON by example. */
#include "canon_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- published pairs ---- */

static void rfc_8785_pairs_give_the_published_bytes(void **state)
{
	static const char *const names[] = {"arrays", "french", "structures", "unicode", "values", "weird"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];
		sm_bytes input, output, hex, got;
		char *expected;
		size_t n = 0;

		snprintf(path, sizeof(path), "jcs/input/%s.json", names[i]);
		input = test_vector_file(path);
		snprintf(path, sizeof(path), "jcs/output/%s.json", names[i]);
		output = test_vector_file(path);
		snprintf(path, sizeof(path), "jcs/outhex/%s.txt", names[i]);
		hex = test_vector_file(path);

		got = write_ok(*state, read_ok(*state, input));
		assert_bytes(got, output.p);
		expected = test_malloc(hex.n + 1);
		for (size_t k = 0; k < hex.n; k++) {
			if (strchr(" \n\r", hex.p[k]) == NULL) {
				expected[n++] = hex.p[k];
			}
		}
		char *got_hex = test_malloc(2 * got.n + 1);

		sm_hex(got_hex, (const uint8_t *)got.p, got.n);
		expected[n] = '\0';
		assert_string_equal(got_hex, expected);
		test_free(got_hex);
		test_free(expected);
		free((void *)(uintptr_t)input.p);
		free((void *)(uintptr_t)output.p);
		free((void *)(uintptr_t)hex.p);
	}
}

static void the_worked_examples_are_canonical_already(void **state)
{
	static const char *const keys[] = {"definition.jcs", "payload.jcs", "leaf0.private", "leaf0", "leaf1", "leaf2"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *text = test_format_vector(keys[i]);

		assert_bytes(write_ok(*state, read_ok(*state, sm_cstr(text))), text);
		free(text);
	}
}

/* ---- strings ---- */

static void strings_escape_what_rfc_8785_says_and_nothing_else(void **state)
{
	fixture *f = *state;
	char raw[128];
	sm_buf expected;
	static const char *const named[] = {[8] = "\\b", [9] = "\\t", [10] = "\\n", [12] = "\\f", [13] = "\\r"};

	sm_buf_init(&expected, &f->arena, 512);
	sm_buf_putc(&expected, '"');
	for (int c = 0; c < 128; c++) {
		char one[8];

		raw[c] = (char)c;
		if (c < 32) {
			snprintf(one, sizeof(one), "\\u%04x", c);
		} else {
			snprintf(one, sizeof(one), c == '"' || c == '\\' ? "\\%c" : "%c", c);
		}
		sm_buf_puts(&expected, c < 14 && named[c] != NULL ? named[c] : one);
	}
	sm_buf_putc(&expected, '"');
	sm_canon_string(&f->b, (sm_bytes){raw, 128});
	assert_bytes(sm_buf_bytes(&f->b), expected.p);

	/* Every place of an escape relative to the eight bytes that are looked at together. */
	for (size_t n = 0; n < 40; n++) {
		for (size_t at = 0; at < n; at++) {
			char *exact = test_malloc(n);
			char text[64];

			memset(exact, 'x', n);
			exact[at] = at % 3 == 0 ? '"' : at % 3 == 1 ? '\\' : '\n';
			sm_buf_init(&f->b, &f->arena, n + 3);
			sm_canon_quoted(&f->b, (sm_bytes){exact, n});
			assert_int_equal(f->b.status, SM_OK);
			snprintf(text, sizeof(text), "\"%.*s\\%c%.*s\"", (int)at, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
				exact[at] == '\n' ? 'n' : exact[at], (int)(n - at - 1), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
			assert_bytes(sm_buf_bytes(&f->b), text);
			sm_buf_init(&f->b, &f->arena, n + 2);
			sm_canon_quoted(&f->b, (sm_bytes){exact, n});
			assert_int_equal(f->b.status, SM_E_LIMIT);
			test_free(exact);
		}
	}
	sm_buf_init(&f->b, &f->arena, 100);
	sm_canon_quoted(&f->b, (sm_bytes){NULL, 0});
	assert_bytes(sm_buf_bytes(&f->b), "\"\"");
	sm_canon_quoted(&f->b, (sm_bytes){"x", SIZE_MAX});
	assert_int_equal(f->b.status, SM_E_LIMIT);
}

static void strings_are_not_normalised_and_not_shortened(void **state)
{
	assert_canonical(*state, "[\"\\u00c5sa \\ud83d\\uded2\",\"A\\u030a\",\"\\u2028\\/\",\"\\ufffe\\uffff\\ufeff\",\"\x7F\"]",
		"[\"\xC3\x85sa \xF0\x9F\x9B\x92\",\"A\xCC\x8A\",\"\xE2\x80\xA8/\",\"\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBB\xBF\",\"\x7F\"]");
	assert_canonical(*state, "\"a\\u0000b\"", "\"a\\u0000b\"");
	assert_canonical(*state, "\"\\u0041\\u00E5\\\"\\\\\\b\\f\\n\\r\\t\\u001F\"", "\"A\xC3\xA5\\\"\\\\\\b\\f\\n\\r\\t\\u001f\"");
}

static void plain_strings_borrow_from_the_text(void **state)
{
	const char text[] = "[\"abc\",\"a\\nc\"]";
	const sm_json *v = read_ok(*state, SM_STR(text));

	assert_ptr_equal(v->u.a.items[0].u.s.p, text + 2);
	assert_true(v->u.a.items[1].u.s.p < text || v->u.a.items[1].u.s.p > text + sizeof(text));
	assert_bytes(v->u.a.items[1].u.s, "a\nc");
}

/* ---- keys ---- */

static void keys_sort_by_utf_16_code_units(void **state)
{
	/* RFC 8785 section 3.2.3 and the border where UTF-8 order differs: U+E000..U+FFFF against surrogate pairs. */
	static const char *const order[] = {"", "\r", "1", "10", "a", "aa", "\x7F", "\xC2\x80", "\xC3\xB6", "\xE2\x82\xAC", "\xED\x9F\xBF",
		"\xF0\x90\x80\x80", "\xF0\x90\x80\x80z", "\xF0\x9F\x98\x82", "\xF4\x8F\xBF\xBF", "\xEE\x80\x80", "\xEF\xAC\xB3", "\xEF\xBF\xBF"};
	const size_t n = sizeof(order) / sizeof(order[0]);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			int c = sm_canon_key_cmp(sm_cstr(order[i]), sm_cstr(order[k]));

			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
	}
	/* With a common beginning, and with NUL bytes. */
	assert_true(sm_canon_key_cmp(SM_STR("x\xF0\x90\x80\x80"), SM_STR("x\xEE\x80\x80")) < 0);
	assert_true(sm_canon_key_cmp((sm_bytes){"a\0", 2}, (sm_bytes){"a", 1}) > 0);
	assert_true(sm_canon_key_cmp((sm_bytes){"a\0b", 3}, (sm_bytes){"a\0c", 3}) < 0);
}

static void objects_of_any_size_are_sorted(void **state)
{
	fixture *f = *state;

	for (size_t n = 0; n < 200; n++) {
		sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);
		sm_buf expected;

		sm_buf_init(&expected, &f->arena, 1 << 16);
		sm_buf_putc(&expected, '{');
		for (size_t i = 0; i < n; i++) {
			/* 7 has no common factor with any prime above it: a permutation where n is no multiple of 7 */
			size_t k = n % 7 != 0 ? i * 7 % n : n - 1 - i;
			char *key = sm_arena_alloc(&f->arena, 8, 1);

			snprintf(key, 8, "k%03zu", k);
			assert_int_equal(sm_json_set(&f->arena, o, sm_cstr(key), sm_json_int(&f->arena, (int64_t)k)), SM_OK);
		}
		for (size_t i = 0; i < n; i++) {
			char member[24];

			snprintf(member, sizeof(member), "%s\"k%03zu\":%zu", i == 0 ? "" : ",", i, i);
			sm_buf_puts(&expected, member);
		}
		sm_buf_putc(&expected, '}');
		assert_bytes(write_ok(f, o), expected.p);
	}
}

static void the_writer_refuses_equal_keys_and_keys_that_are_not_utf8(void **state)
{
	fixture *f = *state;

	for (size_t n = 1; n < 60; n++) {
		sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);

		for (size_t i = 0; i < n; i++) {
			char *key = sm_arena_alloc(&f->arena, 8, 1);

			snprintf(key, 8, "k%zu", (i * 37) % 61);
			assert_int_equal(sm_json_set(&f->arena, o, sm_cstr(key), sm_json_new(&f->arena, SM_JSON_NULL)), SM_OK);
		}
		write_ok(f, o);
		assert_int_equal(sm_json_set(&f->arena, o, o->u.o.items[n / 2].key, sm_json_new(&f->arena, SM_JSON_NULL)), SM_OK);
		sm_buf_init(&f->b, &f->arena, 10000);
		sm_buf_puts(&f->b, "before");
		assert_int_equal(sm_json_write(&f->b, o, &f->e), SM_E_ENCODING);
		assert_non_null(strstr(f->e.message, "occurs twice"));
		assert_string_equal(f->b.p, "before");
		assert_int_equal(sm_json_write(&f->b, o, NULL), SM_E_ENCODING);
	}

	sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);

	assert_int_equal(sm_json_set(&f->arena, o, SM_STR("a\xFF"), sm_json_int(&f->arena, 1)), SM_OK);
	assert_int_equal(sm_json_write(&f->b, o, &f->e), SM_E_ENCODING);
	assert_string_equal(f->e.message, "An object key is not UTF-8: \"a?\"");
}

/* ---- numbers and tags ---- */

static void numbers_that_are_equal_have_one_text(void **state)
{
	assert_canonical(*state, "[1.0,1e2,-0,-0.0,0e5,100e-2,9007199254740991,-9007199254740991.0]",
		"[1,100,0,0,0,1,9007199254740991,-9007199254740991]");
	assert_canonical(*state, "[9007199254740992,9007199254740993,1e16,123456789012345678901,1e21,0.1,1e-7,123e-1]",
		"[9007199254740992,9007199254740992,10000000000000000,123456789012345680000,1e+21,0.1,1e-7,12.3]");
}

static void integral_numbers_up_to_2_53_are_ints_and_all_others_doubles(void **state)
{
	static const struct {
		const char *text;
		sm_json_kind kind;
	} table[] = {{"0", SM_JSON_INT}, {"-0", SM_JSON_INT}, {"1.0", SM_JSON_INT}, {"1e2", SM_JSON_INT}, {"9007199254740991", SM_JSON_INT},
		{"-9007199254740991", SM_JSON_INT}, {"9007199254740992", SM_JSON_DOUBLE}, {"-9007199254740992", SM_JSON_DOUBLE},
		{"0.5", SM_JSON_DOUBLE}, {"1e-400", SM_JSON_INT}, {"99999999999999999999", SM_JSON_DOUBLE}, {"1e300", SM_JSON_DOUBLE},
		{"123456789012345", SM_JSON_INT}, {"1234567890123456", SM_JSON_INT}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const sm_json *v = read_ok(*state, sm_cstr(table[i].text));

		if (v->kind != table[i].kind) {
			fail_msg("%s is of kind %d", table[i].text, v->kind);
		}
	}
	assert_int_equal(read_ok(*state, SM_STR("-123456789012345"))->u.i, INT64_C(-123456789012345));
	assert_int_equal(read_ok(*state, SM_STR(" 1234567890123456 "))->u.i, INT64_C(1234567890123456));
}

static void ints_beyond_2_53_doubles_beyond_numbers_and_bytes_beyond_utf8_are_tagged(void **state)
{
	fixture *f = *state;
	static const char expected[] = "[9007199254740991,{\"$int\":\"9007199254740992\"},{\"$int\":\"-9007199254740992\"},"
		"{\"$int\":\"9223372036854775807\"},{\"$int\":\"-9223372036854775808\"},{\"$f64\":\"NaN\"},{\"$f64\":\"Infinity\"},"
		"{\"$f64\":\"-Infinity\"},{\"$bin\":\"/w==\"},{\"$bin\":\"w6UA7aCA\"}]";
	sm_json *a = sm_json_new(&f->arena, SM_JSON_ARRAY), *back;
	const int64_t ints[] = {SM_MAX_SAFE_INT, SM_MAX_SAFE_INT + 1, -SM_MAX_SAFE_INT - 1, INT64_MAX, INT64_MIN};
	const double doubles[] = {(double)__builtin_nan(""), (double)__builtin_inf(), (double)-__builtin_inf()};
	const sm_bytes binary[] = {SM_STR("\xFF"), {"\xC3\xA5\0\xED\xA0\x80", 6}};

	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(sm_json_push(&f->arena, a, sm_json_int(&f->arena, ints[i])), SM_OK);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sm_json_push(&f->arena, a, &(sm_json){.kind = SM_JSON_DOUBLE, .u.f = doubles[i]}), SM_OK);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(sm_json_push(&f->arena, a, sm_json_str(&f->arena, binary[i])), SM_OK);
	}
	assert_bytes(write_ok(f, a), expected);
	back = read_ok(f, SM_STR(expected));
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(back->u.a.items[i].kind, SM_JSON_INT);
		assert_int_equal(back->u.a.items[i].u.i, ints[i]);
	}
	assert_true(back->u.a.items[5].u.f != back->u.a.items[5].u.f);
	assert_true(back->u.a.items[6].u.f == doubles[1] && back->u.a.items[7].u.f == doubles[2]);
	assert_true(sm_bytes_eq(back->u.a.items[8].u.s, binary[0]) && sm_bytes_eq(back->u.a.items[9].u.s, binary[1]));
	assert_bytes(write_ok(f, back), expected);
}

static void an_object_that_looks_like_a_tag_is_wrapped(void **state)
{
	fixture *f = *state;
	static const char *const tags[] = {"$int", "$f64", "$bin", "$esc"};
	static const char *const plain[] = {"$", "$Int", "$in", "$ints", "int$", "$int ", "$f32"};

	for (size_t i = 0; i < 4; i++) {
		sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);
		char text[64];

		assert_true(sm_canon_key_is_tag(sm_cstr(tags[i])));
		assert_int_equal(sm_json_set(&f->arena, o, sm_cstr(tags[i]), sm_json_int(&f->arena, 5)), SM_OK);
		snprintf(text, sizeof(text), "{\"$esc\":{\"%s\":5}}", tags[i]);
		assert_bytes(write_ok(f, o), text);

		const sm_json *back = read_ok(f, sm_cstr(text));

		assert_int_equal(back->kind, SM_JSON_OBJECT);
		assert_int_equal(back->u.o.n, 1);
		assert_int_equal(sm_json_get_int(back, tags[i], 0), 5);
		assert_bytes(write_ok(f, back), text);

		/* With a second key it is no tag. */
		assert_int_equal(sm_json_set(&f->arena, o, SM_STR("$esc2"), sm_json_int(&f->arena, 6)), SM_OK);
		snprintf(text, sizeof(text), i == 0 ? "{\"$esc2\":6,\"%s\":5}" : i == 3 ? "{\"%s\":5,\"$esc2\":6}" :
			i == 1 ? "{\"$esc2\":6,\"%s\":5}" : "{\"%s\":5,\"$esc2\":6}", tags[i]);
		assert_bytes(write_ok(f, o), text);
		assert_bytes(write_ok(f, read_ok(f, sm_cstr(text))), text);
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);
		char text[64];

		assert_false(sm_canon_key_is_tag(sm_cstr(plain[i])));
		assert_int_equal(sm_json_set(&f->arena, o, sm_cstr(plain[i]), sm_json_int(&f->arena, 5)), SM_OK);
		snprintf(text, sizeof(text), "{\"%s\":5}", plain[i]);
		assert_bytes(write_ok(f, o), text);
	}
}

static void wrappers_nest_and_an_outer_object_does_not_wrap(void **state)
{
	fixture *f = *state;
	/* An object {"$esc": {"$int": "x"}} of the user. */
	static const char user[] = "{\"$esc\":{\"$esc\":{\"$esc\":{\"$int\":\"x\"}}}}";
	const sm_json *v = read_ok(f, SM_STR(user));

	v = sm_json_get(v, "$esc");
	assert_int_equal(v->kind, SM_JSON_OBJECT);
	assert_bytes(sm_json_get_str(v, "$int"), "x");
	assert_canonical(f, user, user);

	/* $esc with a neighbour wraps nothing: its value is read as any other value is. */
	v = read_ok(f, SM_STR("{\"$esc\":{\"$int\":\"9223372036854775807\"},\"b\":1}"));
	assert_int_equal(sm_json_get_int(v, "$esc", 0), INT64_MAX);
	v = read_ok(f, SM_STR("{\"$esc\":{\"$esc\":{\"$int\":7}},\"b\":{\"$bin\":\"/w==\"}}"));
	assert_int_equal(sm_json_get_int(sm_json_get(v, "$esc"), "$int", 0), 7);
	assert_bytes(sm_json_get_str(v, "b"), "\xFF");
	/* A tag written with escapes is a tag. */
	assert_bytes(read_ok(f, SM_STR("{\"\\u0024bin\":\"/w\\u003d=\"}"))->u.s, "\xFF");
}

/* ---- trees ---- */

static void getters_find_members_of_their_kind_only(void **state)
{
	const sm_json *v = read_ok(*state, SM_STR("{\"i\":5,\"f\":1.5,\"s\":\"x\",\"n\":null,\"o\":{\"i\":6}}"));

	assert_int_equal(sm_json_get_int(v, "i", -1), 5);
	assert_int_equal(sm_json_get_int(v, "f", -1), -1);
	assert_int_equal(sm_json_get_int(v, "s", -1), -1);
	assert_int_equal(sm_json_get_int(v, "none", -1), -1);
	assert_int_equal(sm_json_get_int(sm_json_get(v, "o"), "i", -1), 6);
	assert_bytes(sm_json_get_str(v, "s"), "x");
	assert_null(sm_json_get_str(v, "i").p);
	assert_null(sm_json_get_str(v, "none").p);
	assert_null(sm_json_get(v, "none"));
	assert_null(sm_json_get(NULL, "i"));
	assert_null(sm_json_get(sm_json_get(v, "i"), "i"));
	assert_int_equal(sm_json_get(v, "n")->kind, SM_JSON_NULL);
}

static void raw_text_is_put_as_it_is(void **state)
{
	fixture *f = *state;
	sm_json *o = sm_json_new(&f->arena, SM_JSON_OBJECT);

	assert_int_equal(sm_json_set(&f->arena, o, SM_STR("b"), sm_json_raw(&f->arena, SM_STR("{\"x\":[1]}"))), SM_OK);
	assert_int_equal(sm_json_set(&f->arena, o, SM_STR("a"), sm_json_new(&f->arena, SM_JSON_TRUE)), SM_OK);
	assert_bytes(write_ok(f, o), "{\"a\":true,\"b\":{\"x\":[1]}}");
}

static void a_value_without_a_kind_is_refused(void **state)
{
	fixture *f = *state;
	const sm_json v = {.kind = (sm_json_kind)99};

	assert_int_equal(sm_json_write(&f->b, &v, &f->e), SM_E_ENCODING);
	assert_string_equal(f->e.message, "Not a kind of JSON value: 99");
}

static void a_failed_builder_leaves_the_tree_as_it_was(void **state)
{
	for (long at = 1; at < 12; at++) {
		test_heap heap = {.fail_at = at};
		const sm_alloc a = test_heap_alloc(&heap);
		sm_arena arena;
		size_t members = 0, items = 0;

		sm_arena_init(&arena, &a);
		sm_json *o = sm_json_new(&arena, SM_JSON_OBJECT), *list = sm_json_new(&arena, SM_JSON_ARRAY);

		if (o != NULL && list != NULL) {
			static const char keys[] = "abcdefghijklmnopqrstuvwxyz";

			assert_int_equal(sm_json_set(&arena, o, SM_STR("a"), NULL), SM_E_NOMEM);
			assert_int_equal(sm_json_push(&arena, list, NULL), SM_E_NOMEM);
			for (size_t i = 0; i < 26 * 60; i++) {
				sm_json *v = sm_json_int(&arena, (int64_t)i);
				sm_status status = sm_json_push(&arena, list, v);

				items += status == SM_OK;
				assert_int_equal(list->u.a.n, items);
				if (i < 26) {
					status = sm_json_set(&arena, o, (sm_bytes){keys + i, 1}, v);
					members += status == SM_OK;
					assert_int_equal(o->u.o.n, members);
				}
			}
			assert_in_range(items, 26 * 60 - 2, 26 * 60);
		}
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
	}
}

/* ---- counting ---- */

/* A list of strings of about n bytes: plain, with escapes, not ASCII, not UTF-8. */
static sm_json *strings_of(fixture *f, size_t n)
{
	static const char *const parts[] = {"x", "\"", "\n", "\x01", "\xC3\xA9", "\xFF", "x\n", "\xC3\xA9\x1F\xFF"};
	sm_json *list = sm_json_new(&f->arena, SM_JSON_ARRAY);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t part = strlen(parts[i]);
		sm_bytes text;
		char *p = test_malloc(n + part);

		for (size_t at = 0; at < n; at += part) {
			memcpy(p + at, parts[i], part);
		}
		assert_int_equal(sm_arena_dup(&f->arena, (sm_bytes){p, n / part * part}, &text), SM_OK);
		test_free(p);
		assert_int_equal(sm_json_push(&f->arena, list, sm_json_str(&f->arena, text)), SM_OK);
	}
	return list;
}

static void a_counting_buffer_keeps_what_fits_and_counts_what_does_not(void **state)
{
	enum { MAX = 256 };
	fixture *f = *state;

	for (size_t n = 0; n < 3 * MAX; n++) {
		const sm_json *whole = strings_of(f, n);

		for (size_t i = 0; i <= whole->u.a.n; i++) {
			const sm_json *v = i < whole->u.a.n ? &whole->u.a.items[i] : whole;
			sm_buf plain, b;

			sm_buf_init(&plain, &f->arena, 1 << 20);
			assert_int_equal(sm_json_write(&plain, v, NULL), SM_OK);
			sm_buf_init_counting(&b, &f->arena, MAX, 1 << 20);
			assert_int_equal(sm_json_write(&b, v, NULL), SM_OK);
			assert_int_equal(sm_buf_total(&b), plain.n);
			assert_true((b.dropped == 0) == (plain.n <= MAX));
			if (b.dropped == 0) {
				assert_memory_equal(b.p, plain.p, plain.n);
			}
			assert_in_range(b.cap, 0, MAX + 1);
			/* its own limit is exact, too */
			sm_buf_init_counting(&b, &f->arena, MAX, plain.n);
			assert_int_equal(sm_json_write(&b, v, NULL), SM_OK);
			if (plain.n > MAX) {
				sm_buf_init_counting(&b, &f->arena, MAX, plain.n - 1);
				assert_int_equal(sm_json_write(&b, v, NULL), SM_E_LIMIT);
				assert_int_equal(b.status, SM_E_LIMIT);
			}
		}
		sm_arena_free(&f->arena);
	}
}

static void a_counting_buffer_takes_strings_larger_than_itself(void **state)
{
	fixture *f = *state;
	char *p = test_malloc(100000);
	sm_buf b;

	memset(p, 'x', 100000);
	sm_buf_init_counting(&b, &f->arena, 64, 1000000);
	for (int i = 0; i < 9; i++) {
		sm_canon_quoted(&b, (sm_bytes){p, 100000});
	}
	assert_int_equal(b.status, SM_OK);
	assert_int_equal(sm_buf_total(&b), 9 * 100002);
	sm_canon_string(&b, (sm_bytes){p, 100000});
	assert_int_equal(b.status, SM_E_LIMIT);
	assert_false(sm_buf_count(&b, 0));
	assert_int_equal(sm_buf_total(&b), 9 * 100002);
	assert_in_range(b.cap, 0, 65);
	test_free(p);
}

static void a_counting_buffer_ends_at_its_own_limit_byte_by_byte(void **state)
{
	fixture *f = *state;

	for (size_t most = 64; most < 400; most++) {
		for (size_t counted = 0; counted <= most; counted += 37) {
			sm_buf b;
			size_t n = counted;

			sm_buf_init_counting(&b, &f->arena, 64, most);
			assert_true(sm_buf_count(&b, counted));
			for (sm_buf_putc(&b, 'x'); b.status == SM_OK; sm_buf_putc(&b, 'x')) {
				n++;
				assert_in_range(n, 0, most);
			}
			assert_int_equal(n, most);
			assert_int_equal(sm_buf_total(&b), most);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CANON_TEST(rfc_8785_pairs_give_the_published_bytes),
		CANON_TEST(the_worked_examples_are_canonical_already),
		CANON_TEST(strings_escape_what_rfc_8785_says_and_nothing_else),
		CANON_TEST(strings_are_not_normalised_and_not_shortened),
		CANON_TEST(plain_strings_borrow_from_the_text),
		CANON_TEST(keys_sort_by_utf_16_code_units),
		CANON_TEST(objects_of_any_size_are_sorted),
		CANON_TEST(the_writer_refuses_equal_keys_and_keys_that_are_not_utf8),
		CANON_TEST(numbers_that_are_equal_have_one_text),
		CANON_TEST(integral_numbers_up_to_2_53_are_ints_and_all_others_doubles),
		CANON_TEST(ints_beyond_2_53_doubles_beyond_numbers_and_bytes_beyond_utf8_are_tagged),
		CANON_TEST(an_object_that_looks_like_a_tag_is_wrapped),
		CANON_TEST(wrappers_nest_and_an_outer_object_does_not_wrap),
		CANON_TEST(getters_find_members_of_their_kind_only),
		CANON_TEST(raw_text_is_put_as_it_is),
		CANON_TEST(a_value_without_a_kind_is_refused),
		CANON_TEST(a_failed_builder_leaves_the_tree_as_it_was),
		CANON_TEST(a_counting_buffer_keeps_what_fits_and_counts_what_does_not),
		CANON_TEST(a_counting_buffer_takes_strings_larger_than_itself),
		CANON_TEST(a_counting_buffer_ends_at_its_own_limit_byte_by_byte),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
