/* Canonical JSON of PHP values: one walk over the zvals, no tree between. User code (jsonSerialize) may run in the
 * middle of it and change what is walked; so every table is held by a reference of our own, which makes writers
 * separate from it. */
#include "canonical.h"
#include "ext/json/php_json.h"

#ifdef __SSE2__
# include <emmintrin.h>
#endif

typedef sophmate_frame frame;

typedef struct walker {
	sm_buf *b;
	int depth;
	int calls; /* of jsonSerialize, one inside another */
} walker;

/* A member that is to be sorted: `key` is the text of name, or of a number. */
typedef struct member {
	sm_bytes key;
	zend_string *name; /* NULL: index */
	zend_ulong index;
	zval *value;
} member;

enum { FEW = 32, DIGITS = 24, FIRST_ROOM = 1000 };

static bool put_value(walker *w, zval *value, const frame *up);

static bool cyclic(const frame *at, const void *identity)
{
	for (; at != NULL; at = at->up) {
		if (at->identity == identity) {
			return true;
		}
	}
	return false;
}

/* ---- strings ---- */

#ifdef __SSE2__
/* A bit for each byte that is not ASCII, below 0x20, '"' or '\\'. */
static zend_always_inline unsigned needs_care(__m128i bytes)
{
	/* bytes from 0x80 are negative here */
	__m128i care = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
		_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));

	return (unsigned)_mm_movemask_epi8(care);
}

/* Room for n bytes, or NULL near the end of the buffer, where only the slow way takes no byte too many. */
static zend_never_inline char *more_room(sm_buf *b, size_t n)
{
	return n > b->max - b->n ? NULL : sm_buf_reserve(b, n);
}
#endif

/* Writes "..." in one pass when the text is ASCII that needs no escape, `before` (none where 0) in front of it and, for
 * a key, a colon behind. @return false when it is not that simple, or there is no room; nothing was written */
static zend_always_inline bool put_simple(sm_buf *b, const zend_string *s, char before, bool is_key)
{
#ifdef __SSE2__
	enum { WORD = 8 }; /* a zend_string is allocated in whole words: the last one may be read whatever the length */
	size_t n = ZSTR_LEN(s);
	const size_t room = n + 4 + WORD;
	const char *p = ZSTR_VAL(s);
	char *start = EXPECTED(room < b->cap - b->n) ? b->p + b->n : more_room(b, room);
	char *out = start;

	if (UNEXPECTED(out == NULL)) {
		return false;
	}
	if (before != 0) {
		*out++ = before;
	}
	*out++ = '"';
	for (; n >= 2 * WORD; n -= 2 * WORD, p += 2 * WORD, out += 2 * WORD) {
		__m128i block = _mm_loadu_si128((const __m128i *)p);

		if (UNEXPECTED(needs_care(block) != 0)) {
			return false;
		}
		_mm_storeu_si128((__m128i *)out, block);
	}
	for (size_t taken; n != 0; n -= taken, p += taken, out += taken) {
		__m128i block = _mm_loadl_epi64((const __m128i *)p);

		taken = n < WORD ? n : WORD;
		if (UNEXPECTED((needs_care(block) & ((1u << taken) - 1)) != 0)) {
			return false;
		}
		_mm_storel_epi64((__m128i *)out, block);
	}
	*out++ = '"';
	if (is_key) {
		*out++ = ':';
	}
	sm_buf_advance(b, (size_t)(out - start));
	return true;
#else
	return false;
#endif
}

static zend_always_inline void put_string(sm_buf *b, const zend_string *s)
{
	if (!put_simple(b, s, 0, false)) {
		sm_canon_string(b, sophmate_bytes(s));
	}
}

/* ---- objects ---- */

static bool put_member(walker *w, sm_bytes key, bool first, zval *value, frame *at)
{
	if (!sm_utf8_valid(key)) {
		return sophmate_canonical_refuse(at, "the object key is not UTF-8");
	}
	if (!first) {
		sm_buf_putc(w->b, ',');
	}
	sm_canon_quoted(w->b, key);
	sm_buf_putc(w->b, ':');
	return put_value(w, value, at);
}

/* The first seven bytes of a key as a number, in the upper seven bytes of it: keys of ASCII that differ there are in this order. */
static zend_always_inline uint64_t order_of(const zend_string *key)
{
	const unsigned char *p = (const unsigned char *)ZSTR_VAL(key);
	const size_t n = ZSTR_LEN(key) < 7 ? ZSTR_LEN(key) : 7;
#if defined(__GNUC__) && !defined(WORDS_BIGENDIAN)
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return __builtin_bswap64(word) & ~(UINT64_MAX >> 8 * n);
#else
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++) {
		word |= (uint64_t)p[i] << (56 - 8 * i);
	}
	return word;
#endif
}

static zend_never_inline int key_cmp(const Bucket *a, const Bucket *b)
{
	return sm_canon_key_cmp(sophmate_bytes(a->key), sophmate_bytes(b->key));
}

static int by_key(const void *a, const void *b)
{
	return sm_canon_key_cmp(((const member *)a)->key, ((const member *)b)->key);
}

/* Sorts and writes a table of at most FEW buckets whose keys are strings that begin with ASCII, as is usual.
 * @return false when it is not like that: nothing was written; *good: whether it could be written */
static bool put_few(walker *w, HashTable *table, frame *at, bool *good)
{
	uint64_t room[FEW + 1], *ranks = room + 1; /* an order, and in its lowest byte the place in the table */
	uint64_t all = 0;
	char before = 0;
	size_t n = 0;

	/* An insertion sort: keys mostly come in some order already. It ends at room[0] at the latest. */
	room[0] = 0;
	for (uint32_t place = 0; place < table->nNumUsed; place++) {
		const Bucket *bucket = &table->arData[place];

		if (UNEXPECTED(Z_TYPE(bucket->val) == IS_UNDEF)) {
			continue;
		}
		if (UNEXPECTED(bucket->key == NULL) || UNEXPECTED(Z_TYPE(bucket->val) == IS_INDIRECT)) {
			return false;
		}

		const uint64_t rank = order_of(bucket->key) | place;
		uint64_t *hole = ranks + n++;

		if (UNEXPECTED(rank <= 0xff)) {
			return false; /* "" and the like */
		}
		for (; rank < hole[-1]; hole--) {
			*hole = hole[-1];
		}
		for (; (rank ^ hole[-1]) <= 0xff && key_cmp(bucket, &table->arData[hole[-1] & 0xff]) < 0; hole--) {
			*hole = hole[-1];
		}
		*hole = rank;
		all |= rank;
	}
	if (UNEXPECTED((all & UINT64_C(0x8080808080808000)) != 0)) {
		return false;
	}
	*good = true;
	for (size_t i = 0; i < n && *good; i++) {
		Bucket *bucket = &table->arData[ranks[i] & 0xff];

		at->key = bucket->key;
		if (EXPECTED(put_simple(w->b, bucket->key, before, true))) {
			*good = (EXPECTED(Z_TYPE(bucket->val) == IS_STRING) && EXPECTED(put_simple(w->b, Z_STR(bucket->val), 0, false)))
				|| put_value(w, &bucket->val, at);
		} else {
			*good = put_member(w, sophmate_bytes(bucket->key), before == 0, &bucket->val, at);
		}
		before = ',';
	}
	return true;
}

static bool put_many(walker *w, HashTable *table, frame *at)
{
	const size_t room = zend_hash_num_elements(table);
	member *members = safe_emalloc(room, sizeof(member), 0);
	char *numbers = safe_emalloc(room, DIGITS, 0), *digits = numbers;
	bool good = true;
	size_t n = 0;
	zend_string *name;
	zend_ulong index;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(table, index, name, value) {
		member *m = &members[n];

		if (Z_TYPE_P(value) == IS_INDIRECT && Z_TYPE_P(value = Z_INDIRECT_P(value)) == IS_UNDEF) {
			continue;
		}
		*m = (member){.name = name, .index = index, .value = value};
		if (name != NULL) {
			m->key = sophmate_bytes(name);
		} else {
			m->key = (sm_bytes){digits, (size_t)snprintf(digits, DIGITS, ZEND_LONG_FMT, (zend_long)index)};
			digits += DIGITS;
		}
		n++;
	} ZEND_HASH_FOREACH_END();
	qsort(members, n, sizeof(*members), by_key);
	for (size_t i = 0; i < n && good; i++) {
		at->key = members[i].name;
		at->index = members[i].index;
		/* an object's table may hold both 5 and "5" */
		good = i > 0 && sm_bytes_eq(members[i].key, members[i - 1].key) ? sophmate_canonical_refuse(at, "the object key occurs twice")
			: put_member(w, members[i].key, i == 0, members[i].value, at);
	}
	efree(members);
	efree(numbers);
	return good;
}

/* FORMATS: an object with exactly one key that looks like a tag is wrapped. */
static bool must_wrap(HashTable *table)
{
	zend_string *key;

	ZEND_HASH_FOREACH_STR_KEY(table, key) {
		return key != NULL && sm_canon_key_is_tag(sophmate_bytes(key));
	} ZEND_HASH_FOREACH_END();
	return false;
}

static bool put_table(walker *w, HashTable *table, frame *at)
{
	const uint32_t n = zend_hash_num_elements(table);
	const bool wrapped = n == 1 && must_wrap(table);

	if (wrapped) {
		sm_buf_puts(w->b, "{\"$esc\":");
	}
	sm_buf_putc(w->b, '{');
	if (n != 0) {
		bool good;

		if (HT_IS_PACKED(table) || table->nNumUsed > FEW || !put_few(w, table, at, &good)) {
			good = put_many(w, table, at);
		}
		if (!good) {
			return false;
		}
	}
	sm_buf_putc(w->b, '}');
	if (wrapped) {
		sm_buf_putc(w->b, '}');
	}
	return true;
}

/* ---- values ---- */

static bool put_list(walker *w, HashTable *table, frame *at)
{
	zval *value;

	at->key = NULL;
	at->index = 0;
	sm_buf_putc(w->b, '[');
	ZEND_HASH_FOREACH_VAL(table, value) {
		if (at->index != 0) {
			sm_buf_putc(w->b, ',');
		}
		if (!put_value(w, value, at)) {
			return false;
		}
		at->index++;
	} ZEND_HASH_FOREACH_END();
	sm_buf_putc(w->b, ']');
	return true;
}

/* An array, or the properties of a stdClass (identity: the object). */
static bool put_container(walker *w, HashTable *table, const void *identity, bool as_list, const frame *up)
{
	frame at = {.up = up, .identity = identity};
	bool good;

	if (cyclic(up, identity)) {
		return sophmate_canonical_refuse(up, "a reference cycle");
	}
	if (w->depth == SM_MAX_DEPTH) {
		return sophmate_canonical_too_deep(up, "depth of nested arrays and objects");
	}
	w->depth++;
	GC_TRY_ADDREF(table);
	good = as_list ? put_list(w, table, &at) : put_table(w, table, &at);
	if (!(GC_FLAGS(table) & GC_IMMUTABLE)) {
		zend_array_release(table);
	}
	w->depth--;
	return good;
}

static bool put_serializable(walker *w, zend_object *object, const frame *up)
{
	zend_class_entry *ce = object->ce;
	zend_function *method = zend_hash_str_find_ptr(&ce->function_table, ZEND_STRL("jsonserialize"));
	zval result;
	bool good = false;

	if (w->calls == SM_MAX_DEPTH) {
		return sophmate_canonical_too_deep(up, "number of jsonSerialize() that give one another");
	}
	w->calls++;
	ZVAL_UNDEF(&result);
	GC_ADDREF(object);
	zend_call_known_function(method, object, ce, &result, 0, NULL, NULL);
	if (Z_TYPE(result) != IS_UNDEF && !EG(exception)) {
		if (Z_TYPE(result) == IS_OBJECT && Z_OBJ(result) == object) {
			good = sophmate_canonical_refuse(up, "jsonSerialize() returns the object itself");
		} else {
			good = put_value(w, &result, up);
		}
	}
	zval_ptr_dtor(&result);
	OBJ_RELEASE(object);
	w->calls--;
	return good && !EG(exception);
}

static bool put_object(walker *w, zval *value, const frame *up)
{
	zend_object *object = Z_OBJ_P(value);

	if (object->ce == zend_standard_class_def) {
		return put_container(w, zend_std_get_properties(object), object, false, up);
	}
	if ((object->ce->ce_flags & ZEND_ACC_ENUM) && object->ce->enum_backing_type != IS_UNDEF) {
		return put_value(w, zend_enum_fetch_case_value(object), up);
	}
	if (instanceof_function(object->ce, php_json_serializable_ce)) {
		return put_serializable(w, object, up);
	}
	return sophmate_canonical_refuse_object(up, object);
}

static bool put_value(walker *w, zval *value, const frame *up)
{
	ZVAL_DEREF(value);
	switch (Z_TYPE_P(value)) {
	case IS_NULL:
		sm_buf_put(w->b, "null", 4);
		break;
	case IS_FALSE:
		sm_buf_put(w->b, "false", 5);
		break;
	case IS_TRUE:
		sm_buf_put(w->b, "true", 4);
		break;
	case IS_LONG:
		sm_canon_int(w->b, Z_LVAL_P(value));
		break;
	case IS_DOUBLE:
		sm_canon_double(w->b, Z_DVAL_P(value));
		break;
	case IS_STRING:
		put_string(w->b, Z_STR_P(value));
		break;
	case IS_ARRAY:
		if (!put_container(w, Z_ARRVAL_P(value), Z_ARRVAL_P(value), zend_array_is_list(Z_ARRVAL_P(value)), up)) {
			return false;
		}
		break;
	case IS_OBJECT:
		if (!put_object(w, value, up)) {
			return false;
		}
		break;
	case IS_RESOURCE:
		return sophmate_canonical_refuse(up, "a resource");
	default:
		return sophmate_canonical_refuse(up, zend_zval_type_name(value));
	}
	/* A full buffer ends the walk: the value may be far larger than the limit. */
	return EXPECTED(w->b->status == SM_OK);
}

void sophmate_canonical_full(const char *what, const sm_buf *b)
{
	sm_error error;

	if (EG(exception)) {
		return; /* the value has no canonical form, or its own code threw */
	}
	sm_fail_limit(&error, "bytes of canonical text", (int64_t)b->most, (int64_t)b->most + 1);
	snprintf(error.message, sizeof(error.message), "%s: the canonical text is longer than %zu bytes", what, b->most);
	sophmate_throw(b->status, &error);
}

bool sophmate_canonical_put(sm_buf *b, zval *value)
{
	walker w = {.b = b};

	return put_value(&w, value, NULL);
}

ZEND_FUNCTION(SophMate_canonicalJson)
{
	zval *value;
	sm_arena arena;
	sm_buf b;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();

	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&b, &arena, SM_MAX_PRIVATE);
	(void)sm_buf_reserve(&b, FIRST_ROOM); /* most values need no second allocation */
	if (sophmate_canonical_put(&b, value)) {
		RETVAL_STRINGL(b.p, b.n);
	} else {
		sophmate_canonical_full("canonicalJson(): $value", &b);
	}
	sm_arena_free(&arena);
}
