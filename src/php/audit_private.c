/* AuditLog: events of the site, and its keeping of privacy: who is named where, erasing, pruning. */
#include "audit_log.h"
#include "flight.h"

#include "src/core/audit.h"

/* the arginfo that declares them is audit_log.c's */
ZEND_METHOD(SophMate_AuditLog, append);
ZEND_METHOD(SophMate_AuditLog, find);
ZEND_METHOD(SophMate_AuditLog, erase);
ZEND_METHOD(SophMate_AuditLog, prune);

enum { ROWS_MAX = 20000, RUNS_MAX = 10000, RECORDS_MAX = 20, FIELD_MAX = 32, YEARS_100 = 3155760000 };

/* ---- append ---- */

static bool check_field(const zend_string *name)
{
	char shown[256];

	if (name != NULL && ZSTR_LEN(name) >= 1 && ZSTR_LEN(name) <= FIELD_MAX && strspn(ZSTR_VAL(name), "abcdefghijklmnopqrstuvwxyz_") == ZSTR_LEN(name)) {
		return true;
	}
	sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::append(): $private: names are 1 to %d of a-z and underscore, got %s", FIELD_MAX,
		name != NULL ? sophmate_printable(shown, ZSTR_VAL(name), ZSTR_LEN(name)) : "a number");
	return false;
}

/* Clear text: an object, whatever its keys are. */
static bool take_data(sm_arena *arena, zval *value, const sm_json **out)
{
	sm_bytes text;
	sm_json *tree;
	sm_error e = {{0}, NULL, 0, 0, 0};

	if (!sophmate_canonical_in(arena, "AuditLog::append(): $data", value, SM_MAX_LEAF, &text)) {
		return false;
	}
	if (zend_hash_num_elements(Z_ARRVAL_P(value)) == 0) {
		*out = sm_json_new(arena, SM_JSON_OBJECT);
		return true;
	}
	if (!sophmate_ok(sm_json_read(arena, text, &tree, &e), &e)) {
		return false;
	}
	if (tree->kind != SM_JSON_OBJECT) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::append(): $data must be an array with names for keys, got a list");
		return false;
	}
	*out = tree;
	return true;
}

static bool take_privates(sm_arena *arena, HashTable *values, sm_private *out, size_t *n)
{
	zend_string *name;
	zval *value;

	*n = 0;
	if (zend_hash_num_elements(values) > SM_PRIVATE_FIELDS_MAX) {
		sophmate_throw_limit("AuditLog::append(): $private", "private values of an event", SM_PRIVATE_FIELDS_MAX, zend_hash_num_elements(values));
		return false;
	}
	ZEND_HASH_FOREACH_STR_KEY_VAL(values, name, value) {
		if (!check_field(name) || sm_arena_dup(arena, sophmate_bytes(name), &out[*n].field) != SM_OK ||
				!sophmate_canonical_in(arena, "AuditLog::append(): $private", value, SM_MAX_PRIVATE, &out[*n].value)) {
			return false;
		}
		++*n;
	} ZEND_HASH_FOREACH_END();
	return true;
}

ZEND_METHOD(SophMate_AuditLog, append)
{
	zend_string *type, *stream = NULL;
	zval *data = NULL;
	HashTable *private_values = (HashTable *)&zend_empty_array;
	sm_private p[SM_PRIVATE_FIELDS_MAX];
	sm_site_event what = {.stream = SM_STR("site"), .p = p};
	char id[SM_ID_SIZE], stream_id[SM_ID_SIZE], shown[256];
	sm_error e = {{0}, NULL, 0, 0, 0};
	sophmate_service *log;
	sm_arena arena;
	zval none;

	ZEND_PARSE_PARAMETERS_START(1, 4)
		Z_PARAM_STR(type)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY(data)
		Z_PARAM_ARRAY_HT(private_values)
		Z_PARAM_STR(stream)
	ZEND_PARSE_PARAMETERS_END();

	what.name = sophmate_bytes(type);
	if (!sm_event_name_free(what.name)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::append(): $type must be two or more words of a-z, 0-9 and underscore with dots between "
			"them, at most %d bytes, and none of the engine's own (run. step. switch. log. privacy. ...); got \"%s\"", SM_EVENT_NAME_MAX,
			sophmate_printable(shown, ZSTR_VAL(type), ZSTR_LEN(type)));
		RETURN_THROWS();
	}
	if (stream != NULL) {
		what.stream = sophmate_bytes(stream);
		if (!sm_stream_name_free(what.stream)) {
			sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::append(): $stream must be 1 to %d of a-z, 0-9, dot, underscore, dash, begin with a "
				"letter, and be neither \"log\" nor \"privacy\"; got \"%s\"", SM_STREAM_NAME_MAX, sophmate_printable(shown, ZSTR_VAL(stream), ZSTR_LEN(stream)));
			RETURN_THROWS();
		}
	}
	if ((log = sophmate_audit_enter(ZEND_THIS)) == NULL) {
		RETURN_THROWS();
	}
	ZVAL_EMPTY_ARRAY(&none);
	sm_arena_init(&arena, &sophmate_alloc);
	if (take_data(&arena, data != NULL ? data : &none, &what.data) && take_privates(&arena, private_values, p, &what.n_p)) {
		sm_status status = sm_audit_append(&log->link.journal, &arena, &what, id, stream_id, &e);
		if (status == SM_E_LOST) {
			status = SM_E_STATE;
		}
		if (sophmate_audit_leave(log, status, &e)) {
			RETVAL_STRINGL(id, SM_ID_LEN);
		}
	} else {
		sophmate_audit_leave(log, SM_OK, NULL);
	}
	sm_arena_free(&arena);
}

/* ---- who is named where ---- */

/* [[type, id] ...] of Attempt::affects(). Strings are borrowed from the array. */
static bool take_records(HashTable *list, const char *what, sm_external *out, size_t *n)
{
	zval *pair;

	*n = 0;
	if (zend_hash_num_elements(list) > RECORDS_MAX) {
		sophmate_throw_limit(what, "records", RECORDS_MAX, zend_hash_num_elements(list));
		return false;
	}
	ZEND_HASH_FOREACH_VAL(list, pair) {
		zval *type = NULL, *id = NULL;

		ZVAL_DEREF(pair);
		if (Z_TYPE_P(pair) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL_P(pair)) == 2) {
			type = zend_hash_index_find_deref(Z_ARRVAL_P(pair), 0);
			id = zend_hash_index_find_deref(Z_ARRVAL_P(pair), 1);
		}
		if (type == NULL || id == NULL || Z_TYPE_P(type) != IS_STRING || Z_TYPE_P(id) != IS_STRING) {
			sophmate_throw_class(sophmate_ce_InvalidArgument, "%s must be a list of pairs [type, id] of strings, as Attempt::affects() takes them", what);
			return false;
		}
		out[*n].kind = sophmate_bytes(Z_STR_P(type));
		out[*n].id = sophmate_bytes(Z_STR_P(id));
		++*n;
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* A word of fewer bytes is in everybody's values. */
static bool check_word(const char *what, const zend_string *text)
{
	enum { WORD_MIN = 3 };

	if (ZSTR_LEN(text) >= WORD_MIN) {
		return sophmate_check_text(sophmate_ce_InvalidArgument, what, text, SOPHMATE_WHO_MAX);
	}
	sophmate_throw_class(sophmate_ce_InvalidArgument, "%s must have %d to %d bytes, got %zu", what, WORD_MIN, SOPHMATE_WHO_MAX, ZSTR_LEN(text));
	return false;
}

static bool check_id(const char *what, const zend_string *id)
{
	char shown[256];

	if (sm_is_hex(sophmate_bytes(id), SM_ID_LEN)) {
		return true;
	}
	sophmate_throw_class(sophmate_ce_InvalidArgument, "%s must be 32 lower-case hex digits, got \"%s\"", what, sophmate_printable(shown, ZSTR_VAL(id), ZSTR_LEN(id)));
	return false;
}

static bool put_found(zval *row, const sm_event *ev)
{
	sm_bytes name = sm_event_name(ev);
	zval values;

	array_init(&values);
	for (size_t i = 0; i < ev->n_p; i++) {
		zval value;

		if (!sophmate_canonical_read(&value, ev->p[i].value)) {
			zval_ptr_dtor(&values);
			return false;
		}
		zend_hash_str_update(Z_ARRVAL(values), ev->p[i].field.p, ev->p[i].field.n, &value);
	}
	array_init(row);
	add_assoc_string(row, "stream", ev->stream);
	add_assoc_bool(row, "run", sm_event_of_run(ev));
	add_assoc_long(row, "seq", ev->seq);
	add_assoc_string(row, "id", ev->id);
	add_assoc_stringl(row, "type", name.p, name.n);
	add_assoc_long(row, "stored_at", (zend_long)ev->stored_at);
	add_assoc_zval(row, "p", &values);
	return true;
}

ZEND_METHOD(SophMate_AuditLog, find)
{
	zend_string *text = NULL, *after = NULL;
	HashTable *records = (HashTable *)&zend_empty_array;
	zend_long rows = 2000;
	sm_external list[RECORDS_MAX];
	sm_person person = {.records = list};
	sm_event *events = NULL;
	size_t n = 0;
	char next[SM_ID_SIZE] = "";
	sm_error e = {{0}, NULL, 0, 0, 0};
	sophmate_service *log;
	sm_arena arena;
	zval found;

	ZEND_PARSE_PARAMETERS_START(1, 4)
		Z_PARAM_STR_OR_NULL(text)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(records)
		Z_PARAM_STR_OR_NULL(after)
		Z_PARAM_LONG(rows)
	ZEND_PARSE_PARAMETERS_END();

	if ((text != NULL && !check_word("AuditLog::find(): $text", text)) || !take_records(records, "AuditLog::find(): $records", list, &person.n_records) ||
			(after != NULL && !check_id("AuditLog::find(): $after", after))) {
		RETURN_THROWS();
	}
	if (rows < 1 || rows > ROWS_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::find(): $rows must be 1 to %d, got " ZEND_LONG_FMT, ROWS_MAX, rows);
		RETURN_THROWS();
	}
	if (text == NULL && person.n_records == 0) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::find(): $text is null and $records is empty: nobody is looked for");
		RETURN_THROWS();
	}
	if ((log = sophmate_audit_enter(ZEND_THIS)) == NULL) {
		RETURN_THROWS();
	}
	person.text = text != NULL ? sophmate_bytes(text) : (sm_bytes){NULL, 0};
	sm_arena_init(&arena, &sophmate_alloc);
	sm_status status = sm_audit_find(&log->link.journal, &arena, &person, after != NULL ? ZSTR_VAL(after) : "", (int)rows, &events, &n, next, &e);
	if (sophmate_audit_leave(log, status, &e)) {
		array_init(&found);
		for (size_t i = 0; i < n && !EG(exception); i++) {
			zval row;
			if (put_found(&row, &events[i])) {
				add_next_index_zval(&found, &row);
			}
		}
		array_init(return_value);
		add_assoc_zval(return_value, "events", &found);
		if (next[0] != '\0') {
			add_assoc_string(return_value, "after", next);
		} else {
			add_assoc_null(return_value, "after");
		}
	}
	sm_arena_free(&arena);
}

/* ---- erasing ---- */

/* What engines of this request remember of a run. */
static void forget(const zend_string *id)
{
	for (sophmate_link *link = SOPHMATE_G(links); link != NULL; link = link->next) {
		if (link->ended != NULL) {
			zend_hash_del(link->ended, (zend_string *)id);
		}
	}
}

ZEND_METHOD(SophMate_AuditLog, erase)
{
	zend_string *id, *by, *reason, *text = NULL;
	HashTable *records = (HashTable *)&zend_empty_array;
	sm_external list[RECORDS_MAX];
	sm_person person = {.records = list};
	sm_erasure what = {.why = SM_STR("request")};
	sm_erased erased;
	sm_error e = {{0}, NULL, 0, 0, 0};
	sophmate_service *log;

	ZEND_PARSE_PARAMETERS_START(3, 5)
		Z_PARAM_STR(id)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(text)
		Z_PARAM_ARRAY_HT(records)
	ZEND_PARSE_PARAMETERS_END();

	if (!check_id("AuditLog::erase(): $id", id) || !sophmate_check_text(sophmate_ce_InvalidArgument, "AuditLog::erase(): $by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "AuditLog::erase(): $reason", reason, SOPHMATE_TEXT_MAX) ||
			(text != NULL && !check_word("AuditLog::erase(): $text", text)) || !take_records(records, "AuditLog::erase(): $records", list, &person.n_records) ||
			(log = sophmate_audit_enter(ZEND_THIS)) == NULL) {
		RETURN_THROWS();
	}
	what.by = sophmate_bytes(by);
	what.reason = sophmate_bytes(reason);
	if (text != NULL || person.n_records > 0) {
		person.text = text != NULL ? sophmate_bytes(text) : (sm_bytes){NULL, 0};
		what.person = &person;
	}
	sm_status status = sm_audit_erase(&log->link.journal, ZSTR_VAL(id), &what, &erased, &e);
	forget(id);
	if (sophmate_audit_leave(log, status, &e)) {
		array_init(return_value);
		add_assoc_long(return_value, "events", (zend_long)erased.events);
		add_assoc_long(return_value, "fields", (zend_long)erased.fields);
		add_assoc_long(return_value, "finished", (zend_long)erased.finished);
	}
}

/* "<microseconds>:<id>", as an earlier call gave it. */
static bool take_cursor(const zend_string *after, sm_pruned *out)
{
	const char *colon = after != NULL ? strchr(ZSTR_VAL(after), ':') : NULL;
	zend_long time;

	if (after == NULL) {
		return true;
	}
	if (colon == NULL || colon - ZSTR_VAL(after) > 18 || !ZEND_STRTOL(ZSTR_VAL(after), NULL, 10) ||
			strspn(ZSTR_VAL(after), "0123456789") != (size_t)(colon - ZSTR_VAL(after)) ||
			!sm_is_hex((sm_bytes){colon + 1, ZSTR_LEN(after) - (size_t)(colon + 1 - ZSTR_VAL(after))}, SM_ID_LEN)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::prune(): $after must be what an earlier call gave as \"after\"");
		return false;
	}
	time = ZEND_STRTOL(ZSTR_VAL(after), NULL, 10);
	out->after_time = time;
	memcpy(out->after, colon + 1, SM_ID_SIZE);
	return true;
}

ZEND_METHOD(SophMate_AuditLog, prune)
{
	zend_long seconds, limit = 100;
	zend_string *by, *reason, *after = NULL;
	sm_pruned pruned = {0};
	sm_error e = {{0}, NULL, 0, 0, 0};
	sophmate_service *log;

	ZEND_PARSE_PARAMETERS_START(3, 5)
		Z_PARAM_LONG(seconds)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(limit)
		Z_PARAM_STR_OR_NULL(after)
	ZEND_PARSE_PARAMETERS_END();

	if (seconds < 1 || seconds > YEARS_100) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::prune(): $olderThanSeconds must be 1 to " ZEND_LONG_FMT ", got " ZEND_LONG_FMT,
			(zend_long)YEARS_100, seconds);
		RETURN_THROWS();
	}
	if (limit < 1 || limit > RUNS_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::prune(): $limit must be 1 to %d, got " ZEND_LONG_FMT, RUNS_MAX, limit);
		RETURN_THROWS();
	}
	if (!sophmate_check_text(sophmate_ce_InvalidArgument, "AuditLog::prune(): $by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(sophmate_ce_InvalidArgument, "AuditLog::prune(): $reason", reason, SOPHMATE_TEXT_MAX) || !take_cursor(after, &pruned) ||
			(log = sophmate_audit_enter(ZEND_THIS)) == NULL) {
		RETURN_THROWS();
	}
	sm_status status = sm_audit_prune(&log->link.journal, (int64_t)seconds * 1000000, sophmate_bytes(by), sophmate_bytes(reason), (int)limit, &pruned, &e);
	for (sophmate_link *link = SOPHMATE_G(links); pruned.runs > 0 && link != NULL; link = link->next) {
		if (link->ended != NULL) {
			zend_hash_clean(link->ended);
		}
	}
	if (sophmate_audit_leave(log, status, &e)) {
		array_init(return_value);
		add_assoc_long(return_value, "looked", (zend_long)pruned.looked);
		add_assoc_long(return_value, "runs", (zend_long)pruned.runs);
		add_assoc_long(return_value, "fields", (zend_long)pruned.fields);
		add_assoc_long(return_value, "finished", (zend_long)pruned.finished);
		add_assoc_long(return_value, "kept", (zend_long)pruned.kept);
		add_assoc_bool(return_value, "more", pruned.more);
		if (pruned.after[0] != '\0') {
			add_assoc_str(return_value, "after", zend_strpprintf(0, ZEND_LONG_FMT ":%s", (zend_long)pruned.after_time, pruned.after));
		} else {
			add_assoc_null(return_value, "after");
		}
	}
}
