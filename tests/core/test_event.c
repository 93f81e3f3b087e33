/* The event codec: round trips of every kind with everything it carries, the worked examples of FORMATS,
 * and leaves that no correct writer makes. */
#include "event_private.h"
#include "run_fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM "67310957ea5f3ddbb917224f90d6ad05"
#define LOG_NAME "shop.example/sophmate/8f14e45fceea167a"

/* ---- what each kind carries: PROTOCOL section 2 ---- */

/* Members of d: "!name" must be there, "name" may. */
static const struct kind {
	sm_event_type type;
	const char *members, *private;
} kinds[] = {
	{SM_RUN_STARTED, "!workflow !version !category !definition !steps !fingerprint !subject !occurrence !trigger parent not_before",
		"subject input"},
	{SM_STEP_STARTED, "!step !attempt !lease grace", ""},
	{SM_STEP_FINISHED, "!step !attempt touched cost omitted", "output touched_ids artifacts notes evidence"},
	{SM_STEP_FAILED, "!step !attempt failure !class code retry_wait omitted", "message evidence"},
	{SM_STEP_UNKNOWN, "!step !attempt !why code retry_wait omitted", "message"},
	{SM_STEP_READY, "!step !attempt !why code retry_wait omitted", "message"},
	{SM_RUN_HELD, "!target !generation", ""},
	{SM_VERDICT_DONE, "!step !attempt !source early omitted", "by reason evidence output"},
	{SM_VERDICT_NOT_DONE, "!step !attempt !source early", "by reason evidence"},
	{SM_VERDICT_ABANDONED, "!step !attempt !source early", "by reason evidence"},
	{SM_LATE_DONE, "!step !attempt touched cost omitted", "output"},
	{SM_LATE_FAILED, "!step !attempt failure class code omitted", "message"},
	{SM_EXTERNAL_RECORDED, "!step !attempt !kind !id_hash", "id"},
	{SM_NOTE, "", "by text"},
	{SM_PAUSE_REQUESTED, "", "by reason"},
	{SM_RUN_PAUSED, "!rule owner deadline", "reason"},
	{SM_RUN_RESUMED, "scope version definition steps", "by reason"},
	{SM_RUN_ENDED, "!outcome", "by reason"},
	{SM_RUN_COMPLETED, "", ""},
	{SM_SWITCH_HELD, "!target !generation", "by reason"},
	{SM_SWITCH_RELEASED, "!target !generation", "by reason"},
	{SM_SITE_ADOPTED, "!as redacted", "by reason"},
	{SM_LOG_OPENED, "!origin !why key previous", "by reason"},
	{SM_LOG_CLOSED, "!origin !next size root", "by reason"},
	{SM_PRIVACY_ERASED, "!why !erased scope redacted", "by reason"},
	{SM_PRIVACY_PRUNED, "!before !runs !fields", "by reason"}
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* A good value of each member of d. */
static const struct member {
	const char *name, *good;
	const char *bad[8]; /* values of a wrong type or out of range */
} members[] = {
	{"workflow", "\"order.fulfil\"", {"1", "null", "[]", "{}", "true"}}, {"version", "\"1\"", {"1", "null"}},
	{"category", "\"commerce\"", {"1", "[]"}},
	{"definition", "\"6d3d\"", {"1", "{}"}}, {"fingerprint", "\"0b6a\"", {"1"}}, {"subject", "\"67aa\"", {"1"}},
	{"occurrence", "\"1\"", {"1"}},
	{"trigger", "\"manual\"", {"false"}}, {"parent", "\"" STREAM "\"", {"7"}},
	{"not_before", "1795187250123456", {"\"1\"", "-1", "1.5", "1e30", "null", "[1]"}},
	{"steps", "[[\"one\",\"money\",\"never\",\"finance\",1],[\"two\",\"message\",\"once\",\"\",0]]",
		{"[]", "{}", "\"one\"", "[1]", "[[\"one\",\"money\",\"never\",\"finance\"]]", "[[\"one\",\"money\",\"never\",\"finance\",\"1\"]]",
			"[[\"\",\"money\",\"never\",\"finance\",1]]", "[[\"one\",\"theft\",\"never\",\"finance\",1]]"}},
	{"step", "\"charge card\"", {"1", "null", "[\"charge card\"]", "{\"$int\":\"9007199254740993\"}"}},
	{"attempt", "2", {"0", "-1", "\"2\"", "2147483648", "1e300", "1.5", "null", "{\"$int\":\"9007199254740993\"}"}},
	{"lease", "35000", {"-1", "\"35000\"", "0.5", "null", "true"}}, {"grace", "60000", {"-1", "\"1\"", "{}"}},
	{"touched", "[[\"order\",\"67aa\"]]", {NULL}}, {"cost", "[[\"0.01\",\"EUR\",\"billing\"]]", {NULL}},
	{"omitted", "[[\"output\",\"too large\",2097152]]", {NULL}},
	{"failure", "\"card_declined\"", {"1", "null"}},
	{"class", "\"provider_limit\"", {"\"weather\"", "\"\"", "1", "null", "\"Provider_limit\""}}, {"code", "\"422\"", {"422"}},
	{"retry_wait", "2000", {"-1", "\"2\"", "2.5", "null"}}, {"why", "\"lost_answer\"", {"1", "[]"}},
	{"target", "\"category:commerce\"", {"1", "null"}},
	{"generation", "3", {"-1", "\"3\"", "3.5", "{\"$int\":\"-9007199254740993\"}"}}, {"source", "\"person\"", {"1", "true"}},
	{"early", "true", {"1", "\"true\"", "null"}}, {"kind", "\"charge\"", {"1"}}, {"id_hash", "\"67aa\"", {"1"}},
	{"owner", "\"finance\"", {"1"}}, {"rule", "\"asked\"", {"1"}},
	{"deadline", "1795187250123456", {"-1", "\"1\"", "0.1"}}, {"scope", "\"charge card\"", {"1"}},
	{"outcome", "\"by_hand\"", {"1", "{}"}}, {"as", "\"moved\"", {"1"}},
	{"origin", "\"shop.example/sophmate/0123456789abcdef\"", {"1", "null"}}, {"key", "\"a+b+c\"", {"1", "[]"}},
	{"previous", "{\"origin\":\"a\"}", {NULL}}, {"next", "\"shop.example/sophmate/00112233445566ff\"", {"1"}},
	{"size", "12", {"-1", "\"3\"", "3.5"}}, {"root", "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"", {"1", "null"}},
	{"erased", "[[1,\"input\",\"subject\"]]", {NULL}}, {"redacted", "[\"input\"]", {NULL}},
	{"before", "1795187250123456", {"-1", "\"1\""}}, {"runs", "3", {"0", "\"3\""}}, {"fields", "7", {"0.5"}}
};

static const struct member *member_of(const char *name)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (strcmp(members[i].name, name) == 0) {
			return &members[i];
		}
	}
	fail_msg("no member %s", name);
	abort();
}

/* ---- leaves as text ---- */

typedef struct fixture {
	sm_arena arena;
	sm_error e;
	sm_event ev;
} fixture;

static int set_up(void **state)
{
	fixture *f = calloc(1, sizeof *f);

	sm_arena_init(&f->arena, &sm_alloc_default);
	*state = f;
	return sodium_init() < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	fixture *f = *state;

	sm_arena_free(&f->arena);
	free(f);
	return 0;
}

/* A leaf of this kind with everything it may carry. One member of d may be left out or given another value, one may be added.
 * @param changed   name of a member, NULL = none
 * @param value     its value, NULL = left out */
static sm_bytes leaf_text(fixture *f, const struct kind *k, const char *changed, const char *value, bool only_must)
{
	const char *at = k->members;
	bool first = true, met = false;
	char word[16];
	sm_buf b;

	sm_buf_init(&b, &f->arena, 1u << 18);
	sm_buf_puts(&b, "{\"d\":{");
	while (run_next_word(&at, word)) {
		const char *name = word[0] == '!' ? word + 1 : word, *good = member_of(name)->good;

		if (changed != NULL && strcmp(changed, name) == 0) {
			good = value;
			met = true;
		} else if (only_must && word[0] != '!') {
			continue;
		}
		if (good != NULL) {
			sm_buf_puts(&b, first ? "\"" : ",\"");
			sm_buf_puts(&b, name);
			sm_buf_puts(&b, "\":");
			sm_buf_puts(&b, good);
			first = false;
		}
	}
	if (changed != NULL && !met) {
		sm_buf_puts(&b, first ? "\"" : ",\"");
		sm_buf_puts(&b, changed);
		sm_buf_puts(&b, "\":");
		sm_buf_puts(&b, value);
	}
	sm_buf_puts(&b, "},\"id\":\"0192f5c87b1e7c3a9d2b0123456789ab\",\"log\":\"" LOG_NAME "\",\"prev\":\"0192f5c8000170008000000000000001\",\"run\":\"" STREAM
		"\",\"seq\":2,\"t\":1795187250123456,\"type\":\"");
	sm_buf_puts(&b, sm_event_names[k->type]);
	sm_buf_puts(&b, "\",\"v\":1}");
	assert_int_equal(b.status, SM_OK);
	return sm_buf_bytes(&b);
}

static sm_status decode(fixture *f, sm_bytes leaf)
{
	return sm_event_decode(&f->ev, &f->arena, leaf, (sm_bytes){NULL, 0}, &f->e);
}

static void refused(fixture *f, sm_bytes leaf)
{
	const sm_status st = decode(f, leaf);

	if (st != SM_E_SYNTAX) {
		fail_msg("status %d: %.*s", (int)st, (int)leaf.n, leaf.p);
	}
	assert_true(f->e.message[0] != '\0');
}

/* `from` in the text replaced by `to`. */
static sm_bytes replaced(fixture *f, sm_bytes text, const char *from, const char *to)
{
	const char *at = strstr(text.p, from);
	sm_buf b;

	if (at == NULL) {
		fail_msg("%s does not stand in %s", from, text.p);
	}
	sm_buf_init(&b, &f->arena, 1u << 20);
	sm_buf_put(&b, text.p, (size_t)(at - text.p));
	sm_buf_puts(&b, to);
	sm_buf_puts(&b, at + strlen(from));
	return sm_buf_bytes(&b);
}

/* ---- round trips ---- */

static void put_privates(fixture *f, sm_event *ev, const struct kind *k)
{
	static const char *const values[] = {"\"Åsa 🛒\"", "{\"a\":[1,\"]}\\\"\",{}],\"b\":null}", "[]", "true", "\"\""};
	const char *at = k->private;
	char word[16];

	for (int i = 0; run_next_word(&at, word); i++) {
		sm_bytes field;

		assert_int_equal(sm_arena_dup(&f->arena, sm_cstr(word), &field), SM_OK);
		assert_int_equal(sm_event_private(ev, field, sm_cstr(values[i])), SM_OK);
	}
}

static void assert_same_private(const sm_event *a, const sm_event *b)
{
	assert_int_equal(a->n_p, b->n_p);
	for (size_t i = 0; i < a->n_p; i++) {
		char field[32];

		snprintf(field, sizeof field, "%.*s", (int)a->p[i].field.n, a->p[i].field.p);
		assert_true(sm_bytes_eq(sm_event_value(b, field), a->p[i].value));
	}
}

/* Text to event, event to text with other id and salts, text to event, event to text: nothing gets lost on the way. */
static void every_kind_goes_round(void **state)
{
	fixture *f = *state;

	for (size_t i = 0; i < KINDS; i++) {
		for (int only_must = 0; only_must < 2; only_must++) {
			const sm_bytes text = leaf_text(f, &kinds[i], NULL, NULL, only_must);
			sm_event first, second, ev;

			if (decode(f, text) != SM_OK) {
				fail_msg("%s: %s", text.p, f->e.message);
			}
			first = f->ev;
			assert_int_equal(first.type, kinds[i].type);
			assert_int_equal(first.seq, 2);
			assert_int_equal(first.t, INT64_C(1795187250123456));
			assert_string_equal(first.stream, STREAM);
			assert_string_equal(first.prev, "0192f5c8000170008000000000000001");
			ev = first;
			put_privates(f, &ev, &kinds[i]);
			assert_int_equal(sm_event_encode(&ev, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 2, first.prev, &f->e), SM_OK);
			assert_true(strcmp(ev.id, first.prev) > 0);
			assert_int_equal(sm_event_decode(&second, &f->arena, ev.leaf, ev.private_text, &f->e), SM_OK);
			assert_string_equal(second.leaf_hash, ev.leaf_hash);
			assert_same_private(&ev, &second);

			/* d as it was */
			const char *d = strstr(second.leaf.p, "\"d\":{"), *end = strstr(second.leaf.p, "},\"id\":");

			assert_non_null(d);
			assert_non_null(end);
			for (const char *at = kinds[i].members; *at != '\0';) {
				char word[16], pair[400];

				if (!run_next_word(&at, word) || (only_must && word[0] != '!')) {
					continue;
				}
				const char *name = word[0] == '!' ? word + 1 : word;

				snprintf(pair, sizeof pair, "\"%s\":%s", name, member_of(name)->good);
				if (strstr(d, pair) == NULL) {
					fail_msg("%s got lost: %s", pair, second.leaf.p);
				}
			}
			/* canonical: read and written again it is the same text */
			sm_json *tree;
			sm_buf b;

			assert_int_equal(sm_json_read(&f->arena, second.leaf, &tree, &f->e), SM_OK);
			sm_buf_init(&b, &f->arena, SM_MAX_LEAF);
			assert_int_equal(sm_json_write(&b, tree, &f->e), SM_OK);
			assert_true(sm_bytes_eq(sm_buf_bytes(&b), second.leaf));
		}
	}
}

/* What AuditLog::append() takes: a name that is none of the engine's, and an object as it came. */
static void events_of_the_site_go_round(void **state)
{
	static const char *const taken[] = {"", "shop", "shop.", ".shop", "shop..opened", "Shop.opened", "shop.Opened", "shop opened", "shop.1st",
		"run.started", "run.other", "step.x", "verdict.done", "late.x", "external.x", "note", "note.x", "pause.x", "switch.held", "site.adopted",
		"site.x", "log.opened", "privacy.erased", "privacy.x", "sophmate.x", "of the site",
		"shop.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	fixture *f = *state;
	sm_json *data;
	sm_event ev = sm_event_new(SM_OF_THE_SITE), back;

	assert_int_equal(sm_json_read(&f->arena, SM_STR("{\"step\":7,\"zz\":[1,{\"$bin\":\"/w==\"}]}"), &data, &f->e), SM_OK);
	memcpy(ev.stream, STREAM, SM_ID_SIZE);
	ev.name = SM_STR("shop.price_2.changed");
	ev.data = data;
	assert_int_equal(sm_event_private(&ev, SM_STR("by"), SM_STR("\"jane\"")), SM_OK);
	assert_int_equal(sm_event_encode(&ev, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_OK);
	assert_int_equal(sm_event_decode(&back, &f->arena, ev.leaf, ev.private_text, &f->e), SM_OK);
	assert_int_equal(back.type, SM_OF_THE_SITE);
	assert_bytes(sm_event_name(&back), "shop.price_2.changed");
	assert_non_null(strstr(ev.leaf.p, "\"d\":{\"step\":7,\"zz\":[1,{\"$bin\":\"/w==\"}]}"));
	assert_int_equal(sm_json_get_int(back.data, "step", 0), 7);
	assert_false(sm_event_of_run(&back));
	assert_bytes(sm_event_value(&back, "by"), "\"jane\"");
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		ev.name = sm_cstr(taken[i]);
		assert_false(sm_event_name_free(ev.name));
		assert_int_equal(sm_event_encode(&ev, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_E_ARGUMENT);
	}
}

/* Erasing rewrites the column and nothing else of it: what stays opens its commitments as before. */
static void fields_leave_the_private_column_one_by_one(void **state)
{
	fixture *f = *state;
	sm_event ev = sm_event_new(SM_NOTE), full, less;
	sm_bytes text;

	memcpy(ev.stream, STREAM, SM_ID_SIZE);
	put_privates(f, &ev, &(struct kind){SM_NOTE, "", "by reason evidence"});
	assert_int_equal(sm_event_encode(&ev, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_OK);
	assert_int_equal(sm_event_decode(&full, &f->arena, ev.leaf, ev.private_text, &f->e), SM_OK);
	assert_int_equal(sm_private_without(&f->arena, &full, 0, &text), SM_OK);
	assert_true(sm_bytes_eq(text, ev.private_text));
	for (unsigned gone = 1; gone < 7; gone++) {
		assert_int_equal(sm_private_without(&f->arena, &full, gone, &text), SM_OK);
		assert_int_equal(sm_event_decode(&less, &f->arena, ev.leaf, text, &f->e), SM_OK);
		for (size_t i = 0; i < full.n_p; i++) {
			char field[32];
			snprintf(field, sizeof field, "%.*s", (int)full.p[i].field.n, full.p[i].field.p);
			sm_bytes value = sm_event_value(&less, field);
			assert_true(gone & 1u << i ? value.p == NULL : sm_bytes_eq(value, full.p[i].value));
			/* with its salt */
			assert_true(gone & 1u << i || memmem(text.p, text.n, full.p[i].value.p - 47, full.p[i].value.n + 47) != NULL);
		}
	}
	assert_int_equal(sm_private_without(&f->arena, &full, 7, &text), SM_OK);
	assert_null(text.p);
}

static void the_examples_of_formats_are_read(void **state)
{
	fixture *f = *state;
	char *leaf0 = test_format_vector("leaf0"), *private0 = test_format_vector("leaf0.private"), *leaf1 = test_format_vector("leaf1"),
		*hash0 = test_format_vector("leaf0.hash"), *hash1 = test_format_vector("leaf1.hash");

	assert_int_equal(sm_event_decode(&f->ev, &f->arena, sm_cstr(leaf0), sm_cstr(private0), &f->e), SM_OK);
	assert_int_equal(f->ev.type, SM_RUN_STARTED);
	assert_int_equal(f->ev.seq, 1);
	assert_string_equal(f->ev.prev, "");
	assert_string_equal(f->ev.leaf_hash, hash0);
	assert_bytes(f->ev.category, "commerce");
	assert_int_equal(f->ev.steps[0].repeat, SM_REPEAT_ONCE);
	assert_bytes(f->ev.steps[0].owner, "sales ops");
	assert_bytes(sm_event_value(&f->ev, "subject"), "\"order:900\"");
	assert_bytes(sm_event_value(&f->ev, "input"), "{\"amount\":\"12.50\",\"currency\":\"EUR\",\"lines\":[{\"qty\":2,\"sku\":\"A-1\"}]}");
	assert_null(sm_event_value(&f->ev, "output").p);
	assert_int_equal(sm_event_decode(&f->ev, &f->arena, sm_cstr(leaf1), (sm_bytes){NULL, 0}, &f->e), SM_OK);
	assert_int_equal(f->ev.type, SM_STEP_STARTED);
	assert_int_equal(f->ev.lease, 35000);
	assert_string_equal(f->ev.leaf_hash, hash1);
	free(leaf0);
	free(private0);
	free(leaf1);
	free(hash0);
	free(hash1);
}

/* ---- leaves that no correct writer makes ---- */

static void members_have_types_and_ranges(void **state)
{
	fixture *f = *state;
	long n = 0;

	for (size_t i = 0; i < KINDS; i++) {
		const char *at = kinds[i].members;
		char word[16];

		while (run_next_word(&at, word)) {
			const struct member *m = member_of(word[0] == '!' ? word + 1 : word);

			if (word[0] == '!') {
				refused(f, leaf_text(f, &kinds[i], m->name, NULL, false));
				n++;
			} else {
				assert_int_equal(decode(f, leaf_text(f, &kinds[i], m->name, NULL, false)), SM_OK);
			}
			for (size_t b = 0; b < 8 && m->bad[b] != NULL; b++) {
				refused(f, leaf_text(f, &kinds[i], m->name, m->bad[b], false));
				n++;
			}
		}
	}
	print_message("# codec: %ld leaves with a missing or wrong member\n", n);
}

/* A later version may carry more: what is not known is passed over. What belongs to another kind is not taken. */
static void unknown_members_are_passed_over(void **state)
{
	fixture *f = *state;

	for (size_t i = 0; i < KINDS; i++) {
		assert_int_equal(decode(f, leaf_text(f, &kinds[i], "zz_later", "{\"deep\":[1,2,{\"$int\":\"9007199254740993\"}]}", false)), SM_OK);
		if (strstr(kinds[i].members, "lease") == NULL) {
			assert_int_equal(decode(f, leaf_text(f, &kinds[i], "lease", "\"not even a number\"", false)), SM_OK);
			assert_int_equal(f->ev.lease, 0);
		}
	}
}

static void the_frame_is_strict(void **state)
{
	static const struct { const char *from, *to; } cases[] = {
		{"\"v\":1", "\"v\":2"}, {"\"v\":1", "\"v\":0"}, {"\"v\":1", "\"v\":\"1\""}, {"\"v\":1", "\"v\":1.5"}, {",\"v\":1", ""},
		{"\"v\":1", "\"v\":4294967297"},
		{"\"type\":\"step.started\"", "\"type\":\"step.begun\""}, {"\"type\":\"step.started\"", "\"type\":\"\""},
		{"\"type\":\"step.started\"", "\"type\":2"},
		{"\"type\":\"step.started\"", "\"type\":\"step.startedx\""}, {"\"type\":\"step.started\"", "\"type\":\"Step.started\""},
		{"\"type\":\"step.started\",", ""},
		{"\"seq\":2", "\"seq\":0"}, {"\"seq\":2", "\"seq\":-2"}, {"\"seq\":2", "\"seq\":2147483648"}, {"\"seq\":2", "\"seq\":4294967298"},
		{"\"seq\":2", "\"seq\":2.5"},
		{"\"seq\":2", "\"seq\":1e300"}, {"\"seq\":2", "\"seq\":\"2\""}, {"\"seq\":2", "\"seq\":null"}, {"\"seq\":2,", ""},
		{"\"seq\":2", "\"seq\":{\"$int\":\"9007199254740993\"}"},
		{"\"t\":1795187250123456", "\"t\":-1"}, {"\"t\":1795187250123456", "\"t\":\"1\""}, {"\"t\":1795187250123456,", ""},
		{"\"t\":1795187250123456", "\"t\":0.5"},
		{"\"id\":\"0192f5c8", "\"id\":\"0192F5C8"}, {"\"id\":\"0192f5c8", "\"id\":\"192f5c8"},
		{"\"id\":\"0192f5c8", "\"id\":\"00192f5c8"}, {"\"id\":\"0192", "\"id\":\"g192"},
		{"\"id\":\"0192f5c87b1e7c3a9d2b0123456789ab\"", "\"id\":7"}, {"\"id\":\"0192f5c87b1e7c3a9d2b0123456789ab\",", ""},
		{"\"run\":\"6731", "\"run\":\"673"}, {"\"run\":\"6731", "\"run\":\"673 "}, {"\"run\":\"" STREAM "\"", "\"run\":null"},
		{"\"prev\":\"0192", "\"prev\":\"192"}, {"\"prev\":\"0192f5c8000170008000000000000001\",", ""},
		{"\"prev\":\"0192f5c8000170008000000000000001\"", "\"prev\":\"\""},
		{"\"d\":{", "\"d\":[{"}, {"\"d\":{", "\"dd\":{"}, {"{\"d\":", "{\"d\":{},\"d\":"}, {"\"seq\":2", "\"seq\":2,\"seq\":2"},
		{"{\"d\"", " [{\"d\""}, {"\"lease\":35000", "\"lease\":35000,\"lease\":1"},
		{"\"v\":1}", "\"v\":1}x"}, {"\"v\":1}", "\"v\":1},{}"}, {"\"v\":1}", "\"v\":1"}
	};
	fixture *f = *state;
	const sm_bytes good = leaf_text(f, &kinds[1], NULL, NULL, false);

	assert_int_equal(decode(f, good), SM_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		refused(f, replaced(f, good, cases[i].from, cases[i].to));
	}
	for (const char *const *text = (const char *const[]){"", "null", "[]", "{}", "1", "\"x\"", "{\"type\":\"note\"}", "\xff",
		"{\"d\":{}}", NULL}; *text != NULL; text++) {
		refused(f, sm_cstr(*text));
	}
	/* the largest numbers that are allowed */
	assert_int_equal(decode(f, replaced(f, good, "\"seq\":2", "\"seq\":2147483647")), SM_OK);
	assert_int_equal(decode(f, replaced(f, good, "\"attempt\":2", "\"attempt\":2147483647")), SM_OK);
	assert_int_equal(decode(f, replaced(f, good, "\"lease\":35000", "\"lease\":9007199254740991")), SM_OK);
	assert_int_equal(decode(f, replaced(f, good, "\"lease\":35000", "\"lease\":{\"$int\":\"9223372036854775807\"}")), SM_OK);
}

static void too_many_or_too_deep(void **state)
{
	fixture *f = *state;
	sm_buf b;

	sm_buf_init(&b, &f->arena, 1u << 20);
	sm_buf_puts(&b, "[");
	for (int i = 0; i < SM_MAX_STEPS + 1; i++) {
		if (i == SM_MAX_STEPS) {
			sm_buf end = b;

			sm_buf_puts(&end, "]");
			assert_int_equal(decode(f, leaf_text(f, &kinds[0], "steps", end.p, false)), SM_OK);
			assert_int_equal(f->ev.n_steps, SM_MAX_STEPS);
		}
		sm_buf_puts(&b, i ? ",[\"" : "[\"");
		sm_buf_int(&b, i);
		sm_buf_puts(&b, "\",\"read\",\"safe\",\"\",0]");
	}
	sm_buf_puts(&b, "]");
	refused(f, leaf_text(f, &kinds[0], "steps", b.p, false));

	sm_buf_init(&b, &f->arena, 1u << 20);
	for (int i = 0; i < 70; i++) {
		sm_buf_puts(&b, "[");
	}
	for (int i = 0; i < 70; i++) {
		sm_buf_puts(&b, "]");
	}
	assert_int_equal(decode(f, leaf_text(f, &kinds[2], "cost", b.p, false)), SM_E_LIMIT);
}

/* Any byte changed, and the text cut anywhere: an event or a refusal, never a crash. */
static void any_byte_may_be_wrong(void **state)
{
	fixture *f = *state;
	test_random r;
	long read = 0, n = 0;

	test_random_init(&r);
	for (size_t i = 0; i < KINDS; i++) {
		const sm_bytes good = leaf_text(f, &kinds[i], NULL, NULL, false);
		char *text = malloc(good.n); /* no NUL behind it, and the sanitizer sees its end */

		for (size_t at = 0; at < good.n; at++) {
			memcpy(text, good.p, good.n);
			text[at] = (char)test_random_next(&r);
			read += decode(f, (sm_bytes){text, good.n}) == SM_OK;
			n++;
		}
		for (size_t length = 0; length < good.n; length++) {
			char *cut = malloc(length + 1);

			memcpy(cut, good.p, length);
			cut[length] = '"';
			refused(f, (sm_bytes){cut, length});
			assert_int_not_equal(decode(f, (sm_bytes){cut, length + 1}), SM_OK);
			free(cut);
		}
		free(text);
	}
	assert_true(read > 0 && read < n);
}

/* ---- private values ---- */

#define SALT "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU="

static void private_values_are_cut_strictly(void **state)
{
	static const char *const bad[] = {
		"", "x", "{", "[]", "null", "{\"a\"}", "{\"a\":1}", "{\"a\":[]}", "{\"a\":[\"" SALT "\"]}", "{\"a\":[\"" SALT "\",]}",
			"{\"a\":[\"short\",1]}",
		"{\"a\":[\"" SALT "A\",1]}", "{\"a\":[\"" SALT "\";1]}", "{\"a\":[\"" SALT "\" ,1]}",
		"{\"a\":[\"" SALT "\",1]", "{\"a\":[\"" SALT "\",1}", "{\"a\":[\"" SALT "\",1]}x", "{\"a\":[\"" SALT "\",1],}",
			"{\"a\":[\"" SALT "\",1],\"b\"}", "{\"a\":[\"" SALT "\",\"]}",
		"{\"a\":[\"" SALT "\",[1]}", "{\"a\":[\"" SALT "\",1,2]}", "{a:[\"" SALT "\",1]}", "{\"a\":[\"" SALT "\",1]]",
			"{\"a\":[\"" SALT "\",\"\\"
	};
	fixture *f = *state;
	const sm_bytes leaf = leaf_text(f, &kinds[13], NULL, NULL, false);
	static const char good[] = "{\"by\":[\"" SALT "\",\"anna\"],\"text\":[\"" SALT "\",{\"a\":\"]}\\\"\"}]}";
	sm_buf b;

	assert_int_equal(sm_event_decode(&f->ev, &f->arena, leaf, sm_cstr("{}"), &f->e), SM_E_SYNTAX);
	assert_int_equal(sm_event_decode(&f->ev, &f->arena, leaf, sm_cstr(good), &f->e), SM_OK);
	assert_bytes(sm_event_value(&f->ev, "text"), "{\"a\":\"]}\\\"\"}");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (sm_event_decode(&f->ev, &f->arena, leaf, sm_cstr(bad[i]), &f->e) != SM_E_SYNTAX) {
			fail_msg("taken: %s", bad[i]);
		}
	}
	for (size_t n = 0; n < sizeof good - 1; n++) {
		char *cut = malloc(n + 1);

		memcpy(cut, good, n);
		assert_int_equal(sm_event_decode(&f->ev, &f->arena, leaf, (sm_bytes){cut, n}, &f->e), SM_E_SYNTAX);
		free(cut);
	}
	/* one more than fits */
	sm_buf_init(&b, &f->arena, 1u << 12);
	for (int i = 0; i <= SM_PRIVATE_FIELDS_MAX; i++) {
		sm_buf_puts(&b, i ? ",\"f" : "{\"f");
		sm_buf_int(&b, i);
		sm_buf_puts(&b, "\":[\"" SALT "\",1]");
	}
	sm_buf_puts(&b, "}");
	assert_int_equal(sm_event_decode(&f->ev, &f->arena, leaf, sm_buf_bytes(&b), &f->e), SM_E_SYNTAX);
}

static void what_is_too_large_is_said(void **state)
{
	fixture *f = *state;
	sm_event ev = sm_event_new(SM_NOTE);
	char *big = malloc(SM_MAX_LEAF + 1);

	memset(big, 'x', SM_MAX_LEAF + 1);
	memcpy(ev.stream, STREAM, sizeof ev.stream);
	for (int i = 0; i < SM_PRIVATE_FIELDS_MAX; i++) {
		assert_int_equal(sm_event_private(&ev, SM_STR("a"), SM_STR("1")), SM_OK);
	}
	assert_int_equal(sm_event_private(&ev, SM_STR("a"), SM_STR("1")), SM_E_LIMIT);
	ev = sm_event_new(SM_RUN_ENDED);
	memcpy(ev.stream, STREAM, sizeof ev.stream);
	ev.outcome = (sm_bytes){big, SM_MAX_LEAF + 1};
	assert_int_equal(sm_event_encode(&ev, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_E_LIMIT);
	assert_int_equal(f->e.limit_value, SM_MAX_LEAF);
	assert_true(f->e.got > SM_MAX_LEAF);
	free(big);
}

/* Salts and random bits are fresh every time: the same event twice is two ids and two commitments. */
static void ids_and_salts_are_fresh(void **state)
{
	fixture *f = *state;
	sm_event a = sm_event_new(SM_NOTE), b;

	memcpy(a.stream, STREAM, sizeof a.stream);
	assert_int_equal(sm_event_private(&a, SM_STR("text"), SM_STR("\"yes\"")), SM_OK);
	b = a;
	assert_int_equal(sm_event_encode(&a, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_OK);
	assert_int_equal(sm_event_encode(&b, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 1, "", &f->e), SM_OK);
	assert_string_not_equal(a.id + 16, b.id + 16);
	assert_false(sm_bytes_eq(a.leaf, b.leaf));
	assert_false(sm_bytes_eq(a.private_text, b.private_text));
	assert_null(strstr(a.leaf.p, "yes")); /* a commitment stands there, not the value */
	assert_non_null(strstr(a.private_text.p, "\"yes\""));
	assert_int_equal(sm_event_encode(&b, &f->arena, &sm_host_system, SM_STR(LOG_NAME), 2, a.id, &f->e), SM_OK);
	assert_string_equal(b.prev, a.id);
	assert_true(strcmp(b.id, a.id) > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_kind_goes_round), TEST(events_of_the_site_go_round), TEST(fields_leave_the_private_column_one_by_one), TEST(the_examples_of_formats_are_read), TEST(members_have_types_and_ranges),
			TEST(unknown_members_are_passed_over),
		TEST(the_frame_is_strict), TEST(too_many_or_too_deep), TEST(any_byte_may_be_wrong), TEST(private_values_are_cut_strictly),
		TEST(what_is_too_large_is_said), TEST(ids_and_salts_are_fresh)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
