#include "bridge.h"
#include "stubs/schema_arginfo.h"

static zend_class_entry *schema_ce;

void sophmate_schema_minit(void)
{
	schema_ce = register_class_SophMate_Schema();
	sophmate_made_class(schema_ce);
}

/* A link for one call. It stands on the heap: after a longjmp the shutdown function still walks over it. */
static sophmate_link *open_link(zend_object *store)
{
	sophmate_link *link = emalloc(sizeof(*link));

	if (!sophmate_link_init(link, store)) {
		efree(link);
		return NULL;
	}
	return link;
}

static void close_link(sophmate_link *link, sm_status status, const sm_error *error)
{
	sophmate_link_leave(link, status, error);
	sophmate_link_free(link);
	efree(link);
}

ZEND_METHOD(SophMate_Schema, install)
{
	zend_object *store;
	zend_string *host = NULL;
	sophmate_link *link;
	sm_error error;
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(host)
	ZEND_PARSE_PARAMETERS_END();

	link = open_link(store);
	if (link == NULL) {
		RETURN_THROWS();
	}
	status = sm_schema_install(&link->journal, host != NULL ? sophmate_bytes(host) : SM_STR("localhost"), &error);
	if (status == SM_E_ARGUMENT) {
		sm_error named = {{0}, NULL, 0, 0, 0};

		snprintf(named.message, sizeof(named.message), "$%.200s", error.message); /* the core says: host must be ... */
		close_link(link, status, &named);
		return;
	}
	close_link(link, status, &error);
}

ZEND_METHOD(SophMate_Schema, check)
{
	zend_object *store;
	sophmate_link *link;
	sm_arena arena;
	sm_json *findings;
	sm_error error;
	sm_status status = SM_E_NOMEM;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
	ZEND_PARSE_PARAMETERS_END();

	link = open_link(store);
	if (link == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	findings = sm_json_new(&arena, SM_JSON_ARRAY);
	if (findings != NULL) {
		status = sm_schema_check(&link->journal, &arena, findings, &error);
	}
	close_link(link, status, &error);
	if (status == SM_OK && !EG(exception)) {
		sophmate_json_to_zval(return_value, findings);
	}
	sm_arena_free(&arena);
}

ZEND_METHOD(SophMate_Schema, identity)
{
	zend_object *store;
	sophmate_link *link;
	sm_arena arena;
	sm_identity identity;
	sm_error error;
	sm_status status;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
	ZEND_PARSE_PARAMETERS_END();

	link = open_link(store);
	if (link == NULL) {
		RETURN_THROWS();
	}
	sm_arena_init(&arena, &sophmate_alloc);
	status = sm_schema_identity(&link->journal, &arena, &identity, &error);
	if (status == SM_OK) {
		/* before the link goes: its journal holds the log's name */
		array_init(return_value);
		add_assoc_string(return_value, "site_id", identity.site_id);
		add_assoc_stringl(return_value, "log", identity.log.p, identity.log.n);
		add_assoc_stringl(return_value, "environment", identity.environment.p, identity.environment.n);
		add_assoc_long(return_value, "schema", identity.schema);
		add_assoc_bool(return_value, "matches", identity.matches);
	}
	close_link(link, status, &error);
	sm_arena_free(&arena);
}

ZEND_METHOD(SophMate_Schema, adopt)
{
	static const char *const names[] = {"moved", "restored", "copy"};
	static const sm_adopt answers[] = {SM_ADOPT_MOVED, SM_ADOPT_RESTORED, SM_ADOPT_COPY};
	zend_class_entry *wrong = sophmate_ce_InvalidArgument;
	zend_object *store;
	zend_string *as, *by, *reason;
	sophmate_link *link;
	sm_error error;
	sm_status status;
	int answer;

	ZEND_PARSE_PARAMETERS_START(4, 4)
		Z_PARAM_OBJ_OF_CLASS(store, sophmate_ce_Store)
		Z_PARAM_STR(as)
		Z_PARAM_STR(by)
		Z_PARAM_STR(reason)
	ZEND_PARSE_PARAMETERS_END();

	answer = sm_name_index(names, 3, sophmate_bytes(as));
	if (answer < 0) {
		char shown[256];

		sophmate_throw_class(wrong, "Schema::adopt(): $as must be \"moved\", \"restored\" or \"copy\", got \"%s\"",
			sophmate_printable(shown, ZSTR_VAL(as), ZSTR_LEN(as)));
		RETURN_THROWS();
	}
	if (!sophmate_check_text(wrong, "Schema::adopt(): $by", by, SOPHMATE_WHO_MAX) ||
			!sophmate_check_text(wrong, "Schema::adopt(): $reason", reason, SOPHMATE_TEXT_MAX)) {
		RETURN_THROWS();
	}
	link = open_link(store);
	if (link == NULL) {
		RETURN_THROWS();
	}
	status = sm_schema_adopt(&link->journal, answers[answer], sophmate_bytes(by), sophmate_bytes(reason), &error);
	close_link(link, status, &error);
}
