/* What workers do: the calls that a plugin, a tick and persons make, each followed by its checks. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static void begin_call(sim_worker *k)
{
	k->call++;
	k->fired_now = false;
	k->n_sent = 0;
	k->faults_at_call = k->w->store_faults;
}

void sim_run_id(const sim_world *w, const sm_workflow *f, const char *subject, char out[SM_ID_SIZE])
{
	sm_run_id(&w->keys, f->name, sm_cstr(subject), SM_STR("1"), out);
}

static void remember(sim_world *w, const char *key)
{
	for (size_t i = 0; i < sizeof w->once_keys / sizeof *w->once_keys; i++) {
		if (w->once_keys[i] == NULL || strcmp(w->once_keys[i], key) == 0) {
			w->once_keys[i] = key;
			return;
		}
	}
}

static sm_start start_of(const sim_job *job)
{
	return (sm_start){.workflow = job->workflow, .subject = sm_cstr(job->subject), .input = sm_cstr(job->input ? job->input : "{\"cents\":1250}"),
		.occurrence = SM_STR("1"), .trigger = SM_STR("manual"), .later = job->later};
}

/* The shutdown function of a process that exits inside an effect: says what it knows with one send, and ends. h NULL: it is loaded. */
static _Noreturn void shut_down(sim_worker *k, sm_history *h)
{
	sim_world *w = k->w;
	sm_outcome out = {.kind = SM_OUTCOME_AMBIGUOUS, .why = SM_STR("fatal"), .retry_after_ms = -1};
	const sim_fired *f = NULL;
	sm_history fresh;
	sm_status s;
	sm_error e;

	for (size_t i = 0; i < w->n_fired; i++) {
		if (w->fired[i].worker == k->id && w->fired[i].call == k->call) {
			f = &w->fired[i];
		}
	}
	k->exiting = false;
	if (f != NULL) {
		begin_call(k);
		k->shutting_down = true;
		k->j.sends = 1;
		if (h == NULL) {
			sm_history_init(&fresh, &k->arena, f->run);
			h = &fresh;
		}
		s = sm_drive_record(&k->d, h, sm_cstr(f->step), f->attempt, &out, &e);
		sim_check_call(k, s, h, NULL, "record at shutdown");
	}
	sim_exit(w);
}

static void finish(sim_worker *k, sim_job *job, sm_status s, sm_history *h, const sm_progress *p, const char *what)
{
	sim_check_call(k, s, h, p, what);
	job->status = s;
	job->progress = *p;
	job->broken = s == SM_E_ILLEGAL;
	if (s == SM_E_ABORTED) {
		shut_down(k, h);
	}
}

void sim_do_start(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	const sm_start start = start_of(job);
	sm_history h;
	sm_progress p = {0};
	sm_error e;
	sm_status s;

	job->status = (sm_status)-1;
	sim_sleep(k->w, job->sleep_us);
	begin_call(k);
	memset(&h, 0, sizeof h);
	s = sm_drive_start(&k->d, &k->arena, &start, &h, &p, &e);
	finish(k, job, s, &h, &p, "start");
}

void sim_do_once(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	const sm_start start = start_of(job);

	job->status = (sm_status)-1;
	sim_sleep(k->w, job->sleep_us);
	remember(k->w, job->subject);
	for (int i = 0; i == 0 || i < job->repeat; i++) {
		sm_history h;
		sm_progress p = {0};
		sm_error e;
		sm_status s;

		begin_call(k);
		memset(&h, 0, sizeof h);
		s = sm_drive_once(&k->d, &k->arena, &start, &h, &p, &e);
		finish(k, job, s, &h, &p, "once");
		if (s == SM_OK && h.run.phase == SM_PHASE_COMPLETED) {
			sm_bytes output = {NULL, 0};
			const sm_status got = sm_history_output(&h, sm_once_step, &output, &e);

			if (got != SM_OK && got != SM_E_LIMIT) {
				sim_violation(k->w, "a replay returns the result", "status %d: %s", (int)got, e.message);
			}
		}
	}
}

void sim_do_claim(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sim_world *w = k->w;
	const sm_start start = start_of(job);
	sm_history h;
	sm_progress p = {0};
	sm_error e;
	sm_status s;
	int64_t deadline = 0;

	job->status = (sm_status)-1;
	sim_sleep(w, job->sleep_us);
	remember(k->w, job->subject);
	begin_call(k);
	memset(&h, 0, sizeof h);
	s = sm_drive_claim(&k->d, &k->arena, &start, &h, &deadline, &p, &e);
	job->status = s;
	sim_check_call(k, s, &h, NULL, "claim");
	if (s == SM_OK && p.rest == SM_REST_RUNNING && p.acted && k->j.host.boot_us(k->j.host.ctx) < deadline) {
		sm_call call = {.history = &h, .workflow = job->workflow, .step = &job->workflow->steps[0], .attempt = h.run.attempt,
			.deadline_us = deadline};
		sm_outcome out;
		sm_arena arena;

		sim_key(w, h.stream, call.step->name, call.key);
		sm_arena_init(&arena, &w->alloc);
		begin_call(k);
		if (w->stop_file) { /* the caller asks mayProceed() and gives the claim back */
			out = (sm_outcome){.kind = SM_OUTCOME_NOT_DONE, .failure_class = SM_CLASS_NOT_SENT, .retry_after_ms = -1};
			s = SM_OK;
		} else {
			s = sim_perform(k, &call, &arena, &out);
		}
		if (s == SM_E_ABORTED) {
			shut_down(k, &h);
		}
		s = sm_drive_record(&k->d, &h, call.step->name, call.attempt, &out, &e);
		sim_check_call(k, s, &h, NULL, "complete");
		job->status = s;
	}
}

void sim_do_advance(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sm_history h;
	sm_progress p = {0};
	sm_error e;
	sm_status s;

	job->status = (sm_status)-1;
	sim_sleep(k->w, job->sleep_us);
	begin_call(k);
	sm_history_init(&h, &k->arena, job->run);
	s = sm_drive_advance(&k->d, &h, &p, &e);
	if (s == SM_E_STATE) {
		sim_check_call(k, s, NULL, NULL, "advance of nothing");
		job->status = s;
		return;
	}
	finish(k, job, s, &h, &p, "advance");
}

/* A truthful person: looks at the ledger; says "not done" only when nothing is on its way, or knowingly early. */
void sim_do_command(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sim_world *w = k->w;
	sm_command cmd = {.kind = job->command, .by = SM_STR("anna"), .reason = SM_STR("looked it up")};
	sm_answer answer;
	char key[SM_EFFECT_KEY_SIZE];
	const sim_stream *stream;
	sm_history h;
	sm_error e;
	sm_status s;

	job->status = (sm_status)-1;
	sim_sleep(w, job->sleep_us);
	stream = sim_stream_of(w, job->run);
	if (stream == NULL) {
		return;
	}
	if (job->command == SM_CMD_VERDICT) {
		if (stream->m.step < 1 || stream->m.step > stream->m.n) {
			return;
		}
		sim_key(w, job->run, stream->m.rows[stream->m.step - 1].name, key);
		sim_provider_arrive(w);
		sim_truth(w, key, &answer);
		if (answer.kind == SM_ANSWER_NOT_DONE && !w->early_verdicts
			&& (sim_in_flight(w, key) || stream->m.st != SM_ST_UNKNOWN)) {
			return;
		}
		cmd.answer = &answer;
	}
	begin_call(k);
	sm_history_init(&h, &k->arena, job->run);
	s = sm_drive_command(&k->d, &h, &cmd, &e);
	if (s == SM_E_STATE) {
		sim_trace(w, "command %d refused: %s", (int)job->command, e.message);
	}
	sim_check_call(k, s, &h, NULL, "command");
	job->status = s;
}

void sim_do_switch(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	int64_t generation = 0;
	sm_error e;
	sm_status s;

	job->status = (sm_status)-1;
	sim_sleep(k->w, job->sleep_us);
	begin_call(k);
	s = sm_switch_set(&k->j, &k->arena, sm_cstr(job->target), job->hold, SM_STR("anna"), SM_STR("stop"), &generation, &e);
	job->status = s;
	if (s == SM_OK && job->hold) {
		sim_switch_row *t = sim_switch_of(k->w, sm_cstr(job->target), true);

		sim_totals_.holds++;
		sim_trace(k->w, "hold of %s acknowledged, generation %d", job->target, (int)generation);
		if (t != NULL && generation > t->acked_hold) {
			t->acked_hold = generation;
		}
	}
	sim_check_call(k, s, NULL, NULL, job->hold ? "hold" : "release");
}

void sim_do_tick(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sm_tick tick = {0};
	sm_error e;

	for (int i = 0; i == 0 || i < job->repeat; i++) {
		job->status = (sm_status)-1;
		sim_sleep(k->w, job->sleep_us);
		begin_call(k);
		sim_totals_.ticks++;
		job->status = sm_drive_tick(&k->d, 20, sm_drive_move_alone, &k->d, &tick, &e);
		/* an error of one run is counted, not returned */
		sim_check_call(k, job->status == SM_OK && tick.failed > 0 && k->w->expect_status == SM_OK ? SM_E_UNCERTAIN : job->status, NULL, NULL, "tick");
		if (job->status == SM_E_ABORTED) {
			shut_down(k, NULL);
		}
	}
}

/* ---- after the faults ---- */

static bool is_closed(const sim_stream *s)
{
	return s->m.phase == SM_PHASE_COMPLETED || s->m.phase == SM_PHASE_ENDED;
}

static void run_job(sim_world *w, const sm_workflow *const *registry, sim_program program, const sim_job *job)
{
	sim_job *copy = sim_new(w, sizeof *copy);

	*copy = *job;
	sim_spawn(w, registry, program, copy);
	sim_run(w);
}

/* The caller of once() or claim() calls again. */
static void call_again(sim_world *w, const sm_workflow *const *registry, const sim_stream *s)
{
	sim_job job = {.workflow = sim_once(s->m.rows[0].repeat, s->m.rows[0].has_probe), .input = "{\"cents\":1250}"};

	for (size_t i = 0; i < sizeof w->once_keys / sizeof *w->once_keys && w->once_keys[i] != NULL; i++) {
		char id[SM_ID_SIZE];

		sim_run_id(w, job.workflow, w->once_keys[i], id);
		if (strcmp(id, s->id) == 0) {
			job.subject = w->once_keys[i];
			run_job(w, registry, sim_do_once, &job);
		}
	}
}

/* What its owner does about a run that rests. */
static void decide_for(sim_world *w, const sm_workflow *const *registry, sim_stream *s, int round)
{
	const bool once = sm_bytes_eq(s->run.workflow, sm_once_name);
	const bool unknown = s->m.phase == SM_PHASE_OPEN && s->m.st == SM_ST_UNKNOWN;
	const bool asks = unknown && s->m.rows[s->m.step - 1].has_probe;
	sim_job job = {.run = s->id};

	if (s->m.phase == SM_PHASE_PAUSED) {
		job.command = round % 3 == 2 ? SM_CMD_FINISH_BY_HAND : SM_CMD_RESUME;
		run_job(w, registry, sim_do_command, &job);
	} else if (unknown && (!asks || round > 8)) {
		job.command = SM_CMD_VERDICT;
		run_job(w, registry, sim_do_command, &job);
	} else if (once && s->m.phase == SM_PHASE_OPEN) {
		call_again(w, registry, s);
	}
}

/* @return all runs are closed and no statement is on its way */
static bool settle_round(sim_world *w, const sm_workflow *const *registry, int round)
{
	bool open = false;

	for (size_t i = 0; i < w->n_switches; i++) {
		if (w->switches[i].held) {
			run_job(w, registry, sim_do_switch, &(sim_job){.target = w->switches[i].target});
		}
	}
	sim_pass(w, round < 6 ? 20 * SIM_S : round < 12 ? 120 * SIM_S : 3700 * SIM_S);
	if (w->thorough) {
		sim_check_finder(w);
	}
	run_job(w, registry, sim_do_tick, &(sim_job){.repeat = 1});
	for (size_t i = 0; i < w->n_streams && w->violation[0] == '\0'; i++) {
		if (w->streams[i].is_run && !is_closed(&w->streams[i])) {
			decide_for(w, registry, &w->streams[i], round);
			open = open || !is_closed(&w->streams[i]);
		}
	}
	return !open && w->n_pending == 0;
}

void sim_settle_some(sim_world *w, const sm_workflow *const *registry, int rounds)
{
	for (int round = 0; round < rounds && w->violation[0] == '\0'; round++) {
		settle_round(w, registry, round);
	}
}

void sim_settle(sim_world *w, const sm_workflow *const *registry, int rounds)
{
	for (int round = 0; round < rounds && w->violation[0] == '\0'; round++) {
		if (round == 1) {
			sim_store_flush(w);
		}
		if (settle_round(w, registry, round) && round > 0) {
			return;
		}
	}
	for (size_t i = 0; i < w->n_streams && w->violation[0] == '\0'; i++) {
		const sim_stream *s = &w->streams[i];

		if (s->is_run && !is_closed(s)) {
			sim_violation(w, "nothing is stuck", "run %.6s is open after %d rounds: phase %d, step %d, state %d, attempt %d", s->id, rounds,
				(int)s->m.phase, (int)s->m.step, (int)s->m.st, (int)s->m.attempt);
		}
	}
}
