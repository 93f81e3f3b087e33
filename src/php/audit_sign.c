#include "audit_keys.h"
#include "audit_log.h"

/* the arginfo that declares them is audit_log.c's */
ZEND_METHOD(SophMate_AuditLog, checkpoint);
ZEND_METHOD(SophMate_AuditLog, createKey);
ZEND_METHOD(SophMate_AuditLog, rotate);
ZEND_METHOD(SophMate_AuditLog, log);
ZEND_METHOD(SophMate_AuditLog, keys);
ZEND_METHOD(SophMate_AuditLog, witnessRequest);
ZEND_METHOD(SophMate_AuditLog, addCosignatures);

/* order of the declarations of Checkpoint in audit_log.stub.php */
enum { CHECKPOINT_ORIGIN, CHECKPOINT_SIZE, CHECKPOINT_ROOT, CHECKPOINT_NOTE, CHECKPOINT_GROWN };

enum { QUIET_MAX = 86400, CODE_CONTRADICTS = 30, CODE_INVALID = 40 };

/* What contradicts or is not what was signed is an IllegalHistory whose code is the exit code of `wp sophmate audit verify`. */
static bool leave(sophmate_service *log, sm_status status, const sm_error *error)
{
	bool contradicts = status == SM_E_CONFLICT, invalid = status == SM_E_ILLEGAL || status == SM_E_GAP;
	bool good = sophmate_audit_leave(log, contradicts ? SM_E_ILLEGAL : status, error);

	if ((contradicts || invalid) && EG(exception) != NULL && EG(exception)->ce == sophmate_ce_IllegalHistory) {
		zval code;

		ZVAL_LONG(&code, contradicts ? CODE_CONTRADICTS : CODE_INVALID);
		zend_update_property_ex(zend_ce_exception, EG(exception), ZSTR_KNOWN(ZEND_STR_CODE), &code);
	}
	return good;
}

static zend_object *checkpoint_new(const sm_signed *head)
{
	zend_object *object = sophmate_object_new(sophmate_ce_Checkpoint);
	sm_arena arena;
	sm_buf root;

	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&root, &arena, SM_HASH_BASE64_LEN + 1);
	sm_hash_put(&root, &head->at.root);
	ZVAL_STRINGL(OBJ_PROP_NUM(object, CHECKPOINT_ORIGIN), head->at.origin.p, head->at.origin.n);
	ZVAL_LONG(OBJ_PROP_NUM(object, CHECKPOINT_SIZE), (zend_long)head->at.size);
	ZVAL_STRINGL(OBJ_PROP_NUM(object, CHECKPOINT_ROOT), root.p, root.n);
	if (head->note.p != NULL) {
		ZVAL_STRINGL(OBJ_PROP_NUM(object, CHECKPOINT_NOTE), head->note.p, head->note.n);
	} else {
		ZVAL_NULL(OBJ_PROP_NUM(object, CHECKPOINT_NOTE));
	}
	ZVAL_BOOL(OBJ_PROP_NUM(object, CHECKPOINT_GROWN), head->grown);
	sm_arena_free(&arena);
	return object;
}

static sm_status is_due(sm_journal *j, sm_arena *arena, zend_long quiet, bool *due, sm_error *e)
{
	sm_signer signer;
	sm_log log;
	bool found = false;
	sm_status status = sophmate_log_open(j, arena, &log, e);

	*due = false;
	status = status == SM_OK ? sophmate_keyring_signer(log.origin, &signer, &found, e) : status;
	return status == SM_OK && found ? sm_log_is_due(j, arena, &log, (int64_t)quiet * 1000000, due, e) : status;
}

ZEND_METHOD(SophMate_AuditLog, checkpoint)
{
	sophmate_service *log;
	zend_long quiet = 0;
	bool due = true;
	sm_signed head;
	sm_arena arena;
	sm_error error = {{0}, NULL, 0, 0, 0};
	sm_status status = SM_OK;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(quiet)
	ZEND_PARSE_PARAMETERS_END();

	if (quiet < 0 || quiet > QUIET_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::checkpoint(): $quietSeconds must be 0 to %d, got " ZEND_LONG_FMT, QUIET_MAX, quiet);
		RETURN_THROWS();
	}
	log = sophmate_audit_enter(ZEND_THIS);
	if (log == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	if (quiet > 0) {
		status = is_due(&log->link.journal, &arena, quiet, &due, &error);
	}
	if (status == SM_OK && due) {
		status = sophmate_log_checkpoint(&log->link.journal, &arena, &head, &error);
	}
	if (leave(log, status, &error) && due) {
		RETVAL_OBJ(checkpoint_new(&head));
	}
	sm_arena_free(&arena);
}

static void change_key(INTERNAL_FUNCTION_PARAMETERS, bool rotates, const char *by_name, const char *reason_name)
{
	zend_class_entry *wrong = sophmate_ce_InvalidArgument;
	zend_string *by, *reason;
	sophmate_service *log;
	sm_arena arena;
	sm_bytes vkey;
	sm_error error = {{0}, NULL, 0, 0, 0}, left = {{0}, NULL, 0, 0, 0};
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	if (!sophmate_check_text(wrong, by_name, by, SOPHMATE_WHO_MAX) || !sophmate_check_text(wrong, reason_name, reason, SOPHMATE_TEXT_MAX)) {
		RETURN_THROWS();
	}
	log = sophmate_audit_enter(ZEND_THIS);
	if (log == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = rotates ? sophmate_log_rotate(&log->link.journal, &arena, sophmate_bytes(by), sophmate_bytes(reason), &vkey, &left, &error)
		: sophmate_log_create_key(&log->link.journal, &arena, sophmate_bytes(by), sophmate_bytes(reason), &vkey, &error);
	if (leave(log, status, &error)) {
		RETVAL_STRINGL(vkey.p, vkey.n);
	}
	if (left.message[0] != '\0') {
		php_error_docref(NULL, E_WARNING, "The old log is closed, but its seed is not destroyed: %s", left.message);
	}
	sm_arena_free(&arena);
}

ZEND_METHOD(SophMate_AuditLog, createKey)
{
	change_key(INTERNAL_FUNCTION_PARAM_PASSTHRU, false, "AuditLog::createKey(): $by", "AuditLog::createKey(): $reason");
}

ZEND_METHOD(SophMate_AuditLog, rotate)
{
	change_key(INTERNAL_FUNCTION_PARAM_PASSTHRU, true, "AuditLog::rotate(): $by", "AuditLog::rotate(): $reason");
}

ZEND_METHOD(SophMate_AuditLog, log)
{
	sophmate_service *service;
	sm_arena arena;
	sm_log log;
	sm_error error = {{0}, NULL, 0, 0, 0};
	sm_status status;

	ZEND_PARSE_PARAMETERS_NONE();

	service = sophmate_audit_enter(ZEND_THIS);
	if (service == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = sm_log_read(&service->link.journal, &arena, &log, &error);
	if (status == SM_OK) {
		/* before the service goes: its journal holds the log's name */
		zval logs;

		array_init(return_value);
		add_assoc_stringl(return_value, "origin", log.origin.p, log.origin.n);
		if (log.vkey.p != NULL) {
			add_assoc_stringl(return_value, "key", log.vkey.p, log.vkey.n);
		} else {
			add_assoc_null(return_value, "key");
		}
		array_init(&logs);
		for (size_t i = 0; i < log.n_linked; i++) {
			add_next_index_stringl(&logs, log.linked[i].p, log.linked[i].n);
		}
		add_assoc_zval(return_value, "logs", &logs);
	}
	leave(service, status, &error);
	sm_arena_free(&arena);
}

static void text_or_null(zval *array, const char *name, const char *text)
{
	if (text[0] != '\0') {
		add_assoc_string(array, name, text);
	} else {
		add_assoc_null(array, name);
	}
}

static void add_key(void *ctx, const sophmate_key_view *view)
{
	zval row, *keys = ctx;
	sm_arena arena;
	sm_buf vkey;

	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&vkey, &arena, SM_NOTE_VKEY_MAX + 1);
	if (view->key != NULL) {
		sm_note_key_put(&vkey, view->key);
	}
	array_init(&row);
	add_assoc_string(&row, "file", view->file);
	text_or_null(&row, "origin", view->origin);
	text_or_null(&row, "key", vkey.p != NULL ? vkey.p : "");
	text_or_null(&row, "problem", view->problem);
	add_assoc_bool(&row, "locked", view->locked);
	add_next_index_zval(keys, &row);
	sm_arena_free(&arena);
}

ZEND_METHOD(SophMate_AuditLog, keys)
{
	char problem[SOPHMATE_PROBLEM_MAX];
	zval keys;

	ZEND_PARSE_PARAMETERS_NONE();

	array_init(&keys);
	sophmate_keyring_each(add_key, &keys, problem);
	array_init(return_value);
	text_or_null(return_value, "dir", problem);
	add_assoc_zval(return_value, "keys", &keys);
}

/* The core says: old must be ..., witness must be ... */
static bool leave_naming(sophmate_service *log, const char *method, sm_status status, sm_error *error)
{
	sm_error named = *error;

	if (status == SM_E_ARGUMENT) {
		snprintf(named.message, sizeof(named.message), "AuditLog::%s(): $%.400s", method, error->message);
	}
	return leave(log, status, &named);
}

ZEND_METHOD(SophMate_AuditLog, witnessRequest)
{
	sophmate_service *service;
	zend_long old;
	uint64_t size = 0;
	sm_arena arena;
	sm_bytes body = {NULL, 0};
	sm_log log;
	sm_error error = {{0}, NULL, 0, 0, 0};
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(old)
	ZEND_PARSE_PARAMETERS_END();

	if (old < 0) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::witnessRequest(): $old must be at least 0, got " ZEND_LONG_FMT, old);
		RETURN_THROWS();
	}
	service = sophmate_audit_enter(ZEND_THIS);
	if (service == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = sophmate_log_open(&service->link.journal, &arena, &log, &error);
	status = status == SM_OK ? sm_witness_request(&service->link.journal, &arena, &log, (uint64_t)old, &body, &size, &error) : status;
	if (leave_naming(service, "witnessRequest", status, &error)) {
		array_init(return_value);
		add_assoc_long(return_value, "size", (zend_long)size);
		add_assoc_stringl(return_value, "body", body.p, body.n);
	}
	sm_arena_free(&arena);
}

static sm_status add_lines(sm_journal *j, sm_arena *arena, zend_long size, sm_bytes lines, sm_bytes vkey, int64_t *time, sm_error *e)
{
	sm_note_key witness;
	sm_error said = {{0}, NULL, 0, 0, 0};
	sm_log log;
	sm_status status = sm_note_key_read(vkey, &witness, &said);

	if (status == SM_E_SYNTAX || status == SM_E_ARGUMENT || (status == SM_OK && witness.type != SM_NOTE_COSIGNATURE)) {
		return sm_fail(e, SM_E_ARGUMENT, "witness must be a witness's verifier key: %.200s", status == SM_OK ? "this one is of another type" : said.message);
	}
	status = status == SM_OK ? sophmate_log_open(j, arena, &log, e) : status;
	status = status == SM_OK ? sm_witness_add(j, arena, &log, (uint64_t)size, lines, &witness, time, e) : status;
	if (status == SM_E_SYNTAX || status == SM_E_LIMIT) {
		said = *e;
		return sm_fail(e, SM_E_ARGUMENT, "lines must be a witness's signature lines: %.300s", said.message);
	}
	return status;
}

ZEND_METHOD(SophMate_AuditLog, addCosignatures)
{
	sophmate_service *service;
	zend_long size;
	zend_string *lines, *witness;
	int64_t time = 0;
	sm_arena arena;
	sm_error error = {{0}, NULL, 0, 0, 0};
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_LONG(size)
		Z_PARAM_STR(lines)
		Z_PARAM_STR(witness)
	ZEND_PARSE_PARAMETERS_END();

	if (size < 0) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::addCosignatures(): $size must be at least 0, got " ZEND_LONG_FMT, size);
		RETURN_THROWS();
	}
	service = sophmate_audit_enter(ZEND_THIS);
	if (service == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = add_lines(&service->link.journal, &arena, size, sophmate_bytes(lines), sophmate_bytes(witness), &time, &error);
	if (leave_naming(service, "addCosignatures", status, &error)) {
		RETVAL_LONG((zend_long)time);
	}
	sm_arena_free(&arena);
}
