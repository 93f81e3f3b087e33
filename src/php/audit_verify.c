/* AuditLog::verify(): the core's verification, with the heads and keys that this host knows. */
#include "audit_log.h"
#include "keyring.h"
#include "known_heads.h"
#include "outside.h"

#include "src/core/audit.h"
#include "src/core/verify.h"

enum { KEYS_MAX = 64, FINDINGS_MAX = 10000, SECONDS_MAX = 3162240000 };

typedef struct verification {
	sophmate_service *log;
	sm_arena *arena;
	zval findings;
	zend_long most;
	zend_fcall_info progress;
	zend_fcall_info_cache progress_cache;
	sophmate_known_heads heads;
} verification;

static sm_status next_head(void *ctx, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e)
{
	return sophmate_known_heads_next(&((verification *)ctx)->heads, place, out, more, e);
}

static sm_status keep_finding(void *ctx, const sm_finding *f, sm_error *e)
{
	verification *x = ctx;
	zval finding;

	(void)e;
	if (zend_hash_num_elements(Z_ARRVAL(x->findings)) >= (uint32_t)x->most) {
		return SM_OK; /* counted all the same */
	}
	array_init(&finding);
	add_assoc_string(&finding, "verdict", sm_verdict_name(f->verdict));
	add_assoc_long(&finding, "exit_code", f->verdict);
	add_assoc_string(&finding, "what", f->what);
	if (f->index < 0) {
		add_assoc_null(&finding, "index");
		add_assoc_null(&finding, "last");
	} else {
		add_assoc_long(&finding, "index", f->index);
		add_assoc_long(&finding, "last", f->last);
	}
	if (f->stream[0] == '\0') {
		add_assoc_null(&finding, "stream");
	} else {
		add_assoc_string(&finding, "stream", f->stream);
	}
	if (f->seq == 0) {
		add_assoc_null(&finding, "seq");
	} else {
		add_assoc_long(&finding, "seq", f->seq);
	}
	add_assoc_string(&finding, "message", f->message);
	add_next_index_zval(&x->findings, &finding);
	return SM_OK;
}

static sm_status tell_progress(void *ctx, uint64_t done, uint64_t of, sm_error *e)
{
	verification *x = ctx;
	zval argv[2], result;

	(void)e;
	ZVAL_LONG(&argv[0], (zend_long)done);
	ZVAL_LONG(&argv[1], (zend_long)of);
	ZVAL_UNDEF(&result);
	x->progress.retval = &result;
	x->progress.params = argv;
	x->progress.param_count = 2;
	zend_call_function(&x->progress, &x->progress_cache);
	zval_ptr_dtor(&result);
	if (x->log->link.pid != getpid()) {
		return sophmate_refuse_child();
	}
	return EG(exception) ? SM_E_ABORTED : SM_OK;
}

/* @return false with an exception pending */
static bool read_keys(const HashTable *list, sm_arena *arena, sm_note_key **keys, size_t *n)
{
	zval *value;

	*n = 0;
	*keys = SM_NEW(arena, sm_note_key, KEYS_MAX + 1);
	if (list != NULL && zend_hash_num_elements(list) > KEYS_MAX) {
		sophmate_throw_limit("AuditLog::verify(): $keys", "keys", KEYS_MAX, zend_hash_num_elements(list));
		return false;
	}
	if (list == NULL) {
		return true;
	}
	ZEND_HASH_FOREACH_VAL((HashTable *)list, value) {
		sm_error e = {{0}, NULL, 0, 0, 0};

		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) != IS_STRING) {
			sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::verify(): $keys must hold verifier keys, which are strings; one is %s",
				zend_zval_type_name(value));
			return false;
		}
		if (sm_note_key_read(sophmate_bytes(Z_STR_P(value)), &(*keys)[*n], &e) != SM_OK) {
			char shown[256];

			sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::verify(): $keys holds \"%s\", which is no verifier key: %s",
				sophmate_printable(shown, Z_STRVAL_P(value), Z_STRLEN_P(value)), e.message);
			return false;
		}
		++*n;
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool check_age(const char *what, double seconds, bool is_null, int64_t *us)
{
	*us = -1;
	if (is_null) {
		return true;
	}
	if (!sophmate_check_seconds(sophmate_ce_InvalidArgument, what, seconds, 0, (double)SECONDS_MAX)) {
		return false;
	}
	*us = sophmate_milliseconds(seconds) * 1000;
	return true;
}

static void put_root(zval *report, const sm_verify_result *r)
{
	sm_arena arena;
	sm_buf b;

	if (!r->rooted) {
		add_assoc_null(report, "root");
		return;
	}
	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&b, &arena, 64);
	sm_hash_put(&b, &r->root);
	add_assoc_stringl(report, "root", b.p, b.n);
	sm_arena_free(&arena);
}

static void report_to_zval(zval *report, const verification *x, const sm_verify_result *r)
{
	const struct { const char *name; uint64_t n; } counts[] = {
		{"found", r->found}, {"pending", r->pending}, {"checkpoints", r->checkpoints}, {"heads", r->heads}, {"anchors", r->anchors},
		{"signed_size", r->signed_size}, {"anchored_size", r->anchored_size}, {"openings", r->openings}, {"erased", r->erased},
		{"streams", r->streams}, {"runs", r->runs}, {"switches", r->switches}
	};
	sm_bytes origin = x->log->link.journal.log;
	zval findings;

	array_init(report);
	add_assoc_string(report, "verdict", sm_verdict_name(r->verdict));
	add_assoc_long(report, "exit_code", r->verdict);
	add_assoc_stringl(report, "log", origin.p, origin.n);
	add_assoc_long(report, "from", (zend_long)r->from);
	add_assoc_long(report, "size", (zend_long)r->size);
	put_root(report, r);
	ZVAL_COPY(&findings, &x->findings);
	add_assoc_zval(report, "findings", &findings);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		add_assoc_long(report, counts[i].name, (zend_long)counts[i].n);
	}
}

/* Logs of this journal as far as they can be read: where they cannot, the verification says why. */
static sm_status read_origins(verification *x, sm_bytes **origins, size_t *n, sm_bytes *open, sm_error *e)
{
	sm_journal *j = &x->log->link.journal;
	sm_log log;
	sm_status status = sm_journal_identify(j, e);

	*n = 0;
	*origins = NULL;
	if (status != SM_OK) {
		return status;
	}
	*open = j->log;
	status = sm_log_read(j, x->arena, &log, e);
	if (status == SM_E_ILLEGAL || status == SM_E_STORE) { /* SQLite keeps fractions, which no store gives; one that is gone says so again */
		*origins = &j->log;
		*n = 1;
		return SM_OK;
	}
	if (status == SM_OK) {
		*origins = (sm_bytes *)log.linked;
		*n = log.n_linked;
		*open = log.origin;
	}
	return status;
}

/* The frontier of the open log's head file, whose signature and root were verified. */
static sm_status read_frontier(verification *x, sm_bytes origin, const sm_note_key *key, const sm_frontier **from, sm_error *e)
{
	sm_frontier *f = SM_NEW(x->arena, sm_frontier, 1);
	sm_note *note = SM_NEW(x->arena, sm_note, 1);
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_checkpoint at;
	sm_bytes text;
	sm_status status = sophmate_known_heads_file(x->arena, origin, &text, e);

	if (status != SM_OK || text.p == NULL) {
		return status != SM_OK ? status : sm_fail(e, SM_E_STATE, "AuditLog::verify(): $resume needs a head file in sophmate.state_dir, and there is none");
	}
	if (key == NULL || sm_head_file_read(text, key, f, note, &at, &why) != SM_OK) {
		return sm_fail(e, SM_E_STATE, "AuditLog::verify(): $resume needs a head file that verifies: %s", key == NULL ? "the log's key is not known here" : why.message);
	}
	*from = f;
	return SM_OK;
}

/* Keys, heads, and from where on; then the verification itself.
 * @param keys   of which o->n_keys are the caller's; there is room for one more */
static sm_status verify(verification *x, sm_verify_options *o, sm_note_key *keys, bool resume, const sm_alloc *a, sm_verify_result *r, sm_error *e)
{
	const sm_note_key *known = NULL;
	sm_bytes *origins, open;
	sm_signer signer;
	size_t n;
	bool found = false;
	sm_status status = read_origins(x, &origins, &n, &open, e);

	if (status != SM_OK) {
		return status;
	}
	for (size_t i = 0; i < o->n_keys && known == NULL; i++) {
		known = keys[i].type == SM_NOTE_ED25519 && sm_bytes_eq(keys[i].name, open) ? &keys[i] : NULL;
	}
	/* this host's own key is worth more than what the database says about it */
	if (known == NULL && sophmate_keyring_signer(open, &signer, &found, NULL) == SM_OK && found) {
		keys[o->n_keys] = signer.key;
		known = &keys[o->n_keys++];
	}
	if (resume && (status = read_frontier(x, open, known, &o->from, e)) != SM_OK) {
		return status;
	}
	status = sophmate_known_heads_open(&x->heads, origins, n, a, e);
	return status == SM_OK ? sm_verify(&x->log->link.journal, a, o, r, e) : status;
}

ZEND_METHOD(SophMate_AuditLog, verify)
{
	sm_error error = {{0}, NULL, 0, 0, 0};
	HashTable *given = NULL;
	double pending = 0, anchor = 0;
	bool pending_null = true, anchor_null = true, tree_only = false, resume = false;
	zend_long findings = 100;
	verification x = {.progress = empty_fcall_info, .progress_cache = empty_fcall_info_cache};
	sm_verify_options o = {.found = keep_finding, .next_head = next_head, .ctx = &x};
	sm_verify_result r;
	sm_note_key *keys;
	sm_arena arena;

	ZEND_PARSE_PARAMETERS_START(0, 7)
		Z_PARAM_OPTIONAL
		Z_PARAM_FUNC_OR_NULL(x.progress, x.progress_cache)
		Z_PARAM_ARRAY_HT(given)
		Z_PARAM_DOUBLE_OR_NULL(pending, pending_null)
		Z_PARAM_DOUBLE_OR_NULL(anchor, anchor_null)
		Z_PARAM_BOOL(tree_only)
		Z_PARAM_BOOL(resume)
		Z_PARAM_LONG(findings)
	ZEND_PARSE_PARAMETERS_END();

	if (!check_age("AuditLog::verify(): $pendingSeconds", pending, pending_null, &o.pending_us)
		|| !check_age("AuditLog::verify(): $anchorSeconds", anchor, anchor_null, &o.anchor_us)) {
		RETURN_THROWS();
	}
	if (findings < 0 || findings > FINDINGS_MAX) {
		sophmate_throw_class(sophmate_ce_InvalidArgument, "AuditLog::verify(): $findings must be 0 to %d, got " ZEND_LONG_FMT, FINDINGS_MAX, findings);
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	if (!read_keys(given, &arena, &keys, &o.n_keys) || (x.log = sophmate_audit_enter(ZEND_THIS)) == NULL) {
		sm_arena_free(&arena);
		RETURN_THROWS();
	}
	o.keys = keys;
	o.tree_only = tree_only;
	o.progress = ZEND_FCI_INITIALIZED(x.progress) ? tell_progress : NULL;
	x.most = findings;
	x.arena = &arena;
	array_init(&x.findings);
	sophmate_outside *outside = sophmate_outside_new();
	sm_status status = verify(&x, &o, keys, resume, sophmate_outside_alloc(outside), &r, &error);
	sophmate_known_heads_close(&x.heads);
	sophmate_outside_free(outside);
	if (status == SM_OK) {
		report_to_zval(return_value, &x, &r);
	}
	sophmate_audit_leave(x.log, status, &error);
	zval_ptr_dtor(&x.findings);
	sm_arena_free(&arena);
}
