/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 0382d47eb8c4244622f7c19eedbe88463607e5e5 */

static zend_class_entry *register_class_SophMate_Effect(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\Effect", IS_STRING, NULL);

	zval enum_case_Read_value;
	zend_string *enum_case_Read_value_str = zend_string_init("read", strlen("read"), 1);
	ZVAL_STR(&enum_case_Read_value, enum_case_Read_value_str);
	zend_enum_add_case_cstr(class_entry, "Read", &enum_case_Read_value);

	zval enum_case_Record_value;
	zend_string *enum_case_Record_value_str = zend_string_init("record", strlen("record"), 1);
	ZVAL_STR(&enum_case_Record_value, enum_case_Record_value_str);
	zend_enum_add_case_cstr(class_entry, "Record", &enum_case_Record_value);

	zval enum_case_External_value;
	zend_string *enum_case_External_value_str = zend_string_init("external", strlen("external"), 1);
	ZVAL_STR(&enum_case_External_value, enum_case_External_value_str);
	zend_enum_add_case_cstr(class_entry, "External", &enum_case_External_value);

	zval enum_case_Money_value;
	zend_string *enum_case_Money_value_str = zend_string_init("money", strlen("money"), 1);
	ZVAL_STR(&enum_case_Money_value, enum_case_Money_value_str);
	zend_enum_add_case_cstr(class_entry, "Money", &enum_case_Money_value);

	zval enum_case_Message_value;
	zend_string *enum_case_Message_value_str = zend_string_init("message", strlen("message"), 1);
	ZVAL_STR(&enum_case_Message_value, enum_case_Message_value_str);
	zend_enum_add_case_cstr(class_entry, "Message", &enum_case_Message_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Repeat(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\Repeat", IS_STRING, NULL);

	zval enum_case_Safe_value;
	zend_string *enum_case_Safe_value_str = zend_string_init("safe", strlen("safe"), 1);
	ZVAL_STR(&enum_case_Safe_value, enum_case_Safe_value_str);
	zend_enum_add_case_cstr(class_entry, "Safe", &enum_case_Safe_value);

	zval enum_case_Once_value;
	zend_string *enum_case_Once_value_str = zend_string_init("once", strlen("once"), 1);
	ZVAL_STR(&enum_case_Once_value, enum_case_Once_value_str);
	zend_enum_add_case_cstr(class_entry, "Once", &enum_case_Once_value);

	zval enum_case_Never_value;
	zend_string *enum_case_Never_value_str = zend_string_init("never", strlen("never"), 1);
	ZVAL_STR(&enum_case_Never_value, enum_case_Never_value_str);
	zend_enum_add_case_cstr(class_entry, "Never", &enum_case_Never_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_RunState(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\RunState", IS_STRING, NULL);

	zval enum_case_Running_value;
	zend_string *enum_case_Running_value_str = zend_string_init("running", strlen("running"), 1);
	ZVAL_STR(&enum_case_Running_value, enum_case_Running_value_str);
	zend_enum_add_case_cstr(class_entry, "Running", &enum_case_Running_value);

	zval enum_case_Waiting_value;
	zend_string *enum_case_Waiting_value_str = zend_string_init("waiting", strlen("waiting"), 1);
	ZVAL_STR(&enum_case_Waiting_value, enum_case_Waiting_value_str);
	zend_enum_add_case_cstr(class_entry, "Waiting", &enum_case_Waiting_value);

	zval enum_case_Held_value;
	zend_string *enum_case_Held_value_str = zend_string_init("held", strlen("held"), 1);
	ZVAL_STR(&enum_case_Held_value, enum_case_Held_value_str);
	zend_enum_add_case_cstr(class_entry, "Held", &enum_case_Held_value);

	zval enum_case_Paused_value;
	zend_string *enum_case_Paused_value_str = zend_string_init("paused", strlen("paused"), 1);
	ZVAL_STR(&enum_case_Paused_value, enum_case_Paused_value_str);
	zend_enum_add_case_cstr(class_entry, "Paused", &enum_case_Paused_value);

	zval enum_case_Unknown_value;
	zend_string *enum_case_Unknown_value_str = zend_string_init("unknown", strlen("unknown"), 1);
	ZVAL_STR(&enum_case_Unknown_value, enum_case_Unknown_value_str);
	zend_enum_add_case_cstr(class_entry, "Unknown", &enum_case_Unknown_value);

	zval enum_case_Undoing_value;
	zend_string *enum_case_Undoing_value_str = zend_string_init("undoing", strlen("undoing"), 1);
	ZVAL_STR(&enum_case_Undoing_value, enum_case_Undoing_value_str);
	zend_enum_add_case_cstr(class_entry, "Undoing", &enum_case_Undoing_value);

	zval enum_case_Completed_value;
	zend_string *enum_case_Completed_value_str = zend_string_init("completed", strlen("completed"), 1);
	ZVAL_STR(&enum_case_Completed_value, enum_case_Completed_value_str);
	zend_enum_add_case_cstr(class_entry, "Completed", &enum_case_Completed_value);

	zval enum_case_CompletedByHand_value;
	zend_string *enum_case_CompletedByHand_value_str = zend_string_init("completed_by_hand", strlen("completed_by_hand"), 1);
	ZVAL_STR(&enum_case_CompletedByHand_value, enum_case_CompletedByHand_value_str);
	zend_enum_add_case_cstr(class_entry, "CompletedByHand", &enum_case_CompletedByHand_value);

	zval enum_case_Undone_value;
	zend_string *enum_case_Undone_value_str = zend_string_init("undone", strlen("undone"), 1);
	ZVAL_STR(&enum_case_Undone_value, enum_case_Undone_value_str);
	zend_enum_add_case_cstr(class_entry, "Undone", &enum_case_Undone_value);

	zval enum_case_Stopped_value;
	zend_string *enum_case_Stopped_value_str = zend_string_init("stopped", strlen("stopped"), 1);
	ZVAL_STR(&enum_case_Stopped_value, enum_case_Stopped_value_str);
	zend_enum_add_case_cstr(class_entry, "Stopped", &enum_case_Stopped_value);

	zval enum_case_Broken_value;
	zend_string *enum_case_Broken_value_str = zend_string_init("broken", strlen("broken"), 1);
	ZVAL_STR(&enum_case_Broken_value, enum_case_Broken_value_str);
	zend_enum_add_case_cstr(class_entry, "Broken", &enum_case_Broken_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_StepState(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\StepState", IS_STRING, NULL);

	zval enum_case_Ready_value;
	zend_string *enum_case_Ready_value_str = zend_string_init("ready", strlen("ready"), 1);
	ZVAL_STR(&enum_case_Ready_value, enum_case_Ready_value_str);
	zend_enum_add_case_cstr(class_entry, "Ready", &enum_case_Ready_value);

	zval enum_case_Started_value;
	zend_string *enum_case_Started_value_str = zend_string_init("started", strlen("started"), 1);
	ZVAL_STR(&enum_case_Started_value, enum_case_Started_value_str);
	zend_enum_add_case_cstr(class_entry, "Started", &enum_case_Started_value);

	zval enum_case_Unknown_value;
	zend_string *enum_case_Unknown_value_str = zend_string_init("unknown", strlen("unknown"), 1);
	ZVAL_STR(&enum_case_Unknown_value, enum_case_Unknown_value_str);
	zend_enum_add_case_cstr(class_entry, "Unknown", &enum_case_Unknown_value);

	zval enum_case_Refused_value;
	zend_string *enum_case_Refused_value_str = zend_string_init("refused", strlen("refused"), 1);
	ZVAL_STR(&enum_case_Refused_value, enum_case_Refused_value_str);
	zend_enum_add_case_cstr(class_entry, "Refused", &enum_case_Refused_value);

	zval enum_case_Done_value;
	zend_string *enum_case_Done_value_str = zend_string_init("done", strlen("done"), 1);
	ZVAL_STR(&enum_case_Done_value, enum_case_Done_value_str);
	zend_enum_add_case_cstr(class_entry, "Done", &enum_case_Done_value);

	zval enum_case_Undone_value;
	zend_string *enum_case_Undone_value_str = zend_string_init("undone", strlen("undone"), 1);
	ZVAL_STR(&enum_case_Undone_value, enum_case_Undone_value_str);
	zend_enum_add_case_cstr(class_entry, "Undone", &enum_case_Undone_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_ClaimState(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\ClaimState", IS_STRING, NULL);

	zval enum_case_Mine_value;
	zend_string *enum_case_Mine_value_str = zend_string_init("mine", strlen("mine"), 1);
	ZVAL_STR(&enum_case_Mine_value, enum_case_Mine_value_str);
	zend_enum_add_case_cstr(class_entry, "Mine", &enum_case_Mine_value);

	zval enum_case_Done_value;
	zend_string *enum_case_Done_value_str = zend_string_init("done", strlen("done"), 1);
	ZVAL_STR(&enum_case_Done_value, enum_case_Done_value_str);
	zend_enum_add_case_cstr(class_entry, "Done", &enum_case_Done_value);

	zval enum_case_InProgress_value;
	zend_string *enum_case_InProgress_value_str = zend_string_init("in_progress", strlen("in_progress"), 1);
	ZVAL_STR(&enum_case_InProgress_value, enum_case_InProgress_value_str);
	zend_enum_add_case_cstr(class_entry, "InProgress", &enum_case_InProgress_value);

	zval enum_case_Unknown_value;
	zend_string *enum_case_Unknown_value_str = zend_string_init("unknown", strlen("unknown"), 1);
	ZVAL_STR(&enum_case_Unknown_value, enum_case_Unknown_value_str);
	zend_enum_add_case_cstr(class_entry, "Unknown", &enum_case_Unknown_value);

	zval enum_case_Held_value;
	zend_string *enum_case_Held_value_str = zend_string_init("held", strlen("held"), 1);
	ZVAL_STR(&enum_case_Held_value, enum_case_Held_value_str);
	zend_enum_add_case_cstr(class_entry, "Held", &enum_case_Held_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_FailureClass(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\FailureClass", IS_STRING, NULL);

	zval enum_case_MissingInput_value;
	zend_string *enum_case_MissingInput_value_str = zend_string_init("missing_input", strlen("missing_input"), 1);
	ZVAL_STR(&enum_case_MissingInput_value, enum_case_MissingInput_value_str);
	zend_enum_add_case_cstr(class_entry, "MissingInput", &enum_case_MissingInput_value);

	zval enum_case_ProviderLimit_value;
	zend_string *enum_case_ProviderLimit_value_str = zend_string_init("provider_limit", strlen("provider_limit"), 1);
	ZVAL_STR(&enum_case_ProviderLimit_value, enum_case_ProviderLimit_value_str);
	zend_enum_add_case_cstr(class_entry, "ProviderLimit", &enum_case_ProviderLimit_value);

	zval enum_case_Permission_value;
	zend_string *enum_case_Permission_value_str = zend_string_init("permission", strlen("permission"), 1);
	ZVAL_STR(&enum_case_Permission_value, enum_case_Permission_value_str);
	zend_enum_add_case_cstr(class_entry, "Permission", &enum_case_Permission_value);

	zval enum_case_StaleSource_value;
	zend_string *enum_case_StaleSource_value_str = zend_string_init("stale_source", strlen("stale_source"), 1);
	ZVAL_STR(&enum_case_StaleSource_value, enum_case_StaleSource_value_str);
	zend_enum_add_case_cstr(class_entry, "StaleSource", &enum_case_StaleSource_value);

	zval enum_case_InvalidSchema_value;
	zend_string *enum_case_InvalidSchema_value_str = zend_string_init("invalid_schema", strlen("invalid_schema"), 1);
	ZVAL_STR(&enum_case_InvalidSchema_value, enum_case_InvalidSchema_value_str);
	zend_enum_add_case_cstr(class_entry, "InvalidSchema", &enum_case_InvalidSchema_value);

	zval enum_case_ExternalFailure_value;
	zend_string *enum_case_ExternalFailure_value_str = zend_string_init("external_failure", strlen("external_failure"), 1);
	ZVAL_STR(&enum_case_ExternalFailure_value, enum_case_ExternalFailure_value_str);
	zend_enum_add_case_cstr(class_entry, "ExternalFailure", &enum_case_ExternalFailure_value);

	zval enum_case_Timeout_value;
	zend_string *enum_case_Timeout_value_str = zend_string_init("timeout", strlen("timeout"), 1);
	ZVAL_STR(&enum_case_Timeout_value, enum_case_Timeout_value_str);
	zend_enum_add_case_cstr(class_entry, "Timeout", &enum_case_Timeout_value);

	zval enum_case_Fatal_value;
	zend_string *enum_case_Fatal_value_str = zend_string_init("fatal", strlen("fatal"), 1);
	ZVAL_STR(&enum_case_Fatal_value, enum_case_Fatal_value_str);
	zend_enum_add_case_cstr(class_entry, "Fatal", &enum_case_Fatal_value);

	zval enum_case_NotSent_value;
	zend_string *enum_case_NotSent_value_str = zend_string_init("not_sent", strlen("not_sent"), 1);
	ZVAL_STR(&enum_case_NotSent_value, enum_case_NotSent_value_str);
	zend_enum_add_case_cstr(class_entry, "NotSent", &enum_case_NotSent_value);

	return class_entry;
}

static zend_class_entry *register_class_SophMate_Dialect(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("SophMate\\Dialect", IS_STRING, NULL);

	zval enum_case_MySql_value;
	zend_string *enum_case_MySql_value_str = zend_string_init("mysql", strlen("mysql"), 1);
	ZVAL_STR(&enum_case_MySql_value, enum_case_MySql_value_str);
	zend_enum_add_case_cstr(class_entry, "MySql", &enum_case_MySql_value);

	zval enum_case_Sqlite_value;
	zend_string *enum_case_Sqlite_value_str = zend_string_init("sqlite", strlen("sqlite"), 1);
	ZVAL_STR(&enum_case_Sqlite_value, enum_case_Sqlite_value_str);
	zend_enum_add_case_cstr(class_entry, "Sqlite", &enum_case_Sqlite_value);

	return class_entry;
}
