/* Any leaf and private column, cut at the first NUL: refused with a reason, or an event. An event that is encoded decodes to what it
 * was, and encoding that again gives the same bytes. */
#include "fuzz.h"

/* The same id and the same salts every time. */
static int64_t fixed_clock(void *ctx)
{
	return *(const int64_t *)ctx;
}

static void fixed_bytes(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0x5A, n);
}

static sm_status encode(sm_event *ev, sm_arena *arena, sm_error *e)
{
	int64_t now = ev->t;
	const sm_host host = {fixed_clock, fixed_clock, fixed_bytes, &now};
	char prev[SM_ID_SIZE];
	memcpy(prev, ev->prev, sizeof prev);
	return sm_event_encode(ev, arena, &host, SM_STR("shop.example/sophmate/00112233"), ev->seq, prev, e);
}

static void check_equal(const sm_event *a, const sm_event *b)
{
	CHECK(a->type == b->type && a->seq == b->seq && a->t == b->t);
	CHECK(strcmp(a->prev, b->prev) == 0 && strcmp(a->stream, b->stream) == 0);
	const size_t strings[] = {offsetof(sm_event, workflow), offsetof(sm_event, version), offsetof(sm_event, category),
		offsetof(sm_event, definition), offsetof(sm_event, fingerprint), offsetof(sm_event, subject), offsetof(sm_event, occurrence),
		offsetof(sm_event, trigger), offsetof(sm_event, parent), offsetof(sm_event, step), offsetof(sm_event, failure), offsetof(sm_event, code),
		offsetof(sm_event, why), offsetof(sm_event, target), offsetof(sm_event, source), offsetof(sm_event, kind), offsetof(sm_event, id_hash),
		offsetof(sm_event, owner), offsetof(sm_event, rule), offsetof(sm_event, scope), offsetof(sm_event, outcome), offsetof(sm_event, as)};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		CHECK(same_bytes(*(const sm_bytes *)(const void *)((const char *)a + strings[i]),
			*(const sm_bytes *)(const void *)((const char *)b + strings[i])));
	}
	CHECK(a->attempt == b->attempt && a->lease == b->lease && a->grace == b->grace && a->retry_wait == b->retry_wait);
	CHECK(a->not_before == b->not_before && a->deadline == b->deadline && a->generation == b->generation);
	CHECK(a->failure_class == b->failure_class && a->early == b->early && a->n_steps == b->n_steps && a->n_p == b->n_p);
	CHECK((a->touched == NULL) == (b->touched == NULL) && (a->cost == NULL) == (b->cost == NULL) && (a->omitted == NULL) == (b->omitted == NULL));
	for (size_t i = 0; i < a->n_steps; i++) {
		const sm_step_row *x = &a->steps[i], *y = &b->steps[i];
		CHECK(same_bytes(x->name, y->name) && same_bytes(x->owner, y->owner) && x->effect == y->effect && x->repeat == y->repeat
			&& x->has_probe == y->has_probe);
	}
	for (size_t i = 0; i < a->n_p; i++) {
		/* the column's fields are sorted by their names */
		char name[256];
		CHECK(a->p[i].field.n < sizeof name);
		memcpy(name, a->p[i].field.p, a->p[i].field.n);
		name[a->p[i].field.n] = '\0';
		CHECK(same_bytes(sm_event_value(b, name), a->p[i].value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *cut = n == 0 ? NULL : memchr(data, 0, n);
	size_t leaf_n = cut == NULL ? n : (size_t)(cut - data);
	sm_bytes leaf = exact_copy((sm_bytes){(const char *)data, leaf_n});
	sm_bytes column = cut == NULL ? (sm_bytes){NULL, 0} : exact_copy((sm_bytes){(const char *)cut + 1, n - leaf_n - 1});
	sm_arena arena;
	sm_error e;
	sm_event ev, back, again;

	memset(&e, 0, sizeof e);
	sm_arena_init(&arena, &sm_alloc_default);
	sm_status st = sm_event_decode(&ev, &arena, leaf, column, &e);
	CHECK(st == SM_OK || ((st == SM_E_SYNTAX || st == SM_E_LIMIT) && e.message[0] != '\0'));
	if (st == SM_OK) {
		st = encode(&ev, &arena, &e);
		CHECK(st == SM_OK || st == SM_E_LIMIT);
	}
	if (st == SM_OK) {
		sm_event first = ev;
		CHECK(sm_event_decode(&back, &arena, ev.leaf, ev.private_text, &e) == SM_OK);
		check_equal(&first, &back);
		again = back;
		CHECK(encode(&again, &arena, &e) == SM_OK);
		CHECK(same_bytes(again.leaf, first.leaf) && same_bytes(again.private_text, first.private_text));
		CHECK(strcmp(again.leaf_hash, first.leaf_hash) == 0);
	}
	sm_arena_free(&arena);
	free_copy(leaf);
	free_copy(column);
	return 0;
}
