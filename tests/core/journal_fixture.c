#include "support.h"

#include "journal_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The program's server and folder. */
static struct {
	pid_t pid;
	int input; /* the server lives as long as this is open */
	char socket[256], folder[64];
	int databases;
} server;

/* ---- server ---- */

int fixture_server_start(void **state)
{
	int in[2], out[2];
	(void)state;
	if (sodium_init() < 0 || pipe(in) != 0 || pipe(out) != 0) {
		return -1;
	}
	snprintf(server.folder, sizeof server.folder, "%s", "/tmp/sophmate-core-db.XXXXXX");
	if (mkdtemp(server.folder) == NULL) {
		return -1;
	}
	server.pid = fork();
	if (server.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl("tests/core/mariadb.sh", "mariadb.sh", (char *)NULL);
		perror("tests/core/mariadb.sh");
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server.input = in[1];
	FILE *answer = fdopen(out[0], "r");
	if (server.pid < 0 || answer == NULL || fgets(server.socket, sizeof server.socket, answer) == NULL) {
		fprintf(stderr, "no MariaDB: tests/core/mariadb.sh said why\n");
		return -1;
	}
	fclose(answer);
	server.socket[strcspn(server.socket, "\n")] = '\0';
	return 0;
}

int fixture_server_stop(void **state)
{
	int status;
	(void)state;
	close(server.input);
	waitpid(server.pid, &status, 0);
	for (int i = 1; i <= server.databases; i++) {
		static const char *const tails[] = {"", "-wal", "-shm"};
		for (size_t k = 0; k < 3; k++) {
			char path[128];
			snprintf(path, sizeof path, "%s/%d.db%s", server.folder, i, tails[k]);
			unlink(path);
		}
	}
	return rmdir(server.folder);
}

/* ---- the counting and failing store ---- */

static void count(fixture *f, const sm_statement *st, bool write)
{
	f->count[st->kind]++;
	*(write ? &f->writes : &f->reads) += 1;
	if (f->before != NULL) {
		f->before(f, st);
	}
}

static fault_mode take_fault(fixture *f, const sm_statement *st)
{
	if (f->fault == FAULT_NONE || st->kind != f->fault_kind || f->fault_times == 0) {
		return FAULT_NONE;
	}
	f->fault_times--;
	return f->fault;
}

static sm_status counted_write(void *ctx, const sm_statement *st, int64_t *changed, sm_error *e)
{
	fixture *f = ctx;
	count(f, st, true);
	fault_mode mode = take_fault(f, st);
	if (mode == FAULT_REFUSED) {
		return sm_fail(e, SM_E_STORE, "refused by the test");
	}
	sm_status s = f->inner.write(f->inner.ctx, st, changed, e);
	if (mode == FAULT_TWICE) {
		s = f->inner.write(f->inner.ctx, st, changed, e);
	}
	return mode == FAULT_LOST ? sm_fail(e, SM_E_STORE, "answer lost by the test") : s;
}

static sm_status counted_read(void *ctx, const sm_statement *st, sm_arena *arena, sm_rows *rows, sm_error *e)
{
	fixture *f = ctx;
	count(f, st, false);
	return take_fault(f, st) != FAULT_NONE ? sm_fail(e, SM_E_STORE, "read failed by the test")
		: f->inner.read(f->inner.ctx, st, arena, rows, e);
}

static sm_status counted_reset(void *ctx, sm_error *e)
{
	fixture *f = ctx;
	return f->inner.reset(f->inner.ctx, e);
}

static sm_status counted_environment(void *ctx, sm_arena *arena, sm_bytes *out, sm_error *e)
{
	fixture *f = ctx;
	return f->inner.environment(f->inner.ctx, arena, out, e);
}

/* ---- effects ---- */

static sm_status run_effect(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	fixture *f = ctx;
	size_t i = (size_t)(call->step - f->workflow.steps);
	f->effects_run++;
	memset(out, 0, sizeof *out);
	out->kind = f->outcome[i];
	out->retry_after_ms = -1;
	if (out->kind == SM_OUTCOME_DONE) {
		out->p[out->n_p++] = (sm_private){SM_STR("output"), SM_STR("{\"id\":\"\xc3\x85sa \xf0\x9f\x9b\x92\"}")};
	} else if (out->kind == SM_OUTCOME_NOT_DONE) {
		out->failure_class = f->failure_class ? (sm_failure_class)f->failure_class : SM_CLASS_PERMISSION;
		out->p[out->n_p++] = (sm_private){SM_STR("message"), SM_STR("\"no\"")};
	} else {
		out->why = SM_STR("lost_answer");
	}
	if (f->externals && out->kind == SM_OUTCOME_DONE) {
		char id[80];
		sm_bytes copy;
		snprintf(id, sizeof id, "ch_%.*s", (int)call->step->name.n, call->step->name.p);
		assert_int_equal(sm_arena_dup(arena, sm_cstr(id), &copy), SM_OK);
		sm_external external = {SM_STR("charge"), copy};
		sm_history own;
		sm_history_init(&own, arena, call->history->stream);
		assert_int_equal(sm_drive_external(&f->drive, &own, call->step->name, call->attempt, &external, e), SM_OK);
	}
	return SM_OK;
}

static sm_status no_probe(void *ctx, const sm_call *call, sm_arena *arena, sm_answer *out, sm_error *e)
{
	memset(out, 0, sizeof *out);
	out->kind = SM_ANSWER_UNKNOWN;
	out->text = SM_STR("cannot tell");
	return SM_OK;
}

static bool not_stopped(void *ctx, sm_bytes workflow, sm_bytes category)
{
	return false;
}

static const sm_workflow *registered(void *ctx, sm_bytes name)
{
	fixture *f = ctx;
	return sm_bytes_eq(name, f->workflow.name) ? &f->workflow : NULL;
}

static void define(fixture *f)
{
	static const sm_settings settings = {100, 100, 100};
	static const char *const names[] = {"create contact", "charge", "mail"};
	sm_store store = {counted_write, counted_read, counted_reset, counted_environment, f->inner.dialect, f->inner.prefix, f};
	sm_arena_init(&f->arena, &sm_alloc_default);
	assert_ok(f, sm_journal_init(&f->j, &store, &sm_host_system, &settings, &sm_alloc_default, &f->e));
	for (size_t i = 0; i < 3; i++) {
		f->steps[i] = (sm_step_def){.name = sm_cstr(names[i]), .effect = SM_EFFECT_EXTERNAL, .repeat = i == 0 ? SM_REPEAT_SAFE : SM_REPEAT_NEVER,
			.timeout_ms = 2000, .grace_ms = -1, .retry = sm_retry_default};
		f->outcome[i] = SM_OUTCOME_DONE;
	}
	f->workflow = (sm_workflow){.name = SM_STR("order.fulfil"), .version = SM_STR("1"), .category = SM_STR("commerce"),
		.owner = SM_STR("operations \xc3\x85"), .steps = f->steps, .n_steps = 3};
	assert_ok(f, sm_workflow_check(&f->workflow, &settings, &f->arena, &f->e));
	f->effects = (sm_effects){run_effect, no_probe, not_stopped, registered, f};
	f->drive = (sm_drive){&f->j, &f->effects};
}

/* ---- opening ---- */

void fixture_open_empty(fixture *f, sm_dialect dialect)
{
	char name[128];
	memset(f, 0, sizeof *f);
	server.databases++;
	if (dialect == SM_SQLITE) {
		snprintf(name, sizeof name, "%s/%d.db", server.folder, server.databases);
		sqlite_store_init(&f->sqlite, name, "t_sophmate_", "test environment");
		f->inner = sqlite_store_vtable(&f->sqlite);
	} else {
		mysql_store_init(&f->mysql, server.socket, "mysql", "t_sophmate_", "test environment");
		f->inner = mysql_store_vtable(&f->mysql);
		/* a server that was there before the program may have it from another one */
		snprintf(name, sizeof name, "DROP DATABASE IF EXISTS t%d", server.databases);
		fixture_exec(f, name);
		snprintf(name, sizeof name, "CREATE DATABASE t%d CHARACTER SET latin1 COLLATE latin1_swedish_ci", server.databases);
		fixture_exec(f, name);
		mysql_store_close(&f->mysql);
		snprintf(f->mysql.database, sizeof f->mysql.database, "t%d", server.databases);
	}
	define(f);
}

void fixture_open(fixture *f, sm_dialect dialect)
{
	fixture_open_empty(f, dialect);
	assert_ok(f, sm_schema_install(&f->j, SM_STR("shop.example"), &f->e));
}

void fixture_join(fixture *f, const fixture *other, const char *environment)
{
	memset(f, 0, sizeof *f);
	if (other->inner.dialect == SM_SQLITE) {
		sqlite_store_init(&f->sqlite, other->sqlite.path, other->sqlite.prefix, environment);
		f->inner = sqlite_store_vtable(&f->sqlite);
	} else {
		mysql_store_init(&f->mysql, other->mysql.socket, other->mysql.database, other->mysql.prefix, environment);
		f->inner = mysql_store_vtable(&f->mysql);
	}
	define(f);
}

void fixture_close(fixture *f)
{
	sm_journal_free(&f->j);
	sm_arena_free(&f->arena);
	sqlite_store_close(&f->sqlite);
	mysql_store_close(&f->mysql);
}

/* ---- raw statements ---- */

static sm_statement raw(const fixture *f, const char *sql, char *text, size_t size)
{
	size_t n = 0;
	for (; *sql != '\0'; sql++) {
		if (strncmp(sql, "{p}", 3) == 0) {
			n += (size_t)snprintf(text + n, size - n, "%.*s", (int)f->inner.prefix.n, f->inner.prefix.p);
			sql += 2;
		} else {
			assert_true(n + 1 < size);
			text[n++] = *sql;
		}
	}
	text[n] = '\0';
	return (sm_statement){.kind = SM_SQL_OTHER, .sql = {text, n}};
}

void fixture_exec(fixture *f, const char *sql)
{
	char text[4096];
	int64_t changed;
	sm_statement st = raw(f, sql, text, sizeof text);
	assert_ok(f, f->inner.write(f->inner.ctx, &st, &changed, &f->e));
}

int64_t fixture_int(fixture *f, const char *sql)
{
	static const char *const columns[] = {"n"};
	char text[4096];
	sm_rows rows;
	int64_t n;
	sm_statement st = raw(f, sql, text, sizeof text);
	st.columns = columns;
	st.n_columns = 1;
	assert_ok(f, f->inner.read(f->inner.ctx, &st, &f->arena, &rows, &f->e));
	return sm_value_int(sm_rows_cell(&rows, 0, 0), &n) ? n : -1;
}

const char *fixture_dump(fixture *f, const char *sql, const char *const *columns)
{
	char text[4096];
	sm_rows rows;
	sm_buf b;
	sm_statement st = raw(f, sql, text, sizeof text);
	st.columns = columns;
	while (columns[st.n_columns] != NULL) {
		st.n_columns++;
	}
	assert_ok(f, f->inner.read(f->inner.ctx, &st, &f->arena, &rows, &f->e));
	sm_buf_init(&b, &f->arena, 1u << 28);
	sm_buf_puts(&b, "");
	for (size_t r = 0; r < rows.n_rows; r++) {
		for (size_t c = 0; c < rows.n_columns; c++) {
			const sm_value *v = sm_rows_cell(&rows, r, c);
			if (v->kind == SM_V_INT) {
				sm_buf_int(&b, v->i);
			} else if (v->kind == SM_V_STR) {
				sm_buf_put(&b, v->s.p, v->s.n);
			} else {
				sm_buf_puts(&b, "NULL");
			}
			sm_buf_puts(&b, c + 1 < rows.n_columns ? "|" : "\n");
		}
	}
	assert_int_equal(b.status, SM_OK);
	return b.p != NULL ? b.p : "";
}

void fixture_count_from_here(fixture *f)
{
	memset(f->count, 0, sizeof f->count);
	f->reads = f->writes = 0;
}

/* ---- runs ---- */

sm_status fixture_start(fixture *f, const char *subject, sm_history *h, sm_progress *p)
{
	sm_start s = {.workflow = &f->workflow, .subject = sm_cstr(subject), .input = SM_STR("{\"order\":1}"), .occurrence = SM_STR("1"),
		.trigger = SM_STR("test")};
	return sm_drive_start(&f->drive, &f->arena, &s, h, p, &f->e);
}

/* SQLite's clock has milliseconds: what starts in the same one has no order. */
static void next_millisecond(void)
{
	nanosleep(&(struct timespec){0, 1100000}, NULL);
}

void fixture_start_all(fixture *f, const char *format, int n)
{
	for (int i = 0; i < n; i++) {
		char subject[48];
		next_millisecond();
		sm_history h;
		sm_progress p;
		snprintf(subject, sizeof subject, format, i);
		assert_ok(f, fixture_start(f, subject, &h, &p));
	}
}

void fixture_start_with(fixture *f, const char *subject, sm_outcome_kind second)
{
	sm_history h;
	sm_progress p;
	f->outcome[1] = second;
	assert_ok(f, fixture_start(f, subject, &h, &p));
	f->outcome[1] = SM_OUTCOME_DONE;
}

void fixture_start_later(fixture *f, const char *subject, int64_t not_before)
{
	sm_history h;
	sm_progress p;
	sm_start s = {.workflow = &f->workflow, .subject = sm_cstr(subject), .input = SM_STR("null"), .occurrence = SM_STR("1"), .trigger = SM_STR("test"),
		.later = true, .not_before = not_before};
	assert_ok(f, sm_drive_start(&f->drive, &f->arena, &s, &h, &p, &f->e));
}

static sm_status dies(void *ctx, const sm_call *call, sm_arena *arena, sm_outcome *out, sm_error *e)
{
	return SM_E_ABORTED;
}

void fixture_start_and_die(fixture *f, const char *subject)
{
	sm_history h;
	sm_progress p;
	sm_status (*run)(void *, const sm_call *, sm_arena *, sm_outcome *, sm_error *) = f->effects.run;
	f->effects.run = dies;
	assert_int_equal(fixture_start(f, subject, &h, &p), SM_E_ABORTED);
	f->effects.run = run;
}

const char *fixture_run_id(fixture *f, const char *subject)
{
	char *id = sm_arena_alloc(&f->arena, 1, SM_ID_SIZE);
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	sm_run_id(&f->j.keys, f->workflow.name, sm_cstr(subject), SM_STR("1"), id);
	return id;
}

void fixture_mixed_runs(fixture *f)
{
	f->externals = true;
	fixture_start_all(f, "done:%d", 5);
	next_millisecond();
	fixture_start_with(f, "unknown", SM_OUTCOME_AMBIGUOUS);
	next_millisecond();
	fixture_start_with(f, "paused", SM_OUTCOME_NOT_DONE);
	next_millisecond();
	fixture_start_and_die(f, "started");
	next_millisecond();
	fixture_start_later(f, "soon", 0);
	next_millisecond();
	fixture_start_later(f, "far", INT64_C(4000000000000000));
	f->outcome[0] = SM_OUTCOME_AMBIGUOUS;
	fixture_start_all(f, "waiting", 1);
	f->outcome[0] = SM_OUTCOME_DONE;
	f->externals = false;
}

void fixture_load(fixture *f, const char *subject, sm_history *h)
{
	char id[SM_ID_SIZE];
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	sm_run_id(&f->j.keys, f->workflow.name, sm_cstr(subject), SM_STR("1"), id);
	sm_history_init(h, &f->arena, id);
	assert_ok(f, sm_journal_load(&f->j, h, &f->e));
}

void fixture_catch_up(fixture *f)
{
	int64_t sequenced, projected;
	assert_ok(f, sm_journal_catch_up(&f->j, 100000, &sequenced, &projected, &f->e));
}

void fixture_fork(fixture *f, int n, int (*work)(fixture *f, int child, void *ctx), void *ctx)
{
	pid_t children[64];
	assert_true(n <= 64);
	/* no connection goes through fork() */
	sqlite_store_close(&f->sqlite);
	mysql_store_close(&f->mysql);
	fflush(NULL);
	for (int i = 0; i < n; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			fixture own;
			close(server.input); /* the server must not outlive the parent because of us */
			fixture_join(&own, f, "test environment");
			int code = work(&own, i, ctx);
			fixture_close(&own);
			_exit(code);
		}
	}
	for (int i = 0; i < n; i++) {
		int status = 0;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fail_msg("child %d ended with status %d", i, status);
		}
	}
}

void *fixture_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(p != MAP_FAILED);
	return p;
}
