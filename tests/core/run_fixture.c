#include "run_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const sm_settings run_settings = {.lease_margin_ms = 5000, .grace_ms = 60000, .clock_skew_ms = 2000};

static const struct code {
	const char *name;
	sm_event_type type;
} codes[] = {
	{"R", SM_RUN_STARTED}, {"S", SM_STEP_STARTED}, {"F", SM_STEP_FINISHED}, {"X", SM_STEP_FAILED}, {"XL", SM_STEP_FAILED},
	{"XN", SM_STEP_FAILED}, {"U", SM_STEP_UNKNOWN}, {"Y", SM_STEP_READY}, {"H", SM_RUN_HELD}, {"D", SM_VERDICT_DONE},
	{"N", SM_VERDICT_NOT_DONE}, {"NP", SM_VERDICT_NOT_DONE}, {"A", SM_VERDICT_ABANDONED}, {"LD", SM_LATE_DONE}, {"LF", SM_LATE_FAILED},
	{"E", SM_EXTERNAL_RECORDED}, {"T", SM_NOTE}, {"ZE", SM_PRIVACY_ERASED}, {"Q", SM_PAUSE_REQUESTED}, {"P", SM_RUN_PAUSED}, {"G", SM_RUN_RESUMED},
	{"B", SM_RUN_ENDED}, {"C", SM_RUN_COMPLETED}, {"KH", SM_SWITCH_HELD}, {"KR", SM_SWITCH_RELEASED}, {"KA", SM_SITE_ADOPTED}, {"KO", SM_LOG_OPENED}, {"KC", SM_LOG_CLOSED},
	{"KE", SM_PRIVACY_ERASED}, {"KP", SM_PRIVACY_PRUNED}, {"KS", SM_OF_THE_SITE}
};

const char *run_class_name(sm_repeat repeat)
{
	return sm_repeat_names[repeat];
}

static sm_step_def step_def(const char *name, sm_repeat repeat, bool probe)
{
	return (sm_step_def){.name = sm_cstr(name), .owner = SM_STR("finance"), .effect = SM_EFFECT_MONEY, .repeat = repeat,
		.timeout_ms = 10000,
		.grace_ms = -1, .key_window_ms = repeat == SM_REPEAT_ONCE ? 600000 : 0, .retry = sm_retry_default, .has_probe = probe};
}

void run_begin(run_fixture *f, sm_repeat repeat, bool probes)
{
	memset(f, 0, sizeof *f);
	sm_arena_init(&f->arena, &sm_alloc_default);
	f->repeat = repeat;
	f->probes = probes;
	f->defs[0] = step_def("one", repeat, probes);
	f->defs[1] = step_def("two", SM_REPEAT_NEVER, probes);
	f->workflow = (sm_workflow){.name = SM_STR("order.fulfil"), .version = SM_STR("1"), .category = SM_STR("commerce"),
		.owner = SM_STR("operations"), .steps = f->defs, .n_steps = RUN_STREAM_STEPS};
	assert_int_equal(sm_workflow_check(&f->workflow, &run_settings, &f->arena, &f->e), SM_OK);
	sm_run_init(&f->run);
}

void run_end(run_fixture *f)
{
	sm_arena_free(&f->arena);
}

static void fill_steps(run_fixture *f, sm_event *ev)
{
	sm_step_row *rows = SM_NEW(&f->arena, sm_step_row, RUN_STREAM_STEPS);

	for (int i = 0; i < RUN_STREAM_STEPS; i++) {
		rows[i] = (sm_step_row){f->defs[i].name, f->defs[i].owner, f->defs[i].effect, f->defs[i].repeat, f->defs[i].has_probe};
	}
	ev->steps = rows;
	ev->n_steps = RUN_STREAM_STEPS;
}

/* What the type carries beside step and attempt. */
static void fill(run_fixture *f, sm_event *ev, const char *name)
{
	switch (ev->type) {
	case SM_RUN_STARTED:
		ev->workflow = f->workflow.name;
		ev->version = f->workflow.version;
		ev->category = f->workflow.category;
		ev->definition = sm_cstr(f->workflow.definition);
		ev->occurrence = SM_STR("1");
		ev->trigger = SM_STR("manual");
		ev->fingerprint = SM_STR("00");
		ev->subject = SM_STR("00");
		fill_steps(f, ev);
		break;
	case SM_STEP_STARTED:
		ev->lease = 15000;
		ev->grace = 60000;
		break;
	case SM_STEP_FAILED:
	case SM_LATE_FAILED:
		ev->failure_class = strcmp(name, "XL") == 0 ? SM_CLASS_PROVIDER_LIMIT : strcmp(name,
			"XN") == 0 ? SM_CLASS_NOT_SENT : SM_CLASS_EXTERNAL_FAILURE;
		ev->retry_wait = strcmp(name, "XL") == 0 ? 3000 : strcmp(name, "XN") == 0 ? 2000 : -1;
		break;
	case SM_STEP_UNKNOWN:
	case SM_STEP_READY:
		ev->why = SM_STR("lost_answer");
		ev->retry_wait = 2000;
		break;
	case SM_RUN_HELD:
	case SM_SWITCH_HELD:
	case SM_SWITCH_RELEASED:
		ev->target = SM_STR("category:commerce");
		ev->generation = 1;
		break;
	case SM_VERDICT_DONE:
	case SM_VERDICT_NOT_DONE:
	case SM_VERDICT_ABANDONED:
		ev->source = strcmp(name, "NP") == 0 ? SM_STR("probe") : SM_STR("person");
		break;
	case SM_RUN_PAUSED:
		ev->rule = SM_STR("asked");
		ev->owner = SM_STR("finance");
		break;
	case SM_RUN_ENDED:
		ev->outcome = SM_STR("by_hand");
		break;
	case SM_PRIVACY_ERASED:
		ev->scope = strcmp(name, "KE") == 0 ? SM_STR("site") : (sm_bytes){NULL, 0};
		break;
	default:
		break;
	}
}

sm_event run_event(run_fixture *f, const char *code)
{
	static const char *const steps[] = {"one", "two", "zwei"};
	char name[8] = "";
	size_t n = strcspn(code, "0123456789");
	char *rest;

	assert_true(n > 0 && n < sizeof name);
	memcpy(name, code, n);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if (strcmp(codes[i].name, name) == 0) {
			sm_event ev = sm_event_new(codes[i].type);

			ev.attempt = (int32_t)strtol(code + n, &rest, 10);
			if (ev.attempt > 0) {
				ev.step = sm_cstr(steps[*rest == '\'' ? 1 : *rest == '!' ? 2 : 0]);
			}
			ev.seq = f->run.seq + 1;
			ev.stored_at = RUN_EPOCH + ev.seq * RUN_S;
			snprintf(ev.id, sizeof ev.id, "%032x", (unsigned)ev.seq);
			memcpy(ev.prev, f->run.last_id, sizeof ev.prev);
			fill(f, &ev, name);
			return ev;
		}
	}
	fail_msg("no event has the code %s", code);
	abort();
}

bool run_next_word(const char **script, char word[16])
{
	size_t n;

	*script += strspn(*script, " ");
	n = strcspn(*script, " ");
	assert_true(n < 16);
	memcpy(word, *script, n);
	word[n] = '\0';
	*script += n;
	return n > 0;
}

void run_play(run_fixture *f, const char *script)
{
	const char *at = script;
	char code[16];

	while (run_next_word(&at, code)) {
		const sm_event ev = run_event(f, code);

		if (sm_run_apply(&f->run, &ev, &f->arena, &f->e) != SM_OK) {
			fail_msg("%s of \"%s\" (%s): %s", code, script, run_class_name(f->repeat), f->e.message);
		}
	}
}

static void put_flag(sm_buf *b, const char *flag, int64_t n)
{
	sm_buf_puts(b, " ");
	sm_buf_puts(b, flag);
	if (n > 0) {
		sm_buf_int(b, n);
	}
}

const char *run_text(run_fixture *f, const sm_run *run)
{
	static const char *const phases[] = {"none", "", "paused ", "completed ", "ended "};
	const bool closed = run->phase == SM_PHASE_COMPLETED || run->phase == SM_PHASE_ENDED;
	int64_t successes = 0;
	sm_buf b;

	sm_buf_init(&b, &f->arena, 200);
	sm_buf_puts(&b, phases[run->phase]);
	if (run->phase != SM_PHASE_NONE) {
		sm_buf_int(&b, run->step);
		sm_buf_putc(&b, closed ? '-' : "rsux"[run->st]);
		sm_buf_int(&b, run->attempt);
	}
	for (int i = 0; i < run->n_steps; i++) {
		for (int k = 0; k < run->steps[i].n_attempts; k++) {
			successes += run->steps[i].attempts[k].succeeded;
		}
	}
	const struct { const char *flag; bool is; int64_t n; } flags[] = {
		{"f", run->first_at != 0, 0}, {"u", sm_run_uncertain(run) > 0, sm_run_uncertain(run)}, {"L", run->late, 0},
		{"D", run->done_at_rest, 0},
		{"g", run->granted > 0, run->granted}, {"H", run->held != 0, 0}, {"Q", run->pause_requested, 0}, {"n", successes > 0, successes}
	};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (flags[i].is) {
			put_flag(&b, flags[i].flag, flags[i].n);
		}
	}
	assert_int_equal(b.status, SM_OK);
	return b.p;
}

const char *run_fold(run_fixture *f, const sm_run *run)
{
	sm_bytes text;
	sm_bytes copy;

	assert_int_equal(sm_run_save(run, &f->arena, &text), SM_OK);
	assert_int_equal(sm_arena_dup(&f->arena, text, &copy), SM_OK);
	return copy.p;
}
