#include "decide_fixture.h"

#include <stdlib.h>
#include <string.h>

/* ---- commands ---- */

static void register_workflow(run_fixture *f, asked *a, registered how)
{
	memcpy(a->defs, f->defs, sizeof a->defs);
	a->workflow = f->workflow;
	a->workflow.steps = a->defs;
	a->cmd.workflow = how == NOT_HERE ? NULL : &a->workflow;
	switch (how) {
	case NEW_VERSION:
		a->workflow.version = SM_STR("2");
		break;
	case SECOND_RENAMED:
		a->defs[1].name = SM_STR("zwei");
		break;
	case FIRST_RENAMED:
		a->defs[0].name = SM_STR("eins");
		break;
	case OTHER_REPEAT:
		a->defs[0].repeat = f->repeat == SM_REPEAT_SAFE ? SM_REPEAT_NEVER : SM_REPEAT_SAFE;
		break;
	case LONG_RETRY: /* a change that is free */
		a->defs[0].retry = (sm_retry){9, 3600000, 2000};
		break;
	case SAME:
	case NOT_HERE:
		break;
	}
}

static bool begins(const char *word, const char *with)
{
	return strncmp(word, with, strlen(with)) == 0;
}

static void report(asked *a, const char *word)
{
	static const struct { const char *word; sm_outcome_kind kind; sm_failure_class class; int64_t wait; } outcomes[] = {
		{"done", SM_OUTCOME_DONE, 0, -1}, {"not", SM_OUTCOME_NOT_DONE, SM_CLASS_PERMISSION, -1},
		{"limit", SM_OUTCOME_NOT_DONE, SM_CLASS_PROVIDER_LIMIT, 5000},
		{"unsent", SM_OUTCOME_NOT_DONE, SM_CLASS_NOT_SENT, -1}, {"amb", SM_OUTCOME_AMBIGUOUS, 0, -1}
	};
	const size_t n = strcspn(word, "0123456789");
	char *rest;

	a->cmd.kind = SM_CMD_RECORD;
	a->cmd.outcome = &a->outcome;
	a->cmd.attempt = (int32_t)strtol(word + n, &rest, 10);
	a->cmd.step = *rest == '\'' ? SM_STR("two") : SM_STR("one");
	a->cmd.start_nothing = strchr(rest, '/') != NULL;
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		if (strlen(outcomes[i].word) == n && begins(word, outcomes[i].word)) {
			a->outcome = (sm_outcome){.kind = outcomes[i].kind, .failure_class = outcomes[i].class, .retry_after_ms = outcomes[i].wait,
				.why = SM_STR("lost_answer")};
			return;
		}
	}
	fail_msg("no command %s", word);
}

/* @param looked_at   "", or "@2'" for attempt 2 of the second step, "@'" for any of it */
static void verdict(asked *a, sm_answer_kind kind, bool by_probe, const char *looked_at)
{
	char *rest = NULL;

	a->cmd.kind = SM_CMD_VERDICT;
	a->cmd.attempt = *looked_at ? (int32_t)strtol(looked_at + 1, &rest, 10) : 0;
	a->cmd.step = !*looked_at ? (sm_bytes){NULL, 0} : *rest == '\'' ? SM_STR("two") : SM_STR("one");
	a->cmd.by_probe = by_probe;
	a->cmd.asked_at = a->cmd.now;
	a->answer.kind = kind;
	a->answer.text = SM_STR("looked it up");
	a->cmd.answer = &a->answer;
}

void decide_understand(run_fixture *f, asked *a, const char *word, int64_t now, registered how)
{
	static const struct { const char *word; sm_command_kind kind; } plain[] = {
		{"start", SM_CMD_START}, {"later", SM_CMD_START}, {"go", SM_CMD_GO_ON}, {"asked", SM_CMD_GO_ON}, {"recover", SM_CMD_RECOVER},
		{"pause", SM_CMD_PAUSE},
		{"resume", SM_CMD_RESUME}, {"finish", SM_CMD_FINISH_BY_HAND}, {"stop", SM_CMD_STOP}, {"hold", SM_CMD_HELD},
		{"hold2", SM_CMD_HELD}, {"note", SM_CMD_NOTE},
		{"id1", SM_CMD_EXTERNAL}
	};
	static const struct { const char *word; sm_answer_kind kind; bool by_probe; } verdicts[] = {
		{"yes", SM_ANSWER_DONE, false}, {"no", SM_ANSWER_NOT_DONE, false}, {"dunno", SM_ANSWER_UNKNOWN, false},
		{"pyes", SM_ANSWER_DONE, true}, {"pno", SM_ANSWER_NOT_DONE, true}, {"pdunno", SM_ANSWER_UNKNOWN, true}
	};
	const bool apart = begins(word, "apart-");

	memset(a, 0, sizeof *a);
	word += apart ? 6 : 0;
	a->cmd = (sm_command){.now = RUN_EPOCH + now * RUN_S, .settings = &run_settings, .keys = &a->keys, .by = SM_STR("anna"),
		.reason = SM_STR("she knows"),
		.occurrence = SM_STR("1"), .trigger = SM_STR("manual"), .fingerprint = SM_STR("00"), .subject = SM_STR("order:900"),
			.input = SM_STR("{}"),
		.clocks_agree = !apart, .held_target = SM_STR("category:commerce"), .held = strcmp(word, "hold2") == 0 ? 2 : 1,
			.later = strcmp(word, "later") == 0,
		.step = SM_STR("one"), .attempt = 1, .external = {SM_STR("charge"), SM_STR("ch_1")}};
	a->probed = strcmp(word, "asked") == 0;
	register_workflow(f, a, how);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (strcmp(plain[i].word, word) == 0) {
			a->cmd.kind = plain[i].kind;
			return;
		}
	}
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		const size_t n = strcspn(word, "@");
		if (strlen(verdicts[i].word) == n && begins(word, verdicts[i].word)) {
			verdict(a, verdicts[i].kind, verdicts[i].by_probe, word + n);
			return;
		}
	}
	report(a, word);
}

/* ---- answers ---- */

const char *decide_answer(run_fixture *f, const sm_decision *d)
{
	sm_buf b;

	sm_buf_init(&b, &f->arena, 400);
	switch (d->kind) {
	case SM_DECIDED_NOTHING:
		return "nothing";
	case SM_DECIDED_REFUSED:
		return "refused";
	case SM_DECIDED_PROBE:
		return "probe";
	case SM_DECIDED_NOT_BEFORE:
		sm_buf_puts(&b, "wait ");
		sm_buf_int(&b, (d->at - RUN_EPOCH) / RUN_S);
		return b.p;
	case SM_DECIDED_EVENTS:
		break;
	}
	for (size_t i = 0; i < d->n; i++) {
		const sm_event *ev = &d->events[i];

		sm_buf_puts(&b, i > 0 ? " + " : "");
		sm_buf_puts(&b, sm_event_names[ev->type]);
		if (ev->attempt > 0) {
			sm_buf_puts(&b, " ");
			sm_buf_int(&b, ev->attempt);
			sm_buf_puts(&b, sm_bytes_eq(ev->step, SM_STR("two")) ? "'" : "");
		}
		sm_buf_puts(&b, ev->early ? " early" : "");
	}
	return b.p;
}

sm_decision decided(run_fixture *f, asked *a, const char *script, const char *command, int64_t now, registered how)
{
	sm_decision d;

	run_play(f, script);
	decide_understand(f, a, command, now, how);
	assert_int_equal(sm_run_decide(&f->run, &a->cmd, a->probed, &f->arena, &d, &f->e), SM_OK);
	return d;
}
