#include "support.h"

#include "journal_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- helpers ---- */

static sm_json *findings(fixture *f)
{
	sm_json *all = sm_json_new(&f->arena, SM_JSON_ARRAY);
	assert_non_null(all);
	assert_ok(f, sm_schema_check(&f->j, &f->arena, all, &f->e));
	return all;
}

/* Exactly the findings that contain these words, in this order. */
static void assert_findings(fixture *f, size_t n, const char *const *words)
{
	const sm_json *all = findings(f);
	for (size_t i = 0; i < all->u.a.n && i < n; i++) {
		sm_bytes text = all->u.a.items[i].u.s;
		if (memmem(text.p, text.n, words[i], strlen(words[i])) == NULL) {
			fail_msg("finding %zu is \"%.*s\", expected \"%s\" in it", i, (int)text.n, text.p, words[i]);
		}
	}
	if (all->u.a.n != n) {
		fail_msg("%zu findings, expected %zu; the first: %.*s", all->u.a.n, n, all->u.a.n ? (int)all->u.a.items[0].u.s.n : 0,
			all->u.a.n ? all->u.a.items[0].u.s.p : "");
	}
}

static void assert_sound(fixture *f)
{
	assert_findings(f, 0, NULL);
}

static void assert_finding(fixture *f, const char *words)
{
	assert_findings(f, 1, &words);
}

static const char *identity_dump(fixture *f)
{
	static const char *const columns[] = {"name", "value", NULL};
	return fixture_dump(f, "SELECT name, value FROM {p}meta ORDER BY name", columns);
}

/* ---- install ---- */

static void install_makes_what_the_check_finds_sound(fixture *f)
{
	assert_sound(f);
	sm_identity identity;
	assert_ok(f, sm_schema_identity(&f->j, &f->arena, &identity, &f->e));
	assert_true(sm_is_hex(sm_cstr(identity.site_id), SM_ID_LEN));
	assert_true(identity.matches);
	assert_int_equal(identity.schema, SM_SCHEMA_VERSION);
	assert_bytes(identity.environment, "test environment");
	assert_int_equal(identity.log.n, strlen("shop.example/sophmate/") + 16);
	assert_memory_equal(identity.log.p, "shop.example/sophmate/", strlen("shop.example/sophmate/"));
	assert_true(sm_is_hex((sm_bytes){identity.log.p + identity.log.n - 16, 16}, 16));
	assert_int_equal(fixture_int(f, "SELECT LENGTH(value) AS n FROM {p}meta WHERE name='site_key'"), 64);
}
ON_BOTH(install_makes_what_the_check_finds_sound)

static void install_again_changes_nothing(fixture *f)
{
	const char *before = identity_dump(f);
	fixture other;
	fixture_join(&other, f, "test environment");
	assert_ok(&other, sm_schema_install(&other.j, SM_STR("another.example"), &other.e));
	fixture_close(&other);
	assert_string_equal(identity_dump(f), before);
	assert_sound(f);
}
ON_BOTH(install_again_changes_nothing)

static void two_sites_have_nothing_in_common(fixture *f)
{
	fixture other;
	fixture_open(&other, f->inner.dialect);
	assert_memory_not_equal(f->j.keys.site, other.j.keys.site, SM_KEY_LEN);
	assert_memory_not_equal(f->j.keys.site_id, other.j.keys.site_id, SM_SITE_ID_LEN);
	assert_false(sm_bytes_eq(f->j.log, other.j.log));
	assert_string_not_equal(f->j.site_check, other.j.site_check);
	fixture_close(&other);
}
ON_BOTH(two_sites_have_nothing_in_common)

static int install_in_child(fixture *f, int child, void *ctx)
{
	char (*checks)[SM_ID_SIZE] = ctx;
	if (sm_schema_install(&f->j, SM_STR("shop.example"), &f->e) != SM_OK) {
		fprintf(stderr, "child %d: %s\n", child, f->e.message);
		return 1;
	}
	memcpy(checks[child], f->j.site_check, SM_ID_SIZE);
	return 0;
}

enum { INSTALLERS = 8, INSTALL_ROUNDS = 4 };

static void many_installations_at_once_end_with_one_identity(sm_dialect dialect)
{
	for (int round = 0; round < INSTALL_ROUNDS; round++) {
		fixture f;
		char (*checks)[SM_ID_SIZE] = fixture_shared(INSTALLERS * SM_ID_SIZE);
		fixture_open_empty(&f, dialect);
		fixture_fork(&f, INSTALLERS, install_in_child, checks);
		assert_ok(&f, sm_journal_identify(&f.j, &f.e));
		for (int i = 0; i < INSTALLERS; i++) {
			assert_string_equal(checks[i], f.j.site_check);
		}
		assert_sound(&f);
		fixture_close(&f);
	}
}

static void many_installations_at_once_on_sqlite(void **state)
{
	many_installations_at_once_end_with_one_identity(SM_SQLITE);
}

static void many_installations_at_once_on_mariadb(void **state)
{
	many_installations_at_once_end_with_one_identity(SM_MYSQL);
}

static void a_host_that_no_origin_can_hold_is_refused(fixture *f)
{
	char longest[201];
	memset(longest, 'a', sizeof longest);
	assert_int_equal(sm_schema_install(&f->j, SM_STR(""), &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_schema_install(&f->j, SM_STR("a/b"), &f->e), SM_E_ARGUMENT);
	assert_non_null(strstr(f->e.message, "a/b"));
	assert_int_equal(sm_schema_install(&f->j, SM_STR("\xc3\xa5.example"), &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_schema_install(&f->j, (sm_bytes){longest, 201}, &f->e), SM_E_ARGUMENT);
	assert_ok(f, sm_schema_install(&f->j, (sm_bytes){longest, 200}, &f->e));
}
ON_BOTH(a_host_that_no_origin_can_hold_is_refused)

static void a_journal_that_lost_its_identity_is_refused(fixture *f)
{
	sm_history h;
	sm_progress p;
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	fixture_exec(f, "DELETE FROM {p}meta WHERE name='site_key'");
	fixture other;
	fixture_join(&other, f, "test environment");
	assert_finding(&other, "the site's identity is missing from t_sophmate_meta");
	assert_int_equal(fixture_start(&other, "order:2", &h, &p), SM_E_SCHEMA);
	assert_int_equal(sm_schema_install(&other.j, SM_STR("shop.example"), &other.e), SM_E_SCHEMA);
	assert_non_null(strstr(other.e.message, "not empty"));
	assert_int_equal(fixture_int(&other, "SELECT COUNT(*) AS n FROM {p}meta WHERE name='site_key'"), 0);
	fixture_close(&other);
}
ON_BOTH(a_journal_that_lost_its_identity_is_refused)

static void the_site_row_is_not_made_again_behind_a_journal(fixture *f)
{
	sm_history h;
	sm_progress p;
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	fixture_exec(f, "DELETE FROM {p}switch WHERE target='*'");
	assert_finding(f, "the row '*' is missing");
	assert_int_equal(sm_schema_install(&f->j, SM_STR("shop.example"), &f->e), SM_E_SCHEMA);
	assert_int_equal(fixture_start(f, "order:2", &h, &p), SM_E_SCHEMA);
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_RESTORED, SM_STR("ann"), SM_STR("row lost"), &f->e));
	assert_sound(f);
	assert_ok(f, fixture_start(f, "order:3", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
}
ON_BOTH(the_site_row_is_not_made_again_behind_a_journal)

static void a_lost_site_row_comes_back_held_when_its_history_says_so(fixture *f)
{
	sm_history h;
	sm_progress p;
	int64_t generation;
	assert_ok(f, sm_switch_set(&f->j, &f->arena, SM_STR("*"), true, SM_STR("ann"), SM_STR("stop"), &generation, &f->e));
	fixture_exec(f, "DELETE FROM {p}switch WHERE target='*'");
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_RESTORED, SM_STR("ann"), SM_STR("row lost"), &f->e));
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	assert_true(p.held);
	assert_int_equal(f->effects_run, 0);
}
ON_BOTH(a_lost_site_row_comes_back_held_when_its_history_says_so)

static void tables_of_somebody_else_are_refused(sm_dialect dialect)
{
	fixture f;
	fixture_open_empty(&f, dialect);
	fixture_exec(&f, "CREATE TABLE {p}switch (id INTEGER, name VARCHAR(20))");
	assert_int_equal(sm_schema_install(&f.j, SM_STR("shop.example"), &f.e), SM_E_SCHEMA);
	assert_non_null(strstr(f.e.message, "t_sophmate_switch: column target is missing"));
	assert_int_equal(fixture_int(&f, "SELECT COUNT(*) AS n FROM {p}meta"), 0);
	fixture_close(&f);
}

static void tables_of_somebody_else_are_refused_on_sqlite(void **state)
{
	tables_of_somebody_else_are_refused(SM_SQLITE);
}

static void tables_of_somebody_else_are_refused_on_mariadb(void **state)
{
	tables_of_somebody_else_are_refused(SM_MYSQL);
}

static void a_newer_schema_is_refused(fixture *f)
{
	fixture_exec(f, "UPDATE {p}meta SET value='2' WHERE name='schema'");
	fixture other;
	fixture_join(&other, f, "test environment");
	assert_finding(&other, "schema version 2");
	assert_int_equal(sm_schema_install(&other.j, SM_STR("shop.example"), &other.e), SM_E_SCHEMA);
	fixture_close(&other);
}
ON_BOTH(a_newer_schema_is_refused)

/* ---- planted faults ---- */

typedef struct planted {
	const char *make, *words, *mend;
} planted;

static void each_planted_fault_is_named_on_mariadb(void **state)
{
	static const planted faults[] = {
		{"ALTER TABLE {p}journal ENGINE=MyISAM", "t_sophmate_journal: engine is MyISAM, must be InnoDB", "ALTER TABLE {p}journal ENGINE=InnoDB"},
		{"ALTER TABLE {p}journal MODIFY stream char(32) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL",
			"t_sophmate_journal: column stream has collation latin1_swedish_ci, must be ascii_bin",
			"ALTER TABLE {p}journal MODIFY stream char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"},
		{"ALTER TABLE {p}journal MODIFY leaf_hash char(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL",
			"t_sophmate_journal: column leaf_hash has length 32, must be 64",
			"ALTER TABLE {p}journal MODIFY leaf_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"},
		{"ALTER TABLE {p}journal DROP KEY stream_seq", "t_sophmate_journal: UNIQUE KEY (stream,seq) is missing",
			"ALTER TABLE {p}journal ADD UNIQUE KEY stream_seq (stream, seq)"},
		{"ALTER TABLE {p}journal DROP KEY leaf_index, ADD KEY leaf_index (leaf_index)",
			"t_sophmate_journal: UNIQUE KEY (leaf_index) is missing", "ALTER TABLE {p}journal DROP KEY leaf_index, ADD UNIQUE KEY leaf_index (leaf_index)"},
		{"ALTER TABLE {p}journal DROP PRIMARY KEY", "t_sophmate_journal: PRIMARY KEY (id) is missing", "ALTER TABLE {p}journal ADD PRIMARY KEY (id)"},
		{"ALTER TABLE {p}journal MODIFY leaf text CHARACTER SET latin1 NOT NULL", "t_sophmate_journal: column leaf is of type text, must be longblob",
			"ALTER TABLE {p}journal MODIFY leaf longblob NOT NULL"},
		{"ALTER TABLE {p}journal MODIFY seq int NULL", "t_sophmate_journal: column seq must be NOT NULL", "ALTER TABLE {p}journal MODIFY seq int NOT NULL"},
		{"ALTER TABLE {p}journal MODIFY stored_at int NOT NULL", "t_sophmate_journal: column stored_at is of type int, must be bigint",
			"ALTER TABLE {p}journal MODIFY stored_at bigint NOT NULL"},
		{"ALTER TABLE {p}journal ADD UNIQUE KEY one (stream)", "t_sophmate_journal: unique key one (stream) is not ours",
			"ALTER TABLE {p}journal DROP KEY one"},
		{"ALTER TABLE {p}switch DROP PRIMARY KEY, ADD PRIMARY KEY (target(8))", "t_sophmate_switch: PRIMARY KEY (target) is missing",
			"ALTER TABLE {p}switch DROP PRIMARY KEY, ADD PRIMARY KEY (target)"},
		{"ALTER TABLE {p}run DROP COLUMN put_off", "t_sophmate_run: column put_off is missing (int)", "ALTER TABLE {p}run ADD put_off int NOT NULL"},
		{"ALTER TABLE {p}run DROP KEY state_due", "t_sophmate_run: KEY (state,due) is missing", "ALTER TABLE {p}run ADD KEY state_due (state, due)"},
		{"ALTER TABLE {p}meta MODIFY value varchar(200) CHARACTER SET utf8mb4 NULL", "t_sophmate_meta: column value is of type varchar, must be longblob",
			"ALTER TABLE {p}meta MODIFY value longblob NULL"},
		{"DROP TABLE {p}external", "table t_sophmate_external is missing", NULL},
		{"DROP TABLE {p}checkpoint", "table t_sophmate_checkpoint is missing", NULL},
		{"ALTER TABLE {p}checkpoint DROP PRIMARY KEY", "t_sophmate_checkpoint: PRIMARY KEY (origin,size) is missing",
			"ALTER TABLE {p}checkpoint ADD PRIMARY KEY (origin, size)"},
		{"DELETE FROM {p}meta WHERE name='projected'", "t_sophmate_meta has no row 'projected'", NULL},
		{"SET GLOBAL innodb_flush_log_at_trx_commit=2", "innodb_flush_log_at_trx_commit is 2, must be 1", "SET GLOBAL innodb_flush_log_at_trx_commit=1"},
		{"SET GLOBAL sync_binlog=0", "the binary log is on and sync_binlog is 0, must be 1", "SET GLOBAL sync_binlog=1"},
		{"SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "reads uncommitted rows", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"},
		{"SET SESSION autocommit=0", "autocommit off", "SET SESSION autocommit=1"}
	};
	fixture f;
	fixture_open(&f, SM_MYSQL);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		fixture_exec(&f, faults[i].make);
		const char *both[] = {faults[i].words, "unique key PRIMARY (target) is not ours"};
		assert_findings(&f, strstr(faults[i].make, "target(8)") != NULL ? 2 : 1, both);
		if (faults[i].mend != NULL) {
			fixture_exec(&f, faults[i].mend);
		} else {
			assert_ok(&f, sm_schema_install(&f.j, SM_STR("shop.example"), &f.e));
		}
		assert_sound(&f);
	}
	fixture_close(&f);
}

static void each_planted_fault_is_named_on_sqlite(void **state)
{
	static const planted faults[] = {
		{"CREATE TABLE {p}journal (id TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT NOT NULL, "
			"private TEXT, lease INTEGER, stored_at INTEGER NOT NULL, leaf_index INTEGER, PRIMARY KEY (id), UNIQUE (leaf_index))",
			"t_sophmate_journal: UNIQUE KEY (stream,seq) is missing", NULL},
		{"CREATE TABLE {p}journal (id TEXT NOT NULL, stream TEXT NOT NULL COLLATE NOCASE, seq INTEGER NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT "
			"NOT NULL, private TEXT, lease INTEGER, stored_at INTEGER NOT NULL, leaf_index INTEGER, PRIMARY KEY (id), UNIQUE (stream, seq), "
			"UNIQUE (leaf_index))", "t_sophmate_journal: UNIQUE KEY (stream,seq) is missing", "NOCASE"},
		{"CREATE TABLE {p}journal (id TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT NOT NULL, "
			"private TEXT, stored_at INTEGER NOT NULL, leaf_index INTEGER, PRIMARY KEY (id), UNIQUE (stream, seq), UNIQUE (leaf_index))",
			"t_sophmate_journal: column lease is missing (INTEGER)", NULL},
		{"CREATE TABLE {p}journal (id TEXT, stream TEXT NOT NULL, seq INTEGER NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT NOT NULL, "
			"private TEXT, lease INTEGER, stored_at INTEGER NOT NULL, leaf_index INTEGER, PRIMARY KEY (id), UNIQUE (stream, seq), UNIQUE (leaf_index))",
			"t_sophmate_journal: column id must be NOT NULL", NULL},
		{"CREATE TABLE {p}journal (id TEXT NOT NULL, stream TEXT NOT NULL, seq TEXT NOT NULL, leaf TEXT NOT NULL, leaf_hash TEXT NOT NULL, "
			"private TEXT, lease INTEGER, stored_at INTEGER NOT NULL, leaf_index INTEGER, PRIMARY KEY (id), UNIQUE (stream, seq), UNIQUE (leaf_index))",
			"t_sophmate_journal: column seq is of type TEXT, must be INTEGER", NULL}
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		fixture f;
		fixture_open(&f, SM_SQLITE);
		fixture_exec(&f, "DROP TABLE {p}journal");
		assert_finding(&f, "table t_sophmate_journal is missing");
		fixture_exec(&f, faults[i].make);
		const char *both[] = {faults[i].words, "is not ours"};
		assert_findings(&f, faults[i].mend != NULL ? 2 : 1, both);
		assert_int_equal(sm_schema_install(&f.j, SM_STR("shop.example"), &f.e), SM_E_SCHEMA);
		fixture_exec(&f, "DROP TABLE {p}journal");
		assert_ok(&f, sm_schema_install(&f.j, SM_STR("shop.example"), &f.e));
		assert_sound(&f);
		fixture_close(&f);
	}
	fixture f;
	fixture_open(&f, SM_SQLITE);
	fixture_exec(&f, "PRAGMA synchronous=NORMAL");
	assert_finding(&f, "synchronous is NORMAL, must be FULL");
	fixture_exec(&f, "PRAGMA synchronous=OFF");
	assert_finding(&f, "synchronous is OFF, must be FULL");
	fixture_exec(&f, "PRAGMA synchronous=EXTRA");
	assert_sound(&f);
	fixture_exec(&f, "DROP INDEX {p}run_state_due");
	assert_finding(&f, "t_sophmate_run: KEY (state,due) is missing");
	assert_ok(&f, sm_schema_install(&f.j, SM_STR("shop.example"), &f.e));
	assert_sound(&f);
	fixture_close(&f);
}

/* ---- another environment ---- */

static void another_environment_starts_nothing_until_somebody_answers(fixture *f)
{
	sm_history h;
	sm_progress p;
	fixture moved;
	assert_ok(f, fixture_start(f, "order:1", &h, &p));
	fixture_join(&moved, f, "staging environment");
	assert_finding(&moved, "environment or key is not the one");
	assert_int_equal(fixture_start(&moved, "order:2", &h, &p), SM_E_IDENTITY);
	assert_int_equal(moved.effects_run, 0);
	/* what is finished stays known, and asking for it is no start */
	assert_ok(&moved, fixture_start(&moved, "order:1", &h, &p));
	assert_true(p.existed);
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	sm_identity identity;
	assert_ok(&moved, sm_schema_identity(&moved.j, &moved.arena, &identity, &moved.e));
	assert_false(identity.matches);

	assert_ok(&moved, sm_schema_adopt(&moved.j, SM_ADOPT_MOVED, SM_STR("ann"), SM_STR("new host \xc3\x85"), &moved.e));
	assert_sound(&moved);
	assert_ok(&moved, fixture_start(&moved, "order:3", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	/* what was asked for meanwhile was written down without its start */
	fixture_load(&moved, "order:2", &h);
	assert_int_equal(h.run.phase, SM_PHASE_OPEN);
	assert_int_equal(h.run.attempt, 0);
	assert_ok(&moved, sm_drive_advance(&moved.drive, &h, &p, &moved.e));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	/* the place that it left is the stranger now */
	assert_int_equal(fixture_start(f, "order:4", &h, &p), SM_E_IDENTITY);
	assert_memory_equal(f->j.keys.site_id, moved.j.keys.site_id, SM_SITE_ID_LEN);
	fixture_close(&moved);
}
ON_BOTH(another_environment_starts_nothing_until_somebody_answers)

static void another_key_starts_nothing(fixture *f)
{
	sm_history h;
	sm_progress p;
	fixture_exec(f, "UPDATE {p}meta SET value='00000000000000000000000000000000000000000000000000000000000000ff' WHERE name='site_key'");
	fixture other;
	fixture_join(&other, f, "test environment");
	assert_int_equal(fixture_start(&other, "order:1", &h, &p), SM_E_IDENTITY);
	assert_non_null(strstr(other.e.message, "moved, copied or restored?"));
	assert_finding(&other, "environment or key");
	fixture_close(&other);
}
ON_BOTH(another_key_starts_nothing)

static void an_answer_is_an_event_of_the_site(fixture *f)
{
	static const char *const columns[] = {"leaf", NULL};
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_RESTORED, SM_STR("ann"), SM_STR("dump of monday"), &f->e));
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_MOVED, SM_STR("bob"), SM_STR("new host"), &f->e));
	const char *leaves = fixture_dump(f, "SELECT leaf FROM {p}journal ORDER BY seq", columns);
	assert_non_null(strstr(leaves, "{\"d\":{\"as\":\"restored\"}"));
	assert_non_null(strstr(leaves, "{\"d\":{\"as\":\"moved\"}"));
	assert_int_equal(fixture_int(f, "SELECT COUNT(DISTINCT stream) AS n FROM {p}journal WHERE leaf LIKE '%site.adopted%'"), 1);
	assert_int_equal(fixture_int(f, "SELECT MAX(seq) AS n FROM {p}journal WHERE leaf LIKE '%site.adopted%'"), 2);
	/* what was restored opens a log of its own, what was moved goes on with its own */
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal WHERE leaf LIKE '%log.opened%' AND leaf LIKE '%restored%'"), 1);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 4);
	/* and no run */
	fixture_catch_up(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 0);
	assert_int_equal(sm_schema_adopt(&f->j, (sm_adopt)7, SM_STR("ann"), SM_STR("x"), &f->e), SM_E_ARGUMENT);
	assert_int_equal(sm_schema_adopt(&f->j, SM_ADOPT_MOVED, SM_STR("\xff"), SM_STR("x"), &f->e), SM_E_ARGUMENT);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}journal"), 4);
}
ON_BOTH(an_answer_is_an_event_of_the_site)

static void a_copy_ends_open_runs_and_gets_keys_of_its_own(fixture *f)
{
	sm_history h;
	sm_progress p;
	static const char *const ended[] = {"started safe", "started never", "unknown", "refused", "waiting", "later"};
	char old_key[SM_EFFECT_KEY_SIZE], new_key[SM_EFFECT_KEY_SIZE];

	assert_ok(f, fixture_start(f, "completed", &h, &p));
	fixture_start_and_die(f, "started safe");
	f->steps[0].repeat = SM_REPEAT_NEVER;
	fixture_start_and_die(f, "started never");
	f->steps[0].repeat = SM_REPEAT_SAFE;
	fixture_catch_up(f); /* some are listed, the others are not yet */
	fixture_start_with(f, "unknown", SM_OUTCOME_AMBIGUOUS);
	fixture_start_with(f, "refused", SM_OUTCOME_NOT_DONE);
	f->outcome[0] = SM_OUTCOME_AMBIGUOUS;
	assert_ok(f, fixture_start(f, "waiting", &h, &p));
	f->outcome[0] = SM_OUTCOME_DONE;
	fixture_start_later(f, "later", 0);
	sm_effect_key(&f->j.keys, h.stream, SM_STR("charge"), old_key);

	fixture copy;
	fixture_join(&copy, f, "staging environment");
	assert_ok(&copy, sm_schema_adopt(&copy.j, SM_ADOPT_COPY, SM_STR("ann"), SM_STR("staging"), &copy.e));
	assert_sound(&copy);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) AS n FROM {p}run"), 3); /* whoever listens hears of the rest */
	for (size_t i = 0; i < sizeof ended / sizeof *ended; i++) {
		fixture_load(&copy, ended[i], &h);
		assert_false(h.broken);
		if (h.run.phase != SM_PHASE_ENDED || sm_run_shown(&h.run, h.now) != SM_SHOWN_STOPPED) {
			fail_msg("the run \"%s\" is in phase %d", ended[i], (int)h.run.phase);
		}
	}
	fixture_load(&copy, "completed", &h);
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	/* the uncertain effect stays listed */
	fixture_load(&copy, "started never", &h);
	assert_int_equal(h.run.steps[0].n_attempts, 1);
	assert_true(h.run.steps[0].attempts[0].uncertain);

	sm_effect_key(&copy.j.keys, h.stream, SM_STR("charge"), new_key);
	assert_memory_not_equal(f->j.keys.site_id, copy.j.keys.site_id, SM_SITE_ID_LEN);
	assert_string_not_equal(old_key, new_key);
	assert_memory_equal(f->j.keys.idem, copy.j.keys.idem, SM_KEY_LEN); /* finished events stay known */
	assert_ok(&copy, fixture_start(&copy, "new", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	fixture_close(&copy);
}
ON_BOTH(a_copy_ends_open_runs_and_gets_keys_of_its_own)

/* Refuses every append from the first change of the site's row on: the run that is open cannot be ended. */
static void refuse_endings(fixture *f, const sm_statement *st)
{
	if (st->kind == SM_SQL_OTHER && memmem(st->sql.p, st->sql.n, "site_check", 10) != NULL) {
		f->fault = FAULT_REFUSED;
		f->fault_kind = SM_SQL_APPEND;
		f->fault_times = 1000;
	}
}

static void a_copy_that_died_half_way_is_answered_again(fixture *f)
{
	sm_history h;
	sm_progress p;
	fixture copy;
	fixture_start_with(f, "open", SM_OUTCOME_AMBIGUOUS);
	fixture_join(&copy, f, "test environment"); /* a clone: the environment tells nothing */
	copy.before = refuse_endings;
	assert_int_equal(sm_schema_adopt(&copy.j, SM_ADOPT_COPY, SM_STR("ann"), SM_STR("clone"), &copy.e), SM_E_UNCERTAIN);
	copy.before = NULL;
	copy.fault = FAULT_NONE;
	fixture_load(&copy, "open", &h);
	assert_int_equal(h.run.phase, SM_PHASE_OPEN);
	/* nothing starts before the answer has taken effect */
	assert_int_equal(fixture_start(&copy, "too early", &h, &p), SM_E_IDENTITY);
	assert_finding(&copy, "moved, copied or restored?");
	copy.fault = FAULT_LOST;
	copy.fault_kind = SM_SQL_OTHER; /* the write of the site row, whose answer is lost */
	copy.fault_times = 1;
	assert_ok(&copy, sm_schema_adopt(&copy.j, SM_ADOPT_COPY, SM_STR("ann"), SM_STR("clone"), &copy.e));
	copy.fault = FAULT_NONE;
	fixture_load(&copy, "open", &h);
	assert_int_equal(h.run.phase, SM_PHASE_ENDED);
	assert_ok(&copy, fixture_start(&copy, "new", &h, &p));
	assert_int_equal(h.run.phase, SM_PHASE_COMPLETED);
	fixture_close(&copy);
}
ON_BOTH(a_copy_that_died_half_way_is_answered_again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(install_makes_what_the_check_finds_sound),
		BOTH(install_again_changes_nothing),
		BOTH(two_sites_have_nothing_in_common),
		cmocka_unit_test(many_installations_at_once_on_sqlite),
		cmocka_unit_test(many_installations_at_once_on_mariadb),
		BOTH(a_host_that_no_origin_can_hold_is_refused),
		BOTH(a_journal_that_lost_its_identity_is_refused),
		BOTH(the_site_row_is_not_made_again_behind_a_journal),
		BOTH(a_lost_site_row_comes_back_held_when_its_history_says_so),
		cmocka_unit_test(tables_of_somebody_else_are_refused_on_sqlite),
		cmocka_unit_test(tables_of_somebody_else_are_refused_on_mariadb),
		BOTH(a_newer_schema_is_refused),
		cmocka_unit_test(each_planted_fault_is_named_on_mariadb),
		cmocka_unit_test(each_planted_fault_is_named_on_sqlite),
		BOTH(another_environment_starts_nothing_until_somebody_answers),
		BOTH(another_key_starts_nothing),
		BOTH(an_answer_is_an_event_of_the_site),
		BOTH(a_copy_ends_open_runs_and_gets_keys_of_its_own),
		BOTH(a_copy_that_died_half_way_is_answered_again),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
