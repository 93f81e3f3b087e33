#include "sophmate.h"

static void put_tree(zval *out, const sm_json *json);

static void put_array(zval *out, const sm_json *json)
{
	array_init_size(out, (uint32_t)json->u.a.n);
	if (json->u.a.n != 0) {
		zend_hash_real_init_packed(Z_ARRVAL_P(out));
	}
	for (size_t i = 0; i < json->u.a.n; i++) {
		zval item;

		put_tree(&item, &json->u.a.items[i]);
		zend_hash_next_index_insert_new(Z_ARRVAL_P(out), &item);
	}
}

/* {} becomes a stdClass: an empty array would come back as []. */
static void put_object(zval *out, const sm_json *json)
{
	if (json->u.o.n == 0) {
		object_init(out);
		return;
	}
	array_init_size(out, (uint32_t)json->u.o.n);
	for (size_t i = 0; i < json->u.o.n; i++) {
		const sm_json_member *m = &json->u.o.items[i];
		zval value;

		put_tree(&value, m->value);
		zend_symtable_str_update(Z_ARRVAL_P(out), m->key.n != 0 ? m->key.p : "", m->key.n, &value);
	}
}

static void put_tree(zval *out, const sm_json *json)
{
	switch (json->kind) {
	case SM_JSON_FALSE:
		ZVAL_FALSE(out);
		break;
	case SM_JSON_TRUE:
		ZVAL_TRUE(out);
		break;
	case SM_JSON_INT:
		ZVAL_LONG(out, json->u.i);
		break;
	case SM_JSON_DOUBLE:
		ZVAL_DOUBLE(out, json->u.f);
		break;
	case SM_JSON_STRING:
		ZVAL_STRINGL_FAST(out, json->u.s.n != 0 ? json->u.s.p : "", json->u.s.n);
		break;
	case SM_JSON_ARRAY:
		put_array(out, json);
		break;
	case SM_JSON_OBJECT:
		put_object(out, json);
		break;
	case SM_JSON_NULL:
	case SM_JSON_RAW: /* only for writing: the reader gives none */
		ZVAL_NULL(out);
		break;
	}
}

void sophmate_json_to_zval(zval *out, const sm_json *json)
{
	put_tree(out, json);
}

bool sophmate_canonical_read(zval *out, sm_bytes text)
{
	sm_arena arena;
	sm_json *json;
	sm_error error;
	sm_status status;

	ZVAL_NULL(out);
	sm_arena_init(&arena, &sophmate_alloc);
	status = sm_json_read(&arena, text, &json, &error);
	if (status == SM_OK) {
		put_tree(out, json);
	}
	sm_arena_free(&arena);
	return sophmate_ok(status, &error);
}
