#include "support.h"

#include "alloc_world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sm_settings settings = {100, 100, 100};

void world_ok(world *w, sm_status st)
{
	if (st != SM_OK) {
		fail_msg("status %d: %s", (int)st, w->e.message);
	}
}

/* ---- raw statements ---- */

static char *with_prefix(const char *sql)
{
	char *out = test_malloc(strlen(sql) * 4 + 1);
	size_t n = 0;
	for (; *sql != '\0'; sql++) {
		if (strncmp(sql, "{p}", 3) == 0) {
			memcpy(out + n, "sm_", 3);
			n += 3;
			sql += 2;
		} else {
			out[n++] = *sql;
		}
	}
	out[n] = '\0';
	return out;
}

void world_exec(world *w, const char *sql)
{
	char *text = with_prefix(sql), *why = NULL;
	if (sqlite3_exec(w->sqlite.db, text, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", text, why);
	}
	test_free(text);
}

static int64_t number(world *w, const char *sql, const char *run)
{
	char *text = with_prefix(sql);
	sqlite3_stmt *st;
	int64_t n = 0;
	assert_int_equal(sqlite3_prepare_v2(w->sqlite.db, text, -1, &st, NULL), SQLITE_OK);
	if (run != NULL) {
		sqlite3_bind_text(st, 1, run, -1, SQLITE_STATIC);
	}
	if (sqlite3_step(st) == SQLITE_ROW) {
		n = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	test_free(text);
	return n;
}

void world_age(world *w)
{
	world_exec(w, "UPDATE {p}journal SET stored_at=stored_at-100000000000");
	world_exec(w, "UPDATE {p}run SET due=0 WHERE due IS NOT NULL");
}

/* ---- effects ---- */

static size_t step_index(const world *w, const sm_call *call)
{
	return call->workflow == &w->workflow ? (size_t)(call->step - w->steps) : 0;
}

static sm_status run_effect(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	world *w = ctx;
	const char *run = call->history->stream;
	size_t i = step_index(w, call), r = 0;

	while (r < w->n_acted && strcmp(w->acted[r].run, run) != 0) {
		r++;
	}
	assert_true(r < WORLD_RUNS);
	if (r == w->n_acted) {
		w->n_acted++;
		memcpy(w->acted[r].run, run, SM_ID_SIZE);
	}
	w->acted[r].calls++;
	w->acted[r].effects[i] += w->outcome[i] != SM_OUTCOME_NOT_DONE;
	/* no effect without a stored intent */
	assert_true(number(w, "SELECT COUNT(*) FROM {p}journal WHERE stream=? AND lease IS NOT NULL", run) >= w->acted[r].calls);

	memset(out, 0, sizeof *out);
	out->kind = w->outcome[i];
	out->retry_after_ms = -1;
	if (out->kind == SM_OUTCOME_DONE) {
		out->p[out->n_p++] = (sm_private){SM_STR("output"), SM_STR("{\"id\":\"\xc3\x85sa \xf0\x9f\x9b\x92\"}")};
	} else if (out->kind == SM_OUTCOME_NOT_DONE) {
		out->failure_class = SM_CLASS_PERMISSION;
		out->code = SM_STR("403");
		out->p[out->n_p++] = (sm_private){SM_STR("message"), SM_STR("\"no\"")};
	} else {
		out->why = SM_STR("lost_answer");
	}
	if (w->externals) {
		sm_external external = {SM_STR("charge"), SM_STR("ch_1")};
		sm_history own;
		sm_history_init(&own, arena, run);
		return sm_drive_external(&w->drive, &own, call->step->name, call->attempt, &external, e);
	}
	return SM_OK;
}

static sm_status probe(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	world *w = ctx;
	memset(out, 0, sizeof *out);
	out->kind = w->probe;
	out->text = SM_STR("looked");
	if (out->kind == SM_ANSWER_DONE) {
		out->output = SM_STR("{\"found\":1}");
	}
	return SM_OK;
}

static const sm_workflow *registered(void *ctx, sm_bytes name)
{
	world *w = ctx;
	return sm_bytes_eq(name, w->workflow.name) ? &w->workflow : NULL;
}

/* ---- one world ---- */

static void define(world *w, sm_arena *arena)
{
	static const char *const names[WORLD_STEPS] = {"create contact", "charge", "mail"};
	static const sm_repeat repeats[WORLD_STEPS] = {SM_REPEAT_SAFE, SM_REPEAT_NEVER, SM_REPEAT_ONCE};
	for (size_t i = 0; i < WORLD_STEPS; i++) {
		w->steps[i] = (sm_step_def){.name = sm_cstr(names[i]), .effect = SM_EFFECT_EXTERNAL, .repeat = repeats[i], .timeout_ms = 2000,
			.grace_ms = -1, .key_window_ms = i == 2 ? 86400000 : 0, .retry = sm_retry_default, .has_probe = i < 2};
	}
	w->workflow = (sm_workflow){.name = SM_STR("order.fulfil"), .version = SM_STR("1"), .category = SM_STR("commerce"),
		.owner = SM_STR("operations \xc3\x85"), .steps = w->steps, .n_steps = WORLD_STEPS};
	w->effect = (sm_step_def){.name = sm_once_step, .effect = SM_EFFECT_MONEY, .repeat = SM_REPEAT_NEVER, .timeout_ms = 2000, .grace_ms = -1,
		.retry_declared = true, .retry = {0, 0, 0}};
	w->once = (sm_workflow){.name = sm_once_name, .version = SM_STR("1"), .category = SM_STR("once"), .owner = SM_STR("operations"),
		.steps = &w->effect, .n_steps = 1};
	world_ok(w, sm_workflow_check(&w->workflow, &settings, arena, &w->e));
	world_ok(w, sm_workflow_check(&w->once, &settings, arena, &w->e));
	w->effects = (sm_effects){run_effect, probe, NULL, registered, w};
	w->drive = (sm_drive){&w->journal, &w->effects};
}

/* A process of its own over the database of w: new journal, new arena. */
static void begin_process(world *w)
{
	sm_store store = sqlite_store_vtable(&w->sqlite);
	w->heap = (test_heap){0, 0, 0};
	w->alloc = test_heap_alloc(&w->heap);
	sm_arena_init(&w->arena, &w->alloc);
	world_ok(w, sm_journal_init(&w->journal, &store, &sm_host_system, &settings, &w->alloc, &w->e));
}

static void end_process(world *w)
{
	sm_journal_free(&w->journal);
	sm_arena_free(&w->arena);
	assert_int_equal(w->heap.live, 0);
}

static void open_database(world *w)
{
	sqlite_store_init(&w->sqlite, ":memory:", "sm_", "test environment");
	assert_int_equal(sqlite3_open(":memory:", &w->sqlite.db), SQLITE_OK);
}

static void copy_database(world *w, const unsigned char *image, sqlite3_int64 n)
{
	open_database(w);
	unsigned char *own = sqlite3_malloc64((sqlite3_uint64)n);
	assert_non_null(own);
	memcpy(own, image, (size_t)n);
	assert_int_equal(sqlite3_deserialize(w->sqlite.db, "main", own, n, n, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE), SQLITE_OK);
}

void world_open(world *w)
{
	memset(w, 0, sizeof *w);
	open_database(w);
	begin_process(w);
	define(w, &w->arena);
	world_ok(w, sm_schema_install(&w->journal, SM_STR("shop.example"), &w->e));
}

void world_close(world *w)
{
	end_process(w);
	sqlite_store_close(&w->sqlite);
}

sm_start world_order(world *w, const char *subject)
{
	return (sm_start){.workflow = &w->workflow, .subject = sm_cstr(subject), .input = SM_STR("{\"order\":1}"), .occurrence = SM_STR("1"),
		.trigger = SM_STR("test")};
}

void world_run_id(world *w, const char *workflow, const char *subject, char out[SM_ID_SIZE])
{
	world_ok(w, sm_journal_identify(&w->journal, &w->e));
	sm_run_id(&w->journal.keys, sm_cstr(workflow), sm_cstr(subject), SM_STR("1"), out);
}

sm_history world_started(world *w, const char *subject)
{
	sm_start s = world_order(w, subject);
	sm_history h;
	sm_progress p;
	world_ok(w, sm_drive_start(&w->drive, &w->arena, &s, &h, &p, &w->e));
	return h;
}

sm_history world_loaded(world *w, const char *subject)
{
	char id[SM_ID_SIZE];
	sm_history h;
	world_run_id(w, "order.fulfil", subject, id);
	sm_history_init(&h, &w->arena, id);
	world_ok(w, sm_journal_load(&w->journal, &h, &w->e));
	return h;
}

/* ---- after a failure ---- */

/* What a person and the tick would do until the run is closed. */
static void finish(world *w, const char *id)
{
	sm_history h;
	for (int round = 0; round < 40; round++) {
		sm_progress p;
		sm_answer done = {.kind = SM_ANSWER_DONE, .text = SM_STR("seen")};
		sm_command cmd = {.by = SM_STR("Ada"), .reason = SM_STR("test"), .answer = &done};

		world_age(w);
		sm_history_init(&h, &w->arena, id);
		world_ok(w, sm_journal_load(&w->journal, &h, &w->e));
		if (h.broken) {
			fail_msg("run %s is broken: %s", id, h.broken_why);
		}
		if (h.n == 0 || h.run.phase == SM_PHASE_NONE || h.run.phase >= SM_PHASE_COMPLETED) {
			return;
		}
		if (h.run.phase == SM_PHASE_OPEN && h.run.st == SM_ST_STARTED && sm_bytes_eq(h.run.workflow, sm_once_name)) {
			sm_start s = world_order(w, "key");
			s.workflow = &w->once;
			sm_history again;
			world_ok(w, sm_drive_once(&w->drive, &w->arena, &s, &again, &p, &w->e));
			continue;
		}
		if (h.run.phase == SM_PHASE_PAUSED) {
			cmd.kind = SM_CMD_RESUME;
			world_ok(w, sm_drive_command(&w->drive, &h, &cmd, &w->e));
		} else if (h.run.st == SM_ST_UNKNOWN) {
			cmd.kind = SM_CMD_VERDICT;
			world_ok(w, sm_drive_command(&w->drive, &h, &cmd, &w->e));
		} else if (sm_bytes_eq(h.run.workflow, sm_once_name)) {
			sm_start s = world_order(w, "key");
			s.workflow = &w->once;
			sm_history again;
			world_ok(w, sm_drive_once(&w->drive, &w->arena, &s, &again, &p, &w->e));
		} else {
			world_ok(w, sm_drive_advance(&w->drive, &h, &p, &w->e));
		}
	}
	fail_msg("run %s cannot be finished", id);
}

/* What is stored is legal, and nobody is stuck. */
static void look_at_all(world *w)
{
	static const char *const columns[] = {"stream"};
	sm_store store = sqlite_store_vtable(&w->sqlite);
	sm_statement st = {.kind = SM_SQL_OTHER, .sql = SM_STR("SELECT DISTINCT stream FROM sm_journal"), .columns = columns, .n_columns = 1};
	sm_rows rows;

	world_exec(w, "UPDATE {p}switch SET held=0"); /* a hold of the scenario is not what is looked at */
	world_ok(w, store.read(store.ctx, &st, &w->arena, &rows, &w->e));
	for (size_t i = 0; i < WORLD_STEPS; i++) {
		w->outcome[i] = SM_OUTCOME_DONE;
	}
	w->probe = SM_ANSWER_UNKNOWN;
	w->externals = false;
	for (size_t i = 0; i < rows.n_rows; i++) {
		finish(w, rows.cells[i].s.p);
	}
	for (size_t r = 0; r < w->n_acted; r++) {
		assert_in_range(w->acted[r].effects[1], 0, 1); /* charge is `never` */
	}
	int64_t sequenced, projected;
	world_ok(w, sm_journal_catch_up(&w->journal, 1000, &sequenced, &projected, &w->e));
	assert_int_equal(number(w, "SELECT COUNT(*) FROM {p}run WHERE state NOT LIKE 'completed%' AND state<>'stopped'", NULL), 0);
	assert_int_equal(number(w, "SELECT MAX(leaf_index)+1-COUNT(*) FROM {p}journal", NULL), 0);
}

long world_fail_each(const scenario *s)
{
	sm_arena definitions;
	sqlite3_int64 n = 0;
	world *site = calloc(1, sizeof *site);

	/* the site as the scenario finds it */
	assert_non_null(site);
	sm_arena_init(&definitions, &sm_alloc_default);
	open_database(site);
	begin_process(site);
	define(site, &definitions);
	world_ok(site, sm_schema_install(&site->journal, SM_STR("shop.example"), &site->e));
	if (s->set_up != NULL) {
		s->set_up(site);
	}
	end_process(site);
	unsigned char *image = sqlite3_serialize(site->sqlite.db, "main", &n, 0);
	assert_non_null(image);

	long k = 0;
	for (bool failed = true; failed;) {
		world *w = calloc(1, sizeof *w);
		assert_non_null(w);
		memcpy(w->acted, site->acted, sizeof w->acted);
		memcpy(w->outcome, site->outcome, sizeof w->outcome);
		w->n_acted = site->n_acted;
		w->probe = site->probe;
		w->externals = site->externals;
		copy_database(w, image, n);
		begin_process(w);
		define(w, &definitions);
		w->heap.allocations = 0;
		w->heap.fail_at = ++k;
		sm_status st = s->act(w);
		failed = w->heap.allocations >= k;
		w->heap.fail_at = 0;
		if (st != (failed ? SM_E_NOMEM : s->expected)) {
			fail_msg("%s: allocation %ld %s, and status %d came back: %s", s->name, k, failed ? "failed" : "was not needed", (int)st, w->e.message);
		}
		end_process(w);
		begin_process(w);
		if (s->check != NULL) {
			s->check(w);
		}
		look_at_all(w);
		end_process(w);
		sqlite_store_close(&w->sqlite);
		free(w);
	}
	sqlite3_free(image);
	sqlite_store_close(&site->sqlite);
	sm_arena_free(&definitions);
	free(site);
	printf("# %-44s %6ld allocations failed, one at a time\n", s->name, k - 1);
	return k - 1;
}
