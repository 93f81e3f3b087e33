/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: d65f33186e9f5880d438ad3828acd3e0b2064709 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SophMate_Engine___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, store, SophMate\\Store, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, judge, IS_CALLABLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, changed, IS_CALLABLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Engine_register, 0, 0, IS_VOID, 0)
	ZEND_ARG_VARIADIC_OBJ_INFO(0, workflows, SophMate\\Workflow, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_start, 0, 1, SophMate\\Run, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, workflow, SophMate\\Workflow, MAY_BE_STRING, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, subject, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, input, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, occurrence, IS_STRING, 0, "\'1\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, trigger, IS_STRING, 0, "\'manual\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_startLater, 0, 1, SophMate\\Run, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, workflow, SophMate\\Workflow, MAY_BE_STRING, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, subject, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, input, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, occurrence, IS_STRING, 0, "\'1\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, trigger, IS_STRING, 0, "\'manual\'")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, at, DateTimeInterface, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Engine_once, 0, 3, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, payload, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, effect, IS_CALLABLE, 0)
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, kind, SophMate\\Effect, 0, "SophMate\\Effect::External")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, repeat, SophMate\\Repeat, 0, "SophMate\\Repeat::Never")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, probe, IS_CALLABLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeoutSeconds, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keyWindowSeconds, IS_DOUBLE, 0, "0.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, category, IS_STRING, 0, "\'general\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_advance, 0, 1, SophMate\\Run, 0)
	ZEND_ARG_TYPE_INFO(0, runId, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_pause, 0, 3, SophMate\\Run, 0)
	ZEND_ARG_TYPE_INFO(0, runId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SophMate_Engine_resume arginfo_class_SophMate_Engine_pause

#define arginfo_class_SophMate_Engine_finishByHand arginfo_class_SophMate_Engine_pause

#define arginfo_class_SophMate_Engine_stop arginfo_class_SophMate_Engine_pause

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_verdict, 0, 4, SophMate\\Run, 0)
	ZEND_ARG_TYPE_INFO(0, runId, IS_STRING, 0)
	ZEND_ARG_OBJ_INFO(0, answer, SophMate\\Answer, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, reason, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, step, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_note, 0, 3, SophMate\\Run, 0)
	ZEND_ARG_TYPE_INFO(0, runId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, by, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_find, 0, 1, SophMate\\Run, 1)
	ZEND_ARG_TYPE_INFO(0, runId, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_SophMate_Engine_findBySubject, 0, 2, SophMate\\Run, 1)
	ZEND_ARG_TYPE_INFO(0, workflow, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, subject, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, occurrence, IS_STRING, 0, "\'1\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Engine_findByExternalId, 0, 2, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, kind, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Engine_runs, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, filter, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, limit, IS_LONG, 0, "50")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, after, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SophMate_Engine_tick, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, limit, IS_LONG, 0, "100")
ZEND_END_ARG_INFO()

ZEND_METHOD(SophMate_Engine, __construct);
ZEND_METHOD(SophMate_Engine, register);
ZEND_METHOD(SophMate_Engine, start);
ZEND_METHOD(SophMate_Engine, startLater);
ZEND_METHOD(SophMate_Engine, once);
ZEND_METHOD(SophMate_Engine, advance);
ZEND_METHOD(SophMate_Engine, pause);
ZEND_METHOD(SophMate_Engine, resume);
ZEND_METHOD(SophMate_Engine, finishByHand);
ZEND_METHOD(SophMate_Engine, stop);
ZEND_METHOD(SophMate_Engine, verdict);
ZEND_METHOD(SophMate_Engine, note);
ZEND_METHOD(SophMate_Engine, find);
ZEND_METHOD(SophMate_Engine, findBySubject);
ZEND_METHOD(SophMate_Engine, findByExternalId);
ZEND_METHOD(SophMate_Engine, runs);
ZEND_METHOD(SophMate_Engine, tick);

static const zend_function_entry class_SophMate_Engine_methods[] = {
	ZEND_ME(SophMate_Engine, __construct, arginfo_class_SophMate_Engine___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, register, arginfo_class_SophMate_Engine_register, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, start, arginfo_class_SophMate_Engine_start, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, startLater, arginfo_class_SophMate_Engine_startLater, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, once, arginfo_class_SophMate_Engine_once, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, advance, arginfo_class_SophMate_Engine_advance, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, pause, arginfo_class_SophMate_Engine_pause, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, resume, arginfo_class_SophMate_Engine_resume, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, finishByHand, arginfo_class_SophMate_Engine_finishByHand, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, stop, arginfo_class_SophMate_Engine_stop, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, verdict, arginfo_class_SophMate_Engine_verdict, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, note, arginfo_class_SophMate_Engine_note, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, find, arginfo_class_SophMate_Engine_find, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, findBySubject, arginfo_class_SophMate_Engine_findBySubject, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, findByExternalId, arginfo_class_SophMate_Engine_findByExternalId, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, runs, arginfo_class_SophMate_Engine_runs, ZEND_ACC_PUBLIC)
	ZEND_ME(SophMate_Engine, tick, arginfo_class_SophMate_Engine_tick, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SophMate_Engine(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "SophMate", "Engine", class_SophMate_Engine_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "start", sizeof("start") - 1), 2, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "startlater", sizeof("startlater") - 1), 2, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "once", sizeof("once") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "note", sizeof("note") - 1), 2, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
