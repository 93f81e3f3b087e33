/* The log's own stream: which key signs, and what came before it; on real databases. */
#include "support.h"

#include "audit_fixture.h"

#include <stdio.h>
#include <string.h>

static void rotation_goes_on_with_the_same_tree_and_closes_the_old_log(fixture *f)
{
	sm_log log;
	sm_signed last, out;
	sm_bytes next;
	sm_hash_source leaves = {.read = sm_journal_leaf_hashes, .levels = 1, .ctx = &f->j};
	sm_proof proof;
	host *h = open_log(f, &log, 1);
	fixture_start_all(f, "order:%d", 2);
	assert_ok(f, checkpoint(f, &log, h, &last));
	assert_ok(f, sm_log_next_origin(&f->j, &log, &f->arena, &next, &f->e));
	host *fresh = new_host(f, next, 7);
	sm_log_change c = {.why = SM_STR("rotated"), .origin = next, .vkey = vkey(f, fresh), .by = SM_STR("ann"), .reason = SM_STR("yearly"), .last = &last.at};
	assert_ok(f, sm_log_first_head(&f->j, &f->arena, &fresh->signer, &fresh->files, &out, &f->e));
	assert_ok(f, sm_log_replace(&f->j, &f->arena, &log, &c, &f->e));
	assert_bytes(log.origin, fresh->origin);
	assert_int_equal(log.n_linked, 2);
	assert_bytes(log.linked[0], h->origin);
	assert_false(log.unsettled);
	assert_bytes(f->j.log, fresh->origin);
	const sm_event *closed = &log.history.events[log.history.n - 2];
	assert_int_equal(closed->type, SM_LOG_CLOSED);
	assert_int_equal(closed->size, last.at.size);
	assert_bytes(closed->next, fresh->origin);
	assert_bytes(sm_json_get_str(log.history.events[log.history.n - 1].previous, "origin"), h->origin);
	/* the old one is never signed again */
	int opened = h->opened;
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_IDENTITY);
	assert_int_equal(h->opened, opened);
	/* an ordinary consistency proof leads from the old log's last head to the new log's */
	fixture_start_all(f, "later:%d", 2);
	assert_ok(f, checkpoint(f, &log, fresh, &out));
	assert_true(out.at.size > last.at.size);
	assert_ok(f, sm_consistency_prove(&leaves, NULL, last.at.size, out.at.size, &proof, &f->e));
	assert_ok(f, sm_consistency_verify(last.at.size, out.at.size, &last.at.root, &out.at.root, proof.hashes, proof.n, &f->e));
	/* a switch-over that died before meta knew it is finished by the next one */
	char sql[400];
	snprintf(sql, sizeof sql, "UPDATE {p}meta SET value='%s' WHERE name='log'", h->origin);
	fixture_exec(f, sql);
	read_log(f, &log);
	assert_true(log.unsettled);
	assert_ok(f, sm_log_settle(&f->j, &log, &f->e));
	assert_bytes(f->j.log, fresh->origin);
	/* a name that the journal never had is an alarm */
	fixture_exec(f, "UPDATE {p}meta SET value='shop.example/sophmate/ffffffffffffffff' WHERE name='log'");
	assert_int_equal(sm_log_read(&f->j, &f->arena, &log, &f->e), SM_E_ILLEGAL);
}
ON_BOTH(rotation_goes_on_with_the_same_tree_and_closes_the_old_log)

static void of_two_that_open_the_log_one_wins(fixture *f)
{
	sm_log mine, theirs;
	read_log(f, &mine);
	open_log(f, &theirs, 1);
	host *h = new_host(f, mine.origin, 2);
	sm_log_change c = {.why = SM_STR("created"), .origin = mine.origin, .vkey = vkey(f, h), .by = SM_STR("bob"), .reason = SM_STR("test")};
	assert_int_equal(sm_log_give_key(&f->j, &f->arena, &mine, &c, &f->e), SM_E_STATE);
	read_log(f, &mine);
	assert_true(sm_bytes_eq(mine.vkey, theirs.vkey));
}
ON_BOTH(of_two_that_open_the_log_one_wins)

static void a_stream_that_no_log_writes_is_refused(fixture *f)
{
	static const char *const spoilt[] = {
		"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"type\":\"log.opened\"', '\"type\":\"note\"') WHERE seq=1 AND leaf LIKE '%log.opened%'",
		"UPDATE {p}journal SET leaf=REPLACE(leaf, '\"seq\":1', '\"seq\":7') WHERE seq=1 AND leaf LIKE '%log.opened%'"
	};
	for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
		sm_log log;
		sm_dialect dialect = f->j.store.dialect;
		fixture_close(f);
		fixture_open(f, dialect);
		open_log(f, &log, 1);
		fixture_exec(f, spoilt[i]);
		assert_int_equal(sm_log_read(&f->j, &f->arena, &log, &f->e), SM_E_ILLEGAL);
	}
}
ON_BOTH(a_stream_that_no_log_writes_is_refused)

static sm_event change_event(sm_event_type type, const char *origin, const char *next, const char *key)
{
	sm_event ev = sm_event_new(type);
	ev.origin = sm_cstr(origin);
	ev.next = sm_cstr(next);
	ev.log_key = sm_cstr(key);
	ev.why = SM_STR("created");
	return ev;
}

/* Events of the log's stream, one letter and two names each: "O origin key" opened ("-": no key), "C origin next" closed, "N" a note that
 * has no place there. "*" is the name that meta has. */
static sm_status history_of(fixture *f, const char *const script[][3], sm_log *log)
{
	sm_dialect dialect = f->j.store.dialect;
	char stream[SM_ID_SIZE], own[256];
	sm_history h;
	size_t stored;
	fixture_close(f);
	fixture_open(f, dialect);
	assert_ok(f, sm_journal_identify(&f->j, &f->e));
	snprintf(own, sizeof own, "%.*s", (int)f->j.log.n, f->j.log.p);
	sm_audit_stream(&f->j.keys, SM_STR("log"), stream);
	sm_history_init(&h, &f->arena, stream);
	for (size_t i = 0; script[i][0] != NULL; i++) {
		const char *a = strcmp(script[i][1], "*") == 0 ? own : script[i][1], *b = script[i][2];
		sm_event ev = *script[i][0] == 'O' ? change_event(SM_LOG_OPENED, a, NULL, *b == '-' ? NULL : b)
			: *script[i][0] == 'C' ? change_event(SM_LOG_CLOSED, a, strcmp(b, "*") == 0 ? own : b, NULL) : sm_event_new(SM_SITE_ADOPTED);
		ev.as = SM_STR("moved");
		assert_ok(f, sm_journal_append(&f->j, &h, &ev, 1, NULL, &stored, &f->e));
	}
	return sm_log_read(&f->j, &f->arena, log, &f->e);
}

static void only_what_follows_is_a_history_of_the_log(fixture *f)
{
	static const char *const good[][8][3] = {
		{{"O", "*", "k"}}, {{"O", "*", "-"}, {"O", "*", "k"}}, {{"C", "*", "b"}, {"O", "b", "-"}, {"O", "b", "k"}},
		{{"O", "*", "k"}, {"C", "*", "b"}, {"O", "b", "k"}, {"C", "b", "c"}, {"O", "c", "-"}}
	};
	static const char *const bad[][8][3] = {
		{{"O", "*", "k"}, {"O", "*", "l"}}, {{"O", "*", "k"}, {"O", "b", "l"}}, {{"O", "*", "-"}, {"O", "*", "-"}},
		{{"O", "*", "k"}, {"C", "b", "c"}}, {{"O", "*", "k"}, {"C", "*", "b"}}, {{"C", "*", "b"}}, {{"N", "", ""}},
		{{"O", "*", "k"}, {"C", "*", "b"}, {"O", "c", "k"}}, {{"O", "*", "k"}, {"C", "*", "*"}, {"O", "*", "k"}},
		{{"O", "*", "k"}, {"C", "*", "b"}, {"C", "*", "b"}}, {{"O", "another", "k"}}
	};
	sm_log log;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_ok(f, history_of(f, good[i], &log));
	}
	assert_int_equal(log.n_linked, 3);
	assert_true(log.unsettled);
	assert_null(log.vkey.p);
	assert_ok(f, sm_log_settle(&f->j, &log, &f->e));
	assert_bytes(f->j.log, "c");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (history_of(f, bad[i], &log) != SM_E_ILLEGAL) {
			fail_msg("history %zu was taken", i);
		}
	}
}
ON_BOTH(only_what_follows_is_a_history_of_the_log)

static const uint8_t *no_seed(void *ctx)
{
	return NULL;
}

static void what_has_no_key_is_not_asked_for_one(fixture *f)
{
	sm_log log;
	sm_signed out;
	sm_bytes body;
	uint64_t size;
	int64_t time;
	read_log(f, &log);
	host *h = new_host(f, log.origin, 1);
	sm_note_key w = h->signer.key;
	assert_int_equal(sm_witness_request(&f->j, &f->arena, &log, 0, &body, &size, &f->e), SM_E_STATE);
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, 1, SM_STR("x"), &w, &time, &f->e), SM_E_ARGUMENT);
	w.type = SM_NOTE_COSIGNATURE;
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, 1, SM_STR("x"), &w, &time, &f->e), SM_E_ARGUMENT); /* it bears the log's name */
	w.name = SM_STR("witness.example/w");
	assert_int_equal(sm_witness_add(&f->j, &f->arena, &log, 1, SM_STR("x"), &w, &time, &f->e), SM_E_STATE);
	h = open_log(f, &log, 1);
	h->signer.open = no_seed;
	assert_int_equal(checkpoint(f, &log, h, &out), SM_E_STATE);
	assert_non_null(strstr(f->e.message, "cannot be read now"));
}
ON_BOTH(what_has_no_key_is_not_asked_for_one)

static void keys_are_given_once_and_names_are_checked(fixture *f)
{
	sm_log log;
	sm_bytes out;
	sm_signed head;
	uint64_t size;
	host *h = open_log(f, &log, 1);
	sm_log_change c = {.why = SM_STR("created"), .origin = log.origin, .vkey = vkey(f, h), .by = SM_STR("ann"), .reason = SM_STR("test")};
	assert_int_equal(sm_log_give_key(&f->j, &f->arena, &log, &c, &f->e), SM_E_STATE);
	assert_int_equal(sm_witness_request(&f->j, &f->arena, &log, 0, &out, &size, &f->e), SM_E_STATE); /* nothing is stored yet */
	log.origin = SM_STR("no name of ours");
	assert_int_equal(sm_log_next_origin(&f->j, &log, &f->arena, &out, &f->e), SM_E_ILLEGAL);
	fixture_start_all(f, "first:%d", 2);
	read_log(f, &log);
	assert_ok(f, checkpoint(f, &log, h, &head));
	assert_int_equal(head.at.size % 2, 1); /* so that its edge is one leaf */
	log.vkey = SM_STR("nonsense");
	assert_int_equal(sm_witness_request(&f->j, &f->arena, &log, 0, &out, &size, &f->e), SM_E_ILLEGAL);
	fixture_exec(f, "UPDATE {p}journal SET leaf_hash='0000000000000000000000000000000000000000000000000000000000000000' WHERE leaf_index=0");
	fixture_start_all(f, "order:%d", 1);
	read_log(f, &log);
	assert_ok(f, checkpoint(f, &log, h, &head)); /* below the head file's frontier: what verify finds */
	assert_int_equal(sm_witness_request(&f->j, &f->arena, &log, 1, &out, &size, &f->e), SM_E_ILLEGAL);
}
ON_BOTH(keys_are_given_once_and_names_are_checked)

static void a_restored_or_copied_journal_goes_on_under_another_name(fixture *f)
{
	sm_log log;
	sm_signed last;
	char was[256], sql[400];
	host *h = open_log(f, &log, 1);
	fixture_start_all(f, "order:%d", 1);
	assert_ok(f, checkpoint(f, &log, h, &last));
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_MOVED, SM_STR("ann"), SM_STR("new server"), &f->e));
	read_log(f, &log);
	assert_bytes(log.origin, h->origin);
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_RESTORED, SM_STR("ann"), SM_STR("disk"), &f->e));
	read_log(f, &log);
	assert_int_equal(log.n_linked, 2);
	assert_null(log.vkey.p);
	assert_int_equal(log.history.events[log.history.n - 2].size, last.at.size);
	assert_int_equal(checkpoint(f, &log, h, &last), SM_E_IDENTITY);
	/* the next answer finishes what another one left */
	snprintf(was, sizeof was, "%.*s", (int)log.origin.n, log.origin.p);
	snprintf(sql, sizeof sql, "UPDATE {p}meta SET value='%s' WHERE name='log'", h->origin);
	fixture_exec(f, sql);
	assert_ok(f, sm_schema_adopt(&f->j, SM_ADOPT_COPY, SM_STR("bob"), SM_STR("staging"), &f->e));
	read_log(f, &log);
	assert_int_equal(log.n_linked, 3);
	assert_bytes(log.linked[1], was);
	assert_false(log.unsettled);
	assert_bytes(log.history.events[log.history.n - 1].why, "copy");
	assert_int_equal(log.history.events[log.history.n - 2].size, 0);
}
ON_BOTH(a_restored_or_copied_journal_goes_on_under_another_name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(rotation_goes_on_with_the_same_tree_and_closes_the_old_log),
		BOTH(a_restored_or_copied_journal_goes_on_under_another_name),
		BOTH(of_two_that_open_the_log_one_wins),
		BOTH(a_stream_that_no_log_writes_is_refused),
		BOTH(only_what_follows_is_a_history_of_the_log),
		BOTH(what_has_no_key_is_not_asked_for_one),
		BOTH(keys_are_given_once_and_names_are_checked),
	};
	return cmocka_run_group_tests(tests, fixture_server_start, fixture_server_stop);
}
