/* Seeded random jobs: several processes with several calls each, persons, flips, clocks, faults everywhere. */
#include "erasures.h"

#include <inttypes.h>
#include <string.h>

enum { SESSIONS_MAX = 6, CALLS_MAX = 4 };

typedef struct session {
	const sm_workflow *flow, *once;
	const char *run;  /* of the flow's run */
	const char *key_run; /* of the key's run */
	const char *site;    /* stream of events outside of runs */
	int calls;
} session;

static sm_command_kind random_command(sim_world *w)
{
	static const sm_command_kind kinds[] = {SM_CMD_PAUSE, SM_CMD_PAUSE, SM_CMD_RESUME, SM_CMD_RESUME, SM_CMD_RESUME, SM_CMD_VERDICT,
		SM_CMD_VERDICT, SM_CMD_VERDICT, SM_CMD_NOTE, SM_CMD_FINISH_BY_HAND, SM_CMD_STOP};

	return kinds[sim_choose(w, (int64_t)(sizeof kinds / sizeof *kinds))];
}

/* Clocks that PROTOCOL section 8 covers: a host's own may do anything; the database's may move by less than the margin; both
 * together may jump ahead as long as nothing is uncertain. */
static void move_clocks(sim_worker *k)
{
	sim_world *w = k->w;
	bool uncertain = false;

	for (size_t i = 0; i < w->n_streams; i++) {
		const model *m = &w->streams[i].m;

		for (int a = 0; m->step >= 1 && m->step <= m->n && a < m->started[m->step - 1]; a++) {
			uncertain = uncertain || m->attempts[m->step - 1][a].uncertain;
		}
	}
	if (sim_choose(w, 2) == 0) {
		k->wall_offset += sim_choose(w, 4) == 0 ? sim_choose(w, 4000 * SIM_S) - 2000 * SIM_S : sim_choose(w, 6 * SIM_S) - 3 * SIM_S;
		sim_trace(w, "wall clock of %d is off by %" PRId64 " ms", k->id, k->wall_offset / SIM_MS);
	} else if (!uncertain && sim_choose(w, 2) == 0) {
		const int64_t jump = sim_choose(w, 200 * SIM_S);

		sim_trace(w, "all clocks jump by %" PRId64 " ms", jump / SIM_MS);
		w->db_offset += jump;
		for (int i = 0; i < w->n_workers; i++) {
			w->workers[i].wall_offset += jump;
		}
		w->shared_offset += jump;
	} else {
		w->db_offset = w->shared_offset + sim_choose(w, 4 * SIM_S) - 2 * SIM_S;
	}
}

static void call(sim_worker *k, const session *s)
{
	static const char *const targets[] = {"*", "category:commerce", "workflow:order.fulfil", "category:general"};
	sim_world *w = k->w;
	sim_job job = {.sleep_us = sim_choose(w, 3) == 0 ? sim_choose(w, 40 * SIM_S) : sim_choose(w, 500 * SIM_MS)};

	switch (sim_choose(w, 20)) {
	case 0:
	case 1:
	case 2:
	case 3:
		job.workflow = s->flow;
		job.subject = "order:900";
		job.later = sim_choose(w, 6) == 0;
		sim_do_start(k, &job);
		break;
	case 4:
	case 5:
		job.workflow = s->once;
		job.subject = "my-shop: charge order 900";
		job.repeat = 1 + (int)sim_choose(w, 2);
		sim_do_once(k, &job);
		break;
	case 6:
		job.workflow = s->once;
		job.subject = "my-shop: charge order 900";
		sim_do_claim(k, &job);
		break;
	case 7:
	case 8:
		job.run = s->run;
		sim_do_advance(k, &job);
		break;
	case 9:
	case 10:
		job.repeat = 1 + (int)sim_choose(w, 3);
		sim_do_tick(k, &job);
		break;
	case 11:
	case 12:
		job.run = sim_choose(w, 4) == 0 ? s->key_run : s->run;
		job.command = random_command(w);
		sim_do_command(k, &job);
		break;
	case 13:
		job.target = targets[sim_choose(w, 4)];
		job.hold = true;
		sim_do_switch(k, &job);
		job.sleep_us = sim_choose(w, 2 * SIM_S);
		job.hold = false;
		sim_do_switch(k, &job);
		break;
	case 14:
		sim_sleep(w, job.sleep_us);
		move_clocks(k);
		break;
	case 15:
		sim_sleep(w, job.sleep_us);
		w->stop_file = !w->stop_file;
		break;
	case 16:
		job.repeat = 1 + (int)sim_choose(w, 3);
		sim_do_append(k, &job);
		break;
	case 17:
		job.run = sim_choose(w, 2) == 0 ? s->key_run : s->run;
		sim_do_erase(k, &job);
		break;
	case 18:
		job.run = s->site;
		job.command = sim_choose(w, 3) > 0 ? SM_CMD_NOTE : SM_CMD_PAUSE;
		sim_do_erase(k, &job);
		break;
	default:
		job.later = sim_choose(w, 3) == 0;
		sim_do_prune(k, &job);
		break;
	}
}

static void run_session(sim_worker *k, void *arg)
{
	const session *s = arg;

	for (int i = 0; i < s->calls; i++) {
		call(k, s);
	}
}

static sim_world *run_job(uint64_t seed, bool verbose)
{
	sim_world *w = sim_world_new(seed);
	sm_repeat classes[SIM_STEPS];
	char run[SM_ID_SIZE], key_run[SM_ID_SIZE], site[SM_ID_SIZE];
	const sm_workflow *flow, *once, *other;
	int sessions;

	w->verbose = verbose;
	w->policy = SIM_RANDOM;
	w->thorough = true;
	for (int i = 0; i < SIM_STEPS; i++) {
		classes[i] = (sm_repeat)sim_choose(w, 3);
	}
	const bool probes = sim_choose(w, 3) > 0;

	flow = sim_flow(classes, probes, false);
	other = sim_flow(classes, probes, sim_choose(w, 6) == 0);
	once = sim_once((sm_repeat)sim_choose(w, 3), probes);
	sim_run_id(w, flow, "order:900", run);
	sim_run_id(w, once, "my-shop: charge order 900", key_run);

	sim_site_stream(w, site);

	const sm_workflow *const registry[] = {flow, NULL};
	const sm_workflow *const later[] = {other, NULL};

	w->chance = sim_choose(w, 6) == 0 ? 0 : 6 + (int)sim_choose(w, 40);
	w->early_verdicts = sim_choose(w, 4) == 0;
	w->cluster = sim_choose(w, 4) == 0;
	w->records_externals = sim_choose(w, 3) == 0 ? 3 : 0;
	sessions = 2 + (int)sim_choose(w, SESSIONS_MAX - 1);
	for (int i = 0; i < sessions; i++) {
		session *s = sim_new(w, sizeof *s);
		const bool behind = sim_choose(w, 3) == 0;

		*s = (session){.flow = i == 0 || sim_choose(w, 4) > 0 ? flow : other, .once = once, .run = run, .key_run = key_run, .site = site,
			.calls = 1 + (int)sim_choose(w, CALLS_MAX)};
		sim_spawn(w, s->flow == flow ? registry : later, run_session, s)->wall_offset += behind ? sim_choose(w, 6 * SIM_S) - 3 * SIM_S : 0;
	}
	sim_run(w);
	w->policy = SIM_ALONE;
	w->chance = w->chance > 0 ? w->chance * 4 : 0;
	w->stop_file = false;
	w->db_offset = w->shared_offset;
	if (w->violation[0] == '\0') {
		sim_settle_some(w, later, 3);
		w->chance = 0;
		sim_settle(w, later, 40);
	}
	if (w->violation[0] == '\0') {
		sim_finish_erasures(w, later);
	}
	if (w->violation[0] == '\0') {
		sim_check_end(w);
	}
	return w;
}

int64_t sim_random(uint64_t seed, int64_t jobs, bool first, sim_found *found)
{
	int64_t violations = 0;

	for (int64_t i = 0; i < jobs; i++) {
		sim_world *w = run_job(seed + (uint64_t)i, false);

		if (w->violation[0] != '\0') {
			violations++;
			if (first) {
				snprintf(found->rule, sizeof found->rule, "%s", w->rule);
				snprintf(found->where, sizeof found->where, "random job, seed %" PRIu64, seed + (uint64_t)i);
			} else {
				printf("VIOLATION of \"%s\" in random job, seed %" PRIu64 ": %s\n", w->rule, seed + (uint64_t)i, w->violation);
			}
		}
		sim_world_end(w);
		if (violations > 0 && (first || violations > 20)) {
			break;
		}
	}
	return violations;
}

int64_t sim_replay_random(uint64_t seed)
{
	sim_world *w = run_job(seed, true);
	const int64_t violations = w->violation[0] != '\0';

	sim_world_end(w);
	return violations;
}
