/* Canonical JSON of PHP values: one walk over the zvals, no tree between. User code (jsonSerialize) may run in the
 * middle of it and change what is walked; so every table is held by a reference of our own, which makes writers
 * separate from it. */
#include "sophmate.h"
#include "src/core/canon.h"
#include "ext/json/php_json.h"
#include "zend_smart_str.h"

#ifdef __SSE2__
# include <emmintrin.h>
#endif

/* One container on the way from the root to the value at hand: for messages and for cycles. */
typedef struct frame {
	const struct frame *up;
	const void *identity;   /* table or object */
	const char *key;        /* of the child at hand; NULL: it has an index */
	size_t key_len;
	zend_ulong index;
} frame;

typedef struct walker {
	sm_buf *b;
	int depth;
	int calls; /* of jsonSerialize, one inside another */
} walker;

/* A key that is to be sorted. `order` is the first eight bytes as a number when they are ASCII: then it decides. */
typedef struct member {
	uint64_t order;
	const char *key;
	size_t len;
	zval *value;
} member;

enum { STACK_MEMBERS = 24, DIGITS = 24, FIRST_ROOM = 1000 };
#define NOT_ASCII UINT64_MAX

static bool put_value(walker *w, zval *value, const frame *up);

/* ---- where ---- */

static bool plain_key(const char *key, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = key[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i > 0 && c >= '0' && c <= '9'))) {
			return false;
		}
	}
	return n > 0;
}

static void put_path(smart_str *path, const frame *at)
{
	char shown[256];

	if (at == NULL) {
		smart_str_appendc(path, '$');
		return;
	}
	put_path(path, at->up);
	if (at->key == NULL) {
		smart_str_appendc(path, '[');
		smart_str_append_unsigned(path, at->index);
		smart_str_appendc(path, ']');
	} else if (plain_key(at->key, at->key_len)) {
		smart_str_appendc(path, '.');
		smart_str_appendl(path, at->key, at->key_len);
	} else {
		smart_str_appends(path, "[\"");
		smart_str_appends(path, sophmate_printable(shown, at->key, at->key_len));
		smart_str_appends(path, "\"]");
	}
}

/* The path as a string of at most SHOWN bytes: the beginning and the end of a long one. */
static ZEND_COLD zend_string *path_of(const frame *at)
{
	enum { SHOWN = 160, HALF = 78 };
	smart_str path = {0};

	put_path(&path, at);
	smart_str_0(&path);
	if (ZSTR_LEN(path.s) > SHOWN) {
		zend_string *cut = zend_strpprintf(0, "%.*s....%s", HALF, ZSTR_VAL(path.s), ZSTR_VAL(path.s) + ZSTR_LEN(path.s) - HALF);

		smart_str_free(&path);
		return cut;
	}
	return path.s;
}

static ZEND_COLD bool refuse(const frame *at, const char *what)
{
	zend_string *path = path_of(at);

	sophmate_throw_class(sophmate_ce_InvalidArgument, "%s has no canonical form: %s", ZSTR_VAL(path), what);
	zend_string_release(path);
	return false;
}

static ZEND_COLD bool refuse_object(const frame *at, zend_object *object)
{
	char what[400];

	snprintf(what, sizeof(what), "%s of class %.300s (only stdClass, JsonSerializable and backed enums have one)",
		object->ce->ce_flags & ZEND_ACC_ENUM ? "a pure enum" : "an object", ZSTR_VAL(object->ce->name));
	return refuse(at, what);
}

static ZEND_COLD bool too_deep(const frame *at, const char *limit)
{
	zend_string *path = path_of(at);

	sophmate_throw_limit(ZSTR_VAL(path), limit, SM_MAX_DEPTH, SM_MAX_DEPTH + 1);
	zend_string_release(path);
	return false;
}

static ZEND_COLD bool full(walker *w)
{
	if (w->b->status == SM_E_LIMIT) {
		sm_error error;

		sm_fail_limit(&error, "bytes of canonical text", (int64_t)w->b->max, (int64_t)w->b->max + 1);
		snprintf(error.message, sizeof(error.message), "The canonical text is longer than %zu bytes", w->b->max);
		sophmate_throw(SM_E_LIMIT, &error);
	} else {
		sophmate_throw(w->b->status, NULL);
	}
	return false;
}

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

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* True when one of eight bytes is not ASCII, below 0x20, '"' or '\\'. Sometimes true for others: the slow way knows. */
static zend_always_inline bool needs_care(uint64_t word)
{
	uint64_t quote = word ^ EACH('"'), backslash = word ^ EACH('\\');

	return ((word | (word - EACH(0x20)) | (quote - EACH(1)) | (backslash - EACH(1))) & EACH(0x80)) != 0;
}

/* The first n < 8 bytes of a word, the others as `fill`. */
static zend_always_inline uint64_t first_bytes(uint64_t word, size_t n, uint64_t fill)
{
#ifdef WORDS_BIGENDIAN
	uint64_t mask = n == 0 ? 0 : ~UINT64_C(0) << (64 - 8 * n);
#else
	uint64_t mask = (UINT64_C(1) << (8 * n)) - 1;
#endif
	return (word & mask) | (fill & ~mask);
}

/* Writes "..." in one pass when the text is ASCII that needs no escape, `before` (none where 0) in front of it and, for
 * a key, a colon behind. p is the text of a zend_string, or digits of our own: its last eight bytes may be read as a
 * whole. @return false when it is not that simple; nothing was written */
static zend_always_inline bool put_simple(sm_buf *b, const char *p, size_t n, char before, bool is_key)
{
	const size_t room = n + 4 + sizeof(uint64_t);
	char *start, *out;
	uint64_t word;

	if (UNEXPECTED(room > b->max - b->n)) {
		return false; /* near the end of the buffer the slow way takes no byte too many */
	}
	start = out = sm_buf_reserve(b, room);
	if (UNEXPECTED(start == NULL)) {
		return true; /* the error sticks in b */
	}
	if (before != 0) {
		*out++ = before;
	}
	*out++ = '"';
#ifdef __SSE2__
	for (; n >= sizeof(__m128i); n -= sizeof(__m128i)) {
		__m128i block = _mm_loadu_si128((const __m128i *)p);
		/* bytes from 0x80 are negative here */
		__m128i care = _mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20)),
			_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));

		if (UNEXPECTED(_mm_movemask_epi8(care) != 0)) {
			return false;
		}
		_mm_storeu_si128((__m128i *)out, block);
		p += sizeof(block);
		out += sizeof(block);
	}
#endif
	for (; n >= sizeof(word); n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (UNEXPECTED(needs_care(word))) {
			return false;
		}
		memcpy(out, &word, sizeof(word));
		p += sizeof(word);
		out += sizeof(word);
	}
	if (n != 0) {
		memcpy(&word, p, sizeof(word));
		if (UNEXPECTED(needs_care(first_bytes(word, n, EACH('x'))))) {
			return false;
		}
		memcpy(out, &word, sizeof(word));
		out += n;
	}
	*out++ = '"';
	if (is_key) {
		*out++ = ':';
	}
	sm_buf_advance(b, (size_t)(out - start));
	return true;
}

static zend_always_inline void put_string(sm_buf *b, const zend_string *s)
{
	if (!put_simple(b, ZSTR_VAL(s), ZSTR_LEN(s), 0, false)) {
		sm_canon_string(b, sophmate_bytes(s));
	}
}

/* ---- objects ---- */

static zend_always_inline uint64_t order_of(const char *key, size_t len)
{
	uint64_t word;

	memcpy(&word, key, sizeof(word));
	word = len >= sizeof(word) ? word : first_bytes(word, len, 0);
	if (UNEXPECTED((word & EACH(0x80)) != 0)) {
		return NOT_ASCII;
	}
#ifdef WORDS_BIGENDIAN
	return word;
#elif defined(__GNUC__)
	return __builtin_bswap64(word);
#else
	word = (word & UINT64_C(0x00ff00ff00ff00ff)) << 8 | (word >> 8 & UINT64_C(0x00ff00ff00ff00ff));
	word = (word & UINT64_C(0x0000ffff0000ffff)) << 16 | (word >> 16 & UINT64_C(0x0000ffff0000ffff));
	return word << 32 | word >> 32;
#endif
}

static zend_always_inline bool before(const member *a, const member *b)
{
	if (EXPECTED(a->order != b->order) && a->order != NOT_ASCII && b->order != NOT_ASCII) {
		return a->order < b->order;
	}
	return sm_canon_key_cmp((sm_bytes){a->key, a->len}, (sm_bytes){b->key, b->len}) < 0;
}

static int compare(const void *a, const void *b)
{
	return before(a, b) ? -1 : before(b, a) ? 1 : 0;
}

/* Ranks of at most STACK_MEMBERS members: an insertion sort, since their keys mostly come in some order already. */
static zend_always_inline void sort_few(const member *members, uint8_t *ranked, size_t n)
{
	uint64_t orders[STACK_MEMBERS];

	for (size_t i = 0; i < n; i++) {
		const uint64_t order = members[i].order;
		size_t k = i;

		for (; k > 0 && order <= orders[k - 1]; k--) {
			if (UNEXPECTED(order == orders[k - 1]) && !before(&members[i], &members[ranked[k - 1]])) {
				break;
			}
			orders[k] = orders[k - 1];
			ranked[k] = ranked[k - 1];
		}
		orders[k] = order;
		ranked[k] = (uint8_t)i;
	}
}

/* As sort_few, where some key does not begin with eight bytes of ASCII. */
static void sort_few_slowly(const member *members, uint8_t *ranked, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		for (; k > 0 && before(&members[i], &members[ranked[k - 1]]); k--) {
			ranked[k] = ranked[k - 1];
		}
		ranked[k] = (uint8_t)i;
	}
}

/* Lists the members of a table. digits: room for n numbers. simple: every key begins with ASCII. */
static zend_always_inline size_t list_members(HashTable *table, member *members, char *digits, bool *simple)
{
	bool ascii = true;

	member *m = members;
	zend_string *key;
	zend_ulong index;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(table, index, key, value) {
		if (Z_TYPE_P(value) == IS_INDIRECT && Z_TYPE_P(value = Z_INDIRECT_P(value)) == IS_UNDEF) {
			continue;
		}
		if (EXPECTED(key != NULL)) {
			m->key = ZSTR_VAL(key);
			m->len = ZSTR_LEN(key);
		} else {
			m->key = digits;
			m->len = (size_t)snprintf(digits, DIGITS, ZEND_LONG_FMT, (zend_long)index);
			digits += DIGITS;
		}
		m->order = order_of(m->key, m->len);
		ascii &= m->order != NOT_ASCII;
		m->value = value;
		m++;
	} ZEND_HASH_FOREACH_END();
	*simple = ascii;
	return (size_t)(m - members);
}

/* One member; `last` is the one before it, or NULL. */
static zend_always_inline bool put_member(walker *w, const member *m, const member *last, frame *at)
{
	at->key = m->key;
	at->key_len = m->len;
	/* an object's table may hold both 5 and "5" */
	if (last != NULL && UNEXPECTED(m->order == last->order) && m->len == last->len && memcmp(m->key, last->key, m->len) == 0) {
		return refuse(at, "the object key occurs twice");
	}
	if (UNEXPECTED(!put_simple(w->b, m->key, m->len, last != NULL ? ',' : 0, true))) {
		if (!sm_utf8_valid((sm_bytes){m->key, m->len})) {
			return refuse(at, "the object key is not UTF-8");
		}
		if (last != NULL) {
			sm_buf_putc(w->b, ',');
		}
		sm_canon_quoted(w->b, (sm_bytes){m->key, m->len});
		sm_buf_putc(w->b, ':');
	}
	return put_value(w, m->value, at);
}

static bool put_few(walker *w, HashTable *table, frame *at)
{
	member members[STACK_MEMBERS];
	char digits[STACK_MEMBERS * DIGITS];
	uint8_t ranked[STACK_MEMBERS];
	const member *last = NULL;
	bool simple;
	size_t n = list_members(table, members, digits, &simple);

	if (EXPECTED(simple)) {
		sort_few(members, ranked, n);
	} else {
		sort_few_slowly(members, ranked, n);
	}
	for (size_t i = 0; i < n; i++) {
		const member *m = &members[ranked[i]];

		if (!put_member(w, m, last, at)) {
			return false;
		}
		last = m;
	}
	return true;
}

static bool put_many(walker *w, HashTable *table, frame *at)
{
	const size_t room = zend_hash_num_elements(table);
	member *members = safe_emalloc(room, sizeof(member), 0);
	char *digits = safe_emalloc(room, DIGITS, 0);
	bool good = true, simple;
	size_t n = list_members(table, members, digits, &simple);

	qsort(members, n, sizeof(*members), compare);
	for (size_t i = 0; i < n && good; i++) {
		good = put_member(w, &members[i], i == 0 ? NULL : &members[i - 1], at);
	}
	efree(members);
	efree(digits);
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
	if (n != 0 && !(n <= STACK_MEMBERS ? put_few(w, table, at) : put_many(w, table, at))) {
		return false;
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
		return refuse(up, "a reference cycle");
	}
	if (w->depth == SM_MAX_DEPTH) {
		return too_deep(up, "depth of nested arrays and objects");
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
		return too_deep(up, "number of jsonSerialize() that give one another");
	}
	w->calls++;
	ZVAL_UNDEF(&result);
	GC_ADDREF(object);
	zend_call_known_function(method, object, ce, &result, 0, NULL, NULL);
	if (Z_TYPE(result) != IS_UNDEF && !EG(exception)) {
		if (Z_TYPE(result) == IS_OBJECT && Z_OBJ(result) == object) {
			good = refuse(up, "jsonSerialize() returns the object itself");
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
	return refuse_object(up, object);
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
		return refuse(up, "a resource");
	default:
		return refuse(up, zend_zval_type_name(value));
	}
	/* A full buffer ends the walk: the value may be far larger than the limit. */
	return EXPECTED(w->b->status == SM_OK) || full(w);
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
	}
	sm_arena_free(&arena);
}
