/* Properties of canonical text over random trees: what is written reads back as the same value and writes the same
 * bytes, whatever order the members were given in. The seed of a failure is printed; SM_SEED repeats it. */
#include "canon_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct maker {
	fixture *f;
	test_random r;
	int nodes; /* still to make at most */
} maker;

static sm_bytes random_text(maker *m, size_t most)
{
	static const char *const pieces[] = {"a", "$int", "$bin", "$f64", "$esc", "key", "\"", "\\", "/", "\n", "\t", "\x01", "\x1F", "\x7F", "\xC3\xA5",
		"\xE2\x82\xAC", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x9F\x9B\x92", "\xF0\x90\x80\x80", "x y z", "0", "some longer piece of plain text"};
	sm_buf b;
	size_t n = test_random_below(&m->r, most + 1);

	sm_buf_init(&b, &m->f->arena, 1 << 16);
	sm_buf_put(&b, "", 0);
	while (n-- > 0) {
		if (test_random_below(&m->r, 30) == 0) {
			sm_buf_putc(&b, '\0');
		} else {
			sm_buf_puts(&b, pieces[test_random_below(&m->r, sizeof(pieces) / sizeof(pieces[0]))]);
		}
	}
	return sm_buf_bytes(&b);
}

static sm_json random_value(maker *m, int depth);

static void fill_object(maker *m, sm_json *o, int depth)
{
	uint64_t n = test_random_below(&m->r, 10) == 0 ? test_random_below(&m->r, 60) : test_random_below(&m->r, 4);

	for (uint64_t i = 0; i < n && m->nodes > 0; i++) {
		sm_bytes key = random_text(m, 3);
		bool there = false;

		for (size_t k = 0; k < o->u.o.n; k++) {
			there = there || sm_bytes_eq(o->u.o.items[k].key, key);
		}
		if (!there) {
			sm_json *v = sm_json_new(&m->f->arena, SM_JSON_NULL);

			*v = random_value(m, depth + 1);
			assert_int_equal(sm_json_set(&m->f->arena, o, key, v), SM_OK);
		}
	}
}

static sm_json random_value(maker *m, int depth)
{
	sm_json v = {.kind = (sm_json_kind)test_random_below(&m->r, depth < SM_MAX_DEPTH ? 8 : 6)};
	uint64_t bits = test_random_next(&m->r);

	m->nodes--;
	switch (v.kind) {
	case SM_JSON_INT:
		v.u.i = (int64_t)(bits >> test_random_below(&m->r, 64));
		v.u.i = test_random_below(&m->r, 2) != 0 ? -v.u.i : v.u.i;
		break;
	case SM_JSON_DOUBLE:
		if (test_random_below(&m->r, 2) != 0) {
			v.u.f = (double)(int64_t)test_random_below(&m->r, 2000000) / 1000 - 1000;
		} else {
			memcpy(&v.u.f, &bits, sizeof(bits));
		}
		break;
	case SM_JSON_STRING:
		if (test_random_below(&m->r, 8) == 0) {
			static const char *const binary[] = {"\xFF", "a\xC3", "\xED\xA0\x80", "\x80\x81\x82\x83\x84"};

			v.u.s = sm_cstr(binary[test_random_below(&m->r, 4)]);
		} else {
			v.u.s = random_text(m, 6);
		}
		break;
	case SM_JSON_ARRAY:
		for (uint64_t n = test_random_below(&m->r, 5); n > 0 && m->nodes > 0; n--) {
			sm_json item = random_value(m, depth + 1);

			assert_int_equal(sm_json_push(&m->f->arena, &v, &item), SM_OK);
		}
		break;
	case SM_JSON_OBJECT:
		fill_object(m, &v, depth);
		break;
	default:
		break;
	}
	return v;
}

/* Equal as FORMATS says: an integral double within 2^53-1 is an int, NaN is NaN, members in any order. */
static bool same(const sm_json *a, const sm_json *b)
{
	if (a->kind == SM_JSON_DOUBLE && b->kind == SM_JSON_INT) {
		return a->u.f == (double)b->u.i && b->u.i >= -SM_MAX_SAFE_INT && b->u.i <= SM_MAX_SAFE_INT;
	}
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case SM_JSON_INT:
		return a->u.i == b->u.i;
	case SM_JSON_DOUBLE:
		return a->u.f == b->u.f || (a->u.f != a->u.f && b->u.f != b->u.f);
	case SM_JSON_STRING:
		return sm_bytes_eq(a->u.s, b->u.s);
	case SM_JSON_ARRAY:
		for (size_t i = 0; i < a->u.a.n && a->u.a.n == b->u.a.n; i++) {
			if (!same(&a->u.a.items[i], &b->u.a.items[i])) {
				return false;
			}
		}
		return a->u.a.n == b->u.a.n;
	case SM_JSON_OBJECT:
		for (size_t i = 0; i < a->u.o.n && a->u.o.n == b->u.o.n; i++) {
			size_t k = 0;

			while (k < b->u.o.n && !sm_bytes_eq(a->u.o.items[i].key, b->u.o.items[k].key)) {
				k++;
			}
			if (k == b->u.o.n || !same(a->u.o.items[i].value, b->u.o.items[k].value)) {
				return false;
			}
		}
		return a->u.o.n == b->u.o.n;
	default:
		return true;
	}
}

static void shuffle(maker *m, sm_json *v)
{
	if (v->kind == SM_JSON_ARRAY) {
		for (size_t i = 0; i < v->u.a.n; i++) {
			shuffle(m, &v->u.a.items[i]);
		}
	} else if (v->kind == SM_JSON_OBJECT) {
		for (size_t i = v->u.o.n; i > 0; i--) {
			size_t k = test_random_below(&m->r, i);
			sm_json_member swap = v->u.o.items[i - 1];

			v->u.o.items[i - 1] = v->u.o.items[k];
			v->u.o.items[k] = swap;
			shuffle(m, v->u.o.items[i - 1].value);
		}
	}
}

static void any_tree_reads_back_as_it_was_written(void **state)
{
	fixture *f = *state;
	test_random r;

	test_random_init(&r);
	for (int i = 0; i < 3000; i++) {
		/* Each tree from its own seed, so that a failure repeats alone: SM_SEED=that runs it first. */
		maker m = {.f = f, .r = {.seed = r.seed + (uint64_t)i, .state = r.seed + (uint64_t)i}, .nodes = i % 100 == 0 ? 2000 : 40};
		sm_json tree = random_value(&m, 0);
		sm_bytes text = write_ok(f, &tree), again;
		sm_json *back;

		sm_arena_dup(&f->arena, text, &text);
		if (sm_json_read(&f->arena, text, &back, &f->e) != SM_OK) {
			fail_msg("SM_SEED=%llu: %s: %s", (unsigned long long)m.r.seed, text.p, f->e.message);
		}
		if (!same(&tree, back)) {
			fail_msg("SM_SEED=%llu: another value from %s", (unsigned long long)m.r.seed, text.p);
		}
		again = write_ok(f, back);
		if (!sm_bytes_eq(text, again)) {
			fail_msg("SM_SEED=%llu:\n%s\n%s", (unsigned long long)m.r.seed, text.p, again.p);
		}
		shuffle(&m, &tree);
		again = write_ok(f, &tree);
		if (!sm_bytes_eq(text, again)) {
			fail_msg("SM_SEED=%llu: shuffled:\n%s\n%s", (unsigned long long)m.r.seed, text.p, again.p);
		}
		if (i % 50 == 49) {
			sm_arena_free(&f->arena);
		}
	}
}

/* Damaged text is either refused or reads as some value whose canonical text is stable; nothing else happens. */
static void damaged_text_never_does_more_than_fail(void **state)
{
	fixture *f = *state;
	test_random r;
	int refused = 0;

	test_random_init(&r);
	for (int i = 0; i < 2000; i++) {
		maker m = {.f = f, .r = {.seed = r.seed + (uint64_t)i, .state = r.seed + (uint64_t)i}, .nodes = 30};
		sm_json tree = random_value(&m, 0), *v;
		sm_bytes text;
		sm_status status;

		sm_arena_dup(&f->arena, write_ok(f, &tree), &text);
		for (int k = 0; k < 10; k++) {
			char *p = test_malloc(text.n);
			size_t n = text.n;

			memcpy(p, text.p, n);
			for (uint64_t hits = 1 + test_random_below(&m.r, 3); hits > 0; hits--) {
				p[test_random_below(&m.r, n)] = "{}[]\",:\\0e-.$\x80\xF0 u"[test_random_below(&m.r, 18)];
			}
			status = sm_json_read(&f->arena, (sm_bytes){p, n}, &v, &f->e);
			refused += status != SM_OK;
			if (status != SM_OK && (status > SM_E_SYNTAX || f->e.message[0] == '\0' || f->e.position > n)) {
				fail_msg("SM_SEED=%llu: status %d", (unsigned long long)m.r.seed, status);
			}
			if (status == SM_OK) {
				sm_bytes once, twice;

				sm_arena_dup(&f->arena, write_ok(f, v), &once);
				twice = write_ok(f, read_ok(f, once));
				if (!sm_bytes_eq(once, twice)) {
					fail_msg("SM_SEED=%llu:\n%s\n%s", (unsigned long long)m.r.seed, once.p, twice.p);
				}
			}
			test_free(p);
		}
		if (i % 50 == 49) {
			sm_arena_free(&f->arena);
		}
	}
	assert_in_range(refused, 5000, 19999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CANON_TEST(any_tree_reads_back_as_it_was_written),
		CANON_TEST(damaged_text_never_does_more_than_fail),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
