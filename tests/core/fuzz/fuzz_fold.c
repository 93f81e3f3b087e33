/* Any sequence of events and commands, and any text of a stored fold: apply refuses an event and changes nothing, or takes it; what
 * decide gives, apply takes; a fold saved and restored is the same fold. */
#include "fuzz.h"

enum { OPS_MAX = 200 };

typedef struct play {
	fuzz_input in;
	sm_arena arena;
	sm_run run;
	sm_step_def defs[4];
	sm_workflow workflow;
	sm_step_row rows[4];
	uint64_t ids;
	int64_t now;
	sm_error e;
} play;

static const sm_settings settings = {5000, 60000, 2000};
static const sm_bytes names[] = {SM_LIT("a"), SM_LIT("b"), SM_LIT("c"), SM_LIT("d"), SM_LIT("zz")};

static sm_bytes saved(play *p, const sm_run *run)
{
	sm_bytes text;
	CHECK(sm_run_save(run, &p->arena, &text) == SM_OK);
	return text;
}

/* A number as a leaf may hold it: mostly small, sometimes the greatest. */
static int64_t number(play *p)
{
	uint8_t b = take_byte(&p->in);
	return b < 250 ? b : b < 253 ? (int64_t)(take_word(&p->in) % SM_MAX_SAFE_INT) : SM_MAX_SAFE_INT;
}

static void look(play *p, const sm_run *run)
{
	for (int32_t i = 0; i < run->n_steps; i++) {
		CHECK(sm_run_duplicates(run, i, number(p)) >= 0);
	}
	CHECK(sm_run_shown(run, p->now) < SM_SHOWN_COUNT);
	CHECK(sm_run_due(run, &settings) >= -1);
	CHECK(sm_run_uncertain(run) >= 0);
	(void)sm_run_owner(run);
	(void)sm_run_step(run);
}

static void check_round_trip(play *p)
{
	sm_run restored, copy;
	sm_bytes text = saved(p, &p->run);
	CHECK(sm_run_restore(&restored, &p->arena, text) == SM_OK);
	CHECK(sm_bytes_eq(saved(p, &restored), text));
	CHECK(sm_run_copy(&copy, &p->run, &p->arena) == SM_OK);
	CHECK(sm_bytes_eq(saved(p, &copy), text));
}

/* @return as apply; unchanged when refused */
static sm_status apply(play *p, const sm_event *ev)
{
	sm_bytes before = saved(p, &p->run);
	sm_status st = sm_run_apply(&p->run, ev, &p->arena, &p->e);
	CHECK(st == SM_OK || st == SM_E_ILLEGAL || st == SM_E_GAP);
	if (st == SM_OK) {
		check_round_trip(p);
		look(p, &p->run);
	} else {
		CHECK(sm_bytes_eq(saved(p, &p->run), before));
		CHECK(p->e.message[0] != '\0');
	}
	return st;
}

static void link_event(play *p, sm_event *ev)
{
	ev->seq = p->run.seq + 1;
	memcpy(ev->prev, p->run.last_id, SM_ID_SIZE);
	snprintf(ev->id, SM_ID_SIZE, "%032llx", (unsigned long long)++p->ids);
	snprintf(ev->stream, SM_ID_SIZE, "%032x", 7);
	ev->stored_at = p->now;
}

static void any_event(play *p)
{
	uint8_t how = take_byte(&p->in), flags = take_byte(&p->in);
	sm_event ev = sm_event_new((sm_event_type)(how % SM_EVENT_TYPES));
	link_event(p, &ev);
	if (flags >= 240) {
		ev.seq += (flags & 3) - 1;
		ev.prev[31] ^= (char)(flags & 4);
		ev.id[0] = flags & 8 ? '0' : ev.id[0];
	}
	ev.step = flags & 1 ? names[take_byte(&p->in) % 5] : sm_run_step(&p->run) != NULL ? sm_run_step(&p->run)->row.name : names[0];
	ev.attempt = flags & 2 ? 1 + take_byte(&p->in) % 4 : p->run.attempt + (ev.type == SM_STEP_STARTED);
	ev.lease = flags & 4 ? number(p) : 35000;
	ev.grace = flags & 4 ? number(p) : 60000;
	ev.retry_wait = flags & 8 ? number(p) : -1;
	ev.failure_class = flags & 16 ? take_byte(&p->in) % SM_CLASS_COUNT : -1;
	ev.source = flags & 32 ? SM_STR("probe") : SM_STR("person");
	ev.not_before = flags & 64 ? number(p) : 0;
	ev.outcome = flags & 1 ? SM_STR("by_hand") : SM_STR("stopped");
	ev.target = SM_STR("*");
	ev.generation = 1 + take_byte(&p->in);
	ev.workflow = SM_STR("w");
	ev.version = SM_STR("1");
	ev.category = SM_STR("c");
	ev.definition = ev.fingerprint = ev.subject = ev.occurrence = ev.trigger = SM_STR("1");
	ev.rule = SM_STR("asked");
	if (ev.type == SM_RUN_STARTED || (ev.type == SM_RUN_RESUMED && flags & 128)) {
		ev.steps = p->rows;
		ev.n_steps = 1 + take_byte(&p->in) % 4;
	}
	apply(p, &ev);
}

static bool was_started(const sm_run *run, sm_bytes step, int32_t attempt)
{
	for (int32_t i = 0; i < run->n_steps; i++) {
		if (sm_bytes_eq(run->steps[i].row.name, step)) {
			return attempt >= 1 && attempt <= run->steps[i].n_attempts;
		}
	}
	return false;
}

static void any_command(play *p)
{
	static const sm_external ids[] = {{SM_LIT("charge"), SM_LIT("1")}, {SM_LIT("mail"), SM_LIT("2")}};
	uint8_t how = take_byte(&p->in), flags = take_byte(&p->in);
	sm_keys keys;
	sm_outcome outcome = {.kind = (sm_outcome_kind)(flags % 3), .failure_class = (sm_failure_class)(flags / 3 % SM_CLASS_COUNT),
		.retry_after_ms = flags & 64 ? number(p) : -1, .code = SM_STR("500"), .why = SM_STR("lost_answer"), .n_p = 1,
		.p = {{SM_LIT("message"), SM_LIT("\"m\"")}}};
	sm_answer answer = {.kind = (sm_answer_kind)(flags % 3), .text = SM_STR("seen"), .output = flags & 8 ? SM_STR("1") : (sm_bytes){NULL, 0},
		.externals = ids, .n_externals = flags / 16 % 3};
	const sm_step_state *step = sm_run_step(&p->run);
	sm_command cmd = {.kind = (sm_command_kind)(how % (SM_CMD_HELD + 1)), .now = p->now, .workflow = flags & 128 ? NULL : &p->workflow,
		.settings = &settings, .keys = &keys, .by = SM_STR("Ada"), .reason = SM_STR("r"), .subject = SM_STR("s"), .input = SM_STR("{}"),
		.occurrence = SM_STR("1"), .trigger = SM_STR("t"), .fingerprint = SM_STR("f"), .not_before = flags & 1 ? number(p) : 0,
		.later = flags & 2, .step = flags & 4 || step == NULL ? names[take_byte(&p->in) % 4] : step->row.name,
		.attempt = flags & 32 ? 1 + take_byte(&p->in) % 4 : p->run.attempt, .outcome = &outcome, .start_nothing = flags & 16,
		.external = ids[0], .answer = &answer, .by_probe = how & 128, .clocks_agree = how & 64, .asked_at = p->now - number(p),
		.held_target = SM_STR("*"), .held = 1 + take_byte(&p->in)};
	sm_decision decision;

	memset(&keys, 3, sizeof keys);
	if (cmd.kind == SM_CMD_START && cmd.workflow == NULL) {
		return; /* START brings its workflow */
	}
	if ((cmd.kind == SM_CMD_START) != (p->run.phase == SM_PHASE_NONE)) {
		return; /* drive starts what does not exist, and commands what does */
	}
	if ((cmd.kind == SM_CMD_RECORD || cmd.kind == SM_CMD_EXTERNAL) && !was_started(&p->run, cmd.step, cmd.attempt)) {
		return; /* only an attempt that was stored can speak */
	}
	sm_status st = sm_run_decide(&p->run, &cmd, how & 32, &p->arena, &decision, &p->e);
	CHECK(st == SM_OK);
	if (decision.kind != SM_DECIDED_EVENTS) {
		CHECK(decision.kind == SM_DECIDED_PROBE || decision.message[0] != '\0');
		return;
	}
	CHECK(decision.n >= 1);
	for (size_t i = 0; i < decision.n; i++) {
		link_event(p, &decision.events[i]);
		st = apply(p, &decision.events[i]);
		if (st != SM_OK) {
			fprintf(stderr, "command %d gives event %d: %s\n", (int)cmd.kind, (int)decision.events[i].type, p->e.message);
		}
		CHECK(st == SM_OK);
	}
}

static void begin(play *p)
{
	uint8_t b = take_byte(&p->in);
	sm_run_init(&p->run);
	p->now = INT64_C(1800000000000000);
	for (size_t i = 0; i < 4; i++) {
		sm_repeat repeat = (sm_repeat)((b >> (2 * i)) % SM_REPEAT_COUNT);
		p->rows[i] = (sm_step_row){names[i], SM_STR("owner"), SM_EFFECT_EXTERNAL, repeat, i & 1};
		p->defs[i] = (sm_step_def){.name = names[i], .owner = SM_STR("owner"), .effect = SM_EFFECT_EXTERNAL, .repeat = repeat, .timeout_ms = 30000,
			.grace_ms = -1, .key_window_ms = repeat == SM_REPEAT_ONCE ? 86400000 : 0, .retry = sm_retry_default, .has_probe = i & 1};
	}
	p->workflow = (sm_workflow){.name = SM_STR("w"), .version = SM_STR("1"), .category = SM_STR("c"), .owner = SM_STR("o"), .steps = p->defs,
		.n_steps = 1 + b % 4};
	CHECK(sm_workflow_check(&p->workflow, &settings, &p->arena, &p->e) == SM_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	play p;
	memset(&p, 0, sizeof p);
	p.in = (fuzz_input){data, n};
	sm_arena_init(&p.arena, &sm_alloc_default);
	begin(&p);
	if (take_byte(&p.in) == '{') {
		/* a fold as somebody left it in a projection */
		sm_bytes text = {(const char *)data + 1, n - 1};
		if (n > 2 && sm_run_restore(&p.run, &p.arena, text) == SM_OK) {
			look(&p, &p.run);
			p.in.n = 0;
		} else {
			sm_run_init(&p.run);
		}
	}
	for (int i = 0; i < OPS_MAX && p.in.n > 0; i++) {
		uint8_t op = take_byte(&p.in);
		p.now += (int64_t)op * 1000000;
		if (op % 4 == 0) {
			p.now += INT64_C(1000000) * take_byte(&p.in) * take_byte(&p.in);
		}
		if (op % 3 == 0) {
			any_event(&p);
		} else {
			any_command(&p);
		}
	}
	sm_arena_free(&p.arena);
	return 0;
}
