/* Canonical JSON of PHP values: one walk over the zvals, no tree between. User code (jsonSerialize) may run in the
 * middle of it and change what is walked; so every table is held by a reference of our own, which makes writers
 * separate from it. */
#include "sophmate.h"
#include "src/core/canon.h"
#include "ext/json/php_json.h"
#include "zend_smart_str.h"

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

enum { STACK_MEMBERS = 32, DIGITS = 24 };
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

static ZEND_COLD bool refuse(const frame *at, const char *what)
{
	smart_str path = {0};

	put_path(&path, at);
	smart_str_0(&path);
	sophmate_throw_class(sophmate_ce_InvalidArgument, "%s has no canonical form: %s", ZSTR_VAL(path.s), what);
	smart_str_free(&path);
	return false;
}

static ZEND_COLD bool refuse_object(const frame *at, zend_object *object)
{
	char what[400];

	snprintf(what, sizeof(what), "%s of class %.300s (only stdClass, JsonSerializable and backed enums have one)",
		object->ce->ce_flags & ZEND_ACC_ENUM ? "a pure enum" : "an object", ZSTR_VAL(object->ce->name));
	return refuse(at, what);
}

static ZEND_COLD bool too_deep(const frame *at)
{
	smart_str path = {0};

	put_path(&path, at);
	smart_str_0(&path);
	/* The path of 65 names is long; its beginning tells where. */
	if (ZSTR_LEN(path.s) > 200) {
		ZSTR_VAL(path.s)[200] = '\0';
	}
	sophmate_throw_limit(ZSTR_VAL(path.s), "depth of nested arrays and objects", SM_MAX_DEPTH, SM_MAX_DEPTH + 1);
	smart_str_free(&path);
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

/* ---- objects ---- */

static zend_always_inline uint64_t order_of(const char *key, size_t len)
{
	uint64_t word;

	/* A zend_string's bytes, and our digits, lie in at least eight bytes of memory. */
	memcpy(&word, key, sizeof(word));
#ifdef WORDS_BIGENDIAN
	word = len >= 8 ? word : word >> (64 - 8 * len) << (64 - 8 * len);
#else
	word = len >= 8 ? word : word & ((UINT64_C(1) << (8 * len)) - 1);
# if defined(__GNUC__)
	word = __builtin_bswap64(word);
# else
	word = (word & 0xff) << 56 | (word & 0xff00) << 40 | (word & 0xff0000) << 24 | (word & 0xff000000) << 8 |
		(word >> 8 & 0xff000000) | (word >> 24 & 0xff0000) | (word >> 40 & 0xff00) | word >> 56;
# endif
#endif
	return (word & UINT64_C(0x8080808080808080)) != 0 ? NOT_ASCII : word;
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

static void sort(member *members, size_t n)
{
	if (n > STACK_MEMBERS) {
		qsort(members, n, sizeof(*members), compare);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		member m = members[i];
		size_t k = i;

		while (k > 0 && before(&m, &members[k - 1])) {
			members[k] = members[k - 1];
			k--;
		}
		members[k] = m;
	}
}

/* Lists the members of a table. digits: room for n numbers. @return how many, or -1 with an exception pending */
static zend_long list_members(HashTable *table, member *members, char *digits, frame *at)
{
	zend_string *key;
	zend_ulong index;
	zval *value;
	zend_long n = 0;

	ZEND_HASH_FOREACH_KEY_VAL_IND(table, index, key, value) {
		member *m = &members[n];

		if (key != NULL) {
			m->key = ZSTR_VAL(key);
			m->len = ZSTR_LEN(key);
			m->order = order_of(m->key, m->len);
			if (m->order == NOT_ASCII || m->len > 8) {
				if (!sm_utf8_valid((sm_bytes){m->key, m->len})) {
					at->key = m->key;
					at->key_len = m->len;
					refuse(at, "the object key is not UTF-8");
					return -1;
				}
			}
		} else {
			m->key = digits;
			m->len = (size_t)snprintf(digits, DIGITS, ZEND_LONG_FMT, (zend_long)index);
			m->order = order_of(m->key, m->len);
			digits += DIGITS;
		}
		m->value = value;
		n++;
	} ZEND_HASH_FOREACH_END();
	return n;
}

static bool put_members(walker *w, const member *members, size_t n, frame *at)
{
	const bool escaped = n == 1 && sm_canon_key_is_tag((sm_bytes){members[0].key, members[0].len});

	if (escaped) {
		sm_buf_puts(w->b, "{\"$esc\":");
	}
	sm_buf_putc(w->b, '{');
	for (size_t i = 0; i < n; i++) {
		const member *m = &members[i];

		if (i != 0) {
			sm_buf_putc(w->b, ',');
			/* an object's table may hold both 5 and "5" */
			if (UNEXPECTED(m->order == members[i - 1].order && m->len == members[i - 1].len && memcmp(m->key, members[i - 1].key, m->len) == 0)) {
				at->key = m->key;
				at->key_len = m->len;
				return refuse(at, "the object key occurs twice");
			}
		}
		at->key = m->key;
		at->key_len = m->len;
		sm_canon_quoted(w->b, (sm_bytes){m->key, m->len});
		sm_buf_putc(w->b, ':');
		if (!put_value(w, m->value, at)) {
			return false;
		}
	}
	sm_buf_putc(w->b, '}');
	if (escaped) {
		sm_buf_putc(w->b, '}');
	}
	return true;
}

static bool put_table(walker *w, HashTable *table, frame *at)
{
	const size_t n = zend_hash_num_elements(table);
	const bool on_stack = n <= STACK_MEMBERS;
	member few[STACK_MEMBERS], *members = few;
	char few_digits[STACK_MEMBERS * DIGITS], *digits = few_digits;
	zend_long count;
	bool good;

	if (!on_stack) {
		members = safe_emalloc(n, sizeof(member), 0);
		digits = safe_emalloc(n, DIGITS, 0);
	}
	count = list_members(table, members, digits, at);
	good = count >= 0;
	if (good) {
		sort(members, (size_t)count);
		good = put_members(w, members, (size_t)count, at);
	}
	if (!on_stack) {
		efree(members);
		efree(digits);
	}
	return good;
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
		return too_deep(up);
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
		return too_deep(up);
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
		sm_canon_string(w->b, sophmate_bytes(Z_STR_P(value)));
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
	if (sophmate_canonical_put(&b, value)) {
		RETVAL_STRINGL(b.p, b.n);
	}
	sm_arena_free(&arena);
}
