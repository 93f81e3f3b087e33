/* What of an AuditLog goes to somebody else: a proof of one event, and the whole log as files. */
#include "audit_log.h"
#include "outside.h"

#include "src/core/audit.h"
#include "src/core/export.h"
#include "src/core/verify.h"

/* ---- prove ---- */

/* The open log and, where it has one, its key. */
static sm_status read_log(sophmate_service *log, sm_arena *arena, sm_log *out, sm_note_key *key, bool *has_key, sm_error *e)
{
	sm_status status = sm_log_read(&log->link.journal, arena, out, e);

	*has_key = false;
	if (status == SM_OK && out->vkey.p != NULL) {
		status = sm_note_key_read(out->vkey, key, e) == SM_OK ? SM_OK : SM_E_ILLEGAL;
		*has_key = status == SM_OK;
	}
	return status;
}

ZEND_METHOD(SophMate_AuditLog, prove)
{
	sm_error error = {{0}, NULL, 0, 0, 0};
	sophmate_service *log;
	zend_string *id;
	sm_note_key key;
	sm_bytes proof;
	sm_arena arena;
	bool has_key;
	sm_log at;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	if (!sm_is_hex(sophmate_bytes(id), SM_ID_LEN)) {
		char shown[256];

		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::prove(): $eventId must be 32 lower-case hex digits, got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(id), ZSTR_LEN(id)));
		RETURN_THROWS();
	}
	log = sophmate_audit_enter(ZEND_THIS);
	if (log == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	sm_status status = read_log(log, &arena, &at, &key, &has_key, &error);
	status = status == SM_OK && !has_key ? sm_fail(&error, SM_E_STATE, "The log has no key, so it has no signed checkpoint: make one first") : status;
	status = status == SM_OK ? sm_prove(&log->link.journal, &arena, sophmate_bytes(id), &key, &proof, &error) : status;
	if (sophmate_audit_leave(log, status, &error)) {
		RETVAL_STRINGL(proof.p, proof.n);
	}
	sm_arena_free(&arena);
}

/* ---- export ---- */

typedef struct exporting {
	const char *directory;
	php_stream *file;
	zend_long files, bytes;
	sm_export *x;
} exporting;

static bool make_folders(const exporting *to, const char *path, bool itself)
{
	zend_string *folder = strpprintf(0, "%s/%s", to->directory, path);
	char *last = itself ? NULL : strrchr(ZSTR_VAL(folder), '/');
	php_stream_statbuf stat;

	if (last != NULL) {
		*last = '\0';
	}
	bool good = php_stream_stat_path(ZSTR_VAL(folder), &stat) == 0 || php_stream_mkdir(ZSTR_VAL(folder), 0755, PHP_STREAM_MKDIR_RECURSIVE, NULL);
	zend_string_release(folder);
	return good;
}

static sm_status sink_open(void *ctx, const char *path, sm_error *e)
{
	exporting *to = ctx;
	zend_string *name = strpprintf(0, "%s/%s", to->directory, path);

	if (make_folders(to, path, false)) {
		to->file = php_stream_open_wrapper(ZSTR_VAL(name), "xb", 0, NULL);
	}
	zend_string_release(name);
	if (EG(exception)) {
		return SM_E_ABORTED;
	}
	return to->file != NULL ? SM_OK : sm_fail(e, SM_E_STATE, "AuditLog::export(): %s cannot be made in $directory: an earlier export may be there", path);
}

static sm_status sink_write(void *ctx, sm_bytes part, sm_error *e)
{
	exporting *to = ctx;
	ssize_t n = part.n == 0 ? 0 : php_stream_write(to->file, part.p, part.n);

	to->bytes += (zend_long)part.n;
	return n == (ssize_t)part.n ? SM_OK : sm_fail(e, SM_E_STATE, "AuditLog::export(): a file in $directory cannot be written: is the disk full?");
}

static sm_status sink_close(void *ctx, sm_error *e)
{
	exporting *to = ctx;
	bool good = php_stream_flush(to->file) == 0;

	php_stream_close(to->file);
	to->file = NULL;
	to->files++;
	return good ? SM_OK : sm_fail(e, SM_E_STATE, "AuditLog::export(): a file in $directory cannot be written: is the disk full?");
}

static sm_status export_leaf(void *ctx, uint64_t index, sm_bytes leaf, sm_error *e)
{
	(void)index;
	return sm_export_leaf(((exporting *)ctx)->x, leaf, e);
}

static sm_status export_log(sophmate_service *log, sm_arena *arena, const sm_alloc *a, exporting *to, sm_checkpoint *head, sm_error *e)
{
	sm_note *note = SM_NEW(arena, sm_note, 1);
	sm_sink sink = {sink_open, sink_write, sink_close, to};
	sm_note_key key;
	sm_bytes text;
	bool has_key;
	sm_log at;
	sm_status status = read_log(log, arena, &at, &key, &has_key, e);

	if (status != SM_OK || (status = sm_journal_checkpoint_newest(&log->link.journal, arena, at.origin, &text, e)) != SM_OK) {
		return status;
	}
	if (!has_key || text.p == NULL) {
		return sm_fail(e, SM_E_STATE, "AuditLog::export(): the log has no signed checkpoint yet: make one first");
	}
	if ((status = sm_checkpoint_open(text, &key, note, head, e)) != SM_OK) {
		return SM_E_ILLEGAL;
	}
	to->x = SM_NEW(arena, sm_export, 1);
	sm_export_begin(to->x, &sink, text, head);
	status = sm_each_leaf(&log->link.journal, a, 0, head->size, export_leaf, to, e);
	return status == SM_OK ? sm_export_end(to->x, e) : status;
}

ZEND_METHOD(SophMate_AuditLog, export)
{
	sm_error error = {{0}, NULL, 0, 0, 0};
	exporting to = {0};
	sophmate_service *log;
	zend_string *directory;
	sm_checkpoint head;
	sm_arena arena;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(directory)
	ZEND_PARSE_PARAMETERS_END();

	if (ZSTR_LEN(directory) == 0 || ZSTR_LEN(directory) > MAXPATHLEN - 128) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::export(): $directory must have 1 to %d bytes, got %zu", MAXPATHLEN - 128,
			ZSTR_LEN(directory));
		RETURN_THROWS();
	}
	if (strlen(ZSTR_VAL(directory)) != ZSTR_LEN(directory)) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::export(): $directory must have no NUL byte, got one behind %zu bytes",
			strlen(ZSTR_VAL(directory)));
		RETURN_THROWS();
	}
	log = sophmate_audit_enter(ZEND_THIS);
	if (log == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	sophmate_outside *outside = sophmate_outside_new();
	to.directory = ZSTR_VAL(directory);
	sm_status status = make_folders(&to, "", true) ? export_log(log, &arena, sophmate_outside_alloc(outside), &to, &head, &error)
		: sm_fail(&error, SM_E_STATE, "AuditLog::export(): $directory cannot be made");
	sophmate_outside_free(outside);
	if (to.file != NULL) {
		php_stream_close(to.file);
	}
	if (sophmate_audit_leave(log, status, &error)) {
		array_init(return_value);
		add_assoc_stringl(return_value, "log", head.origin.p, head.origin.n);
		add_assoc_long(return_value, "size", (zend_long)head.size);
		add_assoc_long(return_value, "files", to.files);
		add_assoc_long(return_value, "bytes", to.bytes);
	}
	sm_arena_free(&arena);
}
