/* Events of the site, who is named where, erasing and retention, on real databases; what a store does wrong meanwhile. */
#include "support.h"

#include "audit.h"
#include "journal_fixture.h"

#include <stdio.h>
#include <string.h>

#define MAIL "jane@shop.example"

/* ---- helpers ---- */

static sm_status append(fixture *f, const char *stream, const char *name, const char *data, const char *who, char id[SM_ID_SIZE])
{
	char stream_id[SM_ID_SIZE];
	sm_json *d;
	sm_private p = {SM_STR("who"), sm_cstr(who)};
	assert_ok(f, sm_json_read(&f->arena, sm_cstr(data), &d, &f->e));
	const sm_site_event what = {.stream = sm_cstr(stream), .name = sm_cstr(name), .data = d, .p = &p, .n_p = who != NULL};
	return sm_audit_append(&f->j, &f->arena, &what, id, stream_id, &f->e);
}

static const char *stream_of(fixture *f, const char *name)
{
	static char id[SM_ID_SIZE];
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	sm_audit_stream(&f->j.keys, sm_cstr(name), id);
	return id;
}

static sm_status erase(fixture *f, const char *id, const sm_person *person, sm_erased *out)
{
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("dpo"), .reason = SM_STR("asked"), .person = person};
	return sm_audit_erase(&f->j, id, &what, out, &f->e);
}

/* A note on a run, which every run takes. */
static void note(fixture *f, const char *subject, const char *by, const char *text)
{
	sm_command cmd;
	sm_history h;
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = SM_CMD_NOTE;
	cmd.by = sm_cstr(by);
	cmd.reason = sm_cstr(text);
	sm_history_init(&h, &f->arena, fixture_run_id(f, subject));
	assert_ok(f, sm_drive_command(&f->drive, &h, &cmd, &f->e));
}

static int64_t values_left(fixture *f)
{
	return fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE private IS NOT NULL AND leaf NOT LIKE '%\"type\":\"privacy.%'");
}

static int64_t erasures(fixture *f)
{
	return fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf LIKE '%\"type\":\"privacy.erased\"%'");
}

static const sm_person jane = {.text = SM_LIT(MAIL)};

/* ---- events of the site ---- */

static void events_of_the_site_follow_each_other(fixture *f)
{
	char first[SM_ID_SIZE], second[SM_ID_SIZE];
	sm_history h;
	assert_ok(f, append(f, "site", "shop.opened", "{\"a\":1}", "\"" MAIL "\"", first));
	assert_ok(f, append(f, "site", "shop.closed", "{\"token\":\"x\",\"b\":[2]}", NULL, second));
	assert_ok(f, append(f, "other", "shop.closed", "{}", NULL, second));
	sm_history_init(&h, &f->arena, stream_of(f, "site"));
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	assert_false(h.broken);
	assert_int_equal(h.n, 2);
	assert_string_equal(h.events[0].id, first);
	assert_string_equal(h.events[1].prev, first);
	assert_bytes(sm_event_value(&h.events[0], "who"), "\"" MAIL "\"");
	assert_non_null(strstr(h.events[1].leaf.p, "\"token\":{\"$redacted\":\"by name\"}"));
	/* they make no row of a run */
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 0);
	assert_int_equal(append(f, "log", "shop.opened", "{}", NULL, first), SM_E_ARGUMENT);
	assert_int_equal(append(f, "Site", "shop.opened", "{}", NULL, first), SM_E_ARGUMENT);
	assert_int_equal(append(f, "", "shop.opened", "{}", NULL, first), SM_E_ARGUMENT);
	assert_int_equal(append(f, "site", "run.opened", "{}", NULL, first), SM_E_ARGUMENT);
	fixture_exec(f, "UPDATE {p}journal SET seq=2147483647 WHERE seq=2");
	assert_int_equal(append(f, "site", "shop.opened", "{}", NULL, first), SM_E_ILLEGAL);
}
ON_BOTH(events_of_the_site_follow_each_other)

static int append_many(fixture *f, int child, void *ctx)
{
	char id[SM_ID_SIZE];
	(void)child;
	(void)ctx;
	for (int i = 0; i < 25; i++) {
		sm_status st = append(f, "site", "shop.opened", "{}", "\"" MAIL "\"", id);
		if (st == SM_E_STORE || st == SM_E_UNCERTAIN) {
			i--; /* SQLite was busy; what is uncertain may be there, too */
		} else if (st != SM_OK) {
			return 1;
		}
	}
	return 0;
}

static void many_writers_share_a_stream(fixture *f)
{
	sm_history h;
	fixture_fork(f, 4, append_many, NULL);
	sm_history_init(&h, &f->arena, stream_of(f, "site"));
	assert_ok(f, sm_journal_load(&f->j, &h, &f->e));
	assert_false(h.broken);
	assert_true(h.n >= 100);
}
ON_BOTH(many_writers_share_a_stream)

/* ---- who is named where ---- */

static void a_person_is_a_word_or_a_record(void **state)
{
	static const sm_external records[] = {{SM_LIT("user"), SM_LIT("7")}};
	static const sm_person person = {.text = SM_LIT(MAIL), .records = records, .n_records = 1};
	static const struct { const char *value; bool named; } cases[] = {
		{"\"" MAIL "\"", true}, {"\"JANE@Shop.Example\"", true}, {"\"to <" MAIL ">.\"", true}, {"\"\\n" MAIL "\\n\"", true}, {"{\"a\":[1,{\"b\":\"x " MAIL "\"}]}", true},
		{"{\"" MAIL "\":1}", true}, {"\"user:" MAIL "\"", true}, {"[[\"user\",\"7\"]]", true}, {"[[\"page\",\"1\"],[\"user\",\"7\"]]", true}, {"\"see " MAIL ".\"", true},
		{"\"mary-" MAIL "\"", false}, {"\"x" MAIL "\"", false}, {"\"a." MAIL "\"", false}, {"\"" MAIL ".org\"", false}, {"\"" MAIL "x\"", false}, {"\"jane@shop\"", false},
		{"[[\"user\",\"77\"]]", false}, {"[[\"page\",\"7\"]]", false}, {"[\"user\",7]", false}, {"[\"user\",\"7\",\"\"]", false}, {"null", false}, {"7", false}, {"not JSON", false}, {"\"\"", false}
	};
	sm_arena arena;
	(void)state;
	sm_arena_init(&arena, &sm_alloc_default);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool found;
		assert_int_equal(sm_person_in(&arena, &person, sm_cstr(cases[i].value), &found), SM_OK);
		if (found != cases[i].named) {
			fail_msg("%s", cases[i].value);
		}
	}
	sm_arena_free(&arena);
}

static void events_that_name_a_person_are_found_page_by_page(fixture *f)
{
	static const sm_external records[] = {{SM_LIT("us_r"), SM_LIT("50%!")}};
	sm_person odd = {.text = SM_LIT("a%b_c!d\"e\\f"), .records = records, .n_records = 1};
	char id[SM_ID_SIZE], after[SM_ID_SIZE] = "", next[SM_ID_SIZE];
	sm_event *events;
	size_t n, all = 0, pages = 0;
	for (int i = 0; i < 7; i++) {
		assert_ok(f, append(f, "site", "shop.opened", "{}", i % 3 == 0 ? "\"" MAIL "\"" : i % 3 == 1 ? "\"mary-" MAIL "\"" : NULL, id));
	}
	assert_ok(f, append(f, "site", "shop.opened", "{}", "\"a%b_c!d\\\"e\\\\f\"", id));
	assert_ok(f, append(f, "site", "shop.opened", "{}", "\"aXbYc!d\\\"e\\\\f\"", id));
	assert_ok(f, append(f, "site", "shop.opened", "{}", "[[\"us_r\",\"50%!\"]]", id));
	do {
		assert_ok(f, sm_audit_find(&f->j, &f->arena, &jane, after, 2, &events, &n, next, &f->e));
		all += n;
		pages += next[0] != '\0';
		memcpy(after, next, SM_ID_SIZE);
	} while (next[0] != '\0');
	assert_int_equal(all, 3);
	assert_int_equal(pages, 5);
	assert_ok(f, sm_audit_find(&f->j, &f->arena, &odd, "", 1000, &events, &n, next, &f->e));
	assert_int_equal(n, 2);
	assert_string_equal(events[0].stream, stream_of(f, "site"));
	assert_ok(f, sm_audit_find(&f->j, &f->arena, &(sm_person){{NULL, 0}, NULL, 0}, "", 1000, &events, &n, next, &f->e));
	assert_int_equal(n, 0);
	/* a row that is no event names nobody here; verify says what it is */
	fixture_exec(f, "UPDATE {p}journal SET leaf='{}' WHERE seq=1");
	assert_ok(f, sm_audit_find(&f->j, &f->arena, &jane, "", 1000, &events, &n, next, &f->e));
	assert_int_equal(n, 2);
}
ON_BOTH(events_that_name_a_person_are_found_page_by_page)

/* ---- erasing ---- */

static void open_runs_and_the_engines_own_streams_keep_their_values(fixture *f)
{
	char switch_id[SM_ID_SIZE];
	sm_erased out;
	int64_t generation;
	fixture_mixed_runs(f);
	static const char *const open[] = {"unknown", "paused", "started", "soon", "far", "waiting"};
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		assert_int_equal(erase(f, fixture_run_id(f, open[i]), NULL, &out), SM_E_STATE);
		assert_non_null(strstr(f->e.message, "is open"));
	}
	assert_int_equal(erase(f, "00000000000000000000000000000000", NULL, &out), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "there is no run"));
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("*"), true, SM_STR("jane"), SM_STR("because"), &generation, &f->e));
	sm_switch_stream(&f->j.keys, SM_STR("*"), switch_id);
	assert_int_equal(erase(f, switch_id, NULL, &out), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "begins with switch.held"));
	assert_int_equal(erasures(f), 0);
	assert_ok(f, erase(f, fixture_run_id(f, "done:0"), NULL, &out));
	fixture_exec(f, "UPDATE {p}journal SET leaf='{}' WHERE seq=2");
	assert_int_equal(erase(f, fixture_run_id(f, "done:1"), NULL, &out), SM_E_ILLEGAL);
}
ON_BOTH(open_runs_and_the_engines_own_streams_keep_their_values)

static void an_erased_run_keeps_everything_else(fixture *f)
{
	static const char *const columns[] = {"id", "stream", "seq", "leaf", "leaf_hash", "leaf_index", NULL};
	sm_erased out;
	sm_history h;
	sm_progress p;
	fixture_start_all(f, "order:%d", 2);
	note(f, "order:0", "jane", "wrote to " MAIL);
	fixture_catch_up(f);
	const char *was = fixture_dump(f, "SELECT * FROM {p}journal ORDER BY id", columns);
	assert_ok(f, erase(f, fixture_run_id(f, "order:0"), NULL, &out));
	assert_int_equal(out.fields, out.events + 2); /* input and subject, by and text */
	fixture_load(f, "order:0", &h);
	assert_false(h.broken);
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	assert_int_equal(h.events[h.n - 1].type, SM_PRIVACY_ERASED);
	for (size_t i = 0; i + 1 < h.n; i++) {
		assert_int_equal(h.events[i].n_p, 0);
	}
	assert_bytes(sm_event_value(&h.events[h.n - 1], "by"), "\"dpo\"");
	char newest[200];
	snprintf(newest, sizeof newest, "DELETE FROM {p}journal WHERE id='%s'", h.events[h.n - 1].id);
	long effects = f->effects_run;
	assert_ok(f, fixture_start(f, "order:0", &h, &p));
	assert_true(p.existed);
	assert_int_equal(f->effects_run, effects);
	sm_bytes output;
	assert_int_equal(sm_history_output(&h, SM_STR("charge"), &output, &f->e), SM_E_LIMIT);
	/* again: nothing */
	long n = erasures(f);
	assert_ok(f, erase(f, fixture_run_id(f, "order:0"), NULL, &out));
	assert_int_equal(out.fields + out.finished, 0);
	assert_int_equal(erasures(f), n);
	fixture_exec(f, newest);
	assert_string_equal(fixture_dump(f, "SELECT * FROM {p}journal ORDER BY id", columns), was);
	/* the other run has all of it */
	fixture_load(f, "order:1", &h);
	assert_non_null(sm_event_value(&h.events[0], "input").p);
}
ON_BOTH(an_erased_run_keeps_everything_else)

static void outside_of_runs_only_what_names_the_person_goes(fixture *f)
{
	char id[SM_ID_SIZE];
	sm_erased out;
	for (int i = 0; i < 4; i++) {
		assert_ok(f, append(f, "site", "shop.opened", "{}", i % 2 ? "\"" MAIL "\"" : "\"mary-" MAIL "\"", id));
	}
	assert_ok(f, erase(f, stream_of(f, "site"), &jane, &out));
	assert_int_equal(out.fields, 2);
	assert_int_equal(values_left(f), 2);
	assert_ok(f, append(f, "site", "shop.opened", "{}", "\"" MAIL "\"", id));
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 0);
	assert_ok(f, erase(f, stream_of(f, "site"), NULL, &out));
	assert_int_equal(out.fields, 3);
	assert_int_equal(values_left(f), 0);
}
ON_BOTH(outside_of_runs_only_what_names_the_person_goes)

/* More values than one event can name. */
static void a_long_stream_is_named_in_several_events(fixture *f)
{
	char id[SM_ID_SIZE];
	sm_erased out;
	for (int i = 0; i < 401; i++) {
		assert_ok(f, append(f, "site", "shop.opened", "{}", "\"" MAIL "\"", id));
	}
	assert_ok(f, erase(f, stream_of(f, "site"), NULL, &out));
	assert_int_equal(out.fields, 401);
	assert_int_equal(erasures(f), 2);
	assert_int_equal(values_left(f), 0);
}
ON_BOTH(a_long_stream_is_named_in_several_events)

/* Each statement of an erasure is refused, lost or applied twice; the same call ends it. */
static void whatever_the_store_does_the_same_call_ends_it(fixture *f)
{
	static const sm_statement_kind kinds[] = {SM_SQL_APPEND, SM_SQL_ERASE, SM_SQL_LOAD};
	int run = 0;
	fixture_start_all(f, "order:%d", 27);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (int mode = FAULT_REFUSED; mode <= FAULT_TWICE; mode++) {
			for (int times = 1; times <= 3; times++, run++) {
				char subject[32];
				sm_erased out;
				snprintf(subject, sizeof subject, "order:%d", run);
				const char *id = fixture_run_id(f, subject);
				f->fault = (fault_mode)mode;
				f->fault_kind = kinds[k];
				f->fault_times = times;
				sm_status st = erase(f, id, NULL, &out);
				if (st != SM_OK && st != SM_E_STORE && st != SM_E_UNCERTAIN) {
					fail_msg("kind %d, mode %d, %d times: status %d, %s", (int)kinds[k], mode, times, (int)st, f->e.message);
				}
				f->fault = FAULT_NONE;
				assert_ok(f, erase(f, id, NULL, &out));
				sm_history h;
				fixture_load(f, subject, &h);
				int named = 0;
				for (size_t i = 0; i < h.n; i++) {
					named += h.events[i].type == SM_PRIVACY_ERASED;
					assert_true(h.events[i].type == SM_PRIVACY_ERASED || h.events[i].n_p == 0);
				}
				assert_int_equal(named, 1);
			}
		}
	}
	assert_int_equal(values_left(f), 0);
}
ON_BOTH(whatever_the_store_does_the_same_call_ends_it)

/* Somebody else writes to the stream between our look and our word. */
static void interfere(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_APPEND) {
		fixture other;
		f->before = NULL;
		fixture_join(&other, f, "test");
		note(&other, "order:0", "jane", "meanwhile");
		fixture_close(&other);
	}
}

static void a_lost_race_is_looked_at_again(fixture *f)
{
	sm_erased out;
	fixture_start_all(f, "order:%d", 1);
	f->before = interfere;
	assert_ok(f, erase(f, fixture_run_id(f, "order:0"), NULL, &out));
	assert_null(f->before);
	assert_int_equal(values_left(f), 0);
	assert_int_equal(erasures(f), 1);
}
ON_BOTH(a_lost_race_is_looked_at_again)

/* ---- retention ---- */

static sm_status prune(fixture *f, int64_t age_us, int limit, sm_pruned *out)
{
	return sm_audit_prune(&f->j, age_us, SM_STR("retention"), SM_STR("a year"), limit, out, &f->e);
}

static void retention_takes_what_is_old_and_over(fixture *f)
{
	sm_pruned out = {0};
	fixture_mixed_runs(f);
	assert_ok(f, prune(f, INT64_C(3600) * 1000000, 100, &out));
	assert_int_equal(out.looked, 0);
	assert_false(out.more);
	int calls = 0;
	out = (sm_pruned){0};
	sm_pruned sum = {0};
	do {
		assert_ok(f, prune(f, -1000000, 2, &out));
		sum.runs += out.runs;
		sum.looked += out.looked;
		calls++;
	} while (out.more);
	assert_true(sum.looked >= 5); /* younger than now: what was just pruned comes again */
	assert_int_equal(sum.runs, 5);
	assert_true(calls >= 3);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf LIKE '%privacy.pruned%'"), 3);
	for (int i = 0; i < 5; i++) {
		char subject[32];
		sm_history h;
		snprintf(subject, sizeof subject, "done:%d", i);
		fixture_load(f, subject, &h);
		assert_int_equal(h.events[0].n_p, 0);
	}
	sm_history h;
	fixture_load(f, "unknown", &h);
	assert_true(h.events[0].n_p > 0);
	/* from the beginning: nothing is left */
	out = (sm_pruned){0};
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_int_equal(out.runs, 0);
}
ON_BOTH(retention_takes_what_is_old_and_over)

static void cited_events_stay(fixture *f)
{
	sm_history h;
	sm_pruned out = {0};
	char id[SM_ID_SIZE], text[200];
	int64_t generation;
	fixture_start_all(f, "order:%d", 3);
	for (int i = 0; i < 2; i++) {
		fixture_load(f, i == 0 ? "order:0" : "order:1", &h);
		const sm_event *finished = NULL;
		for (size_t k = 0; k < h.n; k++) {
			finished = h.events[k].type == SM_STEP_FINISHED ? &h.events[k] : finished;
		}
		snprintf(text, sizeof text, i == 0 ? "because of %s." : "{\"see\":[\"%s\"]}", finished->id);
		if (i == 0) {
			assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("category:commerce"), true, SM_STR("jane"), sm_cstr(text), &generation, &f->e));
		} else {
			assert_ok(f, append(f, "site", "shop.decided", text, NULL, id));
		}
	}
	/* more ids than fit at first */
	for (int i = 0; i < 70; i++) {
		snprintf(text, sizeof text, "{\"see\":\"%032d\"}", i);
		assert_ok(f, append(f, "site", "shop.decided", text, NULL, id));
	}
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_int_equal(out.runs, 3);
	assert_int_equal(out.kept, 2);
	for (int i = 0; i < 3; i++) {
		int left = 0;
		snprintf(text, sizeof text, "order:%d", i);
		fixture_load(f, text, &h);
		for (size_t k = 0; k < h.n; k++) {
			left += h.events[k].type == SM_STEP_FINISHED && h.events[k].n_p > 0;
		}
		assert_int_equal(left, i < 2);
	}
}
ON_BOTH(cited_events_stay)

static sm_status decide(fixture *f, const char *subject, sm_command_kind kind, const sm_answer *answer, const char *reason)
{
	sm_command cmd;
	sm_history h;
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = kind;
	cmd.by = SM_STR("jane");
	cmd.reason = sm_cstr(reason);
	cmd.answer = answer;
	sm_history_init(&h, &f->arena, fixture_run_id(f, subject));
	return sm_drive_command(&f->drive, &h, &cmd, &f->e);
}

/* Private fields that a run has left, but those of its erasures: "step.unknown message, ". */
static const char *left_of(fixture *f, const char *subject)
{
	sm_history h;
	sm_buf b;
	fixture_load(f, subject, &h);
	sm_buf_init(&b, &f->arena, 4000);
	sm_buf_puts(&b, "");
	for (size_t i = 0; i < h.n; i++) {
		for (size_t k = 0; h.events[i].type != SM_PRIVACY_ERASED && k < h.events[i].n_p; k++) {
			sm_buf_puts(&b, sm_event_names[h.events[i].type]);
			sm_buf_putc(&b, ' ');
			sm_buf_put(&b, h.events[i].p[k].field.p, h.events[i].p[k].field.n);
			sm_buf_puts(&b, ", ");
		}
	}
	return b.n > 0 ? b.p : "";
}

static void evidence_and_failures_that_nobody_saw_stay(fixture *f)
{
	static const sm_answer done = {.kind = SM_ANSWER_DONE, .output = SM_LIT("7"), .text = SM_LIT("seen in billing")};
	sm_pruned out = {0};
	sm_history h;
	char text[200];
	/* settled by a person, stopped by a person who cites, finished by hand, and one that healed by itself */
	fixture_start_with(f, "settled", SM_OUTCOME_AMBIGUOUS);
	assert_ok(f, decide(f, "settled", SM_CMD_VERDICT, &done, "billing has it"));
	sm_progress p;
	sm_history_init(&h, &f->arena, fixture_run_id(f, "settled"));
	assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
	fixture_start_with(f, "stopped", SM_OUTCOME_AMBIGUOUS);
	fixture_load(f, "stopped", &h);
	const sm_event *lost = NULL;
	for (size_t i = 0; i < h.n; i++) {
		lost = h.events[i].type == SM_STEP_UNKNOWN ? &h.events[i] : lost;
	}
	snprintf(text, sizeof text, "as %s says", lost->id);
	assert_ok(f, decide(f, "stopped", SM_CMD_STOP, NULL, text));
	fixture_start_with(f, "by hand", SM_OUTCOME_NOT_DONE);
	assert_ok(f, decide(f, "by hand", SM_CMD_FINISH_BY_HAND, NULL, "did it myself"));
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_int_equal(out.runs, 3);
	assert_string_equal(left_of(f, "settled"), "verdict.done by, verdict.done evidence, verdict.done reason, ");
	assert_string_equal(left_of(f, "stopped"), lost->n_p > 0 ? "step.unknown message, verdict.abandoned by, verdict.abandoned reason, "
		: "verdict.abandoned by, verdict.abandoned reason, ");
	assert_string_equal(left_of(f, "by hand"), "run.ended by, run.ended reason, ");
	/* an erasure on request takes these, too */
	sm_erased erased;
	assert_ok(f, erase(f, fixture_run_id(f, "settled"), NULL, &erased));
	assert_string_equal(left_of(f, "settled"), "");
}
ON_BOTH(evidence_and_failures_that_nobody_saw_stay)

/* Fails once in its second step, and ends well: by itself, or because a person resumed it. */
static void fail_and_end(fixture *f, const char *subject, bool by_a_person)
{
	sm_history h;
	sm_progress p;
	f->steps[1].retry_declared = true;
	f->steps[1].retry = (sm_retry){.attempts = by_a_person ? 1 : 2, .window_ms = 3600000, .first_wait_ms = 60000};
	f->steps[1].repeat = SM_REPEAT_SAFE;
	assert_ok(f, sm_workflow_check(&f->workflow, &f->j.settings, &f->arena, &f->e));
	f->failure_class = SM_CLASS_NOT_SENT;
	fixture_start_with(f, subject, SM_OUTCOME_NOT_DONE);
	fixture_load(f, subject, &h);
	assert_int_equal(h.run.phase, by_a_person ? SM_PHASE_PAUSED : SM_PHASE_OPEN);
	/* open: nothing goes */
	const sm_erasure what = {.why = SM_STR("age"), .by = SM_STR("x"), .reason = SM_STR("y")};
	sm_erased erased;
	assert_int_equal(sm_audit_erase(&f->j, h.stream, &what, &erased, &f->e), SM_E_STATE);
	if (by_a_person) {
		assert_ok(f, decide(f, subject, SM_CMD_RESUME, NULL, "x"));
	} else {
		fixture_exec(f, "UPDATE {p}journal SET stored_at=stored_at-120000000"); /* its wait is over */
	}
	sm_history_init(&h, &f->arena, fixture_run_id(f, subject));
	assert_ok(f, sm_drive_advance(&f->drive, &h, &p, &f->e));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}

/* Nobody has seen the failure of a run that healed by itself: its message stays until somebody writes a note. */
static void a_failure_waits_for_a_look(fixture *f)
{
	sm_pruned out = {0};
	fail_and_end(f, "healed", false);
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_string_equal(left_of(f, "healed"), "step.failed message, ");
	note(f, "healed", "jane", "fine");
	out = (sm_pruned){0};
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_string_equal(left_of(f, "healed"), "");
}
ON_BOTH(a_failure_waits_for_a_look)

/* Whoever resumed it has seen it: the message goes at once, and who decided, and why, stays. */
static void a_resumption_is_a_look(fixture *f)
{
	sm_pruned out = {0};
	fail_and_end(f, "resumed", true);
	assert_ok(f, prune(f, -1000000, 100, &out));
	assert_string_equal(left_of(f, "resumed"), "run.resumed by, run.resumed reason, ");
}
ON_BOTH(a_resumption_is_a_look)

static void what_was_left_half_way_is_finished(fixture *f)
{
	sm_pruned out = {0};
	sm_erased erased;
	fixture_start_all(f, "order:%d", 1);
	f->fault = FAULT_REFUSED;
	f->fault_kind = SM_SQL_ERASE;
	f->fault_times = 1000;
	assert_int_equal(erase(f, fixture_run_id(f, "order:0"), NULL, &erased), SM_E_UNCERTAIN);
	f->fault = FAULT_NONE;
	assert_true(values_left(f) > 0);
	assert_ok(f, prune(f, INT64_C(86400) * 1000000, 100, &out));
	assert_true(out.finished > 0);
	assert_int_equal(out.runs, 0);
	assert_int_equal(values_left(f), 0);
	assert_int_equal(erasures(f), 1);
}
ON_BOTH(what_was_left_half_way_is_finished)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(events_of_the_site_follow_each_other), BOTH(many_writers_share_a_stream), cmocka_unit_test(a_person_is_a_word_or_a_record),
		BOTH(events_that_name_a_person_are_found_page_by_page), BOTH(open_runs_and_the_engines_own_streams_keep_their_values),
		BOTH(an_erased_run_keeps_everything_else), BOTH(outside_of_runs_only_what_names_the_person_goes), BOTH(a_long_stream_is_named_in_several_events),
		BOTH(whatever_the_store_does_the_same_call_ends_it), BOTH(a_lost_race_is_looked_at_again), BOTH(retention_takes_what_is_old_and_over),
		BOTH(cited_events_stay), BOTH(evidence_and_failures_that_nobody_saw_stay), BOTH(a_failure_waits_for_a_look), BOTH(a_resumption_is_a_look),
		BOTH(what_was_left_half_way_is_finished)
	};

	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
